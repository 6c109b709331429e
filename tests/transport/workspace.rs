//! Both transports at the sandbox workspace: the same members do the same things, and what gets lost on the
//! way is delivered again and changes nothing.

use crate::world::{HttpEndpoint, NOW_S, World};
use futures::future::join_all;
use leadlens::slack::{
    transport::socket::{SocketOptions, SocketTransport},
    web_api::{SlackApi, install_tls_provider},
};
use leadlens_sandbox::{Options, Sandbox, workspace::User};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};

async fn sandbox() -> Sandbox {
    install_tls_provider();
    let ana = User::new("U0ANA", "Ana", "Europe/Berlin");
    let mut options = Options::new(NOW_S * 1_000, vec![ana]);
    options.ack_timeout = Duration::from_secs(1);
    Sandbox::start(options).await.unwrap()
}

async fn by_socket(world: &Arc<World>, sandbox: &Sandbox) -> SocketTransport {
    let api = SlackApi::new(&sandbox.api_url().parse().unwrap(), Arc::clone(&world.metrics)).unwrap();
    let options = SocketOptions { connections: 2, reconnect_s: 1 };
    let token = SecretString::from(sandbox.app_token());
    SocketTransport::open(api.morphism(), &token, options, world.receiver()).await.unwrap()
}

async fn by_http(world: &Arc<World>, sandbox: &Sandbox) -> HttpEndpoint {
    let transport = world.http_with(SecretString::from(sandbox.signing_secret())).await;
    sandbox.deliver_over_http(&format!("{}/slack/events", transport.base));
    transport
}

/// A little of everything; whether it was acknowledged, and with what.
async fn a_day_of_anas(sandbox: &Sandbox) -> Vec<(bool, Option<serde_json::Value>)> {
    let ana = sandbox.person("U0ANA");
    let mut answers = Vec::new();
    answers.push(ana.types("/leadlens help").await);
    answers.push(ana.types("/leadlens history a < b & \"c\"").await);
    answers.push(ana.uses_shortcut("check_in").await);
    answers.push(ana.opens_home().await);
    let (ts, said) = ana.says("I will ask <them> & wait").await;
    answers.push(said);
    answers.push(ana.replies(&ts, "and in the thread").await.1);
    answers.push(ana.edits(&ts, "I will ask them").await.unwrap());
    answers.push(ana.deletes(&ts).await.unwrap());
    answers.into_iter().map(|answer| (answer.acked, answer.ack)).collect()
}

/// The sandbox counts ids up, and its connections use some of them.
fn without_numbers(given: Vec<String>) -> Vec<String> {
    let plain = |text: String| text.replace(|c: char| c.is_ascii_digit(), "");
    given.into_iter().map(plain).collect()
}

#[tokio::test]
async fn the_same_day_looks_the_same_through_either_transport() {
    let (one, other) = (World::new(), World::new());
    let (by_socket_sandbox, by_http_sandbox) = (sandbox().await, sandbox().await);
    let _socket = by_socket(&one, &by_socket_sandbox).await;
    let _http = by_http(&other, &by_http_sandbox).await;
    let socket_answers = a_day_of_anas(&by_socket_sandbox).await;
    let http_answers = a_day_of_anas(&by_http_sandbox).await;
    assert_eq!(socket_answers, http_answers);
    assert!(socket_answers.iter().all(|(acked, _)| *acked));
    let given = without_numbers(one.given());
    assert_eq!(given, without_numbers(other.given()));
    assert_eq!(given.len(), 8);
    assert!(given.iter().any(|told| told.ends_with("I will ask <them> & wait")), "as typed: {given:#?}");
}

#[tokio::test]
async fn an_acknowledgement_lost_on_the_way_does_nothing_twice() {
    for socket_mode in [true, false] {
        let (world, sandbox) = (World::new(), sandbox().await);
        let socket = if socket_mode { Some(by_socket(&world, &sandbox).await) } else { None };
        let http = if socket_mode { None } else { Some(by_http(&world, &sandbox).await) };
        let ana = sandbox.person("U0ANA");
        sandbox.faults().lose_next_acks(2);
        let (_ts, said) = ana.says("once").await;
        assert!(said.acked);
        assert_eq!(said.tries, 3);
        let first = ana.types("/leadlens help").await;
        let again = sandbox.deliveries().redeliver_last().await;
        assert_eq!(first.ack, again.ack, "a redelivery answers the same");
        assert_eq!(world.given().len(), 5);
        assert_eq!(world.effects(), [1, 1]);
        drop((socket, http));
    }
}

#[tokio::test]
async fn no_message_is_lost_while_connections_come_and_go() {
    let (world, sandbox) = (World::new(), sandbox().await);
    let transport = by_socket(&world, &sandbox).await;
    let ana = sandbox.person("U0ANA");
    ana.says("the first").await;
    for round in 0..2 {
        let said: Vec<_> = (0..20).map(|nth| format!("message {round} {nth}")).collect();
        let saying = join_all(said.iter().map(|text| ana.says(text)));
        let disturbing = async {
            world.begun(1 + round * 20 + 3).await;
            if round == 0 { sandbox.faults().send_disconnect() } else { sandbox.faults().cut_connections() }
        };
        let (said, ()) = tokio::join!(saying, disturbing);
        assert!(said.iter().all(|(_, delivered)| delivered.acked), "round {round}");
    }
    assert_eq!(world.effects().len(), 41, "every message took effect");
    assert!(world.effects().iter().all(|times| *times == 1));
    assert!(transport.is_connected());
}
