//! Whether a member allows the LLM at a host to write their follow-up questions, and how many calls were
//! made for them today. No member text is stored here.

use super::{
    error::StoreError,
    row::ms,
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::{
    ids::{MemberId, RowId},
    llm_follow_up::{ConsentAnswer, LlmConsent},
};
use jiff::{Timestamp, civil::Date};

impl Tx {
    /// The consent of a member. In a write transaction on PostgreSQL the row stays locked until its end.
    pub async fn find_llm_consent(&mut self, member: &MemberId) -> Result<Option<LlmConsent>, StoreError> {
        let (plain, locked) = (
            "SELECT host, asked_with, asked_at, answer, answered_at, called_on, calls FROM model_consent \
             WHERE team_id = $1 AND user_id = $2",
            "SELECT host, asked_with, asked_at, answer, answered_at, called_on, calls FROM model_consent \
             WHERE team_id = $1 AND user_id = $2 FOR NO KEY UPDATE",
        );
        let statement = bind_member(self.select_for_update(plain, locked), member);
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

    /// Records that the consent question for a host was shown with the follow-up of reflection `with`.
    /// Replaces the answer about a different host; today's number of calls stays. False: the member
    /// was asked about this host before, and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member has no row.
    pub async fn request_llm_consent(
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
        let statement = bind_member(statement, member).bind(host.to_owned()).bind(with.as_str().to_owned());
        Ok(self.execute(statement.bind(ms(now)).bind(today.to_string())).await? == 1)
    }

    /// Stores the member's answer about a host. False: they were not asked about this host.
    pub async fn answer_llm_consent(
        &mut self,
        member: &MemberId,
        host: &str,
        answer: ConsentAnswer,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let statement = sql("UPDATE model_consent SET answer = $4, answered_at = $5 \
             WHERE team_id = $1 AND user_id = $2 AND host = $3");
        let statement = bind_member(statement, member).bind(host.to_owned()).bind(answer.into_str());
        Ok(self.execute(statement.bind(ms(now))).await? == 1)
    }

    /// Counts one LLM call against the member's limit of `most` calls a day. False: the member has not
    /// agreed to this host, or the limit is reached. `today` is the member's local date. It can be earlier
    /// than the date of the last call when the member travelled west; then the count does not restart.
    pub async fn claim_llm_call(
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
        let statement = bind_member(statement, member).bind(host.to_owned()).bind(today.to_string());
        Ok(self.execute(statement.bind(i64::from(most))).await? == 1)
    }
}
