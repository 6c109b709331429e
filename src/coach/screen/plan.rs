//! A plan: its form, and the plan as messages, lists and Home show it.

use super::FormState;
use crate::coach::{
    care::Concern,
    ids::RowId,
    member_text::MemberText,
    plan::{PlanFields, PlanState, PlanWords},
};
use jiff::civil::DateTime;

#[derive(Debug, Clone, PartialEq)]
pub struct PlanForm {
    pub state: FormState,
    /// Asks for the project of an experiment.
    pub question: String,
    pub fields: PlanFields,
    /// The care concern that the text mentions. The form then names people to talk to and offers to keep the
    /// plan or not.
    pub concern: Option<Concern>,
    /// How many plans the member has.
    pub plans: usize,
}

/// A plan as messages, lists and Home show it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanScreen {
    pub plan: RowId,
    pub words: PlanWords,
    /// Asks what came of it.
    pub question: String,
    pub state: PlanState,
    /// When it is followed up, in the member's time zone.
    pub at: DateTime,
    pub outcome: MemberText,
}

/// The form for the outcome of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanOutcomeForm {
    pub state: FormState,
    pub words: PlanWords,
    /// Asks what came of it.
    pub question: String,
    pub outcome: MemberText,
    /// The care concern that the outcome mentions. The form then names people to talk to and offers to keep
    /// it or not.
    pub concern: Option<Concern>,
}
