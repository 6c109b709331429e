//! `leadlens doctor`: one line for each check, what is wrong and how to mend it.

use super::{prompts, rekey};
use crate::{
    clock::Env,
    config::{Config, ConfigError, Environment, LlmConfig},
    llm::{LlmClient, LlmError},
    slack::{
        manifest,
        token_cipher::TokenCipher,
        web_api::{SlackApi, install_tls_provider},
    },
    store::{Held, Schema, Store, StoreError, TroubledWorkspace},
    telemetry::Metrics,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::{fmt::Write, sync::Arc};

/// A clock this far from Slack's makes signatures fail before the five minutes are used up.
const MOST_SKEW_S: i64 = 60;

/// The lines of the checks.
#[derive(Debug, Default)]
pub struct Findings {
    text: String,
    bad: usize,
}

impl Findings {
    fn good(&mut self, what: &str, says: impl AsRef<str>) {
        let _ = writeln!(self.text, "ok    {what:<14} {}", says.as_ref());
    }

    fn skipped(&mut self, what: &str, says: impl AsRef<str>) {
        let _ = writeln!(self.text, "-     {what:<14} {}", says.as_ref());
    }

    fn bad(&mut self, what: &str, says: impl AsRef<str>) {
        let _ = writeln!(self.text, "WRONG {what:<14} {}", says.as_ref());
        self.bad += 1;
    }

    /// The lines, and whether nothing is wrong.
    pub fn finish(mut self) -> (String, bool) {
        let bad = self.bad;
        let _ = match bad {
            0 => writeln!(self.text, "All is well."),
            1 => writeln!(self.text, "1 thing is wrong."),
            _ => writeln!(self.text, "{bad} things are wrong."),
        };
        (self.text, bad == 0)
    }
}

/// Checks configuration, prompts, database, tokens, scopes and clock.
pub async fn examine(environment: &Environment, env: &Env) -> Findings {
    let mut findings = Findings::default();
    let config = match Config::from(environment) {
        Ok(config) => config,
        Err(errors) => {
            for error in errors {
                findings.bad("configuration", error.to_string());
            }
            findings.skipped("the rest", "is checked once the configuration can be read");
            return findings;
        }
    };
    match config.slack.can_serve() {
        Ok(()) => findings.good("configuration", transports(&config)),
        Err(error) => findings.bad("configuration", ConfigError::to_string(&error)),
    }
    if !config.unknown_variables.is_empty() {
        let names: Vec<&str> = config.unknown_variables.iter().map(String::as_str).collect();
        findings.good("variables", format!("nothing reads {}: a typing mistake?", names.join(", ")));
    }
    let operator = &config.operator;
    if config.slack.oauth.is_some() && (operator.name.is_none() || operator.contact.is_none()) {
        let says = "LEADLENS_OPERATOR_NAME and LEADLENS_OPERATOR_CONTACT are not both set: /privacy and /support do not say whom to ask";
        findings.skipped("operator", says);
    }
    examine_prompts(&mut findings, &config);
    examine_model(&mut findings, config.llm.as_ref()).await;
    examine_database(&mut findings, &config).await;
    examine_slack(&mut findings, &config, env).await;
    findings
}

fn transports(config: &Config) -> String {
    let mut transports = Vec::new();
    if config.slack.app_token.is_some() {
        transports.push("Socket Mode".to_owned());
    }
    if config.slack.signing_secret.is_some() {
        transports.push(format!("HTTP on {}", config.listen));
    }
    transports.join(" and ")
}

fn examine_prompts(findings: &mut Findings, config: &Config) {
    let outcome = prompts::check(config.prompts.as_deref());
    let line = outcome.text.lines().last().unwrap_or_default().to_owned();
    if outcome.is_good {
        findings.good("prompts", line);
    } else {
        findings.bad("prompts", format!("{line}: `leadlens prompts check` names them"));
    }
}

/// One call with no word of anybody in it.
async fn examine_model(findings: &mut Findings, config: Option<&LlmConfig>) {
    let Some(config) = config else {
        return findings.skipped("model", "LEADLENS_LLM_URL is not set: follow-ups come from the library");
    };
    install_tls_provider();
    let asked = match LlmClient::new(config) {
        Ok(llm) => llm.complete("Answer with one word.", "Are you there?").await,
        Err(error) => return findings.bad("model", error.to_string()),
    };
    let (model, host) = (&config.model, config.host());
    match asked {
        Ok(_) => findings
            .good("model", format!("{model} at {host} answers; it is told words of members who agree")),
        Err(error) => findings.bad("model", format!("{model} at {host}: {error}; {}", model_problem(error))),
    }
}

fn model_problem(error: LlmError) -> &'static str {
    match error {
        LlmError::NotConnected | LlmError::NoAnswer => "check the network and LEADLENS_LLM_URL",
        LlmError::Timeout => "it is too slow: a question that comes after five seconds is not asked",
        LlmError::Http(401 | 403) => "check LEADLENS_LLM_API_KEY",
        LlmError::Http(404) => "check LEADLENS_LLM_URL and LEADLENS_LLM_MODEL",
        LlmError::Http(_) => "see the code in the documentation of that service",
        LlmError::TooLarge | LlmError::Unreadable => "it is no OpenAI-compatible endpoint",
    }
}

/// Looks only: what is to be made or brought up to date, `serve` does when it starts.
async fn examine_database(findings: &mut Findings, config: &Config) {
    let url = &config.database;
    let (engine, schema) = match Store::inspect(url.reveal()).await {
        Ok(looked) => looked,
        Err(error) => return findings.bad("database", error.to_string()),
    };
    let stands = match schema {
        Schema::Missing => "empty so far: `leadlens serve` makes what it needs".to_owned(),
        Schema::UpToDate => "up to date".to_owned(),
        Schema::Ahead => {
            "one migration ahead of this program, which works with it: a newer one runs too".to_owned()
        }
        Schema::Behind(1) => "1 migration behind: `leadlens serve` makes it when it starts".to_owned(),
        Schema::Behind(behind) => {
            format!("{behind} migrations behind: `leadlens serve` makes them when it starts")
        }
    };
    findings.good("database", format!("{}, {}, {stands}", engine.name(), url.shown()));
    if let Ok(Some(file)) = Store::file_that_others_can_read(url.reveal()) {
        let file = file.display();
        findings.bad(
            "who can read",
            format!(
                "other users of this machine can read {file}, with all that members wrote: chmod 600 {file}"
            ),
        );
    }
    if matches!(schema, Schema::UpToDate | Schema::Ahead) {
        examine_workspaces(findings, config).await;
    }
}

/// Names the workspaces that Slack refuses something, and what waits there.
async fn examine_workspaces(findings: &mut Findings, config: &Config) {
    let Ok(store) = Store::open(config.database.reveal()).await else { return };
    let look = store.read(|tx| {
        Box::pin(async move { Ok::<_, StoreError>((tx.troubled_workspaces().await?, tx.held(None).await?)) })
    });
    match look.await {
        Ok((troubled, held)) => {
            for workspace in troubled {
                findings.bad("workspace", workspace_problem(&workspace, &held));
            }
        }
        Err(error) => findings.bad("database", error.to_string()),
    }
    examine_tokens(findings, config, &store).await;
    store.close().await;
}

/// Says which keys the tokens of workspaces are encrypted under, by position.
async fn examine_tokens(findings: &mut Findings, config: &Config, store: &Store) {
    let cipher = config.secret_keys.clone().map(TokenCipher::new);
    let found = match rekey::key_use(store, cipher.as_ref()).await {
        Ok(found) if found.is_empty() => return,
        Ok(found) => found,
        Err(error) => return findings.bad("database", error.to_string()),
    };
    if !found.unreadable.is_empty() {
        let (teams, mend) =
            (found.unreadable_teams(), "put its key back, behind the others, or install the app again");
        findings
            .bad("tokens", format!("no key of LEADLENS_SECRET_KEY decrypts the token of {teams}: {mend}"));
    }
    match (found.by_key(), found.behind()) {
        (by_key, _) if by_key.is_empty() => {}
        (by_key, 0) => findings.good("tokens", by_key),
        (by_key, _) => findings.good(
            "tokens",
            format!("{by_key}: `leadlens rekey` encrypts all under key 1; the others can be taken out then"),
        ),
    }
}

fn workspace_problem(workspace: &TroubledWorkspace, held: &[Held]) -> String {
    let mut says = format!("{}: since {}", workspace.team, workspace.since);
    if let Some(code) = &workspace.unreachable {
        let _ = write!(says, " Slack says {code}; {}", workspace_mend(code));
    }
    for held in held.iter().filter(|held| held.team == workspace.team) {
        let scope = held.scope().and_then(|name| manifest::SCOPES.iter().find(|scope| scope.name == name));
        let _ = match scope {
            Some(scope) => {
                write!(says, "; {} wait for the scope {}: {}", held.count, scope.name, scope.without)
            }
            None => write!(says, "; {} wait ({})", held.count, held.reason),
        };
    }
    says
}

fn workspace_mend(code: &str) -> &'static str {
    match code {
        "messages_tab_disabled" => {
            "switch the Messages tab on under App Home, or paste `leadlens manifest` and install the app again"
        }
        "org_login_required" => "the workspace moves into an organisation: an administrator signs in there",
        "token_revoked" | "token_expired" | "account_inactive" | "invalid_auth" | "not_authed"
        | "not_installed" => "install the app again",
        _ => "an administrator of the workspace has to allow it",
    }
}

async fn examine_slack(findings: &mut Findings, config: &Config, env: &Env) {
    let api = match SlackApi::new(&config.slack.api_url, Arc::new(Metrics::new())) {
        Ok(api) => api,
        Err(error) => return findings.bad("Slack", error.to_string()),
    };
    match &config.slack.bot_token {
        Some(token) => examine_bot_token(findings, &api, token, env).await,
        None => findings.skipped("bot token", "SLACK_BOT_TOKEN is not set"),
    }
    match &config.slack.app_token {
        Some(token) => match api.post("apps.connections.open", token, &json!({})).await {
            Ok(_) => findings.good("app token", "opens Socket Mode"),
            Err(error) => findings.bad("app token", token_problem("SLACK_APP_TOKEN", &error.code())),
        },
        None => findings.skipped("app token", "SLACK_APP_TOKEN is not set: no Socket Mode"),
    }
}

async fn examine_bot_token(findings: &mut Findings, api: &SlackApi, token: &SecretString, env: &Env) {
    let granted = match api.granted_scopes(token).await {
        Ok(granted) => granted,
        Err(error) => return findings.bad("bot token", token_problem("SLACK_BOT_TOKEN", &error.code())),
    };
    findings.good(
        "bot token",
        format!(
            "works in the workspace {}",
            granted.identity.get("team").and_then(Value::as_str).unwrap_or("?")
        ),
    );
    let missing: Vec<&str> = manifest::scope_names()
        .into_iter()
        .filter(|scope| !granted.scopes.iter().any(|has| has == scope))
        .collect();
    if missing.is_empty() {
        findings.good("scopes", "all granted");
    } else {
        let says =
            "Add them under OAuth & Permissions (or paste `leadlens manifest`) and install the app again";
        findings.bad("scopes", format!("missing: {}. {says}", missing.join(", ")));
        for scope in manifest::SCOPES.iter().filter(|scope| missing.contains(&scope.name)) {
            findings.skipped(scope.name, format!("missing: {}", scope.without));
        }
    }
    examine_clock(findings, granted.date.as_deref(), env);
}

fn examine_clock(findings: &mut Findings, date: Option<&str>, env: &Env) {
    let slacks = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|zoned| zoned.timestamp());
    match slacks.map(|slacks| env.now().as_second().abs_diff(slacks.as_second())) {
        Some(skew_s) if skew_s > MOST_SKEW_S.unsigned_abs() => {
            findings.bad("clock", format!("{skew_s} s away from Slack's: set this machine's clock (NTP)"));
        }
        Some(skew_s) => findings.good("clock", format!("{skew_s} s away from Slack's")),
        None => findings.skipped("clock", "Slack named no time to compare with"),
    }
}

fn token_problem(name: &str, code: &str) -> String {
    let mend = match code {
        "invalid_auth" | "not_authed" => {
            "it is not a token of this app: copy it again from the app's settings"
        }
        "token_revoked" | "account_inactive" | "token_expired" => {
            "install the app again and copy the new token"
        }
        "not_allowed_token_type" => "it is a token of another kind",
        "missing_scope" => "give the app-level token the scope connections:write",
        "not_connected" | "no_answer" => "Slack cannot be reached: check the network and SLACK_API_URL",
        _ => "see the code in Slack's documentation",
    };
    format!("{name}: Slack says {code}; {mend}")
}
