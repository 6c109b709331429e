//! How a text is read: as words, with every apostrophe gone and the common contractions made one.

use std::{collections::HashMap, sync::LazyLock};

/// What people, phones and Slack write for an apostrophe inside a word.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '´'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201b}'
            | '\u{2032}'
            | '\u{02b9}'
            | '\u{02bc}'
            | '\u{02c8}'
            | '\u{ff07}'
    )
}

/// Two words that are read as one, so that a phrase is written once.
const JOINED: &[(&str, &str, &str)] = &[
    ("do", "not", "dont"),
    ("does", "not", "doesnt"),
    ("did", "not", "didnt"),
    ("is", "not", "isnt"),
    ("was", "not", "wasnt"),
    ("were", "not", "werent"),
    ("will", "not", "wont"),
    ("would", "not", "wouldnt"),
    ("can", "not", "cant"),
    ("could", "not", "couldnt"),
    ("have", "not", "havent"),
    ("has", "not", "hasnt"),
    ("i", "am", "im"),
    ("i", "have", "ive"),
    ("my", "self", "myself"),
    ("any", "more", "anymore"),
    ("any", "longer", "anymore"),
    ("no", "one", "nobody"),
];

/// One word that is read as one or two others.
const SPELT: &[(&str, &[&str])] = &[
    ("cannot", &["cant"]),
    ("wanna", &["want", "to"]),
    ("gonna", &["going", "to"]),
    ("gotta", &["got", "to"]),
    ("noone", &["nobody"]),
    ("doesnt", &["dont"]),
    ("ain", &["isnt"]),
    ("aint", &["isnt"]),
    ("bout", &["about"]),
    ("thinkin", &["thinking"]),
    ("killin", &["killing"]),
    ("cuttin", &["cutting"]),
    ("hurtin", &["hurting"]),
    ("endin", &["ending"]),
    ("livin", &["living"]),
    ("dyin", &["dying"]),
    ("drinkin", &["drinking"]),
    ("cryin", &["crying"]),
    ("wantin", &["wanting"]),
];

/// The words of a text: small letters and digits, without apostrophes, contractions made one.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut plain: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
            continue;
        }
        let next_is_letter = letters.peek().is_some_and(|next| next.is_alphabetic() && !is_apostrophe(*next));
        if is_apostrophe(letter) && !word.is_empty() && next_is_letter {
            // Inside a word it is dropped: "don't" and "dont" are the same word.
        } else if letter.is_alphanumeric() && !is_apostrophe(letter) {
            word.extend(letter.to_lowercase());
        } else if !word.is_empty() {
            push(&mut plain, std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        push(&mut plain, word);
    }
    plain
}

/// Adds a word, joined with the one before it where the two are one.
fn push(words: &mut Vec<String>, word: String) {
    let Some(changes) = CHANGES.get(word.as_str()) else { return words.push(word) };
    if let Some(spelt) = changes.spelt {
        words.extend(spelt.iter().map(|&part| part.to_owned()));
        return;
    }
    let before = words.last().map(String::as_str);
    match changes.joined.iter().find(|(first, _)| before == Some(*first)) {
        Some((_, one)) => {
            words.pop();
            words.push((*one).to_owned());
        }
        None => words.push(word),
    }
}

/// What becomes of one word.
#[derive(Default)]
struct Changes {
    /// It is read as these.
    spelt: Option<&'static [&'static str]>,
    /// After the first it is read as the second, together with it.
    joined: Vec<(&'static str, &'static str)>,
}

/// [`SPELT`] and [`JOINED`] by the word that they change. Nearly every word is none of them.
static CHANGES: LazyLock<HashMap<&'static str, Changes>> = LazyLock::new(|| {
    let mut changes: HashMap<&'static str, Changes> = HashMap::new();
    for (written, spelt) in SPELT {
        changes.entry(written).or_default().spelt = Some(spelt);
    }
    for (first, second, one) in JOINED {
        changes.entry(second).or_default().joined.push((first, one));
    }
    changes
});

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_word_is_the_same_with_every_apostrophe_and_with_none() {
        let dont = [
            "dont", "don't", "don’t", "don‘t", "don`t", "don´t", "donʼt", "don′t", "don＇t", "DON'T",
            "do not",
        ];
        for written in dont {
            assert_eq!(words(&format!("i {written} know")), ["i", "dont", "know"], "{written}");
        }
        for quoted in [
            "\"want to\"",
            "'want to'",
            "`want to`",
            "“want to”",
            "‘want to’",
            "«want to»",
            "*want* _to_",
            "want…to",
        ] {
            assert_eq!(words(quoted), ["want", "to"], "{quoted}");
        }
        assert_eq!(words("I cannot; wanna. I am my self"), ["i", "cant", "want", "to", "im", "myself"]);
        assert_eq!(words("’ ' `"), Vec::<String>::new());
    }
}
