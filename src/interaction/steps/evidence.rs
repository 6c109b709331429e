//! Evidence for the hat balance, gathered from every stored noun. A new kind of evidence is one line here
//! and a way to make an [`Evidence`] of it in the coach.

use crate::{
    coach::{balance::Evidence, ids::MemberId},
    interaction::{Ctx, Result},
};
use jiff::civil::Date;

/// Every piece of a member's evidence between two of their own dates, both included, noun by noun.
pub async fn load_evidence(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    from_on: Date,
    to_on: Date,
) -> Result<Vec<Evidence>> {
    let mut evidence = Vec::new();
    evidence.extend(
        ctx.tx.reflections_between(who, from_on, to_on).await?.iter().filter_map(Evidence::from_reflection),
    );
    evidence.extend(ctx.tx.acts_between(who, from_on, to_on).await?.iter().map(Evidence::from));
    evidence.extend(ctx.tx.audits_between(who, from_on, to_on).await?.iter().flat_map(Evidence::from_audit));
    Ok(evidence)
}
