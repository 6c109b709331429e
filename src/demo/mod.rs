//! `leadlens demo`: the real bot in the sandbox workspace, with a clock that is moved. `page` serves
//! the workspace to a browser, where the viewer is the member; `month` plays a member's first month
//! on the terminal; `sessions` plays ten coaching sessions, so that a coach can judge the voice; `workspace`
//! is what all of them share. This module makes no coaching decisions, and the bot does not know that it
//! runs in a demo.

mod fixtures;
mod month;
mod page;
mod sample;
mod sessions;
mod stored;
mod workspace;

#[cfg(feature = "test-support")]
pub use sessions::SESSIONS;
pub use sessions::play as sessions;
pub use workspace::DemoWorkspace;

use leadlens_sandbox::workspace::User;
use std::path::{Path, PathBuf};
use workspace::{DemoOptions, Prints, YOU};

/// Plays the month on the terminal.
///
/// # Errors
/// When the bot or the sandbox does not do what the demo needs, which is a defect.
pub async fn play(keep: Option<PathBuf>) -> anyhow::Result<()> {
    check_is_new(keep.as_deref())?;
    let people = vec![
        User::new(YOU, "You", "Europe/Berlin"),
        User::new("U0ANA", "Ana", "America/New_York"),
        User::new("U0RAJ", "Raj", "Asia/Kolkata"),
    ];
    let options = DemoOptions {
        prints: Prints::ToTerminal,
        keep: keep.clone(),
        ..DemoOptions::of("2026-10-01T08:00:00Z", people)
    };
    let demo = DemoWorkspace::start(options).await?;
    let played = month::play(&demo).await;
    let team = demo.sandbox.team_id();
    demo.shutdown().await;
    if let Some(file) = &keep {
        say_kept(file, &team);
    }
    played
}

/// Serves the page until the program is told to stop. Without a port it takes the usual one, or a
/// free one when that is taken.
///
/// # Errors
/// When the bot or the sandbox does not start, the port that was asked for is taken, or the file to keep is
/// there already.
pub async fn serve(port: Option<u16>, opens_browser: bool, keep: Option<PathBuf>) -> anyhow::Result<()> {
    check_is_new(keep.as_deref())?;
    page::serve(port, opens_browser, keep).await
}

/// A demo begins with an empty workspace, so it cannot go on with the database of another.
fn check_is_new(keep: Option<&Path>) -> anyhow::Result<()> {
    match keep {
        Some(file) if file.exists() => {
            anyhow::bail!("{} is there already: the demo keeps its database in a new file", file.display())
        }
        _ => Ok(()),
    }
}

/// What can be tried on the database that is left.
fn say_kept(file: &Path, team: &str) {
    let file = file.display();
    println!("The database is kept in {file}. Try on it, for example:");
    println!("  export DATABASE_URL=sqlite://{file}");
    println!("  leadlens report --at-request-of-member --team {team} --user {YOU} --month 2026-10");
    println!("  leadlens export --at-request-of-member --team {team} --user {YOU} > mine.zip");
    println!("  leadlens doctor");
}
