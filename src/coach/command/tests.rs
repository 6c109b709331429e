//! What members type after `/leadlens`, and what is made of it.

use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn today() -> Date {
    date(2026, 10, 23)
}

#[allow(clippy::unnecessary_wraps, reason = "compared with an optional field")]
fn month(text: &str) -> Option<Month> {
    Some(text.parse().unwrap())
}

#[test]
fn commands_are_understood_however_they_are_typed() {
    let table = [
        ("", Command::Help),
        ("   \u{3000}\t", Command::Help),
        ("\u{200b}", Command::Help),
        ("help", Command::Help),
        ("?", Command::Help),
        ("--help", Command::Help),
        ("/leadlens", Command::Help),
        ("checkin", checkin("")),
        ("  CheckIn  ", checkin("")),
        ("check-in", checkin("")),
        ("check‑in", checkin("")),
        ("check in", checkin("")),
        ("/checkin", checkin("")),
        ("/leadlens checkin", checkin("")),
        ("leadlens LEADLENS checkin", checkin("")),
        ("ｃｈｅｃｋｉｎ", checkin("")),
        ("　ＮＵＤＧＥ　", Command::Nudge),
        ("“nudge”", Command::Nudge),
        ("`/leadlens nudge`", Command::Nudge),
        ("'schedule'", Command::Schedule { ignored_words: false }),
        ("schedule please", Command::Schedule { ignored_words: false }),
        ("schedule mon 25:99", Command::Schedule { ignored_words: true }),
        ("pause", Command::Pause { until_on: None }),
        ("pause 2026-12-24", Command::Pause { until_on: Some(date(2026, 12, 24)) }),
        ("pause until 2026-12-24", Command::Pause { until_on: Some(date(2026, 12, 24)) }),
        ("Pause ２０２６－１２－２４", Command::Pause { until_on: Some(date(2026, 12, 24)) }),
        ("pause “2026–12–24”", Command::Pause { until_on: Some(date(2026, 12, 24)) }),
        ("resume", Command::Resume),
        ("practices", Command::Practices),
        ("practice", Command::Practices),
        ("report", Command::Report { month: None }),
        ("report   2026-09", Command::Report { month: month("2026-09") }),
        ("report 2026-10", Command::Report { month: month("2026-10") }),
        ("REPORT ２０２６-０９", Command::Report { month: month("2026-09") }),
        ("feedback", feedback(&[], false)),
        ("feedback <@U1|ana> <@W2>", feedback(&["U1", "W2"], false)),
        ("Feedback <@U1|ana maria>, <@U2|ben> and <@U3>", feedback(&["U1", "U2", "U3"], false)),
        ("feedback <@U1|ana> @nobody", feedback(&["U1"], true)),
        ("feedback <@U1|ana", feedback(&["U1"], false)),
        ("feedback <@|x> <!subteam^S1|@leads>", feedback(&[], true)),
        ("feedback <@U1><@U1>", feedback(&["U1", "U1"], false)),
        ("history", Command::History { search: None }),
        ("export", Command::Export),
        ("forget", Command::Forget),
    ];
    for (text, expected) in table {
        assert_eq!(parse(text, today()), Ok(expected), "{text:?}");
    }
}

fn checkin(situation: &str) -> Command {
    Command::Checkin { situation: MemberText::new(situation) }
}

#[test]
fn the_text_after_checkin_is_kept_as_typed() {
    let table = [
        ("checkin I am stuck between two people", "I am stuck between two people"),
        ("check in  Zoë & Raj,  again ", "Zoë & Raj,  again"),
        ("checkin “the release”", "the release"),
        ("checkin <@U012AB3CD|ben> asks in <#C1|general>", "@ben asks in #general"),
        ("checkin <@U012AB3CD> and <#C1|> a < b <@home>", "@someone and #channel a < b <@home>"),
        ("checkin please", ""),
        ("checkin \u{200b}", ""),
    ];
    for (text, situation) in table {
        assert_eq!(parse(text, today()), Ok(checkin(situation)), "{text:?}");
    }
    let Ok(Command::Checkin { situation }) = parse(&format!("checkin {}", "ü".repeat(4_000)), today())
    else {
        panic!("a long text is a check-in too");
    };
    assert_eq!(situation.char_count(), MAX_FORM_CHARS);
}

#[test]
fn plain_words_after_the_command_find_their_meaning() {
    let table = [
        ("stop", Command::Wish(Wish::Stop)),
        ("unsubscribe", Command::Wish(Wish::Stop)),
        ("skip", Command::Wish(Wish::Skip)),
        ("snooze", Command::Wish(Wish::Later)),
        ("not now", Command::Wish(Wish::Later)),
        ("start", Command::Wish(Wish::Start)),
        ("hi", Command::Wish(Wish::Greeting)),
        ("delete my data", Command::Wish(Wish::Forget)),
        ("settings", Command::Schedule { ignored_words: false }),
        ("hat", Command::Report { month: None }),
        ("hat 2026-09", Command::Report { month: month("2026-09") }),
        ("export my data", Command::Export),
    ];
    for (text, expected) in table {
        assert_eq!(parse(text, today()), Ok(expected), "{text:?}");
    }
}

#[test]
fn a_command_typed_as_a_message_is_understood() {
    let wish = |wish| Some(Asked::from(wish));
    let pause = |until: &[Date]| Some(Asked { until: until.to_vec(), ..Wish::Pause.into() });
    let soon = today().tomorrow().unwrap();
    let table = [
        ("/leadlens checkin", wish(Wish::Checkin)),
        (" /leadlens checkin I am stuck", wish(Wish::Checkin)),
        ("`/leadlens pause 2026-12-24`", pause(&[date(2026, 12, 24)])),
        ("/leadlens pause tomorrow", pause(&[soon])),
        ("pause tomorrow", pause(&[soon])),
        ("Pause until tomorrow, please!", pause(&[soon])),
        ("pause until 2026-12-24", pause(&[date(2026, 12, 24)])),
        ("pause 12/11/2026", pause(&[date(2026, 11, 12), date(2026, 12, 11)])),
        ("pause for the holidays", pause(&[])),
        ("Pause the launch until tomorrow", None),
        ("Pause, then ask them", None),
        ("/LeadLens", wish(Wish::Help)),
        ("／ｌｅａｄｌｅｎｓ ｒｏｏｍ", wish(Wish::Room)),
        ("/leadlens stop", wish(Wish::Stop)),
        ("/leadlens report 2026-09", Some(Asked { month: month("2026-09"), ..Wish::Report.into() })),
        ("/leadlens report 2027-09", wish(Wish::UnknownCommand)),
        ("/leadlens make me a sandwich", wish(Wish::UnknownCommand)),
        ("stop", wish(Wish::Stop)),
        ("leadlens asked me something good", None),
        ("I typed /leadlens checkin and it was good", None),
        ("Stop solving it for them", None),
        ("", None),
    ];
    for (text, expected) in table {
        assert_eq!(asked_in_message(text, today()), expected, "{text:?}");
    }
}

fn feedback(people: &[&str], unclear: bool) -> Command {
    let people = people.iter().map(|id| UserId::parse(id).unwrap()).collect();
    Command::Feedback { people, unclear }
}

#[test]
fn a_search_is_kept_as_typed() {
    let table = [
        ("history Zoë's Büro", Some("Zoë's Büro")),
        ("history   two  blanks ", Some("two  blanks")),
        ("HISTORY “Stand-up”", Some("Stand-up")),
        ("history 'release'", Some("release")),
        ("history <@U012AB3CD|ben>", Some("@ben")),
        ("history ＦＵＬＬ width", Some("ＦＵＬＬ width")),
        ("history \u{200b} ", None),
        ("history \"\"", None),
        ("history \"", Some("\"")),
        ("history 50%_off\\", Some("50%_off\\")),
    ];
    for (text, expected) in table {
        let search = expected.map(MemberText::new);
        assert_eq!(parse(text, today()), Ok(Command::History { search }), "{text:?}");
    }
}

#[test]
fn a_slip_of_the_finger_gets_a_suggestion() {
    let table = [
        ("chekin", Some("checkin")),
        ("chcekin", Some("checkin")),
        ("checkins", Some("checkin")),
        ("nugde", Some("nudge")),
        ("shedule", Some("schedule")),
        ("reprot", Some("report")),
        ("rapport", Some("report")),
        ("resum", Some("resume")),
        ("histroy 2026", Some("history")),
        ("exprot", Some("export")),
        ("forgot", Some("forget")),
        ("hlep", Some("help")),
        ("dashboard", None),
        ("x", None),
        ("I told my team today that", None),
    ];
    for (text, did_you_mean) in table {
        assert_eq!(parse(text, today()), Err(CommandError::UnknownCommand { did_you_mean }), "{text:?}");
    }
}

#[test]
fn a_month_that_does_not_exist_or_has_not_begun_is_rejected() {
    for text in [
        "2026-13",
        "2026-00",
        "2026",
        "2026-11",
        "9999-12",
        "2026-1",
        "2026-09 2026-08",
        "-1",
        "next month",
        "november 2026",
        "last",
        "smarch",
        "last month of last year",
        "ma",
    ] {
        let error = parse(&format!("report {text}"), today()).unwrap_err();
        assert_eq!(error, CommandError::BadMonth, "{text}");
    }
}

#[test]
fn a_month_is_named_in_words() {
    // Today is 23 October 2026.
    for (text, wanted) in [
        ("last month", "2026-09"),
        ("for last month", "2026-09"),
        ("previous month", "2026-09"),
        ("this month", "2026-10"),
        ("september", "2026-09"),
        ("Sept.", "2026-09"),
        ("October", "2026-10"),
        ("november", "2025-11"),
        ("last october", "2025-10"),
        ("last september", "2026-09"),
        ("of march 2025", "2025-03"),
        ("sep, 2025", "2025-09"),
    ] {
        assert_eq!(
            parse(&format!("report {text}"), today()),
            Ok(Command::Report { month: month(wanted) }),
            "{text}"
        );
    }
}

#[test]
fn the_first_days_of_a_month_report_the_finished_one() {
    for (today, wanted) in [
        (date(2026, 10, 1), "2026-09"),
        (date(2026, 10, 5), "2026-09"),
        (date(2026, 10, 6), "2026-10"),
        (date(2027, 1, 2), "2026-12"),
        (date(2026, 10, 31), "2026-10"),
    ] {
        assert_eq!(Month::to_report(today).to_string(), wanted);
    }
}

#[test]
fn the_end_of_a_pause_is_named_in_words() {
    // Today is Friday, 23 October 2026.
    for (text, wanted) in [
        ("friday", date(2026, 10, 30)),
        ("until monday", date(2026, 10, 26)),
        ("till Mon.", date(2026, 10, 26)),
        ("next monday", date(2026, 10, 26)),
        ("next friday", date(2026, 10, 30)),
        ("tomorrow", date(2026, 10, 24)),
        ("today", date(2026, 10, 24)),
        ("2 weeks", date(2026, 11, 6)),
        ("for two weeks", date(2026, 11, 6)),
        ("a week", date(2026, 10, 30)),
        ("for 3 days please", date(2026, 10, 26)),
        ("for a month", date(2026, 11, 23)),
        ("until next week", date(2026, 10, 26)),
        ("for the rest of the week", date(2026, 10, 26)),
        ("until the end of the month", date(2026, 11, 1)),
        ("until next year", date(2027, 1, 1)),
        ("until december", date(2026, 12, 1)),
        ("until 24 december", date(2026, 12, 24)),
        ("until December 24th", date(2026, 12, 24)),
        ("until the 1st of march", date(2027, 3, 1)),
        ("24 dec 2027", date(2027, 12, 24)),
        ("24.12.2026", date(2026, 12, 24)),
        ("24.12.", date(2026, 12, 24)),
        ("12/24", date(2026, 12, 24)),
        ("24/12/2026", date(2026, 12, 24)),
        ("11/11", date(2026, 11, 11)),
    ] {
        let until_on = Some(wanted);
        assert_eq!(parse(&format!("pause {text}"), today()), Ok(Command::Pause { until_on }), "{text}");
    }
}

#[test]
fn a_pause_whose_end_only_the_member_knows_asks_until_when() {
    for text in ["", "for the holidays", "for my vacation", "for a while", "until christmas", "until"] {
        assert_eq!(parse(&format!("pause {text}"), today()), Ok(Command::Pause { until_on: None }), "{text}");
    }
}

#[test]
fn a_day_that_can_be_two_is_asked_back() {
    let monday = date(2026, 10, 19);
    for (text, today, first, second) in [
        ("next friday", monday, date(2026, 10, 23), date(2026, 10, 30)),
        ("until next tue", monday, date(2026, 10, 20), date(2026, 10, 27)),
        ("3/12", today(), date(2026, 12, 3), date(2027, 3, 12)),
        ("1/11/2026", date(2026, 1, 1), date(2026, 1, 11), date(2026, 11, 1)),
    ] {
        let wanted = Err(CommandError::WhichDay { first, second });
        assert_eq!(parse(&format!("pause {text}"), today), wanted, "{text}");
    }
}

#[test]
fn a_date_that_does_not_exist_or_has_passed_is_rejected() {
    for text in [
        "2026-02-30",
        "2026-10-23",
        "2026-10-22",
        "2026-12-24 noon",
        "20261224",
        "yesterday",
        "30 february",
        "24 dec 2025",
        "0 days",
        "1000000 weeks",
        "31/31",
        "last week",
        "solving it for them",
    ] {
        let error = parse(&format!("pause {text}"), today()).unwrap_err();
        assert_eq!(error, CommandError::BadDate, "{text}");
    }
}

#[test]
fn every_name_of_the_usage_is_a_command_and_needs_no_correction() {
    for name in COMMAND_NAMES {
        assert!(parse(name, today()).is_ok(), "{name}");
        assert!(parse(&name.to_uppercase(), today()).is_ok(), "{name}");
    }
}

#[test]
fn thirty_thousand_characters_are_refused_at_once() {
    let long = "checkin".repeat(5_000);
    assert_eq!(parse(&long, today()), Err(CommandError::UnknownCommand { did_you_mean: None }));
    assert!(parse(&"“ ".repeat(15_000), today()).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_understood_or_refused_without_being_repeated(secret in "[Ѐ-ӿ]{3,12}", text in any::<String>()) {
        for text in [text.clone(), format!("{secret} {text}"), format!("report {secret}"), format!("pause {secret}")] {
            if let Err(error) = parse(&text, today()) {
                let said = format!("{error:?}");
                prop_assert!(!said.contains(&secret));
            }
        }
    }

    #[test]
    fn one_slip_in_a_long_name_is_always_seen(name in prop::sample::select(COMMAND_NAMES), place in 0_usize..8, letter in "[a-z]") {
        let mut typed: Vec<char> = name.chars().collect();
        let place = place % typed.len();
        typed[place] = letter.chars().next().unwrap();
        let typed: String = typed.into_iter().collect();
        match parse(&typed, today()) {
            Ok(_) => prop_assert_eq!(&typed, name),
            Err(error) => {
                let suggested = matches!(error, CommandError::UnknownCommand { did_you_mean: Some(_) });
                prop_assert!(suggested, "{}", typed);
            }
        }
    }

    #[test]
    fn a_pause_ends_in_the_future_and_a_report_does_not(
        text in "(next |last |this |a |2 |24 )?(friday|mon|week|weeks|month|december|24|2026|3/4|5[./-]6)( 2026| 24)?",
        days in 0_i32..2_000,
    ) {
        let today = date(2025, 1, 1).checked_add(jiff::ToSpan::days(days)).unwrap();
        match parse(&format!("pause {text}"), today) {
            Ok(Command::Pause { until_on: Some(on) }) => prop_assert!(on > today),
            Err(CommandError::WhichDay { first, second }) => prop_assert!(today < first && first < second),
            Ok(Command::Pause { until_on: None }) | Err(CommandError::BadDate) => {}
            other => prop_assert!(false, "{other:?}"),
        }
        if let Ok(Command::Report { month: Some(month) }) = parse(&format!("report {text}"), today) {
            prop_assert!(month <= Month::containing(today));
        }
    }

    #[test]
    fn dates_are_read_only_in_one_shape(text in "[0-9-]{8,11}") {
        if let Some(date) = parse_date(&text) {
            prop_assert_eq!(date.to_string(), text);
        }
    }
}
