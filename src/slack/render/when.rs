//! Dates and times as people read them: `Mon 2 Nov, 09:30`.

use jiff::civil::{Date, DateTime};

/// A local date and time.
pub fn date_time(at: DateTime) -> String {
    at.strftime("%a %-d %b, %H:%M").to_string()
}

/// A local date.
pub fn date(on: Date) -> String {
    on.strftime("%a %-d %b %Y").to_string()
}
