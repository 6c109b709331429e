//! Reading the room: eight buttons, then the hat that the room needs and one question for it.

use super::blocks::{Look, actions, button, context, divider, modal, paragraph};
use crate::coach::{
    hat::Hat,
    room::Room,
    screen::{FormState, Press},
};
use serde_json::Value;
use strum::VariantArray as _;

/// The eight readings, in two rows of four that say nothing of a hat.
pub fn form(last: Option<Room>) -> Value {
    let mut blocks = vec![paragraph("How does the room read to you, right now?")];
    let button_of = |(nth, room): (usize, &Room)| {
        button(room.short_label(), &Press::ReadRoom { room: *room }, nth, Look::Usual)
    };
    let buttons: Vec<Value> = Room::VARIANTS.iter().enumerate().map(button_of).collect();
    blocks.extend(buttons.chunks(4).map(|row| actions(row.to_vec())));
    if let Some(room) = last {
        blocks.push(divider());
        blocks.push(context(&format!("You last read it as: {}.", room.label())));
        blocks.push(actions(vec![button("Forget that", &Press::ForgetRoom, 0, Look::Usual)]));
    }
    modal(&FormState::Room, "Read the room", None, "Close", blocks)
}

/// The answer.
pub fn read(room: Room, question: Option<&str>) -> Value {
    let needs = match room.needs() {
        Hat::Leader => "That room asks for the leader hat: what and why.",
        Hat::Manager => "That room asks for the manager hat: how and when.",
    };
    let mut blocks = vec![context(room.label()), paragraph(needs)];
    blocks.extend(question.map(paragraph));
    blocks.push(actions(vec![
        button("Check in", &Press::CheckinInRoom { room }, 0, Look::Primary),
        button("Read it again", &Press::Room, 0, Look::Usual),
        button("Forget that", &Press::ForgetRoom, 0, Look::Usual),
    ]));
    blocks.push(context(
        "Remembered until you read it again, so that your next question fits. It counts nowhere.",
    ));
    modal(&FormState::Room, "Read the room", None, "Close", blocks)
}
