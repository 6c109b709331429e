//! Builders for blocks, buttons and views on slack-morphism's Block Kit types, each within Slack's
//! limits (<https://docs.slack.dev/reference/block-kit>). The types know every field that the screens
//! send, so there is no JSON of our own here. `inputs` has the fields of a form.
//!
//! A member's text goes through [`quote`] or an input's initial value: Slack shows both as plain text.

use super::escape::cut;
use crate::{
    coach::{member_text::MemberText, screen::FormState},
    dispatch::Action,
    slack::payload::{FORM_CALLBACK, encode_button, encode_form},
};
use slack_morphism::{
    SlackActionId, SlackCallbackId,
    blocks::{
        SlackActionBlockElement, SlackActionsBlock, SlackBlock, SlackBlockButtonElement,
        SlackBlockButtonStyle, SlackBlockChoiceItem, SlackBlockConfirmItem, SlackBlockMarkDownText,
        SlackBlockPlainText, SlackBlockStaticSelectElement, SlackContextBlock, SlackDividerBlock,
        SlackHeaderBlock, SlackModalView, SlackRichTextBlock, SlackRichTextInlineElement,
        SlackRichTextPreformatted, SlackRichTextQuote, SlackRichTextSection, SlackSectionBlock, SlackView,
    },
};

/// A quotation shows this many characters. The rest is kept and not shown.
const QUOTE_CHARS: usize = 600;

/// Plain text within a limit.
pub(super) fn plain(text: &str, limit: usize) -> SlackBlockPlainText {
    SlackBlockPlainText::new(cut(text, limit)).with_emoji(true)
}

/// A paragraph with markup. It never holds a member's words.
pub(super) fn section(mrkdwn: &str) -> SlackBlock {
    let text = SlackBlockMarkDownText::new(cut(mrkdwn, 3_000));
    SlackSectionBlock::new().with_text(text.into()).into()
}

/// A paragraph with markup and a button beside it. It never holds a member's words.
pub(super) fn section_with_button(mrkdwn: &str, button: SlackBlockButtonElement) -> SlackBlock {
    let text = SlackBlockMarkDownText::new(cut(mrkdwn, 3_000));
    SlackSectionBlock::new().with_text(text.into()).with_accessory(button.into()).into()
}

/// A paragraph in which Slack reads no markup.
pub(super) fn paragraph(text: &str) -> SlackBlock {
    SlackSectionBlock::new().with_text(plain(text, 3_000).into()).into()
}

/// One paragraph for each line.
pub(super) fn paragraphs(lines: &[&str]) -> Vec<SlackBlock> {
    lines.iter().map(|line| paragraph(line)).collect()
}

pub(super) fn header(text: &str) -> SlackBlock {
    SlackHeaderBlock::new(plain(text, 150).into()).into()
}

/// Small print.
pub(super) fn context(text: &str) -> SlackBlock {
    SlackContextBlock::new(vec![plain(text, 2_000).into()]).into()
}

pub(super) fn divider() -> SlackBlock {
    SlackDividerBlock::new().into()
}

/// A member's words as a quotation. In rich text Slack reads no markup and sends no notifications.
pub(super) fn quote(words: &MemberText) -> SlackBlock {
    let text = cut(words.reveal(), QUOTE_CHARS);
    let text = if words.is_blank() { "(nothing to see)".to_owned() } else { text };
    let quotation = SlackRichTextQuote::new(vec![text.into()]);
    SlackRichTextBlock::new(vec![quotation.into()]).into()
}

/// Text that Slack offers to copy.
pub(super) fn preformatted(text: &str) -> SlackBlock {
    let text = cut(text, 3_000);
    // Slack refuses an empty text.
    let text = if text.is_empty() { " ".to_owned() } else { text };
    let preformatted = SlackRichTextPreformatted::new(vec![text.into()]);
    SlackRichTextBlock::new(vec![preformatted.into()]).into()
}

/// A line of rich text, for example with a member's name in it.
pub(super) fn rich_text(parts: Vec<SlackRichTextInlineElement>) -> SlackBlock {
    SlackRichTextBlock::new(vec![SlackRichTextSection::new(parts).into()]).into()
}

/// True when [`quote`] does not show everything.
pub(super) fn is_cut(words: &MemberText) -> bool {
    words.char_count() > QUOTE_CHARS
}

/// A button. `nth` tells apart buttons of one kind on one surface.
pub(super) fn button(label: &str, action: impl Into<Action>, nth: usize) -> SlackBlockButtonElement {
    let ids = encode_button(&action.into(), nth);
    SlackBlockButtonElement::new(plain(label, 30).into())
        .with_action_id(SlackActionId::new(ids.action_id))
        .with_value(ids.value)
}

/// The button that most people want.
pub(super) fn primary_button(label: &str, action: impl Into<Action>, nth: usize) -> SlackBlockButtonElement {
    button(label, action, nth).with_style(SlackBlockButtonStyle::Primary)
}

/// A button that takes something away.
pub(super) fn danger_button(label: &str, action: impl Into<Action>, nth: usize) -> SlackBlockButtonElement {
    button(label, action, nth).with_style(SlackBlockButtonStyle::Danger)
}

/// A button that asks before it acts.
pub(super) fn confirmed(
    button: SlackBlockButtonElement,
    title: &str,
    text: &str,
    confirm: &str,
    deny: &str,
) -> SlackBlockButtonElement {
    button.with_confirm(SlackBlockConfirmItem::new(
        plain(title, 100).into(),
        plain(text, 300).into(),
        plain(confirm, 30).into(),
        plain(deny, 30).into(),
    ))
}

/// *Delete*, which asks `title` first and says what goes.
pub(super) fn delete_button(
    action: impl Into<Action>,
    nth: usize,
    title: &str,
    text: &str,
) -> SlackBlockButtonElement {
    confirmed(danger_button("Delete", action, nth), title, text, "Delete", "Keep it")
}

/// A menu in which every choice is a button of the same kind.
pub(super) fn menu(
    placeholder: &str,
    choices: Vec<(&str, Action)>,
    nth: usize,
) -> SlackBlockStaticSelectElement {
    let option = |(label, action): &(&str, Action)| {
        SlackBlockChoiceItem::new(plain(label, 75).into(), encode_button(action, nth).value)
    };
    let action_id =
        choices.first().map(|(_, action)| SlackActionId::new(encode_button(action, nth).action_id));
    SlackBlockStaticSelectElement::new()
        .with_placeholder(plain(placeholder, 150).into())
        .opt_action_id(action_id)
        .with_options(choices.iter().map(option).collect())
}

/// A row of buttons and menus.
pub(super) fn actions<E: Into<SlackActionBlockElement>>(elements: impl IntoIterator<Item = E>) -> SlackBlock {
    SlackActionsBlock::new(elements.into_iter().map(Into::into).collect()).into()
}

/// A modal. Slack refuses one that has an input block and no `submit`.
pub(super) fn modal(
    state: &FormState,
    title: &str,
    submit: Option<&str>,
    close: &str,
    blocks: Vec<SlackBlock>,
) -> SlackView {
    let view = SlackModalView::new(plain(title, 24).into(), blocks)
        .with_callback_id(SlackCallbackId::new(FORM_CALLBACK.to_owned()))
        .with_private_metadata(encode_form(state))
        .with_close(plain(close, 24).into())
        .opt_submit(submit.map(|submit| plain(submit, 24).into()));
    SlackView::Modal(view)
}
