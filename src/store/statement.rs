//! SQL statements with their arguments, and the arguments that many statements share. A statement does not
//! know its engine: `sqlite_connection.rs` runs it on SQLite's writing connection, sqlx everywhere else.

use crate::coach::ids::{MemberId, MessageRef};
use sqlx::{Any, AssertSqlSafe, any::AnyArguments, query::Query};
use std::borrow::Cow;

/// A statement with its arguments.
pub(super) struct Statement {
    text: Cow<'static, str>,
    arguments: Vec<Argument>,
}

/// The argument of a placeholder. `None` is NULL, whose type PostgreSQL has to know.
#[derive(Clone)]
pub(super) enum Argument {
    Text(Option<String>),
    Number(Option<i64>),
}

/// A statement whose text both engines understand. Placeholders are `$1`, `$2` …
pub(super) fn sql(text: impl Into<Cow<'static, str>>) -> Statement {
    Statement { text: text.into(), arguments: Vec::new() }
}

impl Statement {
    /// Binds the next placeholder.
    pub(super) fn bind(mut self, argument: impl Into<Argument>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn arguments(&self) -> &[Argument] {
        &self.arguments
    }

    /// The same statement for sqlx.
    pub(super) fn into_query(self) -> Query<'static, Any, AnyArguments> {
        let query = match self.text {
            Cow::Borrowed(text) => sqlx::query(text),
            // An owned text is made by this module's code, never from input.
            Cow::Owned(text) => sqlx::query(AssertSqlSafe(text)),
        };
        self.arguments.into_iter().fold(query, |query, argument| match argument {
            Argument::Text(text) => query.bind(text),
            Argument::Number(number) => query.bind(number),
        })
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<String>> for Argument {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Argument {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Argument {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

/// Binds the next two placeholders to the member's workspace and user.
pub(super) fn bind_member(statement: Statement, member: &MemberId) -> Statement {
    statement.bind(member.team.as_str()).bind(member.user.as_str())
}

/// Binds the next two placeholders to the message's channel and timestamp.
pub(super) fn bind_message(statement: Statement, message: &MessageRef) -> Statement {
    bind_message_opt(statement, Some(message))
}

/// Like [`bind_message`]; without a message both placeholders are NULL.
pub(super) fn bind_message_opt(statement: Statement, message: Option<&MessageRef>) -> Statement {
    let channel = message.map(|message| message.channel.as_str());
    statement.bind(channel).bind(message.map(|message| message.ts.as_str()))
}
