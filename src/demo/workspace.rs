//! The workspace of the demo: a sandbox, a bot with a database of its own, one clock for both, and, for
//! the played month, the conversation printed as it would read in Slack.

use crate::{
    clock::{Env, ManualClock, SeededRng},
    coach::{
        ids::{MemberId, TeamId, UserId},
        member::Zone,
        prompt::Library,
    },
    config::{Config, Environment},
    server::{Bot, WorkerMode},
};
use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};
use leadlens_sandbox::{
    Options, Sandbox,
    script::Person,
    transcript,
    workspace::{Message, User},
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The member of the demo.
pub(super) const YOU: &str = "U0YOU";

/// Work that is due within this time is carried out at once, because Slack takes one message per second in
/// a channel.
const SOON: SignedDuration = SignedDuration::from_secs(5);

/// A bound on the steps of one move, so that a defect cannot make the demo run forever.
const MOST_STEPS: usize = 2_000;

/// The name of the database's file, in a folder that goes with the demo.
const DATABASE: &str = "demo.db";

/// How a demo begins.
pub struct DemoOptions {
    /// The instant.
    pub start: &'static str,
    /// The workspace's people, [`YOU`] among them.
    pub people: Vec<User>,
    /// The workspace's port; 0: a free one.
    pub port: u16,
    /// What becomes of the conversation.
    pub prints: Prints,
    /// How the member's own lines begin.
    pub called: &'static str,
    /// The questions that may be asked; `None`: all of the built-in library.
    pub library: Option<Library>,
    /// The database's file, which stays when the demo ends; `None`: one that goes with the demo.
    pub keep: Option<PathBuf>,
}

impl DemoOptions {
    /// Of these people at this instant, with nothing printed.
    pub fn of(start: &'static str, people: Vec<User>) -> Self {
        Self { start, people, port: 0, prints: Prints::Nothing, called: "You", library: None, keep: None }
    }
}

/// What becomes of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prints {
    /// It is not told.
    Nothing,
    /// It is told on the terminal.
    ToTerminal,
    /// It is kept until [`DemoWorkspace::take_told`].
    Kept,
}

/// The workspace, the bot and the clock of the demo.
pub struct DemoWorkspace {
    /// The workspace.
    pub sandbox: Sandbox,
    /// The bot in it.
    pub bot: Bot,
    /// The member.
    pub you: Person,
    clock: Arc<ManualClock>,
    zone: Zone,
    folder: PathBuf,
    database: PathBuf,
    prints: Prints,
    called: &'static str,
    printed: Mutex<HashMap<String, String>>,
    told: Mutex<String>,
}

impl DemoWorkspace {
    /// Starts the sandbox and the bot in it.
    ///
    /// # Errors
    /// When the sandbox or the bot does not start.
    pub async fn start(options: DemoOptions) -> anyhow::Result<Self> {
        let DemoOptions { start, people, port, prints, called, library, keep } = options;
        let start: Timestamp = start.parse()?;
        crate::slack::web_api::install_tls_provider();
        let zone = people.iter().find(|user| user.id == YOU).map(|user| user.tz.clone()).unwrap_or_default();
        let options = Options { port, ..Options::new(start.as_millisecond(), people) };
        let sandbox = Sandbox::start(options).await?;
        let folder = own_folder()?;
        let database = keep.unwrap_or_else(|| folder.join(DATABASE));
        let database_url = format!("sqlite://{}?mode=rwc", database.display());
        let environment = Environment::of([
            ("SLACK_API_URL", sandbox.api_url().as_str()),
            ("SLACK_BOT_TOKEN", sandbox.bot_token()),
            ("SLACK_APP_TOKEN", sandbox.app_token()),
            ("SLACK_CONNECTIONS", "1"),
            ("LEADLENS_LISTEN", "127.0.0.1:0"),
            ("DATABASE_URL", database_url.as_str()),
        ]);
        let config =
            Config::from(&environment).map_err(|_| anyhow::anyhow!("the demo's configuration is wrong"))?;
        let library = match library {
            Some(library) => library,
            None => Library::built_in().map_err(|_| anyhow::anyhow!("the built-in prompts are wrong"))?,
        };
        let clock = ManualClock::at(start);
        let env = Env { clock: clock.clone(), rng: SeededRng::new(7) };
        let bot = Bot::start(&config, env, library, WorkerMode::Manual).await?;
        let you = sandbox.person(YOU);
        let zone = Zone::parse(&zone, false).context("the demo's zone")?;
        let (printed, told) = (Mutex::default(), Mutex::default());
        Ok(Self { sandbox, bot, you, clock, zone, folder, database, prints, called, printed, told })
    }

    /// Takes everything down again, with the database unless it is kept.
    pub async fn shutdown(self) {
        self.bot.stop().await;
        self.sandbox.shutdown();
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    /// Deletes the files of the demo, when there is no time for a full shutdown.
    pub fn remove_files(&self) {
        self.sandbox.shutdown();
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    /// The database's file.
    pub fn database(&self) -> &Path {
        &self.database
    }

    /// The workspace and the person, as the bot knows them.
    ///
    /// # Errors
    /// When they are no ids of Slack.
    pub fn member_id(&self, user: &str) -> anyhow::Result<MemberId> {
        Ok(MemberId { team: TeamId::parse(&self.sandbox.team_id())?, user: UserId::parse(user)? })
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.bot.state.env.now()
    }

    fn set_now(&self, to: Timestamp) {
        self.clock.set(to);
        self.sandbox.set_now_ms(to.as_millisecond());
    }

    /// A local date and time of the member as an instant.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn at(&self, local: &str) -> anyhow::Result<Timestamp> {
        let local: jiff::civil::DateTime = local.parse()?;
        Ok(crate::coach::cadence::resolve(local.date(), local.time(), &self.zone.time_zone()))
    }

    /// Lets the bot do what is due now or very soon, and prints what became visible.
    ///
    /// # Errors
    /// When the bot's store does not answer.
    pub async fn settle(&self) -> anyhow::Result<()> {
        for _ in 0..MOST_STEPS {
            self.bot.settle().await;
            let ticked = self.bot.tick().await?;
            self.bot.settle().await;
            if ticked.did_anything() {
                continue;
            }
            match self.bot.next_due_at().await? {
                Some(due_at) if due_at <= self.now().saturating_add(SOON)? => {
                    self.set_now(due_at.max(self.now()));
                }
                _ => {
                    // Not before: what is seen on the way depends on how quick the machine is.
                    self.print_new();
                    return Ok(());
                }
            }
        }
        bail!("the bot never came to rest")
    }

    /// Moves the clock to an instant, stopping wherever something is due on the way.
    ///
    /// # Errors
    /// When the bot's store does not answer.
    pub async fn move_to(&self, to: Timestamp) -> anyhow::Result<()> {
        for _ in 0..MOST_STEPS {
            self.settle().await?;
            match self.bot.next_due_at().await? {
                Some(due_at) if due_at <= to && due_at > self.now() => self.set_now(due_at),
                _ => break,
            }
        }
        if to > self.now() {
            self.set_now(to);
        }
        self.settle().await
    }

    /// Says what the member does, on a line of its own.
    pub fn narrate(&self, what: &str) {
        self.print(self.called, what);
    }

    /// A heading between scenes.
    pub fn scene(&self, title: &str) {
        self.tell(&format!("\n── {title} {}", "─".repeat(72_usize.saturating_sub(title.chars().count()))));
    }

    /// What was told since the last time, where it is kept.
    pub fn take_told(&self) -> String {
        std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tell(&self, line: &str) {
        match self.prints {
            Prints::Nothing => {}
            Prints::ToTerminal => println!("{line}"),
            Prints::Kept => {
                let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
                told.push_str(line);
                told.push('\n');
            }
        }
    }

    fn stamp(&self) -> String {
        self.zone.local(self.now()).strftime("%a %-d %b %H:%M").to_string()
    }

    /// The open modal, printed.
    pub fn print_modal(&self) {
        if let Some(view) = self.you.in_modal().view() {
            self.print("modal", &transcript::modal(&view));
        }
    }

    /// The Home tab, printed.
    pub fn print_home(&self) {
        let home = self.sandbox.look(|state| state.homes.get(YOU).map(transcript::home));
        if let Some(home) = home {
            self.print("Home", &home);
        }
    }

    fn print(&self, who: &str, text: &str) {
        let stamp = self.stamp();
        for (nth, line) in text.lines().flat_map(wrapped).enumerate() {
            let before = if nth == 0 { format!("{stamp:<17}{who:<11}") } else { " ".repeat(28) };
            self.tell(format!("{before}{line}").trim_end());
        }
    }

    /// Prints messages of the bot that are new or have changed.
    fn print_new(&self) {
        if self.prints == Prints::Nothing {
            return;
        }
        for message in self.you.messages().into_iter().filter(|message| message.bot) {
            let text = transcript::message(&message);
            let before = {
                let mut printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
                printed.insert(message.ts.clone(), text.clone())
            };
            match before {
                Some(before) if before == text => {}
                Some(_) => self.print("(now)", &text),
                None => self.print(if message.only_for.is_some() { "(for you)" } else { "LeadLens" }, &text),
            }
        }
    }

    /// The newest question that is still open.
    pub fn open_question(&self) -> Option<Message> {
        let has_skip = |message: &Message| transcript::message(message).contains("[Skip]");
        self.you.from_bot().into_iter().rev().find(has_skip)
    }
}

/// A line in pieces that can be read side by side with their times; what is quoted stays marked.
fn wrapped(line: &str) -> Vec<String> {
    const WIDTH: usize = 82;
    if line.chars().count() <= WIDTH {
        return vec![line.to_owned()];
    }
    let mark = ["> ", "  "].into_iter().find(|mark| line.starts_with(mark)).unwrap_or_default();
    let mut lines = vec![mark.to_owned()];
    for word in line.strip_prefix(mark).unwrap_or(line).split(' ') {
        let Some(last) = lines.last_mut() else { continue };
        let length = last.chars().count().saturating_add(word.chars().count());
        if last == mark {
            last.push_str(word);
        } else if length < WIDTH {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(format!("{mark}{word}"));
        }
    }
    lines
}

/// A folder for this demo alone.
fn own_folder() -> anyhow::Result<PathBuf> {
    let name = format!("leadlens-demo-{}-{:08x}", std::process::id(), getrandom::u32()?);
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).context("a folder for the demo's database")?;
    Ok(folder)
}
