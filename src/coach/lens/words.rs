//! Splits a text into sentences and normalised words. `lens/study/text.py` does the same for training; the
//! tests compare the two on `lens/parity.json`.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const ABBREVIATIONS: [&str; 11] =
    ["e.g.", "i.e.", "mr.", "mrs.", "ms.", "dr.", "vs.", "etc.", "approx.", "no.", "st."];

fn is_end_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…')
}

fn is_closing_mark(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '*' | '_')
}

/// The sentences and list items that contain a letter or a digit, trimmed, in order.
pub fn sentences(text: &str) -> Vec<&str> {
    text.split(['\n', '\r'])
        .flat_map(split_line)
        .map(str::trim)
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .collect()
}

/// Splits a line after end marks that are followed by white space, except after abbreviations and ellipses.
fn split_line(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = line;
    let mut from = 0;
    while let Some(mark) = rest.get(from..).and_then(|tail| tail.find(is_end_mark)).map(|at| at + from) {
        let tail = rest.get(mark..).unwrap_or_default();
        let marks = tail.trim_start_matches(|c| is_end_mark(c) || is_closing_mark(c));
        let end = rest.len() - marks.len();
        let next = marks.trim_start();
        if next.len() < marks.len() && !next.is_empty() && is_sentence_end(rest, mark, end, next) {
            let (sentence, _) = rest.split_at(end);
            out.push(sentence);
            rest = next;
            from = 0;
        } else {
            from = end;
        }
    }
    out.push(rest);
    out
}

fn is_sentence_end(line: &str, mark: usize, end: usize, next: &str) -> bool {
    let before = line.get(..end).unwrap_or_default();
    let trails = before.ends_with('…') || line.get(mark..end).is_some_and(|marks| marks.starts_with(".."));
    let goes_on = trails && next.starts_with(char::is_lowercase);
    let word = before.split_whitespace().next_back().unwrap_or_default().to_lowercase();
    !goes_on && !ABBREVIATIONS.contains(&word.as_str())
}

/// The least words of a clause that is cut off from its sentence: fewer say nothing by themselves.
const CLAUSE_WORDS: usize = 5;

/// The words that a clause can begin with, beside one after a comma, a semicolon, a colon or a dash.
const CONJUNCTIONS: [&str; 14] = [
    "and", "but", "so", "because", "then", "while", "instead", "until", "before", "after", "when", "if",
    "though", "or",
];

/// The clauses of a sentence in order: all of its words, cut at white space. Too few words at its end belong to the
/// clause before them.
pub fn clauses(sentence: &str) -> Vec<&str> {
    let (mut starts, mut words, mut at, mut is_after_mark) = (vec![0], 0, 0, false);
    for run in sentence.split_inclusive(char::is_whitespace) {
        let written = run.trim();
        let word = written.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if (is_after_mark || CONJUNCTIONS.contains(&word.as_str())) && words >= CLAUSE_WORDS {
            starts.push(at);
            words = 0;
        }
        words += usize::from(!word.is_empty());
        at += run.len();
        is_after_mark = written.ends_with([',', ';', ':']) || matches!(written, "-" | "–" | "—");
    }
    if words < CLAUSE_WORDS && starts.len() > 1 {
        starts.pop();
    }
    let ends = starts.iter().copied().skip(1).chain([sentence.len()]);
    starts.iter().zip(ends).filter_map(|(from, to)| sentence.get(*from..to)).map(str::trim).collect()
}

/// Lower case, without diacritics, with straight apostrophes.
pub fn normalize(text: &str) -> String {
    let straight = |c| if matches!(c, '’' | '‘' | '`') { '\'' } else { c };
    text.to_lowercase().chars().map(straight).nfd().filter(|&c| !is_combining_mark(c)).collect()
}

/// Runs of letters and digits with apostrophes inside, of a normalised text.
pub fn words(plain: &str) -> Vec<&str> {
    plain
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .flat_map(|run| run.split("''"))
        .map(|run| run.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        let cases: [(&str, &[&str]); 8] = [
            ("", &[]),
            (" \n - \n…", &[]),
            ("no end", &["no end"]),
            ("Said nothing. she got there!", &["Said nothing.", "she got there!"]),
            (
                "Asked Mr. Bell, e.g. about v1.2 … then left.",
                &["Asked Mr. Bell, e.g. about v1.2 … then left."],
            ),
            ("\"Why?\" He left.", &["\"Why?\"", "He left."]),
            ("- cut scope\n- moved Ana", &["- cut scope", "- moved Ana"]),
            ("Waited… Then he spoke", &["Waited…", "Then he spoke"]),
        ];
        for (text, expected) in cases {
            assert_eq!(sentences(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_sentence_is_cut_where_another_clause_begins() {
        let cases: [(&str, &[&str]); 6] = [
            ("Moved the stand-up to nine.", &["Moved the stand-up to nine."]),
            (
                "I asked Ana what she wants, then moved the stand-up to nine",
                &["I asked Ana what she wants,", "then moved the stand-up to nine"],
            ),
            ("Cut the scope and told them why", &["Cut the scope and told them why"]),
            (
                "Listened to both of them, and waited until Bo had said it all",
                &["Listened to both of them,", "and waited until Bo had said it all"],
            ),
            ("I moved the release to Thursday, sorry", &["I moved the release to Thursday, sorry"]),
            ("", &[""]),
        ];
        for (sentence, expected) in cases {
            assert_eq!(clauses(sentence), expected, "{sentence:?}");
        }
    }

    #[test]
    fn words_of_a_plain_text() {
        let text = normalize("Didn’t hand HER the café's 3 'fixes'…");
        assert_eq!(words(&text), ["didn't", "hand", "her", "the", "cafe's", "3", "fixes"]);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_into_parts_of_itself(text in "\\PC{0,200}|[ -~.!?…\n\"]{0,200}") {
            let mut rest = text.as_str();
            for sentence in sentences(&text) {
                let at = rest.find(sentence).expect("in order");
                rest = &rest[at + sentence.len()..];
            }
            words(&normalize(&text));
        }

        #[test]
        fn clauses_leave_no_word_out(sentence in "\\PC{0,120}|[a-z ,;:-]{0,120}") {
            let joined = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(joined(&clauses(&sentence).concat()), joined(&sentence));
        }
    }
}
