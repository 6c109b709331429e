//! The wording of numbers, hats and weeks that text, charts, table and picture share.

use super::Report;
use crate::coach::{
    balance::{Share, Week},
    hat::{Hat, Hats},
};

/// The interval of a share in whole percent: `18–64%`.
pub(super) fn range(share: Share) -> String {
    format!("{:.0}–{}", share.low * 100.0, percent(share.high))
}

/// A share in whole percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// `Leader hat`, `Manager hat`.
pub(super) fn hat_name(hat: Hat) -> &'static str {
    match hat {
        Hat::Leader => "Leader hat",
        Hat::Manager => "Manager hat",
    }
}

/// A week's label: `5–11 Oct`, or `1 Nov` for a single day.
pub(super) fn week_label(week: &Week) -> String {
    let to = week.to_on.strftime("%-d %b");
    if week.from_on == week.to_on { to.to_string() } else { format!("{}–{to}", week.from_on.day()) }
}

/// `none of these 9 shows the leader hat`.
pub(super) fn blind_spot(report: &Report) -> Option<String> {
    let absent = report.hats.blind_spot?;
    let shown = if absent == Hats::BOTH { "either".to_owned() } else { format!("the {absent}") };
    Some(format!("none of these {} shows {shown} hat", report.hats.said.evidence))
}
