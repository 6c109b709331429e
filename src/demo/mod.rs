//! `leadlens demo`: the real bot in the sandbox workspace, with a clock that is moved. `month` plays
//! a member's first month; `interactive` lets a person be the member; `stage` is what both stand on.
//! Nothing here decides anything, and nothing in the bot knows that it is a demo.

mod interactive;
mod month;
mod stage;

pub use stage::Stage;

/// Plays the month, or hands over to whoever sits at the terminal.
///
/// # Errors
/// When the bot or the sandbox does not do what the demo needs, which is a defect.
pub async fn run(interactive: bool) -> anyhow::Result<()> {
    let stage = Stage::set("2026-10-01T08:00:00Z", "Europe/Berlin").await?;
    let played = if interactive { interactive::play(&stage).await } else { month::play(&stage).await };
    stage.strike().await;
    played
}
