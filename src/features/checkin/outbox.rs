use crate::{
    coach::{
        ids::RowId,
        member::Member,
        screen::{Message, Notice},
    },
    interaction::{Composed, Ctx, Result, steps},
    store::OutboxRow,
};

/// A message that shows a reflection, as it is now.
pub async fn compose_kept(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    id: &RowId,
) -> Result<Composed> {
    let message = match ctx.tx.find_reflection(&member.id, id).await? {
        Some(reflection) => Message::Kept(steps::reflection::kept_screen(&reflection)),
        None => Message::Notice(Notice::ReflectionDeleted),
    };
    Ok(Composed::update(row, message))
}
