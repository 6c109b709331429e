//! What our buttons, menus and forms carry through Slack: action, block and callback ids, and their
//! payloads. Messages stay in Slack for years, so these are types of their own with a version: renaming a
//! type of the domain cannot break a button that has been in somebody's DM for a year. A format that was
//! once sent is read forever or refused by name; a new format gets a new version.

mod button;
mod field;
mod form;
mod wire;

pub use button::{decode_button, encode_button};
pub use field::{NONE_OPTION, block_id, field_id, is_block_of};
pub use form::{decode_form, encode_form};

use serde::{Serialize, de::DeserializeOwned};

/// The version of every payload that is written today.
const VERSION: &str = "v1";

/// Slack's limit for `value`
/// (<https://docs.slack.dev/reference/block-kit/block-elements/button-element>). An option's value has
/// room for 150 characters.
const MAX_VALUE: usize = 2_000;

/// Slack's limit for `private_metadata` (<https://docs.slack.dev/reference/views/modal-views>).
const MAX_METADATA: usize = 3_000;

/// The callback id of the global shortcut *Check in*.
pub const CHECKIN_SHORTCUT: &str = "check_in";

/// The callback id of the message shortcut *Ask, don't fix*.
pub const ASK_SHORTCUT: &str = "ask_dont_fix";

/// The callback id of every modal of ours. Its `private_metadata` says which modal it is.
pub const FORM_CALLBACK: &str = "leadlens_form";

/// The callback id of the Home tab.
pub const HOME_CALLBACK: &str = "leadlens_home";

/// The action id of the one text input whose Enter key acts: the search field of the history.
pub const SEARCH_ACTION: &str = "v1.search-enter";

/// A payload that is not ours, or of a version that is not read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a button or form of an unknown format")]
pub struct UnknownFormat;

/// The version, a colon, and the JSON.
fn encode<T: Serialize>(payload: &T) -> String {
    // Serializing wire types cannot fail: every key is a string and nothing in them is fallible.
    format!("{VERSION}:{}", serde_json::to_string(payload).unwrap_or_default())
}

fn decode<T: DeserializeOwned>(text: &str) -> Result<T, UnknownFormat> {
    let json = text.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix(':')).ok_or(UnknownFormat)?;
    serde_json::from_str(json).map_err(|_| UnknownFormat)
}
