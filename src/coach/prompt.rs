//! The questions that LeadLens asks: [`Library`] holds them, read from the files in `prompts/` and an operator's own
//! folder; [`choose`] picks the next one.

mod library;
mod reason;
mod selection;
#[cfg(test)]
mod tests;

pub use library::{INSTRUCTIONS, Library, LintFinding, Prompt, PromptKind};
pub use reason::{NudgeReason, Reason};
pub use selection::{SelectionContext, choose};
