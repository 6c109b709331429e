//! `leadlens demo`: the real bot in the sandbox workspace, with a clock that is moved. `page` serves
//! the workspace to a browser, where whoever looks is the member; `month` plays a member's first month
//! on the terminal; `stage` is what both stand on. Nothing here decides anything, and nothing in the
//! bot knows that it is a demo.

mod cast;
mod month;
mod page;
mod sample;
mod stage;
mod stored;

pub use stage::Stage;

use crate::sandbox::workspace::User;
use stage::{Setting, YOU};

/// Plays the month on the terminal.
///
/// # Errors
/// When the bot or the sandbox does not do what the demo needs, which is a defect.
pub async fn play() -> anyhow::Result<()> {
    let people = vec![
        User::new(YOU, "You", "Europe/Berlin"),
        User::new("U0ANA", "Ana", "America/New_York"),
        User::new("U0RAJ", "Raj", "Asia/Kolkata"),
    ];
    let setting = Setting { start: "2026-10-01T08:00:00Z", people, port: 0, prints: true };
    let stage = Stage::set(setting).await?;
    let played = month::play(&stage).await;
    stage.strike().await;
    played
}

/// Serves the page until the program is told to stop. Without a port it takes the usual one, or a
/// free one when that is taken.
///
/// # Errors
/// When the bot or the sandbox does not start, or the port that was asked for is taken.
pub async fn serve(port: Option<u16>, opens_browser: bool) -> anyhow::Result<()> {
    page::serve(port, opens_browser).await
}
