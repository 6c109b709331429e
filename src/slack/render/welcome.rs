//! First contact: three sentences, what is kept and who sees it, two buttons.

use super::{
    Rendered,
    blocks::{Look, actions, button, paragraph},
};
use crate::coach::screen::Press;

const WHAT: &str = "I am LeadLens: now and then I ask you a short question about how you lead, and I never tell you what to do.";
const KEPT: &str = "What you answer is kept for you alone: no manager, no admin and no colleague sees it, and you can export or erase it at any time.";
const SHOWN: &str = "Once a month I show you how often you wore the manager hat (how and when) and the leader hat (what and why).";

/// The first message in the DM.
pub fn message() -> Rendered {
    let blocks = vec![
        paragraph(&format!("{WHAT} {KEPT} {SHOWN}")),
        actions(vec![
            button("Set a cadence", &Press::Schedule, 0, Look::Primary),
            button("Check in", &Press::Checkin, 0, Look::Usual),
        ]),
    ];
    Rendered {
        text: format!(
            "{WHAT} {KEPT} {SHOWN} Set a cadence with /leadlens schedule, or check in with /leadlens checkin."
        ),
        blocks,
    }
}
