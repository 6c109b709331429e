//! What happens to a workspace without a member using the app: administrators and profiles.

use crate::{BOT_USER, Sandbox, workspace::Rotation};
use serde_json::json;

/// Administers a workspace. Made by [`Sandbox::admin`].
#[derive(Clone, Copy)]
pub struct Admin<'a>(pub(crate) &'a Sandbox);

impl Admin<'_> {
    /// Removes the app, with both of Slack's events in either order.
    pub async fn uninstall(self, tokens_first: bool) {
        self.0.change(|state| state.revoked = true);
        let tokens = json!({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}});
        let gone = json!({"type": "app_uninstalled"});
        for event in if tokens_first { [tokens, gone] } else { [gone, tokens] } {
            self.0.deliveries().deliver_event(event).await;
        }
    }

    /// A member's status: emoji, text, and its end in Unix seconds (0: none).
    pub fn set_status(self, user: &str, emoji: &str, text: &str, until_s: i64) {
        self.0.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                user.status = (emoji.to_owned(), text.to_owned(), until_s);
            }
        });
    }

    /// A member's next Do Not Disturb window in Unix seconds.
    pub fn set_dnd(self, user: &str, window: Option<(i64, i64)>) {
        self.0.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                user.dnd = window;
            }
        });
    }

    /// A member's zone, with the event that tells of it.
    pub async fn set_zone(self, user: &str, zone: &str) {
        let profile = self.0.change(|state| {
            let team = state.team.clone();
            let user = state.users.get_mut(user)?;
            zone.clone_into(&mut user.tz);
            Some(user.json(&team))
        });
        if let Some(profile) = profile {
            self.0
                .deliveries()
                .deliver_event(json!({"type": "user_change", "user": profile, "event_ts": "1.1"}))
                .await;
        }
    }

    /// A member's zone, without the event: it got lost, or the app was not installed yet.
    pub fn set_zone_silently(self, user: &str, zone: &str) {
        self.0.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                zone.clone_into(&mut user.tz);
            }
        });
    }

    /// Deactivates a member's account.
    pub fn deactivate(self, user: &str) {
        self.0.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                user.deleted = true;
            }
        });
    }

    /// Activates a member's account again.
    pub fn reactivate(self, user: &str) {
        self.0.change(|state| {
            if let Some(user) = state.users.get_mut(user) {
                user.deleted = false;
            }
        });
    }

    /// Switches token rotation on in the app's settings, for good, as Slack does. What is installed from now on has
    /// tokens that expire.
    pub fn rotate_tokens(self) {
        self.0.change(|state| state.rotation = Some(Rotation::default()));
    }

    /// Takes a scope away, as an installation from before the app asked for it.
    pub fn withdraw_scope(self, scope: &str) {
        self.0.inner.change(|state| state.scopes.remove(scope));
    }

    /// Grants a scope.
    pub fn grant_scope(self, scope: &str) {
        self.0.inner.change(|state| state.scopes.insert(scope.to_owned()));
    }

    /// Switches the app's Messages tab off or on: nothing can be posted in a direct message while it is
    /// off.
    pub fn disable_messages_tab(self, disabled: bool) {
        self.0.inner.change(|state| state.messages_tab_disabled = disabled);
    }

    /// Limits histories to one call a minute and 15 messages, as for apps outside Slack's marketplace.
    pub fn limit_histories(self, limited: bool) {
        self.0.inner.change(|state| state.history_limited = limited);
    }
}
