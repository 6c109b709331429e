//! The language model that may write follow-up questions: the request for consent, the line below a
//! question that the model wrote, and the choice on Home.

use super::blocks::{actions, button, context, paragraph};
use crate::coach::screen::{LlmConsentStatus, LlmDisclosure};
use crate::features::llm_follow_up;
use slack_morphism::blocks::SlackBlock;

/// What a form shows below a follow-up question.
pub(super) fn below(line: &LlmDisclosure) -> Vec<SlackBlock> {
    match line {
        LlmDisclosure::WroteQuestion { host } => {
            vec![context(&format!("A language model at {host} wrote this question."))]
        }
        LlmDisclosure::AsksConsent { host } => vec![
            paragraph(&format!(
                "If you agree, what you write in a check-in is sent to a language model at {host}, without \
                 your name, so that it can write this question."
            )),
            actions([
                button("Agree", llm_follow_up::Action::Agree { host: host.clone() }, 0),
                button("No, thanks", llm_follow_up::Action::Refuse { host: host.clone() }, 0),
            ]),
        ],
    }
}

/// What Home shows once the member was asked.
pub(super) fn on_home(choice: &LlmConsentStatus) -> [SlackBlock; 2] {
    let host = &choice.host;
    let (says, label, action) = if choice.agreed {
        (
            format!(
                "What you write in a check-in is sent to a language model at {host}, without your name, so that \
                 it can write the follow-up question."
            ),
            "Stop sending it",
            llm_follow_up::Action::Refuse { host: host.clone() },
        )
    } else {
        (
            format!(
                "No word of yours is sent to a language model. If you agree, what you write in a check-in is \
                 sent to one at {host}, without your name, so that it can write the follow-up question."
            ),
            "Agree",
            llm_follow_up::Action::Agree { host: host.clone() },
        )
    };
    [context(&says), actions([button(label, action, 0)])]
}
