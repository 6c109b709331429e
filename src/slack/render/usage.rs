//! The short usage: the answer to `help`, to the bare command, and to what was not understood.

use super::{
    Rendered,
    blocks::{actions, button, context, primary_button, section},
    dates::date,
    privacy::WHO_SEES_IT,
};
use crate::coach::screen::CommandError;
use crate::features::{checkin, history, nudge, onboarding, schedule};
use jiff::civil::Date;

/// What can be typed after the command, and what it does.
pub const LINES: [(&str, &str); 15] = [
    ("checkin", "think one thing through, in under a minute"),
    ("nudge", "a question now"),
    ("room", "read the room in two taps: what it suggests, and one question"),
    ("audit", "your last five meetings: how, where or both"),
    ("plan", "an if-then plan, or an experiment with the other hat"),
    ("practices", "the nine practices, and which one is in focus"),
    ("schedule", "when questions come: days, hours, zone, quiet hours, days off"),
    ("pause [until monday]", "no questions, until a day or until you resume"),
    ("resume", "end the pause"),
    ("report [last month]", "your hat balance of a month"),
    ("feedback @a @b @c", "ask three or more people how you lead; no answer carries a name"),
    ("history [text]", "your own reflections, to read, edit and delete"),
    ("export", "everything about you, as files"),
    ("forget", "erase everything about you"),
    ("help", "this list"),
];

const SHORTCUT: &str = "On a message that asks you for an answer: the shortcut Ask, don't fix.";

/// The usage, or what was wrong with a command.
pub(super) fn message(problem: Option<&CommandError>) -> Rendered {
    match problem {
        Some(problem) => error(problem),
        None => usage(),
    }
}

/// One sentence and the one thing to do.
fn error(problem: &CommandError) -> Rendered {
    let says = sentence(problem);
    let mut blocks = vec![section(&says)];
    match problem {
        CommandError::UnknownCommand { .. } => {
            blocks.push(actions([button("Show the list", onboarding::Action::Help, 0)]));
        }
        CommandError::WhichDay { first, second } => {
            let until = |on: Date, nth| {
                let label = format!("Until {}", date(on));
                button(&label, schedule::Action::PauseUntil { until_on: on }, nth)
            };
            blocks.push(actions([until(*first, 0), until(*second, 1)]));
        }
        // The sentence has an example to type.
        CommandError::BadMonth | CommandError::BadDate => {}
    }
    Rendered { text: says.replace('`', ""), blocks }
}

fn usage() -> Rendered {
    let mut blocks = Vec::new();
    let mut text = String::new();
    let list: Vec<String> =
        LINES.iter().map(|(command, what)| format!("`/leadlens {command}`: {what}")).collect();
    blocks.push(section(&list.join("\n")));
    blocks.push(actions([
        primary_button("Check in", checkin::Action::Open, 0),
        button("A question now", nudge::Action::AskNow, 0),
        button("Set a cadence", schedule::Action::Open, 0),
        button("History", history::Action::Open { page: 0 }, 0),
    ]));
    blocks.push(context(&format!("{SHORTCUT} {WHO_SEES_IT}")));
    text.push_str(&list.join("\n").replace('`', ""));
    text.push('\n');
    text.push_str(&format!("{SHORTCUT} {WHO_SEES_IT}"));
    Rendered { text, blocks }
}

fn sentence(problem: &CommandError) -> String {
    match problem {
        CommandError::UnknownCommand { did_you_mean: Some(command) } => {
            format!("I don't know that command. Did you mean `/leadlens {command}`?")
        }
        CommandError::UnknownCommand { did_you_mean: None } => "I don't know that command.".to_owned(),
        CommandError::BadMonth => {
            "I can report on this month and on those before it, for example `/leadlens report last month` or \
             `/leadlens report 2026-10`."
                .to_owned()
        }
        CommandError::BadDate => {
            "I can pause until a day that is still to come, for example `/leadlens pause until monday` or \
             `/leadlens pause 2026-12-24`."
                .to_owned()
        }
        CommandError::WhichDay { first, second } => {
            format!(
                "Which day do you mean: {} or {}? Questions come again on that day.",
                date(*first),
                date(*second)
            )
        }
    }
}
