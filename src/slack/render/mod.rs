//! Screens → Block Kit, pure. One file for each noun holds its blocks and its sentences; `blocks`
//! has the few builders, `escape` what makes text safe. A new screen gets its arm here, its file,
//! and its snapshot.

pub mod act;
pub mod audit;
pub mod blocks;
pub mod care;
pub mod checkin;
pub mod escape;
pub mod feedback;
pub mod forget;
pub mod history;
pub mod home;
pub mod model;
pub mod notice;
pub mod nudge;
pub mod plan;
pub mod report;
pub mod room;
pub mod schedule;
pub mod seen;
pub mod usage;
pub mod welcome;
pub mod when;

use crate::coach::screen::{Form, Home, Message};
use serde_json::Value;

/// A message in Slack's words.
#[derive(Clone, PartialEq)]
pub struct Rendered {
    /// All of it as text: screen readers and notifications read this and not the blocks.
    pub text: String,
    /// What is seen.
    pub blocks: Vec<Value>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rendered({} blocks)", self.blocks.len())
    }
}

/// Renders a message.
pub fn message(message: &Message) -> Rendered {
    match message {
        Message::Welcome { what, shown } => welcome::message(what, shown),
        Message::Nudge(screen) => nudge::message(screen),
        Message::AskToGoOn => nudge::ask_to_go_on(),
        Message::OfferKeep { source } => checkin::offer_keep(source),
        Message::Care { concern, source, nudge } => care::message(*concern, source, nudge.as_ref()),
        Message::Kept(kept) => checkin::kept_message(kept),
        Message::Report(screen) => report::message(screen),
        Message::FeedbackAsk(screen) => feedback::question(screen),
        Message::FeedbackOver => feedback::over(),
        Message::FeedbackResult(screen) => feedback::result(screen),
        Message::Plan(plan) => plan::message(plan),
        Message::AuditProposed { audit } => audit::proposed(audit),
        Message::Export { by_operator } => notice::export(*by_operator),
        Message::Usage { problem } => usage::message(problem.as_ref()),
        Message::Notice(notice) => notice::message(notice),
    }
}

/// The same message without native charts and tables, for a workspace that refuses them; `None` when
/// it has neither.
pub fn without_charts(message: &Message) -> Option<Rendered> {
    match message {
        Message::Report(screen) if !screen.charts.is_empty() || screen.table.is_some() => {
            Some(report::in_words(screen))
        }
        _ => None,
    }
}

/// Renders a modal.
pub fn form(form: &Form) -> Value {
    match form {
        Form::Checkin { state, question, fields } => checkin::form(state, question.as_deref(), fields),
        Form::FollowUp { state, kept, question, answer, llm_disclosure } => {
            checkin::follow_up(state, kept, question, answer, llm_disclosure.as_ref())
        }
        Form::Care { state, concern, inputs } => care::form(state, *concern, inputs),
        Form::Schedule(schedule) => schedule::form(schedule),
        Form::Pause { until_on } => schedule::pause(*until_on),
        Form::History(page) => history::form(page),
        Form::FeedbackAsk { question, people, unclear } => feedback::ask_form(question, people, *unclear),
        Form::FeedbackAnswer(form) => feedback::answer_form(form),
        Form::Ask { state, questions } => act::form(state, questions),
        Form::EditCoachingAct(form) => act::edit(form),
        Form::CoachingActKept { act, question, local_on } => act::kept(act, question, *local_on),
        Form::CoachingActs(page) => act::page(page),
        Form::Room { last } => room::form(*last),
        Form::RoomRead { room, question } => room::read(*room, question.as_deref()),
        Form::Audit(audit) => audit::form(audit),
        Form::AuditKept { audit, outcome, question } => audit::kept(audit, outcome, question.as_deref()),
        Form::Audits(audits) => audit::list(audits),
        Form::Plan(plan) => plan::form(plan),
        Form::PlanKept { plan, sentence, at } => plan::kept(plan, sentence, *at),
        Form::PlanOutcome(form) => plan::outcome(form),
        Form::Plans(plans) => plan::list(plans),
        Form::Forget { reflections, nudges } => forget::form(*reflections, *nudges),
        Form::Notice(notice) => notice::form(notice),
    }
}

/// Renders the Home tab.
pub fn home(home: &Home) -> Value {
    home::view(home)
}

#[cfg(test)]
mod tests;
