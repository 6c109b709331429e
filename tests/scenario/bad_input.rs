//! Bad input: blank, huge, of any script, markup, forged, of another version, of an unknown kind. Each
//! gets a clear answer and costs nothing that is kept. Signatures, malformed bodies and sizes are in
//! `tests/transport`, databases that do not open in `tests/store_contract`.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::{ANA, Transport},
};
use leadlens_sandbox::transcript;
use serde_json::{Value, json};
use sqlx::Executor as _;

async fn opens_a_checkin(member: &Member) {
    member.types("/leadlens checkin").await;
    member.sees_form("Check in");
    member.fills([("hat", "Both")]);
}

#[tokio::test]
async fn any_words_are_kept_byte_for_byte_and_ping_nobody() {
    let three_thousand = "Ä".repeat(3_000);
    let written = [
        "<!channel> <@U0RAJ> <#C0TEAM> <https://x.example|click>",
        "a < b && c > d &amp; &lt;done&gt;",
        "'; DROP TABLE reflection; -- \" \\ % _",
        "*bold* _it_ ~s~ `code` :tada: > quote",
        "我们应该问他们。 क्या करें؟ مرحبا بالعالم שלום 👩‍👩‍👧‍👦 🇩🇪",
        "zero\u{200b}width\u{feff} and \u{202e}right to left",
        "  leading, trailing \n\n\n and lines  ",
        "\u{0} \u{7} control",
        "NULL",
        &three_thousand,
    ];
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        for words in written {
            opens_a_checkin(&ana).await;
            ana.fills([("situation", words), ("answer", words)]);
            ana.submits().await;
            ana.stops_here();
            let kept = ana.reflections().await.pop().expect("a reflection");
            // Slack sends an emoji by its name; what was typed is the emoji.
            let words = words.replace(":tada:", "🎉");
            assert_eq!(kept.answer.reveal(), words);
            assert_eq!(kept.situation.reveal(), words);
            world.clock_forward(jiff::SignedDuration::from_mins(1)).await;
        }
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.closes_form();
        // The same in the direct message, where a text is markup.
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        for words in &written[..3] {
            ana.replies(&nudge, words).await;
            let shown = ana.sees("Kept on");
            let active = ["<!channel>", "<@U0RAJ>", "<https:"];
            assert!(active.iter().all(|it| !shown.text.contains(it)), "{}", shown.text);
        }
        let kept = ana.reflections().await.pop().expect("a reflection");
        assert_eq!(kept.answer.reveal(), written[..3].join("\n"));
        ana.types("/leadlens export").await;
        ana.sees("is on its way");
        ana.sees("Here is everything");
    })
    .await;
}

#[tokio::test]
async fn more_than_a_form_holds_is_refused_beside_its_field_with_the_words_left() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        opens_a_checkin(&ana).await;
        for (count, fits) in [(3_001, false), (30_000, false), (3_000, true)] {
            let words = "x".repeat(count);
            let refused = ana.client().in_modal().fills("answer", &words).is_err();
            assert_eq!(refused, !fits, "Slack's client holds {count}");
            forges_input(world, &ana, "answer", json!({"type": "plain_text_input", "value": words}));
            ana.submits().await;
            if fits {
                ana.sees_no_form();
            } else {
                let form = ana.sees_form("Check in");
                let says = format!("! This has {count} characters and a form keeps 3000. Please shorten it.");
                assert!(form.contains(&says), "{form:.300}");
            }
        }
        assert_eq!(ana.only_reflection().await.answer.char_count(), 3_000);
    })
    .await;
}

/// Puts a value into an input that Slack's client would not take.
fn forges_input(world: &crate::world::World, member: &Member, input: &str, value: Value) {
    let view = member.open_form().expect("an open form").id;
    world.slack().change(|state| {
        state.views.get_mut(&view).expect("the view").values.insert(input.to_owned(), value);
    });
}

/// Puts another state into the open form.
fn forges_state(world: &crate::world::World, member: &Member, metadata: &str) {
    let view = member.open_form().expect("an open form").id;
    world.slack().change(|state| {
        state.views.get_mut(&view).expect("the view").content["private_metadata"] = json!(metadata);
    });
}

#[tokio::test]
async fn values_of_a_strange_kind_are_refused_or_taken_as_nothing() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        opens_a_checkin(&ana).await;
        ana.fills([("answer", "Ask them.")]);
        let strange = |value: &str| json!({"type": "radio_buttons", "selected_option": {"value": value}});
        forges_input(world, &ana, "hat", strange("emperor"));
        ana.submits().await;
        let form = ana.sees_form("Check in");
        assert!(form.contains("! Choose leader, manager, both or neither."), "{form}");
        forges_input(world, &ana, "hat", json!({"type": "checkboxes", "selected_options": [7]}));
        ana.submits().await;
        ana.sees_form("Check in");
        ana.fills([("hat", "Both")]);
        forges_input(world, &ana, "room", strange("'; DROP TABLE room"));
        ana.submits().await;
        ana.stops_here();
        assert_eq!(ana.only_reflection().await.room, None);
    })
    .await;
}

#[tokio::test]
async fn a_form_of_another_version_says_so_and_leaves_the_words() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for metadata in ["", "v0:{\"form\":\"checkin\"}", "v1:{", "v1:{\"form\":\"become-admin\"}", "null"] {
            opens_a_checkin(&ana).await;
            ana.fills([("answer", "Ask them.")]);
            forges_state(world, &ana, metadata);
            ana.submits().await;
            let form = ana.sees_form("Check in");
            assert!(form.contains("! This form is from an older version and could not be kept."), "{form}");
            assert!(form.contains("Ask them."), "the words can be copied: {form}");
            ana.closes_form();
        }
        assert!(ana.reflections().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_form_that_names_somebody_elses_rows_reaches_none_of_them() {
    over_both_transports(async |world| {
        let (ana, raj) = (world.ana().with_a_cadence().await, world.raj().who_is_known().await);
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.replies(&nudge, "Mine.").await;
        ana.sees("> Mine.");
        let (reflection, asked) = {
            let kept = ana.only_reflection().await;
            (kept.id.to_string(), kept.nudge.expect("a nudge").to_string())
        };
        for state in [
            json!({"form": "edit-reflection", "reflection": reflection, "care_met": true}),
            json!({"form": "follow-up", "reflection": reflection, "care_met": true}),
        ] {
            opens_a_checkin(&raj).await;
            raj.fills([("answer", "Raj was here.")]);
            forges_state(world, &raj, &format!("v1:{state}"));
            raj.submits().await;
            raj.sees_form("LeadLens");
            raj.closes_form();
        }
        // The nudge is Ana's: what Raj wrote becomes a check-in of his own.
        opens_a_checkin(&raj).await;
        raj.fills([("answer", "Raj was here.")]);
        let state = json!({"form": "checkin", "nudge": asked, "prompt": null, "care_met": false});
        forges_state(world, &raj, &format!("v1:{state}"));
        raj.submits().await;
        raj.stops_here();
        assert_eq!(raj.only_reflection().await.nudge, None);
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Mine.");
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn a_button_of_another_time_says_so_and_changes_nothing() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let dm = ana.client().dm();
        let nobody = "01M3V5XH589D3PMFVZQ7YD890X";
        for (action_id, value) in [
            ("v0.skip.0", "v0:{}".to_owned()),
            ("skip", "1".to_owned()),
            ("v1.skip.0", String::new()),
            ("v1.skip.0", "v1:{\"do\":\"skip\"}".to_owned()),
            ("v1.skip.0", "v1:{\"do\":\"become-admin\"}".to_owned()),
            ("v1.skip.0", "v1:{\"do\":\"skip\",\"nudge\":\"'; DROP TABLE nudge\"}".to_owned()),
            ("v1.skip.0", format!("v1:{{\"do\":\"skip\",\"nudge\":\"{nobody}\"}}")),
            ("v1.reflect.0", format!("v1:{{\"do\":\"reflect\",\"nudge\":\"{nobody}\"}}")),
            ("v1.why.0", format!("v1:{{\"do\":\"why\",\"nudge\":\"{nobody}\"}}")),
            ("v1.report.0", "v1:{\"do\":\"report\",\"month\":\"2999-01\"}".to_owned()),
            ("v1.skip.0", "v".repeat(5_000)),
        ] {
            let action = json!({
                "type": "button", "action_id": action_id, "block_id": "b", "value": value,
                "text": {"type": "plain_text", "text": "Skip"},
            });
            assert!(ana.client().taps(&dm, &nudge, action).await.acked, "{value:.60}");
            world.settle().await;
            ana.sees("That button is too old for me to read. Nothing was changed.");
        }
        ana.sees_no_form();
        ana.taps_on(&nudge, "Skip").await;
        ana.sees("Skipped.");
    })
    .await;
}

#[tokio::test]
async fn what_slack_invents_next_year_is_acknowledged_and_counted() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for event in [
            json!({"type": "star_added", "user": ANA}),
            json!({"type": "message", "subtype": "huddle_thread", "channel_type": "im", "channel": ana.client().dm()}),
            json!({"type": "app_mention", "user": ANA, "text": "<@U0LEADLENS> hello", "channel": "C0TEAM"}),
        ] {
            assert!(world.slack().deliveries().deliver_event(event).await.acked);
        }
        let team = world.slack().team_id();
        let interaction = json!({"type": "dialog_submission", "team": {"id": team}, "user": {"id": ANA}});
        assert!(world.slack().deliveries().deliver_interaction(interaction).await.acked);
        world.settle().await;
        ana.sees_nothing_new();
        let transport = if world.transport() == Transport::SocketMode { "socket" } else { "http" };
        for kind in ["unknown-event", "unknown-interaction"] {
            let name = format!(
                "leadlens_inbound_total{{kind=\"{kind}\",outcome=\"ignored\",transport=\"{transport}\"}}"
            );
            assert!(world.bot().counted(&name).await > 0, "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn when_the_store_fails_the_form_stays_open_with_the_words() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        opens_a_checkin(&ana).await;
        ana.fills([("situation", "The launch."), ("answer", "Wait a day.")]);
        let mut database = world.database().connection().await;
        let breaks = "create trigger broken before insert on reflection begin select raise(abort, 'x'); end";
        database.execute(breaks).await.expect("a trigger");
        ana.submits().await;
        let form = ana.sees_form("Check in");
        assert!(
            form.contains("! This could not be kept just now. What you entered is still here; try again.")
        );
        assert!(form.contains("The launch.") && form.contains("Wait a day."), "{form}");
        assert!(ana.reflections().await.is_empty());
        database.execute("drop trigger broken").await.expect("no trigger");
        ana.submits().await;
        ana.stops_here();
        assert_eq!(ana.only_reflection().await.situation.reveal(), "The launch.");
    })
    .await;
}

#[tokio::test]
async fn when_the_store_fails_a_command_says_so_and_a_reply_comes_again() {
    Setting::at("2026-10-01 08:00")
        .impatient()
        .over_both_transports(async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.clock_to("2026-10-01 09:30").await;
            let nudge = ana.sees("[Reflect]");
            let mut database = world.database().connection().await;
            database
                .execute("create trigger broken before insert on seen begin select raise(abort, 'x'); end")
                .await
                .expect("a trigger");
            ana.types("/leadlens pause 2026-10-19").await;
            ana.sees("I could not keep that just now, so nothing was changed. Please try again in a minute.");
            ana.taps_on(&nudge, "Skip").await;
            ana.sees("I could not keep that just now");
            let (_ts, delivered) = ana.client().replies(&nudge.ts, "Ask them.").await;
            assert!(!delivered.acked, "Slack is to come again");
            database.execute("drop trigger broken").await.expect("no trigger");
            assert!(world.slack().deliveries().redeliver_last().await.acked);
            world.settle().await;
            let kept = transcript::message(&ana.sees("> Ask them."));
            assert!(!kept.contains("Skipped"), "{kept}");
            assert_eq!(ana.only_reflection().await.answer.reveal(), "Ask them.");
        })
        .await;
}

#[tokio::test]
async fn a_database_that_is_locked_for_a_moment_loses_nothing() {
    Setting::at("2026-10-01 08:00")
        .impatient()
        .over(Transport::SocketMode, async |world| {
            let ana = world.ana().who_is_known().await;
            opens_a_checkin(&ana).await;
            ana.fills([("answer", "Ask them.")]);
            let mut database = world.database().connection().await;
            database.execute("begin immediate").await.expect("the lock");
            let (delivered, ()) = futures::join!(ana.client().in_modal().submits(), async {
                // Until the first try has gone without an acknowledgement.
                let late =
                    "leadlens_inbound_total{kind=\"interaction\",outcome=\"late\",transport=\"socket\"}";
                while world.bot().counted(late).await == 0 {
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                }
                database.execute("rollback").await.expect("no lock");
            });
            assert!(delivered.expect("a form").acked, "Slack came again, and it was kept");
            world.settle().await;
            ana.stops_here();
            assert_eq!(ana.reflections().await.len(), 1);
        })
        .await;
}
