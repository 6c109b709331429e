//! One's own reflections, newest first, a page at a time, with search, edit and delete.

use super::{
    blocks::{Look, actions, button, context, divider, modal, paragraph, plain, quote},
    checkin::{delete_button, hat_label},
    seen,
    when::date,
};
use crate::{
    coach::{
        reflection::AnsweredFollowUp,
        screen::{Field, FormState, HISTORY_PAGE_SIZE, HistoryEntry, HistoryPage, Press},
    },
    slack::ids::{SEARCH_ACTION, field_id},
};
use serde_json::{Value, json};

/// The page as a modal.
pub fn form(page: &HistoryPage) -> Value {
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
    let mut turns = turns(page);
    if page.acts > 0 {
        let label = format!("Questions given back ({})", page.acts);
        turns.push(button(&label, &Press::Acts { page: 0 }, 2, Look::Usual));
    }
    if page.audits > 0 {
        let label = format!("Audits ({})", page.audits);
        turns.push(button(&label, &Press::Audits, 0, Look::Usual));
    }
    if page.plans > 0 {
        let label = format!("Plans ({})", page.plans);
        turns.push(button(&label, &Press::Plans, 0, Look::Usual));
    }
    if !turns.is_empty() {
        blocks.push(divider());
        blocks.push(actions(turns));
    }
    modal(&FormState::History { page: page.page }, "History", None, "Close", blocks)
}

fn search(page: &HistoryPage) -> Value {
    let mut element = json!({
        "type": "plain_text_input", "action_id": SEARCH_ACTION, "max_length": 200,
        "placeholder": plain("A word to look for, then Enter", 150),
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    });
    if !page.search.is_blank() && page.search.char_count() <= 200 {
        element["initial_value"] = json!(page.search.reveal());
    }
    json!({
        "type": "input", "block_id": field_id(Field::Search), "dispatch_action": true, "optional": true,
        "label": plain("Search", 2_000), "element": element,
    })
}

/// A reflection as the history and the Home tab show it.
pub fn entry_blocks(entry: &HistoryEntry, nth: usize) -> Vec<Value> {
    let kept = &entry.kept;
    let mut line = vec![date(kept.local_on), entry.question.clone()];
    line.extend(entry.room.map(|room| room.label().to_owned()));
    line.extend(kept.hat_said.map(|hats| format!("You said: {}", hat_label(hats))));
    let mut blocks = vec![divider(), context(&line.join(" · "))];
    if !kept.situation.is_blank() {
        blocks.push(quote(&kept.situation));
    }
    blocks.push(quote(&kept.answer));
    blocks.extend(seen::sentence(&kept.lens).map(|says| context(&says)));
    if let Some(AnsweredFollowUp { question, answer }) = &entry.follow_up {
        blocks.extend([context(question), quote(answer)]);
    }
    blocks.push(actions(vec![
        button("Edit", &Press::Edit { reflection: kept.reflection.clone() }, nth, Look::Usual),
        delete_button(kept, nth),
    ]));
    blocks
}

fn turns(page: &HistoryPage) -> Vec<Value> {
    let mut turns = Vec::new();
    let shown = (u64::from(page.page) + 1) * u64::from(HISTORY_PAGE_SIZE);
    if let Some(newer) = page.page.checked_sub(1) {
        turns.push(button("Newer", &Press::HistoryPage { page: newer }, 0, Look::Usual));
    }
    if page.total > shown {
        turns.push(button(
            "Older",
            &Press::HistoryPage { page: page.page.saturating_add(1) },
            1,
            Look::Usual,
        ));
    }
    turns
}
