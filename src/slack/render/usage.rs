//! The short usage: the answer to `help`, to the bare command, and to what was not understood.

use super::{
    Rendered,
    blocks::{actions, button, context, primary_button, section},
};
use crate::coach::screen::CommandError;
use crate::features::{checkin, history, nudge, schedule};

/// What can be typed after the command, and what it does.
pub const LINES: [(&str, &str); 14] = [
    ("checkin", "think one thing through, in under a minute"),
    ("nudge", "a question now"),
    ("room", "read the room in two taps: which hat it needs, and one question"),
    ("audit", "your last five meetings: how, where or both"),
    ("plan", "an if-then plan, or an experiment with the other hat"),
    ("schedule", "when questions come: days, hours, zone, quiet hours, days off"),
    ("pause [2026-12-24]", "no questions, until a date or until you resume"),
    ("resume", "end the pause"),
    ("report [2026-10]", "your hat balance of a month"),
    ("feedback @a @b @c", "ask three or more people how you lead; no answer carries a name"),
    ("history [text]", "your own reflections, to read, edit and delete"),
    ("export", "everything about you, as files"),
    ("forget", "erase everything about you"),
    ("help", "this list"),
];

const SHORTCUT: &str = "On a message that asks you for an answer: the shortcut Ask, don't fix.";

/// The usage, with what went wrong first.
pub(super) fn message(problem: Option<&CommandError>) -> Rendered {
    let mut blocks = Vec::new();
    let mut text = String::new();
    if let Some(problem) = problem {
        let says = sentence(problem);
        blocks.push(section(&says));
        text.push_str(&says);
        text.push('\n');
    }
    let list: Vec<String> =
        LINES.iter().map(|(command, what)| format!("`/leadlens {command}`: {what}")).collect();
    blocks.push(section(&list.join("\n")));
    blocks.push(actions([
        primary_button("Check in", checkin::Action::Open, 0),
        button("A question now", nudge::Action::AskNow, 0),
        button("Set a cadence", schedule::Action::Open, 0),
        button("History", history::Action::Open { page: 0 }, 0),
    ]));
    blocks.push(context(&format!("{SHORTCUT} What you write is kept for you alone.")));
    text.push_str(&list.join("\n").replace('`', ""));
    text.push('\n');
    text.push_str(SHORTCUT);
    Rendered { text, blocks }
}

fn sentence(problem: &CommandError) -> String {
    match problem {
        CommandError::UnknownCommand { did_you_mean: Some(command) } => {
            format!("I don't know that command. Did you mean `/leadlens {command}`?")
        }
        CommandError::UnknownCommand { did_you_mean: None } => "I don't know that command.".to_owned(),
        CommandError::BadMonth => {
            "I report on this month and those before it. Write year and month, for example `/leadlens report 2026-10`."
                .to_owned()
        }
        CommandError::BadDate => {
            "That is no date, or not one to come. Write year, month and day, for example `/leadlens pause 2026-12-24`.".to_owned()
        }
    }
}
