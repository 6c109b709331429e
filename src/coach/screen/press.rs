//! What a button or menu of ours means. Its label and its place are the renderer's; its encoding is
//! in `slack/ids.rs`.

use crate::coach::{
    feedback::AnswerToken,
    hat::{Hat, Hats},
    ids::{MessageTs, RowId},
    month::Month,
    room::Room,
};
use serde::{Deserialize, Serialize};

/// What a button or menu of ours means when it is tapped. Slack keeps old messages for years, so
/// the encoding (in `slack/ids.rs`) carries a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Press {
    /// Open the check-in form.
    Checkin,
    /// Open the form that answers a nudge.
    Reflect { nudge: RowId },
    /// Ask again later.
    Later { nudge: RowId, when: Later },
    /// Skip this nudge.
    Skip { nudge: RowId },
    /// Show why this question was chosen.
    Why { nudge: RowId },
    /// A question now.
    NudgeNow,
    /// Say which hat a reflection showed.
    SayHat { reflection: RowId, hats: Hats },
    /// Open a reflection for editing.
    Edit { reflection: RowId },
    /// Delete a reflection (the button asks for confirmation itself).
    Delete { reflection: RowId },
    /// Keep the member's own message at `ts` as a check-in, or as the answer to `nudge`.
    Keep { ts: MessageTs, nudge: Option<RowId> },
    /// Do not keep it.
    DontKeep { ts: MessageTs },
    /// Answer to the last message of back-off: go on with nudges.
    GoOn,
    /// Answer to the last message of back-off: no more nudges.
    StopNudges,
    /// Open the schedule form.
    Schedule,
    /// Open the pause form.
    Pause,
    /// End the pause.
    Resume,
    /// Send the report of a month to the DM.
    Report { month: Month },
    /// Open the history at a page (0 = newest).
    History { page: u32 },
    /// Turn the page of an open history, `search` staying as it was (kept in the form's state).
    HistoryPage { page: u32 },
    /// Search the open history for what stands in its search field.
    HistorySearch,
    /// Take another of the three questions to give back; 0 is the first.
    TakeQuestion { nth: u8 },
    /// Show the questions that were given back, at a page (0 = newest).
    Acts { page: u32 },
    /// Delete one of them (the button asks for confirmation itself, but for the undo).
    DeleteAct { act: RowId },
    /// Open one of them for editing.
    EditAct { act: RowId },
    /// Open the form that asks people for feedback.
    Feedback,
    /// Open the form that answers somebody's feedback question.
    FeedbackAnswer(Invitation),
    /// Say nothing in this round.
    FeedbackDecline(Invitation),
    /// Take one's answer back.
    FeedbackWithdraw(Invitation),
    /// Not to be asked by anybody any more.
    FeedbackOptOut(Invitation),
    /// To be asked again; from the message of a round, or from Home.
    FeedbackOptIn { from: Option<Invitation> },
    /// Open the eight readings of the room.
    Room,
    /// The room was read so.
    ReadRoom { room: Room },
    /// Open a check-in with that room filled in.
    CheckinInRoom { room: Room },
    /// Forget the last reading of the room.
    ForgetRoom,
    /// Open the audit form.
    Audit,
    /// Open an audit, kept or proposed, for marking and editing.
    EditAudit { audit: RowId },
    /// Delete an audit (the button asks for confirmation itself).
    DeleteAudit { audit: RowId },
    /// Show the audits.
    Audits,
    /// Open the form of an if–then plan, or of an experiment with a hat.
    Plan { experiment: Option<Hat> },
    /// Open a plan for editing.
    EditPlan { plan: RowId },
    /// Delete a plan (the button asks for confirmation itself).
    DeletePlan { plan: RowId },
    /// The plan was done.
    PlanDone { plan: RowId },
    /// The plan was not done yet.
    PlanNotYet { plan: RowId },
    /// Open the form for what came of a plan.
    PlanOutcome { plan: RowId },
    /// Show the plans.
    Plans,
    /// Let the model at this host write follow-up questions.
    AgreeToModel { host: String },
    /// Do not let it, or not any more.
    RefuseModel { host: String },
    /// Send everything about oneself to the DM.
    Export,
    /// Ask whether to erase everything.
    Forget,
    /// Show the usage.
    Help,
}

/// What the buttons of a feedback question carry: the round, and the token that alone leads to the
/// answer of whoever has the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The round.
    pub round: RowId,
    /// The token.
    pub token: AnswerToken,
}

impl Press {
    /// The feedback question that the button stands on, if it stands on one.
    pub fn invitation(&self) -> Option<&Invitation> {
        match self {
            Press::FeedbackAnswer(from)
            | Press::FeedbackDecline(from)
            | Press::FeedbackWithdraw(from)
            | Press::FeedbackOptOut(from) => Some(from),
            Press::FeedbackOptIn { from } => from.as_ref(),
            _ => None,
        }
    }
}

/// The three choices of *Later*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    /// In an hour.
    OneHour,
    /// Tomorrow at the nudge hour.
    Tomorrow,
    /// Next week at the nudge hour.
    NextWeek,
}
