//! What the program asks of Slack, as traits. `slack/delivery/` implements them over the Web API, tests
//! over fakes. No transaction is open during any of these calls, and each has a time limit of its own.

use super::outbound::{DeliveryOutcome, HoldReason, Outgoing};
use crate::coach::{
    feedback::Invitee,
    ids::{ChannelId, FileId, MemberId, MessageRef, MessageTs, RowId, TeamId, UserId, ViewId},
    member::Presence,
    member_text::MemberText,
    screen::Form,
};
use crate::store::Lane;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::HashMap;

/// Slack could not be asked, or did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Slack answered {code}")]
pub struct Unavailable {
    /// Slack's error or ours (`ratelimited`, `timeout`); never a body.
    pub code: String,
    /// When to ask again; `None`: Slack will never do it, or not before `held` is over.
    pub retry_at: Option<Timestamp>,
    /// What must change before Slack does it, if something can.
    pub held: Option<HoldReason>,
}

/// A message that somebody posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastMessage {
    /// Which one.
    pub ts: MessageTs,
    /// The member who wrote it; `None` for a bot's.
    pub author: Option<UserId>,
    /// The message that it answers, if it is in a thread.
    pub thread: Option<MessageTs>,
    /// When it was last edited.
    pub edited_at: Option<MessageTs>,
    /// Its text.
    pub text: MemberText,
}

/// Some messages of a conversation, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<PastMessage>,
    /// Whether there are older ones that were asked for.
    pub has_more: bool,
}

/// What Slack says of members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presences {
    /// The members about whom everything is known. Someone unknown to Slack has the default.
    pub known: HashMap<UserId, Presence>,
    /// Why the others are missing.
    pub missing: Option<Unavailable>,
}

/// The room that Slack's limits leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// For this many calls now.
    pub free: usize,
    /// For all that were wanted, at this time, if nothing else is sent before.
    pub at: Timestamp,
}

/// A file, or why there is none.
#[derive(Clone, PartialEq, Eq)]
pub enum Download {
    /// Its content, which is a member's.
    Whole(Vec<u8>),
    /// It is larger than what is read.
    TooLarge,
    /// Slack does not hand it out: deleted, or nothing of ours to read.
    Gone,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Download::Whole(_) => "Whole",
            Download::TooLarge => "TooLarge",
            Download::Gone => "Gone",
        })
    }
}

/// The calls to Slack that LeadLens makes by itself.
#[async_trait]
pub trait SlackGateway: Send + Sync + 'static {
    /// Carries one thing to Slack; a doubt about an earlier attempt is settled first.
    async fn deliver(&self, outgoing: Outgoing) -> DeliveryOutcome;

    /// How much room Slack's limits leave for `want` rows of a lane.
    fn room(&self, team: &TeamId, lane: Lane, want: usize) -> Room {
        let _ = (team, lane);
        Room { free: want, at: Timestamp::MIN }
    }

    /// Status, Do Not Disturb and zone of many members of a workspace at this moment, as far as they can be
    /// learned. What was learned is remembered for the next question.
    async fn presence(&self, team: &TeamId, users: &[UserId]) -> Presences;

    /// The text of a message in a DM, also of one in a thread; `None` when it is gone.
    async fn message_text(&self, team: &TeamId, at: &MessageRef) -> Result<Option<MemberText>, Unavailable>;

    /// Messages in a DM from a timestamp on, the newest ones before `before` if there are many; with `thread`,
    /// the replies below a message. Within Slack's limits for apps outside its marketplace.
    async fn messages(
        &self,
        team: &TeamId,
        from: &MessageRef,
        thread: Option<&MessageTs>,
        before: Option<&MessageTs>,
    ) -> Result<MessagePage, Unavailable>;

    /// Deletes a message of ours; one that is gone already is deleted.
    async fn delete_message(&self, team: &TeamId, at: &MessageRef) -> Result<(), Unavailable>;

    /// Looks for the message of an outbox row in a DM, and deletes it if it is there.
    async fn delete_unsettled(
        &self,
        team: &TeamId,
        row: &RowId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Result<(), Unavailable>;

    /// Marks a message of the member as kept, or takes the mark back. A workspace that has not granted the
    /// scope goes without.
    async fn mark_message(&self, team: &TeamId, at: &MessageRef, kept: bool) -> Result<(), Unavailable>;

    /// Deletes a file of ours; one that is gone already is deleted.
    async fn delete_file(&self, team: &TeamId, file: &str) -> Result<(), Unavailable>;

    /// Who of these people can be asked something in a direct message. Someone whom Slack does not know
    /// is missing from the answer.
    async fn people(&self, team: &TeamId, users: &[UserId]) -> Result<HashMap<UserId, Invitee>, Unavailable>;
    /// The content of a file that a member uploaded, read while it comes and given up past `most` bytes.
    async fn file(&self, team: &TeamId, file: &FileId, most: usize) -> Result<Download, Unavailable>;

    /// Changes an open form. False: it is closed, which is normal. `shown_by` is the row that shows it.
    async fn show_form(
        &self,
        team: &TeamId,
        view: &ViewId,
        form: &Form,
        shown_by: &RowId,
    ) -> Result<bool, Unavailable>;

    /// Whether Slack serves a workspace, and the scopes that are granted there.
    async fn probe(&self, team: &TeamId) -> Result<Vec<String>, Unavailable>;

    /// What Slack says about one member at this moment.
    async fn profile(&self, who: &MemberId) -> Result<Presence, Unavailable>;
}

/// The Home tabs that members have open.
pub trait HomeUpdates: Send + Sync + 'static {
    /// What a member's Home shows may have changed. Returns at once; the tab follows.
    fn changed(&self, who: &MemberId);
}
