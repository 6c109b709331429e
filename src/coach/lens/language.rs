//! Which language a text is in: the lens reads English and refuses the others rather than guess.

use whichlang::Lang;

/// Shorter texts are taken as English when their letters are Latin: three words are the fewest on which
/// the detector can be trusted.
const MIN_WORDS: usize = 3;

/// An unknown language may pass for English letter by letter; its words do not. Under this share of
/// words known from the training texts a text is not read.
const MIN_KNOWN_SHARE: f32 = 0.4;

/// The texts so short that two unknown words are half of them are not judged by known words.
const MIN_WORDS_FOR_KNOWN_SHARE: usize = 4;

/// English, as ISO 639-1 names it.
pub const ENGLISH: &str = "en";

/// What is written where the language cannot be told.
pub const UNDETERMINED: &str = "und";

/// The ISO 639-1 code of the text's language, or `und`. `words` is how many words it has, `known` how
/// many of them the training texts had.
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
