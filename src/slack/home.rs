//! Publishing Home: at most once a second for each member, one after the other, with Slack's view
//! hash so that an older state never replaces a newer one. What Home shows is the app's; wishes that
//! come in while one is under way become one further publication.

use crate::coach::ids::MemberId;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Slack redraws Home for its member at every publication; more than one a second is noise.
pub const SPACING: Duration = Duration::from_secs(1);

/// Members whose hash is remembered; beyond it those that nobody publishes for are let go.
const MOST_REMEMBERED: usize = 10_000;

#[derive(Debug, Default)]
struct Page {
    /// Somebody publishes it.
    busy: bool,
    /// Something changed since that began.
    again: bool,
    /// Its member looks at it and waits.
    looked_at: bool,
    last: Option<Instant>,
    hash: Option<String>,
}

/// Whether a publication may stand aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// Nobody waits for it.
    None,
    /// Its member looks at it.
    IsLookedAt,
}

/// Whose Home is being published, and when it last was.
#[derive(Debug)]
pub struct Pages {
    spacing: Duration,
    pages: Mutex<HashMap<MemberId, Page>>,
}

/// What a publication begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The hash of what Slack shows, where it is known.
    pub hash: Option<String>,
    /// How long to wait first.
    pub wait: Duration,
}

impl Pages {
    /// With a pause between two publications for one member.
    pub fn new(spacing: Duration) -> Self {
        Self { spacing, pages: Mutex::default() }
    }

    fn pages(&self) -> MutexGuard<'_, HashMap<MemberId, Page>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this process has published the member's Home: they have opened it, or used it.
    pub fn knows(&self, who: &MemberId) -> bool {
        self.pages().contains_key(who)
    }

    /// Asks to publish. `None`: somebody is about to, and will take in what changed.
    pub fn ask(&self, who: &MemberId, haste: Haste, now: Instant) -> Option<Turn> {
        let mut pages = self.pages();
        if pages.len() >= MOST_REMEMBERED {
            pages.retain(|_, page| page.busy);
        }
        let page = pages.entry(who.clone()).or_default();
        page.looked_at |= haste == Haste::IsLookedAt;
        if page.busy {
            page.again = true;
            return None;
        }
        page.busy = true;
        Some(self.turn(page, now))
    }

    fn turn(&self, page: &Page, now: Instant) -> Turn {
        let since = page.last.map(|last| now.saturating_duration_since(last));
        let wait = since.map_or(Duration::ZERO, |since| self.spacing.saturating_sub(since));
        Turn { hash: page.hash.clone(), wait }
    }

    /// The wait of a turn is over: what changed until now is taken in by it.
    pub fn begin(&self, who: &MemberId, now: Instant) {
        if let Some(page) = self.pages().get_mut(who) {
            page.again = false;
            page.looked_at = false;
            page.last = Some(now);
        }
    }

    /// Whether the member waits for a publication that has not begun.
    pub fn is_looked_at(&self, who: &MemberId) -> bool {
        self.pages().get(who).is_some_and(|page| page.looked_at)
    }

    /// A publication is done; `hash` is what Slack answered. `Some`: something changed meanwhile, or
    /// the hash was old, and the caller publishes once more.
    pub fn done(&self, who: &MemberId, hash: Option<String>, once_more: bool, now: Instant) -> Option<Turn> {
        let mut pages = self.pages();
        let page = pages.get_mut(who)?;
        page.hash = hash;
        if page.again || once_more {
            return Some(self.turn(page, now));
        }
        page.busy = false;
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
    fn many_wishes_at_once_become_two_publications_a_second_apart() {
        let (pages, now) = (Pages::new(SPACING), Instant::now());
        assert_eq!(pages.ask(&who(), Haste::None, now), Some(Turn { hash: None, wait: Duration::ZERO }));
        pages.begin(&who(), now);
        for _ in 0..5 {
            assert_eq!(pages.ask(&who(), Haste::None, now), None);
        }
        let then = now + Duration::from_millis(300);
        let again = pages.done(&who(), Some("h1".to_owned()), false, then);
        let wait = Duration::from_millis(700);
        assert_eq!(again, Some(Turn { hash: Some("h1".to_owned()), wait }));
        pages.begin(&who(), now + SPACING);
        assert_eq!(pages.done(&who(), Some("h2".to_owned()), false, now + SPACING), None);
        let later = pages.ask(&who(), Haste::None, now + SPACING * 5);
        assert_eq!(later, Some(Turn { hash: Some("h2".to_owned()), wait: Duration::ZERO }));
    }

    #[test]
    fn whoever_looks_makes_a_publication_under_way_hurry() {
        let (pages, now) = (Pages::new(SPACING), Instant::now());
        pages.ask(&who(), Haste::None, now);
        assert!(!pages.is_looked_at(&who()));
        assert_eq!(pages.ask(&who(), Haste::IsLookedAt, now), None);
        assert!(pages.is_looked_at(&who()));
        pages.begin(&who(), now);
        assert!(!pages.is_looked_at(&who()));
    }

    #[test]
    fn an_old_hash_is_published_over_once_more_without_it() {
        let (pages, now) = (Pages::new(SPACING), Instant::now());
        pages.ask(&who(), Haste::None, now);
        pages.begin(&who(), now);
        let again = pages.done(&who(), None, true, now);
        assert_eq!(again, Some(Turn { hash: None, wait: SPACING }));
    }
}
