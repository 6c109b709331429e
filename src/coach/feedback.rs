//! Feedback rounds: who can be asked, when a member may ask again, and what is shown of the answers:
//! nothing under three, then how they are spread and the comments in an order of chance. An answer has
//! no author here; a [`Token`] that only the answerer's own Slack message carries is all that leads to
//! it.

use super::{
    ids::{MemberId, RowId, UserId},
    member_text::MemberText,
};
use crate::named;
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt};

/// What is asked.
pub const QUESTION: &str = "Do I provide more clarity on the process or more inspiration for the goal?";

/// The fewest people that are asked, and the fewest answers of which anything is shown.
pub const AT_LEAST: usize = 3;

/// The most people that one round asks: their comments still fit one message.
pub const AT_MOST: usize = 15;

/// What a comment holds at most.
pub const MAX_COMMENT_CHARS: usize = 500;

/// How long a round waits for answers.
pub const OPEN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long after one round the next may begin.
pub const EVERY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many steps the scale has.
pub const STEPS: usize = 5;

/// A step of the scale: 1 is clarity on the process, 5 is inspiration for the goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step(u8);

impl Step {
    /// A number from 1 to 5.
    pub fn new(number: u8) -> Option<Self> {
        (1..=STEPS as u8).contains(&number).then_some(Self(number))
    }

    /// All, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=STEPS as u8).map(Self)
    }

    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }

    /// What it means.
    pub fn label(self) -> &'static str {
        match self.0 {
            1 => "Clearly more clarity on the process",
            2 => "Somewhat more clarity on the process",
            3 => "Both alike",
            4 => "Somewhat more inspiration for the goal",
            _ => "Clearly more inspiration for the goal",
        }
    }
}

/// What leads from the answerer's own message to their answer, and from nowhere else: 128 bits of
/// chance. It is never stored; `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

/// Text that is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct NotAToken;

impl Token {
    /// A token of these random bits.
    pub fn new(random: u128) -> Self {
        Self(format!("{random:032x}"))
    }

    /// The token as the message carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TryFrom<String> for Token {
    type Error = NotAToken;
    fn try_from(text: String) -> Result<Self, NotAToken> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex { Ok(Self(text)) } else { Err(NotAToken) }
    }
}

impl From<Token> for String {
    fn from(token: Token) -> String {
        token.0
    }
}

named! {
    /// Where a round stands.
    RoundState, "feedback round state" {
        /// Slack is asked whether those named can be asked; nobody has been yet.
        Checking => "checking",
        /// It waits for answers.
        Open => "open",
        /// It has its result, for good.
        Closed => "closed",
    }
}

/// Why these people make no round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoRound {
    /// Fewer than three people besides the member.
    #[error("at least {AT_LEAST} people besides yourself are needed")]
    TooFew,
    /// More than one round asks.
    #[error("one round asks {AT_MOST} people at most")]
    TooMany,
}

/// The people that a round can ask, of those named: each once, without the member who asks.
///
/// # Errors
/// [`NoRound`] when they are too few or too many.
pub fn people(asker: &UserId, named: &[UserId]) -> Result<Vec<UserId>, NoRound> {
    let mut seen = HashSet::new();
    let people: Vec<UserId> =
        named.iter().filter(|user| *user != asker && seen.insert(*user)).cloned().collect();
    match people.len() {
        count if count < AT_LEAST => Err(NoRound::TooFew),
        count if count > AT_MOST => Err(NoRound::TooMany),
        _ => Ok(people),
    }
}

/// What Slack says of somebody who was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// A human being with an account in use whom a message reaches: no bot, not deactivated, no guest
    /// of one channel, nobody from elsewhere.
    pub can_be_asked: bool,
    /// The IANA name of their zone.
    pub zone: Option<String>,
}

/// When a member who began a round at an instant may begin the next.
pub fn again_at(asked_at: Timestamp) -> Timestamp {
    asked_at.saturating_add(EVERY).unwrap_or(asked_at)
}

/// One answer, of nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The step.
    pub step: Step,
    /// The comment; may be blank.
    pub comment: MemberText,
}

/// How many answers each step got, from 1 to 5.
pub type Counts = [u32; STEPS];

/// What a round shows once it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How the answers are spread.
    pub counts: Counts,
    /// The comments that say something, in an order of chance that has nothing to do with the answers'.
    pub comments: Vec<MemberText>,
}

/// What may be shown of the answers: `None` under [`AT_LEAST`] of them. `chance` gives random bits
/// for the order of the comments.
pub fn outcome(answers: Vec<Answer>, mut chance: impl FnMut() -> u64) -> Option<Outcome> {
    if answers.len() < AT_LEAST {
        return None;
    }
    let mut counts = Counts::default();
    let mut comments = Vec::new();
    for answer in answers {
        if let Some(count) = counts.get_mut(usize::from(answer.step.number()).saturating_sub(1)) {
            *count = count.saturating_add(1);
        }
        if !answer.comment.is_blank() {
            comments.push(answer.comment);
        }
    }
    // Fisher and Yates; the bias of the remainder is below 10⁻¹⁷.
    for last in (1..comments.len()).rev() {
        let other = (chance() % (last as u64 + 1)) as usize;
        comments.swap(last, other);
    }
    Some(Outcome { counts, comments })
}

/// How many answers these are.
pub fn answers(counts: &Counts) -> u32 {
    counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

/// The mean step: Σ step · count / Σ count; `None` without an answer.
pub fn mean(counts: &Counts) -> Option<f64> {
    let of = answers(counts);
    let sum: f64 =
        Step::all().zip(counts).map(|(step, count)| f64::from(step.number()) * f64::from(*count)).sum();
    (of > 0).then(|| sum / f64::from(of))
}

/// What a month's report says of the rounds that closed in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measure {
    /// The mean step of all answers.
    pub mean: f64,
    /// How many answers.
    pub answers: u32,
    /// How many rounds with a result.
    pub rounds: u32,
}

/// Puts the results of a month's rounds together; `None` without one.
pub fn measure<'a>(results: impl IntoIterator<Item = &'a Counts>) -> Option<Measure> {
    let mut all = Counts::default();
    let mut rounds = 0_u32;
    for counts in results {
        rounds = rounds.saturating_add(1);
        for (sum, count) in all.iter_mut().zip(counts) {
            *sum = sum.saturating_add(*count);
        }
    }
    Some(Measure { mean: mean(&all)?, answers: answers(&all), rounds })
}

/// One round of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Its row.
    pub id: RowId,
    /// Who asks.
    pub asker: MemberId,
    /// Where it stands.
    pub state: RoundState,
    /// How many people are asked.
    pub asked: u32,
    /// When it began.
    pub asked_at: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
    /// When it is to be closed: `ends_at`, or the next working morning once everybody has answered or
    /// declined; `None` unless it is open.
    pub closes_at: Option<Timestamp>,
    /// The asker's own date when it was closed.
    pub closed_on: Option<Date>,
    /// Its result; `None` while it is open, and for good when fewer than three answered.
    pub counts: Option<Counts>,
}

#[cfg(test)]
mod tests;
