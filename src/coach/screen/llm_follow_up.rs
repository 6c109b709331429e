//! What is shown of the model that may write follow-up questions.

/// What a follow-up form says of the model at a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LlmDisclosure {
    /// It asks whether the model may write follow-up questions.
    AsksConsent { host: String },
    /// The model wrote this one.
    WroteQuestion { host: String },
}

/// What Home says of the model at a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlmConsentStatus {
    /// Where words go, or would go.
    pub host: String,
    /// The member has agreed.
    pub agreed: bool,
}
