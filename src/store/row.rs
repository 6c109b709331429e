//! Conversion between Rust values and columns: instants are UTC milliseconds, dates and names are text.
//! Text that a member or Slack wrote is escaped, because PostgreSQL cannot store every character.

use super::{error::StoreError, sqlite_connection::SqliteRow};
use crate::coach::{
    ids::{ChannelId, MemberId, MessageRef, MessageTs},
    member_text::MemberText,
};
use jiff::{Timestamp, civil::Date};
use sqlx::{Row as _, any::AnyRow};
use std::str::FromStr;

/// Marks an escaped character in stored text.
const ESCAPE: char = '\u{1b}';

/// PostgreSQL's TEXT cannot hold U+0000. It is written as U+001B `0`, and U+001B itself as U+001B
/// `1`, on both engines, so that a database can move between them; all other text stays as it is.
pub(super) fn escape(text: &str) -> String {
    if !text.bytes().any(|byte| byte == 0 || byte == ESCAPE as u8) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\0' => escaped.extend([ESCAPE, '0']),
            ESCAPE => escaped.extend([ESCAPE, '1']),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The reverse of [`escape`]. An escape sequence that `escape` never writes is kept as it is.
pub(super) fn unescape(text: String) -> String {
    if !text.contains(ESCAPE) {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            (ESCAPE, Some('0')) => {
                rest.next();
                plain.push('\0');
            }
            (ESCAPE, Some('1')) => {
                rest.next();
                plain.push(ESCAPE);
            }
            (c, _) => plain.push(c),
        }
    }
    plain
}

/// An instant as UTC milliseconds.
pub(super) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A count or a limit as SQL's integer type.
pub(super) fn count(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// A row of a result. Its columns are read by name. An error names the column and never contains the value.
pub(super) enum Row {
    /// From sqlx: PostgreSQL, and SQLite's reading connections.
    Any(AnyRow),
    /// From SQLite's writing connection.
    Sqlite(SqliteRow),
}

impl Row {
    pub(super) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.text_opt(column)?.ok_or(StoreError::Unreadable { column })
    }

    pub(super) fn text_opt(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.text_named(column).ok_or(StoreError::Unreadable { column })
    }

    /// A text or NULL in a column whose name is not known before; `None` when it holds something else.
    #[expect(clippy::option_option, reason = "the outer one is the error, the inner one is NULL")]
    pub(super) fn text_named(&self, column: &str) -> Option<Option<String>> {
        match self {
            Row::Any(row) => row.try_get(column).ok(),
            Row::Sqlite(row) => row.text(column),
        }
    }

    /// A number or NULL in a column whose name is not known before; `None` when it holds something else.
    #[expect(clippy::option_option, reason = "the outer one is the error, the inner one is NULL")]
    pub(super) fn number_named(&self, column: &str) -> Option<Option<i64>> {
        match self {
            Row::Any(row) => row.try_get(column).ok(),
            Row::Sqlite(row) => row.number(column),
        }
    }

    pub(super) fn number(&self, column: &'static str) -> Result<i64, StoreError> {
        self.number_opt(column)?.ok_or(StoreError::Unreadable { column })
    }

    pub(super) fn number_opt(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.number_named(column).ok_or(StoreError::Unreadable { column })
    }

    pub(super) fn member_text(&self, column: &'static str) -> Result<MemberText, StoreError> {
        Ok(MemberText::new(unescape(self.text(column)?)))
    }

    /// Text written by [`escape`]: it may quote a member or come from Slack.
    pub(super) fn escaped_text(&self, column: &'static str) -> Result<String, StoreError> {
        Ok(unescape(self.text(column)?))
    }

    pub(super) fn escaped_text_opt(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        Ok(self.text_opt(column)?.map(unescape))
    }

    pub(super) fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        Ok(self.number(column)? != 0)
    }

    pub(super) fn count_u32(&self, column: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.number(column)?).map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn instant(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        instant(column, self.number(column)?)
    }

    pub(super) fn instant_opt(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        self.number_opt(column)?.map(|number| instant(column, number)).transpose()
    }

    pub(super) fn date(&self, column: &'static str) -> Result<Date, StoreError> {
        self.parsed(column)
    }

    pub(super) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn parsed_opt<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let text = self.text_opt(column)?;
        text.map(|text| text.parse().map_err(|_| StoreError::Unreadable { column })).transpose()
    }

    pub(super) fn id<T: TryFrom<String>>(&self, column: &'static str) -> Result<T, StoreError> {
        T::try_from(self.text(column)?).map_err(|_| StoreError::Unreadable { column })
    }

    pub(super) fn id_opt<T: TryFrom<String>>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let text = self.text_opt(column)?;
        text.map(|text| T::try_from(text).map_err(|_| StoreError::Unreadable { column })).transpose()
    }

    /// `team_id` and `user_id`.
    pub(super) fn member_id(&self) -> Result<MemberId, StoreError> {
        Ok(MemberId { team: self.id("team_id")?, user: self.id("user_id")? })
    }

    /// `channel_id` and `ts`, when both are set.
    pub(super) fn message_opt(&self) -> Result<Option<MessageRef>, StoreError> {
        let channel: Option<ChannelId> = self.id_opt("channel_id")?;
        let ts: Option<MessageTs> = self.id_opt("ts")?;
        Ok(channel.zip(ts).map(|(channel, ts)| MessageRef { channel, ts }))
    }
}

fn instant(column: &'static str, number: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(number).map_err(|_| StoreError::Unreadable { column })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escaped_text_holds_no_nul_and_comes_back_plain(text in "[\\x00\\x1b01a-cé🌴]{0,40}") {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains('\0'));
            prop_assert_eq!(unescape(escaped), text);
        }
    }

    #[test]
    fn ordinary_text_is_stored_as_it_is() {
        assert_eq!(escape("naïve 🌴 \n"), "naïve 🌴 \n");
    }
}
