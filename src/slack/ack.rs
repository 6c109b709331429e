//! An acknowledgement in Slack's words: the body of an HTTP response, or the return value of the Socket
//! Mode callback.

use super::{
    payload::{field_id, is_block_of},
    render,
};
use crate::{
    coach::screen::{Field, Message},
    interaction::{Ack, FieldError},
};
use serde_json::{Map, Value, json};

/// The body of an acknowledgement; `None` when it is empty. `payload` is what is acknowledged, and
/// `delivery` its key.
pub fn body(ack: Ack, payload: &Value, delivery: &str) -> Option<Value> {
    match ack {
        Ack::Empty => None,
        Ack::Ephemeral(message) => Some(ephemeral(&message)),
        Ack::FieldErrors(errors) => Some(field_errors(&errors, &payload["view"])),
        Ack::ReplaceForm(form) => {
            Some(json!({"response_action": "update", "view": render::form_in_place(&form, delivery)}))
        }
        Ack::CloseForms => Some(json!({"response_action": "clear"})),
    }
}

/// A message for the member alone.
pub fn ephemeral(message: &Message) -> Value {
    let rendered = render::message(message);
    json!({"response_type": "ephemeral", "text": rendered.text, "blocks": rendered.blocks})
}

/// Slack shows an error beside an input of the submitted form and takes no other.
fn field_errors(errors: &[FieldError], submitted: &Value) -> Value {
    let errors: Map<String, Value> = errors
        .iter()
        .map(|error| (shown_block(submitted, error.field), json!(render::field_error(error))))
        .collect();
    json!({"response_action": "errors", "errors": errors})
}

/// The block of a field in the form as it was submitted.
fn shown_block(submitted: &Value, field: Field) -> String {
    let blocks = submitted["blocks"].as_array().into_iter().flatten();
    let mut ids = blocks.filter_map(|block| block["block_id"].as_str());
    ids.find(|id| is_block_of(id, field)).unwrap_or(field_id(field)).to_owned()
}

/// The answer to a form of ours that is too old to read. It stays open with the words in it; `block` is
/// the input beside which the sentence is shown.
pub fn outdated_form(block: Option<&str>) -> Value {
    match block {
        Some(block) => json!({"response_action": "errors", "errors": {block: render::OUTDATED_FORM}}),
        None => json!({"response_action": "clear"}),
    }
}
