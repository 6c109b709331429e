//! Steps of forms that are stored once for each opened form; see [`FormStep`].

use crate::{
    coach::ids::{RowId, ViewId},
    interaction::{Ctx, FormStep, Result},
};
use serde::{Deserialize, Serialize};

/// What is stored beside a step's key.
#[derive(Serialize, Deserialize)]
struct StoredStep {
    v: u32,
    entry: RowId,
}

/// The entry that an earlier submission of this step stored.
pub async fn find_step(ctx: &mut Ctx<'_>, step: FormStep, view: &ViewId) -> Result<Option<RowId>> {
    let stored = ctx.tx.find_delivery(&step.key(view)).await?.and_then(|stored| stored.effect);
    Ok(stored.as_deref().and_then(entry_of))
}

/// Notes the entry that this step stored. False: an earlier submission was first.
pub async fn record_step(ctx: &mut Ctx<'_>, step: FormStep, view: &ViewId, entry: &RowId) -> Result<bool> {
    let now = ctx.now();
    let stored = serde_json::to_string(&StoredStep { v: 1, entry: entry.clone() }).unwrap_or_default();
    Ok(ctx.tx.record_delivery(&step.key(view), Some(&stored), now).await?)
}

/// Notes that the follow-up form shows something else now: a result of the lens or the language model
/// that comes later must not replace it.
pub async fn supersede_follow_up(ctx: &mut Ctx<'_>, view: &ViewId) -> Result<()> {
    let now = ctx.now();
    ctx.tx.record_delivery(&FormStep::FollowUpSuperseded.key(view), None, now).await?;
    Ok(())
}

/// Whether [`supersede_follow_up`] was called for this form.
pub async fn is_follow_up_superseded(ctx: &mut Ctx<'_>, view: &ViewId) -> Result<bool> {
    Ok(ctx.tx.find_delivery(&FormStep::FollowUpSuperseded.key(view)).await?.is_some())
}

/// Older versions wrote the kind and the id, such as `reflection:01K…`.
fn entry_of(stored: &str) -> Option<RowId> {
    match serde_json::from_str::<StoredStep>(stored) {
        Ok(StoredStep { v: 1, entry }) => Some(entry),
        Ok(_) => None,
        Err(_) => RowId::parse(stored.split_once(':')?.1).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_both_formats_are_read() {
        let row = RowId::new(1_764_000_000_000, 7);
        assert_eq!(entry_of(&format!(r#"{{"v":1,"entry":"{row}"}}"#)), Some(row.clone()));
        assert_eq!(entry_of(&format!("reflection:{row}")), Some(row));
        for unreadable in ["", "nothing", "reflection:", r#"{"v":2,"entry":"x"}"#] {
            assert_eq!(entry_of(unreadable), None, "{unreadable}");
        }
    }
}
