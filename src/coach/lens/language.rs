//! The language of a text. The lens reads English only, and abstains for other languages rather than guess.

use whichlang::Lang;

/// The detector is not reliable below this many words, so shorter texts in Latin script are taken as English.
const MIN_WORDS: usize = 3;

/// The detector compares letters, so a language that it does not know can pass for English. Its words do not:
/// a text with a smaller share of words from the training texts is not read.
const MIN_KNOWN_SHARE: f32 = 0.4;

/// In shorter texts a single unknown word is too large a share to judge by.
const MIN_WORDS_FOR_KNOWN_SHARE: usize = 4;

/// The ISO 639-1 code of English.
pub const ENGLISH: &str = "en";

/// The code for a language that cannot be determined.
pub const UNDETERMINED: &str = "und";

/// The ISO 639-1 code of the text's language, or [`UNDETERMINED`]. `words` is the number of its words,
/// `known` how many of them occur in the training texts.
pub fn detect(text: &str, words: usize, known: usize) -> &'static str {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let latin = text.chars().filter(|&c| c.is_alphabetic() && is_latin(c)).count();
    if letters == 0 {
        return UNDETERMINED;
    }
    let share = known as f32 / words.max(1) as f32;
    let code = code(whichlang::detect_language(text));
    if latin * 2 < letters {
        return if code == ENGLISH { UNDETERMINED } else { code };
    }
    if words < MIN_WORDS {
        return ENGLISH;
    }
    match code {
        ENGLISH if words >= MIN_WORDS_FOR_KNOWN_SHARE && share < MIN_KNOWN_SHARE => UNDETERMINED,
        code => code,
    }
}

fn is_latin(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '\u{aa}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => ENGLISH,
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}
