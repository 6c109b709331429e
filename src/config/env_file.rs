//! A `.env` file: `NAME=value` lines, as people and editors write them. Nothing in a value is replaced: a password
//! with a `$` in it stays what it is.

/// The line, from 1, that is not `NAME=value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadLine(pub(super) usize);

/// The pairs of a file, in its order. Blank lines and lines that begin with `#` are skipped, as are a byte order
/// mark and an `export` before a name. A value may be in single quotes, where everything is itself, or in double
/// quotes, where `\n`, `\"`, `\\` and `\$` are characters; without quotes it ends at ` #`.
///
/// # Errors
/// [`BadLine`], which holds no content.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, BadLine> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut pairs = Vec::new();
    for (nth, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        pairs.push(pair(line).ok_or(BadLine(nth.saturating_add(1)))?);
    }
    Ok(pairs)
}

fn pair(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim);
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    is_name.then_some(())?;
    Some((name.to_owned(), value_of(value.trim())?))
}

fn value_of(value: &str) -> Option<String> {
    if let Some(quoted) = value.strip_prefix('\'') {
        let (value, rest) = quoted.split_once('\'')?;
        return is_comment(rest).then(|| value.to_owned());
    }
    let is_quoted = value.starts_with('"');
    let mut read = String::new();
    let mut letters = value.strip_prefix('"').unwrap_or(value).chars();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted => return is_comment(letters.as_str()).then_some(read),
            '#' if !is_quoted && before.is_whitespace() => return Some(read.trim_end().to_owned()),
            '\\' => match letters.next()? {
                'n' if is_quoted => read.push('\n'),
                known @ ('"' | '\'' | '\\' | '$' | ' ' | '#') => read.push(known),
                other => read.extend(['\\', other]),
            },
            letter => read.push(letter),
        }
        before = letter;
    }
    (!is_quoted).then(|| read.trim_end().to_owned())
}

/// What may follow a quoted value.
fn is_comment(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_meant() {
        let text = "\u{feff}# ours\r\nA=1\r\n\r\n export B = two words  # a comment\nC=pa$s${A}word\n\
                    D=\"a \\\"b\\\" \\$5 #1\" # c\nE='it is $A # \"here\"'\nF=\nG=a#b\nH=postgres://u:p$1@h/d\n";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "pa$s${A}word"),
            ("D", "a \"b\" $5 #1"),
            ("E", "it is $A # \"here\""),
            ("F", ""),
            ("G", "a#b"),
            ("H", "postgres://u:p$1@h/d"),
        ];
        let pairs = parse(text).unwrap();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn a_line_that_is_none_is_named_by_its_number() {
        for (text, line) in
            [("A=1\nnonsense", 2), ("=1", 1), ("A=\"open", 1), ("A='open", 1), ("A=\"b\" c", 1)]
        {
            assert_eq!(parse(text), Err(BadLine(line)), "{text}");
        }
    }
}
