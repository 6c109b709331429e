//! The fixed places at which LeadLens asks or says something of its own: first contact, an audit, a
//! plan, a feedback round, a report. Their words are data in `prompts/`, one entry for each place.
//! Labels of inputs and buttons are no words of the library; the renderer has them.

use super::{
    hat::{Dimension, Hats},
    lint::{LintRule, lint, lint_sentence},
};
use serde::Deserialize;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// One place.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(const_into_str)]
pub enum CopyKey {
    /// First contact: what LeadLens is. What is kept, and who sees it, is the program's to promise.
    #[strum(serialize = "first-contact.what")]
    FirstContactWhat,
    /// First contact: what it shows.
    #[strum(serialize = "first-contact.shown")]
    FirstContactShown,
    /// After an audit in which the leader hat was rarer.
    #[strum(serialize = "audit.leader")]
    AuditLeader,
    /// After an audit in which the manager hat was rarer.
    #[strum(serialize = "audit.manager")]
    AuditManager,
    /// What an experiment is tried in.
    #[strum(serialize = "plan.project")]
    PlanProject,
    /// The follow-up of a plan.
    #[strum(serialize = "plan.outcome")]
    PlanOutcome,
    /// Who is asked for feedback.
    #[strum(serialize = "feedback.whom")]
    FeedbackWhom,
    /// The five steps of whoever is asked; the round's own question is fixed, see
    /// [`super::feedback::QUESTION`].
    #[strum(serialize = "feedback.steps")]
    FeedbackSteps,
    /// At the end of a report: the leader hat was absent.
    #[strum(serialize = "report.leader-absent")]
    ReportLeaderAbsent,
    /// At the end of a report: the manager hat was absent.
    #[strum(serialize = "report.manager-absent")]
    ReportManagerAbsent,
    /// At the end of a report: both were absent.
    #[strum(serialize = "report.both-absent")]
    ReportBothAbsent,
    /// At the end of a report of nothing.
    #[strum(serialize = "report.nothing")]
    ReportNothing,
    /// At the end of a report that is too few to tell.
    #[strum(serialize = "report.too-few")]
    ReportTooFew,
    /// At the end of a report in which rooms were read.
    #[strum(serialize = "report.rooms")]
    ReportRooms,
    /// At the end of any other report.
    #[strum(serialize = "report.numbers")]
    ReportNumbers,
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
