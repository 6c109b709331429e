//! What a feedback round keeps and shows of the people in it: nothing that names who said what.

use crate::{
    feedback::{ana_asks_three, answers, at_ten},
    setting::Setting,
    world::Transport,
};

#[tokio::test]
async fn a_redelivered_answer_counts_once_and_its_key_names_nobody() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            answers(&ben, "Both alike", "okapi").await;
            world.slack().deliveries().redeliver_last().await;
            world.settle().await;
            assert_eq!(world.database().count("select count(*) from feedback_answer").await, 1);
            assert_eq!(
                world
                    .database()
                    .count("select count(*) from feedback_seen where effect like '%\"said\"%'")
                    .await,
                1
            );
            // None of Ben's ids and nothing with a time is kept of what he did. The one form is Ana's.
            assert_eq!(
                world.database().count("select count(*) from seen where delivery_key like 'view:%'").await,
                1
            );
            assert_eq!(
                world.database().count("select count(*) from seen where delivery_key like 'press:%'").await,
                0
            );
            world.bot().restarts().await;
            answers(&zoe, "Both alike", "giraffe").await;
            raj.sees("@U0ANA asks you");
            raj.taps("Answer").await;
            raj.sees_form("Feedback");
            raj.fills([("step", "Both alike")]);
            raj.submits().await;
            raj.sees("Answered, without your name.");
            world.clock_to("2026-10-02 09:30").await;
            ana.sees("This feedback round is over.");
            ana.sees("3 people answered. On average they chose 3.0");
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
            world.slack().deliveries().redeliver_last().await;
            world.settle().await;
            ana.sees_nothing_new();
        })
        .await;
}

#[tokio::test]
async fn trouble_in_a_comment_is_met_before_it_is_kept() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            ben.sees("@U0ANA asks you");
            ben.taps("Answer").await;
            ben.sees_form("Feedback");
            ben.fills([("step", "Both alike"), ("comment", "You harassed me in the stand-up.")]);
            ben.submits().await;
            let form = ben.sees_form("Before you go on");
            assert!(form.contains("You harassed me in the stand-up.") && form.contains("HR or ombudsperson"));
            assert_eq!(world.database().count("select count(*) from feedback_answer").await, 0);
            ben.submits().await;
            ben.sees("Answered, without your name.");
            assert_eq!(world.database().count("select count(*) from feedback_answer").await, 1);
            for one in [&raj, &zoe] {
                one.sees("@U0ANA asks you");
                one.taps("Not this time").await;
                one.sees("Nothing of yours is in this round.");
            }
            world.clock_to("2026-10-02 09:30").await;
            ana.sees("This feedback round is over.");
            ana.sees("Fewer than three people answered.");
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
        })
        .await;
}

#[tokio::test]
async fn a_forgotten_asker_is_named_in_nobodys_messages() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            answers(&ben, "Both alike", "okapi").await;
            for one in [&raj, &zoe] {
                one.sees("@U0ANA asks you");
            }
            ana.types("/leadlens forget").await;
            let form = ana.sees_form("Erase everything");
            assert!(
                form.contains("What you said in others' rounds carries no name and cannot be found again.")
            );
            ana.submits().await;
            ana.sees_form("LeadLens");
            ana.closes_form();
            for one in [&raj, &ben, &zoe] {
                let now = one.sees("is over");
                assert!(!now.text.contains("U0ANA") && !now.blocks.to_string().contains("U0ANA"));
            }
            ana.sees("Erased:");
            assert_eq!(world.database().count("select count(*) from feedback_answer").await, 0);
            assert_eq!(world.database().count("select count(*) from feedback_round").await, 0);
        })
        .await;
}

#[tokio::test]
async fn when_slack_does_not_say_whom_it_knows_the_check_waits_and_nobody_is_lost() {
    use leadlens_sandbox::workspace::Fault;
    Setting::at("2026-10-01 10:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().who_is_known().await;
            world.slack().change(|state| {
                state.faults.push_back(("users.info".to_owned(), Fault::RateLimited(30)));
            });
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees_form("Ask for feedback");
            ana.submits().await;
            assert!(
                ana.sees_form("LeadLens").contains("I'm asking Slack whether I can write to all of them.")
            );
            world.ben().sees_nothing_new();
            world.clock_to("2026-10-01 10:05").await;
            ana.sees_form("Your feedback round");
            ana.closes_form();
            ana.sees("Your feedback round of Thu 1 Oct 2026 is running.");
            for one in [world.raj(), world.ben(), world.zoe()] {
                one.sees("@U0ANA asks you");
            }
        })
        .await;
}

/// The token in the buttons of a feedback question.
fn token_in(question: &str) -> String {
    let is_hex = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
    let mut runs = question.split(|c: char| !is_hex(c));
    runs.rfind(|run| run.len() == 32).expect("a token").to_owned()
}

#[tokio::test]
async fn the_token_in_slack_does_not_lead_to_the_answer_in_the_database() {
    use sha2::{Digest as _, Sha256};
    at_ten()
        .over_both_transports(async |world| {
            ana_asks_three(world).await;
            for one in [world.raj(), world.zoe()] {
                one.sees("@U0ANA asks you");
            }
            let ben = world.ben();
            let question = ben.sees("@U0ANA asks you and at least two others:");
            let token = token_in(&question.blocks.to_string());
            ben.taps("Answer").await;
            ben.sees_form("Feedback");
            ben.fills([("step", "Both alike"), ("comment", "okapi")]);
            ben.submits().await;
            ben.sees("Answered, without your name.");
            assert_eq!(world.database().count("select count(*) from feedback_answer").await, 1);
            assert!(!world.database().holds(&token));
            let hashed = hex::encode(Sha256::digest(token.as_bytes()));
            assert!(!world.database().holds(&hashed), "its hash leads to the answer");
            // The key is the same after a restart, so that an answer can still be taken back.
            world.bot().restarts().await;
            ben.taps("Take it back").await;
            ben.sees("Nothing of yours is in this round.");
            assert_eq!(
                world.database().count("select count(*) from feedback_answer where step is not null").await,
                0
            );
        })
        .await;
}

#[tokio::test]
async fn forgetting_oneself_does_not_begin_the_thirty_days_again() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = ana_asks_three(world).await;
            ana.types("/leadlens forget").await;
            ana.sees_form("Erase everything");
            ana.submits().await;
            ana.sees_form("LeadLens");
            ana.closes_form();
            ana.sees("Erased:");
            for one in [world.raj(), world.ben(), world.zoe()] {
                one.sees("is over");
            }
            let named = "select count(*) from feedback_limit where asker like '%ANA%'";
            assert_eq!(world.database().count(named).await, 0, "the limit keeps nothing of the member");
            assert_eq!(world.database().count("select count(*) from feedback_limit").await, 1);
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("You asked on Thu 1 Oct 2026.");
            ana.sees("I am LeadLens"); // she acted
            world.clock_to("2026-10-31 12:00").await;
            ana.asks_for_feedback("/leadlens feedback @raj @ben @zoe").await;
            for one in [world.raj(), world.ben(), world.zoe()] {
                one.sees("@U0ANA asks you");
            }
        })
        .await;
}
