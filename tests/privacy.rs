//! Whatever members do, in whatever order: nobody is ever shown another's words. The one exception is
//! a comment in a feedback round, shown to the asker once three or more have answered, and the form
//! that takes it says so. No word reaches a log or a metric either, the way to a model included.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect should stop there"
)]

use async_trait::async_trait;
use leadlens::{
    app::{
        App, Settings,
        incoming::{Ack, DeliveryKey, Door, Incoming, Next, PressedAt, Reply, Trigger, Values, What},
        outgoing::{Carry, Delivery, Outgoing},
        ports::{Fetched, Slack, Unavailable},
    },
    bot::{Bot, Works},
    clock::{Env, ManualClock, SeededRng},
    coach::{
        audit::Meeting,
        feedback::{Person, Step},
        hat::{Hat, Hats},
        ids::{ChannelId, FileId, MemberId, MessageRef, MessageTs, TeamId, UserId, ViewId},
        member::Presence,
        member_text::MemberText,
        plan::PlanFields,
        prompt::Library,
        reflection::CheckinFields,
        screen::{Form, FormState, Invitation, Message, Press},
    },
    config::{Config, Environment},
    slack::{client::install_tls_provider, render},
    store::Store,
    telemetry::{LogFormat, log_to},
    worker::Worker,
};
use leadlens_sandbox::{
    Options, Sandbox,
    model::{Model, Says},
    workspace::User,
};
use proptest::prelude::*;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::util::SubscriberInitExt as _;

const PEOPLE: [&str; 5] = ["UANA", "UBEN", "UCLEO", "UDAN", "UEVE"];

/// What somebody does next.
#[derive(Debug, Clone, Copy)]
enum Act {
    Checkin,
    Plan,
    Audit,
    History,
    Home,
    Export,
    Report,
    Answer(u8),
    Change,
    Decline,
    Withdraw,
    Forget,
    AskForFeedback,
    AWeekPasses,
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let act = prop_oneof![
        4 => Just(Act::Checkin),
        2 => Just(Act::Plan),
        1 => Just(Act::Audit),
        2 => Just(Act::History),
        2 => Just(Act::Home),
        1 => Just(Act::Export),
        1 => Just(Act::Report),
        8 => (1..=5_u8).prop_map(Act::Answer),
        2 => Just(Act::Change),
        1 => Just(Act::Decline),
        1 => Just(Act::Withdraw),
        1 => Just(Act::Forget),
        3 => Just(Act::AskForFeedback),
        2 => Just(Act::AWeekPasses),
    ];
    prop::collection::vec((0..PEOPLE.len(), act), 10..60)
}

/// What was shown to whom, and the questions that people hold.
#[derive(Default)]
struct Shown {
    to: Vec<(String, String)>,
    invitations: HashMap<String, (Invitation, MessageRef)>,
    results: Vec<(String, usize)>,
    sent: u64,
}

#[derive(Clone, Default)]
struct Eyes(Arc<Mutex<Shown>>);

impl Eyes {
    fn message(&self, user: &str, message: &Message, at: Option<&MessageRef>) {
        let rendered = render::message(message);
        let shows = format!("{}{}", rendered.text, serde_json::Value::from(rendered.blocks));
        let mut shown = self.0.lock().unwrap();
        match message {
            Message::FeedbackAsk(screen) => {
                if let Some(at) = at {
                    shown.invitations.insert(user.to_owned(), (screen.from.clone(), at.clone()));
                }
            }
            Message::FeedbackResult(result) => {
                let answers = result.counts.map_or(0, |counts| counts.iter().sum::<u32>());
                shown.results.push((user.to_owned(), answers as usize));
                if answers >= 3 {
                    // The exception. Nothing else of the message may hold words either.
                    let comments: Vec<&str> = result.comments.iter().map(MemberText::reveal).collect();
                    assert!(comments.iter().all(|comment| comment.starts_with("comment-")), "{comments:?}");
                    return;
                }
            }
            _ => {}
        }
        shown.to.push((user.to_owned(), shows));
    }

    fn view(&self, user: &str, view: serde_json::Value) {
        self.0.lock().unwrap().to.push((user.to_owned(), view.to_string()));
    }
}

#[async_trait]
impl Slack for Eyes {
    async fn deliver(&self, outgoing: Outgoing) -> Delivery {
        let (user, message, at, files) = match outgoing.what {
            Carry::Post { user, message, files, .. } => {
                let mut shown = self.0.lock().unwrap();
                shown.sent += 1;
                let ts = MessageTs::parse(&format!("1764.{:06}", shown.sent)).unwrap();
                let channel = ChannelId::parse(&format!("D{}", user.as_str())).unwrap();
                (user.to_string(), message, MessageRef { channel, ts }, files)
            }
            Carry::Update { at, message } => {
                let user = at.channel.as_str().trim_start_matches('D').to_owned();
                (user, message, at, Vec::new())
            }
        };
        self.message(&user, &message, Some(&at));
        for file in &files {
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            // An asker's export holds the comments that they were shown.
            let text = if user == PEOPLE[0] { text.replace("comment-", "shown-") } else { text };
            self.0.lock().unwrap().to.push((user.clone(), text));
        }
        Delivery::Sent { channel: at.channel.clone(), message: Some(at), files: Vec::new() }
    }

    async fn presence(
        &self,
        _team: &TeamId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, Unavailable> {
        Ok(users.iter().map(|user| (user.clone(), Presence::default())).collect())
    }

    async fn message_text(&self, _: &TeamId, _: &MessageRef) -> Result<Option<MemberText>, Unavailable> {
        Ok(None)
    }

    async fn delete_message(&self, _: &TeamId, _: &MessageRef) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn delete_file(&self, _: &TeamId, _: &str) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn file(&self, _: &TeamId, _: &FileId, _: usize) -> Result<Fetched, Unavailable> {
        Ok(Fetched::Gone)
    }

    async fn show_form(&self, _: &TeamId, _: &ViewId, _: &Form) -> Result<bool, Unavailable> {
        Ok(false)
    }

    async fn people(&self, _team: &TeamId, users: &[UserId]) -> Result<HashMap<UserId, Person>, Unavailable> {
        Ok(users.iter().map(|user| (user.clone(), Person { can_be_asked: true, zone: None })).collect())
    }

    async fn profile(&self, _: &MemberId) -> Result<Presence, Unavailable> {
        Ok(Presence::default())
    }
}

struct Workspace {
    app: App,
    worker: Worker,
    eyes: Eyes,
    clock: Arc<ManualClock>,
    deliveries: u64,
    _folder: tempfile::TempDir,
}

impl Workspace {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("x.db").display())).await.unwrap();
        let clock = ManualClock::at("2026-10-01T10:00:00Z".parse().unwrap());
        let world = Env { clock: clock.clone(), rng: SeededRng::new(7) };
        let app = App::new(store, world, Arc::new(Library::built_in().unwrap()), Settings::default());
        let eyes = Eyes::default();
        let worker = Worker::new(app.clone(), Arc::new(eyes.clone()), CancellationToken::new());
        Self { app, worker, eyes, clock, deliveries: 0, _folder: folder }
    }

    fn who(nth: usize) -> MemberId {
        MemberId { team: TeamId::parse("T1").unwrap(), user: UserId::parse(PEOPLE[nth]).unwrap() }
    }

    /// Delivers, shows what is owed for it, and lets the worker do what is due.
    async fn deliver(&mut self, nth: usize, what: What) {
        self.deliveries += 1;
        let key = match &what.about_round() {
            Some(_) => format!("feedback:{}", self.deliveries),
            None => format!("test:{}", self.deliveries),
        };
        let reply = self.app.dispatch(Incoming { key: DeliveryKey(key), what }).await.unwrap();
        self.show(PEOPLE[nth], reply).await;
        while self.worker.tick().await.unwrap().did_anything() {}
    }

    async fn show(&self, user: &str, reply: Reply) {
        match &reply.ack {
            Ack::Say(message) => self.eyes.message(user, message, None),
            Ack::Show(form) => self.eyes.view(user, render::form(form)),
            _ => {}
        }
        for next in &reply.next {
            match next {
                Next::Open { form, .. } | Next::Update { form, .. } => {
                    self.eyes.view(user, render::form(form));
                }
                Next::Amend { at, message, .. } => {
                    let whose = at.channel.as_str().trim_start_matches('D').to_owned();
                    self.eyes.message(&whose, message, Some(at));
                }
                Next::PublishHome { who } => {
                    let home = self.app.home(who).await.unwrap();
                    self.eyes.view(who.user.as_str(), render::home(&home));
                }
                _ => {}
            }
        }
    }

    fn door() -> Door {
        Door { trigger: Some(Trigger("t".to_owned())), ..Door::default() }
    }

    fn typed(&self, nth: usize, text: &str) -> What {
        What::CommandTyped { who: Self::who(nth), text: MemberText::new(text), door: Self::door() }
    }

    fn view(&self) -> ViewId {
        ViewId::parse(&format!("V{}", self.deliveries)).unwrap()
    }

    async fn act(&mut self, nth: usize, act: Act) {
        let number = self.deliveries;
        let held = self.eyes.0.lock().unwrap().invitations.get(PEOPLE[nth]).cloned();
        let who = Self::who(nth);
        let tapped = |press: Press, at: MessageRef| What::Pressed {
            who: who.clone(),
            press,
            at: PressedAt::Message(at),
            door: Self::door(),
        };
        let what = match act {
            Act::Checkin => What::Submitted {
                who: who.clone(),
                view: self.view(),
                state: FormState::Checkin { nudge: None, prompt: None, care_acknowledged: false },
                values: Values::Checkin(CheckinFields {
                    situation: MemberText::new(format!("secret-{}-{number}", PEOPLE[nth])),
                    room: None,
                    answer: MemberText::new(format!("secret-{}-{number}", PEOPLE[nth])),
                    hat: Some(Hats::BOTH),
                    follow_up: None,
                }),
            },
            Act::Plan => {
                let words = MemberText::new(format!("secret-{}-plan", PEOPLE[nth]));
                let on = jiff::tz::TimeZone::UTC.to_datetime(self.app.env.now()).date()
                    + jiff::Span::new().days(3);
                What::Submitted {
                    who: who.clone(),
                    view: self.view(),
                    state: FormState::Plan {
                        plan: None,
                        experiment: Some(Hat::Leader),
                        care_acknowledged: false,
                    },
                    values: Values::Plan(PlanFields {
                        cue: words.clone(),
                        act: words,
                        on: Some(on),
                        time: Some(jiff::civil::time(12, 0, 0, 0)),
                    }),
                }
            }
            Act::Audit => {
                let title = MemberText::new(format!("secret-{}-meeting", PEOPLE[nth]));
                What::Submitted {
                    who: who.clone(),
                    view: self.view(),
                    state: FormState::Audit { audit: None, care_acknowledged: false },
                    values: Values::Audit {
                        meetings: vec![Meeting { title, hats: Some(Hats::BOTH) }],
                        calendar: None,
                    },
                }
            }
            Act::History => self.typed(nth, "history"),
            Act::Home => What::HomeOpened { who: who.clone() },
            Act::Export => self.typed(nth, "export"),
            Act::Report => self.typed(nth, "report"),
            Act::Forget => What::Submitted {
                who: who.clone(),
                view: self.view(),
                state: FormState::Forget,
                values: Values::Nothing,
            },
            Act::AskForFeedback => self.typed(0, "feedback <@UBEN> <@UCLEO> <@UDAN> <@UEVE>"),
            Act::AWeekPasses => {
                let now = self.app.env.now() + jiff::SignedDuration::from_hours(24 * 16);
                self.clock.set(now);
                What::HomeOpened { who: Self::who(0) }
            }
            Act::Answer(_) | Act::Change | Act::Decline | Act::Withdraw => {
                let Some((from, at)) = held else { return };
                match act {
                    Act::Change => tapped(Press::FeedbackAnswer(from), at),
                    Act::Decline => tapped(Press::FeedbackDecline(from), at),
                    Act::Withdraw => tapped(Press::FeedbackWithdraw(from), at),
                    _ => {
                        let Act::Answer(step) = act else { return };
                        What::Submitted {
                            who: who.clone(),
                            view: self.view(),
                            state: FormState::Feedback {
                                from: Box::new(from),
                                at: Box::new(at),
                                care_acknowledged: false,
                            },
                            values: Values::Feedback {
                                step: Step::new(step),
                                comment: MemberText::new(format!("comment-{}-{number}", PEOPLE[nth])),
                            },
                        }
                    }
                }
            }
        };
        let nth = if matches!(act, Act::AskForFeedback | Act::AWeekPasses) { 0 } else { nth };
        self.deliver(nth, what).await;
    }
}

fn live(acts: Vec<(usize, Act)>) -> Shown {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut workspace = Workspace::open().await;
        for (nth, act) in acts {
            workspace.act(nth, act).await;
        }
        let shown = std::mem::take(&mut *workspace.eyes.0.lock().unwrap());
        workspace.app.store.clone().close().await;
        shown
    })
}

fn nobody_saw_anothers_words(shown: &Shown) -> Result<(), TestCaseError> {
    for (user, shows) in &shown.to {
        for other in PEOPLE.iter().filter(|other| *other != user) {
            for words in ["secret", "comment"] {
                let words = format!("{words}-{other}-");
                prop_assert!(!shows.contains(&words), "{user} is shown {words}: {shows}");
            }
        }
    }
    for (user, answers) in &shown.results {
        prop_assert_eq!(user, PEOPLE[0]);
        prop_assert!(*answers == 0 || *answers >= 3, "{} answers are shown", answers);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn no_member_ever_sees_anothers_text(acts in acts()) {
        nobody_saw_anothers_words(&live(acts))?;
    }
}

/// The property looks at what it means to look at: words, questions, and a result with comments.
#[test]
fn the_walk_sees_words_and_a_result() {
    let mut acts = vec![(0, Act::Checkin), (1, Act::Checkin), (0, Act::AskForFeedback)];
    acts.extend((1..=4).map(|nth| (nth, Act::Answer(2))));
    acts.extend([(0, Act::Plan), (1, Act::Plan), (0, Act::Audit), (0, Act::AWeekPasses)]);
    acts.extend([(0, Act::History), (1, Act::History), (0, Act::Home), (1, Act::Home), (0, Act::Export)]);
    let shown = live(acts);
    nobody_saw_anothers_words(&shown).unwrap();
    assert_eq!(shown.results, [(PEOPLE[0].to_owned(), 4)]);
    assert_eq!(shown.invitations.len(), 4);
    for user in &PEOPLE[..2] {
        let plan = format!("secret-{user}-plan");
        assert!(shown.to.iter().any(|(to, shows)| to == user && shows.contains(&plan)), "{user}");
        let words = |(to, shows): &&(String, String)| to == user && shows.contains("secret-");
        assert!(shown.to.iter().filter(words).count() >= 3, "{user}");
    }
}

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

/// The real bot before the sandbox, with a model that fails in every way and answers in some.
#[tokio::test]
async fn no_word_to_or_from_a_model_reaches_a_log_or_a_metric() {
    let log = Log::default();
    let writer = log.clone();
    let logging = log_to("trace", LogFormat::Json, move || writer.clone()).unwrap();
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
    let bot = Bot::start(&config.unwrap(), world, library, Works::WhenTold).await.unwrap();
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
        ana.fills("situation", "The zebra-situation that two of my people are in.").unwrap();
        ana.fills("answer", "The zebra-answer: I would ask the two of them first.").unwrap();
        ana.fills("hat", "Both").unwrap();
        assert!(ana.submits().await.unwrap().acked);
        bot.settle().await;
        if nth == 0 {
            ana.clicks_modal("Agree").await.unwrap();
            bot.settle().await;
        }
        ana.closes_modal();
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
