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
    site,
    slack::{manifest::scope_names, token_rotation::GrantedTokens, tokens::Tokens, web_api::SlackApi},
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
use serde::Deserialize;
use serde_json::Value;
use state::BadState;
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

/// Whether the workspace was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// It is new here.
    First,
    /// It had LeadLens before: its data stays, its token is renewed.
    Again,
}

/// Takes a new installation.
#[async_trait]
pub trait InstallHandler: Send + Sync + 'static {
    /// Notes that a state is used. False: it was before.
    ///
    /// # Errors
    /// [`NotStored`].
    async fn use_state(&self, nonce: &str) -> Result<bool, NotStored>;

    /// Stores the workspace and greets the installer.
    ///
    /// # Errors
    /// [`NotStored`].
    async fn installed(
        &self,
        workspace: Workspace,
        installer: Option<UserId>,
    ) -> Result<Installed, NotStored>;
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
    /// What the paths of this server begin with.
    fn base(&self) -> String {
        site::base_of(Some(&self.public_url))
    }

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
    let now_s = installer.env.now().as_second();
    let Some(state) = state::sign(installer.keys.first(), &nonce, now_s) else {
        return Page::NoKey.response(&installer.base());
    };
    let mut response = Redirect::to(installer.consent_url(&state).as_str()).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    set_cookie(&mut response, &installer, COOKIE, &nonce, state::LIFETIME_S);
    response
}

fn set_cookie(response: &mut Response, installer: &Installer, name: &str, value: &str, max_age: i64) {
    let secure = if installer.public_url.scheme() == "https" { "; Secure" } else { "" };
    let base = installer.base();
    let cookie =
        format!("{name}={value}; HttpOnly; SameSite=Lax; Path={base}/slack; Max-Age={max_age}{secure}");
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
    let (code, nonce) = match code_of(&installer.keys, &query, &headers, now_s) {
        Ok(found) => found,
        Err(page) => return page.response(&installer.base()),
    };
    match complete(&installer, code, nonce).await {
        Ok(page) => {
            let mut response = page.response(&installer.base());
            set_cookie(&mut response, &installer, DONE_COOKIE, nonce, DONE_S);
            response
        }
        Err(page) => page.response(&installer.base()),
    }
}

/// The code to exchange and the nonce of its state, or the page that says why there is none.
fn code_of<'q>(
    keys: &SecretKeys,
    query: &'q RedirectQuery,
    headers: &HeaderMap,
    now_s: i64,
) -> Result<(&'q str, &'q str), Page> {
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
    let signed = state::read(keys, state).map_err(page_of)?;
    if cookie(headers, DONE_COOKIE) == Some(signed.nonce) {
        return Err(Page::Reloaded);
    }
    signed.check(cookie(headers, COOKIE).unwrap_or_default(), now_s).map_err(page_of)?;
    Ok((code, signed.nonce))
}

fn page_of(bad: BadState) -> Page {
    match bad {
        BadState::NotOurs => Page::UnknownState,
        BadState::Expired => Page::ExpiredState,
        BadState::OtherBrowser => Page::OtherBrowser,
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let header = headers.get(header::COOKIE)?.to_str().ok()?;
    header.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Exchanges the code for a token and stores the workspace. Either way it is the page to show.
async fn complete(installer: &Installer, code: &str, nonce: &str) -> Result<Page, Page> {
    // Before the exchange: of two requests with the same state one goes on, whichever replicas they reach.
    if !installer.app.use_state(nonce).await.map_err(|NotStored| Page::NotStored)? {
        return Err(Page::UsedState);
    }
    let exchanged = installer.api.oauth_access(&installer.oauth, code, &installer.redirect_uri()).await;
    let answer = exchanged.map_err(|error| {
        let code = error.code();
        tracing::warn!(code, "an installation was not confirmed");
        page_of_error(&code)
    })?;
    if answer["is_enterprise_install"] == true {
        return Err(Page::WholeOrganisation);
    }
    let (workspace, installed_by) = workspace_in(installer, &answer)?;
    match installer.app.installed(workspace, installed_by).await {
        Ok(Installed::First) => Ok(Page::Installed),
        Ok(Installed::Again) => Ok(Page::InstalledAgain),
        Err(NotStored) => Err(Page::NotStored),
    }
}

/// What an error of `oauth.v2.access` means to the person
/// (<https://docs.slack.dev/reference/methods/oauth.v2.access>).
fn page_of_error(code: &str) -> Page {
    match code {
        "invalid_code" | "code_already_used" | "bad_verification_code" => Page::CodeGone,
        "invalid_client_id"
        | "bad_client_secret"
        | "bad_redirect_uri"
        | "invalid_grant_type"
        | "no_scopes"
        | "oauth_authorization_url_mismatch" => Page::Misconfigured,
        _ => Page::NotConfirmed,
    }
}

/// The workspace of an answer, with its token encrypted, and who installed LeadLens there.
fn workspace_in(installer: &Installer, answer: &Value) -> Result<(Workspace, Option<UserId>), Page> {
    let team = answer["team"]["id"].as_str().and_then(|id| TeamId::parse(id).ok());
    let team = team.ok_or(Page::UnexpectedAnswer)?;
    let granted = GrantedTokens::read(answer).ok_or(Page::UnexpectedAnswer)?;
    let installed_by = user_in(&answer["authed_user"]["id"]);
    let mut workspace = Workspace::installed(team, answer["team"]["name"].as_str().unwrap_or_default());
    workspace.enterprise = answer["enterprise"]["id"].as_str().map(str::to_owned);
    workspace.bot_user = user_in(&answer["bot_user_id"]);
    workspace.scopes = answer["scope"].as_str().unwrap_or_default().to_owned();
    installer.tokens.store_in(&mut workspace, &granted, &installer.env).ok_or(Page::NoKey)?;
    workspace.installed_by = installed_by.clone();
    Ok((workspace, installed_by))
}

fn user_in(value: &Value) -> Option<UserId> {
    UserId::parse(value.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_slack_is_the_persons_the_operators_or_slacks() {
        assert_eq!(page_of_error("invalid_code"), Page::CodeGone);
        assert_eq!(page_of_error("bad_client_secret"), Page::Misconfigured);
        assert_eq!(page_of_error("no_answer"), Page::NotConfirmed);
        assert_eq!(page_of_error("fatal_error"), Page::NotConfirmed);
    }
}
