use super::Effect;
use crate::{
    coach::{
        hat::Practice,
        member::Zone,
        screen::{Form, Notice, PracticeEntry, PracticesForm},
    },
    interaction::{Ctx, Reply, ReplyTarget, Result, steps::member::next_nudge_of},
};
use strum::VariantArray as _;

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let who = &target.member;
    let notice = match effect {
        Effect::Stored => {
            let next = next_nudge_of(ctx, who).await?;
            let zone = ctx.tx.find_member(who).await?.map_or_else(Zone::utc, |member| member.zone);
            Notice::ScheduleKept { next, zone: zone.is_known().then(|| zone.name().to_owned()) }
        }
        Effect::Paused => {
            let pause = ctx.tx.find_member(who).await?.and_then(|member| member.pause);
            Notice::Paused { until_on: pause.and_then(|pause| pause.until_on) }
        }
        Effect::Focused => {
            let focus = ctx.tx.find_member(who).await?.and_then(|member| member.focus);
            return Ok(target.with_home(target.show(practices(ctx, focus))));
        }
        Effect::Resumed => Notice::Resumed { next: next_nudge_of(ctx, who).await? },
    };
    Ok(target.with_home(target.notice(notice)))
}

/// The nine practices, each with its sentence.
pub(super) fn practices(ctx: &Ctx<'_>, focus: Option<Practice>) -> Form {
    let entry =
        |practice: &Practice| PracticeEntry { practice: *practice, about: ctx.questions().about(*practice) };
    Form::Practices(PracticesForm { practices: Practice::VARIANTS.iter().map(entry).collect(), focus })
}
