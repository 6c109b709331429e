//! The answer to plain words: one or two sentences that say what was understood, and one button that does
//! it.

use super::{
    Rendered,
    blocks::{actions, button, paragraph},
    dates::{date, date_time},
    escape::escape,
};
use crate::{
    coach::{
        cadence::Later,
        ids::RowId,
        plain_words::Wish,
        screen::{OpenQuestion, PlainWordsScreen},
    },
    dispatch::Action,
    features::{audit, checkin, feedback, history, nudge, onboarding, plan, privacy, report, room, schedule},
};
use jiff::civil::Date;

type Answer = (String, &'static str, Action);

/// The answer to a wish.
pub(super) fn message(screen: &PlainWordsScreen) -> Rendered {
    if let (Wish::Pause, [_, ..]) = (screen.wish, screen.until.as_slice()) {
        return pause_until(&screen.until);
    }
    let (says, label, action) = answer(screen);
    one_button(&says, label, action)
}

/// A pause with an end that was named, or the two that the words can mean.
fn pause_until(until: &[Date]) -> Rendered {
    let days: Vec<String> = until.iter().map(|on| date(*on)).collect();
    let says = match days.as_slice() {
        [day] => format!("A pause holds everything I send by myself. This one ends on {day}."),
        days => format!("Which day do you mean: {}? Questions come again on that day.", days.join(" or ")),
    };
    let buttons = until.iter().zip(&days).enumerate().map(|(nth, (on, day))| {
        button(&until_label(day), schedule::Action::PauseUntil { until_on: *on }, nth)
    });
    let labels: Vec<String> = days.iter().map(|day| until_label(day)).collect();
    Rendered {
        text: format!("{} Buttons: {}.", escape(&says), labels.join(", ")),
        blocks: vec![paragraph(&says), actions(buttons)],
    }
}

fn until_label(day: &str) -> String {
    format!("Pause until {day}")
}

/// The answer to "ok" and the like, while a question is open.
pub(super) fn too_short(nudge: &RowId) -> Rendered {
    let says =
        "I haven't kept that as your answer: it's too short to learn from. The question is still open.";
    one_button(says, "Skip it", nudge::Action::Skip { nudge: nudge.clone() }.into())
}

fn one_button(says: &str, label: &str, action: Action) -> Rendered {
    let blocks = vec![paragraph(says), actions([button(label, action, 0)])];
    Rendered { text: format!("{} Button: {label}.", escape(says)), blocks }
}

fn answer(screen: &PlainWordsScreen) -> Answer {
    match screen.wish {
        Wish::Stop => stop(screen),
        Wish::Pause => match screen.paused {
            Some(until) => paused(until),
            None => (
                "A pause holds everything I send by myself, until a day you choose or until you resume.".to_owned(),
                "Pause",
                schedule::Action::OpenPause.into(),
            ),
        },
        Wish::Resume | Wish::Start => begin(screen),
        Wish::Skip => match &screen.open {
            Some(open) => skip(open),
            None => no_question("No question is open, so there is nothing to skip."),
        },
        Wish::Later => match &screen.open {
            Some(open) => later(open),
            None => (
                "That's fine. No question is open, so nothing waits for you. A pause keeps it quiet for longer."
                    .to_owned(),
                "Pause",
                schedule::Action::OpenPause.into(),
            ),
        },
        Wish::Greeting => match &screen.open {
            Some(open) => (
                "Hello! A question is open here. Reply to it in your own words.".to_owned(),
                "Reflect",
                nudge::Action::Reflect { nudge: open.nudge.clone() }.into(),
            ),
            None => check_in("Hello! If something is on your mind, think it through in a minute."),
        },
        Wish::Thanks => check_in("You're welcome. I'm here when the next thing comes up."),
        wish @ (Wish::Help
        | Wish::Report
        | Wish::Export
        | Wish::Forget
        | Wish::Checkin
        | Wish::Nudge
        | Wish::Room
        | Wish::Audit
        | Wish::Plan
        | Wish::Practices
        | Wish::Schedule
        | Wish::Feedback
        | Wish::History
        | Wish::UnknownCommand) => command(wish, screen),
    }
}

/// What a command of the same meaning does.
fn command(wish: Wish, screen: &PlainWordsScreen) -> Answer {
    let (says, label, action): (&str, _, Action) = match wish {
        Wish::Report => {
            let says = format!("Your hat balance for {}, here in this conversation.", screen.month.title());
            return (says, "Send my report", report::Action::Request { month: screen.month }.into());
        }
        Wish::Export => (
            "Everything I keep about you, as files, here in this conversation.",
            "Export my data",
            privacy::Action::Export.into(),
        ),
        Wish::Forget => (
            "I can erase everything I keep about you. You confirm it once more before it happens.",
            "Erase everything",
            privacy::Action::AskToForget.into(),
        ),
        Wish::Checkin => return check_in("A check-in takes less than a minute."),
        Wish::Nudge => ("One question, here, now.", "Ask me a question", nudge::Action::AskNow.into()),
        Wish::Room => (
            "Say how your team is doing, and see which hat that may call for.",
            "Read the room",
            room::Action::Open.into(),
        ),
        Wish::Audit => (
            "Look at your last five meetings: were they about how, about where to, or both?",
            "Audit my meetings",
            audit::Action::Open.into(),
        ),
        Wish::Plan => (
            "Plan one thing: if this happens, I will do that. I ask you later what came of it.",
            "Make a plan",
            plan::Action::Open { experiment: None }.into(),
        ),
        Wish::Practices => (
            "The nine practices that my questions come from. You can put one in focus.",
            "Show the practices",
            schedule::Action::Practices.into(),
        ),
        Wish::Schedule => (
            "Choose the days and hours at which I ask, your quiet hours and your days off.",
            "Open the schedule",
            schedule::Action::Open.into(),
        ),
        Wish::Feedback => (
            "Ask three or more people how you lead. No answer carries a name.",
            "Choose people",
            feedback::Action::Open.into(),
        ),
        Wish::History => (
            "Everything you have written to me, to read, edit and delete.",
            "Open my history",
            history::Action::Open { page: 0 }.into(),
        ),
        Wish::UnknownCommand => {
            ("I don't know that command.", "Show the list", onboarding::Action::Help.into())
        }
        _ => (
            "I ask you a short question now and then, keep your answers for you alone, and show you each month \
             which hat you wore. Reply to a question, or begin yourself with a check-in.",
            "Show what I can do",
            onboarding::Action::Help.into(),
        ),
    };
    (says.to_owned(), label, action)
}

fn check_in(says: &str) -> Answer {
    (says.to_owned(), "Check in", checkin::Action::Open.into())
}

fn no_question(says: &str) -> Answer {
    (says.to_owned(), "Ask me a question", nudge::Action::AskNow.into())
}

fn skip(open: &OpenQuestion) -> Answer {
    let says = "I can skip the open question. Skipping never counts against you.".to_owned();
    (says, "Skip it", nudge::Action::Skip { nudge: open.nudge.clone() }.into())
}

fn later(open: &OpenQuestion) -> Answer {
    let says = format!("I can ask this again tomorrow: {}.", date_time(open.tomorrow));
    let action = nudge::Action::Later { nudge: open.nudge.clone(), when: Later::Tomorrow };
    (says, "Ask me tomorrow", action.into())
}

fn stop(screen: &PlainWordsScreen) -> Answer {
    if screen.has_cadence {
        let says = "I can stop asking you questions. What you wrote stays yours, and you can set a cadence again any time.";
        return (says.to_owned(), "Stop the questions", nudge::Action::Stop.into());
    }
    match screen.paused {
        Some(until) => paused(until),
        None => (
            "No questions are planned. A pause also holds back the monthly report.".to_owned(),
            "Pause",
            schedule::Action::OpenPause.into(),
        ),
    }
}

fn begin(screen: &PlainWordsScreen) -> Answer {
    if let Some(until) = screen.paused {
        return paused(until);
    }
    match screen.next {
        Some(at) => no_question(&format!("Nothing is paused. The next question comes on {}.", date_time(at))),
        None => (
            "No questions are planned yet. Choose when I ask you.".to_owned(),
            "Set a cadence",
            schedule::Action::Open.into(),
        ),
    }
}

fn paused(until: Option<Date>) -> Answer {
    let says = match until {
        Some(on) => format!("You are paused: nothing comes by itself before {}.", date(on)),
        None => "You are paused: nothing comes by itself until you resume.".to_owned(),
    };
    (says, "Resume", schedule::Action::Resume.into())
}
