//! A question that LeadLens sends on its own, and the decision whether to send it now. [`decide`] considers
//! the member's settings and what Slack says about them at that time. `cadence` computes when the next slot
//! comes.

use super::{
    back_off::SlotDecision,
    cadence::{self, minus, next_allowed_at, next_working_morning, plus},
    ids::{MemberId, MessageRef, PromptId, RowId},
    member::{Cadence, Member, Presence},
    prompt::{NudgeReason, Reason},
};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A nudge that could not be sent for this long is skipped.
pub const TOO_LATE_AFTER: SignedDuration = SignedDuration::from_hours(4);

/// Two nudges within this time would look like a duplicate, whatever caused them.
pub const MIN_GAP: SignedDuration = SignedDuration::from_mins(15);

/// How long a nudge that was postponed with *Later* waits after another nudge.
const GAP_BEFORE_LATER: SignedDuration = SignedDuration::from_hours(1);

/// The state of a nudge. It leaves *open* only once.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum NudgeState {
    /// Waiting to be sent: for a slot, after `/leadlens nudge`, or after *Later*.
    Waiting,
    /// Sent and not answered yet.
    Open,
    /// Answered by a reflection.
    Answered,
    /// Skipped by the member, which counts as an answer.
    Skipped,
    /// The member chose *Later*. A new nudge asks the same question again.
    Later,
    /// Never sent; `skip_reason` says why.
    NotSent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nudge {
    pub id: RowId,
    pub member: MemberId,
    pub state: NudgeState,
    pub prompt: PromptId,
    /// The question as it was sent.
    pub question: String,
    /// Why this question was chosen: what *Why this one?* answers.
    pub reason: NudgeReason,
    /// When it was due first.
    pub slot_at: Timestamp,
    /// Whether the member asked for it with `/leadlens nudge` or *Later*. Such a nudge is not part of the
    /// cadence: in quiet hours it is postponed rather than skipped.
    pub asked_for: bool,
    /// When Slack accepted it.
    pub sent_at: Option<Timestamp>,
    /// The message in Slack.
    pub message: Option<MessageRef>,
    pub skip_reason: Option<SkipReason>,
}

/// Why a nudge was not sent.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum SkipReason {
    /// The member has paused.
    Paused,
    /// The member has a day off.
    DayOff,
    /// It is within the member's quiet hours.
    QuietHours,
    /// Slack's Do Not Disturb is active.
    DoNotDisturb,
    /// The member's status says vacation or out of office.
    Vacation,
    /// Another nudge, or a report, was sent a moment ago, or after this one was due.
    JustAsked,
    /// The slot is more than four hours old.
    TooLate,
    /// Back-off skips this slot.
    BackOff,
    /// The member has no cadence.
    NoCadence,
    /// Slack does not deliver to the member.
    Unreachable,
}

/// What to do with a due nudge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Send,
    /// Send the last message, which asks whether to go on, instead of a question.
    AskToGoOn,
    /// Do not send it at all.
    Skip(SkipReason),
    /// Decide again at this instant.
    Postpone(Timestamp),
}

/// What caused a nudge. It decides which rules can hold the nudge back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NudgeSource {
    /// The cadence. All rules apply, and a nudge that cannot be sent is skipped.
    Cadence,
    /// The member chose *Later*. It is postponed past quiet hours, days off and Do Not Disturb.
    Later,
    /// The member typed `/leadlens nudge`. It is always sent, because they are there now.
    Now,
}

/// A due nudge, with what was sent before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueNudge {
    /// When it is due. For a postponed nudge, the instant it was postponed to.
    pub due_at: Timestamp,
    pub source: NudgeSource,
    /// When the member was last asked something by itself.
    pub last_sent_at: Option<Timestamp>,
}

impl DueNudge {
    /// A slot of the cadence.
    pub fn from_cadence(due_at: Timestamp, last_sent_at: Option<Timestamp>) -> Self {
        Self { due_at, source: NudgeSource::Cadence, last_sent_at }
    }

    fn is_too_late(self, now: Timestamp) -> bool {
        self.due_at < minus(now, TOO_LATE_AFTER)
    }

    /// The slot that this one is in the member's zone and cadence as they are now. Both may have changed since
    /// it was planned: half past nine in Berlin is no slot of somebody who has flown to New York, and their
    /// newest one was yesterday.
    fn in_zone_of(self, member: &Member, cadence: &Cadence, now: Timestamp) -> Self {
        if cadence::newest_slot(cadence, &member.zone, self.due_at) == Some(self.due_at) {
            return self;
        }
        let due_at = cadence::newest_slot(cadence, &member.zone, now).unwrap_or(self.due_at);
        Self { due_at, ..self }
    }

    /// A waiting nudge whose outbox row is due at `due_at`.
    pub fn from_nudge(nudge: &Nudge, due_at: Timestamp, last_sent_at: Option<Timestamp>) -> Self {
        Self { due_at, source: nudge.source(), last_sent_at }
    }
}

impl Nudge {
    /// Whether it asks what came of what the member set out to do.
    pub fn looks_back(&self) -> bool {
        matches!(self.reason, NudgeReason::Known(Reason::LookBack { .. }))
    }

    /// What caused the nudge. A requested nudge that was due when its row was created is `/leadlens nudge`;
    /// with *Later* it is due at least an hour after that.
    pub fn source(&self) -> NudgeSource {
        let made_at = self.id.made_at_ms().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        match made_at {
            _ if !self.asked_for => NudgeSource::Cadence,
            Some(made_at) if self.slot_at <= plus(made_at, SignedDuration::from_mins(1)) => NudgeSource::Now,
            _ => NudgeSource::Later,
        }
    }
}

/// Decides whether a due nudge is sent now.
///
/// A slot of the cadence is either sent or skipped, never queued. A nudge after *Later* is postponed past
/// conditions that end by themselves, and cancelled by a pause or a vacation. Nothing is sent more than four
/// hours late.
pub fn decide(member: &Member, slot: DueNudge, presence: &Presence, now: Timestamp) -> Decision {
    if member.unreachable.is_some() || presence.deactivated {
        return Decision::Skip(SkipReason::Unreachable);
    }
    if slot.is_too_late(now) {
        return Decision::Skip(SkipReason::TooLate);
    }
    match slot.source {
        NudgeSource::Now => Decision::Send,
        NudgeSource::Later => decide_later(member, slot, presence, now),
        NudgeSource::Cadence => decide_slot(member, slot, presence, now),
    }
}

/// Decides whether the follow-up of a plan, or a message of a feedback round, is sent now. Somebody wanted it,
/// so it is sent late rather than not at all: it is moved past quiet hours, days off and Do Not Disturb. During a pause or a vacation,
/// the decision is repeated on the next working morning.
pub fn decide_follow_up(member: &Member, presence: &Presence, now: Timestamp) -> Decision {
    if member.unreachable.is_some() || presence.deactivated {
        return Decision::Skip(SkipReason::Unreachable);
    }
    if member.is_paused(now) || presence.on_vacation(now) {
        let tomorrow = member.local_date(now).saturating_add(1.day());
        let over_on = member.pause.and_then(|pause| pause.until_on).unwrap_or(tomorrow);
        return Decision::Postpone(next_working_morning(member, over_on.max(tomorrow), now));
    }
    let after_dnd = presence.do_not_disturb_until(now).unwrap_or(now);
    let at = next_allowed_at(member, after_dnd.max(now));
    if at > now { Decision::Postpone(at) } else { Decision::Send }
}

fn decide_slot(member: &Member, slot: DueNudge, presence: &Presence, now: Timestamp) -> Decision {
    let Some(cadence) = &member.cadence else { return Decision::Skip(SkipReason::NoCadence) };
    let slot = slot.in_zone_of(member, cadence, now);
    let rules = [
        (member.is_paused(now), SkipReason::Paused),
        (member.is_day_off(now), SkipReason::DayOff),
        (presence.on_vacation(now), SkipReason::Vacation),
        (presence.in_do_not_disturb(now), SkipReason::DoNotDisturb),
        (member.quiet.contains(member.zone.local(now).time()), SkipReason::QuietHours),
        (slot.is_too_late(now), SkipReason::TooLate),
        (just_asked(slot, now), SkipReason::JustAsked),
    ];
    if let Some((_, skip)) = rules.into_iter().find(|(holds, _)| *holds) {
        return Decision::Skip(skip);
    }
    match member.back_off.decide_slot(cadence) {
        SlotDecision::Use => Decision::Send,
        SlotDecision::Skip => Decision::Skip(SkipReason::BackOff),
        SlotDecision::AskToGoOn => Decision::AskToGoOn,
    }
}

fn decide_later(member: &Member, slot: DueNudge, presence: &Presence, now: Timestamp) -> Decision {
    if member.is_paused(now) {
        return Decision::Skip(SkipReason::Paused);
    }
    if presence.on_vacation(now) {
        return Decision::Skip(SkipReason::Vacation);
    }
    let after_dnd = presence.do_not_disturb_until(now).unwrap_or(now);
    let room =
        slot.last_sent_at.filter(|_| just_asked(slot, now)).map(|sent_at| plus(sent_at, GAP_BEFORE_LATER));
    let free_at = next_allowed_at(member, after_dnd.max(room.unwrap_or(now)));
    if free_at > now { Decision::Postpone(free_at) } else { Decision::Send }
}

/// Whether another nudge was sent a moment ago or, after downtime, since this one was due.
fn just_asked(slot: DueNudge, now: Timestamp) -> bool {
    slot.last_sent_at.is_some_and(|sent_at| sent_at > minus(now, MIN_GAP) || sent_at > slot.due_at)
}

/// Decides whether a monthly report is sent now. It is postponed while the member is paused, away or not to
/// be disturbed, and decided again each working morning. It is not sent in the silence after back-off.
pub fn decide_report(member: &Member, presence: &Presence, now: Timestamp) -> Decision {
    if member.unreachable.is_some() || presence.deactivated {
        return Decision::Skip(SkipReason::Unreachable);
    }
    if member.back_off.is_silent() {
        return Decision::Skip(SkipReason::BackOff);
    }
    let today = member.local_date(now);
    if member.is_paused(now) {
        let until_on = member.pause.and_then(|pause| pause.until_on).unwrap_or(today);
        return Decision::Postpone(next_working_morning(member, until_on, now));
    }
    if presence.on_vacation(now) || member.is_day_off(now) {
        return Decision::Postpone(next_working_morning(member, today, now));
    }
    let after_dnd = presence.do_not_disturb_until(now).unwrap_or(now);
    let free_at = next_allowed_at(member, after_dnd);
    if free_at > now { Decision::Postpone(free_at) } else { Decision::Send }
}

/// The number of slots that [`next_nudge`] examines before it gives up.
const LOOK_AHEAD_SLOTS: u32 = 400;

/// When the next nudge of the cadence will come as far as the member's settings tell, for Home and the
/// schedule. `None` without a cadence, in a pause without an end, in the silence after back-off, or if quiet
/// hours cover every slot.
pub fn next_nudge(member: &Member, after: Timestamp) -> Option<Timestamp> {
    let cadence = member.cadence.as_ref()?;
    let mut at = match member.pause {
        Some(pause) => {
            let midnight =
                cadence::resolve(pause.until_on?, jiff::civil::Time::midnight(), &member.zone.time_zone());
            after.max(minus(midnight, SignedDuration::from_millis(1)))
        }
        None => after,
    };
    let mut back_off = member.back_off;
    for _ in 0..LOOK_AHEAD_SLOTS {
        at = cadence::next_slot(cadence, &member.zone, at)?;
        let free = !member.is_day_off(at) && !member.quiet.contains(member.zone.local(at).time());
        if free && back_off.decide_slot(cadence) != SlotDecision::Skip {
            return Some(at);
        }
        back_off = back_off.after_slots_passed(1);
    }
    None
}

#[cfg(test)]
mod tests;
