//! The ids of the domain. Each is a newtype that is built by `parse` (ids from Slack) or `RowId::new` (ids of
//! our rows), so that code that receives one need not check it again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

/// The longest id that is accepted. Block Kit limits ids to 255 characters, and no other id of Slack's is
/// longer.
const MAX_ID_CHARS: usize = 255;

/// The text is not a valid id. The error does not contain the text, because it may be a member's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}")]
pub struct InvalidId {
    /// The kind of id that was expected.
    pub kind: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $ok:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Accepts at most 255 characters of those that this kind of id uses.
            ///
            /// # Errors
            /// [`InvalidId`] if the text is empty, too long, or has another character.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                let ok: fn(char) -> bool = $ok;
                if text.is_empty() || text.len() > MAX_ID_CHARS || !text.chars().all(ok) {
                    return Err(InvalidId { kind: $kind });
                }
                Ok(Self(text.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

id!(/// A Slack workspace (`T…`), or an organisation (`E…`) for an org-wide install.
    TeamId, "team id", |c| c.is_ascii_alphanumeric());
id!(/// A Slack user (`U…` or `W…`).
    UserId, "user id", |c| c.is_ascii_alphanumeric());
id!(/// A Slack conversation (`C…`, `D…`, `G…`).
    ChannelId, "channel id", |c| c.is_ascii_alphanumeric());
id!(/// A Slack message timestamp such as `1764000000.000100`: the message's id in its channel.
    MessageTs, "message timestamp", |c| c.is_ascii_digit() || c == '.');
id!(/// An open Slack view (`V…`).
    ViewId, "view id", |c| c.is_ascii_alphanumeric());
id!(/// A Slack file (`F…`).
    FileId, "file id", |c| c.is_ascii_alphanumeric());
id!(/// The id of a row of ours: 26 characters, sortable by the millisecond it was made.
    RowId, "row id", |c| c.is_ascii_alphanumeric());
id!(/// A prompt of the library, for example `stop-solving.open.3`.
    PromptId, "prompt id", |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));

impl MessageTs {
    /// The timestamp of a message posted at an instant.
    pub fn at(instant: Timestamp) -> Self {
        let micros = instant.as_microsecond().max(0);
        Self(format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000))
    }
}

impl RowId {
    /// A [ULID](https://github.com/ulid/spec): 48 bits of time, then the lowest 80 bits of `random`, in Crockford's
    /// base 32. A time before 1970 counts as 1970.
    pub fn new(at_ms: i64, random: u128) -> Self {
        let at_ms = u64::try_from(at_ms).unwrap_or_default();
        Self(Ulid::from_parts(at_ms, random).to_string())
    }

    /// The UTC milliseconds that [`RowId::new`] was given; `None` for an id that it did not make.
    pub fn made_at_ms(&self) -> Option<i64> {
        let ulid = Ulid::from_string(&self.0).ok()?;
        // The decoder also accepts lower case, and it ignores bits beyond 128.
        let is_ours = ulid.to_string() == self.0;
        i64::try_from(ulid.timestamp_ms()).ok().filter(|_| is_ours)
    }
}

impl MessageTs {
    /// The instant that it names, to the microsecond.
    pub fn instant(&self) -> Option<Timestamp> {
        let (seconds, micros) = self.0.split_once('.').unwrap_or((&self.0, "0"));
        let micros: i64 = format!("{micros:0<6}").get(..6)?.parse().ok()?;
        let micros = seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)?;
        Timestamp::from_microsecond(micros).ok()
    }
}

/// One person in one workspace. It owns everything that is stored about them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MemberId {
    pub team: TeamId,
    pub user: UserId,
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.team, self.user)
    }
}

/// A Slack message: its channel and its timestamp there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    pub channel: ChannelId,
    pub ts: MessageTs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_ids_sort_by_time_and_parse_back() {
        let early = RowId::new(1_764_000_000_000, u128::MAX);
        let late = RowId::new(1_764_000_000_001, 0);
        assert!(early < late);
        assert_eq!(early.as_str().len(), 26);
        assert_eq!(early.made_at_ms(), Some(1_764_000_000_000));
        assert_eq!(RowId::new(0, 7).made_at_ms(), Some(0));
        // The ids of stored rows must not change.
        assert_eq!(RowId::new(1_764_000_000_000, 7).as_str(), "01KAV9FT000000000000000007");
        assert_eq!(RowId::new(-1, u128::MAX).as_str(), "0000000000ZZZZZZZZZZZZZZZZ");
        assert_eq!(RowId::parse("short").unwrap().made_at_ms(), None);
        for foreign in ["z".repeat(26), "Z".repeat(26), "01kar6trz00000000000000007".to_owned()] {
            assert_eq!(RowId::parse(&foreign).unwrap().made_at_ms(), None, "{foreign}");
        }
        assert_eq!(RowId::parse(early.as_str()), Ok(early));
    }

    #[test]
    fn a_message_timestamp_is_an_instant() {
        let table = [
            ("1764000000.000100", Some(1_764_000_000_000_100)),
            ("1764000000.1", Some(1_764_000_000_100_000)),
            ("1764000000", Some(1_764_000_000_000_000)),
            ("1.2.3", None),
            (".", None),
            ("99999999999999999999.0", None),
        ];
        for (ts, micros) in table {
            let instant = MessageTs::parse(ts).unwrap().instant();
            assert_eq!(instant.map(Timestamp::as_microsecond), micros, "{ts}");
        }
    }

    #[test]
    fn ids_refuse_what_slack_never_sends() {
        for bad in ["", "U1 2", "U<1>", "U\u{200b}1", "'; drop table member; --"] {
            assert_eq!(UserId::parse(bad), Err(InvalidId { kind: "user id" }), "{bad:?}");
        }
        assert!(UserId::parse(&"U".repeat(256)).is_err());
    }
}
