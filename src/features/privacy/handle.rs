use super::{Action, Effect, ForgetConfirmed, erase::erase};
use crate::{
    coach::{ids::MemberId, member::Member, screen::Form},
    interaction::{Ctx, Outcome, ReplyTarget, Result},
    store::{NewOutbox, OutboxPayload},
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match action {
        Action::Export => {
            let payload = OutboxPayload::Export { by_operator: false };
            let row = NewOutbox::for_member(ctx.new_id(), member.id, payload, ctx.now());
            ctx.tx.enqueue(row).await?;
            Outcome::changed(Effect::ExportQueued)
        }
        Action::AskToForget => {
            let counts = ctx.tx.member_counts(&member.id).await?;
            let (reflections, nudges) = (counts.reflections, counts.nudges);
            Outcome::unchanged(target.show(Form::Forget { reflections, nudges }))
        }
    }
}

/// Erases the member who confirmed it. Repeated, there is nothing left to erase. The member is not loaded
/// first: that would create them again.
pub async fn submit(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    confirmed: ForgetConfirmed,
) -> Result<Outcome<Effect>> {
    let ForgetConfirmed = confirmed;
    erase(ctx, who, false).await?;
    Outcome::changed(Effect::Erasing)
}
