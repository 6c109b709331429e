//! A report, worded by `report/`: sentences, numbers and drawings. How they stand in a message is the
//! renderer's.

use crate::coach::{member_text::MemberText, month::Month};
use jiff::civil::Date;

/// A report, already worded by `report/`.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportScreen {
    /// The month.
    pub month: Month,
    /// The headline.
    pub title: String,
    /// Its parts in reading order; all numbers of the charts and the table are in them.
    pub parts: Vec<ReportPart>,
    /// The member's own words, the oldest first; at most three.
    pub quotations: Vec<Quotation>,
    /// The question to take along.
    pub question: String,
    /// The charts, where there is enough to draw; at most two.
    pub charts: Vec<Chart>,
    /// The numbers side by side, where there are any.
    pub table: Option<Table>,
    /// The month at a glance, for where charts and tables are refused.
    pub picture: Picture,
}

/// A picture of ours. It holds no word of a member's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The drawing, as one SVG document.
    pub svg: String,
    /// All of it in words.
    pub alt: String,
}

/// A short paragraph of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPart {
    /// What it is about, for the eye; blank for a paragraph that needs no name.
    pub heading: &'static str,
    /// Whole sentences.
    pub text: String,
    /// The charts and the table show the same numbers: where they are seen, this need not be.
    pub in_charts: bool,
}

/// A member's own words with their date, cut politely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// Their local date.
    pub local_on: Date,
    /// The words; never blank.
    pub words: MemberText,
}

/// A table of short texts; every row has as many cells as the header, none is blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it holds.
    pub caption: String,
    /// The names of the columns.
    pub header: Vec<String>,
    /// The lines; the first cell names the line.
    pub rows: Vec<Vec<String>>,
}

/// A bar chart within Slack's limits: title ≤ 50 characters, labels ≤ 20.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// One label for each group of bars.
    pub categories: Vec<String>,
    /// One value for each category.
    pub series: Vec<Series>,
}

/// One colour of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Its values, as many as there are categories.
    pub values: Vec<f64>,
}
