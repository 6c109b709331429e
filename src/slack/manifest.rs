//! The Slack app manifest, pure (<https://docs.slack.dev/reference/app-manifest>), and the table of
//! scopes, each with the feature that needs it. The manifest, `doctor`, the installation and the README
//! all use that table.

use super::payload::{ASK_SHORTCUT, CHECKIN_SHORTCUT};
use serde_json::{Value, json};
use url::Url;

/// A bot scope and the feature that needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Slack's name for it.
    pub name: &'static str,
    /// Why LeadLens asks for it.
    pub reason: &'static str,
    /// What does not work without it.
    pub without: &'static str,
    /// The methods and events that need it.
    pub used_by: &'static [&'static str],
}

/// All bot scopes. Each of them is used by a feature.
pub const SCOPES: [Scope; 9] = [
    Scope {
        name: "commands",
        reason: "the /leadlens command and the shortcuts Check in and Ask, don't fix",
        without: "no command and no shortcut reaches LeadLens",
        used_by: &["slash command", "shortcut"],
    },
    Scope {
        name: "chat:write",
        reason: "questions, reports and answers in the direct message",
        without: "nothing can be sent: questions, reports and answers wait",
        used_by: &["chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral"],
    },
    Scope {
        name: "im:write",
        reason: "opening the direct message with a member",
        without: "members to whom LeadLens has not written yet get no message; theirs wait",
        used_by: &["conversations.open"],
    },
    Scope {
        name: "im:history",
        reason: "reading answers in the direct message, and finding a message that may have been sent already",
        without: "answers written in the direct message do not arrive, Keep waits, and so does a message that may have been sent already",
        used_by: &["message.im", "conversations.history", "conversations.replies"],
    },
    Scope {
        name: "reactions:write",
        reason: "a check mark on a message of yours that was kept",
        without: "a kept message gets no check mark",
        used_by: &["reactions.add", "reactions.remove"],
    },
    Scope {
        name: "users:read",
        reason: "a member's time zone and away status, so that no question comes at the wrong hour, and the names of those whom a member mentions",
        without: "time zones and statuses are unknown: questions come by the schedule alone, also to somebody on vacation, and feedback rounds cannot begin",
        used_by: &["users.info", "users.list", "user_change"],
    },
    Scope {
        name: "dnd:read",
        reason: "Do Not Disturb, so that no question comes during it",
        without: "Do Not Disturb is unknown: questions come during it, outside quiet hours",
        used_by: &["dnd.teamInfo"],
    },
    Scope {
        name: "files:read",
        reason: "reading a calendar that a member uploads to an audit, and finding the messages of LeadLens's own files, to delete them",
        without: "uploaded calendars cannot be read",
        used_by: &["files.info", "url_private_download"],
    },
    Scope {
        name: "files:write",
        reason: "delivering a member's own export and the picture of a report in the direct message, and deleting them again",
        without: "exports wait, and reports come without a picture where charts are refused",
        used_by: &["files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"],
    },
];

/// The events that LeadLens subscribes to.
pub const BOT_EVENTS: [&str; 5] =
    ["app_home_opened", "app_uninstalled", "message.im", "tokens_revoked", "user_change"];

/// How Slack delivers to the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// Socket Mode.
    Socket,
    /// HTTP, to this public base address.
    Http(&'a Url),
}

/// The scope that a method needs; `None` for a method that needs none.
pub fn scope_of(method: &str) -> Option<&'static Scope> {
    SCOPES.iter().find(|scope| scope.used_by.contains(&method))
}

/// The names of all bot scopes.
pub fn scope_names() -> Vec<&'static str> {
    SCOPES.iter().map(|scope| scope.name).collect()
}

/// Builds the manifest. `redirect` is the public base address when workspaces install the app by OAuth.
pub fn manifest(delivery: Delivery<'_>, redirect: Option<&Url>) -> Value {
    let events_url = match delivery {
        Delivery::Socket => None,
        Delivery::Http(base) => Some(join(base, "slack/events")),
    };
    let mut command = json!({
        "command": "/leadlens",
        "description": "Coach yourself: a question, your answer, your two hats",
        "usage_hint": "checkin | nudge | schedule | report | feedback @a @b @c | history | help",
        "should_escape": true,
    });
    let mut interactivity = json!({"is_enabled": true});
    let mut subscriptions = json!({"bot_events": BOT_EVENTS});
    if let Some(url) = &events_url {
        command["url"] = json!(url);
        interactivity["request_url"] = json!(url);
        subscriptions["request_url"] = json!(url);
    }
    let mut oauth = json!({"scopes": {"bot": scope_names()}});
    if let Some(base) = redirect {
        oauth["redirect_urls"] = json!([join(base, "slack/oauth_redirect")]);
    }
    json!({
        "display_information": {
            "name": "LeadLens",
            "description": "A coach that asks: which hat does the room need now?",
            "background_color": "#2f3e46",
        },
        "features": {
            "app_home": {"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false},
            "bot_user": {"display_name": "LeadLens", "always_online": true},
            "shortcuts": [{
                "name": "Check in", "type": "global", "callback_id": CHECKIN_SHORTCUT,
                "description": "Think one thing through, in under a minute",
            }, {
                "name": "Ask, don't fix", "type": "message", "callback_id": ASK_SHORTCUT,
                "description": "Someone asks you for an answer: give a question back",
            }],
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": false,
            "socket_mode_enabled": events_url.is_none(),
            "token_rotation_enabled": false,
        },
    })
}

fn join(base: &Url, path: &str) -> String {
    format!("{}/{path}", base.as_str().trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_keeps_slacks_limits_and_names_every_scope_once() {
        let url: Url = "https://leadlens.example.com/".parse().unwrap();
        let manifest = manifest(Delivery::Http(&url), Some(&url));
        assert_eq!(
            manifest["settings"]["event_subscriptions"]["request_url"],
            "https://leadlens.example.com/slack/events"
        );
        assert_eq!(
            manifest["oauth_config"]["redirect_urls"][0],
            "https://leadlens.example.com/slack/oauth_redirect"
        );
        assert!(manifest["display_information"]["name"].as_str().unwrap().len() <= 35);
        assert!(manifest["display_information"]["description"].as_str().unwrap().len() <= 140);
        assert!(manifest["features"]["shortcuts"][0]["name"].as_str().unwrap().len() <= 24);
        let mut names = scope_names();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SCOPES.len());
    }

    #[test]
    fn socket_mode_needs_no_address() {
        let text = manifest(Delivery::Socket, None).to_string();
        assert!(!text.contains("http"), "{text}");
        assert!(text.contains(r#""socket_mode_enabled":true"#));
    }

    /// Every method that these sources name is listed under a scope, or needs none.
    #[test]
    fn every_method_called_has_its_scope() {
        const NO_SCOPE: [&str; 9] = [
            "files.slack.com",
            "auth.test",
            "views.open",
            "views.update",
            "views.publish",
            "apps.connections.open",
            "oauth.v2.access",
            "response_url",
            "upload",
        ];
        let sources = [
            include_str!("delivery/sender.rs"),
            include_str!("delivery/reconcile.rs"),
            include_str!("delivery/presence.rs"),
            include_str!("delivery/file_upload.rs"),
            include_str!("post_ack.rs"),
            include_str!("web_api.rs"),
            include_str!("delivery/file_download.rs"),
            include_str!("install/mod.rs"),
        ];
        let mut checked = 0;
        for source in sources {
            for literal in source.split('"').skip(1).step_by(2) {
                let is_method =
                    ["chat.", "conversations.", "users.", "dnd.", "files.", "views.", "reactions."]
                        .iter()
                        .any(|family| literal.starts_with(family) && !literal.contains(' '));
                if is_method && !NO_SCOPE.contains(&literal) {
                    checked += 1;
                    assert!(
                        SCOPES.iter().any(|scope| scope.used_by.contains(&literal)),
                        "{literal} has no scope"
                    );
                }
            }
        }
        assert!(checked > 5);
    }
}
