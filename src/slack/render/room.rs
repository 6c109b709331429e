//! *Read the room*: nine buttons and a way out, then what the reading suggests and one question for it.

use super::{
    blocks::{actions, button, context, divider, modal, paragraph, primary_button},
    dates::date,
};
use crate::coach::{
    hat::Hat,
    room::{Room, RoomReading},
    screen::FormState,
};
use crate::features::{checkin, room};
use slack_morphism::blocks::{SlackBlockButtonElement, SlackView};
use strum::VariantArray as _;

/// The readings, in rows that do not group them by hat. The way out stands beside the last.
pub(super) fn form(last: Option<RoomReading>) -> SlackView {
    let mut blocks = vec![paragraph("How is your team doing right now?")];
    let button_of =
        |(nth, room): (usize, &Room)| button(short_label(*room), room::Action::Read { room: *room }, nth);
    let mut buttons: Vec<SlackBlockButtonElement> =
        Room::VARIANTS.iter().enumerate().map(button_of).collect();
    buttons.push(button("Something else", checkin::Action::Open, 0));
    blocks.extend(buttons.chunks(4).map(|row| actions(row.to_vec())));
    if let Some(RoomReading { room, read_on }) = last {
        blocks.push(divider());
        blocks.push(context(&format!("On {} you read it as: {}.", date(read_on), label(room))));
        blocks.push(actions([button("Forget that", room::Action::Forget, 0)]));
    }
    modal(&FormState::Room, "Read the room", None, "Close", blocks)
}

/// What the reading suggests, and does not instruct.
pub(super) fn read(room: Room, question: Option<&str>) -> SlackView {
    let suggests = match room.needs() {
        Some(Hat::Leader) => "Your reading suggests the leader hat: what and why.",
        Some(Hat::Manager) => "Your reading suggests the manager hat: how and when.",
        None => "Your reading suggests neither hat more than the other.",
    };
    let mut blocks = vec![context(label(room)), paragraph(suggests)];
    blocks.extend(question.map(paragraph));
    blocks.push(actions([
        primary_button("Check in", checkin::Action::OpenInRoom { room }, 0),
        button("Read it again", room::Action::Open, 0),
        button("Forget that", room::Action::Forget, 0),
    ]));
    blocks.push(context(
        "I remember this for a week, so that my questions fit. It is not counted in your report.",
    ));
    modal(&FormState::Room, "Read the room", None, "Close", blocks)
}

/// The label of a room's button, at most 30 characters.
pub(super) fn short_label(room: Room) -> &'static str {
    match room {
        Room::Confused => "Confused",
        Room::Directionless => "Without direction",
        Room::LowSpirit => "Low in spirit",
        Room::CrisisBegins => "A crisis begins",
        Room::Disorganised => "Inspired, disorganised",
        Room::MissingDeadlines => "Missing deadlines",
        Room::UnsureOfPriorities => "Unsure what comes first",
        Room::PastThePanic => "Past the panic",
        Room::GoingWell => "Going well",
    }
}

/// The label of a room's option in a form, at most 75 characters (Slack's limit for an option).
pub(super) fn label(room: Room) -> &'static str {
    match room {
        Room::Confused => "Confused: what is this for?",
        Room::Directionless => "Without direction",
        Room::LowSpirit => "Low in spirit",
        Room::CrisisBegins => "In the first hours of a crisis",
        Room::Disorganised => "Inspired but disorganised",
        Room::MissingDeadlines => "Missing deadlines",
        Room::UnsureOfPriorities => "Unsure of today's priorities",
        Room::PastThePanic => "Past the panic, needs to execute",
        Room::GoingWell => "Going well",
    }
}
