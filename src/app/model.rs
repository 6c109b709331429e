//! The follow-up question that a model writes, if the operator brings one and the member agrees. The
//! library's question is stored and shown first; the call itself, between [`App::claim_follow_up`] and
//! [`App::take_follow_up`], is made by whoever holds the client, and no transaction is open meanwhile.

use super::{
    App, AppError, Done,
    ask::NO_REPEAT_WITHIN,
    checkin::moved_on,
    dispatch::Outcome,
    incoming::{Next, PressedAt, Reply, What},
    once::Did,
    surface::Surface,
};
use crate::{
    coach::{
        ids::{MemberId, PromptId, RowId, ViewId},
        member::Member,
        model::{self, CALLS_A_DAY, Consent, ConsentAnswer, Request, judge, request},
        reflection::Reflection,
        screen::{Form, FormState, ModelChoice, ModelLine},
    },
    store::Tx,
};

/// One call that may be made.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// What to tell the model.
    pub request: Request,
    /// The reflection as it was told.
    told: Reflection,
}

/// A question of the model's, kept.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The follow-up form with it.
    pub form: Form,
    written: Reflection,
    told: Reflection,
}

/// Why nothing is asked of the model, or nothing is made of its answer: a code, for metrics.
pub type Why = &'static str;

pub(super) fn write_follow_up(who: &MemberId, reflection: &RowId, view: &ViewId) -> Next {
    Next::WriteFollowUp { who: who.clone(), reflection: reflection.clone(), view: view.clone() }
}

fn is_models(reflection: &Reflection) -> bool {
    reflection.follow_up_prompt.as_ref().is_some_and(|prompt| prompt.as_str() == model::PROMPT)
}

impl App {
    /// What the member said of the model; without a model nobody looks.
    pub(super) async fn consent(&self, tx: &mut Tx, who: &MemberId) -> Done<Option<Consent>> {
        Ok(match self.model_host {
            Some(_) => tx.find_llm_consent(who).await?,
            None => None,
        })
    }

    /// Asks a member once for each host, below the first follow-up that it could write.
    pub(super) async fn ask_consent(&self, tx: &mut Tx, member: &Member, below: &Reflection) -> Done<()> {
        if let Some(host) = &self.model_host
            && below.counted
            && below.follow_up.is_some()
        {
            tx.request_llm_consent(&member.id, host, &below.id, below.local_on, self.env.now()).await?;
        }
        Ok(())
    }

    /// What the follow-up form of a reflection says of the model.
    pub(super) fn model_line(&self, reflection: &Reflection, consent: Option<&Consent>) -> Option<ModelLine> {
        let consent = consent.filter(|consent| Some(consent.host.as_str()) == self.model_host.as_deref())?;
        let host = consent.host.clone();
        if is_models(reflection) {
            return Some(ModelLine::Wrote { host });
        }
        let is_asked = consent.answer.is_none() && consent.asked_with == reflection.id;
        is_asked.then_some(ModelLine::Asks { host })
    }

    /// Whether the model may write the follow-up of a reflection, as far as that is known before the call.
    pub(super) fn may_write(&self, reflection: &Reflection, consent: Option<&Consent>) -> bool {
        let agreed = self.model_host.as_ref().is_some_and(|host| consent.is_some_and(|it| it.allows(host)));
        agreed
            && reflection.counted
            && reflection.follow_up.is_some()
            && reflection.follow_up_answer.is_blank()
            && !is_models(reflection)
    }

    /// Keeps what a member says; of another host than they were asked about it means nothing.
    pub(super) async fn answer_consent(
        &self,
        tx: &mut Tx,
        member: &Member,
        host: &str,
        answer: ConsentAnswer,
    ) -> Done<Outcome> {
        if self.model_host.as_deref() == Some(host) {
            tx.answer_llm_consent(&member.id, host, answer, self.env.now()).await?;
        }
        Ok(Did::ModelAnswered.into())
    }

    /// The form stands there without the question about the model, which writes if it may.
    pub(super) async fn after_consent(&self, tx: &mut Tx, what: &What, surface: &Surface<'_>) -> Done<Reply> {
        let who = surface.who();
        let What::Pressed {
            at: PressedAt::Form { view, state: FormState::FollowUp { reflection, .. }, .. },
            ..
        } = what
        else {
            return Ok(Reply::done().and_home(who));
        };
        let Some(reflection) = tx.find_reflection(who, reflection).await? else {
            return Ok(Reply::done().and_open_home(who));
        };
        let consent = self.consent(tx, who).await?;
        let Some(form) = self.follow_up_of(&reflection, consent.as_ref()) else {
            return Ok(Reply::done().and_open_home(who));
        };
        let reply = surface.show(form).and_open_home(who);
        Ok(match self.may_write(&reflection, consent.as_ref()) {
            true => reply.then(write_follow_up(who, &reflection.id, view)),
            false => reply,
        })
    }

    pub(super) async fn model_on_home(&self, tx: &mut Tx, who: &MemberId) -> Done<Option<ModelChoice>> {
        let consent = self.consent(tx, who).await?;
        let consent = consent.filter(|consent| Some(consent.host.as_str()) == self.model_host.as_deref());
        Ok(consent.map(|it| ModelChoice { agreed: it.allows(&it.host), host: it.host }))
    }

    /// Takes one call for a reflection, once, out of what its member has left for the day.
    ///
    /// # Errors
    /// The store's. Inside: why there is nothing to ask.
    pub async fn claim_follow_up(&self, who: &MemberId, id: &RowId) -> Done<Result<Claimed, Why>> {
        let (app, who, id) = (self.clone(), who.clone(), id.clone());
        self.store.write(move |tx| Box::pin(async move { app.claim(tx, &who, &id).await })).await
    }

    async fn claim(&self, tx: &mut Tx, who: &MemberId, id: &RowId) -> Done<Result<Claimed, Why>> {
        let Some(member) = tx.find_member(who).await? else { return Ok(Err("gone")) };
        let Some(reflection) = tx.find_reflection(who, id).await? else { return Ok(Err("gone")) };
        let consent = self.consent(tx, who).await?;
        let (Some(host), true) = (&self.model_host, self.may_write(&reflection, consent.as_ref())) else {
            return Ok(Err("moved-on"));
        };
        let Some(instructions) = self.questions().instructions() else { return Ok(Err("no-instructions")) };
        let now = self.env.now();
        if !tx.record_delivery(&format!("model:{id}"), None, now).await? {
            return Ok(Err("again"));
        }
        if !tx.claim_llm_call(who, host, member.local_date(now), CALLS_A_DAY).await? {
            return Ok(Err("over-budget"));
        }
        let prompt = reflection.prompt.as_ref().or(reflection.follow_up_prompt.as_ref());
        let practice = prompt.and_then(|prompt| self.questions().practice(prompt));
        let chance = (u128::from(self.env.rng.next_u64()) << 64) | u128::from(self.env.rng.next_u64());
        let request = request(&instructions, &reflection, practice, chance);
        Ok(Ok(Claimed { request, told: reflection }))
    }

    /// Keeps the question in what the model said, if it may be asked and the member has not moved on:
    /// the reflection is as it was told, nothing is answered, and the form still shows the follow-up.
    ///
    /// # Errors
    /// The store's. Inside: why the library's question stays.
    pub async fn take_follow_up(
        &self,
        claimed: Claimed,
        said: &str,
        view: &ViewId,
    ) -> Done<Result<Taken, Why>> {
        let (app, said, view) = (self.clone(), said.to_owned(), view.clone());
        self.store.write(move |tx| Box::pin(async move { app.take(tx, claimed, &said, &view).await })).await
    }

    async fn take(
        &self,
        tx: &mut Tx,
        claimed: Claimed,
        said: &str,
        view: &ViewId,
    ) -> Done<Result<Taken, Why>> {
        let told = claimed.told;
        let who = &told.member;
        let question = match judge(said, self.asked_before(tx, &told).await?.iter().map(String::as_str)) {
            Ok(question) => question,
            Err(unfit) => return Ok(Err(unfit.code())),
        };
        let consent = self.consent(tx, who).await?;
        let stored = tx.find_reflection(who, &told.id).await?;
        let Some(mut written) = stored.filter(|stored| is_as_told(stored, &told)) else {
            return Ok(Err("moved-on"));
        };
        if !self.may_write(&written, consent.as_ref()) || tx.find_delivery(&moved_on(view)).await?.is_some() {
            return Ok(Err("moved-on"));
        }
        if !model::is_brief_enough(&question, &told) {
            return Ok(Err("long"));
        }
        written.follow_up = Some(question);
        written.follow_up_prompt = PromptId::parse(model::PROMPT).ok();
        tx.save_reflection(&written).await?;
        let Some(form) = self.follow_up_of(&written, consent.as_ref()) else { return Ok(Err("moved-on")) };
        Ok(Ok(Taken { form, written, told }))
    }

    /// The questions that would be a repetition: those of 28 days, and all of the library's.
    async fn asked_before(&self, tx: &mut Tx, told: &Reflection) -> Done<Vec<String>> {
        let now = self.env.now();
        let since = now.saturating_sub(NO_REPEAT_WITHIN).unwrap_or(now);
        let mut asked = self.questions().texts();
        let Some(member) = tx.find_member(&told.member).await? else { return Ok(asked) };
        let (from_on, to_on) = (member.local_date(since), member.local_date(now));
        for reflection in tx.reflections_between(&member.id, from_on, to_on).await? {
            asked.push(reflection.question);
            asked.extend(reflection.follow_up);
        }
        Ok(asked)
    }

    /// The form was closed before the model's question could be read: what the member read stays what
    /// is stored.
    ///
    /// # Errors
    /// The store's.
    pub async fn put_follow_up_back(&self, taken: Taken) -> Done<()> {
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let Taken { written, told, .. } = taken;
                    let stored = tx.find_reflection(&told.member, &told.id).await?;
                    if let Some(mut stored) = stored.filter(|stored| is_as_told(stored, &written)) {
                        stored.follow_up = told.follow_up;
                        stored.follow_up_prompt = told.follow_up_prompt;
                        tx.save_reflection(&stored).await?;
                    }
                    Ok::<_, AppError>(())
                })
            })
            .await
    }
}

/// Whether a reflection still says what it said, and is followed up by the same question, which nobody
/// has answered.
fn is_as_told(stored: &Reflection, told: &Reflection) -> bool {
    stored.situation == told.situation
        && stored.answer == told.answer
        && stored.follow_up == told.follow_up
        && stored.follow_up_answer.is_blank()
}
