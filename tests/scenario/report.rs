//! The hat balance: by itself on the first working day of a month, and on demand.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::{ANA, Transport, World},
};
use leadlens::{
    cli::{args::ReportFormat, operator},
    interaction::AppState,
    report::picture::Palette,
};
use leadlens_sandbox::{transcript, workspace::Fault};

/// Keeps so many check-ins with a hat.
async fn checks_in(ana: &Member, times: usize, hat: &str) {
    for nth in 0..times {
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([("answer", &format!("Move {nth}.")), ("hat", hat), ("room", "Missing deadlines")]);
        ana.submits().await;
        ana.stops_here();
    }
}

#[tokio::test]
async fn it_comes_by_itself_on_the_first_weekday_with_a_chart_and_all_numbers_in_text() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await; // no cadence: half past nine all the same
        checks_in(&ana, 7, "Manager: how and when").await;
        checks_in(&ana, 2, "Leader: what and why").await;
        world.clock_to("2026-11-02 09:29").await; // the first of November is a Sunday
        ana.sees_nothing_new();
        world.clock_to("2026-11-02 09:30").await;
        let report = ana.sees("OCTOBER 2026");
        let shown = transcript::message(&report);
        assert!(shown.contains("[chart: "), "{shown}");
        for number in ["2 of 9", "7 of 9"] {
            assert!(report.text.contains(number), "the text says all of it: {}", report.text);
        }
        world.clock_to("2026-12-31 12:00").await;
        ana.sees_nothing_new(); // November left no evidence
    })
    .await;
}

/// How often a call to Slack came to this.
fn calls(world: &World, method: &str, outcome: &str) -> usize {
    let is_it = |call: &&(String, String)| call.0 == method && call.1 == outcome;
    world.slack().look(|state| state.calls.iter().filter(is_it).count())
}

#[tokio::test]
async fn it_shows_a_table_and_the_members_own_words_to_the_member_alone() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        checks_in(&ana, 9, "Manager: how and when").await;
        world.clock_to("2026-11-02 09:31").await;
        let report = ana.sees("OCTOBER 2026");
        let shown = transcript::message(&report);
        assert!(shown.contains("[table: October 2026 in numbers]"), "{shown}");
        assert!(shown.contains("You said | 0 · 0% (0–30%) | 9 · 100% (70–100%) | 9"), "{shown}");
        assert_eq!(shown.matches("You wrote on 1 October:").count(), 3, "{shown}");
        assert!(
            shown.contains("> Move ") && shown.contains("The leader hat, in one upcoming project"),
            "{shown}"
        );
        let month = "2026-10".parse().unwrap();
        for format in [ReportFormat::Text, ReportFormat::Html, ReportFormat::Svg, ReportFormat::Json] {
            let printed = world
                .bot()
                .operator(async |app: &AppState| {
                    operator::report(app, &ana.id(), month, format, Palette::LIGHT).await
                })
                .await;
            let printed = String::from_utf8(printed.unwrap()).unwrap();
            assert!(printed.contains('9') && !printed.contains("Move"), "{format:?} holds words of hers");
        }
        world.settle().await;
        for _ in 0..4 {
            ana.sees("operator");
        }
    })
    .await;
}

#[tokio::test]
async fn a_workspace_that_refuses_charts_gets_the_picture_with_the_same_numbers_in_text() {
    over_both_transports(async |world| {
        world.slack().change(|state| state.refuse_charts = true);
        let ana = world.ana().who_is_known().await;
        checks_in(&ana, 9, "Manager: how and when").await;
        world.clock_to("2026-11-02 09:31").await;
        let report = ana.sees("[file ");
        assert!(report.text.contains("9 of 9, 100% (70–100%)"), "{}", report.text);
        assert!(report.text.contains("Week by week") && report.text.contains("“Move "), "{}", report.text);
        let file = world.slack().look(|state| state.files[&report.files[0]].clone());
        assert_eq!(file.name, "hat-balance-2026-10.png");
        assert!(file.bytes.starts_with(b"\x89PNG"));
        let alt = file.alt.unwrap();
        assert!(alt.contains("9 of 9, 100% (70–100%)") && !alt.contains("Move"), "{alt}");
        assert_eq!(calls(world, "chat.postMessage", "invalid_blocks"), 1, "it is not tried over and over");
    })
    .await;
}

#[tokio::test]
async fn the_report_comes_as_a_picture_and_as_one_page_to_keep_or_to_show() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        checks_in(&ana, 9, "Manager: how and when").await;
        ana.types("/leadlens report 2026-10").await;
        ana.sees("is on its way");
        let report = ana.sees("OCTOBER 2026");
        for (label, name, begins) in [
            ("As a picture", "hat-balance-2026-10.png", &b"\x89PNG"[..]),
            ("As a PDF", "hat-balance-2026-10.pdf", b"%PDF-"),
        ] {
            ana.taps_on(&report, label).await;
            ana.sees("Your hat balance for October 2026 is on its way");
            let message = ana.sees("to keep or to show");
            let file = world.slack().look(|state| state.files[&message.files[0]].clone());
            assert_eq!(file.name, name);
            assert!(file.bytes.starts_with(begins), "{name}");
            assert!(!message.text.contains("Move"), "no word of the member: {}", message.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_workspace_that_takes_no_files_either_gets_every_number_in_words() {
    over_both_transports(async |world| {
        world.slack().change(|state| {
            state.refuse_charts = true;
            state.scopes.remove("files:write");
        });
        let ana = world.ana().who_is_known().await;
        checks_in(&ana, 9, "Manager: how and when").await;
        world.clock_to("2026-11-02 09:31").await;
        let report = ana.sees("OCTOBER 2026");
        let shown = transcript::message(&report);
        assert!(report.files.is_empty() && !shown.contains("[chart") && !shown.contains("[table"), "{shown}");
        assert!(shown.contains("9 of 9") && shown.contains("Week by week"), "{shown}");
        assert_eq!(calls(world, "chat.postMessage", "invalid_blocks"), 1, "it is not tried over and over");
        assert_eq!(calls(world, "files.getUploadURLExternal", "missing_scope"), 1);
    })
    .await;
}

#[tokio::test]
async fn a_picture_whose_answer_is_lost_comes_once() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            world.slack().change(|state| state.refuse_charts = true);
            let ana = world.ana().who_is_known().await;
            checks_in(&ana, 9, "Manager: how and when").await;
            world.slack().faults().fail("files.completeUploadExternal", Fault::CutAfter);
            world.clock_to("2026-11-02 09:40").await;
            ana.sees("[file ");
            ana.sees_nothing_new();
        })
        .await;
}

#[tokio::test]
async fn it_is_held_while_paused_away_or_not_to_be_disturbed() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        checks_in(&ana, 1, "Both").await;
        ana.types("/leadlens pause 2026-11-11").await;
        ana.sees("Paused.");
        world.clock_to("2026-11-10 12:00").await;
        ana.sees_nothing_new();
        world.slack().admin().set_status(ANA, ":palm_tree:", "", world.at("2026-11-12 20:00").as_second());
        world.clock_to("2026-11-12 20:00").await;
        ana.sees_nothing_new();
        let seconds = |local: &str| world.at(local).as_second();
        world.slack().admin().set_dnd(ANA, Some((seconds("2026-11-13 09:00"), seconds("2026-11-13 11:00"))));
        world.clock_to("2026-11-13 10:59").await;
        ana.sees_nothing_new();
        world.clock_to("2026-11-13 11:01").await;
        ana.sees("OCTOBER 2026");
        ana.sees_nothing_new();
        world.clock_to("2026-11-16 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn on_demand_it_says_when_there_is_too_little() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        checks_in(&ana, 3, "Neither").await;
        ana.types("/leadlens report").await;
        ana.sees("Your hat balance for October 2026 is on its way");
        let report = transcript::message(&ana.sees("OCTOBER 2026"));
        assert!(report.contains("It is too early to name a pattern"), "{report}");
        assert!(!report.contains('%'), "counts alone: {report}");
        ana.taps("Month before").await;
        ana.sees("Your hat balance for September 2026 is on its way");
        ana.sees("SEPTEMBER 2026");
        world.still_waits(0);
        world.clock_to("2026-11-02 09:31").await;
        ana.sees("OCTOBER 2026");
    })
    .await;
}

#[tokio::test]
async fn it_counts_a_reflection_in_the_month_of_its_local_date() {
    over_both_transports(async |world: &World| {
        let ana = world.ana().who_is_known().await;
        world.clock_to("2026-10-31 23:50").await;
        checks_in(&ana, 1, "Both").await;
        world.clock_to("2026-11-01 00:10").await;
        checks_in(&ana, 1, "Both").await;
        world.slack().admin().set_zone(ANA, "America/New_York").await; // travel moves nothing
        for (month, title) in [("2026-10", "OCTOBER 2026"), ("2026-11", "NOVEMBER 2026")] {
            world.clock_to("2026-11-01 08:00").await;
            ana.types(&format!("/leadlens report {month}")).await;
            ana.sees("is on its way");
            let report = transcript::message(&ana.sees(title));
            assert!(report.contains("1 of 1"), "{report}");
        }
        world.clock_to("2026-11-02 15:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-11-02 15:31").await;
        ana.sees("OCTOBER 2026");
        world.clock_to("2026-12-01 15:31").await;
        ana.sees("NOVEMBER 2026");
    })
    .await;
}

#[tokio::test]
async fn on_its_day_its_question_takes_the_place_of_the_nudge() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        checks_in(&ana, 3, "Manager: how and when").await;
        ana.types("/leadlens pause until 2026-11-02").await;
        ana.sees("2 Nov");
        world.clock_to("2026-11-02 12:00").await;
        ana.sees("OCTOBER 2026");
        ana.sees_nothing_new();
        world.clock_to("2026-11-03 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-11-03 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

/// The due time moves into the past on its own day, by the schedule or by a flight.
#[tokio::test]
async fn a_report_comes_also_when_its_time_moves_on_its_day() {
    for by_zone in [false, true] {
        over_both_transports(async |world| {
            let ana = world.ana().with_a_cadence().await;
            checks_in(&ana, 3, "Manager: how and when").await;
            ana.types("/leadlens pause 2026-11-02").await;
            ana.sees("Paused.");
            world.clock_to("2026-11-02 09:00").await; // half an hour before the report
            if by_zone {
                world.slack().admin().set_zone(ANA, "Asia/Tokyo").await; // 17:00 there
                world.settle().await;
            } else {
                ana.types("/leadlens schedule").await;
                ana.sees_form("Schedule");
                ana.fills([("first-time", "08:30")]);
                ana.submits().await;
                ana.closes_form();
            }
            ana.sees("OCTOBER 2026");
            world.clock_to("2026-11-02 20:00").await;
        })
        .await;
    }
}
