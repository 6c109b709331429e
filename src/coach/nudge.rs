//! A question that LeadLens sends by itself, and the decision whether to send it now: `decide`
//! weighs the member's settings and today's facts. When the next slot comes is `cadence`'s.

use super::{
    back_off::SlotDecision,
    cadence::{self, minus, next_allowed_at, next_working_morning, plus},
    ids::{MemberId, MessageRef, PromptId, RowId},
    member::{Member, Presence},
};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// A nudge that could not be sent for this long is let go.
pub const TOO_LATE_AFTER: SignedDuration = SignedDuration::from_hours(4);

/// Two nudges within this time read as a double message, whatever their reasons.
pub const MIN_GAP: SignedDuration = SignedDuration::from_mins(15);

/// How long an explicit *Later* waits when another nudge came just before it.
const GAP_BEFORE_LATER: SignedDuration = SignedDuration::from_hours(1);

/// Where a nudge stands. It leaves *open* once.
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
    /// Waiting to be sent (a slot, `/leadlens nudge`, or an explicit *Later*).
    Waiting,
    /// Sent, and not answered yet.
    Open,
    /// A reflection answers it.
    Answered,
    /// The member skipped it; that is an answer and counts against nobody.
    Skipped,
    /// The member chose *Later*: a new waiting nudge asks the same again, so this one is closed.
    Later,
    /// Never sent: `skip_reason` says why.
    NotSent,
}

/// One nudge of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nudge {
    /// Its row.
    pub id: RowId,
    /// Whose it is.
    pub member: MemberId,
    /// Where it stands.
    pub state: NudgeState,
    /// The prompt it asks.
    pub prompt: PromptId,
    /// The question, as sent.
    pub question: String,
    /// Why this question was chosen, as a sentence for "Why this one?".
    pub reason: String,
    /// The slot or the moment it was due at first.
    pub slot_at: Timestamp,
    /// True when the member asked for it: `/leadlens nudge` or *Later*. Such a nudge is kept
    /// outside the cadence and is moved past quiet hours instead of being skipped.
    pub asked_for: bool,
    /// When Slack took it.
    pub sent_at: Option<Timestamp>,
    /// Where it stands in Slack.
    pub message: Option<MessageRef>,
    /// Why it was not sent.
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
    /// It is a day off.
    DayOff,
    /// The local time is in the quiet hours.
    QuietHours,
    /// Slack's Do Not Disturb holds now.
    DoNotDisturb,
    /// The status says vacation or out of office.
    Vacation,
    /// Another nudge came a moment ago, or since this one was due.
    JustAsked,
    /// The slot passed more than four hours ago.
    TooLate,
    /// Ignored nudges thin out.
    BackOff,
    /// The member has set no cadence.
    NoCadence,
    /// Slack cannot deliver to the member.
    Unreachable,
}

/// What to do with a nudge that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send it now.
    Send,
    /// Send, instead of a question, the last message that asks whether to go on.
    AskToGoOn,
    /// Let this one go.
    Skip(SkipReason),
    /// Try again at that instant.
    Postpone(Timestamp),
}

/// Who asked for a nudge, which decides what may hold it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NudgeSource {
    /// The cadence: every rule applies, and what cannot be sent is skipped.
    Cadence,
    /// The member, by *Later*: kept outside the cadence, moved past quiet hours, days off and Do
    /// Not Disturb.
    Later,
    /// The member, by `/leadlens nudge`: always sent, as they are there now.
    Now,
}

/// A nudge that is due, and what came before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueNudge {
    /// When it is due. For a nudge that was postponed this is the instant it was postponed to.
    pub due_at: Timestamp,
    /// Who asked for it.
    pub source: NudgeSource,
    /// When the newest nudge before it reached Slack.
    pub last_sent_at: Option<Timestamp>,
}

impl DueNudge {
    /// A slot of the cadence.
    pub fn from_cadence(due_at: Timestamp, last_sent_at: Option<Timestamp>) -> Self {
        Self { due_at, source: NudgeSource::Cadence, last_sent_at }
    }

    /// A waiting nudge, due at the instant its outbox row says.
    pub fn from_nudge(nudge: &Nudge, due_at: Timestamp, last_sent_at: Option<Timestamp>) -> Self {
        Self { due_at, source: nudge.source(), last_sent_at }
    }
}

impl Nudge {
    /// Who asked for it. A nudge asked for and due at the moment its row was made is
    /// `/leadlens nudge`; the nearest *Later* is an hour away.
    pub fn source(&self) -> NudgeSource {
        let made_at = self.id.made_at_ms().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        match made_at {
            _ if !self.asked_for => NudgeSource::Cadence,
            Some(made_at) if self.slot_at <= plus(made_at, SignedDuration::from_mins(1)) => NudgeSource::Now,
            _ => NudgeSource::Later,
        }
    }
}

/// Whether a nudge that is due is sent now (section 8, *Time* and *Back-off*).
///
/// A slot of the cadence is sent or skipped, never queued. A *Later* is postponed past what passes
/// by itself and cancelled by a pause or a vacation. Nothing is sent more than four hours late.
pub fn decide(member: &Member, slot: DueNudge, presence: &Presence, now: Timestamp) -> Decision {
    if member.unreachable.is_some() || presence.deactivated {
        return Decision::Skip(SkipReason::Unreachable);
    }
    if slot.due_at < minus(now, TOO_LATE_AFTER) {
        return Decision::Skip(SkipReason::TooLate);
    }
    match slot.source {
        NudgeSource::Now => Decision::Send,
        NudgeSource::Later => decide_later(member, slot, presence, now),
        NudgeSource::Cadence => decide_slot(member, slot, presence, now),
    }
}

/// Whether what came of a plan is asked now. The member named the moment: it is asked late rather than
/// never, moved past quiet hours, days off and Do Not Disturb, and held by a pause or a vacation until
/// that is over, which is looked at again on the next morning.
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
    let rules = [
        (member.is_paused(now), SkipReason::Paused),
        (member.is_day_off(now), SkipReason::DayOff),
        (presence.on_vacation(now), SkipReason::Vacation),
        (presence.in_do_not_disturb(now), SkipReason::DoNotDisturb),
        (member.quiet.contains(member.zone.local(now).time()), SkipReason::QuietHours),
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

/// Another nudge came a moment ago, or, after downtime, since this one was due.
fn just_asked(slot: DueNudge, now: Timestamp) -> bool {
    slot.last_sent_at.is_some_and(|sent_at| sent_at > minus(now, MIN_GAP) || sent_at > slot.due_at)
}

/// Whether a monthly report that is due is sent now. It is held while the member is paused, away or
/// not to be disturbed, looked at again each working morning, and not sent at all in the silence
/// after back-off.
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

/// How many slots [`next_nudge`] looks ahead before it says that none will come.
const LOOK_AHEAD_SLOTS: u32 = 400;

/// When the next nudge of the cadence comes as far as the member's settings say: what Home and the
/// schedule show. `None` without a cadence, in a pause without an end, in the silence after
/// back-off, or when quiet hours cover every slot.
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
