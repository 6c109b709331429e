//! What each member must have received, and what must be kept of them. The model knows the members' settings, what
//! Slack said of them, and when what was out of order. It knows nothing of the bot's rules but its promises.

use crate::{
    faults::{Planned, Trouble},
    people::{Away, Person, zone},
    world::World,
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Time, tz::TimeZone};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Nothing is sent later than this.
const LATEST: SignedDuration = SignedDuration::from_hours(4);
/// How far the bot's clock may be off, and a little more.
const CLOCKS: SignedDuration = SignedDuration::from_mins(6);
/// What the bot learns of a member is used for a minute.
const LEARNED: SignedDuration = SignedDuration::from_mins(3);
/// With so long without trouble, what is due is sent. A workspace in trouble is asked after every half hour.
const ENOUGH: SignedDuration = SignedDuration::from_mins(75);

/// A message that somebody saw.
pub struct Seen {
    pub who: usize,
    pub at: Timestamp,
    pub kind: String,
    pub row: Option<String>,
    pub shown: String,
}

impl Seen {
    /// Nobody was waiting for it.
    fn is_unasked(&self) -> bool {
        matches!(self.kind.as_str(), "nudge" | "go-on" | "report" | "plan")
    }

    fn is_question(&self) -> bool {
        matches!(self.kind.as_str(), "nudge" | "go-on" | "report")
    }
}

/// Something that a member wrote for LeadLens.
pub struct Answer {
    pub who: usize,
    pub text: String,
    pub at: Timestamp,
    pub must_be_kept: bool,
    /// It was edited or deleted.
    pub is_gone: bool,
    /// The message in which it was written.
    pub message: Option<String>,
}

/// Something that must come, once.
pub struct Promise {
    who: usize,
    what: &'static str,
    due: Timestamp,
    /// What it shows, if that tells it from others.
    shows: String,
    must_come: bool,
}

impl Promise {
    pub fn later(who: usize, due: Timestamp) -> Self {
        Self { who, what: "nudge", due, shows: String::new(), must_come: true }
    }

    pub fn export(who: usize, due: Timestamp, must_come: bool) -> Self {
        Self { who, what: "file", due, shows: "Here is everything".to_owned(), must_come }
    }

    pub fn plan(who: usize, due: Timestamp, shows: String) -> Self {
        Self { who, what: "plan", due, shows, must_come: true }
    }
}

#[derive(Default)]
pub struct Model {
    pub seen: Vec<Seen>,
    pub answers: Vec<Answer>,
    pub promises: Vec<Promise>,
    /// Who was to be asked when.
    pub slots: Vec<(usize, Timestamp)>,
    pub troubles: Vec<Planned>,
    pub violations: Vec<String>,
}

impl Model {
    /// An answer outside a thread was offered as a check-in, or the member keeps it as one.
    pub fn offer(&mut self, message: Option<&str>, keeps: bool) {
        let of_message = |it: &&mut Answer| it.message.as_deref() == message && !it.is_gone;
        if let Some(answer) = self.answers.iter_mut().find(of_message) {
            answer.must_be_kept = keeps;
        }
    }

    fn violation(&mut self, kind: &str, people: &[Person], who: usize, at: Timestamp, what: &str) {
        let Person { user, zones, time, .. } = &people[who];
        let zone = zones.last().expect("a zone").1;
        self.violations.push(format!("{kind}: {user} ({zone}, {time}) at {at}: {what}"));
    }

    /// Everything that must be true, when the soak is over.
    pub async fn judge(&mut self, world: &mut World, people: &[Person]) {
        self.nothing_is_doubled(people);
        self.nothing_disturbs_or_is_late(people);
        self.everybody_was_asked(people, world.now);
        self.promises_were_kept(people, world.now);
        self.answers_are_kept(world, people).await;
    }

    fn nothing_is_doubled(&mut self, people: &[Person]) {
        let mut rows = BTreeSet::new();
        let mut last: HashMap<usize, Timestamp> = HashMap::new();
        let mut found = Vec::new();
        for seen in &self.seen {
            if seen.row.as_ref().is_some_and(|row| !rows.insert(row.clone())) {
                found.push((seen.who, seen.at, format!("{} came twice", seen.kind)));
            }
            if seen.is_question() {
                let before = last.insert(seen.who, seen.at);
                if before.is_some_and(|before| seen.at - before < SignedDuration::from_mins(9)) {
                    found.push((seen.who, seen.at, "asked twice within minutes".to_owned()));
                }
            }
        }
        for (who, at, what) in found {
            self.violation("doubled", people, who, at, &what);
        }
    }

    /// The zones that were right at an instant, as far as the bot can know.
    fn zones_at(&self, person: &Person, at: Timestamp) -> Vec<TimeZone> {
        let blind = self.troubles.iter().any(|it| {
            it.team == Some(person.team)
                && matches!(it.trouble, Trouble::Scope("users:read"))
                && it.from <= at
                && at < it.until + SignedDuration::from_mins(75)
        });
        let since = if blind { Timestamp::MIN } else { at - LEARNED };
        let ends = person.zones.iter().skip(1).map(|(from, _)| *from).chain([Timestamp::MAX]);
        let held = person.zones.iter().zip(ends).filter(|((from, _), end)| *from <= at && *end >= since);
        held.map(|((_, name), _)| zone(name)).collect()
    }

    fn knows_nothing_of_dnd(&self, person: &Person, at: Timestamp) -> bool {
        self.troubles.iter().any(|it| {
            it.team == Some(person.team)
                && matches!(it.trouble, Trouble::Scope("dnd:read" | "users:read"))
                && it.from <= at
                && at < it.until + SignedDuration::from_mins(75)
        })
    }

    fn nothing_disturbs_or_is_late(&mut self, people: &[Person]) {
        let mut found = Vec::new();
        for seen in self.seen.iter().filter(|seen| seen.is_unasked()) {
            let person = &people[seen.who];
            let zones = self.zones_at(person, seen.at);
            let quiet = |at: Timestamp, zone: &TimeZone| {
                let time = zone.to_datetime(at).time();
                time >= hour(19) || time < hour(8)
            };
            let around = [seen.at - CLOCKS, seen.at, seen.at + CLOCKS];
            if zones.iter().all(|zone| around.iter().all(|at| quiet(*at, zone))) {
                found.push(("quiet hours", seen, String::new()));
            }
            for (why, from, until) in &person.away {
                let inside = *from + LEARNED + CLOCKS < seen.at && seen.at < *until - CLOCKS - LEARNED;
                let is_known = match why {
                    Away::Paused => true,
                    Away::Deactivated => false,
                    Away::DoNotDisturb | Away::OnVacation => !self.knows_nothing_of_dnd(person, seen.at),
                };
                if inside && is_known {
                    found.push(("disturbed", seen, format!("{why:?} from {from} to {until}")));
                }
            }
            if seen.kind == "nudge" && !self.was_put_off(seen) {
                let slot = zones.iter().filter_map(|zone| newest_slot(person, zone, seen.at + CLOCKS)).max();
                let late = slot.is_none_or(|slot| seen.at - slot > LATEST + CLOCKS);
                if late {
                    found.push(("late", seen, format!("its slot was {slot:?}")));
                }
            }
        }
        let found: Vec<_> = found
            .into_iter()
            .map(|(kind, seen, what)| (kind, seen.who, seen.at, seen.kind.clone() + " " + &what))
            .collect();
        for (kind, who, at, what) in found {
            self.violation(kind, people, who, at, &what);
        }
    }

    /// It may be the question that a member put off by an hour.
    fn was_put_off(&self, seen: &Seen) -> bool {
        let of = |it: &&Promise| it.who == seen.who && it.what == "nudge" && it.due <= seen.at + CLOCKS;
        self.promises.iter().any(|it| of(&it))
    }

    /// The longest time without trouble between two instants in which messages can come.
    fn longest_calm(&self, team: usize, from: Timestamp, until: Timestamp) -> SignedDuration {
        let mut at = from;
        let mut longest = SignedDuration::ZERO;
        for it in &self.troubles {
            if !it.trouble.stops_messages() || it.team.is_some_and(|it| it != team) || it.until <= at {
                continue;
            }
            if it.from >= until {
                break;
            }
            longest = longest.max(it.from - at);
            at = it.until;
        }
        longest.max(until - at.min(until))
    }

    /// For a violation: what was out of order between two instants.
    fn troubles_between(&self, team: usize, from: Timestamp, until: Timestamp) -> String {
        let of = |it: &&Planned| it.team.is_none_or(|it| it == team) && it.from < until && it.until > from;
        let troubles =
            self.troubles.iter().filter(|it| of(it) && !matches!(it.trouble, Trouble::Call { .. }));
        troubles.map(|it| format!("{} {} to {}; ", it.trouble.name(), it.from, it.until)).collect()
    }

    fn everybody_was_asked(&mut self, people: &[Person], end: Timestamp) {
        self.troubles.sort_by_key(|it| it.from);
        let mut lost = Vec::new();
        for (who, slot) in &self.slots {
            let person = &people[*who];
            let zone = person_zone(person, *slot);
            let evening = zone.to_datetime(*slot).date().to_datetime(hour(19));
            let quiet_from = zone.to_timestamp(evening).expect("an evening");
            let until = (*slot + LATEST).min(quiet_from) - CLOCKS;
            if until > end || self.is_excused(person, *who, *slot, until) {
                continue;
            }
            let calm = self.longest_calm(person.team, *slot, until);
            if calm < ENOUGH {
                continue;
            }
            let in_time = |seen: &&Seen| {
                seen.who == *who
                    && seen.is_question()
                    && seen.at >= *slot - SignedDuration::from_mins(20)
                    && seen.at <= *slot + LATEST + CLOCKS
            };
            if !self.seen.iter().any(|seen| in_time(&seen)) {
                let trouble = self.troubles_between(person.team, *slot, until);
                lost.push((*who, *slot, format!("no question came; {calm:#} without trouble; {trouble}")));
            }
        }
        for (who, at, what) in lost {
            self.violation("lost", people, who, at, &what);
        }
    }

    /// Something of the member's own keeps a question away.
    fn is_excused(&self, person: &Person, who: usize, slot: Timestamp, until: Timestamp) -> bool {
        let away =
            person.away.iter().any(|(_, from, end)| *from < until + CLOCKS && *end + CLOCKS + LEARNED > slot);
        let day = SignedDuration::from_hours(24);
        let travels = person.zones.iter().skip(1).any(|(at, _)| *at > slot - day && *at < until);
        let removed = self.troubles.iter().any(|it| {
            matches!(it.trouble, Trouble::Removed)
                && it.team == Some(person.team)
                && it.from < until
                && it.until > slot
        });
        // Two questions in a row without an answer, as far as the bot heard.
        let acted = person.acted_at.iter().rfind(|at| **at < slot).copied().unwrap_or(Timestamp::MIN);
        let ignored =
            self.seen.iter().filter(|it| it.who == who && it.is_question() && it.at > acted && it.at < slot);
        away || travels || removed || ignored.count() >= 2
    }

    fn promises_were_kept(&mut self, people: &[Person], end: Timestamp) {
        let mut found = Vec::new();
        for promise in &self.promises {
            let person = &people[promise.who];
            let came: Vec<&Seen> = self
                .seen
                .iter()
                .filter(|it| {
                    it.who == promise.who && it.kind == promise.what && it.shown.contains(&promise.shows)
                })
                .collect();
            let before = came.iter().any(|it| it.at < promise.due - CLOCKS);
            match promise.what {
                "plan" if before || came.len() > 1 => found.push(("doubled", promise, "a plan's question")),
                "plan" | "file" => {
                    let is_kept = came.iter().any(|it| it.at >= promise.due - CLOCKS);
                    let is_away =
                        person.away.iter().any(|(_, _, until)| *until > end - SignedDuration::from_hours(30));
                    if promise.must_come
                        && !is_kept
                        && !is_away
                        && promise.due < end - SignedDuration::from_hours(40)
                    {
                        found.push(("lost", promise, promise.what));
                    }
                }
                _ => {
                    let until = promise.due + LATEST - CLOCKS;
                    let calm = self.longest_calm(person.team, promise.due, until);
                    let is_quiet = [promise.due, until].iter().any(|at| {
                        let time = person_zone(person, *at).to_datetime(*at).time();
                        time >= hour(18) || time < hour(8)
                    });
                    let is_away = self.is_excused(person, promise.who, promise.due, until);
                    let came =
                        came.iter().any(|it| it.at >= promise.due - CLOCKS && it.at <= promise.due + LATEST);
                    if !came && !is_away && !is_quiet && calm >= ENOUGH && until < end {
                        found.push(("lost", promise, "a question that was put off"));
                    }
                }
            }
        }
        let doubled = (0..people.len()).filter(|who| {
            let asked = self.promises.iter().filter(|it| it.who == *who && it.what == "file").count();
            self.seen.iter().filter(|it| it.who == *who && it.kind == "file").count() > asked
        });
        let doubled: Vec<usize> = doubled.collect();
        let found: Vec<_> = found.into_iter().map(|(kind, it, what)| (kind, it.who, it.due, what)).collect();
        for (kind, who, at, what) in found {
            self.violation(kind, people, who, at, what);
        }
        for who in doubled {
            self.violation("doubled", people, who, end, "more exports came than were asked for");
        }
    }

    async fn answers_are_kept(&mut self, world: &mut World, people: &[Person]) {
        let mut kept: BTreeMap<String, usize> = BTreeMap::new();
        for text in world.texts("select answer from reflection union all select outcome from plan").await {
            for line in text.lines() {
                *kept.entry(line.to_owned()).or_default() += 1;
            }
        }
        let mut found = Vec::new();
        for answer in &self.answers {
            let times = kept.get(&answer.text).copied().unwrap_or(0);
            if times > 1 {
                found.push((
                    "doubled",
                    answer.who,
                    answer.at,
                    format!("{} is kept {times} times", answer.text),
                ));
            } else if answer.is_gone && times > 0 {
                found.push(("not gone", answer.who, answer.at, answer.text.clone()));
            } else if answer.must_be_kept && !answer.is_gone && times == 0 {
                found.push(("lost", answer.who, answer.at, answer.text.clone()));
            }
        }
        for (kind, who, at, what) in found {
            self.violation(kind, people, who, at, &what);
        }
    }
}

fn hour(hour: i8) -> Time {
    Time::constant(hour, 0, 0, 0)
}

fn person_zone(person: &Person, at: Timestamp) -> TimeZone {
    zone(person.zones.iter().rfind(|(from, _)| *from <= at).expect("a zone").1)
}

/// The last weekday's slot at or before an instant.
pub fn newest_slot(person: &Person, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(at).date();
    (0..5).find_map(|back| {
        let day = today.saturating_sub(back.days());
        let slot = slot_on(person, zone, day)?;
        (slot <= at).then_some(slot)
    })
}

/// The next weekday's slot after an instant.
pub fn next_slot(person: &Person, at: Timestamp) -> Timestamp {
    let zone = person.zone();
    let today = zone.to_datetime(at).date();
    let slot = (0..6).find_map(|ahead| {
        let day = today.saturating_add(ahead.days());
        slot_on(person, &zone, day).filter(|slot| *slot > at)
    });
    slot.expect("a slot")
}

fn slot_on(person: &Person, zone: &TimeZone, day: jiff::civil::Date) -> Option<Timestamp> {
    let is_weekday = day.weekday().to_monday_one_offset() < 6;
    let time: Time = person.time.parse().expect("a time");
    let slot = zone.to_timestamp(day.to_datetime(time)).ok()?;
    is_weekday.then_some(slot)
}
