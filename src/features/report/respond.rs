use super::Effect;
use crate::{
    coach::screen::Notice,
    interaction::{Ctx, Reply, ReplyTarget, Result, steps},
};

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let Effect::Queued { month } = effect;
    let waits = steps::workspace::takes_nothing(ctx, &target.member.team, &["chat:write"]).await?;
    let notice = if waits { Notice::ComesLater } else { Notice::ReportComing { month } };
    Ok(target.with_home(target.notice(notice)))
}
