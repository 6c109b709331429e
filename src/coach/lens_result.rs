//! What is kept of the lens's reading of a reflection, and how it is shown. The kept form contains byte
//! ranges and none of the text; the shown form has the words at those ranges.

use super::{
    hat::{Dimension, Hat, Hats},
    lens::{ENGLISH, LensEvidence, Reading, UNDETERMINED},
    member_text::MemberText,
};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, str::FromStr};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// Why the lens gave no hats for a text that it has read.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum AbstainReason {
    /// No combination of hats is probable enough.
    Unsure,
    /// The text is in a language that the lens does not read.
    Language,
}

/// The part of a reading that is kept with the answer. It contains none of the answer's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LensResult {
    /// `None` if the lens abstained.
    pub hats: Option<Hats>,
    /// The dimension, if one was clear.
    pub dimension: Option<Dimension>,
    /// Where in the answer the hats show.
    pub spans: EvidenceSpans,
    /// Why it abstained, if it did.
    pub abstained: Option<AbstainReason>,
}

impl LensResult {
    /// The kept part of the reading of `text`.
    pub fn from_reading(text: &str, reading: &Reading) -> Self {
        let Some(hats) = reading.hats else {
            let is_foreign = ![ENGLISH, UNDETERMINED].contains(&reading.language);
            return Self::abstained(if is_foreign { AbstainReason::Language } else { AbstainReason::Unsure });
        };
        let spans = Hat::VARIANTS.iter().filter(|hat| hats.shows(**hat)).filter_map(|hat| {
            let of_hat: Vec<&str> = reading.evidence.iter().filter_map(|it| text_for(it, *hat)).collect();
            evidence_span(text, &of_hat).map(|at| EvidenceSpan { hat: *hat, at })
        });
        Self {
            hats: Some(hats),
            dimension: reading.dimension,
            spans: EvidenceSpans(spans.collect()),
            abstained: None,
        }
    }

    /// A reading without hats.
    pub fn abstained(why: AbstainReason) -> Self {
        Self { hats: None, dimension: None, spans: EvidenceSpans::default(), abstained: Some(why) }
    }
}

fn text_for(evidence: &LensEvidence, hat: Hat) -> Option<&str> {
    (evidence.hat == hat).then_some(evidence.text.as_str())
}

/// The range to show for one hat: its strongest clause. One that is the whole text would only repeat it.
fn evidence_span(text: &str, evidence: &[&str]) -> Option<Range<usize>> {
    let clause = evidence.first().filter(|clause| clause.trim() != text.trim())?;
    find_whole(text, clause)
}

/// The first occurrence of `piece` that is not part of a longer word.
fn find_whole(text: &str, piece: &str) -> Option<Range<usize>> {
    let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let stands_alone = |at: &usize| {
        let before = text.get(..*at).and_then(|head| head.chars().next_back());
        let after = text.get(at.saturating_add(piece.len())..).and_then(|tail| tail.chars().next());
        !joins(before) && !joins(after)
    };
    let found = text.match_indices(piece).map(|(at, _)| at).find(stands_alone)?;
    (!piece.is_empty()).then(|| found..found.saturating_add(piece.len()))
}

/// A byte range of an answer, and the hat that it is evidence for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct EvidenceSpan {
    hat: Hat,
    at: Range<usize>,
}

/// The ranges of an answer in which the hats show, written as `manager:0-24 leader:30-41`. They mean nothing
/// without the answer and are deleted with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EvidenceSpans(Vec<EvidenceSpan>);

impl EvidenceSpans {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text at each range. Ranges that do not fit this text are ignored.
    pub fn words(&self, text: &str) -> Vec<(Hat, MemberText)> {
        let words =
            self.0.iter().filter_map(|place| Some((place.hat, MemberText::new(text.get(place.at.clone())?))));
        words.filter(|(_, words)| !words.is_blank()).collect()
    }
}

impl fmt::Display for EvidenceSpans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, EvidenceSpan { hat, at }) in self.0.iter().enumerate() {
            let space = if nth == 0 { "" } else { " " };
            write!(f, "{space}{hat}:{}-{}", at.start, at.end)?;
        }
        Ok(())
    }
}

/// The text is not a list of ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no spans in a text")]
pub struct InvalidEvidenceSpans;

impl FromStr for EvidenceSpans {
    type Err = InvalidEvidenceSpans;

    fn from_str(text: &str) -> Result<Self, InvalidEvidenceSpans> {
        let place = |piece: &str| {
            let (hat, at) = piece.split_once(':')?;
            let (from, to) = at.split_once('-')?;
            Some(EvidenceSpan { hat: hat.parse().ok()?, at: from.parse().ok()?..to.parse().ok()? })
        };
        text.split_whitespace()
            .map(|piece| place(piece).ok_or(InvalidEvidenceSpans))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl TryFrom<String> for EvidenceSpans {
    type Error = InvalidEvidenceSpans;

    fn try_from(text: String) -> Result<Self, InvalidEvidenceSpans> {
        text.parse()
    }
}

impl From<EvidenceSpans> for String {
    fn from(spans: EvidenceSpans) -> String {
        spans.to_string()
    }
}

/// The lens's reading as messages and forms show it.
#[derive(Debug, Clone, PartialEq)]
pub enum LensScreen {
    /// The lens has not read the text, or the text is not read at all.
    Unread,
    /// It read these hats, shown by these words.
    Hats { hats: Hats, words: Vec<(Hat, MemberText)> },
    /// It gives no hats, so only what the member said is shown.
    Abstained(AbstainReason),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::lens::Lens;
    use proptest::prelude::*;

    fn read(text: &str) -> LensResult {
        LensResult::from_reading(text, &Lens::get().read(text))
    }

    fn spans(text: &str, evidence: &[(Hat, &str)]) -> Vec<(Hat, String)> {
        let evidence =
            evidence.iter().map(|(hat, text)| LensEvidence { text: (*text).to_owned(), hat: *hat });
        let reading = Reading {
            hats: Some(Hats::BOTH),
            language: ENGLISH,
            evidence: evidence.collect(),
            ..Lens::get().read("")
        };
        let words = LensResult::from_reading(text, &reading).spans.words(text).into_iter();
        words.map(|(hat, words)| (hat, words.reveal().to_owned())).collect()
    }

    #[test]
    fn of_each_hat_the_strongest_clause_is_shown_unless_it_is_all_of_the_text() {
        use Hat::{Leader, Manager};
        let text = "Moved the stand-up to 9.";
        assert_eq!(spans(text, &[(Manager, text)]), []);
        let text = "Moved the stand-up to 9. Then I asked Ana what she wants.";
        let (moved, asked) = ("Moved the stand-up to 9.", "Then I asked Ana what she wants.");
        let evidence = [(Leader, asked), (Manager, moved), (Manager, "I asked Ana")];
        assert_eq!(spans(text, &evidence), [(Leader, asked.into()), (Manager, moved.into())]);
        assert_eq!(spans(text, &[(Leader, "not in the text")]), []);
    }

    #[test]
    fn it_says_why_it_says_nothing() {
        for (text, why) in [
            ("Wir verschieben das Release auf Donnerstag und schreiben eine Liste.", AbstainReason::Language),
            ("会議を金曜日に移しました。全員に知らせます。", AbstainReason::Language),
            ("🌴", AbstainReason::Unsure),
            ("", AbstainReason::Unsure),
        ] {
            assert_eq!(read(text), LensResult::abstained(why), "{text}");
        }
    }

    #[test]
    fn a_word_is_not_found_inside_another() {
        assert_eq!(find_whole("Planned the plan.", "plan"), Some(12..16));
        assert_eq!(find_whole("Planned", "plan"), None);
        assert_eq!(find_whole("anything", ""), None);
    }

    proptest! {
        #[test]
        fn whatever_is_read_comes_back_and_lies_in_the_text(text in "\\PC{0,80}") {
            let seen = read(&text);
            prop_assert_eq!(seen.spans.to_string().parse(), Ok(seen.spans.clone()));
            prop_assert_eq!(seen.spans.words(&text).len(), seen.spans.0.len());
            prop_assert!(seen.abstained.is_some() != seen.hats.is_some());
        }

        #[test]
        fn foreign_places_never_harm(text in "\\PC{0,20}", from in 0_usize..30, to in 0_usize..30, named in "\\PC{0,20}") {
            let spans: EvidenceSpans = format!("leader:{from}-{to}").parse().unwrap();
            let _ = spans.words(&text);
            let _ = named.parse::<EvidenceSpans>();
        }
    }
}
