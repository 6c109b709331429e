//! Dates and times as people read them: `Mon 2 Nov, 09:30`.

use jiff::civil::{Date, DateTime};

pub(super) fn date_time(at: DateTime) -> String {
    at.strftime("%a %-d %b, %H:%M").to_string()
}

pub(super) fn date(on: Date) -> String {
    on.strftime("%a %-d %b %Y").to_string()
}
