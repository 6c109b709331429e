//! One client for Slack's Web API, over slack-morphism's connector: a time limit for every call,
//! errors by code alone, every call counted. What is called, and why, is the callers'.

use crate::{
    app::incoming::ResponseUrl,
    config::{OauthConfig, is_loopback},
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
use url::Url;

/// slack-morphism's connector over rustls with ring, also for plain `http` on loopback.
pub type Connector = SlackClientHyperHttpsConnector;

/// How long a call may take: Slack itself gives up on most after ten seconds.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// How many times longer than a call ten megabytes may take, their last byte included.
const DOWNLOAD_TIMES: u32 = 3;

/// Why a call failed: a code, never a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Slack answered with an error of its own.
    #[error("{0}")]
    Slack(String),
    /// Slack asks to wait before this method is called again for this workspace.
    #[error("ratelimited")]
    RateLimited {
        /// For how long.
        retry_after: Duration,
    },
    /// An HTTP status other than 200 and 429.
    #[error("http_{0}")]
    Http(u16),
    /// No connection could be made: nothing was sent.
    #[error("not_connected")]
    NotConnected,
    /// The request went out and no whole answer came back.
    #[error("no_answer")]
    NoAnswer,
}

impl CallError {
    /// Whether Slack may have done what was asked although the call failed.
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

    /// A code of few values, for metrics.
    pub fn code(&self) -> String {
        self.to_string()
    }
}

/// What can be wrong with the machine itself.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No certificates of authorities were found.
    #[error("no CA certificates on this machine: install the ca-certificates package")]
    Certificates(#[from] std::io::Error),
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built")]
    Client,
    /// Tokens would cross a network in the clear.
    #[error("Slack's API is asked over https, or over http on this machine alone")]
    PlainHttp,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct SlackApi {
    client: Arc<SlackClient<Connector>>,
    http: reqwest::Client,
    api_url: Url,
    metrics: Arc<Metrics>,
    time_limit: Duration,
}

/// Installs the process's one rustls provider; later calls change nothing.
pub fn install_tls_provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl SlackApi {
    /// A client for Slack's API at a base such as `https://slack.com/api`.
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
        // Redirects are not followed: they would carry what was posted to another host.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| SetupError::Client)?;
        let client = Arc::new(SlackClient::new(connector));
        Ok(Self { client, http, api_url: api_url.clone(), metrics, time_limit: TIME_LIMIT })
    }

    /// With another time limit, for tests of slowness.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// slack-morphism's client, for Socket Mode.
    pub fn morphism(&self) -> Arc<SlackClient<Connector>> {
        Arc::clone(&self.client)
    }

    /// Calls a method that takes JSON.
    ///
    /// # Errors
    /// [`CallError`], by code.
    pub async fn post(
        &self,
        method: &'static str,
        token: &SecretString,
        body: &Value,
    ) -> Result<Value, CallError> {
        let token = morphism_token(token);
        let session = self.client.open_session(&token);
        let call = session.http_session_api.http_post::<Value, Value>(method, body, None);
        self.timed(method, call).await
    }

    /// Calls a method that takes its arguments in the URL. None of them may be a member's text.
    ///
    /// # Errors
    /// [`CallError`], by code.
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
        self.timed(method, call).await
    }

    /// Calls a method that takes its arguments as a form and not as JSON.
    ///
    /// # Errors
    /// [`CallError`], by code.
    pub async fn post_form(
        &self,
        method: &'static str,
        token: &SecretString,
        form: &[(&'static str, String)],
    ) -> Result<Value, CallError> {
        let url = format!("{}/{method}", self.api_url.as_str().trim_end_matches('/'));
        let call = self.http.post(url).timeout(self.time_limit).bearer_auth(token.expose_secret());
        let response = self.timed_http(method, call.form(form).send()).await?;
        let body: Value = response.json().await.map_err(|_| CallError::NoAnswer)?;
        said_ok(&body)?;
        Ok(body)
    }

    /// Answers through a `response_url`.
    ///
    /// # Errors
    /// [`CallError`], by code; a URL that is not Slack's is refused as `foreign_host`.
    pub async fn respond(&self, url: &ResponseUrl, body: &Value) -> Result<(), CallError> {
        let url = self.slacks_own(url.0.expose_secret())?;
        let sent = self.http.post(url).timeout(self.time_limit).json(body).send();
        self.timed_http("response_url", sent).await.map(|_| ())
    }

    /// Uploads the bytes of a file to the address that Slack reserved for it.
    ///
    /// # Errors
    /// [`CallError`], by code; an address that is not Slack's is refused as `foreign_host`.
    pub async fn upload(&self, url: &str, bytes: Bytes) -> Result<(), CallError> {
        let url = self.slacks_own(url)?;
        let upload = self.http.post(url).timeout(self.time_limit);
        let sent = upload.header("content-type", "application/octet-stream").body(bytes).send();
        self.timed_http("upload", sent).await.map(|_| ())
    }

    /// The content of a private file, given up past `most` bytes while it comes: `None`. The bot's token
    /// goes to Slack's file host alone and to no host that an answer redirects to. What arrives compressed
    /// stays so: the client asks for nothing compressed and unpacks nothing.
    ///
    /// # Errors
    /// [`CallError`], by code; another address is refused as `foreign_host`, a page in place of the
    /// file as `not_a_file`.
    pub async fn download(
        &self,
        url: &str,
        token: &SecretString,
        most: usize,
    ) -> Result<Option<Vec<u8>>, CallError> {
        let url = self.file_host(url)?;
        let get = self
            .http
            .get(url)
            .timeout(self.time_limit.saturating_mul(DOWNLOAD_TIMES))
            .bearer_auth(token.expose_secret());
        let mut response = self.timed_http("url_private_download", get.send()).await?;
        let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        // Whom Slack does not know is shown the page to sign in, as a success.
        if kind.is_some_and(|kind| kind.starts_with("text/html")) {
            return Err(CallError::Slack("not_a_file".to_owned()));
        }
        // An announced length is believed when it is too large, and never when it is small.
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Ok(None);
        }
        let mut whole = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| CallError::NoAnswer)? {
            if whole.len().saturating_add(chunk.len()) > most {
                return Ok(None);
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(Some(whole))
    }

    /// A URL on Slack's file host, or on the loopback host that stands in for it.
    fn file_host(&self, url: &str) -> Result<Url, CallError> {
        let url = self.slacks_own(url)?;
        let is_files = url.host_str() == Some("files.slack.com") && url.port().is_none();
        let stand_in = is_loopback(&url) && url.origin() == self.api_url.origin();
        if is_files || stand_in { Ok(url) } else { Err(CallError::Slack("foreign_host".to_owned())) }
    }

    /// Exchanges the code of an installation for the workspace's token.
    ///
    /// # Errors
    /// [`CallError`], by code.
    pub async fn oauth_access(
        &self,
        oauth: &OauthConfig,
        code: &str,
        redirect_uri: &str,
    ) -> Result<Value, CallError> {
        let url = format!("{}/oauth.v2.access", self.api_url.as_str().trim_end_matches('/'));
        let form = [("code", code), ("redirect_uri", redirect_uri)];
        let secret = oauth.client_secret.expose_secret();
        let exchange = self.http.post(url).timeout(self.time_limit);
        let sent = exchange.basic_auth(&oauth.client_id, Some(secret)).form(&form).send();
        let response = self.timed_http("oauth.v2.access", sent).await?;
        let body: Value = response.json().await.map_err(|_| CallError::NoAnswer)?;
        said_ok(&body)?;
        Ok(body)
    }

    /// The scopes that Slack granted a token, from the header that slack-morphism does not show.
    ///
    /// # Errors
    /// [`CallError`], by code.
    pub async fn granted_scopes(&self, token: &SecretString) -> Result<GrantedScopes, CallError> {
        let url = format!("{}/auth.test", self.api_url.as_str().trim_end_matches('/'));
        let test = self.http.post(url).timeout(self.time_limit);
        let sent = test.bearer_auth(token.expose_secret()).send();
        let response = self.timed_http("auth.test", sent).await?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let scopes = header("x-oauth-scopes").unwrap_or_default();
        let scopes =
            scopes.split(',').map(|scope| scope.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        let date = header("date").map(str::to_owned);
        let body: Value = response.json().await.map_err(|_| CallError::NoAnswer)?;
        said_ok(&body)?;
        Ok(GrantedScopes { scopes, date, identity: body })
    }

    /// A URL on Slack's hosts, or on the loopback host that stands in for them.
    fn slacks_own(&self, url: &str) -> Result<Url, CallError> {
        let foreign = || CallError::Slack("foreign_host".to_owned());
        let url = Url::parse(url).map_err(|_| foreign())?;
        let host = url.host_str().unwrap_or_default();
        let slacks = url.scheme() == "https" && (host == "slack.com" || host.ends_with(".slack.com"));
        let stand_in = is_loopback(&self.api_url) && is_loopback(&url);
        if slacks || stand_in { Ok(url) } else { Err(foreign()) }
    }

    async fn timed(
        &self,
        method: &'static str,
        call: impl Future<Output = Result<Value, SlackClientError>>,
    ) -> Result<Value, CallError> {
        let began = Instant::now();
        let outcome = match tokio::time::timeout(self.time_limit, call).await {
            Ok(Ok(value)) if value["ok"] == true => Ok(value),
            // slack-morphism takes every 200 for a success, also a page of something between us.
            Ok(Ok(_not_slack)) => Err(CallError::NoAnswer),
            Ok(Err(error)) => Err(by_code(error)),
            Err(_late) => Err(CallError::NoAnswer),
        };
        self.count(method, outcome.as_ref().err(), began);
        outcome
    }

    async fn timed_http(
        &self,
        method: &'static str,
        sent: impl Future<Output = reqwest::Result<reqwest::Response>>,
    ) -> Result<reqwest::Response, CallError> {
        let began = Instant::now();
        let outcome = match sent.await {
            Ok(response) if response.status().is_success() => Ok(response),
            Ok(response) if response.status().as_u16() == 429 => {
                let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
                let seconds = header.and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_RETRY_AFTER_S);
                Err(CallError::RateLimited { retry_after: Duration::from_secs(seconds) })
            }
            Ok(response) => Err(CallError::Http(response.status().as_u16())),
            Err(error) if error.is_connect() => Err(CallError::NotConnected),
            Err(_error) => Err(CallError::NoAnswer),
        };
        self.count(method, outcome.as_ref().err(), began);
        outcome
    }

    fn count(&self, method: &'static str, error: Option<&CallError>, began: Instant) {
        let code = error.map_or_else(|| "ok".to_owned(), CallError::code);
        self.metrics.slack_call(method, &code, began.elapsed());
    }
}

/// What `auth.test` says of a token.
#[derive(Debug, Clone)]
pub struct GrantedScopes {
    /// Granted scopes.
    pub scopes: Vec<String>,
    /// Slack's clock, as the HTTP `Date` header.
    pub date: Option<String>,
    /// The rest of the answer: team, user, bot.
    pub identity: Value,
}

/// When a 429 does not say how long.
const DEFAULT_RETRY_AFTER_S: u64 = 30;

/// Slack's own verdict in an answer that came whole.
fn said_ok(body: &Value) -> Result<(), CallError> {
    match body["error"].as_str() {
        Some(code) => Err(CallError::Slack(code.to_owned())),
        None if body["ok"] == true => Ok(()),
        None => Err(CallError::NoAnswer),
    }
}

fn morphism_token(token: &SecretString) -> SlackApiToken {
    SlackApiToken::new(SlackApiTokenValue::new(token.expose_secret().to_owned()))
}

/// slack-morphism's errors hold bodies; only the code survives.
fn by_code(error: SlackClientError) -> CallError {
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
