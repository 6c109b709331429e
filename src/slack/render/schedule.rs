//! The schedule form and the pause form.

use super::{
    blocks::{choice, context, input, modal, paragraph, plain, select, text_input},
    when::date,
};
use crate::{
    coach::{
        hat::Practice,
        member_text::MemberText,
        screen::{Field, FormState, ScheduleForm},
    },
    slack::ids::{NONE_OPTION, field_id},
};
use jiff::civil::{Date, Time, Weekday};
use serde_json::{Value, json};
use strum::VariantArray as _;

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Monday, "Monday"),
    (Weekday::Tuesday, "Tuesday"),
    (Weekday::Wednesday, "Wednesday"),
    (Weekday::Thursday, "Thursday"),
    (Weekday::Friday, "Friday"),
    (Weekday::Saturday, "Saturday"),
    (Weekday::Sunday, "Sunday"),
];

/// The stable value of a day's option: its number, Monday first.
fn day_value(day: Weekday) -> String {
    day.to_monday_one_offset().to_string()
}

fn time_text(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

pub(super) fn time_picker(field: Field, initial: Option<Time>) -> Value {
    let mut element = json!({"type": "timepicker", "action_id": field_id(field), "placeholder": plain("Choose a time", 150)});
    if let Some(time) = initial {
        element["initial_time"] = json!(time_text(time));
    }
    element
}

pub(super) fn date_picker(field: Field, initial: Option<Date>) -> Value {
    let mut element = json!({"type": "datepicker", "action_id": field_id(field), "placeholder": plain("Choose a date", 150)});
    if let Some(on) = initial {
        element["initial_date"] = json!(on.to_string());
    }
    element
}

fn days(schedule: &ScheduleForm) -> Value {
    let options: Vec<Value> = WEEK.iter().map(|(day, name)| choice(&day_value(*day), name)).collect();
    let chosen: Vec<Value> = WEEK
        .iter()
        .filter(|(day, _)| schedule.cadence.has_day(*day))
        .map(|(day, name)| choice(&day_value(*day), name))
        .collect();
    let mut element = json!({"type": "checkboxes", "action_id": field_id(Field::Days), "options": options});
    if !chosen.is_empty() {
        element["initial_options"] = json!(chosen);
    }
    element
}

/// Days, hours, zone, quiet hours, days off, pause, practice in focus.
pub fn form(schedule: &ScheduleForm) -> Value {
    let mut blocks = Vec::new();
    if !schedule.nudges_on {
        blocks.push(paragraph("No questions come yet. They begin when you press Keep."));
    }
    if schedule.paused {
        blocks.push(paragraph(&match schedule.pause_until_on {
            Some(on) => format!("Paused until {}. Clear the date below to end the pause.", date(on)),
            None => "Paused without a date. /leadlens resume ends the pause.".to_owned(),
        }));
    }
    let time = |nth: usize| schedule.cadence.times().get(nth).copied();
    blocks.push(input(Field::Days, "Days", days(schedule), false, None));
    blocks.push(input(Field::FirstTime, "Time", time_picker(Field::FirstTime, time(0)), false, None));
    blocks.push(input(
        Field::SecondTime,
        "A second time",
        time_picker(Field::SecondTime, time(1)),
        true,
        None,
    ));
    blocks.push(input(Field::ThirdTime, "A third time", time_picker(Field::ThirdTime, time(2)), true, None));
    let zone = text_input(Field::Zone, &MemberText::new(schedule.zone.as_str()), false, "Europe/Berlin");
    blocks.push(input(
        Field::Zone,
        "Time zone",
        zone,
        false,
        Some("A name of the IANA list, such as Europe/Berlin. Until you change it, it follows your Slack profile."),
    ));
    let from = time_picker(Field::QuietFrom, Some(schedule.quiet.from));
    let to = time_picker(Field::QuietTo, Some(schedule.quiet.to));
    blocks.push(input(Field::QuietFrom, "Quiet from", from, false, None));
    blocks.push(input(
        Field::QuietTo,
        "Quiet until",
        to,
        false,
        Some("The same time twice means no quiet hours."),
    ));
    let off: Vec<String> = schedule.days_off.iter().map(ToString::to_string).collect();
    let off = text_input(Field::DaysOff, &MemberText::new(off.join(", ")), true, "2026-12-24, 2026-12-25");
    blocks.push(input(
        Field::DaysOff,
        "Days off",
        off,
        true,
        Some("Dates such as 2026-12-24, separated by commas."),
    ));
    let until = date_picker(Field::PauseUntil, schedule.pause_until_on);
    blocks.push(input(
        Field::PauseUntil,
        "Pause until",
        until,
        true,
        Some("Nothing comes by itself before that day."),
    ));
    blocks.push(practice(schedule.focus));
    blocks.push(context("Nothing comes in your quiet hours, on days off, in Do Not Disturb or while your status says you are away."));
    modal(&FormState::Schedule, "Schedule", Some("Keep"), "Cancel", blocks)
}

fn practice(focus: Option<Practice>) -> Value {
    let options: Vec<Value> = std::iter::once(choice(NONE_OPTION, "No preference"))
        .chain(
            Practice::VARIANTS.iter().map(|practice| choice(practice.into_str(), &practice_label(*practice))),
        )
        .collect();
    let element =
        select(Field::Practice, "static_select", options, focus.map(|practice| practice.into_str()));
    input(Field::Practice, "Practice in focus", element, true, None)
}

/// How the form names a practice.
pub fn practice_label(practice: Practice) -> String {
    let mut chars = practice.title().chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Pause until a date, or until resumed.
pub fn pause(until_on: Option<Date>) -> Value {
    let blocks = vec![
        paragraph("While paused, nothing comes by itself. Check-ins work as ever."),
        input(
            Field::PauseUntil,
            "Pause until",
            date_picker(Field::PauseUntil, until_on),
            true,
            Some("Without a date the pause lasts until you resume."),
        ),
    ];
    modal(&FormState::Pause, "Pause", Some("Pause"), "Cancel", blocks)
}
