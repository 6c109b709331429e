//! `leadlens demo`: the real bot in the sandbox workspace, with a clock that is moved. `page` serves
//! the workspace to a browser, where the viewer is the member; `month` plays a member's first month
//! on the terminal; `sessions` plays ten coaching sessions, so that a coach can judge the voice; `stage`
//! is what all of them share. This module makes no coaching decisions, and the bot does not know that it
//! runs in a demo.

mod cast;
mod month;
mod page;
mod sample;
mod sessions;
mod stage;
mod stored;

#[cfg(feature = "test-support")]
pub use sessions::SESSIONS;
pub use sessions::play as sessions;
pub use stage::Stage;

use leadlens_sandbox::workspace::User;
use stage::{Prints, Setting, YOU};

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
    let setting = Setting { prints: Prints::ToTerminal, ..Setting::of("2026-10-01T08:00:00Z", people) };
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
