//! The answer to words that coaching should not answer: what LeadLens is not, people to talk to, and
//! the choice to keep the words or not. `coach::care` finds such words.

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

/// What LeadLens is not, and whom to talk to. It names no country's services, because LeadLens does not know
/// where the member is.
pub(super) fn sentences(concern: Concern) -> &'static [&'static str] {
    match concern {
        Concern::SelfHarm => &[
            "This sounds heavy, and a coach of questions is the wrong place for it.",
            "If you are in danger now, call your local emergency number. A crisis line is there day and night; findahelpline.com names one in your country.",
            "If you can, tell one person you trust today.",
        ],
        Concern::Harassment => &[
            "This sounds like more than a leadership question, and it deserves people rather than a bot.",
            "People to talk to: someone you trust, your HR or ombudsperson, an employee representative, or, where you feel unsafe, the police.",
        ],
        Concern::Legal => &[
            "This sounds like a legal matter, and that is beyond what I can coach.",
            "People to talk to: your company's legal counsel, an employee representative, or a lawyer of your own.",
        ],
        Concern::Medical => &[
            "This sounds like a question of health, and that is beyond what I can coach.",
            "People to talk to: a doctor, your occupational health service, or, if it is urgent, your local emergency number.",
        ],
    }
}

/// In the DM, below the member's message.
pub(super) fn message(concern: Concern, source: &MessageTs, nudge: Option<&RowId>) -> Rendered {
    let mut blocks = paragraphs(sentences(concern));
    blocks.push(context(NOT_STORED));
    blocks.push(actions([
        button("Keep", direct_message::Action::Keep { ts: source.clone(), nudge: nudge.cloned() }, 0),
        button("Don't keep", direct_message::Action::DontKeep { ts: source.clone() }, 0),
    ]));
    Rendered { text: format!("{} {NOT_STORED}", sentences(concern).join(" ")), blocks }
}

/// In a form, with the words still in the inputs.
pub(super) fn form(state: &FormState, concern: Concern, inputs: &CareInputs) -> SlackView {
    let mut blocks = paragraphs(sentences(concern));
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
