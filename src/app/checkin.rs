//! Forms that hold a member's words: the check-in in its two steps, the answer to a nudge, the
//! edit. What they submit is kept before it is acknowledged, once for a view and a step.

use super::{
    App, Done,
    dispatch::Outcome,
    incoming::{Ack, Reply, Values},
    model::write_follow_up,
    once::{Did, Step},
    plan::Wanted,
    seen::see_in,
    surface::Surface,
};
use crate::{
    coach::{
        cadence,
        conversation::NudgeEvent,
        hat::Hats,
        ids::{MemberId, PromptId, RowId, ViewId},
        member::Member,
        member_text::{MAX_FORM_CHARS, MemberText},
        model::Consent,
        nudge::Nudge,
        reflection::{CheckinFields, FollowedUp, Origin, Reflection, STANDING_QUESTION},
        screen::{CareInputs, Field, Form, FormState, KeptScreen, Notice},
    },
    store::Tx,
};
use jiff::Timestamp;

impl App {
    /// From the form that was submitted to its use case. A form whose values are of another kind was
    /// forged or is of another version: it closes and nothing happens.
    pub(super) async fn submitted(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        view: &ViewId,
        state: &FormState,
        values: &Values,
    ) -> Done<Outcome> {
        if *state == FormState::Forget {
            return self.forget_confirmed(tx, who).await;
        }
        if let FormState::Feedback { from, at, care_acknowledged } = state {
            return self.submit_answer(tx, who, (from, at), *care_acknowledged, values).await;
        }
        let member = self.meet(tx, who).await?;
        match (state, values) {
            (FormState::Checkin { nudge, prompt, care_acknowledged }, Values::Checkin(fields)) => {
                let asked = Answering { nudge: nudge.as_ref(), prompt: prompt.as_ref(), view };
                self.submit_checkin(tx, member, asked, *care_acknowledged, fields).await
            }
            (FormState::EditReflection { reflection, care_acknowledged }, Values::Checkin(fields)) => {
                self.submit_edit(tx, member, reflection, *care_acknowledged, fields).await
            }
            (FormState::FollowUp { reflection, care_acknowledged }, Values::FollowUp { answer }) => {
                let form = (view, reflection);
                self.submit_follow_up(tx, &member, form, *care_acknowledged, answer).await
            }
            (FormState::FeedbackAsk, Values::People(people)) => {
                self.submit_feedback_ask(tx, &member, people).await
            }
            (FormState::Ask { offered, taken }, _) => {
                self.submit_ask(tx, member, view, offered, *taken).await
            }
            (FormState::EditAct { act }, Values::Act { prompt, on }) => {
                self.edit_act(tx, member, act, prompt.as_ref(), *on).await
            }
            (FormState::Audit { audit, care_acknowledged }, Values::Audit { meetings, calendar }) => {
                let of = (audit.as_ref(), *care_acknowledged);
                self.submit_audit(tx, member, view, of, meetings, calendar.as_ref()).await
            }
            (FormState::Plan { plan, experiment, care_acknowledged }, Values::Plan(fields)) => {
                let wanted = Wanted {
                    plan: plan.as_ref(),
                    experiment: *experiment,
                    care_acknowledged: *care_acknowledged,
                };
                self.submit_plan(tx, member, view, wanted, fields).await
            }
            (FormState::PlanOutcome { plan, care_acknowledged }, Values::Outcome { text }) => {
                self.submit_plan_outcome(tx, &member, plan, *care_acknowledged, text).await
            }
            (FormState::Schedule, Values::Schedule(values)) => self.submit_schedule(tx, member, values).await,
            (FormState::Pause, Values::Pause { until_on }) => self.pause(tx, member, *until_on).await,
            _ => Ok(Did::Closed.into()),
        }
    }

    async fn submit_checkin(
        &self,
        tx: &mut Tx,
        member: Member,
        asked: Answering<'_>,
        care_acknowledged: bool,
        fields: &CheckinFields,
    ) -> Done<Outcome> {
        let nudge = match asked.nudge {
            Some(id) => tx.find_nudge(&member.id, id).await?,
            None => None,
        };
        let question = nudge.as_ref().map_or_else(|| STANDING_QUESTION.to_owned(), |it| it.question.clone());
        if let Some(reply) = refused(fields) {
            return Ok(reply.into());
        }
        let concern = self.concern(&[&fields.situation, &fields.answer]);
        if let Some(concern) = concern.filter(|_| !care_acknowledged) {
            let (nudge, prompt) = (asked.nudge.cloned(), asked.prompt.cloned());
            let state = FormState::Checkin { nudge, prompt, care_acknowledged: true };
            let inputs = CareInputs::Checkin { question: Some(question), fields: fields.clone() };
            return Ok(show(Form::Care { state, concern, inputs }).into());
        }
        // Another delivery of this view with other values means the same check-in, mended.
        let step = Step::Checkin.key(asked.view);
        let earlier = tx.find_delivery(&step).await?.map(|seen| Did::of_effect(seen.effect.as_deref()));
        if let Some(Did::Kept(id)) = earlier
            && let Some(reflection) = tx.find_reflection(&member.id, &id).await?
        {
            self.save_edit(tx, member, reflection, fields).await?;
            return Ok(Did::Kept(id).into());
        }
        let mut new = self.new_reflection(&member, question, self.env.now());
        new.prompt = asked.prompt.cloned();
        new.counted = concern.is_none();
        take_over(&mut new, fields);
        let kept = self.keep_checkin(tx, member, nudge, new).await?;
        let did = Did::Kept(kept.id.clone());
        tx.record_delivery(&step, Some(&did.to_effect()), self.env.now()).await?;
        let who = kept.member.clone();
        let reply = self.follow_up_form(tx, &who, kept, Some(asked.view)).await?;
        Ok(Outcome::Answered(did, Box::new(reply)))
    }

    /// Keeps a new check-in, or the answer to a nudge. When the nudge was answered meanwhile, this
    /// answer is a check-in of its own: nothing that a member wrote is lost.
    async fn keep_checkin(
        &self,
        tx: &mut Tx,
        mut member: Member,
        nudge: Option<Nudge>,
        mut reflection: Reflection,
    ) -> Done<Reflection> {
        if let Some(mut nudge) = nudge {
            reflection.prompt = Some(nudge.prompt.clone());
            if self.happen(tx, &mut member, &mut nudge, NudgeEvent::Reflected).await?.is_ok() {
                (reflection.origin, reflection.nudge) = (Origin::Nudge, Some(nudge.id));
            }
        }
        let follow_up = self.choose_follow_up(tx, &member, &reflection, reflection.created_at).await?;
        (reflection.follow_up, reflection.follow_up_prompt) =
            follow_up.map(|asked| (asked.question, asked.prompt)).unzip();
        self.keep_reflection(tx, &mut member, &reflection).await?;
        self.ask_consent(tx, &member, &reflection).await?;
        Ok(reflection)
    }

    /// A reflection without words, filed under the member's own date.
    pub(super) fn new_reflection(&self, member: &Member, question: String, now: Timestamp) -> Reflection {
        Reflection::new(self.env.row_id(), member.id.clone(), question, now, member.local_date(now))
    }

    /// Stores a new reflection; its month will be reported on.
    pub(super) async fn keep_reflection(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        reflection: &Reflection,
    ) -> Done<()> {
        tx.insert_reflection(reflection).await?;
        self.expect_report(tx, member).await
    }

    /// There is evidence: its month will be reported on.
    pub(super) async fn expect_report(&self, tx: &mut Tx, member: &mut Member) -> Done<()> {
        if member.next_report_at.is_none() {
            member.next_report_at = Some(cadence::next_report(member, self.env.now()));
            tx.save_member(member).await?;
        }
        Ok(())
    }

    async fn submit_edit(
        &self,
        tx: &mut Tx,
        member: Member,
        id: &RowId,
        care_acknowledged: bool,
        fields: &CheckinFields,
    ) -> Done<Outcome> {
        let Some(reflection) = tx.find_reflection(&member.id, id).await? else { return Ok(Did::Gone.into()) };
        if let Some(reply) = refused(fields) {
            return Ok(reply.into());
        }
        let mut said = vec![&fields.situation, &fields.answer];
        said.extend(fields.follow_up.as_ref().map(|it| &it.answer));
        if let Some(concern) = self.concern(&said).filter(|_| !care_acknowledged) {
            let state = FormState::EditReflection { reflection: id.clone(), care_acknowledged: true };
            let mut fields = fields.clone();
            if let Some(FollowedUp { question, .. }) = &mut fields.follow_up {
                *question = reflection.follow_up.unwrap_or_default();
            }
            let inputs = CareInputs::Checkin { question: Some(reflection.question), fields };
            return Ok(show(Form::Care { state, concern, inputs }).into());
        }
        self.save_edit(tx, member, reflection, fields).await?;
        Ok(Did::Closed.into())
    }

    async fn save_edit(
        &self,
        tx: &mut Tx,
        mut member: Member,
        mut reflection: Reflection,
        fields: &CheckinFields,
    ) -> Done<()> {
        let rewritten = reflection.answer != fields.answer;
        take_over(&mut reflection, fields);
        self.count_anew(&mut reflection, rewritten);
        reflection.edited_at = Some(self.env.now());
        tx.save_reflection(&reflection).await?;
        if rewritten {
            self.rewrite_pieces(tx, &reflection).await?;
        }
        self.reflection_changed(tx, &mut member, &reflection).await
    }

    /// Whether none of a reflection's words speak of trouble that is not coaching's.
    pub(super) fn is_counted(&self, reflection: &Reflection) -> bool {
        self.concern(&[&reflection.situation, &reflection.answer, &reflection.follow_up_answer]).is_none()
    }

    /// After its words changed: whether it counts, and whether the lens has to read it again.
    pub(super) fn count_anew(&self, reflection: &mut Reflection, answer_changed: bool) {
        reflection.counted = self.is_counted(reflection);
        if answer_changed || !reflection.counted {
            reflection.forget_seen();
        }
    }

    async fn submit_follow_up(
        &self,
        tx: &mut Tx,
        member: &Member,
        (view, id): (&ViewId, &RowId),
        care_acknowledged: bool,
        answer: &MemberText,
    ) -> Done<Outcome> {
        let Some(mut reflection) = tx.find_reflection(&member.id, id).await? else {
            return Ok(Did::Gone.into());
        };
        if let Some(sentence) = too_long(answer) {
            return Ok(errors(vec![(Field::FollowUpAnswer, sentence)]).into());
        }
        // Nothing was written, and nothing was there: the member stops here.
        if answer.is_blank() && reflection.follow_up_answer.is_blank() {
            return Ok(Did::Closed.into());
        }
        if let Some(concern) = self.concern(&[answer]).filter(|_| !care_acknowledged) {
            tx.record_delivery(&moved_on(view), None, self.env.now()).await?;
            let state = FormState::FollowUp { reflection: id.clone(), care_acknowledged: true };
            let question = reflection.follow_up.unwrap_or_default();
            let inputs = CareInputs::FollowUp { question, answer: answer.clone() };
            return Ok(show(Form::Care { state, concern, inputs }).into());
        }
        reflection.follow_up_answer = answer.clone();
        self.count_anew(&mut reflection, false);
        reflection.edited_at = Some(self.env.now());
        tx.save_reflection(&reflection).await?;
        Ok(Did::Closed.into())
    }

    /// The second step of a check-in that was kept, and what follows it in the form that stands open.
    pub(super) async fn follow_up_form(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        mut reflection: Reflection,
        view: Option<&ViewId>,
    ) -> Done<Reply> {
        // A redelivery is answered the same, whatever was seen meanwhile.
        reflection.forget_seen();
        let consent = self.consent(tx, who).await?;
        let Some(form) = self.follow_up_of(&reflection, consent.as_ref()) else {
            return Ok(Reply::close().and_home(who));
        };
        let Some(view) = view else { return Ok(show(form).and_home(who)) };
        let reply = show(form).then(see_in(view, &reflection)).and_home(who);
        Ok(match self.may_write(&reflection, consent.as_ref()) {
            true => reply.then(write_follow_up(who, &reflection.id, view)),
            false => reply,
        })
    }

    /// The form of a reflection's follow-up, as both are stored. `None`: there is none, or trouble,
    /// which is not followed up by a question about work.
    pub(super) fn follow_up_of(&self, reflection: &Reflection, consent: Option<&Consent>) -> Option<Form> {
        let question = reflection.follow_up.clone().filter(|_| reflection.counted)?;
        Some(Form::FollowUp {
            state: FormState::FollowUp { reflection: reflection.id.clone(), care_acknowledged: false },
            kept: kept_screen(reflection),
            question,
            answer: reflection.follow_up_answer.clone(),
            model: self.model_line(reflection, consent),
        })
    }

    pub(super) async fn edit_tapped(&self, tx: &mut Tx, member: &Member, id: &RowId) -> Done<Outcome> {
        Ok(match tx.find_reflection(&member.id, id).await? {
            None => Did::Gone,
            Some(reflection) if too_long(&reflection.answer).is_some() => Did::TooLongForForm,
            Some(_) => Did::Opened,
        }
        .into())
    }

    pub(super) async fn open_edit(&self, tx: &mut Tx, surface: &Surface<'_>, id: &RowId) -> Done<Reply> {
        let Some(reflection) = tx.find_reflection(surface.who(), id).await? else {
            return Ok(surface.tell(Notice::Gone));
        };
        let state = FormState::EditReflection { reflection: id.clone(), care_acknowledged: false };
        let follow_up = reflection.followed_up();
        let fields = CheckinFields {
            follow_up,
            situation: reflection.situation,
            room: reflection.room,
            answer: reflection.answer,
            hat: reflection.hat_said,
        };
        Ok(surface.show(Form::Checkin { state, question: Some(reflection.question), fields }))
    }

    pub(super) async fn say_hat(
        &self,
        tx: &mut Tx,
        mut member: Member,
        id: &RowId,
        hats: Hats,
    ) -> Done<Outcome> {
        let Some(mut reflection) = tx.find_reflection(&member.id, id).await? else {
            return Ok(Did::Gone.into());
        };
        reflection.hat_said = Some(hats);
        tx.save_reflection(&reflection).await?;
        self.reflection_changed(tx, &mut member, &reflection).await?;
        Ok(Did::Nothing.into())
    }
}

/// The key that says that a follow-up form is not the one any more that was shown first.
pub(super) fn moved_on(view: &ViewId) -> String {
    Step::FollowUp.key(view)
}

/// What a check-in form answers, and the view it stands in.
struct Answering<'a> {
    nudge: Option<&'a RowId>,
    prompt: Option<&'a PromptId>,
    view: &'a ViewId,
}

/// A reflection as messages and forms show it.
pub(super) fn kept_screen(reflection: &Reflection) -> KeptScreen {
    KeptScreen {
        reflection: reflection.id.clone(),
        situation: reflection.situation.clone(),
        answer: reflection.answer.clone(),
        hat_said: reflection.hat_said,
        seen: reflection.seen_screen(),
        local_on: reflection.local_on,
    }
}

fn take_over(reflection: &mut Reflection, fields: &CheckinFields) {
    reflection.situation = fields.situation.clone();
    reflection.room = fields.room;
    reflection.answer = fields.answer.clone();
    reflection.hat_said = fields.hat;
    if let Some(FollowedUp { answer, .. }) = &fields.follow_up {
        reflection.follow_up_answer = answer.clone();
    }
}

/// What is wrong with the values of a check-in form, beside each field.
fn refused(fields: &CheckinFields) -> Option<Reply> {
    let mut wrong = Vec::new();
    if let Some(sentence) = too_long(&fields.situation) {
        wrong.push((Field::Situation, sentence));
    }
    if fields.answer.is_blank() {
        wrong.push((Field::Answer, "This is still empty. A few words are enough.".to_owned()));
    } else if let Some(sentence) = too_long(&fields.answer) {
        wrong.push((Field::Answer, sentence));
    }
    if fields.hat.is_none() {
        wrong.push((Field::Hat, "Choose leader, manager, both or neither.".to_owned()));
    }
    if let Some(sentence) = fields.follow_up.as_ref().and_then(|it| too_long(&it.answer)) {
        wrong.push((Field::FollowUpAnswer, sentence));
    }
    (!wrong.is_empty()).then(|| errors(wrong))
}

/// Why a text does not fit a form.
pub(super) fn too_long(words: &MemberText) -> Option<String> {
    let count = words.char_count();
    (count > MAX_FORM_CHARS)
        .then(|| format!("This has {count} characters and a form keeps {MAX_FORM_CHARS}. Please shorten it."))
}

pub(super) fn errors(beside: Vec<(Field, String)>) -> Reply {
    Reply { ack: Ack::Errors(beside), next: Vec::new() }
}

pub(super) fn show(form: Form) -> Reply {
    Reply { ack: Ack::Show(Box::new(form)), next: Vec::new() }
}
