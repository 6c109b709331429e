//! Writes the list of the files in `migrations/`, which `src/store/migrations.rs` includes.
//!
//! `sqlx::migrate!` makes such a list too. But sqlx's macros need both database drivers at build time, so cargo
//! compiles them, SQLite and rustls a second time for the build machine. That was a quarter of the first build.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=migrations");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("migrations");
    let mut list = String::from("[\n");
    let mut files =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    for file in files {
        let (version, description) = version_and_description(&file)
            .ok_or_else(|| format!("{} is not named like 0001_what_it_does.sql", file.display()))?;
        let path = file.to_str().ok_or("the checkout's path is not UTF-8")?;
        writeln!(list, "    ({version}, {description:?}, include_str!({path:?})),")?;
    }
    list.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("migrations.rs"), list)?;
    Ok(())
}

/// `0002_room_audit_plan.sql` is version 2, "room audit plan", as sqlx has it in its table.
fn version_and_description(file: &Path) -> Option<(i64, String)> {
    let name = file.file_name()?.to_str()?.strip_suffix(".sql")?;
    let (version, description) = name.split_once('_')?;
    Some((version.parse().ok()?, description.replace('_', " ")))
}
