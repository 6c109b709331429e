//! How nudges become rarer when they are ignored. The transitions are pure: the caller applies one for each
//! event and stores the result. `nudge` uses [`BackOff::decide_slot`] to decide about a due nudge.

use super::{
    cadence::slots_per_week,
    member::{BackOff, Cadence},
};

/// From this many unanswered nudges in a row on, every second slot is used.
pub const EVERY_SECOND_SLOT_AFTER: u32 = 2;
/// From this many on, one slot a week is used.
pub const WEEKLY_AFTER: u32 = 4;
/// From this many on, one last message asks whether to go on.
pub const ASK_TO_GO_ON_AFTER: u32 = 6;

/// What back-off decides about a slot of the cadence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotDecision {
    /// Send a question.
    Use,
    /// Send nothing.
    Skip,
    /// Send the last message, which asks whether to go on.
    AskToGoOn,
}

impl BackOff {
    /// A nudge was delivered. It counts as unanswered at once, so that the next slot already sees it; an
    /// answer resets the count.
    #[must_use]
    pub fn after_nudge_sent(self) -> Self {
        Self { unanswered: self.unanswered.saturating_add(1), slots_passed: 0, ..self }
    }

    /// The member did something: answered, skipped, chose *Later*, typed a command, or clicked a button.
    /// Nudges come at their full cadence again.
    #[must_use]
    #[allow(clippy::unused_self, reason = "each transition is a method of the state that it ends")]
    pub fn after_activity(self) -> Self {
        Self::default()
    }

    /// Slots passed without a nudge for any reason: a rule, downtime, or back-off itself. They only measure
    /// the time since the last nudge; they do not count as ignored.
    #[must_use]
    pub fn after_slots_passed(self, slots: u32) -> Self {
        Self { slots_passed: self.slots_passed.saturating_add(slots), ..self }
    }

    /// The last message was delivered. Nothing is sent until the member does something.
    #[must_use]
    pub fn after_asked_to_go_on(self) -> Self {
        Self { asked_to_go_on: true, slots_passed: 0, ..self }
    }

    /// Whether the last message was delivered, after which LeadLens sends nothing on its own until the member
    /// acts.
    pub fn is_silent(self) -> bool {
        self.asked_to_go_on
    }

    /// What to do with the slot that is due now.
    pub fn decide_slot(self, cadence: &Cadence) -> SlotDecision {
        if self.asked_to_go_on || self.slots_passed.saturating_add(1) < self.every_nth(cadence) {
            SlotDecision::Skip
        } else if self.unanswered >= ASK_TO_GO_ON_AFTER {
            SlotDecision::AskToGoOn
        } else {
            SlotDecision::Use
        }
    }

    /// Every n-th slot is used; 1 means every slot. The result for *once a week* is at least 2, because a
    /// sparse cadence may have a single slot a week, and back-off must never become faster again.
    fn every_nth(self, cadence: &Cadence) -> u32 {
        match self.unanswered {
            0..EVERY_SECOND_SLOT_AFTER => 1,
            EVERY_SECOND_SLOT_AFTER..WEEKLY_AFTER => 2,
            WEEKLY_AFTER.. => slots_per_week(cadence).max(2),
        }
    }
}

#[cfg(test)]
mod tests;
