//! First contact: three sentences about what is kept and who sees it, and two buttons.

use super::{
    Rendered,
    blocks::{actions, button, paragraph, primary_button},
    escape::escape,
};
use crate::features::{checkin, schedule};

const KEPT: &str = "What you answer is kept for you alone: no manager, no admin and no colleague sees it, and you can export or erase it at any time.";

/// The first message in the DM.
pub(super) fn message(what: &str, shown: &str) -> Rendered {
    let blocks = vec![
        paragraph(&format!("{what} {KEPT} {shown}")),
        actions([
            primary_button("Set a cadence", schedule::Action::Open, 0),
            button("Check in", checkin::Action::Open, 0),
        ]),
    ];
    Rendered {
        text: format!(
            "{} {KEPT} {} Set a cadence with /leadlens schedule, or check in with /leadlens checkin.",
            escape(what),
            escape(shown),
        ),
        blocks,
    }
}
