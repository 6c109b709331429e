//! *Ask, don't fix*: the form with its three questions, what it says once one was asked, and the list.

use super::{
    blocks::{
        Look, actions, button, choice, confirmed, context, divider, input, modal, paragraph, preformatted,
        select, text_input,
    },
    schedule::date_picker,
    when::date,
};
use crate::coach::{
    ids::RowId,
    member_text::MemberText,
    screen::{
        COACHING_ACTS_PAGE_SIZE, CoachingActEntry, CoachingActsPage, EditCoachingActForm, Field, FormState,
        Press,
    },
};
use jiff::civil::Date;
use serde_json::Value;

const HOW: &str = "They asked you for an answer. Take a question, make it yours, copy it and send it yourself: I post nothing for you.";
const NOT_KEPT: &str = "Nothing of their message is read or kept, nor what you write here. \"I asked it\" keeps that you asked, today, and counts one act with the leader hat.";

/// The questions: the taken one in an input, to edit and copy; the others as they stand.
pub fn form(state: &FormState, questions: &[String]) -> Value {
    let taken = match state {
        FormState::Ask { taken, .. } => usize::from(*taken),
        _ => 0,
    };
    let mut blocks = vec![paragraph(HOW)];
    for (nth, question) in questions.iter().enumerate() {
        let number = u8::try_from(nth).unwrap_or(u8::MAX);
        if nth == taken {
            let field = Field::question(number);
            let words = MemberText::new(question.as_str());
            let element = text_input(field, &words, false, "Your question");
            // Optional, because the act is that it was asked, not what stands here.
            blocks.push(input(field, "Edit and copy", element, true, None));
        } else {
            blocks.push(preformatted(question));
            let take = Press::TakeQuestion { nth: number };
            blocks.push(actions(vec![button("Take this one", &take, nth, Look::Usual)]));
        }
    }
    blocks.push(divider());
    blocks.push(context(NOT_KEPT));
    modal(state, "Ask, don't fix", Some("I asked it"), "Not now", blocks)
}

/// After *I asked it*.
pub fn kept(act: &RowId, question: &str, local_on: Date) -> Value {
    let blocks = vec![
        paragraph("Counted: one question given back."),
        preformatted(question),
        context(&format!("Kept for {}. It stands in your history, to edit or delete.", date(local_on))),
        actions(vec![
            button("Edit", &Press::EditAct { act: act.clone() }, 0, Look::Usual),
            button("Undo", &Press::DeleteAct { act: act.clone() }, 0, Look::Usual),
        ]),
    ];
    modal(&FormState::Notice, "Ask, don't fix", None, "Close", blocks)
}

/// An act that is edited.
pub fn edit(form: &EditCoachingActForm) -> Value {
    let options = form.questions.iter().map(|one| choice(one.id.as_str(), &one.text)).collect();
    let question = select(Field::GivenBack, "static_select", options, Some(form.prompt.as_str()));
    let on = date_picker(Field::GivenBackOn, Some(form.on));
    let blocks = vec![
        input(Field::GivenBack, "Which question did you begin from?", question, false, None),
        input(Field::GivenBackOn, "When did you ask it?", on, false, None),
    ];
    modal(&FormState::EditAct { act: form.act.clone() }, "Ask, don't fix", Some("Save"), "Cancel", blocks)
}

/// The list.
pub fn page(page: &CoachingActsPage) -> Value {
    let mut blocks = Vec::new();
    if page.total == 0 {
        blocks.push(paragraph(
            "None yet. On a message that asks you for an answer, use the shortcut \"Ask, don't fix\".",
        ));
    } else {
        let first = u64::from(page.page) * u64::from(COACHING_ACTS_PAGE_SIZE) + 1;
        let last = first + (page.entries.len() as u64).saturating_sub(1);
        blocks.push(context(&format!("Questions you gave back: {first} to {last} of {}", page.total)));
    }
    for (nth, entry) in page.entries.iter().enumerate() {
        blocks.extend(entry_blocks(entry, nth));
    }
    blocks.push(divider());
    blocks.push(actions(turns(page)));
    modal(&FormState::Acts { page: page.page }, "Questions given back", None, "Close", blocks)
}

fn entry_blocks(entry: &CoachingActEntry, nth: usize) -> [Value; 3] {
    let delete = button("Delete", &Press::DeleteAct { act: entry.act.clone() }, nth, Look::Danger);
    let delete = confirmed(
        delete,
        "Delete this one?",
        "It is removed for good and no report counts it any more.",
        "Delete",
        "Keep it",
    );
    let edit = button("Edit", &Press::EditAct { act: entry.act.clone() }, nth, Look::Usual);
    let says = format!("{}: {}", date(entry.local_on), entry.question);
    [divider(), paragraph(&says), actions(vec![edit, delete])]
}

fn turns(page: &CoachingActsPage) -> Vec<Value> {
    let mut turns = vec![button("History", &Press::History { page: 0 }, 0, Look::Usual)];
    if let Some(newer) = page.page.checked_sub(1) {
        turns.push(button("Newer", &Press::Acts { page: newer }, 0, Look::Usual));
    }
    if page.total > (u64::from(page.page) + 1) * u64::from(COACHING_ACTS_PAGE_SIZE) {
        turns.push(button("Older", &Press::Acts { page: page.page.saturating_add(1) }, 1, Look::Usual));
    }
    turns
}
