//! Tests of the harness: a scenario fails if it leaves a message unread or a form open.

use crate::{setting::Setting, world::Transport};

#[tokio::test]
#[should_panic(expected = "nobody has read")]
async fn an_unread_message_fails_the_conversation() {
    let helped = async |world: &crate::world::World| drop(world.ana().types("/leadlens help").await);
    Setting::at("2026-10-01 08:00").over(Transport::Http, helped).await;
}

#[tokio::test]
#[should_panic(expected = "unfinished")]
async fn an_unfinished_row_fails_the_conversation() {
    Setting::at("2026-10-01 09:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.clock_to("2026-10-01 09:30").await;
            ana.sees("[Reflect]");
            ana.taps("In an hour").await;
            ana.sees("Later: Thu 1 Oct, 10:30.");
        })
        .await;
}
