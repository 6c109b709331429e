//! The audit of the calendar: its form, what it came to, the list, and the message that takes the
//! place of a form that was closed.

use super::{
    Rendered,
    blocks::{
        Look, actions, button, choice, confirmed, context, input, modal, paragraph, plain, select, text_input,
    },
    care::NOT_STORED,
    when::date,
};
use crate::{
    coach::{
        audit::{AuditSummary, MAX_MEETINGS, MAX_TITLE_CHARS, Meeting},
        hat::{Hat, Hats},
        ids::RowId,
        member_text::MemberText,
        screen::{AuditEntry, AuditForm, CalendarError, Field, FormState, Press},
    },
    slack::ids::field_id,
};
use serde_json::{Value, json};

const HOW: &str = "Your last five meetings. How: it was about how and when, the manager hat. Where: it was about where we are going and why, the leader hat.";

/// The five rows, and the upload of a calendar.
pub fn form(audit: &AuditForm) -> Value {
    let mut blocks: Vec<Value> =
        audit.concern.iter().flat_map(|it| it.words().iter().map(|line| paragraph(line))).collect();
    blocks.extend(audit.trouble.map(|trouble| paragraph(trouble_says(trouble))));
    blocks.extend(left_out(&audit.unread));
    match (audit.concern, audit.proposed) {
        (Some(_), _) => blocks.push(context(NOT_STORED)),
        (None, true) => {
            blocks.push(paragraph("These stood in your calendar last. Change what you like, and mark each."))
        }
        (None, false) => blocks.push(paragraph(HOW)),
    }
    if audit.upload {
        blocks.push(upload());
    }
    for nth in 0..MAX_MEETINGS {
        blocks.extend(row(u8::try_from(nth).unwrap_or(u8::MAX), audit.meetings.get(nth)));
    }
    if audit.upload {
        blocks.push(actions(vec![button("Earlier audits", &Press::Audits, 0, Look::Usual)]));
    }
    if audit.concern.is_none() {
        blocks.push(context("Kept for you alone. Each meeting counts as one piece of your balance."));
    }
    let (title, close) =
        if audit.concern.is_some() { ("Before you go on", "Don't keep") } else { ("Audit", "Cancel") };
    modal(&audit.state, title, Some("Keep"), close, blocks)
}

/// The events that were not understood, in the member's own words.
fn left_out(unread: &[MemberText]) -> Option<Value> {
    let titles: Vec<String> = unread.iter().map(|title| format!("“{}”", title.reveal())).collect();
    (!titles.is_empty()).then(|| {
        paragraph(&format!(
            "I can't tell when these take place, so they are left out: {}.",
            titles.join(", ")
        ))
    })
}

/// <https://docs.slack.dev/reference/block-kit/block-elements/file-input-element>
fn upload() -> Value {
    let element = json!({
        "type": "file_input", "action_id": field_id(Field::Calendar), "filetypes": ["ics"], "max_files": 1,
    });
    let hint = "An .ics export of your calendar, up to 10 MB. I read it once for the titles of your last five meetings and keep nothing else. The file itself stays in Slack until you delete it.";
    input(Field::Calendar, "From a calendar, instead of typing", element, true, Some(hint))
}

fn row(nth: u8, meeting: Option<&Meeting>) -> [Value; 2] {
    let title = meeting.map(|meeting| meeting.title.clone()).unwrap_or_default();
    let mut element = text_input(Field::Meeting(nth), &title, false, "What was it called?");
    element["max_length"] = json!(MAX_TITLE_CHARS);
    let marks = vec![
        choice(Hats::from(Hat::Manager).as_str(), "How"),
        choice(Hats::from(Hat::Leader).as_str(), "Where"),
        choice(Hats::BOTH.as_str(), "Both"),
    ];
    let hats = meeting.and_then(|meeting| meeting.hats).map(Hats::as_str);
    let mut mark = select(Field::Mark(nth), "static_select", marks, hats);
    mark["placeholder"] = plain("How, where or both", 150);
    let number = nth.saturating_add(1);
    [
        input(Field::Meeting(nth), &format!("Meeting {number}"), element, true, None),
        input(Field::Mark(nth), &format!("Meeting {number} was about"), mark, true, None),
    ]
}

fn counts(outcome: &AuditSummary) -> String {
    let meetings = if outcome.total == 1 { "meeting" } else { "meetings" };
    format!("{} {meetings}: how {}, where {}.", outcome.total, outcome.manager, outcome.leader)
}

/// What it came to, and the experiment that it offers.
pub fn kept(audit: &RowId, outcome: &AuditSummary, question: Option<&str>) -> Value {
    let mut blocks = vec![paragraph(&format!("Kept. {}", counts(outcome)))];
    if let Some(hat) = outcome.blind_spot {
        let absent = match hat {
            Hat::Leader => "None of the five was about where. That is a blind spot of these meetings.",
            Hat::Manager => "None of the five was about how. That is a blind spot of these meetings.",
        };
        blocks.push(paragraph(absent));
    }
    let mut buttons = Vec::new();
    if let Some(hat) = outcome.rarer {
        blocks.extend(question.map(paragraph));
        let try_it = Press::Plan { experiment: Some(hat) };
        buttons.push(button(&format!("Try the {hat} hat"), &try_it, 0, Look::Primary));
    }
    buttons.push(button("Edit", &Press::EditAudit { audit: audit.clone() }, 0, Look::Usual));
    buttons.push(delete_button(audit, 0));
    blocks.push(actions(buttons));
    blocks.push(context("Each meeting counts as one piece of your balance."));
    modal(&FormState::Notice, "Audit", None, "Close", blocks)
}

fn delete_button(audit: &RowId, nth: usize) -> Value {
    confirmed(
        button("Delete", &Press::DeleteAudit { audit: audit.clone() }, nth, Look::Danger),
        "Delete this audit?",
        "It is removed for good and no report counts it any more.",
        "Delete",
        "Keep it",
    )
}

/// The list.
pub fn list(audits: &[AuditEntry]) -> Value {
    let mut blocks = Vec::new();
    if audits.is_empty() {
        blocks.push(paragraph("None yet. /leadlens audit makes the first one."));
    }
    for (nth, entry) in audits.iter().enumerate() {
        let says = match &entry.outcome {
            Some(outcome) => format!("{}: {}", date(entry.local_on), counts(outcome)),
            None => format!("{}: read from a calendar and not marked yet.", date(entry.local_on)),
        };
        blocks.push(paragraph(&says));
        blocks.push(actions(vec![
            button("Edit", &Press::EditAudit { audit: entry.audit.clone() }, nth, Look::Usual),
            delete_button(&entry.audit, nth),
        ]));
    }
    modal(&FormState::Audits, "Audits", None, "Close", blocks)
}

/// The form was closed before the calendar was read.
pub fn proposed(audit: &RowId) -> Rendered {
    let says = "I have read your calendar. Your last meetings wait to be marked.";
    let go_on = button("Mark them", &Press::EditAudit { audit: audit.clone() }, 0, Look::Primary);
    Rendered { text: says.to_owned(), blocks: vec![paragraph(says), actions(vec![go_on])] }
}

/// Why a calendar could not be used, and what to do.
pub fn trouble_says(trouble: CalendarError) -> &'static str {
    match trouble {
        CalendarError::NotFetched => {
            "Slack did not hand me that file, so nothing was read. Upload it again, or type the meetings."
        }
        CalendarError::TooLarge => {
            "That file is larger than the 10 MB I read, so nothing was kept. Export a shorter time, or type the meetings."
        }
        CalendarError::NoCalendar => {
            "I can't read that file as a calendar, so nothing was kept. It takes a whole .ics export, unpacked if it came as a ZIP; or type the meetings."
        }
        CalendarError::TooMuch => {
            "That calendar holds more than I read, so nothing was kept. Export a shorter time, or type the meetings."
        }
        CalendarError::NoMeetings => {
            "I found no meeting of the last four weeks in that calendar, so nothing was kept. You can type them."
        }
    }
}
