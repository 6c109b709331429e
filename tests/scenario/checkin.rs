//! The check-in: two steps in one form, kept before it is acknowledged.

use crate::setting::over_both_transports;
use leadlens::coach::{hat::Hats, room::Room};

#[tokio::test]
async fn a_check_in_in_two_steps() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens checkin").await;
        assert!(ana.sees_form("Check in").contains("What do you think the best move is?"));
        ana.fills([
            ("situation", "Two of my best people argue about the roadmap."),
            ("room", "Without direction"),
            ("answer", "Say where we want to be in a year."),
            ("hat", "Leader: what and why"),
        ]);
        ana.submits().await;
        let follow_up = ana.sees_form("One more question");
        assert!(follow_up.contains("> Two of my best people argue about the roadmap."), "{follow_up}");
        assert!(follow_up.contains("> Say where we want to be in a year."), "{follow_up}");
        assert!(follow_up.contains("You ticked: Leader: what and why."), "{follow_up}");
        let kept = ana.only_reflection().await;
        assert_eq!(kept.room, Some(Room::Directionless));
        assert_eq!(kept.hat_said, Some(Hats { leader: true, manager: false }));
        ana.fills([("follow-up-answer", "That I had never said it aloud.")]);
        ana.submits().await;
        ana.sees_no_form();
        let kept = ana.only_reflection().await;
        assert_eq!(kept.follow_up_answer.reveal(), "That I had never said it aloud.");
        assert_eq!(kept.answer.reveal(), "Say where we want to be in a year.");
    })
    .await;
}

#[tokio::test]
async fn an_error_stands_beside_its_field_and_is_mended() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([("situation", "The launch."), ("answer", " \u{200b} "), ("hat", "Both")]);
        ana.submits().await;
        let form = ana.sees_form("Check in");
        assert!(form.contains("! This is still empty. A few words are enough."), "{form}");
        assert!(form.contains("The launch."), "what was typed stays: {form}");
        assert!(ana.reflections().await.is_empty());
        ana.fills([("answer", "Wait a day.")]);
        ana.submits().await;
        ana.stops_here();
        assert_eq!(ana.only_reflection().await.situation.reveal(), "The launch.");
    })
    .await;
}
