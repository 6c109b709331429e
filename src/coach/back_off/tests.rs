//! How nudges thin out, told as the weeks of a member who never answers.

use super::*;
use crate::coach::{
    member::Cadence,
    sample::{cadence, daily},
};
use jiff::civil::Weekday;

/// Runs a member who ignores everything: `.` a slot let pass, `N` a nudge, `?` the last message.
fn ignored(cadence: &Cadence, slots: usize) -> String {
    let mut back_off = BackOff::default();
    (0..slots)
        .map(|_| match back_off.decide_slot(cadence) {
            SlotDecision::Use => {
                back_off = back_off.after_nudge_sent();
                'N'
            }
            SlotDecision::AskToGoOn => {
                back_off = back_off.after_asked_to_go_on();
                '?'
            }
            SlotDecision::Skip => {
                back_off = back_off.after_slots_passed(1);
                '.'
            }
        })
        .collect()
}

#[test]
fn ignored_nudges_thin_out_to_one_last_question_and_then_silence() {
    let weekdays = Cadence::weekdays_at_half_past_nine();
    assert_eq!(ignored(&weekdays, 40), format!("NN.N.N....N....N....?{}", ".".repeat(19)));
    let weekly = cadence(&[Weekday::Tuesday], &[(9, 0)]);
    assert_eq!(ignored(&weekly, 20), "NN.N.N.N.N.?........", "weekly is never denser than every second");
    assert_eq!(ignored(&daily(&[(9, 0), (13, 0), (17, 0)]), 80).matches('N').count(), 6);
}

#[test]
fn any_act_brings_the_full_cadence_back() {
    let weekdays = Cadence::weekdays_at_half_past_nine();
    for unanswered in 0..8 {
        let worn = BackOff { unanswered, slots_passed: 3, asked_to_go_on: unanswered > 6 };
        assert_eq!(worn.after_activity(), BackOff::default());
        assert_eq!(worn.after_activity().decide_slot(&weekdays), SlotDecision::Use);
    }
}

#[test]
fn only_unanswered_nudges_in_a_row_count() {
    let weekdays = Cadence::weekdays_at_half_past_nine();
    let mut back_off = BackOff::default();
    for _ in 0..10 {
        back_off = back_off.after_nudge_sent().after_slots_passed(1).after_nudge_sent().after_activity();
        assert_eq!(back_off.decide_slot(&weekdays), SlotDecision::Use);
    }
    // Vacation: twenty slots that were skipped by rule do not count as ignored.
    let after_vacation = BackOff::default().after_nudge_sent().after_slots_passed(20);
    assert_eq!(after_vacation.unanswered, 1);
    assert_eq!(after_vacation.decide_slot(&weekdays), SlotDecision::Use);
}

#[test]
fn counts_stay_at_their_end() {
    let worn = BackOff { unanswered: u32::MAX, slots_passed: u32::MAX, asked_to_go_on: false };
    assert_eq!(worn.after_nudge_sent().unanswered, u32::MAX);
    assert_eq!(worn.after_slots_passed(5).slots_passed, u32::MAX);
    assert_eq!(worn.decide_slot(&Cadence::weekdays_at_half_past_nine()), SlotDecision::AskToGoOn);
}
