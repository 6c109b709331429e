//! A month of the member's calendar, the period of a report.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A calendar month such as 2026-10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    first: Date,
}

/// The text is not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month: write it as year and month, for example 2026-10")]
pub struct InvalidMonth;

impl Month {
    /// The month that contains a date.
    pub fn containing(date: Date) -> Self {
        Self { first: date.first_of_month() }
    }

    pub fn first_day(self) -> Date {
        self.first
    }

    pub fn last_day(self) -> Date {
        self.first.last_of_month()
    }

    pub fn contains(self, date: Date) -> bool {
        Month::containing(date) == self
    }

    /// The month before. The first month of the calendar is its own predecessor.
    pub fn previous(self) -> Self {
        Self { first: self.first.checked_sub(1.month()).unwrap_or(self.first) }
    }

    /// The month that a report is about if none is named: the finished one in the first five days of a month,
    /// when the new one has next to nothing in it.
    pub fn to_report(today: Date) -> Self {
        const FIRST_DAYS: i8 = 5;
        let this = Month::containing(today);
        if today.day() <= FIRST_DAYS { this.previous() } else { this }
    }

    /// The month after. The last month of the calendar is its own successor.
    pub fn next(self) -> Self {
        Self { first: self.first.checked_add(1.month()).unwrap_or(self.first) }
    }

    /// The name that members see: `October 2026`.
    pub fn title(self) -> String {
        self.first.strftime("%B %Y").to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;

    /// Accepts exactly `YYYY-MM` in ASCII digits.
    fn from_str(text: &str) -> Result<Self, InvalidMonth> {
        let (year, month) = text.split_once('-').ok_or(InvalidMonth)?;
        let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(InvalidMonth);
        }
        let year = year.parse().map_err(|_| InvalidMonth)?;
        let month = month.parse().map_err(|_| InvalidMonth)?;
        Date::new(year, month, 1).map(|first| Self { first }).map_err(|_| InvalidMonth)
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidMonth;
    fn try_from(text: String) -> Result<Self, InvalidMonth> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_months_of_the_calendar_and_nothing_else() {
        let october: Month = "2026-10".parse().unwrap();
        assert_eq!(october.to_string(), "2026-10");
        assert_eq!(october.title(), "October 2026");
        assert_eq!(october.last_day(), jiff::civil::date(2026, 10, 31));
        assert_eq!(october.next().next().next().to_string(), "2027-01");
        for bad in
            ["", "2026", "2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "+026-10", "２０２６-10"]
        {
            assert_eq!(bad.parse::<Month>(), Err(InvalidMonth), "{bad}");
        }
    }
}
