//! The answer to Slack and the member for one delivery: the acknowledgement, always after the
//! commit, and what comes after it. Replies are built by `ReplyTarget`.

use super::response_context::{ResponseContext, Trigger};
use crate::{
    coach::{
        ids::{MemberId, MessageRef, RowId, TeamId, ViewId},
        screen::{Form, Message},
    },
    store::UnclassifiedAnswer,
};

pub use crate::coach::screen::FieldError;

/// An acknowledgement, and what comes after it in this order. Each of the latter may fail without
/// undoing anything that was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    ack: Ack,
    post_ack: Vec<PostAck>,
}

/// The acknowledgement, owed within three seconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Ack {
    /// Empty.
    Empty,
    /// For a slash command: a message for the member alone.
    Ephemeral(Message),
    /// For a form: it stays open with these errors beside its fields.
    FieldErrors(Vec<FieldError>),
    /// For a form: this one takes its place.
    ReplaceForm(Box<Form>),
    /// For a form: it closes, with everything below it.
    CloseForms,
}

/// What comes after the acknowledgement.
#[derive(Debug, Clone, PartialEq)]
pub enum PostAck {
    /// Open a modal.
    OpenForm { member: MemberId, trigger: Trigger, context: ResponseContext, form: Box<Form> },
    /// Open the schedule form, with the time zone that Slack has now if the member set none.
    OpenSchedule { member: MemberId, trigger: Trigger, context: ResponseContext },
    /// Change a modal that is open.
    UpdateForm { member: MemberId, view: ViewId, form: Box<Form> },
    /// A message for the member alone.
    SayEphemeral { member: MemberId, context: ResponseContext, message: Message },
    /// Read the stored answer with the lens, and show the result in the form that is open.
    ClassifyAnswer(Box<ClassifyAnswer>),
    /// Let the language model write the follow-up question, and show it in the form that is open.
    WriteFollowUp { member: MemberId, reflection: RowId, view: ViewId },
    /// Change a message of ours directly instead of through the outbox: what it will show must not be
    /// stored on the way.
    UpdateMessage { team: TeamId, at: MessageRef, message: Box<Message> },
    /// Store that the member was active: they looked at something that is made without the database.
    NoteActivity { member: MemberId },
    /// Publish the member's Home tab.
    PublishHome {
        /// The member.
        member: MemberId,
        /// Whether it may be postponed under load.
        priority: Priority,
        /// Only if this process has published it before, which means that the member has opened it.
        only_if_open: bool,
    },
}

/// How urgent a publication of the Home tab is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// The member is looking at it and waits.
    Viewed,
    /// The member is not waiting for it, so it is postponed while load is high.
    Background,
}

/// An answer to classify for a form that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassifyAnswer {
    /// The form, which shows a reflection and its follow-up.
    pub view: ViewId,
    /// The answer.
    pub answer: UnclassifiedAnswer,
}

impl Reply {
    pub(super) fn new(ack: Ack) -> Self {
        Self { ack, post_ack: Vec::new() }
    }

    /// An empty acknowledgement and nothing else to do.
    pub fn done() -> Self {
        Self::new(Ack::Empty)
    }

    /// Adds something to do after the acknowledgement.
    #[must_use]
    pub fn then(mut self, next: PostAck) -> Self {
        self.post_ack.push(next);
        self
    }

    /// Adds the member's Home tab.
    #[must_use]
    pub fn then_home(self, member: &MemberId, priority: Priority) -> Self {
        self.then(PostAck::PublishHome { member: member.clone(), priority, only_if_open: false })
    }

    /// Adds the member's Home tab if they have it open.
    #[must_use]
    pub fn then_open_home(self, member: &MemberId) -> Self {
        let priority = Priority::Background;
        self.then(PostAck::PublishHome { member: member.clone(), priority, only_if_open: true })
    }

    /// The acknowledgement, and what comes after it.
    pub fn into_parts(self) -> (Ack, Vec<PostAck>) {
        (self.ack, self.post_ack)
    }
}
