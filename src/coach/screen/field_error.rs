//! What is wrong with a field of a submitted form, as data. The sentences are the renderer's.

use super::Field;
use crate::coach::{audit::MeetingError, member::InvalidCadence, plan::PlanFieldError};
use jiff::civil::{Date, Time};

/// One field that cannot be accepted as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// Why.
    pub problem: FieldProblem,
}

/// Why a field cannot be accepted.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldProblem {
    /// Nothing was entered where something is needed.
    Empty,
    /// The text is longer than a form can show again.
    TooLong { chars: usize, limit: usize },
    /// The comment of a feedback answer is too long.
    CommentTooLong { chars: usize, limit: usize },
    /// The outcome of a plan is too long.
    OutcomeTooLong { limit: usize },
    /// No hat was selected.
    NoHat,
    /// None of the five steps of a feedback question was selected.
    NoStep,
    /// A day in the future, where only today and earlier make sense.
    InFuture,
    /// The pause ends today or earlier.
    PauseNotInFuture,
    /// A time of the cadence lies in the quiet hours: no nudge would ever come.
    InQuietHours { from: Time, to: Time },
    /// The days and times are no cadence.
    Cadence(InvalidCadence),
    /// No time zone has this name.
    UnknownZone,
    /// The days off are not a list of dates.
    NotDates { example: Date },
    /// More days off than a schedule holds.
    TooManyDaysOff { limit: usize },
    /// The member chose themselves to be asked for feedback.
    AsksOneself,
    /// Too few people to ask for feedback: an answer could be traced to a person.
    TooFewPeople { at_least: usize },
    /// Too many people to ask for feedback.
    TooManyPeople { at_most: usize },
    /// A row of an audit.
    Meeting(MeetingError),
    /// A field of a plan.
    Plan(PlanFieldError),
    /// The database failed: nothing was stored, and the input is still in the form.
    NotStored,
}

impl FieldError {
    /// A problem with a field.
    pub fn new(field: Field, problem: FieldProblem) -> Self {
        Self { field, problem }
    }
}
