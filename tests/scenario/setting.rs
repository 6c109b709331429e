//! Where and when a conversation begins, and over which transports it is held.

use crate::world::{Transport, World};
use std::time::Duration;

/// Long enough for any machine under any load; Slack itself waits three seconds.
const ACK_WITHIN: Duration = Duration::from_secs(30);

/// Holds a conversation that begins on Thursday 1 October 2026 at eight in Berlin, over both transports.
pub async fn over_both_transports(conversation: impl AsyncFn(&World)) {
    Setting::at("2026-10-01 08:00").over_both_transports(conversation).await;
}

/// Where and when a conversation begins.
pub struct Setting {
    pub(crate) start: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) extra: Vec<(&'static str, String)>,
    pub(crate) asks: Vec<&'static str>,
    pub(crate) ack_within: Duration,
    pub(crate) model_waits: Option<Duration>,
    pub(crate) slack_waits: Option<Duration>,
}

impl Setting {
    /// A local time of Ana's, in Berlin.
    pub fn at(start: &'static str) -> Self {
        Self {
            start,
            zone: "Europe/Berlin",
            extra: Vec::new(),
            asks: Vec::new(),
            ack_within: ACK_WITHIN,
            model_waits: None,
            slack_waits: None,
        }
    }

    /// Ana lives elsewhere.
    pub fn in_zone(mut self, zone: &'static str) -> Self {
        self.zone = zone;
        self
    }

    /// A variable of the bot's environment.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// How long a model is waited for.
    pub fn model_waits(mut self, time_limit: Duration) -> Self {
        self.model_waits = Some(time_limit);
        self
    }

    /// How long Slack is waited for.
    pub fn slack_waits(mut self, time_limit: Duration) -> Self {
        self.slack_waits = Some(time_limit);
        self
    }

    /// These prompts of the library alone are asked.
    pub fn asking(mut self, prompts: &[&'static str]) -> Self {
        self.asks = prompts.to_vec();
        self
    }

    /// Slack waits for acknowledgements that never come no longer than it must.
    pub fn impatient(mut self) -> Self {
        self.ack_within = Duration::from_millis(1_500);
        self
    }

    /// Holds the conversation over Socket Mode, then the same over HTTP.
    pub async fn over_both_transports(self, conversation: impl AsyncFn(&World)) {
        for transport in [Transport::SocketMode, Transport::Http] {
            eprintln!("over {transport:?}:");
            let world = World::begin(&self, transport).await;
            conversation(&world).await;
            world.finish().await;
        }
    }

    /// Holds it over one transport, where the transports cannot differ.
    pub async fn over(self, transport: Transport, conversation: impl AsyncFn(&World)) {
        let world = World::begin(&self, transport).await;
        conversation(&world).await;
        world.finish().await;
    }
}
