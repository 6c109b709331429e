//! Buttons and menus: from what a tap means to the use case. Those that ask for a screen change
//! nothing but the member's back-off.

use super::{App, Done, dispatch::Outcome, incoming::PressedAt, once::Did};
use crate::{
    coach::{
        ids::{MemberId, MessageRef},
        llm_follow_up::ConsentAnswer,
        member::Member,
        plan::PlanState,
        screen::Press,
    },
    store::Tx,
};

impl App {
    pub(super) async fn pressed(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        press: &Press,
        at: &PressedAt,
    ) -> Done<Outcome> {
        let member = self.meet(tx, who).await?;
        let message = match at {
            PressedAt::Message(message) => Some(message),
            _ => None,
        };
        self.press(tx, member, press, message).await
    }

    /// What a tap, or the command of the same meaning, does. `at` is the message it stood on.
    pub(super) async fn press(
        &self,
        tx: &mut Tx,
        member: Member,
        press: &Press,
        at: Option<&MessageRef>,
    ) -> Done<Outcome> {
        match press {
            Press::Reflect { nudge } => self.reflect_tapped(tx, &member, nudge).await,
            Press::Later { nudge, when } => self.later_tapped(tx, member, nudge, *when).await,
            Press::Skip { nudge } => self.skip_tapped(tx, member, nudge).await,
            Press::Why { nudge } => Ok(Did::Why(nudge.clone()).into()),
            Press::NudgeNow => self.nudge_now(tx, &member).await,
            Press::SayHat { reflection, hats } => self.say_hat(tx, member, reflection, *hats).await,
            Press::Edit { reflection } => self.edit_tapped(tx, &member, reflection).await,
            Press::Delete { reflection } => self.delete_tapped(tx, member, reflection).await,
            Press::Keep { ts, nudge } => self.keep_tapped(tx, &member, at, ts, nudge.as_ref()).await,
            Press::DontKeep { ts } => self.dont_keep_tapped(tx, &member, at, ts).await,
            Press::GoOn => self.go_on(tx, member).await,
            Press::StopNudges => self.stop_nudges(tx, member).await,
            Press::Resume => self.resume(tx, member).await,
            Press::Report { month } => self.request_report(tx, &member, *month).await,
            Press::FeedbackOptIn { .. } => self.opt_in_for_feedback(tx, &member).await,
            Press::DeleteAct { act } => self.delete_act_tapped(tx, &member, act).await,
            Press::ReadRoom { room } => self.room_read(tx, &member, *room).await,
            Press::ForgetRoom => self.room_forgotten(tx, &member).await,
            Press::DeleteAudit { audit } => self.delete_audit_tapped(tx, &member, audit).await,
            Press::DeletePlan { plan } => self.delete_plan_tapped(tx, &member, plan).await,
            Press::PlanDone { plan } => self.plan_came(tx, &member, plan, PlanState::Done).await,
            Press::PlanNotYet { plan } => self.plan_came(tx, &member, plan, PlanState::NotYet).await,
            Press::AgreeToModel { host } => {
                self.answer_consent(tx, &member, host, ConsentAnswer::Agreed).await
            }
            Press::RefuseModel { host } => {
                self.answer_consent(tx, &member, host, ConsentAnswer::Refused).await
            }
            Press::Export => self.request_export(tx, &member).await,
            Press::Checkin
            | Press::Schedule
            | Press::Pause
            | Press::History { .. }
            | Press::HistoryPage { .. }
            | Press::HistorySearch
            | Press::Feedback
            // Those on a feedback question are answered before anybody is met.
            | Press::FeedbackAnswer(_)
            | Press::FeedbackDecline(_)
            | Press::FeedbackWithdraw(_)
            | Press::FeedbackOptOut(_)
            | Press::TakeQuestion { .. }
            | Press::Acts { .. }
            | Press::EditAct { .. }
            | Press::Room
            | Press::CheckinInRoom { .. }
            | Press::Audit
            | Press::EditAudit { .. }
            | Press::Audits
            | Press::Plan { .. }
            | Press::EditPlan { .. }
            | Press::PlanOutcome { .. }
            | Press::Plans
            | Press::Forget
            | Press::Help => Ok(Did::Opened.into()),
        }
    }
}
