//! Steps with the database that more than one feature needs, each a function over the interaction's
//! [`super::Ctx`]. A step that only one feature needs lives with that feature.

pub mod delivery;
pub mod evidence;
pub mod feedback;
pub mod follow_up_form;
pub mod history;
pub mod look_back;
pub mod member;
pub mod nudge;
pub mod outbox;
pub mod plan;
pub mod reflection;
pub mod report;
pub mod room;
pub mod workspace;
