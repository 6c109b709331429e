//! `leadlens prompts check|list`: the built-in library and an operator's folder over it.

use super::counted;
use crate::coach::{
    copy::CopyKey,
    hat::{Hat, Hats, Practice},
    prompt::{INSTRUCTIONS, Library, LintFinding, PromptKind},
};
use std::{fmt::Write, fs, path::Path};
use strum::VariantArray as _;

/// What to print, and whether it is good news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// For standard output.
    pub text: String,
    /// Exit status 0 or 1.
    pub is_good: bool,
}

/// The fewest prompts of a practice in a whole library.
const FEWEST: usize = 4;

/// How far the mean lengths of the two hats' prompts may lie apart.
const LENGTH_APART: f64 = 0.1;

/// The library with a folder laid over it.
///
/// # Errors
/// Every finding, or the folder that cannot be read.
pub fn load(folder: Option<&Path>) -> Result<Library, Vec<LintFinding>> {
    let library = Library::built_in()?;
    let Some(folder) = folder else { return Ok(library) };
    let files = read(folder).map_err(|error| {
        vec![LintFinding {
            file: folder.display().to_string(),
            id: "-".to_owned(),
            rule: "format".to_owned(),
            fix: format!("the folder cannot be read ({})", error.kind()),
        }]
    })?;
    library.overlay(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// The `.toml` files of a folder, by name, and a model's instructions if they are there.
fn read(folder: &Path) -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.push((name, fs::read_to_string(&path)?));
        }
    }
    let instructions = folder.join(INSTRUCTIONS);
    if instructions.exists() {
        files.push((INSTRUCTIONS.to_owned(), fs::read_to_string(instructions)?));
    }
    files.sort();
    Ok(files)
}

/// Holds every prompt to the rules, and the library to its balance.
pub fn check(folder: Option<&Path>) -> Outcome {
    let mut text = String::new();
    match load(folder) {
        Ok(library) => {
            let complaints = balance(&library);
            for complaint in &complaints {
                let _ = writeln!(text, "library: {complaint}");
            }
            let count = library.prompts().count();
            let _ = writeln!(text, "{count} prompts, {}", counted(complaints.len(), "finding", "findings"));
            Outcome { text, is_good: complaints.is_empty() }
        }
        Err(findings) => {
            for finding in &findings {
                let _ = writeln!(text, "{finding}");
            }
            let _ = writeln!(text, "{}", counted(findings.len(), "finding", "findings"));
            Outcome { text, is_good: false }
        }
    }
}

/// Either hat is as frequent and as long as the other, and every practice has enough.
fn balance(library: &Library) -> Vec<String> {
    let mut complaints = Vec::new();
    for practice in Practice::VARIANTS {
        let count = library.prompts().filter(|prompt| prompt.practice == *practice).count();
        if count < FEWEST {
            complaints.push(format!("{practice} has {count} prompts; at least {FEWEST} are needed"));
        }
    }
    let lengths = |hat: Hat| -> Vec<usize> {
        let of_hat = library.prompts().filter(|prompt| prompt.hats == Hats::from(hat));
        of_hat.map(|prompt| prompt.text.chars().count()).collect()
    };
    let mean = |lengths: &[usize]| lengths.iter().sum::<usize>() as f64 / lengths.len().max(1) as f64;
    let (leader, manager) = (lengths(Hat::Leader), lengths(Hat::Manager));
    let most = leader.len().max(manager.len()) as f64;
    if leader.len().abs_diff(manager.len()) as f64 > most * LENGTH_APART {
        complaints.push(format!(
            "{} prompts draw to the leader, {} to the manager",
            leader.len(),
            manager.len()
        ));
    }
    let (leader, manager) = (mean(&leader), mean(&manager));
    if (leader - manager).abs() > leader.max(manager) * LENGTH_APART {
        complaints.push(format!(
            "leader prompts have {leader:.0} characters on average, manager prompts {manager:.0}"
        ));
    }
    complaints
}

/// The prompts, of one practice or all, as a table.
pub fn list(folder: Option<&Path>, practice: Option<&str>) -> Outcome {
    let Ok(practice) = practice.map(str::parse::<Practice>).transpose() else {
        let names: Vec<&str> =
            Practice::VARIANTS.iter().map(super::super::coach::hat::Practice::into_str).collect();
        return Outcome {
            text: format!("There is no such practice. They are: {}.\n", names.join(", ")),
            is_good: false,
        };
    };
    // The check words what is wrong with the prompts.
    let Ok(library) = load(folder) else { return check(folder) };
    let mut text = String::new();
    for one in Practice::VARIANTS.iter().filter(|one| practice.is_none_or(|only| only == **one)) {
        let _ = writeln!(text, "{}", one.title());
        for kind in PromptKind::VARIANTS {
            for prompt in library.prompts().filter(|prompt| prompt.practice == *one && prompt.kind == *kind) {
                let dimension = prompt.dimension.map_or("-", |dimension| dimension.into_str());
                let _ = writeln!(
                    text,
                    "  {:<36} {:<9} {:<8} {:<8} {}",
                    prompt.id, kind, prompt.hats, dimension, prompt.text
                );
            }
        }
    }
    if practice.is_none() {
        text.push_str("Fixed places\n");
        for wording in CopyKey::VARIANTS.iter().filter_map(|occasion| library.text_for(*occasion)) {
            let dimension = wording.dimension.map_or("-", |dimension| dimension.into_str());
            let _ = writeln!(
                text,
                "  {:<36} {:<9} {:<8} {:<8} {}",
                wording.key, "-", wording.hats, dimension, wording.text
            );
        }
    }
    Outcome { text, is_good: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_library_holds() {
        let outcome = check(None);
        assert!(outcome.is_good, "{}", outcome.text);
        assert_eq!(outcome.text, "108 prompts, 0 findings\n");
    }

    #[test]
    fn an_operators_folder_is_held_to_the_same_rules() {
        let folder = tempfile::tempdir().unwrap();
        let prompt = "practice = \"start-small\"\n[[prompt]]\nid = \"ours.1\"\nkind = \"open\"\nhat = \"both\"\ntext = \"Why not ask?\"\n";
        fs::write(folder.path().join("ours.toml"), prompt).unwrap();
        let outcome = check(Some(folder.path()));
        assert!(!outcome.is_good);
        assert!(outcome.text.contains("ours.toml: ours.1: opening: "), "{}", outcome.text);
        assert!(!check(Some(Path::new("/nowhere/at/all"))).is_good);
    }

    #[test]
    fn an_operators_instructions_take_the_place_of_ours_and_name_the_fence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(INSTRUCTIONS);
        fs::create_dir(file.parent().unwrap()).unwrap();
        fs::write(&file, "Write one question.").unwrap();
        let outcome = check(Some(folder.path()));
        assert!(outcome.text.contains("model/instructions.txt: -: format: say {fence}"), "{}", outcome.text);
        fs::write(&file, "Write one question about what stands between {fence}.").unwrap();
        let ours = Library::built_in().unwrap();
        assert_ne!(load(Some(folder.path())).unwrap().instructions(), ours.instructions());
    }

    #[test]
    fn lists_one_practice_or_says_which_there_are() {
        assert_eq!(list(None, Some("start-small")).text.lines().count(), 13);
        assert!(list(None, Some("start-big")).text.contains("start-small"));
    }
}
