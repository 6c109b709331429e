//! What LeadLens stores about a member besides their texts: time zone, cadence, quiet hours, pause, days off
//! and back-off. The rules that use it are in `cadence` and `nudge`.

use super::{
    hat::Practice,
    ids::{ChannelId, MemberId},
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// A member as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    /// The DM with LeadLens, once known.
    pub dm: Option<ChannelId>,
    pub zone: Zone,
    /// When nudges come. `None` until the member has set a cadence; before that, no nudge is sent.
    pub cadence: Option<Cadence>,
    /// When LeadLens sends nothing on its own.
    pub quiet: QuietHours,
    /// Local dates without nudges, sorted.
    pub days_off: Vec<Date>,
    /// Set while the member has paused everything that LeadLens sends on its own.
    pub pause: Option<Pause>,
    /// The practice that questions prefer.
    pub focus: Option<Practice>,
    /// Whether LeadLens asks weeks later what came of what the member set out to do.
    pub look_back: bool,
    pub back_off: BackOff,
    /// The next slot of the cadence to consider. The scheduler finds due members by this column.
    pub next_slot_at: Option<Timestamp>,
    /// When the next report is due, about the month before. `None` until the member has recorded something.
    pub next_report_at: Option<Timestamp>,
    /// When the first contact was queued.
    pub welcomed_at: Option<Timestamp>,
    /// The error with which Slack refuses to deliver to this member, such as `user_disabled`. It is cleared
    /// when the member acts.
    pub unreachable: Option<String>,
    /// When the member was first seen.
    pub created_at: Timestamp,
}

impl Member {
    /// A new member, in the zone that Slack names, or UTC if it is not known yet.
    pub fn new(id: MemberId, zone: Zone, now: Timestamp) -> Self {
        Self {
            id,
            dm: None,
            zone,
            cadence: None,
            quiet: QuietHours::default(),
            days_off: Vec::new(),
            pause: None,
            focus: None,
            look_back: true,
            back_off: BackOff::default(),
            next_slot_at: None,
            next_report_at: None,
            welcomed_at: None,
            unreachable: None,
            created_at: now,
        }
    }

    /// The member's calendar date at an instant. Evidence is stored with it.
    pub fn local_date(&self, at: Timestamp) -> Date {
        self.zone.local(at).date()
    }

    /// Whether the member's pause covers an instant.
    pub fn is_paused(&self, at: Timestamp) -> bool {
        self.pause.is_some_and(|pause| pause.holds_on(self.local_date(at)))
    }

    /// Whether an instant is on one of the member's days off.
    pub fn is_day_off(&self, at: Timestamp) -> bool {
        self.days_off.contains(&self.local_date(at))
    }
}

/// An IANA time zone. The name is stored rather than the rules, so that a new version of the database takes
/// effect at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    tz: TimeZone,
    /// False while the zone follows Slack.
    pub set_by_member: bool,
}

/// The name is not in the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IANA time zone")]
pub struct UnknownZone;

impl Zone {
    /// Looks up a zone such as `Europe/Berlin` in the built-in IANA database, ignoring case.
    ///
    /// # Errors
    /// [`UnknownZone`] if there is no zone of that name.
    pub fn parse(name: &str, set_by_member: bool) -> Result<Self, UnknownZone> {
        let tz = jiff::tz::db().get(name.trim()).map_err(|_| UnknownZone)?;
        let name = tz.iana_name().ok_or(UnknownZone)?.to_owned();
        Ok(Self { name, tz, set_by_member })
    }

    /// UTC, used until Slack has named the member's zone.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), tz: TimeZone::UTC, set_by_member: false }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// False for UTC that the member did not choose: Slack has not named their zone yet, or has named UTC.
    pub fn is_known(&self) -> bool {
        self.set_by_member || self.tz != TimeZone::UTC
    }

    pub fn time_zone(&self) -> TimeZone {
        self.tz.clone()
    }

    /// The local date and time at an instant.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.tz.to_datetime(at)
    }
}

/// When nudges come: the same times on each chosen day of the week, in the member's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    days: Vec<u8>,
    times: Vec<Time>,
}

/// Why days and times do not make a cadence; the renderer words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidCadence {
    /// No day was chosen.
    NoDay,
    /// No time was chosen, or more than [`Cadence::MAX_TIMES`] different ones.
    TimeCount,
}

impl Cadence {
    /// The most nudges that a member can choose for one day.
    pub const MAX_TIMES: usize = 3;

    /// Sorts both lists, removes duplicates and drops seconds.
    ///
    /// # Errors
    /// [`InvalidCadence`] if there is no day, no time, or more than [`Self::MAX_TIMES`] times.
    pub fn new(days: &[Weekday], times: &[Time]) -> Result<Self, InvalidCadence> {
        let mut days: Vec<u8> = days.iter().map(|day| day.to_monday_one_offset().cast_unsigned()).collect();
        days.sort_unstable();
        days.dedup();
        let mut times: Vec<Time> =
            times.iter().map(|time| Time::constant(time.hour(), time.minute(), 0, 0)).collect();
        times.sort_unstable();
        times.dedup();
        if days.is_empty() {
            return Err(InvalidCadence::NoDay);
        }
        if times.is_empty() || times.len() > Self::MAX_TIMES {
            return Err(InvalidCadence::TimeCount);
        }
        Ok(Self { days, times })
    }

    /// The default in the schedule form: Monday to Friday at 09:30.
    pub fn weekdays_at_half_past_nine() -> Self {
        Self { days: (1..=5).collect(), times: vec![Time::constant(9, 30, 0, 0)] }
    }

    /// The days, Monday first.
    pub fn days(&self) -> impl Iterator<Item = Weekday> + '_ {
        self.days.iter().filter_map(|day| Weekday::from_monday_one_offset(day.cast_signed()).ok())
    }

    pub fn has_day(&self, day: Weekday) -> bool {
        self.days.contains(&day.to_monday_one_offset().cast_unsigned())
    }

    /// The times of day in whole minutes, earliest first.
    pub fn times(&self) -> &[Time] {
        &self.times
    }
}

/// The local hours `[from, to)` in which LeadLens sends nothing on its own. They span midnight if `from` is
/// later than `to`, and are empty if both are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// The first quiet minute.
    pub from: Time,
    /// The first minute that is no longer quiet.
    pub to: Time,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { from: Time::constant(19, 0, 0, 0), to: Time::constant(8, 0, 0, 0) }
    }
}

impl QuietHours {
    pub fn contains(&self, time: Time) -> bool {
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            time >= self.from || time < self.to
        }
    }
}

/// A pause of everything that LeadLens sends on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The first local date after the pause. `None` means until the member resumes.
    pub until_on: Option<Date>,
}

impl Pause {
    /// Whether the pause covers a local date.
    pub fn holds_on(self, date: Date) -> bool {
        self.until_on.is_none_or(|until_on| date < until_on)
    }
}

/// How much ignored nudges have slowed down; see [`super::back_off`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BackOff {
    /// Sent nudges in a row without an answer. Skipping is an answer.
    pub unanswered: u32,
    /// Slots of the cadence that passed since the last nudge was sent.
    pub slots_passed: u32,
    /// Whether the last message, which asks whether to go on, was sent.
    pub asked_to_go_on: bool,
}

/// What Slack says about a member at the time of sending.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presence {
    /// The emoji of the custom status, such as `:palm_tree:`.
    pub status_emoji: String,
    pub status_text: String,
    /// When the status ends. `None` if it has no end.
    pub status_expires_at: Option<Timestamp>,
    /// The next Do Not Disturb window `[start, end)`, if there is one.
    pub dnd: Option<(Timestamp, Timestamp)>,
    /// The member's time zone in Slack.
    pub slack_zone: Option<String>,
    /// Whether the account is deactivated.
    pub deactivated: bool,
}
