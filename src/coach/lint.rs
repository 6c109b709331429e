//! The rules of a good question, as pure functions of a text. They apply to the built-in library, to an
//! operator's own prompts, and to every text from a language model before a member sees it. To add a rule,
//! add a variant, its check in [`lint`], and rows to the tests' table.

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// One rule of a good question.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum LintRule {
    /// Exactly one question mark, at the end.
    QuestionMark,
    /// It opens with what, how, who, where, when, which, "tell me" or "if …".
    Opening,
    /// It contains no advice in the form of a question.
    Advice,
    /// It does not say should, must, need to or ought.
    Obligation,
    /// It does not judge, not even with praise.
    Verdict,
    /// It asks about one thing.
    OneThing,
    /// At most 20 words and 120 characters.
    Length,
    /// It addresses "you".
    You,
    /// It assumes no problem, feeling or cause.
    Presumption,
}

impl LintRule {
    /// How to correct a text that breaks the rule.
    pub fn fix(self) -> &'static str {
        match self {
            LintRule::QuestionMark => "end with one question mark and have no other",
            LintRule::Opening => {
                "open with what, how, who, where, when, which, \"tell me\" or \"if …, what\""
            }
            LintRule::Advice => "ask for their move instead of hinting at yours",
            LintRule::Obligation => "leave out should, must, need to and ought",
            LintRule::Verdict => "leave out words that judge or praise",
            LintRule::OneThing => "ask about one thing",
            LintRule::Length => "use at most 20 words and 120 characters",
            LintRule::You => "speak to \"you\"",
            LintRule::Presumption => "presume no problem, feeling or cause",
        }
    }
}

const MAX_WORDS: usize = 20;
const MAX_CHARS: usize = 120;

const OPENINGS: &[&str] = &["what", "how", "who", "whom", "whose", "where", "when", "which"];

/// Verbs that make a question out of "and when …" and "or where …".
const AUXILIARIES: &[&str] = &[
    "do", "does", "did", "is", "are", "was", "were", "will", "would", "can", "could", "have", "has", "had",
    "may", "might",
];

/// A question word after one of these begins a second question.
const JOINTS: &[&str] = &["and", "or", "but", "then"];

const ADVICE: &[&str] = &[
    "have you tried",
    "have you considered",
    "have you thought",
    "what if you",
    "how about",
    "what about",
    "why don't you",
    "why not",
    "don't you think",
    "wouldn't it",
    "couldn't you",
    "wouldn't you",
    "isn't it",
    "aren't you",
    "would it not",
    "what stops you",
    "what keeps you from",
    "what is stopping you",
    "what's stopping you",
    "better to",
    "it helps to",
    "try to",
    "you could just",
    "consider",
    "shouldn't you",
    "hinders you",
    "hold you back",
    "holds you back",
    "prevents you",
    "better for you",
    "smarter",
    "wiser",
];

const OBLIGATION: &[&str] = &[
    "should",
    "shouldn't",
    "must",
    "mustn't",
    "need to",
    "needs to",
    "ought",
    "have to",
    "has to",
    "supposed to",
    "got to",
    "obliged",
    "required to",
];

const VERDICT: &[&str] = &[
    "wrong",
    "obviously",
    "just",
    "simply",
    "still",
    "great",
    "good job",
    "well done",
    "excellent",
    "amazing",
    "perfect",
    "bad",
    "poor",
    "clearly",
    "of course",
    "finally",
    "actually",
    "awesome",
    "brilliant",
    "terrible",
    "proper",
    "properly",
    "lazy",
    "weak",
    "smart",
    "right thing",
    "do right",
    "did right",
    "so well",
    "badly",
    "impressive",
    "good work",
    "good thing",
    "nice work",
];

const PRESUMPTION: &[&str] = &[
    "problem",
    "problems",
    "struggle",
    "struggling",
    "afraid",
    "fear",
    "anxious",
    "worried",
    "worry",
    "frustrated",
    "frustration",
    "angry",
    "stuck",
    "failing",
    "failed",
    "failure",
    "mistake",
    "mistakes",
    "fault",
    "blame",
    "because",
    "weakness",
    "overwhelmed",
    "stress",
    "stressed",
    "guilty",
    "avoiding",
    "conflict",
    "difficult",
    "anger",
    "worries",
    "hurt",
    "hurts",
    "upset",
    "upsets",
    "matter with",
    "disappointed",
    "ashamed",
];

/// All rules that a text breaks, in the order of [`LintRule::VARIANTS`]. Empty for a good question.
pub fn lint(text: &str) -> Vec<LintRule> {
    let folded = fold(text);
    let words = words_of(&folded);
    LintRule::VARIANTS.iter().copied().filter(|rule| breaks(*rule, &folded, &words)).collect()
}

/// Whether a text contains one of these phrases, which must be in lower case.
pub(super) fn has_any(text: &str, phrases: &[&str]) -> bool {
    has_phrase(&words_of(&fold(text)), phrases)
}

fn fold(text: &str) -> String {
    text.trim().to_lowercase().replace('’', "'")
}

fn words_of(folded: &str) -> Vec<&str> {
    folded.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty()).collect()
}

/// The rules that also apply to a sentence that is not a question, such as those of first contact.
pub fn lint_sentence(text: &str) -> Vec<LintRule> {
    let mut broken = lint(text);
    broken.retain(|rule| {
        matches!(rule, LintRule::Advice | LintRule::Obligation | LintRule::Verdict | LintRule::You)
    });
    broken
}

fn breaks(rule: LintRule, folded: &str, words: &[&str]) -> bool {
    match rule {
        LintRule::QuestionMark => folded.matches(['?', '？']).count() != 1 || !folded.ends_with('?'),
        LintRule::Opening => !opens_well(folded, words),
        LintRule::Advice => has_phrase(words, ADVICE),
        LintRule::Obligation => has_phrase(words, OBLIGATION),
        LintRule::Verdict => has_phrase(words, VERDICT),
        LintRule::OneThing => asks_twice(folded, words),
        LintRule::Length => words.len() > MAX_WORDS || folded.chars().count() > MAX_CHARS,
        LintRule::You => !words.iter().any(|word| {
            matches!(*word, "you" | "your" | "yours" | "yourself" | "you'd" | "you've" | "you're")
        }),
        LintRule::Presumption => has_phrase(words, PRESUMPTION),
    }
}

fn opens_well(folded: &str, words: &[&str]) -> bool {
    match words {
        ["tell", "me", ..] => true,
        ["if", ..] => folded
            .split_once(',')
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .is_some_and(|next| OPENINGS.contains(&next)),
        [first, ..] => OPENINGS.contains(first),
        [] => false,
    }
}

fn has_phrase(words: &[&str], phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        words.windows(phrase.len()).any(|window| window == phrase)
    })
}

/// Whether a second question follows the first: in its own sentence, after a conjunction, or after a comma
/// that does not end a subordinate clause.
fn asks_twice(folded: &str, words: &[&str]) -> bool {
    let said = folded.trim_end_matches(|c: char| !c.is_alphanumeric());
    said.contains([';', '.', '!', '?', '…']) || joins_a_question(words) || adds_a_question(said)
}

fn joins_a_question(words: &[&str]) -> bool {
    // The first word connects nothing. "and when" and "or where" only ask if a verb follows.
    words.iter().enumerate().skip(1).any(|(nth, joint)| {
        let rest = words.get(nth.saturating_add(1)..).unwrap_or_default();
        JOINTS.contains(joint)
            && match rest {
                ["when" | "where", next, ..] => AUXILIARIES.contains(next),
                ["why", ..] => true,
                [question, _, ..] => OPENINGS.contains(question),
                _ => false,
            }
    })
}

fn adds_a_question(said: &str) -> bool {
    let first_words =
        |clause: &str| -> Vec<String> { clause.split_whitespace().take(4).map(str::to_owned).collect() };
    let asks = |clause: &str| {
        let words = first_words(clause);
        words.first().is_some_and(|first| OPENINGS.contains(&first.as_str()))
            && words.iter().skip(1).any(|word| AUXILIARIES.contains(&word.as_str()))
    };
    let (first, rest) = said.split_once(',').unwrap_or((said, ""));
    asks(first) && rest.split(',').any(asks)
}

#[cfg(test)]
mod tests;
