use super::{Action, Effect};
use crate::{
    coach::{member::Member, month::Month, screen::Notice},
    interaction::{Ctx, Outcome, ReplyTarget, Result},
    store::{NewOutbox, OutboxPayload},
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let Action::Request { month } = action;
    let now = ctx.now();
    if month > Month::containing(member.local_date(now)) {
        return Outcome::unchanged(target.with_home(target.notice(Notice::UnknownButton)));
    }
    let payload = OutboxPayload::Report { month, scheduled: false };
    ctx.tx.enqueue(NewOutbox::for_member(ctx.new_id(), member.id, payload, now)).await?;
    Outcome::changed(Effect::Queued { month })
}
