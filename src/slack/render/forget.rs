//! The one confirmation before everything of a member is erased.

use super::blocks::{context, modal, paragraph};
use crate::coach::screen::FormState;
use serde_json::Value;

/// What goes, what stays, and one button.
pub fn form(reflections: u64, nudges: u64) -> Value {
    let blocks = vec![
        paragraph(&format!(
            "This erases everything LeadLens keeps about you, at once and for good: {reflections} reflections, \
             {nudges} nudges, your schedule and your settings. LeadLens's own messages in this conversation are deleted too."
        )),
        paragraph(
            "What it cannot reach: your own messages and uploads stay in Slack until you delete them, and \
             backups that the operator made before now.",
        ),
        paragraph(
            "Your own feedback rounds go with all that was said in them, and your wish not to be asked too. What you \
             said in others' rounds carries no name and cannot be found again.",
        ),
        context("To keep a copy, close this and use /leadlens export first."),
    ];
    modal(&FormState::Forget, "Erase everything", Some("Erase everything"), "Keep it", blocks)
}
