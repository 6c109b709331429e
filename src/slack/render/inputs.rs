//! Builders for the fields of a form. The block and its element carry the id of the [`Field`];
//! `block_ids` tells the blocks of one field apart.

use super::blocks::plain;
use crate::{
    coach::{
        member_text::{MAX_FORM_CHARS, MemberText},
        screen::Field,
    },
    slack::payload::field_id,
};
use jiff::civil::{Date, Time};
use slack_morphism::{
    SlackActionId,
    blocks::{
        SlackBlockCheckboxesElement, SlackBlockChoiceItem, SlackBlockDatePickerElement, SlackBlockId,
        SlackBlockPlainText, SlackBlockPlainTextInputElement, SlackBlockPlainTextOnly,
        SlackBlockRadioButtonsElement, SlackBlockStaticSelectElement, SlackBlockText,
        SlackBlockTimePickerElement, SlackInputBlock, SlackInputBlockElement,
    },
};

/// A choice of a menu.
pub(super) type MenuChoice = SlackBlockChoiceItem<SlackBlockPlainTextOnly>;

/// A choice of radio buttons or checkboxes.
pub(super) type ListChoice = SlackBlockChoiceItem<SlackBlockText>;

/// A field that has to be filled.
pub(super) fn required(
    field: Field,
    label: &str,
    element: impl Into<SlackInputBlockElement>,
) -> SlackInputBlock {
    SlackInputBlock::new(plain(label, 2_000).into(), element.into())
        .with_block_id(SlackBlockId::new(field_id(field).to_owned()))
        .with_optional(false)
}

/// A field that may stay empty.
pub(super) fn optional(
    field: Field,
    label: &str,
    element: impl Into<SlackInputBlockElement>,
) -> SlackInputBlock {
    required(field, label, element).with_optional(true)
}

/// Small print below a field.
pub(super) fn hint(text: &str) -> SlackBlockPlainTextOnly {
    plain(text, 2_000).into()
}

/// What an empty field shows.
pub(super) fn placeholder(text: &str) -> SlackBlockPlainTextOnly {
    plain(text, 150).into()
}

pub(super) fn action_id(field: Field) -> SlackActionId {
    SlackActionId::new(field_id(field).to_owned())
}

/// A text input of one line.
///
/// It holds up to 3,000 characters. A longer text (a reply in the DM) does not fit; the caller tells
/// the member to edit the message instead.
pub(super) fn line_input(
    field: Field,
    initial: &MemberText,
    placeholder_text: &str,
) -> SlackBlockPlainTextInputElement {
    let fits = !initial.reveal().is_empty() && initial.char_count() <= MAX_FORM_CHARS;
    SlackBlockPlainTextInputElement::new()
        .with_action_id(action_id(field))
        .with_multiline(false)
        .with_max_length(MAX_FORM_CHARS as u64)
        .with_placeholder(placeholder(placeholder_text))
        .opt_initial_value(fits.then(|| initial.reveal().to_owned()))
}

/// A text input of several lines, with the limit of [`line_input`].
pub(super) fn text_input(
    field: Field,
    initial: &MemberText,
    placeholder_text: &str,
) -> SlackBlockPlainTextInputElement {
    line_input(field, initial, placeholder_text).with_multiline(true)
}

/// An option of a menu, radio button group or checkbox group.
pub(super) fn choice<T>(value: &str, label: &str) -> SlackBlockChoiceItem<T>
where
    T: From<SlackBlockPlainText> + Into<SlackBlockText>,
{
    SlackBlockChoiceItem::new(plain(label, 75).into(), value.to_owned())
}

fn find<T: Into<SlackBlockText> + Clone>(
    choices: &[SlackBlockChoiceItem<T>],
    chosen: Option<&str>,
) -> Option<SlackBlockChoiceItem<T>> {
    choices.iter().find(|choice| Some(choice.value.as_str()) == chosen).cloned()
}

/// A menu with the chosen value preset.
pub(super) fn select(
    field: Field,
    choices: Vec<MenuChoice>,
    chosen: Option<&str>,
) -> SlackBlockStaticSelectElement {
    let initial = find(&choices, chosen);
    SlackBlockStaticSelectElement::new()
        .with_action_id(action_id(field))
        .with_options(choices)
        .opt_initial_option(initial)
}

/// Radio buttons with the chosen value preset.
pub(super) fn radio_buttons(
    field: Field,
    choices: Vec<ListChoice>,
    chosen: Option<&str>,
) -> SlackBlockRadioButtonsElement {
    let initial = find(&choices, chosen);
    SlackBlockRadioButtonsElement::new(choices).with_action_id(action_id(field)).opt_initial_option(initial)
}

/// Checkboxes with the chosen values ticked.
pub(super) fn checkboxes(
    field: Field,
    choices: Vec<ListChoice>,
    chosen: Vec<ListChoice>,
) -> SlackBlockCheckboxesElement {
    // Slack refuses an empty list of initial options.
    let chosen = (!chosen.is_empty()).then_some(chosen);
    SlackBlockCheckboxesElement::new(choices).with_action_id(action_id(field)).opt_initial_options(chosen)
}

pub(super) fn time_picker(field: Field, initial: Option<Time>) -> SlackBlockTimePickerElement {
    SlackBlockTimePickerElement::new()
        .with_action_id(action_id(field))
        .with_placeholder(placeholder("Choose a time"))
        .opt_initial_time(initial.map(|time| time.strftime("%H:%M").to_string()))
}

pub(super) fn date_picker(field: Field, initial: Option<Date>) -> SlackBlockDatePickerElement {
    SlackBlockDatePickerElement::new()
        .with_action_id(action_id(field))
        .with_placeholder(placeholder("Choose a date"))
        .opt_initial_date(initial.map(|on| on.to_string()))
}
