//! The nine practices, and why a question was chosen.

use super::{
    blocks::{actions, button, context, modal, section_with_button},
    dates::date,
    escape::escape,
    room,
};
use crate::coach::{
    hat::{Dimension, Hat, Practice},
    prompt::{NudgeReason, Reason},
    screen::{FormState, PracticeEntry, PracticesForm},
};
use crate::features::schedule;
use slack_morphism::blocks::{SlackBlock, SlackView};

/// Each practice with its sentence, and a button that puts it in focus.
pub(super) fn form(form: &PracticesForm) -> SlackView {
    let mut blocks = vec![context(match form.focus {
        Some(_) => "My questions keep to the practice in focus, as long as it has one that is new to you.",
        None => "Put one in focus, and my questions keep to it. Without one they change.",
    })];
    blocks.extend(form.practices.iter().enumerate().map(|(nth, entry)| practice(entry, form.focus, nth)));
    if form.focus.is_some() {
        blocks.push(actions([button("No focus", schedule::Action::Focus { practice: None }, 9)]));
    }
    modal(&FormState::Practices, "Practices", None, "Close", blocks)
}

fn practice(entry: &PracticeEntry, focus: Option<Practice>, nth: usize) -> SlackBlock {
    let hat = match entry.practice.hat() {
        Some(Hat::Leader) => "leader hat",
        Some(Hat::Manager) => "manager hat",
        None => "both hats",
    };
    let (title, about) = (practice_label(entry.practice), escape(&entry.about));
    if focus == Some(entry.practice) {
        return super::blocks::section(&format!("*{title}* · {hat} · in focus\n{about}"));
    }
    let into_focus = schedule::Action::Focus { practice: Some(entry.practice) };
    section_with_button(&format!("*{title}* · {hat}\n{about}"), button("Put in focus", into_focus, nth))
}

/// A practice's name at the start of a line.
pub fn practice_label(practice: Practice) -> String {
    let mut chars = practice.title().chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Why a question was chosen, and what its practice is.
pub(super) fn why(reason: &NudgeReason, practice: Option<&PracticeEntry>) -> String {
    let mut says = match reason {
        NudgeReason::Known(reason) => sentence(*reason),
        NudgeReason::Sentence(sentence) => sentence.clone(),
    };
    if let Some(PracticeEntry { practice, about }) = practice {
        says.push_str(&format!(" The practice is \"{}\". {about}", practice.title()));
    }
    says.trim().to_owned()
}

fn sentence(reason: Reason) -> String {
    match reason {
        Reason::Follows { .. } => "It stays with what you were asked before.".to_owned(),
        Reason::Focus { .. } => "You put its practice in focus.".to_owned(),
        Reason::Room { room, read_on } => {
            let read = format!("On {} you read the room as \"{}\".", date(read_on), room::short_label(room));
            match room.needs() {
                Some(hat) => format!("{read} That suggests the {hat} hat, and this question draws to it."),
                None => read,
            }
        }
        Reason::WornLess { hat, other, answers: 1, .. } if other > 0 => format!(
            "In your last answer you ticked the {} hat. This question draws to the {hat} hat.",
            hat.opposite()
        ),
        Reason::WornLess { hat, worn, other, answers } => format!(
            "In your last {answers} answers you ticked the {} hat {}, and the {hat} hat {}. This question draws to the \
             {hat} hat.",
            hat.opposite(),
            times(other),
            times(worn)
        ),
        Reason::AskedLess { dimension, asked: 0, questions: 1 } => format!(
            "The one question I asked you in the last four weeks was not about {}. This one is.",
            about(dimension)
        ),
        Reason::AskedLess { dimension, asked: 0, questions } => format!(
            "None of the {questions} questions I asked you in the last four weeks was about {}. This one is.",
            about(dimension)
        ),
        Reason::AskedLess { dimension, asked, questions } => format!(
            "Only {asked} of the {questions} questions I asked you in the last four weeks {} about {}. So this one is.",
            if asked == 1 { "was" } else { "were" },
            about(dimension)
        ),
        Reason::Chance => {
            "Nothing you told me decided it: I chose by chance among the questions you haven't had in the last four \
             weeks."
                .to_owned()
        }
        Reason::LookBack { stated_on } => format!(
            "On {} you wrote what you would do. I ask about it once, two to four weeks later. /leadlens schedule turns \
             that off.",
            date(stated_on)
        ),
        Reason::Standing => "It is the question of every check-in.".to_owned(),
    }
}

fn times(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// What a question of a dimension is about.
fn about(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Horizon => "how far ahead you look",
        Dimension::Risk => "the risks you take or avoid",
        Dimension::Growth => "how people grow and what standard holds",
        Dimension::Focus => "spirit and systems",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::room::Room;
    use jiff::civil::date;

    #[test]
    fn every_reason_is_true_words_about_the_member() {
        let entry = PracticeEntry { practice: Practice::StopSolving, about: "You ask.".to_owned() };
        let read_on = date(2026, 10, 13);
        let reasons = [
            Reason::Follows { practice: Practice::StopSolving },
            Reason::Focus { practice: Practice::StopSolving },
            Reason::Room { room: Room::Directionless, read_on },
            Reason::WornLess { hat: Hat::Leader, worn: 2, other: 6, answers: 8 },
            Reason::WornLess { hat: Hat::Manager, worn: 0, other: 1, answers: 3 },
            Reason::WornLess { hat: Hat::Manager, worn: 0, other: 1, answers: 1 },
            Reason::AskedLess { dimension: Dimension::Risk, asked: 0, questions: 1 },
            Reason::AskedLess { dimension: Dimension::Horizon, asked: 0, questions: 6 },
            Reason::AskedLess { dimension: Dimension::Growth, asked: 1, questions: 7 },
            Reason::AskedLess { dimension: Dimension::Focus, asked: 2, questions: 12 },
            Reason::Chance,
            Reason::LookBack { stated_on: read_on },
            Reason::Standing,
        ];
        let book: Vec<String> = reasons.iter().map(|reason| why(&(*reason).into(), None)).collect();
        insta::assert_snapshot!(book.join("\n"));
        let older = NudgeReason::Sentence("You put the practice in focus.".to_owned());
        let says = "You put the practice in focus. The practice is \"stop solving\". You ask.";
        assert_eq!(why(&older, Some(&entry)), says);
    }
}
