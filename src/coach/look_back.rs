//! Looking back: two to four weeks after an answer stated an intention, one nudge asks what came of it. The
//! intention is read from the answer each time, so that an edited or deleted answer is never quoted as it was.

use super::{care, ids::RowId, intention, member_text::MemberText, month::Month, reflection::Reflection};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// An intention is asked about after this time at the earliest.
pub const FIRST_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Later than this it is not asked about any more.
pub const LAST_AFTER: SignedDuration = SignedDuration::from_hours(28 * 24);

/// How many other nudges come between two that look back: at most one in five does.
pub const OTHERS_BETWEEN: usize = 4;

/// What came of an intention, as the member taps it.
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
pub enum CameOfIt {
    DidIt,
    Partly,
    ChangedMind,
    NotYet,
}

/// A nudge asks, or asked, about an intention. Each reflection has at most one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookBack {
    /// The reflection that states the intention.
    pub reflection: RowId,
    /// The nudge that asks.
    pub nudge: RowId,
    /// When it was asked. `None` while the nudge waits to be sent.
    pub asked_at: Option<Timestamp>,
    pub came_of_it: Option<CameOfIt>,
    /// When the member tapped that.
    pub came_at: Option<Timestamp>,
}

/// The sentence of a reflection that states an intention. `None` also where a text of the reflection speaks of
/// trouble outside coaching.
pub fn intention_of(reflection: &Reflection) -> Option<MemberText> {
    let texts = [&reflection.situation, &reflection.answer, &reflection.follow_up_answer];
    if !reflection.counts_in_balance || texts.iter().any(|text| care::check(text.reveal()).is_some()) {
        return None;
    }
    let stated = |text: &MemberText| intention::stated(text.reveal()).map(MemberText::new);
    stated(&reflection.answer).or_else(|| stated(&reflection.follow_up_answer))
}

/// The oldest reflection whose intention can be asked about now.
pub fn choose<'r>(
    reflections: &'r [Reflection],
    known: &[LookBack],
    now: Timestamp,
) -> Option<&'r Reflection> {
    let was_asked = |id: &RowId| known.iter().any(|it| it.reflection == *id && it.asked_at.is_some());
    reflections
        .iter()
        .filter(|reflection| {
            let age = now.duration_since(reflection.created_at);
            (FIRST_AFTER..=LAST_AFTER).contains(&age)
        })
        .filter(|reflection| !was_asked(&reflection.id) && intention_of(reflection).is_some())
        .min_by_key(|reflection| (reflection.created_at, reflection.id.clone()))
}

/// The intentions of a month, and what came of those that were looked back on in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct LookBackCounts {
    /// Answers of the month that state an intention.
    pub stated: u32,
    /// Intentions that were asked about in the month.
    pub asked: u32,
    pub did_it: u32,
    pub partly: u32,
    pub changed_mind: u32,
    pub not_yet: u32,
}

impl LookBackCounts {
    /// Counts. `local_date` gives the member's date at an instant.
    pub fn of(
        month: Month,
        reflections: &[Reflection],
        look_backs: &[LookBack],
        local_date: impl Fn(Timestamp) -> Date,
    ) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let in_month = reflections.iter().filter(|it| month.contains(it.local_on));
        let stated = in_month.filter(|it| intention_of(it).is_some()).count();
        let asked_in_month = |it: &&LookBack| it.asked_at.is_some_and(|at| month.contains(local_date(at)));
        let asked: Vec<&LookBack> = look_backs.iter().filter(asked_in_month).collect();
        let came = |came| count(asked.iter().filter(|it| it.came_of_it == Some(came)).count());
        Self {
            stated: count(stated),
            asked: count(asked.len()),
            did_it: came(CameOfIt::DidIt),
            partly: came(CameOfIt::Partly),
            changed_mind: came(CameOfIt::ChangedMind),
            not_yet: came(CameOfIt::NotYet),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn count(&self, came: CameOfIt) -> u32 {
        match came {
            CameOfIt::DidIt => self.did_it,
            CameOfIt::Partly => self.partly,
            CameOfIt::ChangedMind => self.changed_mind,
            CameOfIt::NotYet => self.not_yet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::{
        member::Zone,
        sample::{at, id},
    };
    use jiff::civil::date;

    fn wrote(number: u64, on: &str, answer: &str) -> Reflection {
        let created_at = at(on);
        let local_on = Zone::utc().local(created_at).date();
        let row = RowId::new(1_790_000_000_000, number.into());
        Reflection {
            answer: MemberText::new(answer),
            ..Reflection::new(row, id(), "What now?".into(), created_at, local_on)
        }
    }

    fn asked(reflection: &Reflection, asked_at: Option<&str>, came_of_it: Option<CameOfIt>) -> LookBack {
        let asked_at = asked_at.map(at);
        LookBack {
            reflection: reflection.id.clone(),
            nudge: RowId::new(1, 1),
            asked_at,
            came_of_it,
            came_at: came_of_it.and(asked_at),
        }
    }

    #[test]
    fn the_oldest_intention_of_two_to_four_weeks_is_asked_about_once() {
        let now = at("2026-10-29T08:00:00Z");
        let told = [
            wrote(1, "2026-10-01T07:59:59Z", "I'll ask Ana."), // too long ago
            wrote(2, "2026-10-02T08:00:00Z", "It rained."),
            wrote(3, "2026-10-03T08:00:00Z", "I'll ask Ben."),
            wrote(4, "2026-10-15T08:00:00Z", "I'll ask Zoe."),
            wrote(5, "2026-10-15T08:00:01Z", "I'll ask Raj."), // too soon
        ];
        let chosen = |known: &[LookBack]| choose(&told, known, now).map(|it| it.id.clone());
        let [_, _, ben, zoe, _] = &told;
        assert_eq!(chosen(&[]), Some(ben.id.clone()));
        assert_eq!(chosen(&[asked(ben, None, None)]), Some(ben.id.clone()), "its nudge was not sent");
        let was_asked = asked(ben, Some("2026-10-20T08:00:00Z"), None);
        assert_eq!(chosen(std::slice::from_ref(&was_asked)), Some(zoe.id.clone()));
        assert_eq!(chosen(&[was_asked, asked(zoe, Some("2026-10-29T07:00:00Z"), None)]), None);
    }

    #[test]
    fn trouble_and_what_does_not_count_are_never_asked_about() {
        let stated = wrote(1, "2026-10-01T08:00:00Z", "I'll ask Ana.");
        assert_eq!(intention_of(&stated), Some(MemberText::new("I'll ask Ana.")));
        let not_counted = Reflection { counts_in_balance: false, ..stated.clone() };
        assert_eq!(intention_of(&not_counted), None);
        let trouble = MemberText::new("I don't want to live any more");
        for of_trouble in [
            Reflection { situation: trouble.clone(), ..stated.clone() },
            Reflection { follow_up_answer: trouble.clone(), ..stated.clone() },
            Reflection { answer: MemberText::new("I'll go home. I don't want to live."), ..stated.clone() },
        ] {
            assert_eq!(intention_of(&of_trouble), None);
        }
        let in_the_follow_up = Reflection {
            answer: MemberText::new("Ask her."),
            follow_up_answer: MemberText::new("Tomorrow I ask her."),
            ..stated
        };
        assert_eq!(intention_of(&in_the_follow_up), Some(MemberText::new("Tomorrow I ask her.")));
    }

    #[test]
    fn a_month_counts_what_was_stated_in_it_and_what_was_asked_in_it() {
        let told = [
            wrote(1, "2026-09-20T08:00:00Z", "I'll ask Ana."),
            wrote(2, "2026-10-02T08:00:00Z", "I'll ask Ben."),
            wrote(3, "2026-10-03T08:00:00Z", "It rained."),
        ];
        let looked_back = [
            asked(&told[0], Some("2026-10-05T08:00:00Z"), Some(CameOfIt::Partly)),
            asked(&told[1], Some("2026-10-20T08:00:00Z"), None),
        ];
        let utc = |at: Timestamp| Zone::utc().local(at).date();
        let counts = LookBackCounts::of(Month::containing(date(2026, 10, 1)), &told, &looked_back, utc);
        assert_eq!(counts, LookBackCounts { stated: 1, asked: 2, partly: 1, ..LookBackCounts::default() });
        let november = LookBackCounts::of(Month::containing(date(2026, 11, 1)), &told, &looked_back, utc);
        assert!(november.is_empty());
    }
}
