//! A feedback round as the asked person and the asker see it.

use super::{FormState, Invitation};
use crate::coach::{
    care::Concern,
    feedback::{FeedbackStep, StepCounts},
    ids::{RowId, UserId},
    member_text::MemberText,
};
use jiff::civil::Date;

/// The message with a feedback question, as the asked person sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackAskScreen {
    /// Who asks.
    pub asker: UserId,
    /// What its buttons carry.
    pub from: Invitation,
    pub state: FeedbackAskState,
    /// Whether the person does not want to be asked any more.
    pub opted_out: bool,
    /// When the round ends at the latest.
    pub until_on: Date,
}

/// The state of a feedback question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackAskState {
    Asked,
    /// Answered. The answer is not shown.
    Answered,
    /// Declined or withdrawn.
    Declined,
}

/// The second look before a round begins: what is sent, to whom, and when.
///
/// It shows no hour for each person. The hour depends on a person's own quiet hours, and with them it would tell
/// who uses LeadLens.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackAskForm {
    /// Who asks.
    pub asker: UserId,
    /// The text above the choice of people.
    pub question: String,
    /// Those who are chosen already.
    pub people: Vec<UserId>,
    /// Whether the typed text contained something that is not the name of a user.
    pub unclear: bool,
    /// Whether the member named themselves.
    pub oneself: bool,
    /// Those who were named and are no people who can be asked, as everybody in Slack can see: bots, guests of
    /// one channel, closed accounts. People who asked not to be asked are never among them.
    pub refused: Vec<UserId>,
}

/// A round that runs, for the asker. It tells neither who is asked nor how many: that would tell who asked not
/// to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackRunningScreen {
    pub round: RowId,
    /// The asker's local date when they asked.
    pub asked_on: Date,
    /// When the round ends at the latest.
    pub until_on: Date,
}

/// The result of a feedback round, for the asker.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackResultScreen {
    /// The asker's local date when they asked.
    pub asked_on: Date,
    /// How many answers chose each step. `None` if too few people answered.
    pub counts: Option<StepCounts>,
    /// The comments in random order.
    pub comments: Vec<MemberText>,
}

/// The form that answers a feedback question.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackAnswerForm {
    pub state: FormState,
    /// Who asks.
    pub asker: UserId,
    /// The text above the five steps.
    pub question: String,
    /// The step that was chosen before.
    pub step: Option<FeedbackStep>,
    /// The comment that was written before.
    pub comment: MemberText,
    /// Whether there is an answer that can be withdrawn.
    pub answered: bool,
    /// The care concern that the comment mentions.
    pub concern: Option<Concern>,
}
