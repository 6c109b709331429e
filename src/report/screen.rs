//! A report as a message in the DM: its words, charts, table and picture put together.

use super::{
    Report,
    chart::{charts, table},
    picture::{Layout, Palette, alt, svg},
    text::{parts, title},
};
use crate::coach::screen::{OwnWords, Picture, ReportScreen};

/// Puts the report and the member's own words together.
pub fn to_screen(report: &Report, own_words: OwnWords, question: String) -> ReportScreen {
    ReportScreen {
        month: report.month,
        title: title(report),
        parts: parts(report),
        own_words,
        question,
        charts: charts(report),
        table: table(report),
        picture: Picture { svg: svg(report, Palette::LIGHT, Layout::Wide), alt: alt(report) },
    }
}
