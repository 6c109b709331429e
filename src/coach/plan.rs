//! If–then plans ("If ⟨cue⟩, I will ⟨act⟩") and experiments with the hat that the member wears less, in a
//! project that they name. Each is followed up once, with one question. `nudge` decides when that question is
//! sent.

use super::{
    hat::Hat,
    ids::{MemberId, MessageRef, RowId},
    member_text::{MAX_FORM_CHARS, MemberText},
    month::Month,
};
use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The most characters of a cue and of an act.
pub const MAX_CHARS: usize = 300;

/// The state of a plan.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum PlanState {
    /// The time of its follow-up has not come.
    Open,
    /// The follow-up was sent and is not answered.
    Asked,
    /// The member did it.
    Done,
    /// The cue did not come, or the member has not done it yet.
    NotYet,
    /// Something else came of it.
    SomethingElse,
}

impl PlanState {
    /// Whether the plan may still get an outcome. Home shows these.
    pub fn is_open(self) -> bool {
        matches!(self, PlanState::Open | PlanState::Asked | PlanState::NotYet)
    }
}

/// The values of the plan form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanFields {
    /// The cue. For an experiment, the project.
    pub cue: MemberText,
    /// What the member will do.
    pub act: MemberText,
    /// The date of the follow-up.
    pub on: Option<Date>,
    /// The time of the follow-up.
    pub time: Option<Time>,
}

/// A plan as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: RowId,
    pub member: MemberId,
    /// The hat that an experiment tries. `None` for an if–then plan.
    pub experiment: Option<Hat>,
    /// The cue. For an experiment, the project.
    pub cue: MemberText,
    /// What the member will do.
    pub act: MemberText,
    /// When the member wants to be asked what came of it.
    pub follow_up_at: Timestamp,
    /// The outbox row of the follow-up.
    pub asks: RowId,
    pub state: PlanState,
    /// What came of it, in the member's words. May be blank.
    pub outcome: MemberText,
    pub made_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    /// The member's calendar date when it was made.
    pub local_on: Date,
    /// The message of the follow-up.
    pub message: Option<MessageRef>,
}

impl Plan {
    /// What the member wrote of it, to be shown as one sentence.
    pub fn words(&self) -> PlanWords {
        PlanWords { experiment: self.experiment, cue: self.cue.clone(), act: self.act.clone() }
    }
}

/// A plan in the member's own words: "If ⟨cue⟩, I will ⟨act⟩", or an experiment with a hat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanWords {
    /// The hat of an experiment. Its cue is a project.
    pub experiment: Option<Hat>,
    pub cue: MemberText,
    pub act: MemberText,
}

/// A field of the plan form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanField {
    /// The cue, or the project.
    Cue,
    Act,
    On,
    Time,
}

/// Why a field of the plan form was not accepted; the renderer words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanFieldError {
    /// The text is blank.
    Blank,
    /// The text has more characters than a plan keeps.
    TooLong {
        /// Characters that were typed.
        chars: usize,
        /// The limit, [`MAX_CHARS`].
        limit: usize,
    },
    /// No date or no time was chosen.
    NotChosen,
    /// The chosen date and time are in the past.
    InPast,
}

/// Checks the fields of the plan form. An empty list means that the plan can be kept. `is_past` says whether
/// the chosen time has passed, which only the caller knows.
pub fn validate(fields: &PlanFields, is_past: bool) -> Vec<(PlanField, PlanFieldError)> {
    let mut errors = Vec::new();
    for (field, text) in [(PlanField::Cue, &fields.cue), (PlanField::Act, &fields.act)] {
        let chars = text.char_count();
        if text.is_blank() {
            errors.push((field, PlanFieldError::Blank));
        } else if chars > MAX_CHARS {
            errors.push((field, PlanFieldError::TooLong { chars, limit: MAX_CHARS }));
        }
    }
    if fields.on.is_none() {
        errors.push((PlanField::On, PlanFieldError::NotChosen));
    }
    if fields.time.is_none() {
        errors.push((PlanField::Time, PlanFieldError::NotChosen));
    }
    if is_past {
        errors.push((PlanField::On, PlanFieldError::InPast));
    }
    errors
}

/// Whether an outcome fits its form.
pub fn outcome_fits(words: &MemberText) -> bool {
    words.char_count() <= MAX_FORM_CHARS
}

/// The plans and experiments of a month with their outcomes so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PlanCounts {
    pub plans: PlanTally,
    pub leader_experiments: PlanTally,
    pub manager_experiments: PlanTally,
}

/// How many plans were begun, and their outcomes so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PlanTally {
    /// Plans that were begun in the month.
    pub begun: u32,
    /// Plans without an outcome.
    pub open: u32,
    pub done: u32,
    /// Plans whose cue did not come, or that are not done yet.
    pub not_yet: u32,
    /// Plans of which something else came.
    pub something_else: u32,
}

impl PlanTally {
    /// The outcomes that occurred, in words: `1 done, 1 not yet`.
    pub fn came(&self) -> String {
        let came = [
            (self.done, "done"),
            (self.not_yet, "not yet"),
            (self.something_else, "something else"),
            (self.open, "open"),
        ];
        let said = came.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        said.collect::<Vec<_>>().join(", ")
    }
}

impl PlanCounts {
    /// Counts the plans that were made in a month; other plans are ignored.
    pub fn of(plans: &[Plan], month: Month) -> Self {
        let mut counts = Self::default();
        for plan in plans.iter().filter(|plan| month.contains(plan.local_on)) {
            let tally = match plan.experiment {
                None => &mut counts.plans,
                Some(Hat::Leader) => &mut counts.leader_experiments,
                Some(Hat::Manager) => &mut counts.manager_experiments,
            };
            tally.begun = tally.begun.saturating_add(1);
            let came = match plan.state {
                PlanState::Open | PlanState::Asked => &mut tally.open,
                PlanState::Done => &mut tally.done,
                PlanState::NotYet => &mut tally.not_yet,
                PlanState::SomethingElse => &mut tally.something_else,
            };
            *came = came.saturating_add(1);
        }
        counts
    }

    pub fn experiments(&self, hat: Hat) -> PlanTally {
        match hat {
            Hat::Leader => self.leader_experiments,
            Hat::Manager => self.manager_experiments,
        }
    }

    /// The experiments with either hat together.
    pub fn all_experiments(&self) -> PlanTally {
        let (one, other) = (self.leader_experiments, self.manager_experiments);
        PlanTally {
            begun: one.begun.saturating_add(other.begun),
            open: one.open.saturating_add(other.open),
            done: one.done.saturating_add(other.done),
            not_yet: one.not_yet.saturating_add(other.not_yet),
            something_else: one.something_else.saturating_add(other.something_else),
        }
    }
}

/// The day that a new plan proposes for its follow-up: the next one from Monday to Friday.
pub fn next_working_day(today: Date) -> Date {
    let mut day = today;
    loop {
        let Ok(next) = day.tomorrow() else { return day };
        if !matches!(next.weekday(), Weekday::Saturday | Weekday::Sunday) {
            return next;
        }
        day = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_new_plan_is_followed_up_on_a_working_day() {
        // Date::MAX is a Friday, with no day after it.
        for (today, proposed) in [
            (date(2026, 10, 1), date(2026, 10, 2)),
            (date(2026, 10, 2), date(2026, 10, 5)),
            (date(2026, 10, 3), date(2026, 10, 5)),
            (date(2026, 10, 4), date(2026, 10, 5)),
            (Date::MAX, Date::MAX),
        ] {
            assert_eq!(next_working_day(today), proposed, "{today}");
        }
    }

    #[test]
    fn a_missing_value_is_an_error_beside_its_field() {
        let nothing = validate(&PlanFields::default(), false);
        let fields: Vec<PlanField> = nothing.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, [PlanField::Cue, PlanField::Act, PlanField::On, PlanField::Time]);
        let whole = PlanFields {
            cue: MemberText::new("it rains"),
            act: MemberText::new("stay"),
            on: Some(date(2026, 10, 2)),
            time: Some(Time::midnight()),
        };
        assert_eq!(validate(&whole, false), []);
        assert_eq!(validate(&whole, true), [(PlanField::On, PlanFieldError::InPast)]);
        let long = PlanFields { cue: MemberText::new("x".repeat(MAX_CHARS + 1)), ..whole };
        let too_long = PlanFieldError::TooLong { chars: MAX_CHARS + 1, limit: MAX_CHARS };
        assert_eq!(validate(&long, false), [(PlanField::Cue, too_long)]);
    }
}
