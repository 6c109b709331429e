//! Members who look at something that is made without the database are active all the same: a stranger is
//! welcomed, and back-off ends. That is stored after the acknowledgement, for all who wait in one transaction,
//! and at most once a minute for each member. A crash in between loses nothing that was answered; the
//! member's next action stores it.

use crate::coach::ids::MemberId;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashMap};

/// How long a member counts as active after their activity was stored. A nudge that is sent within this time
/// counts as unanswered for that much longer.
const VALID_FOR: SignedDuration = SignedDuration::from_mins(1);

/// Members remembered at once, about ten megabytes.
const MAX_MEMBERS: usize = 65_536;

/// Members of one transaction, so that others do not wait long for it.
const MAX_BATCH: usize = 256;

/// Who was active lately, and whose activity is not stored yet.
#[derive(Debug, Default)]
pub(super) struct Activity {
    noted: Mutex<HashMap<MemberId, Timestamp>>,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    /// In one order for all writers, so that two of them never wait for each other's rows.
    waiting: BTreeSet<MemberId>,
    /// Whether somebody stores what waits.
    is_served: bool,
}

impl Activity {
    /// Whether the member's activity has to be stored. From then on they count as active.
    pub(super) fn is_new(&self, who: &MemberId, now: Timestamp) -> bool {
        let mut noted = self.noted.lock();
        let is_recent = |at: &Timestamp| now.duration_since(*at).abs() < VALID_FOR;
        if noted.get(who).is_some_and(is_recent) {
            return false;
        }
        if noted.len() >= MAX_MEMBERS {
            noted.retain(|_, at| is_recent(at));
        }
        if noted.len() >= MAX_MEMBERS {
            noted.clear();
        }
        noted.insert(who.clone(), now);
        true
    }

    /// The member's next activity is stored, however recent the last one was, and none that waits is: they erased
    /// everything.
    pub(super) fn forget(&self, who: &MemberId) {
        self.noted.lock().remove(who);
        self.queue.lock().waiting.remove(who);
    }

    /// These members' activity could not be stored: the next one of each is tried again.
    pub(super) fn not_stored(&self, members: &[MemberId]) {
        let mut noted = self.noted.lock();
        for who in members {
            noted.remove(who);
        }
    }

    /// Adds a member. True: the caller has to store what waits, until [`Activity::take`] returns nothing.
    pub(super) fn add(&self, who: MemberId) -> bool {
        let mut queue = self.queue.lock();
        queue.waiting.insert(who);
        !std::mem::replace(&mut queue.is_served, true)
    }

    /// The members of the next transaction, in order.
    pub(super) fn take(&self) -> Vec<MemberId> {
        let mut queue = self.queue.lock();
        let batch: Vec<MemberId> = std::iter::from_fn(|| queue.waiting.pop_first()).take(MAX_BATCH).collect();
        queue.is_served = !batch.is_empty();
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::ids::{TeamId, UserId};

    fn member(n: usize) -> MemberId {
        MemberId { team: TeamId::parse("T1").unwrap(), user: UserId::parse(&format!("U{n}")).unwrap() }
    }

    #[test]
    fn an_activity_is_new_once_a_minute() {
        let (activity, start) = (Activity::default(), Timestamp::UNIX_EPOCH);
        assert!(activity.is_new(&member(1), start));
        assert!(!activity.is_new(&member(1), start + SignedDuration::from_secs(59)));
        assert!(activity.is_new(&member(2), start));
        activity.forget(&member(2));
        assert!(activity.is_new(&member(2), start));
        assert!(activity.is_new(&member(1), start + SignedDuration::from_secs(60)));
        // A clock that was set back does not silence anybody for longer.
        assert!(activity.is_new(&member(1), start - SignedDuration::from_hours(1)));
    }

    #[test]
    fn many_members_are_not_remembered_for_ever() {
        let (activity, start) = (Activity::default(), Timestamp::UNIX_EPOCH);
        for n in 0..=MAX_MEMBERS {
            assert!(activity.is_new(&member(n), start));
        }
        assert!(activity.noted.lock().len() <= MAX_MEMBERS);
    }

    #[test]
    fn one_caller_stores_what_all_others_add() {
        let activity = Activity::default();
        assert!(activity.add(member(1)));
        assert!(!activity.add(member(2)));
        assert_eq!(activity.take().len(), 2);
        assert!(activity.take().is_empty());
        assert!(activity.add(member(3)));
    }

    #[test]
    fn members_who_wait_are_taken_once_and_in_order_and_not_after_they_erased_everything() {
        let activity = Activity::default();
        for n in [3, 1, 3, 2] {
            activity.add(member(n));
        }
        activity.forget(&member(2));
        assert_eq!(activity.take(), [member(1), member(3)]);
    }

    #[test]
    fn what_could_not_be_stored_is_new_again() {
        let (activity, start) = (Activity::default(), Timestamp::UNIX_EPOCH);
        assert!(activity.is_new(&member(1), start));
        activity.not_stored(&[member(1)]);
        assert!(activity.is_new(&member(1), start));
    }
}
