//! Feedback rounds as their asker has them: begun, checked, asked, closed, shown. What those do who
//! are asked is in `answering`, and leaves no trace that leads to them.

mod answering;

use super::{
    App, AppError, Done, checkin::errors, dispatch::Outcome, incoming::Reply, once::Did, surface::Surface,
};
use crate::{
    coach::{
        cadence,
        copy::CopyKey,
        feedback::{self, AT_LEAST, AT_MOST, NoRound, Person, Round, RoundState, Token},
        ids::{MemberId, RowId, UserId},
        member::{Member, QuietHours, Zone},
        screen::{FeedbackAskScreen, FeedbackResultScreen, Field, Form, Invitation, Message, Notice},
    },
    store::{Job, JobKind, NewOutbox, OutKind, Tx},
};
use jiff::{Timestamp, civil::Date};
use std::collections::{HashMap, HashSet};

/// How many rounds one unit of work closes.
const CLOSE_AT_ONCE: usize = 20;

/// What stands before the round in the subject of a row that changes a question's message.
const OVER: &str = "feedback:";

/// Whether a row changes the message of a feedback question into one that names nobody.
pub(super) fn is_over(kind: OutKind, subject: &str) -> bool {
    kind == OutKind::Update && subject.starts_with(OVER)
}

/// The subject of a notice about a round, read back.
pub(super) fn notice_of(subject: &str) -> Option<Notice> {
    let mut parts = subject.split(':');
    match (parts.next()?, parts.next(), parts.next()) {
        ("feedback-asked", Some(people), Some(until_on)) => {
            Some(Notice::FeedbackAsked { people: people.parse().ok()?, until_on: until_on.parse().ok()? })
        }
        ("feedback-too-few", Some(left), None) => Some(Notice::FeedbackTooFew { left: left.parse().ok()? }),
        ("feedback-not-checked", None, None) => Some(Notice::FeedbackNotChecked),
        _ => None,
    }
}

impl App {
    /// The last round, when it is too short ago for another.
    async fn last_round(&self, tx: &mut Tx, who: &MemberId) -> Done<Option<Round>> {
        let now = self.env.now();
        let last = tx.rounds_of(who).await?.pop();
        Ok(last.filter(|round| feedback::again_at(round.asked_at) > now))
    }

    pub(super) async fn too_soon_for_feedback(&self, tx: &mut Tx, who: &MemberId) -> Done<Notice> {
        let Some(member) = tx.find_member(who).await? else { return Ok(Notice::Gone) };
        let last = self.last_round(tx, who).await?;
        let asked_at = last.map_or(self.env.now(), |round| round.asked_at);
        Ok(Notice::FeedbackTooSoon {
            asked_on: member.local_date(asked_at),
            again_on: member.local_date(feedback::again_at(asked_at)),
        })
    }

    /// The form that asks whom to ask.
    pub(super) async fn open_feedback(
        &self,
        tx: &mut Tx,
        surface: &Surface<'_>,
        people: Vec<UserId>,
        unclear: bool,
    ) -> Done<Reply> {
        let who = surface.who();
        if self.last_round(tx, who).await?.is_some() {
            return Ok(surface.tell(self.too_soon_for_feedback(tx, who).await?));
        }
        let mut once = HashSet::new();
        let asks = |user: &UserId| *user != who.user && once.insert(user.clone());
        let people: Vec<UserId> = people.into_iter().filter(asks).take(AT_MOST).collect();
        let question = self.text_for(CopyKey::FeedbackWhom);
        Ok(surface.show(Form::FeedbackAsk { question, people, unclear }))
    }

    pub(super) async fn submit_feedback_ask(
        &self,
        tx: &mut Tx,
        member: &Member,
        named: &[UserId],
    ) -> Done<Outcome> {
        let says = match feedback::people(&member.id.user, named) {
            Ok(people) => return self.begin_feedback(tx, member, &people).await,
            Err(NoRound::TooFew) => {
                format!("Choose at least {AT_LEAST} people besides yourself: fewer could be recognised.")
            }
            Err(NoRound::TooMany) => format!("One round asks {AT_MOST} people at most."),
        };
        Ok(errors(vec![(Field::People, says)]).into())
    }

    /// Begins a round: Slack is asked about those named before anybody is asked.
    pub(super) async fn begin_feedback(
        &self,
        tx: &mut Tx,
        member: &Member,
        named: &[UserId],
    ) -> Done<Outcome> {
        let Ok(people) = feedback::people(&member.id.user, named) else { return Ok(Did::Closed.into()) };
        if self.last_round(tx, &member.id).await?.is_some() {
            return Ok(Did::FeedbackTooSoon.into());
        }
        let now = self.env.now();
        let round = Round {
            id: self.env.row_id(),
            asker: member.id.clone(),
            state: RoundState::Checking,
            asked: u32::try_from(people.len()).unwrap_or(u32::MAX),
            asked_at: now,
            ends_at: now.saturating_add(feedback::OPEN_FOR).unwrap_or(now),
            closes_at: None,
            closed_on: None,
            counts: None,
        };
        tx.insert_round(&round, &people).await?;
        let check = Job {
            id: self.env.row_id(),
            team: member.id.team.clone(),
            member: Some(member.id.clone()),
            kind: JobKind::CheckAsked,
            channel: None,
            ts: None,
            subject: Some(round.id.to_string()),
            due_at: now,
            attempts: 0,
        };
        tx.enqueue_job(&check, None).await?;
        Ok(Did::FeedbackBegun.into())
    }

    /// Whom a job wants to know about.
    ///
    /// # Errors
    /// The store's.
    pub async fn people_to_check(&self, job: &Job) -> Done<Vec<UserId>> {
        let subject = job.subject.clone().unwrap_or_default();
        let Ok(round) = RowId::parse(&subject) else { return Ok(Vec::new()) };
        self.store.read(move |tx| Box::pin(async move { Ok(tx.people_asked(&round).await?) })).await
    }

    /// Takes in what Slack says of those named: they are asked, or, when fewer than three can be,
    /// nobody is and the asker is told.
    ///
    /// # Errors
    /// The store's.
    pub async fn people_checked(&self, job: &Job, known: HashMap<UserId, Person>) -> Done<()> {
        let (app, job) = (self.clone(), job.clone());
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    if let Some(round) = app.round_of(tx, &job).await? {
                        app.ask_those_who_can_be(tx, round, &known).await?;
                    }
                    tx.finish_job(&job.id).await?;
                    Ok::<_, AppError>(())
                })
            })
            .await
    }

    /// The round that a job checks, while it does.
    async fn round_of(&self, tx: &mut Tx, job: &Job) -> Done<Option<Round>> {
        let Ok(id) = RowId::parse(job.subject.as_deref().unwrap_or_default()) else { return Ok(None) };
        Ok(tx.find_round(&id).await?.filter(|round| round.state == RoundState::Checking))
    }

    async fn ask_those_who_can_be(
        &self,
        tx: &mut Tx,
        mut round: Round,
        known: &HashMap<UserId, Person>,
    ) -> Done<()> {
        let mut people = Vec::new();
        for user in tx.people_asked(&round.id).await? {
            let who = MemberId { team: round.asker.team.clone(), user };
            let person = known.get(&who.user).filter(|person| person.can_be_asked);
            match person {
                Some(person) if !tx.is_opted_out_of_feedback(&who).await? => {
                    people.push((who, person.zone.clone()))
                }
                _ => drop(tx.remove_asked(&round.id, &who).await?),
            }
        }
        let count = people.len();
        if count < AT_LEAST {
            tx.delete_round(&round.id).await?;
            return self.notify_asker(tx, &round, format!("feedback-too-few:{count}")).await;
        }
        let now = self.env.now();
        round.state = RoundState::Open;
        round.asked = u32::try_from(count).unwrap_or(u32::MAX);
        round.closes_at = Some(round.ends_at);
        tx.save_round(&round).await?;
        for (who, zone) in people {
            let due_at = self.waking_hour(tx, &who, zone.as_deref(), now).await?;
            let key = format!("feedback:{}:{}", round.id, who.user);
            let subject = round.id.as_str();
            let row = NewOutbox::for_member(self.env.row_id(), who, OutKind::FeedbackAsk, subject, now);
            tx.enqueue(row.due(due_at).once(key)).await?;
        }
        let until_on = self.asker_date(tx, &round.asker, round.ends_at).await?;
        self.notify_asker(tx, &round, format!("feedback-asked:{count}:{until_on}")).await
    }

    /// Nobody is asked at night: the first hour from now on that is not quiet, theirs if they are a
    /// member, else the usual ones in their zone.
    async fn waking_hour(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        zone: Option<&str>,
        now: Timestamp,
    ) -> Done<Timestamp> {
        Ok(match tx.find_member(who).await? {
            Some(member) => cadence::past_days_off_and_quiet(&member, now),
            None => {
                let zone = zone.and_then(|name| Zone::parse(name, false).ok()).unwrap_or_else(Zone::utc);
                cadence::end_of_quiet(QuietHours::default(), &zone, now)
            }
        })
    }

    async fn asker_date(&self, tx: &mut Tx, asker: &MemberId, at: Timestamp) -> Done<Date> {
        let member = tx.find_member(asker).await?;
        Ok(member.map_or_else(|| Zone::utc().local(at).date(), |member| member.local_date(at)))
    }

    async fn notify_asker(&self, tx: &mut Tx, round: &Round, subject: String) -> Done<()> {
        let (id, asker, now) = (self.env.row_id(), round.asker.clone(), self.env.now());
        tx.enqueue(NewOutbox::for_member(id, asker, OutKind::Notice, subject, now)).await?;
        Ok(())
    }

    /// Slack never said whether those named can be asked: nobody was.
    pub(super) async fn check_given_up(&self, tx: &mut Tx, job: &Job) -> Done<()> {
        if let Some(round) = self.round_of(tx, job).await? {
            tx.delete_round(&round.id).await?;
            self.notify_asker(tx, &round, "feedback-not-checked".to_owned()).await?;
        }
        Ok(())
    }

    /// The question to one person, with a token made for this message alone; or why it is not sent.
    pub(super) async fn feedback_question(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        subject: &str,
    ) -> Done<Result<Message, &'static str>> {
        let found = match RowId::parse(subject) {
            Ok(id) => tx.find_round(&id).await?,
            Err(_) => None,
        };
        let Some(round) = found.filter(|round| round.state == RoundState::Open) else {
            return Ok(Err("round-over"));
        };
        if !tx.is_asked(&round.id, who).await? {
            return Ok(Err("not-asked"));
        }
        if tx.is_opted_out_of_feedback(who).await? {
            self.not_reached(tx, round, who).await?;
            return Ok(Err("opted-out"));
        }
        let from = Invitation { round: round.id.clone(), token: self.random_token() };
        Ok(Ok(Message::FeedbackAsk(self.question_screen(tx, &round, who, from).await?)))
    }

    async fn question_screen(
        &self,
        tx: &mut Tx,
        round: &Round,
        who: &MemberId,
        from: Invitation,
    ) -> Done<FeedbackAskScreen> {
        Ok(FeedbackAskScreen {
            asker: round.asker.user.clone(),
            state: answering::state_of(tx, &from).await?,
            opted_out: tx.is_opted_out_of_feedback(who).await?,
            until_on: self.asker_date(tx, &round.asker, round.ends_at).await?,
            from,
        })
    }

    /// Slack will never deliver a question: whoever it was for counts as not asked.
    pub(super) async fn question_refused(&self, tx: &mut Tx, who: &MemberId, subject: &str) -> Done<()> {
        let Ok(id) = RowId::parse(subject) else { return Ok(()) };
        if let Some(round) = tx.find_round(&id).await?.filter(|round| round.state == RoundState::Open) {
            self.not_reached(tx, round, who).await?;
        }
        Ok(())
    }

    async fn not_reached(&self, tx: &mut Tx, mut round: Round, who: &MemberId) -> Done<()> {
        if tx.remove_asked(&round.id, who).await? {
            round.asked = round.asked.saturating_sub(1);
            self.recount(tx, round).await?;
        }
        Ok(())
    }

    /// Whether everybody has answered or declined: then the round closes on the asker's next working
    /// morning. Whoever was last can change or take back what they said until then, and the hour of the
    /// result tells nobody when they said it.
    async fn recount(&self, tx: &mut Tx, mut round: Round) -> Done<()> {
        let (heard, _) = tx.feedback_answers(&round.id).await?;
        let is_complete = u32::try_from(heard).unwrap_or(u32::MAX) >= round.asked;
        let soon = round.closes_at.filter(|at| *at < round.ends_at);
        round.closes_at = Some(match (is_complete, soon) {
            (true, Some(soon)) => soon,
            (true, None) => self.next_morning_of(tx, &round.asker).await?.min(round.ends_at),
            (false, _) => round.ends_at,
        });
        tx.save_round(&round).await?;
        Ok(())
    }

    async fn next_morning_of(&self, tx: &mut Tx, asker: &MemberId) -> Done<Timestamp> {
        let now = self.env.now();
        let member = tx.find_member(asker).await?;
        let member = member.unwrap_or_else(|| Member::new(asker.clone(), Zone::utc(), now));
        let today = member.local_date(now);
        Ok(cadence::next_morning(&member, today.tomorrow().unwrap_or(today), now))
    }

    /// Closes the rounds whose time has come, and says how many; called until it says none.
    ///
    /// # Errors
    /// The store's.
    pub async fn close_due_rounds(&self) -> Done<usize> {
        let app = self.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let rounds = tx.rounds_to_close(app.env.now(), CLOSE_AT_ONCE).await?;
                    let due = rounds.len();
                    for round in rounds {
                        app.close_round(tx, &round).await?;
                    }
                    Ok(due)
                })
            })
            .await
    }

    /// The result is kept, the answers are deleted, the questions in Slack lose their buttons.
    async fn close_round(&self, tx: &mut Tx, round: &Round) -> Done<()> {
        let now = self.env.now();
        let (_, answers) = tx.feedback_answers(&round.id).await?;
        let rng = &self.env.rng;
        let outcome = feedback::outcome(answers, || rng.next_u64());
        let ids = self.comment_ids(outcome.as_ref());
        let closed_on = self.asker_date(tx, &round.asker, now).await?;
        tx.close_round(&round.id, closed_on, outcome.as_ref(), &ids).await?;
        self.take_questions_back(tx, &round.id).await?;
        let due_at = match tx.find_member(&round.asker).await? {
            Some(member) => cadence::past_days_off_and_quiet(&member, now),
            None => now,
        };
        let (id, asker) = (self.env.row_id(), round.asker.clone());
        let row = NewOutbox::for_member(id, asker, OutKind::FeedbackResult, round.id.as_str(), now);
        tx.enqueue(row.due(due_at).once(format!("feedback-result:{}", round.id))).await?;
        Ok(())
    }

    /// A random id for each comment of a result.
    pub(in crate::app) fn comment_ids(&self, outcome: Option<&feedback::Outcome>) -> Vec<Token> {
        outcome.map_or(Vec::new(), |outcome| outcome.comments.iter().map(|_| self.random_token()).collect())
    }

    fn random_token(&self) -> Token {
        let rng = &self.env.rng;
        Token::new((u128::from(rng.next_u64()) << 64) | u128::from(rng.next_u64()))
    }

    /// Every message that asked in a round, whoever has it, is changed into one that names nobody.
    async fn take_questions_back(&self, tx: &mut Tx, round: &RowId) -> Done<()> {
        let now = self.env.now();
        for (who, message) in tx.feedback_question_messages(round).await? {
            let subject = format!("{OVER}{round}");
            let row = NewOutbox::for_member(self.env.row_id(), who, OutKind::Update, subject, now);
            tx.enqueue(row.at(message)).await?;
        }
        Ok(())
    }

    /// Before a member is erased: what others see of their open rounds goes too.
    pub(super) async fn take_rounds_back(&self, tx: &mut Tx, who: &MemberId) -> Done<()> {
        for round in tx.rounds_of(who).await? {
            if round.state != RoundState::Closed {
                self.take_questions_back(tx, &round.id).await?;
            }
        }
        Ok(())
    }

    /// The result of a round; `None` while it has none.
    pub(super) async fn feedback_result(
        &self,
        tx: &mut Tx,
        member: &Member,
        subject: &str,
    ) -> Done<Option<Message>> {
        let Ok(id) = RowId::parse(subject) else { return Ok(None) };
        let found = tx.find_round(&id).await?;
        let closed = |round: &Round| round.state == RoundState::Closed && round.asker == member.id;
        let Some(round) = found.filter(closed) else { return Ok(None) };
        Ok(Some(Message::FeedbackResult(FeedbackResultScreen {
            asked_on: member.local_date(round.asked_at),
            counts: round.counts,
            comments: tx.feedback_comments(&round.id).await?,
        })))
    }

    /// When a member's open round ends at the latest. How many have answered is told to nobody.
    pub(super) async fn feedback_until(&self, tx: &mut Tx, member: &Member) -> Done<Option<Date>> {
        let last = tx.rounds_of(&member.id).await?.pop();
        let open = last.filter(|round| round.state == RoundState::Open);
        Ok(open.map(|round| member.local_date(round.ends_at)))
    }

    pub(super) async fn opt_in_for_feedback(&self, tx: &mut Tx, member: &Member) -> Done<Outcome> {
        let was_out = tx.opt_in_to_feedback(&member.id).await?;
        Ok(if was_out { Did::FeedbackOptedIn } else { Did::AlreadyDone }.into())
    }
}
