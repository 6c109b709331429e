//! What is delivered to the app by hand: made up, held back, repeated, retried.

use crate::{
    Delivered, Sandbox,
    deliver::{self, Kind},
    script::payload,
};
use serde_json::Value;
use std::sync::PoisonError;

/// Steers deliveries. Made by [`Sandbox::deliveries`].
#[derive(Clone, Copy)]
pub struct Deliveries<'a>(pub(crate) &'a Sandbox);

impl Deliveries<'_> {
    /// From now on events are held back instead of delivered; see [`Self::release_events`].
    pub fn hold_events(self) {
        self.0.inner.delivery.lock().unwrap_or_else(PoisonError::into_inner).held = Some(Vec::new());
    }

    /// Ends [`Self::hold_events`]: what was held back, in order, for [`Self::deliver_held`].
    pub fn release_events(self) -> Vec<Value> {
        let held = self.0.inner.delivery.lock().unwrap_or_else(PoisonError::into_inner).held.take();
        held.unwrap_or_default()
    }

    /// Delivers an event that was held back.
    pub async fn deliver_held(self, payload: Value) -> Delivered {
        deliver::deliver(&self.0.inner, Kind::Event, payload).await
    }

    /// Delivers the last event once more under another event id, as Slack now and then does.
    pub async fn repeat_last(self) -> Delivered {
        deliver::repeat_last(&self.0.inner).await
    }

    /// Delivers the last delivery once more.
    pub async fn redeliver_last(self) -> Delivered {
        deliver::redeliver_last(&self.0.inner).await
    }

    /// Delivers the events whose retry is due by the sandbox's clock.
    pub async fn retry_due(self) -> Vec<Delivered> {
        deliver::retry_due(&self.0.inner).await
    }

    /// When the next retry is due, in Unix milliseconds.
    pub fn next_retry_ms(self) -> Option<i64> {
        deliver::next_retry_ms(&self.0.inner)
    }

    /// How many events were given up after their last retry.
    pub fn given_up(self) -> u32 {
        self.0.inner.delivery.lock().unwrap_or_else(PoisonError::into_inner).given_up
    }

    /// Delivers an event as it is given.
    pub async fn deliver_event(self, event: Value) -> Delivered {
        let now_ms = self.0.now_ms();
        let payload = self.0.change(|state| payload::event(state, &event, now_ms));
        deliver::deliver(&self.0.inner, Kind::Event, payload).await
    }

    /// Delivers an interaction as it is given.
    pub async fn deliver_interaction(self, payload: Value) -> Delivered {
        deliver::deliver(&self.0.inner, Kind::Interaction, payload).await
    }
}
