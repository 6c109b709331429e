//! The life of a nudge as data: what happens to it, where it then stands, and what the app has to
//! carry out in the same transaction. No text and no ids of Slack pass through here. Where a plain
//! reply belongs is [`route`]'s to say. A new event gets its row in [`step`] and in the test's table.

use super::{ids::RowId, nudge::NudgeState, nudge::SkipReason};
use jiff::{SignedDuration, Timestamp};

/// How long after a reply further messages outside a thread still belong to it.
pub const APPEND_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// How long a reply outside a thread still finds its question.
pub const ANSWER_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Where one nudge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Waiting to be sent.
    Waiting,
    /// Sent, and the question is open.
    Open,
    /// Answered, and the reflection is kept.
    Answered,
    /// Answered once; the member deleted the reflection.
    Emptied,
    /// The member skipped it.
    Skipped,
    /// The member chose *Later*; another nudge waits in its place.
    Later,
    /// Never sent.
    NotSent,
}

impl Standing {
    /// Reads the standing from what is stored.
    pub fn of(state: NudgeState, has_reflection: bool) -> Self {
        match state {
            NudgeState::Waiting => Standing::Waiting,
            NudgeState::Open => Standing::Open,
            NudgeState::Answered if has_reflection => Standing::Answered,
            NudgeState::Answered => Standing::Emptied,
            NudgeState::Skipped => Standing::Skipped,
            NudgeState::Later => Standing::Later,
            NudgeState::NotSent => Standing::NotSent,
        }
    }

    /// The state that is stored for it.
    pub fn state(self) -> NudgeState {
        match self {
            Standing::Waiting => NudgeState::Waiting,
            Standing::Open => NudgeState::Open,
            Standing::Answered | Standing::Emptied => NudgeState::Answered,
            Standing::Skipped => NudgeState::Skipped,
            Standing::Later => NudgeState::Later,
            Standing::NotSent => NudgeState::NotSent,
        }
    }
}

/// What happens to a nudge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NudgeEvent {
    /// The decision at its due time was to wait.
    Postponed {
        /// Until then.
        to: Timestamp,
    },
    /// The decision at its due time was not to send it, or a pause cancelled it.
    LetGo {
        /// Why.
        why: SkipReason,
    },
    /// Slack took it.
    Sent,
    /// The form of *Reflect* was submitted.
    Reflected,
    /// A plain reply that belongs to it was posted.
    Replied,
    /// *Skip*.
    SkipTapped,
    /// *Later*.
    LaterTapped {
        /// When it comes back, as `cadence::later_at` says.
        at: Timestamp,
    },
    /// Its reflection was edited, by the form or by editing the Slack message.
    ReflectionEdited,
    /// Its reflection was deleted, or the last Slack message that made it.
    ReflectionDeleted,
}

/// What the app carries out, in this order, in the transaction of the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Move the outbox row to a later time.
    MoveSend {
        /// The new due time.
        to: Timestamp,
    },
    /// Keep why it was not sent, and cancel its outbox row if it still waits.
    KeepSkip {
        /// Why.
        why: SkipReason,
    },
    /// Count it as sent in the member's back-off.
    CountSent,
    /// Keep a new reflection that answers it.
    KeepReflection,
    /// Append the message to the reflection that answers it.
    AppendToReflection,
    /// Save the edited reflection.
    SaveReflection,
    /// Delete the reflection.
    DeleteReflection,
    /// Queue a new waiting nudge with the same question, asked for by the member.
    AskAgain {
        /// When it is due.
        at: Timestamp,
    },
    /// Show the nudge's new standing in Slack.
    Redraw,
    /// The member acted: nudges come at their full cadence again.
    EndBackOff,
}

/// Why an event changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// An earlier tap or message did it already: a nudge leaves *open* once.
    #[error("this was done already")]
    AlreadyDone,
    /// It has not been sent, so nobody can have answered it.
    #[error("this question has not been sent")]
    NotSentYet,
    /// There is no reflection to change.
    #[error("there is no answer any more")]
    NoReflection,
}

/// What one event makes of a nudge, and what has to be carried out.
///
/// # Errors
/// [`Refused`] when the event comes too late or too early; nothing is to be changed then.
pub fn step(standing: Standing, event: NudgeEvent) -> Result<(Standing, Vec<Effect>), Refused> {
    match event {
        NudgeEvent::Postponed { .. } | NudgeEvent::LetGo { .. } | NudgeEvent::Sent => {
            before_open(standing, event)
        }
        NudgeEvent::Reflected
        | NudgeEvent::Replied
        | NudgeEvent::SkipTapped
        | NudgeEvent::LaterTapped { .. } => leave_open(standing, event),
        NudgeEvent::ReflectionEdited | NudgeEvent::ReflectionDeleted => change_answer(standing, event),
    }
}

fn before_open(standing: Standing, event: NudgeEvent) -> Result<(Standing, Vec<Effect>), Refused> {
    if standing != Standing::Waiting {
        return Err(Refused::AlreadyDone);
    }
    Ok(match event {
        NudgeEvent::Postponed { to } => (Standing::Waiting, vec![Effect::MoveSend { to }]),
        NudgeEvent::LetGo { why } => (Standing::NotSent, vec![Effect::KeepSkip { why }]),
        _ => (Standing::Open, vec![Effect::CountSent]),
    })
}

fn leave_open(standing: Standing, event: NudgeEvent) -> Result<(Standing, Vec<Effect>), Refused> {
    match (standing, event) {
        (Standing::Waiting | Standing::NotSent, _) => return Err(Refused::NotSentYet),
        (Standing::Answered, NudgeEvent::Replied) => {
            let effects = vec![Effect::AppendToReflection, Effect::Redraw, Effect::EndBackOff];
            return Ok((Standing::Answered, effects));
        }
        (Standing::Open, _) => {}
        _ => return Err(Refused::AlreadyDone),
    }
    let (standing, effect) = match event {
        NudgeEvent::SkipTapped => (Standing::Skipped, None),
        NudgeEvent::LaterTapped { at } => (Standing::Later, Some(Effect::AskAgain { at })),
        _ => (Standing::Answered, Some(Effect::KeepReflection)),
    };
    let effects = effect.into_iter().chain([Effect::Redraw, Effect::EndBackOff]).collect();
    Ok((standing, effects))
}

fn change_answer(standing: Standing, event: NudgeEvent) -> Result<(Standing, Vec<Effect>), Refused> {
    match (standing, event) {
        (Standing::Answered, NudgeEvent::ReflectionEdited) => {
            Ok((Standing::Answered, vec![Effect::SaveReflection, Effect::Redraw, Effect::EndBackOff]))
        }
        (Standing::Answered, _) => {
            Ok((Standing::Emptied, vec![Effect::DeleteReflection, Effect::Redraw, Effect::EndBackOff]))
        }
        (Standing::Emptied, NudgeEvent::ReflectionDeleted) => Err(Refused::AlreadyDone),
        _ => Err(Refused::NoReflection),
    }
}

/// Where a message stands that the member posted in the DM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostedIn {
    /// Outside every thread.
    Open,
    /// In the thread of this nudge.
    ThreadOf {
        /// The nudge.
        nudge: RowId,
        /// Where that nudge stands.
        standing: Standing,
    },
    /// In the thread of anything else: a report, a notice, a message of the member's own.
    OtherThread,
}

/// What a reply outside a thread can belong to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recent {
    /// The newest question that is open, and when it was sent.
    pub open_question: Option<(RowId, Timestamp)>,
    /// The reflection that the member's newest plain reply outside a thread made or was appended
    /// to, and when that message was posted.
    pub last_reply: Option<(RowId, Timestamp)>,
}

/// Where a plain message belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// It answers this nudge, or continues its answer; [`step`] with `Replied` says which.
    ToNudge(RowId),
    /// It continues this reflection.
    ToReflection(RowId),
    /// It answers nothing: offer *Keep as a check-in?* and store nothing before the tap.
    OfferKeep,
}

/// Finds where a plain message belongs (section 3, *scheduled nudge*): in a nudge's thread to that
/// nudge; outside to what the member wrote in the ten minutes before, else to the newest open
/// question of the last 24 hours. Each further message starts the ten minutes anew.
pub fn route(posted: &PostedIn, recent: &Recent, posted_at: Timestamp) -> Route {
    let within = |since: Timestamp, limit: SignedDuration| posted_at.duration_since(since) <= limit;
    match posted {
        PostedIn::ThreadOf { nudge, standing: Standing::Open | Standing::Answered } => {
            Route::ToNudge(nudge.clone())
        }
        PostedIn::ThreadOf { .. } | PostedIn::OtherThread => Route::OfferKeep,
        PostedIn::Open => match (&recent.last_reply, &recent.open_question) {
            (Some((reflection, at)), _) if within(*at, APPEND_WITHIN) => {
                Route::ToReflection(reflection.clone())
            }
            (_, Some((nudge, sent_at))) if within(*sent_at, ANSWER_WITHIN) => Route::ToNudge(nudge.clone()),
            _ => Route::OfferKeep,
        },
    }
}

#[cfg(test)]
mod tests;
