//! What was learned of members a moment ago. When hundreds of nudges are due at the same minute, a limit
//! stops the lookups somewhere in the middle; the next one goes on with what is kept here.

use crate::coach::{
    ids::{TeamId, UserId},
    member::Presence,
};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use std::collections::HashMap;

/// How long what was learned is used: a status that was set a minute ago may be missed.
const TTL: SignedDuration = SignedDuration::from_secs(60);

/// How many pages of a workspace's list can be read within [`TTL`], with room for others. The profiles of a
/// longer list are used for so much longer, or its first pages would be too old before the last is read.
const PAGES_PER_TTL: u32 = 10;

/// A Do Not Disturb window.
type Window = Option<(Timestamp, Timestamp)>;

/// A fact, and when it was learned.
#[derive(Debug)]
struct Learned<T> {
    at: Timestamp,
    fact: T,
}

#[derive(Debug, Default)]
struct Facts {
    /// `None` inside: Slack does not know the member.
    profile: Option<Learned<Option<Presence>>>,
    dnd: Option<Learned<Window>>,
}

/// How far a workspace's list has been read.
#[derive(Debug, Default)]
struct ListProgress {
    /// Where it resumes; `None` before the first page.
    cursor: Option<String>,
    pages: u32,
    /// How many pages it had when it was last read to its end.
    length: u32,
    /// When its first page was read: nothing on it is older.
    began_at: Option<Timestamp>,
    ended: bool,
}

#[derive(Debug, Default)]
struct Team {
    members: HashMap<UserId, Facts>,
    list: ListProgress,
}

/// What is known of some members.
#[derive(Debug, Default)]
pub(super) struct KnownFacts {
    /// Profile and Do Not Disturb, for deactivated members and those unknown to Slack the profile alone.
    pub(super) complete: HashMap<UserId, Presence>,
    pub(super) without_profile: Vec<UserId>,
    pub(super) without_dnd: Vec<UserId>,
}

/// The cache, of all workspaces.
#[derive(Debug, Default)]
pub(super) struct PresenceCache(Mutex<HashMap<TeamId, Team>>);

impl PresenceCache {
    /// What is known of these members and not too old.
    pub(super) fn get(&self, now: Timestamp, team: &TeamId, users: &[UserId]) -> KnownFacts {
        let teams = self.0.lock();
        let of_team = teams.get(team);
        let mut known = KnownFacts::default();
        for user in users {
            let facts = of_team.and_then(|team| team.members.get(user));
            let ttl = of_team.map_or(TTL, |team| team.list.ttl());
            let profile =
                facts.and_then(|facts| facts.profile.as_ref()).filter(|it| is_fresh(now, it.at, ttl));
            let Some(profile) = profile else {
                known.without_profile.push(user.clone());
                continue;
            };
            let presence = profile.fact.clone().unwrap_or_default();
            if profile.fact.is_none() || presence.deactivated {
                known.complete.insert(user.clone(), presence);
                continue;
            }
            match facts.and_then(|facts| facts.dnd.as_ref()).filter(|it| is_fresh(now, it.at, TTL)) {
                Some(dnd) => {
                    drop(known.complete.insert(user.clone(), Presence { dnd: dnd.fact, ..presence }));
                }
                None => known.without_dnd.push(user.clone()),
            }
        }
        known
    }

    /// Adds a profile; `None`: Slack does not know the member.
    pub(super) fn add_profile(
        &self,
        now: Timestamp,
        team: &TeamId,
        user: &UserId,
        profile: Option<Presence>,
    ) {
        self.facts(now, team, user, |facts| facts.profile = Some(Learned { at: now, fact: profile }));
    }

    /// Adds a Do Not Disturb window.
    pub(super) fn add_dnd(&self, now: Timestamp, team: &TeamId, user: &UserId, dnd: Window) {
        self.facts(now, team, user, |facts| facts.dnd = Some(Learned { at: now, fact: dnd }));
    }

    fn facts(&self, now: Timestamp, team: &TeamId, user: &UserId, change: impl FnOnce(&mut Facts)) {
        let mut teams = self.0.lock();
        if !teams.contains_key(team) {
            teams.retain(|_, team| team.forget_old(now));
        }
        change(teams.entry(team.clone()).or_default().members.entry(user.clone()).or_default());
    }

    /// Where reading the workspace's list resumes; `None`: it was read to its end a moment ago.
    pub(super) fn list_cursor(&self, now: Timestamp, team: &TeamId) -> Option<String> {
        let teams = self.0.lock();
        let Some(list) = teams.get(team).map(|team| &team.list) else { return Some(String::new()) };
        match list.began_at.filter(|at| is_fresh(now, *at, list.ttl())) {
            Some(_) if list.ended => None,
            Some(_) => Some(list.cursor.clone().unwrap_or_default()),
            None => Some(String::new()),
        }
    }

    /// The first page of the list or a later one was read, and this is where it goes on; `None`: it was the
    /// last one.
    pub(super) fn note_page(&self, now: Timestamp, team: &TeamId, is_first: bool, next: Option<String>) {
        let mut teams = self.0.lock();
        let team = teams.entry(team.clone()).or_default();
        if is_first {
            (team.list.pages, team.list.began_at, team.list.ended) = (0, Some(now), false);
        }
        team.list.pages = team.list.pages.saturating_add(1);
        if next.is_none() {
            (team.list.length, team.list.ended) = (team.list.pages, true);
            team.forget_old(now);
        }
        team.list.cursor = next;
    }

    /// Begins the list again: Slack does not take the cursor any more.
    pub(super) fn restart_list(&self, team: &TeamId) {
        if let Some(team) = self.0.lock().get_mut(team) {
            team.list.began_at = None;
        }
    }
}

impl Team {
    /// False when nothing is left.
    fn forget_old(&mut self, now: Timestamp) -> bool {
        let ttl = self.list.ttl();
        self.members.retain(|_, facts| facts.profile.as_ref().is_some_and(|it| is_fresh(now, it.at, ttl)));
        !self.members.is_empty()
    }
}

impl ListProgress {
    /// How long profiles are used.
    fn ttl(&self) -> SignedDuration {
        let times = self.length.max(self.pages).div_ceil(PAGES_PER_TTL).max(1);
        TTL.saturating_mul(i32::try_from(times).unwrap_or(i32::MAX))
    }
}

/// A clock that was set back makes a fact expire rather than live longer.
fn is_fresh(now: Timestamp, learned_at: Timestamp, ttl: SignedDuration) -> bool {
    let age = now.duration_since(learned_at);
    !age.is_negative() && age < ttl
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(1_764_000_000 + s).unwrap()
    }

    fn team() -> TeamId {
        TeamId::parse("T1").unwrap()
    }

    #[test]
    fn what_was_learned_is_used_for_a_minute_and_what_is_missing_is_named() {
        let (ana, ben, zoe) =
            (UserId::parse("U1").unwrap(), UserId::parse("U2").unwrap(), UserId::parse("U3").unwrap());
        let users = [ana.clone(), ben.clone(), zoe.clone()];
        let cache = PresenceCache::default();
        cache.add_profile(at(0), &team(), &ana, Some(Presence::default()));
        cache.add_profile(at(0), &team(), &ben, None);
        let known = cache.get(at(59), &team(), &users);
        assert_eq!(
            known.complete.keys().collect::<Vec<_>>(),
            [&ben],
            "whom Slack does not know has no window"
        );
        assert_eq!((known.without_dnd, known.without_profile), (vec![ana.clone()], vec![zoe]));
        let window = Some((at(100), at(200)));
        cache.add_dnd(at(30), &team(), &ana, window);
        assert_eq!(cache.get(at(59), &team(), &users).complete[&ana].dnd, window);
        assert_eq!(cache.get(at(60), &team(), &users).without_profile.len(), 3);
        assert_eq!(cache.get(at(-1), &team(), &users).without_profile.len(), 3, "the clock was set back");
    }

    #[test]
    fn a_list_resumes_where_a_limit_stopped_it_and_a_long_one_is_cached_longer() {
        let (cache, ana) = (PresenceCache::default(), UserId::parse("U1").unwrap());
        assert_eq!(cache.list_cursor(at(0), &team()).as_deref(), Some(""));
        cache.add_profile(at(0), &team(), &ana, Some(Presence { deactivated: true, ..Presence::default() }));
        cache.note_page(at(0), &team(), true, Some("p2".to_owned()));
        assert_eq!(cache.list_cursor(at(50), &team()).as_deref(), Some("p2"));
        for page in 2..25 {
            cache.note_page(at(50), &team(), false, Some(format!("p{page}")));
        }
        cache.note_page(at(70), &team(), false, None);
        assert_eq!(cache.list_cursor(at(70), &team()), None);
        let known = |s| cache.get(at(s), &team(), std::slice::from_ref(&ana)).complete.len();
        assert_eq!((known(179), known(180)), (1, 0), "25 pages last for three minutes");
        assert_eq!(cache.list_cursor(at(180), &team()).as_deref(), Some(""), "it is read anew");
    }
}
