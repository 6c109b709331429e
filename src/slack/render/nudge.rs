//! A nudge in the DM, in each of its states, and the last message before the questions stop.

use super::{
    Rendered,
    blocks::{actions, button, context, menu, primary_button, section},
    checkin::kept_parts,
    dates::date_time,
    escape::{escape, escape_cut},
    look_back,
};
use crate::coach::{
    ids::RowId,
    screen::{NudgeScreen, NudgeScreenState},
};
use crate::features::{nudge, schedule};
use crate::{coach::cadence::Later, dispatch::Action};
use slack_morphism::blocks::{SlackActionBlockElement, SlackBlock};

/// A nudge, in the state that the screen says.
pub(super) fn message(screen: &NudgeScreen) -> Rendered {
    let question = section(&format!("*{}*", escape_cut(&screen.question, 1_000)));
    // The message that comes later, or came in its place, has the words.
    let is_elsewhere = matches!(screen.state, NudgeScreenState::Later { .. } | NudgeScreenState::Closed);
    let about = screen.look_back.as_ref().filter(|_| !is_elsewhere);
    let is_gone = about.is_some_and(|about| about.words.is_none());
    let (says, mut below) = match &screen.state {
        NudgeScreenState::Open if is_gone => (String::new(), Vec::new()),
        NudgeScreenState::Open if about.is_some() => (
            "Tap what came of it, or reply here.".to_owned(),
            vec![
                context("Tap what came of it, or reply here in your own words. Only you can see this."),
                open_actions(&screen.nudge),
            ],
        ),
        NudgeScreenState::Open => (
            "Reply here, or in the thread, or use Reflect, Later or Skip.".to_owned(),
            vec![
                context("Reply here or use the buttons. In Slack only you see this."),
                open_actions(&screen.nudge),
            ],
        ),
        NudgeScreenState::Answered(kept) => kept_parts(kept),
        NudgeScreenState::Skipped => small("Skipped."),
        NudgeScreenState::Later { at } => small(&format!("Later: {}.", date_time(*at))),
        NudgeScreenState::Deleted => small("The answer was deleted."),
        NudgeScreenState::Closed => small("This question is closed."),
    };
    let can_tap = matches!(screen.state, NudgeScreenState::Open | NudgeScreenState::Answered(_));
    let (mut text, mut blocks) = about.map(look_back::quotation).unwrap_or_default();
    blocks.push(question);
    if let Some(about) = about.filter(|_| can_tap && !is_gone) {
        blocks.push(look_back::buttons(&screen.nudge, about.came_of_it));
        let came = about.came_of_it.map(|came| format!("You said: {}.", look_back::name(came)));
        blocks.extend(came.map(|came| context(&came)));
    }
    blocks.append(&mut below);
    text.push_str(&format!(" {} {says}", escape(&screen.question)));
    Rendered { text: text.trim().to_owned(), blocks }
}

fn small(text: &str) -> (String, Vec<SlackBlock>) {
    (text.to_owned(), vec![context(text)])
}

fn open_actions(nudge: &RowId) -> SlackBlock {
    let nudge = || nudge.clone();
    let choice = |when| Action::from(nudge::Action::Later { nudge: nudge(), when });
    let later = menu(
        "Later",
        vec![
            ("In an hour", choice(Later::OneHour)),
            ("Tomorrow", choice(Later::Tomorrow)),
            ("Next week", choice(Later::NextWeek)),
        ],
        0,
    );
    actions::<SlackActionBlockElement>([
        primary_button("Reflect", nudge::Action::Reflect { nudge: nudge() }, 0).into(),
        later.into(),
        button("Skip", nudge::Action::Skip { nudge: nudge() }, 0).into(),
        button("Why this one?", nudge::Action::Why { nudge: nudge() }, 0).into(),
    ])
}

/// The last message of back-off: asks what would suit the member.
pub(super) fn ask_to_go_on() -> Rendered {
    let text = "The last few questions went unanswered, which is fine. What would suit you from here?";
    let blocks = vec![
        section(text),
        actions([
            button("Keep them coming", nudge::Action::GoOn, 0),
            button("Change the cadence", schedule::Action::Open, 0),
            button("Stop the questions", nudge::Action::Stop, 0),
        ]),
        context("Without an answer I stay quiet until you come back."),
    ];
    let text = format!(
        "{text} Keep them coming, change the cadence, or stop the questions. Without an answer I stay quiet until you come back."
    );
    Rendered { text, blocks }
}
