//! What an acknowledgement does to the modal that was submitted, as Slack's client does it
//! (<https://docs.slack.dev/surfaces/modals#updating_response>).

use crate::{
    Delivered, blocks,
    workspace::{MOST_VIEWS, View, Workspace},
};
use std::collections::BTreeMap;

/// Slack's own sentence when an app does not answer a form.
const TROUBLE: &str = "We had some trouble connecting. Try again?";

/// What an acknowledgement does to the modal that was submitted.
pub(super) fn take_in(state: &mut Workspace, user: &str, view: &str, delivered: &Delivered) {
    let trouble = |state: &mut Workspace| {
        if let Some(view) = state.views.get_mut(view) {
            view.trouble = Some(TROUBLE.to_owned());
        }
    };
    if !delivered.acked {
        return trouble(state);
    }
    let Some(ack) = delivered.ack.as_ref().filter(|ack| !ack["response_action"].is_null()) else {
        if let Some(stack) = state.stacks.get_mut(user) {
            stack.retain(|id| id != view);
        }
        return;
    };
    match ack["response_action"].as_str().unwrap_or_default() {
        "errors" => {
            let errors: BTreeMap<String, String> = ack["errors"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(block, says)| (block.clone(), says.as_str().unwrap_or_default().to_owned()))
                .collect();
            let known = |view: &View| {
                errors.keys().all(|id| {
                    view.content["blocks"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .any(|block| block["block_id"] == id.as_str() && block["type"] == "input")
                })
            };
            if errors.is_empty() || !state.views.get(view).is_some_and(known) {
                return trouble(state);
            }
            if let Some(view) = state.views.get_mut(view) {
                view.errors = errors;
                view.trouble = None;
            }
        }
        "push" if state.stacks.get(user).map_or(0, Vec::len) >= MOST_VIEWS => trouble(state),
        "update" | "push" if !blocks::check_view(&ack["view"]).is_empty() => trouble(state),
        "update" => state.put_content(view, ack["view"].clone()),
        "push" => {
            state.push_view(user, ack["view"].clone());
        }
        "clear" => {
            state.stacks.remove(user);
        }
        _ => trouble(state),
    }
}
