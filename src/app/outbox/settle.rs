//! What became of a row that was carried to Slack, or was refused: settled in one unit of work. Composing
//! it is `compose`'s.

use crate::{
    app::{
        App, AppError, Done,
        outgoing::{Delivery, Stops},
        privacy,
    },
    coach::{
        conversation::NudgeEvent,
        ids::{MemberId, MessageRef, RowId},
        member::Member,
        nudge::SkipReason,
    },
    store::{OutKind, OutboxRow, Tx, Workspace},
};
use jiff::Timestamp;
use strum::VariantArray as _;

impl App {
    /// Takes in what became of a row.
    ///
    /// # Errors
    /// The store's; the row then comes back in doubt when its lease is over.
    pub async fn settle(&self, row: &OutboxRow, delivery: Delivery) -> Done<()> {
        let (app, row) = (self.clone(), row.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let now = app.env.now();
                    match delivery {
                        Delivery::Sent { channel: _, message, files } => {
                            app.settle_sent(tx, &row, message, files).await?;
                        }
                        Delivery::Retry { at, code } => {
                            tx.postpone(&row.id, at, &code, now).await?;
                        }
                        Delivery::InDoubt { at, .. } => {
                            tx.mark_in_doubt(&row.id, at, now).await?;
                        }
                        Delivery::Permanent { code, stops } => {
                            app.settle_refused(tx, &row, &code, stops).await?;
                        }
                    }
                    Ok::<_, AppError>(())
                })
            })
            .await
    }

    async fn settle_sent(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        message: Option<MessageRef>,
        files: Vec<String>,
    ) -> Done<()> {
        let now = self.env.now();
        if privacy::is_last_word(row.kind, &row.subject) {
            tx.delete_outbox(&row.id).await?;
            return Ok(());
        }
        if !tx.mark_sent(&row.id, message.as_ref(), &files, now).await? {
            return self.unsend(tx, row, message, &files).await;
        }
        let Some(who) = &row.member else { return Ok(()) };
        let Some(mut member) = tx.find_member(who).await? else { return Ok(()) };
        if let Some(message) = message.as_ref().filter(|message| member.dm.as_ref() != Some(&message.channel))
        {
            member.dm = Some(message.channel.clone());
            tx.save_member(&member).await?;
        }
        match row.kind {
            OutKind::Nudge => self.nudge_sent(tx, row, member, message, now).await?,
            OutKind::Plan => self.plan_asked(tx, who, &row.subject, message).await?,
            OutKind::GoOn => {
                member.back_off = member.back_off.after_asked_to_go_on();
                tx.save_member(&member).await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn nudge_sent(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        mut member: Member,
        message: Option<MessageRef>,
        now: Timestamp,
    ) -> Done<()> {
        let Ok(id) = RowId::parse(&row.subject) else { return Ok(()) };
        let Some(mut nudge) = tx.find_nudge(&member.id, &id).await? else { return Ok(()) };
        if self.happen(tx, &mut member, &mut nudge, NudgeEvent::Sent).await?.is_ok() {
            nudge.sent_at = Some(now);
            nudge.message = message;
            tx.save_nudge(&nudge).await?;
        }
        Ok(())
    }

    /// Slack has something whose row was erased or settled meanwhile: it is deleted again. A change
    /// of a message has nothing of its own to delete.
    async fn unsend(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        message: Option<MessageRef>,
        files: &[String],
    ) -> Done<()> {
        let gone = tx.find_outbox(&row.id).await?.is_none();
        let changes = matches!(row.kind, OutKind::Update | OutKind::Kept);
        if let Some(message) = message.filter(|_| gone && !changes) {
            self.delete_in_slack(tx, &row.team, &message).await?;
        }
        for file in files.iter().filter(|_| gone) {
            self.delete_file_in_slack(tx, &row.team, file).await?;
        }
        Ok(())
    }

    /// Slack will never take it: that is counted, and what depends on it stops.
    async fn settle_refused(&self, tx: &mut Tx, row: &OutboxRow, code: &str, stops: Stops) -> Done<()> {
        let now = self.env.now();
        tracing::warn!(row = %row.id, kind = %row.kind, code, "Slack refused it for good");
        if privacy::is_last_word(row.kind, &row.subject) {
            tx.delete_outbox(&row.id).await?;
        } else {
            tx.mark_failed(&row.id, code, now).await?;
        }
        if let (Some(who), OutKind::FeedbackAsk) = (&row.member, row.kind) {
            self.question_refused(tx, who, &row.subject).await?;
        }
        if let (Some(who), OutKind::Nudge) = (&row.member, row.kind) {
            self.nudge_refused(tx, who, row).await?;
        }
        match (stops, &row.member) {
            (Stops::Message, _) | (Stops::Member, None) => {}
            (Stops::Member, Some(who)) => {
                tx.set_unreachable(who, Some(code)).await?;
                if let Some(mut member) = tx.find_member(who).await? {
                    self.let_waiting_go(tx, &mut member, SkipReason::Unreachable).await?;
                }
                tx.cancel_member_rows(who, OutKind::VARIANTS).await?;
            }
            (Stops::Workspace, _) => {
                if !tx.set_workspace_unreachable(&row.team, Some(code)).await? {
                    let mut workspace = Workspace::installed(row.team.clone(), "");
                    workspace.unreachable = Some(code.to_owned());
                    tx.save_workspace(&workspace).await?;
                }
                tx.cancel_team_rows(&row.team).await?;
            }
        }
        Ok(())
    }

    async fn nudge_refused(&self, tx: &mut Tx, who: &MemberId, row: &OutboxRow) -> Done<()> {
        let (Some(mut member), Ok(id)) = (tx.find_member(who).await?, RowId::parse(&row.subject)) else {
            return Ok(());
        };
        if let Some(mut nudge) = tx.find_nudge(who, &id).await? {
            let event = NudgeEvent::LetGo { why: SkipReason::Unreachable };
            let _late = self.happen(tx, &mut member, &mut nudge, event).await?;
        }
        Ok(())
    }
}
