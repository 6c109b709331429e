//! Puts a running bot together from its parts: store, app, sender, doors, worker, web. `serve`, the
//! demo and the tests all start the same one; they differ in the configuration, in who moves the
//! clock, and in whether the worker runs by itself.

mod model;

use crate::{
    app::{
        App, Settings,
        incoming::{Incoming, NotKept, Reply, See},
        ports::Homes,
    },
    clock::Env,
    coach::{
        ids::{MemberId, RowId, TeamId, UserId, ViewId},
        member::Presence,
        prompt::Library,
        screen::{Form, Home},
    },
    config::Config,
    llm::LlmClient,
    slack::{
        client::SlackApi,
        home::{self, Pages},
        http,
        install::{self, Installed, Installer},
        next::{Follower, Screens},
        receive::{Afterwards, Dispatcher, Receiver},
        sender::Sender,
        socket::{SocketDoor, SocketOptions},
        tokens::Tokens,
    },
    store::{Store, Workspace, WorkspaceState},
    telemetry::Metrics,
    web::{self, Readiness},
    worker::{Ticked, Worker},
};
use anyhow::Context;
use async_trait::async_trait;
use model::Writer;
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

/// How long a stop waits for what is under way.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How long after an acknowledgement what it shows is changed again: Slack takes it in first.
const ACK_LEADS: Duration = Duration::from_millis(200);

/// How often Slack is asked whether it still answers, for readiness.
const ASK_SLACK_EVERY: Duration = Duration::from_secs(30);

/// Who moves the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Works {
    /// A loop in the background.
    ByItself,
    /// Whoever calls [`Bot::tick`]: tests and the demo.
    WhenTold,
}

/// A running bot.
pub struct Bot {
    /// The application, for operators and for looking inside.
    pub app: App,
    /// What it counts.
    pub metrics: Arc<Metrics>,
    address: SocketAddr,
    worker: Arc<Worker>,
    worker_loop: Option<JoinHandle<()>>,
    door: Option<SocketDoor>,
    tasks: TaskTracker,
    stop_web: CancellationToken,
    stop_worker: CancellationToken,
    web: JoinHandle<()>,
    watcher: JoinHandle<()>,
}

impl Bot {
    /// Starts everything that the configuration asks for. When it returns, HTTP is served and Socket
    /// Mode is connecting.
    ///
    /// # Errors
    /// What could not be started, as a sentence for an operator.
    pub async fn start(config: &Config, env: Env, library: Library, works: Works) -> anyhow::Result<Self> {
        let metrics = Arc::new(Metrics::new());
        let store = Store::open(config.database.reveal()).await?;
        let settings = Settings { grace_days: config.grace_days };
        let mut app = App::new(store.clone(), env.clone(), Arc::new(library), settings);
        if works == Works::WhenTold {
            // Whoever moves the clock cannot move this pause.
            app = app.with_crowds_that_linger(Duration::ZERO);
        }
        let api = SlackApi::new(&config.slack.api_url, Arc::clone(&metrics))?;
        let tokens = Tokens::new(store.clone(), config.secret_key.clone(), config.slack.bot_token.clone());
        let sender = Sender::new(api.clone(), tokens.clone(), store, env.clone());
        let llm = config.llm.as_ref().map(LlmClient::new).transpose()?;
        if let Some(llm) = &llm {
            app = app.with_model(&llm.host());
        }
        let writer = llm.map(|llm| {
            let slack = Arc::new(sender.clone());
            Writer { app: app.clone(), llm, slack, metrics: Arc::clone(&metrics) }
        });
        let glue = Arc::new(Glue { app: app.clone(), writer });
        let tasks = TaskTracker::new();
        // Whoever moves the clock cannot move this pause.
        let spacing = if works == Works::ByItself { home::SPACING } else { Duration::ZERO };
        let screens = Arc::clone(&glue) as Arc<dyn Screens>;
        let ack_leads = if works == Works::ByItself { ACK_LEADS } else { Duration::ZERO };
        let follower = Follower::new(sender.clone(), screens, Pages::new(spacing), ack_leads);
        let follower = Arc::new(follower);
        let receiver = Receiver::new(
            Arc::clone(&glue) as Arc<dyn Dispatcher>,
            Arc::clone(&follower) as Arc<dyn Afterwards>,
            Arc::clone(&metrics),
            tasks.clone(),
        );

        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("LEADLENS_LISTEN: {} cannot be listened on", config.listen))?;
        let address = listener.local_addr()?;
        let door = match &config.slack.app_token {
            Some(token) => {
                let options =
                    SocketOptions { connections: config.slack.connections, ..SocketOptions::default() };
                let opened = SocketDoor::open(api.morphism(), token, options, receiver.clone()).await;
                Some(opened.map_err(|says| anyhow::anyhow!(says))?)
            }
            None => None,
        };
        let slack_answers = Arc::new(AtomicBool::new(false));
        let ready = Ready {
            app: app.clone(),
            metrics: Arc::clone(&metrics),
            slack_answers: Arc::clone(&slack_answers),
        };
        let routes = slack_routes(config, &env, &api, &tokens, &receiver, &glue);
        let router = web::router(Arc::new(ready), Arc::clone(&metrics), routes);
        let stop_web = CancellationToken::new();
        let served = axum::serve(listener, router).with_graceful_shutdown(stop_web.clone().cancelled_owned());
        let web = tokio::spawn(async move {
            if let Err(error) = served.await {
                tracing::error!(%error, "HTTP is not served any more");
            }
        });
        let watcher = tokio::spawn(watch_slack(api, tokens, app.clone(), slack_answers));

        let stop_worker = CancellationToken::new();
        let homes = Arc::new(OpenHomes { follower, tasks: tasks.clone() });
        let worker = Worker::new(app.clone(), Arc::new(sender), stop_worker.clone());
        let worker = Arc::new(worker.telling(homes));
        let worker_loop = (works == Works::ByItself).then(|| {
            let worker = Arc::clone(&worker);
            tokio::spawn(async move { worker.run().await })
        });
        Ok(Self {
            app,
            metrics,
            address,
            worker,
            worker_loop,
            door,
            tasks,
            stop_web,
            stop_worker,
            web,
            watcher,
        })
    }

    /// Where HTTP is served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether Slack has said hello over Socket Mode.
    pub fn is_connected(&self) -> bool {
        self.door.as_ref().is_some_and(SocketDoor::is_connected)
    }

    /// One step of the worker.
    ///
    /// # Errors
    /// When the store did not answer.
    pub async fn tick(&self) -> anyhow::Result<Ticked> {
        Ok(self.worker.tick().await?)
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
        if let Some(door) = &self.door {
            door.close().await;
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
        self.app.store.close().await;
    }
}

/// Slack's HTTP routes, those that the configuration asks for.
fn slack_routes(
    config: &Config,
    env: &Env,
    api: &SlackApi,
    tokens: &Tokens,
    receiver: &Receiver,
    glue: &Arc<Glue>,
) -> axum::Router {
    let mut routes = axum::Router::new();
    if let Some(secret) = &config.slack.signing_secret {
        routes = routes.merge(http::router(receiver.clone(), Arc::clone(&env.clock), secret.clone()));
    }
    if let (Some(oauth), Some(key), Some(public_url)) =
        (&config.slack.oauth, &config.secret_key, &config.public_url)
    {
        routes = routes.merge(install::router(Installer {
            oauth: oauth.clone(),
            key: key.clone(),
            public_url: public_url.clone(),
            api_url: config.slack.api_url.clone(),
            api: api.clone(),
            tokens: tokens.clone(),
            env: env.clone(),
            app: Arc::clone(glue) as Arc<dyn Installed>,
        }));
    }
    routes
}

/// Asks Slack now and then whether it answers, and learns the workspace of `SLACK_BOT_TOKEN`.
async fn watch_slack(api: SlackApi, tokens: Tokens, app: App, slack_answers: Arc<AtomicBool>) {
    let Some(token) = tokens.fixed().cloned() else {
        // Tokens of several workspaces: one that fails says nothing about Slack.
        slack_answers.store(true, Ordering::SeqCst);
        return;
    };
    loop {
        let answer = api.post("auth.test", &token, &serde_json::json!({})).await;
        slack_answers.store(answer.is_ok(), Ordering::SeqCst);
        if let Ok(identity) = answer
            && let Err(error) = note_workspace(&app, &identity).await
        {
            tracing::warn!(%error, "the workspace could not be noted");
        }
        tokio::time::sleep(ASK_SLACK_EVERY).await;
    }
}

/// Keeps the workspace that the token from the environment belongs to; one that had left and whose
/// token works again was installed again.
async fn note_workspace(app: &App, identity: &serde_json::Value) -> anyhow::Result<()> {
    let text = |name: &str| identity[name].as_str().unwrap_or_default();
    let Ok(team) = TeamId::parse(text("team_id")) else { return Ok(()) };
    let id = team.clone();
    let known = app.store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await?;
    let is_well =
        known.is_some_and(|known| known.state == WorkspaceState::Active && known.unreachable.is_none());
    if !is_well {
        let mut workspace = Workspace::installed(team, text("team"));
        workspace.bot_user = UserId::parse(text("user_id")).ok();
        app.workspace_installed(workspace, None).await?;
    }
    Ok(())
}

/// The app, as the Slack side wants to see it.
struct Glue {
    app: App,
    writer: Option<Writer>,
}

#[async_trait]
impl Dispatcher for Glue {
    async fn dispatch(&self, incoming: Incoming) -> Result<Reply, NotKept> {
        self.app.dispatch(incoming).await
    }
}

#[async_trait]
impl Screens for Glue {
    async fn schedule_form(&self, who: &MemberId, profile: Option<Presence>) -> Option<Form> {
        let zone = profile.and_then(|profile| profile.slack_zone);
        let form = self.app.schedule_form(who, zone.as_deref()).await;
        form.inspect_err(|error| tracing::warn!(%error, "the schedule form could not be filled"))
            .ok()
            .map(Form::Schedule)
    }

    async fn write_follow_up(&self, who: &MemberId, reflection: &RowId, view: &ViewId) {
        if let Some(writer) = &self.writer {
            writer.write(who, reflection, view).await;
        }
    }

    async fn seen(&self, see: &See) -> Option<Form> {
        let seen = self.app.see(see).await;
        seen.unwrap_or_else(|error| {
            tracing::warn!(%error, "what the lens saw could not be kept; the worker reads it again");
            None
        })
    }

    fn stands_aside(&self, since: &mut Option<Instant>) -> bool {
        self.app.stands_aside(since)
    }

    async fn home(&self, who: &MemberId) -> Option<Home> {
        let home = self.app.home(who).await;
        home.inspect_err(|error| tracing::warn!(%error, "Home could not be filled")).ok()
    }
}

/// Homes that are open, for the worker; it does not wait for them.
struct OpenHomes {
    follower: Arc<Follower>,
    tasks: TaskTracker,
}

impl Homes for OpenHomes {
    fn changed(&self, who: &MemberId) {
        let (follower, who) = (Arc::clone(&self.follower), who.clone());
        self.tasks.spawn(async move { follower.refresh_home(&who).await });
    }
}

#[async_trait]
impl Installed for Glue {
    async fn installed(&self, workspace: Workspace, installer: Option<UserId>) -> Result<(), &'static str> {
        self.app.workspace_installed(workspace, installer).await.map_err(|error| {
            tracing::error!(%error, "an installation could not be kept");
            "The installation could not be kept. Please try again in a minute."
        })
    }
}

struct Ready {
    app: App,
    metrics: Arc<Metrics>,
    slack_answers: Arc<AtomicBool>,
}

#[async_trait]
impl Readiness for Ready {
    async fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.app.store.ping().await.is_err() {
            missing.push("database");
        }
        if !self.slack_answers.load(Ordering::SeqCst) {
            missing.push("Slack");
        }
        missing
    }

    async fn refresh_gauges(&self) {
        let now = self.app.env.now();
        let ages = self.app.store.read(move |tx| Box::pin(async move { tx.outbox_stats(now).await })).await;
        for age in ages.unwrap_or_default() {
            let oldest = Duration::from_millis(u64::try_from(age.oldest_age_ms).unwrap_or_default());
            self.metrics.outbox(age.state.into_str(), i64::try_from(age.count).unwrap_or(i64::MAX), oldest);
        }
    }
}
