//! The short fixed answers. The renderer words them.

use super::{CalendarError, PracticeEntry};
use crate::coach::{month::Month, prompt::NudgeReason};
use jiff::civil::{Date, DateTime};

/// A short fixed answer: what happened, what was kept, or what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The schedule was kept. `next` is the next nudge in the member's time zone; `None` for the zone while
    /// neither Slack nor the member has named it.
    ScheduleKept {
        next: Option<DateTime>,
        zone: Option<String>,
    },
    /// Paused until a date, or until resumed.
    Paused {
        until_on: Option<Date>,
    },
    /// The form of the schedule opens; what was typed behind the command was not read.
    WordsNotRead,
    /// Resumed. `next` is the next nudge.
    Resumed {
        next: Option<DateTime>,
    },
    /// There was no pause to end.
    NotPaused,
    /// A question is on its way to the DM.
    NudgeComing,
    /// An open question is already waiting in the DM, so no other was asked.
    NudgeWaiting,
    /// The report is on its way to the DM.
    ReportComing {
        month: Month,
    },
    /// The member's first entry is later than the month.
    NothingThatEarly {
        month: Month,
    },
    /// The export is on its way to the DM.
    ExportComing,
    /// Slack takes nothing in this workspace now. What was asked for waits, and comes when Slack does.
    ComesLater,
    /// Slack takes nothing in this workspace now, and a question for later is none.
    NoQuestionNow,
    /// Why this question was chosen.
    Why {
        reason: NudgeReason,
        /// The practice of the question, if the library still has it.
        practice: Option<PracticeEntry>,
    },
    /// Slack is being asked which of the people can be asked for feedback.
    FeedbackChecking,
    /// Those who can be asked are asked for feedback, and the round ends on this date at the latest. Older
    /// rows of the outbox alone send this.
    FeedbackAsked {
        until_on: Date,
    },
    /// The round was cancelled.
    FeedbackCancelled {
        /// When the next one can begin.
        again_on: Date,
    },
    /// Too few of the people can be asked, so no question was sent.
    FeedbackTooFew,
    /// Slack did not answer, so no feedback question was sent.
    FeedbackNotChecked,
    /// The export waits, because the app may not send files.
    ExportHeld,
    /// When the last round began, and when the next one can.
    FeedbackTooSoon {
        asked_on: Date,
        again_on: Date,
    },
    /// The round is over, and nothing was changed.
    FeedbackOver,
    /// The answer was withdrawn.
    FeedbackWithdrawn,
    /// The member can be asked for feedback again.
    FeedbackOptedIn,
    CalendarComing,
    CalendarError(CalendarError),
    AuditDeleted,
    PlanDeleted,
    /// The outcome of a plan was kept.
    PlanNoted,
    /// The item of a list does not exist any more.
    ItemGone,
    CoachingActDeleted,
    ReflectionDeleted,
    /// The reflection does not exist any more.
    ReflectionGone,
    /// The text is too long for a form. It is edited by editing the message it came from.
    EditTheMessage,
    NotKept,
    /// Slack did not hand out a message that the member wanted to keep.
    KeepFailed,
    /// Nudges continue.
    GoesOn {
        next: Option<DateTime>,
    },
    /// No nudges until the member sets a cadence.
    NudgesStopped,
    /// The operator looked at the member's report at the member's request.
    ReadByOperator {
        month: Month,
    },
    /// Everything is being erased. A message in the DM confirms it later.
    Erasing,
    /// Everything was erased, with what could not be reached in Slack.
    Erased {
        by_operator: bool,
        messages_deleted: bool,
    },
    /// The button is from an old or unknown message.
    UnknownButton,
    /// An earlier click already did it.
    AlreadyDone,
    /// The member's message held no words, so nothing of it was kept.
    WithoutWords,
    /// Slack probably did not open the form.
    NotOpened,
    /// It could not be stored. Nothing was changed.
    StoreFailed,
}
