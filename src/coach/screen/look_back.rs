//! What a member set out to do, where it is quoted or looked back on.

use crate::coach::{look_back::CameOfIt, member_text::MemberText};
use jiff::civil::Date;

/// What a nudge looks back on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookBackScreen {
    /// When the member wrote it.
    pub stated_on: Date,
    /// Their sentence. `None`: it was deleted or edited away since.
    pub words: Option<MemberText>,
    pub came_of_it: Option<CameOfIt>,
}

/// What came of what a reflection set out to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedBack {
    pub asked_on: Date,
    pub came_of_it: Option<CameOfIt>,
    /// What the member wrote when they were asked.
    pub answer: Option<MemberText>,
}
