//! The room as a member last read it by itself.

use super::{
    error::StoreError,
    reflection::owned_by,
    row::{Columns as _, ms},
    tx::{Tx, sql},
};
use crate::coach::{ids::MemberId, room::Room};
use jiff::Timestamp;

impl Tx {
    /// Keeps a reading in place of the one before; its member must be known.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member is not known; else [`StoreError`] of the database.
    pub async fn keep_room_read(
        &mut self,
        member: &MemberId,
        room: Room,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let statement =
            sql("INSERT INTO room_read (team_id, user_id, room, read_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (team_id, user_id) DO UPDATE SET room = excluded.room, read_at = excluded.read_at");
        let statement = statement.bind(member.team.as_str()).bind(member.user.as_str());
        self.execute(statement.bind(room.into_str()).bind(ms(now))).await?;
        Ok(())
    }

    /// The last reading, and when it was made.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_room_read(
        &mut self,
        member: &MemberId,
    ) -> Result<Option<(Room, Timestamp)>, StoreError> {
        let statement = sql("SELECT room, read_at FROM room_read WHERE team_id = $1 AND user_id = $2");
        self.find(owned_by(statement, member), |row| Ok((row.parsed("room")?, row.instant("read_at")?))).await
    }

    /// Deletes the reading. False: there is none.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_room_read(&mut self, member: &MemberId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM room_read WHERE team_id = $1 AND user_id = $2");
        Ok(self.execute(owned_by(statement, member)).await? == 1)
    }
}
