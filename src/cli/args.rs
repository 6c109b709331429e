//! The command line as types. What a subcommand does is in the file of its name; flags override the
//! environment's variables.

use crate::{coach::month::Month, config::Environment};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{ffi::OsString, path::PathBuf};

/// A Slack coach for people who lead teams.
#[derive(Debug, Parser)]
#[command(name = "leadlens", version, about)]
#[command(
    after_help = "Without a command it serves. Configuration comes from the environment and a .env file: see README."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What overrides the environment.
    #[command(flatten)]
    pub overrides: Overrides,
}

/// Flags that override variables.
#[allow(clippy::doc_markdown, reason = "clap prints these comments as they are")]
#[derive(Debug, Args)]
pub struct Overrides {
    /// Database, instead of DATABASE_URL.
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Address for HTTP, instead of LEADLENS_LISTEN.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Log filter, instead of LEADLENS_LOG.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// Log format, instead of LEADLENS_LOG_FORMAT.
    #[arg(long, global = true, value_name = "text|json")]
    log_format: Option<String>,
    /// Prompts laid over the built-in ones, instead of LEADLENS_PROMPTS.
    #[arg(long, global = true, value_name = "FOLDER")]
    prompts: Option<String>,
}

impl Overrides {
    /// Lays the flags over the environment.
    pub fn apply(&self, environment: &mut Environment) {
        let flags = [
            ("DATABASE_URL", &self.database_url),
            ("LEADLENS_LISTEN", &self.listen),
            ("LEADLENS_LOG", &self.log),
            ("LEADLENS_LOG_FORMAT", &self.log_format),
            ("LEADLENS_PROMPTS", &self.prompts),
        ];
        for (name, value) in flags {
            if let Some(value) = value {
                environment.set(name, value.clone());
            }
        }
    }
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the bot (also without a command).
    Serve,
    /// Try it: the bot against a workspace of its own, no account, no network.
    Demo {
        /// Start the browser.
        #[arg(long, conflicts_with = "script")]
        open: bool,
        /// The page's port on this machine (4710 when it is free).
        #[arg(long, value_name = "PORT", conflicts_with = "script")]
        port: Option<u16>,
        /// Play a member's first month on the terminal instead.
        #[arg(long)]
        script: bool,
        /// Print ten coaching sessions as Markdown instead.
        #[arg(long, conflicts_with_all = ["open", "port", "script"])]
        sessions: bool,
        /// Keep the demo's database in this new file, to try report, export and doctor on.
        #[arg(long, value_name = "FILE", conflicts_with = "sessions")]
        keep: Option<PathBuf>,
    },
    /// Check configuration, tokens, scopes, database, prompts and clock.
    Doctor,
    /// Print the Slack app manifest for this configuration.
    Manifest,
    /// Print a member's hat balance of a month, at their request; they are told by DM.
    Report {
        #[command(flatten)]
        who: Who,
        /// The month, as 2026-10.
        #[arg(long)]
        month: Month,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
        /// A picture for a dark background (svg and png).
        #[arg(long)]
        dark: bool,
        #[command(flatten)]
        request: Request,
    },
    /// Write everything about a member, at their request; they are told by DM.
    Export {
        #[command(flatten)]
        who: Who,
        /// A ZIP of everything, as the member gets it; its JSON alone; or the reflections as CSV.
        #[arg(long, value_enum, default_value_t = ExportFormat::Zip)]
        format: ExportFormat,
        #[command(flatten)]
        request: Request,
    },
    /// Bring an export back into a database. What is there already stays as it is.
    Import {
        /// The ZIP of an export, or its leadlens.json.
        file: PathBuf,
        /// Slack's id of another workspace (T…) that it belongs to now.
        #[arg(long, requires = "user")]
        team: Option<String>,
        /// Slack's id of the member (U…) there.
        #[arg(long, requires = "team")]
        user: Option<String>,
    },
    /// Erase everything of a member, at their request, or of a workspace.
    Forget {
        /// Slack's id of the workspace (T…).
        #[arg(long)]
        team: String,
        /// Slack's id of the member (U…).
        #[arg(long, required_unless_present = "workspace", conflicts_with = "workspace")]
        user: Option<String>,
        /// Erase the whole workspace.
        #[arg(long)]
        workspace: bool,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Work with the library of questions.
    Prompts {
        /// What to do with it.
        #[command(subcommand)]
        command: PromptsCommand,
    },
    /// Read lines on standard input; print which hats each shows as one JSON object a line.
    Lens,
    /// Copy a running SQLite database, consistently, to a new file.
    Backup {
        /// The file to make; it must not exist.
        file: PathBuf,
    },
    /// Move everything into another, empty database, and compare both. Neither may be served meanwhile.
    ///
    /// Interrupted, it goes on where it was when it is run again. The password of a PostgreSQL server can be in
    /// PGPASSWORD or ~/.pgpass instead of the address.
    Transfer {
        /// The database to leave, as `DATABASE_URL` has it. It is not changed.
        #[arg(long, value_name = "URL")]
        from: String,
        /// The empty database to move into.
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Encrypt the tokens of all workspaces again, under the first of the keys. LeadLens may run meanwhile.
    Rekey,
    /// Ask a running LeadLens whether it is alive (for container health checks).
    #[command(hide = true)]
    Health,
}

/// `leadlens prompts …`
#[derive(Debug, Subcommand)]
pub enum PromptsCommand {
    /// Hold every prompt to the rules of a good question.
    Check,
    /// Print them.
    List {
        /// Of one practice only, by its name such as stop-solving.
        #[arg(long)]
        practice: Option<String>,
    },
}

/// A member, by Slack's ids.
#[derive(Debug, Args)]
pub struct Who {
    /// Slack's id of the workspace (T…).
    #[arg(long)]
    pub team: String,
    /// Slack's id of the member (U…).
    #[arg(long)]
    pub user: String,
}

/// What an operator says before they are shown what belongs to a member.
#[derive(Debug, Clone, Copy, Args)]
pub struct Request {
    /// The member has asked for it. Without this nothing is shown.
    #[arg(long)]
    pub at_request_of_member: bool,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// One page that needs nothing else and prints well.
    Html,
    /// The picture, as a drawing.
    Svg,
    /// The picture, as pixels.
    Png,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Everything, as one archive.
    Zip,
    /// Everything, for programs.
    Json,
    /// The reflections, for spreadsheets.
    Csv,
}

/// Reads the arguments; a mistake prints clap's sentence and ends the program with status 2.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Arguments {
    Arguments::parse_from(arguments)
}
