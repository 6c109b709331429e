//! What a feature may use while it handles one interaction.

use super::{error::Result, pepper::Pepper, questions::QuestionLibrary, reply::Reply};
use crate::{
    clock::Env,
    coach::{care::Concern, copy::CopyKey, feedback::AnswerToken, ids::RowId, member_text::MemberText},
    store::Tx,
    telemetry::Metrics,
};
use jiff::Timestamp;
use std::sync::Arc;

/// What an operator can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Days between the app's removal from a workspace and the erasure of its data.
    pub grace_days: u32,
    /// A key that is not in the database.
    pub pepper: Pepper,
}

impl Default for Settings {
    fn default() -> Self {
        Self { grace_days: 30, pepper: Pepper::default() }
    }
}

/// What every interaction shares, apart from its transaction.
#[derive(Clone)]
pub struct Services {
    /// Time and random numbers.
    pub env: Env,
    /// Where questions come from.
    pub questions: Arc<dyn QuestionLibrary>,
    /// What an operator can set.
    pub settings: Settings,
    /// The host of the language model, if the operator brings one.
    pub llm_host: Option<Arc<str>>,
    /// What is counted for the operator.
    pub metrics: Metrics,
}

/// One interaction: its transaction, and what it may use besides. Everything a feature writes goes
/// through `tx` and is committed or rolled back as a whole.
pub struct Ctx<'t> {
    /// The transaction.
    pub tx: &'t mut Tx,
    /// What all interactions share.
    pub services: &'t Services,
}

impl Ctx<'_> {
    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.services.env.now()
    }

    /// A fresh row id.
    pub fn new_id(&self) -> RowId {
        self.services.env.row_id()
    }

    /// 64 random bits.
    pub fn random(&self) -> u64 {
        self.services.env.rng.next_u64()
    }

    /// 128 random bits.
    pub fn random_u128(&self) -> u128 {
        (u128::from(self.random()) << 64) | u128::from(self.random())
    }

    /// A random token.
    pub fn random_token(&self) -> AnswerToken {
        AnswerToken::new(self.random_u128())
    }

    /// The key that is not in the database.
    pub fn pepper(&self) -> Pepper {
        self.services.settings.pepper
    }

    /// Where questions come from.
    pub fn questions(&self) -> &dyn QuestionLibrary {
        self.services.questions.as_ref()
    }

    /// The library's text for a fixed place.
    pub fn text_for(&self, key: CopyKey) -> String {
        self.questions().text_for(key)
    }

    /// The trouble outside coaching that the first of these texts speaks of, if one does.
    pub fn concern(&self, texts: &[&MemberText]) -> Option<Concern> {
        texts.iter().find_map(|text| self.questions().concern(text))
    }

    /// Logs and counts a stored text that cannot be read. `kind` is `effect`, `job` or `outbox`; `error`
    /// quotes nothing of the text.
    pub fn report_malformed(&self, kind: &'static str, error: &dyn std::fmt::Display) {
        tracing::error!(payload.kind = kind, %error, "a stored payload cannot be read");
        self.services.metrics.malformed_payload(kind);
    }

    /// The host of the language model, if the operator brings one.
    pub fn llm_host(&self) -> Option<&str> {
        self.services.llm_host.as_deref()
    }
}

/// What a feature made of an action. The type decides whether the delivery's key is stored: only a
/// change has an effect to remember, and a redelivery of anything else is simply handled again.
#[derive(Debug)]
pub enum Outcome<E> {
    /// Something was changed. The effect is stored with the delivery's key, and the feature turns it
    /// into a reply, now and for each redelivery.
    Changed(E),
    /// A change whose reply is known already and need not be loaded.
    ChangedWithReply(E, Box<Reply>),
    /// Nothing was changed: a screen, an error beside a field, a question before anything is stored.
    Unchanged(Box<Reply>),
}

impl<E> Outcome<E> {
    /// The same outcome with the effect wrapped, as the dispatcher stores it.
    pub fn map<F>(self, wrap: impl FnOnce(E) -> F) -> Outcome<F> {
        match self {
            Outcome::Changed(effect) => Outcome::Changed(wrap(effect)),
            Outcome::ChangedWithReply(effect, reply) => Outcome::ChangedWithReply(wrap(effect), reply),
            Outcome::Unchanged(reply) => Outcome::Unchanged(reply),
        }
    }

    /// A change, for the end of a handler.
    #[allow(clippy::unnecessary_wraps, reason = "a handler ends with it in place of `Ok(..)`")]
    pub fn changed(effect: E) -> Result<Self> {
        Ok(Outcome::Changed(effect))
    }

    /// A reply without a change, for the end of a handler.
    #[allow(clippy::unnecessary_wraps, reason = "a handler ends with it in place of `Ok(..)`")]
    pub fn unchanged(reply: Reply) -> Result<Self> {
        Ok(Outcome::Unchanged(Box::new(reply)))
    }
}
