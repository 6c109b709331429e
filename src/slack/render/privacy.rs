//! A member's own data: the message that comes with an export, and the question before everything is
//! erased.

use super::{
    Rendered,
    blocks::{context, modal, paragraph},
};
use crate::coach::screen::FormState;
use slack_morphism::blocks::SlackView;

/// Who sees what a member writes for themselves, in the same words at every place: the first message, the check-in,
/// Home and the usage. It says what LeadLens shows, and promises nothing for Slack, from which the owners of some
/// plans can export direct messages. README.md says the same at length.
pub(super) const WHO_SEES_IT: &str = "I don't show what you write for yourself to anyone in Slack: no manager, no admin, \
                                      no colleague. The person who runs my server could read its database.";

/// The message that comes with the files of an export.
pub(super) fn export(by_operator: bool) -> Rendered {
    let says = if by_operator {
        "The operator of LeadLens made an export of your data, at your request. If you did not ask for it, talk to them."
    } else {
        "Here is everything LeadLens keeps about you: in the ZIP leadlens.json holds all of it, the two CSV files your reflections and questions for a spreadsheet, and README.txt says what is what."
    };
    Rendered { text: says.to_owned(), blocks: vec![paragraph(says)] }
}

/// What is erased, what stays, and one button.
pub(super) fn erase_form(reflections: u64, nudges: u64) -> SlackView {
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
