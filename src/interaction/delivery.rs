//! What identifies a delivery, so that a redelivery changes nothing.

use crate::coach::{
    ids::{MessageRef, MessageTs, TeamId, ViewId},
    member::QuietHours,
    member_text::MemberText,
};
use jiff::civil::{Date, Time, Weekday};

/// The key of one delivery: the same for every redelivery of it, different for everything else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeliveryKey(pub String);

/// What happened to a message of a member in the DM. Slack may tell of it again under another event id and
/// in another order, so its key names the message and not the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageFact<'a> {
    /// It was posted.
    Posted,
    /// It was posted without words. Words may come by an edit, which then brings the message.
    PostedWithoutWords,
    /// It was edited at this time.
    Edited(&'a MessageTs),
    /// It was deleted.
    Deleted,
}

impl MessageFact<'_> {
    /// The key of its delivery. These texts are in databases: they never change.
    pub fn key(self, team: &TeamId, message: &MessageRef) -> DeliveryKey {
        let MessageRef { channel, ts } = message;
        DeliveryKey(match self {
            MessageFact::Posted => format!("message:{team}:{channel}:{ts}"),
            MessageFact::PostedWithoutWords => format!("message-without-words:{team}:{channel}:{ts}"),
            MessageFact::Edited(at) => format!("message-edit:{team}:{channel}:{ts}:{at}"),
            MessageFact::Deleted => format!("message-deletion:{team}:{channel}:{ts}"),
        })
    }
}

/// A step of a form that is stored once for each opened form.
///
/// A second submission of the same step with other values edits the same entry. Without this, a
/// member who submits, sees a network error and submits again with one word changed would have two
/// check-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormStep {
    /// The first step of a check-in.
    Checkin,
    /// *Ask, don't fix*.
    Ask,
    /// An audit.
    Audit,
    /// A plan.
    Plan,
    /// The follow-up form was replaced or submitted: nothing may update it from behind any more.
    FollowUpSuperseded,
}

impl FormStep {
    /// The key under which the step's effect is stored. These texts are in databases: they never change.
    pub fn key(self, view: &ViewId) -> String {
        let name = match self {
            FormStep::Checkin => "checkin",
            FormStep::Ask => "ask",
            FormStep::Audit => "audit",
            FormStep::Plan => "plan",
            FormStep::FollowUpSuperseded => "follow-up",
        };
        format!("step:{view}:{name}")
    }
}

/// The values of a submitted schedule form, before they are parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleValues {
    /// Selected weekdays.
    pub days: Vec<Weekday>,
    /// Selected times, in the order of the form; up to three.
    pub times: Vec<Time>,
    /// The time zone's name, if the member changed what the form showed; empty when they cleared it.
    pub zone: Option<String>,
    /// Quiet hours; equal ends mean none.
    pub quiet: QuietHours,
    /// Days off as typed: dates separated by commas, blanks or lines.
    pub days_off: MemberText,
    /// First date after a pause.
    pub pause_until_on: Option<Date>,
    /// The practice in focus, by its stable name.
    pub focus: Option<String>,
    /// Whether to look back. `None` in a form that was opened before it could be chosen.
    pub look_back: Option<bool>,
}
