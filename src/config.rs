//! The environment, read once into a `Config`. Every variable is parsed here and nowhere else; a bad
//! one stops the start with its name, what is wrong and an example. Secrets are wrapped as they
//! enter and no error repeats a value.

mod env_file;
mod environment;
mod llm;
mod operator;
mod secret_key;
#[cfg(test)]
mod tests;

pub use environment::Environment;
pub use llm::LlmConfig;
pub use operator::{Contact, Operator};
pub use secret_key::{SecretKey, SecretKeys};

use crate::telemetry::LogFormat;
use secrecy::{ExposeSecret, SecretString};
use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, time::Duration};
use url::Url;

/// Slack's own Web API.
pub const SLACK_API_URL: &str = "https://slack.com/api";

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// How Slack is reached.
    pub slack: SlackConfig,
    /// `DATABASE_URL`.
    pub database: DatabaseUrl,
    /// `LEADLENS_LISTEN`: where HTTP is served.
    pub listen: SocketAddr,
    /// `LEADLENS_PUBLIC_URL`: how Slack and browsers reach it.
    pub public_url: Option<Url>,
    /// `LEADLENS_SECRET_KEY`, `LEADLENS_SECRET_KEY_FILE` or `LEADLENS_SECRET_KEY_CMD`: encrypt workspace tokens at rest.
    pub secret_keys: Option<SecretKeys>,
    /// `LEADLENS_PROMPTS`: a folder laid over the built-in library.
    pub prompts: Option<PathBuf>,
    /// `LEADLENS_LLM_URL`, `LEADLENS_LLM_MODEL` and `LEADLENS_LLM_API_KEY`: a model that may write
    /// follow-up questions.
    pub llm: Option<LlmConfig>,
    /// `LEADLENS_GRACE_DAYS`: how long a workspace's data outlives the app's removal.
    pub grace_days: u32,
    /// `LEADLENS_OPERATOR_NAME` and `LEADLENS_OPERATOR_CONTACT`: who runs the server.
    pub operator: Operator,
    /// `LEADLENS_LOG`: tracing filter.
    pub log_filter: String,
    /// `LEADLENS_LOG_FORMAT`.
    pub log_format: LogFormat,
    /// Variables that begin with `LEADLENS_` and mean nothing.
    pub unknown_variables: BTreeSet<String>,
}

impl Config {
    /// A secret that is not in the database and is the same after a restart: the oldest of the keys, so that a new
    /// one before it changes nothing, or else one of Slack's.
    pub fn pepper_secret(&self) -> &[u8] {
        let of_slack = [&self.slack.signing_secret, &self.slack.app_token, &self.slack.bot_token];
        let of_slack = of_slack.into_iter().flatten().next();
        match (&self.secret_keys, of_slack) {
            (Some(keys), _) => keys.oldest().bytes(),
            (None, Some(secret)) => secret.expose_secret().as_bytes(),
            (None, None) => &[],
        }
    }
}

/// How Slack is reached.
#[derive(Debug, Clone)]
pub struct SlackConfig {
    /// `SLACK_BOT_TOKEN`, for a single workspace.
    pub bot_token: Option<SecretString>,
    /// `SLACK_APP_TOKEN`: set, Socket Mode runs.
    pub app_token: Option<SecretString>,
    /// `SLACK_SIGNING_SECRET`: set, HTTP takes events.
    pub signing_secret: Option<SecretString>,
    /// `SLACK_CLIENT_ID` and `SLACK_CLIENT_SECRET`: set, workspaces can install the app.
    pub oauth: Option<OauthConfig>,
    /// `SLACK_API_URL`, without a trailing slash.
    pub api_url: Url,
    /// `SLACK_CONNECTIONS`: Socket Mode connections held at once, 1 to 10 (Slack's limit).
    pub connections: u8,
    /// How long a call to Slack may take, if not as long as usual. No variable sets it.
    pub call_timeout: Option<Duration>,
}

/// The app's own credentials for OAuth.
#[derive(Debug, Clone)]
pub struct OauthConfig {
    /// `SLACK_CLIENT_ID`; public.
    pub client_id: String,
    /// `SLACK_CLIENT_SECRET`.
    pub client_secret: SecretString,
}

/// The database's URL, which may hold a password: shown without it.
#[derive(Clone)]
pub struct DatabaseUrl(SecretString);

impl DatabaseUrl {
    /// The URL with everything in it, for the driver.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// The engine and, for SQLite, the file; nothing of a server's address or password.
    pub fn shown(&self) -> &str {
        let url = self.0.expose_secret();
        if url.starts_with("sqlite:") { url.split('?').next().unwrap_or(url) } else { "postgres://…" }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DatabaseUrl({})", self.shown())
    }
}

/// One variable that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}. Example: {example}")]
pub struct ConfigError {
    /// The variable.
    pub name: &'static str,
    /// What is wrong, without the value.
    pub problem: String,
    /// A value that would do.
    pub example: &'static str,
}

fn wrong(name: &'static str, problem: impl Into<String>, example: &'static str) -> ConfigError {
    ConfigError { name, problem: problem.into(), example }
}

impl Config {
    /// Reads and checks everything. Slack and the database are left alone; the keys' file is read, or their command
    /// run.
    ///
    /// # Errors
    /// Every [`ConfigError`] there is, so that one start shows all that has to be mended.
    pub fn from(environment: &Environment) -> Result<Self, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let slack = SlackConfig::from(environment, &mut errors);
        let database = keep(database_url(environment), &mut errors);
        let listen = keep(listen(environment), &mut errors);
        let public_url = keep(public_url(environment), &mut errors).flatten();
        let keys = secret_key::secret_keys(environment);
        let keys_failed = keys.is_err();
        let secret_keys = keep(keys, &mut errors).flatten();
        let prompts = keep(prompts(environment), &mut errors).flatten();
        let llm = keep(LlmConfig::from(environment), &mut errors).flatten();
        let grace_days = keep(grace_days(environment), &mut errors);
        let operator = keep(Operator::from(environment), &mut errors).unwrap_or_default();
        let log_format = keep(log_format(environment), &mut errors);
        if slack.as_ref().is_some_and(|slack| slack.oauth.is_some()) {
            if secret_keys.is_none() && !keys_failed {
                let problem = "is needed when SLACK_CLIENT_ID is set, to encrypt workspace tokens at rest";
                errors.push(wrong("LEADLENS_SECRET_KEY", problem, secret_key::KEY_EXAMPLE));
            }
            if public_url.is_none() {
                let problem = "is needed when SLACK_CLIENT_ID is set, for Slack's redirect";
                errors.push(wrong("LEADLENS_PUBLIC_URL", problem, PUBLIC_URL_EXAMPLE));
            }
        }
        match (slack, database, listen, grace_days, log_format) {
            (Some(slack), Some(database), Some(listen), Some(grace_days), Some(log_format))
                if errors.is_empty() =>
            {
                let log_filter = environment.get("LEADLENS_LOG").unwrap_or("info").to_owned();
                Ok(Self {
                    slack,
                    database,
                    listen,
                    public_url,
                    secret_keys,
                    prompts,
                    llm,
                    grace_days,
                    operator,
                    log_filter,
                    log_format,
                    unknown_variables: environment.unknown_names(),
                })
            }
            _ => Err(errors),
        }
    }
}

/// Collects an error and goes on with the next variable.
fn keep<T>(read: Result<T, ConfigError>, errors: &mut Vec<ConfigError>) -> Option<T> {
    read.map_err(|error| errors.push(error)).ok()
}

impl SlackConfig {
    fn from(environment: &Environment, errors: &mut Vec<ConfigError>) -> Option<Self> {
        // Each is read before one that is wrong ends this, so that all of them are named at once.
        let bot_token = keep(token(environment, "SLACK_BOT_TOKEN", "xoxb-"), errors);
        let app_token = keep(token(environment, "SLACK_APP_TOKEN", "xapp-"), errors);
        let signing_secret = keep(signing_secret(environment), errors);
        let api_url = keep(api_url(environment), errors);
        let oauth = keep(oauth(environment), errors);
        let connections = keep(connections(environment), errors);
        Some(Self {
            bot_token: bot_token?,
            app_token: app_token?,
            signing_secret: signing_secret?,
            oauth: oauth?,
            api_url: api_url?,
            connections: connections?,
            call_timeout: None,
        })
    }

    /// Whether there is a way for Slack to reach the bot and one for the bot to reach Slack.
    ///
    /// # Errors
    /// The variable that is missing for `serve`.
    pub fn can_serve(&self) -> Result<(), ConfigError> {
        if self.app_token.is_none() && self.signing_secret.is_none() {
            let problem = "is not set and neither is SLACK_SIGNING_SECRET: Slack has no way to reach LeadLens. \
                           Set the first for Socket Mode or the second for HTTP, or try `leadlens demo`, which needs neither";
            return Err(wrong("SLACK_APP_TOKEN", problem, "xapp-1-A012-345-abc"));
        }
        if self.bot_token.is_none() && self.oauth.is_none() {
            let problem = "is not set: LeadLens cannot write to anybody";
            return Err(wrong("SLACK_BOT_TOKEN", problem, "xoxb-123-456-abc"));
        }
        Ok(())
    }
}

fn token(
    environment: &Environment,
    name: &'static str,
    prefix: &'static str,
) -> Result<Option<SecretString>, ConfigError> {
    let example = if prefix == "xoxb-" { "xoxb-123-456-abc" } else { "xapp-1-A012-345-abc" };
    match environment.get(name) {
        Some(value) if !value.starts_with(prefix) => {
            Err(wrong(name, format!("does not begin with {prefix}: it is a token of another kind"), example))
        }
        Some(value) if value.chars().any(|c| c.is_whitespace() || c.is_control()) => {
            Err(wrong(name, "has blanks in it", example))
        }
        Some(_) => Ok(environment.secret(name)),
        None => Ok(None),
    }
}

/// Slack's signing secrets have 32 hexadecimal digits. One that was cut short would refuse every delivery.
fn signing_secret(environment: &Environment) -> Result<Option<SecretString>, ConfigError> {
    match environment.get("SLACK_SIGNING_SECRET") {
        Some(value) if value.chars().count() < SIGNING_SECRET_LENGTH => {
            let problem = "is too short: copy the whole of it from Basic Information, Signing Secret";
            Err(wrong("SLACK_SIGNING_SECRET", problem, "0123456789abcdef0123456789abcdef"))
        }
        _ => Ok(environment.secret("SLACK_SIGNING_SECRET")),
    }
}

fn oauth(environment: &Environment) -> Result<Option<OauthConfig>, ConfigError> {
    match (environment.get("SLACK_CLIENT_ID"), environment.secret("SLACK_CLIENT_SECRET")) {
        (Some(id), Some(client_secret)) => Ok(Some(OauthConfig { client_id: id.to_owned(), client_secret })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(wrong("SLACK_CLIENT_SECRET", "is needed beside SLACK_CLIENT_ID", "0123456789abcdef"))
        }
        (None, Some(_)) => Err(wrong("SLACK_CLIENT_ID", "is needed beside SLACK_CLIENT_SECRET", "123.456")),
    }
}

fn api_url(environment: &Environment) -> Result<Url, ConfigError> {
    let name = "SLACK_API_URL";
    let text = environment.get(name).unwrap_or(SLACK_API_URL).trim_end_matches('/');
    let url = Url::parse(text).map_err(|_| wrong(name, "is not a URL", SLACK_API_URL))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => {
            let problem = "is plain http to another machine, which would send tokens in the clear";
            Err(wrong(name, problem, SLACK_API_URL))
        }
        _ => Err(wrong(name, "must begin with https://", SLACK_API_URL)),
    }
}

/// Whether a URL stays on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn connections(environment: &Environment) -> Result<u8, ConfigError> {
    let name = "SLACK_CONNECTIONS";
    let Some(text) = environment.get(name) else { return Ok(2) };
    match text.parse() {
        Ok(count @ 1..=10) => Ok(count),
        _ => Err(wrong(name, "must be a whole number from 1 to 10", "2")),
    }
}

fn database_url(environment: &Environment) -> Result<DatabaseUrl, ConfigError> {
    let name = "DATABASE_URL";
    let text = environment.get(name).unwrap_or("sqlite://leadlens.db");
    if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
        return Err(wrong(name, "must begin with sqlite:// or postgres://", "sqlite:///data/leadlens.db"));
    }
    Ok(DatabaseUrl(SecretString::from(text)))
}

/// `LEADLENS_LISTEN` alone, for a command that needs nothing else and must not run the keys' command.
///
/// # Errors
/// It is not an address and a port.
pub fn listen(environment: &Environment) -> Result<SocketAddr, ConfigError> {
    let text = environment.get("LEADLENS_LISTEN").unwrap_or("127.0.0.1:3000");
    text.parse().map_err(|_| wrong("LEADLENS_LISTEN", "is not an address and a port", "127.0.0.1:3000"))
}

const PUBLIC_URL_EXAMPLE: &str = "https://leadlens.example.com";

fn public_url(environment: &Environment) -> Result<Option<Url>, ConfigError> {
    let name = "LEADLENS_PUBLIC_URL";
    let Some(text) = environment.get(name) else { return Ok(None) };
    let url = Url::parse(text.trim_end_matches('/'))
        .map_err(|_| wrong(name, "is not a URL", PUBLIC_URL_EXAMPLE))?;
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if safe { Ok(Some(url)) } else { Err(wrong(name, "must begin with https://", PUBLIC_URL_EXAMPLE)) }
}

/// The length of Slack's signing secrets.
const SIGNING_SECRET_LENGTH: usize = 32;

fn prompts(environment: &Environment) -> Result<Option<PathBuf>, ConfigError> {
    let name = "LEADLENS_PROMPTS";
    let Some(text) = environment.get(name) else { return Ok(None) };
    let folder = PathBuf::from(text);
    if folder.is_dir() {
        Ok(Some(folder))
    } else {
        Err(wrong(name, "is not a folder that can be read", "/etc/leadlens/prompts"))
    }
}

fn grace_days(environment: &Environment) -> Result<u32, ConfigError> {
    let name = "LEADLENS_GRACE_DAYS";
    match environment.get(name).unwrap_or("30").parse() {
        Ok(days @ 0..=365) => Ok(days),
        _ => Err(wrong(name, "must be a whole number of days from 0 to 365", "30")),
    }
}

fn log_format(environment: &Environment) -> Result<LogFormat, ConfigError> {
    match environment.get("LEADLENS_LOG_FORMAT") {
        None | Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        Some(_) => Err(wrong("LEADLENS_LOG_FORMAT", "must be text or json", "json")),
    }
}
