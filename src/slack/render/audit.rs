//! The audit of the last five meetings: its form, the outcome, the list, and the message that replaces
//! a form that was closed before the calendar was read.

use super::{
    Rendered,
    blocks::{actions, button, context, modal, paragraph, paragraphs, primary_button},
    care::{self, NOT_STORED},
    dates::date,
    inputs::{action_id, choice, hint, line_input, optional, placeholder, select},
};
use crate::coach::{
    audit::{AuditSummary, MAX_MEETINGS, MAX_TITLE_CHARS, Meeting},
    hat::{Hat, Hats},
    ids::RowId,
    member_text::MemberText,
    screen::{AuditEntry, AuditForm, CalendarError, Field, FormState},
};
use crate::features::{audit, plan};
use slack_morphism::blocks::{
    SlackBlock, SlackBlockButtonElement, SlackBlockFileInputElement, SlackInputBlock, SlackView,
};

const HOW: &str = "Your last five meetings. How: it was about how and when, the manager hat. Where: it was about where we are going and why, the leader hat.";

/// The five rows, and the upload of a calendar.
pub(super) fn form(audit: &AuditForm) -> SlackView {
    let mut blocks = audit.concern.map(|it| paragraphs(care::sentences(it))).unwrap_or_default();
    blocks.extend(audit.trouble.map(|trouble| paragraph(trouble_says(trouble))));
    blocks.extend(left_out(&audit.unread));
    match (audit.concern, audit.proposed) {
        (Some(_), _) => blocks.push(context(NOT_STORED)),
        (None, true) => {
            blocks.push(paragraph(
                "These are the last meetings in your calendar. Change what you like, and mark each one.",
            ));
        }
        (None, false) => blocks.push(paragraph(HOW)),
    }
    if audit.upload {
        blocks.push(upload().into());
    }
    for nth in 0..MAX_MEETINGS {
        let row = row(u8::try_from(nth).unwrap_or(u8::MAX), audit.meetings.get(nth));
        blocks.extend(row.map(SlackBlock::from));
    }
    if audit.upload {
        blocks.push(actions([button("Earlier audits", audit::Action::List, 0)]));
    }
    if audit.concern.is_none() {
        blocks.push(context("Kept for you alone. Each meeting counts as one piece of your balance."));
    }
    let (title, close) =
        if audit.concern.is_some() { ("Before you go on", "Don't keep") } else { ("Audit", "Cancel") };
    modal(&audit.state, title, Some("Save"), close, blocks)
}

/// The events that were not understood, in the member's own words.
fn left_out(unread: &[MemberText]) -> Option<SlackBlock> {
    let titles: Vec<String> = unread.iter().map(|title| format!("“{}”", title.reveal())).collect();
    (!titles.is_empty()).then(|| {
        paragraph(&format!(
            "I can't tell when these take place, so they are left out: {}.",
            titles.join(", ")
        ))
    })
}

/// <https://docs.slack.dev/reference/block-kit/block-elements/file-input-element>
fn upload() -> SlackInputBlock {
    let element = SlackBlockFileInputElement::new()
        .with_action_id(action_id(Field::Calendar))
        .with_filetypes(vec!["ics".to_owned()])
        .with_max_files(1);
    optional(Field::Calendar, "From a calendar, instead of typing", element).with_hint(hint("An .ics export of your calendar, up to 10 MB. I read it once for the titles of your last five meetings and keep nothing else. The file itself stays in Slack until you delete it."))
}

fn row(nth: u8, meeting: Option<&Meeting>) -> [SlackInputBlock; 2] {
    let title = meeting.map(|meeting| meeting.title.clone()).unwrap_or_default();
    let title = line_input(Field::Meeting(nth), &title, "What was it called?")
        .with_max_length(MAX_TITLE_CHARS as u64);
    let marks = vec![
        choice(Hats::from(Hat::Manager).as_str(), "How"),
        choice(Hats::from(Hat::Leader).as_str(), "Where"),
        choice(Hats::BOTH.as_str(), "Both"),
    ];
    let hats = meeting.and_then(|meeting| meeting.hats).map(Hats::as_str);
    let mark = select(Field::Mark(nth), marks, hats).with_placeholder(placeholder("How, where or both"));
    let number = nth.saturating_add(1);
    [
        optional(Field::Meeting(nth), &format!("Meeting {number}"), title),
        optional(Field::Mark(nth), &format!("Meeting {number} was about"), mark),
    ]
}

fn counts(outcome: &AuditSummary) -> String {
    let meetings = if outcome.total == 1 { "meeting" } else { "meetings" };
    format!("{} {meetings}: how {}, where {}.", outcome.total, outcome.manager, outcome.leader)
}

/// The outcome, and the experiment that it offers.
pub(super) fn kept(audit: &RowId, outcome: &AuditSummary, question: Option<&str>) -> SlackView {
    let mut blocks = vec![paragraph(&format!("Saved. {}", counts(outcome)))];
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
        let try_it = plan::Action::Open { experiment: Some(hat) };
        buttons.push(primary_button(&format!("Try the {hat} hat"), try_it, 0));
    }
    buttons.push(button("Edit", audit::Action::Edit { audit: audit.clone() }, 0));
    buttons.push(delete_button(audit, 0));
    blocks.push(actions(buttons));
    blocks.push(context("Each meeting counts as one piece of your balance."));
    modal(&FormState::Notice, "Audit", None, "Close", blocks)
}

fn delete_button(audit: &RowId, nth: usize) -> SlackBlockButtonElement {
    super::blocks::delete_button(
        audit::Action::Delete { audit: audit.clone() },
        nth,
        "Delete this audit?",
        "It is removed for good and no report counts it any more.",
    )
}

/// The list.
pub(super) fn list(audits: &[AuditEntry]) -> SlackView {
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
        blocks.push(actions([
            button("Edit", audit::Action::Edit { audit: entry.audit.clone() }, nth),
            delete_button(&entry.audit, nth),
        ]));
    }
    modal(&FormState::Audits, "Audits", None, "Close", blocks)
}

/// The message after a form was closed before the calendar was read.
pub(super) fn proposed(audit: &RowId) -> Rendered {
    let says = "I have read your calendar. Your last meetings wait to be marked.";
    let go_on = primary_button("Mark them", audit::Action::Edit { audit: audit.clone() }, 0);
    Rendered { text: says.to_owned(), blocks: vec![paragraph(says), actions([go_on])] }
}

/// Why a calendar could not be used, and what to do.
pub(super) fn trouble_says(trouble: CalendarError) -> &'static str {
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
