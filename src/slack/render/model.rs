//! The model that may write follow-up questions: the one sentence that asks, the line below a question
//! that it wrote, and the choice on Home.

use super::blocks::{Look, actions, button, context, paragraph};
use crate::coach::screen::{LlmConsentStatus, LlmDisclosure, Press};
use serde_json::Value;

/// Below a follow-up question.
pub fn below(line: &LlmDisclosure) -> Vec<Value> {
    match line {
        LlmDisclosure::WroteQuestion { host } => {
            vec![context(&format!("A language model at {host} wrote this question."))]
        }
        LlmDisclosure::AsksConsent { host } => vec![
            paragraph(&format!(
                "If you agree, what you write in a check-in is sent to a language model at {host}, without \
                 your name, so that it can write this question."
            )),
            actions(vec![
                button("Agree", &Press::AgreeToModel { host: host.clone() }, 0, Look::Usual),
                button("No, thanks", &Press::RefuseModel { host: host.clone() }, 0, Look::Usual),
            ]),
        ],
    }
}

/// On Home, once the member was asked.
pub fn on_home(choice: &LlmConsentStatus) -> Vec<Value> {
    let host = &choice.host;
    let (says, label, press) = if choice.agreed {
        (
            format!(
                "What you write in a check-in is sent to a language model at {host}, without your name, so that \
                 it can write the follow-up question."
            ),
            "Stop sending it",
            Press::RefuseModel { host: host.clone() },
        )
    } else {
        (
            format!(
                "No word of yours is sent to a language model. If you agree, what you write in a check-in is \
                 sent to one at {host}, without your name, so that it can write the follow-up question."
            ),
            "Agree",
            Press::AgreeToModel { host: host.clone() },
        )
    };
    vec![context(&says), actions(vec![button(label, &press, 0, Look::Usual)])]
}
