//! What happens to a workspace without a member using the app: administrators, profiles, and
//! deliveries that a test makes up.

use super::payload;
use crate::{
    BOT_USER, Delivered, Sandbox,
    deliver::{self, Kind},
};
use serde_json::{Value, json};

impl Sandbox {
    /// Delivers an event as it is given.
    pub async fn deliver_event(&self, event: Value) -> Delivered {
        let now_ms = self.now_ms();
        let payload = self.change(|state| payload::event(state, &event, now_ms));
        deliver::deliver(&self.inner, Kind::Event, payload).await
    }

    /// Delivers an interaction as it is given.
    pub async fn deliver_interaction(&self, payload: Value) -> Delivered {
        deliver::deliver(&self.inner, Kind::Interaction, payload).await
    }

    /// Removes the app, with both of Slack's events in either order.
    pub async fn uninstall(&self, tokens_first: bool) {
        self.change(|state| state.revoked = true);
        let tokens = json!({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}});
        let gone = json!({"type": "app_uninstalled"});
        for event in if tokens_first { [tokens, gone] } else { [gone, tokens] } {
            self.deliver_event(event).await;
        }
    }

    /// A member's status: emoji, text, and its end in Unix seconds (0: none).
    pub fn set_status(&self, user: &str, emoji: &str, text: &str, until_s: i64) {
        self.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                user.status = (emoji.to_owned(), text.to_owned(), until_s);
            }
        });
    }

    /// A member's next Do Not Disturb window in Unix seconds.
    pub fn set_dnd(&self, user: &str, window: Option<(i64, i64)>) {
        self.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                user.dnd = window;
            }
        });
    }

    /// A member's zone, with the event that tells of it.
    pub async fn set_zone(&self, user: &str, zone: &str) {
        let profile = self.change(|state| {
            let team = state.team.clone();
            let user = state.users.get_mut(user)?;
            zone.clone_into(&mut user.tz);
            Some(user.json(&team))
        });
        if let Some(profile) = profile {
            self.deliver_event(json!({"type": "user_change", "user": profile, "event_ts": "1.1"})).await;
        }
    }

    /// A member's zone, without the event: it got lost, or the app was not installed yet.
    pub fn set_zone_silently(&self, user: &str, zone: &str) {
        self.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                zone.clone_into(&mut user.tz);
            }
        });
    }

    /// Deactivates a member's account.
    pub fn deactivate(&self, user: &str) {
        self.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                user.deleted = true;
            }
        });
    }

    /// Activates a member's account again.
    pub fn reactivate(&self, user: &str) {
        self.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                user.deleted = false;
            }
        });
    }
}
