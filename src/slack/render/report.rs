//! The hat balance of a month as a message: the report's own parts, and native charts and a table
//! where there are numbers (<https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block>,
//! <https://docs.slack.dev/reference/block-kit/blocks/data-table-block>).

use super::{
    Rendered,
    blocks::{Look, actions, button, context, header, paragraph, quote, section},
    escape::{cut, escape, escape_cut},
};
use crate::coach::screen::{Chart, Press, Quotation, ReportPart, ReportScreen, Table};
use serde_json::{Value, json};

/// A report in the DM.
pub fn message(screen: &ReportScreen) -> Rendered {
    let natives: Vec<Value> =
        screen.charts.iter().take(2).map(chart).chain(screen.table.as_ref().map(table)).collect();
    if natives.is_empty() { in_words(screen) } else { rendered(screen, natives) }
}

/// The same for a workspace that refuses native charts and tables: every number is in the words.
pub fn in_words(screen: &ReportScreen) -> Rendered {
    rendered(screen, Vec::new())
}

fn rendered(screen: &ReportScreen, natives: Vec<Value>) -> Rendered {
    let shown = |part: &&ReportPart| natives.is_empty() || !part.in_charts;
    let parts: Vec<Value> = screen.parts.iter().filter(shown).take(20).map(part).collect();
    let mut blocks = vec![header(&screen.title)];
    blocks.extend(natives);
    blocks.extend(parts);
    for quotation in &screen.quotations {
        blocks.push(context(&quoted_on(quotation)));
        blocks.push(quote(&quotation.words));
    }
    blocks.push(paragraph(&screen.question));
    blocks.push(actions(vec![
        button("Check in", &Press::Checkin, 0, Look::Usual),
        button("Month before", &Press::Report { month: screen.month.previous() }, 0, Look::Usual),
    ]));
    Rendered { text: escape_cut(&text(screen), 4_000), blocks }
}

/// All of it as text, the member's own words near the end: a notification shows the beginning.
fn text(screen: &ReportScreen) -> String {
    let mut lines = vec![screen.title.clone()];
    for ReportPart { heading, text, .. } in &screen.parts {
        lines.push(if heading.is_empty() { text.clone() } else { format!("{heading}: {text}") });
    }
    for quotation in &screen.quotations {
        lines.push(format!("{} “{}”", quoted_on(quotation), quotation.words.reveal()));
    }
    lines.push(screen.question.clone());
    lines.join("\n")
}

fn part(part: &ReportPart) -> Value {
    if part.heading.is_empty() {
        return paragraph(&part.text);
    }
    section(&format!("*{}*\n{}", escape(part.heading), escape_cut(&part.text, 2_800)))
}

fn quoted_on(quotation: &Quotation) -> String {
    format!("You wrote on {}:", quotation.local_on.strftime("%-d %B"))
}

fn chart(chart: &Chart) -> Value {
    let series: Vec<Value> = chart
        .series
        .iter()
        .map(|series| {
            let data: Vec<Value> = chart
                .categories
                .iter()
                .zip(&series.values)
                .map(|(label, value)| json!({"label": cut(label, 20), "value": value}))
                .collect();
            json!({"name": cut(&series.name, 20), "data": data})
        })
        .collect();
    let categories: Vec<String> = chart.categories.iter().map(|label| cut(label, 20)).collect();
    json!({
        "type": "data_visualization",
        "title": cut(&chart.title, 50),
        "chart": {"type": "bar", "series": series, "axis_config": {"categories": categories}},
    })
}

/// On one page: Slack shows five rows otherwise.
fn table(table: &Table) -> Value {
    let row = |cells: &Vec<String>| -> Value {
        cells.iter().map(|text| json!({"type": "raw_text", "text": text})).collect()
    };
    let rows: Vec<Value> =
        std::iter::once(&table.header).chain(table.rows.iter().take(100)).map(row).collect();
    json!({
        "type": "data_table",
        "caption": table.caption,
        "page_size": table.rows.len().clamp(1, 100),
        "rows": rows,
    })
}
