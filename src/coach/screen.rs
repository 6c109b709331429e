//! What to show, as data: messages, forms and the Home tab, without Block Kit. The app chooses a
//! screen and fills it; `slack/render/` finds the blocks and the fixed sentences for it. Buttons
//! carry a [`Press`]; forms carry a [`FormState`] that comes back with the submission.

use super::{
    audit::{Meeting, Outcome},
    care::Concern,
    feedback::{Counts, Step, Token},
    hat::{Hat, Hats, Practice},
    ids::{MessageRef, MessageTs, PromptId, RowId, UserId},
    member::{Cadence, QuietHours},
    month::Month,
    plan::{PlanFields, PlanState},
    reflection::CheckinFields,
    room::Room,
    text::Words,
};
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// What a button or menu of ours means when it is tapped. Slack keeps old messages for years, so
/// the encoding (in `slack/ids.rs`) carries a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Press {
    /// Open the check-in form.
    Checkin,
    /// Open the form that answers a nudge.
    Reflect { nudge: RowId },
    /// Ask again later.
    Later { nudge: RowId, when: Later },
    /// Skip this nudge.
    Skip { nudge: RowId },
    /// Show why this question was chosen.
    Why { nudge: RowId },
    /// A question now.
    NudgeNow,
    /// Say which hat a reflection showed.
    SayHat { reflection: RowId, hats: Hats },
    /// Open a reflection for editing.
    Edit { reflection: RowId },
    /// Delete a reflection (the button asks for confirmation itself).
    Delete { reflection: RowId },
    /// Keep the member's own message at `ts` as a check-in, or as the answer to `nudge`.
    Keep { ts: MessageTs, nudge: Option<RowId> },
    /// Do not keep it.
    DontKeep { ts: MessageTs },
    /// Answer to the last message of back-off: go on with nudges.
    GoOn,
    /// Answer to the last message of back-off: no more nudges.
    StopNudges,
    /// Open the schedule form.
    Schedule,
    /// Open the pause form.
    Pause,
    /// End the pause.
    Resume,
    /// Send the report of a month to the DM.
    Report { month: Month },
    /// Open the history at a page (0 = newest).
    History { page: u32 },
    /// Turn the page of an open history, `search` staying as it was (kept in the form's state).
    HistoryPage { page: u32 },
    /// Search the open history for what stands in its search field.
    HistorySearch,
    /// Take another of the three questions to give back; 0 is the first.
    TakeQuestion { nth: u8 },
    /// Show the questions that were given back, at a page (0 = newest).
    Acts { page: u32 },
    /// Delete one of them (the button asks for confirmation itself, but for the undo).
    DeleteAct { act: RowId },
    /// Open the form that asks people for feedback.
    Feedback,
    /// Open the form that answers somebody's feedback question.
    FeedbackAnswer(Invitation),
    /// Say nothing in this round.
    FeedbackDecline(Invitation),
    /// Take one's answer back.
    FeedbackWithdraw(Invitation),
    /// Not to be asked by anybody any more.
    FeedbackOptOut(Invitation),
    /// To be asked again; from the message of a round, or from Home.
    FeedbackOptIn { from: Option<Invitation> },
    /// Open the eight readings of the room.
    Room,
    /// The room was read so.
    ReadRoom { room: Room },
    /// Open a check-in with that room filled in.
    CheckinInRoom { room: Room },
    /// Forget the last reading of the room.
    ForgetRoom,
    /// Open the audit form.
    Audit,
    /// Open an audit, kept or proposed, for marking and editing.
    EditAudit { audit: RowId },
    /// Delete an audit (the button asks for confirmation itself).
    DeleteAudit { audit: RowId },
    /// Show the audits.
    Audits,
    /// Open the form of an if–then plan, or of an experiment with a hat.
    Plan { experiment: Option<Hat> },
    /// Open a plan for editing.
    EditPlan { plan: RowId },
    /// Delete a plan (the button asks for confirmation itself).
    DeletePlan { plan: RowId },
    /// The plan was done.
    PlanDone { plan: RowId },
    /// The plan was not done yet.
    PlanNotYet { plan: RowId },
    /// Open the form for what came of a plan.
    PlanOutcome { plan: RowId },
    /// Show the plans.
    Plans,
    /// Send everything about oneself to the DM.
    Export,
    /// Ask whether to erase everything.
    Forget,
    /// Show the usage.
    Help,
}

/// What the buttons of a feedback question carry: the round, and the token that alone leads to the
/// answer of whoever has the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The round.
    pub round: RowId,
    /// The token.
    pub token: Token,
}

impl Press {
    /// The feedback question that the button stands on, if it stands on one.
    pub fn invitation(&self) -> Option<&Invitation> {
        match self {
            Press::FeedbackAnswer(from)
            | Press::FeedbackDecline(from)
            | Press::FeedbackWithdraw(from)
            | Press::FeedbackOptOut(from) => Some(from),
            Press::FeedbackOptIn { from } => from.as_ref(),
            _ => None,
        }
    }
}

/// The three choices of *Later*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    /// In an hour.
    OneHour,
    /// Tomorrow at the nudge hour.
    Tomorrow,
    /// Next week at the nudge hour.
    NextWeek,
}

/// What a form remembers about itself until it is submitted (Slack's `private_metadata`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
pub enum FormState {
    /// A new check-in, or the answer to a nudge. `care_met` is set once the care screen was shown,
    /// so that submitting it means *Keep*.
    Checkin { nudge: Option<RowId>, prompt: Option<PromptId>, care_met: bool },
    /// An existing reflection is being edited.
    EditReflection { reflection: RowId, care_met: bool },
    /// The second step: the follow-up question of a reflection just kept.
    FollowUp { reflection: RowId, care_met: bool },
    /// The schedule.
    Schedule,
    /// The pause.
    Pause,
    /// History, at a page of a search. It has nothing to submit. The search text itself stands in
    /// the form's input and is never put here.
    History { page: u32 },
    /// *Ask, don't fix*: the questions that are offered, and which of them is taken.
    Ask { offered: Vec<PromptId>, taken: u8 },
    /// The questions that were given back, at a page. It has nothing to submit.
    Acts { page: u32 },
    /// Whom to ask for feedback.
    FeedbackAsk,
    /// The answer to a feedback question, and the message it stands on. `care_met` as in the check-in.
    Feedback { from: Box<Invitation>, at: Box<MessageRef>, care_met: bool },
    /// The readings of the room. It has nothing to submit.
    Room,
    /// An audit: a new one, or the one of that row, kept or proposed.
    Audit { audit: Option<RowId> },
    /// A plan, new or of that row; `experiment` names the hat that is tried.
    Plan { plan: Option<RowId>, experiment: Option<Hat>, care_met: bool },
    /// A plan was kept and is said once more.
    Rehearsal,
    /// What came of a plan.
    PlanOutcome { plan: RowId, care_met: bool },
    /// The list of plans. It has nothing to submit.
    Plans,
    /// The list of audits. It has nothing to submit.
    Audits,
    /// The one confirmation before everything is erased.
    Forget,
    /// Words only; nothing to submit.
    Notice,
}

/// A field of a form, for the errors that stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    Situation,
    Room,
    Answer,
    Hat,
    FollowUpAnswer,
    Days,
    FirstTime,
    SecondTime,
    ThirdTime,
    Zone,
    QuietFrom,
    QuietTo,
    DaysOff,
    PauseUntil,
    Practice,
    Search,
    FirstQuestion,
    SecondQuestion,
    ThirdQuestion,
    People,
    Step,
    Comment,
    /// The title of a meeting of an audit; 0 is the first.
    Meeting(u8),
    /// The mark of a meeting of an audit; 0 is the first.
    Mark(u8),
    Calendar,
    Cue,
    Act,
    FollowUpOn,
    FollowUpTime,
    Outcome,
    Rehearsal,
    Confirm,
}

impl Field {
    /// The input of one of the questions to give back; 0 is the first.
    pub fn question(nth: u8) -> Self {
        match nth {
            0 => Field::FirstQuestion,
            1 => Field::SecondQuestion,
            _ => Field::ThirdQuestion,
        }
    }
}

/// Something said in the DM, or for one member's eyes in a channel.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// First contact: what this is, what is kept and who sees it, two buttons.
    Welcome,
    /// A nudge, in whatever state it is.
    Nudge(NudgeScreen),
    /// The last message before silence.
    AskToGoOn,
    /// A message that answered no open question: *Keep as a check-in?*
    OfferKeep { source: MessageTs },
    /// A message that coaching should not answer: people to talk to, and *Keep* / *Don't keep*.
    Care { concern: Concern, source: MessageTs, nudge: Option<RowId> },
    /// A check-in that was kept from a plain message or a form, with *Edit* and *Delete*.
    Kept(KeptScreen),
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
    Usage { problem: Option<Problem> },
    /// One of the fixed short answers.
    Notice(Notice),
}

/// Why the usage is shown instead of what was asked. None of them echoes what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No such command; perhaps the named one was meant.
    UnknownCommand { did_you_mean: Option<&'static str> },
    /// The month is not one of the calendar, or lies in the future.
    BadMonth,
    /// The date is not one of the calendar, or lies in the past.
    BadDate,
}

/// Fixed short answers: what happened, what was kept, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The schedule was kept; when the next nudge comes, in the member's zone.
    ScheduleKept { next: Option<DateTime>, zone: String },
    /// Paused, until a date or until resumed.
    Paused { until_on: Option<Date> },
    /// Resumed; when the next nudge comes.
    Resumed { next: Option<DateTime> },
    /// Nothing was paused.
    NotPaused,
    /// What can be typed, where no buttons belong.
    Usage,
    /// A question is on its way to the DM.
    NudgeComing,
    /// An open question waits in the DM already; it was not asked twice.
    NudgeWaiting,
    /// The report is on its way to the DM.
    ReportComing { month: Month },
    /// The export is on its way to the DM.
    ExportComing,
    /// *Later* was understood; when it comes back.
    LaterAt { at: DateTime },
    /// Skipped; it counts against nobody.
    Skipped,
    /// Why this question was chosen.
    Why { reason: String },
    /// Slack is asked whether those named can be asked for feedback.
    FeedbackChecking,
    /// So many people are asked for feedback, until a date at the latest.
    FeedbackAsked { people: u32, until_on: Date },
    /// Too few of those named can be asked; nobody was.
    FeedbackTooFew { left: u32 },
    /// Slack did not say whether they can be asked; nobody was.
    FeedbackNotChecked,
    /// The last round began on a date; the next can on another.
    FeedbackTooSoon { asked_on: Date, again_on: Date },
    /// The round is over; nothing was changed.
    FeedbackOver,
    /// The answer was taken back.
    FeedbackWithdrawn,
    /// The member may be asked for feedback again.
    FeedbackOptedIn,
    /// A calendar is being read.
    CalendarComing,
    /// A calendar could not be used.
    CalendarTrouble(CalendarTrouble),
    /// An audit was deleted and counts no more.
    AuditDeleted,
    /// A plan was deleted.
    PlanDeleted,
    /// What came of a plan was kept.
    PlanNoted,
    /// The plan or audit is not there any more.
    NotThere,
    /// An act of *Ask, don't fix* was deleted and counts no more.
    ActDeleted,
    /// The reflection was deleted.
    Deleted,
    /// The reflection is not there any more.
    Gone,
    /// Too long for a form: it is edited by editing the message it came from.
    EditTheMessage,
    /// Kept as a check-in.
    KeptAsCheckin,
    /// Not kept.
    NotKept,
    /// Nudges go on.
    GoesOn { next: Option<DateTime> },
    /// No more nudges until the member sets a cadence.
    NudgesStopped,
    /// The operator looked at the member's report at their request.
    ReadByOperator { month: Month },
    /// Everything is being erased; a message in the DM says when nothing is left.
    Erasing,
    /// Everything was erased; what could not be reached.
    Erased { by_operator: bool, messages_deleted: bool },
    /// A button from an old or foreign message: what to do instead.
    UnknownButton,
    /// Already done by an earlier tap.
    AlreadyDone,
    /// It could not be kept: nothing was changed, try again.
    StoreFailed,
}

/// A nudge as the DM shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct NudgeScreen {
    /// Its row.
    pub nudge: RowId,
    /// The question.
    pub question: String,
    /// What to show below it.
    pub state: NudgeScreenState,
}

/// The state of a nudge on the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum NudgeScreenState {
    /// *Reflect*, *Later*, *Skip*.
    Open,
    /// Kept, with *Edit* and *Delete*.
    Answered(KeptScreen),
    /// Skipped.
    Skipped,
    /// Postponed, to a local time.
    Later { at: DateTime },
    /// Its reflection was deleted.
    Deleted,
    /// A newer message took its place, or nudges were stopped: no buttons.
    Closed,
}

/// A reflection that is kept, as a message shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptScreen {
    /// Its row.
    pub reflection: RowId,
    /// The situation; may be blank.
    pub situation: Words,
    /// The answer, whole; the renderer cuts what it shows.
    pub answer: Words,
    /// The hat the member said; `None` asks for it with one tap.
    pub hat_said: Option<Hats>,
    /// Its local date.
    pub local_on: Date,
}

/// A report, already worded by `report/`.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportScreen {
    /// The month.
    pub month: Month,
    /// The headline.
    pub title: String,
    /// Its parts in reading order; all numbers of the charts and the table are in them.
    pub parts: Vec<ReportPart>,
    /// The member's own words, the oldest first; at most three.
    pub quotations: Vec<Quotation>,
    /// The question to take along.
    pub question: &'static str,
    /// The charts, where there is enough to draw; at most two.
    pub charts: Vec<Chart>,
    /// The numbers side by side, where there are any.
    pub table: Option<Table>,
    /// The month at a glance, for where charts and tables are refused.
    pub picture: Picture,
}

/// A picture of ours. It holds no word of a member's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The drawing, as one SVG document.
    pub svg: String,
    /// All of it in words.
    pub alt: String,
}

/// A short paragraph of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPart {
    /// What it is about, for the eye; blank for a paragraph that needs no name.
    pub heading: &'static str,
    /// Whole sentences.
    pub text: String,
    /// The charts and the table show the same numbers: where they are seen, this need not be.
    pub in_charts: bool,
}

/// A member's own words with their date, cut politely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Their local date.
    pub local_on: Date,
    /// The words; never blank.
    pub words: Words,
}

/// A table of short texts; every row has as many cells as the header, none is blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it holds.
    pub caption: String,
    /// The names of the columns.
    pub header: Vec<String>,
    /// The lines; the first cell names the line.
    pub rows: Vec<Vec<String>>,
}

/// A bar chart within Slack's limits: title ≤ 50 characters, labels ≤ 20.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// One label for each group of bars.
    pub categories: Vec<String>,
    /// One value for each category.
    pub series: Vec<Series>,
}

/// One colour of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Its values, as many as there are categories.
    pub values: Vec<f64>,
}

/// A modal.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// Check-in, answer to a nudge, or an edit. `question` is the nudge's, else the standing one.
    Checkin { state: FormState, question: Option<String>, fields: CheckinFields },
    /// The second step: the member's own words, the hat they ticked, one follow-up question.
    FollowUp { state: FormState, kept: KeptScreen, question: String, answer: Words },
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
    /// A question was given back and counts; it can be undone.
    ActKept { act: RowId, question: String, local_on: Date },
    /// The questions that were given back, newest first.
    Acts(ActsPage),
    /// Whom to ask for feedback; `unclear` when a name that was typed is nobody's.
    FeedbackAsk { people: Vec<UserId>, unclear: bool },
    /// The answer to a feedback question; with a concern, people to talk to and *Keep* / *Don't keep*.
    FeedbackAnswer(FeedbackAnswerForm),
    /// The eight readings of the room, and the last one, if it was read before.
    Room { last: Option<Room> },
    /// The hat a room needs and one question for it.
    RoomRead { room: Room, question: Option<String> },
    /// An audit, to be filled in and marked.
    Audit(AuditForm),
    /// What an audit came to.
    AuditKept { audit: RowId, outcome: Outcome },
    /// The audits, newest first.
    Audits(Vec<AuditEntry>),
    /// A plan or an experiment.
    Plan(PlanForm),
    /// A plan that was kept, in the member's own words, to say once more.
    PlanKept { plan: RowId, sentence: Words, at: DateTime },
    /// What came of a plan.
    PlanOutcome { state: FormState, sentence: Words, outcome: Words, concern: Option<Concern> },
    /// The plans, those that are open first.
    Plans(Vec<PlanScreen>),
    /// The one confirmation before everything is erased, with what that covers.
    Forget { reflections: u64, nudges: u64 },
    /// A few words and nothing to submit; closes the conversation of a form.
    Notice(Notice),
}

/// The inputs that a care form keeps the member's words in.
#[derive(Debug, Clone, PartialEq)]
pub enum CareInputs {
    /// Those of the check-in, with the question that was asked.
    Checkin { question: Option<String>, fields: CheckinFields },
    /// That of the follow-up.
    FollowUp { question: String, answer: Words },
}

/// The schedule form's values: what is set, or the defaults it opens with.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleForm {
    /// Days and times.
    pub cadence: Cadence,
    /// IANA name.
    pub zone: String,
    /// Quiet hours.
    pub quiet: QuietHours,
    /// Days off from today on, sorted.
    pub days_off: Vec<Date>,
    /// First date after the pause, while one is set with a date.
    pub pause_until_on: Option<Date>,
    /// Paused without a date.
    pub paused: bool,
    /// The practice in focus.
    pub focus: Option<Practice>,
    /// False until the member has set a cadence: the form then says that nudges begin on submit.
    pub nudges_on: bool,
}

/// A page of one's own reflections.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage {
    /// What was searched for; blank for everything.
    pub search: Words,
    /// 0 is the newest.
    pub page: u32,
    /// How many reflections match in all.
    pub total: u64,
    /// Those of this page, newest first.
    pub entries: Vec<HistoryEntry>,
    /// How many questions were given back; they have a list of their own.
    pub acts: u64,
    /// How many audits there are; they have a list of their own.
    pub audits: u64,
    /// How many plans there are; they have a list of their own.
    pub plans: u64,
}

/// How many reflections a page shows: each takes three blocks of a modal's hundred.
pub const HISTORY_PAGE_SIZE: u32 = 8;

/// One reflection in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The question that was asked.
    pub question: String,
    /// The room that was read.
    pub room: Option<Room>,
    /// The rest.
    pub kept: KeptScreen,
}

/// A feedback question as the asked person's message shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackAskScreen {
    /// Who asks.
    pub asker: UserId,
    /// What its buttons carry.
    pub from: Invitation,
    /// What became of it.
    pub state: FeedbackAskState,
    /// They are not asked by anybody any more.
    pub opted_out: bool,
    /// When the round ends at the latest.
    pub until_on: Date,
}

/// What became of a feedback question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackAskState {
    /// Nothing yet.
    Asked,
    /// Answered; what was said is not shown.
    Answered,
    /// Declined or taken back.
    Declined,
}

/// The result of a feedback round.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackResultScreen {
    /// The member's date when they asked.
    pub asked_on: Date,
    /// How the answers are spread; `None` when fewer than three answered.
    pub counts: Option<Counts>,
    /// The comments, shuffled.
    pub comments: Vec<Words>,
}

/// The form that answers a feedback question.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackAnswerForm {
    /// Its state.
    pub state: FormState,
    /// Who asks.
    pub asker: UserId,
    /// What was chosen before.
    pub step: Option<Step>,
    /// What was written before.
    pub comment: Words,
    /// There is an answer that can be taken back.
    pub answered: bool,
    /// The trouble that the comment speaks of.
    pub concern: Option<Concern>,
}

/// A page of the questions that a member gave back.
#[derive(Debug, Clone, PartialEq)]
pub struct ActsPage {
    /// 0 is the newest.
    pub page: u32,
    /// How many there are in all.
    pub total: u64,
    /// Those of this page, newest first.
    pub entries: Vec<ActEntry>,
}

/// How many acts a page shows.
pub const ACTS_PAGE_SIZE: u32 = 15;

/// One act in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct ActEntry {
    /// Its row.
    pub act: RowId,
    /// The question that it began from.
    pub question: String,
    /// Its local date.
    pub local_on: Date,
}

/// Why an uploaded calendar could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarTrouble {
    /// Slack did not hand the file out.
    NotFetched,
    /// It is larger than what is read.
    TooLarge,
    /// It is no calendar, or cut off, or in another encoding than UTF-8.
    NoCalendar,
    /// It holds more than is read: too deep, too many.
    TooMuch,
    /// It holds no meeting of the last four weeks.
    NoMeetings,
}

/// The audit form.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditForm {
    /// Its state.
    pub state: FormState,
    /// What stands in its rows, at most five.
    pub meetings: Vec<Meeting>,
    /// A calendar can be uploaded: a new audit.
    pub upload: bool,
    /// The rows were proposed from a calendar.
    pub proposed: bool,
    /// Why the calendar that was uploaded could not be used.
    pub trouble: Option<CalendarTrouble>,
}

/// One audit in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its row.
    pub audit: RowId,
    /// Its local date.
    pub local_on: Date,
    /// What it came to; `None` while its meetings are only proposed.
    pub outcome: Option<Outcome>,
}

/// The form of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanForm {
    /// Its state.
    pub state: FormState,
    /// What stands in it.
    pub fields: PlanFields,
    /// The trouble that its words speak of: people to talk to, *Keep* and *Don't keep*.
    pub concern: Option<Concern>,
    /// How many plans the member has.
    pub plans: usize,
}

/// A plan as messages, lists and Home show it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanScreen {
    /// Its row.
    pub plan: RowId,
    /// The plan in the member's words.
    pub sentence: Words,
    /// It is an experiment.
    pub is_experiment: bool,
    /// Where it stands.
    pub state: PlanState,
    /// When it is followed up, in the member's zone.
    pub at: DateTime,
    /// What came of it.
    pub outcome: Words,
}

/// The Home tab.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// True once the member has set a cadence.
    pub nudges_on: bool,
    /// The next nudge in the member's zone.
    pub next_nudge: Option<DateTime>,
    /// The pause, if one holds: `Some(None)` is a pause without a date.
    pub paused: Option<Option<Date>>,
    /// The practice in focus.
    pub focus: Option<Practice>,
    /// The running month so far, as the member says it.
    pub this_month: MonthGlance,
    /// The month before, whole.
    pub last_month: MonthGlance,
    /// Active weeks of the last four.
    pub active_weeks: u8,
    /// Plans that something may still come of, the next first.
    pub plans: Vec<PlanScreen>,
    /// The newest reflections, at most three.
    pub recent: Vec<HistoryEntry>,
    /// When the member's open feedback round ends at the latest.
    pub feedback_until: Option<Date>,
    /// The member does not want to be asked for feedback.
    pub feedback_opted_out: bool,
    /// How many questions were given back; they have a list of their own.
    pub acts: u64,
}

/// Counts of a month at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthGlance {
    /// The month.
    pub month: Month,
    /// Pieces of self-said evidence.
    pub evidence: u32,
    /// Those that showed the leader hat.
    pub leader: u32,
    /// Those that showed the manager hat.
    pub manager: u32,
}
