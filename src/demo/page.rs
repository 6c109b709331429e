//! The demo in a browser: the workspace's page with the clock, the made-up past and the stored rows
//! behind its controls.

use super::{DemoWorkspace, fixtures, sample, stored, workspace::DemoOptions};
use crate::{
    coach::{member::Zone, month::Month},
    slack::{
        manifest::{Delivery, manifest},
        render::usage,
    },
};
use anyhow::Context;
use async_trait::async_trait;
use jiff::{SignedDuration, ToSpan, civil::time};
use leadlens_sandbox::page::PageControls;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{Arc, Weak},
};
use tokio::signal::unix::{SignalKind, signal};

/// The port when none is asked for.
const PORT: u16 = 4710;

/// A Tuesday in Berlin, five past nine; two weeks before summer time ends.
const START: &str = "2026-10-13T07:05:00Z";

/// How many due times *Next nudge* passes before it gives up.
const MOST_STOPS: usize = 60;

pub(super) async fn serve(
    port: Option<u16>,
    opens_browser: bool,
    keep: Option<PathBuf>,
) -> anyhow::Result<()> {
    let options =
        |port| DemoOptions { port, keep: keep.clone(), ..DemoOptions::of(START, fixtures::people()) };
    let demo = match port {
        Some(port) => DemoWorkspace::start(options(port)).await.with_context(|| format!("port {port}"))?,
        None => match DemoWorkspace::start(options(PORT)).await {
            Ok(demo) => demo,
            Err(_) => DemoWorkspace::start(options(0)).await?,
        },
    };
    fixtures::seed(&demo.sandbox);
    welcome(&demo).await?;
    let demo = Arc::new(demo);
    let address = demo.sandbox.open_page(Arc::new(Controls { demo: Arc::downgrade(&demo) }));
    println!("LeadLens lives in a workspace of its own at {address}");
    println!("Open it and be Mika, who leads a team: check in, or have a month shown to you.");
    println!(
        "The bar at the top moves the clock, fills in sample months, shows what is stored, breaks Slack."
    );
    match &keep {
        Some(file) => println!(
            "Nothing leaves this machine; what is stored stays in {}. Ctrl-C ends it.",
            file.display()
        ),
        None => println!("Nothing leaves this machine, and nothing stays on it. Ctrl-C ends it."),
    }
    if opens_browser {
        open_browser(&address);
    }
    let stopped = until_told().await;
    let team = demo.sandbox.team_id();
    // A request under way keeps the demo a moment longer; the process ends with it either way.
    match Arc::try_unwrap(demo) {
        Ok(demo) => demo.shutdown().await,
        Err(demo) => demo.remove_files(),
    }
    if let Some(file) = &keep {
        super::say_kept(file, &team);
    }
    stopped
}

/// The member has opened the conversation, so that the welcome is there when the page opens.
async fn welcome(demo: &DemoWorkspace) -> anyhow::Result<()> {
    demo.you.opens_conversation().await;
    demo.settle().await
}

async fn until_told() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

fn open_browser(address: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = || std::process::Stdio::null();
    let begun = std::process::Command::new(opener).arg(address).stdout(quiet()).stderr(quiet()).spawn();
    if begun.is_err() {
        println!("No browser could be started ({opener} is missing): open the address yourself.");
    }
}

struct Controls {
    demo: Weak<DemoWorkspace>,
}

impl Controls {
    fn demo(&self) -> Result<Arc<DemoWorkspace>, String> {
        self.demo.upgrade().ok_or_else(|| "The demo is ending.".to_owned())
    }
}

fn says(error: anyhow::Error) -> String {
    format!("That did not work: {error:#}.")
}

#[async_trait]
impl PageControls for Controls {
    fn app(&self) -> Value {
        let hints: Vec<Value> =
            usage::LINES.iter().map(|(text, says)| json!({"text": text, "says": says})).collect();
        json!({"manifest": manifest(Delivery::Socket, None), "hints": hints})
    }

    async fn settle(&self) -> Result<(), String> {
        self.demo()?.settle().await.map_err(says)
    }

    async fn move_clock(&self, user: &str, how: &str) -> Result<String, String> {
        let demo = self.demo()?;
        let before = received(&demo, user);
        let moved = match how {
            "next" => to_next(&demo, user).await,
            "hour" => by(&demo, SignedDuration::from_hours(1)).await,
            "tomorrow" => to_tomorrow(&demo, user).await,
            "month" => to_next_month(&demo, user).await,
            _ => return Err("The clock does not move that way.".to_owned()),
        };
        if !moved.map_err(says)? {
            return Ok("Nothing is planned: without a cadence, and after many questions without an answer, none comes. \
                 /leadlens schedule sets one, and anything that you do brings them back.".to_owned());
        }
        let zone = zone_of(&demo, user).map_err(says)?;
        let at = zone.local(demo.now()).strftime("%A %-d %B, %H:%M").to_string();
        Ok(match received(&demo, user).saturating_sub(before) {
            0 => format!("It is {at}. Nothing came."),
            1 => format!("It is {at}. One message came."),
            count => format!("It is {at}. {count} messages came."),
        })
    }

    async fn fill(&self, user: &str) -> Result<String, String> {
        let demo = self.demo()?;
        let zone = zone_of(&demo, user).map_err(says)?;
        sample::fill(&demo, user, &zone).await.map_err(says)
    }

    async fn stored(&self, user: &str) -> Result<Value, String> {
        let demo = self.demo()?;
        let team = demo.sandbox.team_id();
        stored::rows(demo.database(), &team, user).await.map_err(says)
    }
}

/// Messages that stay, so far, from the bot to a member.
fn received(demo: &DemoWorkspace, user: &str) -> usize {
    demo.sandbox.person(user).from_bot().len()
}

fn zone_of(demo: &DemoWorkspace, user: &str) -> anyhow::Result<Zone> {
    let name = demo.sandbox.look(|state| state.users.get(user).map(|user| user.tz.clone()));
    Ok(Zone::parse(&name.unwrap_or_default(), false)?)
}

/// To the next message for a member; false: nothing is planned.
async fn to_next(demo: &DemoWorkspace, user: &str) -> anyhow::Result<bool> {
    let before = received(demo, user);
    for _ in 0..MOST_STOPS {
        let Some(due_at) = demo.bot.next_due_at().await? else { return Ok(false) };
        demo.move_to(due_at).await?;
        if received(demo, user) > before {
            break;
        }
    }
    Ok(true)
}

async fn by(demo: &DemoWorkspace, duration: SignedDuration) -> anyhow::Result<bool> {
    demo.move_to(demo.now().checked_add(duration)?).await?;
    Ok(true)
}

/// To the same local time a day later.
async fn to_tomorrow(demo: &DemoWorkspace, user: &str) -> anyhow::Result<bool> {
    let zone = zone_of(demo, user)?;
    let local = zone.local(demo.now()).checked_add(1.day())?;
    let to = crate::coach::cadence::resolve(local.date(), local.time(), &zone.time_zone());
    demo.move_to(to).await?;
    Ok(true)
}

/// To noon of the first Monday-to-Friday day of next month, which is past every nudge hour.
async fn to_next_month(demo: &DemoWorkspace, user: &str) -> anyhow::Result<bool> {
    let zone = zone_of(demo, user)?;
    let first = Month::containing(zone.local(demo.now()).date()).next().first_day();
    // It is the third at the latest.
    let days = (0..3).filter_map(|days| first.checked_add(days.days()).ok());
    let day = days.into_iter().find(|day| day.weekday().to_monday_one_offset() <= 5).unwrap_or(first);
    demo.move_to(crate::coach::cadence::resolve(day, time(12, 0, 0, 0), &zone.time_zone())).await?;
    Ok(true)
}
