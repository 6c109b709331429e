//! The life of a nudge: planned when its slot comes, asked for, put off, skipped, answered. What an
//! event makes of it is `coach::conversation`'s to say; here it is carried out.
//!
//! A nudge and the outbox row that sends it share one id.

use super::{App, Done, dispatch::Outcome, incoming::Reply, once::Did, surface::Surface};
use crate::{
    coach::{
        cadence::{self, CatchUp},
        conversation::{self, Effect, NudgeEvent, Refused, Standing},
        ids::{MemberId, MessageRef, RowId},
        member::{Member, Presence},
        nudge::{self as rules, Decision, DueNudge, Nudge, NudgeState, SkipReason},
        reflection::CheckinFields,
        screen::{Form, FormState, Later, Notice},
    },
    store::{NewOutbox, OutKind, OutState, Tx},
};
use jiff::Timestamp;

/// How many due members one unit of work plans for: others wait for it on SQLite.
const PLAN_AT_ONCE: usize = 50;

impl App {
    /// One thing happens to a nudge, with everything that follows but the words of a reflection,
    /// which are the caller's. Refused: it comes too late or too early, and nothing was changed.
    pub(super) async fn happen(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        nudge: &mut Nudge,
        event: NudgeEvent,
    ) -> Done<Result<(), Refused>> {
        let answered = tx.reflection_of_nudge(&member.id, &nudge.id).await?.is_some();
        let from = Standing::of(nudge.state, answered);
        let (to, effects) = match conversation::step(from, event) {
            Ok(step) => step,
            Err(refused) => return Ok(Err(refused)),
        };
        if to.state() != nudge.state {
            if !tx.move_nudge(&nudge.id, nudge.state, to.state()).await? {
                return Ok(Err(Refused::AlreadyDone));
            }
            nudge.state = to.state();
        }
        for effect in effects {
            self.carry_out(tx, member, nudge, effect).await?;
        }
        Ok(Ok(()))
    }

    async fn carry_out(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        nudge: &mut Nudge,
        effect: Effect,
    ) -> Done<()> {
        let now = self.env.now();
        match effect {
            Effect::MoveSend { to } => {
                tx.postpone(&nudge.id, to, "postponed", now).await?;
            }
            Effect::KeepSkip { why } => {
                nudge.skip_reason = Some(why);
                tx.save_nudge(nudge).await?;
                tx.cancel(&nudge.id).await?;
            }
            Effect::CountSent => {
                member.back_off = member.back_off.after_nudge_sent();
                tx.save_member(member).await?;
            }
            Effect::AskAgain { at } => {
                let again = Nudge { id: self.env.row_id(), ..ask_again(nudge, at) };
                self.queue_nudge(tx, &again, at).await?;
            }
            Effect::Redraw => {
                if let Some(message) = nudge.message.clone() {
                    self.redraw(tx, &member.id, message, format!("nudge:{}", nudge.id)).await?;
                }
            }
            Effect::EndBackOff => {
                member.back_off = member.back_off.after_activity();
                tx.save_member(member).await?;
            }
            Effect::KeepReflection
            | Effect::AppendToReflection
            | Effect::SaveReflection
            | Effect::DeleteReflection => {}
        }
        Ok(())
    }

    /// A message of ours is to show what is true now.
    pub(super) async fn redraw(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        message: MessageRef,
        subject: String,
    ) -> Done<()> {
        let id = self.env.row_id();
        let row = NewOutbox::for_member(id, who.clone(), OutKind::Update, subject, self.env.now());
        tx.enqueue(row.at(message)).await?;
        Ok(())
    }

    async fn queue_nudge(&self, tx: &mut Tx, nudge: &Nudge, due_at: Timestamp) -> Done<()> {
        tx.insert_nudge(nudge).await?;
        let (id, who) = (nudge.id.clone(), nudge.member.clone());
        let row = NewOutbox::for_member(id, who, OutKind::Nudge, nudge.id.as_str(), self.env.now());
        tx.enqueue(row.due(due_at)).await?;
        Ok(())
    }

    /// A new question for a member, chosen now.
    async fn new_nudge(&self, tx: &mut Tx, member: &Member, slot_at: Timestamp) -> Done<Nudge> {
        let asked = self.choose_opening(tx, member, self.env.now()).await?;
        Ok(Nudge {
            id: self.env.row_id(),
            member: member.id.clone(),
            state: NudgeState::Waiting,
            prompt: asked.prompt,
            question: asked.question,
            reason: asked.reason,
            slot_at,
            asked_for: false,
            sent_at: None,
            message: None,
            skip_reason: None,
        })
    }

    /// A question now, unless one waits for an answer already.
    pub(super) async fn nudge_now(&self, tx: &mut Tx, member: &Member) -> Done<Outcome> {
        let now = self.env.now();
        let since = now.saturating_sub(conversation::ANSWER_WITHIN).unwrap_or(now);
        if tx.newest_open_nudge(&member.id, since).await?.is_some() {
            return Ok(Did::NudgeWaiting.into());
        }
        if let Some(waiting) = tx.waiting_nudge(&member.id).await?.filter(|nudge| nudge.slot_at <= now) {
            let row = tx.find_outbox(&waiting.id).await?;
            let under_way = |state| matches!(state, OutState::Waiting | OutState::Leased | OutState::InDoubt);
            if row.is_some_and(|row| row.due_at <= now && under_way(row.state)) {
                return Ok(Did::NudgeQueued.into());
            }
        }
        let nudge = Nudge { asked_for: true, ..self.new_nudge(tx, member, now).await? };
        self.queue_nudge(tx, &nudge, now).await?;
        Ok(Did::NudgeQueued.into())
    }

    /// *Reflect* opens its form while the question is open.
    pub(super) async fn reflect_tapped(&self, tx: &mut Tx, member: &Member, id: &RowId) -> Done<Outcome> {
        Ok(match tx.find_nudge(&member.id, id).await?.map(|nudge| nudge.state) {
            Some(NudgeState::Open) => Did::Opened,
            Some(_) => Did::AlreadyDone,
            None => Did::UnknownButton,
        }
        .into())
    }

    pub(super) async fn open_reflect(&self, tx: &mut Tx, surface: &Surface<'_>, id: &RowId) -> Done<Reply> {
        let Some(nudge) = tx.find_nudge(surface.who(), id).await? else {
            return Ok(surface.tell(Notice::UnknownButton));
        };
        let state = FormState::Checkin {
            nudge: Some(nudge.id),
            prompt: Some(nudge.prompt),
            care_acknowledged: false,
        };
        let fields = CheckinFields::default();
        Ok(surface.show(Form::Checkin { state, question: Some(nudge.question), fields }))
    }

    pub(super) async fn later_tapped(
        &self,
        tx: &mut Tx,
        member: Member,
        id: &RowId,
        when: Later,
    ) -> Done<Outcome> {
        let at = cadence::later_at(when, &member, self.env.now());
        self.leave_open(tx, member, id, NudgeEvent::LaterTapped { at }).await
    }

    pub(super) async fn skip_tapped(&self, tx: &mut Tx, member: Member, id: &RowId) -> Done<Outcome> {
        self.leave_open(tx, member, id, NudgeEvent::SkipTapped).await
    }

    async fn leave_open(
        &self,
        tx: &mut Tx,
        mut member: Member,
        id: &RowId,
        event: NudgeEvent,
    ) -> Done<Outcome> {
        let Some(mut nudge) = tx.find_nudge(&member.id, id).await? else {
            return Ok(Did::UnknownButton.into());
        };
        Ok(match self.happen(tx, &mut member, &mut nudge, event).await? {
            Ok(()) => Did::Nothing,
            Err(_) => Did::AlreadyDone,
        }
        .into())
    }

    pub(super) async fn why(&self, tx: &mut Tx, who: &MemberId, id: &RowId) -> Done<Notice> {
        Ok(match tx.find_nudge(who, id).await? {
            Some(nudge) => Notice::Why { reason: nudge.reason },
            None => Notice::UnknownButton,
        })
    }

    pub(super) async fn go_on(&self, tx: &mut Tx, member: Member) -> Done<Outcome> {
        // Meeting the member has ended back-off and planned the next slot already.
        tx.save_member(&member).await?;
        Ok(Did::GoesOn.into())
    }

    /// No more nudges until the member sets a cadence again.
    pub(super) async fn stop_nudges(&self, tx: &mut Tx, mut member: Member) -> Done<Outcome> {
        self.let_waiting_go(tx, &mut member, SkipReason::NoCadence).await?;
        member.cadence = None;
        member.next_slot_at = None;
        tx.save_member(&member).await?;
        Ok(Did::NudgesStopped.into())
    }

    /// Lets every nudge go that waits and that nobody has begun to send.
    pub(super) async fn let_waiting_go(&self, tx: &mut Tx, member: &mut Member, why: SkipReason) -> Done<()> {
        let waiting = tx.nudges_in_state(&member.id, NudgeState::Waiting).await?;
        for mut nudge in waiting {
            let row = tx.find_outbox(&nudge.id).await?;
            let settled = row.is_none_or(|row| !matches!(row.state, OutState::Waiting | OutState::Leased));
            if tx.cancel(&nudge.id).await? || settled {
                let _late = self.happen(tx, member, &mut nudge, NudgeEvent::LetGo { why }).await?;
            }
        }
        Ok(())
    }

    /// Plans nudges for members whose slot has come, and says how many members those were; called
    /// until it says none. After downtime one nudge is considered for each, and no more.
    pub async fn plan_due_nudges(&self) -> Done<usize> {
        let app = self.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let members = tx.members_due(app.env.now(), PLAN_AT_ONCE).await?;
                    let due = members.len();
                    for member in members {
                        app.plan_slot(tx, member).await?;
                    }
                    Ok(due)
                })
            })
            .await
    }

    async fn plan_slot(&self, tx: &mut Tx, mut member: Member) -> Done<()> {
        let now = self.env.now();
        let (Some(cadence), Some(due_at)) = (member.cadence.clone(), member.next_slot_at) else {
            member.next_slot_at = None;
            tx.save_member(&member).await?;
            return Ok(());
        };
        let CatchUp { slot_at, passed, next_at } = cadence::catch_up(&cadence, &member.zone, due_at, now);
        member.next_slot_at = next_at;
        member.back_off = member.back_off.after_slots_passed(passed);
        let decision = if self.is_reachable(tx, &member.id.team).await? {
            let last_sent_at = tx.last_nudge_sent_at(&member.id).await?;
            rules::decide(&member, DueNudge::from_cadence(slot_at, last_sent_at), &Presence::default(), now)
        } else {
            Decision::Skip(SkipReason::Unreachable)
        };
        match decision {
            Decision::Send => {
                let nudge = self.new_nudge(tx, &member, slot_at).await?;
                self.queue_nudge(tx, &nudge, slot_at).await?;
            }
            Decision::AskToGoOn => {
                let (id, who) = (self.env.row_id(), member.id.clone());
                let subject = slot_at.as_millisecond().to_string();
                let key = format!("go-on:{who}:{subject}");
                let row = NewOutbox::for_member(id, who, OutKind::GoOn, subject, now);
                tx.enqueue(row.due(slot_at).once(key)).await?;
            }
            Decision::Skip(why) => {
                tracing::debug!(reason = %why, "a slot passed without a nudge");
                member.back_off = member.back_off.after_slots_passed(1);
                if member.back_off.is_silent() {
                    // The next act of the member plans the next slot.
                    member.next_slot_at = None;
                }
            }
            Decision::Postpone(at) => member.next_slot_at = Some(at),
        }
        tx.save_member(&member).await?;
        Ok(())
    }
}

/// The same question once more, asked for by the member.
fn ask_again(nudge: &Nudge, at: Timestamp) -> Nudge {
    Nudge {
        state: NudgeState::Waiting,
        slot_at: at,
        asked_for: true,
        sent_at: None,
        message: None,
        skip_reason: None,
        ..nudge.clone()
    }
}
