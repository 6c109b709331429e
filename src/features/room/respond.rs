use super::Effect;
use crate::{
    coach::{ids::MemberId, member::Zone, room::RoomReading, screen::Form},
    interaction::{Ctx, Reply, ReplyTarget, Result},
};

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    Ok(match effect {
        Effect::Read { room } => target.show(Form::RoomRead { room, question: ctx.questions().room(room) }),
        Effect::Forgotten => target.show(room_form(ctx, &target.member).await?),
    })
}

/// The readings, with the last one that is stored.
pub(super) async fn room_form(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Form> {
    let Some((room, read_at)) = ctx.tx.find_room_read(who).await? else {
        return Ok(Form::Room { last: None });
    };
    let zone = ctx.tx.find_member(who).await?.map_or_else(Zone::utc, |member| member.zone);
    Ok(Form::Room { last: Some(RoomReading { room, read_on: zone.local(read_at).date() }) })
}
