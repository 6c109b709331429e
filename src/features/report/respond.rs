use super::Effect;
use crate::{
    coach::screen::Notice,
    interaction::{Ctx, Reply, ReplyTarget, Result},
};

#[allow(clippy::unused_async, reason = "every feature's respond has the same signature")]
pub async fn respond(_ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let Effect::Queued { month } = effect;
    Ok(target.with_home(target.notice(Notice::ReportComing { month })))
}
