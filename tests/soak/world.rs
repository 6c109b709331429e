//! Two workspaces of one Slack, the bot that is installed in both by OAuth, and the clocks. Slack's clock is the
//! true one; the bot's may be minutes off.

use jiff::{SignedDuration, Timestamp};
use leadlens::{
    clock::{Env, ManualClock, SeededRng},
    coach::prompt::Library,
    config::{Config, Environment},
    server::{Bot, WorkerMode},
    slack::web_api::install_tls_provider,
};
use leadlens_sandbox::{Options, Sandbox, workspace::User};
use sqlx::{Connection as _, SqliteConnection};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tempfile::TempDir;

/// A bound on the steps at one moment: a bot that never comes to rest has a defect.
const MOST_STEPS: usize = 500;

/// The workspaces.
pub const TEAMS: [&str; 2] = ["T0FIRST", "T0OTHER"];

pub struct World {
    pub slack: Vec<Sandbox>,
    pub now: Timestamp,
    /// How far the bot's clock is ahead.
    pub ahead: SignedDuration,
    bot: Option<Bot>,
    clock: Arc<ManualClock>,
    rng: Arc<SeededRng>,
    config: Config,
    folder: TempDir,
    database: Option<SqliteConnection>,
}

impl World {
    pub async fn begin(now: Timestamp, seed: u64, people: [Vec<User>; 2]) -> Self {
        install_tls_provider();
        let mut slack = Vec::new();
        for (team, people) in TEAMS.into_iter().zip(people) {
            let mut options = Options::of_team(team, now.as_millisecond(), people);
            // A bot that is gone refuses the connection; nothing waits so long.
            options.ack_timeout = Duration::from_secs(20);
            let sandbox = Sandbox::start(options).await.expect("a workspace");
            sandbox.change(|state| (state.minute_limits, state.files_shared_late) = (true, true));
            slack.push(sandbox);
        }
        slack[0].also_serves(&slack[1]);
        // The second app is not in Slack's directory.
        slack[1].admin().limit_histories(true);
        let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a folder");
        let database = format!("sqlite://{}?mode=rwc", folder.path().join("leadlens.db").display());
        let variables = [
            ("SLACK_API_URL", slack[0].api_url()),
            ("SLACK_SIGNING_SECRET", slack[0].signing_secret().to_owned()),
            ("SLACK_CLIENT_ID", "1.2".to_owned()),
            ("SLACK_CLIENT_SECRET", "of the client".to_owned()),
            ("LEADLENS_SECRET_KEY", "5a".repeat(32)),
            ("LEADLENS_PUBLIC_URL", "https://leadlens.example".to_owned()),
            ("LEADLENS_LISTEN", "127.0.0.1:0".to_owned()),
            ("DATABASE_URL", database),
        ];
        let environment = Environment::of(variables.iter().map(|(name, value)| (*name, value.as_str())));
        let config = Config::from(&environment).unwrap_or_else(|_| panic!("a configuration"));
        let clock = ManualClock::at(now);
        let rng = SeededRng::new(seed);
        let mut world = Self {
            slack,
            now,
            ahead: SignedDuration::ZERO,
            bot: None,
            clock,
            rng,
            config,
            folder,
            database: None,
        };
        world.starts().await;
        for nth in 0..TEAMS.len() {
            world.is_installed(nth).await;
        }
        world
    }

    /// Moves both clocks.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
        self.clock.set(self.now + self.ahead);
        for slack in &self.slack {
            slack.set_now_ms(self.now.as_millisecond());
        }
    }

    /// The bot's clock is corrected, or goes wrong.
    pub fn step_clock(&mut self, ahead: SignedDuration) {
        self.ahead = ahead;
        self.set_now(self.now);
    }

    /// Slack and the bot reach each other, or one of them does not.
    pub fn reach(&self, is_dark: bool) {
        let app_is_gone = is_dark || self.bot.is_none();
        for slack in &self.slack {
            slack.change(|state| (state.unreachable, state.deliveries_fail) = (is_dark, app_is_gone));
        }
    }

    pub fn runs(&self) -> bool {
        self.bot.is_some()
    }

    pub async fn starts(&mut self) {
        let env = Env { clock: self.clock.clone(), rng: self.rng.clone() };
        let library = Library::built_in().unwrap_or_else(|_| panic!("the built-in prompts"));
        let bot = Bot::start(&self.config, env, library, WorkerMode::Manual).await.expect("a bot");
        for slack in &self.slack {
            slack.deliver_over_http(&format!("http://{}/slack/events", bot.address()));
        }
        self.bot = Some(bot);
    }

    /// Ends it as SIGTERM does.
    pub async fn stops(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.stop().await;
        }
    }

    /// Ends it as SIGKILL does, in the middle of its next step if that posts so many messages.
    pub async fn is_killed_while_it_posts(&mut self, posts: usize) -> bool {
        let Some(bot) = self.bot.take() else { return false };
        let before: Vec<usize> = self.slack.iter().map(|it| it.look(|state| state.calls.len())).collect();
        let slack = self.slack.clone();
        let posted = async {
            while slack.iter().zip(&before).map(|(slack, from)| posts_since(slack, *from)).sum::<usize>()
                < posts
            {
                tokio::task::yield_now().await;
            }
        };
        let was_posting = tokio::select! {
            biased;
            () = posted => true,
            _ = bot.tick() => false,
        };
        if was_posting {
            bot.kill();
        } else {
            self.bot = Some(bot);
        }
        was_posting
    }

    /// Lets the bot do what is due now.
    pub async fn rests(&mut self) {
        if let Some(bot) = &self.bot {
            bot.look_at_slack().await;
        }
        for _ in 0..MOST_STEPS {
            for slack in &self.slack {
                slack.deliveries().retry_due().await;
            }
            let Some(bot) = &self.bot else { return };
            bot.settle().await;
            if !bot.tick().await.expect("a step").did_anything() {
                bot.settle().await;
                return;
            }
        }
        panic!("the bot never comes to rest at {}", self.now);
    }

    /// When something happens by itself next, by Slack's clock.
    pub async fn next_at(&self) -> Option<Timestamp> {
        let due_at = match &self.bot {
            Some(bot) => bot.next_due_at().await.expect("the store answers").map(|at| at - self.ahead),
            None => None,
        };
        let retries = self.slack.iter().filter_map(|slack| slack.deliveries().next_retry_ms());
        let retries = retries.filter_map(|ms| Timestamp::from_millisecond(ms).ok());
        retries.chain(due_at).min()
    }

    /// Somebody of the workspace installs the app.
    pub async fn is_installed(&mut self, nth: usize) {
        self.slack[nth].change(|state| state.revoked = false);
        let Some(bot) = &self.bot else { return };
        let address = bot.address();
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let browser = browser.expect("a browser");
        let consent = browser.get(format!("http://{address}/slack/install")).send().await.expect("a page");
        let header = |name: &str| consent.headers()[name].to_str().expect("text").to_owned();
        let cookie = header("set-cookie").split(';').next().expect("a cookie").to_owned();
        let consent_url = url::Url::parse(&header("location")).expect("an address");
        let state =
            consent_url.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
        let mut back =
            url::Url::parse(&format!("http://{address}/slack/oauth_redirect")).expect("an address");
        back.query_pairs_mut()
            .append_pair("code", &self.slack[nth].install_code())
            .append_pair("state", &state);
        let installed = browser.get(back).header("cookie", cookie).send().await.expect("a page");
        assert!(installed.status().is_success(), "{:?}", installed.text().await);
    }

    async fn database(&mut self) -> &mut SqliteConnection {
        if self.database.is_none() {
            let file = format!("sqlite://{}", self.folder.path().join("leadlens.db").display());
            self.database = Some(SqliteConnection::connect(&file).await.expect("the database"));
        }
        self.database.as_mut().expect("it was opened")
    }

    /// The kinds of outbox rows, by id.
    pub async fn kinds(&mut self, rows: &[String]) -> HashMap<String, String> {
        let mut kinds = HashMap::new();
        for row in rows {
            let sql = "select kind from outbox where id = $1";
            let kind: Option<String> = sqlx::query_scalar(sql)
                .bind(row)
                .fetch_optional(self.database().await)
                .await
                .expect("a kind");
            kinds.extend(kind.map(|kind| (row.clone(), kind)));
        }
        kinds
    }

    /// One column of text from the database.
    pub async fn texts(&mut self, sql: &'static str) -> Vec<String> {
        sqlx::query_scalar(sql).fetch_all(self.database().await).await.expect(sql)
    }

    /// How many megabytes the database has.
    pub fn megabytes(&self) -> u64 {
        std::fs::metadata(self.folder.path().join("leadlens.db")).expect("the file").len() / 1_000_000
    }
}

/// How many messages were posted since so many calls.
fn posts_since(slack: &Sandbox, calls: usize) -> usize {
    slack.look(|state| state.calls[calls..].iter().filter(|(method, _)| method == "chat.postMessage").count())
}
