// Makes the README's pictures from the demo: the first minute, a check-in, a nudge, Home and the report, each under 150 kB.
// Run it after `npm ci` here: node tests/browser/pictures.mjs [FOLDER, docs/pictures without one]

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openPage, Person, startBrowser, startDemo } from './demo.mjs';

const folder = process.argv[2] || 'docs/pictures';
const MOST_BYTES = 150_000;
mkdirSync(folder, { recursive: true });

const demo = await startDemo();
const browser = await startBrowser();
const { page } = await openPage(browser.browser, demo.address, { width: 1120, height: 720 });
const me = new Person(page);

const quiet = () => page.waitForFunction(() => !document.querySelector('.toast'), null, { timeout: 20_000 });

async function picture(name) {
  await quiet();
  await page.mouse.move(640, 4);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  const size = statSync(path).size;
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes`);
  console.log(`${path} ${Math.round(size / 1024)} kB`);
}

try {
  await me.message('I am LeadLens').waitFor();
  await picture('first-minute');
  await page.getByRole('button', { name: 'Look around' }).click();
  await page.keyboard.press('Escape');
  await me.types('/leadlens schedule');
  await me.modal('Schedule').getByRole('button', { name: 'Save', exact: true }).click();
  await me.modal('LeadLens').locator('.layer-foot .button').click();
  await me.moves('next');
  await page.getByRole('button', { name: 'Skip', exact: true }).last().waitFor();
  await picture('nudge');

  await me.types('/leadlens checkin');
  const form = me.modal('Check in');
  await form.getByLabel('What is in front of you?').fill('Two of my best people argue about the roadmap.');
  await form.getByLabel('Read the room').selectOption({ label: 'Without direction' });
  await form.getByLabel('What do you think the best move is?').fill('Say where we want to be in a year, and let them draw the way.');
  await form.getByLabel('Leader: what and why').check();
  await picture('check-in');
  await form.getByRole('button', { name: 'Keep', exact: true }).click();
  await me.modal('One more question').getByRole('button', { name: 'Stop here' }).click();

  await me.behind('Fill with sample months');
  await page.locator('.toast', { hasText: 'sample check-ins' }).waitFor({ timeout: 60_000 });

  await me.opensHome();
  await picture('home');
  await me.opensMessages();

  await me.types('/leadlens report 2026-09');
  const report = page.locator('#main .message', { has: page.locator('figure.chart') }).last();
  await report.waitFor();
  await report.evaluate((node) => node.scrollIntoView({ block: 'start' }));
  await picture('report');
} finally {
  await browser.stop();
  await demo.stop();
}
