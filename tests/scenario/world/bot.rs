//! The bot of a conversation, as an operator has it: started, stopped, measured, examined.

use super::{Transport, World};
use leadlens::{
    cli::rekey,
    clock::{Env, SeededRng},
    coach::{ids::TeamId, prompt::Library},
    config::Config,
    interaction::AppState,
    server::{Bot, WorkerMode},
    slack::token_cipher::TokenCipher,
    store::WorkspaceState,
};
use std::{net::SocketAddr, time::Duration};

/// The process of the bot.
#[derive(Clone, Copy)]
pub struct BotControl<'a>(pub(super) &'a World);

impl BotControl<'_> {
    /// A second bot over the same database, as on another machine. It takes no deliveries.
    pub async fn another(self) -> Bot {
        let env = Env { clock: self.0.0.clock.clone(), rng: SeededRng::new(8) };
        let config = self.0.0.config.borrow().clone();
        let library = Library::built_in().unwrap_or_else(|_| panic!("the built-in prompts"));
        Bot::start(&config, env, library, WorkerMode::Manual).await.expect("a second bot")
    }

    /// One step of the bot, without waiting for what follows from it.
    pub async fn one_step(self) {
        let bot = self.0.0.bot.read().await;
        bot.as_ref().expect("the bot runs").tick().await.expect("a step");
    }

    /// How long the worker's loop would sleep after a step; `None` when it would not sleep at all.
    pub async fn worker_sleeps(self) -> Option<Duration> {
        let bot = self.0.0.bot.read().await;
        bot.as_ref().expect("the bot runs").sleep_after_step().await.expect("a step")
    }

    /// Starts the bot: at the beginning, and after [`BotControl::stops`].
    pub async fn starts(self) {
        let world = Env { clock: self.0.0.clock.clone(), rng: self.0.0.rng.clone() };
        let mut library = Library::built_in().unwrap_or_else(|_| panic!("the built-in prompts"));
        if !self.0.0.asks.is_empty() {
            library = library.only(&self.0.0.asks);
        }
        let config = self.0.0.config.borrow().clone();
        let bot = Bot::start(&config, world, library, WorkerMode::Manual).await.expect("a bot");
        if self.0.0.transport == Transport::Http {
            self.0.0.sandbox.deliver_over_http(&format!("http://{}/slack/events", bot.address()));
        }
        *self.0.0.bot.write().await = Some(bot);
        self.workspace_is_noted().await;
    }

    /// Stops the bot as SIGTERM does.
    pub async fn stops(self) {
        if let Some(bot) = self.0.0.bot.write().await.take() {
            bot.stop().await;
        }
    }

    pub async fn restarts(self) {
        self.stops().await;
        self.starts().await;
    }

    /// The operator brings another model.
    pub async fn restarts_with_model(self, url: &str) {
        self.stops().await;
        if let Some(llm) = &mut self.0.0.config.borrow_mut().llm {
            llm.url = url.parse().expect("a URL");
        }
        self.starts().await;
    }

    /// The operator sets variables and starts the bot again.
    pub async fn restarts_with(self, variables: &[(&str, &str)]) {
        self.stops().await;
        {
            let mut environment = self.0.0.environment.borrow_mut();
            for (name, value) in variables {
                environment.set(name, (*value).to_owned());
            }
            let config = Config::from(&environment).unwrap_or_else(|errors| panic!("{errors:?}"));
            *self.0.0.config.borrow_mut() = config;
        }
        self.starts().await;
    }

    /// Half a minute passes for the bot: it renews tokens and asks Slack whether it answers.
    pub async fn looks_at_slack(self) {
        self.0.0.bot.read().await.as_ref().expect("the bot runs").look_at_slack().await;
    }

    /// Where its HTTP is served.
    pub async fn address(self) -> SocketAddr {
        self.0.0.bot.read().await.as_ref().expect("the bot runs").address()
    }

    /// `leadlens rekey`: what it prints, or its error.
    pub async fn is_rekeyed(self) -> Result<String, String> {
        let keys = self.0.0.config.borrow().secret_keys.clone().expect("a key");
        let cipher = TokenCipher::new(keys);
        let rekey = async |app: &AppState| rekey::run(&app.store, &cipher, &app.env).await;
        self.operator(rekey).await.map_err(|error| error.to_string())
    }

    /// `/metrics`, as an operator gets it.
    pub async fn metrics(self) -> String {
        let address = self.address().await;
        let answer = reqwest::get(format!("http://{address}/metrics")).await.expect("an answer");
        answer.text().await.expect("the metrics")
    }

    /// The value behind a name with its labels in `/metrics`, as an operator gets it; 0 when it is not
    /// there.
    pub async fn counted(self, name_and_labels: &str) -> u64 {
        let text = self.metrics().await;
        let line = text.lines().find_map(|line| line.strip_prefix(name_and_labels)?.strip_prefix(' '));
        line.map_or(0, |count| count.parse().expect("a count"))
    }

    /// What `leadlens doctor` says, and whether all is well.
    pub async fn doctor_says(self) -> (String, bool) {
        let env = Env { clock: self.0.0.clock.clone(), rng: self.0.0.rng.clone() };
        let environment = self.0.0.environment.borrow().clone();
        leadlens::cli::doctor::examine(&environment, &env).await.finish()
    }

    /// What an operator does beside the running bot.
    pub async fn operator<T>(self, does: impl AsyncFnOnce(&AppState) -> T) -> T {
        let bot = self.0.0.bot.read().await;
        does(&bot.as_ref().expect("the bot runs").state).await
    }

    /// At its start a bot asks Slack once which workspace its token belongs to; a conversation begins after
    /// that.
    async fn workspace_is_noted(self) {
        let of_environment = self.0.0.config.borrow().slack.bot_token.is_some();
        if !of_environment || self.0.0.sandbox.look(|state| state.revoked) {
            return;
        }
        let team = TeamId::parse(&self.0.0.sandbox.team_id()).expect("a team");
        loop {
            let id = team.clone();
            let find = async |app: &AppState| {
                app.store.read(move |tx| Box::pin(async move { tx.find_workspace(&id).await })).await
            };
            let known = self.operator(find).await.expect("the store answers");
            if known.is_some_and(|it| it.state == WorkspaceState::Active && it.unreachable.is_none()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}
