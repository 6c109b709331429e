//! A member's reflections and nudges as CSV tables.

use super::MemberExport;
use crate::{
    coach::{ids::RowId, intention},
    report::export::{ExportError, table},
};

/// Excel reads a CSV file as UTF-8 only if it begins with this mark. CSV readers ignore it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

impl MemberExport {
    /// The reflections as CSV. Cells are escaped by [`crate::report::export::cell`];
    /// removing the apostrophe restores them.
    ///
    /// # Errors
    /// [`ExportError`] if it cannot be written.
    pub fn reflections_csv(&self) -> Result<String, ExportError> {
        let header = [
            "id",
            "local_on",
            "origin",
            "nudge",
            "prompt",
            "question",
            "situation",
            "answer",
            "room",
            "hat_said",
            "hat_seen",
            "dimension_seen",
            "seen_in",
            "abstained",
            "read_at",
            "follow_up",
            "follow_up_answer",
            "created_at",
            "edited_at",
            "counted",
            "set_out_to",
            "came_of_it",
            "looked_back",
        ];
        let rows = self.reflections.iter().map(|reflection| {
            let look_back = self.look_backs.iter().find(|it| it.reflection == reflection.id);
            let look_back = look_back.filter(|it| it.asked_at.is_some());
            let set_out = look_back.and_then(|_| intention::stated(reflection.answer.reveal()));
            let answer = look_back.and_then(|it| self.answer_to(&it.nudge));
            vec![
                reflection.id.to_string(),
                reflection.local_on.to_string(),
                reflection.origin.to_string(),
                shown(reflection.nudge.as_ref()),
                shown(reflection.prompt.as_ref()),
                reflection.question.clone(),
                reflection.situation.reveal().to_owned(),
                reflection.answer.reveal().to_owned(),
                shown(reflection.room),
                shown(reflection.hat_said),
                shown(reflection.lens_hats),
                shown(reflection.lens_dimension),
                reflection.evidence_spans.to_string(),
                shown(reflection.abstained),
                shown(reflection.read_at),
                shown(reflection.follow_up.as_ref()),
                reflection.follow_up_answer.reveal().to_owned(),
                reflection.created_at.to_string(),
                shown(reflection.edited_at),
                reflection.counts_in_balance.to_string(),
                shown(set_out),
                shown(look_back.and_then(|it| it.came_of_it)),
                shown(answer),
            ]
        });
        Ok(format!("{BYTE_ORDER_MARK}{}", table(&header, rows)?))
    }

    /// What the member answered to a nudge.
    fn answer_to(&self, nudge: &RowId) -> Option<&str> {
        let answer = self.reflections.iter().find(|it| it.nudge.as_ref() == Some(nudge))?;
        Some(answer.answer.reveal())
    }

    /// The nudges as CSV.
    ///
    /// # Errors
    /// [`ExportError`] if it cannot be written.
    pub fn nudges_csv(&self) -> Result<String, ExportError> {
        let header = [
            "id",
            "state",
            "prompt",
            "question",
            "reason",
            "slot_at",
            "asked_for",
            "sent_at",
            "channel",
            "ts",
            "skip_reason",
        ];
        let rows = self.nudges.iter().map(|nudge| {
            vec![
                nudge.id.to_string(),
                nudge.state.to_string(),
                nudge.prompt.to_string(),
                nudge.question.clone(),
                nudge.reason.cell().to_owned(),
                nudge.slot_at.to_string(),
                nudge.asked_for.to_string(),
                shown(nudge.sent_at),
                shown(nudge.message.as_ref().map(|message| &message.channel)),
                shown(nudge.message.as_ref().map(|message| &message.ts)),
                shown(nudge.skip_reason),
            ]
        });
        Ok(format!("{BYTE_ORDER_MARK}{}", table(&header, rows)?))
    }
}

fn shown(value: Option<impl ToString>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}
