//! How nudges thin out when they are ignored, as pure transitions: the app calls one for each thing
//! that happens and keeps the result. What a due nudge makes of it is decided in `nudge`.

use super::{
    cadence::slots_per_week,
    member::{BackOff, Cadence},
};

/// After this many unanswered nudges in a row, every second slot is used.
pub const EVERY_SECOND_SLOT_AFTER: u32 = 2;
/// After this many, one slot a week.
pub const WEEKLY_AFTER: u32 = 4;
/// After this many, one last message asks whether to go on.
pub const ASK_TO_GO_ON_AFTER: u32 = 6;

/// What back-off makes of a cadence slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotDecision {
    /// Use it.
    Use,
    /// Let it pass.
    Skip,
    /// Use it for the last message, which asks whether to go on.
    AskToGoOn,
}

impl BackOff {
    /// A nudge reached Slack. It counts as unanswered from now on, so that the next slot finds it
    /// counted exactly if it is still open; an answer takes it back with everything before it.
    #[must_use]
    pub fn after_nudge_sent(self) -> Self {
        Self { unanswered: self.unanswered.saturating_add(1), slots_passed: 0, ..self }
    }

    /// The member did anything at all: answered, skipped, chose *Later*, typed a command, tapped a
    /// button. Nudges come at their full cadence again.
    #[must_use]
    pub fn after_activity(self) -> Self {
        Self::default()
    }

    /// Slots went by without a nudge, for whatever reason: a rule, downtime, or back-off itself.
    /// This only measures the time since the last nudge and is counted against nobody.
    #[must_use]
    pub fn after_slots_passed(self, slots: u32) -> Self {
        Self { slots_passed: self.slots_passed.saturating_add(slots), ..self }
    }

    /// The last message reached Slack: silence until the member acts.
    #[must_use]
    pub fn after_asked_to_go_on(self) -> Self {
        Self { asked_to_go_on: true, slots_passed: 0, ..self }
    }

    /// True after the last message: LeadLens sends nothing by itself until the member acts.
    pub fn is_silent(self) -> bool {
        self.asked_to_go_on
    }

    /// What to make of the slot that is due now.
    pub fn decide_slot(self, cadence: &Cadence) -> SlotDecision {
        if self.asked_to_go_on || self.slots_passed.saturating_add(1) < self.every_nth(cadence) {
            SlotDecision::Skip
        } else if self.unanswered >= ASK_TO_GO_ON_AFTER {
            SlotDecision::AskToGoOn
        } else {
            SlotDecision::Use
        }
    }

    /// Which slots are used: 1 is every one. A week of a sparse cadence may have a single slot, so
    /// that *once a week* is never more often than *every second slot* was.
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
