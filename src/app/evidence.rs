//! What a member's balance is made of, gathered from every stored noun. A new kind of evidence is one
//! line here and a way to make an [`Evidence`] of it in the coach.

use super::{App, Done};
use crate::{
    coach::{balance::Evidence, ids::MemberId},
    store::Tx,
};
use jiff::civil::Date;

impl App {
    /// Every piece of a member's evidence between two of their own dates, both included, noun by noun.
    pub(super) async fn load_evidence(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        from_on: Date,
        to_on: Date,
    ) -> Done<Vec<Evidence>> {
        let mut evidence = Vec::new();
        evidence.extend(
            tx.reflections_between(who, from_on, to_on).await?.iter().filter_map(Evidence::from_reflection),
        );
        evidence.extend(tx.acts_between(who, from_on, to_on).await?.iter().map(Evidence::from));
        evidence.extend(tx.audits_between(who, from_on, to_on).await?.iter().flat_map(Evidence::from_audit));
        Ok(evidence)
    }
}
