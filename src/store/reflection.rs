//! Reflections: kept, edited, deleted, listed. The history is searched in Rust, because the two
//! engines fold letters differently (`search.rs`).

use super::{
    error::StoreError,
    member::read_id,
    row::{Columns as _, count, ms, pack},
    search::Search,
    tx::{Statement, Tx, sql},
};
use crate::coach::{
    ids::{MemberId, PromptId, RowId},
    lens_result::{EvidenceSpans, LensResult},
    member_text::MemberText,
    reflection::Reflection,
};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::AnyRow;

/// How much a member has in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Reflections kept.
    pub reflections: u64,
    /// Nudges in any state.
    pub nudges: u64,
}

/// What the lens has not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Whose it is.
    pub member: MemberId,
    /// The reflection.
    pub reflection: RowId,
    /// What is to be read.
    pub answer: MemberText,
}

pub(super) const UNREAD: &str = "SELECT id, team_id, user_id, answer FROM reflection \
             WHERE read_at IS NULL AND counted = 1 ORDER BY created_at, id LIMIT $1";

macro_rules! columns {
    () => {
        "id, team_id, user_id, origin, nudge_id, prompt_id, question, situation, answer, room, hat_said, \
         hat_seen, dimension_seen, follow_up, follow_up_answer, created_at, edited_at, local_on, counted, \
         follow_up_prompt_id, seen_in, abstained, read_at"
    };
}

macro_rules! insert {
    () => {
        concat!(
            "INSERT INTO reflection (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
             $20, $21, $22, $23) \
             ON CONFLICT (id) "
        )
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM reflection WHERE team_id = $1 AND user_id = $2", $rest)
    };
}

impl Tx {
    /// Keeps a new reflection; its member must be known. False: a reflection with this id exists,
    /// and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member is not known; else [`StoreError`] of the database.
    pub async fn insert_reflection(&mut self, reflection: &Reflection) -> Result<bool, StoreError> {
        Ok(self.execute(bind(sql(concat!(insert!(), "DO NOTHING")), reflection)).await? == 1)
    }

    /// Keeps a reflection as it is given, new or known. Its owner, what started it, when it was kept
    /// and its local date stay as they were first.
    ///
    /// # Errors
    /// As [`Tx::insert_reflection`].
    pub async fn save_reflection(&mut self, reflection: &Reflection) -> Result<(), StoreError> {
        let text = concat!(
            insert!(),
            "DO UPDATE SET nudge_id = excluded.nudge_id, prompt_id = excluded.prompt_id, \
             question = excluded.question, situation = excluded.situation, answer = excluded.answer, \
             room = excluded.room, hat_said = excluded.hat_said, hat_seen = excluded.lens_hats, \
             dimension_seen = excluded.lens_dimension, \
             follow_up = excluded.follow_up, follow_up_answer = excluded.follow_up_answer, \
             edited_at = excluded.edited_at, counted = excluded.counts_in_balance, \
             follow_up_prompt_id = excluded.follow_up_prompt_id, seen_in = excluded.evidence_spans, \
             abstained = excluded.abstained, read_at = excluded.read_at \
             WHERE reflection.team_id = excluded.team_id AND reflection.user_id = excluded.user_id"
        );
        self.execute(bind(sql(text), reflection)).await.map(|_| ())
    }

    /// One reflection, for its owner alone. In a unit of work on PostgreSQL it stays locked.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn find_reflection(
        &mut self,
        member: &MemberId,
        id: &RowId,
    ) -> Result<Option<Reflection>, StoreError> {
        let statement = self.locking(select!(" AND id = $3"), select!(" AND id = $3 FOR NO KEY UPDATE"));
        self.find(owned_by(statement, member).bind(id.as_str()), read).await
    }

    /// Reflections that count and that the lens has not read as they stand, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn unread_reflections(&mut self, limit: usize) -> Result<Vec<Unread>, StoreError> {
        self.list(sql(UNREAD).bind(count(limit)), |row| {
            Ok(Unread { member: read_id(row)?, reflection: row.id("id")?, answer: row.words("answer")? })
        })
        .await
    }

    /// Keeps what the lens saw, and answers the reflection with it. `None`: it was edited, deleted or read
    /// meanwhile, or does not count any more, and nothing was changed.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn save_seen(
        &mut self,
        of: &Unread,
        seen: &LensResult,
        read_at: Timestamp,
    ) -> Result<Option<Reflection>, StoreError> {
        let statement = sql(concat!(
            "UPDATE reflection SET hat_seen = $4, dimension_seen = $5, seen_in = $6, abstained = $7, \
             read_at = $8 WHERE team_id = $1 AND user_id = $2 AND id = $3 AND answer = $9 \
             AND read_at IS NULL AND counted = 1 RETURNING ",
            columns!()
        ));
        let statement = owned_by(statement, &of.member)
            .bind(of.reflection.as_str())
            .bind(seen.hats.map(|hats| hats.as_str()))
            .bind(seen.dimension.map(|dimension| dimension.into_str()))
            .bind(places(&seen.spans))
            .bind(seen.abstained.map(|why| why.into_str()))
            .bind(ms(read_at))
            .bind(pack(of.answer.reveal()));
        self.find(statement, read).await
    }

    /// The reflection that answers a nudge.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn reflection_of_nudge(
        &mut self,
        member: &MemberId,
        nudge: &RowId,
    ) -> Result<Option<Reflection>, StoreError> {
        let statement = sql(select!(" AND nudge_id = $3 ORDER BY created_at, id LIMIT 1"));
        self.find(owned_by(statement, member).bind(nudge.as_str()), read).await
    }

    /// Deletes a reflection of a member and its pieces. False: the member has none of that id.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn delete_reflection(&mut self, member: &MemberId, id: &RowId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM reflection WHERE team_id = $1 AND user_id = $2 AND id = $3");
        Ok(self.execute(owned_by(statement, member).bind(id.as_str())).await? == 1)
    }

    /// All reflections of a member, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn reflections_of(&mut self, member: &MemberId) -> Result<Vec<Reflection>, StoreError> {
        self.list(owned_by(sql(select!(" ORDER BY created_at, id")), member), read).await
    }

    /// Reflections of a member by their own calendar, both dates included, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn reflections_between(
        &mut self,
        member: &MemberId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Reflection>, StoreError> {
        let statement =
            sql(select!(" AND local_on >= $3 AND local_on <= $4 ORDER BY local_on, created_at, id"));
        let statement = owned_by(statement, member).bind(from.to_string()).bind(to.to_string());
        self.list(statement, read).await
    }

    /// A page of a member's reflections, newest first, and how many there are in all. With a
    /// search, those that hold every word of it: in the situation, the question or an answer,
    /// whatever the case, the accents or the width of its letters. A blank search finds all.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn history(
        &mut self,
        member: &MemberId,
        search: Option<&MemberText>,
        offset: usize,
        limit: usize,
    ) -> Result<(usize, Vec<Reflection>), StoreError> {
        let Some(search) = search.map(Search::new).filter(|search| !search.is_empty()) else {
            let total = self.counts(member).await?.reflections;
            let statement = sql(select!(" ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4"));
            let statement = owned_by(statement, member).bind(count(limit)).bind(count(offset));
            return Ok((usize::try_from(total).unwrap_or(usize::MAX), self.list(statement, read).await?));
        };
        let statement = sql(select!(" ORDER BY created_at DESC, id DESC"));
        let mut found = self.list(owned_by(statement, member), read).await?;
        found.retain(|reflection| search.finds(reflection));
        let total = found.len();
        Ok((total, found.into_iter().skip(offset).take(limit).collect()))
    }

    /// How much a member has in the log.
    ///
    /// # Errors
    /// [`StoreError`] of the database.
    pub async fn counts(&mut self, member: &MemberId) -> Result<Counts, StoreError> {
        let statement = sql("SELECT \
             (SELECT COUNT(*) FROM reflection WHERE team_id = $1 AND user_id = $2) AS reflections, \
             (SELECT COUNT(*) FROM nudge WHERE team_id = $1 AND user_id = $2) AS nudges");
        let counts = self.find(owned_by(statement, member), |row| {
            let count = |column| row.number(column).map(|number| u64::try_from(number).unwrap_or(0));
            Ok(Counts { reflections: count("reflections")?, nudges: count("nudges")? })
        });
        Ok(counts.await?.unwrap_or_default())
    }
}

/// Binds the member as `$1` and `$2`.
pub(super) fn owned_by<'q>(statement: Statement<'q>, member: &MemberId) -> Statement<'q> {
    statement.bind(member.team.as_str().to_owned()).bind(member.user.as_str().to_owned())
}

fn bind(statement: Statement<'static>, reflection: &Reflection) -> Statement<'static> {
    statement
        .bind(reflection.id.as_str().to_owned())
        .bind(reflection.member.team.as_str().to_owned())
        .bind(reflection.member.user.as_str().to_owned())
        .bind(reflection.origin.into_str())
        .bind(reflection.nudge.as_ref().map(|id| id.as_str().to_owned()))
        .bind(reflection.prompt.as_ref().map(|id| id.as_str().to_owned()))
        .bind(pack(&reflection.question))
        .bind(pack(reflection.situation.reveal()))
        .bind(pack(reflection.answer.reveal()))
        .bind(reflection.room.map(|room| room.into_str()))
        .bind(reflection.hat_said.map(|hats| hats.as_str()))
        .bind(reflection.lens_hats.map(|hats| hats.as_str()))
        .bind(reflection.lens_dimension.map(|dimension| dimension.into_str()))
        .bind(reflection.follow_up.as_deref().map(pack))
        .bind(pack(reflection.follow_up_answer.reveal()))
        .bind(ms(reflection.created_at))
        .bind(reflection.edited_at.map(ms))
        .bind(reflection.local_on.to_string())
        .bind(i64::from(reflection.counts_in_balance))
        .bind(reflection.follow_up_prompt.as_ref().map(|id| id.as_str().to_owned()))
        .bind(places(&reflection.evidence_spans))
        .bind(reflection.abstained.map(|why| why.into_str()))
        .bind(reflection.read_at.map(ms))
}

fn places(evidence_spans: &EvidenceSpans) -> Option<String> {
    (!evidence_spans.is_empty()).then(|| evidence_spans.to_string())
}

fn read(row: &AnyRow) -> Result<Reflection, StoreError> {
    Ok(Reflection {
        id: row.id("id")?,
        member: read_id(row)?,
        origin: row.parsed("origin")?,
        nudge: row.id_opt("nudge_id")?,
        prompt: row.id_opt::<PromptId>("prompt_id")?,
        question: row.packed("question")?,
        situation: row.words("situation")?,
        answer: row.words("answer")?,
        room: row.parsed_opt("room")?,
        hat_said: row.parsed_opt("hat_said")?,
        lens_hats: row.parsed_opt("hat_seen")?,
        lens_dimension: row.parsed_opt("dimension_seen")?,
        evidence_spans: row.parsed_opt("seen_in")?.unwrap_or_default(),
        abstained: row.parsed_opt("abstained")?,
        read_at: row.instant_opt("read_at")?,
        follow_up: row.packed_opt("follow_up")?,
        follow_up_prompt: row.id_opt::<PromptId>("follow_up_prompt_id")?,
        follow_up_answer: row.words("follow_up_answer")?,
        created_at: row.instant("created_at")?,
        edited_at: row.instant_opt("edited_at")?,
        local_on: row.date("local_on")?,
        counts_in_balance: row.flag("counted")?,
    })
}
