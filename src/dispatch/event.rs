//! What a transport hands over: one delivery from Slack, understood. Nothing behind it knows Slack's JSON.

use crate::{
    coach::{
        ids::{MemberId, MessageRef, MessageTs, RowId, TeamId, ViewId},
        member_text::MemberText,
        screen::{Field, Invitation},
    },
    features::{
        ask, audit, checkin, direct_message, feedback, history, llm_follow_up, nudge, onboarding, plan,
        privacy, report, room, schedule,
    },
    interaction::{DeliveryKey, FormStep, ReplyTarget},
};

/// One delivery from Slack, understood.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What identifies a redelivery.
    pub key: DeliveryKey,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A slash command was typed.
    SlashCommand { text: MemberText, target: ReplyTarget },
    /// The global shortcut *Check in* was used.
    CheckinShortcut { target: ReplyTarget },
    /// The message shortcut *Ask, don't fix* was used. Nothing of the message comes along.
    AskShortcut { target: ReplyTarget },
    /// A button or menu of ours was used.
    BlockAction { action: Action, target: ReplyTarget },
    /// A form of ours was submitted.
    ViewSubmission { submission: Submission, target: ReplyTarget },
    /// A button was used on a feedback question, or on the form that answers it. Nothing stored with it
    /// may lead back to the member.
    FeedbackAction { from: Invitation, at: MessageRef, action: feedback::AnswerAction, target: ReplyTarget },
    /// The form that answers a feedback question was submitted. The same holds for it.
    FeedbackSubmission { submission: feedback::AnswerSubmission, target: ReplyTarget },
    /// The member posted a message in the DM.
    MessagePosted { member: MemberId, message: MessageRef, thread: Option<MessageTs>, text: MemberText },
    /// The member edited a message of theirs in the DM; `at` is Slack's time of the edit.
    MessageEdited {
        member: MemberId,
        message: MessageRef,
        thread: Option<MessageTs>,
        text: MemberText,
        at: MessageTs,
    },
    /// The member deleted a message of theirs in the DM.
    MessageDeleted { team: TeamId, message: MessageRef },
    /// The member opened the Home tab.
    HomeOpened { member: MemberId },
    /// The member opened the conversation with LeadLens.
    ConversationOpened { member: MemberId },
    /// Slack says that a member's profile changed (time zone, status, deactivation).
    ProfileChanged { member: MemberId, zone: Option<String>, deactivated: bool },
    /// The app was removed from the workspace.
    AppUninstalled { team: TeamId },
    /// Tokens were revoked; `bot` when the bot's own is among them.
    TokensRevoked { team: TeamId, bot: bool },
    /// A button whose id or payload is not ours, or of a version that is not read any more.
    UnknownAction { target: ReplyTarget },
    /// Something that asks for nothing from us: acknowledged and counted by its kind.
    Ignored { kind: &'static str },
}

/// What a button of ours means, by the feature that owns it. Each of them can be written into a button;
/// `slack::payload` has the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Ask(ask::Action),
    Audit(audit::Action),
    Checkin(checkin::Action),
    DirectMessage(direct_message::Action),
    Feedback(feedback::Action),
    /// On a feedback question. It becomes an [`Event::FeedbackAction`].
    FeedbackAnswer(Invitation, feedback::AnswerAction),
    History(history::Action),
    LlmFollowUp(llm_follow_up::Action),
    Nudge(nudge::Action),
    Onboarding(onboarding::Action),
    Plan(plan::Action),
    Privacy(privacy::Action),
    Report(report::Action),
    Room(room::Action),
    Schedule(schedule::Action),
}

macro_rules! from_feature {
    ($($variant:ident => $feature:ident),+ $(,)?) => {
        $(impl From<$feature::Action> for Action {
            fn from(action: $feature::Action) -> Self {
                Action::$variant(action)
            }
        })+
    };
}

from_feature! {
    Ask => ask,
    Audit => audit,
    Checkin => checkin,
    DirectMessage => direct_message,
    Feedback => feedback,
    History => history,
    LlmFollowUp => llm_follow_up,
    Nudge => nudge,
    Onboarding => onboarding,
    Plan => plan,
    Privacy => privacy,
    Report => report,
    Room => room,
    Schedule => schedule,
}

/// A submitted form, by the feature that owns it.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    Ask(ask::Submission),
    Audit(audit::Submission),
    Checkin(checkin::Submission),
    Feedback(feedback::Submission),
    History(history::Submission),
    Plan(plan::Submission),
    Privacy(privacy::ForgetConfirmed),
    Schedule(schedule::Submission),
    /// A form that has nothing to submit: it closes.
    Nothing,
}

impl Submission {
    /// The step whose entry an earlier submission of the same form may have stored.
    pub(super) fn step(&self) -> Option<FormStep> {
        match self {
            Submission::Checkin(checkin::Submission::Checkin { .. }) => Some(FormStep::Checkin),
            Submission::Ask(ask::Submission::Asked { .. }) => Some(FormStep::Ask),
            Submission::Plan(plan::Submission::Plan { .. }) => Some(FormStep::Plan),
            Submission::Audit(_) => Some(FormStep::Audit),
            Submission::Checkin(checkin::Submission::Edit { .. } | checkin::Submission::FollowUp { .. })
            | Submission::Ask(ask::Submission::Edit { .. })
            | Submission::Plan(plan::Submission::Outcome { .. })
            | Submission::Feedback(_)
            | Submission::History(_)
            | Submission::Privacy(_)
            | Submission::Schedule(_)
            | Submission::Nothing => None,
        }
    }

    /// The field beside which a problem with the whole form is shown.
    pub(super) fn main_field(&self) -> Field {
        match self {
            Submission::Checkin(checkin::Submission::Checkin { .. } | checkin::Submission::Edit { .. }) => {
                Field::Answer
            }
            Submission::Checkin(checkin::Submission::FollowUp { .. }) => Field::FollowUpAnswer,
            Submission::Schedule(schedule::Submission::Schedule(_)) => Field::Days,
            Submission::Schedule(schedule::Submission::Pause { .. }) => Field::PauseUntil,
            Submission::History(_) => Field::Search,
            Submission::Feedback(_) => Field::People,
            Submission::Ask(ask::Submission::Asked { taken, .. }) => Field::question(*taken),
            Submission::Ask(ask::Submission::Edit { .. }) => Field::GivenBackOn,
            Submission::Audit(_) => Field::Meeting(0),
            Submission::Plan(plan::Submission::Plan { .. }) => Field::Cue,
            Submission::Plan(plan::Submission::Outcome { .. }) => Field::Outcome,
            Submission::Privacy(_) | Submission::Nothing => Field::Confirm,
        }
    }
}

impl Event {
    /// The feedback round that the event is an answer in. Its key is stored with the round and apart from
    /// all others, so that it cannot be joined with anything that names the member.
    pub(super) fn round(&self) -> Option<&RowId> {
        match self {
            Event::FeedbackAction { from, .. } => Some(&from.round),
            Event::FeedbackSubmission { submission, .. } => Some(&submission.from.round),
            Event::SlashCommand { .. }
            | Event::CheckinShortcut { .. }
            | Event::AskShortcut { .. }
            | Event::BlockAction { .. }
            | Event::ViewSubmission { .. }
            | Event::MessagePosted { .. }
            | Event::MessageEdited { .. }
            | Event::MessageDeleted { .. }
            | Event::HomeOpened { .. }
            | Event::ConversationOpened { .. }
            | Event::ProfileChanged { .. }
            | Event::AppUninstalled { .. }
            | Event::TokensRevoked { .. }
            | Event::UnknownAction { .. }
            | Event::Ignored { .. } => None,
        }
    }

    /// Whether the event is somebody's answer to a feedback question.
    pub fn is_feedback_answer(&self) -> bool {
        self.round().is_some()
    }

    /// Where an answer goes, if the event has somebody to answer.
    pub fn target(&self) -> Option<&ReplyTarget> {
        match self {
            Event::SlashCommand { target, .. }
            | Event::CheckinShortcut { target }
            | Event::AskShortcut { target }
            | Event::BlockAction { target, .. }
            | Event::ViewSubmission { target, .. }
            | Event::FeedbackAction { target, .. }
            | Event::FeedbackSubmission { target, .. }
            | Event::UnknownAction { target } => Some(target),
            Event::MessagePosted { .. }
            | Event::MessageEdited { .. }
            | Event::MessageDeleted { .. }
            | Event::HomeOpened { .. }
            | Event::ConversationOpened { .. }
            | Event::ProfileChanged { .. }
            | Event::AppUninstalled { .. }
            | Event::TokensRevoked { .. }
            | Event::Ignored { .. } => None,
        }
    }

    /// The modal in which the member acted.
    pub fn view(&self) -> Option<&ViewId> {
        self.target().and_then(ReplyTarget::view)
    }
}
