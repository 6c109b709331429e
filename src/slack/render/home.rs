//! The Home tab. Before the first check-in it says what LeadLens is.

use super::{
    blocks::{actions, button, context, danger_button, divider, header, paragraph, primary_button},
    dates::{date, date_time},
    history::entry_blocks,
    llm_follow_up, plan as plans,
    privacy::WHO_SEES_IT,
};
use crate::features::{
    ask, audit, checkin, feedback, history, nudge, onboarding, plan, privacy, report, room, schedule,
};
use crate::{
    coach::{
        balance::TOO_FEW_BELOW,
        screen::{Home, MonthSummary},
    },
    slack::payload::HOME_CALLBACK,
};
use slack_morphism::{
    SlackCallbackId,
    blocks::{SlackBlock, SlackBlockButtonElement, SlackHomeView, SlackView},
};

/// The whole tab.
pub(super) fn view(home: &Home) -> SlackView {
    let mut blocks = vec![header("Your two hats")];
    blocks.extend(balance(home));
    blocks.push(actions([
        primary_button("Check in", checkin::Action::Open, 0),
        button("A question now", nudge::Action::AskNow, 0),
        button("Read the room", room::Action::Open, 0),
        button("A plan", plan::Action::Open { experiment: None }, 0),
        button("Audit", audit::Action::Open, 0),
        button("Show report", report::Action::Request { month: home.this_month.month }, 0),
    ]));
    blocks.push(divider());
    blocks.push(paragraph(&next_line(home)));
    blocks.extend(home.focus.map(|practice| context(&format!("In focus: {}.", practice.title()))));
    blocks.push(actions(schedule_buttons(home)));
    if let Some(until_on) = home.feedback_until {
        blocks.push(context(&format!("A feedback round is open until {} at the latest.", date(until_on))));
    }
    if home.feedback_opted_out {
        blocks.push(context("Nobody can ask you for feedback."));
        let again = feedback::Action::OptIn;
        blocks.push(actions([button("Let others ask me again", again, 0)]));
    }
    if !home.plans.is_empty() {
        blocks.extend(plans::on_home(&home.plans));
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
    blocks.extend(home.llm_consent.iter().flat_map(llm_follow_up::on_home));
    blocks.push(context(WHO_SEES_IT));
    let callback_id = SlackCallbackId::new(HOME_CALLBACK.to_owned());
    SlackView::Home(SlackHomeView::new(blocks).with_callback_id(callback_id))
}

/// This month, what changed since the month before, and in how many weeks the member was active. Before
/// the first piece of evidence, what this is.
fn balance(home: &Home) -> Vec<SlackBlock> {
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
    let axis = |colour, hat: &str, count| {
        format!("{} {hat}: {count} of {}", bar(colour, count, month.evidence), month.evidence)
    };
    let mut says =
        format!("{title}\n{}\n{}", axis('🟧', "Leader", month.leader), axis('🟦', "Manager", month.manager));
    if !has_enough(month) {
        says.push_str(&format!("\nToo few to tell: the counts alone until there are {TOO_FEW_BELOW}."));
    }
    says
}

/// Shares where both months have enough evidence; otherwise the counts of the month before.
fn since_last_month(this: &MonthSummary, last: &MonthSummary) -> Option<String> {
    let title = last.month.title();
    if last.evidence == 0 {
        return None;
    }
    if has_enough(this) && has_enough(last) {
        let axis = |hat: &str, before, now| {
            format!("{hat} {} % → {} %", percent(before, last.evidence), percent(now, this.evidence))
        };
        let leader = axis("leader", last.leader, this.leader);
        return Some(format!("Since {title}: {leader}, {}.", axis("manager", last.manager, this.manager)));
    }
    let MonthSummary { evidence, leader, manager, .. } = last;
    Some(format!("{title}: leader {leader} of {evidence}, manager {manager} of {evidence}."))
}

/// Whether a month has enough evidence to show shares.
fn has_enough(month: &MonthSummary) -> bool {
    month.evidence >= TOO_FEW_BELOW
}

fn percent(count: u32, of: u32) -> u64 {
    rounded(count, of, 100)
}

/// Ten cells, filled by share. Few pieces get one cell each, so that little evidence does not look like
/// much.
fn bar(colour: char, count: u32, of: u32) -> String {
    let cells = if of < TOO_FEW_BELOW { u64::from(of) } else { 10 };
    let filled = rounded(count, of, cells);
    (0..cells).map(|cell| if cell < filled { colour } else { '⬜' }).collect()
}

/// `count / of` in `parts` of a whole, to the nearest; 0 where `of` is 0.
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

fn schedule_buttons(home: &Home) -> Vec<SlackBlockButtonElement> {
    let label = if home.nudges_on { "Change the cadence" } else { "Set a cadence" };
    let mut buttons = vec![button(label, schedule::Action::Open, 0)];
    if home.paused.is_some() {
        buttons.push(button("Resume", schedule::Action::Resume, 0));
    } else if home.nudges_on {
        buttons.push(button("Pause", schedule::Action::OpenPause, 0));
    }
    buttons
}

fn own_buttons(home: &Home) -> Vec<SlackBlockButtonElement> {
    let mut buttons = vec![
        button("Ask for feedback", feedback::Action::Open, 0),
        button("History", history::Action::Open { page: 0 }, 0),
    ];
    if home.acts > 0 {
        let label = format!("Questions given back ({})", home.acts.min(999));
        buttons.push(button(&label, ask::Action::List { page: 0 }, 0));
    }
    buttons.extend([
        button("Export", privacy::Action::Export, 0),
        danger_button("Erase everything", privacy::Action::AskToForget, 0),
        button("Help", onboarding::Action::Help, 0),
    ]);
    buttons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_shares_and_no_more_cells_than_there_are_pieces_of_few() {
        assert_eq!(bar('🟦', 0, 0), "");
        assert_eq!(bar('🟦', 1, 2), "🟦⬜");
        assert_eq!(bar('🟦', 7, 7), "🟦🟦🟦🟦🟦🟦🟦");
        assert_eq!(bar('🟦', 0, 8), "⬜⬜⬜⬜⬜⬜⬜⬜⬜⬜");
        assert_eq!(bar('🟦', 4, 8), "🟦🟦🟦🟦🟦⬜⬜⬜⬜⬜");
        assert_eq!(bar('🟦', 400, 401), "🟦🟦🟦🟦🟦🟦🟦🟦🟦🟦");
    }
}
