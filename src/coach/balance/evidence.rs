//! The input of the balance: one piece of evidence for each answered question, each question given back, and
//! each meeting of an audit.

use crate::coach::{
    audit::Audit,
    coaching_act::CoachingAct,
    hat::{Dimension, Hat, Hats},
    reflection::{Origin, Reflection},
    room::Room,
};
use jiff::civil::Date;

/// Where a piece of evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceKind {
    Reflection(Origin),
    /// A question given back instead of an answer.
    CoachingAct,
    /// A meeting of an audit.
    Audit,
}

/// One piece of evidence of one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The member's calendar date when it was recorded.
    pub local_on: Date,
    pub kind: EvidenceKind,
    /// The hats that the member said. `None` until they have said.
    pub hat_said: Option<Hats>,
    /// The hats that the lens read. `None` if it has not read the answer or abstained.
    pub lens_hats: Option<Hats>,
    /// The dimension on which it shows a hat most clearly, and which hats.
    pub pole: Option<(Dimension, Hats)>,
    /// The room as the member described it.
    pub room: Option<Room>,
}

impl Evidence {
    /// `None` for a reflection that counts in no measure.
    pub fn from_reflection(reflection: &Reflection) -> Option<Self> {
        reflection.counts_in_balance.then_some(Self {
            local_on: reflection.local_on,
            kind: EvidenceKind::Reflection(reflection.origin),
            hat_said: reflection.hat_said,
            lens_hats: reflection.lens_hats,
            pole: reflection.lens_dimension.zip(reflection.lens_hats),
            room: reflection.room,
        })
    }

    /// One piece for each marked meeting of a kept audit.
    pub fn from_audit(audit: &Audit) -> Vec<Self> {
        let meetings = audit.meetings.iter().filter(|_| audit.kept);
        let piece = |said| Self {
            local_on: audit.local_on,
            kind: EvidenceKind::Audit,
            hat_said: Some(said),
            lens_hats: None,
            pole: None,
            room: None,
        };
        meetings.filter_map(|meeting| meeting.hats).map(piece).collect()
    }
}

impl From<&CoachingAct> for Evidence {
    /// A coaching act shows the leader hat on *growth*: the member developed somebody instead of fixing the
    /// problem for them.
    fn from(act: &CoachingAct) -> Self {
        Self {
            local_on: act.local_on,
            kind: EvidenceKind::CoachingAct,
            hat_said: Some(Hat::Leader.into()),
            lens_hats: None,
            pole: Some((Dimension::Growth, Hat::Leader.into())),
            room: None,
        }
    }
}
