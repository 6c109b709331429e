//! A reflection: one answered question with its situation, the hat that the member says it was, and the hats
//! that the lens read in the answer.

use super::{
    hat::{Dimension, Hats},
    ids::{MemberId, PromptId, RowId},
    lens_result::{AbstainReason, EvidenceSpans, LensScreen},
    member_text::MemberText,
    room::Room,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The question that every check-in asks.
pub const STANDING_QUESTION: &str = include_str!("../../prompts/standing-question.txt").trim_ascii_end();

/// Why the member reflected.
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
    /// The member began it: `/leadlens checkin`, the shortcut, a button, or a message that they kept.
    Checkin,
    /// LeadLens asked, by the cadence or after `/leadlens nudge`.
    Nudge,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reflection {
    pub id: RowId,
    /// The only member who may see it.
    pub member: MemberId,
    pub origin: Origin,
    /// The nudge that it answers.
    pub nudge: Option<RowId>,
    /// The prompt of the library that was asked, if it was one.
    pub prompt: Option<PromptId>,
    /// The question as the member read it.
    pub question: String,
    /// What is in front of the member. Empty if they were not asked.
    pub situation: MemberText,
    /// What the member thinks the best move is.
    pub answer: MemberText,
    /// How the member described the room.
    pub room: Option<Room>,
    /// The hats that the member says it was. `None` until they have said.
    pub hat_said: Option<Hats>,
    /// The hats that the lens read in the answer. `None` if it has not read it or abstained.
    pub lens_hats: Option<Hats>,
    /// The dimension on which they show most, if one was clear.
    pub lens_dimension: Option<Dimension>,
    /// Where in the answer they show.
    pub evidence_spans: EvidenceSpans,
    /// Why the lens abstained, if it did.
    pub abstained: Option<AbstainReason>,
    /// When the lens read the current answer. `None` if it has not.
    pub read_at: Option<Timestamp>,
    /// The follow-up question as the member read it.
    pub follow_up: Option<String>,
    /// The prompt of the follow-up.
    pub follow_up_prompt: Option<PromptId>,
    pub follow_up_answer: MemberText,
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    /// The member's calendar date when it was kept. It is stored so that a later change of time zone does not
    /// move it.
    pub local_on: Date,
    /// False for a text that mentions a care concern and that the member chose to keep. No measure counts it.
    pub counts_in_balance: bool,
}

impl Reflection {
    /// The follow-up, if it was answered.
    pub fn followed_up(&self) -> Option<AnsweredFollowUp> {
        let answer = Some(&self.follow_up_answer).filter(|answer| !answer.is_blank())?.clone();
        Some(AnsweredFollowUp { question: self.follow_up.clone().unwrap_or_default(), answer })
    }

    /// A reflection without answers yet.
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

    /// The lens's reading with the words that it points to.
    pub fn lens_screen(&self) -> LensScreen {
        match (self.read_at.filter(|_| self.counts_in_balance), self.lens_hats) {
            (None, _) => LensScreen::Unread,
            (Some(_), Some(hats)) => {
                LensScreen::Hats { hats, words: self.evidence_spans.words(self.answer.reveal()) }
            }
            (Some(_), None) => LensScreen::Abstained(self.abstained.unwrap_or(AbstainReason::Unsure)),
        }
    }

    /// Removes the lens's reading, because the answer changed or must not be counted.
    pub fn clear_lens_result(&mut self) {
        self.lens_hats = None;
        self.lens_dimension = None;
        self.evidence_spans = EvidenceSpans::default();
        self.abstained = None;
        self.read_at = None;
    }
}

/// The fields of the check-in form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckinFields {
    /// What is in front of the member.
    pub situation: MemberText,
    pub room: Option<Room>,
    /// What the member thinks the best move is.
    pub answer: MemberText,
    /// Which hat the member says it was.
    pub hat: Option<Hats>,
    /// The answered follow-up, if the form shows it too.
    pub follow_up: Option<AnsweredFollowUp>,
}

/// A follow-up question with its answer. A submitted form does not contain the question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnsweredFollowUp {
    /// The question as the member read it.
    pub question: String,
    pub answer: MemberText,
}
