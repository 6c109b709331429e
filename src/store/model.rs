//! Whether a member lets the model at a host write their follow-up questions, and how often it was
//! asked on a day of theirs. No word of anybody stands here.

use super::{
    error::StoreError,
    reflection::owned_by,
    row::{Columns as _, ms},
    tx::{Tx, sql},
};
use crate::coach::{
    ids::{MemberId, RowId},
    llm_follow_up::{ConsentAnswer, LlmConsent},
};
use jiff::{Timestamp, civil::Date};

impl Tx {
    /// What is known of a member's consent. In a unit of work on PostgreSQL it stays locked.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_consent(&mut self, member: &MemberId) -> Result<Option<LlmConsent>, StoreError> {
        let (plain, locked) = (
            "SELECT host, asked_with, asked_at, answer, answered_at, called_on, calls FROM model_consent \
             WHERE team_id = $1 AND user_id = $2",
            "SELECT host, asked_with, asked_at, answer, answered_at, called_on, calls FROM model_consent \
             WHERE team_id = $1 AND user_id = $2 FOR NO KEY UPDATE",
        );
        let statement = owned_by(self.locking(plain, locked), member);
        self.find(statement, |row| {
            Ok(LlmConsent {
                host: row.text("host")?,
                asked_with: row.id("asked_with")?,
                asked_at: row.instant("asked_at")?,
                answer: row.parsed_opt("answer")?,
                answered_at: row.instant_opt("answered_at")?,
                called_on: row.date("called_on")?,
                calls: row.count_u32("calls")?,
            })
        })
        .await
    }

    /// Notes that a member is asked about a host, below the follow-up of a reflection. False: they were
    /// asked about that host before, and nothing was changed. What they said of another host is over;
    /// what was sent there today still counts.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member is not known; else [`StoreError`] of the database.
    pub async fn ask_consent(
        &mut self,
        member: &MemberId,
        host: &str,
        with: &RowId,
        today: Date,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("INSERT INTO model_consent \
             (team_id, user_id, host, asked_with, asked_at, called_on, calls) VALUES ($1, $2, $3, $4, $5, $6, 0) \
             ON CONFLICT (team_id, user_id) DO UPDATE SET host = excluded.host, \
             asked_with = excluded.asked_with, asked_at = excluded.asked_at, answer = NULL, \
             answered_at = NULL WHERE model_consent.host <> excluded.host");
        let statement = owned_by(statement, member).bind(host.to_owned()).bind(with.as_str().to_owned());
        Ok(self.execute(statement.bind(ms(now)).bind(today.to_string())).await? == 1)
    }

    /// Keeps what a member says about a host. False: they were not asked about that one.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn answer_consent(
        &mut self,
        member: &MemberId,
        host: &str,
        answer: ConsentAnswer,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE model_consent SET answer = $4, answered_at = $5 \
             WHERE team_id = $1 AND user_id = $2 AND host = $3");
        let statement = owned_by(statement, member).bind(host.to_owned()).bind(answer.into_str());
        Ok(self.execute(statement.bind(ms(now))).await? == 1)
    }

    /// Takes one call to a host out of what a member has left on a date of theirs. False: they have not
    /// agreed to that host, or nothing is left. A date that lies behind the last one, because the member
    /// travelled, begins no new count.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn claim_call(
        &mut self,
        member: &MemberId,
        host: &str,
        today: Date,
        most: u32,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE model_consent SET \
             calls = CASE WHEN called_on < $4 THEN 1 ELSE calls + 1 END, \
             called_on = CASE WHEN called_on < $4 THEN $4 ELSE called_on END \
             WHERE team_id = $1 AND user_id = $2 AND host = $3 AND answer = 'agreed' \
             AND (called_on < $4 OR calls < $5)");
        let statement = owned_by(statement, member).bind(host.to_owned()).bind(today.to_string());
        Ok(self.execute(statement.bind(i64::from(most))).await? == 1)
    }
}
