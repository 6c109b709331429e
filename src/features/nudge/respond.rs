use super::Effect;
use crate::{
    coach::screen::Notice,
    interaction::{Ctx, Reply, ReplyTarget, Result, steps},
};

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let notice = match effect {
        // The message of the nudge shows it.
        Effect::Left | Effect::CameOfItStored => return Ok(target.with_home(Reply::done())),
        Effect::Queued
            if steps::workspace::takes_nothing(ctx, &target.member.team, &["chat:write"]).await? =>
        {
            Notice::NoQuestionNow
        }
        Effect::Queued => Notice::NudgeComing,
        Effect::GoesOn => Notice::GoesOn { next: steps::member::next_nudge_of(ctx, &target.member).await? },
        Effect::Stopped => Notice::NudgesStopped,
        Effect::AlreadyDone => Notice::AlreadyDone,
        Effect::UnknownNudge => Notice::UnknownButton,
    };
    Ok(target.with_home(target.notice(notice)))
}
