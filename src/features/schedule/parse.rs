//! The values of a submitted schedule form, parsed. All errors are reported at once, beside their fields.

use crate::{
    coach::{
        command::parse_date,
        member::{Cadence, InvalidCadence, Member, QuietHours, Zone},
        member_text::MemberText,
        screen::{Field, FieldError, FieldProblem},
    },
    interaction::ScheduleValues,
};
use jiff::civil::{Date, Time};

/// A longer list of days off is a mistake.
const MAX_DAYS_OFF: usize = 200;

/// The values of a schedule form that need parsing.
pub(super) struct Parsed {
    pub(super) cadence: Cadence,
    pub(super) zone: Zone,
    pub(super) days_off: Vec<Date>,
}

impl Parsed {
    pub(super) fn of(values: &ScheduleValues, member: &Member, today: Date) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let cadence = Cadence::new(&values.days, &values.times).map_err(|error| {
            let field = match error {
                InvalidCadence::NoDay => Field::Days,
                InvalidCadence::TimeCount => Field::FirstTime,
            };
            errors.push(FieldError::new(field, FieldProblem::Cadence(error)));
        });
        errors.extend(quiet_times(&values.times, values.quiet));
        let zone = zone(values.zone.as_deref(), member)
            .map_err(|problem| errors.push(FieldError::new(Field::Zone, problem)));
        let days_off = days_off(&values.days_off, today)
            .map_err(|problem| errors.push(FieldError::new(Field::DaysOff, problem)));
        if values.pause_until_on.is_some_and(|date| date <= today) {
            errors.push(FieldError::new(Field::PauseUntil, FieldProblem::PauseNotInFuture));
        }
        match (cadence, zone, days_off) {
            (Ok(cadence), Ok(zone), Ok(days_off)) if errors.is_empty() => {
                Ok(Self { cadence, zone, days_off })
            }
            _ => Err(errors),
        }
    }
}

/// The times of the cadence that lie in the quiet hours, where no nudge would ever come.
fn quiet_times(times: &[Time], quiet: QuietHours) -> Vec<FieldError> {
    let fields = [Field::FirstTime, Field::SecondTime, Field::ThirdTime];
    let in_quiet_hours = |(time, field): (&Time, Field)| {
        let problem = FieldProblem::InQuietHours { from: quiet.from, to: quiet.to };
        quiet.contains(*time).then(|| FieldError::new(field, problem))
    };
    times.iter().zip(fields).filter_map(in_quiet_hours).collect()
}

/// The time zone. What the member did not choose follows Slack: one that was left as the form showed it,
/// whatever Slack has said since, and one that was cleared.
fn zone(typed: Option<&str>, member: &Member) -> Result<Zone, FieldProblem> {
    let Some(typed) = typed else { return Ok(member.zone.clone()) };
    if typed.is_empty() {
        let mut zone = member.zone.clone();
        zone.set_by_member = false;
        return Ok(zone);
    }
    let zone = Zone::parse(typed, true).map_err(|_| FieldProblem::UnknownZone)?;
    let is_the_same = zone.name() == member.zone.name();
    Ok(if is_the_same { member.zone.clone() } else { zone })
}

/// Dates separated by commas, semicolons, blanks or lines. Those that have passed are left out.
fn days_off(typed: &MemberText, today: Date) -> Result<Vec<Date>, FieldProblem> {
    let parts = typed.reveal().split(|c: char| c == ',' || c == ';' || c.is_whitespace());
    let mut dates = parts
        .filter(|part| !MemberText::new(*part).is_blank())
        .map(parse_date)
        .collect::<Option<Vec<Date>>>()
        .ok_or_else(|| FieldProblem::NotDates { example: today.tomorrow().unwrap_or(today) })?;
    dates.retain(|date| *date >= today);
    dates.sort_unstable();
    dates.dedup();
    if dates.len() > MAX_DAYS_OFF {
        return Err(FieldProblem::TooManyDaysOff { limit: MAX_DAYS_OFF });
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
            let problem = days_off(&MemberText::new(typed), date(2026, 10, 5)).expect_err(typed);
            assert_eq!(problem, FieldProblem::NotDates { example: date(2026, 10, 6) });
        }
    }

    #[test]
    fn a_time_in_the_quiet_hours_is_named_beside_its_field() {
        let quiet = QuietHours::default();
        let times = [Time::constant(9, 30, 0, 0), Time::constant(20, 0, 0, 0)];
        let problem = FieldProblem::InQuietHours { from: quiet.from, to: quiet.to };
        assert_eq!(quiet_times(&times, quiet), [FieldError::new(Field::SecondTime, problem)]);
    }
}
