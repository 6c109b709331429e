//! Screens → Block Kit, pure, with slack-morphism's types: a block that Slack does not know does not
//! compile. Each feature has one file with its blocks and its sentences. `blocks` and `inputs` have the
//! builders, `escape` makes text safe to show, `dates` writes dates.
//!
//! A new screen gets an arm below, a function in the file of its feature, and a sample in
//! `tests/samples`, which puts it into the storybook.

mod audit;
mod block_ids;
mod blocks;
mod care;
mod checkin;
mod coaching_act;
mod dates;
pub mod escape;
mod feedback;
mod field_error;
mod history;
mod home;
mod inputs;
mod lens_result;
mod llm_follow_up;
mod look_back;
mod notice;
mod nudge;
mod onboarding;
mod plain_words;
mod plan;
pub mod practices;
mod privacy;
mod report;
mod room;
mod schedule;
pub mod usage;

pub use field_error::{OUTDATED_FORM, sentence as field_error};

use crate::coach::screen::{Form, FormState, Home, Message};
use slack_morphism::blocks::{SlackBlock, SlackView};

/// A message as Slack takes it.
#[derive(Clone, PartialEq)]
pub struct Rendered {
    /// The whole message as text. Screen readers and notifications read this and not the blocks.
    pub text: String,
    /// What Slack shows.
    pub blocks: Vec<SlackBlock>,
}

/// Shows a count only, because the blocks hold a member's words.
impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rendered({} blocks)", self.blocks.len())
    }
}

/// Renders a message.
pub fn message(message: &Message) -> Rendered {
    match message {
        Message::Welcome { what, shown } => onboarding::message(what, shown),
        Message::Nudge(screen) => nudge::message(screen),
        Message::AskToGoOn => nudge::ask_to_go_on(),
        Message::OfferKeep { source } => checkin::offer_keep(source),
        Message::Care { concern, source, nudge } => care::message(*concern, source, nudge.as_ref()),
        Message::Kept(kept) => checkin::kept_message(kept),
        Message::Report(screen) => report::message(screen),
        Message::ReportFile { month } => report::file(*month),
        Message::FeedbackAsk(screen) => feedback::question(screen),
        Message::FeedbackOver => feedback::over(),
        Message::FeedbackResult(screen) => feedback::result(screen),
        Message::FeedbackBegan(screen) => feedback::began(screen),
        Message::FeedbackEnded { cancelled } => feedback::ended(*cancelled),
        Message::FeedbackRefused { people } => feedback::refused(people),
        Message::Plan(plan) => plan::message(plan),
        Message::AuditProposed { audit } => audit::proposed(audit),
        Message::Export { by_operator } => privacy::export(*by_operator),
        Message::Usage { problem } => usage::message(problem.as_ref()),
        Message::Wish(screen) => plain_words::message(screen),
        Message::TooShort { nudge } => plain_words::too_short(nudge),
        Message::Notice(notice) => notice::message(notice),
        Message::Rejected(error) => field_error::message(error),
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

/// A message as a modal, for an answer to a button on the Home tab: no conversation belongs to it that
/// could take a message.
pub fn message_as_modal(message: &Message) -> SlackView {
    let blocks = self::message(message).blocks;
    blocks::modal(&FormState::Notice, "LeadLens", None, "Close", blocks)
}

/// Renders a modal that is opened.
pub fn form(form: &Form) -> SlackView {
    named(form, None)
}

/// Renders a modal that takes the place of another one, or of an earlier state of its own. `shown_by` is
/// the delivery or job that shows it.
pub fn form_in_place(form: &Form, shown_by: &str) -> SlackView {
    named(form, Some(shown_by))
}

fn named(form: &Form, shown_by: Option<&str>) -> SlackView {
    block_ids::name_inputs(view(form), shown_by)
}

fn view(form: &Form) -> SlackView {
    match form {
        Form::Checkin { state, question, look_back, fields } => {
            let question = question.as_deref().map(|question| look_back::label(look_back.as_ref(), question));
            checkin::form(state, question.as_deref(), fields)
        }
        Form::FollowUp { state, kept, question, answer, llm_disclosure } => {
            checkin::follow_up(state, kept, question, answer, llm_disclosure.as_ref())
        }
        Form::Care { state, concern, inputs } => care::form(state, *concern, inputs),
        Form::Schedule(schedule) => schedule::form(schedule),
        Form::Practices(practices) => practices::form(practices),
        Form::Pause { until_on } => schedule::pause(*until_on),
        Form::History(page) => history::form(page),
        Form::FeedbackAsk(form) => feedback::ask_form(form),
        Form::FeedbackRunning(screen) => feedback::running(screen),
        Form::FeedbackAnswer(form) => feedback::answer_form(form),
        Form::Ask { state, questions } => coaching_act::form(state, questions),
        Form::EditCoachingAct(form) => coaching_act::edit(form),
        Form::CoachingActKept { act, question, local_on } => coaching_act::kept(act, question, *local_on),
        Form::CoachingActs(page) => coaching_act::list(page),
        Form::Room { last } => room::form(*last),
        Form::RoomRead { room, question } => room::read(*room, question.as_deref()),
        Form::Audit(audit) => audit::form(audit),
        Form::AuditKept { audit, outcome, question } => audit::kept(audit, outcome, question.as_deref()),
        Form::Audits(audits) => audit::list(audits),
        Form::Plan(plan) => plan::form(plan),
        Form::PlanKept { plan, words, at } => plan::kept(plan, words, *at),
        Form::PlanOutcome(form) => plan::outcome(form),
        Form::Plans(plans) => plan::list(plans),
        Form::Forget { reflections, nudges } => privacy::erase_form(*reflections, *nudges),
        Form::Notice(notice) => notice::form(notice),
    }
}

/// Renders the Home tab.
pub fn home(home: &Home) -> SlackView {
    home::view(home)
}

#[cfg(test)]
mod tests;
