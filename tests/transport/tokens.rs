//! `SLACK_BOT_TOKEN` serves the workspace that it belongs to, and no other one.

use crate::world::NOW_S;
use leadlens::{
    clock::{Env, ManualClock, SeededRng},
    coach::{
        ids::{ChannelId, MessageRef, MessageTs, RowId, TeamId, UserId},
        screen::Message,
    },
    interaction::{DeliveryOutcome, HoldReason, Outgoing, SlackCall, SlackGateway as _},
    slack::{
        delivery::Sender,
        tokens::{NoToken, Tokens},
        web_api::{SlackApi, install_tls_provider},
    },
    store::{Store, Workspace},
    telemetry::Metrics,
};
use leadlens_sandbox::{
    Options, Sandbox,
    workspace::{Fault, User},
};
use secrecy::SecretString;
use std::sync::Arc;

struct Slack {
    sandbox: Sandbox,
    store: Store,
    tokens: Tokens,
    sender: Sender,
    _folder: tempfile::TempDir,
}

impl Slack {
    async fn start() -> Self {
        install_tls_provider();
        let ana = User::new("U0ANA", "Ana", "Europe/Berlin");
        let sandbox = Sandbox::start(Options::new(NOW_S * 1_000, vec![ana])).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("x.db").display())).await.unwrap();
        let api = SlackApi::new(&sandbox.api_url().parse().unwrap(), Arc::new(Metrics::new())).unwrap();
        let token = Some(SecretString::from(sandbox.bot_token()));
        let tokens = Tokens::new(api.clone(), store.clone(), None, token);
        let clock = ManualClock::at(jiff::Timestamp::from_second(NOW_S).unwrap());
        let env = Env { clock, rng: SeededRng::new(7) };
        let sender = Sender::new(api, tokens.clone(), store.clone(), env);
        Self { sandbox, store, tokens, sender, _folder: folder }
    }

    fn own_team(&self) -> TeamId {
        TeamId::parse(&self.sandbox.team_id()).unwrap()
    }

    /// The methods that were called.
    fn calls(&self) -> Vec<String> {
        self.sandbox.look(|state| state.calls.iter().map(|(method, _)| method.clone()).collect())
    }

    async fn has_token(&self, team: &TeamId) -> bool {
        self.tokens.token_for(team).await.is_ok()
    }
}

fn other_team() -> TeamId {
    TeamId::parse("T0OTHER").unwrap()
}

fn post(team: TeamId) -> Outgoing {
    let message = Box::new(Message::Usage { problem: None });
    let user = UserId::parse("U0ANA").unwrap();
    outgoing(team, SlackCall::Post { user, channel: None, message, thread: None, files: Vec::new() })
}

fn update(team: TeamId) -> Outgoing {
    let at = MessageRef {
        channel: ChannelId::parse("D1").unwrap(),
        ts: MessageTs::parse("1764000000.000100").unwrap(),
    };
    outgoing(team, SlackCall::Update { at, message: Box::new(Message::Usage { problem: None }) })
}

fn outgoing(team: TeamId, call: SlackCall) -> Outgoing {
    let row = RowId::new(1, 2);
    Outgoing {
        row,
        holder: "me".to_owned(),
        post_before: jiff::Timestamp::MAX,
        team,
        call,
        in_doubt_since: None,
        reserved_files: Vec::new(),
        attempts: 0,
    }
}

#[tokio::test]
async fn the_token_from_the_environment_is_never_used_for_another_workspace() {
    let slack = Slack::start().await;
    // Whether that workspace was installed once or is unknown makes no difference.
    for is_known in [false, true] {
        if is_known {
            let workspace = Workspace::installed(other_team(), "Other");
            let saved =
                slack.store.write(move |tx| Box::pin(async move { tx.save_workspace(&workspace).await }));
            saved.await.unwrap();
        }
        for what in [post(other_team()), update(other_team())] {
            let reason = HoldReason::Workspace("not_installed".to_owned());
            let held = DeliveryOutcome::Held { reason, is_in_doubt: false };
            assert_eq!(slack.sender.deliver(what).await, held);
        }
        let user = UserId::parse("U0ANA").unwrap();
        let asked = slack.sender.presence(&other_team(), &[user]).await;
        assert_eq!(asked.missing.unwrap().code, "not_installed");
    }
    assert_eq!(slack.calls(), ["auth.test"], "the only call asks whose token it is, once");
    let sent = slack.sender.deliver(post(slack.own_team())).await;
    assert!(matches!(sent, DeliveryOutcome::Sent { .. }), "{sent:?}");
}

#[tokio::test]
async fn the_token_is_not_used_before_slack_has_named_its_workspace() {
    let slack = Slack::start().await;
    slack.sandbox.faults().fail("auth.test", Fault::ServerError);
    let refused = slack.tokens.token_for(&slack.own_team()).await;
    assert!(matches!(refused, Err(NoToken::Unidentified(_))), "{refused:?}");
    slack.sandbox.faults().fail("auth.test", Fault::ServerError);
    let postponed = slack.sender.deliver(post(slack.own_team())).await;
    assert!(matches!(postponed, DeliveryOutcome::Retry { .. }), "nothing is given up: {postponed:?}");
    assert!(slack.has_token(&slack.own_team()).await);
}

#[tokio::test]
async fn an_answer_that_the_bot_has_anyway_saves_the_question() {
    let slack = Slack::start().await;
    let identity = |team: &TeamId| serde_json::json!({"ok": true, "team_id": team.as_str()});
    slack.tokens.note_env_token_identity(&identity(&slack.own_team()));
    slack.tokens.note_env_token_identity(&identity(&other_team()));
    assert!(slack.has_token(&slack.own_team()).await);
    assert!(!slack.has_token(&other_team()).await, "the first answer counts");
    assert_eq!(slack.calls(), Vec::<String>::new());
}
