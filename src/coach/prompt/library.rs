//! The library of questions: reading and checking its files, and looking up what they contain.

use crate::coach::{
    coaching_act::CounterQuestion,
    copy::{self, CopyEntry, CopyKey},
    hat::{Dimension, Hats, Practice},
    ids::PromptId,
    lint::{lint, lint_sentence},
    llm_follow_up::Instructions,
    room::Room,
    word_budget,
};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// When a prompt is used.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum PromptKind {
    /// It begins a conversation.
    Open,
    /// It follows an answer.
    FollowUp,
}

/// One question of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Never changes, because stored rows refer to it.
    pub id: PromptId,
    pub practice: Practice,
    /// The hats it leads to.
    pub hats: Hats,
    pub dimension: Option<Dimension>,
    pub kind: PromptKind,
    /// The situation it is written for.
    pub fits: String,
    pub text: String,
    /// The number of words in `text`.
    pub words: usize,
}

/// A problem in a library file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LintFinding {
    pub file: String,
    /// The id of the entry, or `-` if the problem is not in one.
    pub id: String,
    /// The name of the broken rule, or `format`.
    pub rule: String,
    /// How to correct it.
    pub fix: String,
}

impl std::fmt::Display for LintFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}: {}", self.file, self.id, self.rule, self.fix)
    }
}

/// All questions and fixed texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Library {
    prompts: BTreeMap<PromptId, Prompt>,
    rooms: BTreeMap<Room, String>,
    give_back: BTreeMap<PromptId, CounterQuestion>,
    instructions: Option<Instructions>,
    copy: BTreeMap<CopyKey, CopyEntry>,
    about: BTreeMap<Practice, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibraryFile {
    practice: Option<String>,
    /// What the practice is, in a sentence.
    about: Option<String>,
    #[serde(default)]
    prompt: Vec<PromptEntry>,
    #[serde(default)]
    room: Vec<RoomEntry>,
    #[serde(default)]
    give_back: Vec<GiveBackEntry>,
    #[serde(default)]
    says: Vec<copy::RawCopyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromptEntry {
    id: String,
    kind: String,
    hat: String,
    dimension: Option<String>,
    #[serde(default)]
    fits: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoomEntry {
    room: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GiveBackEntry {
    id: String,
    text: String,
}

/// The files of the built-in library.
const BUILT_IN: &[(&str, &str)] = &[
    ("ask-for-feedback.toml", include_str!("../../../prompts/ask-for-feedback.toml")),
    ("audit.toml", include_str!("../../../prompts/audit.toml")),
    ("audit-the-calendar.toml", include_str!("../../../prompts/audit-the-calendar.toml")),
    ("change-project.toml", include_str!("../../../prompts/change-project.toml")),
    ("check-in-dont-just-inspire.toml", include_str!("../../../prompts/check-in-dont-just-inspire.toml")),
    ("embrace-the-boring.toml", include_str!("../../../prompts/embrace-the-boring.toml")),
    ("feedback.toml", include_str!("../../../prompts/feedback.toml")),
    ("first-contact.toml", include_str!("../../../prompts/first-contact.toml")),
    ("focus-on-the-how.toml", include_str!("../../../prompts/focus-on-the-how.toml")),
    ("give-back.toml", include_str!("../../../prompts/give-back.toml")),
    ("look-back.toml", include_str!("../../../prompts/look-back.toml")),
    ("plan.toml", include_str!("../../../prompts/plan.toml")),
    ("report.toml", include_str!("../../../prompts/report.toml")),
    ("rooms.toml", include_str!("../../../prompts/rooms.toml")),
    ("sell-the-why.toml", include_str!("../../../prompts/sell-the-why.toml")),
    ("start-small.toml", include_str!("../../../prompts/start-small.toml")),
    ("stop-solving.toml", include_str!("../../../prompts/stop-solving.toml")),
];

/// The name of the file with the model's instructions, relative to a library's folder.
pub const INSTRUCTIONS: &str = "model/instructions.txt";

impl Library {
    /// The built-in library.
    ///
    /// # Errors
    /// Its problems. A test checks that there are none.
    pub fn built_in() -> Result<Self, Vec<LintFinding>> {
        let instructions = include_str!("../../../prompts/model/instructions.txt");
        Self::default().overlay(BUILT_IN.iter().copied().chain([(INSTRUCTIONS, instructions)]))
    }

    /// Adds files to this library. An entry with a known id replaces the old one.
    ///
    /// # Errors
    /// All problems in those files. The library is then dropped as a whole, so that it is never half
    /// replaced.
    pub fn overlay<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<LintFinding>> {
        let mut findings = Vec::new();
        for (name, text) in files {
            if name == INSTRUCTIONS {
                match Instructions::parse(text) {
                    Ok(instructions) => self.instructions = Some(instructions),
                    Err(fix) => findings.push(finding(name, "-", "format", fix)),
                }
                continue;
            }
            match toml::from_str::<LibraryFile>(text) {
                Ok(file) => self.take(name, file, &mut findings),
                Err(error) => findings.push(LintFinding {
                    file: name.to_owned(),
                    id: "-".to_owned(),
                    rule: "format".to_owned(),
                    fix: error.message().to_owned(),
                }),
            }
        }
        if findings.is_empty() { Ok(self) } else { Err(findings) }
    }

    fn take(&mut self, file: &str, content: LibraryFile, findings: &mut Vec<LintFinding>) {
        if let Some(about) = &content.about {
            self.take_about(file, content.practice.as_deref(), about, findings);
        }
        let mut ids = HashSet::new();
        for entry in content.prompt {
            if !ids.insert(entry.id.clone()) {
                findings.push(finding(file, &entry.id, "format", "the id stands twice in this file"));
            }
            findings.extend(
                lint(&entry.text)
                    .into_iter()
                    .map(|rule| finding(file, &entry.id, rule.into_str(), rule.fix())),
            );
            match read_entry(content.practice.as_deref(), &entry) {
                Ok(prompt) => {
                    self.prompts.insert(prompt.id.clone(), prompt);
                }
                Err(fix) => findings.push(finding(file, &entry.id, "format", fix)),
            }
        }
        for entry in content.room {
            findings.extend(
                lint(&entry.text)
                    .into_iter()
                    .map(|rule| finding(file, &entry.room, rule.into_str(), rule.fix())),
            );
            match entry.room.parse() {
                Ok(room) => {
                    self.rooms.insert(room, entry.text);
                }
                Err(_) => findings.push(finding(file, &entry.room, "format", "there is no such room")),
            }
        }
        for entry in content.give_back {
            findings.extend(
                lint(&entry.text)
                    .into_iter()
                    .map(|rule| finding(file, &entry.id, rule.into_str(), rule.fix())),
            );
            match PromptId::parse(&entry.id) {
                Ok(id) => {
                    self.give_back.insert(id.clone(), CounterQuestion { id, text: entry.text });
                }
                Err(_) => findings.push(finding(file, &entry.id, "format", BAD_ID)),
            }
        }
        for entry in content.says {
            let id = entry.id.clone();
            findings
                .extend(entry.lint().into_iter().map(|rule| finding(file, &id, rule.into_str(), rule.fix())));
            match entry.read() {
                Ok(entry) => {
                    self.copy.insert(entry.key, entry);
                }
                Err(fix) => findings.push(finding(file, &id, "format", fix)),
            }
        }
    }

    fn take_about(
        &mut self,
        file: &str,
        practice: Option<&str>,
        about: &str,
        findings: &mut Vec<LintFinding>,
    ) {
        let broken = lint_sentence(about).into_iter();
        findings.extend(broken.map(|rule| finding(file, "about", rule.into_str(), rule.fix())));
        match practice.map(str::parse) {
            Some(Ok(practice)) => {
                self.about.insert(practice, about.to_owned());
            }
            Some(Err(_)) => findings.push(finding(file, "about", "format", NO_SUCH_PRACTICE)),
            None => findings.push(finding(file, "about", "format", "the file names no practice")),
        }
    }

    /// Keeps only these prompts, for a scripted conversation.
    #[must_use]
    pub fn only(mut self, ids: &[&str]) -> Self {
        self.prompts.retain(|id, _| ids.contains(&id.as_str()));
        self
    }

    /// The questions to reply with instead of an answer, by id.
    pub fn counter_questions(&self) -> impl Iterator<Item = &CounterQuestion> {
        self.give_back.values()
    }

    /// All prompts, by id.
    pub fn prompts(&self) -> impl Iterator<Item = &Prompt> {
        self.prompts.values()
    }

    pub fn find(&self, id: &PromptId) -> Option<&Prompt> {
        self.prompts.get(id)
    }

    /// What a practice is, in a sentence. The built-in library has one for each.
    pub fn about(&self, practice: Practice) -> Option<&str> {
        self.about.get(&practice).map(String::as_str)
    }

    /// The instructions for the language model.
    pub fn instructions(&self) -> Option<&Instructions> {
        self.instructions.as_ref()
    }

    /// The question for a reading of the room.
    pub fn room(&self, room: Room) -> Option<&str> {
        self.rooms.get(&room).map(String::as_str)
    }

    /// A fixed text. The built-in library has one for every key.
    pub fn text_for(&self, key: CopyKey) -> Option<&CopyEntry> {
        self.copy.get(&key)
    }
}

const NO_SUCH_PRACTICE: &str = "practice is one of the nine, such as stop-solving";

const BAD_ID: &str = "an id has letters, digits, dots and dashes only";

fn finding(file: &str, id: &str, rule: &str, fix: &str) -> LintFinding {
    LintFinding { file: file.to_owned(), id: id.to_owned(), rule: rule.to_owned(), fix: fix.to_owned() }
}

fn read_entry(practice: Option<&str>, entry: &PromptEntry) -> Result<Prompt, &'static str> {
    let dimension = match entry.dimension.as_deref() {
        Some(name) => Some(name.parse().map_err(|_| "dimension is horizon, risk, growth or focus")?),
        None => None,
    };
    Ok(Prompt {
        id: PromptId::parse(&entry.id).map_err(|_| BAD_ID)?,
        practice: practice.ok_or("the file names no practice")?.parse().map_err(|_| NO_SUCH_PRACTICE)?,
        hats: entry.hat.parse().map_err(|_| "hat is leader, manager or both")?,
        dimension,
        kind: entry.kind.parse().map_err(|_| "kind is open or follow-up")?,
        fits: entry.fits.clone(),
        text: entry.text.clone(),
        words: word_budget::count_words(&entry.text),
    })
}
