//! An export, back into a database: all of it in one unit of work, or nothing. What is there already
//! stays as it is, so that importing twice doubles nothing and never undoes what was written since.

use super::{App, AppError, Done};
use crate::{
    coach::{
        ids::{MemberId, RowId},
        member::Member,
        nudge::NudgeState,
        plan::PlanState,
    },
    report::own_data::{MemberExport, OwnReflection},
    store::{NewOutbox, OutKind, Tx},
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
    fn is_new(&mut self, inserted: bool, own: bool) -> Done<bool> {
        match (inserted, own) {
            (true, _) => Ok(true),
            (false, true) => {
                self.known += 1;
                Ok(false)
            }
            (false, false) => Err(AppError::SomebodyElses),
        }
    }
}

impl App {
    /// Brings an export into the database, as the member that it names or as `who`.
    ///
    /// # Errors
    /// [`AppError::Unusable`], [`AppError::SomebodyElses`]; the store's. Then nothing was imported.
    pub async fn import(&self, export: MemberExport, who: Option<MemberId>) -> Done<Imported> {
        let export = match who {
            Some(who) => export.moved_to(who),
            None => export,
        };
        let app = self.clone();
        self.store.write(move |tx| Box::pin(async move { app.import_all(tx, &export).await })).await
    }

    async fn import_all(&self, tx: &mut Tx, export: &MemberExport) -> Done<Imported> {
        let member = export.member.restore()?;
        let who = &member.id;
        let mut imported = Imported { new_member: tx.insert_member(&member).await?, ..Imported::default() };
        if imported.new_member && export.feedback_opted_out {
            tx.opt_out_of_feedback(who).await?;
        }
        self.import_nudges(tx, who, export, &mut imported).await?;
        for reflection in &export.reflections {
            let inserted = tx.insert_reflection(&reflection.restore(who)).await?;
            let own = inserted || tx.find_reflection(who, &reflection.id).await?.is_some();
            if imported.is_new(inserted, own)? {
                imported.reflections += 1;
                import_pieces(tx, who, reflection).await?;
            }
        }
        for act in &export.acts {
            let inserted = tx.insert_act(&act.restore(who)).await?;
            let own = inserted || tx.find_act(who, &act.id).await?.is_some();
            imported.acts += usize::from(imported.is_new(inserted, own)?);
        }
        self.import_plans(tx, &member, export, &mut imported).await?;
        import_audits(tx, who, export, &mut imported).await?;
        self.import_rounds(tx, who, export, &mut imported).await?;
        Ok(imported)
    }

    async fn import_nudges(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        export: &MemberExport,
        imported: &mut Imported,
    ) -> Done<()> {
        for nudge in &export.nudges {
            let nudge = nudge.restore(who);
            let inserted = tx.insert_nudge(&nudge).await?;
            let own = inserted || tx.find_nudge(who, &nudge.id).await?.is_some();
            if imported.is_new(inserted, own)? {
                imported.nudges += 1;
                if nudge.state == NudgeState::Waiting {
                    self.queue_imported(tx, who, &nudge.id).await?;
                }
            }
        }
        Ok(())
    }

    /// A plan whose time is to come is asked about then. One whose time has passed meanwhile stays open and
    /// nobody is asked about it out of season.
    async fn import_plans(
        &self,
        tx: &mut Tx,
        member: &Member,
        export: &MemberExport,
        imported: &mut Imported,
    ) -> Done<()> {
        for own in &export.plans {
            let mut plan = own.restore(&member.id, self.env.row_id())?;
            let inserted = tx.insert_plan(&plan).await?;
            let is_own = inserted || tx.find_plan(&member.id, &plan.id).await?.is_some();
            if !imported.is_new(inserted, is_own)? {
                continue;
            }
            imported.plans += 1;
            if plan.state == PlanState::Open && plan.follow_up_at > self.env.now() {
                self.queue_follow_up(tx, member, &mut plan).await?;
                tx.save_plan(&plan).await?;
            }
            for piece in &own.pieces {
                if !tx.add_outcome_part(&plan.id, &piece.message(), &piece.words, piece.posted_at).await? {
                    return Err(AppError::SomebodyElses);
                }
            }
        }
        Ok(())
    }

    /// Only closed rounds come back, as their asker was shown them: the counts, and the comments with new
    /// random ids. A round that ran when it was exported is its people's as well and is not begun again.
    async fn import_rounds(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        export: &MemberExport,
        imported: &mut Imported,
    ) -> Done<()> {
        for own in &export.feedback_rounds {
            let Some((round, closed_on, outcome)) = own.restore(who)? else { continue };
            let known = tx.find_round(&round.id).await?;
            let is_own = known.as_ref().is_none_or(|known| known.asker == *who);
            if imported.is_new(known.is_none(), is_own)? {
                imported.rounds += 1;
                tx.insert_round(&round, &[]).await?;
                let ids = self.comment_ids(outcome.as_ref());
                tx.close_round(&round.id, closed_on, outcome.as_ref(), &ids).await?;
            }
        }
        Ok(())
    }

    /// A nudge that waited when it was exported waits here too; whether it is still to be sent is
    /// decided when its time has come, as for every other.
    async fn queue_imported(&self, tx: &mut Tx, who: &MemberId, nudge: &RowId) -> Done<()> {
        let (id, now) = (self.env.row_id(), self.env.now());
        tx.enqueue(NewOutbox::for_member(id, who.clone(), OutKind::Nudge, nudge.as_str(), now)).await?;
        Ok(())
    }
}

async fn import_pieces(tx: &mut Tx, who: &MemberId, reflection: &OwnReflection) -> Done<()> {
    for piece in &reflection.pieces {
        let message = piece.message();
        if !tx.add_message_part(&reflection.id, &message, &piece.words, piece.posted_at).await?
            && tx.find_message_part(&who.team, &message).await?.is_none_or(|(owner, _)| owner != *who)
        {
            return Err(AppError::SomebodyElses);
        }
    }
    Ok(())
}

async fn import_audits(
    tx: &mut Tx,
    who: &MemberId,
    export: &MemberExport,
    imported: &mut Imported,
) -> Done<()> {
    for audit in &export.audits {
        let audit = audit.restore(who)?;
        if tx.find_audit(who, &audit.id).await?.is_some() {
            imported.known += 1;
            continue;
        }
        tx.save_audit(&audit).await?;
        let is_there = tx.find_audit(who, &audit.id).await?.is_some();
        imported.audits += usize::from(imported.is_new(is_there, is_there)?);
    }
    let known = tx.find_room_read(who).await?;
    match &export.room_read {
        Some(read) if known.is_none() => tx.save_room_read(who, read.room, read.read_at).await?,
        Some(_) => imported.known += 1,
        None => {}
    }
    Ok(())
}
