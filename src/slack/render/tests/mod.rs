//! Tests over every screen at once. `samples` has one screen of each kind; a new screen joins it there
//! and is then part of the storybook and of the checks in `limits`.

mod limits;
mod samples;
mod storybook;
mod wording;

use serde::Serialize;
use serde_json::Value;

/// What Slack receives.
fn json(rendered: &impl Serialize) -> Value {
    serde_json::to_value(rendered).unwrap()
}
