//! The Home tab: what it shows on the first day and later, and that it follows what happens elsewhere.

use crate::{member::Member, setting::over_both_transports};

const LEADER: &str = "Leader: what and why";
const MANAGER: &str = "Manager: how and when";

async fn checks_in(member: &Member, answer: &str, hat: &str) {
    member.types("/leadlens checkin").await;
    member.sees_form("Check in");
    member.fills([("answer", answer), ("hat", hat)]);
    member.submits().await;
    member.stops_here();
}

#[tokio::test]
async fn home_is_of_use_before_the_first_check_in() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let home = ana.home();
        assert!(home.contains("Neither is better"), "{home}");
        assert!(home.contains("A check-in takes under a minute"), "{home}");
        assert!(!home.contains(" of the last 4 weeks"), "nothing to fall short of: {home}");
        ana.taps_home("Help").await;
        assert!(ana.sees_form("LeadLens").contains("/leadlens checkin"));
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn home_counts_the_month_and_tells_what_changed() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for nth in 0..8 {
            checks_in(&ana, &format!("October {nth}."), if nth < 2 { LEADER } else { MANAGER }).await;
        }
        let home = ana.home();
        assert!(home.contains("🟧🟧🟧⬜⬜⬜⬜⬜⬜⬜ Leader: 2 of 8"), "{home}");
        assert!(home.contains("🟦🟦🟦🟦🟦🟦🟦🟦⬜⬜ Manager: 6 of 8"), "{home}");
        assert!(home.contains("Active in 1 of the last 4 weeks."), "{home}");
        world.clock_to("2026-11-02 10:00").await;
        ana.sees("OCTOBER 2026");
        assert!(ana.home().contains("November 2026: nothing yet."), "a report refreshes it: {}", ana.home());
        checks_in(&ana, "November.", LEADER).await;
        let home = ana.home();
        assert!(home.contains("🟧 Leader: 1 of 1"), "{home}");
        assert!(home.contains("Too few to tell"), "{home}");
        assert!(home.contains("October 2026: leader 2 of 8, manager 6 of 8."), "{home}");
        for nth in 0..7 {
            checks_in(&ana, &format!("November {nth}."), LEADER).await;
        }
        let home = ana.home();
        assert!(home.contains("Since October 2026: leader 25 % → 100 %, manager 75 % → 0 %."), "{home}");
    })
    .await;
}

#[tokio::test]
async fn home_follows_what_happens_in_the_direct_message() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        assert!(ana.home().contains("The next question comes on Fri 2 Oct, 09:30."), "{}", ana.home());
        let reply = ana.replies(&nudge, "I ask them what they see.").await;
        ana.sees("I ask them what they see.");
        assert!(ana.home().contains("I ask them what they see."), "{}", ana.home());
        ana.edits(&reply, "I wait for them.").await;
        ana.sees("I wait for them.");
        assert!(ana.home().contains("I wait for them."), "{}", ana.home());
        ana.types("/leadlens pause 2026-10-19").await;
        ana.sees("Paused.");
        assert!(ana.home().contains("Paused until Mon 19 Oct 2026."), "{}", ana.home());
        ana.taps_home("Resume").await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.taps_home("Edit").await;
        ana.sees_form("Edit");
        ana.closes_form();
        ana.taps_home("Delete").await;
        ana.sees("The answer was deleted.");
        assert!(!ana.home().contains("I wait for them."), "{}", ana.home());
    })
    .await;
}

#[tokio::test]
async fn home_is_not_published_for_a_member_who_never_opened_it() {
    over_both_transports(async |world| {
        let raj = world.raj();
        raj.types("/leadlens help").await;
        raj.sees("I am LeadLens");
        raj.sees("/leadlens checkin");
        world.slack().look(|state| assert!(state.homes.is_empty(), "nothing to look at, nothing published"));
    })
    .await;
}
