//! What a model is asked and when: a bound for each day, once for each answer, nothing without consent.

use crate::{
    model::{ANSWER, SITUATION, became, checks_in, who_agreed, with_a_model},
    setting::Setting,
    world::Transport,
};
use leadlens::{coach::llm_follow_up::MAX_CALLS_PER_DAY, features::privacy};
use leadlens_sandbox::model::{Model, QUESTION, Says};

#[tokio::test]
async fn the_calls_of_a_day_are_bounded() {
    with_a_model(async |world, model| {
        let ana = who_agreed(world, model).await;
        for nth in 2..=MAX_CALLS_PER_DAY + 1 {
            checks_in(&ana, SITUATION, &format!("Move number {nth}.")).await;
            ana.closes_form();
        }
        assert_eq!(model.heard().len(), MAX_CALLS_PER_DAY as usize);
        assert_eq!(became(world, "over-budget").await, 1);
        world.bot().restarts().await;
        checks_in(&ana, SITUATION, "After a restart.").await;
        ana.closes_form();
        assert_eq!(model.heard().len(), MAX_CALLS_PER_DAY as usize, "a restart brings none back");
        world.clock_to("2026-10-02 00:01").await;
        checks_in(&ana, SITUATION, "A new day.").await;
        ana.closes_form();
        assert_eq!(model.heard().len(), MAX_CALLS_PER_DAY as usize + 1);
    })
    .await;
}

#[tokio::test]
async fn a_redelivery_asks_the_model_once() {
    with_a_model(async |world, model| {
        let ana = who_agreed(world, model).await;
        model.says(Says::Text("Have you tried a list?".to_owned()));
        world.everything_comes(crate::world::Again::AtOnce);
        checks_in(&ana, SITUATION, ANSWER).await;
        ana.closes_form();
        world.everything_comes(crate::world::Again::Never);
        assert_eq!(model.heard().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_nudges_answer_is_followed_up_by_the_model_in_the_form_alone() {
    with_a_model(async |world, model| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Reflect").await;
        ana.sees_form("Check in");
        ana.fills([("answer", ANSWER), ("hat", "Both")]);
        ana.submits().await;
        ana.sees("Kept");
        ana.taps_form("Agree").await;
        assert!(ana.sees_form("One more question").contains(QUESTION));
        ana.closes_form();
        world.clock_to("2026-10-02 09:30").await;
        let asked = ana.sees("[Reflect]");
        ana.replies(&asked, "An answer in the thread.").await;
        ana.sees("Kept");
        assert_eq!(model.heard().len(), 1, "an answer in the DM has no follow-up");
    })
    .await;
}

#[tokio::test]
async fn forgetting_forgets_the_consent_and_an_export_shows_it() {
    with_a_model(async |world, model| {
        let ana = who_agreed(world, model).await;
        let id = ana.id();
        let export = world
            .bot()
            .operator(async |state| privacy::export_for_operator(state, &id).await.expect("known"))
            .await;
        let consent = export.model_consent.expect("a consent");
        assert_eq!((consent.host, consent.calls), (model.host(), 1));
        world.settle().await;
        ana.sees("made an export of your data");
        ana.types("/leadlens forget").await;
        ana.sees_form("Erase everything");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.sees("Erased: everything LeadLens kept about you");
        assert_eq!(world.database().count("select count(*) from model_consent").await, 0);
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.sees("I am LeadLens");
        ana.fills([("answer", "Begin anew with all of them."), ("hat", "Both")]);
        ana.submits().await;
        assert!(ana.sees_form("One more question").contains("If you agree"), "asked anew");
        ana.closes_form();
        assert_eq!(model.heard().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_feedback_round_sends_nothing() {
    with_a_model(async |world, model| {
        let ana = who_agreed(world, model).await;
        world.clock_to("2026-10-01 10:00").await;
        ana.asks_for_feedback("/leadlens feedback @raj @ben @zoe").await;
        for person in [world.raj(), world.ben(), world.zoe()] {
            person.sees("@U0ANA asks you");
            person.taps("Answer").await;
            assert!(!person.sees_form("Feedback").contains("language model"));
            person.fills([("step", "Both alike"), ("comment", "A comment of mine.")]);
            person.submits().await;
            person.sees_no_form();
        }
        world.clock_to("2026-10-02 10:00").await;
        ana.sees("A comment of mine.");
        ana.sees("This feedback round is over.");
        for person in [world.raj(), world.ben(), world.zoe()] {
            person.sees("A feedback round that you were asked in is over.");
        }
        assert_eq!(model.heard().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn another_host_is_asked_about_anew() {
    let (one, other) = (Model::start().await.expect("a model"), Model::start().await.expect("a model"));
    let setting = Setting::at("2026-10-01 08:00")
        .with("LEADLENS_LLM_URL", one.url())
        .with("LEADLENS_LLM_MODEL", "small");
    setting
        .over(Transport::Http, async |world| {
            let ana = who_agreed(world, &one).await;
            world.bot().restarts_with_model(&other.url()).await;
            let form = checks_in(&ana, SITUATION, ANSWER).await;
            assert!(
                form.contains(&format!(
                    "If you agree, what you write in a check-in is sent to a language model at {}",
                    other.host()
                )),
                "{form}"
            );
            assert!(other.heard().is_empty());
            ana.taps_form("Agree").await;
            ana.sees_form("One more question");
            ana.closes_form();
            assert_eq!((one.heard().len(), other.heard().len()), (1, 1));
        })
        .await;
}
