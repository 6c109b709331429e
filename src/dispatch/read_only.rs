//! What a member only looks at: the usage, and a new check-in form. It changes nothing and is made without
//! the database, so it waits for no commit and stores no key. A redelivery is answered again; Slack refuses
//! a trigger that was used before. The history changes nothing either: a search reads every reflection of a
//! member, so it is made beside the writers.

use super::{Action, Event, Submission};
use crate::{
    coach::{
        command::{self, Command},
        member::BackOff,
        member_text::MemberText,
        reflection::CheckinFields,
        screen::CommandError,
    },
    features::{checkin, history, onboarding},
    interaction::{AppState, Outcome, Reply, ReplyTarget, Result},
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

/// What of the history an event asks to see.
enum Asked {
    Page(history::Action),
    Search(MemberText),
}

/// The reply to an event that shows the history of a member who is known and active, and `None` for every
/// other, which goes the way of a change.
///
/// # Errors
/// The store's.
pub(super) async fn history_reply(state: &AppState, event: &Event) -> Result<Option<Reply>> {
    let Some((asked, target)) = history_asked(event) else { return Ok(None) };
    let target = target.clone();
    let read = state.read(move |ctx| {
        Box::pin(async move {
            let found = ctx.tx.find_member(&target.member).await?;
            let Some(member) =
                found.filter(|it| it.back_off == BackOff::default() && it.unreachable.is_none())
            else {
                return Ok(None);
            };
            match asked {
                Asked::Search(text) => history::search(ctx, &member, text, &target).await.map(Some),
                Asked::Page(action) => match history::handle(ctx, member, action, &target).await? {
                    Outcome::Unchanged(reply) => Ok(Some(*reply)),
                    Outcome::Changed(_) | Outcome::ChangedWithReply(..) => Ok(None),
                },
            }
        })
    });
    read.await
}

fn history_asked(event: &Event) -> Option<(Asked, &ReplyTarget)> {
    if let Event::BlockAction { action: Action::History(action), target } = event {
        let only_looks = !matches!(action, history::Action::Delete { .. });
        return only_looks.then(|| (Asked::Page(action.clone()), target));
    }
    if let Event::ViewSubmission { submission: Submission::History(form), target } = event {
        return Some((Asked::Search(form.text.clone()), target));
    }
    if let Event::SlashCommand { text, target } = event
        && let Ok(Command::History { search }) = command::parse(text.reveal(), Date::ZERO)
    {
        let asked = search.map_or(Asked::Page(history::Action::Open { page: 0 }), Asked::Search);
        return Some((asked, target));
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
