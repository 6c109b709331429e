//! The room that a member described last.

use crate::{
    coach::{ids::MemberId, room::Room},
    interaction::{Ctx, Result},
};
use jiff::Timestamp;

/// The later of two descriptions: one in a reflection, with its instant, and the last reading of the
/// room by itself.
pub async fn last_room(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    described: Option<(Room, Timestamp)>,
) -> Result<Option<(Room, Timestamp)>> {
    let read = ctx.tx.find_room_read(who).await?;
    Ok(described.into_iter().chain(read).max_by_key(|(_, at)| *at))
}
