//! What a form carries: [`FormState`] ↔ `private_metadata`.

use super::{
    FORM_CALLBACK, MAX_METADATA, UnknownFormat, decode, encode,
    wire::{WireHat, WireInvitation, WireRoom},
};
use crate::coach::{
    ids::{MessageRef, PromptId, RowId},
    screen::FormState,
};
use serde::{Deserialize, Serialize};

/// The state of a form, as it is written in version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
enum Metadata {
    Checkin {
        nudge: Option<RowId>,
        prompt: Option<PromptId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<WireRoom>,
        care_met: bool,
    },
    EditReflection {
        reflection: RowId,
        care_met: bool,
    },
    FollowUp {
        reflection: RowId,
        care_met: bool,
    },
    Schedule,
    Pause,
    History {
        page: u32,
    },
    Ask {
        offered: Vec<PromptId>,
        taken: u8,
    },
    Acts {
        page: u32,
    },
    EditAct {
        act: RowId,
    },
    FeedbackAsk,
    Feedback {
        from: Box<WireInvitation>,
        at: Box<MessageRef>,
        care_met: bool,
    },
    Room,
    Audit {
        audit: Option<RowId>,
        care_met: bool,
    },
    Plan {
        plan: Option<RowId>,
        experiment: Option<WireHat>,
        care_met: bool,
    },
    Rehearsal,
    PlanOutcome {
        plan: RowId,
        care_met: bool,
    },
    Plans,
    Practices,
    Audits,
    Forget,
    Notice,
}

/// Writes a form's state as `private_metadata`.
pub fn encode_form(state: &FormState) -> String {
    encode(&Metadata::from(state.clone()))
}

/// Reads a form's state back.
///
/// # Errors
/// [`UnknownFormat`] for a foreign, forged, cut or outdated one.
pub fn decode_form(callback_id: &str, metadata: &str) -> Result<FormState, UnknownFormat> {
    if callback_id != FORM_CALLBACK || metadata.len() > MAX_METADATA {
        return Err(UnknownFormat);
    }
    decode::<Metadata>(metadata).map(FormState::from)
}

impl From<FormState> for Metadata {
    fn from(state: FormState) -> Self {
        match state {
            FormState::Checkin { nudge, prompt, room, care_acknowledged } => {
                let room = room.map(Into::into);
                Metadata::Checkin { nudge, prompt, room, care_met: care_acknowledged }
            }
            FormState::EditReflection { reflection, care_acknowledged } => {
                Metadata::EditReflection { reflection, care_met: care_acknowledged }
            }
            FormState::FollowUp { reflection, care_acknowledged } => {
                Metadata::FollowUp { reflection, care_met: care_acknowledged }
            }
            FormState::Schedule => Metadata::Schedule,
            FormState::Pause => Metadata::Pause,
            FormState::History { page } => Metadata::History { page },
            FormState::Ask { offered, taken } => Metadata::Ask { offered, taken },
            FormState::Acts { page } => Metadata::Acts { page },
            FormState::EditAct { act } => Metadata::EditAct { act },
            FormState::FeedbackAsk => Metadata::FeedbackAsk,
            FormState::Feedback { from, at, care_acknowledged } => {
                Metadata::Feedback { from: Box::new((*from).into()), at, care_met: care_acknowledged }
            }
            FormState::Room => Metadata::Room,
            FormState::Audit { audit, care_acknowledged } => {
                Metadata::Audit { audit, care_met: care_acknowledged }
            }
            FormState::Plan { plan, experiment, care_acknowledged } => {
                Metadata::Plan { plan, experiment: experiment.map(Into::into), care_met: care_acknowledged }
            }
            FormState::Rehearsal => Metadata::Rehearsal,
            FormState::PlanOutcome { plan, care_acknowledged } => {
                Metadata::PlanOutcome { plan, care_met: care_acknowledged }
            }
            FormState::Plans => Metadata::Plans,
            FormState::Practices => Metadata::Practices,
            FormState::Audits => Metadata::Audits,
            FormState::Forget => Metadata::Forget,
            FormState::Notice => Metadata::Notice,
        }
    }
}

impl From<Metadata> for FormState {
    fn from(metadata: Metadata) -> Self {
        match metadata {
            Metadata::Checkin { nudge, prompt, room, care_met } => {
                let room = room.map(Into::into);
                FormState::Checkin { nudge, prompt, room, care_acknowledged: care_met }
            }
            Metadata::EditReflection { reflection, care_met } => {
                FormState::EditReflection { reflection, care_acknowledged: care_met }
            }
            Metadata::FollowUp { reflection, care_met } => {
                FormState::FollowUp { reflection, care_acknowledged: care_met }
            }
            Metadata::Schedule => FormState::Schedule,
            Metadata::Pause => FormState::Pause,
            Metadata::History { page } => FormState::History { page },
            Metadata::Ask { offered, taken } => FormState::Ask { offered, taken },
            Metadata::Acts { page } => FormState::Acts { page },
            Metadata::EditAct { act } => FormState::EditAct { act },
            Metadata::FeedbackAsk => FormState::FeedbackAsk,
            Metadata::Feedback { from, at, care_met } => {
                FormState::Feedback { from: Box::new((*from).into()), at, care_acknowledged: care_met }
            }
            Metadata::Room => FormState::Room,
            Metadata::Audit { audit, care_met } => FormState::Audit { audit, care_acknowledged: care_met },
            Metadata::Plan { plan, experiment, care_met } => {
                FormState::Plan { plan, experiment: experiment.map(Into::into), care_acknowledged: care_met }
            }
            Metadata::Rehearsal => FormState::Rehearsal,
            Metadata::PlanOutcome { plan, care_met } => {
                FormState::PlanOutcome { plan, care_acknowledged: care_met }
            }
            Metadata::Plans => FormState::Plans,
            Metadata::Practices => FormState::Practices,
            Metadata::Audits => FormState::Audits,
            Metadata::Forget => FormState::Forget,
            Metadata::Notice => FormState::Notice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::room::Room;

    #[test]
    fn every_state_comes_back() {
        let row = RowId::new(1, 2);
        let prompt = PromptId::parse("stop-solving.open.1").unwrap();
        for state in [
            FormState::Checkin {
                nudge: Some(row.clone()),
                prompt: Some(prompt),
                room: None,
                care_acknowledged: false,
            },
            FormState::Checkin {
                nudge: None,
                prompt: None,
                room: Some(Room::GoingWell),
                care_acknowledged: true,
            },
            FormState::EditReflection { reflection: row.clone(), care_acknowledged: true },
            FormState::FollowUp { reflection: row.clone(), care_acknowledged: false },
            FormState::EditAct { act: row },
            FormState::Schedule,
            FormState::Practices,
            FormState::History { page: 2 },
            FormState::Forget,
        ] {
            assert_eq!(decode_form(FORM_CALLBACK, &encode_form(&state)), Ok(state));
        }
    }

    /// A form that was opened before an upgrade is submitted after it.
    #[test]
    fn forms_of_the_first_version_are_read() {
        let row = "01KAV1D7W0000000000000000R";
        let metadata = format!(r#"v1:{{"form":"follow-up","reflection":"{row}","care_met":true}}"#);
        let reflection = RowId::parse(row).unwrap();
        let state = FormState::FollowUp { reflection, care_acknowledged: true };
        assert_eq!(decode_form(FORM_CALLBACK, &metadata), Ok(state));
        let metadata = r#"v1:{"form":"checkin","nudge":null,"prompt":null,"care_met":false}"#;
        let state = FormState::Checkin { nudge: None, prompt: None, room: None, care_acknowledged: false };
        assert_eq!(decode_form(FORM_CALLBACK, metadata), Ok(state));
    }

    #[test]
    fn foreign_and_cut_metadata_is_refused() {
        assert_eq!(decode_form("other", "v1:{\"form\":\"forget\"}"), Err(UnknownFormat));
        assert_eq!(decode_form(FORM_CALLBACK, &"x".repeat(4_000)), Err(UnknownFormat));
    }
}
