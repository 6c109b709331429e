//! The parser for the text after `/leadlens`. It is pure and total: every text becomes a command or a
//! [`CommandError`], and no error contains the text. To add a command, add a variant, a name in
//! `COMMAND_NAMES` and an arm in `build`.

use super::{
    ids::UserId,
    member_text::{MAX_FORM_CHARS, MemberText, is_invisible},
    month::Month,
    plain_words::{self, Wish},
};
use jiff::civil::Date;
use when::Until;

mod when;

/// What the member asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Checkin {
        /// What is in front of the member, if they typed it; cut to what the form takes.
        situation: MemberText,
    },
    /// Ask a question now, outside the cadence.
    Nudge,
    /// Open the readings of the room.
    Room,
    /// Open the audit of the last five meetings.
    Audit,
    /// Open the form of a plan or an experiment.
    Plan,
    /// Show the nine practices.
    Practices,
    Schedule {
        /// There are words behind the command. They are not read, and the member is told so.
        ignored_words: bool,
    },
    /// Pause. Without a date, open the form for it.
    Pause {
        /// The first date after the pause; always in the future.
        until_on: Option<Date>,
    },
    Resume,
    /// Send the report of a month. Without a month, of the one that is to be reported today
    /// ([`Month::to_report`]).
    Report {
        /// Never in the future.
        month: Option<Month>,
    },
    Feedback {
        /// The people whose names Slack recognised, in the order typed.
        people: Vec<UserId>,
        /// The text contains something that is not the name of a user.
        unclear: bool,
    },
    /// Show the member's reflections, all or those that contain a text.
    History {
        /// The text to search for, exactly as typed.
        search: Option<MemberText>,
    },
    /// Send all of the member's data as files.
    Export,
    /// Erase all of the member's data, after a confirmation.
    Forget,
    /// Show the usage. An empty text means this too.
    Help,
    /// Plain words that are no command's name, such as `stop` or `not now`.
    Wish(Wish),
}

impl Command {
    /// The same in plain words.
    pub fn wish(&self) -> Wish {
        match self {
            Command::Checkin { .. } => Wish::Checkin,
            Command::Nudge => Wish::Nudge,
            Command::Room => Wish::Room,
            Command::Audit => Wish::Audit,
            Command::Plan => Wish::Plan,
            Command::Practices => Wish::Practices,
            Command::Schedule { .. } => Wish::Schedule,
            Command::Pause { .. } => Wish::Pause,
            Command::Resume => Wish::Resume,
            Command::Report { .. } => Wish::Report,
            Command::Feedback { .. } => Wish::Feedback,
            Command::History { .. } => Wish::History,
            Command::Export => Wish::Export,
            Command::Forget => Wish::Forget,
            Command::Help => Wish::Help,
            Command::Wish(wish) => *wish,
        }
    }
}

/// What a whole message in the conversation asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub wish: Wish,
    /// The month of a report, if one was named.
    pub month: Option<Month>,
    /// The first dates after a pause that the words can mean: none if they name no day, at most two.
    pub until: Vec<Date>,
}

impl From<Wish> for Asked {
    fn from(wish: Wish) -> Self {
        Self { wish, month: None, until: Vec::new() }
    }
}

/// Reads a message: plain words, or a command that was typed as a message. Slack runs a command only where
/// it begins the message and the message is in no thread
/// (<https://docs.slack.dev/interactivity/implementing-slash-commands>). `None`: it may be an answer.
pub fn asked_in_message(text: &str, today: Date) -> Option<Asked> {
    let Some(command) = after_slash_leadlens(text) else {
        return plain_words::wish(text).map(Asked::from).or_else(|| pause_in_message(text, today));
    };
    Some(match parse(command, today) {
        Ok(Command::Report { month }) => Asked { month, ..Wish::Report.into() },
        Ok(Command::Pause { until_on }) => {
            Asked { until: until_on.into_iter().collect(), ..Wish::Pause.into() }
        }
        Ok(command) => command.wish().into(),
        Err(CommandError::WhichDay { first, second }) => {
            Asked { until: vec![first, second], ..Wish::Pause.into() }
        }
        Err(CommandError::UnknownCommand { .. } | CommandError::BadMonth | CommandError::BadDate) => {
            Wish::UnknownCommand.into()
        }
    })
}

/// `pause until monday` as a message of its own. After the word, the whole message has to name a time: "pause the
/// launch until friday" is an answer.
fn pause_in_message(text: &str, today: Date) -> Option<Asked> {
    let words = words(text);
    let (first, rest) = words.split_first()?;
    if first != "pause" || rest.is_empty() {
        return None;
    }
    let until = match when::until(rest, today)? {
        Until::Unsaid => Vec::new(),
        Until::On(date) => vec![date],
        Until::Either(first, second) => vec![first, second],
    };
    Some(Asked { until, ..Wish::Pause.into() })
}

/// What follows `/leadlens` where a text begins with it.
fn after_slash_leadlens(text: &str) -> Option<&str> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c) || is_quote(c));
    let (word, rest) = split_word(start);
    (word == "leadlens" && start.starts_with(['/', '\u{ff0f}'])).then_some(rest)
}

/// Why a text is not a command. It never holds what was typed; the renderer words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandError {
    /// There is no such command.
    UnknownCommand {
        /// The command whose name is at most two typing errors away.
        did_you_mean: Option<&'static str>,
    },
    /// The text after `report` is not a month, or that month has not begun.
    BadMonth,
    /// The text after `pause` is not a date, or that date is not in the future.
    BadDate,
    /// The text after `pause` means either day.
    WhichDay {
        /// The first date after the pause, for the shorter one.
        first: Date,
        second: Date,
    },
}

/// The commands in the order of the usage.
pub const COMMAND_NAMES: &[&str] = &[
    "checkin",
    "nudge",
    "room",
    "audit",
    "plan",
    "practices",
    "schedule",
    "pause",
    "resume",
    "report",
    "feedback",
    "history",
    "export",
    "forget",
    "help",
];

/// Names with more typing errors than this are not suggested.
const MAX_TYPOS: usize = 2;

/// Longer words are not compared with the names, because the cost of the comparison grows with the product of
/// both lengths.
const MAX_WORD_CHARS: usize = 16;

/// Parses the text after `/leadlens`. `today` is the member's local date, for checking months and dates.
///
/// Case, kinds of white space, full-width letters, quotation marks around a word, a leading slash and a
/// repeated `leadlens` make no difference. Text after a command that takes no argument is ignored.
///
/// # Errors
/// [`CommandError`] for an unknown command, a month that has not begun, or a date that is not in the future or
/// can be two.
pub fn parse(text: &str, today: Date) -> Result<Command, CommandError> {
    let (mut word, mut rest) = split_word(text);
    while word == "leadlens" {
        (word, rest) = split_word(rest);
    }
    if word == "check" {
        let (second, after) = split_word(rest);
        if second == "in" {
            (word, rest) = ("checkin".to_owned(), after);
        }
    }
    let command = build(&word.replace('-', ""), rest, today);
    match command {
        // A name with more behind it is a command all the same; plain words are looked up whole.
        Err(CommandError::UnknownCommand { .. }) => match plain_words::wish(text) {
            Some(wish) => Ok(Command::Wish(wish)),
            None => command,
        },
        command => command,
    }
}

fn build(word: &str, rest: &str, today: Date) -> Result<Command, CommandError> {
    Ok(match word {
        "" | "help" | "h" | "?" => Command::Help,
        "checkin" => Command::Checkin { situation: parse_situation(&with_names(rest)) },
        "nudge" => Command::Nudge,
        "room" => Command::Room,
        "audit" => Command::Audit,
        "plan" => Command::Plan,
        "practices" | "practice" => Command::Practices,
        "schedule" | "settings" => {
            let ignored_words = words(rest).iter().any(|word| word != "please");
            Command::Schedule { ignored_words }
        }
        "pause" => Command::Pause { until_on: parse_until(rest, today)? },
        "resume" => Command::Resume,
        "report" | "hat" | "hats" => Command::Report { month: parse_month(rest, today)? },
        "feedback" => parse_people(rest),
        "history" => Command::History { search: parse_search(&with_names(rest)) },
        "export" => Command::Export,
        "forget" => Command::Forget,
        unknown => return Err(CommandError::UnknownCommand { did_you_mean: nearest_name(unknown) }),
    })
}

fn parse_month(rest: &str, today: Date) -> Result<Option<Month>, CommandError> {
    let words = words(rest);
    if words.is_empty() {
        return Ok(None);
    }
    when::month(&words, today).map(Some).ok_or(CommandError::BadMonth)
}

fn parse_until(rest: &str, today: Date) -> Result<Option<Date>, CommandError> {
    match when::until(&words(rest), today) {
        Some(Until::Unsaid) => Ok(None),
        Some(Until::On(date)) => Ok(Some(date)),
        Some(Until::Either(first, second)) => Err(CommandError::WhichDay { first, second }),
        None => Err(CommandError::BadDate),
    }
}

/// Reads mentions in the form `<@U123|name>`, which Slack sends because the manifest sets `should_escape`
/// (<https://docs.slack.dev/interactivity/implementing-slash-commands#escaping_users_warning>).
fn parse_people(rest: &str) -> Command {
    let mut people = Vec::new();
    let mut other = String::new();
    let mut left = rest;
    while let Some((before, from)) = left.split_once("<@") {
        other.push_str(before);
        let (mention, after) = from.split_once('>').unwrap_or((from, ""));
        let id = mention.split('|').next().unwrap_or_default();
        match UserId::parse(id) {
            Ok(user) => people.push(user),
            Err(_) => other.push('?'),
        }
        left = after;
    }
    other.push_str(left);
    let is_joint = |word: &str| matches!(word, "and" | "&");
    let mut words = other.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let unclear = words.any(|word| !is_joint(word) && !MemberText::new(word).is_blank());
    Command::Feedback { people, unclear }
}

/// The text with names in the place of mentions of people and channels, as it was typed.
fn with_names(rest: &str) -> String {
    let mut text = String::with_capacity(rest.len());
    let mut left = rest;
    while let Some((before, from)) = left.split_once('<') {
        text.push_str(before);
        let mention = from.strip_prefix('@').map(|from| ('@', from, "someone"));
        let mention = mention.or_else(|| from.strip_prefix('#').map(|from| ('#', from, "channel")));
        let found = mention.and_then(|(sign, from, unnamed)| Some((sign, from.split_once('>')?, unnamed)));
        let is_id =
            |id: &str| !id.is_empty() && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let found = found.filter(|(_, (inside, _), _)| is_id(inside.split('|').next().unwrap_or_default()));
        let Some((sign, (inside, after), unnamed)) = found else {
            text.push('<');
            left = from;
            continue;
        };
        let name = inside.split_once('|').map(|(_, name)| name).filter(|name| !name.is_empty());
        text.push(sign);
        text.push_str(name.unwrap_or(unnamed));
        left = after;
    }
    text.push_str(left);
    text
}

/// Accepts exactly `YYYY-MM-DD`. The schedule form uses it for days off as well.
pub fn parse_date(text: &str) -> Option<Date> {
    let shape = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let exact = text.len() == 10 && text.bytes().enumerate().all(shape);
    exact.then(|| text.parse().ok()).flatten()
}

/// The text that the form opens with. Only courtesy is not a text.
fn parse_situation(rest: &str) -> MemberText {
    let text = rest.trim_matches(|c: char| c.is_whitespace() || is_invisible(c) || is_quote(c));
    if matches!(text.to_lowercase().as_str(), "please" | "now" | "me") {
        return MemberText::default();
    }
    MemberText::new(text.chars().take(MAX_FORM_CHARS).collect::<String>())
}

fn parse_search(rest: &str) -> Option<MemberText> {
    let text = rest.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let inner = match (text.chars().next(), text.chars().next_back()) {
        (Some(first), Some(last)) if text.chars().nth(1).is_some() && is_quote(first) && is_quote(last) => {
            text.strip_prefix(first).and_then(|text| text.strip_suffix(last)).unwrap_or(text)
        }
        _ => text,
    };
    let search = MemberText::new(inner);
    (!search.is_blank()).then_some(search)
}

/// Splits off the first word and normalises it: lower case, ASCII for full-width letters and for the various
/// dashes, without invisible characters, surrounding quotation marks and a leading slash. A word that
/// consists only of such marks is skipped.
fn split_word(text: &str) -> (String, &str) {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let folded = fold(word);
        if !folded.is_empty() || after.is_empty() {
            return (folded, after);
        }
        rest = after;
    }
}

/// The most words that are looked at.
const MAX_WORDS: usize = 20;

/// The words of a text, as [`split_word`] reads them.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    while words.len() < MAX_WORDS {
        let (word, after) = split_word(rest);
        if word.is_empty() {
            break;
        }
        words.push(word);
        rest = after;
    }
    words
}

fn fold(word: &str) -> String {
    let plain: String = word.chars().filter(|c| !is_invisible(*c) && !c.is_control()).map(to_ascii).collect();
    plain.to_lowercase().trim_matches(is_quote).trim_start_matches('/').trim_matches(is_quote).to_owned()
}

/// Full-width characters have the same order as ASCII (<https://www.unicode.org/charts/PDF/UFF00.pdf>).
fn to_ascii(c: char) -> char {
    const TO_ASCII: u32 = 0xff01 - 0x21;
    match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(TO_ASCII).and_then(char::from_u32).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        _ => c,
    }
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '´' | '«' | '»' | '\u{2018}'
            ..='\u{201f}' | '\u{2039}' | '\u{203a}' | '「' | '」' | '『' | '』'
    )
}

/// The command name closest to `word`, if one is close enough.
fn nearest_name(word: &str) -> Option<&'static str> {
    if word.chars().count() > MAX_WORD_CHARS {
        return None;
    }
    COMMAND_NAMES
        .iter()
        .map(|name| (strsim::damerau_levenshtein(word, name), *name))
        .filter(|(typos, _)| *typos <= MAX_TYPOS)
        .min_by_key(|(typos, _)| *typos)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests;
