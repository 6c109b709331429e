//! The ids of the inputs of a form.

use crate::coach::screen::Field;

/// The titles of an audit, the first one first.
const MAX_MEETINGS: [&str; 5] = ["meeting-1", "meeting-2", "meeting-3", "meeting-4", "meeting-5"];

/// Their marks.
const MARKS: [&str; 5] = ["mark-1", "mark-2", "mark-3", "mark-4", "mark-5"];

/// The block and action id of a field; both are the same word.
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
