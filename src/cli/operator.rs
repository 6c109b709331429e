//! What an operator does at a member's request: `report`, `export`, `import`, `forget`, `backup`. The member is
//! told by DM, through the outbox of the running bot.

use super::{
    args::{ExportFormat, ReportFormat, Request, Who},
    counted,
};
use crate::{
    coach::{
        ids::{MemberId, TeamId, UserId},
        month::Month,
    },
    features::{
        import::{self as importing, Imported},
        privacy,
    },
    interaction::{AppState, InteractionError, steps::report::NoReport},
    report::{
        export, html,
        member_export::archive,
        picture::{Layout, Palette, png, svg},
        text,
    },
};
use anyhow::{Context as _, anyhow, bail};
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

/// Whether the operator has said that the member asked for it.
///
/// # Errors
/// They have not.
pub fn requested(request: Request) -> anyhow::Result<()> {
    if request.at_request_of_member {
        return Ok(());
    }
    bail!(
        "This shows what belongs to a member, who was told that no one in Slack sees it. If they asked you for it, say so \
         with --at-request-of-member: they are told by DM. Nothing was read."
    )
}

/// Unknown members get a sentence, everything else its error.
fn known<T>(outcome: Result<T, InteractionError>) -> anyhow::Result<T> {
    match outcome {
        Err(InteractionError::UnknownMember) => bail!("LeadLens keeps nothing about that member."),
        other => Ok(other?),
    }
}

/// The hat balance of a month, for printing. It holds no word of the member's.
///
/// # Errors
/// An unknown member, a month in the future or before the first entry, or the store's.
pub async fn report(
    state: &AppState,
    who: &MemberId,
    month: Month,
    format: ReportFormat,
    palette: Palette,
) -> anyhow::Result<Vec<u8>> {
    match known(privacy::why_no_report(state, who, month).await)? {
        Some(NoReport::NotBegun) => bail!("{} has not begun yet for that member.", month.title()),
        Some(NoReport::BeforeFirstEntry) => {
            bail!("There is no report on {}: that member's first entry is later.", month.title())
        }
        None => {}
    }
    let report = known(privacy::report_for_operator(state, who, month).await)?;
    let question = state.services().questions.text_for(text::closing_question(&report));
    Ok(match format {
        ReportFormat::Text => text::plain(&report, &question).into_bytes(),
        ReportFormat::Html => html::page(&report, &question).into_bytes(),
        ReportFormat::Svg => svg(&report, palette, Layout::Wide).into_bytes(),
        ReportFormat::Png => png::encode(&svg(&report, palette, Layout::Wide))?,
        ReportFormat::Json => export::json(&report)?.into_bytes(),
        ReportFormat::Csv => export::csv(&report)?.into_bytes(),
    })
}

/// Everything about a member, in that format.
///
/// # Errors
/// An unknown member, or the store's.
pub async fn export_member(
    state: &AppState,
    who: &MemberId,
    format: ExportFormat,
) -> anyhow::Result<Vec<u8>> {
    let export = known(privacy::export_for_operator(state, who).await)?;
    Ok(match format {
        ExportFormat::Zip => archive::pack(&export)?,
        ExportFormat::Json => export.json()?.into_bytes(),
        ExportFormat::Csv => export.reflections_csv()?.into_bytes(),
    })
}

/// Brings an export into the database and says what it brought.
///
/// # Errors
/// A file that cannot be read or is no export, entries of somebody else, or the store's; then nothing
/// was imported.
pub async fn import(state: &AppState, file: &Path, who: Option<MemberId>) -> anyhow::Result<String> {
    let shown = file.display();
    let unreadable =
        |why: std::io::Error| anyhow!("{shown} cannot be read ({}). Nothing was imported.", why.kind());
    let size = std::fs::metadata(file).map_err(unreadable)?.len();
    if usize::try_from(size).map_or(true, |size| size > archive::MAX_BYTES) {
        bail!("{shown}: larger than 64 MiB; no export is. Nothing was imported.");
    }
    let bytes = std::fs::read(file).map_err(unreadable)?;
    let export = archive::unpack(&bytes).map_err(|why| anyhow!("{shown}: {why}. Nothing was imported."))?;
    let owner = who.clone().unwrap_or_else(|| export.member.id.clone());
    let imported = importing::import(state, export, who)
        .await
        .map_err(|why| anyhow!("{shown}: {why}. Nothing was imported."))?;
    let Imported { new_member, reflections, nudges, acts, plans, audits, rounds, known } = imported;
    let settings = if new_member { "with their settings" } else { "whose settings stay as they are" };
    let brought = [
        counted(reflections, "reflection", "reflections"),
        counted(nudges, "nudge", "nudges"),
        counted(acts, "question given back", "questions given back"),
        counted(plans, "plan", "plans"),
        counted(audits, "audit", "audits"),
        counted(rounds, "feedback result", "feedback results"),
    ]
    .join(", ");
    Ok(format!(
        "Imported for {owner}, {settings}: {brought}. Already there, and left as it is: {}.\n",
        counted(known, "entry", "entries")
    ))
}

/// Erases a member and says what was erased.
///
/// # Errors
/// An unknown member, or the store's; then nothing was erased.
pub async fn forget_member(state: &AppState, who: &MemberId) -> anyhow::Result<String> {
    let erased = known(privacy::forget_for_operator(state, who).await)?;
    let reflections = counted(erased.reflections, "reflection", "reflections");
    let nudges = counted(erased.nudges, "nudge", "nudges");
    Ok(format!(
        "Erased {reflections} and {nudges} of {who}. The member is told by DM. Slack keeps the member's own messages; \
         backups made before now keep everything.\n"
    ))
}

/// Erases a workspace and says so.
///
/// # Errors
/// An unknown workspace, or the store's; then nothing was erased.
pub async fn forget_workspace(state: &AppState, team: &TeamId) -> anyhow::Result<String> {
    let erased = privacy::forget_workspace(state, team).await?;
    if !erased.was_known {
        bail!("LeadLens keeps nothing about that workspace.");
    }
    let members = counted(erased.members, "member", "members");
    Ok(format!("Erased everything of the workspace {team}, {members}. Backups made before now keep it.\n"))
}

/// Asks on a terminal; anything but *yes* is no.
///
/// # Errors
/// When standard input is not a terminal.
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
pub async fn backup(state: &AppState, file: &Path) -> anyhow::Result<String> {
    state.store.backup(file).await?;
    Ok(format!("Copied to {}.\n", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{self, Command};

    /// The request that a command line makes.
    fn request(line: &str) -> Request {
        match args::parse(line.split(' ').map(Into::into)).command {
            Some(Command::Report { request, .. } | Command::Export { request, .. }) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_of_a_member_is_shown_unless_the_operator_says_that_they_asked() {
        let report = "leadlens report --team T1 --user U1 --month 2026-10";
        let export = "leadlens export --team T1 --user U1";
        for line in [report, export] {
            let refused = requested(request(line)).unwrap_err().to_string();
            assert!(
                refused.contains("--at-request-of-member") && refused.ends_with("Nothing was read."),
                "{refused}"
            );
            assert!(requested(request(&format!("{line} --at-request-of-member"))).is_ok(), "{line}");
        }
    }
}
