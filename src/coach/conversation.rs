//! The state machine of a nudge: its events, its states, and the effects that the caller carries out in
//! the same transaction. It handles neither text nor Slack ids. [`route`] decides where a plain reply
//! belongs. A new event gets its row in [`step`] and in the test's table.

use super::{ids::RowId, nudge::NudgeState, nudge::SkipReason};
use jiff::{SignedDuration, Timestamp};

/// How long after a reply further messages outside a thread still belong to it.
pub const APPEND_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// How long a reply outside a thread still finds its question.
pub const ANSWER_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The state of a nudge.
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
    /// Reads the state from what is stored.
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

/// What is carried out, in this order, in the transaction of the event. The reflection that answers a
/// nudge is its caller's to store: it is not in this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NudgeEffect {
    /// Store why it was not sent, and cancel its outbox row if it still waits.
    StoreSkipReason {
        /// Why.
        why: SkipReason,
    },
    /// Count it as sent in the member's back-off.
    CountSent,
    /// Queue a new waiting nudge with the same question, asked for by the member.
    AskAgain {
        /// When it is due.
        at: Timestamp,
    },
    /// Show the nudge's new state in its message.
    UpdateMessage,
    /// The member acted: nudges come at their full cadence again.
    EndBackOff,
}

/// Why an event changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// An earlier tap or message did it already: a nudge leaves *open* once.
    #[error("this was done already")]
    AlreadyDone,
    /// It has not been sent, so it cannot have been answered.
    #[error("this question has not been sent")]
    NotSentYet,
    /// There is no reflection to change.
    #[error("there is no answer any more")]
    NoReflection,
}

/// Applies one event: returns the new state of the nudge and the effects to carry out.
///
/// # Errors
/// [`Refused`] when the event comes too late or too early; nothing is to be changed then.
pub fn step(standing: Standing, event: NudgeEvent) -> Result<(Standing, Vec<NudgeEffect>), Refused> {
    match event {
        NudgeEvent::LetGo { why } => {
            before_open(standing, Standing::NotSent, NudgeEffect::StoreSkipReason { why })
        }
        NudgeEvent::Sent => before_open(standing, Standing::Open, NudgeEffect::CountSent),
        NudgeEvent::Replied if standing == Standing::Answered => Ok((Standing::Answered, acted(None))),
        NudgeEvent::Reflected | NudgeEvent::Replied => leave_open(standing, Standing::Answered, None),
        NudgeEvent::SkipTapped => leave_open(standing, Standing::Skipped, None),
        NudgeEvent::LaterTapped { at } => {
            leave_open(standing, Standing::Later, Some(NudgeEffect::AskAgain { at }))
        }
        NudgeEvent::ReflectionEdited => change_answer(standing, Standing::Answered),
        NudgeEvent::ReflectionDeleted if standing == Standing::Emptied => Err(Refused::AlreadyDone),
        NudgeEvent::ReflectionDeleted => change_answer(standing, Standing::Emptied),
    }
}

fn before_open(
    from: Standing,
    to: Standing,
    effect: NudgeEffect,
) -> Result<(Standing, Vec<NudgeEffect>), Refused> {
    if from == Standing::Waiting { Ok((to, vec![effect])) } else { Err(Refused::AlreadyDone) }
}

/// A nudge leaves *open* once.
fn leave_open(
    from: Standing,
    to: Standing,
    effect: Option<NudgeEffect>,
) -> Result<(Standing, Vec<NudgeEffect>), Refused> {
    match from {
        Standing::Open => Ok((to, acted(effect))),
        Standing::Waiting | Standing::NotSent => Err(Refused::NotSentYet),
        Standing::Answered | Standing::Emptied | Standing::Skipped | Standing::Later => {
            Err(Refused::AlreadyDone)
        }
    }
}

fn change_answer(from: Standing, to: Standing) -> Result<(Standing, Vec<NudgeEffect>), Refused> {
    if from == Standing::Answered { Ok((to, acted(None))) } else { Err(Refused::NoReflection) }
}

/// The effects that every action of the member on a nudge has.
fn acted(first: Option<NudgeEffect>) -> Vec<NudgeEffect> {
    first.into_iter().chain([NudgeEffect::UpdateMessage, NudgeEffect::EndBackOff]).collect()
}

/// Where in the DM the member posted a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostedIn {
    /// Outside every thread.
    Open,
    /// In the thread of this nudge.
    ThreadOf {
        /// The nudge.
        nudge: RowId,
        /// The state of that nudge.
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
