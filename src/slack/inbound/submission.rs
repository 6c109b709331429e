//! What is in a form's inputs (`view.state.values`), as the submission of its feature. An input that is
//! missing or empty is empty here; whether that is acceptable is the feature's decision.

use super::emoji;
use crate::{
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
    dispatch::Submission,
    features::{ask, audit, checkin, feedback, history, plan, privacy, schedule},
    interaction::ScheduleValues,
    slack::payload::{NONE_OPTION, SEARCH_ACTION, field_id},
};
use jiff::civil::{Date, Time, Weekday};
use serde_json::Value;

/// A submitted form. The answer to a feedback question is kept apart from all others.
pub(super) enum Parsed {
    Feedback(feedback::AnswerSubmission),
    Other(Submission),
}

pub(super) fn parse(state: FormState, view: &Value) -> Parsed {
    let values = &view["state"]["values"];
    Parsed::Other(match state {
        FormState::Feedback { from, at, care_acknowledged } => {
            let step = selected(values, Field::Step).and_then(|step| FeedbackStep::new(step.parse().ok()?));
            let comment = words(values, Field::Comment);
            let (from, at) = (*from, *at);
            return Parsed::Feedback(feedback::AnswerSubmission {
                from,
                at,
                care_acknowledged,
                step,
                comment,
            });
        }
        FormState::Checkin { nudge, prompt, room, care_acknowledged } => {
            let fields = checkin_fields(values);
            Submission::Checkin(checkin::Submission::Checkin {
                nudge,
                prompt,
                room,
                care_acknowledged,
                fields,
            })
        }
        FormState::EditReflection { reflection, care_acknowledged } => {
            let fields = checkin_fields(values);
            Submission::Checkin(checkin::Submission::Edit { reflection, care_acknowledged, fields })
        }
        FormState::FollowUp { reflection, care_acknowledged } => {
            let answer = words(values, Field::FollowUpAnswer);
            Submission::Checkin(checkin::Submission::FollowUp { reflection, care_acknowledged, answer })
        }
        FormState::Schedule => Submission::Schedule(schedule::Submission::Schedule(schedule_values(view))),
        FormState::Pause => {
            let until_on = date(values, Field::PauseUntil);
            Submission::Schedule(schedule::Submission::Pause { until_on })
        }
        FormState::Audit { audit, care_acknowledged } => {
            let (meetings, calendar) = (meetings(values), file(values));
            Submission::Audit(audit::Submission { audit, care_acknowledged, meetings, calendar })
        }
        FormState::Plan { plan, experiment, care_acknowledged } => {
            let fields = plan_fields(values);
            Submission::Plan(plan::Submission::Plan { plan, experiment, care_acknowledged, fields })
        }
        FormState::PlanOutcome { plan, care_acknowledged } => {
            let text = words(values, Field::Outcome);
            Submission::Plan(plan::Submission::Outcome { plan, care_acknowledged, text })
        }
        // What the member made of a question belongs to them alone and is not read.
        FormState::Ask { offered, taken } => Submission::Ask(ask::Submission::Asked { offered, taken }),
        FormState::EditAct { act } => {
            let prompt = selected(values, Field::GivenBack).and_then(|id| PromptId::parse(id).ok());
            let on = date(values, Field::GivenBackOn);
            Submission::Ask(ask::Submission::Edit { act, prompt, on })
        }
        FormState::History { .. } => Submission::History(history::Submission { text: search(values) }),
        FormState::FeedbackAsk => Submission::Feedback(feedback::Submission { people: people(values) }),
        FormState::Forget => Submission::Privacy(privacy::ForgetConfirmed),
        FormState::Acts { .. }
        | FormState::Room
        | FormState::Rehearsal
        | FormState::Plans
        | FormState::Practices
        | FormState::Audits
        | FormState::Notice => Submission::Nothing,
    })
}

/// What is in the input with an action id. A form shows each action id once.
fn input<'a>(values: &'a Value, action_id: &str) -> &'a Value {
    let mut blocks = values.as_object().into_iter().flat_map(|blocks| blocks.values());
    blocks.find_map(|block| block.get(action_id)).unwrap_or(&Value::Null)
}

fn element(values: &Value, field: Field) -> &Value {
    input(values, field_id(field))
}

fn words(values: &Value, field: Field) -> MemberText {
    MemberText::new(emoji::written_out(element(values, field)["value"].as_str().unwrap_or_default()))
}

pub(super) fn search(values: &Value) -> MemberText {
    let text = input(values, SEARCH_ACTION)["value"].as_str();
    MemberText::new(emoji::written_out(text.unwrap_or_default()))
}

fn selected(values: &Value, field: Field) -> Option<&str> {
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

/// The rows of an audit, empty ones too, so that an error can be shown beside its row.
fn meetings(values: &Value) -> Vec<Meeting> {
    let rows = (0..MAX_MEETINGS).filter_map(|nth| u8::try_from(nth).ok());
    rows.map(|nth| Meeting {
        title: words(values, Field::Meeting(nth)),
        hats: selected(values, Field::Mark(nth)).and_then(|name| name.parse().ok()),
    })
    .collect()
}

/// The first file of the file input: `{"type": "file_input", "files": [{"id": "F…", …}]}`.
fn file(values: &Value) -> Option<FileId> {
    let files = element(values, Field::Calendar)["files"].as_array()?;
    files.iter().find_map(|file| FileId::parse(file["id"].as_str()?).ok())
}

fn plan_fields(values: &Value) -> PlanFields {
    PlanFields {
        cue: words(values, Field::Cue),
        act: words(values, Field::Act),
        on: date(values, Field::FollowUpOn),
        time: time(values, Field::FollowUpTime),
    }
}

fn checkin_fields(values: &Value) -> CheckinFields {
    CheckinFields {
        situation: words(values, Field::Situation),
        room: selected(values, Field::Room).and_then(|name| name.parse().ok()),
        answer: words(values, Field::Answer),
        hat: selected(values, Field::Hat).and_then(|name| name.parse().ok()),
        follow_up: element(values, Field::FollowUpAnswer).is_object().then(|| AnsweredFollowUp {
            answer: words(values, Field::FollowUpAnswer),
            ..AnsweredFollowUp::default()
        }),
    }
}

/// The text of an input, if it is not what the form showed at first. Slack sends the form back as it was
/// shown (<https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>).
fn changed_words(view: &Value, field: Field) -> Option<String> {
    let typed = words(&view["state"]["values"], field).reveal().trim().to_owned();
    let mut elements = view["blocks"].as_array().into_iter().flatten().map(|block| &block["element"]);
    let shown = elements.find(|element| element["action_id"] == field_id(field));
    let shown = shown.and_then(|element| element["initial_value"].as_str()).unwrap_or_default();
    (typed != shown.trim()).then_some(typed)
}

fn schedule_values(view: &Value) -> ScheduleValues {
    let values = &view["state"]["values"];
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
        zone: changed_words(view, Field::Zone),
        quiet: QuietHours {
            from: time(values, Field::QuietFrom).unwrap_or(usual.from),
            to: time(values, Field::QuietTo).unwrap_or(usual.to),
        },
        days_off: words(values, Field::DaysOff),
        pause_until_on: date(values, Field::PauseUntil),
        focus: selected(values, Field::Practice).map(str::to_owned),
        // Where nothing is ticked, Slack sends an empty list.
        look_back: element(values, Field::LookBack)["selected_options"].as_array().map(|it| !it.is_empty()),
    }
}
