//! `leadlens transfer`: moves a database to another engine or another machine, and shows how far it is.

use super::counted;
use crate::store::{Stage, TransferProgress, Transferred, transfer};
use jiff::Timestamp;
use std::io::{self, IsTerminal as _, Write as _};

/// The width of the bar in characters.
const BAR: u64 = 30;

/// Moves everything and says what was moved.
///
/// # Errors
/// The store's sentence, and that the same command resumes.
pub async fn run(from: &str, to: &str, now: Timestamp) -> anyhow::Result<String> {
    let mut bar = Bar { is_terminal: io::stderr().is_terminal(), shown: None };
    let done = transfer(from, to, now, &mut |progress| bar.show(&progress)).await;
    bar.end();
    Ok(summary(&done?))
}

fn summary(done: &Transferred) -> String {
    let rows = done.tables.iter().map(|table| table.checksum.rows).sum::<u64>();
    let mut text = String::new();
    if done.began_again {
        text.push_str("The database had changed since the interruption, so everything was copied again.\n");
    } else if done.resumed {
        text.push_str("It went on where it was interrupted.\n");
    }
    for table in &done.tables {
        text.push_str(&format!("{:<20} {}\n", table.name, table.checksum));
    }
    let (rows, tables) = (counted(rows, "row", "rows"), counted(done.tables.len(), "table", "tables"));
    text.push_str(&format!(
        "Moved {rows} of {tables}; both databases hold the same, by count and checksum of each table.\n\
         Now set DATABASE_URL to the new one, keep LEADLENS_SECRET_KEY, and never serve the old one again.\n"
    ));
    text
}

/// A line that is drawn over itself on a terminal; elsewhere a line for each tenth.
struct Bar {
    is_terminal: bool,
    shown: Option<(Stage, u64)>,
}

impl Bar {
    fn show(&mut self, progress: &TransferProgress) {
        let percent = progress.done.saturating_mul(100).checked_div(progress.total).unwrap_or(100);
        let step = if self.is_terminal { percent } else { percent / 10 };
        if self.shown == Some((progress.stage, step)) {
            return;
        }
        self.shown = Some((progress.stage, step));
        let line = line(progress, percent);
        // A bar that cannot be shown is no reason to stop.
        let _ = match self.is_terminal {
            true => write!(io::stderr(), "\r\x1b[2K{line}"),
            false => writeln!(io::stderr(), "{line}"),
        };
    }

    fn end(&self) {
        if self.is_terminal && self.shown.is_some() {
            let _ = writeln!(io::stderr());
        }
    }
}

fn line(progress: &TransferProgress, percent: u64) -> String {
    let verb = match progress.stage {
        Stage::Copying => "copying",
        Stage::Comparing => "comparing",
    };
    let full = percent.saturating_mul(BAR) / 100;
    let bar: String = (0..BAR).map(|at| if at < full { '#' } else { '.' }).collect();
    format!(
        "{verb:<9} [{bar}] {percent:>3} %  {} of {} rows, {}",
        progress.done, progress.total, progress.table
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_says_what_is_done_and_to_which_table() {
        let progress = |done, total| TransferProgress {
            stage: Stage::Copying,
            table: "reflection".to_owned(),
            done,
            total,
        };
        assert_eq!(
            line(&progress(500, 1_000), 50),
            "copying   [###############...............]  50 %  500 of 1000 rows, reflection"
        );
        assert!(line(&progress(0, 0), 100).contains("[##############################] 100 %"));
    }
}
