use super::{Action, Effect, respond::room_form};
use crate::{
    coach::member::Member,
    interaction::{Ctx, Outcome, ReplyTarget, Result},
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match action {
        Action::Open => Outcome::unchanged(target.show(room_form(ctx, &member.id).await?)),
        Action::Read { room } => {
            let now = ctx.now();
            ctx.tx.save_room_read(&member.id, room, now).await?;
            Outcome::changed(Effect::Read { room })
        }
        Action::Forget => {
            ctx.tx.delete_room_read(&member.id).await?;
            Outcome::changed(Effect::Forgotten)
        }
    }
}
