//! The texts that LeadLens shows at fixed places: first contact, an audit, a plan, a feedback round, a
//! report. Each is an entry in `prompts/`. Labels of inputs and buttons are not among them; the renderer has
//! those.

use super::{
    hat::{Dimension, Hats},
    lint::{LintRule, lint, lint_sentence},
};
use serde::Deserialize;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The key of one such text.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(const_into_str)]
pub enum CopyKey {
    /// First contact: what LeadLens is. What is kept and who sees it is not part of the library, because the
    /// program has to keep that promise.
    #[strum(serialize = "first-contact.what")]
    FirstContactWhat,
    /// First contact: what LeadLens shows.
    #[strum(serialize = "first-contact.shown")]
    FirstContactShown,
    /// After an audit in which the leader hat was rarer.
    #[strum(serialize = "audit.leader")]
    AuditLeader,
    /// After an audit in which the manager hat was rarer.
    #[strum(serialize = "audit.manager")]
    AuditManager,
    /// Asks which project an experiment is tried in.
    #[strum(serialize = "plan.project")]
    PlanProject,
    /// Asks what came of a plan.
    #[strum(serialize = "plan.outcome")]
    PlanOutcome,
    /// Below the member's own words of weeks ago: what came of it.
    #[strum(serialize = "look-back.came")]
    LookBackCame,
    /// Below the same: what they would do now.
    #[strum(serialize = "look-back.now")]
    LookBackNow,
    /// Asks whom to ask for feedback.
    #[strum(serialize = "feedback.whom")]
    FeedbackWhom,
    /// Above the five steps that a person chooses from. The question of the round itself is fixed.
    #[strum(serialize = "feedback.steps")]
    FeedbackSteps,
    /// At the end of a report: the leader hat was absent.
    #[strum(serialize = "report.leader-absent")]
    ReportLeaderAbsent,
    /// At the end of a report: the manager hat was absent.
    #[strum(serialize = "report.manager-absent")]
    ReportManagerAbsent,
    /// At the end of a report: both hats were absent.
    #[strum(serialize = "report.both-absent")]
    ReportBothAbsent,
    /// At the end of a report without evidence.
    #[strum(serialize = "report.nothing")]
    ReportNothing,
    /// At the end of a report with too little evidence for shares.
    #[strum(serialize = "report.too-few")]
    ReportTooFew,
    /// At the end of a report in which rooms were described.
    #[strum(serialize = "report.rooms")]
    ReportRooms,
    /// At the end of any other report.
    #[strum(serialize = "report.numbers")]
    ReportNumbers,
}

impl CopyKey {
    /// False for texts that introduce LeadLens and ask nothing.
    pub fn is_question(self) -> bool {
        !matches!(self, CopyKey::FirstContactWhat | CopyKey::FirstContactShown)
    }
}

/// One text of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyEntry {
    pub key: CopyKey,
    /// The hats it leads to.
    pub hats: Hats,
    pub dimension: Option<Dimension>,
    /// When it is shown, for people who edit the library.
    pub fits: String,
    pub text: String,
}

/// An entry as it is written in a library file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCopyEntry {
    /// The name of its [`CopyKey`].
    pub id: String,
    hat: String,
    dimension: Option<String>,
    #[serde(default)]
    fits: String,
    pub text: String,
}

impl RawCopyEntry {
    /// The rules that its text breaks.
    pub fn lint(&self) -> Vec<LintRule> {
        match self.id.parse::<CopyKey>() {
            Ok(key) if !key.is_question() => lint_sentence(&self.text),
            _ => lint(&self.text),
        }
    }

    /// Parses the entry.
    ///
    /// # Errors
    /// What to change in the file.
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
