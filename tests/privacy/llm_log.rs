//! The real bot before the sandbox, with a model that fails in every way and answers in some: no word of
//! either reaches a log or a metric.

use leadlens::{
    clock::{Env, ManualClock, SeededRng},
    coach::prompt::Library,
    config::{Config, Environment},
    server::{Bot, WorkerMode},
    slack::web_api::install_tls_provider,
    telemetry::{LogFormat, subscriber},
};
use leadlens_sandbox::{
    Options, Sandbox,
    model::{Model, Says},
    workspace::User,
};
use std::sync::{Arc, Mutex};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_word_to_or_from_a_model_reaches_a_log_or_a_metric() {
    let log = Log::default();
    let writer = log.clone();
    let logging = subscriber("trace", LogFormat::Json, move || writer.clone()).unwrap();
    let _this_thread = logging.set_default();
    install_tls_provider();
    let model = Model::start().await.unwrap();
    let start: jiff::Timestamp = "2026-10-01T08:00:00Z".parse().unwrap();
    let people = vec![User::new("U0ANA", "Ana", "Europe/Berlin")];
    let sandbox = Sandbox::start(Options::new(start.as_millisecond(), people)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}", folder.path().join("x.db").display());
    let api_url = sandbox.api_url();
    let config = Config::from(&Environment::of([
        ("SLACK_API_URL", api_url.as_str()),
        ("SLACK_BOT_TOKEN", sandbox.bot_token()),
        ("SLACK_SIGNING_SECRET", sandbox.signing_secret()),
        ("LEADLENS_LISTEN", "127.0.0.1:0"),
        ("DATABASE_URL", database.as_str()),
        ("LEADLENS_LLM_URL", model.url().as_str()),
        ("LEADLENS_LLM_MODEL", "small"),
        ("LEADLENS_LLM_API_KEY", "sk-zebra-key"),
    ]));
    let world = Env { clock: ManualClock::at(start), rng: SeededRng::new(7) };
    let library = Library::built_in().unwrap();
    let bot = Bot::start(&config.unwrap(), world, library, WorkerMode::Manual).await.unwrap();
    sandbox.deliver_over_http(&format!("http://{}/slack/events", bot.address()));
    let ana = sandbox.person("U0ANA");
    let answers = [
        Says::Text("What would the zebra-question ask you?".to_owned()),
        Says::Text("Have you tried the zebra-advice?".to_owned()),
        Says::Raw("{\"zebra-garbage\": ".to_owned()),
        Says::Status(500),
        Says::HalfAndHangsUp,
        Says::Huge,
    ];
    for (nth, says) in answers.into_iter().enumerate() {
        model.says(says);
        ana.types("/leadlens checkin").await;
        bot.settle().await;
        ana.in_modal().fills("situation", "The zebra-situation that two of my people are in.").unwrap();
        ana.in_modal().fills("answer", "The zebra-answer: I would ask the two of them first.").unwrap();
        ana.in_modal().fills("hat", "Both").unwrap();
        assert!(ana.in_modal().submits().await.unwrap().acked);
        bot.settle().await;
        if nth == 0 {
            ana.in_modal().clicks("Agree").await.unwrap();
            bot.settle().await;
        }
        ana.in_modal().closes();
    }
    assert_eq!(model.heard().len(), 6);
    assert!(model.heard().iter().all(|heard| heard.message().contains("zebra-answer")));
    let metrics = bot.metrics.render();
    bot.stop().await;
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("the model did not answer"), "the log was heard");
    for shown in [&logged, &metrics] {
        assert!(!shown.contains("zebra"), "{shown}");
    }
    for outcome in ["shown", "opening", "unreadable", "http_500", "no_answer", "too_large"] {
        let line = format!("leadlens_model_follow_ups_total{{outcome=\"{outcome}\"}} 1");
        assert!(metrics.contains(&line), "{outcome}: {metrics}");
    }
}
