//! What an outbox row sends and what a job does, as typed values. They are stored as versioned JSON in
//! the `subject` column, for example `{"v":1,"type":"nudge","nudge":"01K…"}`; the `kind` column repeats
//! the type for SQL. Payloads hold ids and codes, never a member's text.
//!
//! Rows written before this format had a bare id or a word in `subject`. [`legacy`] still reads them.

mod legacy;
#[cfg(test)]
mod tests;

use super::{JobKind, Lane, OutKind};
use crate::coach::{
    care::Concern,
    ids::{ChannelId, FileId, MessageRef, MessageTs, RowId, UserId, ViewId},
    month::Month,
    plain_words::Wish,
    prompt::NudgeReason,
    screen::{CalendarError, PictureFormat},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version of every payload that is written today.
const VERSION: u32 = 1;

/// A stored payload that cannot be read. It names the kind of row and never the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the payload of a {kind} row is malformed")]
pub struct MalformedPayload {
    /// The content of the `kind` column.
    pub kind: &'static str,
}

/// What an outbox row sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum OutboxPayload {
    /// First contact.
    Welcome,
    /// A question.
    Nudge { nudge: RowId },
    /// The last question before silence: go on with nudges?
    GoOn { slot_at: Timestamp },
    /// The hat balance of a month.
    Report {
        month: Month,
        /// It was due, not asked for: held back in quiet hours and dropped without evidence.
        scheduled: bool,
    },
    /// The picture of a month's report, as a file.
    ReportFile { month: Month, format: PictureFormat },
    /// Everything about the member, as a file.
    Export { by_operator: bool },
    /// A message of ours that has to show what is true now.
    Update(UpdatePayload),
    /// *Keep as a check-in?*.
    Offer { source: MessageTs },
    /// People to turn to.
    Care {
        #[serde(with = "stable_name")]
        concern: Concern,
        source: MessageTs,
        nudge: Option<RowId>,
    },
    /// The offer turns into the reflection that was stored.
    Kept { reflection: RowId },
    /// The feedback question to one person.
    FeedbackAsk { round: RowId },
    /// A feedback round began.
    FeedbackBegan { round: RowId },
    /// A feedback round did not begin, because these are no people who can be asked.
    FeedbackRefused { people: Vec<UserId> },
    /// The result of a feedback round.
    FeedbackResult { round: RowId },
    /// What came of a plan?
    Plan { plan: RowId },
    /// The meetings of a calendar wait to be marked.
    AuditProposed { audit: RowId },
    /// Why an uploaded calendar could not be used.
    CalendarError {
        #[serde(with = "stable_name")]
        trouble: CalendarError,
    },
    /// The answer to plain words.
    Wish {
        #[serde(with = "stable_name")]
        wish: Wish,
        /// The month of a report, if the member named one.
        month: Option<Month>,
        /// The first dates after a pause that the words can mean. Older rows have none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        until: Vec<Date>,
        /// The question that was open.
        nudge: Option<RowId>,
    },
    /// A message was too short to keep as the answer to a question.
    TooShort { nudge: RowId },
    /// A message held no words, so nothing of it was kept.
    WithoutWords,
    /// A fixed sentence.
    Notice(NoticePayload),
}

/// What a changed message shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum UpdatePayload {
    /// A nudge in its present state.
    Nudge { nudge: RowId },
    /// A stored reflection, or that it was deleted.
    Reflection { reflection: RowId },
    /// A plan, or that it was deleted.
    Plan { plan: RowId },
    /// The report of a month, which quoted words that were changed or deleted.
    Report { month: Month },
    /// The member's message was not stored.
    NotKept,
    /// Slack did not hand out the member's message, so it could not be stored.
    KeepFailed,
    /// A feedback question without buttons: the round is over.
    FeedbackOver { round: RowId },
    /// The message that a round began, or that it is over.
    FeedbackBegan { round: RowId },
}

/// A fixed sentence that is sent by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "kebab-case")]
pub enum NoticePayload {
    /// Everything was erased. Sent only once nothing is left in the write-ahead log.
    Erased { by_operator: bool },
    /// The operator looked at a report.
    ReadByOperator { month: Month },
    /// Those who can be asked were asked for feedback, until a date at the latest. Written by older versions,
    /// whose rows also hold a number that is not shown any more.
    FeedbackAsked { until_on: Date },
    /// Too few of those named can be asked.
    FeedbackTooFew,
    /// Slack did not say who can be asked.
    FeedbackNotChecked,
    /// An export cannot be sent before the app is granted a scope.
    ExportHeld,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum JobPayload {
    /// Deletes a message of ours in Slack.
    DeleteMessage { at: MessageRef },
    /// Deletes a file of ours in Slack.
    DeleteFile { file: String },
    /// Reads a message of the member from Slack and stores it.
    KeepMessage {
        /// The member's message.
        source: MessageRef,
        /// Our message that offered to keep it.
        offer: MessageRef,
        /// The nudge that it answers, if it answers one.
        nudge: Option<RowId>,
    },
    /// Marks a message of the member as kept, or takes the mark back.
    MarkMessage { at: MessageRef, kept: bool },
    /// Reads the member's profile in Slack.
    RefreshProfile,
    /// Erases what the store has of a workspace that left.
    EraseWorkspace,
    /// Asks Slack who of those named in a feedback round can be asked.
    CheckAsked {
        round: RowId,
        /// The form that waits. Older jobs have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        view: Option<ViewId>,
    },
    /// Reads a calendar that the member uploaded, for the form that waits for it.
    ReadCalendar { file: FileId, view: ViewId },
    /// Reads the direct messages of a member that an outage may have cost.
    ReadMissed {
        /// The newest question, whose thread is read too.
        nudge: MessageRef,
        /// Nothing older is read.
        from: MessageTs,
        /// From here on, deliveries may be missing.
        lost_since: Timestamp,
        /// Read what is older than this message: a page was full.
        before: Option<MessageTs>,
    },
    /// Looks for the message of a row that was erased while its sending was not settled, and deletes it.
    DeleteUnsettled { row: RowId, channel: ChannelId, since: Timestamp },
    /// Looks whether a message of the member is still in Slack.
    CheckMessage { at: MessageRef },
    /// Removes the remains of erased rows from the database's files.
    Scrub,
}

/// An enum by the stable name that it is displayed and parsed with.
mod stable_name {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use std::{fmt::Display, str::FromStr};

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
        let name = String::deserialize(from)?;
        // The name is not repeated: it may be anything.
        name.parse().map_err(|_| D::Error::custom("an unknown name"))
    }
}

/// How a payload is written: with its version beside its fields.
#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    v: u32,
    #[serde(flatten)]
    payload: T,
}

fn write<T: Serialize>(payload: &T) -> String {
    // Serializing these types cannot fail: every key is a string and nothing in them is fallible.
    serde_json::to_string(&Versioned { v: VERSION, payload }).unwrap_or_default()
}

fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let versioned: Versioned<T> = serde_json::from_str(text).ok()?;
    (versioned.v == VERSION).then_some(versioned.payload)
}

/// The text of a nudge's `reason` column.
pub(super) fn nudge_reason_text(reason: &NudgeReason) -> String {
    match reason {
        NudgeReason::Known(reason) => write(reason),
        NudgeReason::Sentence(sentence) => sentence.clone(),
    }
}

/// Reads a nudge's `reason` column. Before reasons had a type, it held the finished sentence.
pub(super) fn nudge_reason(text: String) -> NudgeReason {
    if !text.starts_with('{') {
        return NudgeReason::Sentence(text);
    }
    // A reason that this version does not know is not worth losing the nudge for.
    read(&text).map_or(NudgeReason::Sentence(String::new()), NudgeReason::Known)
}

impl OutboxPayload {
    /// What rows with this payload are claimed with, unless they say otherwise.
    pub fn lane(&self) -> Lane {
        match self {
            Self::Nudge { .. }
            | Self::GoOn { .. }
            | Self::Plan { .. }
            | Self::FeedbackAsk { .. }
            | Self::FeedbackResult { .. }
            | Self::Report { scheduled: true, .. } => Lane::Unasked,
            Self::Update(_) => Lane::Update,
            Self::Welcome
            | Self::Report { scheduled: false, .. }
            | Self::ReportFile { .. }
            | Self::Export { .. }
            | Self::Offer { .. }
            | Self::Care { .. }
            | Self::Kept { .. }
            | Self::FeedbackBegan { .. }
            | Self::FeedbackRefused { .. }
            | Self::AuditProposed { .. }
            | Self::CalendarError { .. }
            | Self::Wish { .. }
            | Self::TooShort { .. }
            | Self::WithoutWords
            | Self::Notice(_) => Lane::Answer,
        }
    }

    /// Whether it changes a message that is there, and posts none.
    pub fn changes_message(&self) -> bool {
        match self {
            Self::Update(_) | Self::Kept { .. } => true,
            Self::Welcome
            | Self::Nudge { .. }
            | Self::GoOn { .. }
            | Self::Plan { .. }
            | Self::Report { .. }
            | Self::ReportFile { .. }
            | Self::Export { .. }
            | Self::Offer { .. }
            | Self::Care { .. }
            | Self::FeedbackAsk { .. }
            | Self::FeedbackBegan { .. }
            | Self::FeedbackRefused { .. }
            | Self::FeedbackResult { .. }
            | Self::AuditProposed { .. }
            | Self::CalendarError { .. }
            | Self::Wish { .. }
            | Self::TooShort { .. }
            | Self::WithoutWords
            | Self::Notice(_) => false,
        }
    }

    /// The kind column of the row.
    pub fn kind(&self) -> OutKind {
        match self {
            OutboxPayload::Welcome => OutKind::Welcome,
            OutboxPayload::Nudge { .. } => OutKind::Nudge,
            OutboxPayload::GoOn { .. } => OutKind::GoOn,
            OutboxPayload::Report { .. } | OutboxPayload::ReportFile { .. } => OutKind::Report,
            OutboxPayload::Export { .. } => OutKind::Export,
            OutboxPayload::Update(_) => OutKind::Update,
            OutboxPayload::Offer { .. } | OutboxPayload::WithoutWords => OutKind::Offer,
            OutboxPayload::Care { .. } => OutKind::Care,
            OutboxPayload::Kept { .. } => OutKind::Kept,
            OutboxPayload::FeedbackAsk { .. } => OutKind::FeedbackAsk,
            OutboxPayload::FeedbackBegan { .. } | OutboxPayload::FeedbackRefused { .. } => {
                OutKind::FeedbackBegan
            }
            OutboxPayload::FeedbackResult { .. } => OutKind::FeedbackResult,
            OutboxPayload::Plan { .. } => OutKind::Plan,
            OutboxPayload::AuditProposed { .. } | OutboxPayload::CalendarError { .. } => OutKind::Audit,
            OutboxPayload::Wish { .. } | OutboxPayload::TooShort { .. } => OutKind::PlainWords,
            OutboxPayload::Notice(_) => OutKind::Notice,
        }
    }

    /// The text of the `subject` column.
    pub fn to_text(&self) -> String {
        write(self)
    }

    /// What older versions wrote for the same payload, for the kinds whose sent rows are looked up by it.
    pub(super) fn legacy_text(&self) -> Option<String> {
        match self {
            OutboxPayload::Kept { reflection: row } | OutboxPayload::FeedbackAsk { round: row } => {
                Some(row.to_string())
            }
            OutboxPayload::Report { month, scheduled } => Some(legacy::report(*month, *scheduled)),
            OutboxPayload::Welcome
            | OutboxPayload::Nudge { .. }
            | OutboxPayload::GoOn { .. }
            | OutboxPayload::ReportFile { .. }
            | OutboxPayload::Export { .. }
            | OutboxPayload::Update(_)
            | OutboxPayload::Offer { .. }
            | OutboxPayload::Care { .. }
            | OutboxPayload::FeedbackBegan { .. }
            | OutboxPayload::FeedbackRefused { .. }
            | OutboxPayload::FeedbackResult { .. }
            | OutboxPayload::Plan { .. }
            | OutboxPayload::AuditProposed { .. }
            | OutboxPayload::CalendarError { .. }
            | OutboxPayload::Wish { .. }
            | OutboxPayload::TooShort { .. }
            | OutboxPayload::WithoutWords
            | OutboxPayload::Notice(_) => None,
        }
    }

    /// Reads a row's columns.
    ///
    /// # Errors
    /// [`MalformedPayload`] when the text is none of ours, or of another kind than its row.
    pub fn parse(kind: OutKind, text: &str) -> Result<Self, MalformedPayload> {
        let payload = if text.starts_with('{') { read(text) } else { legacy::outbox(kind, text) };
        payload
            .filter(|payload: &Self| payload.kind() == kind)
            .ok_or(MalformedPayload { kind: kind.into_str() })
    }

    /// Whether this says *erased*: it may be sent only once nothing is left in the write-ahead log, and
    /// it leaves no row of its own.
    pub fn is_erasure_notice(&self) -> bool {
        matches!(self, OutboxPayload::Notice(NoticePayload::Erased { .. }))
    }
}

impl JobPayload {
    /// The kind column of the job.
    pub fn kind(&self) -> JobKind {
        match self {
            JobPayload::DeleteMessage { .. } => JobKind::DeleteMessage,
            JobPayload::DeleteFile { .. } => JobKind::DeleteFile,
            JobPayload::KeepMessage { .. } => JobKind::KeepMessage,
            JobPayload::MarkMessage { .. } => JobKind::MarkMessage,
            JobPayload::RefreshProfile => JobKind::RefreshProfile,
            JobPayload::EraseWorkspace => JobKind::EraseWorkspace,
            JobPayload::CheckAsked { .. } => JobKind::CheckAsked,
            JobPayload::ReadCalendar { .. } => JobKind::ReadCalendar,
            JobPayload::ReadMissed { .. } => JobKind::ReadMissed,
            JobPayload::CheckMessage { .. } => JobKind::CheckMessage,
            JobPayload::DeleteUnsettled { .. } => JobKind::DeleteUnsettled,
            JobPayload::Scrub => JobKind::Scrub,
        }
    }

    /// The text of the `subject` column.
    pub fn to_text(&self) -> String {
        write(self)
    }

    /// Reads a job's columns. `at` is the column that holds the message in rows of the older format.
    ///
    /// # Errors
    /// [`MalformedPayload`] when the text is none of ours, or of another kind than its row.
    pub fn parse(
        kind: JobKind,
        text: Option<&str>,
        at: Option<&MessageRef>,
    ) -> Result<Self, MalformedPayload> {
        let payload = match text {
            Some(text) if text.starts_with('{') => read(text),
            text => legacy::job(kind, text, at),
        };
        payload
            .filter(|payload: &Self| payload.kind() == kind)
            .ok_or(MalformedPayload { kind: kind.into_str() })
    }
}
