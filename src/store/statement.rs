//! SQL statements with their arguments, and the arguments that many statements share.

use crate::coach::ids::{MemberId, MessageRef};
use sqlx::{Any, any::AnyArguments, query::Query};

/// A statement with its arguments.
pub(super) type Statement<'q> = Query<'q, Any, AnyArguments>;

/// A statement whose text both engines understand. Placeholders are `$1`, `$2` …
pub(super) fn sql(text: &'static str) -> Statement<'static> {
    sqlx::query(text)
}

/// Binds the next two placeholders to the member's workspace and user.
pub(super) fn bind_member<'q>(statement: Statement<'q>, member: &MemberId) -> Statement<'q> {
    statement.bind(member.team.as_str().to_owned()).bind(member.user.as_str().to_owned())
}

/// Binds the next two placeholders to the message's channel and timestamp.
pub(super) fn bind_message<'q>(statement: Statement<'q>, message: &MessageRef) -> Statement<'q> {
    bind_message_opt(statement, Some(message))
}

/// Like [`bind_message`]; without a message both placeholders are NULL.
pub(super) fn bind_message_opt<'q>(statement: Statement<'q>, message: Option<&MessageRef>) -> Statement<'q> {
    let channel = message.map(|message| message.channel.as_str().to_owned());
    statement.bind(channel).bind(message.map(|message| message.ts.as_str().to_owned()))
}
