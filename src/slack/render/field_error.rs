//! What is wrong with a field, as a sentence beside it.

use super::{Rendered, blocks::paragraph};
use crate::coach::{
    audit::{MAX_TITLE_CHARS, MeetingError},
    member::InvalidCadence,
    plan::PlanFieldError,
    screen::{Field, FieldError, FieldProblem},
};
use jiff::civil::Time;

/// Beside the first input of a form of an older version, which cannot be read any more.
pub const OUTDATED_FORM: &str = "This form is from an older version and could not be kept. \
     Copy your words, close it and open a new one.";

/// The sentence for an error.
pub fn sentence(error: &FieldError) -> String {
    match &error.problem {
        FieldProblem::Empty => "This is still empty. A few words are enough.".to_owned(),
        FieldProblem::TooLong { chars, limit } => {
            format!("This has {chars} characters and a form keeps {limit}. Please shorten it.")
        }
        FieldProblem::CommentTooLong { chars, limit } => {
            format!("This has {chars} characters and a comment keeps {limit}. Please shorten it.")
        }
        FieldProblem::OutcomeTooLong { limit } => {
            format!("A form keeps {limit} characters. Please shorten it.")
        }
        FieldProblem::NoHat => "Choose leader, manager, both or neither.".to_owned(),
        FieldProblem::NoStep => "Choose one of the five.".to_owned(),
        FieldProblem::InFuture => "That day has not come yet. Choose today or an earlier one.".to_owned(),
        FieldProblem::PauseNotInFuture => {
            "A pause ends on a day to come. Choose tomorrow or later.".to_owned()
        }
        FieldProblem::InQuietHours { from, to } => {
            let hours = |time: &Time| time.strftime("%H:%M").to_string();
            let (from, to) = (hours(from), hours(to));
            format!("This lies in your quiet hours, {from} to {to}: no question would ever come.")
        }
        FieldProblem::Cadence(InvalidCadence::NoDay) => "Choose at least one day.".to_owned(),
        FieldProblem::Cadence(InvalidCadence::TimeCount) => "Choose one to three times a day.".to_owned(),
        FieldProblem::UnknownZone => {
            "There is no time zone of that name. An example: Europe/Berlin".to_owned()
        }
        FieldProblem::NotDates { example } => {
            format!("Write each date as year, month and day, for example {example}")
        }
        FieldProblem::TooManyDaysOff { limit } => {
            format!("At most {limit} days off fit here. A pause covers a longer time.")
        }
        FieldProblem::AsksOneself => {
            "You cannot be among those you ask: take yourself out. What you think of yourself is in your check-ins."
                .to_owned()
        }
        FieldProblem::TooFewPeople { at_least } => {
            format!("Choose at least {at_least} people. With fewer you could tell whose answer is whose.")
        }
        FieldProblem::TooManyPeople { at_most } => format!("One round asks {at_most} people at most."),
        FieldProblem::Meeting(wrong) => meeting(*wrong),
        FieldProblem::Plan(problem) => plan(error.field, *problem),
        FieldProblem::NotStored => {
            "This could not be kept just now. What you entered is still here; try again.".to_owned()
        }
    }
}

fn plan(field: Field, problem: PlanFieldError) -> String {
    match problem {
        PlanFieldError::Blank => "This is still empty. A few words are enough.".to_owned(),
        PlanFieldError::TooLong { chars, limit } => {
            format!("This has {chars} characters; a plan keeps {limit}.")
        }
        PlanFieldError::NotChosen if field == Field::FollowUpTime => "Choose a time.".to_owned(),
        PlanFieldError::NotChosen => "Choose a date.".to_owned(),
        PlanFieldError::InPast => "That moment has passed. Choose one to come.".to_owned(),
    }
}

fn meeting(wrong: MeetingError) -> String {
    match wrong {
        MeetingError::NoMeetings => "Name one meeting, or upload a calendar.".to_owned(),
        MeetingError::MissingMark => "Choose how, where or both.".to_owned(),
        MeetingError::MissingTitle => "Which meeting was that?".to_owned(),
        MeetingError::TooLong => format!("A title keeps {MAX_TITLE_CHARS} characters. Please shorten it."),
    }
}

/// The sentence as a message, where there is no form to show it in.
pub(super) fn message(error: &FieldError) -> Rendered {
    let text = sentence(error);
    Rendered { blocks: vec![paragraph(&text)], text }
}
