//! The arrows of ARCHITECTURE.md, held by reading every `crate::…` in `src/`: what a folder may use, and
//! which crates from outside belong to which party. A new folder gets its line in `MAY_USE`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect should stop there"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What each part of the tree may use of ours. What is not listed here may be used by nobody but the
/// parts that say so.
const MAY_USE: &[(&str, &[&str])] = &[
    ("coach", &[]),
    ("report", &["coach"]),
    ("clock", &["coach"]),
    ("telemetry", &[]),
    ("config", &["telemetry"]),
    ("store", &["coach"]),
    ("llm", &["config", "telemetry"]),
    ("interaction", &["clock", "coach", "report", "store", "telemetry"]),
    ("features", &["coach", "interaction", "report", "store"]),
    ("dispatch", &["coach", "features", "interaction", "store"]),
    ("outbox", &["coach", "features", "interaction", "store"]),
    ("jobs", &["coach", "dispatch", "features", "interaction", "outbox", "store"]),
    ("worker", &["coach", "features", "interaction", "jobs", "outbox", "store", "telemetry"]),
    (
        "slack",
        &["clock", "coach", "config", "dispatch", "features", "interaction", "site", "store", "telemetry"],
    ),
    ("site", &["config"]),
    ("web", &["telemetry"]),
    (
        "cli",
        &[
            "clock",
            "coach",
            "config",
            "demo",
            "features",
            "interaction",
            "llm",
            "report",
            "server",
            "slack",
            "store",
            "telemetry",
        ],
    ),
    (
        "server",
        &[
            "clock",
            "coach",
            "config",
            "dispatch",
            "features",
            "interaction",
            "llm",
            "site",
            "slack",
            "store",
            "telemetry",
            "web",
            "worker",
        ],
    ),
    (
        "demo",
        &["clock", "coach", "config", "dispatch", "features", "interaction", "outbox", "server", "slack"],
    ),
];

/// Crates that only some parts may use, as paths name them.
const PARTY_OF: &[(&str, &[&str])] = &[
    // The demo shows a member's rows as they lie in its own database, read-only and past the store.
    ("sqlx", &["store", "demo"]),
    ("rusqlite", &["store"]),
    ("slack_morphism", &["slack"]),
    ("axum", &["server", "site", "slack", "web"]),
    ("reqwest", &["cli", "llm", "slack"]),
    ("prometheus", &["telemetry"]),
    // What `serve` runs must not depend on the Slack of the demo and the tests.
    ("leadlens_sandbox", &["demo"]),
    ("leadlens_encoder", &["coach"]),
];

/// What the pure core may never touch: it is given time, chance, and everything of the world.
const NOT_PURE: &[&str] = &[
    "tokio",
    "sqlx",
    "rusqlite",
    "axum",
    "reqwest",
    "slack_morphism",
    "tracing",
    "getrandom",
    "std::fs",
    "std::net",
    "std::env",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::thread",
    "std::process",
    "async fn",
    "Timestamp::now",
    "Zoned::now",
];

/// The tests inside a module may use more than the module does.
fn is_test(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test(&path) {
            files.push(path);
        }
    }
    files
}

/// The part of the tree that a file belongs to: its first folder, or its own name.
fn part_of(file: &Path) -> String {
    let inside = file.strip_prefix(root().join("src")).expect("a file of src");
    let first = inside.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The code of a file: without comments, strings and the module of its tests.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every part of ours that some code names: after `crate::`, in a group too, and one `super::` too many.
fn named_parts(file: &Path, code: &str) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            parts.extend(first_names(group));
        } else {
            parts.extend(first_name(rest));
        }
    }
    let depth = file.strip_prefix(root().join("src")).expect("a file of src").components().count();
    let is_module_file = file.file_name().is_some_and(|name| name == "mod.rs");
    let up_to_the_crate = "super::".repeat(if is_module_file { depth - 1 } else { depth });
    for (at, _) in code.match_indices(&up_to_the_crate) {
        parts.extend(first_name(&code[at + up_to_the_crate.len()..]));
    }
    parts
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The names that begin each item of a group, whose opening brace has been taken off.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut at_begin, mut names) = (1, true, Vec::new());
    for (nth, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' if depth == 1 => at_begin = true,
            c if c.is_whitespace() => {}
            _ if at_begin && depth == 1 => {
                names.extend(first_name(&group[nth..]));
                at_begin = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn arrows_point_inward() {
    let may_use: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let parts: BTreeSet<String> = sources(&root().join("src")).iter().map(|file| part_of(file)).collect();
    let mut wrong = Vec::new();
    let mut arrows = 0;
    for file in sources(&root().join("src")) {
        let part = part_of(&file);
        if part == "main" || part == "lib" {
            continue;
        }
        let Some(allowed) = may_use.get(part.as_str()) else {
            wrong.push(format!("{part} has no line in MAY_USE"));
            continue;
        };
        // Names that are no part are macros and re-exports of the crate's root, which hold nothing.
        for named in named_parts(&file, &code(&file)).into_iter().filter(|named| parts.contains(named)) {
            arrows += 1;
            if named != part && !allowed.contains(&named.as_str()) {
                let shown = file.strip_prefix(root()).expect("inside").display().to_string();
                wrong.push(format!("{shown} uses crate::{named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(arrows > 100, "{arrows} arrows were read: the reader is broken");
}

#[test]
fn each_outside_party_is_known_in_its_folder_alone() {
    let mut wrong = Vec::new();
    for file in sources(&root().join("src")) {
        let (part, code) = (part_of(&file), code(&file));
        for (name, known_in) in PARTY_OF {
            let is_named = code.contains(&format!("{name}::")) || code.contains(&format!("use {name};"));
            if is_named && part != "main" && !known_in.contains(&part.as_str()) {
                wrong.push(format!("{} knows {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A feature that needs what another one does shares it through `coach` or `interaction::steps`.
#[test]
fn features_do_not_import_each_other() {
    let folder = root().join("src/features");
    let features: BTreeSet<String> = fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| {
            entry.expect("an entry").file_name().to_string_lossy().trim_end_matches(".rs").to_owned()
        })
        .filter(|name| name != "mod")
        .collect();
    assert!(features.len() > 15, "{features:?}");
    let mut wrong = Vec::new();
    for feature in &features {
        for file in sources(&folder.join(feature)) {
            let code = code(&file);
            let up = "super::".repeat(file.strip_prefix(&folder).expect("inside").components().count());
            for from in ["features::", up.as_str()] {
                for (at, _) in code.match_indices(from) {
                    let rest = &code[at + from.len()..];
                    let named = match rest.strip_prefix('{') {
                        Some(group) => first_names(group),
                        None => first_name(rest).into_iter().collect(),
                    };
                    let others = named.into_iter().filter(|name| name != feature && features.contains(name));
                    wrong.extend(others.map(|other| format!("{} uses features::{other}", file.display())));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The lint that refuses `_ =>` in a match over an enum is on where events, actions, effects and payloads
/// are matched; clippy does the rest.
#[test]
fn no_wildcard_arm_where_a_forgotten_variant_would_be_lost() {
    for part in ["dispatch", "features", "jobs", "outbox"] {
        let text = fs::read_to_string(root().join("src").join(part).join("mod.rs")).expect("a source");
        assert!(text.contains("#![deny(clippy::wildcard_enum_match_arm)]"), "src/{part}/mod.rs");
    }
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    for file in ["coach", "report"].iter().flat_map(|part| sources(&root().join("src").join(part))) {
        let code = code(&file);
        for never in NOT_PURE.iter().filter(|never| code.contains(*never)) {
            wrong.push(format!("{} has {never}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_reader_reads_what_rust_reads() {
    let names = |code: &str| named_parts(&root().join("src/features/nudge.rs"), code);
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(names("use crate::coach::hat;"), set(&["coach"]));
    assert_eq!(
        names("use crate::{\n    coach::{hat, room},\n    store::Tx,\n    report::{a::{b, c}, d},\n};"),
        set(&["coach", "report", "store"])
    );
    assert_eq!(names("let x = crate::slack::ids::f();"), set(&["slack"]));
    assert_eq!(names("use super::super::slack::ids;"), set(&["slack"]));
    assert_eq!(names("use super::once::Did;"), set(&[]));
}
