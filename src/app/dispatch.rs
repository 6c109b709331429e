//! The table of contents: one `match` from what a member did to the use case that does it, inside
//! one unit of work together with the delivery's key.

use super::{
    App, AppError, Done,
    checkin::show,
    incoming::{Ack, Incoming, NotKept, Reply, What},
    once::{Did, Step},
    surface::Surface,
};
use crate::{
    coach::screen::{Field, Form, FormState, Message, Notice},
    store::{StoreError, Tx},
};

/// How often a unit of work is begun again when another one stood in its way.
const TRIES: u32 = 3;

/// What a use case made of a delivery.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is done, and its key is stored with it.
    Did(Did),
    /// The same, and what is owed for it is known already.
    Answered(Did, Box<Reply>),
    /// It is answered and nothing was changed: no key is stored, so that it can come again.
    Refused(Box<Reply>),
}

impl Incoming {
    /// The keys under which it may be known already.
    fn keys(&self) -> Vec<String> {
        if self.what.about_round().is_some() {
            // Stored where no other key is.
            return Vec::new();
        }
        let step = match &self.what {
            What::Submitted { view, state, .. } => Step::of(state).map(|step| step.key(view)),
            _ => None,
        };
        std::iter::once(self.key.0.clone()).chain(step).collect()
    }
}

impl From<Did> for Outcome {
    fn from(did: Did) -> Self {
        Outcome::Did(did)
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Outcome::Refused(Box::new(reply))
    }
}

impl App {
    /// Does what a delivery asks for, once, and says what is owed for it. Everything that the reply
    /// confirms is on the disk by then.
    ///
    /// # Errors
    /// [`NotKept`] when the store failed and the member has no form or place to be told: the
    /// delivery must not be acknowledged, so that Slack delivers it again.
    pub async fn dispatch(&self, incoming: Incoming) -> Result<Reply, NotKept> {
        if matches!(incoming.what, What::Ignored { .. }) {
            return Ok(Reply::done());
        }
        let _place = self.crowd.join();
        let mut failure = AppError::Store(StoreError::Conflict);
        for _ in 0..TRIES {
            let (app, delivery) = (self.clone(), incoming.clone());
            let kept = self.store.write_delivery(incoming.keys(), move |tx| {
                Box::pin(async move {
                    let reply = app.once(tx, &delivery).await?;
                    Ok((reply, tx.has_scheduled_work()))
                })
            });
            match kept.await {
                Ok((reply, due)) => {
                    if due {
                        self.wake.notify_one();
                    }
                    return Ok(reply);
                }
                Err(AppError::Raced | AppError::Store(StoreError::Conflict)) => {}
                Err(error) => {
                    failure = error;
                    break;
                }
            }
        }
        tracing::error!(error = %failure, "a delivery could not be kept");
        not_kept(&incoming.what)
    }

    async fn once(&self, tx: &mut Tx, incoming: &Incoming) -> Done<Reply> {
        let key = incoming.key.0.as_str();
        let round = incoming.what.about_round();
        let seen = match round {
            Some(_) => tx.find_feedback_delivery(key).await?.map(Some),
            None => tx.find_delivery(key).await?.map(|seen| seen.effect),
        };
        if let Some(effect) = seen {
            return self.answer(tx, &incoming.what, Did::of_effect(effect.as_deref())).await;
        }
        let (did, reply) = match self.act(tx, &incoming.what).await? {
            Outcome::Refused(reply) => return Ok(*reply),
            Outcome::Did(did) => (did, None),
            Outcome::Answered(did, reply) => (did, Some(*reply)),
        };
        let effect = did.to_effect();
        let is_first = match round {
            Some(round) => tx.record_feedback_delivery(key, round, &effect).await?,
            None => tx.record_delivery(key, Some(&effect), self.env.now()).await?,
        };
        match (is_first, reply) {
            (false, _) => Err(AppError::Raced),
            (true, Some(reply)) => Ok(reply),
            (true, None) => self.answer(tx, &incoming.what, did).await,
        }
    }

    /// From what happened to the use case.
    async fn act(&self, tx: &mut Tx, what: &What) -> Done<Outcome> {
        match what {
            What::CommandTyped { who, text, .. } => self.command_typed(tx, who, text).await,
            What::CheckinShortcutUsed { who, .. } | What::AskShortcutUsed { who, .. } => {
                self.shortcut_used(tx, who).await
            }
            What::Pressed { who, press, at, door } if what.about_round().is_some() => {
                self.answering_pressed(tx, who, press, at, door).await
            }
            What::Pressed { who, press, at, .. } => self.pressed(tx, who, press, at).await,
            What::Submitted { who, view, state, values } => {
                self.submitted(tx, who, view, state, values).await
            }
            What::MessagePosted { who, message, thread, text } => {
                self.message_posted(tx, who, message, thread.as_ref(), text).await
            }
            What::MessageEdited { who, message, text } => self.message_edited(tx, who, message, text).await,
            What::MessageDeleted { team, message } => self.message_deleted(tx, team, message).await,
            What::HomeOpened { who } => self.home_opened(tx, who).await,
            What::ProfileChanged { who, zone, deactivated } => {
                self.profile_changed(tx, who, zone.as_deref(), *deactivated).await
            }
            What::Uninstalled { team } => self.workspace_left(tx, team).await,
            What::TokensRevoked { team, bot: true, .. } => self.workspace_left(tx, team).await,
            What::TokensRevoked { .. } | What::Ignored { .. } => Ok(Did::Nothing.into()),
            What::UnknownPress { .. } => Ok(Did::UnknownButton.into()),
        }
    }

    /// From what was done to what is owed for it; the same for a delivery and its redelivery.
    async fn answer(&self, tx: &mut Tx, what: &What, did: Did) -> Done<Reply> {
        match what {
            What::CommandTyped { who, door, .. }
            | What::CheckinShortcutUsed { who, door }
            | What::AskShortcutUsed { who, door }
            | What::UnknownPress { who, door } => {
                self.tell(tx, what, &Surface::Conversation { who, door }, did).await
            }
            What::Pressed { who, at, door, .. } => {
                self.tell(tx, what, &Surface::pressed(who, at, door), did).await
            }
            What::Submitted { who, .. } => self.tell(tx, what, &Surface::Submission { who }, did).await,
            What::HomeOpened { who } => Ok(Reply::done().and_home_at_once(who)),
            _ => Ok(Reply::done()),
        }
    }

    async fn tell(&self, tx: &mut Tx, what: &What, surface: &Surface<'_>, did: Did) -> Done<Reply> {
        let who = surface.who();
        let notice = match did {
            Did::Nothing => return Ok(Reply::done().and_home_if_there(surface)),
            Did::Opened => return self.open(tx, what, surface).await,
            Did::Closed => return Ok(Reply::close().and_home(who)),
            Did::Kept(reflection) => {
                let view = match what {
                    What::Submitted { view, .. } => Some(view),
                    _ => None,
                };
                return match tx.find_reflection(who, &reflection).await? {
                    Some(reflection) => self.follow_up_form(tx, who, reflection, view).await,
                    None => Ok(show(Form::Notice(Notice::Gone)).and_home(who)),
                };
            }
            Did::ModelAnswered => return self.after_consent(tx, what, surface).await,
            Did::Deleted => return self.after_delete(tx, what, surface).await,
            Did::FeedbackSaid => return self.after_answering(tx, what, surface).await,
            Did::FeedbackTooSoon => self.too_soon_for_feedback(tx, who).await?,
            Did::FeedbackBegun => Notice::FeedbackChecking,
            Did::FeedbackOptedIn => Notice::FeedbackOptedIn,
            Did::ActKept(act) => return self.act_kept_form(tx, who, &act).await,
            Did::ActDeleted => return self.after_listed(tx, what, surface, Notice::ActDeleted).await,
            Did::AuditKept(audit) => return self.audit_kept_form(tx, who, &audit).await,
            Did::AuditDeleted => return self.after_listed(tx, what, surface, Notice::AuditDeleted).await,
            Did::PlanKept(plan) => return self.plan_kept_form(tx, who, &plan).await,
            Did::PlanDeleted => return self.after_listed(tx, what, surface, Notice::PlanDeleted).await,
            Did::PlanNoted => return self.after_listed(tx, what, surface, Notice::PlanNoted).await,
            Did::CalendarQueued => Notice::CalendarComing,
            Did::NotThere => Notice::NotThere,
            Did::Why(nudge) => self.why(tx, who, &nudge).await?,
            Did::ScheduleKept => self.schedule_kept(tx, who).await?,
            Did::Paused => self.paused(tx, who).await?,
            Did::Resumed => Notice::Resumed { next: self.next_nudge_of(tx, who).await? },
            Did::GoesOn => Notice::GoesOn { next: self.next_nudge_of(tx, who).await? },
            Did::Gone => Notice::Gone,
            Did::TooLongForForm => Notice::EditTheMessage,
            Did::NudgeQueued => Notice::NudgeComing,
            Did::NudgeWaiting => Notice::NudgeWaiting,
            Did::NotPaused => Notice::NotPaused,
            Did::NudgesStopped => Notice::NudgesStopped,
            Did::ReportQueued(month) => Notice::ReportComing { month },
            Did::ExportQueued => Notice::ExportComing,
            Did::Erasing => Notice::Erasing,
            Did::AlreadyDone => Notice::AlreadyDone,
            Did::UnknownButton => Notice::UnknownButton,
            Did::WillKeep(_) => return Ok(Reply::done()),
        };
        Ok(surface.tell(notice).and_home_if_there(surface))
    }
}

impl Reply {
    /// A button on Home, or a form that may have been opened there, leaves a Home that shows what it
    /// did; so does anything else while Home is open.
    fn and_home_if_there(self, surface: &Surface<'_>) -> Self {
        match surface {
            Surface::Home { who, .. } => self.and_home_at_once(who),
            Surface::Submission { who } => self.and_home(who),
            Surface::Conversation { who, .. } | Surface::Modal { who, .. } => self.and_open_home(who),
        }
    }
}

/// What is owed when nothing could be kept: said where the member stands, with their words still in
/// the form; where they have neither, nothing, so that Slack delivers again.
fn not_kept(what: &What) -> Result<Reply, NotKept> {
    match what {
        What::Submitted { state, .. } => {
            let sentence = "This could not be kept just now. What you entered is still here; try again.";
            let errors = vec![(main_field(state), sentence.to_owned())];
            Ok(Reply { ack: Ack::Errors(errors), next: Vec::new() })
        }
        What::CommandTyped { .. } => Ok(Reply::say(Message::Notice(Notice::StoreFailed))),
        What::CheckinShortcutUsed { who, door }
        | What::AskShortcutUsed { who, door }
        | What::UnknownPress { who, door } => {
            Ok(Surface::Conversation { who, door }.tell(Notice::StoreFailed))
        }
        What::Pressed { who, at, door, .. } => Ok(match Surface::pressed(who, at, door) {
            // Changing an open form would take away what stands in it.
            Surface::Modal { .. } => Reply::done(),
            surface => surface.tell(Notice::StoreFailed),
        }),
        What::HomeOpened { .. } => Ok(Reply::done()),
        _ => Err(NotKept),
    }
}

/// The field beside which a form says what concerns all of it.
fn main_field(state: &FormState) -> Field {
    match state {
        FormState::Checkin { .. } | FormState::EditReflection { .. } => Field::Answer,
        FormState::FollowUp { .. } => Field::FollowUpAnswer,
        FormState::Schedule => Field::Days,
        FormState::Pause => Field::PauseUntil,
        FormState::History { .. } => Field::Search,
        FormState::FeedbackAsk => Field::People,
        FormState::Feedback { .. } => Field::Comment,
        FormState::Ask { taken, .. } => Field::question(*taken),
        FormState::EditAct { .. } => Field::GivenBackOn,
        FormState::Audit { .. } => Field::Meeting(0),
        FormState::Plan { .. } => Field::Cue,
        FormState::PlanOutcome { .. } => Field::Outcome,
        FormState::Rehearsal => Field::Rehearsal,
        FormState::Room
        | FormState::Audits
        | FormState::Plans
        | FormState::Acts { .. }
        | FormState::Forget
        | FormState::Notice => Field::Confirm,
    }
}
