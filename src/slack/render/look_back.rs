//! What a member set out to do: quoted in the nudge that looks back, and with what came of it.

use super::{
    blocks::{actions, button, context, primary_button, quote},
    dates::date,
    escape::escape_cut,
};
use crate::coach::{
    ids::RowId,
    look_back::CameOfIt,
    screen::{LookBackScreen, LookedBack},
};
use crate::features::nudge;
use slack_morphism::blocks::SlackBlock;
use strum::VariantArray as _;

/// Where the words are not there any more.
pub(super) const GONE: &str = "What this asks about is not there any more.";

/// The member's sentence with its date, as text and as blocks.
pub(super) fn quotation(look_back: &LookBackScreen) -> (String, Vec<SlackBlock>) {
    let Some(words) = &look_back.words else { return (GONE.to_owned(), vec![context(GONE)]) };
    let intro = format!("On {} you wrote:", date(look_back.stated_on));
    let text = format!("{intro} {}", escape_cut(words.reveal(), 800));
    (text, vec![context(&intro), quote(words)])
}

/// The label of an input: the sentence, then the question.
pub(super) fn label(look_back: Option<&LookBackScreen>, question: &str) -> String {
    match look_back.and_then(|it| Some((it.stated_on, it.words.as_ref()?))) {
        Some((on, words)) => {
            let words = super::escape::cut(words.reveal(), 600);
            format!("On {} you wrote: \u{201c}{words}\u{201d} {question}", date(on))
        }
        None => question.to_owned(),
    }
}

/// What came of it, to be tapped.
pub(super) fn buttons(nudge: &RowId, chosen: Option<CameOfIt>) -> SlackBlock {
    actions(CameOfIt::VARIANTS.iter().enumerate().map(|(nth, came)| {
        let action = nudge::Action::CameOfIt { nudge: nudge.clone(), came: *came };
        match chosen == Some(*came) {
            true => primary_button(name(*came), action, nth),
            false => button(name(*came), action, nth),
        }
    }))
}

/// What was tapped, in the member's terms.
pub(super) fn name(came: CameOfIt) -> &'static str {
    match came {
        CameOfIt::DidIt => "I did it",
        CameOfIt::Partly => "Partly",
        CameOfIt::ChangedMind => "Changed my mind",
        CameOfIt::NotYet => "Not yet",
    }
}

/// In the history, below what set out to do something.
pub(super) fn looked_back(it: &LookedBack) -> Vec<SlackBlock> {
    let came = it.came_of_it.map_or(String::new(), |came| format!(" You said: {}.", name(came)));
    let mut blocks = vec![context(&format!("I asked what came of it on {}.{came}", date(it.asked_on)))];
    blocks.extend(it.answer.iter().map(quote));
    blocks
}

/// In the history, above the answer to a nudge that looked back.
pub(super) fn looks_back_on(it: &LookBackScreen) -> Vec<SlackBlock> {
    quotation(it).1
}
