//! What LeadLens knows about a member besides their words: zone, cadence, quiet hours, pause, days
//! off, and how far nudges have thinned out. The rules that use it are in `cadence` and `nudge`.

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

/// One member, as the store keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The workspace and the person.
    pub id: MemberId,
    /// The conversation with LeadLens, once Slack has named it.
    pub dm: Option<ChannelId>,
    /// The member's time zone and who set it.
    pub zone: Zone,
    /// When nudges come; `None` until the member has set a cadence: nobody is nudged before.
    pub cadence: Option<Cadence>,
    /// When LeadLens never writes by itself.
    pub quiet: QuietHours,
    /// Dates on which the member is not nudged, sorted, in their own calendar.
    pub days_off: Vec<Date>,
    /// Set while the member has paused everything that LeadLens sends by itself.
    pub pause: Option<Pause>,
    /// The practice that questions prefer.
    pub focus: Option<Practice>,
    /// How far nudges have thinned out.
    pub back_off: BackOff,
    /// The next cadence slot to consider, if there is one: the scheduler's only index.
    pub next_slot_at: Option<Timestamp>,
    /// When the report about the month before is due next, if the member has ever left evidence.
    pub next_report_at: Option<Timestamp>,
    /// When the first contact was queued.
    pub welcomed_at: Option<Timestamp>,
    /// Why Slack refuses to deliver to this member (`user_disabled`, …), until they act again.
    pub unreachable: Option<String>,
    /// When LeadLens first met the member.
    pub created_at: Timestamp,
}

impl Member {
    /// A member just met, in the zone that Slack names (UTC until Slack has named one).
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
            back_off: BackOff::default(),
            next_slot_at: None,
            next_report_at: None,
            welcomed_at: None,
            unreachable: None,
            created_at: now,
        }
    }

    /// The member's own calendar date at an instant: the date that evidence is filed under.
    pub fn local_date(&self, at: Timestamp) -> Date {
        self.zone.local(at).date()
    }

    /// Whether everything that LeadLens sends by itself is paused at an instant.
    pub fn is_paused(&self, at: Timestamp) -> bool {
        self.pause.is_some_and(|pause| pause.holds_on(self.local_date(at)))
    }

    /// Whether an instant lies on one of the member's days off.
    pub fn is_day_off(&self, at: Timestamp) -> bool {
        self.days_off.contains(&self.local_date(at))
    }
}

/// An IANA time zone, held by name so that a change of its rules takes effect at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    tz: TimeZone,
    /// The zone follows Slack until the member sets one.
    pub set_by_member: bool,
}

/// A name that is in no edition of the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IANA time zone")]
pub struct UnknownZone;

impl Zone {
    /// Looks a zone such as `Europe/Berlin` up in the built-in IANA database; case does not matter.
    ///
    /// # Errors
    /// [`UnknownZone`] when the database has no zone of that name.
    pub fn parse(name: &str, set_by_member: bool) -> Result<Self, UnknownZone> {
        let tz = jiff::tz::db().get(name.trim()).map_err(|_| UnknownZone)?;
        let name = tz.iana_name().ok_or(UnknownZone)?.to_owned();
        Ok(Self { name, tz, set_by_member })
    }

    /// UTC, which holds until Slack has named the member's zone.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), tz: TimeZone::UTC, set_by_member: false }
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rules.
    pub fn time_zone(&self) -> TimeZone {
        self.tz.clone()
    }

    /// What clock and calendar of the zone show at an instant.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.tz.to_datetime(at)
    }
}

/// When nudges come: the same times on each chosen day of the week, in the member's zone.
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
    /// The most nudges in one day that a member can ask for.
    pub const MAX_TIMES: usize = 3;

    /// Sorts and deduplicates both lists; seconds are dropped.
    ///
    /// # Errors
    /// [`InvalidCadence`] when there is no day, no time, or more than [`Self::MAX_TIMES`] times.
    pub fn new(days: &[Weekday], times: &[Time]) -> Result<Self, InvalidCadence> {
        let mut days: Vec<u8> = days.iter().map(|day| day.to_monday_one_offset() as u8).collect();
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

    /// What the schedule form opens with: Monday to Friday at 09:30.
    pub fn weekdays_at_half_past_nine() -> Self {
        Self { days: (1..=5).collect(), times: vec![Time::constant(9, 30, 0, 0)] }
    }

    /// The days, Monday first.
    pub fn days(&self) -> impl Iterator<Item = Weekday> + '_ {
        self.days.iter().filter_map(|day| Weekday::from_monday_one_offset(*day as i8).ok())
    }

    /// Whether a day of the week is one of the cadence's.
    pub fn has_day(&self, day: Weekday) -> bool {
        self.days.contains(&(day.to_monday_one_offset() as u8))
    }

    /// The times of day, earliest first, whole minutes.
    pub fn times(&self) -> &[Time] {
        &self.times
    }
}

/// The hours of the local day in which LeadLens never writes by itself: `[from, to)`, over midnight
/// when `from` is later than `to`; none when they are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// First quiet minute.
    pub from: Time,
    /// First minute that is not quiet any more.
    pub to: Time,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { from: Time::constant(19, 0, 0, 0), to: Time::constant(8, 0, 0, 0) }
    }
}

impl QuietHours {
    /// Whether a local time of day is quiet.
    pub fn contains(&self, time: Time) -> bool {
        if self.from <= self.to {
            self.from <= time && time < self.to
        } else {
            time >= self.from || time < self.to
        }
    }
}

/// A pause of everything that LeadLens sends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The first local date on which it is over; `None`: until the member resumes.
    pub until_on: Option<Date>,
}

impl Pause {
    /// Whether the pause covers a date of the member's own calendar.
    pub fn holds_on(self, date: Date) -> bool {
        self.until_on.is_none_or(|until_on| date < until_on)
    }
}

/// How far ignored nudges have thinned out (section 8, *Back-off*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BackOff {
    /// Nudges in a row that were sent and got no answer; skipping is an answer.
    pub unanswered: u32,
    /// Cadence slots let pass since the last nudge was sent.
    pub slots_passed: u32,
    /// The last question, whether to go on, has been sent.
    pub asked_to_go_on: bool,
}

/// What Slack says about a member at the moment of sending: today's facts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presence {
    /// The emoji of the custom status, such as `:palm_tree:`.
    pub status_emoji: String,
    /// The text of the custom status.
    pub status_text: String,
    /// When the status ends; `None`: it has no end.
    pub status_expires_at: Option<Timestamp>,
    /// The next Do Not Disturb window `[start, end)`, if Slack names one.
    pub dnd: Option<(Timestamp, Timestamp)>,
    /// The zone that Slack has for the member now.
    pub slack_zone: Option<String>,
    /// Slack says the account is deactivated.
    pub deactivated: bool,
}
