//! Everything that LeadLens keeps about one member, for `/leadlens export`: as one JSON file that
//! holds all of it, and as CSV tables for a spreadsheet. Field names are the words of the domain and
//! stay as they are: a change that a reader would notice raises [`VERSION`].

pub mod archive;
mod convert;
pub mod restore;
mod tables;

use super::export::{ExportError, pretty_json};
use crate::coach::{
    audit::{Audit, Meeting},
    coaching_act::CoachingAct,
    feedback::{Round, RoundState, StepCounts},
    hat::{Dimension, Hat, Hats, Practice},
    ids::{ChannelId, MemberId, MessageRef, MessageTs, PromptId, RowId},
    lens_result::{AbstainReason, EvidenceSpans},
    llm_follow_up::{ConsentAnswer, LlmConsent},
    member::{BackOff, Member, Pause, QuietHours},
    member_text::MemberText,
    nudge::{Nudge, NudgeState, SkipReason},
    plan::{Plan, PlanState},
    reflection::{Origin, Reflection},
    room::Room,
};
use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// The version of the format that [`MemberExport::of`] writes.
pub const VERSION: u32 = 1;

/// What [`MemberExport::format`] says.
pub const FORMAT: &str = "leadlens-export";

/// Everything about one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberExport {
    /// Always `leadlens-export`.
    pub format: String,
    /// See [`VERSION`].
    pub version: u32,
    /// When it was written.
    pub exported_at: Timestamp,
    /// The member's settings.
    pub member: ExportedSettings,
    /// Every reflection, oldest first.
    pub reflections: Vec<ExportedReflection>,
    /// Every nudge, oldest first.
    pub nudges: Vec<ExportedNudge>,
    /// Every question that was given back, oldest first.
    #[serde(default)]
    pub acts: Vec<ExportedAct>,
    /// The member's own feedback rounds, oldest first.
    #[serde(default)]
    pub feedback_rounds: Vec<ExportedRound>,
    /// The running rounds of others in which the member is asked. What they said in any round carries no
    /// name and is not here.
    #[serde(default)]
    pub asked_in_rounds: Vec<RowId>,
    /// The member does not want to be asked for feedback.
    #[serde(default)]
    pub feedback_opted_out: bool,
    /// The room as it was last read by itself.
    #[serde(default)]
    pub room_read: Option<ExportedRoomRead>,
    /// Every audit, oldest first.
    #[serde(default)]
    pub audits: Vec<ExportedAudit>,
    /// Every plan and experiment, oldest first.
    #[serde(default)]
    pub plans: Vec<ExportedPlan>,
    /// What the member said to the model that may write follow-up questions. It is not imported: where
    /// words go is asked anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_consent: Option<ExportedConsent>,
}

/// A member's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedSettings {
    /// Workspace and person.
    pub id: MemberId,
    /// The conversation with LeadLens.
    pub dm: Option<ChannelId>,
    /// IANA name.
    pub zone: String,
    /// False while the zone follows Slack.
    pub zone_set_by_member: bool,
    /// Days of the cadence, in English and lower case; empty without a cadence.
    pub cadence_days: Vec<String>,
    /// Times of the cadence; empty without a cadence.
    pub cadence_times: Vec<Time>,
    /// Quiet hours.
    pub quiet: QuietHours,
    /// Days off.
    pub days_off: Vec<Date>,
    /// The pause, if one was set.
    pub pause: Option<Pause>,
    /// The practice in focus.
    pub focus: Option<Practice>,
    /// How far nudges have thinned out.
    pub back_off: BackOff,
    /// The next slot of the cadence.
    pub next_slot_at: Option<Timestamp>,
    /// When the next report is due.
    pub next_report_at: Option<Timestamp>,
    /// When the first contact was queued.
    pub welcomed_at: Option<Timestamp>,
    /// Why Slack does not deliver.
    pub unreachable: Option<String>,
    /// When LeadLens first met the member.
    pub created_at: Timestamp,
}

/// A reflection; the fields mean what those of [`Reflection`] mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedReflection {
    pub id: RowId,
    pub origin: Origin,
    pub nudge: Option<RowId>,
    pub prompt: Option<PromptId>,
    pub question: String,
    pub situation: MemberText,
    pub answer: MemberText,
    pub room: Option<Room>,
    pub hat_said: Option<Hats>,
    #[serde(rename = "hat_seen")]
    pub lens_hats: Option<Hats>,
    #[serde(default, rename = "dimension_seen")]
    pub lens_dimension: Option<Dimension>,
    #[serde(default, rename = "seen_in")]
    pub evidence_spans: EvidenceSpans,
    #[serde(default)]
    pub abstained: Option<AbstainReason>,
    #[serde(default)]
    pub read_at: Option<Timestamp>,
    pub follow_up: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_prompt: Option<PromptId>,
    pub follow_up_answer: MemberText,
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub local_on: Date,
    #[serde(rename = "counted")]
    pub counts_in_balance: bool,
    /// The Slack messages that it was written in, in order; none for one that came from a form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<ExportedMessagePart>,
}

/// A message of a reflection that was written in Slack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedMessagePart {
    pub channel: ChannelId,
    pub ts: MessageTs,
    pub words: MemberText,
    pub posted_at: Timestamp,
}

impl ExportedMessagePart {
    /// Where it stands in Slack.
    pub fn message(&self) -> MessageRef {
        MessageRef { channel: self.channel.clone(), ts: self.ts.clone() }
    }
}

/// A nudge; the fields mean what those of [`Nudge`] mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedNudge {
    pub id: RowId,
    pub state: NudgeState,
    pub prompt: PromptId,
    pub question: String,
    pub reason: String,
    pub slot_at: Timestamp,
    pub asked_for: bool,
    pub sent_at: Option<Timestamp>,
    pub message: Option<MessageRef>,
    pub skip_reason: Option<SkipReason>,
}

/// A feedback round: what its asker was shown of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRound {
    pub id: RowId,
    pub state: RoundState,
    pub asked: u32,
    pub asked_at: Timestamp,
    pub ends_at: Timestamp,
    pub closed_on: Option<Date>,
    /// How many answers each step got, from 1 to 5; `None` without a result.
    pub counts: Option<StepCounts>,
    pub comments: Vec<MemberText>,
}

impl ExportedRound {
    /// A round with the comments of its result.
    pub fn of(round: &Round, comments: Vec<MemberText>) -> Self {
        Self {
            id: round.id.clone(),
            state: round.state,
            asked: round.asked,
            asked_at: round.asked_at,
            ends_at: round.ends_at,
            closed_on: round.closed_on,
            counts: round.counts,
            comments,
        }
    }
}

/// A question given back; the fields mean what those of [`CoachingAct`] mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedAct {
    pub id: RowId,
    pub prompt: PromptId,
    pub question: String,
    pub asked_at: Timestamp,
    pub local_on: Date,
}

/// A reading of the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRoomRead {
    pub room: Room,
    pub read_at: Timestamp,
}

/// An audit; the fields mean what those of [`Audit`] mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedAudit {
    pub id: RowId,
    pub kept: bool,
    pub meetings: Vec<ExportedMeeting>,
    pub audited_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub local_on: Date,
}

/// A meeting of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedMeeting {
    pub title: MemberText,
    pub hats: Option<Hats>,
}

/// A plan; the fields mean what those of [`Plan`] mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedPlan {
    pub id: RowId,
    pub experiment: Option<Hat>,
    pub cue: MemberText,
    pub act: MemberText,
    pub follow_up_at: Timestamp,
    pub state: PlanState,
    pub outcome: MemberText,
    pub made_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub local_on: Date,
    /// The message that asked what came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageRef>,
    /// The Slack messages that the outcome was written in, in order; none for one that came from a form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<ExportedMessagePart>,
}

/// What a member said to a model; the fields mean what those of [`LlmConsent`] mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedConsent {
    pub host: String,
    pub asked_at: Timestamp,
    pub answer: Option<ConsentAnswer>,
    pub answered_at: Option<Timestamp>,
    pub called_on: Date,
    pub calls: u32,
}

impl MemberExport {
    /// Puts everything about a member together.
    pub fn of(member: &Member, reflections: &[Reflection], nudges: &[Nudge], now: Timestamp) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            exported_at: now,
            member: ExportedSettings::from(member),
            reflections: reflections.iter().map(ExportedReflection::from).collect(),
            nudges: nudges.iter().map(ExportedNudge::from).collect(),
            acts: Vec::new(),
            feedback_rounds: Vec::new(),
            asked_in_rounds: Vec::new(),
            feedback_opted_out: false,
            room_read: None,
            audits: Vec::new(),
            plans: Vec::new(),
            model_consent: None,
        }
    }

    /// The same with what the member said to a model.
    #[must_use]
    pub fn with_consent(mut self, consent: Option<LlmConsent>) -> Self {
        self.model_consent = consent.map(|it| ExportedConsent {
            host: it.host,
            asked_at: it.asked_at,
            answer: it.answer,
            answered_at: it.answered_at,
            called_on: it.called_on,
            calls: it.calls,
        });
        self
    }

    /// The same with the questions that the member gave back.
    #[must_use]
    pub fn with_acts(mut self, acts: &[CoachingAct]) -> Self {
        self.acts = acts.iter().map(ExportedAct::from).collect();
        self
    }

    /// The same with the room as it was last read by itself.
    #[must_use]
    pub fn with_room(mut self, read: Option<(Room, Timestamp)>) -> Self {
        self.room_read = read.map(|(room, read_at)| ExportedRoomRead { room, read_at });
        self
    }

    /// The same with the audits.
    #[must_use]
    pub fn with_audits(mut self, audits: &[Audit]) -> Self {
        self.audits = audits.iter().map(ExportedAudit::from).collect();
        self
    }

    /// The same with the plans and experiments.
    #[must_use]
    pub fn with_plans(mut self, plans: &[Plan]) -> Self {
        self.plans = plans.iter().map(ExportedPlan::from).collect();
        self
    }

    /// All of it as indented JSON.
    ///
    /// # Errors
    /// [`ExportError`] when it cannot be written.
    pub fn json(&self) -> Result<String, ExportError> {
        pretty_json(self)
    }
}
