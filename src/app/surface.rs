//! Where a member stands when they act, and so how words and forms reach them there: a command, a
//! message, the Home tab, an open form, a submission.

use super::incoming::{Ack, Door, Next, PressedAt, Reply};
use crate::coach::{
    ids::{MemberId, ViewId},
    screen::{Form, Message, Notice},
};

/// Where an answer goes.
#[derive(Debug, Clone)]
pub(super) enum Surface<'a> {
    /// A command, the shortcut, or a button on a message: words go to the member's eyes only.
    Conversation { who: &'a MemberId, door: &'a Door },
    /// A button on the Home tab, which has nowhere to show words but a modal.
    Home { who: &'a MemberId, door: &'a Door },
    /// A button in an open modal, which changes.
    Modal { who: &'a MemberId, view: &'a ViewId },
    /// A form that was submitted.
    Submission { who: &'a MemberId },
}

impl<'a> Surface<'a> {
    pub(super) fn pressed(who: &'a MemberId, at: &'a PressedAt, door: &'a Door) -> Self {
        match at {
            PressedAt::Message(_) | PressedAt::Ephemeral => Surface::Conversation { who, door },
            PressedAt::Home => Surface::Home { who, door },
            PressedAt::Form { view, .. } => Surface::Modal { who, view },
        }
    }

    pub(super) fn who(&self) -> &'a MemberId {
        match self {
            Surface::Conversation { who, .. }
            | Surface::Home { who, .. }
            | Surface::Modal { who, .. }
            | Surface::Submission { who } => who,
        }
    }

    /// A few words.
    pub(super) fn tell(&self, notice: Notice) -> Reply {
        match self {
            Surface::Conversation { .. } => Reply::say(Message::Notice(notice)),
            _ => self.show(Form::Notice(notice)),
        }
    }

    /// A modal: opened, or in place of the one that is open. Without a trigger nothing can be opened.
    pub(super) fn show(&self, form: Form) -> Reply {
        let form = Box::new(form);
        match self {
            Surface::Conversation { who, door } | Surface::Home { who, door } => match &door.trigger {
                Some(trigger) => {
                    let (who, trigger, door) = ((*who).clone(), trigger.clone(), (*door).clone());
                    Reply::done().then(Next::Open { who, trigger, door, form })
                }
                None => Reply::done(),
            },
            Surface::Modal { who, view } => {
                Reply::done().then(Next::Update { team: who.team.clone(), view: (*view).clone(), form })
            }
            Surface::Submission { .. } => Reply { ack: Ack::Show(form), next: Vec::new() },
        }
    }
}

impl Reply {
    /// A form that closes.
    pub(super) fn close() -> Self {
        Self { ack: Ack::Close, next: Vec::new() }
    }

    /// The same, with the member's Home as it is now, at which they look.
    pub(super) fn and_home_at_once(self, who: &MemberId) -> Self {
        self.then(Next::ShowHome { who: who.clone() })
    }

    /// The same, with the member's Home as it is now.
    pub(super) fn and_home(self, who: &MemberId) -> Self {
        self.then(Next::PublishHome { who: who.clone() })
    }

    /// The same, with the member's Home as it is now if they have it open.
    pub(super) fn and_open_home(self, who: &MemberId) -> Self {
        self.then(Next::RefreshHome { who: who.clone() })
    }
}
