//! The report about a month. [`Report`] holds its facts as data, computed once; `text`, `chart`, `picture`,
//! `html` and `export` write the same numbers in different forms. To add a fact, add a field to [`Report`]
//! and a line to each of them.
//!
//! A report may be shown to others, so it contains none of the member's text. `quotation` chooses the
//! member's own words separately. `member_export` holds all data of a member.

pub mod chart;
pub mod export;
mod headline;
pub mod html;
pub mod member_export;
pub mod picture;
pub(crate) mod quotation;
pub mod screen;
pub mod text;
mod wording;

use crate::coach::{
    balance::{
        Contrasts, Evidence, Finding, HatAxes, HatBalance, PerHat, TOO_FEW_BELOW, balance, comparison_months,
        find,
    },
    feedback::{self, FeedbackMeasure, StepCounts},
    hat::{Hat, Hats},
    look_back::LookBackCounts,
    member::Zone,
    month::Month,
    nudge::{Nudge, NudgeState},
    plan::{Plan, PlanCounts},
};
use jiff::civil::Date;
use serde::Serialize;

/// The facts of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The month of the member's calendar.
    pub month: Month,
    /// The IANA name of the member's time zone.
    pub zone: String,
    /// The member's local date when the report was computed.
    pub as_of_on: Date,
    /// False while the month still runs, so that the report is preliminary.
    pub month_is_over: bool,
    pub hats: HatBalance,
    pub nudges: NudgeCounts,
    /// The feedback rounds that were closed in the month. `None` without a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<FeedbackMeasure>,
    /// The plans and experiments that were begun in the month, with their outcomes so far.
    pub plans: PlanCounts,
    /// What the member set out to do, and what came of what was looked back on.
    #[serde(skip_serializing_if = "LookBackCounts::is_empty")]
    pub look_backs: LookBackCounts,
    /// The contrast that the report opens with. `None`: nothing stands out.
    pub finding: Option<Finding>,
    /// The hat that was worn less, if there is enough evidence.
    pub worn_less: Option<Hat>,
    /// The five months before, newest first, without those in which the member said no hat.
    #[serde(rename = "before")]
    pub past_months: Vec<PastMonth>,
}

/// What became of the nudges that were sent in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct NudgeCounts {
    /// Nudges that were delivered.
    pub sent: u32,
    /// Nudges that a reflection answers, or answered before it was deleted.
    pub answered: u32,
    /// Nudges that the member skipped, which is an answer.
    pub skipped: u32,
}

/// An earlier month, for comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PastMonth {
    pub month: Month,
    /// The axes by what the member said.
    pub said: HatAxes,
}

impl Report {
    /// Computes the report. `evidence` must reach back to [`crate::coach::balance::evidence_start`]; nudges
    /// of other months are ignored. `today` is the member's local date.
    pub fn of(month: Month, today: Date, zone: &Zone, evidence: &[Evidence], nudges: &[Nudge]) -> Self {
        let said_in = |month| PastMonth { month, said: balance(evidence, month, today).said };
        let past_months = comparison_months(month).map(said_in).filter(|before| before.said.evidence > 0);
        let hats = balance(evidence, month, today);
        let report = Self {
            month,
            zone: zone.name().to_owned(),
            as_of_on: today,
            month_is_over: today > month.last_day(),
            nudges: NudgeCounts::of(nudges, month, zone),
            feedback: None,
            plans: PlanCounts::default(),
            look_backs: LookBackCounts::default(),
            finding: None,
            worn_less: worn_less(&hats),
            hats,
            past_months: past_months.collect(),
        };
        report.with_finding()
    }

    fn with_finding(mut self) -> Self {
        let before = |hat| {
            let counts = self.past_months.iter().map(|month| month.said.axis(hat).count);
            counts.fold(0_u32, u32::saturating_add)
        };
        let evidence_before = self.past_months.iter().map(|month| month.said.evidence);
        self.finding = find(&Contrasts {
            rooms: self.hats.worn_vs_needed,
            said_vs_lens: self.hats.said_vs_lens,
            said: &self.hats.said,
            colleagues: self.feedback,
            said_before: PerHat { leader: before(Hat::Leader), manager: before(Hat::Manager) },
            evidence_before: evidence_before.fold(0, u32::saturating_add),
            dimensions: &self.hats.dimensions,
        });
        self
    }

    /// The hat of the suggested experiment: it follows from the contrast that stands out, otherwise it is the
    /// hat that was worn less. It is never the hat that the colleagues clearly see more of already.
    pub fn experiment(&self) -> Option<Hat> {
        let hat = self.finding.map(Finding::suggests).or(self.worn_less)?;
        let is_seen = self.feedback.and_then(|feedback| feedback.clearly_sees()) == Some(hat);
        match self.finding {
            _ if !is_seen => Some(hat),
            // The contrast asks for one hat and the colleagues for the other.
            Some(_) => None,
            None => Some(hat.opposite()),
        }
    }

    /// Adds the results of the feedback rounds that were closed in the month.
    #[must_use]
    pub fn with_feedback(mut self, results: &[StepCounts]) -> Self {
        self.feedback = feedback::monthly_measure(results);
        self.with_finding()
    }

    /// Adds the plans and experiments of the month. Plans of other months are ignored.
    #[must_use]
    pub fn with_plans(mut self, plans: &[Plan]) -> Self {
        self.plans = PlanCounts::of(plans, self.month);
        self
    }

    /// Adds what the member set out to do.
    #[must_use]
    pub fn with_look_backs(mut self, look_backs: LookBackCounts) -> Self {
        self.look_backs = look_backs;
        self
    }

    /// Whether the month has any evidence. LeadLens sends a report on its own only then.
    pub fn has_evidence(&self) -> bool {
        self.hats.said.evidence > 0 || self.hats.unsaid > 0
    }
}

/// The hat with fewer pieces of evidence. `None` with too little evidence, or if both hats are equal or
/// absent.
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
