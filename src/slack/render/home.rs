//! The Home tab: useful before the first check-in too.

use super::{
    blocks::{Look, actions, button, context, divider, header, paragraph},
    history::entry_blocks,
    model, plan,
    when::{date, date_time},
};
use crate::{
    coach::{
        balance::TOO_FEW_BELOW,
        screen::{Home, MonthSummary, Press},
    },
    slack::ids::HOME_CALLBACK,
};
use serde_json::{Value, json};

/// The whole tab.
pub fn view(home: &Home) -> Value {
    let mut blocks = vec![header("Your two hats")];
    blocks.extend(balance(home));
    blocks.push(actions(vec![
        button("Check in", &Press::Checkin, 0, Look::Primary),
        button("A question now", &Press::NudgeNow, 0, Look::Usual),
        button("Read the room", &Press::Room, 0, Look::Usual),
        button("A plan", &Press::Plan { experiment: None }, 0, Look::Usual),
        button("Audit", &Press::Audit, 0, Look::Usual),
        button("Show report", &Press::Report { month: home.this_month.month }, 0, Look::Usual),
    ]));
    blocks.push(divider());
    blocks.push(paragraph(&next_line(home)));
    blocks.extend(home.focus.map(|practice| context(&format!("In focus: {}.", practice.title()))));
    blocks.push(actions(schedule_buttons(home)));
    if let Some(until_on) = home.feedback_until {
        blocks.push(context(&format!("A feedback round is open until {} at the latest.", date(until_on))));
    }
    if home.feedback_opted_out {
        blocks.push(context("You are not asked for feedback by anybody."));
        let again = Press::FeedbackOptIn { from: None };
        blocks.push(actions(vec![button("Let others ask me again", &again, 0, Look::Usual)]));
    }
    if !home.plans.is_empty() {
        blocks.extend(plan::on_home(&home.plans));
    }
    if !home.recent.is_empty() {
        blocks.push(divider());
        blocks.push(header("Lately"));
        for (nth, entry) in home.recent.iter().enumerate() {
            blocks.extend(entry_blocks(entry, nth));
        }
    }
    blocks.push(divider());
    blocks.push(actions(own_buttons(home)));
    blocks.extend(home.llm_consent.as_ref().map(model::on_home).unwrap_or_default());
    blocks.push(context("What you write is kept for you alone. Nobody else sees it."));
    json!({"type": "home", "callback_id": HOME_CALLBACK, "blocks": blocks})
}

/// The running month, what changed since the one before, and the rhythm; before the first piece of
/// evidence what this is.
fn balance(home: &Home) -> Vec<Value> {
    let (this, last) = (&home.this_month, &home.last_month);
    if this.evidence == 0 && last.evidence == 0 && home.recent.is_empty() {
        return vec![
            paragraph(
                "The manager hat asks how and when; the leader hat asks what and why. Neither is better: the \
                 question is which one the room needs now.",
            ),
            paragraph(
                "A check-in takes under a minute: what is in front of you, how you read the room, and what you \
                 think the best move is. Your balance of the month appears here from the first one on.",
            ),
        ];
    }
    let mut blocks = vec![paragraph(&month_so_far(this))];
    blocks.extend(since_last_month(this, last).map(|says| context(&says)));
    let began = match home.experiments.begun {
        0 => String::new(),
        1 => format!(" One experiment this month: {}.", home.experiments.came()),
        begun => format!(" {begun} experiments this month: {}.", home.experiments.came()),
    };
    blocks.push(context(&format!("Active in {} of the last 4 weeks.{began}", home.active_weeks)));
    blocks
}

fn month_so_far(month: &MonthSummary) -> String {
    let title = month.month.title();
    if month.evidence == 0 {
        return format!("{title}: nothing yet.");
    }
    let axis =
        |hat: &str, count| format!("{} {hat}: {count} of {}", bar(count, month.evidence), month.evidence);
    let mut says = format!("{title}\n{}\n{}", axis("Leader", month.leader), axis("Manager", month.manager));
    if !tells(month) {
        says.push_str(&format!("\nToo few to tell: the counts alone until there are {TOO_FEW_BELOW}."));
    }
    says
}

/// Shares only where both months have enough to tell; else the counts of the month before.
fn since_last_month(this: &MonthSummary, last: &MonthSummary) -> Option<String> {
    let title = last.month.title();
    if last.evidence == 0 {
        return None;
    }
    if tells(this) && tells(last) {
        let axis = |hat: &str, before, now| {
            format!("{hat} {} % → {} %", percent(before, last.evidence), percent(now, this.evidence))
        };
        let leader = axis("leader", last.leader, this.leader);
        return Some(format!("Since {title}: {leader}, {}.", axis("manager", last.manager, this.manager)));
    }
    let MonthSummary { evidence, leader, manager, .. } = last;
    Some(format!("{title}: leader {leader} of {evidence}, manager {manager} of {evidence}."))
}

fn tells(month: &MonthSummary) -> bool {
    month.evidence >= TOO_FEW_BELOW
}

fn percent(count: u32, of: u32) -> u64 {
    rounded(count, of, 100)
}

/// Ten cells, filled by share; of few pieces one cell for each, so that little does not look like much.
fn bar(count: u32, of: u32) -> String {
    let cells = if of < TOO_FEW_BELOW { u64::from(of) } else { 10 };
    let filled = rounded(count, of, cells);
    (0..cells).map(|cell| if cell < filled { '▓' } else { '░' }).collect()
}

/// `count / of` in parts of a whole, to the nearest; of nothing, none.
fn rounded(count: u32, of: u32, parts: u64) -> u64 {
    let of = u64::from(of);
    (u64::from(count) * parts + of / 2).checked_div(of).unwrap_or(0)
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

fn own_buttons(home: &Home) -> Vec<Value> {
    let mut buttons = vec![
        button("Ask for feedback", &Press::Feedback, 0, Look::Usual),
        button("History", &Press::History { page: 0 }, 0, Look::Usual),
    ];
    if home.acts > 0 {
        let label = format!("Questions given back ({})", home.acts.min(999));
        buttons.push(button(&label, &Press::Acts { page: 0 }, 0, Look::Usual));
    }
    buttons.extend([
        button("Export", &Press::Export, 0, Look::Usual),
        button("Erase everything", &Press::Forget, 0, Look::Danger),
        button("Help", &Press::Help, 0, Look::Usual),
    ]);
    buttons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_shares_and_no_more_cells_than_there_are_pieces_of_few() {
        assert_eq!(bar(0, 0), "");
        assert_eq!(bar(1, 2), "▓░");
        assert_eq!(bar(7, 7), "▓▓▓▓▓▓▓");
        assert_eq!(bar(0, 8), "░░░░░░░░░░");
        assert_eq!(bar(4, 8), "▓▓▓▓▓░░░░░");
        assert_eq!(bar(400, 401), "▓▓▓▓▓▓▓▓▓▓");
    }
}
