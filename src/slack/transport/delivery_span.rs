//! The tracing span of one delivery. It holds ids and kinds only, never a member's text.

use crate::{coach::ids::TeamId, slack::inbound::Kind};
use serde_json::Value;
use tracing::{Span, field};

/// The span of a delivery. `delivery.key` is recorded where the key is known, after parsing.
pub(super) fn delivery_span(kind: Kind, payload: &Value) -> Span {
    let span = tracing::info_span!(
        "delivery",
        delivery.kind = kind.as_str(),
        delivery.key = field::Empty,
        workspace.id = field::Empty,
    );
    if let Some(team) = workspace_of(payload) {
        span.record("workspace.id", field::display(team));
    }
    span
}

/// Commands and events carry the id in `team_id`, interactions in `team.id`. Only what parses as an id
/// is used, so a payload that is not Slack's cannot write into the log.
fn workspace_of(payload: &Value) -> Option<TeamId> {
    let id = payload["team_id"].as_str().or_else(|| payload["team"]["id"].as_str())?;
    TeamId::parse(id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_workspace_of_every_kind_of_payload_is_found_and_other_text_is_not() {
        let t1 = TeamId::parse("T1").ok();
        assert_eq!(workspace_of(&json!({"team_id": "T1"})), t1);
        assert_eq!(workspace_of(&json!({"team": {"id": "T1"}})), t1);
        assert_eq!(workspace_of(&json!({"team": null, "user": {}})), None);
        assert_eq!(workspace_of(&json!({"team_id": "I feel tired"})), None);
        assert_eq!(workspace_of(&json!(7)), None);
    }
}
