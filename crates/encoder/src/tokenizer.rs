//! Words cut into the tokens that the model knows, the longest first from the left. `lens/study/pieces.py`
//! does the same when the model is trained; the fixture of parity holds the two together.

use crate::blob::Blob;

/// Longer runs of letters are not words.
const LONGEST_WORD: usize = 100;

/// The prefix of a token that continues a word.
const GOES_ON: &str = "##";

/// The tokens in the order of their bytes; an id is a place in it.
pub(crate) struct Tokenizer {
    names: Vec<&'static str>,
    longest: usize,
    unknown: usize,
    start: usize,
    end: usize,
}

impl Tokenizer {
    /// The next `count` names, lines in the blob.
    pub(crate) fn from_blob(blob: &mut Blob, count: usize) -> Option<Self> {
        let size = blob.count()?;
        let names: Vec<_> = std::str::from_utf8(blob.take(size)?).ok()?.lines().collect();
        let place = |name| names.binary_search(&name).ok();
        let (unknown, start, end) = (place("[UNK]")?, place("[CLS]")?, place("[SEP]")?);
        let longest = names.iter().map(|name| name.len()).max()?;
        (names.len() == count && names.is_sorted()).then_some(Self { names, longest, unknown, start, end })
    }

    pub(crate) fn start(&self) -> usize {
        self.start
    }

    pub(crate) fn end(&self) -> usize {
        self.end
    }

    #[cfg(test)]
    pub(crate) fn unknown(&self) -> usize {
        self.unknown
    }

    #[cfg(test)]
    pub(crate) fn name(&self, id: usize) -> &'static str {
        self.names.get(id).copied().unwrap_or_default()
    }

    /// The tokens of a text in small letters. Each sign is a token of its own; one that has none is left out.
    pub(crate) fn tokenize(&self, plain: &str) -> Vec<usize> {
        let mut out = Vec::new();
        for run in plain.split_whitespace() {
            let mut rest = run;
            while let Some(sign) = rest.find(|c: char| !c.is_alphanumeric()) {
                let (word, tail) = rest.split_at(sign);
                self.word(word, &mut out);
                let size = tail.chars().next().map_or(0, char::len_utf8);
                let (sign, tail) = tail.split_at(size);
                out.extend(self.names.binary_search(&sign));
                rest = tail;
            }
            self.word(rest, &mut out);
        }
        out
    }

    fn word(&self, word: &str, out: &mut Vec<usize>) {
        let before = out.len();
        let mut rest = word;
        let mut name = String::new();
        if word.chars().nth(LONGEST_WORD).is_some() {
            out.push(self.unknown);
            return;
        }
        while !rest.is_empty() {
            let prefix = if rest.len() < word.len() { GOES_ON } else { "" };
            name.clear();
            name.push_str(prefix);
            name.extend(rest.chars().take(self.longest));
            let found = loop {
                if name.len() <= prefix.len() {
                    break None;
                }
                if let Ok(found) = self.names.binary_search(&name.as_str()) {
                    break Some(found);
                }
                name.pop();
            };
            let Some(found) = found else {
                out.truncate(before);
                out.push(self.unknown);
                return;
            };
            out.push(found);
            rest = rest.get(name.len() - prefix.len()..).unwrap_or_default();
        }
    }
}
