//! Nudges: one question at the member's own hour, and what can be done with it.

use crate::world::on_both_doors;

#[tokio::test]
async fn a_nudge_at_half_past_nine_is_answered_in_its_thread() {
    on_both_doors(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.replies(&nudge, "Let Raj answer it.").await;
        let kept = ana.sees("> Let Raj answer it.");
        assert_eq!(kept.ts, nudge.ts, "the question itself shows that it is kept");
        ana.taps_on(&kept, "Leader: what and why").await;
        ana.sees("You said: leader hat.");
        world.clock_to("2026-10-01 23:00").await;
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Let Raj answer it.");
    })
    .await;
}
