//! Reads the days and months that members type after `pause` and `report`. `today` is the member's local
//! date. What can mean two days is not decided here.

use crate::coach::month::Month;
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// When a pause ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// No day was named, or one that only the member knows: "for the holidays".
    Unsaid,
    /// The first date after the pause.
    On(Date),
    /// The words mean either date.
    Either(Date, Date),
}

/// More words than this are a sentence and no date.
const MAX_WORDS: usize = 6;

/// Words that change nothing.
const FILLERS: &[&str] = &["until", "till", "til", "for", "on", "in", "of", "the", "please", "and", "'til"];

/// Words for a time whose end only the member knows.
const UNSAID: &[&str] = &[
    "holiday",
    "holidays",
    "vacation",
    "vacations",
    "leave",
    "break",
    "trip",
    "travel",
    "while",
    "bit",
    "now",
    "me",
    "my",
    "some",
    "time",
    "long",
    "weekend",
    "summer",
    "winter",
    "christmas",
    "easter",
];

/// Reads the end of a pause. `None` for what is no day or has passed.
pub(super) fn until(words: &[String], today: Date) -> Option<Until> {
    let words = plain(words)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let with_article = words.iter().all(|word| UNSAID.contains(word) || is_article(word));
    if with_article {
        return Some(Until::Unsaid);
    }
    let until = match words.as_slice() {
        [number] if number.contains('/') => by_slashes(number, today)?,
        ["next", day] if weekday(day).is_some() => next_weekday(weekday(day)?, today)?,
        ["this", day] if weekday(day).is_some() => Until::On(first_after(weekday(day)?, today)?),
        words => Until::On(one_day(words, today)?),
    };
    let is_future = match until {
        Until::Unsaid => true,
        Until::On(on) => on > today,
        Until::Either(first, second) => first > today && second > today,
    };
    is_future.then_some(until)
}

/// Reads the month of a report: never in the future. `None` for what is no such month.
pub(super) fn month(words: &[String], today: Date) -> Option<Month> {
    let words = plain(words)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let this = Month::containing(today);
    let last_named = |number: i8, before: Month| {
        let year = i16::from(number > before.first_day().month());
        named_month(before.first_day().year() - year, number)
    };
    let month = match words.as_slice() {
        ["this" | "current", "month"] => this,
        ["last" | "previous", "month"] => this.previous(),
        ["last", name] => last_named(month_number(name)?, this.previous())?,
        ["this", name] => named_month(today.year(), month_number(name)?)?,
        [one] => match month_number(one) {
            Some(number) => last_named(number, this)?,
            None => one.parse().ok()?,
        },
        [name, year] => named_month(four_digits(year)?, month_number(name)?)?,
        _ => return None,
    };
    (month <= this).then_some(month)
}

fn named_month(year: i16, number: i8) -> Option<Month> {
    Date::new(year, number, 1).ok().map(Month::containing)
}

/// The words that carry a meaning, without marks around them.
fn plain(words: &[String]) -> Option<Vec<String>> {
    let bare = words.iter().map(|word| word.trim_matches(|c| matches!(c, ',' | '.' | '!' | ';')).to_owned());
    let kept: Vec<String> =
        bare.filter(|word| !word.is_empty() && !FILLERS.contains(&word.as_str())).collect();
    (kept.len() <= MAX_WORDS).then_some(kept)
}

fn is_article(word: &str) -> bool {
    matches!(word, "a" | "an")
}

/// Words that mean one day.
fn one_day(words: &[&str], today: Date) -> Option<Date> {
    let next_week = today.checked_add(i64::from(7 - today.weekday().to_monday_zero_offset()).days()).ok();
    let next_month = Month::containing(today).next().first_day();
    match words {
        ["today" | "tomorrow"] => today.tomorrow().ok(),
        ["next" | "this" | "end" | "rest", "week"] => next_week,
        ["next" | "this" | "end" | "rest", "month"] => Some(next_month),
        ["next" | "this" | "end" | "rest", "year"] => Date::new(today.year() + 1, 1, 1).ok(),
        [count, unit] if number(count).is_some() && is_unit(unit) => after(number(count)?, unit, today),
        [one] => match (weekday(one), month_number(one)) {
            (Some(day), _) => first_after(day, today),
            (None, Some(month)) => day_of_month(1, month, None, today),
            (None, None) => super::parse_date(one).or_else(|| by_dots(one, today)),
        },
        [a, b] => day_and_month(a, b, None, today),
        [a, b, year] => day_and_month(a, b, Some(four_digits(year)?), today),
        _ => None,
    }
}

/// `24 december` or `december 24`.
fn day_and_month(a: &str, b: &str, year: Option<i16>, today: Date) -> Option<Date> {
    match (month_number(a), month_number(b)) {
        (Some(month), None) => day_of_month(day_number(b)?, month, year, today),
        (None, Some(month)) => day_of_month(day_number(a)?, month, year, today),
        _ => None,
    }
}

/// The next such date, unless the year is given.
fn day_of_month(day: i8, month: i8, year: Option<i16>, today: Date) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let this_year = Date::new(today.year(), month, day).ok().filter(|on| *on > today);
    this_year.or_else(|| Date::new(today.year() + 1, month, day).ok())
}

/// `24.12.` or `24.12.2026`: the day comes first where dots are written.
fn by_dots(written: &str, today: Date) -> Option<Date> {
    let (day, rest) = written.split_once('.')?;
    let (month, year) = rest.split_once('.').unwrap_or((rest, ""));
    let year = if year.is_empty() { None } else { Some(four_digits(year)?) };
    day_of_month(day_number(day)?, day_number(month)?, year, today)
}

/// `12/24` or `24/12`. Both numbers can be the month in some parts of the world.
fn by_slashes(written: &str, today: Date) -> Option<Until> {
    let (first, rest) = written.split_once('/')?;
    let (second, year) = rest.split_once('/').unwrap_or((rest, ""));
    let year = if year.is_empty() { None } else { Some(four_digits(year)?) };
    let (first, second) = (day_number(first)?, day_number(second)?);
    let day_first = day_of_month(first, second, year, today).filter(|on| *on > today);
    let month_first = day_of_month(second, first, year, today).filter(|on| *on > today);
    match (day_first, month_first) {
        (Some(a), Some(b)) if a != b => Some(Until::Either(a.min(b), a.max(b))),
        (a, b) => a.or(b).map(Until::On),
    }
}

/// "Next Friday" on a Monday is this week's Friday to some and next week's to others.
fn next_weekday(day: Weekday, today: Date) -> Option<Until> {
    let first = first_after(day, today)?;
    let is_this_week = day.to_monday_zero_offset() > today.weekday().to_monday_zero_offset();
    if !is_this_week {
        return Some(Until::On(first));
    }
    Some(Until::Either(first, first.checked_add(7.days()).ok()?))
}

fn first_after(day: Weekday, today: Date) -> Option<Date> {
    today.nth_weekday(1, day).ok()
}

fn after(count: i64, unit: &str, today: Date) -> Option<Date> {
    let span = match unit.trim_end_matches('s') {
        "day" => count.days(),
        "week" => count.weeks(),
        _ => count.months(),
    };
    today.checked_add(span).ok()
}

fn is_unit(word: &str) -> bool {
    matches!(word, "day" | "days" | "week" | "weeks" | "month" | "months")
}

fn number(word: &str) -> Option<i64> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    if is_article(word) {
        return Some(1);
    }
    match WORDS.iter().position(|it| *it == word) {
        Some(at) => i64::try_from(at + 1).ok(),
        None => word.parse().ok().filter(|count| (1..=366).contains(count)),
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

fn month_number(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_short = word.len() >= 3;
    let at = NAMES.iter().position(|name| *name == word || is_short && name.starts_with(word))?;
    i8::try_from(at + 1).ok()
}

/// `24`, `24th` or `1st`.
fn day_number(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok().filter(|day| (1..=31).contains(day)) } else { None }
}

fn four_digits(word: &str) -> Option<i16> {
    (word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())).then(|| word.parse().ok())?
}
