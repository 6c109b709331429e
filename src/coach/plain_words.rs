//! What a short message means when it is no answer: a wish ("stop", "export my data"), or words that say
//! nothing about a hat ("ok", an emoji). A message counts as a wish only as a whole: "stop solving it for
//! them" is an answer. To teach a wording, add it to [`WORDINGS`] or [`ACKNOWLEDGEMENTS`].

use super::member_text::is_invisible;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a member asks for in plain words.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub enum Wish {
    /// No more questions.
    Stop,
    Pause,
    Resume,
    /// Questions, from now on.
    Start,
    Help,
    Greeting,
    Thanks,
    /// Skip the open question.
    Skip,
    /// Ask the open question again another time.
    Later,
    Report,
    Export,
    Forget,
    Checkin,
    /// A question now.
    Nudge,
    Room,
    Audit,
    Plan,
    Practices,
    Schedule,
    Feedback,
    History,
    /// A command that does not exist, or with a month or date that cannot be read.
    UnknownCommand,
}

/// The wordings of each wish, in the form that [`folded`] gives them.
const WORDINGS: &[(Wish, &[&str])] = &[
    (
        Wish::Stop,
        &[
            "stop",
            "stop it",
            "stop this",
            "stop now",
            "stop asking",
            "stop asking me",
            "stop messaging me",
            "stop sending me questions",
            "stop the questions",
            "stop the messages",
            "no more questions",
            "unsubscribe",
            "unsubscribe me",
            "opt out",
            "opt me out",
            "leave me alone",
        ],
    ),
    (Wish::Pause, &["pause", "pause it", "pause questions", "pause the questions"]),
    (Wish::Resume, &["resume", "resume it", "resume questions", "resume the questions", "unpause"]),
    (Wish::Start, &["start", "start again", "start the questions", "subscribe", "set up", "setup"]),
    (
        Wish::Help,
        &[
            "help",
            "commands",
            "menu",
            "usage",
            "what can you do",
            "what can i do here",
            "how does this work",
            "who are you",
            "what are you",
            "what is this",
            "what's this",
        ],
    ),
    (
        Wish::Greeting,
        &[
            "hi",
            "hi there",
            "hello",
            "hello there",
            "hey",
            "hey there",
            "good morning",
            "good afternoon",
            "good evening",
            "morning",
        ],
    ),
    (
        Wish::Thanks,
        &[
            "thanks",
            "thanks a lot",
            "thanks so much",
            "many thanks",
            "thank you",
            "thank you very much",
            "thank you so much",
            "ok thanks",
            "okay thanks",
            "thx",
            "ty",
            "cheers",
        ],
    ),
    (
        Wish::Skip,
        &["skip", "skip it", "skip this", "skip this one", "skip this question", "pass", "next question"],
    ),
    (
        Wish::Later,
        &[
            "later",
            "maybe later",
            "not now",
            "not right now",
            "not today",
            "not this week",
            "another time",
            "snooze",
            "no time",
            "no time now",
            "no time today",
            "ask me later",
            "ask me tomorrow",
            "ask again later",
            "remind me later",
            "remind me tomorrow",
        ],
    ),
    (
        Wish::Report,
        &[
            "report",
            "my report",
            "show report",
            "show my report",
            "show me my report",
            "the report",
            "hat balance",
            "my hat balance",
        ],
    ),
    (
        Wish::Export,
        &[
            "export",
            "export my data",
            "export data",
            "export everything",
            "my data",
            "download my data",
            "send me my data",
            "give me my data",
        ],
    ),
    (
        Wish::Forget,
        &[
            "forget",
            "forget me",
            "forget everything",
            "forget my data",
            "delete my data",
            "delete everything",
            "delete me",
            "delete my account",
            "erase my data",
            "erase everything",
            "erase me",
        ],
    ),
    (Wish::Checkin, &["checkin", "check in", "check me in", "i want to check in"]),
    (
        Wish::Nudge,
        &["nudge", "nudge me", "ask me", "ask me something", "ask me a question", "a question now"],
    ),
    (
        Wish::Schedule,
        &["schedule", "my schedule", "settings", "preferences", "cadence", "change the schedule"],
    ),
    (Wish::Practices, &["practices", "the practices", "show practices", "show me the practices"]),
    (Wish::History, &["history", "my history", "my reflections", "my answers"]),
];

/// Words that acknowledge a message and answer nothing. They are not kept.
const ACKNOWLEDGEMENTS: &[&str] = &[
    "ok",
    "okay",
    "ok ok",
    "k",
    "kk",
    "okey",
    "alright",
    "all right",
    "got it",
    "i see",
    "noted",
    "will do",
    "cool",
    "nice",
    "great",
    "perfect",
    "sounds good",
    "sure",
    "yep",
    "yup",
    "yeah",
    "lol",
    "haha",
    "hm",
    "hmm",
    "hmmm",
    "oh",
    "ah",
    "aha",
    "wow",
    "oops",
    "sorry",
    "test",
    "testing",
    "bye",
    "goodbye",
    "good night",
    "you too",
];

/// Answers that are kept, because the member gave them, and that show no hat.
const NO_EVIDENCE: &[&str] = &[
    "yes",
    "no",
    "nope",
    "nah",
    "maybe",
    "perhaps",
    "not sure",
    "not really",
    "i don't know",
    "i dont know",
    "i do not know",
    "don't know",
    "dont know",
    "dunno",
    "idk",
    "no idea",
    "nothing",
    "nothing today",
    "nothing yet",
    "nothing new",
    "none",
    "n a",
    "na",
    "same",
    "same as before",
    "same as last time",
    "as before",
    "no change",
    "fine",
    "good",
    "all good",
    "so so",
    "done",
    "it depends",
    "depends",
    "no answer",
    "no comment",
];

/// Longer messages are no plain words, and are not looked up.
const MAX_CHARS: usize = 60;

/// The wish that a whole message states, if it states one.
pub fn wish(text: &str) -> Option<Wish> {
    let short = short(text)?;
    if is_question_marks(text) {
        return Some(Wish::Help);
    }
    let words = without_courtesy(&short);
    WORDINGS.iter().find(|(_, wordings)| wordings.contains(&words)).map(|(wish, _)| *wish)
}

/// Whether a message only acknowledges: "ok", "👍", "...". There is nothing in it to keep.
pub fn is_acknowledgement(text: &str) -> bool {
    let Some(short) = short(text) else { return !text.chars().any(char::is_alphanumeric) };
    short.is_empty() || ACKNOWLEDGEMENTS.contains(&without_courtesy(&short))
}

/// Whether a text can say anything about a hat. A wish, an acknowledgement and an answer such as "no
/// idea" cannot: they are not counted, and the lens does not read them.
pub fn is_evidence(text: &str) -> bool {
    let is_thin = || short(text).is_some_and(|short| NO_EVIDENCE.contains(&short.as_str()));
    wish(text).is_none() && !is_acknowledgement(text) && !is_thin()
}

/// A message of one to sixty characters, folded.
fn short(text: &str) -> Option<String> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    (trimmed.chars().count() <= MAX_CHARS).then(|| folded(trimmed))
}

/// Lower case, without marks, emoji and `:emoji:` names, with one blank between words.
fn folded(text: &str) -> String {
    let text = without_emoji_names(&text.to_lowercase());
    let plain: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' | '´' | '`' => '\'',
            c if c.is_alphanumeric() || c == '\'' => c,
            _ => ' ',
        })
        .collect();
    let words: Vec<&str> =
        plain.split(' ').map(|word| word.trim_matches('\'')).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Slack writes an emoji in a message as its name between colons
/// (<https://docs.slack.dev/messaging/formatting-message-text#emoji>).
fn without_emoji_names(text: &str) -> String {
    let is_name = |part: &str| {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '\'');
        !part.is_empty() && part.chars().all(is_part) && part.chars().any(|c| !c.is_ascii_digit())
    };
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(':') {
        kept.push_str(before);
        match after.split_once(':') {
            Some((name, behind)) if is_name(name) => {
                kept.push(' ');
                rest = behind;
            }
            _ => {
                kept.push(':');
                rest = after;
            }
        }
    }
    kept.push_str(rest);
    kept
}

fn is_question_marks(text: &str) -> bool {
    let is_mark = |c: char| matches!(c, '?' | '\u{ff1f}');
    text.chars().any(is_mark)
        && text.chars().all(|c| is_mark(c) || c == '!' || c.is_whitespace() || is_invisible(c))
}

/// "please", and LeadLens's own name, change nothing.
fn without_courtesy(words: &str) -> &str {
    let mut rest = words;
    loop {
        let before = rest;
        for word in ["please", "pls", "leadlens"] {
            rest = strip_first(rest, word);
            rest = strip_last(rest, word);
        }
        if rest == before {
            return rest;
        }
    }
}

fn strip_first<'a>(words: &'a str, word: &str) -> &'a str {
    words.strip_prefix(word).and_then(|rest| rest.strip_prefix(' ')).unwrap_or(words)
}

fn strip_last<'a>(words: &'a str, word: &str) -> &'a str {
    words.strip_suffix(word).and_then(|rest| rest.strip_suffix(' ')).unwrap_or(words)
}

#[cfg(test)]
mod tests;
