//! The Home tab: useful before the first check-in too.

use super::{
    blocks::{Look, actions, button, context, divider, header, paragraph},
    history::entry_blocks,
    when::{date, date_time},
};
use crate::{
    coach::screen::{Home, MonthGlance, Press},
    slack::ids::HOME_CALLBACK,
};
use serde_json::{Value, json};

/// The whole tab.
pub fn view(home: &Home) -> Value {
    let mut blocks = vec![header("Your two hats"), paragraph(&glance(&home.this_month))];
    blocks.push(context(&format!("Active in {} of the last 4 weeks.", home.active_weeks)));
    blocks.push(actions(vec![
        button("Check in", &Press::Checkin, 0, Look::Primary),
        button("A question now", &Press::NudgeNow, 0, Look::Usual),
        button("Show report", &Press::Report { month: home.this_month.month }, 0, Look::Usual),
    ]));
    blocks.push(divider());
    blocks.push(paragraph(&next_line(home)));
    blocks.push(actions(schedule_buttons(home)));
    if let Some(until_on) = home.feedback_until {
        blocks.push(context(&format!("A feedback round is open until {} at the latest.", date(until_on))));
    }
    if home.feedback_opted_out {
        blocks.push(context("You are not asked for feedback by anybody."));
        let again = Press::FeedbackOptIn { from: None };
        blocks.push(actions(vec![button("Let others ask me again", &again, 0, Look::Usual)]));
    }
    if !home.recent.is_empty() {
        blocks.push(divider());
        blocks.push(header("Lately"));
        for (nth, entry) in home.recent.iter().enumerate() {
            blocks.extend(entry_blocks(entry, nth));
        }
    }
    blocks.push(divider());
    blocks.push(actions(vec![
        button("Ask for feedback", &Press::Feedback, 0, Look::Usual),
        button("History", &Press::History { page: 0 }, 0, Look::Usual),
        button("Export", &Press::Export, 0, Look::Usual),
        button("Erase everything", &Press::Forget, 0, Look::Danger),
        button("Help", &Press::Help, 0, Look::Usual),
    ]));
    blocks.push(context("What you write is kept for you alone. Nobody else sees it."));
    json!({"type": "home", "callback_id": HOME_CALLBACK, "blocks": blocks})
}

fn glance(month: &MonthGlance) -> String {
    if month.evidence == 0 {
        return format!(
            "{}: nothing yet. A check-in takes under a minute: what is in front of you, how you read the room, \
             and what you think the best move is.",
            month.month.title()
        );
    }
    format!(
        "{}\nLeader    {} {} of {}\nManager {} {} of {}",
        month.month.title(),
        bar(month.leader, month.evidence),
        month.leader,
        month.evidence,
        bar(month.manager, month.evidence),
        month.manager,
        month.evidence,
    )
}

/// Ten cells, filled by share.
fn bar(count: u32, of: u32) -> String {
    let filled = if of == 0 { 0 } else { (u64::from(count) * 10 + u64::from(of) / 2) / u64::from(of) };
    (0..10).map(|cell| if cell < filled { '▓' } else { '░' }).collect()
}

fn next_line(home: &Home) -> String {
    match (&home.paused, home.next_nudge) {
        (Some(Some(on)), _) => format!("Paused until {}.", date(*on)),
        (Some(None), _) => "Paused until you resume.".to_owned(),
        (None, Some(at)) => format!("The next question comes on {}.", date_time(at)),
        (None, None) if home.nudges_on => "No question is planned just now.".to_owned(),
        (None, None) => "No questions come by themselves yet: set a cadence when you like.".to_owned(),
    }
}

fn schedule_buttons(home: &Home) -> Vec<Value> {
    let label = if home.nudges_on { "Change the cadence" } else { "Set a cadence" };
    let pause = if home.paused.is_some() {
        button("Resume", &Press::Resume, 0, Look::Usual)
    } else {
        button("Pause", &Press::Pause, 0, Look::Usual)
    };
    vec![button(label, &Press::Schedule, 0, Look::Usual), pause]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_shares() {
        assert_eq!(bar(0, 0), "░░░░░░░░░░");
        assert_eq!(bar(1, 2), "▓▓▓▓▓░░░░░");
        assert_eq!(bar(7, 7), "▓▓▓▓▓▓▓▓▓▓");
    }
}
