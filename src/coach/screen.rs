//! What to show, as data: messages, forms and the Home tab, without Block Kit. The app chooses a
//! screen and fills it; `slack/render/` finds the blocks and the fixed sentences for it. Forms
//! carry a [`FormState`] that comes back with the submission; what a button means is its feature's `Action`. Here are the
//! two lists, [`Message`] and [`Form`]; what they hold has a file for each noun.

use super::{
    audit::AuditSummary,
    care::Concern,
    ids::{MessageTs, RowId, UserId},
    member_text::MemberText,
    reflection::CheckinFields,
    room::Room,
};
use jiff::civil::{Date, DateTime};

mod audit;
mod checkin;
mod coaching_act;
mod feedback;
mod field_error;
mod form_state;
mod history;
mod home;
mod invitation;
mod llm_follow_up;
mod notice;
mod nudge;
mod plan;
mod report;
mod schedule;

pub use super::{calendar::CalendarError, command::CommandError};
pub use audit::{AuditEntry, AuditForm};
pub use checkin::{CareInputs, ReflectionScreen};
pub use coaching_act::{COACHING_ACTS_PAGE_SIZE, CoachingActEntry, CoachingActsPage, EditCoachingActForm};
pub use feedback::{FeedbackAnswerForm, FeedbackAskScreen, FeedbackAskState, FeedbackResultScreen};
pub use field_error::{FieldError, FieldProblem};
pub use form_state::{Field, FormState};
pub use history::{HISTORY_PAGE_SIZE, HistoryEntry, HistoryPage};
pub use home::{Home, MonthSummary};
pub use invitation::Invitation;
pub use llm_follow_up::{LlmConsentStatus, LlmDisclosure};
pub use notice::Notice;
pub use nudge::{NudgeScreen, NudgeScreenState};
pub use plan::{PlanForm, PlanOutcomeForm, PlanScreen};
pub use report::{Chart, Picture, Quotation, ReportPart, ReportScreen, Series, Table};
pub use schedule::ScheduleForm;

/// Something said in the DM, or for one member's eyes in a channel.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// First contact: what this is, what is kept and who sees it, what it shows, two buttons.
    Welcome { what: String, shown: String },
    /// A nudge, in whatever state it is.
    Nudge(NudgeScreen),
    /// The last message before silence.
    AskToGoOn,
    /// A message that answered no open question: *Keep as a check-in?*
    OfferKeep { source: MessageTs },
    /// A message that coaching should not answer: people to talk to, and *Keep* / *Don't keep*.
    Care { concern: Concern, source: MessageTs, nudge: Option<RowId> },
    /// A check-in that was kept from a plain message or a form, with *Edit* and *Delete*.
    Kept(ReflectionScreen),
    /// The hat balance of a month.
    Report(Box<ReportScreen>),
    /// Somebody's feedback question, to one person.
    FeedbackAsk(FeedbackAskScreen),
    /// What stands in its place when the round is over; names nobody.
    FeedbackOver,
    /// The result of a member's feedback round.
    FeedbackResult(FeedbackResultScreen),
    /// What came of a plan?
    Plan(PlanScreen),
    /// The meetings of a calendar wait to be marked.
    AuditProposed { audit: RowId },
    /// The member's data is in the files that come with this message.
    Export { by_operator: bool },
    /// The short usage with buttons, after `help`, nothing, or something unknown.
    Usage { problem: Option<CommandError> },
    /// One of the fixed short answers.
    Notice(Notice),
    /// What is wrong with a value, where there is no field to show it beside.
    Rejected(FieldError),
}

/// A modal.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// Check-in, answer to a nudge, or an edit. `question` is the nudge's, else the standing one.
    Checkin { state: FormState, question: Option<String>, fields: CheckinFields },
    /// The second step: the member's own words, the hat they ticked, one follow-up question.
    FollowUp {
        state: FormState,
        kept: ReflectionScreen,
        question: String,
        answer: MemberText,
        llm_disclosure: Option<LlmDisclosure>,
    },
    /// Words that coaching should not answer: people to talk to, the words still in the inputs,
    /// *Keep* and *Don't keep*.
    Care { state: FormState, concern: Concern, inputs: CareInputs },
    /// Days, hours, zone, quiet hours, days off, pause, practice in focus.
    Schedule(ScheduleForm),
    /// Pause until a date, or until resumed.
    Pause { until_on: Option<Date> },
    /// Own reflections, newest first.
    History(HistoryPage),
    /// *Ask, don't fix*: the questions offered, as many as the state names.
    Ask { state: FormState, questions: Vec<String> },
    /// An act that is edited.
    EditCoachingAct(EditCoachingActForm),
    /// A question was given back and counts; it can be undone.
    CoachingActKept { act: RowId, question: String, local_on: Date },
    /// The questions that were given back, newest first.
    CoachingActs(CoachingActsPage),
    /// Whom to ask for feedback; `unclear` when a name that was typed is nobody's.
    FeedbackAsk { question: String, people: Vec<UserId>, unclear: bool },
    /// The answer to a feedback question; with a concern, people to talk to and *Keep* / *Don't keep*.
    FeedbackAnswer(FeedbackAnswerForm),
    /// The eight readings of the room, and the last one, if it was read before.
    Room { last: Option<Room> },
    /// The hat a room needs and one question for it.
    RoomRead { room: Room, question: Option<String> },
    /// An audit, to be filled in and marked.
    Audit(AuditForm),
    /// What an audit came to, and the question that offers an experiment.
    AuditKept { audit: RowId, outcome: AuditSummary, question: Option<String> },
    /// The audits, newest first.
    Audits(Vec<AuditEntry>),
    /// A plan or an experiment.
    Plan(PlanForm),
    /// A plan that was kept, in the member's own words, to say once more.
    PlanKept { plan: RowId, sentence: MemberText, at: DateTime },
    /// What came of a plan.
    PlanOutcome(PlanOutcomeForm),
    /// The plans, those that are open first.
    Plans(Vec<PlanScreen>),
    /// The one confirmation before everything is erased, with what that covers.
    Forget { reflections: u64, nudges: u64 },
    /// A few words and nothing to submit; closes the conversation of a form.
    Notice(Notice),
}
