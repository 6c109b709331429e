//! The fixed short answers: what happened, what was kept, what to do.

use super::{
    Rendered,
    blocks::{actions, button, modal, paragraph},
    dates::{date, date_time},
    escape::escape,
    practices,
};
use crate::coach::screen::{FormState, Notice};
use crate::{
    dispatch::Action,
    features::{onboarding, schedule},
};
use jiff::civil::DateTime;
use slack_morphism::blocks::SlackView;

/// A notice as a message.
pub(super) fn message(notice: &Notice) -> Rendered {
    let says = sentence(notice);
    let mut blocks = vec![paragraph(&says)];
    if let Some((label, action)) = offer(notice) {
        blocks.push(actions([button(label, action, 0)]));
    }
    Rendered { text: escape(&says), blocks }
}

/// A notice as the last screen of a form.
pub(super) fn form(notice: &Notice) -> SlackView {
    modal(&FormState::Notice, "LeadLens", None, "Close", vec![paragraph(&sentence(notice))])
}

/// The one button that helps further, where there is one.
fn offer(notice: &Notice) -> Option<(&'static str, Action)> {
    match notice {
        Notice::Paused { .. } => Some(("Resume", schedule::Action::Resume.into())),
        Notice::NotPaused | Notice::NudgesStopped => Some(("Set a cadence", schedule::Action::Open.into())),
        Notice::Why { practice: Some(_), .. } => Some(("All practices", schedule::Action::Practices.into())),
        Notice::UnknownButton => Some(("Help", onboarding::Action::Help.into())),
        _ => None,
    }
}

fn next_question(next: Option<DateTime>) -> String {
    match next {
        Some(at) => format!("The next question comes on {}.", date_time(at)),
        None => "No question is planned; /leadlens schedule sets when they come.".to_owned(),
    }
}

const FEEDBACK_TOO_FEW: &str = "I asked nobody. Anybody can tell me not to ask them, and without those people fewer than \
                                three are left: you could tell whose answer is whose. I don't say who or how many \
                                they are. The next round can begin in 30 days.";

#[expect(clippy::too_many_lines, reason = "a list of sentences, one for each notice")]
fn sentence(notice: &Notice) -> String {
    match notice {
        Notice::ScheduleKept { next, zone: Some(zone) } => {
            format!("Saved. {} Zone: {zone}.", next_question(*next))
        }
        Notice::ScheduleKept { next: None, zone: None } => format!("Saved. {}", next_question(None)),
        Notice::ScheduleKept { next: Some(_), zone: None } => {
            "Saved. The times follow the time zone of your Slack profile.".to_owned()
        }
        Notice::Paused { until_on: Some(on) } => {
            format!("Paused. Nothing comes by itself before {}.", date(*on))
        }
        Notice::Paused { until_on: None } => "Paused. Nothing comes by itself until you resume.".to_owned(),
        Notice::Resumed { next } => format!("Resumed. {}", next_question(*next)),
        Notice::WordsNotRead => {
            "I don't read what comes after “schedule”. Choose days and times in the form.".to_owned()
        }
        Notice::NotPaused => "Nothing is paused.".to_owned(),
        Notice::NudgeComing => "A question is on its way to our direct message.".to_owned(),
        Notice::NudgeWaiting => {
            "A question is still open in our direct message, so I have not asked another.".to_owned()
        }
        Notice::ReportComing { month } => {
            format!("Your hat balance for {} is on its way to our direct message.", month.title())
        }
        Notice::NothingThatEarly { month } => {
            format!("There is no report on {}: your first entry is later.", month.title())
        }
        Notice::ExportComing => "Your export is on its way to our direct message.".to_owned(),
        Notice::ComesLater => "Slack doesn't let me write to you in this workspace at the moment. What you asked for \
                               waits, and comes by itself once that is over."
            .to_owned(),
        Notice::NoQuestionNow => "Slack doesn't let me write to you in this workspace at the moment. Your question \
                                  comes if that is over within four hours; otherwise please ask again."
            .to_owned(),
        Notice::Why { reason, practice } => practices::why(reason, practice.as_ref()),
        Notice::FeedbackChecking => {
            "One moment: I'm asking Slack whether I can write to all of them. You can close this; I'll tell you in our \
             direct message."
                .to_owned()
        }
        Notice::FeedbackAsked { until_on } => format!(
            "I'm asking everyone I can; I don't say whom I can't. The result comes here on the working morning after all of them have answered, or on {} at the latest, \
             and only if three or more did. Until then nobody sees any of it, not even you.",
            date(*until_on)
        ),
        Notice::FeedbackTooFew => FEEDBACK_TOO_FEW.to_owned(),
        Notice::FeedbackCancelled { again_on } => format!(
            "Cancelled. Nobody else is asked, and what was said is deleted without being shown to anyone. The next round \
             can begin on {}.",
            date(*again_on)
        ),
        Notice::FeedbackNotChecked => {
            "Slack didn't tell me who can be asked, so I asked nobody. Please try again later.".to_owned()
        }
        Notice::ExportHeld => "I am not allowed to send files in this workspace at the moment, so your export has \
                               to wait. It comes by itself once that is mended. Please tell the person who \
                               runs LeadLens here: `leadlens doctor` names what is missing."
            .to_owned(),
        Notice::FeedbackTooSoon { asked_on, again_on } => format!(
            "You asked on {}. One round in 30 days is enough for everybody: the next can begin on {}.",
            date(*asked_on),
            date(*again_on)
        ),
        Notice::FeedbackOver => "That round is over. Nothing was changed.".to_owned(),
        Notice::FeedbackWithdrawn => "Taken back. Nothing of yours is in this round.".to_owned(),
        Notice::FeedbackOptedIn => "You can be asked for feedback again.".to_owned(),
        Notice::CalendarComing => {
            "I'm reading your calendar. It takes a moment. You can close this; I'll write to you when it's ready.".to_owned()
        }
        Notice::CalendarError(trouble) => super::audit::trouble_says(*trouble).to_owned(),
        Notice::AuditDeleted => "Deleted. It no longer counts.".to_owned(),
        Notice::PlanDeleted => "The plan is deleted.".to_owned(),
        Notice::PlanNoted => "Saved.".to_owned(),
        Notice::ItemGone => "That is no longer there.".to_owned(),
        Notice::CoachingActDeleted => "Undone. It is deleted and no longer counts.".to_owned(),
        Notice::ReflectionDeleted => "Deleted.".to_owned(),
        Notice::ReflectionGone => "That reflection is no longer there.".to_owned(),
        Notice::EditTheMessage => {
            "This one is longer than a form can hold. Edit your message in Slack and the reflection follows."
                .to_owned()
        }
        Notice::NotKept => "Not kept. Nothing was stored.".to_owned(),
        Notice::KeepFailed => "Slack did not let me read this message, so it could not be kept. It is still \
                               here: to keep it, send it once more, or copy it into `/leadlens checkin`."
            .to_owned(),
        Notice::GoesOn { next } => format!("I'll keep asking. {}", next_question(*next)),
        Notice::NudgesStopped => "No more questions. You can still check in whenever you like.".to_owned(),
        Notice::ReadByOperator { month } => format!(
            "The operator of LeadLens looked up your hat balance for {}, at your request. If you did not ask for it, \
             talk to them.",
            month.title()
        ),
        Notice::Erasing => {
            "Everything LeadLens kept about you is being erased. A last message here says when nothing is left."
                .to_owned()
        }
        Notice::Erased { by_operator, messages_deleted } => erased(*by_operator, *messages_deleted),
        Notice::UnknownButton => {
            "That button is too old for me to read. Nothing was changed.".to_owned()
        }
        Notice::AlreadyDone => "That was already done. Nothing was changed.".to_owned(),
        Notice::WithoutWords => {
            "I can only read words, so nothing of that message was kept. Write it as text and I can.".to_owned()
        }
        Notice::NotOpened => {
            "If no form came: Slack did not open it just now. Nothing was lost; please try again in a minute.".to_owned()
        }
        Notice::StoreFailed => {
            "I could not keep that just now, so nothing was changed. Please try again in a minute.".to_owned()
        }
    }
}

fn erased(by_operator: bool, messages_deleted: bool) -> String {
    let who = if by_operator { "At your request the operator erased" } else { "Erased:" };
    let messages = if messages_deleted {
        "my own messages here were deleted"
    } else {
        "my own messages here are being deleted"
    };
    format!(
        "{who} everything LeadLens kept about you, and {messages}. Your own messages and uploads stay in Slack \
         until you delete them; backups made before now are out of reach. What you said in others' feedback rounds carries no name and \
         cannot be found again."
    )
}

#[cfg(test)]
mod tests;
