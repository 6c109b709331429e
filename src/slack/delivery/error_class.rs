//! Classifies failed calls, pure: permanent errors with what they stop, and transient ones, which are
//! retried for as long as they last. An error in neither list is retried [`MAX_ATTEMPTS`] times. A new
//! code of Slack gets a line in one of the two lists.

use crate::{
    interaction::{FailureScope, HoldReason},
    slack::{manifest, web_api::CallError},
};

/// Codes for a message that does not exist any more.
pub(super) const GONE_MESSAGE: [&str; 2] = ["message_not_found", "channel_not_found"];

/// How often something is tried that fails with an unlisted code. With growing waits that takes about a
/// quarter of an hour.
pub(super) const MAX_ATTEMPTS: u32 = 10;

/// What has to wait because of an error, and until when; `None` for every other error. Everything of the
/// workspace waits for an administrator to mend it, or what needs a scope for the scope.
pub(super) fn hold_reason(method: &str, code: &str) -> Option<HoldReason> {
    match code {
        "missing_scope" => Some(match manifest::scope_of(method) {
            Some(scope) => HoldReason::MissingScope(scope.name),
            None => HoldReason::Workspace(code.to_owned()),
        }),
        _ if is_about_token(code) => Some(HoldReason::Workspace(code.to_owned())),
        // The Messages tab is switched off in the app's settings, for every member at once
        // (<https://docs.slack.dev/surfaces/app-home#messages-tab>).
        "messages_tab_disabled"
        | "no_permission"
        | "not_allowed_token_type"
        | "ekm_access_denied"
        | "enterprise_is_restricted" => Some(HoldReason::Workspace(code.to_owned())),
        _ => None,
    }
}

/// Whether an error means that Slack does not take the token, so that an answer of `auth.test` proves that it
/// is over.
pub fn is_about_token(code: &str) -> bool {
    matches!(
        code,
        "token_revoked"
            | "token_expired"
            | "account_inactive"
            | "invalid_auth"
            | "not_authed"
            | "not_installed"
            | "team_access_not_granted"
            | "team_not_found"
            | "org_login_required"
    )
}

/// What a permanent error stops; `None` for every other error
/// (<https://docs.slack.dev/reference/methods/chat.postMessage#errors>).
pub(super) fn permanent_scope(code: &str) -> Option<FailureScope> {
    match code {
        "invalid_blocks"
        | "invalid_blocks_format"
        | "msg_too_long"
        | "msg_blocks_too_long"
        | "no_text"
        | "message_not_found"
        | "cant_update_message"
        | "cant_delete_message"
        | "edit_window_closed"
        | "invalid_arguments"
        | "invalid_metadata_format"
        | "invalid_metadata_schema"
        | "metadata_too_large"
        | "metadata_must_be_sent_from_app"
        | "too_many_attachments"
        | "thread_not_found"
        | "cannot_reply_to_message"
        | "foreign_host" => Some(FailureScope::Message),
        "channel_not_found" | "user_disabled" | "user_not_found" | "user_not_visible" | "users_not_found"
        | "is_archived" | "not_in_channel" | "cannot_dm_bot" | "restricted_action" => {
            Some(FailureScope::Member)
        }
        _ => None,
    }
}

/// Whether the failure is temporary: a problem of the network, a limit, or an outage of Slack.
pub(super) fn is_transient(error: &CallError) -> bool {
    match error {
        CallError::RateLimited { .. } | CallError::NotConnected | CallError::NoAnswer => true,
        CallError::Http(status) => *status >= 500 || matches!(status, 408 | 425 | 429),
        CallError::Slack(code) => matches!(
            code.as_str(),
            "ratelimited"
                | "rate_limited"
                | "message_limit_exceeded"
                | "internal_error"
                | "fatal_error"
                | "request_timeout"
                | "service_unavailable"
                | "accesslimited"
                // The workspace is being moved to an organisation; Slack answers again after that.
                | "team_added_to_org"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permanent_error_stops_what_depends_on_it_and_nothing_else() {
        for (code, scope) in [
            ("invalid_blocks", FailureScope::Message),
            ("msg_too_long", FailureScope::Message),
            ("message_not_found", FailureScope::Message),
            ("channel_not_found", FailureScope::Member),
            ("user_disabled", FailureScope::Member),
            ("is_archived", FailureScope::Member),
            ("restricted_action", FailureScope::Member),
        ] {
            assert_eq!(permanent_scope(code), Some(scope), "{code}");
            assert_eq!(hold_reason("chat.postMessage", code), None, "{code}");
            assert!(!is_transient(&CallError::Slack(code.to_owned())), "{code} is in both lists");
        }
    }

    #[test]
    fn an_error_that_concerns_a_workspace_holds_and_ends_nothing() {
        for code in [
            "account_inactive",
            "token_revoked",
            "invalid_auth",
            "not_authed",
            "org_login_required",
            "messages_tab_disabled",
            "team_access_not_granted",
        ] {
            let held = Some(HoldReason::Workspace(code.to_owned()));
            assert_eq!(hold_reason("chat.postMessage", code), held, "{code}");
            assert_eq!(permanent_scope(code), None, "{code}");
            assert!(!is_transient(&CallError::Slack(code.to_owned())), "{code}");
        }
        for (method, scope) in [
            ("chat.postMessage", "chat:write"),
            ("conversations.open", "im:write"),
            ("conversations.history", "im:history"),
            ("users.list", "users:read"),
            ("dnd.teamInfo", "dnd:read"),
            ("files.info", "files:read"),
            ("files.completeUploadExternal", "files:write"),
        ] {
            assert_eq!(
                hold_reason(method, "missing_scope"),
                Some(HoldReason::MissingScope(scope)),
                "{method}"
            );
        }
    }

    #[test]
    fn a_transient_error_is_never_permanent() {
        for code in [
            "ratelimited",
            "internal_error",
            "fatal_error",
            "service_unavailable",
            "request_timeout",
            "team_added_to_org",
        ] {
            assert_eq!(permanent_scope(code), None, "{code}");
            assert!(is_transient(&CallError::Slack(code.to_owned())), "{code}");
        }
        for error in [CallError::NotConnected, CallError::NoAnswer, CallError::Http(503)] {
            assert!(is_transient(&error), "{error}");
        }
        for error in [CallError::Http(403), CallError::Slack("a_code_of_next_year".to_owned())] {
            assert!(!is_transient(&error), "{error}");
        }
    }
}
