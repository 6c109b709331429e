//! The hat balance of a month as a message: the report's own paragraphs, and a native chart
//! (<https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block>) where there is one.

use super::{
    Rendered,
    blocks::{Look, actions, button, header, paragraph},
    escape::{cut, escape_cut},
};
use crate::coach::screen::{Chart, Press, ReportScreen};
use serde_json::{Value, json};

/// A report in the DM.
pub fn message(screen: &ReportScreen) -> Rendered {
    let mut blocks = vec![header(&screen.title)];
    blocks.extend(screen.chart.as_ref().map(chart));
    blocks.extend(screen.paragraphs.iter().take(40).map(|text| paragraph(text)));
    blocks.push(actions(vec![
        button("Check in", &Press::Checkin, 0, Look::Usual),
        button("Month before", &Press::Report { month: screen.month.previous() }, 0, Look::Usual),
    ]));
    let text = format!("{}\n{}", screen.title, screen.paragraphs.join("\n"));
    Rendered { text: escape_cut(&text, 4_000), blocks }
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
