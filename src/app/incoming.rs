//! What a member did, in the coach's words, and what is owed to them: `Incoming` and `Reply`. Both
//! transports build the one and carry out the other; nothing here knows Slack's JSON.

use crate::{
    coach::{
        audit::Meeting,
        feedback::Step,
        ids::{ChannelId, FileId, MemberId, MessageRef, MessageTs, PromptId, RowId, TeamId, UserId, ViewId},
        member::QuietHours,
        member_text::MemberText,
        plan::PlanFields,
        reflection::CheckinFields,
        screen::{Field, Form, FormState, Message, Press},
    },
    store::UnclassifiedAnswer,
};
use jiff::civil::{Date, Time, Weekday};
use secrecy::{ExposeSecret as _, SecretString};

/// The key of one delivery: the same for every redelivery of it, different for everything else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeliveryKey(pub String);

/// One delivery from Slack, understood.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// What makes a redelivery recognisable.
    pub key: DeliveryKey,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum What {
    /// A slash command was typed. `text` is a member's text until it is parsed.
    CommandTyped { who: MemberId, text: MemberText, door: Door },
    /// The global shortcut *Check in* was used.
    CheckinShortcutUsed { who: MemberId, door: Door },
    /// The message shortcut *Ask, don't fix* was used. Nothing of the message comes along.
    AskShortcutUsed { who: MemberId, door: Door },
    /// A button or menu of ours was used.
    Pressed { who: MemberId, press: Press, at: PressedAt, door: Door },
    /// A form was submitted.
    Submitted { who: MemberId, view: ViewId, state: FormState, values: Values },
    /// The member wrote in the DM.
    MessagePosted { who: MemberId, message: MessageRef, thread: Option<MessageTs>, text: MemberText },
    /// The member edited a message of theirs in the DM.
    MessageEdited { who: MemberId, message: MessageRef, text: MemberText },
    /// The member deleted a message of theirs in the DM.
    MessageDeleted { team: TeamId, message: MessageRef },
    /// The member opened the Home tab.
    HomeOpened { who: MemberId },
    /// Slack says that a member's profile changed (zone, status, deactivation).
    ProfileChanged { who: MemberId, zone: Option<String>, deactivated: bool },
    /// The app was removed from the workspace.
    Uninstalled { team: TeamId },
    /// Tokens were revoked; `bot` when the bot's own is among them.
    TokensRevoked { team: TeamId, bot: bool, users: Vec<UserId> },
    /// A button whose id or payload is not ours, or of a version we no longer read.
    UnknownPress { who: MemberId, door: Door },
    /// Something that asks for nothing from us: acknowledged and counted by its kind.
    Ignored { kind: &'static str },
}

impl What {
    /// The feedback round that an act of somebody who was asked is about. Nothing of such a delivery
    /// may be kept that leads back to them.
    pub fn about_round(&self) -> Option<&RowId> {
        match self {
            What::Pressed { press, .. } => press.invitation().map(|from| &from.round),
            What::Submitted { state: FormState::Feedback { from, .. }, .. } => Some(&from.round),
            _ => None,
        }
    }
}

/// The values of a submitted form, by the form they belong to.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Check-in, answer to a nudge, edit, or the care form over them.
    Checkin(CheckinFields),
    /// Second step, or the care form over it.
    FollowUp { answer: MemberText },
    /// Schedule. Unset pickers are `None`; the zone is text until it is parsed.
    Schedule(ScheduleValues),
    /// Pause.
    Pause { until_on: Option<Date> },
    /// The search field of the history.
    Search { text: MemberText },
    /// Whom to ask for feedback.
    People(Vec<UserId>),
    /// The answer to a feedback question.
    Feedback { step: Option<Step>, comment: MemberText },
    /// The rows of an audit, and the calendar that was uploaded.
    Audit { meetings: Vec<Meeting>, calendar: Option<FileId> },
    /// The question and the date of an act.
    Act { prompt: Option<PromptId>, on: Option<Date> },
    /// A plan.
    Plan(PlanFields),
    /// What came of a plan.
    Outcome { text: MemberText },
    /// Forms without values.
    Nothing,
}

/// What stands in the schedule form.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleValues {
    /// Ticked days.
    pub days: Vec<Weekday>,
    /// Chosen times, in the order of the form; up to three.
    pub times: Vec<Time>,
    /// A zone name, as typed or chosen.
    pub zone: String,
    /// Quiet hours; equal ends mean none.
    pub quiet: QuietHours,
    /// Days off as typed: dates separated by commas, blanks or lines; parsed by the app.
    pub days_off: MemberText,
    /// First date after a pause.
    pub pause_until_on: Option<Date>,
    /// The practice in focus, by its stable name.
    pub focus: Option<String>,
}

/// How an answer can reach the member besides the acknowledgement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Door {
    /// Opens one modal within three seconds.
    pub trigger: Option<Trigger>,
    /// Answers in place, five times within thirty minutes.
    pub response_url: Option<ResponseUrl>,
    /// Where it happened.
    pub channel: Option<ChannelId>,
}

/// Slack's `trigger_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger(pub String);

/// Slack's `response_url`: whoever has it can write, so it is a secret.
#[derive(Debug, Clone)]
pub struct ResponseUrl(pub SecretString);

impl PartialEq for ResponseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}

/// Where a button stood, and what stood beside it.
#[derive(Debug, Clone)]
pub enum PressedAt {
    /// On a message.
    Message(MessageRef),
    /// In a modal, with its state and what its inputs hold.
    Form { view: ViewId, state: FormState, values: Values },
    /// On the Home tab.
    Home,
    /// On an ephemeral message.
    Ephemeral,
}

/// The delivery could not be kept and nothing was changed: it goes without an acknowledgement, so
/// that Slack delivers it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the delivery could not be kept")]
pub struct NotKept;

/// What is owed to Slack and the member for one delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The acknowledgement, owed within three seconds and always after the commit.
    pub ack: Ack,
    /// What comes after it, in order; each may fail without undoing anything that was kept.
    pub next: Vec<Next>,
}

/// The acknowledgement.
#[derive(Debug, Clone, PartialEq)]
pub enum Ack {
    /// Taken.
    Done,
    /// For a command: words for the member's eyes only. (For a button: sent through its door.)
    Say(Message),
    /// For a form: it stays open with these sentences beside its fields.
    Errors(Vec<(Field, String)>),
    /// For a form: it turns into this one.
    Show(Box<Form>),
    /// For a form: it closes, with everything below it.
    Close,
}

/// What comes after the acknowledgement.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Open a modal.
    Open { who: MemberId, trigger: Trigger, door: Door, form: Box<Form> },
    /// Open the schedule form, with the zone that Slack names now if the member set none.
    OpenSchedule { who: MemberId, trigger: Trigger },
    /// Change a modal that is open.
    Update { team: TeamId, view: ViewId, form: Box<Form> },
    /// Read with the lens what was just kept, and show what it saw in the form that is open.
    See(Box<See>),
    /// Let the model write the follow-up question of a reflection, and show it in the form that stands
    /// open with another one.
    WriteFollowUp { who: MemberId, reflection: RowId, view: ViewId },
    /// Change a message of ours at once, because what it will show must not be stored on the way.
    Amend { team: TeamId, at: MessageRef, message: Box<Message> },
    /// Publish the member's Home, at which they look.
    ShowHome { who: MemberId },
    /// Publish the member's Home; it stands aside in a crowd.
    PublishHome { who: MemberId },
    /// The same if the member has opened it lately.
    RefreshHome { who: MemberId },
}

/// What is to be read for a form that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct See {
    /// The form, which shows a reflection and its follow-up.
    pub view: ViewId,
    /// The reflection.
    pub unread: UnclassifiedAnswer,
}

impl Reply {
    /// Taken, and nothing else to do.
    pub fn done() -> Self {
        Self { ack: Ack::Done, next: Vec::new() }
    }

    /// Words for the member's eyes only.
    pub fn say(message: Message) -> Self {
        Self { ack: Ack::Say(message), next: Vec::new() }
    }

    /// The same with one more thing to do afterwards.
    pub fn then(mut self, next: Next) -> Self {
        self.next.push(next);
        self
    }
}
