//! The schedule form and the pause form.

use super::{
    blocks::{context, modal, paragraph},
    dates::date,
    inputs::{
        ListChoice, checkboxes, choice, date_picker, hint, line_input, optional, required, select,
        text_input, time_picker,
    },
    practices::practice_label,
};
use crate::{
    coach::{
        hat::Practice,
        member_text::MemberText,
        screen::{Field, FormState, ScheduleForm},
    },
    slack::payload::NONE_OPTION,
};
use jiff::civil::{Date, Weekday};
use slack_morphism::blocks::{SlackBlock, SlackInputBlock, SlackView};
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

/// Days, hours, zone, quiet hours, days off, pause, practice in focus.
pub(super) fn form(schedule: &ScheduleForm) -> SlackView {
    let mut blocks = what_holds_now(schedule);
    let inputs = times(schedule).into_iter().chain([zone(schedule)]).chain(quiet_hours(schedule)).chain([
        days_off(schedule),
        pause_until(schedule),
        practice(schedule.focus),
        look_back(schedule.look_back),
    ]);
    blocks.extend(inputs.map(SlackBlock::from));
    blocks.push(context("Nothing comes in your quiet hours, on days off, in Do Not Disturb or while your status says you are away."));
    modal(&FormState::Schedule, "Schedule", Some("Save"), "Cancel", blocks)
}

fn what_holds_now(schedule: &ScheduleForm) -> Vec<SlackBlock> {
    let mut blocks = Vec::new();
    if !schedule.nudges_on {
        blocks.push(paragraph("No questions come yet. They begin when you press Save."));
    }
    if schedule.paused {
        blocks.push(paragraph(&match schedule.pause_until_on {
            Some(on) => format!("Paused until {}. Clear the date below to end the pause.", date(on)),
            None => "Paused without a date. /leadlens resume ends the pause.".to_owned(),
        }));
    }
    blocks
}

fn times(schedule: &ScheduleForm) -> [SlackInputBlock; 4] {
    let days = |is_shown: &dyn Fn(Weekday) -> bool| -> Vec<ListChoice> {
        let shown = WEEK.iter().filter(|(day, _)| is_shown(*day));
        // The stable value of a day is its number, Monday first.
        shown.map(|(day, name)| choice(&day.to_monday_one_offset().to_string(), name)).collect()
    };
    let days = checkboxes(Field::Days, days(&|_| true), days(&|day| schedule.cadence.has_day(day)));
    let time = |field, nth: usize| time_picker(field, schedule.cadence.times().get(nth).copied());
    [
        required(Field::Days, "Days", days),
        required(Field::FirstTime, "Time", time(Field::FirstTime, 0)),
        optional(Field::SecondTime, "A second time", time(Field::SecondTime, 1)),
        optional(Field::ThirdTime, "A third time", time(Field::ThirdTime, 2)),
    ]
}

fn zone(schedule: &ScheduleForm) -> SlackInputBlock {
    let shown = MemberText::new(schedule.zone.as_deref().unwrap_or_default());
    let zone = line_input(Field::Zone, &shown, "As in your Slack profile");
    optional(Field::Zone, "Time zone", zone).with_hint(hint(
        "A name of the IANA list, such as Europe/Berlin. Until you change it, and when it is empty, it follows your Slack profile.",
    ))
}

fn quiet_hours(schedule: &ScheduleForm) -> [SlackInputBlock; 2] {
    let from = time_picker(Field::QuietFrom, Some(schedule.quiet.from));
    let to = time_picker(Field::QuietTo, Some(schedule.quiet.to));
    [
        required(Field::QuietFrom, "Quiet from", from),
        required(Field::QuietTo, "Quiet until", to)
            .with_hint(hint("The same time twice means no quiet hours.")),
    ]
}

fn days_off(schedule: &ScheduleForm) -> SlackInputBlock {
    let off: Vec<String> = schedule.days_off.iter().map(ToString::to_string).collect();
    let off = text_input(Field::DaysOff, &MemberText::new(off.join(", ")), "2026-12-24, 2026-12-25");
    optional(Field::DaysOff, "Days off", off)
        .with_hint(hint("Dates such as 2026-12-24, separated by commas."))
}

fn pause_until(schedule: &ScheduleForm) -> SlackInputBlock {
    let until = date_picker(Field::PauseUntil, schedule.pause_until_on);
    optional(Field::PauseUntil, "Pause until", until)
        .with_hint(hint("Nothing comes by itself before that day."))
}

fn practice(focus: Option<Practice>) -> SlackInputBlock {
    let choices = std::iter::once(choice(NONE_OPTION, "No preference"))
        .chain(
            Practice::VARIANTS.iter().map(|practice| choice(practice.into_str(), &practice_label(*practice))),
        )
        .collect();
    let menu = select(Field::Practice, choices, focus.map(|practice| practice.into_str()));
    optional(Field::Practice, "Practice in focus", menu)
}

fn look_back(is_on: bool) -> SlackInputBlock {
    let ask = || vec![choice("on", "Ask me weeks later what came of what I set out to do")];
    let boxes = checkboxes(Field::LookBack, ask(), if is_on { ask() } else { Vec::new() });
    optional(Field::LookBack, "Look back", boxes)
        .with_hint(hint("In place of another question: at most one in five."))
}

/// Pause until a date, or until the member resumes.
pub(super) fn pause(until_on: Option<Date>) -> SlackView {
    let until = optional(Field::PauseUntil, "Pause until", date_picker(Field::PauseUntil, until_on))
        .with_hint(hint("Without a date the pause lasts until you resume."));
    let blocks =
        vec![paragraph("While paused, nothing comes by itself. Check-ins work as ever."), until.into()];
    modal(&FormState::Pause, "Pause", Some("Pause"), "Cancel", blocks)
}
