//! What stands in a form's inputs (`view.state.values`), by the form it belongs to. An input that is
//! missing or empty is empty here; whether that will do is the app's to say.

use crate::{
    app::incoming::{ScheduleValues, Values},
    coach::{
        audit::{MAX_MEETINGS, Meeting},
        feedback::FeedbackStep,
        ids::{FileId, PromptId, UserId},
        member::QuietHours,
        member_text::MemberText,
        plan::PlanFields,
        reflection::{AnsweredFollowUp, CheckinFields},
        screen::{Field, FormState},
    },
    slack::ids::{NONE_OPTION, SEARCH_ACTION, field_id},
};
use jiff::civil::{Date, Time, Weekday};
use serde_json::Value;

pub(super) fn read(state: &FormState, values: &Value) -> Values {
    match state {
        FormState::Checkin { .. } | FormState::EditReflection { .. } => Values::Checkin(checkin(values)),
        FormState::FollowUp { .. } => Values::FollowUp { answer: words(values, Field::FollowUpAnswer) },
        FormState::Schedule => Values::Schedule(schedule(values)),
        FormState::Pause => Values::Pause { until_on: date(values, Field::PauseUntil) },
        FormState::Audit { .. } => Values::Audit { meetings: meetings(values), calendar: file(values) },
        FormState::Plan { .. } => Values::Plan(plan(values)),
        FormState::EditAct { .. } => Values::Act {
            prompt: chosen(values, Field::GivenBack).and_then(|id| PromptId::parse(id).ok()),
            on: date(values, Field::GivenBackOn),
        },
        FormState::PlanOutcome { .. } => Values::Outcome { text: words(values, Field::Outcome) },
        FormState::History { .. } => Values::Search { text: search(values) },
        FormState::FeedbackAsk => Values::People(people(values)),
        FormState::Feedback { .. } => Values::Feedback {
            step: chosen(values, Field::Step).and_then(|step| FeedbackStep::new(step.parse().ok()?)),
            comment: words(values, Field::Comment),
        },
        // What the member made of a question is theirs alone and is not read.
        FormState::Ask { .. }
        | FormState::Acts { .. }
        | FormState::Room
        | FormState::Rehearsal
        | FormState::Plans
        | FormState::Audits
        | FormState::Forget
        | FormState::Notice => Values::Nothing,
    }
}

/// The element of a field, whose block and action id are the same word.
fn element(values: &Value, field: Field) -> &Value {
    &values[field_id(field)][field_id(field)]
}

fn words(values: &Value, field: Field) -> MemberText {
    MemberText::new(element(values, field)["value"].as_str().unwrap_or_default())
}

fn search(values: &Value) -> MemberText {
    let text = values[field_id(Field::Search)][SEARCH_ACTION]["value"].as_str();
    MemberText::new(text.unwrap_or_default())
}

fn chosen(values: &Value, field: Field) -> Option<&str> {
    element(values, field)["selected_option"]["value"].as_str().filter(|value| *value != NONE_OPTION)
}

fn people(values: &Value) -> Vec<UserId> {
    let people = element(values, Field::People)["selected_users"].as_array().into_iter().flatten();
    people.filter_map(|id| UserId::parse(id.as_str()?).ok()).collect()
}

fn date(values: &Value, field: Field) -> Option<Date> {
    element(values, field)["selected_date"].as_str()?.parse().ok()
}

fn time(values: &Value, field: Field) -> Option<Time> {
    element(values, field)["selected_time"].as_str()?.parse().ok()
}

/// The rows of an audit, empty ones too, so that what is wrong can stand beside its row.
fn meetings(values: &Value) -> Vec<Meeting> {
    let rows = (0..MAX_MEETINGS).filter_map(|nth| u8::try_from(nth).ok());
    rows.map(|nth| Meeting {
        title: words(values, Field::Meeting(nth)),
        hats: chosen(values, Field::Mark(nth)).and_then(|name| name.parse().ok()),
    })
    .collect()
}

/// The first file of the file input: `{"type": "file_input", "files": [{"id": "F…", …}]}`.
fn file(values: &Value) -> Option<FileId> {
    let files = element(values, Field::Calendar)["files"].as_array()?;
    files.iter().find_map(|file| FileId::parse(file["id"].as_str()?).ok())
}

fn plan(values: &Value) -> PlanFields {
    PlanFields {
        cue: words(values, Field::Cue),
        act: words(values, Field::Act),
        on: date(values, Field::FollowUpOn),
        time: time(values, Field::FollowUpTime),
    }
}

fn checkin(values: &Value) -> CheckinFields {
    CheckinFields {
        situation: words(values, Field::Situation),
        room: chosen(values, Field::Room).and_then(|name| name.parse().ok()),
        answer: words(values, Field::Answer),
        hat: chosen(values, Field::Hat).and_then(|name| name.parse().ok()),
        follow_up: element(values, Field::FollowUpAnswer).is_object().then(|| AnsweredFollowUp {
            answer: words(values, Field::FollowUpAnswer),
            ..AnsweredFollowUp::default()
        }),
    }
}

fn schedule(values: &Value) -> ScheduleValues {
    let days = element(values, Field::Days)["selected_options"].as_array().into_iter().flatten();
    let usual = QuietHours::default();
    ScheduleValues {
        days: days
            .filter_map(|option| option["value"].as_str()?.parse::<i8>().ok())
            .filter_map(|day| Weekday::from_monday_one_offset(day).ok())
            .collect(),
        times: [Field::FirstTime, Field::SecondTime, Field::ThirdTime]
            .into_iter()
            .filter_map(|field| time(values, field))
            .collect(),
        zone: words(values, Field::Zone).reveal().trim().to_owned(),
        quiet: QuietHours {
            from: time(values, Field::QuietFrom).unwrap_or(usual.from),
            to: time(values, Field::QuietTo).unwrap_or(usual.to),
        },
        days_off: words(values, Field::DaysOff),
        pause_until_on: date(values, Field::PauseUntil),
        focus: chosen(values, Field::Practice).map(str::to_owned),
    }
}
