//! First contact: what LeadLens is, who sees what is written, and two buttons.

use super::{
    Rendered,
    blocks::{actions, button, paragraph, primary_button},
    escape::escape,
    privacy::WHO_SEES_IT,
};
use crate::features::{checkin, schedule};

const YOURS: &str = "You can export or erase all of it at any time.";

/// The first message in the DM.
pub(super) fn message(what: &str, shown: &str) -> Rendered {
    let blocks = vec![
        paragraph(&format!("{what} {WHO_SEES_IT} {YOURS} {shown}")),
        actions([
            primary_button("Set a cadence", schedule::Action::Open, 0),
            button("Check in", checkin::Action::Open, 0),
        ]),
    ];
    Rendered {
        text: format!(
            "{} {WHO_SEES_IT} {YOURS} {} Set a cadence with /leadlens schedule, or check in with /leadlens checkin.",
            escape(what),
            escape(shown),
        ),
        blocks,
    }
}
