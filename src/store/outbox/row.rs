//! A row of the outbox, as it is stored and as it is handed over to be stored.

use super::super::payload::{MalformedPayload, OutboxPayload};
use crate::coach::ids::{ChannelId, MemberId, MessageRef, MessageTs, RowId, TeamId};
use jiff::Timestamp;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a row sends.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum OutKind {
    /// The first message to a member.
    Welcome,
    /// A question.
    Nudge,
    /// Asks an unresponsive member whether nudges should go on.
    GoOn,
    /// The hat balance.
    Report,
    /// An export of all data about the member, as files.
    Export,
    /// An update of a sent message.
    Update,
    /// *Keep as a check-in?*.
    Offer,
    /// The care notice.
    Care,
    /// Confirms that a message was kept.
    Kept,
    /// The feedback question to one person.
    FeedbackAsk,
    /// Says that a feedback round began, or that it could not.
    FeedbackBegan,
    /// The result of a feedback round.
    FeedbackResult,
    /// Asks what came of a plan.
    Plan,
    /// A calendar was read and its meetings can be marked.
    Audit,
    /// The answer to plain words.
    PlainWords,
    /// A fixed sentence.
    Notice,
}

/// Rows of a workspace that are claimed and sent together, because they take the same of Slack's limits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Lane {
    /// New messages that answer what a member did. Nothing holds them back.
    Answer,
    /// New messages that nobody waits for. Whether one is sent depends on the member's presence.
    Unasked,
    /// Changes of messages that were sent.
    Update,
}

/// Due rows of one workspace in one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueLane {
    pub team: TeamId,
    pub lane: Lane,
    /// Since when the first of them is due.
    pub since: Timestamp,
    pub rows: usize,
}

/// The state of a row.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum OutState {
    /// Not due yet, or due and not claimed.
    Waiting,
    /// A worker holds the lease and has not called Slack yet.
    Leased,
    /// Slack may or may not have it.
    InDoubt,
    /// Slack has it.
    Sent,
    /// Slack refused it for good.
    Failed,
    /// Cancelled before it was sent.
    Cancelled,
}

/// One message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Id of the row; sent to Slack in the message's metadata, to find it again when in doubt.
    pub id: RowId,
    /// The workspace whose token sends it.
    pub team: TeamId,
    /// The recipient.
    pub member: Option<MemberId>,
    /// The kind of payload, for logs and metrics.
    pub kind: OutKind,
    /// What it sends.
    pub payload: Result<OutboxPayload, MalformedPayload>,
    /// What it is claimed with.
    pub lane: Lane,
    /// When it is due.
    pub due_at: Timestamp,
    /// The state.
    pub state: OutState,
    /// Number of attempts to send it.
    pub attempts: u32,
    /// Who holds the current lease. Only they may begin and settle an attempt.
    pub lease_owner: Option<String>,
    /// When the current lease expires.
    pub lease_until: Option<Timestamp>,
    /// The conversation it goes to or is in.
    pub channel: Option<ChannelId>,
    /// The message that it changes or has become.
    pub ts: Option<MessageTs>,
    /// Slack ids of files that were reserved or shared for it.
    pub file_ids: Vec<String>,
    /// When the first unsettled attempt began: a search for the message in Slack starts there.
    pub attempted_at: Option<Timestamp>,
    /// The error code of the last attempt.
    pub last_error: Option<String>,
    /// When the row was created.
    pub created_at: Timestamp,
}

impl OutboxRow {
    /// The holder of the lease; empty for a row that nobody holds, which matches no holder.
    pub fn owner(&self) -> &str {
        self.lease_owner.as_deref().unwrap_or_default()
    }

    /// The message that the row changes, answers or has become.
    pub fn message(&self) -> Option<MessageRef> {
        Some(MessageRef { channel: self.channel.clone()?, ts: self.ts.clone()? })
    }
}

/// A new row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutbox {
    /// The row's id.
    pub id: RowId,
    /// A second row with the same key is not inserted. `None`: always insert.
    pub dedupe: Option<String>,
    /// The workspace.
    pub team: TeamId,
    /// The recipient.
    pub member: Option<MemberId>,
    /// What it sends.
    pub payload: OutboxPayload,
    /// What it is claimed with.
    pub lane: Lane,
    /// The conversation, when it is not the member's DM.
    pub channel: Option<ChannelId>,
    /// The message to update, or to reply to.
    pub ts: Option<MessageTs>,
    /// When it is due.
    pub due_at: Timestamp,
    /// When the row is created.
    pub created_at: Timestamp,
}

impl NewOutbox {
    /// A row for a member, due now.
    pub fn for_member(id: RowId, member: MemberId, payload: OutboxPayload, now: Timestamp) -> Self {
        Self {
            id,
            dedupe: None,
            team: member.team.clone(),
            member: Some(member),
            lane: payload.lane(),
            payload,
            channel: None,
            ts: None,
            due_at: now,
            created_at: now,
        }
    }

    /// Says that the member waits for it, whatever it sends.
    pub fn answering(mut self) -> Self {
        self.lane = Lane::Answer;
        self
    }

    /// Sets when it is due.
    pub fn due(mut self, due_at: Timestamp) -> Self {
        self.due_at = due_at;
        self
    }

    /// Sets the deduplication key.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.dedupe = Some(key.into());
        self
    }

    /// Sets the message to update or to reply to.
    pub fn at(mut self, message: MessageRef) -> Self {
        self.channel = Some(message.channel);
        self.ts = Some(message.ts);
        self
    }
}

/// The number of unsent rows in a state, and how long the oldest has been due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxAge {
    /// The state.
    pub state: OutState,
    /// Rows in it.
    pub count: u64,
    /// Milliseconds since the oldest was due; 0 when none is due yet.
    pub oldest_age_ms: i64,
}
