//! Text that a member wrote. `Debug` hides it and there is no `Display`, so that it cannot end up in a log,
//! an error or a panic message by accident. Code that needs the text calls [`MemberText::reveal`].

use serde::{Deserialize, Serialize};
use std::fmt;

/// The most characters that a Slack text input accepts
/// (<https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element>).
pub const MAX_FORM_CHARS: usize = 3_000;

/// A member's text, unchanged.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberText(String);

impl MemberText {
    /// Nothing is trimmed or normalised.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for storing it, showing it to its author, or reading it with the lens.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether a reader would see nothing: only white space, zero-width and control characters.
    pub fn is_blank(&self) -> bool {
        self.0.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
    }

    /// The number of Unicode scalar values, which is how Slack counts.
    pub fn char_count(&self) -> usize {
        self.0.chars().count()
    }
}

impl fmt::Debug for MemberText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberText({} chars)", self.char_count())
    }
}

/// Whether a zero-width or formatting character shows as nothing.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_text() {
        let words = MemberText::new("I am afraid of my boss");
        assert_eq!(format!("{words:?}"), "MemberText(22 chars)");
    }

    #[test]
    fn invisible_text_is_blank() {
        for blank in ["", " ", "\n\t", "\u{200b}\u{feff}", "\u{3000}", "\u{2060} \u{ad}"] {
            assert!(MemberText::new(blank).is_blank(), "{blank:?}");
        }
        for seen in [".", "न", "🌴", "\u{200b}a"] {
            assert!(!MemberText::new(seen).is_blank(), "{seen:?}");
        }
    }
}
