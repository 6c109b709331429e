//! Slack's rate limits (<https://docs.slack.dev/apis/web-api/rate-limits>), observed before Slack
//! enforces them: one message a second in a channel, a budget for each workspace and method, and
//! `Retry-After` for that workspace and method. Nothing in here sleeps: a call that must wait is told
//! until when.

use crate::coach::ids::{ChannelId, TeamId};
use crate::interaction::Room;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

/// Slack allows one message a second in a channel.
const CHANNEL_INTERVAL: SignedDuration = SignedDuration::from_secs(1);

/// The minute of Slack's limits, and a little more, because calls do not take the same time to arrive.
const MINUTE: SignedDuration = SignedDuration::from_millis(60_200);

/// The longest wait between two attempts.
const MAX_BACKOFF_S: u64 = 15 * 60;

/// The wait for a `Retry-After` that cannot be represented.
const MAX_RETRY_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// Channels that are remembered before those that are free again are dropped.
const MAX_CHANNELS: usize = 4_096;

/// Calls a minute for one workspace, by Slack's tiers. Posting has a tier of its own: "several hundred
/// messages per minute" for a workspace.
fn calls_per_minute(method: &str) -> usize {
    match method {
        "chat.postMessage" => 300,
        "users.list" | "dnd.teamInfo" | "reactions.remove" => 20,
        "conversations.open"
        | "conversations.history"
        | "conversations.replies"
        | "chat.update"
        | "chat.delete"
        | "files.delete"
        | "reactions.add" => 50,
        _ => 100,
    }
}

type MethodKey = (TeamId, &'static str);

#[derive(Debug, Default)]
struct State {
    /// The calls of the last minute, the oldest first. No minute, wherever it begins, has more than its
    /// budget: however Slack counts, it refuses nothing.
    calls: HashMap<MethodKey, VecDeque<Timestamp>>,
    blocked_until: HashMap<MethodKey, Timestamp>,
    last_post_at: HashMap<(TeamId, ChannelId), Timestamp>,
}

/// A call that may not be made yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RateLimited {
    /// The earliest time for it.
    pub(super) until: Timestamp,
}

/// The rate limiter, of all workspaces.
#[derive(Debug, Default)]
pub(super) struct RateLimiter(Mutex<State>);

impl RateLimiter {
    /// Takes one call out of every budget that it concerns, or none of them. `channel` is given for
    /// posts.
    ///
    /// # Errors
    /// [`RateLimited`] when one of the budgets is used up.
    pub(super) fn try_acquire(
        &self,
        now: Timestamp,
        team: &TeamId,
        method: &'static str,
        channel: Option<&ChannelId>,
    ) -> Result<(), RateLimited> {
        let mut state = self.0.lock();
        state.check_blocked(now, team, method)?;
        if let Some(channel) = channel {
            state.check_channel(now, team, channel)?;
        }
        state.take_call(now, team, method)?;
        if let Some(channel) = channel {
            state.note_post(now, team, channel);
        }
        Ok(())
    }

    /// How much room there is for `want` calls of a method, apart from the channels that they concern.
    pub(super) fn room(&self, now: Timestamp, team: &TeamId, method: &'static str, want: usize) -> Room {
        let mut state = self.0.lock();
        if let Err(limited) = state.check_blocked(now, team, method) {
            return Room { free: 0, at: limited.until };
        }
        let calls = state.calls_since_a_minute(now, team, method);
        let free = calls_per_minute(method).saturating_sub(calls.len());
        let last_in_the_way = want.saturating_sub(free).checked_sub(1).and_then(|nth| calls.get(nth));
        Room { free, at: last_in_the_way.map_or(now, |at| *at + MINUTE) }
    }

    /// Slack answered 429: this method waits for this workspace. Returns until when.
    pub(super) fn note_retry_after(
        &self,
        now: Timestamp,
        team: &TeamId,
        method: &'static str,
        retry_after: Duration,
    ) -> Timestamp {
        let wait = SignedDuration::try_from(retry_after).unwrap_or(MAX_RETRY_AFTER);
        let until = now.checked_add(wait).unwrap_or(now);
        // When several calls were refused at once, the longest wait counts.
        let mut state = self.0.lock();
        let blocked_until = state.blocked_until.entry((team.clone(), method)).or_insert(until);
        *blocked_until = until.max(*blocked_until);
        *blocked_until
    }
}

impl State {
    fn check_blocked(
        &mut self,
        now: Timestamp,
        team: &TeamId,
        method: &'static str,
    ) -> Result<(), RateLimited> {
        let key = (team.clone(), method);
        match self.blocked_until.get(&key).copied() {
            Some(until) if now < until => Err(RateLimited { until }),
            Some(_) => {
                self.blocked_until.remove(&key);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn check_channel(&self, now: Timestamp, team: &TeamId, channel: &ChannelId) -> Result<(), RateLimited> {
        let last_post_at = self.last_post_at.get(&(team.clone(), channel.clone())).copied();
        let free_at = last_post_at.map_or(now, |last| last + CHANNEL_INTERVAL);
        // When the clock was set back, the last post is in the future. It must not block the channel
        // until the clock has caught up.
        let wait = free_at.duration_since(now);
        if wait.is_positive() && wait <= CHANNEL_INTERVAL {
            return Err(RateLimited { until: free_at });
        }
        Ok(())
    }

    fn take_call(&mut self, now: Timestamp, team: &TeamId, method: &'static str) -> Result<(), RateLimited> {
        let calls = self.calls_since_a_minute(now, team, method);
        match calls.front() {
            Some(oldest) if calls.len() >= calls_per_minute(method) => {
                Err(RateLimited { until: *oldest + MINUTE })
            }
            Some(_) | None => {
                calls.push_back(now);
                Ok(())
            }
        }
    }

    fn calls_since_a_minute(
        &mut self,
        now: Timestamp,
        team: &TeamId,
        method: &'static str,
    ) -> &mut VecDeque<Timestamp> {
        let calls = self.calls.entry((team.clone(), method)).or_default();
        while calls.front().is_some_and(|at| *at + MINUTE <= now) {
            calls.pop_front();
        }
        // When the clock was set back, calls are in the future. They count as made now.
        for at in calls.iter_mut().rev().take_while(|at| **at > now) {
            *at = now;
        }
        calls
    }

    fn note_post(&mut self, now: Timestamp, team: &TeamId, channel: &ChannelId) {
        if self.last_post_at.len() >= MAX_CHANNELS {
            self.last_post_at.retain(|_, last| now < *last + CHANNEL_INTERVAL);
        }
        self.last_post_at.insert((team.clone(), channel.clone()), now);
    }
}

/// The wait after a transient failure: 2, 4, 8 … seconds up to fifteen minutes, with jitter between
/// half and all of it, so that rows that failed together do not come back together.
pub(super) fn backoff_delay(attempts: u32, random: u64) -> SignedDuration {
    let max_ms = 2_u64.saturating_pow(attempts.clamp(1, 10)).min(MAX_BACKOFF_S).saturating_mul(1_000);
    let ms = max_ms / 2 + random % (max_ms / 2 + 1);
    SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
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
        let limiter = RateLimiter::default();
        let (one, two) = (ChannelId::parse("D1").unwrap(), ChannelId::parse("D2").unwrap());
        let post = |ms, channel: &ChannelId| {
            limiter.try_acquire(at(ms), &team("T1"), "chat.postMessage", Some(channel))
        };
        assert_eq!(post(0, &one), Ok(()));
        assert_eq!(post(400, &one), Err(RateLimited { until: at(1_000) }));
        assert_eq!(post(400, &two), Ok(()));
        assert_eq!(post(1_000, &one), Ok(()));
        assert_eq!(post(-3_600_000, &one), Ok(()), "a clock that was set back blocks nothing");
    }

    #[test]
    fn retry_after_blocks_that_method_of_that_workspace_alone() {
        let limiter = RateLimiter::default();
        let until = limiter.note_retry_after(at(0), &team("T1"), "chat.postMessage", Duration::from_secs(30));
        assert_eq!(until, at(30_000));
        let call = |ms, team, method| limiter.try_acquire(at(ms), &team, method, None);
        assert_eq!(call(29_999, team("T1"), "chat.postMessage"), Err(RateLimited { until }));
        assert_eq!(call(1, team("T1"), "chat.update"), Ok(()));
        assert_eq!(call(1, team("T2"), "chat.postMessage"), Ok(()));
        assert_eq!(call(30_000, team("T1"), "chat.postMessage"), Ok(()));
    }

    #[test]
    fn a_workspaces_budget_empties_and_refills() {
        let limiter = RateLimiter::default();
        let call = |ms| limiter.try_acquire(at(ms), &team("T1"), "users.list", None);
        assert!((0..20).all(|nth| call(nth * 1_000) == Ok(())));
        assert_eq!(call(20_000), Err(RateLimited { until: at(60_200) }));
        assert_eq!(call(60_199), Err(RateLimited { until: at(60_200) }));
        assert_eq!(call(60_200), Ok(()));
        assert_eq!(call(60_200), Err(RateLimited { until: at(61_200) }));
        assert_eq!(
            call(-3_600_000),
            Err(RateLimited { until: at(-3_600_000 + 60_200) }),
            "set back by an hour"
        );
        assert_eq!(call(-3_600_000 + 60_200), Ok(()));
    }

    #[test]
    fn room_is_known_before_it_is_taken() {
        let limiter = RateLimiter::default();
        let room = |ms, want| limiter.room(at(ms), &team("T1"), "users.list", want);
        assert_eq!(room(0, 20), Room { free: 20, at: at(0) });
        for ms in [0, 1_000, 2_000] {
            assert_eq!(limiter.try_acquire(at(ms), &team("T1"), "users.list", None), Ok(()));
        }
        assert_eq!(room(2_000, 17), Room { free: 17, at: at(2_000) });
        assert_eq!(room(2_000, 19), Room { free: 17, at: at(61_200) });
        let until = limiter.note_retry_after(at(2_000), &team("T1"), "users.list", Duration::from_secs(5));
        assert_eq!(room(3_000, 1), Room { free: 0, at: until });
    }

    #[test]
    fn waits_grow_and_have_jitter() {
        assert_eq!(backoff_delay(1, 0), SignedDuration::from_secs(1));
        assert!(backoff_delay(3, u64::MAX) <= SignedDuration::from_secs(8));
        assert_eq!(backoff_delay(99, 0), SignedDuration::from_secs(450));
    }
}
