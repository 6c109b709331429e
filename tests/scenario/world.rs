//! The world of a conversation: a workspace, the bot in it, one clock for both, and what must be true
//! when the conversation is over. What a single member does and sees is in `member`.

mod bot;
mod database;

use crate::{member::Member, setting::Setting};
use bot::BotControl;
use database::Database;
use jiff::{SignedDuration, Timestamp, civil::DateTime};
use leadlens::{
    clock::{ManualClock, SeededRng},
    coach::{
        cadence,
        ids::{MemberId, TeamId, UserId},
        member::Zone,
    },
    config::{Config, Environment},
    server::Bot,
    slack::web_api::install_tls_provider,
};
use leadlens_sandbox::{
    Delivered, Options, Sandbox,
    transcript::{self, message},
    workspace::{Message, User, View},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    sync::Arc,
};
use tempfile::TempDir;

/// What is due this soon is carried out at once: Slack takes one message per second in a channel.
const SOON: SignedDuration = SignedDuration::from_secs(5);

/// A bound on the steps of one move, so that a defect cannot make a test run forever.
const MOST_STEPS: usize = 5_000;

pub const ANA: &str = "U0ANA";
pub const RAJ: &str = "U0RAJ";
pub const MIA: &str = "U0MIA";
pub const BEN: &str = "U0BEN";
pub const ZOE: &str = "U0ZOE";

/// The way in which Slack reaches the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    SocketMode,
    Http,
}

/// When each delivery comes once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    Never,
    AtOnce,
    AfterARestart,
}

/// The bot, the sandbox and the clock of a conversation. Cheap to clone.
#[derive(Clone)]
pub struct World(Rc<Inner>);

struct Inner {
    sandbox: Sandbox,
    clock: Arc<ManualClock>,
    zone: Zone,
    config: RefCell<Config>,
    environment: RefCell<Environment>,
    asks: Vec<&'static str>,
    folder: TempDir,
    transport: Transport,
    bot: tokio::sync::RwLock<Option<Bot>>,
    rng: Arc<SeededRng>,
    /// What was last read of each message and form, by its id.
    read: RefCell<HashMap<String, String>>,
    waiting: RefCell<usize>,
    again: Cell<Again>,
    /// How far Slack's clock is ahead of the bot's.
    slack_ahead: Cell<SignedDuration>,
}

impl World {
    pub(crate) async fn begin(setting: &Setting, transport: Transport) -> Self {
        install_tls_provider();
        let zone = Zone::parse(setting.zone, false).expect("a zone");
        let start = instant(setting.start, &zone);
        let people = vec![
            User::new(ANA, "Ana", setting.zone),
            User::new(RAJ, "Raj", "Asia/Kolkata"),
            User::new(MIA, "Mia", "America/New_York"),
            User::new(BEN, "Ben", "Europe/Berlin"),
            User::new(ZOE, "Zoe", "Europe/Berlin"),
        ];
        let mut options = Options::new(start.as_millisecond(), people);
        options.ack_timeout = setting.ack_within;
        let sandbox = Sandbox::start(options).await.expect("a sandbox");
        let folder = quick_folder();
        let database = format!("sqlite://{}?mode=rwc", folder.path().join("leadlens.db").display());
        let mut variables = vec![
            ("SLACK_API_URL", sandbox.api_url()),
            ("SLACK_BOT_TOKEN", sandbox.bot_token().to_owned()),
            ("SLACK_CONNECTIONS", "1".to_owned()),
            ("LEADLENS_LISTEN", "127.0.0.1:0".to_owned()),
            ("DATABASE_URL", database),
            match transport {
                Transport::SocketMode => ("SLACK_APP_TOKEN", sandbox.app_token().to_owned()),
                Transport::Http => ("SLACK_SIGNING_SECRET", sandbox.signing_secret().to_owned()),
            },
        ];
        variables.extend(setting.extra.iter().cloned());
        let environment = Environment::of(variables.iter().map(|(name, value)| (*name, value.as_str())));
        let mut config = Config::from(&environment).unwrap_or_else(|_| panic!("a configuration"));
        if let (Some(llm), Some(time_limit)) = (&mut config.llm, setting.model_waits) {
            llm.time_limit = time_limit;
        }
        config.slack.call_timeout = setting.slack_waits;
        let world = Self(Rc::new(Inner {
            sandbox,
            clock: ManualClock::at(start),
            zone,
            config: RefCell::new(config),
            environment: RefCell::new(environment),
            asks: setting.asks.clone(),
            folder,
            transport,
            bot: tokio::sync::RwLock::new(None),
            rng: SeededRng::new(7),
            read: RefCell::default(),
            waiting: RefCell::default(),
            again: Cell::new(Again::Never),
            slack_ahead: Cell::default(),
        }));
        world.bot().starts().await;
        world
    }

    pub fn ana(&self) -> Member {
        Member::new(self.clone(), ANA)
    }

    pub fn raj(&self) -> Member {
        Member::new(self.clone(), RAJ)
    }

    pub fn mia(&self) -> Member {
        Member::new(self.clone(), MIA)
    }

    pub fn ben(&self) -> Member {
        Member::new(self.clone(), BEN)
    }

    pub fn zoe(&self) -> Member {
        Member::new(self.clone(), ZOE)
    }

    /// The workspace, for what members do not do: faults, statuses, uninstalling.
    pub fn slack(&self) -> &Sandbox {
        &self.0.sandbox
    }

    pub fn bot(&self) -> BotControl<'_> {
        BotControl(self)
    }

    pub fn database(&self) -> Database<'_> {
        Database(self)
    }

    pub fn transport(&self) -> Transport {
        self.0.transport
    }

    pub fn now(&self) -> Timestamp {
        leadlens::clock::Clock::now(&*self.0.clock)
    }

    /// A local time of Ana's (`2026-10-02 09:30`) as an instant; one that is skipped is the next that
    /// exists, of two the first.
    pub fn at(&self, local: &str) -> Timestamp {
        instant(local, &self.0.zone)
    }

    /// Moves the clock to a local time of Ana's, stopping wherever something is due on the way.
    pub async fn clock_to(&self, local: &str) {
        self.clock_to_instant(self.at(local)).await;
    }

    pub async fn clock_forward(&self, by: SignedDuration) {
        self.clock_to_instant(self.now() + by).await;
    }

    pub async fn clock_to_instant(&self, to: Timestamp) {
        assert!(to >= self.now(), "a conversation does not go back in time: {to} < {}", self.now());
        for _ in 0..MOST_STEPS {
            self.settle().await;
            let retry_at = self
                .0
                .sandbox
                .deliveries()
                .next_retry_ms()
                .and_then(|ms| Timestamp::from_millisecond(ms).ok());
            match self.next_due_at().await.into_iter().chain(retry_at).min() {
                Some(due_at) if due_at <= to && due_at > self.now() => self.set_now(due_at),
                _ => break,
            }
            self.beats().await;
        }
        if to > self.now() {
            self.set_now(to);
        }
        self.beats().await;
        self.settle().await;
    }

    /// The bot has run all the while that the clock has moved.
    async fn beats(&self) {
        let now = self.now();
        let bot = self.0.bot.read().await;
        let Some(bot) = bot.as_ref() else { return };
        bot.state
            .store
            .write(move |tx| Box::pin(async move { tx.beat(now).await }))
            .await
            .expect("the store answers");
    }

    /// The clock jumps, and nothing happens on the way: the machine was down or asleep.
    pub fn clock_jumps_to(&self, local: &str) {
        self.set_now(self.at(local));
    }

    fn set_now(&self, to: Timestamp) {
        self.0.clock.set(to);
        self.0.sandbox.set_now_ms((to + self.0.slack_ahead.get()).as_millisecond());
    }

    /// From now on Slack's clock is so far ahead of the bot's, or behind it.
    pub fn slacks_clock_is_ahead(&self, by: SignedDuration) {
        self.0.slack_ahead.set(by);
        self.set_now(self.now());
    }

    async fn next_due_at(&self) -> Option<Timestamp> {
        let bot = self.0.bot.read().await;
        bot.as_ref()?.next_due_at().await.expect("the store answers")
    }

    /// Lets the bot do what is due now or very soon.
    pub async fn settle(&self) {
        for _ in 0..MOST_STEPS {
            self.0.sandbox.deliveries().retry_due().await;
            {
                let bot = self.0.bot.read().await;
                let Some(bot) = bot.as_ref() else { return };
                bot.settle().await;
                if bot.tick().await.expect("a tick").did_anything() {
                    continue;
                }
                bot.settle().await;
            }
            match self.next_due_at().await {
                Some(due_at) if due_at <= self.now() + SOON => self.set_now(due_at.max(self.now())),
                _ => return,
            }
        }
        panic!("the bot never came to rest\n{}", self.told());
    }

    pub fn member_id(&self, user: &str) -> MemberId {
        let team = TeamId::parse(&self.0.sandbox.team_id()).expect("a team");
        MemberId { team, user: UserId::parse(user).expect("a user") }
    }

    /// From now on every delivery comes twice.
    pub fn everything_comes(&self, again: Again) {
        self.0.again.set(again);
    }

    /// The last delivery comes once more, if this world is like that; it is answered the same.
    pub(crate) async fn comes_again(&self, delivered: &Delivered) {
        match self.0.again.get() {
            Again::Never => return,
            Again::AtOnce => {}
            Again::AfterARestart => self.bot().restarts().await,
        }
        let again = self.0.sandbox.deliveries().redeliver_last().await;
        assert!(again.acked, "the second time was not acknowledged: {again:?}");
        assert_eq!(again.ack, delivered.ack, "the second time is answered the same");
        self.settle().await;
        if self.0.again.get() == Again::AfterARestart {
            self.forms_came();
        }
    }

    /// A bot that has just started cannot know that the form of a used trigger came, and says so. Here
    /// everybody has seen their forms.
    fn forms_came(&self) {
        let said = self.0.sandbox.look(|state| {
            let messages = state.channels.values().flat_map(|channel| {
                channel.messages.iter().map(|shown| (format!("{}:{}", channel.id, shown.ts), message(shown)))
            });
            messages.filter(|(_, shows)| shows.contains("If no form came")).collect::<Vec<_>>()
        });
        for (id, shows) in said {
            self.note_read(id, shows);
        }
    }

    /// The conversation ends with so many rows and jobs that wait for their time: a question that was
    /// put off, for one.
    pub fn still_waits(&self, rows_and_jobs: usize) {
        *self.0.waiting.borrow_mut() = rows_and_jobs;
    }

    /// The messages of a channel. This call marks them as read.
    pub fn messages_in(&self, channel: &str) -> Vec<Message> {
        let messages = self.0.sandbox.look(|state| state.channels[channel].messages.clone());
        for shown in &messages {
            self.note_read(format!("{channel}:{}", shown.ts), message(shown));
        }
        messages
    }

    /// Everything that can be seen, for a message that helps.
    pub fn told(&self) -> String {
        format!("{}\n{}", self.now(), self.0.sandbox.look(transcript::everything))
    }

    /// Notes that somebody has read this; false when it was read before and has not changed.
    pub(crate) fn note_read(&self, id: String, shows: String) -> bool {
        self.0.read.borrow_mut().insert(id, shows.clone()).is_none_or(|before| before != shows)
    }

    pub(crate) fn is_unread(&self, id: &str, shows: &str) -> bool {
        self.0.read.borrow().get(id).is_none_or(|read| read != shows)
    }

    /// What the test has not read: messages of ours, and open forms.
    fn unread(&self) -> Vec<String> {
        self.0.sandbox.look(|state| {
            let messages = state.channels.values().flat_map(|channel| {
                let ours = channel.messages.iter().filter(|message| message.bot);
                ours.map(|shown| (format!("{}:{}", channel.id, shown.ts), message(shown)))
            });
            let forms = state.stacks.keys().filter_map(|user| state.modal(user));
            let forms = forms.map(|view| (view.id.clone(), form_as_read(view)));
            messages.chain(forms).filter(|(id, shows)| self.is_unread(id, shows)).map(|it| it.1).collect()
        })
    }

    pub(crate) async fn finish(&self) {
        self.settle().await;
        let unread = self.unread();
        assert!(unread.is_empty(), "nobody has read:\n{}\n\n{}", unread.join("\n---\n"), self.told());
        let (unfinished, waiting) = (self.database().unfinished().await, *self.0.waiting.borrow());
        assert_eq!(unfinished.len(), waiting, "unfinished: {unfinished:#?}\n{}", self.told());
        self.bot().stops().await;
        self.0.sandbox.shutdown();
    }
}

/// A form without the content of its inputs, which is the member's own text.
pub(crate) fn form_as_read(view: &View) -> String {
    format!("{}{}{:?}{:?}", transcript::plain(&view.content["title"]), view.hash, view.errors, view.trouble)
}

/// In memory where the system has such a place: hundreds of databases that are synced to a disk at every
/// commit would measure the disk.
fn quick_folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).expect("a folder")
}

fn instant(local: &str, zone: &Zone) -> Timestamp {
    let local: DateTime = local.replace(' ', "T").parse().expect("a local time such as 2026-10-02 09:30");
    cadence::resolve(local.date(), local.time(), &zone.time_zone())
}
