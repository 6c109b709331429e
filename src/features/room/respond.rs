use super::Effect;
use crate::{
    coach::{ids::MemberId, screen::Form},
    interaction::{Ctx, Reply, ReplyTarget, Result},
};

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    Ok(match effect {
        Effect::Read { room } => target.show(Form::RoomRead { room, question: ctx.questions().room(room) }),
        Effect::Forgotten => target.show(room_form(ctx, &target.member).await?),
    })
}

/// The eight readings, with the last one that is stored.
pub(super) async fn room_form(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Form> {
    let last = ctx.tx.find_room_read(who).await?.map(|(room, _)| room);
    Ok(Form::Room { last })
}
