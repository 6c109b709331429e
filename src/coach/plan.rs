//! Plans: "If ⟨cue⟩, I will ⟨act⟩", and experiments with the hat that is worn less, in one named
//! project. Both are followed up once, with one question. When that question may come is `nudge`'s.

use super::{
    hat::Hat,
    ids::{MemberId, MessageRef, RowId},
    member_text::{MAX_FORM_CHARS, MemberText},
    month::Month,
};
use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A cue and an act are a line each.
pub const MAX_CHARS: usize = 300;

/// Where a plan stands.
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
    /// Its time has not come.
    Open,
    /// Followed up, and not answered yet.
    Asked,
    /// The member did it.
    Done,
    /// The cue did not come, or it was not done yet.
    NotYet,
    /// Something else came of it.
    SomethingElse,
}

impl PlanState {
    /// Whether something may still come of it: Home shows these.
    pub fn is_open(self) -> bool {
        matches!(self, PlanState::Open | PlanState::Asked | PlanState::NotYet)
    }
}

/// What stands in the form of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlanFields {
    /// The cue; of an experiment, the project.
    pub cue: MemberText,
    /// What the member will do.
    pub act: MemberText,
    /// The date of the follow-up.
    pub on: Option<Date>,
    /// Its time of day.
    pub time: Option<Time>,
}

/// A plan, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its row.
    pub id: RowId,
    /// Whose it is.
    pub member: MemberId,
    /// The hat that an experiment tries; `None` for an if–then plan.
    pub experiment: Option<Hat>,
    /// The cue; of an experiment, the project.
    pub cue: MemberText,
    /// What the member will do.
    pub act: MemberText,
    /// When the member wants to be asked about it.
    pub follow_up_at: Timestamp,
    /// The outbox row that asks.
    pub asks: RowId,
    /// Where it stands.
    pub state: PlanState,
    /// What came of it, in the member's words; may be blank.
    pub outcome: MemberText,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// The member's own date when it was made.
    pub local_on: Date,
    /// The message that asked.
    pub message: Option<MessageRef>,
}

impl Plan {
    /// The plan as one sentence in the member's own words. An "If" or "I will" that they typed
    /// themselves is not said twice.
    pub fn sentence(&self) -> MemberText {
        sentence(self.experiment, &self.cue, &self.act)
    }
}

/// See [`Plan::sentence`].
pub fn sentence(experiment: Option<Hat>, cue: &MemberText, act: &MemberText) -> MemberText {
    let cue = without(cue.reveal(), &["if "]);
    let act = without(act.reveal(), &["then ", "i will ", "i'll ", "i’ll "]);
    MemberText::new(match experiment {
        Some(hat) => format!("In {cue}, with the {hat} hat, I will {act}"),
        None => format!("If {cue}, I will {act}"),
    })
}

/// The text without blanks and commas at its ends and without these beginnings.
fn without<'a>(text: &'a str, beginnings: &[&str]) -> &'a str {
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';');
    let mut text = text.trim_matches(ends);
    for beginning in beginnings {
        if let Some((head, rest)) = text.split_at_checked(beginning.len())
            && head.to_lowercase() == *beginning
            && !rest.trim_matches(ends).is_empty()
        {
            text = rest.trim_matches(ends);
        }
    }
    text
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanField {
    /// The cue, or the project.
    Cue,
    /// The act.
    Act,
    /// The date.
    On,
    /// The time.
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

/// Checks the fields of the plan form; an empty list means that the plan can be kept. `is_past` says whether the
/// chosen moment has passed; only the caller knows the clock.
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

/// Plans and experiments begun in a month, and what came of them by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PlanCounts {
    /// If–then plans.
    pub plans: PlanTally,
    /// Experiments with the leader hat.
    pub leader_experiments: PlanTally,
    /// Experiments with the manager hat.
    pub manager_experiments: PlanTally,
}

/// How many were begun and what came of them by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PlanTally {
    /// Begun in the month.
    pub begun: u32,
    /// Of which nothing is said yet.
    pub open: u32,
    /// Done.
    pub done: u32,
    /// The cue did not come, or it was not done yet.
    pub not_yet: u32,
    /// Something else came of it.
    pub something_else: u32,
}

impl PlanTally {
    /// What came of them, without what did not occur: `1 done, 1 not yet`.
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
    /// Counts the plans of a month; any of the member's may be given.
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

    /// The experiments with a hat.
    pub fn experiments(&self, hat: Hat) -> PlanTally {
        match hat {
            Hat::Leader => self.leader_experiments,
            Hat::Manager => self.manager_experiments,
        }
    }

    /// The experiments with either hat.
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_plan_is_said_in_the_members_words() {
        let table = [
            (
                None,
                "the stand-up begins",
                "ask before I answer",
                "If the stand-up begins, I will ask before I answer",
            ),
            (None, "If Raj asks me, ", "I will ask back.", "If Raj asks me, I will ask back"),
            (None, "IF it rains", "then I'll stay", "If it rains, I will stay"),
            (None, "if ", "i will ", "If if, I will i will"),
            (None, "ифы", "İ", "If ифы, I will İ"),
            (
                Some(Hat::Leader),
                "the billing rewrite",
                "say why",
                "In the billing rewrite, with the leader hat, I will say why",
            ),
        ];
        for (experiment, cue, act, says) in table {
            assert_eq!(sentence(experiment, &MemberText::new(cue), &MemberText::new(act)).reveal(), says);
        }
    }

    #[test]
    fn what_is_missing_stands_beside_its_field() {
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

    proptest! {
        #[test]
        fn any_words_make_a_sentence(cue in any::<String>(), act in any::<String>()) {
            let says = sentence(None, &MemberText::new(cue), &MemberText::new(act));
            prop_assert!(says.reveal().starts_with("If "));
        }
    }
}
