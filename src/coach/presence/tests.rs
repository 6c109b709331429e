//! Which statuses mean that somebody is away.

use super::*;
use crate::coach::sample::at;

const NOW: &str = "2026-10-23T08:00:00Z";

fn status(emoji: &str, text: &str) -> Presence {
    Presence { status_emoji: emoji.into(), status_text: text.into(), ..Presence::default() }
}

#[test]
fn vacation_is_read_from_emoji_and_words() {
    let away = [
        (":palm_tree:", ""),
        (":palm_tree:", "Vacationing"),
        ("🌴", ""),
        (":desert_island:", "see you"),
        (":beach_with_umbrella:", ""),
        ("", "🏖️ bis Montag"),
        ("", "Vacationing"),
        ("", "On vacation"),
        ("", "ON VACATION, back Monday"),
        ("", "OOO until 3 Nov"),
        ("", "ooo"),
        ("", "O.O.O."),
        ("", "Out of office"),
        ("", "Out-of-office"),
        ("", "Out of the office"),
        ("", "On leave"),
        ("", "Parental leave"),
        ("", "PTO"),
        ("", "PTO today"),
        ("", "Bank holiday"),
        ("", "Holiday"),
        ("", "on holidays!"),
        ("", "Day off"),
        ("", "No meetings, on vacation"),
        ("", "Sick leave"),
        ("", "Out sick"),
        (":face_with_thermometer:", "Out sick"),
        ("", "Sabbatical"),
        ("", "Im Urlaub, zurück am 3.11."),
        ("", "URLAUB"),
        ("", "Elternzeit"),
        ("", "En congé"),
        ("", "Vacances !"),
        ("", "De vacaciones"),
        ("", "De férias"),
        ("", "In ferie"),
        ("", "Op vakantie"),
        ("", "På semester"),
        ("", "Na urlopie"),
        ("", "В отпуске"),
        ("", "У відпустці"),
        ("", "休暇中"),
        ("", "正在休假"),
        ("", "휴가 중"),
        ("", "छुट्टी पर"),
        ("", "בחופשה"),
        ("", "في إجازة"),
        ("", "Tatilde"),
    ];
    for (emoji, text) in away {
        assert!(status(emoji, text).on_vacation(at(NOW)), "{emoji} {text}");
    }
}

#[test]
fn a_working_day_is_not_a_vacation() {
    let working = [
        ("", ""),
        (":spiral_calendar_pad:", "In a meeting"),
        (":bus:", "Commuting"),
        (":airplane:", "Travelling to Lyon"),
        (":house_with_garden:", "Working remotely"),
        (":headphones:", "Focus time"),
        ("", "Laptop broken"),
        ("", "Leave me alone, writing"),
        ("", "About to leave"),
        ("", "Back from vacation"),
        ("", "Back from my long vacation"),
        ("", "Not on vacation"),
        ("", "3 days until vacation"),
        ("", "Vacation soon"),
        ("", "Planning the holiday party"),
        ("", "Holiday planning"),
        ("", "No PTO this week"),
        ("", "Office hours 2 to 4"),
        ("", "Optout migration"),
        ("", "Woooo"),
        ("", "This semester: hiring"),
        ("", "Zurück aus dem Urlaub"),
        ("", "Sick beats"),
        (":coffee:", "Lunch"),
        ("", "Urlaubsplanung"),
    ];
    for (emoji, text) in working {
        assert!(!status(emoji, text).on_vacation(at(NOW)), "{emoji} {text}");
    }
}

#[test]
fn a_custom_emoji_without_a_text_says_away_by_its_name() {
    let away = [
        ":ooo:",
        ":OOO:",
        ":pto:",
        ":vacation:",
        ":on-vacation:",
        ":holiday:",
        ":holidays:",
        ":sick:",
        ":out_sick:",
        ":sick_leave:",
        ":sick-day:",
        ":out_of_office:",
        ":outofoffice:",
        ":annual_leave:",
        ":parental-leave:",
        ":leave:",
        ":day_off:",
        ":dayoff:",
        ":time-off:",
        ":off:",
        ":vacay:",
        ":sabbatical:",
        ":urlaub:",
        ":ferien:",
        ":krank:",
        ":vacances:",
        ":vacaciones:",
        ":face_with_thermometer:",
        "🤒",
        ":ooo::skin-tone-3:",
        ":bank_holiday:",
    ];
    for emoji in away {
        assert!(status(emoji, "").on_vacation(at(NOW)), "{emoji}");
        assert!(status(emoji, "  ").on_vacation(at(NOW)), "{emoji} and blanks");
    }
    let present = [
        ":house_with_garden:",
        ":house:",
        ":headphones:",
        ":spiral_calendar_pad:",
        ":bus:",
        ":coffee:",
        ":airplane:",
        ":wfh:",
        ":remote:",
        ":homesick:",
        ":holiday_party:",
        ":vacation_planning:",
        ":not_ooo:",
        ":leave_me_alone:",
        ":office:",
        ":kick-off:",
        ":sick_beats:",
        ":officer:",
        ":wave::skin-tone-2:",
        ":woooo:",
    ];
    for emoji in present {
        assert!(!status(emoji, "").on_vacation(at(NOW)), "{emoji}");
    }
    assert!(!status(":sick:", "Working remotely").on_vacation(at(NOW)), "the text says more than the emoji");
    assert!(!status(":ooo:", "Back from vacation").on_vacation(at(NOW)));
}

#[test]
fn a_status_that_ran_out_says_nothing() {
    let mut presence = status(":palm_tree:", "Vacationing");
    for (ends, away) in [(None, true), (Some("2026-10-23T08:00:01Z"), true), (Some(NOW), false)] {
        presence.status_expires_at = ends.map(at);
        assert_eq!(presence.on_vacation(at(NOW)), away, "{ends:?}");
    }
}

#[test]
fn do_not_disturb_holds_from_its_start_to_just_before_its_end() {
    let window = (at("2026-10-23T08:00:00Z"), at("2026-10-23T09:00:00Z"));
    let presence = Presence { dnd: Some(window), ..Presence::default() };
    for (now, holds) in [
        ("2026-10-23T07:59:59.999Z", false),
        ("2026-10-23T08:00:00Z", true),
        ("2026-10-23T08:59:59.999Z", true),
        ("2026-10-23T09:00:00Z", false),
    ] {
        assert_eq!(presence.in_do_not_disturb(at(now)), holds, "{now}");
    }
    assert!(!Presence::default().in_do_not_disturb(at(NOW)));
}
