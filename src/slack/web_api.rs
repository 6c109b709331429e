//! The client for Slack's Web API, on top of slack-morphism's connector. Every call has a timeout, is
//! counted in the metrics, and fails with an error code only, never with a response body.

use crate::{
    config::{OauthConfig, is_loopback},
    interaction::ResponseUrl,
    telemetry::Metrics,
};
use bytes::Bytes;
use hyper_util::client::legacy::Error as HyperError;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use slack_morphism::{
    SlackApiToken, SlackApiTokenValue, SlackClient, errors::SlackClientError,
    hyper_tokio::SlackClientHyperHttpsConnector,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tracing::{Instrument as _, Span};
use url::Url;

/// slack-morphism's connector over rustls with ring, also for plain `http` on loopback.
pub type Connector = SlackClientHyperHttpsConnector;

/// The timeout of one call. Slack itself gives up on most calls after ten seconds.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// A download of up to ten megabytes may take this many times [`CALL_TIMEOUT`], body included.
const DOWNLOAD_TIMEOUT_FACTOR: u32 = 3;

/// The wait after a 429 without a `Retry-After` header.
const DEFAULT_RETRY_AFTER_S: u64 = 30;

/// Why a call failed. It carries a code and never a body, because bodies hold members' text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Slack answered with this error code.
    #[error("{0}")]
    Slack(String),
    /// Slack limits this method for this workspace.
    #[error("ratelimited")]
    RateLimited {
        /// How long to wait before the next call.
        retry_after: Duration,
    },
    /// An HTTP status that is neither a success nor 429.
    #[error("http_{0}")]
    Http(u16),
    /// No connection could be made, so nothing was sent.
    #[error("not_connected")]
    NotConnected,
    /// The request was sent, but no complete answer came back.
    #[error("no_answer")]
    NoAnswer,
}

impl CallError {
    /// Whether Slack may have carried out the call although it failed.
    pub fn is_in_doubt(&self) -> bool {
        match self {
            CallError::NoAnswer => true,
            CallError::Http(status) => *status >= 500,
            CallError::Slack(code) => {
                matches!(
                    code.as_str(),
                    "internal_error" | "fatal_error" | "request_timeout" | "service_unavailable"
                )
            }
            CallError::RateLimited { .. } | CallError::NotConnected => false,
        }
    }

    /// The error code; also a metric label, because there are few different ones.
    pub fn code(&self) -> String {
        self.to_string()
    }
}

/// Why the client could not be created.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The system has no CA certificates.
    #[error("no CA certificates on this machine: install the ca-certificates package")]
    Certificates(#[from] std::io::Error),
    /// reqwest refused its configuration.
    #[error("the HTTP client could not be built")]
    Client,
    /// Plain `http` to another machine would send tokens unencrypted.
    #[error("Slack's API is asked over https, or over http on this machine alone")]
    PlainHttp,
}

/// The Web API client. Cheap to clone.
#[derive(Clone)]
pub struct SlackApi {
    client: Arc<SlackClient<Connector>>,
    http: reqwest::Client,
    api_url: Url,
    metrics: Arc<Metrics>,
    call_timeout: Duration,
}

/// Installs the process-wide rustls provider. Calling it again has no effect.
///
/// rustls panics on first use when two providers are compiled in and none was installed.
pub fn install_tls_provider() {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl SlackApi {
    /// Creates a client for an API base URL such as `https://slack.com/api`.
    ///
    /// # Errors
    /// [`SetupError`] when the machine has no CA certificates, or the base is plain `http` to
    /// another machine.
    pub fn new(api_url: &Url, metrics: Arc<Metrics>) -> Result<Self, SetupError> {
        if api_url.scheme() != "https" && !is_loopback(api_url) {
            return Err(SetupError::PlainHttp);
        }
        install_tls_provider();
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .build();
        let base = api_url.as_str().trim_end_matches('/');
        let connector = Connector::from(connector).with_slack_api_url(base);
        // Following a redirect would send the request body to another host.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| SetupError::Client)?;
        let client = Arc::new(SlackClient::new(connector));
        Ok(Self { client, http, api_url: api_url.clone(), metrics, call_timeout: CALL_TIMEOUT })
    }

    /// Replaces the timeout of a call.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// What it counts.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// slack-morphism's own client, which Socket Mode needs.
    pub fn morphism(&self) -> Arc<SlackClient<Connector>> {
        Arc::clone(&self.client)
    }

    /// Calls a method with a JSON body.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn post(
        &self,
        method: &'static str,
        token: &SecretString,
        body: &Value,
    ) -> Result<Value, CallError> {
        let token = morphism_token(token);
        let session = self.client.open_session(&token);
        let call = session.http_session_api.http_post::<Value, Value>(method, body, None);
        self.send(method, call).await
    }

    /// Calls a method with its arguments in the URL. None of them may be a member's text, because
    /// URLs end up in logs.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn get(
        &self,
        method: &'static str,
        token: &SecretString,
        params: &[(&'static str, String)],
    ) -> Result<Value, CallError> {
        let token = morphism_token(token);
        let session = self.client.open_session(&token);
        let params: Vec<(&str, Option<String>)> =
            params.iter().map(|(name, value)| (*name, Some(value.clone()))).collect();
        let call = session.http_session_api.http_get::<Value, _, _>(method, &params, None);
        self.send(method, call).await
    }

    /// Calls a method that accepts a form body only.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn post_form(
        &self,
        method: &'static str,
        token: &SecretString,
        form: &[(&'static str, String)],
    ) -> Result<Value, CallError> {
        let call = self.http_post(method).bearer_auth(token.expose_secret()).form(form);
        read_body(self.send_http(method, call.send()).await?).await
    }

    /// Posts to a `response_url`.
    ///
    /// # Errors
    /// [`CallError`]; `foreign_host` for a URL on a host that is not Slack's.
    pub async fn respond(&self, url: &ResponseUrl, body: &Value) -> Result<(), CallError> {
        let url = self.slack_url(url.0.expose_secret())?;
        let sent = self.http.post(url).timeout(self.call_timeout).json(body).send();
        self.send_http("response_url", sent).await.map(|_| ())
    }

    /// Uploads a file's content to the URL that `files.getUploadURLExternal` returned.
    ///
    /// # Errors
    /// [`CallError`]; `foreign_host` for a URL on a host that is not Slack's.
    pub async fn upload(&self, url: &str, bytes: Bytes) -> Result<(), CallError> {
        let url = self.slack_url(url)?;
        let upload = self.http.post(url).timeout(self.call_timeout);
        let sent = upload.header("content-type", "application/octet-stream").body(bytes).send();
        self.send_http("upload", sent).await.map(|_| ())
    }

    /// Downloads a private file. Returns `None` as soon as it proves larger than `max_bytes`.
    ///
    /// The bot token is sent to Slack's file host only and never follows a redirect. Responses are not
    /// decompressed, so a small compressed body cannot expand past `max_bytes`.
    ///
    /// # Errors
    /// [`CallError`]; `foreign_host` for a URL on any other host, `not_a_file` when Slack answers with
    /// an HTML page.
    pub async fn download(
        &self,
        url: &str,
        token: &SecretString,
        max_bytes: usize,
    ) -> Result<Option<Vec<u8>>, CallError> {
        let url = self.file_url(url)?;
        let timeout = self.call_timeout.saturating_mul(DOWNLOAD_TIMEOUT_FACTOR);
        let get = self.http.get(url).timeout(timeout).bearer_auth(token.expose_secret());
        let mut response = self.send_http("url_private_download", get.send()).await?;
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        // Slack answers a token without access to the file with its sign-in page and status 200.
        if content_type.is_some_and(|kind| kind.starts_with("text/html")) {
            return Err(CallError::Slack("not_a_file".to_owned()));
        }
        // `Content-Length` can save the download, but a small value proves nothing.
        if response.content_length().is_some_and(|length| length > max_bytes as u64) {
            return Ok(None);
        }
        let mut content = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| CallError::NoAnswer)? {
            if content.len().saturating_add(chunk.len()) > max_bytes {
                return Ok(None);
            }
            content.extend_from_slice(&chunk);
        }
        Ok(Some(content))
    }

    /// Exchanges the code of an OAuth installation for the workspace's token.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn oauth_access(
        &self,
        oauth: &OauthConfig,
        code: &str,
        redirect_uri: &str,
    ) -> Result<Value, CallError> {
        let method = "oauth.v2.access";
        let form = [("code", code), ("redirect_uri", redirect_uri)];
        let secret = oauth.client_secret.expose_secret();
        let call = self.http_post(method).basic_auth(&oauth.client_id, Some(secret)).form(&form);
        read_body(self.send_http(method, call.send()).await?).await
    }

    /// Exchanges a refresh token for a new pair of tokens
    /// (<https://docs.slack.dev/authentication/using-token-rotation>).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn oauth_refresh(
        &self,
        oauth: &OauthConfig,
        refresh: &SecretString,
    ) -> Result<Value, CallError> {
        let method = "oauth.v2.access";
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())];
        let secret = oauth.client_secret.expose_secret();
        let call = self.http_post(method).basic_auth(&oauth.client_id, Some(secret)).form(&form);
        read_body(self.send_http(method, call.send()).await?).await
    }

    /// Whether Slack answers at all, which needs no token
    /// (<https://docs.slack.dev/reference/methods/api.test>).
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn test(&self) -> Result<(), CallError> {
        let method = "api.test";
        read_body(self.send_http(method, self.http_post(method).send()).await?).await.map(|_| ())
    }

    /// Calls `auth.test` and also reads the granted scopes, which Slack returns in a header that
    /// slack-morphism does not expose.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn granted_scopes(&self, token: &SecretString) -> Result<GrantedScopes, CallError> {
        let method = "auth.test";
        let call = self.http_post(method).bearer_auth(token.expose_secret());
        let response = self.send_http(method, call.send()).await?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let scopes = header("x-oauth-scopes").unwrap_or_default();
        let scopes =
            scopes.split(',').map(|scope| scope.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        let date = header("date").map(str::to_owned);
        let body = read_body(response).await?;
        Ok(GrantedScopes { scopes, date, identity: body })
    }

    fn http_post(&self, method: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/{method}", self.api_url.as_str().trim_end_matches('/'));
        self.http.post(url).timeout(self.call_timeout)
    }

    /// Accepts a URL on Slack's hosts, or on loopback when the API itself is on loopback (the sandbox).
    fn slack_url(&self, url: &str) -> Result<Url, CallError> {
        let url = Url::parse(url).map_err(|_| foreign_host())?;
        let host = url.host_str().unwrap_or_default();
        let is_slack = url.scheme() == "https" && (host == "slack.com" || host.ends_with(".slack.com"));
        let is_sandbox = is_loopback(&self.api_url) && is_loopback(&url);
        if is_slack || is_sandbox { Ok(url) } else { Err(foreign_host()) }
    }

    /// Accepts a URL on Slack's file host, or on the sandbox.
    fn file_url(&self, url: &str) -> Result<Url, CallError> {
        let url = self.slack_url(url)?;
        let is_file_host = url.host_str() == Some("files.slack.com") && url.port().is_none();
        let is_sandbox = is_loopback(&url) && url.origin() == self.api_url.origin();
        if is_file_host || is_sandbox { Ok(url) } else { Err(foreign_host()) }
    }

    /// Runs a slack-morphism call, which has no timeout of its own.
    async fn send(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<Value, SlackClientError>>,
    ) -> Result<Value, CallError> {
        let started = Instant::now();
        let call = call.instrument(call_span(method));
        let outcome = match tokio::time::timeout(self.call_timeout, call).await {
            Ok(Ok(value)) if value["ok"] == true => Ok(value),
            // slack-morphism accepts every 200, for example the HTML page of a proxy.
            Ok(Ok(_)) | Err(_) => Err(CallError::NoAnswer),
            Ok(Err(error)) => Err(call_error(error)),
        };
        self.count(method, outcome.as_ref().err(), started);
        outcome
    }

    async fn send_http(
        &self,
        method: &'static str,
        call: impl Future<Output = reqwest::Result<reqwest::Response>>,
    ) -> Result<reqwest::Response, CallError> {
        let started = Instant::now();
        let outcome = match call.instrument(call_span(method)).await {
            Ok(response) if response.status().is_success() => Ok(response),
            Ok(response) if response.status().as_u16() == 429 => {
                let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
                let seconds = header.and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_RETRY_AFTER_S);
                Err(CallError::RateLimited { retry_after: Duration::from_secs(seconds) })
            }
            Ok(response) => Err(CallError::Http(response.status().as_u16())),
            Err(error) if error.is_connect() => Err(CallError::NotConnected),
            Err(_) => Err(CallError::NoAnswer),
        };
        self.count(method, outcome.as_ref().err(), started);
        outcome
    }

    fn count(&self, method: &'static str, error: Option<&CallError>, started: Instant) {
        let code = error.map_or_else(|| "ok".to_owned(), CallError::code);
        self.metrics.slack_call(method, &code, started.elapsed());
    }
}

/// The answer of `auth.test`, with two of its headers.
#[derive(Debug, Clone)]
pub struct GrantedScopes {
    /// The scopes granted to the token.
    pub scopes: Vec<String>,
    /// The HTTP `Date` header: Slack's clock.
    pub date: Option<String>,
    /// The body, which names the team, the user and the bot.
    pub identity: Value,
}

/// At `debug`, so that it costs nothing at the usual log level.
fn call_span(method: &'static str) -> Span {
    tracing::debug_span!("slack_call", slack.method = method)
}

fn foreign_host() -> CallError {
    CallError::Slack("foreign_host".to_owned())
}

async fn read_body(response: reqwest::Response) -> Result<Value, CallError> {
    let body: Value = response.json().await.map_err(|_| CallError::NoAnswer)?;
    check_ok(&body)?;
    Ok(body)
}

/// Slack reports most errors with status 200 and an `error` field in the body.
fn check_ok(body: &Value) -> Result<(), CallError> {
    match body["error"].as_str() {
        Some(code) => Err(CallError::Slack(code.to_owned())),
        None if body["ok"] == true => Ok(()),
        None => Err(CallError::NoAnswer),
    }
}

fn morphism_token(token: &SecretString) -> SlackApiToken {
    SlackApiToken::new(SlackApiTokenValue::new(token.expose_secret().to_owned()))
}

/// Keeps the code of a slack-morphism error and drops the rest, which can hold a response body.
fn call_error(error: SlackClientError) -> CallError {
    match error {
        SlackClientError::ApiError(error) => CallError::Slack(error.code),
        SlackClientError::RateLimitError(error) => CallError::RateLimited {
            retry_after: error.retry_after.unwrap_or(Duration::from_secs(DEFAULT_RETRY_AFTER_S)),
        },
        SlackClientError::HttpError(error) => CallError::Http(error.status_code.as_u16()),
        SlackClientError::HttpProtocolError(error) => {
            let connect = error
                .cause
                .as_ref()
                .and_then(|cause| cause.downcast_ref::<HyperError>())
                .is_some_and(HyperError::is_connect);
            if connect { CallError::NotConnected } else { CallError::NoAnswer }
        }
        SlackClientError::EndOfStream(_)
        | SlackClientError::SystemError(_)
        | SlackClientError::ProtocolError(_)
        | SlackClientError::SocketModeProtocolError(_) => CallError::NoAnswer,
    }
}
