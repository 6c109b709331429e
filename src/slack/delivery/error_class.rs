//! Classifies failed calls, pure: permanent errors with what they stop, and transient ones, which are
//! retried for as long as they last. An error in neither list is retried [`MAX_ATTEMPTS`] times. A new
//! code of Slack gets a line in one of the two lists.

use crate::{interaction::FailureScope, slack::web_api::CallError};

/// How often something is tried that fails with an unlisted code. With growing waits that takes about a
/// quarter of an hour.
pub(super) const MAX_ATTEMPTS: u32 = 10;

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
        "channel_not_found"
        | "user_disabled"
        | "user_not_found"
        | "user_not_visible"
        | "users_not_found"
        | "is_archived"
        | "not_in_channel"
        | "cannot_dm_bot"
        | "messages_tab_disabled"
        | "restricted_action" => Some(FailureScope::Member),
        "token_revoked"
        | "token_expired"
        | "account_inactive"
        | "invalid_auth"
        | "not_authed"
        | "no_permission"
        | "missing_scope"
        | "not_allowed_token_type"
        | "team_access_not_granted"
        | "team_not_found"
        | "enterprise_is_restricted"
        | "ekm_access_denied"
        | "org_login_required" => Some(FailureScope::Workspace),
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
            ("messages_tab_disabled", FailureScope::Member),
            ("restricted_action", FailureScope::Member),
            ("account_inactive", FailureScope::Workspace),
            ("token_revoked", FailureScope::Workspace),
            ("invalid_auth", FailureScope::Workspace),
            ("not_authed", FailureScope::Workspace),
        ] {
            assert_eq!(permanent_scope(code), Some(scope), "{code}");
            assert!(!is_transient(&CallError::Slack(code.to_owned())), "{code} is in both lists");
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
