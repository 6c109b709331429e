//! The use cases: load, let the coach decide, save, in one short transaction each. Nothing here
//! knows Slack's JSON or Block Kit, and nothing here calls Slack or a model.
//!
//! What a member does comes in by [`App::dispatch`]; what happens without anyone is called by the
//! worker. The next use case is a function in the file of its noun and a line in `dispatch.rs`;
//! what it did is a variant of `Did` in `once.rs`, so that a redelivery is answered the same.

mod act;
mod ask;
mod audit;
mod checkin;
mod command;
mod crowd;
mod dispatch;
mod evidence;
mod feedback;
mod history;
mod home;
pub mod import;
pub mod incoming;
mod job;
mod library;
mod message;
pub mod model;
mod nudge;
mod onboarding;
mod once;
pub mod outbox;
pub mod outgoing;
mod plan;
pub mod ports;
mod press;
mod privacy;
mod reader;
mod report;
mod room;
mod schedule;
mod seen;
mod surface;
mod workspace;

pub use ask::{Ask, Asked, Questions};
pub use reader::Read;

#[cfg(test)]
mod tests;

use crate::{
    clock::Env,
    store::{Store, StoreError},
};
use crowd::Crowd;
use reader::Reader;
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// What an operator can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Days between the app's removal from a workspace and the erasure of its data.
    pub grace_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { grace_days: 30 }
    }
}

/// The application. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What LeadLens remembers.
    pub store: Store,
    /// Time and chance.
    pub env: Env,
    /// Rung when there may be something new to send.
    pub wake: Arc<Notify>,
    /// What an operator can set.
    pub settings: Settings,
    questions: Arc<RwLock<Arc<dyn Questions>>>,
    /// The host of the model, if the operator brings one.
    model_host: Option<Arc<str>>,
    reader: Arc<Reader>,
    crowd: Arc<Crowd>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl App {
    /// An application over a store.
    pub fn new(store: Store, env: Env, questions: Arc<dyn Questions>, settings: Settings) -> Self {
        let questions = Arc::new(RwLock::new(questions));
        let reader = Arc::new(Reader::new());
        let wake = Arc::new(Notify::new());
        let crowd = Arc::new(Crowd::that_lingers(crowd::LINGERS));
        Self { store, env, wake, settings, questions, model_host: None, reader, crowd }
    }

    /// The same with a model at a host, which writes the follow-up questions of members who agree.
    #[must_use]
    pub fn with_model(mut self, host: &str) -> Self {
        self.model_host = Some(host.into());
        self
    }

    /// Uses other questions from now on.
    pub fn use_questions(&self, questions: Arc<dyn Questions>) {
        *self.questions.write().unwrap_or_else(PoisonError::into_inner) = questions;
    }

    /// Reads members' words with another lens from now on.
    pub fn use_lens(&self, lens: Arc<Read>) {
        self.reader.use_lens(lens);
    }

    /// The same, for whom a crowd of deliveries has passed so long after it was last seen.
    #[must_use]
    pub fn with_crowds_that_linger(self, lingers: Duration) -> Self {
        Self { crowd: Arc::new(Crowd::that_lingers(lingers)), ..self }
    }

    /// Whether so many deliveries wait to be kept that what nobody waits for stands aside.
    pub fn is_crowded(&self) -> bool {
        self.crowd.is_here(Instant::now())
    }

    /// Whether to stand aside still, a minute at most; `since` is when the caller began to.
    pub fn stands_aside(&self, since: &mut Option<Instant>) -> bool {
        self.crowd.holds_up(since, Instant::now())
    }

    fn questions(&self) -> Arc<dyn Questions> {
        Arc::clone(&self.questions.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Why a use case was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another delivery with the same key was committed meanwhile; this one is a redelivery.
    #[error("another delivery with the same key came first")]
    Raced,
    /// There is no such member.
    #[error("LeadLens knows no such member")]
    UnknownMember,
    /// The library has no question.
    #[error("there is no question to ask")]
    NoQuestion,
    /// An import holds rows that are another member's here.
    #[error(
        "the export holds entries that belong to another member here; give --team and --user of that member"
    )]
    SomebodyElses,
    /// An import holds what nobody can have set.
    #[error(transparent)]
    InvalidExport(#[from] crate::report::member_export::restore::InvalidExport),
    /// A file of an export could not be written.
    #[error("an export could not be written")]
    Export,
}

/// What a use case answers.
type Done<T> = Result<T, AppError>;
