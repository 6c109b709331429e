//! One's own reflections: newest first, paged, searched, edited and deleted.

use crate::{member::Member, setting::over_both_transports};
use jiff::SignedDuration;

async fn keeps(member: &Member, situation: &str, answer: &str) {
    member.types("/leadlens checkin").await;
    member.sees_form("Check in");
    member.fills([("situation", situation), ("answer", answer), ("hat", "Both")]);
    member.submits().await;
    member.stops_here();
}

#[tokio::test]
async fn it_is_paged_newest_first() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens history").await;
        assert!(ana.sees_form("History").contains("Nothing yet. /leadlens checkin makes the first one."));
        ana.closes_form();
        for nth in 1..=17 {
            keeps(&ana, "", &format!("Move number {nth:02}.")).await;
            world.clock_forward(SignedDuration::from_mins(1)).await;
        }
        ana.types("/leadlens history").await;
        let newest = ana.sees_form("History");
        assert!(newest.contains("1 to 8 of 17"), "{newest}");
        let (first, second) = (newest.find("number 17").expect("17"), newest.find("number 16").expect("16"));
        assert!(first < second, "{newest}");
        ana.taps_form("Older").await;
        assert!(ana.sees_form("History").contains("9 to 16 of 17"));
        ana.taps_form("Older").await;
        let oldest = ana.sees_form("History");
        assert!(oldest.contains("17 to 17 of 17") && oldest.contains("number 01"), "{oldest}");
        // Deleting the only one of a page shows the page before.
        ana.taps_form("Delete").await;
        assert!(ana.sees_form("History").contains("9 to 16 of 16"));
        ana.taps_form("Newer").await;
        assert!(ana.sees_form("History").contains("1 to 8 of 16"));
        ana.closes_form();
        assert_eq!(ana.reflections().await.len(), 16);
    })
    .await;
}

#[tokio::test]
async fn it_is_searched_in_any_script_and_as_typed() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        keeps(&ana, "Die Größe des Teams.", "Wir wachsen.").await;
        keeps(&ana, "チームの方向性", "聞く。").await;
        keeps(&ana, "100 % <done> & 'dusted'; DROP TABLE reflection; --", "Celebrate.").await;
        for (search, hits) in [
            ("GRÖSSE", 1),
            ("größe", 1),
            ("方向", 1),
            ("100 %", 1),
            ("<done> &", 1),
            ("\"celebrate\"", 1),
            ("%", 1),
            ("_", 0),
            ("'; DROP TABLE", 1),
            ("nothing of the kind", 0),
            ("e", 3),
        ] {
            ana.types(&format!("/leadlens history {search}")).await;
            let form = ana.sees_form("History");
            match hits {
                0 => assert!(form.contains("Nothing of yours matches that."), "{search}: {form}"),
                _ => assert!(form.contains(&format!("1 to {hits} of {hits}")), "{search}: {form}"),
            }
            ana.closes_form();
        }
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.fills([("v1.search-enter", "wachsen")]);
        ana.presses_enter("v1.search-enter").await;
        assert!(ana.sees_form("History").contains("1 to 1 of 1"));
        ana.fills([("v1.search-enter", "")]);
        ana.presses_enter("v1.search-enter").await;
        assert!(ana.sees_form("History").contains("1 to 3 of 3"));
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn it_is_edited_there_and_home_follows() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        keeps(&ana, "The launch.", "Wait.").await;
        assert!(ana.home().contains("> Wait."), "{}", ana.home());
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.taps_form("Edit").await;
        let form = ana.sees_form("Edit");
        assert!(form.contains("The launch.") && form.contains("Wait."), "{form}");
        ana.fills([("answer", "Go."), ("hat", "Leader: what and why")]);
        ana.submits().await;
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Go.");
        assert!(ana.home().contains("> Go."), "{}", ana.home());
        ana.sees_no_form();
        ana.taps_home("Edit").await;
        ana.sees_form("Edit");
        ana.fills([("situation", "")]);
        ana.submits().await;
        assert!(ana.only_reflection().await.situation.is_blank());
        ana.taps_home("Delete").await;
        assert!(ana.reflections().await.is_empty());
        assert!(!ana.home().contains("> Go."), "{}", ana.home());
        ana.sees_no_form();
    })
    .await;
}

#[tokio::test]
async fn it_is_its_authors_alone() {
    over_both_transports(async |world| {
        let (ana, raj) = (world.ana().who_is_known().await, world.raj().who_is_known().await);
        keeps(&ana, "Between us.", "Ask Raj first.").await;
        raj.types("/leadlens history between").await;
        assert!(raj.sees_form("History").contains("Nothing of yours matches that."));
        raj.closes_form();
        // Ana's button under Raj's finger: a forged payload, or one that was forwarded.
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        let view = ana.open_form().expect("a form");
        ana.closes_form();
        let delete =
            leadlens_sandbox::script::action_of(&view.content["blocks"], "Delete").expect("a button");
        let edit = leadlens_sandbox::script::action_of(&view.content["blocks"], "Edit").expect("a button");
        let welcome = raj.client().from_bot().remove(0);
        for action in [delete, edit] {
            assert!(raj.client().taps(&raj.client().dm(), &welcome, action).await.acked);
            world.settle().await;
            raj.sees("That reflection is no longer there.");
            raj.sees_no_form();
        }
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Ask Raj first.");
    })
    .await;
}

#[tokio::test]
async fn what_followed_up_is_shown_and_edited_with_the_rest() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        let answer = "Say nothing for a minute and let them begin with what they see.";
        ana.fills([("answer", answer), ("hat", "Both")]);
        ana.submits().await;
        ana.sees_form("One more question");
        ana.fills([("follow-up-answer", "It would be quiet.")]);
        ana.submits().await;
        let question = ana.only_reflection().await.follow_up.expect("a question");
        ana.types("/leadlens history").await;
        let history = ana.sees_form("History");
        assert!(history.contains(&question) && history.contains("> It would be quiet."), "{history}");
        ana.taps_form("Edit").await;
        let form = ana.sees_form("Edit");
        assert!(form.contains(&question) && form.contains("It would be quiet."), "{form}");
        ana.fills([("follow-up-answer", "It would be quiet, and then not.")]);
        ana.submits().await;
        let kept = ana.only_reflection().await;
        assert_eq!(kept.follow_up_answer.reveal(), "It would be quiet, and then not.");
        assert_eq!((kept.answer.reveal(), kept.follow_up), (answer, Some(question)));
        ana.closes_form();
        ana.opens_home().await;
        assert!(ana.home().contains("It would be quiet, and then not."), "{}", ana.home());
    })
    .await;
}
