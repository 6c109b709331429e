//! One answered question: the situation, the answer, the hat the member says it was, the hat their
//! words show. Where it came from and where it stands in Slack belong to it; how it is asked does not.

use super::{
    hat::{Dimension, Hats},
    ids::{MemberId, PromptId, RowId},
    lens_result::{AbstainReason, EvidenceSpans, LensResult, LensScreen},
    member_text::MemberText,
    room::Room,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The question that every check-in asks.
pub const STANDING_QUESTION: &str = "What do you think the best move is?";

/// What made the member reflect.
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
pub enum Origin {
    /// The member started it: `/leadlens checkin`, the shortcut, a button, or a kept message.
    Checkin,
    /// LeadLens asked, by cadence or by `/leadlens nudge`.
    Nudge,
}

/// One answered question of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reflection {
    /// Its row.
    pub id: RowId,
    /// Whose it is, and nobody else's.
    pub member: MemberId,
    /// What started it.
    pub origin: Origin,
    /// The nudge that it answers.
    pub nudge: Option<RowId>,
    /// The prompt that was asked, when it came from the library.
    pub prompt: Option<PromptId>,
    /// The question as the member read it.
    pub question: String,
    /// What is in front of the member; empty when they were not asked.
    pub situation: MemberText,
    /// What they think the best move is.
    pub answer: MemberText,
    /// How they read the room.
    pub room: Option<Room>,
    /// The hat they say it was; `None` while they have not said.
    pub hat_said: Option<Hats>,
    /// The hat their words show, when the lens has read them and did not abstain.
    pub lens_hats: Option<Hats>,
    /// The dimension on which they show it, where the lens found one clear.
    pub lens_dimension: Option<Dimension>,
    /// Where in the answer they show it.
    pub evidence_spans: EvidenceSpans,
    /// Why the lens, which has read it, says nothing.
    pub abstained: Option<AbstainReason>,
    /// When the lens read the answer as it stands; `None` while it has not.
    pub read_at: Option<Timestamp>,
    /// The question that followed up, as the member read it.
    pub follow_up: Option<String>,
    /// The prompt that followed up.
    pub follow_up_prompt: Option<PromptId>,
    /// The answer to it.
    pub follow_up_answer: MemberText,
    /// When it was kept.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// The member's own calendar date when it was kept, so that travel never moves it.
    pub local_on: Date,
    /// False for words that coaching should not answer and that the member chose to keep: no
    /// measure counts them.
    pub counts_in_balance: bool,
}

impl Reflection {
    /// What followed up, where it was answered.
    pub fn followed_up(&self) -> Option<AnsweredFollowUp> {
        let answer = Some(&self.follow_up_answer).filter(|answer| !answer.is_blank())?.clone();
        Some(AnsweredFollowUp { question: self.follow_up.clone().unwrap_or_default(), answer })
    }

    /// A question that nothing has been said to yet, filed under the member's own date.
    pub fn new(id: RowId, member: MemberId, question: String, created_at: Timestamp, local_on: Date) -> Self {
        Self {
            id,
            member,
            origin: Origin::Checkin,
            nudge: None,
            prompt: None,
            question,
            situation: MemberText::default(),
            answer: MemberText::default(),
            room: None,
            hat_said: None,
            lens_hats: None,
            lens_dimension: None,
            evidence_spans: EvidenceSpans::default(),
            abstained: None,
            read_at: None,
            follow_up: None,
            follow_up_prompt: None,
            follow_up_answer: MemberText::default(),
            created_at,
            edited_at: None,
            local_on,
            counts_in_balance: true,
        }
    }

    /// What the lens saw in it, with the words.
    pub fn lens_screen(&self) -> LensScreen {
        match (self.read_at.filter(|_| self.counts_in_balance), self.lens_hats) {
            (None, _) => LensScreen::Unread,
            (Some(_), Some(hats)) => {
                LensScreen::Hats { hats, words: self.evidence_spans.words(self.answer.reveal()) }
            }
            (Some(_), None) => LensScreen::Abstained(self.abstained.unwrap_or(AbstainReason::Unsure)),
        }
    }

    /// Puts in what the lens saw.
    pub fn apply_lens_result(&mut self, seen: LensResult, read_at: Timestamp) {
        self.lens_hats = seen.hats;
        self.lens_dimension = seen.dimension;
        self.evidence_spans = seen.spans;
        self.abstained = seen.abstained;
        self.read_at = Some(read_at);
    }

    /// Its answer changed, or is not to be counted: what was seen is seen no more.
    pub fn clear_lens_result(&mut self) {
        self.lens_hats = None;
        self.lens_dimension = None;
        self.evidence_spans = EvidenceSpans::default();
        self.abstained = None;
        self.read_at = None;
    }
}

/// The part of a reflection that the check-in form carries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckinFields {
    /// What is in front of you.
    pub situation: MemberText,
    /// The room, if it was read.
    pub room: Option<Room>,
    /// What do you think the best move is?
    pub answer: MemberText,
    /// Which hat is that?
    pub hat: Option<Hats>,
    /// What followed up, where it was answered and stands in the form as well.
    pub follow_up: Option<AnsweredFollowUp>,
}

/// A follow-up and its answer. What comes back from a form has no question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnsweredFollowUp {
    /// The question, as the member read it.
    pub question: String,
    /// What they said.
    pub answer: MemberText,
}
