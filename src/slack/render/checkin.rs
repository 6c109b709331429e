//! The check-in: its form, the follow-up that restates the member's own words, what a kept
//! reflection looks like, and the offer to keep a message as one.

use super::{
    Rendered,
    blocks::{
        Look, actions, button, choice, confirmed, context, input, is_cut, modal, paragraph, quote, section,
        select, text_input,
    },
    escape::{escape, escape_cut},
    model, seen,
    when::date,
};
use crate::coach::{
    hat::Hats,
    ids::MessageTs,
    lens_result::LensScreen,
    member_text::MemberText,
    reflection::CheckinFields,
    room::Room,
    screen::{Field, FormState, LlmDisclosure, Press, ReflectionScreen},
};
use serde_json::Value;
use strum::VariantArray as _;

pub use crate::coach::reflection::STANDING_QUESTION;

/// How the form and the screens name the four values of a hat.
pub fn hat_label(hats: Hats) -> &'static str {
    match (hats.leader, hats.manager) {
        (true, false) => "Leader: what and why",
        (false, true) => "Manager: how and when",
        (true, true) => "Both",
        (false, false) => "Neither",
    }
}

fn hat_word(hats: Hats) -> &'static str {
    match (hats.leader, hats.manager) {
        (true, false) => "leader hat",
        (false, true) => "manager hat",
        (true, true) => "both hats",
        (false, false) => "neither hat",
    }
}

/// The inputs of a check-in; a care form shows them again with the words still in them.
pub fn inputs(question: Option<&str>, fields: &CheckinFields) -> Vec<Value> {
    let rooms = std::iter::once(choice(super::super::ids::NONE_OPTION, "Not now"))
        .chain(Room::VARIANTS.iter().map(|room| choice(room.into_str(), room.label())))
        .collect();
    let hats = Hats::ALL.into_iter().map(|hats| choice(hats.as_str(), hat_label(hats))).collect();
    let room = fields.room.map(|room| room.into_str());
    let hat = fields.hat.map(Hats::as_str);
    let mut inputs = vec![
        input(
            Field::Situation,
            "What is in front of you?",
            text_input(Field::Situation, &fields.situation, true, "A sentence is enough"),
            true,
            None,
        ),
        input(Field::Room, "Read the room", select(Field::Room, "static_select", rooms, room), true, None),
        input(
            Field::Answer,
            question.unwrap_or(STANDING_QUESTION),
            text_input(Field::Answer, &fields.answer, true, "In your own words"),
            false,
            None,
        ),
        input(Field::Hat, "Which hat is that?", select(Field::Hat, "radio_buttons", hats, hat), false, None),
    ];
    inputs.extend(
        fields
            .follow_up
            .as_ref()
            .map(|it| follow_up_input(&it.question, &it.answer, "You may leave it blank")),
    );
    inputs
}

fn follow_up_input(question: &str, answer: &MemberText, placeholder: &str) -> Value {
    let element = text_input(Field::FollowUpAnswer, answer, true, placeholder);
    input(Field::FollowUpAnswer, question, element, true, None)
}

/// The first step.
pub fn form(state: &FormState, question: Option<&str>, fields: &CheckinFields) -> Value {
    let editing = matches!(state, FormState::EditReflection { .. });
    let title = if editing { "Edit" } else { "Check in" };
    let mut blocks = inputs(question, fields);
    blocks.push(context("Kept for you alone. Nobody else sees it."));
    modal(state, title, Some("Keep"), "Cancel", blocks)
}

/// The second step: the member's words first, then one question.
pub fn follow_up(
    state: &FormState,
    kept: &ReflectionScreen,
    question: &str,
    answer: &MemberText,
    model: Option<&LlmDisclosure>,
) -> Value {
    let mut blocks = vec![paragraph("Kept. You wrote:")];
    if !kept.situation.is_blank() {
        blocks.push(quote(&kept.situation));
    }
    blocks.push(quote(&kept.answer));
    if let Some(hats) = kept.hat_said {
        blocks.push(context(&format!("You ticked: {}.", hat_label(hats))));
    }
    blocks.extend(seen::beside(kept.hat_said, &kept.lens).map(|says| context(&says)));
    blocks.push(follow_up_input(question, answer, "Or stop here: the check-in is kept"));
    blocks.extend(model.map(model::below).unwrap_or_default());
    modal(state, "One more question", Some("Keep"), "Stop here", blocks)
}

/// What stands below a question once it is answered: text and blocks.
pub fn kept_parts(kept: &ReflectionScreen) -> (String, Vec<Value>) {
    let mut blocks = Vec::new();
    let mut text = format!("Kept on {}. You wrote: ", date(kept.local_on));
    if !kept.situation.is_blank() {
        blocks.push(quote(&kept.situation));
        text.push_str(&escape_cut(kept.situation.reveal(), 800));
        text.push_str(" … ");
    }
    blocks.push(quote(&kept.answer));
    text.push_str(&escape_cut(kept.answer.reveal(), 1_500));
    let mut below = format!("Kept on {}.", date(kept.local_on));
    if is_cut(&kept.answer) || is_cut(&kept.situation) {
        below.push_str(" Shown cut, kept whole.");
    }
    if let Some(hats) = kept.hat_said {
        below.push_str(&format!(" You said: {}.", hat_word(hats)));
        text.push_str(&format!(" You said: {}.", hat_word(hats)));
    }
    // Beside a hat that was said, an abstention is no news.
    let is_news = kept.hat_said.is_none() || matches!(kept.lens, LensScreen::Hats { .. });
    if let Some(says) = seen::sentence(&kept.lens).filter(|_| is_news) {
        below.push_str(&format!(" {says}"));
        text.push_str(&format!(" {}", escape(&says)));
    }
    blocks.push(context(&below));
    if kept.hat_said.is_none() {
        text.push_str(" Which hat was that?");
        blocks.push(paragraph("Which hat was that?"));
        let said = |(nth, hats): (usize, Hats)| {
            let press = Press::SayHat { reflection: kept.reflection.clone(), hats };
            button(hat_label(hats), &press, nth, Look::Usual)
        };
        blocks.push(actions(Hats::ALL.into_iter().enumerate().map(said).collect()));
    }
    blocks.push(actions(vec![
        button("Edit", &Press::Edit { reflection: kept.reflection.clone() }, 0, Look::Usual),
        delete_button(kept, 0),
    ]));
    (text, blocks)
}

/// Deletes after one question.
pub fn delete_button(kept: &ReflectionScreen, nth: usize) -> Value {
    let delete = button("Delete", &Press::Delete { reflection: kept.reflection.clone() }, nth, Look::Danger);
    confirmed(
        delete,
        "Delete this reflection?",
        "It is removed for good and no report counts it any more.",
        "Delete",
        "Keep it",
    )
}

/// A check-in that was kept, as a message of its own.
pub fn kept_message(kept: &ReflectionScreen) -> Rendered {
    let (says, mut below) = kept_parts(kept);
    let mut blocks = vec![section("*Check-in*")];
    blocks.append(&mut below);
    Rendered { text: format!("Check-in. {says}"), blocks }
}

/// A message answered no open question.
pub fn offer_keep(source: &MessageTs) -> Rendered {
    let text = "No question is open just now. Keep this as a check-in?";
    let blocks = vec![
        paragraph(text),
        actions(vec![
            button("Keep", &Press::Keep { ts: source.clone(), nudge: None }, 0, Look::Primary),
            button("Don't keep", &Press::DontKeep { ts: source.clone() }, 0, Look::Usual),
        ]),
    ];
    Rendered { text: format!("{} Nothing is stored until you tap Keep.", escape(text)), blocks }
}
