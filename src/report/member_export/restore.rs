//! Converts an export back to the coach's types, for the member it now belongs to.

use super::{
    ExportedAct, ExportedAudit, ExportedMeeting, ExportedNudge, ExportedPlan, ExportedReflection,
    ExportedRound, ExportedSettings,
};
use crate::coach::{
    audit::{self, Audit, Meeting},
    coaching_act::CoachingAct,
    feedback::{self, Round, RoundResult, RoundState},
    hat::Hats,
    ids::{MemberId, RowId},
    member::{Cadence, Member, Zone},
    member_text::MemberText,
    nudge::Nudge,
    plan::{self, Plan},
    reflection::Reflection,
};
use jiff::civil::{Date, Weekday};

/// The export contains a value that no member can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the export holds {0}; nothing of it can be trusted")]
pub struct InvalidExport(pub &'static str);

impl ExportedSettings {
    /// The member with these settings.
    ///
    /// # Errors
    /// [`InvalidExport`] for a zone, a day or a time that does not exist.
    pub fn restore(&self) -> Result<Member, InvalidExport> {
        let zone = Zone::parse(&self.zone, self.zone_set_by_member);
        let zone = zone.map_err(|_| InvalidExport("a time zone that does not exist"))?;
        let mut days_off = self.days_off.clone();
        days_off.sort_unstable();
        days_off.dedup();
        Ok(Member {
            dm: self.dm.clone(),
            cadence: self.cadence()?,
            quiet: self.quiet,
            days_off,
            pause: self.pause,
            focus: self.focus,
            look_back: self.look_back,
            back_off: self.back_off,
            next_slot_at: self.next_slot_at,
            next_report_at: self.next_report_at,
            welcomed_at: self.welcomed_at,
            unreachable: self.unreachable.clone(),
            ..Member::new(self.id.clone(), zone, self.created_at)
        })
    }

    fn cadence(&self) -> Result<Option<Cadence>, InvalidExport> {
        if self.cadence_days.is_empty() && self.cadence_times.is_empty() {
            return Ok(None);
        }
        let days: Option<Vec<Weekday>> = self.cadence_days.iter().map(|name| day_of(name)).collect();
        let cadence = days.and_then(|days| Cadence::new(&days, &self.cadence_times).ok());
        cadence.map(Some).ok_or(InvalidExport("a cadence that nobody can set"))
    }
}

fn day_of(name: &str) -> Option<Weekday> {
    (1..=7)
        .filter_map(|day| Weekday::from_monday_one_offset(day).ok())
        .find(|day| format!("{day:?}").eq_ignore_ascii_case(name))
}

impl ExportedReflection {
    pub fn restore(&self, who: &MemberId) -> Reflection {
        Reflection {
            id: self.id.clone(),
            member: who.clone(),
            origin: self.origin,
            nudge: self.nudge.clone(),
            prompt: self.prompt.clone(),
            question: self.question.clone(),
            situation: self.situation.clone(),
            answer: self.answer.clone(),
            room: self.room,
            hat_said: self.hat_said,
            lens_hats: self.lens_hats,
            lens_dimension: self.lens_dimension,
            evidence_spans: self.evidence_spans.clone(),
            abstained: self.abstained,
            read_at: self.read_at,
            follow_up: self.follow_up.clone(),
            follow_up_prompt: self.follow_up_prompt.clone(),
            follow_up_answer: self.follow_up_answer.clone(),
            created_at: self.created_at,
            edited_at: self.edited_at,
            local_on: self.local_on,
            counts_in_balance: self.counts_in_balance,
        }
    }
}

impl ExportedNudge {
    pub fn restore(&self, who: &MemberId) -> Nudge {
        Nudge {
            id: self.id.clone(),
            member: who.clone(),
            state: self.state,
            prompt: self.prompt.clone(),
            question: self.question.clone(),
            reason: self.reason.clone(),
            slot_at: self.slot_at,
            asked_for: self.asked_for,
            sent_at: self.sent_at,
            message: self.message.clone(),
            skip_reason: self.skip_reason,
        }
    }
}

impl ExportedAct {
    pub fn restore(&self, who: &MemberId) -> CoachingAct {
        CoachingAct {
            id: self.id.clone(),
            member: who.clone(),
            prompt: self.prompt.clone(),
            question: self.question.clone(),
            asked_at: self.asked_at,
            local_on: self.local_on,
        }
    }
}

impl ExportedAudit {
    /// The audit, owned by this member.
    ///
    /// # Errors
    /// [`InvalidExport`] if the form would not accept its meetings.
    pub fn restore(&self, who: &MemberId) -> Result<Audit, InvalidExport> {
        let meeting = |own: &ExportedMeeting| Meeting { title: own.title.clone(), hats: own.hats };
        let meetings: Vec<Meeting> = self.meetings.iter().map(meeting).collect();
        // A kept meeting without a mark is one that is not counted.
        let is_meeting = |it: &Meeting| {
            it.title.char_count() <= audit::MAX_TITLE_CHARS
                && it.hats != Some(Hats::NEITHER)
                && !(self.kept && it.title.is_blank())
        };
        let fits = meetings.len() <= audit::MAX_MEETINGS
            && meetings.iter().all(is_meeting)
            && !(self.kept && meetings.is_empty());
        let audit = Audit {
            id: self.id.clone(),
            member: who.clone(),
            kept: self.kept,
            meetings,
            audited_at: self.audited_at,
            edited_at: self.edited_at,
            local_on: self.local_on,
        };
        if fits { Ok(audit) } else { Err(InvalidExport("an audit that no form takes")) }
    }
}

impl ExportedPlan {
    /// The plan, owned by this member. `asks` is the outbox row of its follow-up.
    ///
    /// # Errors
    /// [`InvalidExport`] if the form would not accept its cue or its act.
    pub fn restore(&self, who: &MemberId, asks: RowId) -> Result<Plan, InvalidExport> {
        let fits =
            [&self.cue, &self.act].iter().all(|it| !it.is_blank() && it.char_count() <= plan::MAX_CHARS);
        let plan = Plan {
            id: self.id.clone(),
            member: who.clone(),
            experiment: self.experiment,
            cue: self.cue.clone(),
            act: self.act.clone(),
            follow_up_at: self.follow_up_at,
            asks,
            state: self.state,
            outcome: self.outcome.clone(),
            made_at: self.made_at,
            edited_at: self.edited_at,
            local_on: self.local_on,
            message: self.message.clone(),
        };
        if fits { Ok(plan) } else { Err(InvalidExport("a plan that no form takes")) }
    }
}

impl ExportedRound {
    /// A closed round, owned by this member, with its closing date and its result. `None` for a round that
    /// was open: an export does not contain who is asked in it and what they answered.
    ///
    /// # Errors
    /// [`InvalidExport`] if its result is not possible.
    pub fn restore(
        &self,
        who: &MemberId,
    ) -> Result<Option<(Round, Date, Option<RoundResult>)>, InvalidExport> {
        if self.state != RoundState::Closed {
            return Ok(None);
        }
        let answers = self.counts.map_or(0, |counts| feedback::answer_count(&counts)) as usize;
        let is_result = |_| (feedback::MIN_PEOPLE..=feedback::MAX_PEOPLE).contains(&answers);
        let is_comment =
            |words: &MemberText| !words.is_blank() && words.char_count() <= feedback::MAX_COMMENT_CHARS;
        let fits = self.counts.is_none_or(is_result)
            && self.comments.len() <= answers
            && self.comments.iter().all(is_comment);
        let closed_on = self.closed_on.filter(|_| fits);
        let closed_on = closed_on.ok_or(InvalidExport("a feedback result that no round has"))?;
        let comments = self.comments.clone();
        let outcome = self.counts.map(|counts| RoundResult { counts, comments });
        let round = Round {
            id: self.id.clone(),
            asker: who.clone(),
            state: self.state,
            asked: self.asked,
            asked_at: self.asked_at,
            ends_at: self.ends_at,
            closes_at: None,
            closed_on: self.closed_on,
            counts: self.counts,
        };
        Ok(Some((round, closed_on, outcome)))
    }
}
