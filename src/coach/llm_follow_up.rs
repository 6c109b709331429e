//! A model that writes follow-up questions, if the operator brings one and the member agrees: the
//! consent, what a model is told about one reflection, and whether its answer may be asked. Who calls
//! it, and over which wire, is not here.

use super::{
    hat::Practice,
    ids::RowId,
    lint::{self, LintRule, lint},
    member_text::{MemberText, is_invisible},
    reflection::Reflection,
    word_budget::{self, WordBudget},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// How often a model may be asked for one member on one of their days.
pub const MAX_CALLS_PER_DAY: u32 = 20;

/// What stands in [`Reflection::follow_up_prompt`] of a question that a model wrote.
pub const LLM_PROMPT_ID: &str = "model";

/// The place in the instructions where the fence is named.
const FENCE: &str = "{fence}";

const MAX_INSTRUCTION_CHARS: usize = 8_000;

/// A question has at least this many words.
const MIN_QUESTION_WORDS: usize = 4;

/// What a member said to the model.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum ConsentAnswer {
    /// It may write their follow-up questions.
    Agreed,
    /// It may not, or not any more.
    Refused,
}

/// Whether one member lets the model at one host write their follow-up questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlmConsent {
    /// Where their words would go. Another host is asked about anew.
    pub host: String,
    /// The reflection below whose follow-up it was asked.
    pub asked_with: RowId,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// What they said; `None` until they have.
    pub answer: Option<ConsentAnswer>,
    /// When they said it last.
    pub answered_at: Option<Timestamp>,
    /// The member's own date on which something was sent last.
    pub called_on: Date,
    /// How often something was sent on that date.
    pub calls: u32,
}

impl LlmConsent {
    /// Whether words may go to this host.
    pub fn allows(&self, host: &str) -> bool {
        self.host == host && self.answer == Some(ConsentAnswer::Agreed)
    }
}

/// What every request begins with: data, written by whoever writes the questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instructions(String);

impl Instructions {
    /// Reads a file of instructions.
    ///
    /// # Errors
    /// What has to be mended.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.chars().count() > MAX_INSTRUCTION_CHARS {
            return Err("the instructions have at most 8000 characters");
        }
        if !text.contains(FENCE) {
            return Err(
                "say {fence} where the instructions name the lines between which a member's words stand",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

/// What a model is told. Nothing in it names a member, a workspace or a row.
#[derive(Clone, PartialEq, Eq)]
pub struct LlmRequest {
    /// How to write the question.
    pub instructions: String,
    /// What it is about, with the member's words fenced.
    pub message: MemberText,
}

impl std::fmt::Debug for LlmRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LlmRequest({:?})", self.message)
    }
}

/// What a model is told about one reflection. `chance` makes the fence.
pub fn build_request(
    instructions: &Instructions,
    reflection: &Reflection,
    practice: Option<Practice>,
    chance: u128,
) -> LlmRequest {
    let situation = without_addresses(reflection.situation.reveal());
    let answer = without_addresses(reflection.answer.reveal());
    let fence = fence([&situation, &answer], chance);
    let mut message = Vec::new();
    if let Some(practice) = practice {
        message.push(format!("What they practise: {}: {}.", practice.title(), practice.aim()));
    }
    if let Some(room) = reflection.room {
        message.push(format!("How they read their team: {}.", room.label()));
    }
    if !reflection.situation.is_blank() {
        message.push(format!("What is in front of them:\n{fence}\n{situation}\n{fence}"));
    }
    message.push(format!("They were asked: {}", reflection.question));
    message.push(format!("They answered:\n{fence}\n{answer}\n{fence}"));
    LlmRequest {
        instructions: instructions.0.replace(FENCE, &fence),
        message: MemberText::new(message.join("\n\n")),
    }
}

/// A line that none of the texts holds.
fn fence(texts: [&str; 2], chance: u128) -> String {
    let holds = |fence: &str| texts.iter().any(|text| text.to_uppercase().contains(fence));
    let mut number = chance;
    loop {
        let fence = format!("FENCE-{number:032X}");
        if !holds(&fence) {
            return fence;
        }
        number = number.wrapping_add(1);
    }
}

/// A text without what leads to somebody: mentions, addresses, links. A member's own words can hold a
/// name all the same; the consent says what is sent.
fn without_addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let marked =
            from.split_once('>').and_then(|(inside, after)| Some((markup(inside.get(1..)?)?, after)));
        match marked {
            Some((stands, after)) => {
                out.push_str(stands);
                rest = after;
            }
            None => {
                out.push('<');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out.split_inclusive(char::is_whitespace).map(unaddressed).collect()
}

/// What stands for a piece of Slack's markup; `None`: it is none.
fn markup(inside: &str) -> Option<&'static str> {
    match inside.chars().next()? {
        '@' => Some("someone"),
        '#' => Some("a channel"),
        '!' => Some("everyone"),
        _ if inside.contains("://") || inside.starts_with("mailto:") => Some("a link"),
        _ => None,
    }
}

/// One word with the blank behind it, or what stands for it.
fn unaddressed(word: &str) -> String {
    let bare = word.trim_end();
    let blank = word.get(bare.len()..).unwrap_or_default();
    if bare.contains("://") {
        return format!("a link{blank}");
    }
    match bare.split_once('@') {
        Some((_, after)) if after.starts_with(char::is_alphanumeric) => format!("someone{blank}"),
        _ => word.to_owned(),
    }
}

/// Why what a model wrote is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectedQuestion {
    /// It has signs that no question of ours has: more than a line, markup, an address.
    Strange,
    /// It is too short to ask anything.
    Short,
    /// It asks for a password or the like.
    Secret,
    /// It breaks a rule of a good question.
    Breaks(LintRule),
    /// The library has it, or the member was asked it within 28 days.
    Repeat,
}

impl RejectedQuestion {
    /// A code of few values, for metrics.
    pub fn code(self) -> &'static str {
        match self {
            RejectedQuestion::Strange => "strange",
            RejectedQuestion::Short => "short",
            RejectedQuestion::Secret => "secret",
            RejectedQuestion::Breaks(rule) => rule.into_str(),
            RejectedQuestion::Repeat => "repeat",
        }
    }
}

/// What no coach asks anybody for.
const SECRETS: &[&str] = &[
    "password",
    "passwords",
    "passphrase",
    "passcode",
    "credentials",
    "api key",
    "secret key",
    "private key",
    "access token",
    "access code",
    "credit card",
    "card number",
    "bank account",
];

/// The question in what a model wrote, if it may be asked. `before` are the questions of the last 28
/// days and those of the library.
///
/// # Errors
/// [`RejectedQuestion`]: the first reason why not.
pub fn validate_question<'a>(
    said: &str,
    before: impl IntoIterator<Item = &'a str>,
) -> Result<String, RejectedQuestion> {
    let question = said.trim();
    if !question.chars().all(is_plain) {
        return Err(RejectedQuestion::Strange);
    }
    if question.split_whitespace().count() < MIN_QUESTION_WORDS {
        return Err(RejectedQuestion::Short);
    }
    if lint::has_any(question, SECRETS) {
        return Err(RejectedQuestion::Secret);
    }
    if let Some(rule) = lint(question).first() {
        return Err(RejectedQuestion::Breaks(*rule));
    }
    let asks = folded(question);
    if before.into_iter().any(|asked| folded(asked) == asks) {
        return Err(RejectedQuestion::Repeat);
    }
    Ok(question.to_owned())
}

/// Whether a question is short enough for the session: it leaves the member with more words, or is no
/// longer than the library's.
pub fn fits_word_budget(question: &str, snapshot: &Reflection) -> bool {
    let most = WordBudget::before_follow_up(snapshot).max_follow_up_words().unwrap_or_default();
    let librarys = snapshot.follow_up.as_deref().map(word_budget::count_words).unwrap_or_default();
    word_budget::count_words(question) <= most.max(librarys)
}

/// Letters, digits, blanks and the signs of an ordinary sentence; nothing that could be markup, an
/// address, or unseen.
fn is_plain(c: char) -> bool {
    (c.is_alphanumeric() && !is_invisible(c))
        || matches!(
            c,
            ' ' | ',' | '\'' | '’' | '?' | '-' | '–' | '—' | ':' | '"' | '“' | '”' | '(' | ')' | '%'
        )
}

/// A question by its words alone.
fn folded(question: &str) -> String {
    let lower = question.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
