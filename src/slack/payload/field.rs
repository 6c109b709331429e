//! The ids of the inputs of a form.

use crate::coach::screen::Field;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The titles of an audit, the first one first.
const MAX_MEETINGS: [&str; 5] = ["meeting-1", "meeting-2", "meeting-3", "meeting-4", "meeting-5"];

/// Their marks.
const MARKS: [&str; 5] = ["mark-1", "mark-2", "mark-3", "mark-4", "mark-5"];

/// Stands between a field and the digest of what its input shows. No field has it in its id.
const DIGEST_MARK: char = '.';

/// How many bytes of the digest a block id holds.
const DIGEST_BYTES: usize = 8;

/// The block id of an input: its field, and a digest of what tells it apart from an input of the same
/// field that the form had before.
pub fn block_id(field: &str, content: Option<&Value>) -> String {
    let mut id = field.to_owned();
    if let Some(content) = content {
        id.push(DIGEST_MARK);
        for byte in Sha256::digest(content.to_string()).iter().take(DIGEST_BYTES) {
            let _ = write!(id, "{byte:02x}");
        }
    }
    id
}

/// Whether a block is the input of a field.
pub fn is_block_of(block_id: &str, field: Field) -> bool {
    block_id.split(DIGEST_MARK).next() == Some(field_id(field))
}

/// The action id of a field, and the beginning of its block id.
pub fn field_id(field: Field) -> &'static str {
    match field {
        Field::Situation => "situation",
        Field::Room => "room",
        Field::Answer => "answer",
        Field::Hat => "hat",
        Field::FollowUpAnswer => "follow-up-answer",
        Field::Days => "days",
        Field::FirstTime => "first-time",
        Field::SecondTime => "second-time",
        Field::ThirdTime => "third-time",
        Field::Zone => "zone",
        Field::QuietFrom => "quiet-from",
        Field::QuietTo => "quiet-to",
        Field::DaysOff => "days-off",
        Field::PauseUntil => "pause-until",
        Field::Practice => "practice",
        Field::LookBack => "look-back",
        Field::Search => "search",
        Field::FirstQuestion => "first-question",
        Field::SecondQuestion => "second-question",
        Field::ThirdQuestion => "third-question",
        Field::GivenBack => "given-back",
        Field::GivenBackOn => "given-back-on",
        Field::People => "people",
        Field::Step => "step",
        Field::Comment => "comment",
        Field::Meeting(nth) => MAX_MEETINGS.get(usize::from(nth)).copied().unwrap_or("meeting"),
        Field::Mark(nth) => MARKS.get(usize::from(nth)).copied().unwrap_or("mark"),
        Field::Calendar => "calendar",
        Field::Cue => "cue",
        Field::Act => "act",
        Field::FollowUpOn => "follow-up-on",
        Field::FollowUpTime => "follow-up-time",
        Field::Outcome => "outcome",
        Field::Rehearsal => "rehearsal",
        Field::Confirm => "confirm",
    }
}

/// The option value for *none*, in menus that offer it.
pub const NONE_OPTION: &str = "none";
