//! Feedback rounds: asked by name, answered without one, shown once and only from three answers up.

use crate::{
    member::Member,
    world::{Door, Setting, World},
};

/// Answers the question that came.
async fn answers(who: &Member, step: &str, comment: &str) {
    who.sees("@U0ANA asks you and at least two others:");
    who.taps("Answer").await;
    who.sees_form("Feedback");
    who.fills([("step", step), ("comment", comment)]);
    who.submits().await;
    who.sees_no_form();
    who.sees("Answered, without your name.");
}

/// Ana asks Raj, Ben and Zoe, all of whom are awake.
async fn ana_asks_three(world: &World) -> Member {
    let ana = world.ana().who_is_known().await;
    ana.types("/leadlens feedback @raj @ben @zoe").await;
    ana.sees("I'm checking which of them I can ask.");
    ana.sees(
        "I'm asking everyone I can; I don't say whom I can't. The result comes here on the working morning after all of them have answered, or on Thu 8 Oct 2026",
    );
    ana
}

fn at_ten() -> Setting {
    Setting::at("2026-10-01 10:00")
}

#[tokio::test]
async fn four_are_asked_three_answer_and_the_result_comes_once() {
    at_ten()
        .on_both_doors(async |world| {
            let ana = world.ana().who_is_known().await;
            ana.types("/leadlens feedback @raj, @ben @zoe and @mia @ben").await;
            ana.sees("I'm checking which of them I can ask.");
            ana.sees("I'm asking everyone I can");
            let (raj, ben, zoe, mia) = (world.raj(), world.ben(), world.zoe(), world.mia());
            answers(&ben, "Clearly more clarity on the process", "You bring the plan, always.").await;
            answers(&zoe, "Both alike", "").await;
            zoe.taps("Change").await;
            assert!(zoe.sees_form("Feedback").contains("Both alike"));
            zoe.fills([
                ("step", "Somewhat more clarity on the process"),
                ("comment", "I miss the why. <@U0MIA> & *all*"),
            ]);
            zoe.submits().await;
            raj.sees("@U0ANA asks you");
            raj.taps("Not this time").await;
            raj.sees("Nothing of yours is in this round.");
            // In New York it is four in the morning.
            mia.sees_nothing_new();
            ana.opens_home().await;
            assert!(ana.home().contains("A feedback round is open until Thu 8 Oct 2026 at the latest."));
            ana.sees_nothing_new();
            world.clock_to("2026-10-01 14:00").await;
            answers(&mia, "Somewhat more clarity on the process", "A clear Monday, mostly.").await;
            ana.sees_nothing_new();
            // The last one has as much time to think again as the others.
            mia.taps("Change").await;
            mia.sees_form("Feedback");
            mia.fills([("comment", "A clear Monday.")]);
            mia.submits().await;
            mia.sees_no_form();
            world.clock_to("2026-10-02 09:29").await;
            ana.sees_nothing_new();
            world.clock_to("2026-10-02 09:30").await;
            let result = ana.sees("3 people answered. On average they chose 1.7");
            let shown = leadlens_sandbox::transcript::message(&result);
            for comment in
                ["> You bring the plan, always.", "> I miss the why. <@U0MIA> & *all*", "> A clear Monday."]
            {
                assert_eq!(shown.matches(comment).count(), 1, "{shown}");
            }
            assert!(shown.contains("1 · Clearly more clarity on the process: 1"));
            for one in [&raj, &ben, &zoe, &mia] {
                one.sees("A feedback round that you were asked in is over.");
            }
            // Nobody who was asked was met, and nothing is left of who said what.
            assert_eq!(world.count("select count(*) from member").await, 1);
            assert_eq!(world.count("select count(*) from feedback_answer").await, 0);
            assert_eq!(world.count("select count(*) from feedback_asked").await, 0);
            world.clock_to("2026-10-20 12:00").await;
            ana.sees_nothing_new();
            ana.types("/leadlens report 2026-10").await;
            ana.sees("on its way");
            ana.sees("3 people answered in one round. On average 1.7");
        })
        .await;
}

#[tokio::test]
async fn two_answers_show_nothing_after_seven_days() {
    at_ten()
        .on_both_doors(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            raj.sees("@U0ANA asks you");
            answers(&ben, "Both alike", "okapi").await;
            answers(&zoe, "Both alike", "giraffe").await;
            world.clock_to("2026-10-08 09:59").await;
            ana.sees_nothing_new();
            world.clock_to("2026-10-08 10:00").await;
            let result = ana.sees("Fewer than three people answered.");
            assert!(!result.text.contains("okapi") && !result.text.contains("giraffe"));
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
            assert_eq!(world.count("select count(*) from feedback_comment").await, 0);
            assert_eq!(world.count("select count(*) from feedback_answer").await, 0);
            assert!(!world.database_holds("okapi") && !world.database_holds("giraffe"), "the log is empty too");
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("You asked on Thu 1 Oct 2026. One round in 30 days is enough for everybody: the next can begin on Sat 31 Oct 2026.");
        })
        .await;
}

#[tokio::test]
async fn whoever_answers_last_can_take_it_back_before_the_result() {
    at_ten()
        .on_both_doors(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            for (one, words) in [(&raj, "zebra"), (&ben, "okapi"), (&zoe, "giraffe")] {
                answers(one, "Both alike", words).await;
            }
            ana.sees_nothing_new();
            zoe.taps("Take it back").await;
            zoe.sees("Nothing of yours is in this round.");
            world.clock_to("2026-10-02 09:30").await;
            let result = ana.sees("Fewer than three people answered.");
            assert!(!result.text.contains("giraffe"));
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
            assert_eq!(world.count("select count(*) from feedback_comment").await, 0);
        })
        .await;
}

#[tokio::test]
async fn whoever_was_asked_takes_an_answer_back_and_is_never_asked_again() {
    at_ten()
        .on_both_doors(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            answers(&ben, "Both alike", "okapi").await;
            ben.taps("Take it back").await;
            ben.sees("Nothing of yours is in this round.");
            ben.taps("Answer").await;
            assert!(!ben.sees_form("Feedback").contains("okapi"));
            ben.closes_form();
            zoe.sees("@U0ANA asks you");
            zoe.taps("Never ask me").await;
            zoe.sees("You are not asked for feedback any more, by anybody.");
            raj.sees("@U0ANA asks you");
            raj.taps("Not this time").await;
            // Everybody has declined: it is over the next morning, and there is nothing to show.
            world.clock_to("2026-10-02 09:30").await;
            ana.sees("Fewer than three people answered.");
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
            world.clock_to("2026-11-02 12:00").await;
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("I'm checking which");
            ana.sees("I can ask fewer than three of those you named");
            zoe.opens_home().await;
            assert!(zoe.home().contains("Nobody can ask you for feedback."));
            zoe.taps_home("Let others ask me again").await;
            zoe.sees("I am LeadLens");
            zoe.sees_form("LeadLens");
            zoe.closes_form();
            // A round in which nobody was asked counts, or one could try who has opted out.
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("You asked on Mon 2 Nov 2026.");
            world.clock_to("2026-12-02 12:00").await;
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("I'm checking which");
            ana.sees("I'm asking everyone I can");
            for one in [&raj, &ben, &zoe] {
                one.sees("@U0ANA asks you");
            }
        })
        .await;
}

#[tokio::test]
async fn fewer_names_open_a_form_that_says_what_is_missing() {
    at_ten()
        .on_both_doors(async |world| {
            let ana = world.ana().who_is_known().await;
            ana.types("/leadlens feedback @ben @nobody").await;
            let form = ana.sees_form("Ask for feedback");
            assert!(form.contains("I did not recognise every name.") && form.contains("U0BEN"), "{form}");
            ana.fills([("people", "U0BEN, U0ZOE, U0ANA")]);
            ana.submits().await;
            assert!(ana.sees_form("Ask for feedback").contains("Choose at least 3 people besides yourself"));
            // A bot, a guest of one channel and a closed account cannot be asked.
            world.slack().change(|state| {
                let mut guest = leadlens_sandbox::workspace::User::new("U0GUEST", "Guest", "Europe/Berlin");
                guest.is_ultra_restricted = true;
                state.users.insert(guest.id.clone(), guest);
            });
            world.slack().deactivate("U0RAJ");
            ana.fills([("people", "U0BEN, U0ZOE, U0RAJ, U0GUEST, U0LEADLENS, U0NOBODY")]);
            ana.submits().await;
            assert!(ana.sees_form("LeadLens").contains("I'm checking which of them I can ask."));
            ana.closes_form();
            let told = ana.sees("I can ask fewer than three of those you named");
            let named = told.text.replace("30 days", "");
            assert!(!named.contains(|c: char| c.is_ascii_digit()), "no number: {named}");
            world.ben().sees_nothing_new();
            world.zoe().sees_nothing_new();
            assert_eq!(world.count("select count(*) from feedback_round").await, 0);
        })
        .await;
}

#[tokio::test]
async fn a_redelivered_answer_counts_once_and_its_key_names_nobody() {
    at_ten()
        .on_both_doors(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            answers(&ben, "Both alike", "okapi").await;
            world.slack().redeliver_last().await;
            world.settle().await;
            assert_eq!(world.count("select count(*) from feedback_answer").await, 1);
            assert_eq!(
                world.count("select count(*) from feedback_seen where effect like '%\"said\"%'").await,
                1
            );
            // None of Ben's ids and nothing with a time is kept of what he did.
            assert_eq!(world.count("select count(*) from seen where delivery_key like 'view:%'").await, 0);
            assert_eq!(world.count("select count(*) from seen where delivery_key like 'press:%'").await, 0);
            world.bot_restarts().await;
            answers(&zoe, "Both alike", "giraffe").await;
            raj.sees("@U0ANA asks you");
            raj.taps("Answer").await;
            raj.sees_form("Feedback");
            raj.fills([("step", "Both alike")]);
            raj.submits().await;
            raj.sees("Answered, without your name.");
            world.clock_to("2026-10-02 09:30").await;
            ana.sees("3 people answered. On average they chose 3.0");
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
            world.slack().redeliver_last().await;
            world.settle().await;
            ana.sees_nothing_new();
        })
        .await;
}

#[tokio::test]
async fn trouble_in_a_comment_is_met_before_it_is_kept() {
    at_ten()
        .on_both_doors(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            ben.sees("@U0ANA asks you");
            ben.taps("Answer").await;
            ben.sees_form("Feedback");
            ben.fills([("step", "Both alike"), ("comment", "You harassed me in the stand-up.")]);
            ben.submits().await;
            let form = ben.sees_form("Before you go on");
            assert!(form.contains("You harassed me in the stand-up.") && form.contains("HR or ombudsperson"));
            assert_eq!(world.count("select count(*) from feedback_answer").await, 0);
            ben.submits().await;
            ben.sees("Answered, without your name.");
            assert_eq!(world.count("select count(*) from feedback_answer").await, 1);
            for one in [&raj, &zoe] {
                one.sees("@U0ANA asks you");
                one.taps("Not this time").await;
                one.sees("Nothing of yours is in this round.");
            }
            world.clock_to("2026-10-02 09:30").await;
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
        .on_both_doors(async |world| {
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
            assert_eq!(world.count("select count(*) from feedback_answer").await, 0);
            assert_eq!(world.count("select count(*) from feedback_round").await, 0);
        })
        .await;
}

#[tokio::test]
async fn when_slack_does_not_say_whom_it_knows_the_check_waits_and_nobody_is_lost() {
    use leadlens_sandbox::workspace::Fault;
    Setting::at("2026-10-01 10:00")
        .over(Door::SignedHttp, async |world| {
            let ana = world.ana().who_is_known().await;
            world.slack().change(|state| {
                state.faults.push_back(("users.info".to_owned(), Fault::RateLimited(30)));
            });
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("I'm checking which");
            world.ben().sees_nothing_new();
            world.clock_to("2026-10-01 10:05").await;
            ana.sees("I'm asking everyone I can");
            for one in [world.raj(), world.ben(), world.zoe()] {
                one.sees("@U0ANA asks you");
            }
        })
        .await;
}

/// The token in the buttons of a feedback question.
fn token_in(question: &str) -> String {
    let is_hex = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
    let runs = question.split(|c: char| !is_hex(c));
    runs.filter(|run| run.len() == 32).next_back().expect("a token").to_owned()
}

#[tokio::test]
async fn the_token_in_slack_does_not_lead_to_the_answer_in_the_database() {
    use sha2::{Digest as _, Sha256};
    at_ten()
        .on_both_doors(async |world| {
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
            assert_eq!(world.count("select count(*) from feedback_answer").await, 1);
            assert!(!world.database_holds(&token));
            let hashed = hex::encode(Sha256::digest(token.as_bytes()));
            assert!(!world.database_holds(&hashed), "its hash leads to the answer");
            // The key is the same after a restart, so that an answer can still be taken back.
            world.bot_restarts().await;
            ben.taps("Take it back").await;
            ben.sees("Nothing of yours is in this round.");
            assert_eq!(world.count("select count(*) from feedback_answer where step is not null").await, 0);
        })
        .await;
}

#[tokio::test]
async fn forgetting_oneself_does_not_begin_the_thirty_days_again() {
    at_ten()
        .on_both_doors(async |world| {
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
            assert_eq!(world.count(named).await, 0, "the limit keeps nothing of the member");
            assert_eq!(world.count("select count(*) from feedback_limit").await, 1);
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("You asked on Thu 1 Oct 2026.");
            ana.sees("I am LeadLens"); // she acted
            world.clock_to("2026-10-31 12:00").await;
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("I'm checking which of them I can ask.");
            ana.sees("I'm asking everyone I can");
            for one in [world.raj(), world.ben(), world.zoe()] {
                one.sees("@U0ANA asks you");
            }
        })
        .await;
}
