//! The variables of a model that may write follow-up questions.

use super::{ConfigError, Environment, is_loopback, wrong};
use secrecy::SecretString;
use std::time::Duration;
use url::Url;

/// How long a model is waited for: who answers later than that has been overtaken by the member.
const LLM_TIME_LIMIT: Duration = Duration::from_secs(5);

const LLM_URL_EXAMPLE: &str = "https://api.openai.com/v1";
const LLM_MODEL_EXAMPLE: &str = "llama-3.3-70b";

/// The longest name of a model.
const MOST_MODEL_CHARS: usize = 200;

/// A model behind an OpenAI-compatible endpoint.
#[derive(Debug, Clone)]
pub struct LlmConfig {
    /// `LEADLENS_LLM_URL`, without a trailing slash: `/chat/completions` comes behind it.
    pub url: Url,
    /// `LEADLENS_LLM_MODEL`.
    pub model: String,
    /// `LEADLENS_LLM_API_KEY`.
    pub api_key: Option<SecretString>,
    /// How long one call may take in all.
    pub time_limit: Duration,
}

impl LlmConfig {
    /// Off without a URL, whatever else is set.
    pub(super) fn from(environment: &Environment) -> Result<Option<Self>, ConfigError> {
        let Some(text) = environment.get("LEADLENS_LLM_URL") else { return Ok(None) };
        let url = llm_url(text).map_err(|problem| wrong("LEADLENS_LLM_URL", problem, LLM_URL_EXAMPLE))?;
        let name = "LEADLENS_LLM_MODEL";
        let model = match environment.get(name) {
            None => return Err(wrong(name, "is needed beside LEADLENS_LLM_URL", LLM_MODEL_EXAMPLE)),
            Some(model)
                if model.chars().count() > MOST_MODEL_CHARS || model.chars().any(char::is_control) =>
            {
                return Err(wrong(name, "is no name of a model", LLM_MODEL_EXAMPLE));
            }
            Some(model) => model.to_owned(),
        };
        let name = "LEADLENS_LLM_API_KEY";
        let api_key = environment.secret(name);
        if environment.get(name).is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(wrong(name, "has blanks or other signs in it that no key has", "sk-…"));
        }
        Ok(Some(Self { url, model, api_key, time_limit: LLM_TIME_LIMIT }))
    }

    /// Where words would go, as a member is told: the host, and the port where it is not the usual one.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

fn llm_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim_end_matches('/')).map_err(|_| "is not a URL")?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err("is plain http to another machine, which would send members' words in the clear");
        }
        _ => return Err("must begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user or a password in it: a key belongs in LEADLENS_LLM_API_KEY");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a ? or a # in it: it is the address in front of /chat/completions");
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn errors(pairs: &[(&str, &str)]) -> String {
        let errors = Config::from(&Environment::of(pairs.iter().copied())).err().unwrap_or_default();
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_bad_value_names_the_variable_and_an_example_and_never_the_value() {
        for (url, says) in [
            ("http://SECRET.example.com/v1", "in the clear"),
            ("https://me:SECRET@models.example/v1", "LEADLENS_LLM_API_KEY"),
            ("https://models.example/v1?key=SECRET", "in front of /chat/completions"),
            ("ftp://SECRET", "must begin with https://"),
            ("SECRET", "is not a URL"),
            ("https://models.example/v1", "LEADLENS_LLM_MODEL is needed beside LEADLENS_LLM_URL"),
        ] {
            let errors = errors(&[("LEADLENS_LLM_URL", url)]);
            assert!(errors.contains(says) && errors.contains("Example: "), "{url}: {errors}");
            assert!(!errors.contains("SECRET"), "{url}: {errors}");
        }
    }

    #[test]
    fn a_model_is_off_without_its_url_and_names_its_host() {
        let of = |pairs: &[(&str, &str)]| Config::from(&Environment::of(pairs.iter().copied())).unwrap().llm;
        assert!(of(&[("LEADLENS_LLM_MODEL", "m"), ("LEADLENS_LLM_API_KEY", "k")]).is_none());
        let url = |url| of(&[("LEADLENS_LLM_URL", url), ("LEADLENS_LLM_MODEL", "m")]).unwrap();
        assert_eq!(url("https://models.example/v1/").host(), "models.example");
        assert_eq!(url("https://models.example/v1/").url.as_str(), "https://models.example/v1");
        assert_eq!(url("http://127.0.0.1:11434/v1").host(), "127.0.0.1:11434");
        let key = [
            ("LEADLENS_LLM_URL", "https://a.example"),
            ("LEADLENS_LLM_MODEL", "m"),
            ("LEADLENS_LLM_API_KEY", "SEC RET"),
        ];
        let says = errors(&key);
        assert!(says.contains("LEADLENS_LLM_API_KEY has blanks") && !says.contains("SEC RET"), "{says}");
    }
}
