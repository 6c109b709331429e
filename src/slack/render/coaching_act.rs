//! *Ask, don't fix*: the form with its three questions, what it says once the member asked one, and
//! the list.

use super::{
    blocks::{actions, button, context, delete_button, divider, modal, paragraph, preformatted},
    dates::date,
    inputs::{choice, date_picker, line_input, optional, required, select},
};
use crate::coach::{
    ids::RowId,
    member_text::MemberText,
    screen::{
        COACHING_ACTS_PAGE_SIZE, CoachingActEntry, CoachingActsPage, EditCoachingActForm, Field, FormState,
    },
};
use crate::features::{ask, history};
use jiff::civil::Date;
use slack_morphism::blocks::{SlackBlock, SlackBlockButtonElement, SlackView};

const HOW: &str = "They asked you for an answer. Take a question, make it yours, copy it and send it yourself: I post nothing for you.";
const NOT_KEPT: &str = "Nothing of their message is read or kept, nor what you write here. \"I asked it\" keeps that you asked, today, and counts one act with the leader hat.";

/// The questions: the chosen one in an input, to edit and copy, and the others as they are.
pub(super) fn form(state: &FormState, questions: &[String]) -> SlackView {
    let taken = match state {
        FormState::Ask { taken, .. } => usize::from(*taken),
        _ => 0,
    };
    let mut blocks = vec![paragraph(HOW)];
    for (nth, question) in questions.iter().enumerate() {
        let number = u8::try_from(nth).unwrap_or(u8::MAX);
        if nth == taken {
            let field = Field::question(number);
            let element = line_input(field, &MemberText::new(question.as_str()), "Your question");
            // Optional, because the act is that the member asked, whatever this field holds.
            blocks.push(optional(field, "Edit and copy", element).into());
        } else {
            blocks.push(preformatted(question));
            blocks.push(actions([button("Take this one", ask::Action::ChooseQuestion { nth: number }, nth)]));
        }
    }
    blocks.push(divider());
    blocks.push(context(NOT_KEPT));
    modal(state, "Ask, don't fix", Some("I asked it"), "Not now", blocks)
}

/// After *I asked it*.
pub(super) fn kept(act: &RowId, question: &str, local_on: Date) -> SlackView {
    let blocks = vec![
        paragraph("Counted: one question given back."),
        preformatted(question),
        context(&format!("Kept for {}. It stands in your history, to edit or delete.", date(local_on))),
        actions([
            button("Edit", ask::Action::Edit { act: act.clone() }, 0),
            button("Undo", ask::Action::Delete { act: act.clone() }, 0),
        ]),
    ];
    modal(&FormState::Notice, "Ask, don't fix", None, "Close", blocks)
}

/// The form that changes an act.
pub(super) fn edit(form: &EditCoachingActForm) -> SlackView {
    let choices = form.questions.iter().map(|one| choice(one.id.as_str(), &one.text)).collect();
    let question = select(Field::GivenBack, choices, Some(form.prompt.as_str()));
    let on = date_picker(Field::GivenBackOn, Some(form.on));
    let blocks = vec![
        required(Field::GivenBack, "Which question did you begin from?", question).into(),
        required(Field::GivenBackOn, "When did you ask it?", on).into(),
    ];
    modal(&FormState::EditAct { act: form.act.clone() }, "Ask, don't fix", Some("Save"), "Cancel", blocks)
}

/// One page of the list.
pub(super) fn list(page: &CoachingActsPage) -> SlackView {
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
    blocks.push(actions(page_buttons(page)));
    modal(&FormState::Acts { page: page.page }, "Questions given back", None, "Close", blocks)
}

fn entry_blocks(entry: &CoachingActEntry, nth: usize) -> [SlackBlock; 3] {
    let edit = button("Edit", ask::Action::Edit { act: entry.act.clone() }, nth);
    let delete = delete_button(
        ask::Action::Delete { act: entry.act.clone() },
        nth,
        "Delete this one?",
        "It is removed for good and no report counts it any more.",
    );
    let says = format!("{}: {}", date(entry.local_on), entry.question);
    [divider(), paragraph(&says), actions([edit, delete])]
}

fn page_buttons(page: &CoachingActsPage) -> Vec<SlackBlockButtonElement> {
    let mut buttons = vec![button("History", history::Action::Open { page: 0 }, 0)];
    if let Some(newer) = page.page.checked_sub(1) {
        buttons.push(button("Newer", ask::Action::List { page: newer }, 0));
    }
    if page.total > (u64::from(page.page) + 1) * u64::from(COACHING_ACTS_PAGE_SIZE) {
        buttons.push(button("Older", ask::Action::List { page: page.page.saturating_add(1) }, 1));
    }
    buttons
}
