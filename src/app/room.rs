//! Reading the room by itself: remembered as the last described room, answered with the hat it needs
//! and one question. It is no evidence; a check-in begun from it is.

use super::{App, Done, dispatch::Outcome, incoming::Reply, once::Did, surface::Surface};
use crate::{
    coach::{ids::MemberId, member::Member, room::Room, screen::Form},
    store::Tx,
};
use jiff::Timestamp;

impl App {
    pub(super) async fn open_room(&self, tx: &mut Tx, surface: &Surface<'_>) -> Done<Reply> {
        let last = tx.find_room_read(surface.who()).await?.map(|(room, _)| room);
        Ok(surface.show(Form::Room { last }))
    }

    pub(super) async fn room_read(&self, tx: &mut Tx, member: &Member, room: Room) -> Done<Outcome> {
        tx.save_room_read(&member.id, room, self.env.now()).await?;
        Ok(Did::Opened.into())
    }

    pub(super) async fn room_forgotten(&self, tx: &mut Tx, member: &Member) -> Done<Outcome> {
        tx.delete_room_read(&member.id).await?;
        Ok(Did::Opened.into())
    }

    pub(super) fn show_room(&self, surface: &Surface<'_>, room: Room) -> Reply {
        let question = self.questions().room(room);
        surface.show(Form::RoomRead { room, question })
    }

    /// The room that the member described last: in a reflection, at that instant, or by itself.
    pub(super) async fn last_room(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        described: Option<(Room, Timestamp)>,
    ) -> Done<Option<Room>> {
        let read = tx.find_room_read(who).await?;
        Ok(match (described, read) {
            (Some((_, described_at)), Some((room, read_at))) if read_at > described_at => Some(room),
            (Some((room, _)), _) | (None, Some((room, _))) => Some(room),
            (None, None) => None,
        })
    }
}
