//! What Slack says against native charts and data tables.

use super::Findings;
use serde_json::Value;
use std::collections::HashSet;

/// All cells of a message's tables together.
pub(super) const MAX_TABLE_CHARS: usize = 10_000;

/// <https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block>
pub(super) fn check_chart(findings: &mut Findings, at: &str, block: &Value) {
    findings.charts += 1;
    findings.fields(at, block, &["type", "block_id", "title", "chart"]);
    findings.text_length(&format!("{at}/title"), block["title"].as_str(), 1, 50);
    let chart = &block["chart"];
    let at = format!("{at}/chart");
    match chart["type"].as_str() {
        Some("bar" | "area" | "line") => {}
        Some("pie") => return check_segments(findings, &at, chart),
        _ => return findings.add(&format!("{at}/type"), "must be pie, bar, area or line"),
    }
    let categories: Vec<&str> = chart["axis_config"]["categories"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if categories.is_empty() {
        findings.add(&format!("{at}/axis_config/categories"), "no fewer than 1 items allowed");
    }
    for label in &categories {
        findings.text_length(&format!("{at}/axis_config/categories"), Some(label), 1, 20);
    }
    findings.count(&format!("{at}/series"), &chart["series"], 1, 6);
    let mut names = HashSet::new();
    for (nth, series) in chart["series"].as_array().into_iter().flatten().enumerate() {
        let at = format!("{at}/series/{nth}");
        findings.text_length(&format!("{at}/name"), series["name"].as_str(), 1, 20);
        if !names.insert(series["name"].as_str().unwrap_or_default()) {
            findings.add(&at, "series names must be unique");
        }
        let labels: Vec<&str> = series["data"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|point| point["label"].as_str())
            .collect();
        if labels != categories {
            findings.add(&format!("{at}/data"), "labels must match axis_config.categories");
        }
        let values = series["data"].as_array().into_iter().flatten();
        if values.clone().any(|point| !point["value"].is_number()) {
            findings.add(&format!("{at}/data"), "values must be numbers");
        }
    }
}

fn check_segments(findings: &mut Findings, at: &str, chart: &Value) {
    findings.count(&format!("{at}/segments"), &chart["segments"], 1, 6);
    for (nth, segment) in chart["segments"].as_array().into_iter().flatten().enumerate() {
        findings.text_length(&format!("{at}/segments/{nth}/label"), segment["label"].as_str(), 1, 20);
    }
}

/// <https://docs.slack.dev/reference/block-kit/blocks/data-table-block>
pub(super) fn check_data_table(findings: &mut Findings, at: &str, block: &Value) {
    findings.fields(
        at,
        block,
        &["type", "block_id", "rows", "caption", "page_size", "row_header_column_index"],
    );
    if block["caption"].as_str().is_none_or(str::is_empty) {
        findings.add(&format!("{at}/caption"), "missing required field: caption");
    }
    let page_size = &block["page_size"];
    if !page_size.is_null() && !page_size.as_u64().is_some_and(|size| (1..=100).contains(&size)) {
        findings.add(&format!("{at}/page_size"), "must be between 1 and 100");
    }
    findings.count(&format!("{at}/rows"), &block["rows"], 2, 101);
    let rows = || block["rows"].as_array().into_iter().flatten();
    let columns = rows().next().and_then(Value::as_array).map_or(0, Vec::len);
    let names_a_column = |index: u64| usize::try_from(index).is_ok_and(|index| index < columns);
    let row_header = &block["row_header_column_index"];
    if !row_header.is_null() && !row_header.as_u64().is_some_and(names_a_column) {
        findings.add(&format!("{at}/row_header_column_index"), "must be the index of a column");
    }
    for (nth, row) in rows().enumerate() {
        let at = format!("{at}/rows/{nth}");
        if findings.count(&at, row, 1, 20) != columns {
            findings.add(&at, "all rows must have the same number of cells");
        }
        for (place, cell) in row.as_array().into_iter().flatten().enumerate() {
            check_cell(findings, &format!("{at}/{place}"), cell, nth == 0);
        }
    }
}

fn check_cell(findings: &mut Findings, at: &str, cell: &Value, is_header: bool) {
    match cell["type"].as_str() {
        Some("raw_text") => findings.fields(at, cell, &["type", "text"]),
        Some("raw_number") => {
            findings.fields(at, cell, &["type", "value", "text"]);
            if !cell["value"].is_number() {
                findings.add(&format!("{at}/value"), "must be a number");
            }
        }
        Some("rich_text") if !is_header => return super::check_rich_text(findings, at, cell),
        _ => return findings.add(&format!("{at}/type"), "unsupported cell"),
    }
    match cell["text"].as_str() {
        Some("") => findings.add(&format!("{at}/text"), "must be more than 0 characters"),
        Some(text) => findings.table_chars += text.chars().count(),
        None if cell["type"] == "raw_text" => {
            findings.add(&format!("{at}/text"), "missing required field: text");
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::blocks::{Surface, check};
    use serde_json::{Value, json};

    fn cell(text: &str) -> Value {
        json!({"type": "raw_text", "text": text})
    }

    fn table(rows: Value) -> Value {
        json!({"type": "data_table", "caption": "In numbers", "rows": rows})
    }

    fn with(field: &str, value: Value) -> Value {
        let mut block =
            table(json!([[cell("a"), cell("b")], [cell("c"), {"type": "raw_number", "value": 1}]]));
        block[field] = value;
        block
    }

    #[test]
    fn takes_the_tables_that_slack_takes() {
        for block in [
            with("page_size", json!(100)),
            with("row_header_column_index", json!(1)),
            table(Value::from(vec![json!([cell("x")]); 101])),
        ] {
            assert_eq!(check(&json!([block]), Surface::Message), Vec::<String>::new());
        }
    }

    #[test]
    fn refuses_the_tables_that_slack_refuses() {
        let rich = json!({"type": "rich_text", "elements": []});
        let long = cell(&"x".repeat(5_000));
        for (blocks, expected) in [
            (json!([table(json!([[cell("a")]]))]), "no fewer than 2"),
            (json!([table(Value::from(vec![json!([cell("x")]); 102]))]), "no more than 101"),
            (json!([table(json!([[cell("a")], [cell("b"), cell("c")]]))]), "same number of cells"),
            (json!([table(json!([vec![cell("a"); 21], vec![cell("a"); 21]]))]), "no more than 20"),
            (json!([table(json!([[cell("a")], [cell("")]]))]), "more than 0 characters"),
            (json!([table(json!([[rich], [cell("a")]]))]), "unsupported cell"),
            (
                json!([table(json!([[cell("a")], [{"type": "raw_number", "value": "1"}]]))]),
                "must be a number",
            ),
            (json!([table(json!([[cell("a")], [long], [long], [cell("a")]]))]), "no more than 10000"),
            (
                json!([table(json!([[cell("a")], [long]])), table(json!([[cell("a")], [long]]))]),
                "no more than 10000",
            ),
            (json!([with("caption", Value::Null)]), "missing required field: caption"),
            (json!([with("page_size", json!(101))]), "between 1 and 100"),
            (json!([with("row_header_column_index", json!(2))]), "index of a column"),
            (json!([with("colour", json!("red"))]), "additional property"),
        ] {
            let said = check(&blocks, Surface::Message).join("\n");
            assert!(said.contains(expected), "{expected}: {said}");
        }
        let said = check(&json!([with("page_size", json!(5))]), Surface::Home).join("");
        assert!(said.contains("unsupported block type"), "{said}");
    }
}
