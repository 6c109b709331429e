//! A Slack of its own on loopback, for the demo and the tests: Web API, Socket Mode, signed HTTP
//! delivery, and members controlled by a script. It refuses what Slack refuses, with Slack's
//! error, and knows nothing of LeadLens. `workspace` is the state, `api` and `blocks` the rules,
//! `deliver` the way to the app, `script` what members do, `transcript` what they see, `page` both in a browser.
//! `model` is a scripted language model beside it.

#![allow(
    clippy::indexing_slicing,
    reason = "what is indexed is `serde_json::Value`, where a key that is missing reads as null"
)]

mod admin;
mod api;
pub mod blocks;
mod deliver;
mod deliveries;
mod faults;
mod limits;
pub mod model;
pub mod page;
pub mod script;
pub mod transcript;
pub mod workspace;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use workspace::{User, Workspace};

pub use admin::Admin;
pub use deliver::{Delivered, sign};
pub use deliveries::Deliveries;
pub use faults::Faults;

/// What every sandbox grants unless told otherwise: what LeadLens's manifest asks for.
const SCOPES: [&str; 9] = [
    "commands",
    "chat:write",
    "im:write",
    "im:history",
    "reactions:write",
    "users:read",
    "dnd:read",
    "files:read",
    "files:write",
];

/// How a sandbox begins.
#[derive(Debug, Clone)]
pub struct Options {
    /// `T…`
    pub team: String,
    /// The bot's token there.
    pub bot_token: String,
    /// Its people.
    pub users: Vec<User>,
    /// Granted bot scopes.
    pub scopes: Vec<String>,
    /// Its clock at the start, in Unix milliseconds.
    pub start_ms: i64,
    /// How long it waits for an acknowledgement, in real time (Slack: three seconds).
    pub ack_timeout: Duration,
    /// The port on loopback; 0: a free one.
    pub port: u16,
}

impl Options {
    /// A workspace with some people in it.
    pub fn new(start_ms: i64, users: Vec<User>) -> Self {
        Self {
            team: "T0SANDBOX".to_owned(),
            bot_token: BOT_TOKEN.to_owned(),
            users,
            scopes: SCOPES.iter().map(ToString::to_string).collect(),
            start_ms,
            ack_timeout: Duration::from_secs(3),
            port: 0,
        }
    }

    /// Another workspace of the same Slack, for [`Sandbox::also_serves`].
    pub fn of_team(team: &str, start_ms: i64, users: Vec<User>) -> Self {
        Self { team: team.to_owned(), bot_token: format!("{BOT_TOKEN}-{team}"), ..Self::new(start_ms, users) }
    }
}

/// A running workspace. Cheap to clone; `shutdown` ends it.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    state: Mutex<Workspace>,
    changed: watch::Sender<u64>,
    now_ms: AtomicI64,
    address: SocketAddr,
    bot_token: String,
    /// Other workspaces that this API serves.
    others: Mutex<Vec<Arc<Self>>>,
    ack_timeout: Duration,
    delivery: Mutex<deliver::Delivery>,
    http: reqwest::Client,
    page: OnceLock<Arc<dyn page::PageControls>>,
    stop: tokio_util::sync::CancellationToken,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, Workspace> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes the tasks that wait for a change.
    fn change<T>(&self, change: impl FnOnce(&mut Workspace) -> T) -> T {
        let result = change(&mut self.state());
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
        result
    }

    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }
}

/// The bot's user.
pub const BOT_USER: &str = "U0LEADLENS";
/// The bot.
pub const BOT_ID: &str = "B0LEADLENS";
/// The app.
pub const APP_ID: &str = "A0LEADLENS";
const BOT_TOKEN: &str = "xoxb-sandbox-bot-token";
const APP_TOKEN: &str = "xapp-1-sandbox-app-token";
/// What its requests are signed with.
pub const SIGNING_SECRET: &str = "5a9d0b0c5e1f4a7f8c3d2b1a09f8e7d6";

impl Sandbox {
    /// Starts a workspace on a port of the loopback interface.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port)).await?;
        let address = listener.local_addr()?;
        let mut state = Workspace::default();
        state.team = options.team;
        state.origin = format!("http://{address}");
        state.scopes = options.scopes.into_iter().collect();
        state.users = options.users.into_iter().map(|user| (user.id.clone(), user)).collect();
        let mut bot = User::new(BOT_USER, "LeadLens", "UTC");
        bot.is_bot = true;
        state.users.insert(BOT_USER.to_owned(), bot);
        let http = reqwest::Client::builder().build().map_err(std::io::Error::other)?;
        let inner = Arc::new(Inner {
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            now_ms: AtomicI64::new(options.start_ms),
            address,
            bot_token: options.bot_token,
            others: Mutex::default(),
            ack_timeout: options.ack_timeout,
            delivery: Mutex::new(deliver::Delivery::default()),
            http,
            page: OnceLock::new(),
            stop: tokio_util::sync::CancellationToken::new(),
        });
        let router = api::router(Arc::clone(&inner)).merge(page::router(Self { inner: Arc::clone(&inner) }));
        let stop = inner.stop.clone();
        tokio::spawn(async move {
            let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
            if let Err(error) = served {
                tracing::warn!(%error, "the sandbox stopped serving");
            }
        });
        Ok(Self { inner })
    }

    /// For `SLACK_API_URL`.
    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.inner.address)
    }

    /// For `SLACK_BOT_TOKEN`.
    pub fn bot_token(&self) -> &str {
        &self.inner.bot_token
    }

    /// From now on this one's API serves another workspace as well, as Slack's serves all: the token of a call
    /// says which one is meant. Ids are unique in all of Slack.
    pub fn also_serves(&self, other: &Self) {
        let mut others = self.inner.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.push(Arc::clone(&other.inner));
        let nth = u64::try_from(others.len()).unwrap_or(u64::MAX);
        other.change(|state| state.begin_ids_at(nth.saturating_mul(10_000_000)));
    }

    /// The code with which Slack sends back somebody who installs the app in this workspace.
    pub fn install_code(&self) -> String {
        api::install_code(&self.inner)
    }

    /// For `SLACK_APP_TOKEN`.
    pub fn app_token(&self) -> &'static str {
        APP_TOKEN
    }

    /// For `SLACK_SIGNING_SECRET`.
    pub fn signing_secret(&self) -> &'static str {
        SIGNING_SECRET
    }

    /// The workspace's id.
    pub fn team_id(&self) -> String {
        self.inner.state().team.clone()
    }

    /// Its clock, in Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        self.inner.now_ms()
    }

    /// Moves its clock.
    pub fn set_now_ms(&self, now_ms: i64) {
        self.inner.now_ms.store(now_ms, Ordering::SeqCst);
        self.inner.change(|_| ());
    }

    /// Opens the page where one is a member, and says its address. What the page needs beyond the
    /// workspace comes from `controls`.
    pub fn open_page(&self, controls: Arc<dyn page::PageControls>) -> String {
        let _ = self.inner.page.set(controls);
        format!("http://{}/", self.inner.address)
    }

    /// Delivers over signed HTTP to a URL from now on, instead of Socket Mode.
    pub fn deliver_over_http(&self, request_url: &str) {
        self.inner.delivery.lock().unwrap_or_else(PoisonError::into_inner).request_url =
            Some(request_url.to_owned());
    }

    /// Looks at the state of the world.
    pub fn look<T>(&self, look: impl FnOnce(&Workspace) -> T) -> T {
        look(&self.inner.state())
    }

    /// Changes the state of the world behind everybody's back.
    pub fn change<T>(&self, change: impl FnOnce(&mut Workspace) -> T) -> T {
        self.inner.change(change)
    }

    /// What goes wrong.
    pub fn faults(&self) -> Faults<'_> {
        Faults(self)
    }

    /// What is delivered by hand.
    pub fn deliveries(&self) -> Deliveries<'_> {
        Deliveries(self)
    }

    /// What administrators do.
    pub fn admin(&self) -> Admin<'_> {
        Admin(self)
    }

    /// A member, controlled by a script.
    pub fn person(&self, user: &str) -> script::Person {
        script::Person::new(self.clone(), user)
    }

    /// How many Socket Mode connections are open.
    pub fn connections(&self) -> usize {
        deliver::connections(&self.inner)
    }

    /// Waits until something is so, however the bot gets there; real time only guards it.
    ///
    /// # Errors
    /// After ten seconds without it, with what is there instead.
    pub async fn until<T>(
        &self,
        what: &str,
        mut look: impl FnMut(&Workspace) -> Option<T>,
    ) -> Result<T, script::NeverHappened> {
        let mut changed = self.inner.changed.subscribe();
        let wait = async {
            loop {
                if let Some(found) = look(&self.inner.state()) {
                    return found;
                }
                if changed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), wait).await.map_err(|_| script::NeverHappened {
            what: what.to_owned(),
            instead: transcript::everything(&self.inner.state()),
        })
    }

    /// Ends it: no more deliveries, no more answers.
    pub fn shutdown(&self) {
        self.inner.stop.cancel();
        self.faults().cut_connections();
    }
}
