//! Feedback rounds: whom a member can ask, how often, and what is shown of the answers. With fewer than three
//! answers nothing is shown; otherwise the distribution of the steps, and the comments in random order.
//!
//! An answer does not store who gave it. Only the [`AnswerToken`] in the answering person's own Slack message
//! leads to it.

use super::{
    hat::Hat,
    ids::{MemberId, RowId, UserId},
    member_text::MemberText,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The fewest people that a round asks, and the fewest answers that are shown. With fewer, an answer could be
/// recognised.
pub const MIN_PEOPLE: usize = 3;

/// The most people that a round asks, so that their comments fit one message.
pub const MAX_PEOPLE: usize = 15;

pub const MAX_COMMENT_CHARS: usize = 500;

/// How long a round is open.
pub const ROUND_DURATION: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The time between the beginnings of two rounds.
pub const MIN_INTERVAL: SignedDuration = SignedDuration::from_hours(30 * 24);

pub const STEPS: usize = 5;

/// A step of the scale, from 1 (clarity on the process) to 5 (inspiration for the goal).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedbackStep(u8);

impl FeedbackStep {
    /// `None` unless the number is from 1 to 5.
    pub fn new(number: u8) -> Option<Self> {
        (1..=STEPS as u8).contains(&number).then_some(Self(number))
    }

    /// All steps in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=STEPS as u8).map(Self)
    }

    pub fn number(self) -> u8 {
        self.0
    }
}

/// The key to one answer: 128 random bits in the message of the person who answers. Only its hash is stored,
/// and `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AnswerToken(String);

/// The text is not 32 hexadecimal digits in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct InvalidToken;

impl AnswerToken {
    /// A token from random bits.
    pub fn new(random: u128) -> Self {
        Self(format!("{random:032x}"))
    }

    /// The token as it is put into the message.
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

/// The state of a round.
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
    /// Slack is being asked which of the people can be asked. Nobody has been asked yet.
    Checking,
    /// Open for answers.
    Open,
    /// The asker cancelled it. The worker deletes it with everything that was answered.
    Cancelled,
    /// Closed, with its final result.
    Closed,
}

impl RoundState {
    /// Whether the round can still be cancelled.
    pub fn is_running(self) -> bool {
        match self {
            RoundState::Checking | RoundState::Open => true,
            RoundState::Cancelled | RoundState::Closed => false,
        }
    }
}

/// Why a feedback round cannot begin; the renderer words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundError {
    /// The member who asks is among those named.
    Oneself,
    /// Fewer than [`MIN_PEOPLE`] people besides the member who asks.
    TooFew,
    /// More than [`MAX_PEOPLE`] people.
    TooMany,
}

/// The people to ask, each once.
///
/// # Errors
/// [`RoundError`] if there are too few or too many, or the member who asks is among them.
pub fn invitees(asker: &UserId, named: &[UserId]) -> Result<Vec<UserId>, RoundError> {
    let mut seen = HashSet::new();
    let people: Vec<UserId> = named.iter().filter(|user| seen.insert(*user)).cloned().collect();
    match people.len() {
        _ if seen.contains(asker) => Err(RoundError::Oneself),
        count if count < MIN_PEOPLE => Err(RoundError::TooFew),
        count if count > MAX_PEOPLE => Err(RoundError::TooMany),
        _ => Ok(people),
    }
}

/// What Slack says about a person who was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// Whether the person can be asked: an active human member of the workspace, not a bot, not a guest of
    /// one channel, not from another organisation.
    pub can_be_asked: bool,
    /// The IANA name of their time zone.
    pub zone: Option<String>,
}

/// When a member whose last round began at `asked_at` may begin another.
pub fn next_round_at(asked_at: Timestamp) -> Timestamp {
    asked_at.saturating_add(MIN_INTERVAL).unwrap_or(asked_at)
}

/// One answer, without its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackAnswer {
    pub step: FeedbackStep,
    /// May be blank.
    pub comment: MemberText,
}

/// How many answers chose each step, from 1 to 5.
pub type StepCounts = [u32; STEPS];

/// The result of a closed round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundResult {
    pub counts: StepCounts,
    /// The comments that are not blank, in random order, so that they cannot be matched to the answers.
    pub comments: Vec<MemberText>,
}

/// The result that may be shown; `None` with fewer than [`MIN_PEOPLE`] answers. `next_random` gives 64 random
/// bits for shuffling the comments.
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
    // A Fisher–Yates shuffle. The remainder's bias is below 10⁻¹⁷.
    for last in (1..comments.len()).rev() {
        let other = (next_random() % (last as u64 + 1)) as usize;
        comments.swap(last, other);
    }
    Some(RoundResult { counts, comments })
}

/// The number of answers.
pub fn answer_count(counts: &StepCounts) -> u32 {
    counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

/// The mean step, Σ step · count / Σ count. `None` without an answer.
pub fn mean_step(counts: &StepCounts) -> Option<f64> {
    let of = answer_count(counts);
    let sum: f64 = FeedbackStep::all()
        .zip(counts)
        .map(|(step, count)| f64::from(step.number()) * f64::from(*count))
        .sum();
    (of > 0).then(|| sum / f64::from(of))
}

/// What a monthly report says about the rounds that were closed in the month.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FeedbackMeasure {
    /// The mean step of all answers.
    pub mean: f64,
    pub answers: u32,
    /// Rounds that have a result.
    pub rounds: u32,
    /// Answers that see more clarity on the process (steps 1 and 2), which is the manager hat.
    pub sees_process: u32,
    /// Answers that see more inspiration for the goal (steps 4 and 5), which is the leader hat.
    pub sees_goal: u32,
}

impl FeedbackMeasure {
    /// Answers that see this hat more than the other.
    pub fn sees(&self, hat: Hat) -> u32 {
        match hat {
            Hat::Leader => self.sees_goal,
            Hat::Manager => self.sees_process,
        }
    }

    /// The hat that at least three colleagues see more of, and at least twice as many as see more of the other.
    pub fn clearly_sees(&self) -> Option<Hat> {
        let is_clear = |hat: Hat| {
            let (these, others) = (self.sees(hat), self.sees(hat.opposite()));
            these >= 3 && these >= others.saturating_mul(2)
        };
        Hat::VARIANTS.iter().copied().find(|hat| is_clear(*hat))
    }
}

/// Combines the results of a month's rounds. `None` without a result.
pub fn monthly_measure<'a>(results: impl IntoIterator<Item = &'a StepCounts>) -> Option<FeedbackMeasure> {
    let mut all = StepCounts::default();
    let mut rounds = 0_u32;
    for counts in results {
        rounds = rounds.saturating_add(1);
        for (sum, count) in all.iter_mut().zip(counts) {
            *sum = sum.saturating_add(*count);
        }
    }
    let [process, more_process, _, more_goal, goal] = all;
    Some(FeedbackMeasure {
        mean: mean_step(&all)?,
        answers: answer_count(&all),
        rounds,
        sees_process: process.saturating_add(more_process),
        sees_goal: more_goal.saturating_add(goal),
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    pub id: RowId,
    /// Who asks.
    pub asker: MemberId,
    pub state: RoundState,
    /// How many people are asked.
    pub asked: u32,
    /// When it began.
    pub asked_at: Timestamp,
    /// When it ends at the latest.
    pub ends_at: Timestamp,
    /// When it is due to be closed: at `ends_at`, on the next working morning after everybody has answered
    /// or declined, or at once when it was cancelled. `None` while it is being checked and once it is closed.
    pub closes_at: Option<Timestamp>,
    /// The asker's local date when it was closed.
    pub closed_on: Option<Date>,
    /// The result. `None` while the round is open, and forever if too few people answered.
    pub counts: Option<StepCounts>,
}

#[cfg(test)]
mod tests;
