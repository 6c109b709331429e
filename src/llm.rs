//! The optional language model: a client for one OpenAI-compatible chat endpoint. It sends two texts,
//! receives one, and limits time and size. It does not know what the texts mean. Every failure is a code; no
//! body, key or text appears in an error or a log.

use crate::config::{LlmConfig, is_loopback};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// Larger answers are rejected.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Why there is no answer. Each is a code from a small set, for logs and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// The endpoint did not answer within the time limit.
    #[error("timeout")]
    Timeout,
    /// No connection could be made, so nothing was sent.
    #[error("not_connected")]
    NotConnected,
    /// The connection broke before the whole answer had arrived.
    #[error("no_answer")]
    NoAnswer,
    /// The HTTP status was not 200. Redirects are not followed.
    #[error("http_{0}")]
    Http(u16),
    /// The answer is larger than `MAX_ANSWER_BYTES`.
    #[error("too_large")]
    TooLarge,
    /// The answer does not have the documented shape.
    #[error("unreadable")]
    Unreadable,
}

/// The HTTP client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the client for LEADLENS_LLM_URL could not be built")]
pub struct SetupError;

/// A client for the endpoint. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct LlmClient {
    http: reqwest::Client,
    config: LlmConfig,
}

impl LlmClient {
    /// Builds a client for the configured endpoint. The process must have installed its TLS provider before.
    ///
    /// # Errors
    /// [`SetupError`] if the HTTP client cannot be built.
    pub fn new(config: &LlmConfig) -> Result<Self, SetupError> {
        // Following a redirect would send members' text to a host that they did not agree to.
        let mut http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        if is_loopback(&config.url) {
            // A proxy from the environment would carry the text to another machine.
            http = http.no_proxy();
        }
        Ok(Self { http: http.build().map_err(|_| SetupError)?, config: config.clone() })
    }

    /// The host that receives the texts, as shown to members.
    pub fn host(&self) -> String {
        self.config.host()
    }

    /// Sends one instruction and one message and returns the model's answer
    /// (<https://platform.openai.com/docs/api-reference/chat/create>). The request uses only the parameters
    /// that every compatible server accepts.
    ///
    /// # Errors
    /// [`LlmError`], a code.
    pub async fn complete(&self, instructions: &str, message: &str) -> Result<String, LlmError> {
        let body = json!({
            "model": self.config.model,
            "messages": [
                {"role": "system", "content": instructions},
                {"role": "user", "content": message},
            ],
            "stream": false,
        });
        let answered = tokio::time::timeout(self.config.time_limit, self.post(&body)).await;
        let answer = answered.map_err(|_| LlmError::Timeout)??;
        let answer: Value = serde_json::from_slice(&answer).map_err(|_| LlmError::Unreadable)?;
        let said = answer.pointer("/choices/0/message/content").and_then(Value::as_str);
        said.map(str::to_owned).ok_or(LlmError::Unreadable)
    }

    async fn post(&self, body: &Value) -> Result<Vec<u8>, LlmError> {
        let url = format!("{}/chat/completions", self.config.url.as_str().trim_end_matches('/'));
        let mut post = self.http.post(url).json(body);
        if let Some(key) = &self.config.api_key {
            post = post.bearer_auth(key.expose_secret());
        }
        let mut response = post
            .send()
            .await
            .map_err(|error| if error.is_connect() { LlmError::NotConnected } else { LlmError::NoAnswer })?;
        if response.status().as_u16() != 200 {
            return Err(LlmError::Http(response.status().as_u16()));
        }
        let mut whole = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| LlmError::NoAnswer)? {
            if whole.len().saturating_add(chunk.len()) > MAX_ANSWER_BYTES {
                return Err(LlmError::TooLarge);
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Config, Environment},
        slack::web_api::install_tls_provider,
    };
    use leadlens_sandbox::model::{Model, Says};
    use std::time::Duration;

    const KEY: &str = "sk-hush";

    fn client(url: &str, key: Option<&str>) -> LlmClient {
        install_tls_provider();
        let mut pairs = vec![("LEADLENS_LLM_URL", url), ("LEADLENS_LLM_MODEL", "small")];
        pairs.extend(key.map(|key| ("LEADLENS_LLM_API_KEY", key)));
        let mut config = Config::from(&Environment::of(pairs)).unwrap().llm.unwrap();
        config.time_limit = Duration::from_millis(500);
        LlmClient::new(&config).unwrap()
    }

    #[tokio::test]
    async fn it_carries_two_texts_there_and_one_back() {
        let model = Model::start().await.unwrap();
        model.says(Says::Text("What do you see?".to_owned()));
        let llm = client(&model.url(), Some(KEY));
        assert_eq!(llm.complete("Write.", "Data.").await, Ok("What do you see?".to_owned()));
        let heard = model.heard().remove(0);
        assert_eq!(
            (heard.path.as_str(), heard.authorization.as_deref()),
            ("/v1/chat/completions", Some("Bearer sk-hush"))
        );
        assert_eq!(heard.body["model"], "small");
        assert_eq!((heard.instructions().as_str(), heard.message().as_str()), ("Write.", "Data."));
        assert!(!format!("{llm:?}").contains(KEY));
        let keyless = client(&model.url(), None);
        assert!(keyless.complete("Write.", "Data.").await.is_ok());
        assert_eq!(model.heard()[1].authorization, None);
    }

    #[tokio::test]
    async fn whatever_fails_is_a_code() {
        let model = Model::start().await.unwrap();
        let llm = client(&model.url(), Some(KEY));
        for (says, code) in [
            (Says::Status(500), "http_500"),
            (Says::Status(401), "http_401"),
            (Says::Redirect, "http_307"),
            (Says::Raw("<html>not JSON".to_owned()), "unreadable"),
            (Says::Raw(r#"{"choices":[]}"#.to_owned()), "unreadable"),
            (Says::Raw(r#"{"choices":[{"message":{"content":null}}]}"#.to_owned()), "unreadable"),
            (Says::Huge, "too_large"),
            (Says::HalfAndHangsUp, "no_answer"),
            (Says::Nothing, "timeout"),
            (Says::Trickle, "timeout"),
        ] {
            model.says(says.clone());
            let error = llm.complete("Write.", "Data.").await.unwrap_err();
            assert_eq!(error.to_string(), code, "{says:?}");
        }
        assert!(
            model.heard().iter().all(|heard| heard.path == "/v1/chat/completions"),
            "no redirect was followed"
        );
        let gone = client("http://127.0.0.1:1", None);
        assert_eq!(gone.complete("Write.", "Data.").await, Err(LlmError::NotConnected));
    }
}
