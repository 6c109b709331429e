//! Everything about oneself: exported, or erased. An operator can do both for a member who asks;
//! the member is then told.
//!
//! Forgetting has three steps. One transaction erases every row and leaves jobs that delete our
//! messages by channel and timestamp. The worker empties the write-ahead log. Then a last row, which
//! holds nothing but whom to tell, says *erased* and is deleted itself.

use super::{App, AppError, Done, dispatch::Outcome, feedback, once::Did, outgoing::FileOut};
use crate::{
    coach::{
        ids::{MemberId, MessageRef, TeamId},
        member::Member,
        month::Month,
        screen::Notice,
    },
    report::{
        Report, archive,
        own_data::{MemberExport, OwnPiece, OwnRound},
    },
    store::{Erased, ErasedWorkspace, Job, JobKind, MessagePart, NewOutbox, OutKind, Tx},
};

/// The subject of the row that says *erased*; what a member asked for themselves.
const ERASED: &str = "erased";
/// The same, asked for through the operator.
const ERASED_BY_OPERATOR: &str = "erased-by-operator";
/// The operator looked at a report; the month follows.
const READ_BY_OPERATOR: &str = "read-by-operator:";
/// The subject of an export that the operator made.
pub(super) const EXPORT_BY_OPERATOR: &str = "operator";

/// The file that an export comes in.
const EXPORT_NAME: &str = "leadlens-export.zip";

/// The notice that a row's subject stands for.
pub(super) fn notice_of(subject: &str) -> Option<Notice> {
    match subject {
        ERASED => Some(Notice::Erased { by_operator: false, messages_deleted: false }),
        ERASED_BY_OPERATOR => Some(Notice::Erased { by_operator: true, messages_deleted: false }),
        _ if subject.starts_with("feedback-") => feedback::notice_of(subject),
        _ => {
            let month = subject.strip_prefix(READ_BY_OPERATOR)?.parse().ok()?;
            Some(Notice::ReadByOperator { month })
        }
    }
}

/// Whether a notice may be said only when nothing is left in the write-ahead log, and leaves no row.
pub(super) fn is_last_word(kind: OutKind, subject: &str) -> bool {
    kind == OutKind::Notice && matches!(subject, ERASED | ERASED_BY_OPERATOR)
}

impl App {
    pub(super) async fn request_export(&self, tx: &mut Tx, member: &Member) -> Done<Outcome> {
        let (id, who) = (self.env.row_id(), member.id.clone());
        tx.enqueue(NewOutbox::for_member(id, who, OutKind::Export, "", self.env.now())).await?;
        Ok(Did::ExportQueued.into())
    }

    /// Erases the member who confirmed it. Repeated, there is nothing left to erase.
    pub(super) async fn forget_confirmed(&self, tx: &mut Tx, who: &MemberId) -> Done<Outcome> {
        self.erase(tx, who, ERASED).await?;
        Ok(Did::Erasing.into())
    }

    async fn erase(&self, tx: &mut Tx, who: &MemberId, told: &str) -> Done<Erased> {
        let now = self.env.now();
        self.take_rounds_back(tx, who).await?;
        let erased = tx.erase_member(who).await?;
        for message in &erased.messages {
            self.delete_in_slack(tx, &who.team, message).await?;
        }
        for file in &erased.files {
            self.delete_file_in_slack(tx, &who.team, file).await?;
        }
        let row = NewOutbox::for_member(self.env.row_id(), who.clone(), OutKind::Notice, told, now);
        tx.enqueue(row.once(format!("erased:{who}"))).await?;
        Ok(erased)
    }

    /// Queues the deletion of a message of ours. The job names nobody.
    pub(super) async fn delete_in_slack(&self, tx: &mut Tx, team: &TeamId, at: &MessageRef) -> Done<()> {
        let mut job = self.deletion(team, JobKind::DeleteMessage);
        (job.channel, job.ts) = (Some(at.channel.clone()), Some(at.ts.clone()));
        tx.enqueue_job(&job, Some(&format!("delete:{}:{}", at.channel, at.ts))).await?;
        Ok(())
    }

    /// Queues the deletion of a file of ours. The job names nobody.
    pub(super) async fn delete_file_in_slack(&self, tx: &mut Tx, team: &TeamId, file: &str) -> Done<()> {
        let mut job = self.deletion(team, JobKind::DeleteFile);
        job.subject = Some(file.to_owned());
        tx.enqueue_job(&job, Some(&format!("delete-file:{file}"))).await?;
        Ok(())
    }

    fn deletion(&self, team: &TeamId, kind: JobKind) -> Job {
        Job {
            id: self.env.row_id(),
            team: team.clone(),
            member: None,
            kind,
            channel: None,
            ts: None,
            subject: None,
            due_at: self.env.now(),
            attempts: 0,
        }
    }

    /// Everything about a member, as it is kept now.
    pub(super) async fn own_data(&self, tx: &mut Tx, member: &Member) -> Done<MemberExport> {
        let reflections = tx.reflections_of(&member.id).await?;
        let nudges = tx.nudges_of(&member.id).await?;
        let acts = tx.acts_of(&member.id).await?;
        let mut own = MemberExport::of(member, &reflections, &nudges, self.env.now())
            .with_acts(&acts)
            .with_room(tx.find_room_read(&member.id).await?)
            .with_audits(&tx.audits_of(&member.id).await?)
            .with_plans(&tx.plans_of(&member.id).await?)
            .with_consent(tx.find_llm_consent(&member.id).await?);
        for reflection in &mut own.reflections {
            let pieces = tx.message_parts_of(&reflection.id).await?;
            reflection.pieces = pieces.into_iter().map(own_piece).collect();
        }
        for plan in &mut own.plans {
            let pieces = tx.outcome_parts_of(&plan.id).await?;
            plan.pieces = pieces.into_iter().map(own_piece).collect();
        }
        for round in tx.rounds_of(&member.id).await? {
            let comments = tx.feedback_comments(&round.id).await?;
            own.feedback_rounds.push(OwnRound::of(&round, comments));
        }
        own.asked_in_rounds = tx.rounds_asking(&member.id).await?;
        own.feedback_opted_out = tx.is_opted_out_of_feedback(&member.id).await?;
        Ok(own)
    }

    /// Everything about a member as one file, written when it is sent.
    pub(super) async fn export_file(&self, tx: &mut Tx, member: &Member) -> Done<FileOut> {
        let own = self.own_data(tx, member).await?;
        Ok(FileOut {
            name: EXPORT_NAME.to_owned(),
            title: "Everything LeadLens keeps about you".to_owned(),
            alt: None,
            bytes: archive::pack(&own).map_err(|_| AppError::Export)?,
        })
    }

    /// A month's report for an operator who serves a member's request; the member is told.
    ///
    /// # Errors
    /// [`AppError::UnknownMember`]; the store's.
    pub async fn report_for_operator(&self, who: &MemberId, month: Month) -> Done<Report> {
        let (app, who) = (self.clone(), who.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let member = tx.find_member(&who).await?.ok_or(AppError::UnknownMember)?;
                    let (id, told) = (app.env.row_id(), format!("{READ_BY_OPERATOR}{month}"));
                    let row = NewOutbox::for_member(id, who, OutKind::Notice, told, app.env.now());
                    tx.enqueue(row).await?;
                    app.load_report(tx, &member, month).await
                })
            })
            .await
    }

    /// Everything about a member, for an operator who serves the member's request; the member is
    /// told, with the same as a file.
    ///
    /// # Errors
    /// [`AppError::UnknownMember`]; the store's.
    pub async fn export_for_operator(&self, who: &MemberId) -> Done<MemberExport> {
        let (app, who) = (self.clone(), who.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let member = tx.find_member(&who).await?.ok_or(AppError::UnknownMember)?;
                    let id = app.env.row_id();
                    let row =
                        NewOutbox::for_member(id, who, OutKind::Export, EXPORT_BY_OPERATOR, app.env.now());
                    tx.enqueue(row).await?;
                    app.own_data(tx, &member).await
                })
            })
            .await
    }

    /// Erases a member for an operator who serves their request, the write-ahead log included; the
    /// member is told.
    ///
    /// # Errors
    /// [`AppError::UnknownMember`]; the store's.
    pub async fn forget_for_operator(&self, who: &MemberId) -> Done<Erased> {
        let (app, who) = (self.clone(), who.clone());
        let erased = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    tx.find_member(&who).await?.ok_or(AppError::UnknownMember)?;
                    app.erase(tx, &who, ERASED_BY_OPERATOR).await
                })
            })
            .await?;
        self.store.scrub().await?;
        self.wake.notify_one();
        Ok(erased)
    }

    /// Erases a workspace at once, the write-ahead log included. Nobody can be told: its token goes
    /// with it.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget_workspace(&self, team: &TeamId) -> Done<ErasedWorkspace> {
        let team = team.clone();
        let erased = self
            .store
            .write(move |tx| Box::pin(async move { Ok::<_, AppError>(tx.erase_workspace(&team).await?) }))
            .await?;
        self.store.scrub().await?;
        Ok(erased)
    }
}

fn own_piece(piece: MessagePart) -> OwnPiece {
    let MessageRef { channel, ts } = piece.message;
    OwnPiece { channel, ts, words: piece.text, posted_at: piece.at }
}
