//! An export, back into a database: all of it in one transaction, or nothing. What exists already stays as
//! it is, so that importing twice doubles nothing and never undoes what was written since.

use crate::{
    coach::{
        ids::{MemberId, RowId},
        look_back::LookBack,
        member::Member,
        nudge::NudgeState,
        plan::PlanState,
    },
    interaction::{AppState, Ctx, InteractionError, Result, steps},
    report::member_export::{ExportedReflection, MemberExport},
    store::{NewOutbox, OutboxPayload},
};

/// What an import brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// The member was not known before.
    pub new_member: bool,
    /// Reflections that were not there.
    pub reflections: usize,
    /// Nudges that were not there.
    pub nudges: usize,
    /// Questions given back that were not there.
    pub acts: usize,
    /// Plans and experiments that were not there.
    pub plans: usize,
    /// Audits that were not there.
    pub audits: usize,
    /// Closed feedback rounds that were not there.
    pub rounds: usize,
    /// Everything that was there already and stayed as it is.
    pub known: usize,
}

impl Imported {
    /// Whether an entry is new. What is known stays as it is, and must be the member's own.
    fn is_new(&mut self, inserted: bool, own: bool) -> Result<bool> {
        match (inserted, own) {
            (true, _) => Ok(true),
            (false, true) => {
                self.known += 1;
                Ok(false)
            }
            (false, false) => Err(InteractionError::AnotherMembers),
        }
    }
}

/// Brings an export into the database, as the member that it names or as `who`.
///
/// # Errors
/// [`InteractionError::InvalidExport`], [`InteractionError::AnotherMembers`]; the store's. Then nothing was
/// imported.
pub async fn import(state: &AppState, export: MemberExport, who: Option<MemberId>) -> Result<Imported> {
    let export = match who {
        Some(who) => export.reassigned_to(who),
        None => export,
    };
    state.write(move |ctx| Box::pin(async move { import_all(ctx, &export).await })).await
}

async fn import_all(ctx: &mut Ctx<'_>, export: &MemberExport) -> Result<Imported> {
    let member = export.member.restore()?;
    let who = &member.id;
    let mut imported = Imported { new_member: ctx.tx.insert_member(&member).await?, ..Imported::default() };
    if imported.new_member && export.feedback_opted_out {
        ctx.tx.opt_out_of_feedback(who).await?;
    }
    import_nudges(ctx, who, export, &mut imported).await?;
    for reflection in &export.reflections {
        let inserted = ctx.tx.insert_reflection(&reflection.restore(who)).await?;
        let own = inserted || ctx.tx.find_reflection(who, &reflection.id).await?.is_some();
        if imported.is_new(inserted, own)? {
            imported.reflections += 1;
            import_pieces(ctx, who, reflection).await?;
        }
    }
    for look_back in export.look_backs.iter().map(LookBack::from) {
        // It belongs to a reflection that is not in the file, or its nudge belongs to another one here.
        if ctx.tx.find_reflection(who, &look_back.reflection).await?.is_some()
            && ctx.tx.look_back_of_reflection(who, &look_back.reflection).await?.is_none()
        {
            ctx.tx.save_look_back(who, &look_back).await?;
        }
    }
    for act in &export.acts {
        let inserted = ctx.tx.insert_act(&act.restore(who)).await?;
        let own = inserted || ctx.tx.find_act(who, &act.id).await?.is_some();
        imported.acts += usize::from(imported.is_new(inserted, own)?);
    }
    import_plans(ctx, &member, export, &mut imported).await?;
    import_audits(ctx, who, export, &mut imported).await?;
    import_rounds(ctx, who, export, &mut imported).await?;
    Ok(imported)
}

async fn import_nudges(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    export: &MemberExport,
    imported: &mut Imported,
) -> Result<()> {
    for nudge in &export.nudges {
        let nudge = nudge.restore(who);
        let inserted = ctx.tx.insert_nudge(&nudge).await?;
        let own = inserted || ctx.tx.find_nudge(who, &nudge.id).await?.is_some();
        if imported.is_new(inserted, own)? {
            imported.nudges += 1;
            if nudge.state == NudgeState::Waiting {
                queue_imported(ctx, who, &nudge.id).await?;
            }
        }
    }
    Ok(())
}

/// Queues the follow-up of a plan if its time is still to come. If the time has passed, the plan stays open
/// and no follow-up is sent.
async fn import_plans(
    ctx: &mut Ctx<'_>,
    member: &Member,
    export: &MemberExport,
    imported: &mut Imported,
) -> Result<()> {
    for own in &export.plans {
        let mut plan = own.restore(&member.id, ctx.new_id())?;
        let inserted = ctx.tx.insert_plan(&plan).await?;
        let is_own = inserted || ctx.tx.find_plan(&member.id, &plan.id).await?.is_some();
        if !imported.is_new(inserted, is_own)? {
            continue;
        }
        imported.plans += 1;
        if plan.state == PlanState::Open && plan.follow_up_at > ctx.now() {
            steps::plan::queue_follow_up(ctx, member, &mut plan).await?;
            ctx.tx.save_plan(&plan).await?;
        }
        for piece in &own.pieces {
            if !ctx.tx.add_outcome_part(&plan.id, &piece.message(), &piece.words, piece.posted_at).await? {
                return Err(InteractionError::AnotherMembers);
            }
        }
    }
    Ok(())
}

/// Only closed rounds come back, as their asker was shown them: the counts, and the comments with new
/// random ids. A round that was open when it was exported is not opened again, because it also belongs to
/// the people who were asked.
async fn import_rounds(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    export: &MemberExport,
    imported: &mut Imported,
) -> Result<()> {
    for own in &export.feedback_rounds {
        let Some((round, closed_on, outcome)) = own.restore(who)? else { continue };
        let known = ctx.tx.find_round(&round.id).await?;
        let is_own = known.as_ref().is_none_or(|known| known.asker == *who);
        if imported.is_new(known.is_none(), is_own)? {
            imported.rounds += 1;
            ctx.tx.insert_round(&round, &[]).await?;
            let ids = steps::feedback::comment_ids(ctx, outcome.as_ref());
            ctx.tx.close_round(&round.id, closed_on, outcome.as_ref(), &ids).await?;
        }
    }
    Ok(())
}

/// A nudge that waited when it was exported waits here too; whether it is still to be sent is
/// decided when its time has come, as for every other.
async fn queue_imported(ctx: &mut Ctx<'_>, who: &MemberId, nudge: &RowId) -> Result<()> {
    let (id, now) = (ctx.new_id(), ctx.now());
    ctx.tx
        .enqueue(NewOutbox::for_member(id, who.clone(), OutboxPayload::Nudge { nudge: nudge.clone() }, now))
        .await?;
    Ok(())
}

async fn import_pieces(ctx: &mut Ctx<'_>, who: &MemberId, reflection: &ExportedReflection) -> Result<()> {
    for piece in &reflection.pieces {
        let message = piece.message();
        if !ctx.tx.add_message_part(&reflection.id, &message, &piece.words, piece.posted_at).await?
            && ctx.tx.find_message_part(&who.team, &message).await?.is_none_or(|(owner, _)| owner != *who)
        {
            return Err(InteractionError::AnotherMembers);
        }
    }
    Ok(())
}

async fn import_audits(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    export: &MemberExport,
    imported: &mut Imported,
) -> Result<()> {
    for audit in &export.audits {
        let audit = audit.restore(who)?;
        if ctx.tx.find_audit(who, &audit.id).await?.is_some() {
            imported.known += 1;
            continue;
        }
        ctx.tx.save_audit(&audit).await?;
        let is_there = ctx.tx.find_audit(who, &audit.id).await?.is_some();
        imported.audits += usize::from(imported.is_new(is_there, is_there)?);
    }
    let known = ctx.tx.find_room_read(who).await?;
    match &export.room_read {
        Some(read) if known.is_none() => ctx.tx.save_room_read(who, read.room, read.read_at).await?,
        Some(_) => imported.known += 1,
        None => {}
    }
    Ok(())
}
