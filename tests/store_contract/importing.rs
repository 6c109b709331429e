//! An export, back into an empty database of either engine: the next export says the same, and what is
//! kept about a member is in it, or named here with the reason why not.

use crate::{fixture::*, read, stories, write};
use leadlens::{
    clock::{Env, ManualClock, SeededRng},
    coach::{
        feedback::{AnswerToken, RoundResult},
        hat::Hats,
        ids::MemberId,
        look_back::{CameOfIt, LookBack},
        member::{Cadence, Pause},
        member_text::MemberText,
        nudge::{NudgeState, SkipReason},
        prompt::Library,
        room::Room,
    },
    features::{import::import, privacy::export_for_operator},
    interaction::{AppState, InteractionError, Settings},
    report::member_export::{MemberExport, archive},
    store::{Engine, Store},
};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use sqlx::{AnyConnection, Connection as _, Row as _};
use std::sync::Arc;

stories!(
    an_export_comes_back_as_it_was,
    an_import_is_all_or_nothing,
    a_whole_life_comes_back_and_what_no_form_takes_is_refused,
    every_table_with_a_member_is_exported_or_says_why_not,
);

/// What an export holds.
const EXPORTED: [&str; 16] = [
    "act",
    "audit",
    "audit_meeting",
    "feedback_asked",
    "feedback_comment",
    "feedback_opt_out",
    "feedback_round",
    "look_back",
    "member",
    "model_consent",
    "nudge",
    "outcome_piece",
    "piece",
    "plan",
    "reflection",
    "room_read",
];

/// What it does not hold, and why.
const NOT_EXPORTED: [(&str, &str); 5] = [
    ("feedback_answer", "nobody's: what is said in a round that runs leads to no person"),
    ("feedback_seen", "nobody's: the keys of what was delivered about a round that runs"),
    ("job", "ids of what is under way in Slack, gone when it is done"),
    ("outbox", "ids of what is on its way to the member, and of what arrived"),
    ("workspace", "the workspace's; that the member installed it is Slack's to say"),
];

fn app(store: &Store) -> AppState {
    let world = Env { clock: ManualClock::at(minute(9_000)), rng: SeededRng::new(3) };
    let library = Library::built_in().unwrap_or_else(|_| panic!("the built-in prompts"));
    AppState::new(store.clone(), world, Arc::new(library), Settings::default())
}

async fn export(app: &AppState, who: &MemberId) -> MemberExport {
    export_for_operator(app, who).await.unwrap()
}

/// Writes a life of some length, with any words.
async fn live(store: &Store, who: &MemberId, words: Vec<String>, flags: u8) {
    let who = who.clone();
    write!(store, |tx| {
        let mut member = new_member(who.clone());
        member.cadence = (flags & 1 > 0).then(Cadence::weekdays_at_half_past_nine);
        member.pause = (flags & 2 > 0).then_some(Pause { until_on: None });
        member.back_off.unanswered = u32::from(flags);
        member.look_back = flags & 64 == 0;
        member.next_slot_at = (flags & 4 > 0).then(|| minute(7));
        tx.insert_member(&member).await?;
        for (number, words) in (0_u32..).zip(&words) {
            let mut asked = nudge(number, who.clone());
            asked.state = [NudgeState::Waiting, NudgeState::Open, NudgeState::Answered][number as usize % 3];
            asked.skip_reason = (flags & 8 > 0).then_some(SkipReason::Vacation);
            asked.message = (number % 3 > 0).then(|| message("D1", &format!("1.{number}")));
            tx.insert_nudge(&asked).await?;
            let mut kept = reflection(number, who.clone(), words);
            kept.situation = MemberText::new(words.chars().rev().collect::<String>());
            kept.room = (number % 2 > 0).then_some(Room::LowSpirit);
            kept.lens_hats = (flags & 16 > 0).then_some(Hats::BOTH);
            kept.follow_up = (flags & 32 > 0).then(|| words.clone());
            tx.insert_reflection(&kept).await?;
            for part in 0..number % 3 {
                let at = message("D1", &format!("2.{number}{part}"));
                tx.add_message_part(&row(number), &at, &MemberText::new(words), minute(1)).await?;
            }
            let asked_at = (number % 2 > 0).then(|| minute(3));
            let came_of_it = asked_at.map(|_| CameOfIt::ChangedMind);
            let about = crate::look_backs::look_back(number, number);
            let about = LookBack { asked_at, came_of_it, came_at: asked_at, ..about };
            tx.save_look_back(&who, &about).await?;
            tx.insert_act(&crate::coaching_acts::act(number, who.clone())).await?;
        }
        Ok(())
    })
    .unwrap();
}

async fn an_export_comes_back_as_it_was(fixture: Fixture) {
    let mut runner = TestRunner::deterministic();
    let lives = (prop::collection::vec(any::<String>(), 0..6), any::<u8>());
    let app = &app(&fixture.store);
    for case in 0..12 {
        let (words, flags) = lives.new_tree(&mut runner).unwrap().current();
        let who = person("UANA");
        live(&fixture.store, &who, words, flags).await;
        let before = export(app, &who).await;
        let id = who.clone();
        write!(fixture.store, |tx| tx.erase_member(&id).await).unwrap();
        let read = archive::unpack(&archive::pack(&before).unwrap()).unwrap();
        let imported = import(app, read.clone(), None).await.unwrap();
        assert!(imported.new_member, "case {case}");
        assert_eq!(imported.reflections, before.reflections.len(), "case {case}");
        assert_eq!(export(app, &who).await, before, "case {case}");
        let again = import(app, read, None).await.unwrap();
        assert_eq!((again.new_member, again.reflections, again.nudges, again.acts), (false, 0, 0, 0));
        assert_eq!(export(app, &who).await, before, "case {case}, twice");
        let id = who.clone();
        write!(fixture.store, |tx| tx.erase_member(&id).await).unwrap();
    }
}

async fn an_import_is_all_or_nothing(fixture: Fixture) {
    let app = &app(&fixture.store);
    live(&fixture.store, &ana(), vec!["Ana's words".to_owned(); 4], 0).await;
    let hers = export(app, &ana()).await;
    let ben = person("UBEN");
    // While Ana is a member here, her rows cannot be imported for another member.
    let refused = import(app, hers.clone(), Some(ben.clone())).await;
    assert!(matches!(refused, Err(InteractionError::AnotherMembers)), "{refused:?}");
    assert!(
        matches!(export_for_operator(app, &ben).await, Err(InteractionError::UnknownMember)),
        "nothing was kept"
    );
    assert_eq!(export(app, &ana()).await, hers);
    // A zone that does not exist, found before anything is written.
    let mut broken = hers.clone();
    broken.member.zone = "Mars/Olympus".to_owned();
    assert!(matches!(import(app, broken, None).await, Err(InteractionError::InvalidExport(_))));
    // She moved to another account; message timestamps of the old one have no meaning here.
    write!(fixture.store, |tx| tx.erase_member(&ana()).await).unwrap();
    import(app, hers.clone(), Some(ben.clone())).await.unwrap();
    let theirs = export(app, &ben).await;
    assert_eq!(theirs, hers.reassigned_to(ben));
    assert!(theirs.reflections.iter().all(|it| it.pieces.is_empty()));
}

/// A closed round of a member's, with its frozen result.
async fn closed_round(store: &Store, who: &MemberId) {
    let who = who.clone();
    write!(store, |tx| {
        tx.insert_round(&crate::feedback::round(70, who), &[]).await?;
        let comments = ["moose", "elk", "hare"].map(MemberText::new).to_vec();
        let ids = [AnswerToken::new(1), AnswerToken::new(2), AnswerToken::new(3)];
        let outcome = RoundResult { counts: [1, 2, 0, 0, 0], comments };
        tx.close_round(&row(70), jiff::civil::date(2026, 3, 9), Some(&outcome), &ids).await
    })
    .unwrap();
}

/// The comments of a result have a random order, so they are compared as a set.
fn comparable(mut export: MemberExport) -> MemberExport {
    for round in &mut export.feedback_rounds {
        round.comments.sort_by(|one, other| one.reveal().cmp(other.reveal()));
    }
    export
}

/// Makes an export invalid.
type Breaks = fn(&mut MemberExport);

async fn a_whole_life_comes_back_and_what_no_form_takes_is_refused(fixture: Fixture) {
    let (store, app) = (&fixture.store, &app(&fixture.store));
    live(store, &ana(), vec!["Ana's words".to_owned(); 3], 7).await;
    closed_round(store, &ana()).await;
    write!(store, |tx| {
        for number in 1..=3 {
            let mut plan = crate::plans::plan(number, ana(), "the stand-up begins");
            plan.follow_up_at = minute(if number == 1 { 9_100 } else { 10 });
            plan.message = (number == 2).then(|| message("D1", "7.1"));
            tx.insert_plan(&plan).await?;
            let mut audit = crate::plans::audit(number, ana(), "Status");
            audit.meetings.truncate(if number == 3 { 3 } else { 2 });
            audit.kept = number != 3;
            tx.save_audit(&audit).await?;
        }
        tx.add_outcome_part(&row(2), &message("D1", "7.2"), &MemberText::new("well\0"), minute(9)).await?;
        tx.insert_round(&crate::feedback::round(71, ana()), &[]).await?;
        tx.save_room_read(&ana(), Room::LowSpirit, minute(4)).await
    })
    .unwrap();
    let before = comparable(export(app, &ana()).await);
    assert_eq!((before.plans.len(), before.audits.len(), before.feedback_rounds.len()), (3, 3, 2));
    write!(store, |tx| tx.erase_member(&ana()).await).unwrap();

    let broken: [(&str, Breaks); 6] = [
        ("a plan without an act", |it| it.plans[0].act = MemberText::default()),
        ("a cue of a thousand words", |it| it.plans[1].cue = MemberText::new("word ".repeat(1_000))),
        ("an audit of six", |it| {
            let more = it.audits[0].meetings.clone();
            it.audits[0].meetings.extend(more.iter().cycle().take(4).cloned());
        }),
        ("a kept meeting of neither hat", |it| it.audits[0].meetings[0].hats = Some(Hats::NEITHER)),
        ("a result of two answers", |it| it.feedback_rounds[0].counts = Some([1, 1, 0, 0, 0])),
        ("more comments than answers", |it| {
            let more = it.feedback_rounds[0].comments.clone();
            it.feedback_rounds[0].comments.extend(more);
        }),
    ];
    for (name, breaks) in broken {
        let mut bad = before.clone();
        breaks(&mut bad);
        assert!(matches!(import(app, bad, None).await, Err(InteractionError::InvalidExport(_))), "{name}");
        assert!(
            matches!(export_for_operator(app, &ana()).await, Err(InteractionError::UnknownMember)),
            "{name}"
        );
    }

    let read = archive::unpack(&archive::pack(&before).unwrap()).unwrap();
    let imported = import(app, read.clone(), None).await.unwrap();
    assert_eq!((imported.plans, imported.audits, imported.rounds), (3, 3, 1));
    let after = comparable(export(app, &ana()).await);
    let mut expected = before.clone();
    expected.feedback_rounds.retain(|round| round.closed_on.is_some());
    assert_eq!(after, expected, "all but the round that ran");
    assert_eq!(read!(store, |tx| tx.people_asked(&row(70)).await), Ok(vec![]));
    // One plan is in the future and gets a follow-up; the two in the past get none.
    let plans = read!(store, |tx| tx.plans_of(&ana()).await).unwrap();
    for (plan, is_asked) in plans.iter().zip([true, false, false]) {
        let asks = plan.asks.clone();
        let queued = read!(store, |tx| tx.find_outbox(&asks).await).unwrap();
        assert_eq!(queued.is_some(), is_asked, "{:?}", plan.id);
    }
    let again = import(app, read, None).await.unwrap();
    assert_eq!((again.plans, again.audits, again.rounds), (0, 0, 0));
    assert_eq!(comparable(export(app, &ana()).await), expected, "twice");
    // Another member cannot take over rows of any kind.
    let empty = MemberExport { reflections: vec![], nudges: vec![], acts: vec![], ..before };
    for only in 0..3 {
        let mut hers = empty.clone();
        hers.plans.retain(|_| only == 0);
        hers.audits.retain(|_| only == 1);
        hers.feedback_rounds.retain(|_| only == 2);
        let refused = import(app, hers, Some(person("UBEN"))).await;
        assert!(matches!(refused, Err(InteractionError::AnotherMembers)), "{only}: {refused:?}");
    }
}

async fn every_table_with_a_member_is_exported_or_says_why_not(fixture: Fixture) {
    let mut connection = AnyConnection::connect(&fixture.url).await.unwrap();
    let tables = match fixture.store.engine() {
        Engine::Sqlite => {
            "SELECT DISTINCT m.name FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND (c.name IN ('user_id', 'installed_by', 'reflection_id', 'plan_id', 'audit_id', 'round_id')) ORDER BY 1"
        }
        Engine::Postgres => {
            "SELECT DISTINCT CAST(table_name AS TEXT) FROM information_schema.columns \
             WHERE table_schema = 'public' AND column_name IN ('user_id', 'installed_by', 'reflection_id', 'plan_id', 'audit_id', 'round_id') \
             ORDER BY 1"
        }
    };
    let found = sqlx::query(tables).fetch_all(&mut connection).await.unwrap();
    let found: Vec<String> = found.iter().map(|row| row.get(0)).collect();
    let not = NOT_EXPORTED.iter().map(|(table, _)| *table);
    let mut named: Vec<&str> = EXPORTED.into_iter().chain(not).collect();
    named.sort_unstable();
    assert_eq!(found, named, "a table with a member's rows belongs in the export, or here");
    connection.close().await.unwrap();
}
