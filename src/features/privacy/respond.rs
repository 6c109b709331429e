use super::Effect;
use crate::{
    coach::screen::Notice,
    interaction::{Ctx, Reply, ReplyTarget, Result, steps},
};

/// Slack's scopes without which no export comes.
const SCOPES: [&str; 2] = ["files:write", "chat:write"];

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let notice = match effect {
        Effect::ExportQueued
            if steps::workspace::takes_nothing(ctx, &target.member.team, &SCOPES).await? =>
        {
            Notice::ComesLater
        }
        Effect::ExportQueued => Notice::ExportComing,
        Effect::Erasing => Notice::Erasing,
    };
    Ok(target.with_home(target.notice(notice)))
}
