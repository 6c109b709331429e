//! Everything about oneself: exported, or erased.

use crate::{
    member::Member,
    setting::over_both_transports,
    world::{ANA, World},
};
use leadlens::{
    features::{import, privacy},
    report::member_export::archive::unpack,
};
use leadlens_sandbox::{transcript, workspace::Message};
use serde_json::Value;
use std::io::{Cursor, Read as _};

async fn keeps(member: &Member, answer: &str) {
    member.types("/leadlens checkin").await;
    member.sees_form("Check in");
    member.fills([("situation", "Ours, \"quoted\", and =1+1"), ("answer", answer), ("hat", "Both")]);
    member.submits().await;
    member.stops_here();
}

/// The files in the one archive that came with a message.
fn exported(world: &World, with: &Message) -> Vec<(String, String)> {
    assert_eq!(with.files.len(), 1, "one file");
    let bytes = world.slack().look(|state| state.files[&with.files[0]].bytes.clone());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a ZIP");
    (0..archive.len())
        .map(|nth| {
            let mut file = archive.by_index(nth).expect("a file");
            let mut content = String::new();
            file.read_to_string(&mut content).expect("text");
            (file.name().expect("a name").into_owned(), content)
        })
        .collect()
}

#[tokio::test]
async fn what_was_erased_comes_back_from_the_export_and_only_once() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        keeps(&ana, "A word to come back: xylophone.").await;
        ana.types("/leadlens export").await;
        ana.sees("Your export is on its way");
        let with = ana.sees("Here is everything");
        let bytes = world.slack().look(|state| state.files[&with.files[0]].bytes.clone());
        ana.types("/leadlens forget").await;
        ana.sees_form("Erase everything");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.sees("Erased: everything LeadLens kept about you");
        assert!(ana.reflections().await.is_empty());
        for brings in [1, 0] {
            let export = unpack(&bytes).expect("an export");
            let imported = world
                .bot()
                .operator(async |state| import::import(state, export, None).await.expect("imported"))
                .await;
            assert_eq!(imported.reflections, brings);
        }
        assert_eq!(ana.only_reflection().await.answer.reveal(), "A word to come back: xylophone.");
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]"); // the cadence came back too
    })
    .await;
}

#[tokio::test]
async fn an_export_is_read_and_packed_while_others_write() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        keeps(&ana, "Slow to pack.").await;
        let who = world.member_id(ANA);
        let files = world
            .bot()
            .operator(async |state| {
                let (begun, has_begun) = tokio::sync::oneshot::channel();
                let (end, may_end) = tokio::sync::oneshot::channel::<()>();
                let state = state.clone();
                let writer = state.clone();
                let writing = tokio::spawn(async move {
                    let work = writer.write(move |_| {
                        Box::pin(async move {
                            let _ = begun.send(());
                            let _ = may_end.await;
                            Ok(())
                        })
                    });
                    work.await
                });
                has_begun.await.expect("the only writer is busy");
                let export = privacy::export_files(&state, &who);
                let files = tokio::time::timeout(std::time::Duration::from_secs(20), export).await;
                end.send(()).expect("it waits");
                writing.await.expect("it ends").expect("it is stored");
                files.expect("an export needs no writer, so it holds none up").expect("an export")
            })
            .await;
        let export = unpack(&files[0].clone().into_bytes().expect("bytes")).expect("an export");
        assert_eq!(export.reflections.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_export_holds_all_of_it_and_nothing_of_anybody_else() {
    over_both_transports(async |world| {
        let (ana, raj) = (world.ana().with_a_cadence().await, world.raj().who_is_known().await);
        keeps(&ana, "=HYPERLINK(\"x\")").await;
        keeps(&raj, "Raj's own.").await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.types("/leadlens export").await;
        ana.sees("Your export is on its way to our direct message.");
        let with = ana.sees("Here is everything LeadLens keeps about you");
        let files = exported(world, &with);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["README.txt", "leadlens.json", "reflections.csv", "nudges.csv"]);
        let json: Value = serde_json::from_str(&files[1].1).expect("JSON");
        assert_eq!(json["reflections"].as_array().expect("reflections").len(), 1, "{json:#}");
        assert_eq!(json["nudges"].as_array().expect("nudges").len(), 1, "{json:#}");
        assert!(files.iter().all(|(_, content)| !content.contains("Raj's own.")));
        let csv = &files[2].1;
        assert!(!csv.lines().any(|line| line.contains(",=")), "no cell is a formula: {csv}");
        raj.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn forgetting_erases_everything_at_once_after_one_confirmation() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        keeps(&ana, "A word that must vanish: xylophone.").await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("In an hour").await;
        ana.sees("Later: Thu 1 Oct, 10:30.");
        ana.types("/leadlens export").await;
        ana.sees("Your export is on its way");
        ana.sees("Here is everything");
        ana.types("/leadlens forget").await;
        let form = ana.sees_form("Erase everything");
        assert!(form.contains("1 reflections, 2 nudges"), "{form}");
        ana.closes_form();
        assert_eq!(ana.reflections().await.len(), 1, "closing it erases nothing");
        ana.types("/leadlens forget").await;
        ana.sees_form("Erase everything");
        ana.submits().await;
        assert!(ana.sees_form("LeadLens").contains("Everything LeadLens kept about you is being erased."));
        ana.closes_form();
        ana.sees("Erased: everything LeadLens kept about you");
        assert!(!ana.home().contains("xylophone"), "Home forgets too: {}", ana.home());
        let left = ana.client().from_bot();
        assert_eq!(left.len(), 1, "its own messages are gone but the last: {left:#?}");
        world.slack().look(|state| assert!(state.files.is_empty(), "and its files: {:?}", state.files));
        for table in
            ["select count(*) from member", "select count(*) from reflection", "select count(*) from nudge"]
        {
            assert_eq!(world.database().count(table).await, 0, "{table}");
        }
        assert!(!world.database().holds("xylophone"), "not in the file, not in its log");
        world.clock_to("2026-11-03 12:00").await;
        ana.sees_nothing_new();
        ana.types("/leadlens help").await; // and they may come back as somebody new
        ana.sees("I am LeadLens");
        ana.sees("/leadlens checkin");
    })
    .await;
}

#[tokio::test]
async fn a_form_that_was_open_when_everything_was_erased_begins_anew() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Written before."), ("hat", "Both")]);
        world
            .bot()
            .operator(async |state| privacy::forget_for_operator(state, &ana.id()).await.expect("erased"))
            .await;
        world.settle().await;
        ana.sees("At your request the operator erased everything");
        ana.submits().await;
        ana.stops_here();
        ana.sees("I am LeadLens");
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Written before.");
    })
    .await;
}

#[tokio::test]
async fn buttons_of_home_do_what_the_commands_do() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.taps_home("Check in").await;
        ana.sees_form("Check in");
        ana.closes_form();
        ana.taps_home("Set a cadence").await;
        ana.sees_form("Schedule");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        assert!(ana.home().contains("The next question comes on Thu 1 Oct, 09:30."), "{}", ana.home());
        ana.taps_home("Pause").await;
        ana.sees_form("Pause");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        assert!(ana.home().contains("Paused until you resume."), "{}", ana.home());
        ana.taps_home("A question now").await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.sees("[Reflect]");
        ana.taps_home("Show report").await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        let report = transcript::message(&ana.sees("OCTOBER 2026"));
        assert!(report.contains("[Check in] [Month before]"), "{report}");
        ana.taps_home("History").await;
        ana.sees_form("History");
        ana.closes_form();
        ana.taps_home("Export").await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.sees("Here is everything");
        ana.taps_home("Erase everything").await;
        ana.sees_form("Erase everything");
        ana.closes_form();
        ana.taps_home("Help").await;
        assert!(ana.sees_form("LeadLens").contains("/leadlens checkin"), "Home has no other place for words");
        ana.taps_form("Check in").await;
        ana.sees_form("Check in");
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn an_operator_serves_a_request_and_the_member_is_told() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        keeps(&ana, "Ask them.").await;
        let month = "2026-10".parse().expect("a month");
        world
            .bot()
            .operator(async |state| {
                privacy::report_for_operator(state, &ana.id(), month).await.expect("a report")
            })
            .await;
        world.settle().await;
        ana.sees("The operator of LeadLens looked up your hat balance for October 2026, at your request.");
        world
            .bot()
            .operator(async |state| privacy::export_for_operator(state, &ana.id()).await.expect("files"))
            .await;
        world.settle().await;
        let told = ana.sees("The operator of LeadLens made an export of your data, at your request.");
        assert_eq!(exported(world, &told).len(), 4, "the member gets the same");
        let nobody = world.raj().id();
        let unknown =
            world.bot().operator(async |state| privacy::forget_for_operator(state, &nobody).await).await;
        assert!(unknown.is_err(), "nothing is kept about a stranger");
    })
    .await;
}

#[tokio::test]
async fn after_an_erasure_home_can_be_looked_at_and_nothing_begins_again() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens forget").await;
        ana.sees_form("Erase everything");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.sees("Erased:");
        ana.opens_home().await;
        world.clock_to("2026-11-03 12:00").await;
        ana.sees_nothing_new();
        assert_eq!(world.database().count("select count(*) from member").await, 0);
    })
    .await;
}

/// Slack posts a file's message behind its answer, and keeps it when the file is deleted.
#[tokio::test]
async fn the_message_of_a_picture_and_of_an_export_goes_with_its_file() {
    over_both_transports(async |world| {
        world.slack().change(|state| (state.refuse_charts, state.files_shared_late) = (true, true));
        let ana = world.ana().who_is_known().await;
        keeps(&ana, "A word that must vanish: xylophone.").await;
        ana.types("/leadlens report 2026-10").await;
        ana.sees("is on its way");
        ana.sees("Your hat balance, October 2026");
        ana.types("/leadlens export").await;
        ana.sees("Your export is on its way");
        ana.sees("Here is everything");
        let month = "2026-10".parse().unwrap();
        world
            .bot()
            .operator(async |app| {
                privacy::report_for_operator(app, &ana.id(), month).await.expect("a report")
            })
            .await;
        world.settle().await;
        ana.sees("operator");
        world.clock_forward(jiff::SignedDuration::from_mins(10)).await;
        ana.types("/leadlens forget").await;
        ana.sees_form("Erase everything");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.sees("Erased: everything LeadLens kept about you");
        let left = ana.client().from_bot();
        assert_eq!(left.len(), 1, "its own messages are gone but the last: {left:#?}");
        world.slack().look(|state| assert!(state.files.is_empty(), "and its files: {:?}", state.files));
    })
    .await;
}

/// A question that Slack has and of which LeadLens does not know that yet is deleted too.
#[tokio::test]
async fn a_message_in_doubt_is_looked_for_and_goes_too() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().faults().fail("chat.postMessage", leadlens_sandbox::workspace::Fault::CutAfter);
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.types("/leadlens forget").await;
        ana.sees_form("Erase everything");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.sees("Erased: everything LeadLens kept about you");
        world.clock_forward(jiff::SignedDuration::from_mins(10)).await;
        let left = ana.client().from_bot();
        assert_eq!(left.len(), 1, "its own messages are gone but the last: {left:#?}");
    })
    .await;
}
