//! The hat balance of a month as a message: the parts of the report, with native charts and a table
//! where there are numbers (<https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block>,
//! <https://docs.slack.dev/reference/block-kit/blocks/data-table-block>).

use super::{
    Rendered,
    blocks::{actions, button, context, header, paragraph, quote, section},
    escape::{cut, escape, escape_cut},
    plan, room,
};
use crate::coach::{
    hat::Hats,
    member_text::MemberText,
    month::Month,
    screen::{Chart, Misfit, OwnWords, PictureFormat, Quotation, ReportPart, ReportScreen, Series, Table},
};
use crate::features::{checkin, report};
use serde_json::Number;
use slack_morphism::blocks::{
    SlackBlock, SlackChart, SlackChartAxisConfig, SlackChartDataPoint, SlackChartDataSeries,
    SlackDataTableBlock, SlackDataTableCell, SlackDataVisualizationBlock, SlackSeriesChart,
};

/// Slack's limit for the label of a category and the name of a series.
const LABEL_CHARS: usize = 20;

/// Slack's limit for the charts of one message.
const MAX_CHARTS: usize = 2;

/// Slack's limit for the rows of a table that are on one page.
const MAX_ROWS: usize = 100;

/// A report in the DM.
pub(super) fn message(screen: &ReportScreen) -> Rendered {
    let charts = screen.charts.iter().take(MAX_CHARTS).map(chart);
    let charts: Vec<SlackBlock> = charts.chain(screen.table.as_ref().map(table)).collect();
    if charts.is_empty() { in_words(screen) } else { rendered(screen, charts) }
}

/// For a workspace that refuses native charts and tables: every number is in the words.
pub(super) fn in_words(screen: &ReportScreen) -> Rendered {
    rendered(screen, Vec::new())
}

fn rendered(screen: &ReportScreen, charts: Vec<SlackBlock>) -> Rendered {
    let is_shown = |part: &&ReportPart| charts.is_empty() || !part.in_charts;
    let parts: Vec<SlackBlock> = screen.parts.iter().filter(is_shown).take(20).map(part).collect();
    let mut blocks = vec![header(&screen.title)];
    blocks.extend(charts);
    blocks.extend(parts);
    for (said_on, words) in quoted(&screen.own_words) {
        blocks.push(context(&said_on));
        blocks.push(quote(&words));
    }
    blocks.push(paragraph(&screen.question));
    blocks.push(actions([
        button("Check in", checkin::Action::Open, 0),
        button("Month before", report::Action::Request { month: screen.month.previous() }, 0),
        button("As a picture", file_of(screen.month, PictureFormat::Png), 0),
        button("As a PDF", file_of(screen.month, PictureFormat::Pdf), 1),
    ]));
    Rendered { text: escape_cut(&text(screen), 4_000), blocks }
}

fn file_of(month: Month, format: PictureFormat) -> report::Action {
    report::Action::RequestFile { month, format }
}

/// The line above the picture of a report.
pub(super) fn file(month: Month) -> Rendered {
    let text =
        format!("Your hat balance of {}, to keep or to show. None of your words are in it.", month.title());
    Rendered { blocks: vec![paragraph(&text)], text }
}

/// The report as text. The member's own words come near the end, because a notification shows the
/// beginning.
fn text(screen: &ReportScreen) -> String {
    let mut lines = vec![screen.title.clone()];
    for ReportPart { heading, text, .. } in &screen.parts {
        lines.push(if heading.is_empty() { text.clone() } else { format!("{heading}: {text}") });
    }
    for (said_on, words) in quoted(&screen.own_words) {
        lines.push(format!("{said_on} “{}”", words.reveal()));
    }
    lines.push(screen.question.clone());
    lines.join("\n")
}

fn part(part: &ReportPart) -> SlackBlock {
    if part.heading.is_empty() {
        return paragraph(&part.text);
    }
    section(&format!("*{}*\n{}", escape(part.heading), escape_cut(&part.text, 2_800)))
}

/// The member's own words, each with the line above it.
fn quoted(own_words: &OwnWords) -> Vec<(String, MemberText)> {
    let misfits = own_words.misfits.iter();
    let misfits = misfits.map(|misfit| (misfit_on(misfit), misfit.quotation.words.clone()));
    let quotations = own_words.quotations.iter();
    let quotations = quotations.map(|quotation| (quoted_on(quotation), quotation.words.clone()));
    let kept_plan = own_words.kept_plan.iter();
    let kept_plan = kept_plan.map(|words| ("You kept this plan:".to_owned(), plan::sentence(words)));
    misfits.chain(quotations).chain(kept_plan).collect()
}

fn quoted_on(quotation: &Quotation) -> String {
    format!("You wrote on {}:", quotation.local_on.strftime("%-d %B"))
}

/// `On 12 October the room (low in spirit) needed the leader hat, and you wore the manager hat:`
fn misfit_on(misfit: &Misfit) -> String {
    let Misfit { room, needed, worn, quotation } = misfit;
    let wore = if *worn == Hats::NEITHER { "neither hat".to_owned() } else { format!("the {worn} hat") };
    format!(
        "On {} the room ({}) needed the {needed} hat, and you wore {wore}:",
        quotation.local_on.strftime("%-d %B"),
        room::short_label(*room).to_lowercase(),
    )
}

fn chart(chart: &Chart) -> SlackBlock {
    let categories: Vec<String> = chart.categories.iter().map(|label| cut(label, LABEL_CHARS)).collect();
    let series = chart.series.iter().map(|series| data_series(&categories, series)).collect();
    let bars = SlackSeriesChart::new(series, SlackChartAxisConfig::new(categories));
    SlackDataVisualizationBlock::new(cut(&chart.title, 50), SlackChart::Bar(bars)).into()
}

fn data_series(categories: &[String], series: &Series) -> SlackChartDataSeries {
    let point = |(label, value): (&String, &f64)| {
        // Infinity and NaN are no JSON numbers; a count is neither.
        let value = Number::from_f64(*value).unwrap_or_else(|| Number::from(0));
        SlackChartDataPoint::new(label.clone(), value)
    };
    let points = categories.iter().zip(&series.values).map(point).collect();
    SlackChartDataSeries::new(cut(&series.name, LABEL_CHARS), points)
}

/// All rows on one page: without a page size Slack shows five.
fn table(table: &Table) -> SlackBlock {
    let row = |cells: &Vec<String>| cells.iter().cloned().map(SlackDataTableCell::from).collect();
    let rows = std::iter::once(&table.header).chain(table.rows.iter().take(MAX_ROWS)).map(row).collect();
    let page_size = u32::try_from(table.rows.len().clamp(1, MAX_ROWS)).unwrap_or(1);
    SlackDataTableBlock::new(table.caption.clone(), rows).with_page_size(page_size).into()
}
