use super::*;
use crate::{
    coach::screen::FormState,
    dispatch::{Action, Submission},
    features::{checkin, nudge},
    slack::payload::{FORM_CALLBACK, encode_button, encode_form},
};
use proptest::prelude::*;
use serde_json::json;
use std::{collections::BTreeMap, path::Path};

/// Every payload of `tests/fixtures/slack`: the shapes that docs.slack.dev documents, with optional
/// fields, nulls and old formats. The name begins with the kind.
fn fixtures() -> BTreeMap<String, (Kind, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/slack");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|file| {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let kind = match name.split('-').next() {
                Some("command") => Kind::Command,
                Some("event") => Kind::Event,
                Some("interaction") => Kind::Interaction,
                other => panic!("{other:?} is no kind of payload"),
            };
            let payload = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            (name, (kind, payload))
        })
        .collect()
}

/// Event every fixture's member typed; nothing that is shown or logged may hold any of it.
const TYPED: &str = "What I wrote <here> stays mine & nobody's";

#[test]
fn every_documented_shape_is_understood() {
    use std::fmt::Write;
    let mut table = String::new();
    for (name, (kind, payload)) in fixtures() {
        let parsed = parse(kind, &payload);
        match &parsed {
            Ok(delivery) => {
                writeln!(table, "{name}\n  {}\n  {:?}\n", delivery.key.0, delivery.event).unwrap();
            }
            Err(refused) => writeln!(table, "{name}\n  refused: {refused:?}\n").unwrap(),
        }
        assert_eq!(name.contains("malformed"), matches!(parsed, Err(ParseError::Malformed(_))), "{name}");
    }
    assert!(!table.contains("What I wrote"), "a member's words are shown");
    assert!(!table.contains("hooks.slack.com"), "a response_url is shown");
    insta::assert_snapshot!(table);
}

#[test]
fn what_a_member_typed_is_kept_byte_for_byte() {
    let mut seen = 0;
    for (name, (kind, payload)) in fixtures() {
        let Ok(delivery) = parse(kind, &payload) else { continue };
        let typed = match delivery.event {
            Event::MessagePosted { text, .. } | Event::MessageEdited { text, .. } => text,
            Event::ViewSubmission { submission: Submission::Checkin(form), .. } => match form {
                checkin::Submission::Checkin { fields, .. } | checkin::Submission::Edit { fields, .. } => {
                    fields.answer
                }
                checkin::Submission::FollowUp { answer, .. } => answer,
            },
            Event::FeedbackSubmission { submission, .. } => submission.comment,
            _ => continue,
        };
        if name.contains("links") {
            let ben = format!("{}U0BEN{}", MENTION.0, MENTION.1);
            let expected = format!("see https://example.com/a?b=1&c=2 with {ben} in #room @here");
            assert_eq!(typed.reveal(), expected);
        } else if !typed.is_blank() {
            assert_eq!(typed.reveal(), TYPED, "{name}");
            seen += 1;
        }
    }
    assert!(seen > 10, "the fixtures hold typed words");
}

#[test]
fn delivery_keys_are_stable_and_name_no_member() {
    let mut keys = BTreeMap::new();
    for (name, (kind, payload)) in fixtures() {
        let Ok(delivery) = parse(kind, &payload) else { continue };
        let again = parse(kind, &serde_json::from_str(&payload.to_string()).unwrap()).unwrap();
        assert_eq!(delivery.key, again.key, "{name}");
        assert!(delivery.key.0.len() <= 255, "{name}");
        for user in ["U0ANA", "W0ANA"] {
            assert!(!delivery.key.0.contains(user), "{name}: keys outlive their members");
        }
        keys.entry(delivery.key.0).or_insert_with(Vec::new).push(name);
    }
    let events: Vec<_> = keys.iter().filter(|(key, _)| key.starts_with("event:")).collect();
    assert!(events.iter().all(|(_, names)| names.len() == 1), "every event has its own key: {events:?}");
}

/// The same tap and the same form, but for the token that only Slack's message carries.
#[test]
fn a_key_about_a_feedback_round_holds_no_id_of_slacks_and_needs_the_token() {
    for name in ["interaction-feedback-answer-tapped", "interaction-feedback-submitted"] {
        let (kind, payload) = fixtures().remove(name).unwrap();
        let delivery = parse(kind, &payload).unwrap();
        assert!(delivery.event.is_feedback_answer(), "{name}");
        let key = delivery.key.0;
        assert!(key.starts_with("feedback:") && key.len() == "feedback:".len() + 64, "{key}");
        for id in ["1764000", "D0ANA", "V0FEEDBACK", "T0LENS", "abcd"] {
            assert!(!key.contains(id), "{name}: {id}");
        }
        let other = payload.to_string().replace("0000abcd", "0000abce");
        let other = parse(kind, &serde_json::from_str(&other).unwrap()).unwrap().key.0;
        assert_ne!(key, other, "{name}: another token is another key");
    }
}

#[test]
fn a_form_has_the_same_key_whatever_the_order_of_its_fields() {
    let (_, mut payload) = fixtures().remove("interaction-checkin-submitted").unwrap();
    let first = parse(Kind::Interaction, &payload).unwrap().key;
    let values = payload["view"]["state"]["values"].take();
    payload["view"]["state"]["values"] = values.as_object().unwrap().clone().into_iter().rev().collect();
    assert_eq!(parse(Kind::Interaction, &payload).unwrap().key, first);
    payload["view"]["private_metadata"] = json!(encode_form(&FormState::Checkin {
        nudge: None,
        prompt: None,
        room: None,
        care_acknowledged: true
    }));
    assert_ne!(parse(Kind::Interaction, &payload).unwrap().key, first, "*Keep* is another step");
}

#[test]
fn presses_without_a_time_are_not_taken_for_one_another() {
    let (_, mut payload) = fixtures().remove("interaction-button-on-message").unwrap();
    payload["actions"][0].as_object_mut().unwrap().remove("action_ts");
    let first = parse(Kind::Interaction, &payload).unwrap().key;
    payload["trigger_id"] = json!("5.6.other");
    assert_ne!(parse(Kind::Interaction, &payload).unwrap().key, first);
}

fn event(kind: Kind, payload: Value) -> Event {
    parse(kind, &payload).unwrap().event
}

fn im(message: Value) -> Value {
    let mut event = message;
    event["type"] = json!("message");
    event["channel_type"] = json!("im");
    event["channel"] = json!("D1");
    json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event})
}

#[test]
fn a_command_is_the_same_over_either_transport_and_its_text_is_as_typed() {
    let payload = json!({
        "team_id": "T1", "user_id": "U1", "channel_id": "C1", "command": "/leadlens", "text": "history a &lt; b &amp;amp; c",
        "trigger_id": "1.2.abc", "response_url": "https://hooks.example/x", "enterprise_id": null,
    });
    let delivery = parse(Kind::Command, &payload).unwrap();
    assert_eq!(delivery.key.0, "command:1.2.abc");
    let Event::SlashCommand { text, target } = delivery.event else { panic!("not a command") };
    assert_eq!(text.reveal(), "history a < b &amp; c");
    let Origin::Command(context) = target.origin else { panic!("not a command") };
    assert!(context.trigger.is_some() && context.response_url.is_some());
    assert!(!format!("{context:?}").contains("hooks.example"), "the response_url is a secret");
}

#[test]
fn messages_in_the_dm_are_posted_edited_and_deleted() {
    let posted = event(
        Kind::Event,
        im(json!({"user": "U1", "ts": "1.2", "thread_ts": "1.1", "text": "I ask &lt;Ana&gt;"})),
    );
    let Event::MessagePosted { text, thread, .. } = posted else { panic!("not posted") };
    assert_eq!(text.reveal(), "I ask <Ana>");
    assert_eq!(thread.unwrap().as_str(), "1.1");
    let edited = event(
        Kind::Event,
        im(
            json!({"subtype": "message_changed", "event_ts": "1.3", "message": {"user": "U1", "ts": "1.2", "text": "new"},
            "previous_message": {"user": "U1", "ts": "1.2", "text": "old"}}),
        ),
    );
    let Event::MessageEdited { at, .. } = edited else { panic!("not edited") };
    assert_eq!(at.as_str(), "1.3");
    let previewed = event(
        Kind::Event,
        im(
            json!({"subtype": "message_changed", "event_ts": "1.4", "message": {"user": "U1", "ts": "1.2", "text": "new",
            "edited": {"user": "U1", "ts": "1.3"}}, "previous_message": {"user": "U1", "ts": "1.2", "text": "new"}}),
        ),
    );
    assert!(matches!(previewed, Event::Ignored { kind: "message-unedited" }));
    let deleted = event(Kind::Event, im(json!({"subtype": "message_deleted", "deleted_ts": "1.2"})));
    assert!(matches!(deleted, Event::MessageDeleted { .. }));
    let tombstone = event(
        Kind::Event,
        im(json!({"subtype": "message_changed", "message": {"subtype": "tombstone", "ts": "1.2"}})),
    );
    assert!(matches!(tombstone, Event::MessageDeleted { .. }));
}

#[test]
fn what_asks_for_nothing_is_ignored_and_named() {
    let table = [
        (im(json!({"bot_id": "B1", "user": "U9", "ts": "1.2", "text": "mine"})), "message-of-bot"),
        (im(json!({"subtype": "channel_join", "user": "U1", "ts": "1.2"})), "message-subtype"),
        (json!({"team_id": "T1", "event_id": "Ev1", "event": {"type": "reaction_added"}}), "unknown-event"),
        (
            json!({"team_id": "T1", "event_id": "E", "event": {"type": "message", "channel_type": "channel", "channel": "C1"}}),
            "message-elsewhere",
        ),
    ];
    for (payload, expected) in table {
        let Event::Ignored { kind } = event(Kind::Event, payload) else {
            panic!("{expected} was not ignored")
        };
        assert_eq!(kind, expected);
    }
}

#[test]
fn a_button_on_grid_has_no_team_and_is_still_somebodys() {
    let row = crate::coach::ids::RowId::new(1, 2);
    let skip = Action::from(nudge::Action::Skip { nudge: row });
    let ids = encode_button(&skip, 0);
    let payload = json!({
        "type": "block_actions", "team": null, "enterprise": {"id": "E1"}, "user": {"id": "U1", "team_id": "T1"},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "D1"}, "channel": {"id": "D1"},
        "actions": [{"action_id": ids.action_id, "value": ids.value, "action_ts": "9.9"}],
    });
    let delivery = parse(Kind::Interaction, &payload).unwrap();
    let Event::BlockAction { action, target } = delivery.event else { panic!("no button") };
    assert_eq!(target.member.team.as_str(), "T1");
    assert_eq!(action, skip);
    assert!(target.message().is_some());
}

#[test]
fn the_same_form_with_other_values_is_another_delivery() {
    let submission = |answer: &str| {
        json!({
            "type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"},
            "view": {
                "id": "V1", "callback_id": FORM_CALLBACK,
                "private_metadata": encode_form(&FormState::Checkin { nudge: None, prompt: None, room: None, care_acknowledged: false }),
                "state": {"values": {
                    "answer": {"answer": {"type": "plain_text_input", "value": answer}},
                    "situation": {"situation": {"type": "plain_text_input", "value": null}},
                    "room": {"room": {"type": "static_select", "selected_option": {"value": "confused"}}},
                    "hat": {"hat": {"type": "radio_buttons", "selected_option": {"value": "both"}}},
                }},
            },
        })
    };
    let first = parse(Kind::Interaction, &submission("a")).unwrap();
    assert_eq!(first.key, parse(Kind::Interaction, &submission("a")).unwrap().key);
    assert_ne!(first.key, parse(Kind::Interaction, &submission("b")).unwrap().key);
    let Event::ViewSubmission {
        submission: Submission::Checkin(checkin::Submission::Checkin { fields, .. }),
        ..
    } = first.event
    else {
        panic!("not a check-in")
    };
    assert_eq!(fields.answer.reveal(), "a");
    assert_eq!(fields.hat.unwrap().as_str(), "both");
    assert_eq!(fields.room.unwrap().into_str(), "confused");
}

#[test]
fn an_old_form_is_refused_where_its_words_can_stay() {
    let payload = json!({
        "type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"},
        "view": {"id": "V1", "callback_id": "leadlens_form", "private_metadata": "v0:{}",
                 "blocks": [{"type": "section"}, {"type": "input", "block_id": "answer"}]},
    });
    assert_eq!(
        parse(Kind::Interaction, &payload).unwrap_err(),
        ParseError::OutdatedForm { block: Some("answer".into()) }
    );
}

fn json_tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~]{0,12}|block_actions|view_submission|message|U1|T1|v1.skip.0".prop_map(Value::from),
    ];
    let name = "type|team|team_id|user|user_id|id|event|event_id|view|actions|state|values|channel|ts|text|private_metadata";
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Replaces or removes the value at one place of a payload; `way` chooses the place.
fn damage(value: &mut Value, way: &mut impl Iterator<Item = usize>, with: Option<Value>) {
    let at = way.next().unwrap_or(0);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let name = fields.keys().nth(at % fields.len()).unwrap().clone();
            let deeper =
                matches!(&fields[&name], Value::Object(_) | Value::Array(_)) && !at.is_multiple_of(5);
            match with {
                with if deeper => damage(&mut fields[&name], way, with),
                Some(with) => fields[&name] = with,
                None => drop(fields.remove(&name)),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = at % items.len();
            damage(&mut items[at], way, with);
        }
        other => *other = with.unwrap_or_default(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_damage_to_a_payload_breaks_the_reader_or_shows_its_words(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec(
            (prop::collection::vec(0_usize..64, 8), prop::option::of(json_tree())), 1..4),
    ) {
        static FIXTURES: std::sync::LazyLock<Vec<(Kind, Value)>> =
            std::sync::LazyLock::new(|| fixtures().into_values().collect());
        let (kind, mut payload) = which.get(&FIXTURES).clone();
        for (way, with) in damages {
            damage(&mut payload, &mut way.into_iter(), with);
        }
        let said = match parse(kind, &payload) {
            Ok(delivery) => format!("{delivery:?}"),
            Err(refused) => format!("{refused:?} {refused}"),
        };
        prop_assert!(!said.contains("What I wrote"), "{}", said);
    }

    #[test]
    fn no_payload_breaks_the_reader(payload in json_tree()) {
        for kind in [Kind::Command, Kind::Event, Kind::Interaction] {
            let _ = parse(kind, &payload);
        }
    }
}
