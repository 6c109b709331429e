//! Converts the coach's types to their exported form.

use super::{
    Audit, CoachingAct, ExportedAct, ExportedAudit, ExportedLookBack, ExportedMeeting, ExportedNudge,
    ExportedPlan, ExportedReflection, ExportedSettings, LookBack, Meeting, Member, Nudge, Plan, Reflection,
};

impl From<&Member> for ExportedSettings {
    fn from(member: &Member) -> Self {
        let cadence = member.cadence.as_ref();
        let day_name = |day: jiff::civil::Weekday| format!("{day:?}").to_lowercase();
        Self {
            id: member.id.clone(),
            dm: member.dm.clone(),
            zone: member.zone.name().to_owned(),
            zone_set_by_member: member.zone.set_by_member,
            cadence_days: cadence.map_or(Vec::new(), |cadence| cadence.days().map(day_name).collect()),
            cadence_times: cadence.map_or(Vec::new(), |cadence| cadence.times().to_vec()),
            quiet: member.quiet,
            days_off: member.days_off.clone(),
            pause: member.pause,
            focus: member.focus,
            look_back: member.look_back,
            back_off: member.back_off,
            next_slot_at: member.next_slot_at,
            next_report_at: member.next_report_at,
            welcomed_at: member.welcomed_at,
            unreachable: member.unreachable.clone(),
            created_at: member.created_at,
        }
    }
}

impl From<&Reflection> for ExportedReflection {
    fn from(reflection: &Reflection) -> Self {
        Self {
            id: reflection.id.clone(),
            origin: reflection.origin,
            nudge: reflection.nudge.clone(),
            prompt: reflection.prompt.clone(),
            question: reflection.question.clone(),
            situation: reflection.situation.clone(),
            answer: reflection.answer.clone(),
            room: reflection.room,
            hat_said: reflection.hat_said,
            lens_hats: reflection.lens_hats,
            lens_dimension: reflection.lens_dimension,
            evidence_spans: reflection.evidence_spans.clone(),
            abstained: reflection.abstained,
            read_at: reflection.read_at,
            follow_up: reflection.follow_up.clone(),
            follow_up_prompt: reflection.follow_up_prompt.clone(),
            follow_up_answer: reflection.follow_up_answer.clone(),
            created_at: reflection.created_at,
            edited_at: reflection.edited_at,
            local_on: reflection.local_on,
            counts_in_balance: reflection.counts_in_balance,
            pieces: Vec::new(),
        }
    }
}

impl From<&LookBack> for ExportedLookBack {
    fn from(it: &LookBack) -> Self {
        Self {
            reflection: it.reflection.clone(),
            nudge: it.nudge.clone(),
            asked_at: it.asked_at,
            came_of_it: it.came_of_it,
            came_at: it.came_at,
        }
    }
}

impl From<&ExportedLookBack> for LookBack {
    fn from(it: &ExportedLookBack) -> Self {
        Self {
            reflection: it.reflection.clone(),
            nudge: it.nudge.clone(),
            asked_at: it.asked_at,
            came_of_it: it.came_of_it,
            came_at: it.came_at,
        }
    }
}

impl From<&CoachingAct> for ExportedAct {
    fn from(act: &CoachingAct) -> Self {
        Self {
            id: act.id.clone(),
            prompt: act.prompt.clone(),
            question: act.question.clone(),
            asked_at: act.asked_at,
            local_on: act.local_on,
        }
    }
}

impl From<&Audit> for ExportedAudit {
    fn from(audit: &Audit) -> Self {
        let meeting = |it: &Meeting| ExportedMeeting { title: it.title.clone(), hats: it.hats };
        Self {
            id: audit.id.clone(),
            kept: audit.kept,
            meetings: audit.meetings.iter().map(meeting).collect(),
            audited_at: audit.audited_at,
            edited_at: audit.edited_at,
            local_on: audit.local_on,
        }
    }
}

impl From<&Plan> for ExportedPlan {
    fn from(plan: &Plan) -> Self {
        Self {
            id: plan.id.clone(),
            experiment: plan.experiment,
            cue: plan.cue.clone(),
            act: plan.act.clone(),
            follow_up_at: plan.follow_up_at,
            state: plan.state,
            outcome: plan.outcome.clone(),
            made_at: plan.made_at,
            edited_at: plan.edited_at,
            local_on: plan.local_on,
            message: plan.message.clone(),
            pieces: Vec::new(),
        }
    }
}

impl From<&Nudge> for ExportedNudge {
    fn from(nudge: &Nudge) -> Self {
        Self {
            id: nudge.id.clone(),
            state: nudge.state,
            prompt: nudge.prompt.clone(),
            question: nudge.question.clone(),
            reason: nudge.reason.clone(),
            slot_at: nudge.slot_at,
            asked_for: nudge.asked_for,
            sent_at: nudge.sent_at,
            message: nudge.message.clone(),
            skip_reason: nudge.skip_reason,
        }
    }
}
