//! Once: whatever Slack delivers twice, at once or after a restart, changes nothing and is answered the
//! same.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::{Again, Transport, World},
};

/// A little of everything that changes something. Deliveries that only show a screen are left out:
/// showing it twice is no harm.
async fn a_day(world: &World, ana: &Member) {
    ana.types("/leadlens checkin").await;
    ana.sees_form("Check in");
    ana.fills([("situation", "The roadmap."), ("answer", "Ask them."), ("hat", "Both")]);
    ana.submits().await;
    ana.sees_form("One more question");
    ana.fills([("follow-up-answer", "That it is mine to decide.")]);
    ana.submits().await;
    ana.types("/leadlens schedule").await;
    ana.sees_form("Schedule");
    ana.submits().await;
    ana.sees_form("LeadLens");
    ana.closes_form();
    world.clock_to("2026-10-01 09:30").await;
    let nudge = ana.sees("[Reflect]");
    ana.taps_on(&nudge, "In an hour").await;
    ana.sees("Later: Thu 1 Oct, 10:30.");
    world.clock_to("2026-10-01 10:31").await;
    let nudge = ana.sees("[Reflect]");
    let first = ana.replies(&nudge, "Listen.").await;
    ana.sees("> Listen.");
    let second = ana.says("Then ask.").await;
    ana.sees("> Then ask.");
    ana.edits(&first, "Listen first.").await;
    ana.sees("> Listen first.");
    ana.deletes(&second).await;
    ana.sees("> Listen first.");
    ana.taps_on(&nudge, "Leader: what and why").await;
    ana.sees("You said: leader hat.");
    let said = ana.says("By the way.").await;
    ana.sees("> By the way."); // within ten minutes
    ana.deletes(&said).await;
    ana.sees("> Listen first.");
    world.clock_to("2026-10-01 12:00").await;
    ana.says("Something else.").await;
    let offer = ana.sees("Keep this as a check-in?");
    ana.taps_on(&offer, "Keep").await;
    let kept = ana.sees("> Something else.");
    ana.taps_on(&kept, "Delete").await;
    ana.sees("Deleted.");
    ana.types("/leadlens report").await;
    ana.sees("is on its way");
    ana.sees("OCTOBER 2026");
    ana.types("/leadlens export").await;
    ana.sees("is on its way");
    ana.sees("Here is everything");
    ana.types("/leadlens pause 2026-10-05").await;
    ana.sees("Paused.");
    ana.types("/leadlens resume").await;
    ana.sees("Resumed. The next question comes on Fri 2 Oct, 09:30.");
    world.clock_to("2026-10-02 09:30").await;
    let nudge = ana.sees("[Reflect]");
    ana.taps_on(&nudge, "Skip").await;
    ana.sees("Skipped.");
}

async fn what_is_left(world: &World, ana: &Member) {
    let kept = ana.reflections().await;
    let answers: Vec<&str> = kept.iter().map(|kept| kept.answer.reveal()).collect();
    assert_eq!(answers, ["Ask them.", "Listen first."]);
    assert_eq!(kept[0].follow_up_answer.reveal(), "That it is mine to decide.");
    // The welcome, three questions, what is left of the offer, the report, the export.
    assert_eq!(ana.client().from_bot().len(), 7, "{}", world.told());
    assert_eq!(world.database().count("select count(*) from nudge").await, 3);
}

#[tokio::test]
async fn everything_delivered_twice_happens_once() {
    over_both_transports(async |world| {
        world.everything_comes(Again::AtOnce);
        let ana = world.ana().who_is_known().await;
        a_day(world, &ana).await;
        what_is_left(world, &ana).await;
    })
    .await;
}

#[tokio::test]
async fn everything_delivered_again_after_a_restart_happens_once() {
    over_both_transports(async |world| {
        world.everything_comes(Again::AfterARestart);
        let ana = world.ana().who_is_known().await;
        a_day(world, &ana).await;
        what_is_left(world, &ana).await;
    })
    .await;
}

#[tokio::test]
async fn an_acknowledgement_that_is_lost_costs_nothing() {
    Setting::at("2026-10-01 08:00")
        .impatient()
        .over(Transport::SocketMode, async |world| {
            let ana = world.ana().who_is_known().await;
            ana.types("/leadlens checkin").await;
            ana.sees_form("Check in");
            ana.fills([("answer", "Ask them."), ("hat", "Both")]);
            world.slack().faults().lose_next_acks(2);
            let delivered = ana.submits().await;
            assert!(delivered.tries >= 3, "{delivered:?}");
            ana.stops_here();
            assert_eq!(ana.reflections().await.len(), 1);
        })
        .await;
}

#[tokio::test]
async fn a_form_submitted_again_with_other_words_mends_the_same_check_in() {
    // Over HTTP a lost acknowledgement leaves the form open with Slack's own sentence.
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().who_is_known().await;
            ana.types("/leadlens checkin").await;
            ana.sees_form("Check in");
            ana.fills([("answer", "Ask them one by one."), ("hat", "Both")]);
            world.slack().faults().lose_next_acks(1);
            let delivered = ana.client().in_modal().submits().await.expect("a form");
            assert!(!delivered.acked);
            assert!(ana.sees_form("Check in").contains("We had some trouble connecting."));
            ana.fills([("answer", "Ask all of them.")]);
            ana.submits().await;
            assert!(ana.sees_form("One more question").contains("> Ask all of them."));
            ana.closes_form();
            assert_eq!(ana.only_reflection().await.answer.reveal(), "Ask all of them.");
        })
        .await;
}

#[tokio::test]
async fn a_form_that_was_open_at_a_restart_is_submitted_after_it() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.taps("Reflect").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Ask them."), ("hat", "Both")]);
        world.bot().restarts().await;
        ana.submits().await;
        ana.stops_here();
        assert_eq!(ana.sees("> Ask them.").ts, nudge.ts);
        assert_eq!(ana.reflections().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn two_answers_to_one_question_are_both_kept() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.taps("Reflect").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "By the form."), ("hat", "Both")]);
        ana.replies(&nudge, "By a reply.").await;
        ana.sees("> By a reply.");
        ana.submits().await;
        ana.stops_here();
        let answers: Vec<_> = ana.reflections().await.into_iter().map(|kept| kept.answer).collect();
        assert_eq!(answers.len(), 2, "{answers:?}");
    })
    .await;
}
