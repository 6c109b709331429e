//! From an event to the feature that owns it, once. The delivery's key and the effect are stored in one
//! transaction: a redelivery finds the effect and is answered from it.

#![deny(clippy::wildcard_enum_match_arm)]

mod command;
mod direct_message;
mod effect;
mod event;
mod read_only;

pub use effect::Effect;
pub use event::{Action, Delivery, Event, Submission};

use crate::{
    coach::{
        member::Member,
        reflection::CheckinFields,
        screen::{Field, FieldError, FieldProblem, Notice},
    },
    features::{
        ask, audit, checkin, feedback, history, llm_follow_up, nudge, onboarding, plan, privacy, report,
        room, schedule, workspace,
    },
    interaction::{
        AppState, Ctx, InteractionError, Origin, Outcome, PostAck, Priority, Reply, ReplyTarget, Result,
        steps::member::get_or_create_member,
    },
    store::StoreError,
};
use feedback::Answering;
use std::sync::Arc;

/// How often a transaction is begun again when another one was in its way.
const TRIES: u32 = 3;

/// The delivery could not be stored and nothing was changed. It gets no acknowledgement, so that Slack
/// delivers it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the delivery could not be stored")]
pub struct NotStored;

/// Handles a delivery once, and returns the reply. Everything that the reply confirms is on the
/// disk by then.
///
/// # Errors
/// [`NotStored`] when the database failed and the member has no form or place to be told.
pub async fn dispatch(state: &AppState, delivery: Delivery) -> std::result::Result<Reply, NotStored> {
    if matches!(delivery.event, Event::Ignored { .. }) {
        return Ok(Reply::done());
    }
    let reply = match read_only::reply(&delivery.event) {
        Some(reply) => Some(reply),
        // What could not be read goes the way of a change, which tries again or says so.
        None => read_only::history_reply(state, &delivery.event).await.unwrap_or(None),
    };
    if let Some((reply, target)) = reply.zip(delivery.event.target()) {
        return Ok(match state.is_new_activity(&target.member) {
            true => reply.then(PostAck::NoteActivity { member: target.member.clone() }),
            false => reply,
        });
    }
    let _pending = state.enter();
    let delivery = Arc::new(delivery);
    let mut failure = InteractionError::Store(StoreError::Conflict);
    for _ in 0..TRIES {
        let again = Arc::clone(&delivery);
        let stored = state.write(move |ctx| {
            Box::pin(async move {
                let reply = handle_once(ctx, &again).await?;
                Ok((reply, ctx.tx.has_scheduled_work()))
            })
        });
        match stored.await {
            Ok((reply, due)) => {
                if due {
                    state.wake.notify_one();
                }
                if let Event::ViewSubmission { submission: Submission::Privacy(_), target } = &delivery.event
                {
                    // Who erases everything is a stranger again.
                    state.forget_activity(&target.member);
                }
                return Ok(reply);
            }
            Err(InteractionError::Raced | InteractionError::Store(StoreError::Conflict)) => {}
            Err(error) => {
                failure = error;
                break;
            }
        }
    }
    tracing::error!(error = %failure, "a delivery could not be stored");
    not_stored(&delivery.event)
}

async fn handle_once(ctx: &mut Ctx<'_>, delivery: &Delivery) -> Result<Reply> {
    let event = &delivery.event;
    let round = event.round();
    let key = match round {
        // The key of the transport can be computed from the message in Slack.
        Some(round) => ctx.pepper().stored_delivery(round, &delivery.key.0),
        None => delivery.key.0.clone(),
    };
    let key = key.as_str();
    if let Event::ViewSubmission { submission, target } = event
        && let Some((step, view)) = submission.step().zip(target.view())
    {
        ctx.tx.look_up_deliveries([key, &step.key(view)]).await?;
    }
    let stored = match round {
        Some(_) => ctx.tx.find_feedback_delivery(key).await?.map(Some),
        None => ctx.tx.find_delivery(key).await?.map(|stored| stored.effect),
    };
    if let Some(effect) = stored {
        let effect = Effect::parse(effect.as_deref()).unwrap_or_else(|malformed| {
            ctx.report_malformed("effect", &malformed);
            Effect::None
        });
        return respond(ctx, event, effect).await;
    }
    let (effect, reply) = match handle(ctx, event).await? {
        Outcome::Unchanged(reply) => return Ok(*reply),
        Outcome::Changed(effect) => (effect, None),
        Outcome::ChangedWithReply(effect, reply) => (effect, Some(*reply)),
    };
    let text = effect.to_text();
    let now = ctx.now();
    let is_first = match round {
        Some(round) => ctx.tx.record_feedback_delivery(key, round, &text).await?,
        None => ctx.tx.record_delivery(key, Some(&text), now).await?,
    };
    match (is_first, reply) {
        (false, _) => Err(InteractionError::Raced),
        (true, Some(reply)) => Ok(reply),
        (true, None) => respond(ctx, event, effect).await,
    }
}

/// The table of contents: from what happened to the feature that owns it.
async fn handle(ctx: &mut Ctx<'_>, event: &Event) -> Result<Outcome<Effect>> {
    match event {
        Event::SlashCommand { text, target } => command::handle(ctx, text, target).await,
        Event::CheckinShortcut { target } => {
            get_or_create_member(ctx, &target.member).await?;
            Outcome::unchanged(checkin::open_form(target, CheckinFields::default()))
        }
        Event::AskShortcut { target } => {
            get_or_create_member(ctx, &target.member).await?;
            Outcome::unchanged(ask::open_form(ctx, target)?)
        }
        Event::BlockAction { action, target } => {
            // Loading the member ends their back-off.
            let member = get_or_create_member(ctx, &target.member).await?;
            handle_action(ctx, member, action.clone(), target).await
        }
        Event::ViewSubmission { submission, target } => {
            handle_submission(ctx, submission.clone(), target).await
        }
        Event::FeedbackAction { from, at, action, target } => {
            let answering = Answering { who: &target.member, from, at };
            let outcome = feedback::handle_answer(ctx, answering, action, target).await?;
            Ok(outcome.map(Effect::FeedbackAnswer))
        }
        Event::FeedbackSubmission { submission, target } => {
            let outcome = feedback::submit_answer(ctx, submission.clone(), target).await?;
            Ok(outcome.map(Effect::FeedbackAnswer))
        }
        Event::MessagePosted { member, message, thread, text } => {
            direct_message::posted(ctx, member, message, thread.as_ref(), text).await
        }
        Event::MessageEdited { member, message, thread, text, at } => {
            direct_message::edited(ctx, member, message, thread.as_ref(), text, at).await
        }
        Event::MessageDeleted { team, message } => direct_message::deleted(ctx, team, message).await,
        Event::HomeOpened { member } => {
            onboarding::home_opened(ctx, member).await?;
            Outcome::unchanged(Reply::done().then_home(member, Priority::Viewed))
        }
        Event::ConversationOpened { member } => {
            onboarding::conversation_opened(ctx, member).await?;
            Outcome::unchanged(Reply::done())
        }
        Event::ProfileChanged { member, zone, deactivated } => {
            // Slack tells of everybody in the workspace: what changes nothing here leaves no row.
            if onboarding::profile_changed(ctx, member, zone.as_deref(), *deactivated).await? {
                return Outcome::changed(Effect::Onboarding(onboarding::Effect::ProfileRead));
            }
            Outcome::unchanged(Reply::done())
        }
        Event::AppUninstalled { team } | Event::TokensRevoked { team, bot: true, .. } => {
            workspace::left(ctx, team).await?;
            Outcome::changed(Effect::Workspace(workspace::Effect::Left))
        }
        Event::TokensRevoked { bot: false, .. } | Event::Ignored { .. } => Outcome::unchanged(Reply::done()),
        Event::UnknownAction { target } => {
            Outcome::unchanged(target.with_home(target.notice(Notice::UnknownButton)))
        }
    }
}

/// A button, or the command of the same meaning.
async fn handle_action(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    Ok(match action {
        Action::Ask(action) => ask::handle(ctx, member, action, target).await?.map(Effect::Ask),
        Action::Audit(action) => audit::handle(ctx, member, action, target).await?.map(Effect::Audit),
        Action::Checkin(action) => checkin::handle(ctx, member, action, target).await?.map(Effect::Checkin),
        Action::DirectMessage(action) => {
            let outcome = crate::features::direct_message::handle(ctx, member, action, target).await?;
            outcome.map(Effect::DirectMessage)
        }
        Action::Feedback(action) => {
            feedback::handle(ctx, member, action, target).await?.map(Effect::Feedback)
        }
        // The transport has turned it into an event of its own, unless it is on no feedback question.
        Action::FeedbackAnswer(..) => Outcome::Unchanged(Box::new(Reply::done())),
        Action::History(action) => history::handle(ctx, member, action, target).await?.map(Effect::History),
        Action::LlmFollowUp(action) => {
            llm_follow_up::handle(ctx, member, action).await?.map(Effect::LlmFollowUp)
        }
        Action::Nudge(action) => nudge::handle(ctx, member, action, target).await?.map(Effect::Nudge),
        Action::Onboarding(action) => onboarding::handle(&action, target).map(Effect::Onboarding),
        Action::Plan(action) => plan::handle(ctx, member, action, target).await?.map(Effect::Plan),
        Action::Privacy(action) => privacy::handle(ctx, member, action, target).await?.map(Effect::Privacy),
        Action::Report(action) => report::handle(ctx, member, action, target).await?.map(Effect::Report),
        Action::Room(action) => room::handle(ctx, member, action, target).await?.map(Effect::Room),
        Action::Schedule(action) => {
            schedule::handle(ctx, member, action, target).await?.map(Effect::Schedule)
        }
    })
}

/// A submitted form.
async fn handle_submission(
    ctx: &mut Ctx<'_>,
    submission: Submission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let who = &target.member;
    Ok(match submission {
        Submission::Ask(form) => {
            let member = get_or_create_member(ctx, who).await?;
            ask::submit(ctx, member, form, target).await?.map(Effect::Ask)
        }
        Submission::Audit(form) => {
            let member = get_or_create_member(ctx, who).await?;
            audit::submit(ctx, member, form, target).await?.map(Effect::Audit)
        }
        Submission::Checkin(form) => {
            let member = get_or_create_member(ctx, who).await?;
            checkin::submit(ctx, member, form, target).await?.map(Effect::Checkin)
        }
        Submission::Feedback(form) => {
            let member = get_or_create_member(ctx, who).await?;
            feedback::submit(ctx, member, form, target).await?.map(Effect::Feedback)
        }
        Submission::History(form) => {
            let member = get_or_create_member(ctx, who).await?;
            history::submit(ctx, member, form, target).await?.map(Effect::History)
        }
        Submission::Plan(form) => {
            let member = get_or_create_member(ctx, who).await?;
            plan::submit(ctx, member, form, target).await?.map(Effect::Plan)
        }
        // Erasing does not load the member: that would create them again.
        Submission::Privacy(confirmed) => privacy::submit(ctx, who, confirmed).await?.map(Effect::Privacy),
        Submission::Schedule(form) => {
            let member = get_or_create_member(ctx, who).await?;
            schedule::submit(ctx, member, form, target).await?.map(Effect::Schedule)
        }
        Submission::Nothing => {
            get_or_create_member(ctx, who).await?;
            let reply = target.close().then_home(who, Priority::Background);
            Outcome::Unchanged(Box::new(reply))
        }
    })
}

/// From an effect to the reply; the same for a delivery and its redelivery.
async fn respond(ctx: &mut Ctx<'_>, event: &Event, effect: Effect) -> Result<Reply> {
    let Some(target) = event.target() else { return Ok(Reply::done()) };
    match effect {
        Effect::None | Effect::Onboarding(_) | Effect::Workspace(_) => Ok(target.with_home(Reply::done())),
        Effect::Ask(effect) => ask::respond(ctx, effect, target).await,
        Effect::Audit(effect) => audit::respond(ctx, effect, target).await,
        Effect::Checkin(effect) => checkin::respond(ctx, effect, target).await,
        Effect::DirectMessage(effect) => crate::features::direct_message::respond(ctx, effect, target).await,
        Effect::Feedback(effect) => feedback::respond(ctx, effect, target).await,
        Effect::FeedbackAnswer(effect) => respond_answer(ctx, event, &effect).await,
        Effect::History(effect) => history::respond(ctx, effect, target).await,
        Effect::LlmFollowUp(effect) => llm_follow_up::respond(ctx, effect, target).await,
        Effect::Nudge(effect) => nudge::respond(ctx, effect, target).await,
        Effect::Plan(effect) => plan::respond(ctx, effect, target).await,
        Effect::Privacy(effect) => privacy::respond(ctx, effect, target).await,
        Effect::Report(effect) => report::respond(ctx, effect, target).await,
        Effect::Room(effect) => room::respond(ctx, effect, target).await,
        Effect::Schedule(effect) => schedule::respond(ctx, effect, target).await,
    }
}

async fn respond_answer(ctx: &mut Ctx<'_>, event: &Event, effect: &feedback::AnswerEffect) -> Result<Reply> {
    let (from, at, target) = if let Event::FeedbackAction { from, at, target, .. } = event {
        (from, at, target)
    } else if let Event::FeedbackSubmission { submission, target } = event {
        (&submission.from, &submission.at, target)
    } else {
        // No other event stores this effect.
        return Ok(Reply::done());
    };
    let answering = Answering { who: &target.member, from, at };
    feedback::respond_answer(ctx, answering, effect, target).await
}

/// The reply when nothing could be stored: said where the member is, with their words still in the form.
/// Where they have neither, there is no acknowledgement, and Slack delivers again.
fn not_stored(event: &Event) -> std::result::Result<Reply, NotStored> {
    match event {
        Event::ViewSubmission { submission, target } => {
            let error = FieldError::new(submission.main_field(), FieldProblem::NotStored);
            Ok(target.field_errors(vec![error]))
        }
        Event::FeedbackSubmission { target, .. } => {
            let error = FieldError::new(Field::Comment, FieldProblem::NotStored);
            Ok(target.field_errors(vec![error]))
        }
        Event::SlashCommand { target, .. }
        | Event::CheckinShortcut { target }
        | Event::AskShortcut { target }
        | Event::BlockAction { target, .. }
        | Event::FeedbackAction { target, .. }
        | Event::UnknownAction { target } => Ok(match &target.origin {
            // Changing an open form would take away what was entered in it.
            Origin::Modal(_) => Reply::done(),
            Origin::Command(_)
            | Origin::Shortcut(_)
            | Origin::Message { .. }
            | Origin::Home(_)
            | Origin::Submission { .. } => target.notice(Notice::StoreFailed),
        }),
        // They are welcomed at their next look.
        Event::HomeOpened { .. } | Event::ConversationOpened { .. } => Ok(Reply::done()),
        Event::MessagePosted { .. }
        | Event::MessageEdited { .. }
        | Event::MessageDeleted { .. }
        | Event::ProfileChanged { .. }
        | Event::AppUninstalled { .. }
        | Event::TokensRevoked { .. }
        | Event::Ignored { .. } => Err(NotStored),
    }
}
