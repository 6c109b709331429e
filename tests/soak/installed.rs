//! Two workspaces that installed the app by OAuth. What Slack refuses to one is held there, its own token asks after
//! it, and the other notices nothing.

use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use leadlens_sandbox::{Sandbox, transcript, workspace::User};

const ANA: &str = "U0ANA";
const BEN: &str = "U0BEN";

/// Thursday, eight in Berlin. Ana, of the one workspace, and Ben, of the other, are asked at half past nine.
async fn two_are_asked_at_half_past_nine() -> World {
    let begin: Timestamp = "2026-10-01T06:00:00Z".parse().expect("an instant");
    let of = |user: &str| vec![User::new(user, user, "Europe/Berlin")];
    let mut world = World::begin(begin, 7, [of(ANA), of(BEN)]).await;
    for (slack, user) in world.slack.clone().iter().zip([ANA, BEN]) {
        let person = slack.person(user);
        person.types("/leadlens schedule").await;
        world.rests().await;
        person.in_modal().submits().await.expect("the schedule");
        world.rests().await;
    }
    world
}

async fn until(world: &mut World, at: &str) {
    let at: Timestamp = at.parse().expect("an instant");
    while world.now < at {
        world.rests().await;
        let next = world.next_at().await.unwrap_or(at).clamp(world.now + SignedDuration::from_secs(1), at);
        world.set_now(next.min(world.now + SignedDuration::from_mins(3)));
    }
    world.rests().await;
}

fn questions(slack: &Sandbox, user: &str) -> usize {
    let shown = slack.person(user).from_bot();
    shown.iter().filter(|message| transcript::message(message).contains("[Reflect]")).count()
}

/// How often Slack was asked after a workspace.
fn probes(slack: &Sandbox) -> usize {
    slack.look(|state| state.calls.iter().filter(|(method, _)| method == "auth.test").count())
}

#[tokio::test]
async fn what_one_workspace_is_refused_is_held_there_alone_and_released() {
    for code in ["account_inactive", "invalid_auth", "token_revoked", "org_login_required"] {
        let mut world = two_are_asked_at_half_past_nine().await;
        until(&mut world, "2026-10-01T07:00:00Z").await;
        let (first, other) = (world.slack[0].clone(), world.slack[1].clone());
        other.faults().refuse_token(Some(code));
        until(&mut world, "2026-10-01T09:00:00Z").await;
        assert_eq!((questions(&first, ANA), questions(&other, BEN)), (1, 0), "{code}");
        assert!(probes(&other) > 0, "{code}: it is asked after");
        assert_eq!(probes(&first), 0, "{code}: with its own token");
        other.faults().refuse_token(None);
        until(&mut world, "2026-10-01T10:00:00Z").await;
        assert_eq!((questions(&first, ANA), questions(&other, BEN)), (1, 1), "{code}");
        until(&mut world, "2026-10-01T18:00:00Z").await;
        assert_eq!((questions(&first, ANA), questions(&other, BEN)), (1, 1), "{code}: once");
        world.stops().await;
    }
}

#[tokio::test]
async fn a_scope_that_one_workspace_lacks_is_noticed_with_its_own_token() {
    let mut world = two_are_asked_at_half_past_nine().await;
    let (first, other) = (world.slack[0].clone(), world.slack[1].clone());
    other.admin().withdraw_scope("chat:write");
    until(&mut world, "2026-10-01T09:00:00Z").await;
    assert_eq!((questions(&first, ANA), questions(&other, BEN)), (1, 0));
    other.admin().grant_scope("chat:write");
    until(&mut world, "2026-10-01T10:00:00Z").await;
    assert_eq!((questions(&first, ANA), questions(&other, BEN)), (1, 1));
    world.stops().await;
}
