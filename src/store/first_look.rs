//! Who was welcomed at their first look. A row has a hash and no name: it belongs to nobody who can be found with the
//! database alone, and outlives the erasure of a member.

use super::{
    error::StoreError,
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::ids::{MemberId, TeamId};

impl Tx {
    /// Notes that the person behind a hash has looked. False: they had before.
    pub async fn note_first_look(&mut self, team: &TeamId, who: &str) -> Result<bool, StoreError> {
        let statement = sql("INSERT INTO first_look (who, team_id) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        Ok(self.execute(statement.bind(who).bind(team.as_str())).await? == 1)
    }

    /// Whether LeadLens has written to somebody, or is about to.
    pub async fn has_written_to(&mut self, who: &MemberId) -> Result<bool, StoreError> {
        let statement = sql("SELECT id FROM outbox WHERE team_id = $1 AND user_id = $2 LIMIT 1");
        Ok(self.find(bind_member(statement, who), |row| row.text("id")).await?.is_some())
    }
}
