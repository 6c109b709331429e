//! Members and their settings, and the two queries of every worker tick: whose nudge slot and whose report
//! is due. Both are index lookups, so their cost grows with the number of due members, not of all.

use super::{
    error::StoreError,
    row::{Row, count, ms},
    statement::{Statement, sql},
    tx::Tx,
};
use crate::coach::{
    ids::{ChannelId, MemberId},
    member::{BackOff, Cadence, Member, Pause, QuietHours, Zone},
};
use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
};
use std::fmt::Display;

macro_rules! columns {
    () => {
        "team_id, user_id, dm_channel_id, zone, zone_set_by_member, cadence_days, cadence_times, \
         quiet_from, quiet_to, days_off, paused, pause_until_on, focus, unanswered, slots_passed, \
         asked_to_go_on, next_slot_at, next_report_at, welcomed_at, unreachable, created_at, \
         look_back"
    };
}

macro_rules! insert {
    () => {
        concat!(
            "INSERT INTO member (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
             $19, $20, $21, $22) ON CONFLICT (team_id, user_id) "
        )
    };
}

/// A select without and with PostgreSQL's row lock. `NO KEY` lets other transactions insert rows that
/// refer to the member while it is locked.
macro_rules! select {
    ($rest:literal, $lock:literal) => {
        (
            concat!("SELECT ", columns!(), " FROM member ", $rest),
            concat!("SELECT ", columns!(), " FROM member ", $rest, " ", $lock),
        )
    };
}

/// The queries of every tick.
pub(super) const SLOT_DUE: (&str, &str) =
    select!("WHERE next_slot_at <= $1 ORDER BY next_slot_at LIMIT $2", "FOR NO KEY UPDATE SKIP LOCKED");
pub(super) const REPORT_DUE: (&str, &str) =
    select!("WHERE next_report_at <= $1 ORDER BY next_report_at LIMIT $2", "FOR NO KEY UPDATE SKIP LOCKED");

impl Tx {
    /// A member. In a write transaction on PostgreSQL the row stays locked until its end, so that another
    /// machine cannot change it between this read and the save.
    pub async fn find_member(&mut self, id: &MemberId) -> Result<Option<Member>, StoreError> {
        let (plain, locked) = select!("WHERE team_id = $1 AND user_id = $2", "FOR NO KEY UPDATE");
        let statement = self.select_for_update(plain, locked).bind(id.team.as_str()).bind(id.user.as_str());
        self.find(statement, read).await
    }

    /// Inserts a new member. False: the member has a row already, and nothing was changed.
    pub async fn insert_member(&mut self, member: &Member) -> Result<bool, StoreError> {
        self.note_scheduled_work();
        Ok(self.execute(bind(sql(concat!(insert!(), "DO NOTHING")), member)).await? == 1)
    }

    /// Inserts or overwrites all settings of a member. `created_at` never changes.
    pub async fn save_member(&mut self, member: &Member) -> Result<(), StoreError> {
        self.note_scheduled_work();
        let text = concat!(
            insert!(),
            "DO UPDATE SET dm_channel_id = excluded.dm_channel_id, zone = excluded.zone, \
             zone_set_by_member = excluded.zone_set_by_member, cadence_days = excluded.cadence_days, \
             cadence_times = excluded.cadence_times, quiet_from = excluded.quiet_from, \
             quiet_to = excluded.quiet_to, days_off = excluded.days_off, paused = excluded.paused, \
             pause_until_on = excluded.pause_until_on, focus = excluded.focus, \
             look_back = excluded.look_back, \
             unanswered = excluded.unanswered, slots_passed = excluded.slots_passed, \
             asked_to_go_on = excluded.asked_to_go_on, next_slot_at = excluded.next_slot_at, \
             next_report_at = excluded.next_report_at, welcomed_at = excluded.welcomed_at, \
             unreachable = excluded.unreachable"
        );
        self.execute(bind(sql(text), member)).await.map(|_| ())
    }

    /// Members whose nudge slot is due, the longest due first. In a write transaction on PostgreSQL the rows
    /// are locked, and rows that another machine has locked are skipped.
    pub async fn members_due(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Member>, StoreError> {
        let (plain, locked) = SLOT_DUE;
        let statement = self.select_for_update(plain, locked).bind(ms(now)).bind(count(limit));
        self.list(statement, read).await
    }

    /// Members whose monthly report is due, the longest due first; locked as in [`Tx::members_due`].
    pub async fn members_report_due(
        &mut self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Member>, StoreError> {
        let (plain, locked) = REPORT_DUE;
        let statement = self.select_for_update(plain, locked).bind(ms(now)).bind(count(limit));
        self.list(statement, read).await
    }

    /// Records Slack's error that keeps messages from reaching a member, or clears it. False: the member has
    /// no row.
    pub async fn set_unreachable(&mut self, id: &MemberId, reason: Option<&str>) -> Result<bool, StoreError> {
        let statement = sql("UPDATE member SET unreachable = $3 WHERE team_id = $1 AND user_id = $2");
        let statement = statement.bind(id.team.as_str()).bind(id.user.as_str()).bind(reason);
        Ok(self.execute(statement).await? == 1)
    }
}

fn bind(statement: Statement, member: &Member) -> Statement {
    let cadence = member.cadence.as_ref();
    let days = cadence.map(|cadence| join(cadence.days().map(jiff::civil::Weekday::to_monday_one_offset)));
    statement
        .bind(member.id.team.as_str().to_owned())
        .bind(member.id.user.as_str().to_owned())
        .bind(member.dm.as_ref().map(|dm| dm.as_str().to_owned()))
        .bind(member.zone.name().to_owned())
        .bind(i64::from(member.zone.set_by_member))
        .bind(days)
        .bind(cadence.map(|cadence| join(cadence.times())))
        .bind(member.quiet.from.to_string())
        .bind(member.quiet.to.to_string())
        .bind(join(&member.days_off))
        .bind(i64::from(member.pause.is_some()))
        .bind(member.pause.and_then(|pause| pause.until_on).map(|date| date.to_string()))
        .bind(member.focus.map(|practice| practice.into_str()))
        .bind(i64::from(member.back_off.unanswered))
        .bind(i64::from(member.back_off.slots_passed))
        .bind(i64::from(member.back_off.asked_to_go_on))
        .bind(member.next_slot_at.map(ms))
        .bind(member.next_report_at.map(ms))
        .bind(member.welcomed_at.map(ms))
        .bind(member.unreachable.clone())
        .bind(ms(member.created_at))
        .bind(i64::from(member.look_back))
}

fn read(row: &Row) -> Result<Member, StoreError> {
    Ok(Member {
        id: row.member_id()?,
        dm: row.id_opt::<ChannelId>("dm_channel_id")?,
        zone: read_zone(&row.text("zone")?, row.flag("zone_set_by_member")?),
        cadence: read_cadence(row)?,
        quiet: QuietHours { from: row.parsed("quiet_from")?, to: row.parsed("quiet_to")? },
        days_off: split::<Date>("days_off", &row.text("days_off")?)?,
        pause: match row.flag("paused")? {
            true => Some(Pause { until_on: row.parsed_opt("pause_until_on")? }),
            false => None,
        },
        focus: row.parsed_opt("focus")?,
        look_back: row.flag("look_back")?,
        back_off: BackOff {
            unanswered: row.count_u32("unanswered")?,
            slots_passed: row.count_u32("slots_passed")?,
            asked_to_go_on: row.flag("asked_to_go_on")?,
        },
        next_slot_at: row.instant_opt("next_slot_at")?,
        next_report_at: row.instant_opt("next_report_at")?,
        welcomed_at: row.instant_opt("welcomed_at")?,
        unreachable: row.text_opt("unreachable")?,
        created_at: row.instant("created_at")?,
    })
}

/// Falls back to UTC for a zone that the IANA database no longer has, until Slack names a zone again. An
/// error here would keep this member and all members who are due in the same query from being read.
fn read_zone(name: &str, set_by_member: bool) -> Zone {
    Zone::parse(name, set_by_member).unwrap_or_else(|_| Zone::utc())
}

fn read_cadence(row: &Row) -> Result<Option<Cadence>, StoreError> {
    let (Some(days), Some(times)) = (row.text_opt("cadence_days")?, row.text_opt("cadence_times")?) else {
        return Ok(None);
    };
    let unreadable = |_| StoreError::Unreadable { column: "cadence_days" };
    let days = split::<i8>("cadence_days", &days)?
        .into_iter()
        .map(Weekday::from_monday_one_offset)
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    let times = split::<Time>("cadence_times", &times)?;
    Cadence::new(&days, &times).map(Some).map_err(|_| StoreError::Unreadable { column: "cadence_times" })
}

fn join(items: impl IntoIterator<Item = impl Display>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(",")
}

fn split<T: std::str::FromStr>(column: &'static str, text: &str) -> Result<Vec<T>, StoreError> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_err(|_| StoreError::Unreadable { column })).collect()
}
