//! Whether a nudge is sent, told by the rules of section 8.

use super::*;
use crate::coach::{
    ids::PromptId,
    member::{BackOff, Cadence, Pause},
    prompt::NudgeReason,
    sample::{ZONES, at, id, local, mira, quiet, zone},
};
use jiff::civil::date;
use proptest::prelude::*;

/// Friday, 09:30 in Berlin.
const SLOT: &str = "2026-10-23T07:30:00Z";

fn on_slot(member: &Member, presence: &Presence, now: &str) -> Decision {
    decide(member, DueNudge::from_cadence(at(SLOT), None), presence, at(now))
}

fn on_later(member: &Member, presence: &Presence, due: &str) -> Decision {
    let slot = DueNudge { due_at: at(due), source: NudgeSource::Later, last_sent_at: None };
    decide(member, slot, presence, at(due))
}

fn vacation() -> Presence {
    Presence { status_emoji: ":palm_tree:".into(), ..Presence::default() }
}

fn do_not_disturb(start: &str, end: &str) -> Presence {
    Presence { dnd: Some((at(start), at(end))), ..Presence::default() }
}

#[test]
fn a_slot_is_sent_unless_a_rule_holds_it_back() {
    let free = Presence::default();
    let change = |change: fn(&mut Member)| {
        let mut member = mira();
        change(&mut member);
        member
    };
    let paused = |until_on| {
        let mut member = mira();
        member.pause = Some(Pause { until_on });
        member
    };
    let gone = Presence { deactivated: true, ..Presence::default() };
    let ended = Presence { status_expires_at: Some(at(SLOT)), ..vacation() };
    let meeting = Presence { status_text: "In a meeting".into(), ..Presence::default() };
    let dnd = do_not_disturb("2026-10-23T07:00:00Z", "2026-10-23T08:00:00Z");
    let dnd_tonight = do_not_disturb("2026-10-23T20:00:00Z", "2026-10-24T06:00:00Z");
    let table = [
        (mira(), free.clone(), Decision::Send),
        (mira(), meeting, Decision::Send),
        (mira(), ended, Decision::Send),
        (mira(), dnd_tonight, Decision::Send),
        (mira(), dnd, Decision::Skip(SkipReason::DoNotDisturb)),
        (mira(), vacation(), Decision::Skip(SkipReason::Vacation)),
        (mira(), gone, Decision::Skip(SkipReason::Unreachable)),
        (
            change(|m| m.unreachable = Some("user_disabled".into())),
            free.clone(),
            Decision::Skip(SkipReason::Unreachable),
        ),
        (change(|m| m.cadence = None), free.clone(), Decision::Skip(SkipReason::NoCadence)),
        (change(|m| m.days_off = vec![date(2026, 10, 23)]), free.clone(), Decision::Skip(SkipReason::DayOff)),
        (change(|m| m.quiet = quiet((9, 0), (10, 0))), free.clone(), Decision::Skip(SkipReason::QuietHours)),
        (change(|m| m.zone = zone("America/New_York")), free.clone(), Decision::Skip(SkipReason::QuietHours)),
        (paused(None), free.clone(), Decision::Skip(SkipReason::Paused)),
        (paused(Some(date(2026, 10, 24))), free.clone(), Decision::Skip(SkipReason::Paused)),
        (paused(Some(date(2026, 10, 23))), free.clone(), Decision::Send),
        (
            change(|m| m.back_off = BackOff { unanswered: 2, ..BackOff::default() }),
            free.clone(),
            Decision::Skip(SkipReason::BackOff),
        ),
        (
            change(|m| m.back_off = BackOff { unanswered: 6, slots_passed: 4, asked_to_go_on: false }),
            free.clone(),
            Decision::AskToGoOn,
        ),
        (
            change(|m| m.back_off = BackOff { unanswered: 6, slots_passed: 4, asked_to_go_on: true }),
            free.clone(),
            Decision::Skip(SkipReason::BackOff),
        ),
    ];
    for (row, (member, presence, expected)) in table.into_iter().enumerate() {
        assert_eq!(on_slot(&member, &presence, SLOT), expected, "row {row}");
    }
}

#[test]
fn a_slot_is_let_go_after_four_hours_and_in_the_evening() {
    let free = Presence::default();
    for (now, expected) in [
        ("2026-10-23T11:30:00Z", Decision::Send),
        ("2026-10-23T11:30:00.001Z", Decision::Skip(SkipReason::TooLate)),
        ("2026-10-26T08:00:00Z", Decision::Skip(SkipReason::TooLate)),
    ] {
        assert_eq!(on_slot(&mira(), &free, now), expected, "{now}");
    }
    let evening = DueNudge::from_cadence(at("2026-10-23T16:30:00Z"), None);
    let decided = decide(&mira(), evening, &free, at("2026-10-23T17:10:00Z"));
    assert_eq!(decided, Decision::Skip(SkipReason::QuietHours), "18:30 came, but it is 19:10 now");
}

#[test]
fn a_second_nudge_keeps_its_distance_from_the_first() {
    let free = Presence::default();
    let sent = |sent: &str, due: &str, source, now: &str| {
        decide(&mira(), DueNudge { due_at: at(due), source, last_sent_at: Some(at(sent)) }, &free, at(now))
    };
    let skip = Decision::Skip(SkipReason::JustAsked);
    assert_eq!(sent("2026-10-23T07:29:50Z", SLOT, NudgeSource::Cadence, SLOT), skip);
    assert_eq!(sent("2026-10-23T07:15:00Z", SLOT, NudgeSource::Cadence, SLOT), Decision::Send);
    // Back after downtime: the slot of 09:30 and a Later of 10:00 are both due at 11:00.
    let back = "2026-10-23T09:00:00Z";
    assert_eq!(sent(back, SLOT, NudgeSource::Cadence, "2026-10-23T09:20:00Z"), skip);
    let later = sent(back, "2026-10-23T08:00:00Z", NudgeSource::Later, back);
    assert_eq!(later, Decision::Postpone(at("2026-10-23T10:00:00Z")));
    assert_eq!(sent(back, back, NudgeSource::Now, back), Decision::Send);
}

#[test]
fn a_later_is_kept_outside_the_cadence_and_moved_past_quiet_hours() {
    let free = Presence::default();
    let saturday = "2026-10-24T07:30:00Z";
    assert_eq!(on_later(&mira(), &free, saturday), Decision::Send);
    let mut no_cadence = mira();
    no_cadence.cadence = None;
    no_cadence.back_off = BackOff { unanswered: 9, slots_passed: 0, asked_to_go_on: true };
    assert_eq!(on_later(&no_cadence, &free, saturday), Decision::Send);
    let at_night = on_later(&mira(), &free, "2026-10-24T18:00:00Z");
    assert_eq!(at_night, Decision::Postpone(at("2026-10-25T07:00:00Z")), "08:00, after the clock change");
    let dnd = do_not_disturb("2026-10-24T07:00:00Z", "2026-10-24T09:00:00Z");
    assert_eq!(on_later(&mira(), &dnd, saturday), Decision::Postpone(at("2026-10-24T09:00:00Z")));
    let dnd_into_night = do_not_disturb("2026-10-24T07:00:00Z", "2026-10-24T20:00:00Z");
    assert_eq!(on_later(&mira(), &dnd_into_night, saturday), Decision::Postpone(at("2026-10-25T07:00:00Z")));
    let mut day_off = mira();
    day_off.days_off = vec![date(2026, 10, 24)];
    assert_eq!(on_later(&day_off, &free, saturday), Decision::Postpone(at("2026-10-25T08:30:00Z")));
    let mut paused = mira();
    paused.pause = Some(Pause { until_on: None });
    assert_eq!(on_later(&paused, &free, saturday), Decision::Skip(SkipReason::Paused));
    assert_eq!(on_later(&mira(), &vacation(), saturday), Decision::Skip(SkipReason::Vacation));
}

#[test]
fn a_nudge_that_was_asked_for_now_is_sent_whatever_the_hour() {
    let mut member = mira();
    member.pause = Some(Pause { until_on: None });
    member.cadence = None;
    let midnight = "2026-10-23T22:00:00Z";
    let dnd = Presence { dnd: Some((at(SLOT), at("2026-10-24T07:00:00Z"))), ..vacation() };
    let slot = DueNudge { due_at: at(midnight), source: NudgeSource::Now, last_sent_at: Some(at(midnight)) };
    assert_eq!(decide(&member, slot, &dnd, at(midnight)), Decision::Send);
    let five_hours_down = decide(&member, slot, &dnd, at("2026-10-24T03:00:00Z"));
    assert_eq!(five_hours_down, Decision::Skip(SkipReason::TooLate));
}

#[test]
fn who_asked_is_read_from_the_nudge() {
    let made = at(SLOT);
    let nudge = |asked_for, slot_at: &str| Nudge {
        id: RowId::new(made.as_millisecond(), 7),
        member: id(),
        state: NudgeState::Waiting,
        prompt: PromptId::parse("start-small.open.1").unwrap(),
        question: String::new(),
        reason: NudgeReason::Sentence(String::new()),
        slot_at: at(slot_at),
        asked_for,
        sent_at: None,
        message: None,
        skip_reason: None,
    };
    assert_eq!(nudge(false, SLOT).source(), NudgeSource::Cadence);
    assert_eq!(nudge(true, SLOT).source(), NudgeSource::Now);
    assert_eq!(nudge(true, "2026-10-23T08:30:00Z").source(), NudgeSource::Later);
    let slot = DueNudge::from_nudge(&nudge(true, "2026-10-23T17:30:00Z"), at("2026-10-24T06:00:00Z"), None);
    assert_eq!(
        slot,
        DueNudge { due_at: at("2026-10-24T06:00:00Z"), source: NudgeSource::Later, last_sent_at: None }
    );
}

#[test]
fn a_report_is_held_while_the_member_is_away() {
    let free = Presence::default();
    let due = "2026-11-02T08:30:00Z";
    let decided = |member: &Member, presence: &Presence| match decide_report(member, presence, at(due)) {
        Decision::Postpone(to) => local(&member.zone, to),
        other => format!("{other:?}"),
    };
    let paused = |until_on| {
        let mut member = mira();
        member.pause = Some(Pause { until_on });
        member
    };
    let mut silent = mira();
    silent.back_off.asked_to_go_on = true;
    let mut thinned = mira();
    thinned.back_off = BackOff { unanswered: 5, ..BackOff::default() };
    let mut unreachable = mira();
    unreachable.unreachable = Some("user_disabled".into());
    let mut day_off = mira();
    day_off.days_off = vec![date(2026, 11, 2), date(2026, 11, 3)];
    let mut friday_off = paused(Some(date(2026, 11, 13)));
    friday_off.days_off = vec![date(2026, 11, 13)];
    let mut night = mira();
    night.quiet = quiet((9, 0), (11, 15));
    let dnd = do_not_disturb(due, "2026-11-02T10:00:00Z");
    let table = [
        (mira(), free.clone(), "Send"),
        (thinned, free.clone(), "Send"),
        (silent, free.clone(), "Skip(BackOff)"),
        (unreachable, free.clone(), "Skip(Unreachable)"),
        (paused(None), free.clone(), "2026-11-03T09:30:00"),
        (paused(Some(date(2026, 11, 2))), free.clone(), "Send"),
        (paused(Some(date(2026, 11, 7))), free.clone(), "2026-11-09T09:30:00"),
        (friday_off, free.clone(), "2026-11-16T09:30:00"),
        (mira(), vacation(), "2026-11-03T09:30:00"),
        (day_off, free.clone(), "2026-11-04T09:30:00"),
        (mira(), dnd, "2026-11-02T11:00:00"),
        (night, free, "2026-11-02T11:15:00"),
    ];
    for (row, (member, presence, expected)) in table.into_iter().enumerate() {
        assert_eq!(decided(&member, &presence), expected, "row {row}");
    }
}

#[test]
fn home_shows_the_next_nudge_that_will_come() {
    let shown = |member: &Member| next_nudge(member, at(SLOT)).map(|at| local(&member.zone, at));
    let mut member = mira();
    assert_eq!(shown(&member).as_deref(), Some("2026-10-26T09:30:00"));
    member.days_off = vec![date(2026, 10, 26), date(2026, 10, 27)];
    assert_eq!(shown(&member).as_deref(), Some("2026-10-28T09:30:00"));
    member.pause = Some(Pause { until_on: Some(date(2026, 12, 24)) });
    assert_eq!(shown(&member).as_deref(), Some("2026-12-24T09:30:00"));
    member.pause = Some(Pause { until_on: None });
    assert_eq!(shown(&member), None);
    member = mira();
    member.back_off = BackOff { unanswered: 4, slots_passed: 1, asked_to_go_on: false };
    assert_eq!(shown(&member).as_deref(), Some("2026-10-29T09:30:00"), "the fifth slot since the last");
    member.back_off.asked_to_go_on = true;
    assert_eq!(shown(&member), None);
    member = mira();
    member.quiet = quiet((9, 0), (10, 0));
    assert_eq!(shown(&member), None);
    member.cadence = None;
    assert_eq!(shown(&member), None);
}

/// Lives a member's fortnight with a program that is awake only at the given moments.
fn live(member: &Member, wakes: &[Timestamp]) -> Vec<(Timestamp, Timestamp)> {
    let weekdays = Cadence::weekdays_at_half_past_nine();
    let cadence = member.cadence.as_ref().unwrap_or(&weekdays);
    let mut sent = Vec::new();
    let mut due = wakes.first().and_then(|first| cadence::next_slot(cadence, &member.zone, *first));
    for now in wakes {
        let Some(due_at) = due.filter(|due_at| due_at <= now) else { continue };
        let left = cadence::catch_up(cadence, &member.zone, due_at, *now);
        let last_sent_at = sent.last().map(|(_, sent_at)| *sent_at);
        let slot = DueNudge::from_cadence(left.slot_at, last_sent_at);
        if decide(member, slot, &Presence::default(), *now) == Decision::Send {
            sent.push((left.slot_at, *now));
        }
        due = left.next_at;
    }
    sent
}

proptest! {
    #[test]
    fn after_any_downtime_at_most_one_nudge_comes_and_none_is_old(
        name in prop::sample::select(&ZONES[..]),
        times in prop::collection::vec((0_i8..24, 0_i8..60), 1..=3),
        mut minutes in prop::collection::vec(0_i64..20_160, 2..60),
    ) {
        minutes.sort_unstable();
        minutes.dedup();
        let mut member = mira();
        member.zone = zone(name);
        member.cadence = Some(crate::coach::sample::daily(&times));
        let start = at("2026-10-18T00:00:00Z");
        let wakes: Vec<Timestamp> =
            minutes.iter().map(|minute| plus(start, SignedDuration::from_mins(*minute))).collect();
        let sent = live(&member, &wakes);
        for (slot_at, sent_at) in &sent {
            prop_assert!(sent_at.duration_since(*slot_at) <= TOO_LATE_AFTER);
            prop_assert!(!member.quiet.contains(member.zone.local(*sent_at).time()));
        }
        for pair in sent.windows(2) {
            prop_assert!(pair[0].0 < pair[1].0, "a slot was used twice");
            prop_assert!(pair[1].1.duration_since(pair[0].1) >= MIN_GAP, "two at once");
        }
    }
}
