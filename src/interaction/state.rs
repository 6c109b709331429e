//! What every entry point shares: the store, time and random numbers, the library of questions, the
//! lens, and how loaded the process is. Transports, worker, operator commands and the demo hold one.

use super::{
    activity::Activity,
    classifier::Classifier,
    context::{Ctx, Services, Settings},
    error::Result,
    load_shedding::{COOLDOWN, LoadShedding, Pending},
    questions::QuestionLibrary,
    steps,
};
use crate::{
    clock::Env,
    coach::{ids::MemberId, lens_result::LensResult, member_text::MemberText},
    store::Store,
    telemetry::Metrics,
};
use arc_swap::ArcSwap;
use futures::future::BoxFuture;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// The application's shared state. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// Time and random numbers.
    pub env: Env,
    /// Notified when there may be something new to send.
    pub wake: Arc<Notify>,
    services: Arc<ArcSwap<Services>>,
    classifier: Arc<Classifier>,
    load: Arc<LoadShedding>,
    activity: Arc<Activity>,
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState").finish_non_exhaustive()
    }
}

impl AppState {
    /// State over a store.
    pub fn new(store: Store, env: Env, questions: Arc<dyn QuestionLibrary>, settings: Settings) -> Self {
        let metrics = Metrics::new();
        let services = Services { env: env.clone(), questions, settings, llm_host: None, metrics };
        Self {
            store,
            env,
            wake: Arc::new(Notify::new()),
            services: Arc::new(ArcSwap::from_pointee(services)),
            classifier: Arc::new(Classifier::new()),
            load: Arc::new(LoadShedding::new(COOLDOWN)),
            activity: Arc::default(),
        }
    }

    /// Adds a language model at a host, which writes the follow-up questions of members who
    /// agree.
    #[must_use]
    pub fn with_llm(self, host: &str) -> Self {
        let services = Services { llm_host: Some(host.into()), ..Services::clone(&self.services.load()) };
        self.services.store(Arc::new(services));
        self
    }

    /// Counts into the metrics that the operator reads.
    #[must_use]
    pub fn with_metrics(self, metrics: Metrics) -> Self {
        let services = Services { metrics, ..Services::clone(&self.services.load()) };
        self.services.store(Arc::new(services));
        self
    }

    /// The same store with another clock and other random numbers; the demo writes a past with it.
    #[must_use]
    pub fn with_env(self, env: Env) -> Self {
        let services = Services { env: env.clone(), ..Services::clone(&self.services.load()) };
        Self { env, services: Arc::new(ArcSwap::from_pointee(services)), ..self }
    }

    /// Sets how long background work stays deferred after load drops.
    #[must_use]
    pub fn with_load_cooldown(self, cooldown: Duration) -> Self {
        Self { load: Arc::new(LoadShedding::new(cooldown)), ..self }
    }

    /// Replaces the library of questions; interactions under way finish with the old one.
    pub fn use_questions(&self, questions: Arc<dyn QuestionLibrary>) {
        let services = Services { questions, ..Services::clone(&self.services.load()) };
        self.services.store(Arc::new(services));
    }

    /// Replaces the lens.
    #[cfg(feature = "test-support")]
    pub fn use_lens(&self, lens: Arc<super::classifier::Classify>) {
        self.classifier.use_lens(lens);
    }

    /// What interactions share now.
    pub fn services(&self) -> Arc<Services> {
        self.services.load_full()
    }

    /// Runs one use case in a transaction. See [`Store::write`] for what its answer promises.
    ///
    /// # Errors
    /// The use case's own, or the store's; then nothing was changed.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c, 't> FnOnce(&'c mut Ctx<'t>) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let services = self.services();
        self.store
            .write(move |tx| Box::pin(async move { work(&mut Ctx { tx, services: &services }).await }))
            .await
    }

    /// Looks at one consistent state of the database.
    ///
    /// # Errors
    /// The use case's own, or the store's.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c, 't> FnOnce(&'c mut Ctx<'t>) -> BoxFuture<'c, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let services = self.services();
        self.store
            .read(move |tx| Box::pin(async move { work(&mut Ctx { tx, services: &services }).await }))
            .await
    }

    /// Whether it has to be stored that the member is active now; see [`AppState::note_activity`].
    pub fn is_new_activity(&self, who: &MemberId) -> bool {
        self.activity.is_new(who, self.env.now())
    }

    /// Lets the member's next activity be stored, however recent the last one was.
    pub fn forget_activity(&self, who: &MemberId) {
        self.activity.forget(who);
    }

    /// Stores that a member was active, together with all others who wait.
    pub async fn note_activity(&self, who: MemberId) {
        if !self.activity.add(who) {
            return;
        }
        loop {
            let batch: Arc<[MemberId]> = self.activity.take().into();
            if batch.is_empty() {
                return;
            }
            let members = Arc::clone(&batch);
            let stored = self.write(move |ctx| {
                Box::pin(async move {
                    for who in members.iter() {
                        steps::member::get_or_create_member(ctx, who).await?;
                    }
                    Ok(ctx.tx.has_scheduled_work())
                })
            });
            match stored.await {
                Ok(true) => self.wake.notify_one(),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "the activity of members could not be stored");
                    self.activity.not_stored(&batch);
                }
            }
        }
    }

    /// Counts a delivery as waiting to be stored until the guard is dropped.
    pub fn enter(&self) -> Pending<'_> {
        self.load.enter()
    }

    /// Whether load is high enough to defer background work.
    pub fn is_overloaded(&self) -> bool {
        self.load.is_high(Instant::now())
    }

    /// Waits until no delivery has been stored for a moment.
    pub async fn wait_for_quiet(&self) {
        while let Some(left) = self.load.until_quiet(Instant::now()) {
            tokio::time::sleep(left).await;
        }
    }

    /// Whether the caller's background work is to be deferred still, for a minute at most. `since` is
    /// when the caller began to defer, and is the caller's to keep between calls.
    pub fn should_defer(&self, since: &mut Option<Instant>) -> bool {
        self.load.should_defer(since, Instant::now())
    }

    /// Reads a text with the lens at once; `None` when too many texts wait.
    pub async fn classify_now(&self, text: MemberText) -> Option<LensResult> {
        self.classifier.classify_now(text).await
    }

    /// Reads a text with the lens when its turn comes; `None` when the lens has no thread.
    pub async fn classify(&self, text: MemberText) -> Option<LensResult> {
        self.classifier.classify(text).await
    }
}
