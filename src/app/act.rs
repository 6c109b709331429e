//! *Ask, don't fix*: three questions to give back, one act when the member says that they asked it,
//! and the list of acts. Nothing of the message that asked ever comes here.

use super::{
    App, AppError, Done,
    ask::standing_prompt,
    checkin::errors,
    dispatch::Outcome,
    incoming::{Ack, PressedAt, Reply, What},
    once::{Did, Step},
    surface::Surface,
};
use crate::{
    coach::{
        act::{self, Act, GiveBack},
        ids::{MemberId, PromptId, RowId, ViewId},
        member::Member,
        reflection::STANDING_QUESTION,
        screen::{ACTS_PAGE_SIZE, ActEntry, ActsPage, EditActForm, Field, Form, FormState, Notice},
    },
    store::Tx,
};
use jiff::civil::Date;

impl App {
    /// Three questions, the standing one taken.
    pub(super) fn open_ask(&self, surface: &Surface<'_>) -> Done<Reply> {
        let library = self.questions().give_back();
        let offered = act::offer(standing_prompt()?, &library, self.env.rng.next_u64());
        let state = FormState::Ask { offered: offered.iter().map(|one| one.id.clone()).collect(), taken: 0 };
        let questions = offered.into_iter().map(|one| one.text).collect();
        Ok(surface.show(Form::Ask { state, questions }))
    }

    /// The same three, another one taken.
    pub(super) fn take_question(&self, what: &What, surface: &Surface<'_>, nth: u8) -> Reply {
        let offered = match what {
            What::Pressed { at: PressedAt::Form { state: FormState::Ask { offered, .. }, .. }, .. } => {
                offered
            }
            _ => return Reply::done(),
        };
        let questions = self.questions_of(offered);
        let state = FormState::Ask { offered: offered.clone(), taken: nth };
        surface.show(Form::Ask { state, questions })
    }

    /// The words of offered questions. One that left the library meanwhile reads as the standing one.
    fn questions_of(&self, offered: &[PromptId]) -> Vec<String> {
        let library = self.questions().give_back();
        offered.iter().take(act::OFFERED).map(|id| question_of(&library, id)).collect()
    }

    /// *I asked it*: one act, once for a form.
    pub(super) async fn submit_ask(
        &self,
        tx: &mut Tx,
        mut member: Member,
        view: &ViewId,
        offered: &[PromptId],
        taken: u8,
    ) -> Done<Outcome> {
        let step = Step::Ask.key(view);
        if let Some(seen) = tx.find_delivery(&step).await? {
            return Ok(Did::of_effect(seen.effect.as_deref()).into());
        }
        let now = self.env.now();
        let prompt = match offered.get(usize::from(taken)) {
            Some(prompt) => prompt.clone(),
            None => standing_prompt()?,
        };
        let question = question_of(&self.questions().give_back(), &prompt);
        let act = Act {
            id: self.env.row_id(),
            member: member.id.clone(),
            prompt,
            question,
            asked_at: now,
            local_on: member.local_date(now),
        };
        tx.insert_act(&act).await?;
        self.expect_report(tx, &mut member).await?;
        let kept = Did::ActKept(act.id);
        if !tx.record_delivery(&step, Some(&kept.to_effect()), now).await? {
            return Err(AppError::Raced);
        }
        Ok(kept.into())
    }

    pub(super) async fn act_kept_form(&self, tx: &mut Tx, who: &MemberId, id: &RowId) -> Done<Reply> {
        let form = match tx.find_act(who, id).await? {
            Some(act) => Form::ActKept { act: act.id, question: act.question, local_on: act.local_on },
            None => Form::Notice(Notice::ActDeleted),
        };
        Ok(Reply { ack: Ack::Show(Box::new(form)), next: Vec::new() }.and_home(who))
    }

    pub(super) async fn open_act(&self, tx: &mut Tx, surface: &Surface<'_>, id: &RowId) -> Done<Reply> {
        let Some(act) = tx.find_act(surface.who(), id).await? else {
            return Ok(surface.tell(Notice::NotThere));
        };
        let questions = act::questions(standing_prompt()?, &self.questions().give_back(), &act);
        let form = EditActForm { act: act.id, questions, prompt: act.prompt, on: act.local_on };
        Ok(surface.show(Form::EditAct(form)))
    }

    /// Another question or another day. A question that left the library meanwhile can stay, and no act
    /// lies ahead.
    pub(super) async fn edit_act(
        &self,
        tx: &mut Tx,
        mut member: Member,
        id: &RowId,
        prompt: Option<&PromptId>,
        on: Option<Date>,
    ) -> Done<Outcome> {
        let Some(mut act) = tx.find_act(&member.id, id).await? else { return Ok(Did::NotThere.into()) };
        let on = on.unwrap_or(act.local_on);
        if on > member.local_date(self.env.now()) {
            let says = "That day has not come yet. Choose today or an earlier one.".to_owned();
            return Ok(errors(vec![(Field::GivenBackOn, says)]).into());
        }
        if let Some(prompt) = prompt.filter(|prompt| **prompt != act.prompt) {
            act.question = question_of(&self.questions().give_back(), prompt);
            act.prompt = prompt.clone();
        }
        act.local_on = on;
        tx.save_act(&act).await?;
        self.expect_report(tx, &mut member).await?;
        Ok(Did::ActKept(act.id).into())
    }

    pub(super) async fn delete_act_tapped(&self, tx: &mut Tx, member: &Member, id: &RowId) -> Done<Outcome> {
        let deleted = tx.delete_act(&member.id, id).await?;
        Ok(if deleted { Did::ActDeleted } else { Did::AlreadyDone }.into())
    }

    /// One page of the acts; past the end the last one that has entries.
    pub(super) async fn show_acts(&self, tx: &mut Tx, surface: &Surface<'_>, page: u32) -> Done<Reply> {
        let who = surface.who();
        let size = usize::try_from(ACTS_PAGE_SIZE).unwrap_or(1).max(1);
        let offset = |page: u32| usize::try_from(page).unwrap_or(0).saturating_mul(size);
        let mut page = page;
        let (total, mut found) = tx.acts_page(who, offset(page), size).await?;
        if found.is_empty() && page > 0 {
            let last = total.saturating_sub(1) / u64::from(ACTS_PAGE_SIZE);
            page = u32::try_from(last).unwrap_or(0);
            found = tx.acts_page(who, offset(page), size).await?.1;
        }
        let entry = |act: Act| ActEntry { act: act.id, question: act.question, local_on: act.local_on };
        let entries = found.into_iter().map(entry).collect();
        Ok(surface.show(Form::Acts(ActsPage { page, total, entries })))
    }
}

fn question_of(library: &[GiveBack], id: &PromptId) -> String {
    let found = library.iter().find(|one| one.id == *id);
    found.map_or_else(|| STANDING_QUESTION.to_owned(), |one| one.text.clone())
}
