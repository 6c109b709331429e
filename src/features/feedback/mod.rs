//! Feedback rounds. `request` is the asker's side until people are asked, `round` the round itself,
//! `answer` the side of those who are asked, who leave no trace that leads to them.

mod answer;
mod handle;
mod outbox;
mod request;
mod respond;
mod round;

pub use handle::{handle, handle_answer, request, submit, submit_answer};
pub use outbox::{
    compose_began, compose_began_update, compose_over, compose_question, compose_refused, compose_result,
};
pub use request::{Checked, check_failed, form_closed, people_checked, people_to_check};
pub use respond::{respond, respond_answer};
pub use round::{close_due, question_refused};

use crate::coach::{
    feedback::FeedbackStep,
    ids::{MemberId, MessageRef, RowId, UserId},
    member_text::MemberText,
    screen::Invitation,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a button of this feature means to the member who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open the form that asks people for feedback, or the round that runs.
    Open,
    /// Cancel the round that runs.
    Cancel { round: RowId },
    /// To be asked again by others; from Home.
    OptIn,
}

/// A question that somebody answers: who, which question, and its message.
#[derive(Debug, Clone, Copy)]
pub struct Answering<'a> {
    /// Who is asked. They need not be a member.
    pub who: &'a MemberId,
    /// The question.
    pub from: &'a Invitation,
    /// The message of the question.
    pub at: &'a MessageRef,
}

/// What a button means on a feedback question, or on the form that answers it. The member who acts is
/// asked for feedback, and nothing that is stored with it may lead back to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerAction {
    /// Open the form that answers the question.
    Open,
    /// Say nothing in this round.
    Decline,
    /// Take one's answer back.
    Withdraw,
    /// Not to be asked by anybody any more.
    OptOut,
    /// To be asked again.
    OptIn,
}

/// The submitted form of the member who asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Those who are to be asked.
    pub people: Vec<UserId>,
}

/// The submitted form that answers a question.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerSubmission {
    /// The question that it answers.
    pub from: Invitation,
    /// The message of that question.
    pub at: MessageRef,
    /// The care screen was shown, so submitting means *Keep*.
    pub care_acknowledged: bool,
    /// One of the five steps.
    pub step: Option<FeedbackStep>,
    /// An optional comment.
    pub comment: MemberText,
}

/// What was changed by the member who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A round was begun; Slack is asked who can be asked.
    Requested,
    /// The round was cancelled.
    Cancelled {
        /// When the next one can begin.
        again_on: Date,
    },
    /// There is no such round that runs.
    NotRunning,
    /// The member may be asked for feedback again.
    OptedIn,
    /// An earlier tap did the same.
    AlreadyDone,
}

/// What was changed by somebody who is asked. It says nothing about what they said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerEffect {
    /// Something was answered, taken back or declined.
    Said,
}
