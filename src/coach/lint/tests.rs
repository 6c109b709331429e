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
    let table: &[(LintRule, &[&str])] = &[
        (
            LintRule::QuestionMark,
            &[
                "What do you think.",
                "What do you think??",
                "What? How do you see it?",
                "What do you see? Tell me",
            ],
        ),
        (
            LintRule::Opening,
            &[
                "Why did you do that?",
                "Do you see it?",
                "Is that yours?",
                "If you could, would you?",
                "So what do you see?",
            ],
        ),
        (
            LintRule::Advice,
            &["What if you asked them first?", "How about your calendar?", "What about you asking first?"],
        ),
        (
            LintRule::Obligation,
            &[
                "What should you do next?",
                "Which call must you make?",
                "What do you need to say?",
                "What ought you to say?",
            ],
        ),
        (
            LintRule::Verdict,
            &[
                "What is wrong with your plan?",
                "What great thing did you do?",
                "How do you simply stop?",
                "Where do you still decide?",
            ],
        ),
        (
            LintRule::OneThing,
            &[
                "What did you see and how did you act?",
                "What did you see; who told you?",
                "You led. What did you see?",
            ],
        ),
        (
            LintRule::Length,
            &[
                "What would you say to each of the people on your team if every one of them asked you the same thing today?",
            ],
        ),
        (LintRule::You, &["What happened next?", "How did the team take it?"]),
        (
            LintRule::Presumption,
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

/// Questions labelled by hand from the design's section 5: the rules that each breaks, or `good`.
const LABELLED: &str = include_str!("labelled.tsv");

/// How a rule fares on the labelled questions.
#[derive(Default, Clone, Copy)]
struct Fares {
    found: u32,
    missed: u32,
    false_alarms: u32,
}

impl Fares {
    fn precision(self) -> f64 {
        f64::from(self.found) / f64::from(self.found + self.false_alarms)
    }

    fn recall(self) -> f64 {
        f64::from(self.found) / f64::from(self.found + self.missed)
    }
}

#[test]
fn each_rule_finds_what_people_find_and_no_more() {
    let lines: Vec<&str> = LABELLED.lines().collect();
    assert!(lines.len() >= 250, "{} labelled questions", lines.len());
    let mut bad = Vec::new();
    println!("{:<15} precision recall  breaks it", "rule");
    for rule in LintRule::VARIANTS {
        let mut fares = Fares::default();
        for line in &lines {
            let (labels, text) = line.split_once('\t').unwrap();
            let expected = labels.split(',').any(|label| label == rule.into_str());
            match (expected, lint(text).contains(rule)) {
                (true, true) => fares.found += 1,
                (true, false) => {
                    fares.missed += 1;
                    println!("  {rule} misses: {text}");
                }
                (false, true) => {
                    fares.false_alarms += 1;
                    println!("  {rule} falsely finds: {text}");
                }
                (false, false) => {}
            }
        }
        let (precision, recall) = (fares.precision(), fares.recall());
        println!("{:<15} {precision:.3}     {recall:.3}   {}", rule.into_str(), fares.found + fares.missed);
        if precision < 0.95 || recall < 0.95 {
            bad.push(rule.into_str());
        }
    }
    assert!(bad.is_empty(), "under 0.95: {bad:?}");
}
