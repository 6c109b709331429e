//! The fixed places at which LeadLens asks or says something of its own: first contact, an audit, a
//! plan, a feedback round, a report. Their words are data in `prompts/`, one entry for each place.
//! Labels of inputs and buttons are no words of the library; the renderer has them.

use super::{
    hat::{Dimension, Hats},
    lint::{LintRule, lint, lint_sentence},
};
use crate::named;
use serde::Deserialize;

named! {
    /// One place.
    CopyKey, "copy key" {
        /// First contact: what LeadLens is. What is kept, and who sees it, is the program's to promise.
        FirstContactWhat => "first-contact.what",
        /// First contact: what it shows.
        FirstContactShown => "first-contact.shown",
        /// After an audit in which the leader hat was rarer.
        AuditLeader => "audit.leader",
        /// After an audit in which the manager hat was rarer.
        AuditManager => "audit.manager",
        /// What an experiment is tried in.
        PlanProject => "plan.project",
        /// The follow-up of a plan.
        PlanOutcome => "plan.outcome",
        /// Who is asked for feedback.
        FeedbackWhom => "feedback.whom",
        /// The five steps of whoever is asked; the round's own question is fixed, see
        /// [`super::feedback::QUESTION`].
        FeedbackSteps => "feedback.steps",
        /// At the end of a report: the leader hat was absent.
        ReportLeaderAbsent => "report.leader-absent",
        /// At the end of a report: the manager hat was absent.
        ReportManagerAbsent => "report.manager-absent",
        /// At the end of a report: both were absent.
        ReportBothAbsent => "report.both-absent",
        /// At the end of a report of nothing.
        ReportNothing => "report.nothing",
        /// At the end of a report that is too few to tell.
        ReportTooFew => "report.too-few",
        /// At the end of a report in which rooms were read.
        ReportRooms => "report.rooms",
        /// At the end of any other report.
        ReportNumbers => "report.numbers",
    }
}

impl CopyKey {
    /// False where it tells who LeadLens is instead of asking.
    pub fn is_question(self) -> bool {
        !matches!(self, CopyKey::FirstContactWhat | CopyKey::FirstContactShown)
    }
}

/// What is said at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyEntry {
    /// The place.
    pub key: CopyKey,
    /// The hats it draws to.
    pub hats: Hats,
    /// The dimension it is about.
    pub dimension: Option<Dimension>,
    /// When it stands there, for whoever edits the library.
    pub fits: String,
    /// The words.
    pub text: String,
}

/// An entry of a library's file, as it is written there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCopyEntry {
    /// The place's name.
    pub id: String,
    hat: String,
    dimension: Option<String>,
    #[serde(default)]
    fits: String,
    /// The words.
    pub text: String,
}

impl RawCopyEntry {
    /// Every rule that its words break.
    pub fn lint(&self) -> Vec<LintRule> {
        match self.id.parse::<CopyKey>() {
            Ok(key) if !key.is_question() => lint_sentence(&self.text),
            _ => lint(&self.text),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// A sentence that says what to mend.
    pub fn read(self) -> Result<CopyEntry, &'static str> {
        let dimension = match self.dimension.as_deref() {
            Some(name) => Some(name.parse().map_err(|_| "dimension is horizon, risk, growth or focus")?),
            None => None,
        };
        Ok(CopyEntry {
            key: self.id.parse().map_err(|_| "there is no such place; prompts/README.md names them")?,
            hats: self.hat.parse().map_err(|_| "hat is leader, manager or both")?,
            dimension,
            fits: self.fits,
            text: self.text,
        })
    }
}
