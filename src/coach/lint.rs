//! What makes a good question: the rules of the design's section 5 as pure functions over a text.
//! They hold for the library, for an operator's own prompts, and for any text a model writes before a
//! member sees it. A new rule gets its variant, its check in [`lint`], and rows in the table.

use crate::named;

named! {
    /// One rule of a good question.
    Rule, "rule" {
        /// Exactly one question mark, at the end.
        QuestionMark => "question-mark",
        /// Opens with what, how, who, where, when, which, "tell me" or "if …".
        Opening => "opening",
        /// No advice in disguise.
        Advice => "advice",
        /// No should, must, need to, ought.
        Obligation => "obligation",
        /// No verdict, praise included.
        Verdict => "verdict",
        /// One thing at a time.
        OneThing => "one-thing",
        /// At most 20 words and 120 characters.
        Length => "length",
        /// Speaks to "you".
        You => "you",
        /// Presumes no problem, feeling or cause.
        Presumption => "presumption",
    }
}

impl Rule {
    /// What to do about a finding.
    pub fn mend(self) -> &'static str {
        match self {
            Rule::QuestionMark => "end with one question mark and have no other",
            Rule::Opening => "open with what, how, who, where, when, which, \"tell me\" or \"if …, what\"",
            Rule::Advice => "ask for their move instead of hinting at yours",
            Rule::Obligation => "leave out should, must, need to and ought",
            Rule::Verdict => "leave out words that judge or praise",
            Rule::OneThing => "ask about one thing",
            Rule::Length => "use at most 20 words and 120 characters",
            Rule::You => "speak to \"you\"",
            Rule::Presumption => "presume no problem, feeling or cause",
        }
    }
}

const MAX_WORDS: usize = 20;
const MAX_CHARS: usize = 120;

const OPENINGS: &[&str] = &["what", "how", "who", "whom", "whose", "where", "when", "which"];

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
];

/// Every rule that a text breaks, in the order of [`Rule::ALL`]; empty for a good question.
pub fn lint(text: &str) -> Vec<Rule> {
    let folded = text.trim().to_lowercase().replace('’', "'");
    let words: Vec<&str> =
        folded.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty()).collect();
    Rule::ALL.iter().copied().filter(|rule| breaks(*rule, &folded, &words)).collect()
}

fn breaks(rule: Rule, folded: &str, words: &[&str]) -> bool {
    match rule {
        Rule::QuestionMark => folded.matches(['?', '？']).count() != 1 || !folded.ends_with('?'),
        Rule::Opening => !opens_well(folded, words),
        Rule::Advice => has_phrase(words, ADVICE),
        Rule::Obligation => has_phrase(words, OBLIGATION),
        Rule::Verdict => has_phrase(words, VERDICT),
        Rule::OneThing => asks_twice(folded, words),
        Rule::Length => words.len() > MAX_WORDS || folded.chars().count() > MAX_CHARS,
        Rule::You => !words.iter().any(|word| {
            matches!(*word, "you" | "your" | "yours" | "yourself" | "you'd" | "you've" | "you're")
        }),
        Rule::Presumption => has_phrase(words, PRESUMPTION),
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

/// A second question joined to the first, or a second sentence before it.
fn asks_twice(folded: &str, words: &[&str]) -> bool {
    let joined = words.windows(2).any(|pair| {
        matches!(pair, [joint, question] if JOINTS.contains(joint)
            && (OPENINGS.contains(question) || *question == "why") && *question != "when" && *question != "where")
    });
    joined || folded.contains(';') || folded.trim_end_matches('?').contains(['.', '!'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_questions_pass() {
        for good in [
            "What do you think the best move is?",
            "Who on your team could solve this if you left it with them?",
            "If nobody could reach you for a month, what would they decide without you?",
            "Tell me the reason behind this plan in one sentence of yours?",
            "When did you last muster the whole team?",
            "Which of your justifications would you keep?",
        ] {
            assert_eq!(lint(good), [], "{good}");
        }
    }

    #[test]
    fn each_rule_names_what_breaks_it() {
        let table: &[(Rule, &[&str])] = &[
            (
                Rule::QuestionMark,
                &[
                    "What do you think.",
                    "What do you think??",
                    "What? How do you see it?",
                    "What do you see? Tell me",
                ],
            ),
            (
                Rule::Opening,
                &[
                    "Why did you do that?",
                    "Do you see it?",
                    "Is that yours?",
                    "If you could, would you?",
                    "So what do you see?",
                ],
            ),
            (
                Rule::Advice,
                &[
                    "What if you asked them first?",
                    "How about your calendar?",
                    "What about you asking first?",
                ],
            ),
            (
                Rule::Obligation,
                &[
                    "What should you do next?",
                    "Which call must you make?",
                    "What do you need to say?",
                    "What ought you to say?",
                ],
            ),
            (
                Rule::Verdict,
                &[
                    "What is wrong with your plan?",
                    "What great thing did you do?",
                    "How do you simply stop?",
                    "Where do you still decide?",
                ],
            ),
            (
                Rule::OneThing,
                &[
                    "What did you see and how did you act?",
                    "What did you see; who told you?",
                    "You led. What did you see?",
                ],
            ),
            (
                Rule::Length,
                &[
                    "What would you say to each of the people on your team if every one of them asked you the same thing today?",
                ],
            ),
            (Rule::You, &["What happened next?", "How did the team take it?"]),
            (
                Rule::Presumption,
                &["What are you afraid of?", "How will you solve your problem?", "Who do you blame?"],
            ),
        ];
        for (rule, texts) in table {
            for text in *texts {
                assert!(lint(text).contains(rule), "{rule}: {text}: {:?}", lint(text));
            }
        }
    }

    #[test]
    fn nothing_at_all_is_no_question() {
        for text in ["", "   ", "?", "\u{200b}"] {
            assert!(!lint(text).is_empty(), "{text:?}");
        }
    }
}
