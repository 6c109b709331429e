//! When to stop coaching and name people to talk to: texts that mention self-harm, harassment, legal or
//! medical trouble. [`check`] is pure and runs before anything is kept.

use std::{collections::HashMap, sync::LazyLock};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a text mentions. The variants are ordered by gravity, the gravest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Concern {
    /// Wanting to die or to hurt oneself.
    SelfHarm,
    /// Being harassed, threatened or discriminated against, or witnessing it.
    Harassment,
    Legal,
    Medical,
}

impl Concern {
    /// What the care screen says: what LeadLens is not, and whom to talk to. It names no country's services,
    /// because LeadLens does not know where the member is.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Concern::SelfHarm => &[
                "This sounds heavy, and a coach of questions is the wrong place for it.",
                "If you are in danger now, call your local emergency number. A crisis line is there day and night; findahelpline.com names one in your country.",
                "If you can, tell one person you trust today.",
            ],
            Concern::Harassment => &[
                "This sounds like more than a leadership question, and it deserves people rather than a bot.",
                "People to talk to: someone you trust, your HR or ombudsperson, an employee representative, or, where you feel unsafe, the police.",
            ],
            Concern::Legal => &[
                "This sounds like a legal matter, and that is beyond what I can coach.",
                "People to talk to: your company's legal counsel, an employee representative, or a lawyer of your own.",
            ],
            Concern::Medical => &[
                "This sounds like a question of health, and that is beyond what I can coach.",
                "People to talk to: a doctor, your occupational health service, or, if it is urgent, your local emergency number.",
            ],
        }
    }
}

/// Phrases about wanting to die or to hurt oneself. The words must follow each other directly, so that "this
/// deadline is killing me" is not one.
const SELF_HARM: &[&str] = &[
    "kill myself",
    "killing myself",
    "end my life",
    "ending my life",
    "take my own life",
    "taking my own life",
    "want to die",
    "wanted to die",
    "wish i were dead",
    "wish i was dead",
    "better off dead",
    "better off without me",
    "suicide",
    "suicidal",
    "hurt myself",
    "hurting myself",
    "harm myself",
    "harming myself",
    "cut myself",
    "cutting myself",
    "don't want to live",
    "do not want to live",
    "not want to be alive",
    "don't want to be here anymore",
    "no reason to live",
    "not worth living",
    "mich umbringen",
    "nicht mehr leben",
    "me suicider",
    "suicidarme",
];

const HARASSMENT: &[&str] = &[
    "harassed me",
    "harassing me",
    "harassed her",
    "harassed him",
    "harassing her",
    "harassing him",
    "being harassed",
    "sexual harassment",
    "sexually harassed",
    "sexual assault",
    "assaulted me",
    "assaulted her",
    "groped",
    "touched me inappropriately",
    "touched her inappropriately",
    "bullying me",
    "being bullied",
    "bullied me",
    "threatened me",
    "threatening me",
    "threatened to hit",
    "hit me",
    "stalking me",
    "racial slur",
    "racist slur",
    "discriminated against",
    "discriminating against",
    "retaliating against",
    "retaliated against",
];

const LEGAL: &[&str] = &[
    "lawsuit",
    "sue me",
    "suing me",
    "suing us",
    "sued me",
    "sued us",
    "being sued",
    "going to sue",
    "subpoena",
    "arrested",
    "criminal charges",
    "pressing charges",
    "police investigation",
    "embezzling",
    "embezzled",
    "insider trading",
    "wrongful termination",
    "wrongfully terminated",
    "taking us to court",
    "taking me to court",
    "employment tribunal",
    "labour court",
];

const MEDICAL: &[&str] = &[
    "panic attack",
    "panic attacks",
    "chest pain",
    "chest pains",
    "diagnosed with",
    "my diagnosis",
    "my depression",
    "clinical depression",
    "i am depressed",
    "i'm depressed",
    "eating disorder",
    "overdose",
    "overdosed",
    "my medication",
    "antidepressants",
    "having a breakdown",
    "nervous breakdown",
    "i have cancer",
    "miscarriage",
    "drinking every night",
    "can't stop drinking",
    "relapsed",
];

const KINDS: [(Concern, &[&str]); 4] = [
    (Concern::SelfHarm, SELF_HARM),
    (Concern::Harassment, HARASSMENT),
    (Concern::Legal, LEGAL),
    (Concern::Medical, MEDICAL),
];

/// The words of a phrase after its first, and its concern.
type Rest = (Vec<&'static str>, Concern);

/// The phrases, by their first word.
static PHRASES: LazyLock<HashMap<&str, Vec<Rest>>> = LazyLock::new(|| {
    let mut by_first: HashMap<&str, Vec<Rest>> = HashMap::new();
    for (concern, phrases) in KINDS {
        for phrase in phrases {
            let mut words = phrase.split(' ');
            let first = words.next().unwrap_or_default();
            by_first.entry(first).or_default().push((words.collect(), concern));
        }
    }
    by_first
});

/// The gravest concern that a text mentions; `None` if coaching may go on. It only matches phrases and rather
/// asks once too often: the member decides what is kept.
pub fn check(text: &str) -> Option<Concern> {
    let folded = text.to_lowercase().replace('\u{2019}', "'");
    let words: Vec<&str> =
        folded.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty()).collect();
    let spoken = words.iter().enumerate().flat_map(|(nth, word)| {
        let after = words.get(nth.saturating_add(1)..).unwrap_or_default();
        let begun = PHRASES.get(word).into_iter().flatten();
        begun.filter(move |(rest, _)| after.starts_with(rest)).map(|(_, concern)| *concern)
    });
    // The variants are ordered by gravity.
    spoken.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_met_with_people() {
        let table = [
            ("Some nights I want to die.", Concern::SelfHarm),
            ("I’ve thought about how to kill myself", Concern::SelfHarm),
            ("They'd be better off without me", Concern::SelfHarm),
            ("My director sexually harassed a trainee", Concern::Harassment),
            ("He threatened me in the car park", Concern::Harassment),
            ("She was discriminated against for her faith", Concern::Harassment),
            ("A former employee is suing us", Concern::Legal),
            ("I found out he embezzled the travel money", Concern::Legal),
            ("I had a panic attack before the board meeting", Concern::Medical),
            ("I was diagnosed with something this week and told nobody", Concern::Medical),
        ];
        for (text, concern) in table {
            assert_eq!(check(text), Some(concern), "{text}");
        }
    }

    #[test]
    fn the_gravest_of_two_is_met() {
        assert_eq!(check("My diagnosis, the lawsuit: I want to die."), Some(Concern::SelfHarm));
        assert_eq!(check("Being bullied gave me a panic attack"), Some(Concern::Harassment));
        assert_eq!(check("to die is what they want"), None, "the words in their order");
    }

    #[test]
    fn the_talk_of_managers_stays_coaching() {
        for text in [
            "This deadline is killing me.",
            "We killed the project and I am relieved.",
            "Legal review takes three weeks; I asked them to a meeting.",
            "Two of my people are on sick leave.",
            "The team is burned out on reorganisations.",
            "I could die of embarrassment after that demo.",
            "The launch died in committee.",
            "I hit the wall with procurement.",
            "He attacked my plan in the review.",
            "I cut the budget by a third.",
            "Our competitor sues everybody in the industry.",
            "I feel low and the room is low too.",
            "Her hospital rota clashes with our planning.",
            "I want to take a risk on the junior hire.",
            "",
        ] {
            assert_eq!(check(text), None, "{text}");
        }
    }
}
