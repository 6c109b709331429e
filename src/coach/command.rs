//! The text after `/leadlens`, understood. Pure and total: whatever is typed becomes a command or a
//! reason why not, and no reason repeats what was typed. A new command is a variant, a name in
//! `COMMAND_NAMES` and an arm in `build`.

use super::{
    ids::UserId,
    member_text::{MemberText, is_invisible},
    month::Month,
};
use jiff::civil::Date;

/// What a member asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Open the check-in form.
    Checkin,
    /// A question now, outside the cadence.
    Nudge,
    /// Read the room.
    Room,
    /// Look at the last five meetings.
    Audit,
    /// Make a plan or begin an experiment.
    Plan,
    /// Open the schedule form.
    Schedule,
    /// Pause: until a date, the first on which it is over, or by the form when none was given.
    Pause {
        /// Always in the future.
        until_on: Option<Date>,
    },
    /// End the pause.
    Resume,
    /// The hat balance of a month, the running one when none was given.
    Report {
        /// Never in the future.
        month: Option<Month>,
    },
    /// Ask people for feedback.
    Feedback {
        /// Those whose names Slack knew, as typed.
        people: Vec<UserId>,
        /// Something stands there that is nobody's name.
        unclear: bool,
    },
    /// Own reflections, all or those that hold a text.
    History {
        /// What to look for, byte for byte as typed.
        search: Option<MemberText>,
    },
    /// Everything about oneself as files.
    Export,
    /// Erase everything, after one confirmation.
    Forget,
    /// The usage; also for an empty command.
    Help,
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
}

/// The commands as they are typed, in the order of the usage.
pub const COMMAND_NAMES: &[&str] = &[
    "checkin", "nudge", "room", "audit", "plan", "schedule", "pause", "resume", "report", "feedback",
    "history", "export", "forget", "help",
];

/// More slips of the finger than this are another word.
const MAX_TYPOS: usize = 2;

/// Longer words are not compared with the names: the comparison grows with the product of both.
const MAX_WORD_CHARS: usize = 16;

/// Understands what was typed after `/leadlens`. `today` is the member's own date; a month after it
/// and a date up to it are refused.
///
/// Case, blanks of any kind, full-width letters, quotation marks around a word, a leading slash and
/// the word `leadlens` itself make no difference. What follows a command that takes nothing is
/// ignored.
///
/// # Errors
/// [`CommandError`] with what can be said instead; it never repeats the text.
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
    build(&word.replace('-', ""), rest, today)
}

fn build(word: &str, rest: &str, today: Date) -> Result<Command, CommandError> {
    Ok(match word {
        "" | "help" | "h" | "?" => Command::Help,
        "checkin" => Command::Checkin,
        "nudge" => Command::Nudge,
        "room" => Command::Room,
        "audit" => Command::Audit,
        "plan" => Command::Plan,
        "schedule" => Command::Schedule,
        "pause" => Command::Pause { until_on: parse_until(rest, today)? },
        "resume" => Command::Resume,
        "report" => Command::Report { month: parse_month(rest, today)? },
        "feedback" => parse_people(rest),
        "history" => Command::History { search: parse_search(rest) },
        "export" => Command::Export,
        "forget" => Command::Forget,
        unknown => return Err(CommandError::UnknownCommand { did_you_mean: nearest_name(unknown) }),
    })
}

fn parse_month(rest: &str, today: Date) -> Result<Option<Month>, CommandError> {
    let this_month = Month::containing(today);
    let (word, after) = split_word(rest);
    if word.is_empty() {
        return Ok(None);
    }
    let month = word.parse::<Month>().ok().filter(|month| *month <= this_month);
    match month.filter(|_| split_word(after).0.is_empty()) {
        Some(month) => Ok(Some(month)),
        None => Err(CommandError::BadMonth),
    }
}

fn parse_until(rest: &str, today: Date) -> Result<Option<Date>, CommandError> {
    let (mut word, mut after) = split_word(rest);
    if word == "until" {
        (word, after) = split_word(after);
    }
    if word.is_empty() {
        return Ok(None);
    }
    match parse_date(&word).filter(|date| *date > today && split_word(after).0.is_empty()) {
        Some(date) => Ok(Some(date)),
        None => Err(CommandError::BadDate),
    }
}

/// Reads mentions as Slack writes them where the manifest says `should_escape`: `<@U123|name>`
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

/// Accepts exactly `YYYY-MM-DD`; also for the days off that are typed into the schedule form.
pub fn parse_date(text: &str) -> Option<Date> {
    let shape = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let exact = text.len() == 10 && text.bytes().enumerate().all(shape);
    exact.then(|| text.parse().ok()).flatten()
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

/// Takes the first word off a text and folds it: lower case, ASCII for full-width letters and for
/// the many dashes, nothing invisible, no quotation marks around it and no slash before it. A word
/// of nothing but such marks is passed over.
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

fn fold(word: &str) -> String {
    let plain: String = word.chars().filter(|c| !is_invisible(*c) && !c.is_control()).map(to_ascii).collect();
    plain.to_lowercase().trim_matches(is_quote).trim_start_matches('/').trim_matches(is_quote).to_owned()
}

/// Full-width forms lie in the order of ASCII (<https://www.unicode.org/charts/PDF/UFF00.pdf>).
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

/// The name that was most likely meant.
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
