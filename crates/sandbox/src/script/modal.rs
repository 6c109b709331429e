//! What a member does in the open modal.

use super::{DeliveryResult, NeverHappened, Person, missing, payload, take_in};
use crate::{
    APP_ID, Delivered,
    deliver::{self, Kind},
    transcript,
    workspace::View,
};
use serde_json::{Value, json};

/// The topmost open modal of a member. Made by [`Person::in_modal`].
#[derive(Clone, Copy)]
pub struct Modal<'a>(pub(super) &'a Person);

impl Modal<'_> {
    /// The topmost open modal.
    pub fn view(self) -> Option<View> {
        self.0.sandbox.look(|state| state.modal(&self.0.user).cloned())
    }

    /// Waits for a modal with that title.
    ///
    /// # Errors
    /// [`NeverHappened`] when none opens.
    pub async fn sees(self, title: &str) -> Result<View, NeverHappened> {
        self.0
            .sandbox
            .until(&format!("{} sees a modal \"{title}\"", self.0.user), |state| {
                state
                    .modal(&self.0.user)
                    .filter(|view| transcript::plain(&view.content["title"]) == title)
                    .cloned()
            })
            .await
    }

    /// Taps a button of the open modal.
    ///
    /// # Errors
    /// [`NeverHappened`] when no modal is open or it has no such button.
    pub async fn clicks(self, label: &str) -> DeliveryResult {
        let view = self.view().ok_or_else(|| missing(&self.0.sandbox, "an open modal"))?;
        self.0.taps_view(&view, label).await
    }

    /// Presses Enter in an input of the open modal that acts on it.
    ///
    /// # Errors
    /// [`NeverHappened`] when no modal is open or it has no such input.
    pub async fn presses_enter(self, input: &str) -> DeliveryResult {
        let view = self.view().ok_or_else(|| missing(&self.0.sandbox, "an open modal"))?;
        let acts = |block_id: &str| {
            let mut blocks = view.content["blocks"].as_array().into_iter().flatten();
            blocks.any(|block| block["block_id"] == block_id && block["dispatch_action"] == true)
        };
        let found = payload::find_input(&view, input).filter(|(block_id, _)| acts(block_id));
        let (block_id, element) =
            found.ok_or_else(|| missing(&self.0.sandbox, format!("an input {input} that acts")))?;
        let value = view.values.get(block_id).map_or(Value::Null, |value| value["value"].clone());
        let action = json!({"type": "plain_text_input", "block_id": block_id, "action_id": element["action_id"], "value": value});
        Ok(self.0.acts_in_view(&view, action).await)
    }

    /// Fills an input of the open modal, named by its block or action id: text, a date, a time, or the
    /// label of a choice; several choices are separated by commas.
    ///
    /// # Errors
    /// [`NeverHappened`] when there is no such input, or it does not take the value, as Slack's
    /// client would not.
    pub fn fills(self, input: &str, value: &str) -> Result<(), NeverHappened> {
        let view = self.view().ok_or_else(|| missing(&self.0.sandbox, "an open modal"))?;
        let found = payload::find_input(&view, input);
        let filled = found.and_then(|(id, element)| Some((id, payload::filled(element, value)?)));
        let (block_id, filled) = filled
            .ok_or_else(|| missing(&self.0.sandbox, format!("an input {input} that takes that value")))?;
        self.0.sandbox.change(|state| {
            if let Some(view) = state.views.get_mut(&view.id) {
                view.values.insert(block_id.to_owned(), filled);
            }
        });
        Ok(())
    }

    /// Uploads a file into a file input of the open modal.
    ///
    /// # Errors
    /// [`NeverHappened`] when there is no such input, or it does not take files of that kind.
    pub fn attaches(self, input: &str, name: &str, bytes: &[u8]) -> Result<(), NeverHappened> {
        let view = self.view().ok_or_else(|| missing(&self.0.sandbox, "an open modal"))?;
        let takes = |element: &Value| {
            let kinds = element["filetypes"].as_array();
            let kind = name.rsplit('.').next().unwrap_or_default();
            element["type"] == "file_input"
                && kinds.is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind))
        };
        let found = payload::find_input(&view, input).filter(|(_, element)| takes(element));
        let (block_id, _) =
            found.ok_or_else(|| missing(&self.0.sandbox, format!("a file input {input} for {name}")))?;
        let id = self.0.uploads(name, bytes.to_vec());
        self.0.sandbox.change(|state| {
            let files = json!([{"id": id, "name": name, "size": bytes.len(), "user": self.0.user}]);
            if let Some(view) = state.views.get_mut(&view.id) {
                view.values.insert(block_id.to_owned(), json!({"type": "file_input", "files": files}));
            }
        });
        Ok(())
    }

    /// Submits the open modal and takes in what the app answers: errors, another form, closing.
    ///
    /// # Errors
    /// [`NeverHappened`] when no modal is open, or a required input is empty, which Slack's client
    /// does not submit.
    pub async fn submits(self) -> DeliveryResult {
        let view = self.view().ok_or_else(|| missing(&self.0.sandbox, "an open modal"))?;
        if let Some(block_id) = payload::empty_required(&view) {
            return Err(missing(&self.0.sandbox, format!("something in the required input {block_id}")));
        }
        let payload = self.0.sandbox.change(|state| {
            let trigger = self.0.trigger(state, self.0.sandbox.now_ms());
            let mut payload = payload::base(state, &self.0.user, "view_submission", &trigger);
            payload["view"] = state.view_json(&view, APP_ID);
            payload["response_urls"] = json!([]);
            payload
        });
        Ok(self.submits_payload(&view.id, payload).await)
    }

    /// Delivers a submission as it is given, for forged and repeated ones.
    pub async fn submits_payload(self, view: &str, payload: Value) -> Delivered {
        let delivered = deliver::deliver(&self.0.sandbox.inner, Kind::Interaction, payload).await;
        self.0.sandbox.change(|state| take_in(state, &self.0.user, view, &delivered));
        delivered
    }

    /// Closes the open modal without submitting it.
    pub fn closes(self) {
        self.0.sandbox.change(|state| {
            if let Some(stack) = state.stacks.get_mut(&self.0.user) {
                stack.pop();
            }
        });
    }

    /// Closes the topmost form; the app hears of it when the form asked for that.
    pub async fn dismisses(self) {
        let Some(view) = self.view() else { return };
        self.closes();
        if view.content["notify_on_close"] != true {
            return;
        }
        let payload = self.0.sandbox.change(|state| {
            let trigger = state.id("trigger.");
            let mut payload = payload::base(state, &self.0.user, "view_closed", &trigger);
            payload["view"] = state.view_json(&view, APP_ID);
            payload["is_cleared"] = json!(false);
            payload
        });
        deliver::deliver(&self.0.sandbox.inner, Kind::Interaction, payload).await;
    }
}
