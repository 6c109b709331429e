//! Feedback rounds: asked by name, answered without one, shown once and only from three answers up.

use crate::{
    member::Member,
    setting::Setting,
    world::{Transport, World},
};
use leadlens_sandbox::transcript;

/// Answers the question that came.
pub(crate) async fn answers(who: &Member, step: &str, comment: &str) {
    who.sees("@U0ANA asks you and at least two others:");
    who.taps("Answer").await;
    who.sees_form("Feedback");
    who.fills([("step", step), ("comment", comment)]);
    who.submits().await;
    who.sees_no_form();
    who.sees("Answered, without your name.");
}

/// Ana asks Raj, Ben and Zoe, all of whom are awake.
pub(crate) async fn ana_asks_three(world: &World) -> Member {
    let ana = world.ana().who_is_known().await;
    ana.asks_for_feedback("/leadlens feedback @raj @ben @zoe").await;
    ana
}

pub(crate) fn at_ten() -> Setting {
    Setting::at("2026-10-01 10:00")
}

#[tokio::test]
async fn four_are_asked_three_answer_and_the_result_comes_once() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = world.ana().who_is_known().await;
            ana.asks_for_feedback("/leadlens feedback @raj, @ben @zoe and @mia @ben").await;
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
            ana.sees("This feedback round is over.");
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
            assert_eq!(world.database().count("select count(*) from member").await, 1);
            assert_eq!(world.database().count("select count(*) from feedback_answer").await, 0);
            assert_eq!(world.database().count("select count(*) from feedback_asked").await, 0);
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
        .over_both_transports(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            raj.sees("@U0ANA asks you");
            answers(&ben, "Both alike", "okapi").await;
            answers(&zoe, "Both alike", "giraffe").await;
            world.clock_to("2026-10-08 09:59").await;
            ana.sees_nothing_new();
            world.clock_to("2026-10-08 10:00").await;
            ana.sees("This feedback round is over.");
            let result = ana.sees("Fewer than three people answered.");
            assert!(!result.text.contains("okapi") && !result.text.contains("giraffe"));
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
            assert_eq!(world.database().count("select count(*) from feedback_comment").await, 0);
            assert_eq!(world.database().count("select count(*) from feedback_answer").await, 0);
            assert!(!world.database().holds("okapi") && !world.database().holds("giraffe"), "the log is empty too");
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("You asked on Thu 1 Oct 2026. One round in 30 days is enough for everybody: the next can begin on Sat 31 Oct 2026.");
        })
        .await;
}

#[tokio::test]
async fn an_answer_taken_back_before_the_result_is_not_counted() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = ana_asks_three(world).await;
            let (raj, ben, zoe) = (world.raj(), world.ben(), world.zoe());
            for (one, words) in [(&raj, "zebra"), (&ben, "okapi"), (&zoe, "giraffe")] {
                answers(one, "Both alike", words).await;
            }
            ana.sees_nothing_new();
            zoe.taps("Take it back").await;
            zoe.sees("Nothing of yours is in this round.");
            world.clock_to("2026-10-02 09:30").await;
            ana.sees("This feedback round is over.");
            let result = ana.sees("Fewer than three people answered.");
            assert!(!result.text.contains("giraffe"));
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
            assert_eq!(world.database().count("select count(*) from feedback_comment").await, 0);
        })
        .await;
}

#[tokio::test]
async fn a_person_takes_an_answer_back_and_opts_out_of_feedback() {
    at_ten()
        .over_both_transports(async |world| {
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
            ana.sees("This feedback round is over.");
            ana.sees("Fewer than three people answered.");
            for one in [&raj, &ben, &zoe] {
                one.sees("is over");
            }
            world.clock_to("2026-11-02 12:00").await;
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees_form("Ask for feedback");
            ana.submits().await;
            assert!(
                ana.sees_form("LeadLens").contains("I asked nobody. Anybody can tell me not to ask them")
            );
            ana.closes_form();
            let told = ana.sees("I asked nobody.");
            let told = told.text.replace("30 days", "");
            assert!(!told.contains(|c: char| c.is_ascii_digit()) && !told.contains("U0"), "{told}");
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
            ana.asks_for_feedback("/leadlens feedback @raj @ben @zoe").await;
            for one in [&raj, &ben, &zoe] {
                one.sees("@U0ANA asks you");
            }
        })
        .await;
}

#[tokio::test]
async fn the_form_previews_the_message_its_recipients_and_its_time() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = world.ana().who_is_known().await;
            ana.types_in("C0TEAM", "/leadlens feedback @raj @ben @zoe").await;
            let form = ana.sees_form("Ask for feedback");
            for shown in [
                "Nothing is sent until you choose Send.",
                "@U0ANA asks you and at least two others:",
                "DO I PROVIDE MORE CLARITY ON THE PROCESS OR MORE INSPIRATION FOR THE GOAL?",
                "@U0ANA sees how all answers are spread",
                "Answer (five steps, and a comment if they like), Not this time, Never ask me",
                "U0RAJ",
                "U0BEN",
                "U0ZOE",
                "in each person's own day",
                "Until then you can cancel.",
            ] {
                assert!(form.contains(shown), "{shown:?} is missing: {form}");
            }
            let hints = ana.open_form().expect("a form").content.to_string();
            assert!(
                hints.contains("At least 3: with fewer you could tell whose answer is whose."),
                "{hints}"
            );
            ana.closes_form();
            for one in [world.raj(), world.ben(), world.zoe()] {
                one.sees_nothing_new();
            }
            assert_eq!(world.database().count("select count(*) from feedback_round").await, 0);
            assert_eq!(
                world.database().count("select count(*) from feedback_limit").await,
                0,
                "looking costs nothing"
            );
            ana.asks_for_feedback("/leadlens feedback @raj @ben @zoe").await;
            for one in [world.raj(), world.ben(), world.zoe()] {
                let sent = transcript::message(&one.sees("@U0ANA asks you and at least two others:"));
                for line in sent.lines().take(3) {
                    assert!(form.contains(line), "{line:?} was not shown before: {form}");
                }
            }
        })
        .await;
}

#[tokio::test]
async fn the_asker_and_bots_cannot_be_chosen() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = world.ana().who_is_known().await;
            ana.types("/leadlens feedback @ben @nobody @ana").await;
            let form = ana.sees_form("Ask for feedback");
            assert!(form.contains("I did not recognise every name.") && form.contains("U0BEN"), "{form}");
            assert!(form.contains("You named yourself. I left you out"), "{form}");
            ana.fills([("people", "U0BEN, U0ZOE, U0ANA")]);
            ana.submits().await;
            assert!(ana.sees_form("Ask for feedback").contains("You cannot be among those you ask"));
            ana.fills([("people", "U0BEN, U0ZOE")]);
            ana.submits().await;
            assert!(ana.sees_form("Ask for feedback").contains("Choose at least 3 people."));
            // A bot, a guest of one channel and a closed account: everybody in Slack can see that they are.
            world.slack().change(|state| {
                let mut guest = leadlens_sandbox::workspace::User::new("U0GUEST", "Guest", "Europe/Berlin");
                guest.is_ultra_restricted = true;
                state.users.insert(guest.id.clone(), guest);
            });
            world.slack().admin().deactivate("U0RAJ");
            ana.fills([("people", "U0BEN, U0ZOE, U0MIA, U0RAJ, U0GUEST, U0LEADLENS, U0NOBODY")]);
            ana.submits().await;
            let form = ana.sees_form("Ask for feedback");
            for refused in ["@U0RAJ", "@U0GUEST", "@U0LEADLENS", "@U0NOBODY"] {
                assert!(form.contains(refused), "{refused} is not named: {form}");
            }
            assert!(form.contains("cannot be asked: only people of this workspace can"), "{form}");
            assert!(
                !form.contains("@U0BEN") && form.contains("U0BEN, U0MIA, U0ZOE"),
                "the others stay: {form}"
            );
            ana.sees_nothing_new();
            for one in [world.ben(), world.zoe(), world.mia()] {
                one.sees_nothing_new();
            }
            assert_eq!(world.database().count("select count(*) from feedback_round").await, 0);
            // It does not count as a round: what is left is sent.
            ana.submits().await;
            ana.sees_form("Your feedback round");
            ana.closes_form();
            ana.sees("Your feedback round of Thu 1 Oct 2026 is running.");
            for one in [world.ben(), world.zoe()] {
                one.sees("@U0ANA asks you and at least two others:");
            }
            world.mia().sees_nothing_new(); // in New York it is four in the morning
            world.clock_to("2026-10-01 14:00").await;
            world.mia().sees("@U0ANA asks you and at least two others:");
        })
        .await;
}

#[tokio::test]
async fn after_the_form_is_closed_a_message_says_who_cannot_be_asked() {
    use leadlens_sandbox::workspace::Fault;
    Setting::at("2026-10-01 10:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().who_is_known().await;
            world.slack().change(|state| {
                state.faults.push_back(("users.info".to_owned(), Fault::RateLimited(30)));
            });
            ana.types("/leadlens feedback @ben @zoe").await;
            ana.sees_form("Ask for feedback");
            ana.fills([("people", "U0BEN, U0ZOE, U0LEADLENS")]);
            ana.submits().await;
            assert!(
                ana.sees_form("LeadLens").contains("I'm asking Slack whether I can write to all of them.")
            );
            ana.closes_form();
            world.clock_to("2026-10-01 10:05").await;
            ana.sees("@U0LEADLENS cannot be asked");
            ana.taps("Choose again").await;
            ana.sees_form("Ask for feedback");
        })
        .await;
}

#[tokio::test]
async fn a_running_round_is_cancelled_and_nothing_that_was_said_is_shown() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = world.ana().who_is_known().await;
            ana.asks_for_feedback("/leadlens feedback @raj @ben @zoe @mia").await;
            let (raj, ben, zoe, mia) = (world.raj(), world.ben(), world.zoe(), world.mia());
            answers(&ben, "Both alike", "okapi").await;
            answers(&zoe, "Both alike", "giraffe").await;
            raj.sees("@U0ANA asks you");
            ana.taps("Cancel the round").await;
            ana.sees("Cancelled. Nobody else is asked");
            let began = ana.sees("You cancelled this feedback round.");
            assert!(!began.blocks.to_string().contains("Cancel the round"));
            for one in [&raj, &ben, &zoe] {
                one.sees("A feedback round that you were asked in is over.");
            }
            // In New York the question would have come in the morning.
            world.clock_to("2026-10-01 16:00").await;
            mia.sees_nothing_new();
            for left in [
                "select count(*) from feedback_round",
                "select count(*) from feedback_asked",
                "select count(*) from feedback_answer",
                "select count(*) from feedback_comment",
                "select count(*) from feedback_seen",
            ] {
                assert_eq!(world.database().count(left).await, 0, "{left}");
            }
            assert!(
                !world.database().holds("okapi") && !world.database().holds("giraffe"),
                "the log is empty too"
            );
            world.clock_to("2026-10-09 12:00").await;
            ana.sees_nothing_new();
            // It was the round of these thirty days: nobody is asked twice by a change of mind.
            ana.types("/leadlens feedback @raj @ben @zoe").await;
            ana.sees("the next can begin on Sat 31 Oct 2026.");
        })
        .await;
}

#[tokio::test]
async fn the_command_shows_the_round_that_runs_and_cancels_it_and_an_old_button_does_nothing() {
    at_ten()
        .over_both_transports(async |world| {
            let ana = ana_asks_three(world).await;
            for one in [world.raj(), world.ben(), world.zoe()] {
                one.sees("@U0ANA asks you");
            }
            ana.types("/leadlens feedback").await;
            let form = ana.sees_form("Your feedback round");
            assert!(form.contains("on Thu 8 Oct 2026 at the latest"), "{form}");
            for name in ["U0RAJ", "U0BEN", "U0ZOE"] {
                assert!(!form.contains(name), "who is asked would tell who is not: {form}");
            }
            ana.taps_form("Cancel the round").await;
            assert!(ana.sees_form("LeadLens").contains("The next round can begin on Sat 31 Oct 2026."));
            ana.closes_form();
            ana.sees("You cancelled this feedback round.");
            for one in [world.raj(), world.ben(), world.zoe()] {
                one.sees("is over");
            }
            world.slack().deliveries().redeliver_last().await;
            world.settle().await;
            ana.sees_nothing_new();
        })
        .await;
}
