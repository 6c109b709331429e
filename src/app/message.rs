//! What a member writes in the DM. A reply is an answer where one is open; anything else is offered
//! to be kept, and stored on the tap alone. Each Slack message that went into a reflection is one of
//! its pieces, so that editing or deleting it in Slack reaches the reflection.

use super::{App, AppError, Done, dispatch::Outcome, once::Did};
use crate::{
    coach::{
        care::Concern,
        conversation::{self, NudgeEvent, PostedIn, Recent, Route, Standing},
        ids::{ChannelId, MemberId, MessageRef, MessageTs, RowId, TeamId},
        member::Member,
        member_text::MemberText,
        nudge::{Nudge, NudgeState},
        reflection::{Origin, Reflection, STANDING_QUESTION},
    },
    store::{Job, JobKind, MessagePart, NewOutbox, OutKind, Tx},
};
use jiff::Timestamp;

/// The subject of the row that says that a message was not kept.
pub(super) const NOT_KEPT: &str = "not-kept";

impl App {
    pub(super) async fn message_posted(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        message: &MessageRef,
        thread: Option<&MessageTs>,
        text: &MemberText,
    ) -> Done<Outcome> {
        let mut member = self.meet(tx, who).await?;
        if member.dm.as_ref() != Some(&message.channel) {
            member.dm = Some(message.channel.clone());
            tx.save_member(&member).await?;
        }
        if text.is_blank() || tx.find_message_part(&who.team, message).await?.is_some() {
            return Ok(Did::Nothing.into());
        }
        if let Some(ts) = thread
            && self.concern(&[text]).is_none()
        {
            let parent = MessageRef { channel: message.channel.clone(), ts: ts.clone() };
            if self.reply_to_plan(tx, who, &parent, message, text).await? {
                return Ok(Did::Nothing.into());
            }
        }
        let posted = self.posted_in(tx, who, &message.channel, thread).await?;
        let recent = self.recent(tx, who).await?;
        let route = conversation::route(&posted, &recent, self.env.now());
        if let Some(concern) = self.concern(&[text]) {
            let nudge = match &route {
                Route::ToNudge(nudge) => Some(nudge.clone()),
                Route::ToReflection(_) | Route::OfferKeep => None,
            };
            self.offer_care(tx, who, message, concern, nudge.as_ref()).await?;
            return Ok(Did::Nothing.into());
        }
        let kept = match &route {
            Route::ToNudge(nudge) => {
                self.answer_nudge(tx, &mut member, nudge, message, text).await?.is_some()
            }
            Route::ToReflection(id) => self.append(tx, &mut member, id, message, text).await?,
            Route::OfferKeep => false,
        };
        if !kept {
            let (id, ts) = (self.env.row_id(), message.ts.as_str());
            let row = NewOutbox::for_member(id, who.clone(), OutKind::Offer, ts, self.env.now());
            tx.enqueue(row.at(message.clone()).once(format!("offer:{}:{ts}", message.channel))).await?;
        }
        Ok(Did::Nothing.into())
    }

    async fn posted_in(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        channel: &ChannelId,
        thread: Option<&MessageTs>,
    ) -> Done<PostedIn> {
        let Some(ts) = thread else { return Ok(PostedIn::Open) };
        let parent = MessageRef { channel: channel.clone(), ts: ts.clone() };
        let nudge = tx.nudge_by_message(&who.team, &parent).await?.filter(|nudge| &nudge.member == who);
        let Some(nudge) = nudge else { return Ok(PostedIn::OtherThread) };
        let answered = tx.reflection_of_nudge(who, &nudge.id).await?.is_some();
        Ok(PostedIn::ThreadOf { standing: Standing::of(nudge.state, answered), nudge: nudge.id })
    }

    async fn recent(&self, tx: &mut Tx, who: &MemberId) -> Done<Recent> {
        let now = self.env.now();
        let before = |within| now.saturating_sub(within).unwrap_or(now);
        let open = tx.newest_open_nudge(who, before(conversation::ANSWER_WITHIN)).await?;
        let mut last_reply = tx.newest_message_part(who, before(conversation::APPEND_WITHIN)).await?;
        if let (Some((reflection, at)), Some(open)) = (&last_reply, &open)
            && self.was_in_a_thread(tx, who, reflection, *at, open).await?
        {
            last_reply = None;
        }
        let open_question = open.and_then(|nudge| Some((nudge.id, nudge.sent_at?)));
        Ok(Recent { open_question, last_reply })
    }

    /// A reply outside a thread answers the newest open question. One that did not, although the
    /// question was there, stood in the thread of an older one.
    async fn was_in_a_thread(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        reflection: &RowId,
        at: Timestamp,
        open: &Nudge,
    ) -> Done<bool> {
        let Some(reflection) = tx.find_reflection(who, reflection).await? else { return Ok(false) };
        let Some(answered) = reflection.nudge else { return Ok(false) };
        let answered = tx.find_nudge(who, &answered).await?.and_then(|nudge| nudge.sent_at);
        Ok(match (answered, open.sent_at) {
            (Some(answered), Some(open)) => answered < open && open <= at,
            _ => false,
        })
    }

    /// A message becomes the answer of an open nudge, or continues the answer it has. `None`: the
    /// nudge takes no answer any more.
    async fn answer_nudge(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        id: &RowId,
        message: &MessageRef,
        text: &MemberText,
    ) -> Done<Option<RowId>> {
        let Some(mut nudge) = tx.find_nudge(&member.id, id).await? else { return Ok(None) };
        if nudge.state == NudgeState::Answered {
            let Some(reflection) = tx.reflection_of_nudge(&member.id, id).await? else { return Ok(None) };
            let appended = self.append(tx, member, &reflection.id, message, text).await?;
            return Ok(appended.then_some(reflection.id));
        }
        if self.happen(tx, member, &mut nudge, NudgeEvent::Replied).await?.is_err() {
            return Ok(None);
        }
        let mut reflection = self.new_reflection(member, nudge.question.clone(), self.env.now());
        reflection.origin = Origin::Nudge;
        (reflection.nudge, reflection.prompt) = (Some(nudge.id), Some(nudge.prompt));
        self.keep_message_as(tx, member, reflection, message, text).await.map(Some)
    }

    async fn keep_message_as(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        mut reflection: Reflection,
        message: &MessageRef,
        text: &MemberText,
    ) -> Done<RowId> {
        reflection.answer = text.clone();
        reflection.counted = self.is_counted(&reflection);
        self.keep_reflection(tx, member, &reflection).await?;
        tx.add_message_part(&reflection.id, message, text, self.env.now()).await?;
        Ok(reflection.id)
    }

    /// Adds a message to a reflection. False: the reflection is not there any more.
    async fn append(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        id: &RowId,
        message: &MessageRef,
        text: &MemberText,
    ) -> Done<bool> {
        let now = self.env.now();
        let Some(reflection) = tx.find_reflection(&member.id, id).await? else { return Ok(false) };
        if tx.message_parts_of(id).await?.is_empty() {
            // The first part came by the form: it is a piece too, standing where the question stands.
            let nudge = match &reflection.nudge {
                Some(nudge) => tx.find_nudge(&member.id, nudge).await?,
                None => None,
            };
            let Some(question) = nudge.and_then(|nudge| nudge.message) else { return Ok(false) };
            tx.add_message_part(id, &question, &reflection.answer, now).await?;
        }
        tx.add_message_part(id, message, text, now).await?;
        self.rejoin(tx, member, reflection).await?;
        Ok(true)
    }

    /// Puts a reflection's answer together from its pieces again, after one of them changed. When
    /// nothing is left of it, the reflection goes.
    async fn rejoin(&self, tx: &mut Tx, member: &mut Member, mut reflection: Reflection) -> Done<()> {
        let answer = joined(&tx.message_parts_of(&reflection.id).await?);
        if answer.is_blank() {
            return self.delete_reflection(tx, member, &reflection).await;
        }
        if answer == reflection.answer {
            return Ok(());
        }
        reflection.answer = answer;
        self.count_anew(&mut reflection, true);
        reflection.edited_at = Some(self.env.now());
        tx.save_reflection(&reflection).await?;
        self.reflection_changed(tx, member, &reflection).await
    }

    /// After an answer was edited in a form: its first piece holds all of it, so that a later edit
    /// of a message in Slack starts from what the member sees.
    pub(super) async fn rewrite_pieces(&self, tx: &mut Tx, reflection: &Reflection) -> Done<()> {
        for (nth, piece) in tx.message_parts_of(&reflection.id).await?.iter().enumerate() {
            let text = if nth == 0 { reflection.answer.clone() } else { MemberText::default() };
            tx.edit_message_part(&piece.message, &text).await?;
        }
        Ok(())
    }

    pub(super) async fn message_edited(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        message: &MessageRef,
        text: &MemberText,
    ) -> Done<Outcome> {
        let found = tx.find_message_part(&who.team, message).await?.filter(|(owner, _)| owner == who);
        let Some((_, id)) = found else {
            self.outcome_reply_edited(tx, who, message, text).await?;
            return Ok(Did::Nothing.into());
        };
        let mut member = self.meet(tx, who).await?;
        let Some(reflection) = tx.find_reflection(who, &id).await? else { return Ok(Did::Nothing.into()) };
        // Who kept such words once has been shown where to turn; asking at every edit would nag.
        match self.concern(&[text]).filter(|_| reflection.counted) {
            Some(concern) => self.offer_care(tx, who, message, concern, None).await?,
            None => {
                tx.edit_message_part(message, text).await?;
                self.rejoin(tx, &mut member, reflection).await?;
            }
        }
        Ok(Did::Nothing.into())
    }

    /// The same for a message that says what came of a plan.
    async fn outcome_reply_edited(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        message: &MessageRef,
        text: &MemberText,
    ) -> Done<()> {
        let found = tx.find_outcome_part(&who.team, message).await?.filter(|(owner, _)| owner == who);
        let Some((_, plan)) = found else { return Ok(()) };
        let plan = tx.find_plan(who, &plan).await?;
        let kept_before = plan.is_some_and(|plan| self.concern(&[&plan.outcome]).is_some());
        match self.concern(&[text]).filter(|_| !kept_before) {
            Some(concern) => self.offer_care(tx, who, message, concern, None).await,
            None => self.outcome_edited(tx, who, message, text).await.map(drop),
        }
    }

    pub(super) async fn message_deleted(
        &self,
        tx: &mut Tx,
        team: &TeamId,
        message: &MessageRef,
    ) -> Done<Outcome> {
        let Some((who, id)) = tx.find_message_part(team, message).await? else {
            self.outcome_deleted(tx, team, message).await?;
            return Ok(Did::Nothing.into());
        };
        let mut member = self.meet(tx, &who).await?;
        if let Some(reflection) = tx.find_reflection(&who, &id).await? {
            tx.delete_message_part(message).await?;
            self.rejoin(tx, &mut member, reflection).await?;
        }
        Ok(Did::Nothing.into())
    }

    /// Points to people, below the message. Nothing of it is stored before *Keep*.
    async fn offer_care(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        message: &MessageRef,
        concern: Concern,
        nudge: Option<&RowId>,
    ) -> Done<()> {
        let nudge = nudge.map(|id| format!(":{id}")).unwrap_or_default();
        let subject = format!("{concern}:{}{nudge}", message.ts);
        let row =
            NewOutbox::for_member(self.env.row_id(), who.clone(), OutKind::Care, subject, self.env.now());
        tx.enqueue(row.at(message.clone())).await?;
        Ok(())
    }

    /// *Keep*: the text is read from Slack afterwards, by the worker.
    pub(super) async fn keep_tapped(
        &self,
        tx: &mut Tx,
        member: &Member,
        at: Option<&MessageRef>,
        ts: &MessageTs,
        nudge: Option<&RowId>,
    ) -> Done<Outcome> {
        let Some(offer) = at else { return Ok(Did::UnknownButton.into()) };
        let nudge = nudge.map(|id| format!(":{id}")).unwrap_or_default();
        let job = Job {
            id: self.env.row_id(),
            team: member.id.team.clone(),
            member: Some(member.id.clone()),
            kind: JobKind::KeepMessage,
            channel: Some(offer.channel.clone()),
            ts: Some(ts.clone()),
            subject: Some(format!("{}{nudge}", offer.ts)),
            due_at: self.env.now(),
            attempts: 0,
        };
        let key = format!("keep:{}:{ts}", offer.channel);
        Ok(if tx.enqueue_job(&job, Some(&key)).await? { Did::WillKeep(ts.clone()) } else { Did::AlreadyDone }
            .into())
    }

    pub(super) async fn dont_keep_tapped(
        &self,
        tx: &mut Tx,
        member: &Member,
        at: Option<&MessageRef>,
        ts: &MessageTs,
    ) -> Done<Outcome> {
        let Some(offer) = at else { return Ok(Did::UnknownButton.into()) };
        let source = MessageRef { channel: offer.channel.clone(), ts: ts.clone() };
        if let Some((who, id)) = tx.find_message_part(&member.id.team, &source).await?
            && tx.sent_message(&who, OutKind::Kept, id.as_str()).await?.as_ref() == Some(offer)
        {
            return Ok(Did::AlreadyDone.into());
        }
        self.redraw(tx, &member.id, offer.clone(), NOT_KEPT.to_owned()).await?;
        Ok(Did::Nothing.into())
    }

    /// Keeps the message of a job, whose text was just read; `None`: the member deleted it.
    ///
    /// # Errors
    /// The store's.
    pub async fn keep_message(&self, job: &Job, text: Option<MemberText>) -> Done<()> {
        let (app, job) = (self.clone(), job.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    // False: it was kept already, or the member is forgotten meanwhile.
                    if tx.finish_job(&job.id).await? {
                        app.keep_read(tx, &job, text.filter(|text| !text.is_blank())).await?;
                    }
                    Ok::<_, AppError>(())
                })
            })
            .await?;
        self.wake.notify_one();
        Ok(())
    }

    async fn keep_read(&self, tx: &mut Tx, job: &Job, text: Option<MemberText>) -> Done<()> {
        let Some(keep) = KeepJob::read(job) else { return Ok(()) };
        let Some(mut member) = tx.find_member(&keep.who).await? else { return Ok(()) };
        let Some(text) = text else {
            return self.redraw(tx, &member.id, keep.offer, NOT_KEPT.to_owned()).await;
        };
        if let Some(plan) = self.outcome_edited(tx, &keep.who, &keep.source, &text).await? {
            return self.redraw(tx, &member.id, keep.offer, format!("plan:{plan}")).await;
        }
        let known = tx.find_message_part(&keep.who.team, &keep.source).await?;
        let id = match (known, &keep.nudge) {
            (Some((_, id)), _) => {
                let reflection = tx.find_reflection(&keep.who, &id).await?;
                tx.edit_message_part(&keep.source, &text).await?;
                if let Some(reflection) = reflection {
                    self.rejoin(tx, &mut member, reflection).await?;
                }
                id
            }
            (None, Some(nudge)) => {
                match self.answer_nudge(tx, &mut member, nudge, &keep.source, &text).await? {
                    Some(id) => id,
                    None => self.keep_as_checkin(tx, &mut member, &keep.source, &text).await?,
                }
            }
            (None, None) => self.keep_as_checkin(tx, &mut member, &keep.source, &text).await?,
        };
        let row =
            NewOutbox::for_member(self.env.row_id(), keep.who, OutKind::Kept, id.as_str(), self.env.now());
        tx.enqueue(row.at(keep.offer)).await?;
        Ok(())
    }

    async fn keep_as_checkin(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        source: &MessageRef,
        text: &MemberText,
    ) -> Done<RowId> {
        let reflection = self.new_reflection(member, STANDING_QUESTION.to_owned(), self.env.now());
        self.keep_message_as(tx, member, reflection, source, text).await
    }
}

/// What a job that keeps a message says.
struct KeepJob {
    who: MemberId,
    source: MessageRef,
    offer: MessageRef,
    nudge: Option<RowId>,
}

impl KeepJob {
    fn read(job: &Job) -> Option<Self> {
        let (who, channel) = (job.member.clone()?, job.channel.clone()?);
        let subject = job.subject.as_deref()?;
        let (offer, nudge) = match subject.split_once(':') {
            Some((offer, nudge)) => (offer, Some(RowId::parse(nudge).ok()?)),
            None => (subject, None),
        };
        let offer = MessageRef { channel: channel.clone(), ts: MessageTs::parse(offer).ok()? };
        Some(Self { who, source: MessageRef { channel, ts: job.ts.clone()? }, offer, nudge })
    }
}

/// The pieces of what was written, each on a line of its own.
pub(super) fn joined(pieces: &[MessagePart]) -> MemberText {
    let texts: Vec<&str> =
        pieces.iter().filter(|piece| !piece.text.is_blank()).map(|piece| piece.text.reveal()).collect();
    MemberText::new(texts.join("\n"))
}
