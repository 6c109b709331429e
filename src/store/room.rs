//! The last standalone room reading of a member (without a check-in).

use super::{
    error::StoreError,
    row::ms,
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::{ids::MemberId, room::Room};
use jiff::Timestamp;

impl Tx {
    /// Replaces the member's room reading.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member has no row.
    pub async fn save_room_read(
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

    /// The room reading and its time.
    pub async fn find_room_read(
        &mut self,
        member: &MemberId,
    ) -> Result<Option<(Room, Timestamp)>, StoreError> {
        let statement = sql("SELECT room, read_at FROM room_read WHERE team_id = $1 AND user_id = $2");
        self.find(bind_member(statement, member), |row| Ok((row.parsed("room")?, row.instant("read_at")?)))
            .await
    }

    /// Deletes the room reading. False: there is none.
    pub async fn delete_room_read(&mut self, member: &MemberId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM room_read WHERE team_id = $1 AND user_id = $2");
        Ok(self.execute(bind_member(statement, member)).await? == 1)
    }
}
