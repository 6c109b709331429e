//! A feedback round as the asked person and the asker see it.

use super::{FormState, Invitation};
use crate::coach::{
    care::Concern,
    feedback::{FeedbackStep, StepCounts},
    ids::UserId,
    member_text::MemberText,
};
use jiff::civil::Date;

/// A feedback question as the asked person's message shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackAskScreen {
    /// Who asks.
    pub asker: UserId,
    /// What its buttons carry.
    pub from: Invitation,
    /// What became of it.
    pub state: FeedbackAskState,
    /// They are not asked by anybody any more.
    pub opted_out: bool,
    /// When the round ends at the latest.
    pub until_on: Date,
}

/// What became of a feedback question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackAskState {
    /// Nothing yet.
    Asked,
    /// Answered; what was said is not shown.
    Answered,
    /// Declined or taken back.
    Declined,
}

/// The result of a feedback round.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackResultScreen {
    /// The member's date when they asked.
    pub asked_on: Date,
    /// How the answers are spread; `None` when fewer than three answered.
    pub counts: Option<StepCounts>,
    /// The comments, shuffled.
    pub comments: Vec<MemberText>,
}

/// The form that answers a feedback question.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackAnswerForm {
    /// Its state.
    pub state: FormState,
    /// Who asks.
    pub asker: UserId,
    /// Stands above the five steps.
    pub question: String,
    /// What was chosen before.
    pub step: Option<FeedbackStep>,
    /// What was written before.
    pub comment: MemberText,
    /// There is an answer that can be taken back.
    pub answered: bool,
    /// The trouble that the comment speaks of.
    pub concern: Option<Concern>,
}
