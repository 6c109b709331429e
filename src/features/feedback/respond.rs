use super::{AnswerEffect, Answering, Effect, round};
use crate::{
    coach::{
        ids::{MemberId, MessageRef},
        screen::{Message, Notice},
    },
    interaction::{Ctx, Origin, PostAck, Reply, ReplyTarget, Result},
};

#[allow(clippy::unused_async, reason = "every feature's respond has the same signature")]
pub async fn respond(_ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let notice = match effect {
        Effect::Requested => Notice::FeedbackChecking,
        Effect::Cancelled { again_on } => Notice::FeedbackCancelled { again_on },
        Effect::NotRunning => Notice::FeedbackOver,
        Effect::OptedIn => Notice::FeedbackOptedIn,
        Effect::AlreadyDone => Notice::AlreadyDone,
    };
    Ok(target.with_home(target.notice(notice)))
}

/// The form closes, and the message shows what became of the question. The message is changed directly
/// and by no outbox row, because its token must not be stored beside a name.
pub async fn respond_answer(
    ctx: &mut Ctx<'_>,
    answering: Answering<'_>,
    effect: &AnswerEffect,
    target: &ReplyTarget,
) -> Result<Reply> {
    let AnswerEffect::Said = effect;
    let Answering { who, from, at } = answering;
    let reply = match &target.origin {
        Origin::Submission { .. } => target.close(),
        Origin::Modal(_) => target.notice(Notice::FeedbackWithdrawn),
        Origin::Command(_) | Origin::Shortcut(_) | Origin::Message { .. } | Origin::Home(_) => Reply::done(),
    };
    let Some(open) = round::open_round(ctx, who, from).await? else { return Ok(over(who, at, reply)) };
    let screen = round::question_screen(ctx, &open, who, from.clone()).await?;
    Ok(update_message(who, at, reply, Message::FeedbackAsk(screen)))
}

/// The round is over: the message shows that.
pub(super) fn over(who: &MemberId, at: &MessageRef, reply: Reply) -> Reply {
    update_message(who, at, reply, Message::FeedbackOver)
}

fn update_message(who: &MemberId, at: &MessageRef, reply: Reply, message: Message) -> Reply {
    let (team, at, message) = (who.team.clone(), at.clone(), Box::new(message));
    reply.then(PostAck::UpdateMessage { team, at, message })
}
