//! Follow-up questions by a language model, for members who agree to it: their consent, the request about one
//! reflection, and the checks on the model's answer. Sending the request is not part of this module.

use super::{
    hat::Practice,
    ids::RowId,
    lint::{self, LintRule, lint},
    member_text::{MemberText, is_invisible},
    reflection::Reflection,
    room::Room,
    word_budget::{self, WordBudget},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The limit of requests for one member on one local date.
pub const MAX_CALLS_PER_DAY: u32 = 20;

/// The value of [`Reflection::follow_up_prompt`] for a question that a model wrote.
pub const LLM_PROMPT_ID: &str = "model";

/// The placeholder in the instructions that is replaced by the fence.
const FENCE: &str = "{fence}";

const MAX_INSTRUCTION_CHARS: usize = 8_000;

const MIN_QUESTION_WORDS: usize = 4;

/// What a member answered when asked for their consent.
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
    Agreed,
    /// They refused, or withdrew their consent.
    Refused,
}

/// A member's consent to sending their text to a model at one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlmConsent {
    /// The host that would receive the text. Another host needs a new consent.
    pub host: String,
    /// The reflection whose follow-up form asked for the consent.
    pub asked_with: RowId,
    pub asked_at: Timestamp,
    /// `None` until they have answered.
    pub answer: Option<ConsentAnswer>,
    /// When they last changed their answer.
    pub answered_at: Option<Timestamp>,
    /// The member's local date of the last request.
    pub called_on: Date,
    /// The number of requests on that date.
    pub calls: u32,
}

impl LlmConsent {
    /// Whether text may be sent to this host.
    pub fn allows(&self, host: &str) -> bool {
        self.host == host && self.answer == Some(ConsentAnswer::Agreed)
    }
}

/// The instructions that begin every request. They are data, so that the authors of the questions can edit
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instructions(String);

impl Instructions {
    /// Checks the text of an instructions file.
    ///
    /// # Errors
    /// What to change in the file.
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

/// A request to the model. It names no member, workspace or row.
#[derive(Clone, PartialEq, Eq)]
pub struct LlmRequest {
    /// How to write the question.
    pub instructions: String,
    /// The reflection, with the member's own text between fences.
    pub message: MemberText,
}

impl std::fmt::Debug for LlmRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LlmRequest({:?})", self.message)
    }
}

/// Builds the request about one reflection. `random` makes the fence unpredictable, so that a member's text
/// cannot contain it and pose as instructions.
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
        message.push(format!("How they read their team: {}.", described(room)));
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

/// A room as the model reads of it. What the member reads is in `slack/render/room.rs`.
fn described(room: Room) -> &'static str {
    match room {
        Room::Confused => "Confused: what is this for?",
        Room::Directionless => "Without direction",
        Room::LowSpirit => "Low in spirit",
        Room::CrisisBegins => "In the first hours of a crisis",
        Room::Disorganised => "Inspired but disorganised",
        Room::MissingDeadlines => "Missing deadlines",
        Room::UnsureOfPriorities => "Unsure of today's priorities",
        Room::PastThePanic => "Past the panic, needs to execute",
        Room::GoingWell => "Going well",
    }
}

/// A line that occurs in none of the texts.
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

/// Replaces what identifies people and places in Slack: mentions, addresses and links. Names in running text
/// remain; the consent form says so.
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

/// The replacement for the inside of a `<…>`. `None` if it is not Slack's markup.
fn markup(inside: &str) -> Option<&'static str> {
    match inside.chars().next()? {
        '@' => Some("someone"),
        '#' => Some("a channel"),
        '!' => Some("everyone"),
        _ if inside.contains("://") || inside.starts_with("mailto:") => Some("a link"),
        _ => None,
    }
}

/// Replaces a word that is a link or an address. White space after it is kept.
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

/// Why a question from the model is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectedQuestion {
    /// It contains characters that a question does not need: a line break, markup, or part of an address.
    Strange,
    /// It has fewer than `MIN_QUESTION_WORDS` words.
    Short,
    /// It asks for a password or another secret.
    Secret,
    /// It breaks a rule of a good question.
    Breaks(LintRule),
    /// It is in the library, or the member was asked it within the last 28 days.
    Repeat,
}

impl RejectedQuestion {
    /// A code from a small set, for metrics.
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

/// Phrases that ask for secrets.
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

/// Returns the question from the model's answer if it may be asked. `before` contains the questions of the
/// last 28 days and those of the library.
///
/// # Errors
/// The first reason to reject it.
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

/// Whether the question is short enough: either the member still has more words than LeadLens, or it is not
/// longer than the library's question.
pub fn fits_word_budget(question: &str, snapshot: &Reflection) -> bool {
    let most = WordBudget::before_follow_up(snapshot).max_follow_up_words().unwrap_or_default();
    let librarys = snapshot.follow_up.as_deref().map(word_budget::count_words).unwrap_or_default();
    word_budget::count_words(question) <= most.max(librarys)
}

/// Letters, digits, spaces and ordinary punctuation. Everything else could be markup, part of an address, or
/// invisible.
fn is_plain(c: char) -> bool {
    (c.is_alphanumeric() && !is_invisible(c))
        || matches!(
            c,
            ' ' | ',' | '\'' | '’' | '?' | '-' | '–' | '—' | ':' | '"' | '“' | '”' | '(' | ')' | '%'
        )
}

/// The words of a question in lower case, for comparing questions.
fn folded(question: &str) -> String {
    let lower = question.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
