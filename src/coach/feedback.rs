//! Feedback rounds: who can be asked, when a member may ask again, and what is shown of the answers:
//! nothing under three, then how they are spread and the comments in an order of chance. An answer has
//! no author here; a [`AnswerToken`] that only the answerer's own Slack message carries is all that leads to
//! it.

use super::{
    ids::{MemberId, RowId, UserId},
    member_text::MemberText,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What is asked.
pub const QUESTION: &str = "Do I provide more clarity on the process or more inspiration for the goal?";

/// The fewest people that are asked, and the fewest answers of which anything is shown.
pub const MIN_PEOPLE: usize = 3;

/// The most people that one round asks: their comments still fit one message.
pub const MAX_PEOPLE: usize = 15;

/// What a comment holds at most.
pub const MAX_COMMENT_CHARS: usize = 500;

/// How long a round waits for answers.
pub const ROUND_DURATION: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long after one round the next may begin.
pub const MIN_INTERVAL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many steps the scale has.
pub const STEPS: usize = 5;

/// A step of the scale: 1 is clarity on the process, 5 is inspiration for the goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedbackStep(u8);

impl FeedbackStep {
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
pub struct AnswerToken(String);

/// Text that is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct InvalidToken;

impl AnswerToken {
    /// A token of these random bits.
    pub fn new(random: u128) -> Self {
        Self(format!("{random:032x}"))
    }

    /// The token as the message carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AnswerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswerToken(…)")
    }
}

impl TryFrom<String> for AnswerToken {
    type Error = InvalidToken;
    fn try_from(text: String) -> Result<Self, InvalidToken> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex { Ok(Self(text)) } else { Err(InvalidToken) }
    }
}

impl From<AnswerToken> for String {
    fn from(token: AnswerToken) -> String {
        token.0
    }
}

/// Where a round stands.
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
pub enum RoundState {
    /// Slack is asked whether those named can be asked; nobody has been yet.
    Checking,
    /// It waits for answers.
    Open,
    /// It has its result, for good.
    Closed,
}

/// Why a feedback round cannot begin; the renderer words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundError {
    /// Fewer than [`MIN_PEOPLE`] people besides the member who asks.
    TooFew,
    /// More than [`MAX_PEOPLE`] people.
    TooMany,
}

/// The people that a round can ask, of those named: each once, without the member who asks.
///
/// # Errors
/// [`RoundError`] when they are too few or too many.
pub fn invitees(asker: &UserId, named: &[UserId]) -> Result<Vec<UserId>, RoundError> {
    let mut seen = HashSet::new();
    let people: Vec<UserId> =
        named.iter().filter(|user| *user != asker && seen.insert(*user)).cloned().collect();
    match people.len() {
        count if count < MIN_PEOPLE => Err(RoundError::TooFew),
        count if count > MAX_PEOPLE => Err(RoundError::TooMany),
        _ => Ok(people),
    }
}

/// What Slack says of somebody who was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// A human being with an account in use whom a message reaches: no bot, not deactivated, no guest
    /// of one channel, nobody from elsewhere.
    pub can_be_asked: bool,
    /// The IANA name of their zone.
    pub zone: Option<String>,
}

/// When a member who began a round at an instant may begin the next.
pub fn next_round_at(asked_at: Timestamp) -> Timestamp {
    asked_at.saturating_add(MIN_INTERVAL).unwrap_or(asked_at)
}

/// One answer, of nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackAnswer {
    /// The step.
    pub step: FeedbackStep,
    /// The comment; may be blank.
    pub comment: MemberText,
}

/// How many answers each step got, from 1 to 5.
pub type StepCounts = [u32; STEPS];

/// What a round shows once it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundResult {
    /// How the answers are spread.
    pub counts: StepCounts,
    /// The comments that say something, in an order of chance that has nothing to do with the answers'.
    pub comments: Vec<MemberText>,
}

/// What may be shown of the answers: `None` under [`MIN_PEOPLE`] of them. `chance` gives random bits
/// for the order of the comments.
pub fn round_result(
    answers: Vec<FeedbackAnswer>,
    mut next_random: impl FnMut() -> u64,
) -> Option<RoundResult> {
    if answers.len() < MIN_PEOPLE {
        return None;
    }
    let mut counts = StepCounts::default();
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
        let other = (next_random() % (last as u64 + 1)) as usize;
        comments.swap(last, other);
    }
    Some(RoundResult { counts, comments })
}

/// How many answers these are.
pub fn answer_count(counts: &StepCounts) -> u32 {
    counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

/// The mean step: Σ step · count / Σ count; `None` without an answer.
pub fn mean_step(counts: &StepCounts) -> Option<f64> {
    let of = answer_count(counts);
    let sum: f64 = FeedbackStep::all()
        .zip(counts)
        .map(|(step, count)| f64::from(step.number()) * f64::from(*count))
        .sum();
    (of > 0).then(|| sum / f64::from(of))
}

/// What a month's report says of the rounds that closed in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FeedbackMeasure {
    /// The mean step of all answers.
    pub mean: f64,
    /// How many answers.
    pub answers: u32,
    /// How many rounds with a result.
    pub rounds: u32,
}

/// Puts the results of a month's rounds together; `None` without one.
pub fn monthly_measure<'a>(results: impl IntoIterator<Item = &'a StepCounts>) -> Option<FeedbackMeasure> {
    let mut all = StepCounts::default();
    let mut rounds = 0_u32;
    for counts in results {
        rounds = rounds.saturating_add(1);
        for (sum, count) in all.iter_mut().zip(counts) {
            *sum = sum.saturating_add(*count);
        }
    }
    Some(FeedbackMeasure { mean: mean_step(&all)?, answers: answer_count(&all), rounds })
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
    pub counts: Option<StepCounts>,
}

#[cfg(test)]
mod tests;
