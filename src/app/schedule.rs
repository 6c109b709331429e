//! Days, hours, zone, quiet hours, days off, pause and the practice in focus.

use super::{App, Done, checkin::errors, dispatch::Outcome, incoming::ScheduleValues, once::Did};
use crate::{
    coach::{
        command::parse_date,
        ids::MemberId,
        member::{Cadence, InvalidCadence, Member, Pause, QuietHours, Zone},
        member_text::MemberText,
        nudge::SkipReason,
        screen::{Field, Notice, ScheduleForm},
    },
    store::Tx,
};
use jiff::civil::{Date, Time};

/// A list of days off longer than this is a mistake.
const MAX_DAYS_OFF: usize = 200;

impl App {
    /// What the schedule form opens with. `slack_zone` is the zone that Slack names for the member
    /// now; it becomes theirs unless they have set one.
    ///
    /// # Errors
    /// The store's.
    pub async fn schedule_form(&self, who: &MemberId, slack_zone: Option<&str>) -> Done<ScheduleForm> {
        let (app, who, zone) = (self.clone(), who.clone(), slack_zone.map(str::to_owned));
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut member = app.meet(tx, &who).await?;
                    if app.follow_slack_zone(&mut member, zone.as_deref()) {
                        tx.save_member(&member).await?;
                    }
                    app.schedule_form_of(tx, &who).await
                })
            })
            .await
    }

    pub(super) async fn schedule_form_of(&self, tx: &mut Tx, who: &MemberId) -> Done<ScheduleForm> {
        let member = self.meet(tx, who).await?;
        let now = self.env.now();
        let today = member.local_date(now);
        let paused = member.is_paused(now);
        Ok(ScheduleForm {
            nudges_on: member.cadence.is_some(),
            zone: member.zone.name().to_owned(),
            quiet: member.quiet,
            days_off: member.days_off.iter().copied().filter(|date| *date >= today).collect(),
            pause_until_on: member.pause.filter(|_| paused).and_then(|pause| pause.until_on),
            paused,
            focus: member.focus,
            cadence: member.cadence.unwrap_or_else(Cadence::weekdays_at_half_past_nine),
        })
    }

    pub(super) async fn submit_schedule(
        &self,
        tx: &mut Tx,
        mut member: Member,
        values: &ScheduleValues,
    ) -> Done<Outcome> {
        let now = self.env.now();
        let wanted = match Wanted::parse(values, &member, member.local_date(now)) {
            Ok(wanted) => wanted,
            Err(wrong) => return Ok(errors(wrong).into()),
        };
        member.cadence = Some(wanted.cadence);
        member.zone = wanted.zone;
        member.quiet = values.quiet;
        member.days_off = wanted.days_off;
        member.focus = values.focus.as_deref().and_then(|name| name.parse().ok());
        let was_paused_without_date = member.pause.is_some_and(|pause| pause.until_on.is_none());
        match values.pause_until_on {
            Some(until_on) => member.pause = Some(Pause { until_on: Some(until_on) }),
            // A pause without a date is not in the form; it ends by resuming.
            None if was_paused_without_date => {}
            None => member.pause = None,
        }
        if member.is_paused(now) {
            self.let_waiting_go(tx, &mut member, SkipReason::Paused).await?;
        }
        self.replan(&mut member);
        tx.save_member(&member).await?;
        Ok(Did::ScheduleKept.into())
    }

    pub(super) async fn schedule_kept(&self, tx: &mut Tx, who: &MemberId) -> Done<Notice> {
        let next = self.next_nudge_of(tx, who).await?;
        let zone = tx.find_member(who).await?.map_or_else(Zone::utc, |member| member.zone);
        Ok(Notice::ScheduleKept { next, zone: zone.name().to_owned() })
    }

    /// Pauses everything that comes by itself; what the member asked to have later goes with it.
    pub(super) async fn pause(
        &self,
        tx: &mut Tx,
        mut member: Member,
        until_on: Option<Date>,
    ) -> Done<Outcome> {
        if until_on.is_some_and(|date| date <= member.local_date(self.env.now())) {
            return Ok(errors(vec![(Field::PauseUntil, DATE_TO_COME.to_owned())]).into());
        }
        member.pause = Some(Pause { until_on });
        self.let_waiting_go(tx, &mut member, SkipReason::Paused).await?;
        tx.save_member(&member).await?;
        Ok(Did::Paused.into())
    }

    pub(super) async fn paused(&self, tx: &mut Tx, who: &MemberId) -> Done<Notice> {
        let member = tx.find_member(who).await?;
        let pause = member.and_then(|member| member.pause);
        Ok(Notice::Paused { until_on: pause.and_then(|pause| pause.until_on) })
    }

    pub(super) async fn resume(&self, tx: &mut Tx, mut member: Member) -> Done<Outcome> {
        if !member.is_paused(self.env.now()) {
            return Ok(Did::NotPaused.into());
        }
        member.pause = None;
        self.replan(&mut member);
        tx.save_member(&member).await?;
        Ok(Did::Resumed.into())
    }
}

const DATE_TO_COME: &str = "A pause ends on a day to come. Choose tomorrow or later.";

/// The values of a schedule form that need reading.
struct Wanted {
    cadence: Cadence,
    zone: Zone,
    days_off: Vec<Date>,
}

impl Wanted {
    fn parse(values: &ScheduleValues, member: &Member, today: Date) -> Result<Self, Vec<(Field, String)>> {
        let mut wrong = Vec::new();
        let cadence = Cadence::new(&values.days, &values.times).map_err(|error| {
            let (field, says) = match error {
                InvalidCadence::NoDay => (Field::Days, "Choose at least one day."),
                InvalidCadence::TimeCount => (Field::FirstTime, "Choose one to three times a day."),
            };
            wrong.push((field, says.to_owned()));
        });
        wrong.extend(quiet_times(&values.times, values.quiet));
        let zone = wanted_zone(&values.zone, member).map_err(|sentence| wrong.push((Field::Zone, sentence)));
        let days_off = days_off(&values.days_off, today).map_err(|it| wrong.push((Field::DaysOff, it)));
        if values.pause_until_on.is_some_and(|date| date <= today) {
            wrong.push((Field::PauseUntil, DATE_TO_COME.to_owned()));
        }
        match (cadence, zone, days_off) {
            (Ok(cadence), Ok(zone), Ok(days_off)) if wrong.is_empty() => Ok(Self { cadence, zone, days_off }),
            _ => Err(wrong),
        }
    }
}

/// Times of the cadence at which nothing would ever come, beside their fields.
fn quiet_times(times: &[Time], quiet: QuietHours) -> Vec<(Field, String)> {
    let fields = [Field::FirstTime, Field::SecondTime, Field::ThirdTime];
    let quiet_time = |(time, field): (&Time, Field)| {
        let hours = |time: Time| time.strftime("%H:%M").to_string();
        quiet.contains(*time).then(|| {
            let (from, to) = (hours(quiet.from), hours(quiet.to));
            (field, format!("This lies in your quiet hours, {from} to {to}: no question would ever come."))
        })
    };
    times.iter().zip(fields).filter_map(quiet_time).collect()
}

/// The zone, still following Slack when it was left as it was.
fn wanted_zone(typed: &str, member: &Member) -> Result<Zone, String> {
    let zone = Zone::parse(typed, true)
        .map_err(|_| "There is no time zone of that name. An example: Europe/Berlin".to_owned())?;
    let untouched = zone.name() == member.zone.name();
    Ok(if untouched { member.zone.clone() } else { zone })
}

/// Dates separated by commas, semicolons, blanks or lines; those that are over are left out.
fn days_off(typed: &MemberText, today: Date) -> Result<Vec<Date>, String> {
    let parts = typed.reveal().split(|c: char| c == ',' || c == ';' || c.is_whitespace());
    let mut dates = parts
        .filter(|part| !MemberText::new(*part).is_blank())
        .map(parse_date)
        .collect::<Option<Vec<Date>>>()
        .ok_or_else(|| {
            let example = today.tomorrow().unwrap_or(today);
            format!("Write each date as year, month and day, for example {example}")
        })?;
    dates.retain(|date| *date >= today);
    dates.sort_unstable();
    dates.dedup();
    if dates.len() > MAX_DAYS_OFF {
        return Err(format!("At most {MAX_DAYS_OFF} days off fit here. A pause covers a longer time."));
    }
    Ok(dates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_off_are_read_however_they_are_separated() {
        let today = date(2026, 10, 5);
        let read = |text: &str| days_off(&MemberText::new(text), today);
        let both = Ok(vec![date(2026, 12, 24), date(2026, 12, 25)]);
        for typed in [
            "2026-12-24, 2026-12-25",
            "2026-12-25\n2026-12-24",
            " 2026-12-25;2026-12-24 ,2026-12-24 ",
            "2026-10-04 2026-12-24 2026-12-25",
        ] {
            assert_eq!(read(typed), both, "{typed}");
        }
        assert_eq!(read(" \u{200b} "), Ok(Vec::new()));
    }

    #[test]
    fn a_date_that_is_none_is_answered_with_an_example() {
        for typed in ["24.12.2026", "2026-02-30", "Christmas", "2026-12-24 to 2026-12-31"] {
            let error = days_off(&MemberText::new(typed), date(2026, 10, 5)).expect_err(typed);
            assert!(error.ends_with("for example 2026-10-06"), "{error}");
        }
    }

    #[test]
    fn a_time_in_the_quiet_hours_is_named_beside_its_field() {
        let quiet = QuietHours::default();
        let times = [Time::constant(9, 30, 0, 0), Time::constant(20, 0, 0, 0)];
        let wrong = quiet_times(&times, quiet);
        assert_eq!(wrong.len(), 1);
        assert_eq!(wrong[0].0, Field::SecondTime);
        assert!(wrong[0].1.contains("19:00 to 08:00"));
    }
}
