//! What LeadLens sends by itself, between the outbox and Slack: the outbox composes an [`Outgoing`] from
//! a row, the sender makes the call and reports a [`DeliveryOutcome`], and the outbox settles the row.
//! No text is stored on the way.

use crate::{
    coach::{
        ids::{ChannelId, MessageRef, RowId, TeamId, UserId},
        member::Member,
        month::Month,
        screen::{Message, Picture, PictureFormat},
    },
    report::picture::{pdf, png},
    store::{OutboxRow, missing_scope},
};
use jiff::Timestamp;

/// One call to make for an outbox row.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The outbox row: it goes into the message's metadata, which settles doubt later.
    pub row: RowId,
    /// The worker that holds the row.
    pub holder: String,
    /// A visible call is not begun at this time or later, because the lease of the row ends soon after it
    /// and another worker would take the row over.
    pub post_before: Timestamp,
    /// The workspace whose token sends it.
    pub team: TeamId,
    /// What to do.
    pub call: SlackCall,
    /// Set when an earlier attempt, begun at that instant, may have reached Slack.
    pub in_doubt_since: Option<Timestamp>,
    /// Slack's ids of files that an earlier attempt reserved.
    pub reserved_files: Vec<String>,
    /// How often it was tried before; waits grow with it.
    pub attempts: u32,
}

/// What to do in Slack.
#[derive(Debug, Clone)]
pub enum SlackCall {
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
        files: Vec<OutboundFile>,
    },
    /// Look for what an earlier attempt may have left, and send nothing.
    Find {
        /// The member.
        user: UserId,
        /// Their DM, if known.
        channel: Option<ChannelId>,
        /// The message that it answers, when it belongs below one.
        thread: Option<MessageRef>,
    },
    /// Change a message of ours in place.
    Update {
        /// Which one.
        at: MessageRef,
        /// What it says now.
        message: Box<Message>,
    },
}

/// A file that only its owner sees.
#[derive(Clone)]
pub struct OutboundFile {
    /// File name with extension.
    pub name: String,
    /// What Slack shows above it.
    pub title: String,
    /// A description of the image, for screen readers.
    pub alt: Option<String>,
    /// The content, which is a member's.
    pub content: FileContent,
}

/// The content of a file.
#[derive(Clone, PartialEq, Eq)]
pub enum FileContent {
    /// As it is.
    Bytes(Vec<u8>),
    /// The picture of a report, drawn when it is sent.
    Picture { svg: String, format: PictureFormat },
}

impl OutboundFile {
    /// The picture of a report.
    pub fn picture_of(month: Month, title: String, picture: Picture, format: PictureFormat) -> Self {
        let ending = match format {
            PictureFormat::Png => "png",
            PictureFormat::Pdf => "pdf",
        };
        Self {
            name: format!("hat-balance-{month}.{ending}"),
            title,
            alt: Some(picture.alt),
            content: FileContent::Picture { svg: picture.svg, format },
        }
    }

    /// The content as bytes; `None` when a picture cannot be drawn. Drawing takes tens of milliseconds: not
    /// for a thread that others wait for.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        match self.content {
            FileContent::Bytes(bytes) => Some(bytes),
            FileContent::Picture { svg, format: PictureFormat::Png } => png::encode(&svg).ok(),
            FileContent::Picture { svg, format: PictureFormat::Pdf } => pdf::encode(&svg, &self.title).ok(),
        }
    }
}

impl std::fmt::Debug for OutboundFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutboundFile({})", self.name)
    }
}

/// What became of an [`Outgoing`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// Slack has it. `channel` is the DM; `message` is missing where Slack names none (files).
    Sent { channel: ChannelId, message: Option<MessageRef>, files: Vec<String> },
    /// Nothing reached Slack; try again then. `code` is Slack's error or ours (`ratelimited`).
    Retry { at: Timestamp, code: String },
    /// It may or may not have reached Slack; look for it before trying again, not before `at`.
    InDoubt { at: Timestamp, code: String },
    /// An earlier attempt did not reach Slack: it was looked for and is not there.
    NotDelivered,
    /// Slack does not serve the workspace, or a scope is missing: it waits until that changes.
    /// `is_in_doubt`: whether an earlier attempt may have reached Slack.
    Held { reason: HoldReason, is_in_doubt: bool },
    /// Slack will never take it.
    Permanent { code: String, scope: FailureScope },
}

/// Why something waits without a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldReason {
    /// Slack refuses everything for the workspace, with this code (`token_revoked`, `account_inactive`).
    Workspace(String),
    /// The app was installed without this scope.
    MissingScope(&'static str),
}

impl HoldReason {
    /// How rows and jobs that wait for it are marked.
    pub fn code(&self) -> String {
        match self {
            HoldReason::Workspace(code) => code.clone(),
            HoldReason::MissingScope(scope) => missing_scope(scope),
        }
    }
}

/// What an outbox row turns out to be, with today's facts.
#[derive(Debug)]
pub enum Composed {
    /// A call to make.
    Call(SlackCall),
    /// It is not wanted any more, for this reason (a code).
    Drop(&'static str),
    /// Not before this time.
    Wait(Timestamp),
}

impl Composed {
    /// A message into the DM of the row's member; `member` knows their channel, if they are known.
    pub fn post(row: &OutboxRow, member: Option<&Member>, message: Message) -> Self {
        Self::post_with(row, member, message, None, Vec::new())
    }

    /// A message in the thread that the row names, or in the open conversation.
    pub fn post_in_place(row: &OutboxRow, member: &Member, message: Message) -> Self {
        Self::post_with(row, Some(member), message, row.message(), Vec::new())
    }

    /// A message with files, or in a thread.
    pub fn post_with(
        row: &OutboxRow,
        member: Option<&Member>,
        message: Message,
        thread: Option<MessageRef>,
        files: Vec<OutboundFile>,
    ) -> Self {
        let Some(who) = &row.member else { return Composed::Drop("nobody") };
        let known = member.and_then(|it| it.dm.clone());
        let channel = thread.as_ref().map(|it| it.channel.clone()).or(known);
        let (user, message) = (who.user.clone(), Box::new(message));
        Composed::Call(SlackCall::Post { user, channel, message, thread, files })
    }

    /// The message of the row, changed.
    pub fn update(row: &OutboxRow, message: Message) -> Self {
        match row.message() {
            Some(at) => Composed::Call(SlackCall::Update { at, message: Box::new(message) }),
            None => Composed::Drop("nowhere"),
        }
    }
}

/// The code of what waits for room in Slack's limits, Slack's own name for it.
pub const RATE_LIMITED: &str = "ratelimited";

/// What a permanent error concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureScope {
    /// This message alone (`invalid_blocks`, `message_not_found`).
    Message,
    /// Everything for this member until they act (`user_disabled`, `channel_not_found`).
    Member,
}
