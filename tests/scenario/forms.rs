//! Forms that take one another's place. Slack keeps what is in an input while its form lives and the input
//! has the same block and action id, and ignores its new initial value
//! (<https://docs.slack.dev/reference/methods/views.update#usage-info>,
//! <https://github.com/slackapi/bolt-js/issues/290>).

use crate::setting::over_both_transports;

/// The content of an input, as the member sees it.
fn holds(ana: &crate::member::Member, action: &str) -> String {
    let view = ana.open_form().expect("a form");
    let blocks = view.content["blocks"].as_array().expect("blocks");
    let block = blocks.iter().find(|block| block["element"]["action_id"] == action).expect(action);
    let id = block["block_id"].as_str().expect("a block id");
    leadlens_sandbox::transcript::shown_value(&view.values[id])
}

#[tokio::test]
async fn an_earlier_audit_opens_with_its_meetings_and_saving_it_keeps_them() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.fills([
            ("meeting-1", "Stand-up"),
            ("mark-1", "How"),
            ("meeting-2", "Vision"),
            ("mark-2", "Where"),
        ]);
        ana.submits().await;
        ana.sees_form("Audit");
        ana.closes_form();
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.taps_form("Earlier audits").await;
        ana.sees_form("Audits");
        ana.taps_form("Edit").await;
        ana.sees_form("Audit");
        assert_eq!((holds(&ana, "meeting-1").as_str(), holds(&ana, "mark-1").as_str()), ("Stand-up", "How"));
        assert_eq!((holds(&ana, "meeting-2").as_str(), holds(&ana, "mark-2").as_str()), ("Vision", "Where"));
        ana.fills([("meeting-1", "Daily")]);
        ana.submits().await;
        assert!(ana.sees_form("Audit").contains("2 meetings: how 1, where 1."));
        // The same rows once more in the same form: what is stored, and not what was typed before.
        ana.taps_form("Edit").await;
        ana.sees_form("Audit");
        assert_eq!(holds(&ana, "meeting-1"), "Daily");
        ana.fills([("meeting-1", "Stand-up")]);
        ana.submits().await;
        ana.sees_form("Audit");
        ana.taps_form("Edit").await;
        ana.sees_form("Audit");
        assert_eq!(holds(&ana, "meeting-1"), "Stand-up");
        ana.submits().await;
        ana.sees_form("Audit");
        ana.closes_form();
        assert_eq!(world.database().count("select count(*) from audit_meeting").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_plan_of_the_list_opens_with_its_words_and_a_new_one_keeps_what_was_typed() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        ana.fills([("cue", "If they ask"), ("act", "I will wait")]);
        ana.submits().await;
        ana.sees_form("Once more");
        ana.closes_form();
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        ana.fills([("act", "I will listen"), ("follow-up-on", "2026-10-09")]);
        ana.taps_form("Try the leader hat").await;
        ana.sees_form("An experiment");
        assert_eq!(holds(&ana, "act"), "I will listen", "a change of kind takes nothing away");
        assert_eq!(holds(&ana, "follow-up-on"), "2026-10-09");
        ana.taps_form("Your plans (1)").await;
        ana.sees_form("Plans");
        ana.taps_form("Edit").await;
        ana.sees_form("A plan");
        assert_eq!((holds(&ana, "cue"), holds(&ana, "act")), ("If they ask".into(), "I will wait".into()));
        assert_eq!(holds(&ana, "follow-up-on"), "2026-10-02");
        ana.submits().await;
        assert!(ana.sees_form("Once more").contains("If they ask, I will wait"));
        ana.closes_form();
        world.still_waits(1);
    })
    .await;
}

#[tokio::test]
async fn the_search_field_holds_the_words_that_were_searched() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        for words in ["roadmap", "budget", "roadmap"] {
            ana.fills([("v1.search-enter", words)]);
            ana.presses_enter("v1.search-enter").await;
            assert!(ana.sees_form("History").contains("Nothing of yours matches that."));
            assert_eq!(holds(&ana, "v1.search-enter"), words);
        }
        ana.closes_form();
        let _ = world;
    })
    .await;
}

#[tokio::test]
async fn after_a_file_that_is_no_calendar_the_file_input_is_empty() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        for _ in 0..2 {
            ana.client().in_modal().attaches("calendar", "work.ics", b"no calendar").expect("a file input");
            ana.submits().await;
            let said = ana.sees_form("Audit");
            assert!(said.contains("I can't read that file as a calendar"), "{said}");
            let files = |view: leadlens_sandbox::workspace::View| {
                view.values
                    .values()
                    .filter_map(|value| value["files"].as_array().map(Vec::len))
                    .sum::<usize>()
            };
            assert_eq!(files(ana.open_form().expect("a form")), 0, "{}", world.told());
        }
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn an_error_stands_beside_its_field_in_a_form_that_took_anothers_place() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.fills([("meeting-1", "Stand-up"), ("mark-1", "How")]);
        ana.submits().await;
        ana.sees_form("Audit");
        ana.taps_form("Edit").await;
        ana.sees_form("Audit");
        ana.fills([("meeting-1", "")]);
        ana.submits().await;
        let said = ana.sees_form("Audit");
        assert!(said.contains("! "), "an error beside the field: {said}");
        assert!(ana.open_form().expect("a form").trouble.is_none());
        ana.closes_form();
        let _ = world;
    })
    .await;
}
