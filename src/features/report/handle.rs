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
    let (month, payload) = match action {
        Action::Request { month } => (month, OutboxPayload::Report { month, scheduled: false }),
        Action::RequestFile { month, format } => (month, OutboxPayload::ReportFile { month, format }),
    };
    let now = ctx.now();
    if month > Month::containing(member.local_date(now)) {
        return Outcome::unchanged(target.with_home(target.notice(Notice::UnknownButton)));
    }
    ctx.tx.enqueue(NewOutbox::for_member(ctx.new_id(), member.id, payload, now)).await?;
    Outcome::changed(Effect::Queued { month })
}
