//! The calendar audit: up to five meetings, each marked *how* (manager), *where* (leader) or both, what the
//! marks add up to, and the audit's blind spot. Where the meetings come from is not known here.

use super::{
    hat::{Hat, Hats},
    ids::{MemberId, RowId},
    member_text::MemberText,
};
use jiff::{Timestamp, civil::Date};

/// The most meetings of one audit.
pub const MAX_MEETINGS: usize = 5;

/// The longest title that is kept, in characters. Slack's own calendar apps cut near this length.
pub const MAX_TITLE_CHARS: usize = 150;

/// One meeting of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// The member's name for it.
    pub title: MemberText,
    /// *How* (manager), *where* (leader) or both. `None` for a meeting that is only proposed, and for a kept
    /// one that must not be counted because its title mentions a care concern.
    pub hats: Option<Hats>,
}

/// An audit as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    pub id: RowId,
    pub member: MemberId,
    /// False while the meetings are only proposed from a calendar. Such an audit is not counted.
    pub kept: bool,
    /// At most [`MAX_MEETINGS`], newest first.
    pub meetings: Vec<Meeting>,
    /// When the audit was made.
    pub audited_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    /// The member's calendar date when it was kept.
    pub local_on: Date,
}

/// Why a row of the form was not accepted; the renderer words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeetingError {
    /// No row has a meeting. It is reported for the first row.
    NoMeetings,
    /// A title without a mark.
    MissingMark,
    /// A mark without a title.
    MissingTitle,
    /// The title is longer than [`MAX_TITLE_CHARS`].
    TooLong,
}

/// Checks the rows of the form and returns the meetings. Empty rows are ignored.
///
/// # Errors
/// Every row that is not accepted, by its index from 0, with the reason.
pub fn validate_meetings(rows: &[Meeting]) -> Result<Vec<Meeting>, Vec<(usize, MeetingError)>> {
    let mut wrong = Vec::new();
    let mut meetings = Vec::new();
    for (nth, row) in rows.iter().take(MAX_MEETINGS).enumerate() {
        match (row.title.is_blank(), row.hats) {
            (true, None) => {}
            (true, Some(_)) => wrong.push((nth, MeetingError::MissingTitle)),
            (false, _) if row.title.char_count() > MAX_TITLE_CHARS => {
                wrong.push((nth, MeetingError::TooLong));
            }
            (false, None | Some(Hats::NEITHER)) => wrong.push((nth, MeetingError::MissingMark)),
            (false, Some(_)) => meetings.push(row.clone()),
        }
    }
    if meetings.is_empty() && wrong.is_empty() {
        wrong.push((0, MeetingError::NoMeetings));
    }
    if wrong.is_empty() { Ok(meetings) } else { Err(wrong) }
}

/// What the marks of an audit add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditSummary {
    /// Meetings marked *how*, including those marked *both*.
    pub manager: u32,
    /// Meetings marked *where*, including those marked *both*.
    pub leader: u32,
    /// All marked meetings.
    pub total: u32,
    /// The hat that none of [`MAX_MEETINGS`] meetings shows. With fewer meetings there is no blind spot.
    pub blind_spot: Option<Hat>,
    /// The hat with fewer marks, which an experiment could try. `None` if both have equally many.
    pub rarer: Option<Hat>,
}

pub fn summarize(meetings: &[Meeting]) -> AuditSummary {
    let of = meetings.iter().filter(|meeting| meeting.hats.is_some()).count();
    let count = |hat: Hat| {
        let showing = meetings.iter().filter(|meeting| meeting.hats.is_some_and(|hats| hats.shows(hat)));
        u32::try_from(showing.count()).unwrap_or(u32::MAX)
    };
    let (leader, manager) = (count(Hat::Leader), count(Hat::Manager));
    let rarer = match leader.cmp(&manager) {
        std::cmp::Ordering::Less => Some(Hat::Leader),
        std::cmp::Ordering::Greater => Some(Hat::Manager),
        std::cmp::Ordering::Equal => None,
    };
    let absent = rarer.filter(|hat| count(*hat) == 0);
    AuditSummary {
        manager,
        leader,
        total: u32::try_from(of).unwrap_or(u32::MAX),
        blind_spot: absent.filter(|_| of == MAX_MEETINGS),
        rarer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn meeting(title: &str, hats: Option<Hats>) -> Meeting {
        Meeting { title: MemberText::new(title), hats }
    }

    fn leader() -> Hats {
        Hat::Leader.into()
    }

    fn manager() -> Hats {
        Hat::Manager.into()
    }

    #[test]
    fn five_meetings_are_counted() {
        let l = || meeting("a", Some(leader()));
        let m = || meeting("b", Some(manager()));
        let b = || meeting("c", Some(Hats::BOTH));
        // meetings, manager, leader, blind spot, rarer
        let table = [
            (vec![m(), m(), m(), m(), m()], 5, 0, Some(Hat::Leader), Some(Hat::Leader)),
            (vec![l(), l(), l(), l(), l()], 0, 5, Some(Hat::Manager), Some(Hat::Manager)),
            (vec![m(), m(), m(), m()], 4, 0, None, Some(Hat::Leader)),
            (vec![m(), m(), m(), m(), b()], 5, 1, None, Some(Hat::Leader)),
            (vec![b(), b(), b(), b(), b()], 5, 5, None, None),
            (vec![l(), m(), b()], 2, 2, None, None),
            (vec![m(), m(), m(), m(), meeting("not counted", None)], 4, 0, None, Some(Hat::Leader)),
            (vec![], 0, 0, None, None),
        ];
        for (meetings, how, wher, blind_spot, rarer) in table {
            let found = summarize(&meetings);
            assert_eq!(
                (found.manager, found.leader, found.blind_spot, found.rarer),
                (how, wher, blind_spot, rarer)
            );
            assert_eq!(found.total as usize, meetings.iter().filter(|it| it.hats.is_some()).count());
        }
    }

    #[test]
    fn what_is_wrong_stands_beside_its_row() {
        let rows = [
            meeting("Stand-up", Some(manager())),
            meeting(" \u{200b}", None),
            meeting("Roadmap", None),
            meeting("", Some(leader())),
            meeting(&"x".repeat(MAX_TITLE_CHARS + 1), Some(leader())),
        ];
        assert_eq!(
            validate_meetings(&rows),
            Err(vec![
                (2, MeetingError::MissingMark),
                (3, MeetingError::MissingTitle),
                (4, MeetingError::TooLong)
            ])
        );
        assert_eq!(validate_meetings(&rows[..2]), Ok(vec![rows[0].clone()]));
        assert_eq!(validate_meetings(&rows[1..2]), Err(vec![(0, MeetingError::NoMeetings)]));
        assert_eq!(validate_meetings(&[]), Err(vec![(0, MeetingError::NoMeetings)]));
        assert_eq!(
            validate_meetings(&[meeting("x", Some(Hats::NEITHER))]),
            Err(vec![(0, MeetingError::MissingMark)])
        );
    }

    proptest! {
        #[test]
        fn a_blind_spot_is_the_rarer_hat_of_five(marks in prop::collection::vec(0_usize..3, 0..=5)) {
            let hats = [leader(), manager(), Hats::BOTH];
            let meetings: Vec<Meeting> = marks.iter().map(|mark| meeting("m", Some(hats[*mark]))).collect();
            let found = summarize(&meetings);
            prop_assert!(found.manager <= found.total && found.leader <= found.total);
            prop_assert!(found.blind_spot.is_none() || (found.total == 5 && found.blind_spot == found.rarer));
        }
    }
}
