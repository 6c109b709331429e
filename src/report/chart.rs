//! The charts and the table of a report, as data for Slack's blocks. They show the same numbers as the text.

use super::{
    Report,
    wording::{hat_name, percent, range, week_label},
};
use crate::coach::{
    balance::{Axis, DimensionTally, HatAxes, TOO_FEW_BELOW, Week},
    hat::Hat,
    screen::{Chart, Series, Table},
};
use strum::VariantArray as _;

/// Both hats by what the member said, week by week, and the poles of the dimensions. A chart is left out if
/// there is too little evidence, because bars would suggest more than there is.
///
/// There are at most two charts, with titles of at most 50 and labels of at most 20 characters, which are
/// Slack's limits.
pub fn charts(report: &Report) -> Vec<Chart> {
    [by_week(report), by_dimension(report)].into_iter().flatten().collect()
}

fn by_week(report: &Report) -> Option<Chart> {
    if report.hats.said.is_too_few() {
        return None;
    }
    let weeks = &report.hats.weeks;
    let series = |hat, count: fn(&Week) -> u32| Series {
        name: hat_name(hat).to_owned(),
        values: weeks.iter().map(|week| f64::from(count(week))).collect(),
    };
    Some(Chart {
        title: format!("Your two hats by week, {}", report.month.title()),
        categories: weeks.iter().map(week_label).collect(),
        series: vec![series(Hat::Leader, |week| week.leader), series(Hat::Manager, |week| week.manager)],
    })
}

fn by_dimension(report: &Report) -> Option<Chart> {
    let seen: Vec<&DimensionTally> = report.hats.dimensions.iter().filter(|tally| tally.of > 0).collect();
    let all = seen.iter().fold(0_u32, |sum, tally| sum.saturating_add(tally.of));
    if all < TOO_FEW_BELOW {
        return None;
    }
    let series = |name: &str, count: fn(&DimensionTally) -> u32| Series {
        name: name.to_owned(),
        values: seen.iter().map(|tally| f64::from(count(tally))).collect(),
    };
    Some(Chart {
        title: format!("Where you leaned, {}", report.month.title()),
        categories: seen.iter().map(|tally| tally.dimension.title().to_owned()).collect(),
        series: vec![
            series("Leader's pole", |tally| tally.leader),
            series("Manager's pole", |tally| tally.manager),
        ],
    })
}

/// The counts of both hats as a table. `None` if the month has no evidence with a hat.
pub fn table(report: &Report) -> Option<Table> {
    let hats = &report.hats;
    let mut rows = Vec::new();
    let mut column = |name: &str, column: &HatAxes| {
        if column.evidence > 0 {
            let of = column.evidence.to_string();
            rows.push(vec![name.to_owned(), in_cell(column.leader), in_cell(column.manager), of]);
        }
    };
    column("You said", &hats.said);
    column("Your words show", &hats.lens);
    let needed = hats.needed;
    let read = needed.leader.saturating_add(needed.manager);
    if read > 0 {
        let counts = [needed.leader, needed.manager, read].map(|count| count.to_string());
        rows.push(["The rooms needed".to_owned()].into_iter().chain(counts).collect());
    }
    let begun = report.plans.all_experiments().begun;
    if begun > 0 {
        let experiments = Hat::VARIANTS.iter().map(|hat| report.plans.experiments(*hat));
        let cells = experiments.map(|tally| match tally.begun {
            0 => "0".to_owned(),
            begun => format!("{begun} · {}", tally.came()),
        });
        let name = "Experiments begun".to_owned();
        rows.push([name].into_iter().chain(cells).chain([begun.to_string()]).collect());
    }
    for tally in hats.dimensions.iter().filter(|tally| tally.of > 0) {
        let cell = |hat, count| format!("{count} · {}", tally.dimension.pole(hat));
        rows.push(vec![
            tally.dimension.title().to_owned(),
            cell(Hat::Leader, tally.leader),
            cell(Hat::Manager, tally.manager),
            tally.of.to_string(),
        ]);
    }
    for before in &report.past_months {
        let said = before.said;
        let name = before.month.title();
        rows.push(vec![name, in_cell(said.leader), in_cell(said.manager), said.evidence.to_string()]);
    }
    let header = ["What", hat_name(Hat::Leader), hat_name(Hat::Manager), "Of"];
    (!rows.is_empty()).then(|| Table {
        caption: format!("{} in numbers", report.month.title()),
        header: header.map(str::to_owned).to_vec(),
        rows,
    })
}

/// `5 · 38% (18–64%)`, or the count alone if there is no share.
fn in_cell(axis: Axis) -> String {
    axis.share.map_or_else(
        || axis.count.to_string(),
        |share| format!("{} · {} ({})", axis.count, percent(share.value), range(share)),
    )
}
