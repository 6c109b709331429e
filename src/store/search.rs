//! Searches a member's reflections, ignoring case, accents and letter width. Done here and not in SQL,
//! because SQLite folds only ASCII and PostgreSQL folds by its locale.

use crate::coach::{member_text::MemberText, reflection::Reflection};
use unicode_normalization::{UnicodeNormalization as _, char::canonical_combining_class};

/// The words to search for. No `Debug`, because they are a member's text.
pub(super) struct Search(Vec<String>);

impl Search {
    pub(super) fn new(words: &MemberText) -> Self {
        let folded = fold(words.reveal());
        Self(folded.split_whitespace().map(str::to_owned).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every word occurs in the question or in one of the member's texts.
    pub(super) fn matches(&self, reflection: &Reflection) -> bool {
        let texts = [
            fold(reflection.question.as_str()),
            fold(reflection.situation.reveal()),
            fold(reflection.answer.reveal()),
            fold(reflection.follow_up_answer.reveal()),
        ];
        self.0.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
    }
}

/// Folds text for comparison: compatibility decomposition (for width and ligatures), then removal of the
/// marks that people leave out when they type, then case folding. Upper case comes first, so that `ß`
/// equals `SS` and `ſ` equals `s`; then lower case letter by letter, so that both forms of sigma are
/// equal.
fn fold(text: &str) -> String {
    text.chars()
        .map(plain_quote)
        .nfkd()
        .filter(|c| !is_ignored(*c))
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .filter(|c| !is_ignored(*c))
        .collect()
}

/// Keyboards and Slack's clients write the same apostrophe and the same quotation marks in many ways.
fn plain_quote(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | 'ʼ' | 'ʹ' | '′' | '´' | '`' | '‹' | '›' | '＇' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '＂' => '"',
        _ => c,
    }
}

/// Accents above and below (combining classes from 200), Hebrew points and Arabic vowel signs (10
/// to 36), and invisible characters. The marks of Indic scripts and Japanese voicing (7 to 9), and the
/// vowels of Thai and Lao, change the word and are not ignored.
fn is_ignored(c: char) -> bool {
    matches!(canonical_combining_class(c), 10..=36 | 200..=240)
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_meet_whatever_their_case_accent_or_width() {
        for (written, typed) in [
            ("Straße", "STRASSE"),
            ("İstanbul", "istanbul"),
            ("ISTANBUL", "ıstanbul"),
            ("Ωmega", "ωMEGA"),
            ("\u{2126}hm", "ωhm"),
            ("ΣΊΣΥΦΟΣ", "σισυφος"),
            ("caf\u{e9}", "cafe\u{301}"),
            ("résumé", "resume"),
            ("ＡＢＣ", "abc"),
            ("ﬁnish", "finish"),
            ("שָׁלוֹם", "שלום"),
            ("Ёлка", "елка"),
            ("soft\u{ad}ware", "software"),
            ("don’t", "don't"),
            ("don´t", "don`t"),
            ("l‘équipe", "l'equipe"),
            ("“first”", "\"first\""),
            ("„zuerst“", "«zuerst»"),
        ] {
            assert_eq!(fold(written), fold(typed), "{written} {typed}");
        }
    }

    #[test]
    fn marks_that_make_another_word_stay() {
        for (one, other) in [("か", "が"), ("कि", "का"), ("क", "क्"), ("น้ำ", "นำ"), ("o", "ø")]
        {
            let differs = fold(one) != fold(other);
            assert!(differs, "{one} {other}");
        }
    }
}
