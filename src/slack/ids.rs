//! What buttons, menus and forms of ours carry through Slack: action, block and callback ids and
//! their payloads, typed and versioned. Messages stay in Slack for years, so a format that was once
//! sent is read forever or refused by name; a new format gets a new version.

use crate::coach::screen::{Field, FormState, Press};
use serde_json::Value;

/// The version of every payload that is written today.
const VERSION: &str = "v1";

/// Slack's limits: `action_id` 255, `value` 2,000 (an option's 150), `private_metadata` 3,000.
const MAX_VALUE: usize = 2_000;
const MAX_METADATA: usize = 3_000;

/// The callback id of the global shortcut *Check in*.
pub const CHECKIN_SHORTCUT: &str = "check_in";

/// The callback id of the message shortcut *Ask, don't fix*.
pub const ASK_SHORTCUT: &str = "ask_dont_fix";

/// The callback id of every modal of ours; which one it is stands in its metadata.
pub const FORM_CALLBACK: &str = "leadlens_form";

/// The callback id of the Home tab.
pub const HOME_CALLBACK: &str = "leadlens_home";

/// The one text input whose Enter key acts: the search field of the history.
pub const SEARCH_ACTION: &str = "v1.search-enter";

/// A payload that is not ours, or of a version that is not read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a button or form of an unknown format")]
pub struct UnknownFormat;

/// The ids of one button or option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PressIds {
    /// Unique within its surface: the kind of press and, where several stand side by side, a row.
    pub action_id: String,
    /// The press itself.
    pub value: String,
}

/// Says a press in Slack's words; `nth` tells apart presses of one kind on one surface.
pub fn encode_press(press: &Press, nth: usize) -> PressIds {
    let json = serde_json::to_value(press).unwrap_or(Value::Null);
    let kind = json.get("do").and_then(Value::as_str).unwrap_or("none");
    PressIds { action_id: format!("{VERSION}.{kind}.{nth}"), value: encode_value(&json) }
}

/// An option's value has room for 150 characters only, so the JSON is written without its braces.
fn encode_value(json: &Value) -> String {
    format!("{VERSION}:{json}")
}

/// Reads a press back.
///
/// # Errors
/// [`UnknownFormat`] for a foreign, forged, cut or outdated payload.
pub fn decode_press(action_id: &str, value: &str) -> Result<Press, UnknownFormat> {
    if action_id == SEARCH_ACTION {
        return Ok(Press::HistorySearch);
    }
    if !action_id.starts_with(VERSION) || value.len() > MAX_VALUE {
        return Err(UnknownFormat);
    }
    let json = value.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix(':')).ok_or(UnknownFormat)?;
    serde_json::from_str(json).map_err(|_| UnknownFormat)
}

/// Says a form's state as `private_metadata`.
pub fn encode_state(state: &FormState) -> String {
    encode_value(&serde_json::to_value(state).unwrap_or(Value::Null))
}

/// Reads a form's state back.
///
/// # Errors
/// [`UnknownFormat`] for a foreign, forged, cut or outdated one.
pub fn decode_state(callback_id: &str, metadata: &str) -> Result<FormState, UnknownFormat> {
    if callback_id != FORM_CALLBACK || metadata.len() > MAX_METADATA {
        return Err(UnknownFormat);
    }
    let json = metadata.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix(':')).ok_or(UnknownFormat)?;
    serde_json::from_str(json).map_err(|_| UnknownFormat)
}

/// The titles of an audit, the first one first.
const MEETINGS: [&str; 5] = ["meeting-1", "meeting-2", "meeting-3", "meeting-4", "meeting-5"];

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
        Field::Meeting(nth) => MEETINGS.get(usize::from(nth)).copied().unwrap_or("meeting"),
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

/// The option value that stands for *none* in a menu that has to offer it.
pub const NONE_OPTION: &str = "none";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::{
        feedback::AnswerToken,
        hat::Hats,
        ids::{MessageTs, PromptId, RowId},
        screen::{Invitation, Later},
    };

    fn presses() -> Vec<Press> {
        let row = RowId::new(1, 2);
        let invitation = Invitation { round: row.clone(), token: AnswerToken::new(7) };
        vec![
            Press::Checkin,
            Press::Feedback,
            Press::FeedbackAnswer(invitation.clone()),
            Press::FeedbackOptIn { from: Some(invitation) },
            Press::FeedbackOptIn { from: None },
            Press::TakeQuestion { nth: 2 },
            Press::Acts { page: 3 },
            Press::DeleteAct { act: row.clone() },
            Press::EditAct { act: row.clone() },
            Press::Reflect { nudge: row.clone() },
            Press::Later { nudge: row.clone(), when: Later::NextWeek },
            Press::Skip { nudge: row.clone() },
            Press::Why { nudge: row.clone() },
            Press::SayHat { reflection: row.clone(), hats: Hats::BOTH },
            Press::Delete { reflection: row.clone() },
            Press::Keep { ts: MessageTs::parse("1764000000.000100").unwrap(), nudge: Some(row) },
            Press::GoOn,
            Press::Report { month: "2026-10".parse().unwrap() },
            Press::HistoryPage { page: 3 },
        ]
    }

    #[test]
    fn every_press_comes_back_and_fits_an_option() {
        for press in presses() {
            let ids = encode_press(&press, 7);
            assert!(ids.value.len() <= 150, "{ids:?}");
            assert_eq!(decode_press(&ids.action_id, &ids.value), Ok(press));
        }
    }

    #[test]
    fn every_state_comes_back() {
        let row = RowId::new(1, 2);
        let prompt = PromptId::parse("stop-solving.open.1").unwrap();
        for state in [
            FormState::Checkin { nudge: Some(row.clone()), prompt: Some(prompt), care_acknowledged: false },
            FormState::EditReflection { reflection: row.clone(), care_acknowledged: true },
            FormState::FollowUp { reflection: row.clone(), care_acknowledged: false },
            FormState::EditAct { act: row },
            FormState::Schedule,
            FormState::History { page: 2 },
            FormState::Forget,
        ] {
            assert_eq!(decode_state(FORM_CALLBACK, &encode_state(&state)), Ok(state));
        }
    }

    #[test]
    fn forged_and_outdated_payloads_are_refused() {
        let row = RowId::new(1, 2);
        let good = encode_press(&Press::Skip { nudge: row }, 0);
        for (action_id, value) in [
            ("v0.skip.0", good.value.as_str()),
            (good.action_id.as_str(), "v2:{}"),
            (good.action_id.as_str(), "v1:{\"do\":\"skip\",\"nudge\":\"'; drop table\"}"),
            (good.action_id.as_str(), "v1:{\"do\":\"become-admin\"}"),
            (good.action_id.as_str(), ""),
            (good.action_id.as_str(), "v1:"),
        ] {
            assert_eq!(decode_press(action_id, value), Err(UnknownFormat), "{value}");
        }
        assert_eq!(decode_state("other", "v1:{\"form\":\"forget\"}"), Err(UnknownFormat));
        assert_eq!(decode_state(FORM_CALLBACK, &"x".repeat(4_000)), Err(UnknownFormat));
    }
}
