//! An export, back into a database: all of it in one unit of work, or nothing. What is there already
//! stays as it is, so that importing twice doubles nothing and never undoes what was written since.

use super::{App, AppError, Done};
use crate::{
    coach::{
        ids::{MemberId, MessageRef, RowId},
        nudge::NudgeState,
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
    /// Everything that was there already and stayed as it is.
    pub known: usize,
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
        // A round is its asker's and its people's together: it is read in the export, and not begun again.
        if imported.new_member && export.feedback_opted_out {
            tx.opt_out(who).await?;
        }
        for nudge in &export.nudges {
            let nudge = nudge.restore(who);
            if tx.insert_nudge(&nudge).await? {
                imported.nudges += 1;
                if nudge.state == NudgeState::Waiting {
                    self.queue_imported(tx, who, &nudge.id).await?;
                }
            } else if tx.find_nudge(who, &nudge.id).await?.is_some() {
                imported.known += 1;
            } else {
                return Err(AppError::SomebodyElses);
            }
        }
        for reflection in &export.reflections {
            if tx.insert_reflection(&reflection.restore(who)).await? {
                imported.reflections += 1;
                import_pieces(tx, who, reflection).await?;
            } else if tx.find_reflection(who, &reflection.id).await?.is_some() {
                imported.known += 1;
            } else {
                return Err(AppError::SomebodyElses);
            }
        }
        for act in &export.acts {
            if tx.insert_act(&act.restore(who)).await? {
                imported.acts += 1;
            } else if tx.find_act(who, &act.id).await?.is_some() {
                imported.known += 1;
            } else {
                return Err(AppError::SomebodyElses);
            }
        }
        Ok(imported)
    }

    /// A nudge that waited when it was exported waits here too; whether it is still to be sent is
    /// decided when its time has come, as for every other.
    async fn queue_imported(&self, tx: &mut Tx, who: &MemberId, nudge: &RowId) -> Done<()> {
        let (id, now) = (self.world.row_id(), self.world.now());
        tx.enqueue(NewOutbox::for_member(id, who.clone(), OutKind::Nudge, nudge.as_str(), now)).await?;
        Ok(())
    }
}

async fn import_pieces(tx: &mut Tx, who: &MemberId, reflection: &OwnReflection) -> Done<()> {
    for piece in &reflection.pieces {
        let message = MessageRef { channel: piece.channel.clone(), ts: piece.ts.clone() };
        if !tx.add_piece(&reflection.id, &message, &piece.words, piece.posted_at).await?
            && tx.find_piece(&who.team, &message).await?.is_none_or(|(owner, _)| owner != *who)
        {
            return Err(AppError::SomebodyElses);
        }
    }
    Ok(())
}
