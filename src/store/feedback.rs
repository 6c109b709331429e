//! Feedback rounds and their anonymous answers. Rounds and the people asked are ordinary rows. Answers,
//! comments and the delivery keys about them are in tables without a person, a time or an order.
//!
//! The order matters too: if rows were appended, SQLite's row ids and PostgreSQL's row positions and
//! transaction ids (`ctid`, `xmin`) would show which answer came last. Somebody who reads the database
//! after each answer could then tell who wrote what. So each change of a round deletes all its answers and
//! inserts them again, ordered by their random ids. `tests/store_contract/feedback.rs` checks the schema
//! for this.

use super::{
    error::StoreError,
    payload::OutboxPayload,
    row::{Row, count, escape, ms},
    statement::{bind_member, sql},
    tx::Tx,
};
use crate::coach::{
    feedback::{AnswerToken, FeedbackAnswer, FeedbackStep, Round, RoundResult, RoundState, StepCounts},
    ids::{MemberId, MessageRef, RowId, UserId},
    member_text::MemberText,
};
use jiff::{Timestamp, civil::Date};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

macro_rules! round_columns {
    () => {
        "id, team_id, user_id, state, asked, asked_at, ends_at, closes_at, closed_on, \
         step_1, step_2, step_3, step_4, step_5"
    };
}

macro_rules! rounds {
    ($rest:literal) => {
        concat!("SELECT ", round_columns!(), " FROM feedback_round WHERE ", $rest)
    };
}

/// The row id of an answer: the hash of its token, which only the message to that person carries.
fn answer_id(token: &AnswerToken) -> String {
    Sha256::digest(token.reveal().as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The sent questions of a round; [`Tx::feedback_question_messages`].
pub(super) const QUESTIONS: &str = "SELECT team_id, user_id, channel_id, ts FROM outbox \
     WHERE kind = 'feedback-ask' AND subject IN ($1, $2) AND state = 'sent' ORDER BY user_id";

impl Tx {
    /// Inserts a round and the people it is going to ask.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the asking member has no row.
    pub async fn insert_round(&mut self, round: &Round, people: &[UserId]) -> Result<(), StoreError> {
        self.note_scheduled_work();
        let statement = sql("INSERT INTO feedback_round (id, team_id, user_id, state, asked, asked_at, \
             ends_at, closes_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(round.id.as_str())
        .bind(round.asker.team.as_str())
        .bind(round.asker.user.as_str())
        .bind(round.state.into_str())
        .bind(i64::from(round.asked))
        .bind(ms(round.asked_at))
        .bind(ms(round.ends_at))
        .bind(round.closes_at.map(ms));
        self.execute(statement).await?;
        for user in people {
            let statement = sql("INSERT INTO feedback_asked (round_id, team_id, user_id) \
                 VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
            let statement = statement.bind(round.id.as_str()).bind(round.asker.team.as_str());
            self.execute(statement.bind(user.as_str())).await?;
        }
        Ok(())
    }

    /// A round. In a write transaction on PostgreSQL the row stays locked, so that changes of one round
    /// run one after the other.
    pub async fn find_round(&mut self, id: &RowId) -> Result<Option<Round>, StoreError> {
        let statement = self.select_for_update(rounds!("id = $1"), rounds!("id = $1 FOR UPDATE"));
        self.find(statement.bind(id.as_str()), read_round).await
    }

    /// All rounds of a member, oldest first.
    pub async fn rounds_of(&mut self, member: &MemberId) -> Result<Vec<Round>, StoreError> {
        let statement = sql(rounds!("team_id = $1 AND user_id = $2 ORDER BY asked_at, id"));
        self.list(bind_member(statement, member), read_round).await
    }

    /// The results of rounds that were closed between two of the member's local dates, both inclusive.
    pub async fn feedback_between(
        &mut self,
        member: &MemberId,
        from_on: Date,
        to_on: Date,
    ) -> Result<Vec<StepCounts>, StoreError> {
        let statement = sql(rounds!(
            "team_id = $1 AND user_id = $2 AND state = 'closed' AND closed_on >= $3 AND closed_on <= $4 \
             ORDER BY asked_at, id"
        ));
        let statement = bind_member(statement, member).bind(from_on.to_string()).bind(to_on.to_string());
        let rounds = self.list(statement, read_round).await?;
        Ok(rounds.into_iter().filter_map(|round| round.counts).collect())
    }

    /// Saves a round's state, number of people asked and closing time. False: it does not exist.
    pub async fn save_round(&mut self, round: &Round) -> Result<bool, StoreError> {
        self.note_scheduled_work();
        let statement = sql("UPDATE feedback_round SET state = $2, asked = $3, closes_at = $4 WHERE id = $1")
            .bind(round.id.as_str())
            .bind(round.state.into_str())
            .bind(i64::from(round.asked))
            .bind(round.closes_at.map(ms));
        Ok(self.execute(statement).await? == 1)
    }

    /// Open rounds that are due to be closed, the longest due first, at most `limit`.
    pub async fn rounds_to_close(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Round>, StoreError> {
        let statement = self.select_for_update(
            rounds!("closes_at <= $1 ORDER BY closes_at LIMIT $2"),
            rounds!("closes_at <= $1 ORDER BY closes_at LIMIT $2 FOR UPDATE SKIP LOCKED"),
        );
        self.list(statement.bind(ms(now)).bind(count(limit)), read_round).await
    }

    /// Closes a round. The counts and the comments stay, without the step that each comment came with;
    /// the answers, the delivery keys and the list of people asked are deleted. `comment_ids` are random,
    /// one for each comment.
    pub async fn close_round(
        &mut self,
        id: &RowId,
        closed_on: Date,
        outcome: Option<&RoundResult>,
        comment_ids: &[AnswerToken],
    ) -> Result<(), StoreError> {
        let steps = outcome.map(|outcome| outcome.counts);
        let step = |nth: usize| steps.and_then(|counts| counts.get(nth).copied()).map(i64::from);
        let statement = sql("UPDATE feedback_round SET state = 'closed', closes_at = NULL, closed_on = $2, \
             step_1 = $3, step_2 = $4, step_3 = $5, step_4 = $6, step_5 = $7 WHERE id = $1")
        .bind(id.as_str())
        .bind(closed_on.to_string())
        .bind(step(0))
        .bind(step(1))
        .bind(step(2))
        .bind(step(3))
        .bind(step(4));
        self.execute(statement).await?;
        for delete in [
            "DELETE FROM feedback_answer WHERE round_id = $1",
            "DELETE FROM feedback_seen WHERE round_id = $1",
            "DELETE FROM feedback_asked WHERE round_id = $1",
        ] {
            self.execute(sql(delete).bind(id.as_str())).await?;
        }
        let comments = outcome.map_or(&[][..], |outcome| &outcome.comments);
        for (comment, comment_id) in comments.iter().zip(comment_ids) {
            let statement = sql("INSERT INTO feedback_comment (comment_id, round_id, words) \
                 VALUES ($1, $2, $3)");
            let statement = statement.bind(comment_id.reveal()).bind(id.as_str());
            self.execute(statement.bind(escape(comment.reveal()))).await?;
        }
        Ok(())
    }

    /// The comments of a closed round, in the order of their random ids.
    pub async fn feedback_comments(&mut self, id: &RowId) -> Result<Vec<MemberText>, StoreError> {
        let statement = sql("SELECT words FROM feedback_comment WHERE round_id = $1 ORDER BY comment_id");
        self.list(statement.bind(id.as_str()), |row| row.member_text("words")).await
    }

    /// Deletes a round that asked no one. False: it does not exist.
    pub async fn delete_round(&mut self, id: &RowId) -> Result<bool, StoreError> {
        Ok(self.execute(sql("DELETE FROM feedback_round WHERE id = $1").bind(id.as_str())).await? == 1)
    }

    /// The people that a running round asks or is going to ask.
    pub async fn people_asked(&mut self, round: &RowId) -> Result<Vec<UserId>, StoreError> {
        let statement = sql("SELECT user_id FROM feedback_asked WHERE round_id = $1 ORDER BY user_id");
        self.list(statement.bind(round.as_str()), |row| row.id("user_id")).await
    }

    /// Whether a running round asks this person.
    pub async fn is_asked(&mut self, round: &RowId, who: &MemberId) -> Result<bool, StoreError> {
        let statement = sql("SELECT 1 FROM feedback_asked \
             WHERE team_id = $1 AND user_id = $2 AND round_id = $3");
        Ok(self.fetch(bind_member(statement, who).bind(round.as_str())).await?.is_some())
    }

    /// The running rounds that ask this person.
    pub async fn rounds_asking(&mut self, who: &MemberId) -> Result<Vec<RowId>, StoreError> {
        let statement = sql("SELECT round_id FROM feedback_asked \
             WHERE team_id = $1 AND user_id = $2 ORDER BY round_id");
        self.list(bind_member(statement, who), |row| row.id("round_id")).await
    }

    /// Removes a person from a running round. False: the round did not ask them.
    pub async fn remove_asked(&mut self, round: &RowId, who: &MemberId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM feedback_asked \
             WHERE team_id = $1 AND user_id = $2 AND round_id = $3");
        Ok(self.execute(bind_member(statement, who).bind(round.as_str())).await? == 1)
    }

    /// The sent feedback questions of a round, with the person each was sent to.
    pub async fn feedback_question_messages(
        &mut self,
        round: &RowId,
    ) -> Result<Vec<(MemberId, MessageRef)>, StoreError> {
        let statement = sql(QUESTIONS);
        let asked = OutboxPayload::FeedbackAsk { round: round.clone() };
        let statement = statement.bind(asked.to_text()).bind(asked.legacy_text());
        let found = self.list(statement, |row| Ok((row.member_id()?, row.message_opt()?))).await?;
        Ok(found.into_iter().filter_map(|(who, message)| Some((who, message?))).collect())
    }

    /// Stores or replaces the answer that belongs to a token. `None` records that the person declined.
    pub async fn save_feedback_answer(
        &mut self,
        round: &RowId,
        token: &AnswerToken,
        answer: Option<&FeedbackAnswer>,
    ) -> Result<(), StoreError> {
        let statement = sql("SELECT answer_id, step, comment FROM feedback_answer WHERE round_id = $1");
        let mut all: Vec<AnswerRow> = self.list(statement.bind(round.as_str()), read_answer).await?;
        let id = answer_id(token);
        all.retain(|row| row.id != id);
        all.push(AnswerRow {
            id,
            step: answer.map(|answer| i64::from(answer.step.number())),
            comment: answer.map(|answer| answer.comment.clone()).unwrap_or_default(),
        });
        all.sort_by(|one, other| one.id.cmp(&other.id));
        self.execute(sql("DELETE FROM feedback_answer WHERE round_id = $1").bind(round.as_str())).await?;
        for row in all {
            let statement = sql("INSERT INTO feedback_answer (answer_id, round_id, step, comment) \
                 VALUES ($1, $2, $3, $4)")
            .bind(row.id)
            .bind(round.as_str())
            .bind(row.step)
            .bind(escape(row.comment.reveal()));
            self.execute(statement).await?;
        }
        Ok(())
    }

    /// The answer that belongs to a token. `None`: not answered yet. `Some(None)`: declined.
    pub async fn find_feedback_answer(
        &mut self,
        round: &RowId,
        token: &AnswerToken,
    ) -> Result<Option<Option<FeedbackAnswer>>, StoreError> {
        let statement = sql("SELECT answer_id, step, comment FROM feedback_answer \
             WHERE round_id = $1 AND answer_id = $2");
        let row = self.find(statement.bind(round.as_str()).bind(answer_id(token)), read_answer).await?;
        row.map(AnswerRow::answer).transpose()
    }

    /// The number of people who answered or declined, and the answers.
    pub async fn feedback_answers(
        &mut self,
        round: &RowId,
    ) -> Result<(usize, Vec<FeedbackAnswer>), StoreError> {
        let statement = sql("SELECT answer_id, step, comment FROM feedback_answer \
             WHERE round_id = $1 ORDER BY answer_id");
        let all: Vec<AnswerRow> = self.list(statement.bind(round.as_str()), read_answer).await?;
        let count = all.len();
        let answers: Result<Vec<Option<FeedbackAnswer>>, StoreError> =
            all.into_iter().map(AnswerRow::answer).collect();
        Ok((count, answers?.into_iter().flatten().collect()))
    }

    /// The stored effect of a delivery about a running round, if it has been processed before.
    pub async fn find_feedback_delivery(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        let statement = sql("SELECT effect FROM feedback_seen WHERE delivery_key = $1").bind(key);
        self.find(statement, |row| row.text("effect")).await
    }

    /// Records a delivery about a round, like the answers without time and order. False: it was recorded
    /// before. The keys are deleted when the round closes.
    pub async fn record_feedback_delivery(
        &mut self,
        key: &str,
        round: &RowId,
        effect: &str,
    ) -> Result<bool, StoreError> {
        let statement = sql("SELECT delivery_key, effect FROM feedback_seen WHERE round_id = $1");
        let mut all = self
            .list(statement.bind(round.as_str()), |row| Ok((row.text("delivery_key")?, row.text("effect")?)))
            .await?;
        if all.iter().any(|(known, _)| known == key) {
            return Ok(false);
        }
        all.push((key.to_owned(), effect.to_owned()));
        all.sort_unstable();
        self.execute(sql("DELETE FROM feedback_seen WHERE round_id = $1").bind(round.as_str())).await?;
        for (key, effect) in all {
            let statement =
                sql("INSERT INTO feedback_seen (delivery_key, round_id, effect) VALUES ($1, $2, $3)");
            self.execute(statement.bind(key).bind(round.as_str()).bind(effect)).await?;
        }
        Ok(true)
    }

    /// Until when an asker may not begin another round. The asker is a hash.
    pub async fn feedback_limit(&mut self, asker: &str) -> Result<Option<Timestamp>, StoreError> {
        let statement = sql("SELECT until_at FROM feedback_limit WHERE asker = $1").bind(asker);
        self.find(statement, |row| row.instant("until_at")).await
    }

    /// Sets until when an asker may not begin another round.
    pub async fn limit_feedback(&mut self, asker: &str, until: Timestamp) -> Result<(), StoreError> {
        let statement = sql("INSERT INTO feedback_limit (asker, until_at) VALUES ($1, $2) \
             ON CONFLICT (asker) DO UPDATE SET until_at = excluded.until_at");
        self.execute(statement.bind(asker).bind(ms(until))).await.map(|_| ())
    }

    /// Lets an asker begin another round at once.
    pub async fn lift_feedback_limit(&mut self, asker: &str) -> Result<(), StoreError> {
        self.execute(sql("DELETE FROM feedback_limit WHERE asker = $1").bind(asker)).await.map(|_| ())
    }

    /// Deletes the limits that are over.
    pub async fn prune_feedback_limits(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.execute(sql("DELETE FROM feedback_limit WHERE until_at <= $1").bind(ms(now))).await
    }

    /// Records that a person does not want feedback questions from anyone.
    pub async fn opt_out_of_feedback(&mut self, who: &MemberId) -> Result<(), StoreError> {
        let statement = sql("INSERT INTO feedback_opt_out (team_id, user_id) VALUES ($1, $2) \
             ON CONFLICT DO NOTHING");
        self.execute(bind_member(statement, who)).await.map(|_| ())
    }

    /// Allows feedback questions again. False: the person had not opted out.
    pub async fn opt_in_to_feedback(&mut self, who: &MemberId) -> Result<bool, StoreError> {
        let statement = sql("DELETE FROM feedback_opt_out WHERE team_id = $1 AND user_id = $2");
        Ok(self.execute(bind_member(statement, who)).await? == 1)
    }

    /// Whether a person does not want feedback questions.
    pub async fn is_opted_out_of_feedback(&mut self, who: &MemberId) -> Result<bool, StoreError> {
        let statement = sql("SELECT 1 FROM feedback_opt_out WHERE team_id = $1 AND user_id = $2");
        Ok(self.fetch(bind_member(statement, who)).await?.is_some())
    }
}

/// A row of `feedback_answer`. Without a step the person declined.
struct AnswerRow {
    id: String,
    step: Option<i64>,
    comment: MemberText,
}

impl AnswerRow {
    fn answer(self) -> Result<Option<FeedbackAnswer>, StoreError> {
        let Some(step) = self.step else { return Ok(None) };
        let step = u8::try_from(step).ok().and_then(FeedbackStep::new);
        let step = step.ok_or(StoreError::Unreadable { column: "step" })?;
        Ok(Some(FeedbackAnswer { step, comment: self.comment }))
    }
}

fn read_answer(row: &Row) -> Result<AnswerRow, StoreError> {
    Ok(AnswerRow {
        id: row.text("answer_id")?,
        step: row.number_opt("step")?,
        comment: row.member_text("comment")?,
    })
}

fn read_round(row: &Row) -> Result<Round, StoreError> {
    let step = |column| {
        let number = row.number_opt(column)?;
        number.map(|it| u32::try_from(it).map_err(|_| StoreError::Unreadable { column })).transpose()
    };
    let steps = [step("step_1")?, step("step_2")?, step("step_3")?, step("step_4")?, step("step_5")?];
    let counts = match steps {
        [Some(one), Some(two), Some(three), Some(four), Some(five)] => Some([one, two, three, four, five]),
        _ => None,
    };
    Ok(Round {
        id: row.id("id")?,
        asker: row.member_id()?,
        state: row.parsed::<RoundState>("state")?,
        asked: row.count_u32("asked")?,
        asked_at: row.instant("asked_at")?,
        ends_at: row.instant("ends_at")?,
        closes_at: row.instant_opt("closes_at")?,
        closed_on: row.parsed_opt("closed_on")?,
        counts,
    })
}
