//! The list of the nine practices.

use crate::coach::hat::Practice;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticesForm {
    pub practices: Vec<PracticeEntry>,
    /// The practice in focus, if there is one.
    pub focus: Option<Practice>,
}

/// A practice with the sentence that says what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeEntry {
    pub practice: Practice,
    pub about: String,
}
