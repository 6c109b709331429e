//! What LeadLens sends by itself, between the decision and Slack: the app composes an [`Outgoing`]
//! from an outbox row, the sender carries it to Slack and says what became of it as a [`Delivery`],
//! and the app settles the row. No text is stored on the way.

use crate::{
    coach::{
        ids::{ChannelId, MessageRef, RowId, TeamId, UserId},
        screen::{Message, ReportScreen},
    },
    report::picture::png,
};
use jiff::Timestamp;

/// One thing to carry to Slack.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The outbox row: it goes into the message's metadata, which settles doubt later.
    pub row: RowId,
    /// The workspace whose token sends it.
    pub team: TeamId,
    /// What to do.
    pub what: Carry,
    /// Set when an earlier attempt, begun at that instant, may have reached Slack: the sender looks
    /// for it before it tries again.
    pub in_doubt_since: Option<Timestamp>,
    /// Slack's ids of files that an earlier attempt reserved.
    pub reserved_files: Vec<String>,
    /// How often it was tried before; waits grow with it.
    pub attempts: u32,
}

/// What to do in Slack.
#[derive(Debug, Clone)]
pub enum Carry {
    /// Post into the member's DM; the channel is opened first when it is not known yet.
    Post {
        /// The member.
        user: UserId,
        /// Their DM, if known.
        channel: Option<ChannelId>,
        /// What to say.
        message: Box<Message>,
        /// In answer to a message, when it belongs below one.
        thread: Option<MessageRef>,
        /// Files that come with it.
        files: Vec<FileOut>,
    },
    /// Change a message of ours in place.
    Update {
        /// Which one.
        at: MessageRef,
        /// What it says now.
        message: Box<Message>,
    },
}

/// A file for its owner's eyes.
#[derive(Clone)]
pub struct FileOut {
    /// File name with extension.
    pub name: String,
    /// What Slack shows above it.
    pub title: String,
    /// An image in words, for whoever does not see it.
    pub alt: Option<String>,
    /// The content, which is a member's.
    pub bytes: Vec<u8>,
}

impl FileOut {
    /// The picture of a report, as pixels; `None` when it cannot be drawn. Tens of milliseconds of
    /// work: not for a thread that others wait for.
    pub fn picture_of(report: &ReportScreen) -> Option<Self> {
        Some(Self {
            name: format!("hat-balance-{}.png", report.month),
            title: report.title.clone(),
            alt: Some(report.picture.alt.clone()),
            bytes: png::encode(&report.picture.svg).ok()?,
        })
    }
}

impl std::fmt::Debug for FileOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileOut({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// What became of an [`Outgoing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Slack has it. `channel` is the DM; `message` is missing where Slack names none (files).
    Sent { channel: ChannelId, message: Option<MessageRef>, files: Vec<String> },
    /// Nothing reached Slack; try again then. `code` is Slack's error or ours (`ratelimited`).
    Retry { at: Timestamp, code: String },
    /// It may or may not have reached Slack; look for it before trying again, not before `at`.
    InDoubt { at: Timestamp, code: String },
    /// Slack will never take it.
    Permanent { code: String, stops: Stops },
}

/// The code of what waits for room in Slack's limits, Slack's own name for it.
pub const RATE_LIMITED: &str = "ratelimited";

/// What a permanent error puts on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stops {
    /// This message alone (`invalid_blocks`, `message_not_found`).
    Message,
    /// Everything for this member until they act (`user_disabled`, `channel_not_found`).
    Member,
    /// Everything for this workspace until it is installed again (`token_revoked`, `account_inactive`).
    Workspace,
}
