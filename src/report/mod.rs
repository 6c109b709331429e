//! The facts of a month, as data: computed once, then worded in `text`, charted in `chart`, drawn in
//! `picture` (and `png`), set as a page in `html` and written down in `export`, so that all show the
//! same numbers. `quotation` chooses the member's own words,
//! which are no part of a [`Report`]: it may be read by others. A member's whole data is in `own_data`.
//! Pure; a new fact is a field of [`Report`] and a line in each of the writers.

pub mod chart;
pub mod export;
pub mod html;
pub mod member_export;
pub mod picture;
pub mod quotation;
pub mod screen;
pub mod text;
mod wording;

use crate::coach::{
    balance::{Evidence, HatAxes, HatBalance, TOO_FEW_BELOW, balance, comparison_months},
    feedback::{self, FeedbackMeasure, StepCounts},
    hat::{Hat, Hats},
    member::Zone,
    month::Month,
    nudge::{Nudge, NudgeState},
    plan::{Plan, PlanCounts},
};
use jiff::civil::Date;
use serde::Serialize;

/// Everything that a report about a month says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The month, of the member's own calendar.
    pub month: Month,
    /// The IANA name of the member's zone.
    pub zone: String,
    /// The member's date when it was computed.
    pub as_of_on: Date,
    /// False while the month runs: then it is a report so far.
    pub month_is_over: bool,
    /// The hat balance.
    pub hats: HatBalance,
    /// What became of the questions that LeadLens sent.
    pub nudges: NudgeCounts,
    /// The feedback rounds that were closed in it; `None` without a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<FeedbackMeasure>,
    /// The plans and experiments that were begun in it, and what came of them by now.
    pub plans: PlanCounts,
    /// The hat that the experiment at the end suggests: the one that was worn less, once there is enough to tell.
    pub worn_less: Option<Hat>,
    /// The months before that have self-said evidence, of the last three, the last one first.
    #[serde(rename = "before")]
    pub past_months: Vec<PastMonth>,
}

/// What became of the nudges that were sent in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct NudgeCounts {
    /// Nudges that reached Slack.
    pub sent: u32,
    /// Those that a reflection answers, or answered before it was deleted.
    pub answered: u32,
    /// Those that the member skipped, which is an answer.
    pub skipped: u32,
}

/// A month before, for comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PastMonth {
    /// Which month that is.
    pub month: Month,
    /// What the member said then.
    pub said: HatAxes,
}

impl Report {
    /// Computes the report. `evidence` reaches back to `balance::evidence_start(month)` at least;
    /// `nudges` may hold any of the member's; `today` is the member's own date.
    pub fn of(month: Month, today: Date, zone: &Zone, evidence: &[Evidence], nudges: &[Nudge]) -> Self {
        let said_in = |month| PastMonth { month, said: balance(evidence, month, today).said };
        let past_months = comparison_months(month).map(said_in).filter(|before| before.said.evidence > 0);
        let hats = balance(evidence, month, today);
        Self {
            month,
            zone: zone.name().to_owned(),
            as_of_on: today,
            month_is_over: today > month.last_day(),
            nudges: NudgeCounts::of(nudges, month, zone),
            feedback: None,
            plans: PlanCounts::default(),
            worn_less: worn_less(&hats),
            hats,
            past_months: past_months.collect(),
        }
    }

    /// The same with the results of the feedback rounds that were closed in the month.
    #[must_use]
    pub fn with_feedback(mut self, results: &[StepCounts]) -> Self {
        self.feedback = feedback::monthly_measure(results);
        self
    }

    /// The same with the plans and experiments of the month; any of the member's may be given.
    #[must_use]
    pub fn with_plans(mut self, plans: &[Plan]) -> Self {
        self.plans = PlanCounts::of(plans, self.month);
        self
    }

    /// Whether the month holds anything at all. A report is sent by itself only about such a month.
    pub fn has_evidence(&self) -> bool {
        self.hats.said.evidence > 0 || self.hats.unsaid > 0
    }
}

/// The hat that the member wore less, once there is enough to tell: the one that is absent, else the one
/// with fewer pieces. `None` when both were worn alike or neither at all.
fn worn_less(hats: &HatBalance) -> Option<Hat> {
    let said = &hats.said;
    if said.evidence < TOO_FEW_BELOW || hats.blind_spot == Some(Hats::BOTH) {
        return None;
    }
    match said.leader.count.cmp(&said.manager.count) {
        std::cmp::Ordering::Less => Some(Hat::Leader),
        std::cmp::Ordering::Greater => Some(Hat::Manager),
        std::cmp::Ordering::Equal => None,
    }
}

impl NudgeCounts {
    /// Counts the nudges that were sent on a local date of the month.
    pub fn of(nudges: &[Nudge], month: Month, zone: &Zone) -> Self {
        let sent_in_month =
            |nudge: &&Nudge| nudge.sent_at.is_some_and(|sent_at| month.contains(zone.local(sent_at).date()));
        nudges.iter().filter(sent_in_month).fold(Self::default(), |counts, nudge| Self {
            sent: counts.sent.saturating_add(1),
            answered: counts.answered.saturating_add(u32::from(nudge.state == NudgeState::Answered)),
            skipped: counts.skipped.saturating_add(u32::from(nudge.state == NudgeState::Skipped)),
        })
    }
}

#[cfg(test)]
mod tests;
