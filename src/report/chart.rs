//! The picture of a report, as data: bars of both hats week by week. Which blocks or pixels they
//! become is others' work; the numbers are those of the text.

use super::Report;
use crate::coach::{
    balance::Week,
    screen::{Chart, Series},
};

/// Both hats as the member said them, one group of bars for each week of the month. `None` while
/// there are too few to tell: bars would look like more than they are.
///
/// Title and labels keep Slack's limits of 50 and 20 characters.
pub fn chart(report: &Report) -> Option<Chart> {
    if report.hats.said.is_too_few() {
        return None;
    }
    let weeks = &report.hats.weeks;
    let series = |name: &str, count: fn(&Week) -> u32| Series {
        name: name.to_owned(),
        values: weeks.iter().map(|week| f64::from(count(week))).collect(),
    };
    Some(Chart {
        title: format!("Your two hats by week, {}", report.month.title()),
        categories: weeks.iter().map(week_label).collect(),
        series: vec![series("Leader hat", |week| week.leader), series("Manager hat", |week| week.manager)],
    })
}

/// A week as chart and text name it: `5–11 Oct`, or `1 Nov` for a single day.
pub(super) fn week_label(week: &Week) -> String {
    let to = week.to_on.strftime("%-d %b");
    if week.from_on == week.to_on { to.to_string() } else { format!("{}–{to}", week.from_on.day()) }
}
