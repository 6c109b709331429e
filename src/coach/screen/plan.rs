//! A plan: its form, and the plan as messages, lists and Home show it.

use super::FormState;
use crate::coach::{
    care::Concern,
    ids::RowId,
    member_text::MemberText,
    plan::{PlanFields, PlanState},
};
use jiff::civil::DateTime;

/// The form of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanForm {
    /// Its state.
    pub state: FormState,
    /// Asks for the project of an experiment.
    pub question: String,
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
    pub sentence: MemberText,
    /// It is an experiment.
    pub is_experiment: bool,
    /// Asks what came of it.
    pub question: String,
    /// Where it stands.
    pub state: PlanState,
    /// When it is followed up, in the member's zone.
    pub at: DateTime,
    /// What came of it.
    pub outcome: MemberText,
}

/// The form for what came of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanOutcomeForm {
    /// Its state.
    pub state: FormState,
    /// The plan in the member's words.
    pub sentence: MemberText,
    /// Asks what came of it.
    pub question: String,
    /// What was said of it.
    pub outcome: MemberText,
    /// The trouble that these words speak of: people to talk to, *Keep* and *Don't keep*.
    pub concern: Option<Concern>,
}
