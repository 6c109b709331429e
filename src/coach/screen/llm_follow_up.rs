//! What is shown about the language model that can write follow-up questions.

/// What a follow-up form says about the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LlmDisclosure {
    /// It asks for consent to send text to this host.
    AsksConsent { host: String },
    /// The model at this host wrote this question.
    WroteQuestion { host: String },
}

/// What Home says about the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlmConsentStatus {
    /// The host that receives the text if the member agrees.
    pub host: String,
    pub agreed: bool,
}
