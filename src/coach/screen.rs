//! What to show, as data: messages, forms and the Home tab, without Block Kit. A use case chooses a screen
//! and fills it in; `slack/render/` turns it into blocks and adds the fixed sentences. A form carries
//! a [`FormState`], which comes back with the submission; what a button means is its feature's `Action`.
//!
//! This file has the two lists, [`Message`] and [`Form`]. What they contain has one file for each noun.

use super::{
    audit::AuditSummary,
    care::Concern,
    ids::{MessageTs, RowId, UserId},
    member_text::MemberText,
    plan::PlanWords,
    reflection::CheckinFields,
    room::{Room, RoomReading},
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
mod look_back;
mod notice;
mod nudge;
mod plain_words;
mod plan;
mod practices;
mod report;
mod schedule;

pub use super::{calendar::CalendarError, command::CommandError};
pub use audit::{AuditEntry, AuditForm};
pub use checkin::{CareInputs, ReflectionScreen};
pub use coaching_act::{COACHING_ACTS_PAGE_SIZE, CoachingActEntry, CoachingActsPage, EditCoachingActForm};
pub use feedback::{
    FeedbackAnswerForm, FeedbackAskForm, FeedbackAskScreen, FeedbackAskState, FeedbackResultScreen,
    FeedbackRunningScreen,
};
pub use field_error::{FieldError, FieldProblem};
pub use form_state::{Field, FormState};
pub use history::{HISTORY_PAGE_SIZE, HistoryEntry, HistoryPage};
pub use home::{Home, MonthSummary};
pub use invitation::Invitation;
pub use llm_follow_up::{LlmConsentStatus, LlmDisclosure};
pub use look_back::{LookBackScreen, LookedBack};
pub use notice::Notice;
pub use nudge::{NudgeScreen, NudgeScreenState};
pub use plain_words::{OpenQuestion, PlainWordsScreen};
pub use plan::{PlanForm, PlanOutcomeForm, PlanScreen};
pub use practices::{PracticeEntry, PracticesForm};
pub use report::{
    Chart, Misfit, OwnWords, Picture, PictureFormat, Quotation, ReportPart, ReportScreen, Series, Table,
};
pub use schedule::ScheduleForm;

/// A message in the DM, or an ephemeral one in a channel.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// First contact: what LeadLens is, what is kept and who sees it, what it shows, and two buttons.
    Welcome {
        what: String,
        shown: String,
    },
    Nudge(NudgeScreen),
    /// The last message before silence.
    AskToGoOn,
    /// Offers to keep a message that answers no open question as a check-in.
    OfferKeep {
        source: MessageTs,
    },
    /// Names people to talk to, for a message that mentions a care concern, and offers to keep it or not.
    Care {
        concern: Concern,
        source: MessageTs,
        nudge: Option<RowId>,
    },
    /// A check-in that was kept, with *Edit* and *Delete*.
    Kept(ReflectionScreen),
    Report(Box<ReportScreen>),
    /// The line above the picture of a report, which comes as a file.
    ReportFile {
        month: super::month::Month,
    },
    /// A feedback question, to one of the people who are asked.
    FeedbackAsk(FeedbackAskScreen),
    /// Replaces the question when the round is over. It contains no names.
    FeedbackOver,
    FeedbackResult(FeedbackResultScreen),
    /// A round has begun and can be cancelled.
    FeedbackBegan(FeedbackRunningScreen),
    /// Replaces it when the round is over.
    FeedbackEnded {
        cancelled: bool,
    },
    /// Nobody was asked, because these are no people who can be asked.
    FeedbackRefused {
        people: Vec<UserId>,
    },
    /// Asks what came of a plan.
    Plan(PlanScreen),
    /// Meetings from a calendar are ready to be marked.
    AuditProposed {
        audit: RowId,
    },
    /// Comes with the files of the member's data.
    Export {
        by_operator: bool,
    },
    /// The short usage, after `help`, an empty command, or one that was not understood.
    Usage {
        problem: Option<CommandError>,
    },
    /// What plain words were understood to ask for, with the button that does it.
    Wish(PlainWordsScreen),
    /// A message that is too short to keep as the answer to an open question.
    TooShort {
        nudge: RowId,
    },
    Notice(Notice),
    /// What is wrong with a value, where there is no field to show it beside.
    Rejected(FieldError),
}

/// A modal.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// A check-in, an answer to a nudge, or an edit. `question` is the question of the nudge; without it, the
    /// standing question is asked.
    Checkin {
        state: FormState,
        question: Option<String>,
        /// What the nudge looks back on.
        look_back: Option<LookBackScreen>,
        fields: CheckinFields,
    },
    /// The second step of a check-in: the member's own words, the hat they said, and one follow-up question.
    FollowUp {
        state: FormState,
        kept: ReflectionScreen,
        question: String,
        answer: MemberText,
        llm_disclosure: Option<LlmDisclosure>,
    },
    /// Names people to talk to, for a text that mentions a care concern, with the text still in the inputs
    /// and *Keep* and *Don't keep*.
    Care {
        state: FormState,
        concern: Concern,
        inputs: CareInputs,
    },
    Schedule(ScheduleForm),
    Practices(PracticesForm),
    /// Pause until a date, or until resumed.
    Pause {
        until_on: Option<Date>,
    },
    /// The member's reflections, newest first.
    History(HistoryPage),
    /// The questions that *Ask, don't fix* offers, in the order of the state's ids.
    Ask {
        state: FormState,
        questions: Vec<String>,
    },
    EditCoachingAct(EditCoachingActForm),
    /// A coaching act was recorded. It can be undone.
    CoachingActKept {
        act: RowId,
        question: String,
        local_on: Date,
    },
    /// The coaching acts, newest first.
    CoachingActs(CoachingActsPage),
    /// What will be sent for feedback, to whom and when, with *Send* and *Cancel*.
    FeedbackAsk(FeedbackAskForm),
    /// The round that runs, with *Cancel the round*.
    FeedbackRunning(FeedbackRunningScreen),
    /// The answer to a feedback question. With a concern, it names people to talk to and offers to keep the
    /// comment or not.
    FeedbackAnswer(FeedbackAnswerForm),
    /// The eight descriptions of the room, and the last one if there is one.
    Room {
        last: Option<RoomReading>,
    },
    /// The hat that a room needs, and one question for it.
    RoomRead {
        room: Room,
        question: Option<String>,
    },
    /// An audit to fill in and mark.
    Audit(AuditForm),
    /// The summary of an audit, and the question that offers an experiment.
    AuditKept {
        audit: RowId,
        outcome: AuditSummary,
        question: Option<String>,
    },
    /// The audits, newest first.
    Audits(Vec<AuditEntry>),
    Plan(PlanForm),
    /// A plan that was kept, in the member's own words, to be said once more.
    PlanKept {
        plan: RowId,
        words: PlanWords,
        at: DateTime,
    },
    PlanOutcome(PlanOutcomeForm),
    /// The plans, open ones first.
    Plans(Vec<PlanScreen>),
    /// The confirmation before everything is erased, with the counts of what that covers.
    Forget {
        reflections: u64,
        nudges: u64,
    },
    /// A few words with nothing to submit. It ends the conversation of a form.
    Notice(Notice),
}
