//! A report that `report/` has worded: sentences, numbers and drawings. The renderer lays them out.

use crate::coach::{
    hat::{Hat, Hats},
    member_text::MemberText,
    month::Month,
    plan::PlanWords,
    room::Room,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq)]
pub struct ReportScreen {
    pub month: Month,
    pub title: String,
    /// The parts in reading order. They contain all numbers of the charts and the table.
    pub parts: Vec<ReportPart>,
    /// The member's own words.
    pub own_words: OwnWords,
    /// The question at the end.
    pub question: String,
    /// At most two charts, if there is enough to draw.
    pub charts: Vec<Chart>,
    /// The numbers as a table, if there are any.
    pub table: Option<Table>,
    /// The month as a picture, for places where charts and tables cannot be shown.
    pub picture: Picture,
}

/// A picture of a report. It contains none of the member's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// One SVG document.
    pub svg: String,
    /// The content of the picture in words.
    pub alt: String,
}

/// A file that holds the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PictureFormat {
    /// An image.
    Png,
    /// One page for printing.
    Pdf,
}

/// A short paragraph of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPart {
    /// Blank for a paragraph without a heading.
    pub heading: &'static str,
    /// Whole sentences.
    pub text: String,
    /// Whether the charts and the table show the same numbers, so that the part can be left out beside them.
    pub in_charts: bool,
}

/// What a report quotes of the member, for the member alone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OwnWords {
    /// Oldest first, at most three.
    pub quotations: Vec<Quotation>,
    /// Rooms in which the hat did not fit, oldest first, at most two. None of them is in `quotations`.
    pub misfits: Vec<Misfit>,
    /// The plan that was kept last, as a sentence.
    pub kept_plan: Option<PlanWords>,
}

/// A reflection whose hat was not the one that the room needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    pub room: Room,
    pub needed: Hat,
    /// What the member wore instead.
    pub worn: Hats,
    pub quotation: Quotation,
}

/// A quotation of the member's own words, shortened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quotation {
    /// The member's local date of the reflection.
    pub local_on: Date,
    /// Never blank.
    pub words: MemberText,
}

/// A table of short texts. Every row has as many cells as the header, and no cell is blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What the table contains.
    pub caption: String,
    /// The names of the columns.
    pub header: Vec<String>,
    /// The first cell of each row names it.
    pub rows: Vec<Vec<String>>,
}

/// A bar chart within Slack's limits: titles of at most 50 and labels of at most 20 characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    pub title: String,
    /// One label for each group of bars.
    pub categories: Vec<String>,
    /// Each has one value for each category.
    pub series: Vec<Series>,
}

/// The bars of one colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// As many as there are categories.
    pub values: Vec<f64>,
}
