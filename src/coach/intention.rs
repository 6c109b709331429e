//! Which sentence of an answer states an intention: something concrete that the member is going to do. LeadLens
//! asks about it weeks later in the member's own words, so a wrong guess is worse than a missed one: where a
//! sentence leaves room for doubt, the rules stay silent. They read English only.
//!
//! `labelled.tsv` has sentences of twelve writers of the lens's corpus with a label by hand. The rules were made
//! with those of `w0` to `w5`; the tests print precision and recall for these and for the others.

/// Longer sentences hold more than one thought.
const MAX_WORDS: usize = 45;

/// The first sentence that states an intention, exactly as written.
pub fn stated(text: &str) -> Option<&str> {
    sentences(text).find(|sentence| is_intention(sentence))
}

/// Splits after `.`, `!`, `?` and `…` before white space, and at line ends.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (sentence, after) = rest.split_at(sentence_end(rest));
        rest = after;
        Some(sentence.trim())
    })
    .filter(|sentence| !sentence.is_empty())
}

fn sentence_end(text: &str) -> usize {
    let mut ended = false;
    for (at, c) in text.char_indices() {
        if c == '\n' || (ended && c.is_whitespace()) {
            return at.saturating_add(c.len_utf8());
        }
        ended = matches!(c, '.' | '!' | '?' | '…') || (ended && matches!(c, ')' | '\'' | '"' | '”' | '’'));
    }
    text.len()
}

fn is_intention(sentence: &str) -> bool {
    // Words between quotation marks are somebody's speech.
    if sentence.ends_with('?') || sentence.contains(['"', '“', '”', '«', '»']) {
        return false;
    }
    let words = Words::of(sentence);
    let count = words.0.len();
    if count > MAX_WORDS || (0..count).any(|at| is_doubt(&words, at)) {
        return false;
    }
    lets_others(&words)
        || (0..count)
            .take_while(|at| !is_reported(&words, *at))
            .any(|at| will(&words, at) || will_soon(&words, at))
}

/// Words in lower case, with straight apostrophes.
struct Words(Vec<Word>);

struct Word {
    text: String,
    /// Whether a comma or another mark precedes it.
    after_mark: bool,
}

impl Words {
    fn of(sentence: &str) -> Self {
        let mut words = Vec::new();
        let mut after_mark = true;
        for part in sentence.split(|c: char| c.is_whitespace() || c == '/') {
            let folded = part.to_lowercase().replace('’', "'");
            let text = folded.trim_matches(|c: char| !c.is_alphanumeric());
            if !text.is_empty() {
                words.push(Word { text: text.to_owned(), after_mark });
            }
            after_mark = text.is_empty() || folded.ends_with([',', ';', ':', ')']);
        }
        Self(words)
    }

    /// The word at a place, or nothing outside the sentence.
    fn get(&self, at: usize) -> &str {
        self.0.get(at).map(|word| word.text.as_str()).unwrap_or_default()
    }

    fn before(&self, at: usize, back: usize) -> &str {
        at.checked_sub(back).map(|at| self.get(at)).unwrap_or_default()
    }

    fn is_after_mark(&self, at: usize) -> bool {
        self.0.get(at).is_none_or(|word| word.after_mark)
    }

    /// The first position from here on whose word may not come between a subject's verb and the deed.
    fn past_adverbs(&self, at: usize) -> usize {
        (at..self.0.len()).find(|at| !BETWEEN.contains(&self.get(*at))).unwrap_or(self.0.len())
    }
}

/// With one of these the member is not sure.
const DOUBTS: &[&str] = &["maybe", "perhaps", "probably", "might", "unless", "hopefully", "whether", "or"];

/// What follows one of these was said or thought, to somebody or by somebody.
const REPORTS: &[&str] = &[
    "said", "says", "say", "told", "tell", "answered", "replied", "promised", "promise", "swore", "sworn",
    "thought", "saw", "shouted", "wrote", "what",
];

/// Words that may come between a subject's verb and what is done.
const BETWEEN: &[&str] =
    &["also", "still", "then", "now", "personally", "first", "just", "simply", "definitely"];

/// These words begin no deed: they negate it, name something that nobody chooses, or belong to a figure of
/// speech ("I'll be honest"). A noun after an article is no deed either: "going to the board".
const NO_DEED: &[&str] = &[
    "not", "no", "never", "have", "know", "admit", "believe", "need", "miss", "regret", "like", "love",
    "want", "wish", "hope", "guess", "suppose", "die", "cry", "sleep", "accept", "get", "remember", "forget",
    "see", "lose", "cost", "involve", "survive", "bet", "wait", "stay", "find", "own", "the", "a", "this",
    "that", "my", "our",
];

/// After "I'll be" or "I'm going to be", only these words say where the member will be, or who with.
const BE_THERE: &[&str] = &["in", "at", "on", "the", "back", "her", "his", "their"];

/// Words of a sentence about the past.
const PAST: &[&str] = &[
    "was",
    "were",
    "had",
    "did",
    "didn't",
    "could",
    "couldn't",
    "knew",
    "said",
    "went",
    "took",
    "found",
    "got",
    "needed",
    "wanted",
    "yesterday",
    "today",
    "though",
    "after",
    "told",
    "gave",
    "came",
    "asked",
    "sat",
    "stood",
];

/// Words that begin a sentence about somebody.
const SUBJECTS: &[&str] =
    &["i", "i'd", "i've", "we", "we've", "he", "she", "they", "it", "you", "who", "the", "a", "my", "our"];

/// Verbs that begin a sentence about the past, where the subject is left out.
const DID: &[&str] = &[
    "left", "brought", "kept", "held", "made", "spent", "ran", "wrote", "built", "cut", "put", "set", "read",
    "bought", "taught", "threw", "drew", "broke", "chose", "met", "led", "let", "shut", "bit", "hit", "lost",
    "won", "sent", "paid", "heard", "felt", "thought", "began", "stuck", "bet", "quit", "stepped",
];

/// Verbs after "tomorrow I" that state no deed.
const NO_PRESENT_DEED: &[&str] = &[
    "would", "have", "am", "will", "shall", "can", "should", "may", "might", "must", "need", "want", "hope",
    "don't", "won't",
];

const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Before a weekday these make it a term ("by Friday") and no time at which something is done.
const TERMS: &[&str] = &["to", "until", "till", "by", "since", "last", "of"];

/// Doubt, or a condition. `even if` grants something, `see if` asks; every other `if` makes the deed wait.
fn is_doubt(words: &Words, at: usize) -> bool {
    match words.get(at) {
        "if" => !matches!(words.before(at, 1), "even" | "see"),
        // The month.
        "may" => !matches!(words.before(at, 1), "in" | "till" | "until" | "by" | "of" | "since"),
        word => DOUBTS.contains(&word),
    }
}

/// Whether what begins here is reported, or is said to somebody: "you" is not the coach.
fn is_reported(words: &Words, at: usize) -> bool {
    let (before, from) = words.0.split_at_checked(at).unwrap_or_default();
    before.iter().any(|word| REPORTS.contains(&word.text.as_str()))
        || from.iter().any(|word| word.text == "you")
}

/// "I'll …", "we will …", "I intend to …", "I'm going to …", and "Going to …" at the beginning.
fn will(words: &Words, at: usize) -> bool {
    let next = |nth: usize| at.saturating_add(nth);
    let subject = words.get(at);
    let deed_at = match (subject, words.get(next(1))) {
        ("i'll" | "we'll", _) => Some(next(1)),
        ("i" | "we", "will" | "shall") => Some(next(2)),
        ("i", "intend" | "plan" | "mean") if words.get(next(2)) == "to" => Some(next(3)),
        ("i", "am") | ("we", "are") => going_to(words, next(2)),
        ("i'm" | "im" | "we're", _) => going_to(words, next(1)),
        ("going" | "gonna", _) if at == 0 || (words.is_after_mark(at) && words.get(0) == "not") => {
            going_to(words, at)
        }
        _ => None,
    };
    deed_at.is_some_and(|deed_at| is_deed(words, words.past_adverbs(deed_at), subject.starts_with("we")))
}

/// The place after "going to" or "gonna".
fn going_to(words: &Words, at: usize) -> Option<usize> {
    let at = words.past_adverbs(at);
    match (words.get(at), words.get(at.saturating_add(1))) {
        ("gonna", _) => Some(at.saturating_add(1)),
        ("going", "to") => Some(at.saturating_add(2)),
        _ => None,
    }
}

fn is_deed(words: &Words, at: usize, of_the_team: bool) -> bool {
    let next = words.get(at.saturating_add(1));
    match words.get(at) {
        "" => false,
        // "We'll be at 85" is a forecast.
        "be" => !of_the_team && (next.ends_with("ing") || BE_THERE.contains(&next)),
        deed => !NO_DEED.contains(&deed),
    }
}

/// "Next time I leave it", "tomorrow I send it", "on Monday I'm asking him".
fn will_soon(words: &Words, at: usize) -> bool {
    let next = words.past_adverbs(at.saturating_add(1));
    let verb = words.get(next);
    match words.get(at) {
        "i" => {
            let soon = words.before(at, 1) == "tomorrow"
                || matches!(
                    (words.before(at, 2), words.before(at, 1)),
                    ("next", "time" | "week") | ("from", "tomorrow" | "today") | ("now", "on")
                );
            soon && !verb.is_empty() && !is_past(verb) && !NO_PRESENT_DEED.contains(&verb)
        }
        "i'm" => {
            let is_deed = verb.ends_with("ing") && !matches!(verb, "being" | "having" | "thinking" | "going");
            let time_before = !words.is_after_mark(at) && (1..=2).any(|back| is_time(words, at, back));
            is_deed && (time_before || (1..12).any(|ahead| is_time_at(words, at.saturating_add(ahead))))
        }
        _ => false,
    }
}

fn is_time(words: &Words, at: usize, back: usize) -> bool {
    at.checked_sub(back).is_some_and(|at| is_time_at(words, at))
}

/// Whether a time that is still to come begins here.
fn is_time_at(words: &Words, at: usize) -> bool {
    let next = words.get(at.saturating_add(1));
    match words.get(at) {
        "tomorrow" | "tonight" => true,
        "next" => matches!(next, "week" | "month" | "time" | "year"),
        "from" => matches!(next, "now" | "today" | "tomorrow" | "the"),
        day => WEEKDAYS.contains(&day) && !TERMS.contains(&words.before(at, 1)),
    }
}

/// "Let them draw the way", also after "Say where we want to be, and": what the member tells themselves. With a word
/// of the past it is what they did.
fn lets_others(words: &Words) -> bool {
    let lets = |at: &usize| {
        words.get(*at) == "let" && matches!(words.get(at.saturating_add(1)), "them" | "him" | "her")
    };
    let Some(at) = (0..words.0.len()).find(lets) else { return false };
    let first = words.get(0);
    let tells_oneself = at == 0
        || (matches!(words.before(at, 1), "and" | "then")
            && !SUBJECTS.contains(&first)
            && !DID.contains(&first));
    tells_oneself
        && words.0.len() > at.saturating_add(2)
        && !words.0.iter().any(|word| is_past(&word.text) && word.text != "say")
}

fn is_past(word: &str) -> bool {
    PAST.contains(&word) || REPORTS.contains(&word) || (word.ends_with("ed") && word.len() > 4)
}

#[cfg(test)]
mod tests;
