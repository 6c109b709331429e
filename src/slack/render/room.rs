//! *Read the room*: eight buttons, then the hat that the room needs and one question for it.

use super::blocks::{actions, button, context, divider, modal, paragraph, primary_button};
use crate::coach::{hat::Hat, room::Room, screen::FormState};
use crate::features::{checkin, room};
use slack_morphism::blocks::{SlackBlockButtonElement, SlackView};
use strum::VariantArray as _;

/// The eight readings, in two rows of four that do not group them by hat.
pub(super) fn form(last: Option<Room>) -> SlackView {
    let mut blocks = vec![paragraph("How does the room read to you, right now?")];
    let button_of =
        |(nth, room): (usize, &Room)| button(room.short_label(), room::Action::Read { room: *room }, nth);
    let buttons: Vec<SlackBlockButtonElement> = Room::VARIANTS.iter().enumerate().map(button_of).collect();
    blocks.extend(buttons.chunks(4).map(|row| actions(row.to_vec())));
    if let Some(room) = last {
        blocks.push(divider());
        blocks.push(context(&format!("You last read it as: {}.", room.label())));
        blocks.push(actions([button("Forget that", room::Action::Forget, 0)]));
    }
    modal(&FormState::Room, "Read the room", None, "Close", blocks)
}

/// The hat that the room needs.
pub(super) fn read(room: Room, question: Option<&str>) -> SlackView {
    let needs = match room.needs() {
        Hat::Leader => "That room asks for the leader hat: what and why.",
        Hat::Manager => "That room asks for the manager hat: how and when.",
    };
    let mut blocks = vec![context(room.label()), paragraph(needs)];
    blocks.extend(question.map(paragraph));
    blocks.push(actions([
        primary_button("Check in", checkin::Action::OpenInRoom { room }, 0),
        button("Read it again", room::Action::Open, 0),
        button("Forget that", room::Action::Forget, 0),
    ]));
    blocks.push(context(
        "Remembered until you read it again, so that your next question fits. It counts nowhere.",
    ));
    modal(&FormState::Room, "Read the room", None, "Close", blocks)
}
