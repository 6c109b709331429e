//! Writes an emoji as the member saw it. Slack sends it as its name between colons, `:tada:` for 🎉, also where
//! it was typed as a character (<https://docs.slack.dev/messaging/formatting-message-text#emoji>).

use std::{collections::HashMap, sync::LazyLock};

/// Slack's names. A workspace's own emoji are not among them: only Slack has their pictures.
static BY_NAME: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("emoji.txt").lines().filter(|line| !line.starts_with("# "));
    let named = lines.filter_map(|line| line.split_once(' '));
    named.flat_map(|(emoji, names)| names.split(' ').map(move |name| (name, emoji))).collect()
});

/// The text with its emoji in place of their names. What is no name of Slack's stays.
pub(super) fn written_out(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(':') {
        written.push_str(before);
        let found = from.split_once(':').and_then(|(name, after)| Some((*BY_NAME.get(name)?, after)));
        match found {
            Some((emoji, after)) => {
                let (tone, after) = tone(after);
                push(&mut written, emoji, tone);
                rest = after;
            }
            None => {
                written.push(':');
                rest = from;
            }
        }
    }
    written.push_str(rest);
    written
}

/// The skin tone that follows a name, as in `:wave::skin-tone-4:`, and what comes after it.
fn tone(text: &str) -> (Option<char>, &str) {
    let found = text.strip_prefix(":skin-tone-").and_then(|from| from.split_once(':'));
    let tone = found.and_then(|(number, after)| {
        let tone = match number {
            "2" => '\u{1f3fb}',
            "3" => '\u{1f3fc}',
            "4" => '\u{1f3fd}',
            "5" => '\u{1f3fe}',
            "6" => '\u{1f3ff}',
            _ => return None,
        };
        Some((Some(tone), after))
    });
    tone.unwrap_or((None, text))
}

/// A skin tone comes after the first character, in the place of the mark that asks for a picture.
fn push(written: &mut String, emoji: &str, tone: Option<char>) {
    let mut characters = emoji.chars();
    written.extend(characters.next());
    written.extend(tone);
    let others = characters.as_str();
    written.push_str(tone.map_or(others, |_| others.strip_prefix('\u{fe0f}').unwrap_or(others)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_emoji_and_everything_else_stays() {
        let table = [
            (":tada:", "🎉"),
            ("done :tada: at last :+1:", "done 🎉 at last 👍"),
            (":tada::tada:", "🎉🎉"),
            (":thumbsup:", "👍"),
            (":simple_smile:", "🙂"),
            (":wave::skin-tone-4:", "👋🏽"),
            (":point_up::skin-tone-2:!", "☝🏻!"),
            (":male-technologist::skin-tone-6:", "👨🏿‍💻"),
            (":flag-de:", "🇩🇪"),
            (":hash:", "#️⃣"),
            (":shipit: is our own", ":shipit: is our own"),
            ("at 10:30:00", "at 10:30:00"),
            ("two: :tada:", "two: 🎉"),
            ("a::tada:", "a:🎉"),
            (":tada", ":tada"),
            ("🎉", "🎉"),
            ("::", "::"),
            ("", ""),
        ];
        for (sent, seen) in table {
            assert_eq!(written_out(sent), seen, "{sent}");
        }
    }

    #[test]
    fn no_name_is_read_twice_or_lost() {
        assert!(BY_NAME.len() > 1_900, "{}", BY_NAME.len());
        assert!(BY_NAME.keys().all(|name| !name.contains(':')), "a name holds a colon");
    }

    proptest! {
        #[test]
        fn a_text_without_colons_stays_as_it_is(text in "[^:]{0,40}") {
            prop_assert_eq!(written_out(&text), text);
        }
    }
}
