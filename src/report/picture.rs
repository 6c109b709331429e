//! The picture of a report: the month at a glance, as SVG. This file lays the sections out; `sections` draws
//! them with the shapes of `drawing`, and `png` turns SVG into pixels. The numbers are those of the text.

mod drawing;
mod palette;
pub mod pdf;
pub mod png;
mod sections;

pub use palette::Palette;

use super::{Report, text};
use drawing::Drawing;
use sections::Section;

/// How much space a picture has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Two columns below the axes, for messages, wide pages and paper.
    Wide,
    /// One column, for phones.
    Narrow,
}

/// The margin on all sides, in the picture's units.
const MARGIN: f64 = 44.0;
/// The space between columns, and below a section.
const GAP: f64 = 44.0;
/// The picture as one self-contained SVG document. Its text is in Inter if that font is available.
pub fn svg(report: &Report, palette: Palette, layout: Layout) -> String {
    let width = if layout == Layout::Wide { 960.0 } else { 480.0 };
    let (x, inner) = (MARGIN, width - 2.0 * MARGIN);
    let mut drawing = Drawing::new();
    let mut y = MARGIN;
    y += sections::header(&mut drawing, report, palette, (x, y, inner));
    y += sections::axes(&mut drawing, report, palette, (x, y, inner)) + GAP;
    let needed = report.hats.needed;
    let mut below: Vec<Section> = Vec::new();
    if report.hats.dimensions.iter().any(|tally| tally.of > 0) {
        below.push(sections::dimension_tallies);
    }
    if !report.past_months.is_empty() {
        below.push(sections::months);
    }
    if needed.leader.saturating_add(needed.manager) > 0 {
        below.push(sections::rooms);
    }
    if report.has_evidence() {
        below.push(sections::beside);
    }
    let columns = if layout == Layout::Wide { 2 } else { 1 };
    for row in below.chunks(columns) {
        let of_row = row.len() as f64;
        let column = (inner - GAP * (of_row - 1.0)) / of_row;
        let heights = row.iter().enumerate().map(|(nth, section)| {
            section(&mut drawing, report, palette, (x + (column + GAP) * nth as f64, y, column))
        });
        y += heights.fold(0.0, f64::max) + GAP;
    }
    drawing.finish(width, y - GAP + MARGIN, palette.paper, &alt(report))
}

/// The most characters of a file's description in Slack
/// (<https://docs.slack.dev/reference/methods/files.getUploadURLExternal>).
pub const MAX_ALT_CHARS: usize = 1_000;

/// The picture in words, for people who do not see it: as many parts of the report as fit a file's
/// description, in the order of `TOLD`. The whole text is always shown next to the picture as well.
pub fn alt(report: &Report) -> String {
    let parts = text::parts(report);
    let mut alt = format!("{}.", text::title(report));
    for part in TOLD.iter().filter_map(|told| parts.iter().find(|part| part.heading == *told)) {
        let says = match part.heading {
            "" => format!(" {}", part.text),
            heading => format!(" {heading}: {}", part.text),
        };
        if alt.chars().count() + says.chars().count() <= MAX_ALT_CHARS {
            alt.push_str(&says);
        }
    }
    alt
}

/// The headings of the parts that the picture shows, the most important first.
const TOLD: [&str; 13] = [
    "",
    "What you wore",
    "Blind spot",
    "What the rooms needed",
    "What your words show",
    "Ticked and shown",
    "The months before",
    "Where you leaned",
    "What others see",
    "Experiments",
    "Plans",
    "Asked instead of fixed",
    "Your rhythm",
];
