//! Once: what a delivery did, in the form that is stored with its key. A delivery that comes again
//! does nothing and is answered from this, by the same code that answered it first.

use crate::coach::{
    ids::{MessageTs, RowId, ViewId},
    month::Month,
    screen::FormState,
};

/// A step of a form that is taken once. Another delivery of one that keeps something, with other values,
/// means the same entry, mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Checkin,
    Ask,
    Audit,
    Plan,
    /// The follow-up form is not the one any more that was shown first.
    FollowUp,
}

impl Step {
    /// The step that the submission of a form takes, where it keeps something once.
    pub(super) fn of(state: &FormState) -> Option<Self> {
        match state {
            FormState::Checkin { .. } => Some(Step::Checkin),
            FormState::Ask { .. } => Some(Step::Ask),
            FormState::Audit { .. } => Some(Step::Audit),
            FormState::Plan { .. } => Some(Step::Plan),
            _ => None,
        }
    }

    /// As it is stored.
    pub(super) fn key(self, view: &ViewId) -> String {
        let name = match self {
            Step::Checkin => "checkin",
            Step::Ask => "ask",
            Step::Audit => "audit",
            Step::Plan => "plan",
            Step::FollowUp => "follow-up",
        };
        format!("step:{view}:{name}")
    }
}

/// What a delivery did. It names rows and never holds text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Did {
    /// Nothing that anybody is told about.
    Nothing,
    /// A screen was asked for; which one stands in the delivery.
    Opened,
    /// A check-in was kept and one follow-up question is due.
    Kept(RowId),
    /// An act was kept.
    ActKept(RowId),
    /// An act was deleted.
    ActDeleted,
    /// A feedback round was begun.
    FeedbackBegun,
    /// The last round is too short ago.
    FeedbackTooSoon,
    /// Something was said, taken back or declined in a round.
    FeedbackSaid,
    /// The member may be asked for feedback again.
    FeedbackOptedIn,
    /// An audit was kept.
    AuditKept(RowId),
    /// An audit was deleted.
    AuditDeleted,
    /// A calendar is to be read.
    CalendarQueued,
    /// A plan was kept.
    PlanKept(RowId),
    /// A plan was deleted.
    PlanDeleted,
    /// What came of a plan was kept.
    PlanNoted,
    /// The plan or audit is not there any more.
    NotThere,
    /// A form with nothing after it was kept.
    Closed,
    /// A reflection was deleted.
    Deleted,
    /// The reflection is not there any more.
    Gone,
    /// An answer of the DM is longer than a form.
    TooLongForForm,
    /// A nudge was asked for and queued.
    NudgeQueued,
    /// An open question waits already.
    NudgeWaiting,
    /// Why a nudge was chosen.
    Why(RowId),
    /// The schedule was kept.
    ScheduleKept,
    /// Paused.
    Paused,
    /// The pause was ended.
    Resumed,
    /// Nothing was paused.
    NotPaused,
    /// Nudges go on.
    GoesOn,
    /// No more nudges.
    NudgesStopped,
    /// A report was queued.
    ReportQueued(Month),
    /// An export was queued.
    ExportQueued,
    /// The member said whether a model may write follow-up questions.
    ModelAnswered,
    /// Everything is being erased.
    Erasing,
    /// An earlier tap or message did it.
    AlreadyDone,
    /// A button that means nothing to us.
    UnknownButton,
    /// The member's own message is to be read and kept.
    WillKeep(MessageTs),
}

impl Did {
    /// As it is stored beside the key.
    pub(super) fn to_effect(&self) -> String {
        match self {
            Did::Kept(id) => format!("reflection:{id}"),
            Did::Why(id) => format!("why:{id}"),
            Did::ActKept(id) => format!("act:{id}"),
            Did::AuditKept(id) => format!("audit:{id}"),
            Did::PlanKept(id) => format!("plan:{id}"),
            Did::ReportQueued(month) => format!("report:{month}"),
            Did::WillKeep(ts) => format!("keep:{ts}"),
            plain => plain.code().to_owned(),
        }
    }

    /// Reads what is stored; what an older version stored and this one does not know did nothing
    /// that can be told.
    pub(super) fn of_effect(effect: Option<&str>) -> Self {
        let Some(effect) = effect else { return Did::Nothing };
        let told = match effect.split_once(':') {
            Some(("reflection", id)) => RowId::parse(id).ok().map(Did::Kept),
            Some(("why", id)) => RowId::parse(id).ok().map(Did::Why),
            Some(("act", id)) => RowId::parse(id).ok().map(Did::ActKept),
            Some(("audit", id)) => RowId::parse(id).ok().map(Did::AuditKept),
            Some(("plan", id)) => RowId::parse(id).ok().map(Did::PlanKept),
            Some(("report", month)) => month.parse().ok().map(Did::ReportQueued),
            Some(("keep", ts)) => MessageTs::parse(ts).ok().map(Did::WillKeep),
            _ => PLAIN.iter().find(|did| did.code() == effect).cloned(),
        };
        told.unwrap_or(Did::Nothing)
    }

    fn code(&self) -> &'static str {
        match self {
            Did::Nothing => "nothing",
            Did::Opened => "opened",
            Did::Kept(_) => "reflection",
            Did::ActKept(_) => "act",
            Did::ActDeleted => "act-deleted",
            Did::FeedbackBegun => "feedback-begun",
            Did::FeedbackTooSoon => "feedback-too-soon",
            Did::FeedbackSaid => "feedback-said",
            Did::FeedbackOptedIn => "feedback-opted-in",
            Did::AuditKept(_) => "audit",
            Did::AuditDeleted => "audit-deleted",
            Did::CalendarQueued => "calendar-queued",
            Did::PlanKept(_) => "plan",
            Did::PlanDeleted => "plan-deleted",
            Did::PlanNoted => "plan-noted",
            Did::NotThere => "not-there",
            Did::Closed => "closed",
            Did::Deleted => "deleted",
            Did::Gone => "gone",
            Did::TooLongForForm => "too-long-for-form",
            Did::NudgeQueued => "nudge-queued",
            Did::NudgeWaiting => "nudge-waiting",
            Did::Why(_) => "why",
            Did::ScheduleKept => "schedule-kept",
            Did::Paused => "paused",
            Did::Resumed => "resumed",
            Did::NotPaused => "not-paused",
            Did::GoesOn => "goes-on",
            Did::NudgesStopped => "nudges-stopped",
            Did::ReportQueued(_) => "report",
            Did::ExportQueued => "export-queued",
            Did::ModelAnswered => "model-answered",
            Did::Erasing => "erasing",
            Did::AlreadyDone => "already-done",
            Did::UnknownButton => "unknown-button",
            Did::WillKeep(_) => "keep",
        }
    }
}

/// Those that name no row.
const PLAIN: &[Did] = &[
    Did::Nothing,
    Did::Opened,
    Did::Closed,
    Did::ActDeleted,
    Did::FeedbackBegun,
    Did::FeedbackTooSoon,
    Did::FeedbackSaid,
    Did::FeedbackOptedIn,
    Did::AuditDeleted,
    Did::CalendarQueued,
    Did::PlanDeleted,
    Did::PlanNoted,
    Did::NotThere,
    Did::Deleted,
    Did::Gone,
    Did::TooLongForForm,
    Did::NudgeQueued,
    Did::NudgeWaiting,
    Did::ScheduleKept,
    Did::Paused,
    Did::Resumed,
    Did::NotPaused,
    Did::GoesOn,
    Did::NudgesStopped,
    Did::ExportQueued,
    Did::ModelAnswered,
    Did::Erasing,
    Did::AlreadyDone,
    Did::UnknownButton,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_read_back_as_it_was_stored() {
        let id = RowId::new(1_764_000_000_000, 7);
        let named = [
            Did::Kept(id.clone()),
            Did::ActKept(id.clone()),
            Did::AuditKept(id.clone()),
            Did::PlanKept(id.clone()),
            Did::Why(id),
            Did::ReportQueued("2026-10".parse().expect("a month")),
            Did::WillKeep(MessageTs::parse("1764000000.000100").expect("a timestamp")),
        ];
        for did in PLAIN.iter().chain(&named) {
            assert_eq!(&Did::of_effect(Some(&did.to_effect())), did);
        }
    }

    #[test]
    fn what_an_unknown_version_stored_did_nothing_that_can_be_told() {
        for effect in [None, Some(""), Some("reflection:"), Some("report:soon"), Some("sprint:7")] {
            assert_eq!(Did::of_effect(effect), Did::Nothing);
        }
    }
}
