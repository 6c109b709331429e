//! What a delivery changed, as it is stored beside its key: versioned JSON such as
//! `{"v":1,"feature":"plan","effect":{"stored":{"plan":"01K…"}}}`. It holds ids and never text. A delivery
//! that comes again changes nothing and is answered from its effect, by the code that answered it first.

use crate::features::{
    ask, audit, checkin, direct_message, feedback, history, llm_follow_up, nudge, onboarding, plan, privacy,
    report, room, schedule, workspace,
};
use serde::{Deserialize, Serialize};

/// The version that is written today.
const VERSION: u32 = 1;

/// What a delivery changed, by the feature that did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "feature", content = "effect", rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing to tell the member.
    None,
    Ask(ask::Effect),
    Audit(audit::Effect),
    Checkin(checkin::Effect),
    DirectMessage(direct_message::Effect),
    Feedback(feedback::Effect),
    FeedbackAnswer(feedback::AnswerEffect),
    History(history::Effect),
    LlmFollowUp(llm_follow_up::Effect),
    Nudge(nudge::Effect),
    Onboarding(onboarding::Effect),
    Plan(plan::Effect),
    Privacy(privacy::Effect),
    Report(report::Effect),
    Room(room::Effect),
    Schedule(schedule::Effect),
    Workspace(workspace::Effect),
}

/// A stored effect that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored effect of a delivery is malformed; its redelivery gets an empty answer")]
pub struct MalformedEffect;

#[derive(Serialize, Deserialize)]
struct Stored<E> {
    v: u32,
    #[serde(flatten)]
    effect: E,
}

impl Effect {
    /// As it is stored.
    pub fn to_text(&self) -> String {
        // Serializing these types cannot fail: every key is a string and nothing in them is fallible.
        serde_json::to_string(&Stored { v: VERSION, effect: self }).unwrap_or_default()
    }

    /// Reads what is stored.
    ///
    /// # Errors
    /// [`MalformedEffect`] when neither this version nor an older one wrote the text.
    pub fn parse(text: Option<&str>) -> Result<Self, MalformedEffect> {
        let Some(text) = text else { return Ok(Effect::None) };
        match serde_json::from_str::<Stored<Effect>>(text) {
            Ok(Stored { v: VERSION, effect }) => Some(effect),
            Ok(_) => None,
            Err(_) => legacy(text),
        }
        .ok_or(MalformedEffect)
    }
}

/// What older versions wrote: a word, or a word and an id with a colon between them. Screens that were
/// only opened are not here: nothing was changed, and they are not opened again.
fn legacy(text: &str) -> Option<Effect> {
    if let Some((kind, id)) = text.split_once(':') {
        return Some(match kind {
            "reflection" => Effect::Checkin(checkin::Effect::Stored { reflection: id.parse_row()? }),
            "act" => Effect::Ask(ask::Effect::Stored { act: id.parse_row()? }),
            "audit" => Effect::Audit(audit::Effect::Stored { audit: id.parse_row()? }),
            "plan" => Effect::Plan(plan::Effect::Stored { plan: id.parse_row()? }),
            "report" => Effect::Report(report::Effect::Queued { month: id.parse().ok()? }),
            "keep" => Effect::DirectMessage(direct_message::Effect::KeepQueued),
            _ => return None,
        });
    }
    Some(match text {
        "closed" => Effect::Checkin(checkin::Effect::Edited),
        "act-deleted" => Effect::Ask(ask::Effect::Deleted),
        "feedback-begun" => Effect::Feedback(feedback::Effect::Requested),
        "feedback-opted-in" => Effect::Feedback(feedback::Effect::OptedIn),
        "feedback-said" => Effect::FeedbackAnswer(feedback::AnswerEffect::Said),
        "audit-deleted" => Effect::Audit(audit::Effect::Deleted),
        "calendar-queued" => Effect::Audit(audit::Effect::CalendarQueued),
        "plan-deleted" => Effect::Plan(plan::Effect::Deleted),
        "plan-noted" => Effect::Plan(plan::Effect::Marked),
        "not-there" => Effect::Plan(plan::Effect::NotFound),
        "deleted" => Effect::History(history::Effect::Deleted),
        "gone" => Effect::History(history::Effect::NotFound),
        "nudge-queued" => Effect::Nudge(nudge::Effect::Queued),
        "goes-on" => Effect::Nudge(nudge::Effect::GoesOn),
        "nudges-stopped" => Effect::Nudge(nudge::Effect::Stopped),
        "already-done" => Effect::Nudge(nudge::Effect::AlreadyDone),
        "unknown-button" => Effect::Nudge(nudge::Effect::UnknownNudge),
        "schedule-kept" => Effect::Schedule(schedule::Effect::Stored),
        "paused" => Effect::Schedule(schedule::Effect::Paused),
        "resumed" => Effect::Schedule(schedule::Effect::Resumed),
        "export-queued" => Effect::Privacy(privacy::Effect::ExportQueued),
        "erasing" => Effect::Privacy(privacy::Effect::Erasing),
        "model-answered" => Effect::LlmFollowUp(llm_follow_up::Effect::Answered),
        _ => return None,
    })
}

trait ParseRow {
    fn parse_row(&self) -> Option<crate::coach::ids::RowId>;
}

impl ParseRow for str {
    fn parse_row(&self) -> Option<crate::coach::ids::RowId> {
        crate::coach::ids::RowId::parse(self).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::{ids::RowId, room::Room};

    #[test]
    fn what_was_changed_is_read_back_as_it_was_stored() {
        let id = RowId::new(1_764_000_000_000, 7);
        for effect in [
            Effect::None,
            Effect::Ask(ask::Effect::Stored { act: id.clone() }),
            Effect::Audit(audit::Effect::CalendarQueued),
            Effect::Checkin(checkin::Effect::Stored { reflection: id.clone() }),
            Effect::DirectMessage(direct_message::Effect::MessageHandled),
            Effect::Feedback(feedback::Effect::Requested),
            Effect::FeedbackAnswer(feedback::AnswerEffect::Said),
            Effect::History(history::Effect::Deleted),
            Effect::LlmFollowUp(llm_follow_up::Effect::Answered),
            Effect::Nudge(nudge::Effect::Left),
            Effect::Onboarding(onboarding::Effect::ProfileRead),
            Effect::Plan(plan::Effect::Stored { plan: id.clone() }),
            Effect::Privacy(privacy::Effect::Erasing),
            Effect::Report(report::Effect::Queued { month: "2026-10".parse().unwrap() }),
            Effect::Room(room::Effect::Read { room: Room::Confused }),
            Effect::Schedule(schedule::Effect::Paused),
            Effect::Workspace(workspace::Effect::Left),
        ] {
            let text = effect.to_text();
            assert_eq!(Effect::parse(Some(&text)), Ok(effect), "{text}");
        }
        let plan = Effect::Plan(plan::Effect::Stored { plan: id.clone() }).to_text();
        assert_eq!(plan, format!(r#"{{"v":1,"feature":"plan","effect":{{"stored":{{"plan":"{id}"}}}}}}"#));
    }

    #[test]
    fn what_an_older_version_stored_is_read() {
        let id = RowId::new(1_764_000_000_000, 7);
        for (text, effect) in [
            (format!("reflection:{id}"), Effect::Checkin(checkin::Effect::Stored { reflection: id.clone() })),
            (format!("plan:{id}"), Effect::Plan(plan::Effect::Stored { plan: id.clone() })),
            (
                "report:2026-10".to_owned(),
                Effect::Report(report::Effect::Queued { month: "2026-10".parse().unwrap() }),
            ),
            ("schedule-kept".to_owned(), Effect::Schedule(schedule::Effect::Stored)),
            ("feedback-said".to_owned(), Effect::FeedbackAnswer(feedback::AnswerEffect::Said)),
        ] {
            assert_eq!(Effect::parse(Some(&text)), Ok(effect), "{text}");
        }
    }

    #[test]
    fn a_text_that_no_version_wrote_is_malformed() {
        assert_eq!(Effect::parse(None), Ok(Effect::None));
        for text in ["", "reflection:", "report:soon", "sprint:7", "{}", r#"{"v":2,"feature":"none"}"#] {
            assert_eq!(Effect::parse(Some(text)), Err(MalformedEffect), "{text}");
        }
    }
}
