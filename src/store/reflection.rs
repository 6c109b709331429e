//! Reflections. The history is searched in Rust, because the two engines fold letters differently
//! (`search.rs`).

use super::{
    error::StoreError,
    row::{Row, count, escape, ms},
    search::Search,
    statement::{Statement, bind_member, sql},
    tx::Tx,
};
use crate::coach::{
    ids::{MemberId, PromptId, RowId},
    lens_result::{EvidenceSpans, LensResult},
    member_text::MemberText,
    reflection::Reflection,
};
use jiff::Timestamp;
use jiff::civil::Date;

/// How many rows a member has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MemberCounts {
    /// Reflections.
    pub reflections: u64,
    /// Nudges in any state.
    pub nudges: u64,
}

/// An answer that the lens has not classified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnclassifiedAnswer {
    /// The owner.
    pub member: MemberId,
    /// The reflection.
    pub reflection: RowId,
    /// The text to classify.
    pub answer: MemberText,
}

pub(super) const UNCLASSIFIED: &str = "SELECT id, team_id, user_id, answer FROM reflection \
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
    /// Inserts a reflection. False: a reflection with this id exists already.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the member has no row.
    pub async fn insert_reflection(&mut self, reflection: &Reflection) -> Result<bool, StoreError> {
        Ok(self.execute(bind(sql(concat!(insert!(), "DO NOTHING")), reflection)).await? == 1)
    }

    /// Inserts or overwrites a reflection. Owner, origin, creation time and local date never change.
    ///
    /// # Errors
    /// As [`Tx::insert_reflection`].
    pub async fn save_reflection(&mut self, reflection: &Reflection) -> Result<(), StoreError> {
        let text = concat!(
            insert!(),
            "DO UPDATE SET nudge_id = excluded.nudge_id, prompt_id = excluded.prompt_id, \
             question = excluded.question, situation = excluded.situation, answer = excluded.answer, \
             room = excluded.room, hat_said = excluded.hat_said, hat_seen = excluded.hat_seen, \
             dimension_seen = excluded.dimension_seen, \
             follow_up = excluded.follow_up, follow_up_answer = excluded.follow_up_answer, \
             edited_at = excluded.edited_at, counted = excluded.counted, \
             follow_up_prompt_id = excluded.follow_up_prompt_id, seen_in = excluded.seen_in, \
             abstained = excluded.abstained, read_at = excluded.read_at \
             WHERE reflection.team_id = excluded.team_id AND reflection.user_id = excluded.user_id"
        );
        self.execute(bind(sql(text), reflection)).await.map(|_| ())
    }

    /// A reflection of this member. In a write transaction on PostgreSQL the row stays locked until its
    /// end.
    pub async fn find_reflection(
        &mut self,
        member: &MemberId,
        id: &RowId,
    ) -> Result<Option<Reflection>, StoreError> {
        let statement =
            self.select_for_update(select!(" AND id = $3"), select!(" AND id = $3 FOR NO KEY UPDATE"));
        self.find(bind_member(statement, member).bind(id.as_str()), read).await
    }

    /// Counted reflections whose current answer the lens has not classified, oldest first.
    pub async fn unclassified_reflections(
        &mut self,
        limit: usize,
    ) -> Result<Vec<UnclassifiedAnswer>, StoreError> {
        self.list(sql(UNCLASSIFIED).bind(count(limit)), |row| {
            Ok(UnclassifiedAnswer {
                member: row.member_id()?,
                reflection: row.id("id")?,
                answer: row.member_text("answer")?,
            })
        })
        .await
    }

    /// Stores what the lens found in an answer and returns the updated reflection. `None`: the answer was
    /// edited, deleted or classified in the meantime, or does not count any more; nothing was changed.
    pub async fn save_lens_result(
        &mut self,
        answer: &UnclassifiedAnswer,
        result: &LensResult,
        read_at: Timestamp,
    ) -> Result<Option<Reflection>, StoreError> {
        let statement = sql(concat!(
            "UPDATE reflection SET hat_seen = $4, dimension_seen = $5, seen_in = $6, abstained = $7, \
             read_at = $8 WHERE team_id = $1 AND user_id = $2 AND id = $3 AND answer = $9 \
             AND read_at IS NULL AND counted = 1 RETURNING ",
            columns!()
        ));
        let statement = bind_member(statement, &answer.member)
            .bind(answer.reflection.as_str())
            .bind(result.hats.map(super::super::coach::hat::Hats::as_str))
            .bind(result.dimension.map(|dimension| dimension.into_str()))
            .bind(span_text(&result.spans))
            .bind(result.abstained.map(|why| why.into_str()))
            .bind(ms(read_at))
            .bind(escape(answer.answer.reveal()));
        self.find(statement, read).await
    }

    /// The reflection that answers a nudge.
    pub async fn reflection_of_nudge(
        &mut self,
        member: &MemberId,
        nudge: &RowId,
    ) -> Result<Option<Reflection>, StoreError> {
        let statement = sql(select!(" AND nudge_id = $3 ORDER BY created_at, id LIMIT 1"));
        self.find(bind_member(statement, member).bind(nudge.as_str()), read).await
    }

    /// Deletes a reflection with its message parts. False: the member has no reflection with this id.
    pub async fn delete_reflection(&mut self, member: &MemberId, id: &RowId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM reflection WHERE team_id = $1 AND user_id = $2 AND id = $3");
        Ok(self.execute(bind_member(statement, member).bind(id.as_str())).await? == 1)
    }

    /// All reflections of a member, oldest first.
    pub async fn reflections_of(&mut self, member: &MemberId) -> Result<Vec<Reflection>, StoreError> {
        self.list(bind_member(sql(select!(" ORDER BY created_at, id")), member), read).await
    }

    /// Reflections between two of the member's local dates, both inclusive, oldest first.
    pub async fn reflections_between(
        &mut self,
        member: &MemberId,
        from: Date,
        to: Date,
    ) -> Result<Vec<Reflection>, StoreError> {
        let statement =
            sql(select!(" AND local_on >= $3 AND local_on <= $4 ORDER BY local_on, created_at, id"));
        let statement = bind_member(statement, member).bind(from.to_string()).bind(to.to_string());
        self.list(statement, read).await
    }

    /// The number of a member's reflections, and one page of them, newest first. With a search, only those
    /// that contain every word of it in the situation, the question or an answer; case, accents and
    /// letter width do not matter. A blank search matches all.
    pub async fn reflections_page(
        &mut self,
        member: &MemberId,
        search: Option<&MemberText>,
        offset: usize,
        limit: usize,
    ) -> Result<(usize, Vec<Reflection>), StoreError> {
        let Some(search) = search.map(Search::new).filter(|search| !search.is_empty()) else {
            let total = self.member_counts(member).await?.reflections;
            let statement = sql(select!(" ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4"));
            let statement = bind_member(statement, member).bind(count(limit)).bind(count(offset));
            return Ok((usize::try_from(total).unwrap_or(usize::MAX), self.list(statement, read).await?));
        };
        let statement = sql(select!(" ORDER BY created_at DESC, id DESC"));
        let mut found = self.list(bind_member(statement, member), read).await?;
        found.retain(|reflection| search.matches(reflection));
        let total = found.len();
        Ok((total, found.into_iter().skip(offset).take(limit).collect()))
    }

    pub async fn member_counts(&mut self, member: &MemberId) -> Result<MemberCounts, StoreError> {
        let statement = sql("SELECT \
             (SELECT COUNT(*) FROM reflection WHERE team_id = $1 AND user_id = $2) AS reflections, \
             (SELECT COUNT(*) FROM nudge WHERE team_id = $1 AND user_id = $2) AS nudges");
        let counts = self.find(bind_member(statement, member), |row| {
            let count = |column| row.number(column).map(|number| u64::try_from(number).unwrap_or(0));
            Ok(MemberCounts { reflections: count("reflections")?, nudges: count("nudges")? })
        });
        Ok(counts.await?.unwrap_or_default())
    }
}

fn bind(statement: Statement, reflection: &Reflection) -> Statement {
    statement
        .bind(reflection.id.as_str().to_owned())
        .bind(reflection.member.team.as_str().to_owned())
        .bind(reflection.member.user.as_str().to_owned())
        .bind(reflection.origin.into_str())
        .bind(reflection.nudge.as_ref().map(|id| id.as_str().to_owned()))
        .bind(reflection.prompt.as_ref().map(|id| id.as_str().to_owned()))
        .bind(escape(&reflection.question))
        .bind(escape(reflection.situation.reveal()))
        .bind(escape(reflection.answer.reveal()))
        .bind(reflection.room.map(|room| room.into_str()))
        .bind(reflection.hat_said.map(super::super::coach::hat::Hats::as_str))
        .bind(reflection.lens_hats.map(super::super::coach::hat::Hats::as_str))
        .bind(reflection.lens_dimension.map(|dimension| dimension.into_str()))
        .bind(reflection.follow_up.as_deref().map(escape))
        .bind(escape(reflection.follow_up_answer.reveal()))
        .bind(ms(reflection.created_at))
        .bind(reflection.edited_at.map(ms))
        .bind(reflection.local_on.to_string())
        .bind(i64::from(reflection.counts_in_balance))
        .bind(reflection.follow_up_prompt.as_ref().map(|id| id.as_str().to_owned()))
        .bind(span_text(&reflection.evidence_spans))
        .bind(reflection.abstained.map(|why| why.into_str()))
        .bind(reflection.read_at.map(ms))
}

fn span_text(spans: &EvidenceSpans) -> Option<String> {
    (!spans.is_empty()).then(|| spans.to_string())
}

fn read(row: &Row) -> Result<Reflection, StoreError> {
    Ok(Reflection {
        id: row.id("id")?,
        member: row.member_id()?,
        origin: row.parsed("origin")?,
        nudge: row.id_opt("nudge_id")?,
        prompt: row.id_opt::<PromptId>("prompt_id")?,
        question: row.escaped_text("question")?,
        situation: row.member_text("situation")?,
        answer: row.member_text("answer")?,
        room: row.parsed_opt("room")?,
        hat_said: row.parsed_opt("hat_said")?,
        lens_hats: row.parsed_opt("hat_seen")?,
        lens_dimension: row.parsed_opt("dimension_seen")?,
        evidence_spans: row.parsed_opt("seen_in")?.unwrap_or_default(),
        abstained: row.parsed_opt("abstained")?,
        read_at: row.instant_opt("read_at")?,
        follow_up: row.escaped_text_opt("follow_up")?,
        follow_up_prompt: row.id_opt::<PromptId>("follow_up_prompt_id")?,
        follow_up_answer: row.member_text("follow_up_answer")?,
        created_at: row.instant("created_at")?,
        edited_at: row.instant_opt("edited_at")?,
        local_on: row.date("local_on")?,
        counts_in_balance: row.flag("counted")?,
    })
}
