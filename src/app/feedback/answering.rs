//! What people do who are asked for feedback: answer, change, take back, decline, opt out. They may be
//! strangers and nobody is met. What is written here names no person beside an answer, and nothing
//! else of theirs is written with it: no row of the outbox, no key with a message, no time.

use crate::{
    app::{
        App, Done,
        checkin::{errors, show, too_long},
        dispatch::Outcome,
        incoming::{Door, Next, PressedAt, Reply, Values, What},
        once::Did,
        surface::Surface,
    },
    coach::{
        copy::CopyKey,
        feedback::{Answer, MAX_COMMENT_CHARS, Round, RoundState},
        ids::{MemberId, MessageRef},
        member_text::MemberText,
        screen::{
            FeedbackAnswerForm, FeedbackAskState, Field, Form, FormState, Invitation, Message, Notice, Press,
        },
    },
    store::Tx,
};

/// What became of the question that carries this token.
pub(super) async fn state_of(tx: &mut Tx, from: &Invitation) -> Done<FeedbackAskState> {
    Ok(match tx.find_feedback_answer(&from.round, &from.token).await? {
        None => FeedbackAskState::Asked,
        Some(None) => FeedbackAskState::Declined,
        Some(Some(_)) => FeedbackAskState::Answered,
    })
}

impl App {
    /// A button of a feedback question, or of the form that answers it.
    pub(in crate::app) async fn answering_pressed(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        press: &Press,
        at: &PressedAt,
        door: &Door,
    ) -> Done<Outcome> {
        let (Some(from), Some(message)) = (press.invitation(), message_at(at)) else {
            return Ok(Reply::done().into());
        };
        match press {
            Press::FeedbackOptOut(_) => tx.opt_out_of_feedback(who).await?,
            Press::FeedbackOptIn { .. } => drop(tx.opt_in_to_feedback(who).await?),
            _ => {}
        }
        let surface = Surface::pressed(who, at, door);
        let Some(round) = self.open_round(tx, who, from).await? else {
            return Ok(over(who, message, surface.tell(Notice::FeedbackOver)).into());
        };
        let has_said = tx.find_feedback_answer(&from.round, &from.token).await?.is_some();
        match press {
            Press::FeedbackAnswer(_) => {
                let form = self.answer_form(tx, &round, from, message).await?;
                return Ok(surface.show(form).into());
            }
            Press::FeedbackDecline(_) | Press::FeedbackWithdraw(_) => {
                tx.save_feedback_answer(&from.round, &from.token, None).await?;
                self.recount(tx, round).await?;
            }
            Press::FeedbackOptOut(_) if !has_said => {
                tx.save_feedback_answer(&from.round, &from.token, None).await?;
                self.recount(tx, round).await?;
            }
            _ => {}
        }
        Ok(Did::FeedbackSaid.into())
    }

    /// The round, while it is open and asks this person.
    async fn open_round(&self, tx: &mut Tx, who: &MemberId, from: &Invitation) -> Done<Option<Round>> {
        let found = tx.find_round(&from.round).await?;
        let open = |round: &Round| round.state == RoundState::Open && round.asker.team == who.team;
        let Some(round) = found.filter(open) else { return Ok(None) };
        Ok(tx.is_asked(&round.id, who).await?.then_some(round))
    }

    async fn answer_form(
        &self,
        tx: &mut Tx,
        round: &Round,
        from: &Invitation,
        at: &MessageRef,
    ) -> Done<Form> {
        let said = tx.find_feedback_answer(&from.round, &from.token).await?.flatten();
        Ok(Form::FeedbackAnswer(FeedbackAnswerForm {
            state: FormState::Feedback {
                from: Box::new(from.clone()),
                at: Box::new(at.clone()),
                care_acknowledged: false,
            },
            asker: round.asker.user.clone(),
            question: self.text_for(CopyKey::FeedbackSteps),
            answered: said.is_some(),
            step: said.as_ref().map(|answer| answer.step),
            comment: said.map(|answer| answer.comment).unwrap_or_default(),
            concern: None,
        }))
    }

    pub(in crate::app) async fn submit_answer(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        (from, at): (&Invitation, &MessageRef),
        care_acknowledged: bool,
        values: &Values,
    ) -> Done<Outcome> {
        let Some(round) = self.open_round(tx, who, from).await? else {
            return Ok(over(who, at, show(Form::Notice(Notice::FeedbackOver))).into());
        };
        let Values::Feedback { step, comment } = values else { return Ok(Reply::close().into()) };
        let Some(step) = *step else {
            return Ok(errors(vec![(Field::Step, "Choose one of the five.".to_owned())]).into());
        };
        if let Some(says) = comment_too_long(comment) {
            return Ok(errors(vec![(Field::Comment, says)]).into());
        }
        if let Some(concern) = self.concern(&[comment]).filter(|_| !care_acknowledged) {
            let (from, at) = (Box::new(from.clone()), Box::new(at.clone()));
            return Ok(show(Form::FeedbackAnswer(FeedbackAnswerForm {
                state: FormState::Feedback { from, at, care_acknowledged: true },
                asker: round.asker.user,
                question: self.text_for(CopyKey::FeedbackSteps),
                step: Some(step),
                comment: comment.clone(),
                answered: false,
                concern: Some(concern),
            }))
            .into());
        }
        let answer = Answer { step, comment: comment.clone() };
        tx.save_feedback_answer(&from.round, &from.token, Some(&answer)).await?;
        self.recount(tx, round).await?;
        Ok(Did::FeedbackSaid.into())
    }

    /// What stands in Slack now: the form closes, the message shows what became of it. It is changed
    /// at once and by nobody's row, for the token must not be stored beside a name.
    pub(in crate::app) async fn after_answering(
        &self,
        tx: &mut Tx,
        what: &What,
        surface: &Surface<'_>,
    ) -> Done<Reply> {
        let (from, at) = match what {
            What::Submitted { state: FormState::Feedback { from, at, .. }, .. } => {
                (from.as_ref(), at.as_ref())
            }
            What::Pressed { press, at, .. } => match (press.invitation(), message_at(at)) {
                (Some(from), Some(message)) => (from, message),
                _ => return Ok(Reply::done()),
            },
            _ => return Ok(Reply::done()),
        };
        let who = surface.who();
        let reply = match surface {
            Surface::Submission { .. } => Reply::close(),
            Surface::Modal { .. } => surface.tell(Notice::FeedbackWithdrawn),
            _ => Reply::done(),
        };
        let Some(round) = self.open_round(tx, who, from).await? else { return Ok(over(who, at, reply)) };
        let screen = self.question_screen(tx, &round, who, from.clone()).await?;
        Ok(amended(who, at, reply, Message::FeedbackAsk(screen)))
    }
}

/// The message of the question: the button stood on it, or on the form that came from it.
fn message_at(at: &PressedAt) -> Option<&MessageRef> {
    match at {
        PressedAt::Message(message) => Some(message),
        PressedAt::Form { state: FormState::Feedback { at, .. }, .. } => Some(at),
        _ => None,
    }
}

fn over(who: &MemberId, at: &MessageRef, reply: Reply) -> Reply {
    amended(who, at, reply, Message::FeedbackOver)
}

fn amended(who: &MemberId, at: &MessageRef, reply: Reply, message: Message) -> Reply {
    reply.then(Next::Amend { team: who.team.clone(), at: at.clone(), message: Box::new(message) })
}

fn comment_too_long(comment: &MemberText) -> Option<String> {
    let count = comment.char_count();
    let says =
        || format!("This has {count} characters and a comment keeps {MAX_COMMENT_CHARS}. Please shorten it.");
    too_long(comment).or_else(|| (count > MAX_COMMENT_CHARS).then(says))
}
