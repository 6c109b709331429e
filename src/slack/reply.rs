//! [`Reply`] → the acknowledgement of either door, pure, and what has to follow it because the
//! acknowledgement of that delivery cannot carry it.

use super::{ids::field_id, render};
use crate::{
    app::incoming::{Ack, Door, Incoming, Next, PressedAt, Reply, What},
    coach::{
        ids::{MemberId, TeamId, ViewId},
        screen::{Form, Message},
    },
};
use serde_json::{Map, Value, json};

/// What kind of acknowledgement a delivery takes.
#[derive(Debug, Clone)]
pub enum Owed {
    /// A slash command: words for the member's eyes.
    Command,
    /// A submitted form: errors, another form, or closing.
    Form,
    /// A button: nothing; words go through its door, forms by their view id.
    Press {
        /// Who pressed it.
        who: MemberId,
        /// How words reach them.
        door: Door,
        /// The modal it stood in.
        view: Option<ViewId>,
    },
    /// Everything else: nothing.
    Nothing,
}

impl Owed {
    /// By what happened.
    pub fn by(incoming: &Incoming) -> Self {
        match &incoming.what {
            What::CommandTyped { .. } => Owed::Command,
            What::Submitted { .. } => Owed::Form,
            What::Pressed { who, at, door, .. } => {
                let view = match at {
                    PressedAt::Form { view, .. } => Some(view.clone()),
                    PressedAt::Message(_) | PressedAt::Home | PressedAt::Ephemeral => None,
                };
                Owed::Press { who: who.clone(), door: door.clone(), view }
            }
            What::UnknownPress { who, door } => {
                Owed::Press { who: who.clone(), door: door.clone(), view: None }
            }
            _ => Owed::Nothing,
        }
    }
}

/// What follows the acknowledgement.
#[derive(Debug, Clone)]
pub enum After {
    /// What the app asked for.
    Next(Next),
    /// Words for the member's eyes, through the door of the button they pressed.
    Say {
        /// To whom.
        who: MemberId,
        /// Through which door.
        door: Door,
        /// What.
        message: Message,
    },
    /// The open modal turns into this one.
    Show {
        /// Whose token.
        team: TeamId,
        /// Which modal.
        view: ViewId,
        /// Into what.
        form: Box<Form>,
    },
}

impl After {
    /// Whether it publishes a Home.
    pub fn is_home(&self) -> bool {
        use Next::{PublishHome, RefreshHome, ShowHome};
        matches!(self, After::Next(ShowHome { .. } | PublishHome { .. } | RefreshHome { .. }))
    }
}

/// Says a reply: the body of the acknowledgement, and what follows.
pub fn say(reply: Reply, owed: &Owed) -> (Option<Value>, Vec<After>) {
    let mut after: Vec<After> = Vec::new();
    let body = match (reply.ack, owed) {
        (Ack::Say(message), Owed::Command) => Some(ephemeral(&message)),
        (Ack::Errors(errors), Owed::Form) => Some(form_errors(&errors)),
        (Ack::Show(form), Owed::Form) => {
            Some(json!({"response_action": "update", "view": render::form(&form)}))
        }
        (Ack::Close, Owed::Form) => Some(json!({"response_action": "clear"})),
        (Ack::Say(message), Owed::Press { who, door, .. }) => {
            after.push(After::Say { who: who.clone(), door: door.clone(), message });
            None
        }
        (Ack::Show(form), Owed::Press { who, view: Some(view), .. }) => {
            after.push(After::Show { team: who.team.clone(), view: view.clone(), form });
            None
        }
        _ => None,
    };
    after.extend(reply.next.into_iter().map(After::Next));
    (body, after)
}

/// Words for the member's eyes only.
pub fn ephemeral(message: &Message) -> Value {
    let rendered = render::message(message);
    json!({"response_type": "ephemeral", "text": rendered.text, "blocks": rendered.blocks})
}

fn form_errors(errors: &[(crate::coach::screen::Field, String)]) -> Value {
    let errors: Map<String, Value> =
        errors.iter().map(|(field, says)| (field_id(*field).to_owned(), json!(says))).collect();
    json!({"response_action": "errors", "errors": errors})
}

/// The answer to a form of ours that is too old to read: it stays open with the words in it.
pub fn old_form(block: Option<&str>) -> Value {
    const SAYS: &str = "This form is from an older version and could not be kept. Copy your words, close it and open a new one.";
    match block {
        Some(block) => json!({"response_action": "errors", "errors": {block: SAYS}}),
        None => json!({"response_action": "clear"}),
    }
}
