//! Slack's JSON as a [`Value`], without what is never read: the blocks of our own screens, which Slack sends
//! back with every interaction. They are most of its bytes. Of a view's blocks the types and ids are kept, and
//! with what an input was filled at first. A message is dropped, because its place is in `container`.
//!
//! A value is skipped by serde's [`IgnoredAny`], which checks its syntax and allocates nothing.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value, json};
use std::fmt;

/// Reads an interaction's payload.
///
/// # Errors
/// Those of the parser, when it is not JSON.
pub fn read_interaction(text: &str) -> serde_json::Result<Value> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let payload = Part::Payload.deserialize(&mut parser)?;
    parser.end()?;
    Ok(payload)
}

/// Where in an interaction's payload an object is.
#[derive(Clone, Copy)]
enum Part {
    Payload,
    View,
}

/// A block of a view, as far as it is read.
#[derive(Deserialize)]
struct Block {
    #[serde(default, rename = "type")]
    kind: Value,
    #[serde(default, rename = "block_id")]
    id: Value,
    #[serde(default)]
    element: Option<Element>,
}

/// The element of an input block.
#[derive(Deserialize)]
struct Element {
    #[serde(default)]
    action_id: Value,
    #[serde(default)]
    initial_value: Value,
}

impl<'de> DeserializeSeed<'de> for Part {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Value, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    /// The view is null in an interaction with a message.
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = match (self, name.as_str()) {
                (Part::Payload, "message") => {
                    entries.next_value::<IgnoredAny>()?;
                    continue;
                }
                (Part::Payload, "view") => entries.next_value_seed(Part::View)?,
                (Part::View, "blocks") => {
                    let blocks: Vec<Block> = entries.next_value()?;
                    blocks.into_iter().map(Block::into_value).collect()
                }
                _ => entries.next_value()?,
            };
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

impl Block {
    fn into_value(self) -> Value {
        let mut object = Map::new();
        object.insert("type".to_owned(), self.kind);
        object.insert("block_id".to_owned(), self.id);
        if let Some(Element { action_id, initial_value }) = self.element
            && !initial_value.is_null()
        {
            let element = json!({"action_id": action_id, "initial_value": initial_value});
            object.insert("element".to_owned(), element);
        }
        Value::Object(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_never_read_is_left_out_and_the_rest_is_there() {
        let input = json!({"type": "input", "block_id": "answer", "element": {"type": "plain_text_input"}});
        let zone = json!({"type": "plain_text_input", "action_id": "zone", "initial_value": "Asia/Kolkata"});
        let filled = json!({"type": "input", "block_id": "zone", "element": zone});
        let payload = json!({
            "type": "view_submission",
            "message": {"blocks": [{"type": "section"}]},
            "container": {"message_ts": "1.2"},
            "view": {"id": "V1", "blocks": [input, filled, {"type": "divider"}], "state": {"values": {"answer": 1}}},
        });
        let expected = json!({
            "type": "view_submission",
            "container": {"message_ts": "1.2"},
            "view": {
                "id": "V1",
                "blocks": [
                    {"type": "input", "block_id": "answer"},
                    {
                        "type": "input",
                        "block_id": "zone",
                        "element": {"action_id": "zone", "initial_value": "Asia/Kolkata"},
                    },
                    {"type": "divider", "block_id": null},
                ],
                "state": {"values": {"answer": 1}},
            },
        });
        assert_eq!(read_interaction(&payload.to_string()).unwrap(), expected);
        let without = json!({"type": "block_actions", "view": null});
        assert_eq!(read_interaction(&without.to_string()).unwrap(), without);
    }

    #[test]
    fn what_is_no_payload_is_refused() {
        for text in ["", "7", "[]", "\"text\"", "{", "{} {}", r#"{"view": 7}"#, r#"{"view": {"blocks": 7}}"#]
        {
            assert!(read_interaction(text).is_err(), "{text}");
        }
    }
}
