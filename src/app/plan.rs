//! Plans and experiments: kept, said once more, followed up once through the outbox, and what came of
//! them. When a follow-up may come is `coach::nudge`'s to say: it is a wish of the member's, like *Later*.

use super::{
    App, AppError, Done,
    checkin::errors,
    dispatch::Outcome,
    incoming::{Ack, Reply},
    message::joined,
    once::{Did, Step},
    surface::Surface,
};
use crate::{
    coach::{
        cadence,
        copy::CopyKey,
        hat::Hat,
        ids::{MemberId, MessageRef, RowId, TeamId, ViewId},
        member::Member,
        member_text::{MAX_FORM_CHARS, MemberText},
        plan::{self, Plan, PlanField, PlanFields, PlanState},
        screen::{Field, Form, FormState, Notice, PlanForm, PlanOutcomeForm, PlanScreen},
    },
    store::{NewOutbox, OutKind, Tx},
};
use jiff::Timestamp;

/// How many plans the list shows.
const LISTED: usize = 20;

/// How many open plans Home shows.
const ON_HOME: usize = 3;

/// What a form of a plan is about.
pub(super) struct Wanted<'a> {
    /// The plan that is edited.
    pub(super) plan: Option<&'a RowId>,
    /// The hat that an experiment tries.
    pub(super) experiment: Option<Hat>,
    /// The care screen was shown: submitting means *Keep*.
    pub(super) care_acknowledged: bool,
}

impl App {
    /// An empty form; asked about at the nudge hour of tomorrow, unless the member says otherwise.
    pub(super) async fn open_plan(
        &self,
        tx: &mut Tx,
        surface: &Surface<'_>,
        experiment: Option<Hat>,
    ) -> Done<Reply> {
        let member = self.meet(tx, surface.who()).await?;
        let today = member.local_date(self.env.now());
        let fields = PlanFields {
            on: Some(today.tomorrow().unwrap_or(today)),
            time: Some(cadence::nudge_hour(&member)),
            ..PlanFields::default()
        };
        let state = FormState::Plan { plan: None, experiment, care_acknowledged: false };
        let plans = tx.plans_of(surface.who()).await?.len();
        Ok(surface.show(Form::Plan(PlanForm {
            state,
            question: self.text_for(CopyKey::PlanProject),
            fields,
            concern: None,
            plans,
        })))
    }

    pub(super) async fn open_plan_edit(&self, tx: &mut Tx, surface: &Surface<'_>, id: &RowId) -> Done<Reply> {
        let Some(plan) = tx.find_plan(surface.who(), id).await? else {
            return Ok(surface.tell(Notice::NotThere));
        };
        let member = self.meet(tx, surface.who()).await?;
        let at = member.zone.local(plan.follow_up_at);
        let fields = PlanFields { cue: plan.cue, act: plan.act, on: Some(at.date()), time: Some(at.time()) };
        let state =
            FormState::Plan { plan: Some(plan.id), experiment: plan.experiment, care_acknowledged: false };
        Ok(surface.show(Form::Plan(PlanForm {
            state,
            question: self.text_for(CopyKey::PlanProject),
            fields,
            concern: None,
            plans: 0,
        })))
    }

    /// Keeps a plan, once for a form.
    pub(super) async fn submit_plan(
        &self,
        tx: &mut Tx,
        member: Member,
        view: &ViewId,
        wanted: Wanted<'_>,
        fields: &PlanFields,
    ) -> Done<Outcome> {
        let now = self.env.now();
        let step = Step::Plan.key(view);
        let earlier = tx.find_delivery(&step).await?.map(|seen| Did::of_effect(seen.effect.as_deref()));
        let id = match (wanted.plan, earlier) {
            (Some(id), _) => Some(id.clone()),
            (None, Some(Did::PlanKept(id))) => Some(id),
            (None, _) => None,
        };
        let before = match &id {
            Some(id) => tx.find_plan(&member.id, id).await?,
            None => None,
        };
        if wanted.plan.is_some() && before.is_none() {
            return Ok(Did::NotThere.into());
        }
        let at = fields.on.zip(fields.time);
        let at = at.map(|(on, time)| cadence::resolve(on, time, &member.zone.time_zone()));
        // Words can be mended after the follow-up came, without asking again.
        let same_time = before.as_ref().map(|plan| plan.follow_up_at).filter(|before| Some(*before) == at);
        let is_past = same_time.is_none() && at.is_some_and(|at| at <= now);
        let wrong = plan::refused(fields, is_past);
        let (true, Some(at)) = (wrong.is_empty(), at) else {
            return Ok(errors(wrong.into_iter().map(|(field, says)| (shown(field), says)).collect()).into());
        };
        if let Some(concern) = self.concern(&[&fields.cue, &fields.act]).filter(|_| !wanted.care_acknowledged)
        {
            let (plan, experiment) = (wanted.plan.cloned(), wanted.experiment);
            let state = FormState::Plan { plan, experiment, care_acknowledged: true };
            let (question, fields) = (self.text_for(CopyKey::PlanProject), fields.clone());
            let form = PlanForm { state, question, fields, concern: Some(concern), plans: 0 };
            let ack = Ack::Show(Box::new(Form::Plan(form)));
            return Ok(Reply { ack, next: Vec::new() }.into());
        }
        let kept = match before {
            Some(plan) => self.change_plan(tx, &member, plan, fields, at).await?,
            None => {
                let mut plan = Plan {
                    id: self.env.row_id(),
                    member: member.id.clone(),
                    experiment: wanted.experiment,
                    cue: fields.cue.clone(),
                    act: fields.act.clone(),
                    follow_up_at: at,
                    asks: self.env.row_id(),
                    state: PlanState::Open,
                    outcome: MemberText::default(),
                    made_at: now,
                    edited_at: None,
                    local_on: member.local_date(now),
                    message: None,
                };
                self.queue_follow_up(tx, &member, &mut plan).await?;
                tx.insert_plan(&plan).await?;
                plan.id
            }
        };
        let did = Did::PlanKept(kept);
        tx.record_delivery(&step, Some(&did.to_effect()), now).await?;
        Ok(did.into())
    }

    async fn change_plan(
        &self,
        tx: &mut Tx,
        member: &Member,
        mut plan: Plan,
        fields: &PlanFields,
        at: Timestamp,
    ) -> Done<RowId> {
        plan.cue = fields.cue.clone();
        plan.act = fields.act.clone();
        plan.edited_at = Some(self.env.now());
        if plan.follow_up_at != at {
            tx.cancel(&plan.asks).await?;
            plan.follow_up_at = at;
            plan.state = PlanState::Open;
            self.queue_follow_up(tx, member, &mut plan).await?;
        }
        tx.save_plan(&plan).await?;
        self.redraw_plan(tx, &plan).await?;
        Ok(plan.id)
    }

    /// One question at the cue's time, moved past quiet hours and days off.
    pub(super) async fn queue_follow_up(&self, tx: &mut Tx, member: &Member, plan: &mut Plan) -> Done<()> {
        plan.asks = self.env.row_id();
        let due_at = cadence::past_days_off_and_quiet(member, plan.follow_up_at);
        let (asks, who, subject) = (plan.asks.clone(), member.id.clone(), plan.id.as_str());
        let row = NewOutbox::for_member(asks, who, OutKind::Plan, subject, self.env.now());
        tx.enqueue(row.due(due_at)).await?;
        Ok(())
    }

    pub(super) async fn plan_kept_form(&self, tx: &mut Tx, who: &MemberId, id: &RowId) -> Done<Reply> {
        let member = self.meet(tx, who).await?;
        let form = match tx.find_plan(who, id).await? {
            Some(plan) => {
                let at = cadence::past_days_off_and_quiet(&member, plan.follow_up_at);
                Form::PlanKept { sentence: plan.sentence(), at: member.zone.local(at), plan: plan.id }
            }
            None => Form::Notice(Notice::PlanDeleted),
        };
        Ok(Reply { ack: Ack::Show(Box::new(form)), next: Vec::new() }.and_home(who))
    }

    /// *Done* or *Not yet*; a later tap says it anew.
    pub(super) async fn plan_came(
        &self,
        tx: &mut Tx,
        member: &Member,
        id: &RowId,
        state: PlanState,
    ) -> Done<Outcome> {
        let Some(mut plan) = tx.find_plan(&member.id, id).await? else { return Ok(Did::NotThere.into()) };
        if plan.state == state {
            return Ok(Did::AlreadyDone.into());
        }
        // Nobody is asked about what they have said by themselves.
        tx.cancel(&plan.asks).await?;
        plan.state = state;
        tx.save_plan(&plan).await?;
        self.redraw_plan(tx, &plan).await?;
        Ok(Did::PlanNoted.into())
    }

    pub(super) async fn open_plan_outcome(
        &self,
        tx: &mut Tx,
        surface: &Surface<'_>,
        id: &RowId,
    ) -> Done<Reply> {
        let Some(plan) = tx.find_plan(surface.who(), id).await? else {
            return Ok(surface.tell(Notice::NotThere));
        };
        let state = FormState::PlanOutcome { plan: id.clone(), care_acknowledged: false };
        let sentence = plan.sentence();
        let (question, outcome) = (self.text_for(CopyKey::PlanOutcome), plan.outcome);
        let form = PlanOutcomeForm { state, sentence, question, outcome, concern: None };
        Ok(surface.show(Form::PlanOutcome(form)))
    }

    pub(super) async fn submit_plan_outcome(
        &self,
        tx: &mut Tx,
        member: &Member,
        id: &RowId,
        care_acknowledged: bool,
        text: &MemberText,
    ) -> Done<Outcome> {
        let Some(plan) = tx.find_plan(&member.id, id).await? else { return Ok(Did::NotThere.into()) };
        if !plan::outcome_fits(text) {
            let says = format!("A form keeps {MAX_FORM_CHARS} characters. Please shorten it.");
            return Ok(errors(vec![(Field::Outcome, says)]).into());
        }
        if let Some(concern) = self.concern(&[text]).filter(|_| !care_acknowledged) {
            let state = FormState::PlanOutcome { plan: id.clone(), care_acknowledged: true };
            let (sentence, outcome) = (plan.sentence(), text.clone());
            let question = self.text_for(CopyKey::PlanOutcome);
            let form = PlanOutcomeForm { state, sentence, question, outcome, concern: Some(concern) };
            let ack = Ack::Show(Box::new(Form::PlanOutcome(form)));
            return Ok(Reply { ack, next: Vec::new() }.into());
        }
        // The first message holds all of it, so that a later edit in Slack starts from what is shown.
        for (nth, piece) in tx.outcome_parts_of(&plan.id).await?.iter().enumerate() {
            let text = if nth == 0 { text.clone() } else { MemberText::default() };
            tx.edit_outcome_part(&piece.message, &text).await?;
        }
        self.note_outcome(tx, plan, text).await?;
        Ok(Did::Closed.into())
    }

    async fn note_outcome(&self, tx: &mut Tx, mut plan: Plan, text: &MemberText) -> Done<()> {
        plan.outcome = text.clone();
        if matches!(plan.state, PlanState::Open | PlanState::Asked) {
            tx.cancel(&plan.asks).await?;
            plan.state = PlanState::SomethingElse;
        }
        plan.edited_at = Some(self.env.now());
        tx.save_plan(&plan).await?;
        self.redraw_plan(tx, &plan).await
    }

    /// A reply in the thread of a follow-up is what came of the plan. False: it is no such thread.
    pub(super) async fn reply_to_plan(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        parent: &MessageRef,
        message: &MessageRef,
        text: &MemberText,
    ) -> Done<bool> {
        let plan = tx.plan_by_message(&who.team, parent).await?.filter(|plan| &plan.member == who);
        let Some(plan) = plan else { return Ok(false) };
        let now = self.env.now();
        if !plan.outcome.is_blank() && tx.outcome_parts_of(&plan.id).await?.is_empty() {
            // What the form said is a piece too, standing where the question stands.
            tx.add_outcome_part(&plan.id, parent, &plan.outcome, now).await?;
        }
        if tx.add_outcome_part(&plan.id, message, text, now).await? {
            self.rejoin_outcome(tx, plan).await?;
        }
        Ok(true)
    }

    /// Puts an outcome together from its messages again, after one of them changed. When nothing is left
    /// of what was said by them alone, the question is open as before.
    async fn rejoin_outcome(&self, tx: &mut Tx, mut plan: Plan) -> Done<()> {
        let outcome = joined(&tx.outcome_parts_of(&plan.id).await?);
        if outcome.is_blank() && plan.state == PlanState::SomethingElse {
            plan.state = PlanState::Asked;
            plan.outcome = outcome;
            plan.edited_at = Some(self.env.now());
            tx.save_plan(&plan).await?;
            return self.redraw_plan(tx, &plan).await;
        }
        self.note_outcome(tx, plan, &outcome).await
    }

    /// A message that says what came of a plan has other words now; which plan. `None`: it is no such
    /// message.
    pub(super) async fn outcome_edited(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        message: &MessageRef,
        text: &MemberText,
    ) -> Done<Option<RowId>> {
        let found = tx.find_outcome_part(&who.team, message).await?.filter(|(owner, _)| owner == who);
        let Some((_, id)) = found else { return Ok(None) };
        tx.edit_outcome_part(message, text).await?;
        if let Some(plan) = tx.find_plan(who, &id).await? {
            self.rejoin_outcome(tx, plan).await?;
        }
        Ok(Some(id))
    }

    pub(super) async fn outcome_deleted(&self, tx: &mut Tx, team: &TeamId, message: &MessageRef) -> Done<()> {
        let Some((who, id)) = tx.find_outcome_part(team, message).await? else { return Ok(()) };
        tx.delete_outcome_part(message).await?;
        match tx.find_plan(&who, &id).await? {
            Some(plan) => self.rejoin_outcome(tx, plan).await,
            None => Ok(()),
        }
    }

    pub(super) async fn delete_plan_tapped(&self, tx: &mut Tx, member: &Member, id: &RowId) -> Done<Outcome> {
        let Some(plan) = tx.find_plan(&member.id, id).await? else { return Ok(Did::AlreadyDone.into()) };
        tx.cancel(&plan.asks).await?;
        tx.delete_plan(&member.id, id).await?;
        self.redraw_plan(tx, &plan).await?;
        Ok(Did::PlanDeleted.into())
    }

    async fn redraw_plan(&self, tx: &mut Tx, plan: &Plan) -> Done<()> {
        match &plan.message {
            Some(message) => {
                self.redraw(tx, &plan.member, message.clone(), format!("plan:{}", plan.id)).await
            }
            None => Ok(()),
        }
    }

    pub(super) async fn show_plans(&self, tx: &mut Tx, surface: &Surface<'_>) -> Done<Reply> {
        let member = self.meet(tx, surface.who()).await?;
        let mut plans = tx.plans_of(surface.who()).await?;
        plans.reverse();
        plans.sort_by_key(|plan| !plan.state.is_open());
        let screens = plans.iter().take(LISTED).map(|plan| self.plan_screen(&member, plan)).collect();
        Ok(surface.show(Form::Plans(screens)))
    }

    /// The plans that Home shows.
    pub(super) async fn plans_on_home(&self, tx: &mut Tx, member: &Member) -> Done<Vec<PlanScreen>> {
        let open = tx.open_plans(&member.id).await?;
        Ok(open.iter().take(ON_HOME).map(|plan| self.plan_screen(member, plan)).collect())
    }

    /// A plan as messages, lists and Home show it.
    pub(super) fn plan_screen(&self, member: &Member, plan: &Plan) -> PlanScreen {
        PlanScreen {
            plan: plan.id.clone(),
            sentence: plan.sentence(),
            is_experiment: plan.experiment.is_some(),
            question: self.text_for(CopyKey::PlanOutcome),
            state: plan.state,
            at: member.zone.local(cadence::past_days_off_and_quiet(member, plan.follow_up_at)),
            outcome: plan.outcome.clone(),
        }
    }

    /// The follow-up is in the DM.
    pub(super) async fn plan_asked(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        subject: &str,
        message: Option<MessageRef>,
    ) -> Result<(), AppError> {
        let Ok(id) = RowId::parse(subject) else { return Ok(()) };
        let Some(mut plan) = tx.find_plan(who, &id).await? else { return Ok(()) };
        plan.message = message;
        let answered = plan.state != PlanState::Open;
        if !answered {
            plan.state = PlanState::Asked;
        }
        tx.save_plan(&plan).await?;
        // What was said while the question was on its way shows on it.
        if answered { self.redraw_plan(tx, &plan).await } else { Ok(()) }
    }
}

fn shown(field: PlanField) -> Field {
    match field {
        PlanField::Cue => Field::Cue,
        PlanField::Act => Field::Act,
        PlanField::On => Field::FollowUpOn,
        PlanField::Time => Field::FollowUpTime,
    }
}
