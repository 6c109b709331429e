//! An acknowledgement in Slack's words: the body of an HTTP response, or the return value of the Socket
//! Mode callback.

use super::{payload::field_id, render};
use crate::{
    coach::screen::Message,
    interaction::{Ack, FieldError},
};
use serde_json::{Map, Value, json};

/// The body of an acknowledgement; `None` when it is empty.
pub fn body(ack: Ack) -> Option<Value> {
    match ack {
        Ack::Empty => None,
        Ack::Ephemeral(message) => Some(ephemeral(&message)),
        Ack::FieldErrors(errors) => Some(field_errors(&errors)),
        Ack::ReplaceForm(form) => Some(json!({"response_action": "update", "view": render::form(&form)})),
        Ack::CloseForms => Some(json!({"response_action": "clear"})),
    }
}

/// A message for the member alone.
pub fn ephemeral(message: &Message) -> Value {
    let rendered = render::message(message);
    json!({"response_type": "ephemeral", "text": rendered.text, "blocks": rendered.blocks})
}

fn field_errors(errors: &[FieldError]) -> Value {
    let errors: Map<String, Value> = errors
        .iter()
        .map(|error| (field_id(error.field).to_owned(), json!(render::field_error(error))))
        .collect();
    json!({"response_action": "errors", "errors": errors})
}

/// The answer to a form of ours that is too old to read. It stays open with the words in it; `block` is
/// the input beside which the sentence is shown.
pub fn outdated_form(block: Option<&str>) -> Value {
    match block {
        Some(block) => json!({"response_action": "errors", "errors": {block: render::OUTDATED_FORM}}),
        None => json!({"response_action": "clear"}),
    }
}
