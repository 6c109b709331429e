use super::{Effect, LISTED};
use crate::{
    coach::{
        audit::{self, Audit},
        copy::CopyKey,
        hat::Hat,
        ids::{MemberId, RowId},
        screen::{AuditEntry, Form, FormState, Notice},
    },
    interaction::{Ctx, Origin, Priority, Reply, ReplyTarget, Result},
};

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let who = &target.member;
    Ok(match effect {
        Effect::Stored { audit } => {
            target.show(stored_form(ctx, who, &audit).await?).then_home(who, Priority::Background)
        }
        Effect::StoredQuietly => target.close().then_home(who, Priority::Background),
        Effect::CalendarQueued => target.with_home(target.notice(Notice::CalendarComing)),
        Effect::Deleted => {
            let reply = if let Origin::Modal(open) = &target.origin
                && open.state == FormState::Audits
            {
                target.show(list(ctx, who).await?)
            } else {
                target.notice(Notice::AuditDeleted)
            };
            reply.then_home(who, Priority::Background)
        }
        Effect::NotFound => target.with_home(target.notice(Notice::ItemGone)),
        Effect::AlreadyDone => target.with_home(target.notice(Notice::AlreadyDone)),
    })
}

async fn stored_form(ctx: &mut Ctx<'_>, who: &MemberId, id: &RowId) -> Result<Form> {
    Ok(match ctx.tx.find_audit(who, id).await? {
        Some(audit) => {
            let outcome = audit::summarize(&audit.meetings);
            let question = outcome.rarer.map(|hat| ctx.text_for(offer_of(hat)));
            Form::AuditKept { audit: audit.id, outcome, question }
        }
        None => Form::Notice(Notice::AuditDeleted),
    })
}

/// The audits, newest first.
pub(super) async fn list(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Form> {
    let audits = ctx.tx.audits_of(who).await?;
    let entry = |audit: Audit| AuditEntry {
        outcome: audit.kept.then(|| audit::summarize(&audit.meetings)),
        audit: audit.id,
        local_on: audit.local_on,
    };
    Ok(Form::Audits(audits.into_iter().rev().take(LISTED).map(entry).collect()))
}

/// The question that offers an experiment with the rarer hat.
fn offer_of(rarer: Hat) -> CopyKey {
    match rarer {
        Hat::Leader => CopyKey::AuditLeader,
        Hat::Manager => CopyKey::AuditManager,
    }
}
