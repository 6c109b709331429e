//! Names and values of the environment, and warnings about names that mean nothing.

use super::{ConfigError, env_file, wrong};
use secrecy::SecretString;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Names and values of the environment, with those of a `.env` file behind them.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's environment, and the `.env` file of a folder for what it does not set.
    ///
    /// # Errors
    /// A `.env` file that is there and cannot be read; the error names the line, not its content.
    pub fn load(folder: &Path) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        let file = folder.join(".env");
        if file.exists() {
            let bad = |problem: String| wrong(".env", problem, "SLACK_BOT_TOKEN=xoxb-…");
            let text =
                std::fs::read_to_string(&file).map_err(|_| bad("cannot be read as text".to_owned()))?;
            values.extend(env_file::parse(&text).map_err(bad)?);
        }
        for (name, value) in std::env::vars_os() {
            if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                values.insert(name, value);
            }
        }
        Ok(Self(values))
    }

    /// From pairs, for tests and for the demo, which takes nothing from the environment.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// A flag overrides its variable.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }

    /// A variable's value; blank counts as unset.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    pub(super) fn secret(&self, name: &str) -> Option<SecretString> {
        self.get(name).map(SecretString::from)
    }

    /// Variables that begin like ours and mean nothing: probably typing mistakes. They are reported and stop nothing,
    /// because a platform may set variables of its own.
    pub(super) fn unknown_names(&self) -> BTreeSet<String> {
        let ours = self.0.iter().filter(|(name, _)| name.starts_with("LEADLENS_"));
        ours.filter(|(name, value)| !NAMES.contains(&name.as_str()) && !is_of_platform(name, value))
            .filter(|(name, _)| !name.starts_with("LEADLENS_TEST_") && !name.starts_with("LEADLENS_REQUIRE_"))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

/// Whether Kubernetes, or Docker for a linked container, sets such a variable for a service whose name begins with
/// "leadlens" (<https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables>).
fn is_of_platform(name: &str, value: &str) -> bool {
    let is_address = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    let of_port = ["_TCP", "_UDP", "_SCTP"].iter().any(|protocol| name.contains(protocol));
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.contains("_PORT") && (is_address || of_port))
}

/// Every variable that begins with `LEADLENS_`.
const NAMES: [&str; 14] = [
    "LEADLENS_LISTEN",
    "LEADLENS_PUBLIC_URL",
    "LEADLENS_SECRET_KEY",
    "LEADLENS_SECRET_KEY_FILE",
    "LEADLENS_SECRET_KEY_CMD",
    "LEADLENS_PROMPTS",
    "LEADLENS_GRACE_DAYS",
    "LEADLENS_OPERATOR_NAME",
    "LEADLENS_OPERATOR_CONTACT",
    "LEADLENS_LLM_URL",
    "LEADLENS_LLM_MODEL",
    "LEADLENS_LLM_API_KEY",
    "LEADLENS_LOG",
    "LEADLENS_LOG_FORMAT",
];
