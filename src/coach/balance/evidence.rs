//! What the balance is computed from: one piece of evidence for each answered question, each question given back, and each
//! meeting of an audit.

use crate::coach::{
    audit::Audit,
    coaching_act::CoachingAct,
    hat::{Dimension, Hat, Hats},
    reflection::{Origin, Reflection},
    room::Room,
};
use jiff::civil::Date;

/// What kind of thing a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceKind {
    /// An answered question.
    Reflection(Origin),
    /// A question given back instead of an answer: developing instead of fixing.
    CoachingAct,
    /// A meeting of an audit.
    Audit,
}

/// One piece of evidence of one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The member's own calendar date when it was kept.
    pub local_on: Date,
    /// What it is.
    pub kind: EvidenceKind,
    /// The hats that the member said; `None` while they have not said.
    pub hat_said: Option<Hats>,
    /// The hats that the lens saw; `None` when it has not read it or abstained.
    pub lens_hats: Option<Hats>,
    /// The dimension that was clear in it, and the hats at whose poles it stands.
    pub pole: Option<(Dimension, Hats)>,
    /// The room as the member read it.
    pub room: Option<Room>,
}

impl Evidence {
    /// The evidence that a reflection is; `None` for words that no measure counts.
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

    /// Each meeting of a kept audit is one piece, said by its member.
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
    /// An act shows the leader hat, and its member says so by doing it: somebody was developed and
    /// nothing was fixed for them.
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
