//! What a button or menu of ours carries: [`Action`] ↔ `value`. A new button is a variant here and an arm
//! in each of the two conversions; the compiler names both.

use super::{
    MAX_VALUE, SEARCH_ACTION, UnknownFormat, VERSION, decode, encode,
    wire::{
        WireCameOfIt, WireHat, WireHats, WireInvitation, WireLater, WirePictureFormat, WirePractice, WireRoom,
    },
};
use crate::{
    coach::{
        ids::{MessageTs, RowId},
        month::Month,
    },
    dispatch::Action,
    features::{
        ask, audit, checkin, direct_message, feedback, history, llm_follow_up, nudge, onboarding, plan,
        privacy, report, room, schedule,
    },
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The ids of one button or option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ButtonIds {
    /// Unique within its surface: the kind of button and, where several are side by side, a number.
    pub action_id: String,
    /// The payload.
    pub value: String,
}

/// The payload of a button, as it is written in version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Button {
    Checkin,
    Reflect { nudge: RowId },
    Later { nudge: RowId, when: WireLater },
    Skip { nudge: RowId },
    Why { nudge: RowId },
    CameOfIt { nudge: RowId, came: WireCameOfIt },
    NudgeNow,
    SayHat { reflection: RowId, hats: WireHats },
    Edit { reflection: RowId },
    Delete { reflection: RowId },
    Keep { ts: MessageTs, nudge: Option<RowId> },
    DontKeep { ts: MessageTs },
    GoOn,
    StopNudges,
    Schedule,
    Practices,
    FocusPractice { practice: Option<WirePractice> },
    Pause,
    PauseUntil { until_on: Date },
    Resume,
    Report { month: Month },
    ReportFile { month: Month, format: WirePictureFormat },
    History { page: u32 },
    HistoryPage { page: u32 },
    HistorySearch,
    TakeQuestion { nth: u8 },
    Acts { page: u32 },
    DeleteAct { act: RowId },
    EditAct { act: RowId },
    Feedback,
    CancelFeedback { round: RowId },
    FeedbackAnswer(WireInvitation),
    FeedbackDecline(WireInvitation),
    FeedbackWithdraw(WireInvitation),
    FeedbackOptOut(WireInvitation),
    FeedbackOptIn { from: Option<WireInvitation> },
    Room,
    ReadRoom { room: WireRoom },
    CheckinInRoom { room: WireRoom },
    ForgetRoom,
    Audit,
    EditAudit { audit: RowId },
    DeleteAudit { audit: RowId },
    Audits,
    Plan { experiment: Option<WireHat> },
    EditPlan { plan: RowId },
    DeletePlan { plan: RowId },
    PlanDone { plan: RowId },
    PlanNotYet { plan: RowId },
    PlanOutcome { plan: RowId },
    Plans,
    AgreeToModel { host: String },
    RefuseModel { host: String },
    Export,
    Forget,
    Help,
}

/// Writes an action into a button. `nth` tells apart buttons of one kind on one surface.
pub fn encode_button(action: &Action, nth: usize) -> ButtonIds {
    let button = Button::from(action.clone());
    ButtonIds { action_id: format!("{VERSION}.{}.{nth}", button.kind()), value: encode(&button) }
}

/// Reads an action back.
///
/// # Errors
/// [`UnknownFormat`] for a foreign, forged, cut or outdated payload.
pub fn decode_button(action_id: &str, value: &str) -> Result<Action, UnknownFormat> {
    if action_id == SEARCH_ACTION {
        return Ok(history::Action::Search.into());
    }
    if !action_id.starts_with(VERSION) || value.len() > MAX_VALUE {
        return Err(UnknownFormat);
    }
    decode::<Button>(value).map(Action::from)
}

impl Button {
    /// The kind as the payload names it, for the action id.
    fn kind(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        json.get("do").and_then(serde_json::Value::as_str).unwrap_or("none").to_owned()
    }
}

impl From<Action> for Button {
    fn from(action: Action) -> Self {
        match action {
            Action::Ask(action) => match action {
                ask::Action::ChooseQuestion { nth } => Button::TakeQuestion { nth },
                ask::Action::List { page } => Button::Acts { page },
                ask::Action::Edit { act } => Button::EditAct { act },
                ask::Action::Delete { act } => Button::DeleteAct { act },
            },
            Action::Audit(action) => match action {
                audit::Action::Open => Button::Audit,
                audit::Action::Edit { audit } => Button::EditAudit { audit },
                audit::Action::Delete { audit } => Button::DeleteAudit { audit },
                audit::Action::List => Button::Audits,
            },
            Action::Checkin(action) => match action {
                checkin::Action::Open => Button::Checkin,
                checkin::Action::OpenInRoom { room } => Button::CheckinInRoom { room: room.into() },
                checkin::Action::Edit { reflection } => Button::Edit { reflection },
                checkin::Action::SayHat { reflection, hats } => {
                    Button::SayHat { reflection, hats: hats.into() }
                }
            },
            Action::DirectMessage(action) => match action {
                direct_message::Action::Keep { ts, nudge } => Button::Keep { ts, nudge },
                direct_message::Action::DontKeep { ts } => Button::DontKeep { ts },
            },
            Action::Feedback(action) => match action {
                feedback::Action::Open => Button::Feedback,
                feedback::Action::Cancel { round } => Button::CancelFeedback { round },
                feedback::Action::OptIn => Button::FeedbackOptIn { from: None },
            },
            Action::FeedbackAnswer(from, action) => match action {
                feedback::AnswerAction::Open => Button::FeedbackAnswer(from.into()),
                feedback::AnswerAction::Decline => Button::FeedbackDecline(from.into()),
                feedback::AnswerAction::Withdraw => Button::FeedbackWithdraw(from.into()),
                feedback::AnswerAction::OptOut => Button::FeedbackOptOut(from.into()),
                feedback::AnswerAction::OptIn => Button::FeedbackOptIn { from: Some(from.into()) },
            },
            Action::History(action) => match action {
                history::Action::Open { page } => Button::History { page },
                history::Action::TurnPage { page } => Button::HistoryPage { page },
                history::Action::Search => Button::HistorySearch,
                history::Action::Delete { reflection } => Button::Delete { reflection },
            },
            Action::LlmFollowUp(action) => match action {
                llm_follow_up::Action::Agree { host } => Button::AgreeToModel { host },
                llm_follow_up::Action::Refuse { host } => Button::RefuseModel { host },
            },
            Action::Nudge(action) => match action {
                nudge::Action::Reflect { nudge } => Button::Reflect { nudge },
                nudge::Action::Later { nudge, when } => Button::Later { nudge, when: when.into() },
                nudge::Action::Skip { nudge } => Button::Skip { nudge },
                nudge::Action::Why { nudge } => Button::Why { nudge },
                nudge::Action::CameOfIt { nudge, came } => Button::CameOfIt { nudge, came: came.into() },
                nudge::Action::AskNow => Button::NudgeNow,
                nudge::Action::GoOn => Button::GoOn,
                nudge::Action::Stop => Button::StopNudges,
            },
            Action::Onboarding(onboarding::Action::Help) => Button::Help,
            Action::Plan(action) => match action {
                plan::Action::Open { experiment } => {
                    Button::Plan { experiment: experiment.map(WireHat::from) }
                }
                plan::Action::Edit { plan } => Button::EditPlan { plan },
                plan::Action::Delete { plan } => Button::DeletePlan { plan },
                plan::Action::MarkDone { plan } => Button::PlanDone { plan },
                plan::Action::MarkNotYet { plan } => Button::PlanNotYet { plan },
                plan::Action::OpenOutcome { plan } => Button::PlanOutcome { plan },
                plan::Action::List => Button::Plans,
            },
            Action::Privacy(action) => match action {
                privacy::Action::Export => Button::Export,
                privacy::Action::AskToForget => Button::Forget,
            },
            Action::Report(action) => match action {
                report::Action::Request { month } => Button::Report { month },
                report::Action::RequestFile { month, format } => {
                    Button::ReportFile { month, format: format.into() }
                }
            },
            Action::Room(action) => match action {
                room::Action::Open => Button::Room,
                room::Action::Read { room } => Button::ReadRoom { room: room.into() },
                room::Action::Forget => Button::ForgetRoom,
            },
            Action::Schedule(action) => match action {
                schedule::Action::Open => Button::Schedule,
                schedule::Action::Practices => Button::Practices,
                schedule::Action::Focus { practice } => {
                    Button::FocusPractice { practice: practice.map(Into::into) }
                }
                schedule::Action::OpenPause => Button::Pause,
                schedule::Action::PauseUntil { until_on } => Button::PauseUntil { until_on },
                schedule::Action::Resume => Button::Resume,
            },
        }
    }
}

impl From<Button> for Action {
    fn from(button: Button) -> Self {
        match button {
            Button::Checkin => checkin::Action::Open.into(),
            Button::Reflect { nudge } => nudge::Action::Reflect { nudge }.into(),
            Button::Later { nudge, when } => nudge::Action::Later { nudge, when: when.into() }.into(),
            Button::Skip { nudge } => nudge::Action::Skip { nudge }.into(),
            Button::Why { nudge } => nudge::Action::Why { nudge }.into(),
            Button::CameOfIt { nudge, came } => nudge::Action::CameOfIt { nudge, came: came.into() }.into(),
            Button::NudgeNow => nudge::Action::AskNow.into(),
            Button::SayHat { reflection, hats } => {
                checkin::Action::SayHat { reflection, hats: hats.into() }.into()
            }
            Button::Edit { reflection } => checkin::Action::Edit { reflection }.into(),
            Button::Delete { reflection } => history::Action::Delete { reflection }.into(),
            Button::Keep { ts, nudge } => direct_message::Action::Keep { ts, nudge }.into(),
            Button::DontKeep { ts } => direct_message::Action::DontKeep { ts }.into(),
            Button::GoOn => nudge::Action::GoOn.into(),
            Button::StopNudges => nudge::Action::Stop.into(),
            Button::Schedule => schedule::Action::Open.into(),
            Button::Practices => schedule::Action::Practices.into(),
            Button::FocusPractice { practice } => {
                schedule::Action::Focus { practice: practice.map(Into::into) }.into()
            }
            Button::Pause => schedule::Action::OpenPause.into(),
            Button::PauseUntil { until_on } => schedule::Action::PauseUntil { until_on }.into(),
            Button::Resume => schedule::Action::Resume.into(),
            Button::Report { month } => report::Action::Request { month }.into(),
            Button::ReportFile { month, format } => {
                report::Action::RequestFile { month, format: format.into() }.into()
            }
            Button::History { page } => history::Action::Open { page }.into(),
            Button::HistoryPage { page } => history::Action::TurnPage { page }.into(),
            Button::HistorySearch => history::Action::Search.into(),
            Button::TakeQuestion { nth } => ask::Action::ChooseQuestion { nth }.into(),
            Button::Acts { page } => ask::Action::List { page }.into(),
            Button::DeleteAct { act } => ask::Action::Delete { act }.into(),
            Button::EditAct { act } => ask::Action::Edit { act }.into(),
            Button::Feedback => feedback::Action::Open.into(),
            Button::CancelFeedback { round } => feedback::Action::Cancel { round }.into(),
            Button::FeedbackAnswer(from) => answer(from, feedback::AnswerAction::Open),
            Button::FeedbackDecline(from) => answer(from, feedback::AnswerAction::Decline),
            Button::FeedbackWithdraw(from) => answer(from, feedback::AnswerAction::Withdraw),
            Button::FeedbackOptOut(from) => answer(from, feedback::AnswerAction::OptOut),
            Button::FeedbackOptIn { from: Some(from) } => answer(from, feedback::AnswerAction::OptIn),
            Button::FeedbackOptIn { from: None } => feedback::Action::OptIn.into(),
            Button::Room => room::Action::Open.into(),
            Button::ReadRoom { room } => room::Action::Read { room: room.into() }.into(),
            Button::CheckinInRoom { room } => checkin::Action::OpenInRoom { room: room.into() }.into(),
            Button::ForgetRoom => room::Action::Forget.into(),
            Button::Audit => audit::Action::Open.into(),
            Button::EditAudit { audit } => audit::Action::Edit { audit }.into(),
            Button::DeleteAudit { audit } => audit::Action::Delete { audit }.into(),
            Button::Audits => audit::Action::List.into(),
            Button::Plan { experiment } => {
                plan::Action::Open { experiment: experiment.map(Into::into) }.into()
            }
            Button::EditPlan { plan } => plan::Action::Edit { plan }.into(),
            Button::DeletePlan { plan } => plan::Action::Delete { plan }.into(),
            Button::PlanDone { plan } => plan::Action::MarkDone { plan }.into(),
            Button::PlanNotYet { plan } => plan::Action::MarkNotYet { plan }.into(),
            Button::PlanOutcome { plan } => plan::Action::OpenOutcome { plan }.into(),
            Button::Plans => plan::Action::List.into(),
            Button::AgreeToModel { host } => llm_follow_up::Action::Agree { host }.into(),
            Button::RefuseModel { host } => llm_follow_up::Action::Refuse { host }.into(),
            Button::Export => privacy::Action::Export.into(),
            Button::Forget => privacy::Action::AskToForget.into(),
            Button::Help => onboarding::Action::Help.into(),
        }
    }
}

fn answer(from: WireInvitation, action: feedback::AnswerAction) -> Action {
    Action::FeedbackAnswer(from.into(), action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::{
        cadence::Later,
        feedback::AnswerToken,
        hat::{Hats, Practice},
        look_back::CameOfIt,
        room::Room,
        screen::Invitation,
    };

    fn actions() -> Vec<Action> {
        let row = RowId::new(1, 2);
        let invitation = Invitation { round: row.clone(), token: AnswerToken::new(7) };
        let ts = MessageTs::parse("1764000000.000100").unwrap();
        vec![
            checkin::Action::Open.into(),
            checkin::Action::OpenInRoom { room: Room::LowSpirit }.into(),
            checkin::Action::SayHat { reflection: row.clone(), hats: Hats::BOTH }.into(),
            history::Action::Delete { reflection: row.clone() }.into(),
            history::Action::TurnPage { page: 3 }.into(),
            feedback::Action::Open.into(),
            feedback::Action::OptIn.into(),
            feedback::Action::Cancel { round: row.clone() }.into(),
            Action::FeedbackAnswer(invitation.clone(), feedback::AnswerAction::Open),
            Action::FeedbackAnswer(invitation.clone(), feedback::AnswerAction::OptOut),
            Action::FeedbackAnswer(invitation, feedback::AnswerAction::OptIn),
            ask::Action::ChooseQuestion { nth: 2 }.into(),
            ask::Action::List { page: 3 }.into(),
            ask::Action::Delete { act: row.clone() }.into(),
            nudge::Action::Reflect { nudge: row.clone() }.into(),
            nudge::Action::Later { nudge: row.clone(), when: Later::NextWeek }.into(),
            nudge::Action::Skip { nudge: row.clone() }.into(),
            nudge::Action::CameOfIt { nudge: row.clone(), came: CameOfIt::ChangedMind }.into(),
            nudge::Action::GoOn.into(),
            schedule::Action::Practices.into(),
            schedule::Action::Focus { practice: Some(Practice::CheckInDontJustInspire) }.into(),
            schedule::Action::Focus { practice: None }.into(),
            plan::Action::Open { experiment: Some(crate::coach::hat::Hat::Leader) }.into(),
            plan::Action::MarkNotYet { plan: row.clone() }.into(),
            direct_message::Action::Keep { ts, nudge: Some(row) }.into(),
            report::Action::Request { month: "2026-10".parse().unwrap() }.into(),
            schedule::Action::PauseUntil { until_on: "2026-10-30".parse().unwrap() }.into(),
        ]
    }

    #[test]
    fn every_action_comes_back_and_fits_an_option() {
        for action in actions() {
            let ids = encode_button(&action, 7);
            assert!(ids.value.len() <= 150, "{ids:?}");
            assert_eq!(decode_button(&ids.action_id, &ids.value), Ok(action));
        }
    }

    /// Copied from messages that were sent by the first version. They must be read forever.
    #[test]
    fn buttons_in_messages_of_the_first_version_are_read() {
        let row = "01KAV1D7W0000000000000000R";
        let id = RowId::parse(row).unwrap();
        for (value, action) in [
            (r#"v1:{"do":"checkin"}"#.to_owned(), Action::from(checkin::Action::Open)),
            (
                format!(r#"v1:{{"do":"later","nudge":"{row}","when":"next-week"}}"#),
                nudge::Action::Later { nudge: id.clone(), when: Later::NextWeek }.into(),
            ),
            (
                format!(r#"v1:{{"do":"say-hat","reflection":"{row}","hats":"both"}}"#),
                checkin::Action::SayHat { reflection: id.clone(), hats: Hats::BOTH }.into(),
            ),
            (
                r#"v1:{"do":"keep","ts":"1764000000.000100","nudge":null}"#.to_owned(),
                direct_message::Action::Keep {
                    ts: MessageTs::parse("1764000000.000100").unwrap(),
                    nudge: None,
                }
                .into(),
            ),
            (
                r#"v1:{"do":"read-room","room":"low-spirit"}"#.to_owned(),
                room::Action::Read { room: Room::LowSpirit }.into(),
            ),
            (r#"v1:{"do":"feedback-opt-in","from":null}"#.to_owned(), feedback::Action::OptIn.into()),
        ] {
            assert_eq!(decode_button("v1.some.0", &value), Ok(action), "{value}");
        }
    }

    #[test]
    fn forged_and_outdated_payloads_are_refused() {
        let good = encode_button(&nudge::Action::Skip { nudge: RowId::new(1, 2) }.into(), 0);
        for (action_id, value) in [
            ("v0.skip.0", good.value.as_str()),
            (good.action_id.as_str(), "v2:{}"),
            (good.action_id.as_str(), "v1:{\"do\":\"skip\",\"nudge\":\"'; drop table\"}"),
            (good.action_id.as_str(), "v1:{\"do\":\"become-admin\"}"),
            (good.action_id.as_str(), ""),
            (good.action_id.as_str(), "v1:"),
        ] {
            assert_eq!(decode_button(action_id, value), Err(UnknownFormat), "{value}");
        }
    }
}
