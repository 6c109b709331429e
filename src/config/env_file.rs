//! A `.env` file, read by `dotenvy`, with a sentence for what it would misread without a word.

/// The pairs of a file, in its order.
///
/// # Errors
/// What is wrong, with the number of the line and nothing of its content.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
    // Editors on Windows put a byte order mark before a text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(nth) = text.lines().position(would_be_replaced) {
        let line = nth.saturating_add(1);
        return Err(format!(
            "has a $ in line {line}, which begins another variable's name: put the whole value in single quotes"
        ));
    }
    let pairs = dotenvy::from_read_iter(text.as_bytes());
    pairs.collect::<Result<_, _>>().map_err(|error| match line_of(text, &error) {
        Some(line) => format!("has no NAME=value in line {line} (a value with a blank needs quotes)"),
        None => "cannot be read as NAME=value lines".to_owned(),
    })
}

/// Whether `dotenvy` would put another variable's value, or nothing, in place of a part of this line. In a password
/// that is never meant, and what then fails is the sign-in at another server.
fn would_be_replaced(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else { return false };
    let value = value.trim_start();
    let value = match value.strip_prefix('"') {
        // In double quotes a # is an ordinary character. A comment may follow them.
        Some(quoted) => quoted.get(..closing_quote(quoted)).unwrap_or(quoted),
        None => value.split_once(" #").map_or(value, |(value, _)| value),
    };
    let escaped_or_not = value.matches('$').count() > value.matches("\\$").count();
    !name.trim_start().starts_with('#') && !value.starts_with('\'') && escaped_or_not
}

/// Where the first double quote is that no backslash escapes, or the end of the text.
fn closing_quote(text: &str) -> usize {
    let mut is_escaped = false;
    let closes = |c: char| {
        let closes = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        closes
    };
    text.find(closes).unwrap_or(text.len())
}

/// The number of the line that an error is about. `dotenvy` says its text, or its value alone.
fn line_of(text: &str, error: &dotenvy::Error) -> Option<usize> {
    let dotenvy::Error::LineParse(bad, _) = error else { return None };
    let nth = text.lines().position(|line| line.trim_end().ends_with(bad.trim_end()))?;
    Some(nth.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_meant() {
        let text = "\u{feff}# ours, for $5\r\nA=1\r\n\r\nexport B='two words'  # a comment\nC=\"a \\\"b\\\" \\$5\" # c\n\
                    D='it is $A # \"here\"'\nE=\nF=a#b\nG='postgres://u:p$1@h/d'\nH=1 # costs $5\nI=\"1 # 2\" # $6\n";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "a \"b\" $5"),
            ("D", "it is $A # \"here\""),
            ("E", ""),
            ("F", "a#b"),
            ("G", "postgres://u:p$1@h/d"),
            ("H", "1"),
            ("I", "1 # 2"),
        ];
        let pairs = parse(text).unwrap();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn what_would_be_misread_is_told_with_its_line_and_without_its_content() {
        for (text, says) in [
            ("A=1\r\nSECRET words\r\n", "in line 2"),
            ("=SECRET", "in line 1"),
            ("A=SECRET words", "in line 1"),
            ("A=1\n\nB=postgres://u:SEC$RET@h/d", "a $ in line 3"),
            ("A=\"SEC${RET}\"", "a $ in line 1"),
            ("A=\"SEC #$RET\"", "a $ in line 1"),
        ] {
            let told = parse(text).unwrap_err();
            assert!(told.contains(says) && !told.contains("SEC"), "{text}: {told}");
        }
    }
}
