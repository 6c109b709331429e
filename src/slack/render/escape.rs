//! Makes a member's text safe to show: escapes it where Slack reads markup, and cuts it without
//! splitting an entity or what a reader sees as one character.

use unicode_segmentation::UnicodeSegmentation;

/// Escapes the three characters that Slack reads as markup
/// (<https://docs.slack.dev/messaging/formatting-message-text#escaping>).
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Cuts to at most `limit` characters, the `…` included, between graphemes. A single grapheme that is
/// longer than the limit (a letter with many combining marks) is cut between characters.
pub fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(1);
    let mut kept = String::new();
    let mut count = 0;
    for grapheme in text.graphemes(true) {
        let size = grapheme.chars().count();
        if count + size > room {
            break;
        }
        kept.push_str(grapheme);
        count += size;
    }
    if kept.is_empty() {
        kept = text.chars().take(room).collect();
    }
    kept.push('…');
    kept
}

/// Escapes, then cuts without splitting an entity.
pub(super) fn escape_cut(text: &str, limit: usize) -> String {
    let escaped = escape(text);
    if escaped.chars().count() <= limit {
        return escaped;
    }
    let mut shown = cut(&escaped, limit);
    // Removes an entity that lost its end: it would show as `&am`.
    if let Some(at) = shown.rfind('&')
        && !shown.get(at..).is_some_and(|tail| tail.contains(';'))
    {
        shown.truncate(at);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nobody_is_pinged_by_a_quotation() {
        assert_eq!(escape("<!channel> & <@U1>"), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
    }

    #[test]
    fn cuts_between_what_a_reader_sees() {
        assert_eq!(cut("👩‍👩‍👧‍👦 family", 9), "👩‍👩‍👧‍👦 …");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(escape_cut("a<b<c", 5), "a…");
    }

    proptest! {
        #[test]
        fn stays_within_the_limit_and_inert(text in any::<String>(), limit in 2_usize..80) {
            let shown = escape_cut(&text, limit);
            prop_assert!(shown.chars().count() <= limit);
            prop_assert!(!shown.contains('<') && !shown.contains('>'));
            for (at, _) in shown.match_indices('&') {
                let tail = &shown[at..];
                prop_assert!(["&amp;", "&lt;", "&gt;"].iter().any(|entity| tail.starts_with(entity)));
            }
        }
    }
}
