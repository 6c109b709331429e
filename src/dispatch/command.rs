//! From a slash command to the feature that owns it. A command and the button of the same meaning do the
//! same: most commands become the button's action.

use super::{Effect, handle_action};
use crate::{
    coach::{
        command::{self, Command},
        member_text::MemberText,
        reflection::CheckinFields,
        screen::Notice,
    },
    features::{
        audit, checkin, feedback, history, nudge, onboarding, plain_words, plan, privacy, report, room,
        schedule,
    },
    interaction::{Ctx, Outcome, ReplyTarget, Result, steps},
};

pub(super) async fn handle(
    ctx: &mut Ctx<'_>,
    text: &MemberText,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let member = steps::member::get_or_create_member(ctx, &target.member).await?;
    let today = member.local_date(ctx.now());
    let command = match command::parse(text.reveal(), today) {
        Ok(command) => command,
        Err(problem) => return Outcome::unchanged(onboarding::usage(target, Some(problem))),
    };
    let action = match command {
        Command::Checkin { situation } => {
            let fields = CheckinFields { situation, ..CheckinFields::default() };
            return Outcome::unchanged(checkin::open_form(target, fields));
        }
        Command::Nudge => nudge::Action::AskNow.into(),
        Command::Room => room::Action::Open.into(),
        Command::Audit => audit::Action::Open.into(),
        Command::Plan => plan::Action::Open { experiment: None }.into(),
        Command::Practices => schedule::Action::Practices.into(),
        Command::Schedule { ignored_words: false } => schedule::Action::Open.into(),
        Command::Schedule { ignored_words: true } => {
            return Outcome::unchanged(schedule::open_without_words(&member, target));
        }
        Command::Pause { until_on: None } => schedule::Action::OpenPause.into(),
        Command::Pause { until_on: Some(until_on) } => {
            let outcome = schedule::pause_until(ctx, member, until_on, target).await?;
            return Ok(outcome.map(Effect::Schedule));
        }
        Command::Resume => schedule::Action::Resume.into(),
        Command::Report { month: None } => {
            let month = steps::report::month_to_report(ctx, &member).await?;
            report::Action::Request { month }.into()
        }
        Command::Report { month: Some(month) } => {
            if steps::report::why_none(ctx, &member, month).await?.is_some() {
                return Outcome::unchanged(target.notice(Notice::NothingThatEarly { month }));
            }
            report::Action::Request { month }.into()
        }
        Command::History { search: None } => history::Action::Open { page: 0 }.into(),
        Command::History { search: Some(search) } => {
            return Outcome::unchanged(history::search(ctx, &member, search, target).await?);
        }
        Command::Feedback { people, unclear } => {
            let outcome = feedback::request(ctx, member, people, unclear, target).await?;
            return Ok(outcome.map(Effect::Feedback));
        }
        Command::Export => privacy::Action::Export.into(),
        Command::Forget => privacy::Action::AskToForget.into(),
        Command::Help => onboarding::Action::Help.into(),
        Command::Wish(wish) => {
            return Outcome::unchanged(plain_words::reply(ctx, &member, wish, target).await?);
        }
    };
    handle_action(ctx, member, action, target).await
}
