//! Decides when a member's Home tab is published: at most once a second for each member, never twice
//! at the same time, and with Slack's view hash, so that an older state never replaces a newer one.
//! Requests that arrive while a publication is under way are merged into one further publication.
//! What Home shows, and the call to Slack, belong to the caller.

use crate::{coach::ids::MemberId, interaction::Priority};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// The pause between two publications for one member. Slack redraws the tab at each of them.
pub const SPACING: Duration = Duration::from_secs(1);

/// How many members are remembered. Beyond that, those without a publication under way are dropped.
const MAX_REMEMBERED: usize = 10_000;

#[derive(Debug, Default)]
struct HomeState {
    /// A publication is under way or waits for its turn.
    publishing: bool,
    /// Something changed after that publication had read its data.
    dirty: bool,
    /// The member is looking at the tab and waits for the publication.
    viewed: bool,
    last_published_at: Option<Instant>,
    hash: Option<String>,
}

/// Which Homes are being published, and what Slack shows of each.
#[derive(Debug)]
pub struct HomePublisher {
    spacing: Duration,
    homes: Mutex<HashMap<MemberId, HomeState>>,
}

/// The right to publish one Home. Its holder waits, calls [`HomePublisher::start`], publishes, and
/// calls [`HomePublisher::finish`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishSlot {
    /// The hash of the view that Slack shows, if known.
    pub hash: Option<String>,
    /// How long to wait before starting.
    pub wait: Duration,
}

impl HomePublisher {
    /// `spacing` is the pause between two publications for one member.
    pub fn new(spacing: Duration) -> Self {
        Self { spacing, homes: Mutex::default() }
    }

    /// Whether this process has published the member's Home, which means that they have opened it.
    pub fn has_published(&self, who: &MemberId) -> bool {
        self.homes.lock().contains_key(who)
    }

    /// Asks to publish. Returns `None` when another caller holds the slot; it will publish again.
    pub fn request(&self, who: &MemberId, priority: Priority, now: Instant) -> Option<PublishSlot> {
        let mut homes = self.homes.lock();
        if homes.len() >= MAX_REMEMBERED {
            homes.retain(|_, home| home.publishing);
        }
        let home = homes.entry(who.clone()).or_default();
        home.viewed |= priority == Priority::Viewed;
        if home.publishing {
            home.dirty = true;
            return None;
        }
        home.publishing = true;
        Some(self.slot(home, now))
    }

    fn slot(&self, home: &HomeState, now: Instant) -> PublishSlot {
        let since = home.last_published_at.map(|last| now.saturating_duration_since(last));
        let wait = since.map_or(Duration::ZERO, |since| self.spacing.saturating_sub(since));
        PublishSlot { hash: home.hash.clone(), wait }
    }

    /// The wait is over and the data is read now. Changes up to this moment are part of it.
    pub fn start(&self, who: &MemberId, now: Instant) {
        if let Some(home) = self.homes.lock().get_mut(who) {
            home.dirty = false;
            home.viewed = false;
            home.last_published_at = Some(now);
        }
    }

    /// Whether the member waits for a publication that has not started.
    pub fn is_viewed(&self, who: &MemberId) -> bool {
        self.homes.lock().get(who).is_some_and(|home| home.viewed)
    }

    /// A publication has ended, and `hash` is what Slack returned. Returns another slot when something
    /// changed meanwhile, or when `publish_again` is set because the hash was outdated.
    pub fn finish(
        &self,
        who: &MemberId,
        hash: Option<String>,
        publish_again: bool,
        now: Instant,
    ) -> Option<PublishSlot> {
        let mut homes = self.homes.lock();
        let home = homes.get_mut(who)?;
        home.hash = hash;
        if home.dirty || publish_again {
            return Some(self.slot(home, now));
        }
        home.publishing = false;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::ids::{TeamId, UserId};

    fn who() -> MemberId {
        MemberId { team: TeamId::parse("T1").unwrap(), user: UserId::parse("U1").unwrap() }
    }

    #[test]
    fn many_requests_at_once_become_two_publications_a_second_apart() {
        let (publisher, now) = (HomePublisher::new(SPACING), Instant::now());
        let first = publisher.request(&who(), Priority::Background, now);
        assert_eq!(first, Some(PublishSlot { hash: None, wait: Duration::ZERO }));
        publisher.start(&who(), now);
        for _ in 0..5 {
            assert_eq!(publisher.request(&who(), Priority::Background, now), None);
        }
        let then = now + Duration::from_millis(300);
        let again = publisher.finish(&who(), Some("h1".to_owned()), false, then);
        let wait = Duration::from_millis(700);
        assert_eq!(again, Some(PublishSlot { hash: Some("h1".to_owned()), wait }));
        publisher.start(&who(), now + SPACING);
        assert_eq!(publisher.finish(&who(), Some("h2".to_owned()), false, now + SPACING), None);
        let later = publisher.request(&who(), Priority::Background, now + SPACING * 5);
        assert_eq!(later, Some(PublishSlot { hash: Some("h2".to_owned()), wait: Duration::ZERO }));
    }

    #[test]
    fn a_member_who_looks_raises_the_priority_of_a_waiting_publication() {
        let (publisher, now) = (HomePublisher::new(SPACING), Instant::now());
        publisher.request(&who(), Priority::Background, now);
        assert!(!publisher.is_viewed(&who()));
        assert_eq!(publisher.request(&who(), Priority::Viewed, now), None);
        assert!(publisher.is_viewed(&who()));
        publisher.start(&who(), now);
        assert!(!publisher.is_viewed(&who()));
    }

    #[test]
    fn an_outdated_hash_is_followed_by_a_publication_without_hash() {
        let (publisher, now) = (HomePublisher::new(SPACING), Instant::now());
        publisher.request(&who(), Priority::Background, now);
        publisher.start(&who(), now);
        let again = publisher.finish(&who(), None, true, now);
        assert_eq!(again, Some(PublishSlot { hash: None, wait: SPACING }));
    }
}
