//! Everything that LeadLens stores about one member, for `/leadlens export`: one JSON file with all of it,
//! and CSV tables for a spreadsheet.
//!
//! The names of the fields in the files are part of the format: `serde(rename)` keeps them where a field of
//! the code has another name. A change that a reader would notice needs a new [`VERSION`]. `convert` makes an
//! export from the coach's types, `restore` does the reverse, and `archive` packs it.

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
    look_back::{CameOfIt, LookBack},
    member::{BackOff, Member, Pause, QuietHours},
    member_text::MemberText,
    nudge::{Nudge, NudgeState, SkipReason},
    plan::{Plan, PlanState},
    prompt::NudgeReason,
    reflection::{Origin, Reflection},
    room::Room,
};
use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The value of [`MemberExport::format`].
pub const FORMAT: &str = "leadlens-export";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberExport {
    /// Always [`FORMAT`].
    pub format: String,
    /// See [`VERSION`].
    pub version: u32,
    pub exported_at: Timestamp,
    pub member: ExportedSettings,
    /// All reflections, oldest first.
    pub reflections: Vec<ExportedReflection>,
    /// All nudges, oldest first.
    pub nudges: Vec<ExportedNudge>,
    /// All coaching acts, oldest first.
    #[serde(default)]
    pub acts: Vec<ExportedAct>,
    /// The member's own feedback rounds, oldest first.
    #[serde(default)]
    pub feedback_rounds: Vec<ExportedRound>,
    /// The open rounds of others in which the member is asked. The member's answers are not here, because
    /// answers do not store who gave them.
    #[serde(default)]
    pub asked_in_rounds: Vec<RowId>,
    /// Whether the member does not want to be asked for feedback.
    #[serde(default)]
    pub feedback_opted_out: bool,
    /// The last reading of the room that is not part of a reflection.
    #[serde(default)]
    pub room_read: Option<ExportedRoomRead>,
    /// All audits, oldest first.
    #[serde(default)]
    pub audits: Vec<ExportedAudit>,
    /// All plans and experiments, oldest first.
    #[serde(default)]
    pub plans: Vec<ExportedPlan>,
    /// Which nudge asked about which reflection, and what came of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub look_backs: Vec<ExportedLookBack>,
    /// The member's consent to a language model. It is not imported, so that they are asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_consent: Option<ExportedConsent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedSettings {
    pub id: MemberId,
    /// The DM with LeadLens.
    pub dm: Option<ChannelId>,
    /// The IANA name.
    pub zone: String,
    /// False while the zone follows Slack.
    pub zone_set_by_member: bool,
    /// The days of the cadence, in English and lower case. Empty without a cadence.
    pub cadence_days: Vec<String>,
    /// The times of the cadence. Empty without a cadence.
    pub cadence_times: Vec<Time>,
    pub quiet: QuietHours,
    pub days_off: Vec<Date>,
    pub pause: Option<Pause>,
    /// The practice in focus.
    pub focus: Option<Practice>,
    /// Whether LeadLens looks back.
    #[serde(default = "looks_back")]
    pub look_back: bool,
    pub back_off: BackOff,
    /// The next slot of the cadence.
    pub next_slot_at: Option<Timestamp>,
    /// When the next report is due.
    pub next_report_at: Option<Timestamp>,
    /// When the first contact was queued.
    pub welcomed_at: Option<Timestamp>,
    /// Why Slack does not deliver to the member.
    pub unreachable: Option<String>,
    /// When the member was first seen.
    pub created_at: Timestamp,
}

/// An export that was written before it could be turned off.
fn looks_back() -> bool {
    true
}

/// See [`LookBack`] for the fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedLookBack {
    pub reflection: RowId,
    pub nudge: RowId,
    pub asked_at: Option<Timestamp>,
    pub came_of_it: Option<CameOfIt>,
    pub came_at: Option<Timestamp>,
}

/// See [`Reflection`] for the fields.
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
    /// The Slack messages it was written in, in order. Empty if it came from a form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<ExportedMessagePart>,
}

/// One Slack message of a text that was written as messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedMessagePart {
    pub channel: ChannelId,
    pub ts: MessageTs,
    pub words: MemberText,
    pub posted_at: Timestamp,
}

impl ExportedMessagePart {
    pub fn message(&self) -> MessageRef {
        MessageRef { channel: self.channel.clone(), ts: self.ts.clone() }
    }
}

/// See [`Nudge`] for the fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedNudge {
    pub id: RowId,
    pub state: NudgeState,
    pub prompt: PromptId,
    pub question: String,
    pub reason: NudgeReason,
    pub slot_at: Timestamp,
    pub asked_for: bool,
    pub sent_at: Option<Timestamp>,
    pub message: Option<MessageRef>,
    pub skip_reason: Option<SkipReason>,
}

/// A feedback round as its asker was shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRound {
    pub id: RowId,
    pub state: RoundState,
    pub asked: u32,
    pub asked_at: Timestamp,
    pub ends_at: Timestamp,
    pub closed_on: Option<Date>,
    /// How many answers chose each step, from 1 to 5. `None` without a result.
    pub counts: Option<StepCounts>,
    pub comments: Vec<MemberText>,
}

impl ExportedRound {
    /// The round, with the comments of its result.
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

/// See [`CoachingAct`] for the fields.
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

/// See [`Audit`] for the fields.
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedMeeting {
    pub title: MemberText,
    pub hats: Option<Hats>,
}

/// See [`Plan`] for the fields.
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
    /// The message of its follow-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageRef>,
    /// The Slack messages that the outcome was written in, in order. Empty if it came from a form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<ExportedMessagePart>,
}

/// See [`LlmConsent`] for the fields.
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
    /// An export of a member's settings, reflections and nudges. The `with_` methods add the rest.
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
            look_backs: Vec::new(),
            model_consent: None,
        }
    }

    /// Adds the consent to a language model.
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

    /// Adds what was looked back on.
    #[must_use]
    pub fn with_look_backs(mut self, look_backs: &[LookBack]) -> Self {
        self.look_backs = look_backs.iter().map(ExportedLookBack::from).collect();
        self
    }

    /// Adds the coaching acts.
    #[must_use]
    pub fn with_acts(mut self, acts: &[CoachingAct]) -> Self {
        self.acts = acts.iter().map(ExportedAct::from).collect();
        self
    }

    /// Adds the last reading of the room that is not part of a reflection.
    #[must_use]
    pub fn with_room(mut self, read: Option<(Room, Timestamp)>) -> Self {
        self.room_read = read.map(|(room, read_at)| ExportedRoomRead { room, read_at });
        self
    }

    /// Adds the audits.
    #[must_use]
    pub fn with_audits(mut self, audits: &[Audit]) -> Self {
        self.audits = audits.iter().map(ExportedAudit::from).collect();
        self
    }

    /// Adds the plans and experiments.
    #[must_use]
    pub fn with_plans(mut self, plans: &[Plan]) -> Self {
        self.plans = plans.iter().map(ExportedPlan::from).collect();
        self
    }

    /// Reassigns the export to another account or workspace. References to Slack messages are removed,
    /// because they have no meaning there.
    #[must_use]
    pub fn reassigned_to(mut self, who: MemberId) -> Self {
        if self.member.id == who {
            return self;
        }
        self.member.id = who;
        self.member.dm = None;
        self.member.unreachable = None;
        for nudge in &mut self.nudges {
            nudge.message = None;
        }
        for reflection in &mut self.reflections {
            reflection.pieces.clear();
        }
        for plan in &mut self.plans {
            plan.message = None;
            plan.pieces.clear();
        }
        self
    }

    /// The export as indented JSON.
    ///
    /// # Errors
    /// [`ExportError`] if it cannot be written.
    pub fn json(&self) -> Result<String, ExportError> {
        pretty_json(self)
    }
}
