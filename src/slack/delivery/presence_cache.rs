//! Profiles that were read from `users.list` a moment ago. When hundreds of nudges are due at the same
//! minute, several ticks ask for the same workspace, and the rate limit may stop a tick in the middle
//! of the list; the next one continues with what is cached here.

use crate::coach::{
    ids::{TeamId, UserId},
    member::Presence,
};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use std::collections::HashMap;

/// How long a cached profile is used: a status that was set a minute ago may be missed.
const TTL: SignedDuration = SignedDuration::from_secs(60);

type Profiles = HashMap<TeamId, HashMap<UserId, CachedProfile>>;

#[derive(Debug)]
struct CachedProfile {
    read_at: Timestamp,
    presence: Presence,
}

/// The cache, of all workspaces.
#[derive(Debug, Default)]
pub(super) struct ProfileCache(Mutex<Profiles>);

impl ProfileCache {
    /// The cached profiles of these members that have not expired.
    pub(super) fn get(&self, now: Timestamp, team: &TeamId, users: &[UserId]) -> HashMap<UserId, Presence> {
        let profiles = self.0.lock();
        let Some(of_team) = profiles.get(team) else { return HashMap::new() };
        let fresh = |user: &UserId| of_team.get(user).filter(|cached| is_fresh(now, cached));
        users.iter().filter_map(|user| Some((user.clone(), fresh(user)?.presence.clone()))).collect()
    }

    /// Adds profiles and drops those of every workspace that have expired.
    pub(super) fn insert(
        &self,
        now: Timestamp,
        team: &TeamId,
        read: impl IntoIterator<Item = (UserId, Presence)>,
    ) {
        let mut profiles = self.0.lock();
        profiles.retain(|_, of_team| {
            of_team.retain(|_, cached| is_fresh(now, cached));
            !of_team.is_empty()
        });
        let of_team = profiles.entry(team.clone()).or_default();
        let cached =
            read.into_iter().map(|(user, presence)| (user, CachedProfile { read_at: now, presence }));
        of_team.extend(cached);
    }
}

/// A clock that was set back makes a profile expire rather than live longer.
fn is_fresh(now: Timestamp, cached: &CachedProfile) -> bool {
    let age = now.duration_since(cached.read_at);
    !age.is_negative() && age < TTL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_used_for_a_minute_and_then_dropped() {
        let at = |s: i64| Timestamp::from_second(1_764_000_000 + s).unwrap();
        let (one, other) = (TeamId::parse("T1").unwrap(), TeamId::parse("T2").unwrap());
        let (ana, ben) = (UserId::parse("U1").unwrap(), UserId::parse("U2").unwrap());
        let cache = ProfileCache::default();
        cache.insert(at(0), &one, [(ana.clone(), Presence::default())]);
        let users = [ana.clone(), ben.clone()];
        assert_eq!(cache.get(at(59), &one, &users).into_keys().collect::<Vec<_>>(), [ana]);
        assert!(cache.get(at(59), &other, &users).is_empty());
        assert!(cache.get(at(60), &one, &users).is_empty());
        assert!(cache.get(at(-1), &one, &users).is_empty());
        cache.insert(at(60), &other, [(ben, Presence::default())]);
        assert!(!cache.0.lock().contains_key(&one), "what has expired takes no memory");
    }
}
