//! Assembles a running bot from its parts: store, interactions, sender, transports, worker, web. `serve`, the
//! demo and the tests all start the same one; they differ in the configuration, in who moves the
//! clock, and in whether the worker runs by itself.

mod llm_writer;
mod slack_watch;

use crate::{
    clock::Env,
    coach::{
        ids::{MemberId, RowId, UserId, ViewId},
        member::Presence,
        prompt::Library,
        screen::{Form, Home},
    },
    config::{Config, LlmConfig},
    dispatch::{Delivery, Event, NotStored, dispatch},
    features::{home, lens, schedule, workspace},
    interaction::{AppState, ClassifyAnswer, HomeUpdates, InteractionError, Pepper, Reply, Settings},
    llm::LlmClient,
    site::{self, Site},
    slack::{
        delivery::Sender,
        home_publisher::{self, HomePublisher},
        install::{self, InstallHandler, Installed, Installer},
        post_ack::{PostAckRunner, ScreenSource},
        receive::{Dispatcher, PostAckHandler, Receiver},
        token_cipher::TokenCipher,
        token_rotation::Rotation,
        tokens::Tokens,
        transport::{
            http,
            socket::{SocketOptions, SocketTransport},
        },
        web_api::SlackApi,
    },
    store::{Peers, Store, Workspace},
    telemetry::Metrics,
    web::{self, Readiness},
    worker::{Heartbeat, TickReport, Worker},
};
use anyhow::Context;
use async_trait::async_trait;
use jiff::Timestamp;
use llm_writer::LlmWriter;
use slack_watch::SlackWatch;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a shutdown waits for running tasks.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How long after an acknowledgement the form that it shows is changed again: Slack has to process the
/// acknowledgement first.
const ACK_LEAD: Duration = Duration::from_millis(200);

/// How the worker runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkerMode {
    /// A loop in the background.
    Background,
    /// One step for each call of [`Bot::tick`]: tests and the demo, which move the clock themselves.
    Manual,
}

/// A running bot.
pub struct Bot {
    /// The shared state, for operators and for tests that look inside.
    pub state: AppState,
    /// What it counts.
    #[cfg(feature = "test-support")]
    pub metrics: Arc<Metrics>,
    address: SocketAddr,
    worker: Arc<Worker>,
    worker_loop: Option<JoinHandle<()>>,
    transport: Option<SocketTransport>,
    tasks: TaskTracker,
    stop_web: CancellationToken,
    stop_worker: CancellationToken,
    web: JoinHandle<()>,
    watcher: JoinHandle<()>,
    #[cfg(feature = "test-support")]
    look: tokio::sync::Mutex<SlackWatch>,
    peers: Peers,
}

impl Bot {
    /// Starts everything that the configuration asks for. When it returns, HTTP is served and Socket
    /// Mode is connecting.
    ///
    /// # Errors
    /// What could not be started, as a sentence for an operator.
    pub async fn start(
        config: &Config,
        env: Env,
        library: Library,
        mode: WorkerMode,
    ) -> anyhow::Result<Self> {
        let metrics = Arc::new(Metrics::new());
        let store = Store::open(config.database.reveal()).await?;
        let pepper = Pepper::derive(config.pepper_secret());
        let settings = Settings { grace_days: config.grace_days, pepper };
        let mut state = AppState::new(store.clone(), env.clone(), Arc::new(library), settings)
            .with_metrics(Metrics::clone(&metrics));
        if mode == WorkerMode::Manual {
            // The caller moves the clock and cannot move this pause.
            state = state.with_load_cooldown(Duration::ZERO);
        }
        let peers = store.join_peers(Arc::clone(&state.wake)).await?;
        let mut api = SlackApi::new(&config.slack.api_url, Arc::clone(&metrics))?;
        if let Some(timeout) = config.slack.call_timeout {
            api = api.with_timeout(timeout);
        }
        let tokens = tokens_of(config, &api, &store, &env);
        let sender = Sender::new(api.clone(), tokens.clone(), store, env.clone());
        let llm = config.llm.as_ref().map(LlmClient::new).transpose()?;
        if let Some(llm) = &llm {
            state = state.with_llm(&llm.host());
        }
        let llm_writer = llm.map(|llm| {
            let slack = Arc::new(sender.clone());
            LlmWriter { state: state.clone(), llm, slack, metrics: Arc::clone(&metrics) }
        });
        let gateways = Arc::new(Gateways { state: state.clone(), sender: sender.clone(), llm_writer });
        let tasks = TaskTracker::new();
        // The caller moves the clock in manual mode and cannot move these pauses.
        let (spacing, ack_lead, patience) = match mode {
            WorkerMode::Background => (home_publisher::SPACING, ACK_LEAD, Duration::MAX),
            WorkerMode::Manual => (Duration::ZERO, Duration::ZERO, Duration::ZERO),
        };
        let screens = Arc::clone(&gateways) as Arc<dyn ScreenSource>;
        let homes = HomePublisher::new(spacing);
        let post_ack = Arc::new(PostAckRunner::new(sender.clone(), screens, homes, ack_lead, patience));
        let receiver = Receiver::new(
            Arc::clone(&gateways) as Arc<dyn Dispatcher>,
            Arc::clone(&post_ack) as Arc<dyn PostAckHandler>,
            Arc::clone(&metrics),
            tasks.clone(),
        );

        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("LEADLENS_LISTEN: {} cannot be listened on", config.listen))?;
        let address = listener.local_addr()?;
        let transport = match &config.slack.app_token {
            Some(token) => {
                let options =
                    SocketOptions { connections: config.slack.connections, ..SocketOptions::default() };
                let opened = SocketTransport::open(api.morphism(), token, options, receiver.clone()).await;
                Some(opened.map_err(|says| anyhow::anyhow!(says))?)
            }
            None => None,
        };
        let slack_answers = Arc::new(AtomicBool::new(false));
        let stop_worker = CancellationToken::new();
        let homes = Arc::new(OpenHomes { post_ack, tasks: tasks.clone() });
        let worker = Worker::new(state.clone(), Arc::new(sender), Arc::clone(&metrics), stop_worker.clone());
        let worker = worker.with_home_updates(homes).with_slack_watch(Arc::clone(&slack_answers));
        let worker = Arc::new(worker);
        let ready = Ready {
            state: state.clone(),
            metrics: Arc::clone(&metrics),
            slack_answers: Arc::clone(&slack_answers),
            heartbeat: (mode == WorkerMode::Background).then(|| worker.heartbeat()),
        };
        let routes = slack_routes(config, &env, &api, &tokens, &receiver, &gateways);
        let routes = routes.merge(site::router(site_of(config)));
        let router = web::router(Arc::new(ready), Arc::clone(&metrics), routes);
        let stop_web = CancellationToken::new();
        let web = tokio::spawn(web::serve(listener, router, stop_web.clone(), STOP_WITHIN));
        let watch = SlackWatch::new(api, tokens, state.clone(), slack_answers);
        #[cfg(feature = "test-support")]
        let look = tokio::sync::Mutex::new(watch.clone());
        let watcher = tokio::spawn(watch.run());

        let worker_loop = (mode == WorkerMode::Background).then(|| {
            let worker = Arc::clone(&worker);
            tokio::spawn(async move { worker.run().await })
        });
        Ok(Self {
            state,
            #[cfg(feature = "test-support")]
            metrics,
            address,
            worker,
            worker_loop,
            transport,
            tasks,
            stop_web,
            stop_worker,
            web,
            watcher,
            #[cfg(feature = "test-support")]
            look,
            peers,
        })
    }

    /// Where HTTP is served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// One step of the worker.
    ///
    /// # Errors
    /// When the store did not answer.
    pub async fn tick(&self) -> anyhow::Result<TickReport> {
        Ok(self.worker.tick().await?)
    }

    /// When the worker has something to do next.
    ///
    /// # Errors
    /// When the store did not answer.
    pub async fn next_due_at(&self) -> anyhow::Result<Option<Timestamp>> {
        Ok(self.worker.next_due_at().await?)
    }

    /// One step of the worker's loop, and how long the loop would sleep after it.
    ///
    /// # Errors
    /// When the store did not answer.
    #[cfg(feature = "test-support")]
    pub async fn sleep_after_step(&self) -> anyhow::Result<Option<Duration>> {
        Ok(self.worker.sleep_after_step().await?)
    }

    /// Waits until everything that was begun after an acknowledgement is done.
    pub async fn settle(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }

    /// Stops gracefully: takes nothing more, finishes what is taken within ten seconds, gives back
    /// leases.
    pub async fn stop(mut self) {
        if let Some(transport) = &self.transport {
            transport.close().await;
        }
        self.stop_web.cancel();
        self.stop_worker.cancel();
        self.watcher.abort();
        self.tasks.close();
        let finish = async {
            self.tasks.wait().await;
            if let Some(worker_loop) = self.worker_loop.take() {
                let _ = worker_loop.await;
            }
            let _ = (&mut self.web).await;
        };
        if tokio::time::timeout(STOP_WITHIN, finish).await.is_err() {
            tracing::warn!("stopped with work under way; it is taken up again at the next start");
            self.web.abort();
        }
        self.peers.leave().await;
        self.state.store.close().await;
    }
}

#[cfg(feature = "test-support")]
impl Bot {
    /// Asks Slack whether it answers, which otherwise happens every half minute of real time.
    pub async fn look_at_slack(&self) {
        self.look.lock().await.look().await;
    }

    /// Ends it as `kill -9` does: nothing is finished, and no lease is given back.
    pub fn kill(self) {
        self.watcher.abort();
        self.web.abort();
        if let Some(worker_loop) = &self.worker_loop {
            worker_loop.abort();
        }
    }
}

/// The tokens of workspaces, renewed where they expire.
fn tokens_of(config: &Config, api: &SlackApi, store: &Store, env: &Env) -> Tokens {
    let cipher = config.secret_keys.clone().map(TokenCipher::new);
    let rotation = cipher.clone().zip(config.slack.oauth.clone());
    let rotation =
        rotation.map(|(cipher, oauth)| Rotation::new(api.clone(), store.clone(), cipher, oauth, env.clone()));
    let env_token = config.slack.bot_token.clone();
    Tokens::new(api.clone(), store.clone(), cipher, env_token).with_rotation(rotation)
}

/// What the pages for browsers say on this server.
fn site_of(config: &Config) -> Site {
    Site {
        base: site::base_of(config.public_url.as_ref()),
        operator: config.operator.clone(),
        grace_days: config.grace_days,
        can_install: config.slack.oauth.is_some(),
        model_host: config.llm.as_ref().map(LlmConfig::host),
    }
}

/// Slack's HTTP routes, those that the configuration asks for.
fn slack_routes(
    config: &Config,
    env: &Env,
    api: &SlackApi,
    tokens: &Tokens,
    receiver: &Receiver,
    gateways: &Arc<Gateways>,
) -> axum::Router {
    let mut routes = axum::Router::new();
    if let Some(secret) = &config.slack.signing_secret {
        routes = routes.merge(http::router(receiver.clone(), Arc::clone(&env.clock), secret.clone()));
    }
    if let (Some(oauth), Some(keys), Some(public_url)) =
        (&config.slack.oauth, &config.secret_keys, &config.public_url)
    {
        routes = routes.merge(install::router(Installer {
            oauth: oauth.clone(),
            keys: keys.clone(),
            public_url: public_url.clone(),
            api_url: config.slack.api_url.clone(),
            api: api.clone(),
            tokens: tokens.clone(),
            env: env.clone(),
            app: Arc::clone(gateways) as Arc<dyn InstallHandler>,
        }));
    }
    routes
}

/// What the Slack side asks of the features.
struct Gateways {
    state: AppState,
    sender: Sender,
    llm_writer: Option<LlmWriter>,
}

#[async_trait]
impl Dispatcher for Gateways {
    async fn dispatch(&self, mut delivery: Delivery) -> Result<Reply, NotStored> {
        if let Event::MessagePosted { member, text, .. } | Event::MessageEdited { member, text, .. } =
            &mut delivery.event
        {
            *text = self.sender.with_names(&member.team, std::mem::take(text)).await;
        }
        dispatch(&self.state, delivery).await
    }
}

#[async_trait]
impl ScreenSource for Gateways {
    async fn schedule_form(&self, who: &MemberId, profile: Option<Presence>) -> Option<Form> {
        let zone = profile.and_then(|profile| profile.slack_zone);
        let form = schedule::form_with_slack_zone(&self.state, who, zone.as_deref()).await;
        form.inspect_err(|error| tracing::warn!(%error, "the schedule form could not be loaded"))
            .ok()
            .map(Form::Schedule)
    }

    async fn write_follow_up(&self, who: &MemberId, reflection: &RowId, view: &ViewId) {
        if let Some(writer) = &self.llm_writer {
            writer.write(who, reflection, view).await;
        }
    }

    async fn classified_form(&self, request: &ClassifyAnswer) -> Option<Form> {
        let form = lens::classify_for_form(&self.state, request).await;
        form.unwrap_or_else(|error| {
            tracing::warn!(%error, "a result of the lens could not be stored; the worker reads the answer again");
            None
        })
    }

    fn should_defer(&self, since: &mut Option<Instant>) -> bool {
        self.state.should_defer(since)
    }

    async fn note_activity(&self, who: MemberId) {
        self.state.note_activity(who).await;
    }

    async fn home(&self, who: &MemberId) -> Option<Home> {
        let home = home::load(&self.state, who).await;
        home.inspect_err(|error| tracing::warn!(%error, "Home could not be loaded")).ok()
    }
}

/// Refreshes Home tabs that are open, for the worker, which does not wait for it.
struct OpenHomes {
    post_ack: Arc<PostAckRunner>,
    tasks: TaskTracker,
}

impl HomeUpdates for OpenHomes {
    fn changed(&self, who: &MemberId) {
        let (post_ack, who) = (Arc::clone(&self.post_ack), who.clone());
        self.tasks.spawn(async move { post_ack.refresh_home(&who).await });
    }
}

#[async_trait]
impl InstallHandler for Gateways {
    async fn use_state(&self, nonce: &str) -> Result<bool, install::NotStored> {
        workspace::use_install_state(&self.state, nonce).await.map_err(not_stored)
    }

    async fn installed(
        &self,
        workspace: Workspace,
        installer: Option<UserId>,
    ) -> Result<Installed, install::NotStored> {
        let is_new = workspace::installed(&self.state, workspace, installer).await.map_err(not_stored)?;
        Ok(if is_new { Installed::First } else { Installed::Again })
    }
}

fn not_stored(error: InteractionError) -> install::NotStored {
    tracing::error!(%error, "an installation could not be stored");
    install::NotStored
}

struct Ready {
    state: AppState,
    metrics: Arc<Metrics>,
    slack_answers: Arc<AtomicBool>,
    /// The worker's, if it runs in the background.
    heartbeat: Option<Heartbeat>,
}

#[async_trait]
impl Readiness for Ready {
    async fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.state.store.ping().await.is_err() {
            missing.push("database");
        }
        if !self.slack_answers.load(Ordering::SeqCst) {
            missing.push("Slack");
        }
        if self.heartbeat.as_ref().is_some_and(|heartbeat| heartbeat.is_stuck(Instant::now())) {
            missing.push("worker");
        }
        missing
    }

    async fn refresh_gauges(&self) {
        let now = self.state.env.now();
        let ages = self.state.store.read(move |tx| Box::pin(async move { tx.outbox_stats(now).await })).await;
        for age in ages.unwrap_or_default() {
            let oldest = Duration::from_millis(u64::try_from(age.oldest_age_ms).unwrap_or_default());
            self.metrics.outbox(age.state.into_str(), i64::try_from(age.count).unwrap_or(i64::MAX), oldest);
        }
    }
}
