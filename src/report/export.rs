//! A report as JSON and CSV, and the escaping of CSV cells. Numbers are not rounded.

use super::Report;
use crate::coach::{
    balance::{Axis, HatAxes, PerHat, Ratio, Share},
    look_back::CameOfIt,
};
use strum::VariantArray as _;

/// The data could not be written. The error contains none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not be written as {0}")]
pub struct ExportError(pub &'static str);

/// The report as indented JSON with a final line end.
///
/// # Errors
/// [`ExportError`] if a number is not finite, which no report contains.
pub fn json(report: &Report) -> Result<String, ExportError> {
    pretty_json(report)
}

pub(super) fn pretty_json(data: &impl serde::Serialize) -> Result<String, ExportError> {
    let mut text = serde_json::to_string_pretty(data).map_err(|_| ExportError("JSON"))?;
    text.push('\n');
    Ok(text)
}

/// The report as CSV, one measure per row. Cells for numbers that a measure does not have are empty.
///
/// # Errors
/// [`ExportError`] if the table cannot be built.
pub fn csv(report: &Report) -> Result<String, ExportError> {
    let hats = &report.hats;
    let mut rows = Vec::new();
    for (name, column) in [("said", &hats.said), ("seen", &hats.lens)] {
        column_rows(&mut rows, name, column);
    }
    rows.push(Row::count("unsaid", "", hats.unsaid));
    for week in &hats.weeks {
        let from_on = week.from_on.to_string();
        rows.push(Row::count("week-evidence", &from_on, week.evidence));
        rows.push(Row::count("week-leader", &from_on, week.leader));
        rows.push(Row::count("week-manager", &from_on, week.manager));
        rows.push(Row::value("week-level", &from_on, week.level));
        rows.push(Row::value("week-balance", &from_on, week.balance));
    }
    rows.push(Row::value("level", "", hats.level));
    rows.push(Row::value("balance", "", hats.balance));
    rows.push(Row::tally("fit", hats.fit));
    per_hat_rows(&mut rows, "needed", hats.needed);
    let gap = &hats.said_vs_lens;
    rows.push(Row::tally("say-show-same", Ratio { count: gap.same, of: gap.of }));
    per_hat_rows(&mut rows, "say-show-said", gap.said);
    per_hat_rows(&mut rows, "say-show-seen", gap.lens);
    for tally in &hats.dimensions {
        let dimension = tally.dimension.into_str();
        for (measure, count) in [("dimension-leader", tally.leader), ("dimension-manager", tally.manager)] {
            rows.push(Row { of: Some(tally.of), ..Row::count(measure, dimension, count) });
        }
    }
    rows.push(Row::count("asked-instead-of-fixed", "", hats.coaching_acts));
    let plans = &report.plans;
    for (item, tally) in [
        ("plan", plans.plans),
        ("leader-experiment", plans.leader_experiments),
        ("manager-experiment", plans.manager_experiments),
    ] {
        rows.push(Row::count("begun", item, tally.begun));
        let of = Some(tally.begun);
        for (measure, count) in [
            ("begun-and-done", tally.done),
            ("begun-and-not-yet", tally.not_yet),
            ("begun-and-something-else", tally.something_else),
            ("begun-and-open", tally.open),
        ] {
            rows.push(Row { of, ..Row::count(measure, item, count) });
        }
    }
    let look_backs = report.look_backs;
    if !look_backs.is_empty() {
        rows.push(Row::count("intentions", "stated", look_backs.stated));
        rows.push(Row::count("intentions", "asked", look_backs.asked));
        for came in CameOfIt::VARIANTS {
            let of = Some(look_backs.asked);
            rows.push(Row { of, ..Row::count("intentions", came.into_str(), look_backs.count(*came)) });
        }
    }
    rows.push(Row::tally("rhythm", hats.rhythm));
    if let Some(feedback) = report.feedback {
        rows.push(Row::count("feedback", "answers", feedback.answers));
        rows.push(Row::count("feedback", "rounds", feedback.rounds));
        rows.push(Row::value("feedback", "mean-step", Some(feedback.mean)));
    }
    rows.push(Row::item("blind-spot", hats.blind_spot.map_or("", |absent| absent.as_str())));
    rows.push(Row::item("experiment", report.experiment().map_or("", |hat| hat.into_str())));
    rows.push(Row::count("nudges", "sent", report.nudges.sent));
    rows.push(Row::count("nudges", "answered", report.nudges.answered));
    rows.push(Row::count("nudges", "skipped", report.nudges.skipped));
    for before in &report.past_months {
        column_rows(&mut rows, &format!("said-in-{}", before.month), &before.said);
    }
    let month = report.month.to_string();
    let header = ["month", "measure", "item", "count", "of", "value", "low", "high"];
    table(&header, rows.into_iter().map(|row| row.cells(&month)))
}

#[derive(Default)]
struct Row {
    measure: String,
    item: String,
    count: Option<u32>,
    of: Option<u32>,
    value: Option<f64>,
    range: Option<(f64, f64)>,
}

impl Row {
    fn item(measure: &str, item: &str) -> Self {
        Self { measure: measure.to_owned(), item: item.to_owned(), ..Self::default() }
    }

    fn count(measure: &str, item: &str, count: u32) -> Self {
        Self { count: Some(count), ..Self::item(measure, item) }
    }

    fn value(measure: &str, item: &str, value: Option<f64>) -> Self {
        Self { value, ..Self::item(measure, item) }
    }

    fn tally(measure: &str, tally: Ratio) -> Self {
        Self { of: Some(tally.of), ..Self::count(measure, "", tally.count) }
    }

    fn axis(measure: &str, item: &str, axis: Axis) -> Self {
        let range = axis.share.map(|Share { low, high, .. }| (low, high));
        let value = axis.share.map(|share| share.value);
        Self { of: Some(axis.of), value, range, ..Self::count(measure, item, axis.count) }
    }

    fn cells(self, month: &str) -> Vec<String> {
        fn shown(number: Option<impl ToString>) -> String {
            number.map_or(String::new(), |number| number.to_string())
        }
        let (low, high) = self.range.unzip();
        let numbers = [shown(self.count), shown(self.of), shown(self.value), shown(low), shown(high)];
        [month.to_owned(), self.measure, self.item].into_iter().chain(numbers).collect()
    }
}

fn column_rows(rows: &mut Vec<Row>, measure: &str, column: &HatAxes) {
    rows.push(Row::axis(measure, "leader", column.leader));
    rows.push(Row::axis(measure, "manager", column.manager));
    for (item, count) in [("both", column.both), ("neither", column.neither)] {
        rows.push(Row { of: Some(column.evidence), ..Row::count(measure, item, count) });
    }
}

fn per_hat_rows(rows: &mut Vec<Row>, measure: &str, counts: PerHat) {
    rows.push(Row::count(measure, "leader", counts.leader));
    rows.push(Row::count(measure, "manager", counts.manager));
}

/// A CSV table (RFC 4180, UTF-8). Every cell is escaped by [`cell`].
///
/// # Errors
/// [`ExportError`] if a row has more or fewer cells than the header.
pub(super) fn table(
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<String, ExportError> {
    let failed = |_| ExportError("CSV");
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header).map_err(failed)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| cell(text))).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|_| ExportError("CSV"))?;
    String::from_utf8(bytes).map_err(|_| ExportError("CSV"))
}

/// Escapes a text so that no spreadsheet runs it as a formula
/// (<https://owasp.org/www-community/attacks/CSV_Injection>): an apostrophe is put before a first character
/// that could begin a formula, and before a first apostrophe, so that removing one leading
/// apostrophe restores every text exactly.
pub fn cell(text: &str) -> String {
    let begins_formula =
        |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\'' | '＝' | '＋' | '－' | '＠');
    if text.starts_with(begins_formula) { format!("'{text}") } else { text.to_owned() }
}

/// Restores the text of a cell by removing one leading apostrophe. An import reads JSON, so only tests call it.
#[cfg(test)]
pub fn from_cell(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}
