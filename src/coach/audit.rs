//! The audit of the calendar: up to five meetings, each marked how (manager), where (leader) or both;
//! what they come to, and the blind spot of the audit itself. Where the meetings come from is not
//! known here.

use super::{
    hat::{Hat, Hats},
    ids::{MemberId, RowId},
    member_text::MemberText,
};
use jiff::{Timestamp, civil::Date};

/// How many meetings an audit looks at.
pub const MAX_MEETINGS: usize = 5;

/// The longest title that is kept, in characters; Slack's own calendars stop near it.
pub const MAX_TITLE_CHARS: usize = 150;

/// One meeting of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// What the member calls it.
    pub title: MemberText,
    /// How (manager), where (leader) or both; `None` while it is only proposed, and for one that is kept
    /// and counts nowhere, because its title speaks of trouble.
    pub hats: Option<Hats>,
}

/// An audit, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Its row.
    pub id: RowId,
    /// Whose it is.
    pub member: MemberId,
    /// False while its meetings are proposed from a calendar and not marked yet: it counts nowhere.
    pub kept: bool,
    /// The meetings, at most [`MAX_MEETINGS`], the newest first.
    pub meetings: Vec<Meeting>,
    /// When it was made.
    pub audited_at: Timestamp,
    /// When it was last changed.
    pub edited_at: Option<Timestamp>,
    /// The member's own date when it was kept.
    pub local_on: Date,
}

/// What is wrong with a meeting of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeetingError {
    /// No meeting at all: said beside the first.
    NoMeetings,
    /// A title without a mark.
    MissingMark,
    /// A mark without a title.
    MissingTitle,
    /// Longer than [`MAX_TITLE_CHARS`].
    TooLong,
}

/// Takes what stands in the form's rows; empty rows are left out.
///
/// # Errors
/// Each row, 0 the first, with what is wrong with it.
pub fn validate_meetings(rows: &[Meeting]) -> Result<Vec<Meeting>, Vec<(usize, MeetingError)>> {
    let mut wrong = Vec::new();
    let mut meetings = Vec::new();
    for (nth, row) in rows.iter().take(MAX_MEETINGS).enumerate() {
        match (row.title.is_blank(), row.hats) {
            (true, None) => {}
            (true, Some(_)) => wrong.push((nth, MeetingError::MissingTitle)),
            (false, _) if row.title.char_count() > MAX_TITLE_CHARS => {
                wrong.push((nth, MeetingError::TooLong))
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

/// What an audit comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditSummary {
    /// Meetings that asked how, those that asked both included.
    pub manager: u32,
    /// Meetings that asked where, those that asked both included.
    pub leader: u32,
    /// All meetings that are marked.
    pub total: u32,
    /// The hat that is absent from all [`MAX_MEETINGS`]; fewer meetings name none.
    pub blind_spot: Option<Hat>,
    /// The hat that an experiment could try: the one that was seen less often.
    pub rarer: Option<Hat>,
}

/// Counts the marks.
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
        // meetings, how, where, blind spot, rarer
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
