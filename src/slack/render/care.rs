//! Words that coaching should not answer: what LeadLens is not, people to talk to, and the choice to
//! keep the words or not. The sentences are the coach's; here they get their blocks.

use super::{
    Rendered,
    blocks::{Look, actions, button, context, divider, input, modal, paragraph, text_input},
    checkin,
};
use crate::coach::{
    care::Concern,
    ids::{MessageTs, RowId},
    screen::{CareInputs, Field, FormState, Press},
};
use serde_json::Value;

/// What *Keep* means.
pub(super) const NOT_STORED: &str =
    "Nothing is stored unless you choose Keep. What is kept this way is never counted in a report.";

/// In the DM, below the member's message.
pub fn message(concern: Concern, source: &MessageTs, nudge: Option<&RowId>) -> Rendered {
    let mut blocks: Vec<Value> = concern.words().iter().map(|line| paragraph(line)).collect();
    blocks.push(context(NOT_STORED));
    blocks.push(actions(vec![
        button("Keep", &Press::Keep { ts: source.clone(), nudge: nudge.cloned() }, 0, Look::Usual),
        button("Don't keep", &Press::DontKeep { ts: source.clone() }, 0, Look::Usual),
    ]));
    Rendered { text: format!("{} {NOT_STORED}", concern.words().join(" ")), blocks }
}

/// In a form, with the words still in the inputs.
pub fn form(state: &FormState, concern: Concern, inputs: &CareInputs) -> Value {
    let mut blocks: Vec<Value> = concern.words().iter().map(|line| paragraph(line)).collect();
    blocks.push(context(NOT_STORED));
    blocks.push(divider());
    match inputs {
        CareInputs::Checkin { question, fields } => {
            blocks.extend(checkin::inputs(question.as_deref(), fields));
        }
        CareInputs::FollowUp { question, answer } => {
            let element = text_input(Field::FollowUpAnswer, answer, true, "In your own words");
            blocks.push(input(Field::FollowUpAnswer, question, element, true, None));
        }
    }
    modal(state, "Before you go on", Some("Keep"), "Don't keep", blocks)
}
