//! One screen of each kind, with a member's words given by the test.

mod forms;
mod homes;
mod messages;

pub(super) use forms::forms;
pub(super) use homes::homes;
pub(super) use messages::{messages, report, welcome};

use crate::coach::{
    copy::CopyKey,
    feedback::AnswerToken,
    hat::{Hat, Hats},
    ids::{MessageTs, RowId, UserId},
    lens_result::LensScreen,
    look_back::CameOfIt,
    member_text::MemberText,
    plan::{PlanState, PlanWords},
    prompt::Library,
    reflection::AnsweredFollowUp,
    room::Room,
    screen::{
        FeedbackRunningScreen, HistoryEntry, Invitation, LookBackScreen, LookedBack, PlanScreen,
        ReflectionScreen,
    },
};
use jiff::civil::{Date, DateTime, date};

/// The member who asks for feedback; the one mention that a text of ours may hold.
pub(super) const ASKER: &str = "U0ASKER";

/// The host of the language model.
const HOST: &str = "models.example";

fn row() -> RowId {
    RowId::new(1_764_000_000_000, 7)
}

fn ts() -> MessageTs {
    MessageTs::parse("1764000000.000100").unwrap()
}

fn on() -> Date {
    date(2026, 10, 28)
}

fn at() -> DateTime {
    date(2026, 11, 2).at(9, 30, 0, 0)
}

fn asker() -> UserId {
    UserId::parse(ASKER).unwrap()
}

fn invitation() -> Invitation {
    Invitation { round: row(), token: AnswerToken::new(7) }
}

fn feedback_running() -> FeedbackRunningScreen {
    FeedbackRunningScreen { round: row(), asked_on: on(), until_on: on() }
}

/// What the built-in library says at a fixed place.
fn text_for(key: CopyKey) -> String {
    Library::built_in().unwrap().text_for(key).unwrap().text.clone()
}

fn kept(situation: &str, answer: &str, hat_said: Option<Hats>) -> ReflectionScreen {
    ReflectionScreen {
        reflection: row(),
        situation: MemberText::new(situation),
        answer: MemberText::new(answer),
        hat_said,
        lens: LensScreen::Unread,
        local_on: on(),
    }
}

/// The lens found both hats, each in these words.
fn both_hats_seen(words: &str) -> LensScreen {
    let words = [Hat::Leader, Hat::Manager].map(|hat| (hat, MemberText::new(words))).to_vec();
    LensScreen::Hats { hats: Hats::BOTH, words }
}

fn history_entry(words: &str) -> HistoryEntry {
    HistoryEntry {
        question: "Who could solve this?".into(),
        room: Some(Room::Confused),
        follow_up: Some(AnsweredFollowUp {
            question: "What would they say?".into(),
            answer: MemberText::new(words),
        }),
        kept: ReflectionScreen { lens: both_hats_seen(words), ..kept(words, words, Some(Hats::BOTH)) },
        looked_back: Some(LookedBack {
            asked_on: on(),
            came_of_it: Some(CameOfIt::Partly),
            answer: Some(MemberText::new(words)),
        }),
        looks_back_on: Some(looks_back(words, None)),
    }
}

fn looks_back(words: &str, came_of_it: Option<CameOfIt>) -> LookBackScreen {
    LookBackScreen { stated_on: on(), words: Some(MemberText::new(words)), came_of_it }
}

fn plan_words(words: &str) -> PlanWords {
    PlanWords { experiment: None, cue: MemberText::new(words), act: MemberText::new(words) }
}

fn plan_screen(words: &str, state: PlanState) -> PlanScreen {
    PlanScreen {
        plan: row(),
        words: PlanWords {
            experiment: (state == PlanState::NotYet).then_some(Hat::Leader),
            ..plan_words(words)
        },
        question: text_for(CopyKey::PlanOutcome),
        state,
        at: at(),
        outcome: MemberText::new(if state == PlanState::SomethingElse { words } else { "" }),
    }
}
