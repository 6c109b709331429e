//! A member's own reflections, newest first, a page at a time, with search, edit and delete.

use super::{
    blocks::{actions, button, context, divider, modal, paragraph, quote},
    checkin::{delete_button, hat_label},
    dates::date,
    inputs::{optional, placeholder},
    lens_result, look_back, room,
};
use crate::features::{ask, audit, checkin, history, plan};
use crate::{
    coach::{
        reflection::AnsweredFollowUp,
        screen::{Field, FormState, HISTORY_PAGE_SIZE, HistoryEntry, HistoryPage},
    },
    slack::payload::SEARCH_ACTION,
};
use slack_morphism::{
    SlackActionId,
    blocks::{
        SlackBlock, SlackBlockButtonElement, SlackBlockPlainTextInputElement, SlackDispatchActionConfig,
        SlackDispatchActionTrigger, SlackView,
    },
};

/// The longest text to search for.
const MAX_SEARCH_CHARS: usize = 200;

/// One page. *Search* does what the Enter key does: Slack refuses a modal that has an input block and no
/// `submit`.
pub(super) fn form(page: &HistoryPage) -> SlackView {
    let mut blocks = vec![search(page)];
    if page.total == 0 {
        blocks.push(paragraph(if page.search.is_blank() {
            "Nothing yet. /leadlens checkin makes the first one."
        } else {
            "Nothing of yours matches that."
        }));
    } else {
        let first = u64::from(page.page) * u64::from(HISTORY_PAGE_SIZE) + 1;
        let last = first + (page.entries.len() as u64).saturating_sub(1);
        blocks.push(context(&format!("{first} to {last} of {}", page.total)));
    }
    for (nth, entry) in page.entries.iter().enumerate() {
        blocks.extend(entry_blocks(entry, nth));
    }
    let buttons: Vec<SlackBlockButtonElement> = page_buttons(page).into_iter().chain(lists(page)).collect();
    if !buttons.is_empty() {
        blocks.push(divider());
        blocks.push(actions(buttons));
    }
    modal(&FormState::History { page: page.page }, "History", Some("Search"), "Close", blocks)
}

/// A field that also searches when Enter is pressed in it.
fn search(page: &HistoryPage) -> SlackBlock {
    let fits = !page.search.is_blank() && page.search.char_count() <= MAX_SEARCH_CHARS;
    let on_enter = SlackDispatchActionConfig::new()
        .with_trigger_actions_on(vec![SlackDispatchActionTrigger::OnEnterPressed]);
    let element = SlackBlockPlainTextInputElement::new()
        .with_action_id(SlackActionId::new(SEARCH_ACTION.to_owned()))
        .with_max_length(MAX_SEARCH_CHARS as u64)
        .with_placeholder(placeholder("A word to look for, then Enter"))
        .with_dispatch_action_config(on_enter)
        .opt_initial_value(fits.then(|| page.search.reveal().to_owned()));
    optional(Field::Search, "Search", element).with_dispatch_action(true).into()
}

/// A reflection as the history and the Home tab show it.
pub(super) fn entry_blocks(entry: &HistoryEntry, nth: usize) -> Vec<SlackBlock> {
    let kept = &entry.kept;
    let mut line = vec![date(kept.local_on), entry.question.clone()];
    line.extend(entry.room.map(|room| room::label(room).to_owned()));
    line.extend(kept.hat_said.map(|hats| format!("You said: {}", hat_label(hats))));
    let mut blocks = vec![divider(), context(&line.join(" · "))];
    blocks.extend(entry.looks_back_on.iter().flat_map(look_back::looks_back_on));
    if !kept.situation.is_blank() {
        blocks.push(quote(&kept.situation));
    }
    blocks.push(quote(&kept.answer));
    blocks.extend(lens_result::sentence(&kept.lens).map(|says| context(&says)));
    if let Some(AnsweredFollowUp { question, answer }) = &entry.follow_up {
        blocks.extend([context(question), quote(answer)]);
    }
    blocks.extend(entry.looked_back.iter().flat_map(look_back::looked_back));
    blocks.push(actions([
        button("Edit", checkin::Action::Edit { reflection: kept.reflection.clone() }, nth),
        delete_button(kept, nth),
    ]));
    blocks
}

fn page_buttons(page: &HistoryPage) -> Vec<SlackBlockButtonElement> {
    let shown = (u64::from(page.page) + 1) * u64::from(HISTORY_PAGE_SIZE);
    let newer = page.page.checked_sub(1);
    let older = (page.total > shown).then(|| page.page.saturating_add(1));
    let newer = newer.map(|page| button("Newer", history::Action::TurnPage { page }, 0));
    newer
        .into_iter()
        .chain(older.map(|page| button("Older", history::Action::TurnPage { page }, 1)))
        .collect()
}

/// The other lists of the member's own, where they hold something.
fn lists(page: &HistoryPage) -> Vec<SlackBlockButtonElement> {
    let mut buttons = Vec::new();
    if page.acts > 0 {
        let label = format!("Questions given back ({})", page.acts);
        buttons.push(button(&label, ask::Action::List { page: 0 }, 2));
    }
    if page.audits > 0 {
        buttons.push(button(&format!("Audits ({})", page.audits), audit::Action::List, 0));
    }
    if page.plans > 0 {
        buttons.push(button(&format!("Plans ({})", page.plans), plan::Action::List, 0));
    }
    buttons
}
