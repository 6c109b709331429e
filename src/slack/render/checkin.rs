//! The check-in: its form, the follow-up that repeats the member's own words, how a kept reflection
//! looks, and the offer to keep a message as one.

use super::{
    Rendered,
    blocks::{actions, button, context, is_cut, modal, paragraph, primary_button, quote, section},
    dates::date,
    escape::{escape, escape_cut},
    inputs::{choice, optional, radio_buttons, required, select, text_input},
    lens_result, llm_follow_up,
    privacy::WHO_SEES_IT,
    room,
};
use crate::features::{checkin, direct_message, history};
use crate::{
    coach::{
        hat::Hats,
        ids::MessageTs,
        lens_result::LensScreen,
        member_text::MemberText,
        reflection::{CheckinFields, STANDING_QUESTION},
        room::Room,
        screen::{Field, FormState, LlmDisclosure, ReflectionScreen},
    },
    slack::payload::NONE_OPTION,
};
use slack_morphism::blocks::{SlackBlock, SlackBlockButtonElement, SlackInputBlock, SlackView};
use strum::VariantArray as _;

/// How the form and the screens name the four values of a hat.
pub(super) fn hat_label(hats: Hats) -> &'static str {
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

/// The inputs of a check-in. A care form shows them again with the words still in them.
pub(super) fn inputs(question: Option<&str>, fields: &CheckinFields) -> Vec<SlackBlock> {
    let rooms = std::iter::once(choice(NONE_OPTION, "Not now"))
        .chain(Room::VARIANTS.iter().map(|room| choice(room.into_str(), room::label(*room))))
        .collect();
    let hats = Hats::ALL.into_iter().map(|hats| choice(hats.as_str(), hat_label(hats))).collect();
    let situation = text_input(Field::Situation, &fields.situation, "A sentence is enough");
    let room = select(Field::Room, rooms, fields.room.map(|room| room.into_str()));
    let answer = text_input(Field::Answer, &fields.answer, "In your own words");
    let hat = radio_buttons(Field::Hat, hats, fields.hat.map(Hats::as_str));
    let mut inputs = vec![
        optional(Field::Situation, "What is in front of you?", situation),
        optional(Field::Room, "Read the room", room),
        required(Field::Answer, question.unwrap_or(STANDING_QUESTION), answer),
        required(Field::Hat, "Which hat is that?", hat),
    ];
    inputs.extend(
        fields
            .follow_up
            .as_ref()
            .map(|it| follow_up_input(&it.question, &it.answer, "You may leave it blank")),
    );
    inputs.into_iter().map(SlackBlock::from).collect()
}

fn follow_up_input(question: &str, answer: &MemberText, placeholder: &str) -> SlackInputBlock {
    let element = text_input(Field::FollowUpAnswer, answer, placeholder);
    optional(Field::FollowUpAnswer, question, element)
}

/// The first step.
pub(super) fn form(state: &FormState, question: Option<&str>, fields: &CheckinFields) -> SlackView {
    let editing = matches!(state, FormState::EditReflection { .. });
    let title = if editing { "Edit" } else { "Check in" };
    let mut blocks = inputs(question, fields);
    blocks.push(context(WHO_SEES_IT));
    modal(state, title, Some("Keep"), "Cancel", blocks)
}

/// The second step: the member's words first, then one question.
pub(super) fn follow_up(
    state: &FormState,
    kept: &ReflectionScreen,
    question: &str,
    answer: &MemberText,
    model: Option<&LlmDisclosure>,
) -> SlackView {
    let mut blocks = vec![paragraph("Kept. You wrote:")];
    if !kept.situation.is_blank() {
        blocks.push(quote(&kept.situation));
    }
    blocks.push(quote(&kept.answer));
    if let Some(hats) = kept.hat_said {
        blocks.push(context(&format!("You ticked: {}.", hat_label(hats))));
    }
    blocks.extend(lens_result::beside(kept.hat_said, &kept.lens).map(|says| context(&says)));
    blocks.push(follow_up_input(question, answer, "Or stop here: the check-in is kept").into());
    blocks.extend(model.map(llm_follow_up::below).unwrap_or_default());
    modal(state, "One more question", Some("Keep"), "Stop here", blocks)
}

/// The text and the blocks below a question once it is answered.
pub(super) fn kept_parts(kept: &ReflectionScreen) -> (String, Vec<SlackBlock>) {
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
    // Where the member named a hat, it does not help them that the lens could not tell.
    let is_news = kept.hat_said.is_none() || matches!(kept.lens, LensScreen::Hats { .. });
    if let Some(says) = lens_result::sentence(&kept.lens).filter(|_| is_news) {
        below.push_str(&format!(" {says}"));
        text.push_str(&format!(" {}", escape(&says)));
    }
    blocks.push(context(&below));
    if kept.hat_said.is_none() {
        text.push_str(" Which hat was that?");
        blocks.push(paragraph("Which hat was that?"));
        blocks.push(hat_buttons(kept));
    }
    blocks.push(actions([
        button("Edit", checkin::Action::Edit { reflection: kept.reflection.clone() }, 0),
        delete_button(kept, 0),
    ]));
    (text, blocks)
}

fn hat_buttons(kept: &ReflectionScreen) -> SlackBlock {
    actions(Hats::ALL.into_iter().enumerate().map(|(nth, hats)| {
        let action = checkin::Action::SayHat { reflection: kept.reflection.clone(), hats };
        button(hat_label(hats), action, nth)
    }))
}

/// *Delete* of a reflection, which asks first.
pub(super) fn delete_button(kept: &ReflectionScreen, nth: usize) -> SlackBlockButtonElement {
    super::blocks::delete_button(
        history::Action::Delete { reflection: kept.reflection.clone() },
        nth,
        "Delete this reflection?",
        "It is removed for good. Reports that I sent you here are changed so that they neither count nor quote it. A \
         message of yours stays in Slack until you delete it there, and an export that you have keeps it.",
    )
}

/// A check-in that was kept, as a message of its own.
pub(super) fn kept_message(kept: &ReflectionScreen) -> Rendered {
    let (says, mut below) = kept_parts(kept);
    let mut blocks = vec![section("*Check-in*")];
    blocks.append(&mut below);
    Rendered { text: format!("Check-in. {says}"), blocks }
}

/// The answer to a message that answered no open question.
pub(super) fn offer_keep(source: &MessageTs) -> Rendered {
    let text = "No question is open just now. Keep this as a check-in?";
    let blocks = vec![
        paragraph(text),
        actions([
            primary_button("Keep", direct_message::Action::Keep { ts: source.clone(), nudge: None }, 0),
            button("Don't keep", direct_message::Action::DontKeep { ts: source.clone() }, 0),
        ]),
    ];
    Rendered { text: format!("{} Nothing is stored until you tap Keep.", escape(text)), blocks }
}
