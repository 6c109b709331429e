//! Installing into a workspace by OAuth v2 (<https://docs.slack.dev/authentication/installing-with-oauth>):
//! `GET /slack/install` sends the browser to Slack, `GET /slack/oauth_redirect` takes it back. The
//! state is signed, lasts ten minutes and belongs to one browser; the token is sealed before it is stored.

use super::{client::SlackApi, manifest::scope_names, tokens::Tokens};
use crate::{
    clock::Env,
    coach::ids::{TeamId, UserId},
    config::{OauthConfig, SecretKey},
    store::Workspace,
};
use async_trait::async_trait;
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use std::{fmt::Write, sync::Arc};
use subtle::ConstantTimeEq;
use url::Url;

/// How long a browser may take from our page to Slack's and back, in seconds.
const STATE_LASTS_S: i64 = 10 * 60;

const COOKIE: &str = "leadlens_install";

/// What an installation starts.
#[async_trait]
pub trait Installed: Send + Sync + 'static {
    /// Keeps the workspace and greets the installer.
    ///
    /// # Errors
    /// When it could not be kept.
    async fn installed(&self, workspace: Workspace, installer: Option<UserId>) -> Result<(), &'static str>;
}

/// What the two pages need.
#[derive(Clone)]
pub struct Installer {
    /// The app's credentials.
    pub oauth: OauthConfig,
    /// Signs the state.
    pub key: SecretKey,
    /// Where Slack sends the browser back to.
    pub public_url: Url,
    /// Slack's API; its host also serves the consent page.
    pub api_url: Url,
    /// Exchanges the code.
    pub api: SlackApi,
    /// Seals the token.
    pub tokens: Tokens,
    /// Time and chance.
    pub env: Env,
    /// Takes the workspace.
    pub app: Arc<dyn Installed>,
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

    /// `<nonce>.<seconds>.<signature>`; the browser keeps the nonce in a cookie. Nothing without a
    /// signature ever leaves here.
    fn state(&self, nonce: &str, at_s: i64) -> Option<String> {
        let mut text = format!("{nonce}.{at_s}");
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.bytes()).ok()?;
        mac.update(b"leadlens-install:");
        mac.update(text.as_bytes());
        text.push('.');
        for byte in mac.finalize().into_bytes() {
            let _ = write!(text, "{byte:02x}");
        }
        Some(text)
    }

    fn state_holds(&self, state: &str, cookie: &str) -> bool {
        let Some((nonce, at_s)) = state.split('.').next().zip(state.split('.').nth(1)) else { return false };
        let Ok(at_s) = at_s.parse::<i64>() else { return false };
        let age_s = self.env.now().as_second().saturating_sub(at_s);
        let same = |a: &str, b: &str| bool::from(a.as_bytes().ct_eq(b.as_bytes()));
        let is_ours = self.state(nonce, at_s).is_some_and(|ours| same(&ours, state));
        (0..=STATE_LASTS_S).contains(&age_s) && is_ours && same(nonce, cookie)
    }
}

async fn install(State(installer): State<Arc<Installer>>) -> Response {
    let nonce = format!("{:016x}{:016x}", installer.env.rng.next_u64(), installer.env.rng.next_u64());
    let Some(state) = installer.state(&nonce, installer.env.now().as_second()) else {
        return page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Not installed",
            "This server cannot sign. Please try again.",
        );
    };
    let mut url = installer.api_url.clone();
    url.set_path("/oauth/v2/authorize");
    url.query_pairs_mut()
        .append_pair("client_id", &installer.oauth.client_id)
        .append_pair("scope", &scope_names().join(","))
        .append_pair("redirect_uri", &installer.redirect_uri())
        .append_pair("state", &state);
    let mut response = Redirect::to(url.as_str()).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let secure = if installer.public_url.scheme() == "https" { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={nonce}; HttpOnly; SameSite=Lax; Path=/slack; Max-Age={STATE_LASTS_S}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

#[derive(Deserialize)]
struct Back {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

async fn oauth_redirect(
    State(installer): State<Arc<Installer>>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Response {
    if back.error.is_some() {
        return page(
            StatusCode::OK,
            "Not installed",
            "You chose not to install LeadLens. Nothing was changed.",
        );
    }
    let (Some(code), Some(state)) = (back.code, back.state) else {
        return page(
            StatusCode::BAD_REQUEST,
            "Not installed",
            "Slack sent no code. Please start again at /slack/install.",
        );
    };
    if !installer.state_holds(&state, cookie(&headers).unwrap_or_default()) {
        let says = "This page is too old or came from another browser. Please start again at /slack/install.";
        return page(StatusCode::BAD_REQUEST, "Not installed", says);
    }
    match exchange(&installer, &code).await {
        Ok(()) => page(
            StatusCode::OK,
            "LeadLens is installed",
            "Open Slack: LeadLens has written to you. Type /leadlens checkin in any conversation to begin.",
        ),
        Err(says) => page(StatusCode::BAD_GATEWAY, "Not installed", says),
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(header::COOKIE)?.to_str().ok()?;
    header.split(';').find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

async fn exchange(installer: &Installer, code: &str) -> Result<(), &'static str> {
    let answer =
        installer.api.oauth_access(&installer.oauth, code, &installer.redirect_uri()).await.map_err(
            |error| {
                tracing::warn!(code = error.code(), "an installation did not go through");
                "Slack did not confirm the installation. Please start again at /slack/install."
            },
        )?;
    const ODD: &str = "Slack's answer was not as documented, so nothing was kept. Please try again.";
    if answer["is_enterprise_install"] == true {
        return Err(
            "LeadLens is installed into one workspace at a time. Please choose a workspace instead of the whole organisation.",
        );
    }
    let team = id(&answer["team"]["id"]).ok_or(ODD)?;
    let token = answer["access_token"].as_str().map(SecretString::from).ok_or(ODD)?;
    let sealed =
        installer.tokens.seal(&installer.env, &team, &token).ok_or("No key to seal the token with.")?;
    let mut workspace = Workspace::installed(team, answer["team"]["name"].as_str().unwrap_or_default());
    workspace.enterprise = answer["enterprise"]["id"].as_str().map(str::to_owned);
    workspace.bot_user = answer["bot_user_id"].as_str().and_then(|id| UserId::parse(id).ok());
    workspace.scopes = answer["scope"].as_str().unwrap_or_default().to_owned();
    workspace.token = Some(sealed);
    let by = answer["authed_user"]["id"].as_str().and_then(|id| UserId::parse(id).ok());
    workspace.installed_by = by.clone();
    installer.app.installed(workspace, by).await
}

fn id(value: &Value) -> Option<TeamId> {
    TeamId::parse(value.as_str()?).ok()
}

fn page(status: StatusCode, title: &str, says: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><body style=\"font:1.1rem/1.5 system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem\">\
         <h1>{title}</h1><p>{says}</p></body></html>"
    );
    // What is said holds for this one visit.
    (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}
