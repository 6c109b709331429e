//! First contact: three sentences, what is kept and who sees it, two buttons.

use super::{
    Rendered,
    blocks::{Look, actions, button, paragraph},
    escape::escape,
};
use crate::coach::screen::Press;

const KEPT: &str = "What you answer is kept for you alone: no manager, no admin and no colleague sees it, and you can export or erase it at any time.";

/// The first message in the DM.
pub fn message(what: &str, shown: &str) -> Rendered {
    let blocks = vec![
        paragraph(&format!("{what} {KEPT} {shown}")),
        actions(vec![
            button("Set a cadence", &Press::Schedule, 0, Look::Primary),
            button("Check in", &Press::Checkin, 0, Look::Usual),
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
