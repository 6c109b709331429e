//! What a member only looks at: the usage, and a new check-in form. It changes nothing and is made without
//! the database, so it waits for no commit and stores no key. A redelivery is answered again; Slack refuses
//! a trigger that was used before.

use super::{Action, Event};
use crate::{
    coach::{
        command::{self, Command},
        member_text::MemberText,
        reflection::CheckinFields,
        screen::CommandError,
    },
    features::{checkin, onboarding},
    interaction::{Reply, ReplyTarget},
};
use jiff::civil::Date;

/// The reply to an event that needs nothing from the database, and `None` for every other.
pub(super) fn reply(event: &Event) -> Option<Reply> {
    if let Event::SlashCommand { text, target } = event {
        return command_reply(text, target);
    }
    if let Event::CheckinShortcut { target }
    | Event::BlockAction { action: Action::Checkin(checkin::Action::Open), target } = event
    {
        return Some(checkin::open_form(target, CheckinFields::default()));
    }
    if let Event::BlockAction { action: Action::Onboarding(onboarding::Action::Help), target } = event {
        return Some(onboarding::usage(target, None));
    }
    None
}

fn command_reply(text: &MemberText, target: &ReplyTarget) -> Option<Reply> {
    // No command that is answered here has a date in it.
    match command::parse(text.reveal(), Date::ZERO) {
        Ok(Command::Checkin { situation }) => {
            let fields = CheckinFields { situation, ..CheckinFields::default() };
            Some(checkin::open_form(target, fields))
        }
        Ok(Command::Help) => Some(onboarding::usage(target, None)),
        Err(problem @ CommandError::UnknownCommand { .. }) => Some(onboarding::usage(target, Some(problem))),
        Ok(_) | Err(_) => None,
    }
}
