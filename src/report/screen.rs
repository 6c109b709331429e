//! A report as a message in the DM: its words, charts, table and picture put together.

use super::{
    Report,
    chart::{charts, table},
    picture::{Layout, Palette, alt, svg},
    text::{parts, title},
};
use crate::coach::screen::{Picture, Quotation, ReportScreen};

/// Puts the report and the member's quotations together.
pub fn to_screen(report: &Report, quotations: Vec<Quotation>, question: String) -> ReportScreen {
    ReportScreen {
        month: report.month,
        title: title(report),
        parts: parts(report),
        quotations,
        question,
        charts: charts(report),
        table: table(report),
        picture: Picture { svg: svg(report, Palette::LIGHT, Layout::Wide), alt: alt(report) },
    }
}
