//! The answer to words that coaching should not answer: what LeadLens is not, people to talk to, and
//! the choice to keep the words or not. The sentences are in `coach::care`; this file lays them out.

use super::{
    Rendered,
    blocks::{actions, button, context, divider, modal, paragraphs},
    checkin,
    inputs::{optional, text_input},
};
use crate::coach::{
    care::Concern,
    ids::{MessageTs, RowId},
    screen::{CareInputs, Field, FormState},
};
use crate::features::direct_message;
use slack_morphism::blocks::SlackView;

/// What *Keep* means.
pub(super) const NOT_STORED: &str =
    "Nothing is stored unless you choose Keep. What is kept this way is never counted in a report.";

/// In the DM, below the member's message.
pub(super) fn message(concern: Concern, source: &MessageTs, nudge: Option<&RowId>) -> Rendered {
    let mut blocks = paragraphs(concern.words());
    blocks.push(context(NOT_STORED));
    blocks.push(actions([
        button("Keep", direct_message::Action::Keep { ts: source.clone(), nudge: nudge.cloned() }, 0),
        button("Don't keep", direct_message::Action::DontKeep { ts: source.clone() }, 0),
    ]));
    Rendered { text: format!("{} {NOT_STORED}", concern.words().join(" ")), blocks }
}

/// In a form, with the words still in the inputs.
pub(super) fn form(state: &FormState, concern: Concern, inputs: &CareInputs) -> SlackView {
    let mut blocks = paragraphs(concern.words());
    blocks.push(context(NOT_STORED));
    blocks.push(divider());
    match inputs {
        CareInputs::Checkin { question, fields } => {
            blocks.extend(checkin::inputs(question.as_deref(), fields));
        }
        CareInputs::FollowUp { question, answer } => {
            let element = text_input(Field::FollowUpAnswer, answer, "In your own words");
            blocks.push(optional(Field::FollowUpAnswer, question, element).into());
        }
    }
    modal(state, "Before you go on", Some("Keep"), "Don't keep", blocks)
}
