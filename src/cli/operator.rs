//! What an operator does at a member's request: `report`, `export`, `forget`, `backup`. The member is
//! told by DM, through the outbox of the running bot.

use super::args::{Format, Who};
use crate::{
    app::{App, AppError},
    coach::{
        ids::{MemberId, TeamId, UserId},
        month::Month,
    },
    report::{export, text},
};
use anyhow::{Context, bail};
use std::{io::Write, path::Path};

/// The member that the flags name.
///
/// # Errors
/// An id that is none of Slack's.
pub fn member(who: &Who) -> anyhow::Result<MemberId> {
    Ok(MemberId { team: team(&who.team)?, user: user(&who.user)? })
}

/// A workspace by its id.
///
/// # Errors
/// An id that is none of Slack's.
pub fn team(id: &str) -> anyhow::Result<TeamId> {
    TeamId::parse(id).context("--team takes Slack's id of the workspace, such as T0123ABC")
}

/// A user by their id.
///
/// # Errors
/// An id that is none of Slack's.
pub fn user(id: &str) -> anyhow::Result<UserId> {
    UserId::parse(id).context("--user takes Slack's id of the member, such as U0123ABC")
}

/// Unknown members get a sentence, everything else its error.
fn known<T>(outcome: Result<T, AppError>) -> anyhow::Result<T> {
    match outcome {
        Err(AppError::UnknownMember) => bail!("LeadLens keeps nothing about that member."),
        other => Ok(other?),
    }
}

/// The hat balance of a month, for printing.
///
/// # Errors
/// An unknown member, or the store's.
pub async fn report(app: &App, who: &MemberId, month: Month, format: Format) -> anyhow::Result<String> {
    let report = known(app.report_for_operator(who, month).await)?;
    Ok(match format {
        Format::Text => text::plain(&report),
        Format::Json => export::json(&report)?,
        Format::Csv => export::csv(&report)?,
    })
}

/// Everything about a member: the file of that format.
///
/// # Errors
/// An unknown member, a format that an export does not have, or the store's.
pub async fn export_member(app: &App, who: &MemberId, format: Format) -> anyhow::Result<Vec<u8>> {
    let extension = match format {
        Format::Json => "json",
        Format::Csv => "csv",
        Format::Text => bail!("an export is json or csv"),
    };
    let files = known(app.export_for_operator(who).await)?;
    let file = files.into_iter().find(|file| file.name.ends_with(extension));
    Ok(file.with_context(|| format!("an export has no .{extension} file"))?.bytes)
}

/// Erases a member and says what was erased.
///
/// # Errors
/// An unknown member, or the store's; then nothing was erased.
pub async fn forget_member(app: &App, who: &MemberId) -> anyhow::Result<String> {
    let erased = known(app.forget_for_operator(who).await)?;
    Ok(format!(
        "Erased {} reflections and {} nudges of {who}. The member is told by DM. Slack keeps the member's own messages; \
         backups made before now keep everything.\n",
        erased.reflections, erased.nudges
    ))
}

/// Erases a workspace and says so.
///
/// # Errors
/// The store's; then nothing was erased.
pub async fn forget_workspace(app: &App, team: &TeamId) -> anyhow::Result<String> {
    app.forget_workspace(team).await?;
    Ok(format!("Erased everything of the workspace {team}. Backups made before now keep it.\n"))
}

/// Asks on a terminal; anything but *yes* is no.
///
/// # Errors
/// When there is nobody to ask.
pub fn confirmed(question: &str) -> anyhow::Result<bool> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        bail!("nobody is there to confirm; give --yes");
    }
    print!("{question} Type yes to go on: ");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}

/// Copies the running database.
///
/// # Errors
/// The store's, as a sentence.
pub async fn backup(app: &App, file: &Path) -> anyhow::Result<String> {
    app.store.backup(file).await?;
    Ok(format!("Copied to {}.\n", file.display()))
}
