//! The fixed short answers. Their sentences are the renderer's.

use super::CalendarError;
use crate::coach::month::Month;
use jiff::civil::{Date, DateTime};

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
    CalendarError(CalendarError),
    /// An audit was deleted and counts no more.
    AuditDeleted,
    /// A plan was deleted.
    PlanDeleted,
    /// What came of a plan was kept.
    PlanNoted,
    /// The plan or audit is not there any more.
    ItemGone,
    /// An act of *Ask, don't fix* was deleted and counts no more.
    CoachingActDeleted,
    /// The reflection was deleted.
    ReflectionDeleted,
    /// The reflection is not there any more.
    ReflectionGone,
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
    /// Slack did not open the form, as far as is known: try again.
    NotOpened,
    /// It could not be kept: nothing was changed, try again.
    StoreFailed,
}
