//! Calendar audits with their meetings. Meeting titles are members' text.

use super::{
    error::StoreError,
    row::{Row, count, escape, ms},
    statement::{Statement, bind_member, sql},
    tx::Tx,
};
use crate::coach::{
    audit::{Audit, Meeting},
    ids::{MemberId, RowId},
};
use jiff::civil::Date;
use std::collections::HashMap;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, team_id, user_id, kept, audited_at, edited_at, local_on FROM audit \
             WHERE team_id = $1 AND user_id = $2",
            $rest
        )
    };
}

impl Tx {
    /// Inserts an audit with its meetings, or replaces the member's audit with this id. An audit of
    /// another member with the same id is not changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member has no row.
    pub async fn save_audit(&mut self, audit: &Audit) -> Result<(), StoreError> {
        let statement =
            sql("INSERT INTO audit (id, team_id, user_id, kept, audited_at, edited_at, local_on) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET kept = excluded.kept, \
             edited_at = excluded.edited_at, local_on = excluded.local_on \
             WHERE audit.team_id = excluded.team_id AND audit.user_id = excluded.user_id")
            .bind(audit.id.as_str())
            .bind(audit.member.team.as_str())
            .bind(audit.member.user.as_str())
            .bind(i64::from(audit.kept))
            .bind(ms(audit.audited_at))
            .bind(audit.edited_at.map(ms))
            .bind(audit.local_on.to_string());
        if self.execute(statement).await? == 0 {
            return Ok(());
        }
        let old = sql("DELETE FROM audit_meeting WHERE audit_id = $1");
        self.execute(old.bind(audit.id.as_str())).await?;
        for (nth, meeting) in audit.meetings.iter().enumerate() {
            let statement =
                sql("INSERT INTO audit_meeting (audit_id, ordinal, title, hats) VALUES ($1, $2, $3, $4)")
                    .bind(audit.id.as_str())
                    .bind(count(nth))
                    .bind(escape(meeting.title.reveal()))
                    .bind(meeting.hats.map(super::super::coach::hat::Hats::as_str));
            self.execute(statement).await?;
        }
        Ok(())
    }

    pub async fn find_audit(&mut self, member: &MemberId, id: &RowId) -> Result<Option<Audit>, StoreError> {
        let statement = bind_member(sql(select!(" AND id = $3")), member).bind(id.as_str());
        Ok(self.with_meetings(member, statement).await?.pop())
    }

    /// Deletes an audit with its meetings. False: the member has no audit with this id.
    pub async fn delete_audit(&mut self, member: &MemberId, id: &RowId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM audit WHERE team_id = $1 AND user_id = $2 AND id = $3");
        Ok(self.execute(bind_member(statement, member).bind(id.as_str())).await? == 1)
    }

    /// Deletes the audits that were proposed from an uploaded calendar and never confirmed.
    pub async fn delete_proposed_audits(&mut self, member: &MemberId) -> Result<u64, StoreError> {
        let statement = sql("DELETE FROM audit WHERE team_id = $1 AND user_id = $2 AND kept = 0");
        self.execute(bind_member(statement, member)).await
    }

    /// All audits of a member, unconfirmed ones included, oldest first.
    pub async fn audits_of(&mut self, member: &MemberId) -> Result<Vec<Audit>, StoreError> {
        self.with_meetings(member, bind_member(sql(select!(" ORDER BY audited_at, id")), member)).await
    }

    /// Confirmed audits between two of the member's local dates, both inclusive, oldest first.
    pub async fn audits_between(
        &mut self,
        member: &MemberId,
        from_on: Date,
        to_on: Date,
    ) -> Result<Vec<Audit>, StoreError> {
        let statement =
            sql(select!(" AND kept = 1 AND local_on >= $3 AND local_on <= $4 ORDER BY audited_at, id"));
        let statement = bind_member(statement, member).bind(from_on.to_string()).bind(to_on.to_string());
        self.with_meetings(member, statement).await
    }

    async fn with_meetings(
        &mut self,
        member: &MemberId,
        audits: Statement,
    ) -> Result<Vec<Audit>, StoreError> {
        let mut audits = self.list(audits, read).await?;
        if audits.is_empty() {
            return Ok(audits);
        }
        let meetings =
            sql("SELECT meeting.audit_id AS audit_id, meeting.title AS title, meeting.hats AS hats \
             FROM audit_meeting AS meeting JOIN audit ON audit.id = meeting.audit_id \
             WHERE audit.team_id = $1 AND audit.user_id = $2 ORDER BY meeting.audit_id, meeting.ordinal");
        let mut of_audit: HashMap<RowId, Vec<Meeting>> = HashMap::new();
        for (audit, meeting) in self.list(bind_member(meetings, member), read_meeting).await? {
            of_audit.entry(audit).or_default().push(meeting);
        }
        for audit in &mut audits {
            audit.meetings = of_audit.remove(&audit.id).unwrap_or_default();
        }
        Ok(audits)
    }
}

fn read(row: &Row) -> Result<Audit, StoreError> {
    Ok(Audit {
        id: row.id("id")?,
        member: row.member_id()?,
        kept: row.flag("kept")?,
        meetings: Vec::new(),
        audited_at: row.instant("audited_at")?,
        edited_at: row.instant_opt("edited_at")?,
        local_on: row.date("local_on")?,
    })
}

fn read_meeting(row: &Row) -> Result<(RowId, Meeting), StoreError> {
    let hats = row.parsed_opt("hats")?;
    Ok((row.id("audit_id")?, Meeting { title: row.member_text("title")?, hats }))
}
