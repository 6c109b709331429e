//! Installation into a workspace by OAuth v2
//! (<https://docs.slack.dev/authentication/installing-with-oauth>): `GET /slack/install` sends the
//! browser to Slack, and Slack sends it back to `GET /slack/oauth_redirect`. The token is encrypted
//! before it is stored.

mod page;
mod state;

use crate::{
    clock::Env,
    coach::ids::{TeamId, UserId},
    config::{OauthConfig, SecretKeys},
    slack::{manifest::scope_names, tokens::Tokens, web_api::SlackApi},
    store::Workspace,
};
use async_trait::async_trait;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use page::Page;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

/// The cookie that holds the nonce of the state.
const COOKIE: &str = "leadlens_install";

/// The cookie that holds the nonce of an installation that was completed, so that a reload says so. Its code is
/// used up by then.
const DONE_COOKIE: &str = "leadlens_installed";

/// How long a completed installation is remembered, in seconds.
const DONE_S: i64 = 24 * 60 * 60;

/// The store did not keep the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotStored;

/// Takes a new installation.
#[async_trait]
pub trait InstallHandler: Send + Sync + 'static {
    /// Stores the workspace and greets the installer.
    ///
    /// # Errors
    /// [`NotStored`].
    async fn installed(&self, workspace: Workspace, installer: Option<UserId>) -> Result<(), NotStored>;
}

/// What the two routes need.
#[derive(Clone)]
pub struct Installer {
    /// The app's credentials.
    pub oauth: OauthConfig,
    /// The first signs the state; all are accepted, because replicas may not have the same first one yet.
    pub keys: SecretKeys,
    /// The public address of this server, which Slack sends the browser back to.
    pub public_url: Url,
    /// Slack's API; the consent page is on the same host.
    pub api_url: Url,
    /// Exchanges the code.
    pub api: SlackApi,
    /// Encrypts the token.
    pub tokens: Tokens,
    /// Time and random numbers.
    pub env: Env,
    /// Takes the workspace.
    pub app: Arc<dyn InstallHandler>,
}

/// The two routes.
pub fn router(installer: Installer) -> Router {
    Router::new()
        .route("/slack/install", get(install))
        .route("/slack/oauth_redirect", get(oauth_redirect))
        .with_state(Arc::new(installer))
}

impl Installer {
    fn redirect_uri(&self) -> String {
        format!("{}/slack/oauth_redirect", self.public_url.as_str().trim_end_matches('/'))
    }

    fn consent_url(&self, state: &str) -> Url {
        let mut url = self.api_url.clone();
        url.set_path("/oauth/v2/authorize");
        url.query_pairs_mut()
            .append_pair("client_id", &self.oauth.client_id)
            .append_pair("scope", &scope_names().join(","))
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("state", state);
        url
    }
}

async fn install(State(installer): State<Arc<Installer>>) -> Response {
    let nonce = format!("{:016x}{:016x}", installer.env.rng.next_u64(), installer.env.rng.next_u64());
    let Some(state) = state::sign(installer.keys.first(), &nonce, installer.env.now().as_second()) else {
        return Page::CannotSign.into_response();
    };
    let mut response = Redirect::to(installer.consent_url(&state).as_str()).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    set_cookie(&mut response, &installer, COOKIE, &nonce, state::LIFETIME_S);
    response
}

fn set_cookie(response: &mut Response, installer: &Installer, name: &str, value: &str, max_age: i64) {
    let secure = if installer.public_url.scheme() == "https" { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/slack; Max-Age={max_age}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
}

/// The query with which Slack sends the browser back.
#[derive(Debug, Default, Deserialize)]
struct RedirectQuery {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

async fn oauth_redirect(
    State(installer): State<Arc<Installer>>,
    headers: HeaderMap,
    Query(query): Query<RedirectQuery>,
) -> Response {
    let now_s = installer.env.now().as_second();
    let code = match code_of(&installer.keys, &query, &headers, now_s) {
        Ok(code) => code,
        Err(page) => return page.into_response(),
    };
    match complete(&installer, code).await {
        Ok(()) => {
            let mut response = Page::Installed.into_response();
            let nonce = query.state.as_deref().and_then(state::nonce).unwrap_or_default();
            set_cookie(&mut response, &installer, DONE_COOKIE, nonce, DONE_S);
            response
        }
        Err(page) => page.into_response(),
    }
}

/// The code to exchange, or the page that says why there is none.
fn code_of<'q>(
    keys: &SecretKeys,
    query: &'q RedirectQuery,
    headers: &HeaderMap,
    now_s: i64,
) -> Result<&'q str, Page> {
    match query.error.as_deref() {
        Some("access_denied") => return Err(Page::Declined),
        Some(error) => {
            let is_code = error.len() < 60 && error.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let code = if is_code { error } else { "unreadable" };
            tracing::warn!(code, "Slack ended an installation");
            return Err(Page::Refused);
        }
        None => {}
    }
    let code = query.code.as_deref().ok_or(Page::NoCode)?;
    let state = query.state.as_deref().ok_or(Page::NoState)?;
    if keys.iter().any(|key| state::is_ours(key, state))
        && cookie(headers, DONE_COOKIE) == state::nonce(state)
    {
        return Err(Page::Installed);
    }
    let nonce = cookie(headers, COOKIE).unwrap_or_default();
    if keys.iter().any(|key| state::is_valid(key, state, nonce, now_s)) {
        Ok(code)
    } else {
        Err(Page::InvalidState)
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let header = headers.get(header::COOKIE)?.to_str().ok()?;
    header.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Exchanges the code for a token and stores the workspace. The error is the page to show.
async fn complete(installer: &Installer, code: &str) -> Result<(), Page> {
    let exchanged = installer.api.oauth_access(&installer.oauth, code, &installer.redirect_uri()).await;
    let answer = exchanged.map_err(|error| {
        tracing::warn!(code = error.code(), "an installation was not confirmed");
        Page::NotConfirmed
    })?;
    if answer["is_enterprise_install"] == true {
        return Err(Page::WholeOrganisation);
    }
    let team = answer["team"]["id"].as_str().and_then(|id| TeamId::parse(id).ok());
    let team = team.ok_or(Page::UnexpectedAnswer)?;
    let token = answer["access_token"].as_str().map(SecretString::from).ok_or(Page::UnexpectedAnswer)?;
    let encrypted = installer.tokens.encrypt(&installer.env, &team, &token).ok_or(Page::NoKey)?;
    let installed_by = user_in(&answer["authed_user"]["id"]);
    let mut workspace = Workspace::installed(team, answer["team"]["name"].as_str().unwrap_or_default());
    workspace.enterprise = answer["enterprise"]["id"].as_str().map(str::to_owned);
    workspace.bot_user = user_in(&answer["bot_user_id"]);
    workspace.scopes = answer["scope"].as_str().unwrap_or_default().to_owned();
    workspace.token = Some(encrypted);
    workspace.installed_by = installed_by.clone();
    installer.app.installed(workspace, installed_by).await.map_err(|NotStored| Page::NotStored)
}

fn user_in(value: &Value) -> Option<UserId> {
    UserId::parse(value.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_after_an_installation_says_what_happened() {
        let (old, new) = ("07".repeat(32), "08".repeat(32));
        let state = state::sign(SecretKeys::parse(&old).unwrap().first(), "abc", 1_000).unwrap();
        let keys = SecretKeys::parse(&format!("{new},{old}")).unwrap();
        let page = |query: &[(&str, &str)], cookies: &str, now_s: i64| {
            let of = |name| query.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            let query = RedirectQuery { code: of("code"), state: of("state"), error: of("error") };
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, cookies.parse().unwrap());
            code_of(&keys, &query, &headers, now_s).map(str::to_owned)
        };
        let back = [("code", "c"), ("state", state.as_str())];
        let ours = "leadlens_install=abc";
        assert_eq!(page(&back, ours, 1_001), Ok("c".to_owned()));
        assert_eq!(page(&[("error", "access_denied")], ours, 1_001), Err(Page::Declined));
        assert_eq!(page(&[("error", "invalid_scope")], ours, 1_001), Err(Page::Refused));
        assert_eq!(page(&[("state", state.as_str())], ours, 1_001), Err(Page::NoCode));
        assert_eq!(page(&[("code", "c")], ours, 1_001), Err(Page::NoState));
        assert_eq!(page(&back, "leadlens_install=other", 1_001), Err(Page::InvalidState));
        // A reload after success, soon and late, with the code used up.
        let done = "leadlens_install=abc; leadlens_installed=abc";
        assert_eq!(page(&back, done, 1_100), Err(Page::Installed));
        assert_eq!(page(&back, "leadlens_installed=abc", 9_000), Err(Page::Installed));
        // Another installation or a forged state does not count as a success.
        assert_eq!(page(&back, "leadlens_installed=older", 9_000), Err(Page::InvalidState));
        let forged = [("code", "c"), ("state", "abc.1000.forged")];
        assert_eq!(page(&forged, done, 1_100), Err(Page::InvalidState));
    }
}
