//! An uploaded calendar, from the file host to the form: what can go wrong on the way is answered with a
//! sentence, the token goes nowhere else, and nothing is kept.

use crate::{member::Member, setting::over_both_transports};
use leadlens::{
    slack::web_api::{CallError, SlackApi},
    telemetry::Metrics,
};
use leadlens_sandbox::workspace::Served;
use std::{sync::Arc, time::Duration};
use tokio::net::TcpListener;

const GOOGLE: &[u8] = include_bytes!("../fixtures/calendars/google.ics");
const OUTLOOK: &[u8] = include_bytes!("../fixtures/calendars/outlook.ics");
const APPLE: &[u8] = include_bytes!("../fixtures/calendars/apple.ics");
const FLOATING: &[u8] = include_bytes!("../fixtures/calendars/floating.ics");
const DECLINED: &[u8] = include_bytes!("../fixtures/calendars/declined-outlook.ics");
const REVISIONS: &[u8] = include_bytes!("../fixtures/calendars/revisions.ics");
const BOMB: &[u8] = include_bytes!("../fixtures/calendars/bomb.ics.gz");

const NOT_FETCHED: &str = "Slack did not hand me that file, so nothing was read.";
const TOO_LARGE: &str = "That file is larger than the 10 MB I read";
const NO_CALENDAR: &str = "I can't read that file as a calendar, so nothing was kept.";

/// The form that an uploaded file leads to.
async fn uploads(ana: &Member, file: &[u8]) -> String {
    ana.types("/leadlens audit").await;
    ana.sees_form("Audit");
    ana.client().in_modal().attaches("calendar", "work.ics", file).expect("a file input");
    ana.submits().await;
    let shown = ana.sees_form("Audit");
    ana.closes_form();
    shown
}

#[tokio::test]
async fn what_the_usual_programs_export_is_proposed() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.clock_to("2026-10-02 10:00").await;
        let google = uploads(&ana, GOOGLE).await;
        assert!(google.contains("Where to in 2028?") && !google.contains("birthday"), "{google}");
        let outlook = uploads(&ana, OUTLOOK).await;
        assert!(outlook.contains("Jour fixe; verschoben") && !outlook.contains("Offsite"), "{outlook}");
        let apple = uploads(&ana, APPLE).await;
        assert!(apple.contains("Une heure à deux — bilan"), "{apple}");
        let left_out = "I can't tell when these take place, so they are left out: “Every six hours”.";
        assert!(apple.contains(left_out), "{apple}");
        assert!(!world.database().holds("Every six hours") && !world.database().holds("raj@a.example"));
        assert_eq!(world.database().count("select count(*) from audit").await, 1, "one proposal at a time");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_zone_is_said_and_what_was_declined_or_replaced_is_not_proposed() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.clock_to("2026-10-02 10:00").await;
        let floating = uploads(&ana, FLOATING).await;
        assert!(floating.contains("Meeting on Thu 1 Oct, 15:00"), "{floating}");
        assert!(floating.contains("they are left out: “Second breakfast”."), "{floating}");
        let declined = uploads(&ana, DECLINED).await;
        assert!(
            declined.contains("Declined by another") && !declined.contains("declined once"),
            "{declined}"
        );
        assert!(!world.database().holds("raj@a.example") && !world.database().holds("ana@a.example"));
        let revisions = uploads(&ana, REVISIONS).await;
        assert!(
            revisions.contains("newer than the newest") && !revisions.contains("Called off"),
            "{revisions}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_token_is_carried_to_no_other_host() {
    over_both_transports(async |world| {
        let elsewhere = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/work.ics", elsewhere.local_addr().expect("an address"));
        let ana = world.ana().who_is_known().await;
        for served in [
            Served::MovedTo(address.clone()),
            Served::At(address.clone()),
            Served::At("https://files.slack.com.a.example/work.ics".to_owned()),
            Served::At("http://files.slack.com/work.ics".to_owned()),
            Served::At("https://files.slack.com@a.example/work.ics".to_owned()),
            Served::At("nonsense".to_owned()),
        ] {
            world.slack().faults().serve_files(served.clone());
            let said = uploads(&ana, GOOGLE).await;
            assert!(said.contains(NOT_FETCHED), "{served:?}: {said}");
        }
        let asked = tokio::time::timeout(Duration::ZERO, elsewhere.accept()).await;
        assert!(asked.is_err(), "nobody called");
        assert_eq!(world.database().count("select count(*) from audit").await, 0);
    })
    .await;
}

#[tokio::test]
async fn more_than_ten_megabytes_are_not_read_whatever_is_announced() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for served in [Served::Streamed(20_000), Served::Announced(11 * 1024 * 1024)] {
            world.slack().faults().serve_files(served.clone());
            let said = uploads(&ana, GOOGLE).await;
            assert!(said.contains(TOO_LARGE), "{served:?}: {said}");
        }
        world.slack().faults().serve_files(Served::Whole);
        let said = uploads(&ana, &vec![b'x'; 10 * 1024 * 1024 + 1]).await;
        assert!(said.contains(TOO_LARGE), "{said}");
    })
    .await;
}

#[tokio::test]
async fn what_is_compressed_is_not_unpacked() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.slack().faults().serve_files(Served::Gzip);
        let said = uploads(&ana, BOMB).await;
        assert!(said.contains(NO_CALENDAR), "{said}");
        world.slack().faults().serve_files(Served::Whole);
        let said = uploads(&ana, BOMB).await;
        assert!(said.contains(NO_CALENDAR), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_page_to_sign_in_and_a_deleted_file_are_no_calendar() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.slack().faults().serve_files(Served::SignIn);
        let said = uploads(&ana, GOOGLE).await;
        assert!(said.contains(NOT_FETCHED), "{said}");
        world.slack().faults().serve_files(Served::Whole);
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.client().in_modal().attaches("calendar", "work.ics", GOOGLE).expect("a file input");
        world.slack().change(|state| state.files.clear());
        ana.submits().await;
        let said = ana.sees_form("Audit");
        assert!(said.contains(NOT_FETCHED), "{said}");
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn a_file_that_breaks_off_is_fetched_again_and_then_given_up() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.slack().faults().serve_files(Served::Announced(9 * 1024 * 1024));
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.client().in_modal().attaches("calendar", "work.ics", GOOGLE).expect("a file input");
        ana.submits().await;
        world.clock_forward(jiff::SignedDuration::from_mins(5)).await;
        let said = ana.sees_form("Audit");
        assert!(said.contains(NOT_FETCHED), "{said}");
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn a_file_that_stalls_is_given_up_in_time() {
    over_both_transports(async |world| {
        let file = world.ana().client().uploads("work.ics", GOOGLE.to_vec());
        world.slack().faults().serve_files(Served::Stalled);
        let origin = world.slack().look(|state| state.origin.clone());
        let api = SlackApi::new(&format!("{origin}/api").parse().expect("a URL"), Arc::new(Metrics::new()))
            .expect("a client")
            .with_timeout(Duration::from_millis(50));
        let (url, token) =
            (format!("{origin}/files-pri/{file}"), world.slack().bot_token().to_owned().into());
        assert_eq!(api.download(&url, &token, 1_000_000).await, Err(CallError::NoAnswer));
    })
    .await;
}
