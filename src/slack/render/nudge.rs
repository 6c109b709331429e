//! A nudge in the DM, in each of its states, and the last message before silence.

use super::{
    Rendered,
    blocks::{Look, actions, button, context, menu, section},
    checkin::kept_parts,
    escape::{escape, escape_cut},
    when::date_time,
};
use crate::coach::{
    ids::RowId,
    screen::{Later, NudgeScreen, NudgeScreenState, Press},
};
use serde_json::Value;

/// A nudge.
pub fn message(screen: &NudgeScreen) -> Rendered {
    let question = section(&format!("*{}*", escape_cut(&screen.question, 1_000)));
    let (says, mut below) = match &screen.state {
        NudgeScreenState::Open => (
            "Reply here, or in the thread, or use Reflect, Later or Skip.".to_owned(),
            vec![
                context("Reply here or use the buttons. Only you can see this."),
                open_actions(&screen.nudge),
            ],
        ),
        NudgeScreenState::Answered(kept) => kept_parts(kept),
        NudgeScreenState::Skipped => small("Skipped."),
        NudgeScreenState::Later { at } => small(&format!("Later: {}.", date_time(*at))),
        NudgeScreenState::Deleted => small("The answer was deleted."),
        NudgeScreenState::Closed => small("This question is closed."),
    };
    let mut blocks = vec![question];
    blocks.append(&mut below);
    Rendered { text: format!("{} {says}", escape(&screen.question)), blocks }
}

fn small(text: &str) -> (String, Vec<Value>) {
    (text.to_owned(), vec![context(text)])
}

fn open_actions(nudge: &RowId) -> Value {
    let nudge = || nudge.clone();
    actions(vec![
        button("Reflect", &Press::Reflect { nudge: nudge() }, 0, Look::Primary),
        menu(
            "Later",
            &[
                ("In an hour", Press::Later { nudge: nudge(), when: Later::OneHour }),
                ("Tomorrow", Press::Later { nudge: nudge(), when: Later::Tomorrow }),
                ("Next week", Press::Later { nudge: nudge(), when: Later::NextWeek }),
            ],
            0,
        ),
        button("Skip", &Press::Skip { nudge: nudge() }, 0, Look::Usual),
        button("Why this one?", &Press::Why { nudge: nudge() }, 0, Look::Usual),
    ])
}

/// The last message of back-off.
pub fn ask_to_go_on() -> Rendered {
    let text = "The last few questions went unanswered, which is fine. What would suit you from here?";
    let blocks = vec![
        section(text),
        actions(vec![
            button("Keep them coming", &Press::GoOn, 0, Look::Usual),
            button("Change the cadence", &Press::Schedule, 0, Look::Usual),
            button("Stop the questions", &Press::StopNudges, 0, Look::Usual),
        ]),
        context("Without an answer I stay quiet until you come back."),
    ];
    let text = format!(
        "{text} Keep them coming, change the cadence, or stop the questions. Without an answer I stay quiet until you come back."
    );
    Rendered { text, blocks }
}
