//! Where an answer goes. A [`ReplyTarget`] is resolved once, when a delivery arrives, and is the only way
//! to build a [`Reply`] with an acknowledgement. A feature says what it answers ([`ReplyTarget::notice`],
//! [`ReplyTarget::field_errors`]), and the target chooses the acknowledgement that fits.
//!
//! The choice is a `match` over [`Origin`] and no type of its own for each origin, because one handler
//! serves several: `/leadlens pause 2026-12-24` and the pause form are the same code with the same error,
//! which the command says in a sentence and the form beside its field. Each `match` is exhaustive, so a
//! new origin does not compile before every kind of answer has a place in it.

use super::{
    reply::{Ack, FieldError, PostAck, Priority, Reply},
    response_context::ResponseContext,
};
use crate::coach::{
    ids::{MemberId, MessageRef, ViewId},
    member_text::MemberText,
    screen::{Form, FormState, Message, Notice},
};

/// Who acted, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplyTarget {
    /// Who acted and gets the answer.
    pub member: MemberId,
    /// Where they acted.
    pub origin: Origin,
}

/// Where a member acted.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// A slash command: text goes into the acknowledgement, visible to the member alone.
    Command(ResponseContext),
    /// A global or message shortcut: no text fits its acknowledgement.
    Shortcut(ResponseContext),
    /// A button on a message; `message` is absent on an ephemeral one.
    Message {
        /// The message that has the button.
        message: Option<MessageRef>,
        /// How text and forms reach the member.
        context: ResponseContext,
    },
    /// A button on the Home tab, which has no place for text except a modal.
    Home(ResponseContext),
    /// A button in an open modal, which then changes.
    Modal(OpenForm),
    /// A submitted modal.
    Submission {
        /// The modal.
        view: ViewId,
    },
}

/// A modal that is open, with what identifies it.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenForm {
    /// The modal.
    pub view: ViewId,
    /// Which form it shows.
    pub state: FormState,
    /// The text in the history's search field; empty in every other form.
    pub search: MemberText,
}

impl ReplyTarget {
    /// A short answer for the member alone: in the acknowledgement of a command, as an ephemeral
    /// message beside a button, or as a modal where there is no conversation.
    pub fn notice(&self, notice: Notice) -> Reply {
        match &self.origin {
            Origin::Command(_) | Origin::Shortcut(_) | Origin::Message { .. } => {
                self.say(Message::Notice(notice))
            }
            Origin::Home(_) | Origin::Modal(_) | Origin::Submission { .. } => self.show(Form::Notice(notice)),
        }
    }

    /// A message for the member alone. A modal cannot hold a message: nothing is said there.
    pub fn say(&self, message: Message) -> Reply {
        match &self.origin {
            Origin::Command(_) => Reply::new(Ack::Ephemeral(message)),
            Origin::Shortcut(context) | Origin::Message { context, .. } | Origin::Home(context) => {
                let (member, context) = (self.member.clone(), context.clone());
                Reply::done().then(PostAck::SayEphemeral { member, context, message })
            }
            Origin::Modal(_) | Origin::Submission { .. } => Reply::done(),
        }
    }

    /// A modal: opened, or shown in place of the one that is open. Without a trigger nothing can be
    /// opened.
    pub fn show(&self, form: Form) -> Reply {
        let form = Box::new(form);
        match &self.origin {
            Origin::Command(context)
            | Origin::Shortcut(context)
            | Origin::Message { context, .. }
            | Origin::Home(context) => match &context.trigger {
                Some(trigger) => {
                    let (member, trigger, context) = (self.member.clone(), trigger.clone(), context.clone());
                    Reply::done().then(PostAck::OpenForm { member, trigger, context, form })
                }
                None => Reply::done(),
            },
            Origin::Modal(open) => {
                let (member, view) = (self.member.clone(), open.view.clone());
                Reply::done().then(PostAck::UpdateForm { member, view, form })
            }
            Origin::Submission { .. } => Reply::new(Ack::ReplaceForm(form)),
        }
    }

    /// Closes a submitted form and everything below it; nothing to close elsewhere.
    pub fn close(&self) -> Reply {
        match &self.origin {
            Origin::Submission { .. } => Reply::new(Ack::CloseForms),
            Origin::Command(_)
            | Origin::Shortcut(_)
            | Origin::Message { .. }
            | Origin::Home(_)
            | Origin::Modal(_) => Reply::done(),
        }
    }

    /// A submitted form stays open with these errors beside its fields. Elsewhere there are no fields,
    /// and the first error is said as a short answer, so that no mistake passes in silence.
    pub fn field_errors(&self, errors: Vec<FieldError>) -> Reply {
        match &self.origin {
            Origin::Submission { .. } => Reply::new(Ack::FieldErrors(errors)),
            Origin::Command(_)
            | Origin::Shortcut(_)
            | Origin::Message { .. }
            | Origin::Home(_)
            | Origin::Modal(_) => match errors.into_iter().next() {
                Some(error) => self.say(Message::Rejected(error)),
                None => Reply::done(),
            },
        }
    }

    /// Adds the Home tab to what follows, as fast as what the member looks at demands: at once when
    /// they act on Home, later after a form (which may have been opened there), and otherwise only if
    /// they have Home open.
    pub fn with_home(&self, reply: Reply) -> Reply {
        match &self.origin {
            Origin::Home(_) => reply.then_home(&self.member, Priority::Viewed),
            Origin::Submission { .. } => reply.then_home(&self.member, Priority::Background),
            Origin::Command(_) | Origin::Shortcut(_) | Origin::Message { .. } | Origin::Modal(_) => {
                reply.then_open_home(&self.member)
            }
        }
    }

    /// The message that has the button, if one has.
    pub fn message(&self) -> Option<&MessageRef> {
        match &self.origin {
            Origin::Message { message, .. } => message.as_ref(),
            Origin::Command(_)
            | Origin::Shortcut(_)
            | Origin::Home(_)
            | Origin::Modal(_)
            | Origin::Submission { .. } => None,
        }
    }

    /// The open modal that has the button, if one has.
    pub fn open_form(&self) -> Option<&OpenForm> {
        match &self.origin {
            Origin::Modal(open) => Some(open),
            Origin::Command(_)
            | Origin::Shortcut(_)
            | Origin::Message { .. }
            | Origin::Home(_)
            | Origin::Submission { .. } => None,
        }
    }

    /// How an answer can reach the member besides the acknowledgement, where nothing is open yet.
    pub fn context(&self) -> Option<&ResponseContext> {
        match &self.origin {
            Origin::Command(context)
            | Origin::Shortcut(context)
            | Origin::Message { context, .. }
            | Origin::Home(context) => Some(context),
            Origin::Modal(_) | Origin::Submission { .. } => None,
        }
    }

    /// The modal of a submission or of a button in it.
    pub fn view(&self) -> Option<&ViewId> {
        match &self.origin {
            Origin::Modal(open) => Some(&open.view),
            Origin::Submission { view } => Some(view),
            Origin::Command(_) | Origin::Shortcut(_) | Origin::Message { .. } | Origin::Home(_) => None,
        }
    }
}
