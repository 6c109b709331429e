//! Slack's limits (<https://docs.slack.dev/apis/web-api/rate-limits>), kept before Slack has to
//! remind us: one message per second and channel, a budget for each workspace and method, and
//! `Retry-After` for that method and workspace alone. Nothing sleeps here; a call that may not go
//! now is told when.

use crate::coach::ids::{ChannelId, TeamId};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Slack allows one message per second in a channel.
const PER_CHANNEL: SignedDuration = SignedDuration::from_secs(1);

/// The longest wait of the back-off.
const LONGEST_WAIT_S: u64 = 15 * 60;

/// Calls per minute for a workspace, by Slack's tiers. Posting has a tier of its own: "several
/// hundred messages per minute" for a workspace.
fn per_minute(method: &str) -> u32 {
    match method {
        "chat.postMessage" => 300,
        "users.list" | "dnd.teamInfo" => 20,
        "conversations.open"
        | "conversations.history"
        | "conversations.replies"
        | "chat.update"
        | "chat.delete"
        | "files.delete" => 50,
        _ => 100,
    }
}

/// A bucket that refills evenly.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    filled_at: Timestamp,
}

#[derive(Debug, Default)]
struct Pace {
    buckets: HashMap<(TeamId, &'static str), Bucket>,
    blocked: HashMap<(TeamId, &'static str), Timestamp>,
    channels: HashMap<(TeamId, ChannelId), Timestamp>,
}

/// When a call that may not go now may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Not before then.
    pub until: Timestamp,
}

/// What was called lately, of all workspaces.
#[derive(Debug, Default)]
pub struct Limits(Mutex<Pace>);

impl Limits {
    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one call out of the budgets, or says when there is room. `channel` is given for posts.
    ///
    /// # Errors
    /// [`Wait`], and nothing was taken.
    pub fn admit(
        &self,
        now: Timestamp,
        team: &TeamId,
        method: &'static str,
        channel: Option<&ChannelId>,
    ) -> Result<(), Wait> {
        let mut pace = self.pace();
        if let Some(until) = pace.blocked.get(&(team.clone(), method)).copied() {
            if now < until {
                return Err(Wait { until });
            }
            pace.blocked.remove(&(team.clone(), method));
        }
        if let Some(channel) = channel {
            let last = pace.channels.get(&(team.clone(), channel.clone())).copied();
            // A clock that was moved back must not block a channel for long.
            if let Some(free_at) = last.map(|last| last + PER_CHANNEL).filter(|free_at| now < *free_at)
                && free_at.duration_since(now) <= PER_CHANNEL
            {
                return Err(Wait { until: free_at });
            }
        }
        pace.take(now, team, method)?;
        if let Some(channel) = channel {
            pace.note_post(now, team, channel);
        }
        Ok(())
    }

    /// Slack answered 429: this method waits for this workspace, nothing else does.
    pub fn note_rate_limited(
        &self,
        now: Timestamp,
        team: &TeamId,
        method: &'static str,
        retry_after: Duration,
    ) -> Timestamp {
        let wait = SignedDuration::try_from(retry_after).unwrap_or(SignedDuration::from_mins(15));
        let until = now.checked_add(wait).unwrap_or(now);
        // Of two calls that were refused at once the longer wait holds.
        let mut pace = self.pace();
        let blocked = pace.blocked.entry((team.clone(), method)).or_insert(until);
        *blocked = until.max(*blocked);
        *blocked
    }
}

impl Pace {
    fn take(&mut self, now: Timestamp, team: &TeamId, method: &'static str) -> Result<(), Wait> {
        let capacity = f64::from(per_minute(method));
        let bucket =
            self.buckets.entry((team.clone(), method)).or_insert(Bucket { left: capacity, filled_at: now });
        let passed = now.duration_since(bucket.filled_at).as_secs_f64().max(0.0);
        bucket.left = (bucket.left + passed * capacity / 60.0).min(capacity);
        bucket.filled_at = now;
        if bucket.left < 1.0 {
            let wait = SignedDuration::try_from_secs_f64((1.0 - bucket.left) * 60.0 / capacity);
            let wait = wait.unwrap_or(PER_CHANNEL).max(SignedDuration::from_millis(1));
            return Err(Wait { until: now.checked_add(wait).unwrap_or(now) });
        }
        bucket.left -= 1.0;
        Ok(())
    }

    fn note_post(&mut self, now: Timestamp, team: &TeamId, channel: &ChannelId) {
        // Channels that are free again need no memory.
        if self.channels.len() >= 4_096 {
            self.channels.retain(|_, last| now < *last + PER_CHANNEL);
        }
        self.channels.insert((team.clone(), channel.clone()), now);
    }
}

/// How long to wait after a failure that may pass: 2, 4, 8 … seconds up to fifteen minutes, each cut
/// by chance to between half and all of it, so that many rows do not come back at once.
pub fn back_off(attempts: u32, chance: u64) -> SignedDuration {
    let longest = 2_u64.saturating_pow(attempts.clamp(1, 10)).min(LONGEST_WAIT_S).saturating_mul(1_000);
    let millis = longest / 2 + chance % (longest / 2 + 1);
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_764_000_000_000 + ms).unwrap()
    }

    fn team(id: &str) -> TeamId {
        TeamId::parse(id).unwrap()
    }

    #[test]
    fn one_message_a_second_in_a_channel_and_other_channels_go_on() {
        let limits = Limits::default();
        let (one, two) = (ChannelId::parse("D1").unwrap(), ChannelId::parse("D2").unwrap());
        let post =
            |ms, channel: &ChannelId| limits.admit(at(ms), &team("T1"), "chat.postMessage", Some(channel));
        assert_eq!(post(0, &one), Ok(()));
        assert_eq!(post(400, &one), Err(Wait { until: at(1_000) }));
        assert_eq!(post(400, &two), Ok(()));
        assert_eq!(post(1_000, &one), Ok(()));
    }

    #[test]
    fn retry_after_holds_that_method_of_that_workspace_alone() {
        let limits = Limits::default();
        let until = limits.note_rate_limited(at(0), &team("T1"), "chat.postMessage", Duration::from_secs(30));
        assert_eq!(until, at(30_000));
        assert_eq!(limits.admit(at(29_999), &team("T1"), "chat.postMessage", None), Err(Wait { until }));
        assert_eq!(limits.admit(at(1), &team("T1"), "chat.update", None), Ok(()));
        assert_eq!(limits.admit(at(1), &team("T2"), "chat.postMessage", None), Ok(()));
        assert_eq!(limits.admit(at(30_000), &team("T1"), "chat.postMessage", None), Ok(()));
    }

    #[test]
    fn a_workspaces_budget_empties_and_refills() {
        let limits = Limits::default();
        let call = |ms| limits.admit(at(ms), &team("T1"), "users.list", None);
        assert!((0..20).all(|_| call(0) == Ok(())));
        assert_eq!(call(0), Err(Wait { until: at(3_000) }));
        assert_eq!(call(3_000), Ok(()));
    }

    #[test]
    fn waits_grow_and_are_cut_by_chance() {
        assert_eq!(back_off(1, 0), SignedDuration::from_secs(1));
        assert!(back_off(3, u64::MAX) <= SignedDuration::from_secs(8));
        assert_eq!(back_off(99, 0), SignedDuration::from_secs(450));
    }
}
