//! The words of a report: short sentences, all numbers of the chart, no praise and no blame, honest
//! about small numbers, one question at the end. It is what a screen reader reads, so it is whole.

use super::{
    Report,
    chart::{chart, week_label},
};
use crate::coach::{
    balance::{Axis, Column, TOO_FEW_BELOW},
    hat::{Hat, Hats},
    screen::ReportScreen,
};
use jiff::civil::Date;

/// The report as a message of the DM.
pub fn screen(report: &Report) -> ReportScreen {
    ReportScreen {
        month: report.month,
        title: title(report),
        paragraphs: paragraphs(report),
        chart: chart(report),
    }
}

/// The report as plain text, for a terminal.
pub fn plain(report: &Report) -> String {
    let mut text = title(report);
    for paragraph in paragraphs(report) {
        text.push_str("\n\n");
        text.push_str(&paragraph);
    }
    text.push('\n');
    text
}

fn title(report: &Report) -> String {
    format!("Your hat balance, {}", report.month.title())
}

/// The paragraphs in reading order; the question stands last.
pub fn paragraphs(report: &Report) -> Vec<String> {
    [
        running(report),
        Some(said(report)),
        weeks(report),
        measures(report),
        seen(report),
        fit(report),
        feedback(report),
        Some(rhythm(report)),
        before(report),
        blind_spot(report),
        Some(question(report).to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn running(report: &Report) -> Option<String> {
    let up_to = day_and_month(report.as_of_on);
    (!report.month_is_over)
        .then(|| format!("{} is not over yet. This is what you kept up to {up_to}.", report.month.title()))
}

fn said(report: &Report) -> String {
    let said = &report.hats.said;
    let unsaid = report.hats.unsaid;
    let more = match unsaid {
        0 => String::new(),
        1 => " 1 more has no hat named yet and is not counted here.".to_owned(),
        more => format!(" {more} more have no hat named yet and are not counted here."),
    };
    if said.evidence == 0 && unsaid == 0 {
        return format!("There are no reflections in {}.", report.month.title());
    }
    if said.evidence == 0 {
        return format!(
            "You kept {}. No hat is named yet, so there is nothing to count.",
            reflections(unsaid)
        );
    }
    let named = format!("You named the hat of {}.", reflections(said.evidence));
    let few = if said.is_too_few() {
        format!(
            " That is too few to tell: shares are shown from {TOO_FEW_BELOW} on, here are the counts alone."
        )
    } else {
        String::new()
    };
    let range = if said.is_too_few() {
        ""
    } else {
        " The range is the 95% interval: the share could lie anywhere in it."
    };
    format!("{named}{few} {}{range}{more}", both_axes(said))
}

/// Both axes and what lies on both or neither.
fn both_axes(column: &Column) -> String {
    let axes: Vec<String> = Hat::ALL.iter().map(|hat| axis(*hat, column.axis(*hat))).collect();
    let both = match column.both {
        0 => "Both hats: 0.".to_owned(),
        both => format!("Both hats: {both}, counted once on each."),
    };
    format!("{} {both} Neither hat: {}.", axes.join(" "), column.neither)
}

fn axis(hat: Hat, axis: Axis) -> String {
    let share = axis.share.map_or(String::new(), |share| {
        format!(", {} (range {} to {})", percent(share.value), percent(share.low), percent(share.high))
    });
    format!("{} hat: {} of {}{share}.", capital(hat), axis.count, axis.of)
}

fn weeks(report: &Report) -> Option<String> {
    let weeks = report.hats.weeks.iter();
    let weeks: Vec<String> =
        weeks.map(|week| format!("{}: {} and {}", week_label(week), week.leader, week.manager)).collect();
    let enough = !report.hats.said.is_too_few();
    enough.then(|| format!("Leader and manager hat, week by week. {}.", weeks.join("; ")))
}

fn measures(report: &Report) -> Option<String> {
    let (balance, level) = (report.hats.balance?, report.hats.level?);
    Some(format!(
        "Balance: {balance:.2}, where 1 means both hats equally often and 0 one hat alone. Level: {level:.1} \
         a week, the mean of both hats over the active weeks. Neither number is a target."
    ))
}

fn seen(report: &Report) -> Option<String> {
    let seen = &report.hats.seen;
    (seen.evidence > 0).then(|| {
        format!("What your words show, read from {}: {}", reflections(seen.evidence), both_axes(seen))
    })
}

fn fit(report: &Report) -> Option<String> {
    let fit = report.hats.fit;
    (fit.of > 0).then(|| {
        format!(
            "Room fit: you read the room and named the hat in {}. In {} of them it was the hat the room needed.",
            reflections(fit.of),
            fit.count
        )
    })
}

fn feedback(report: &Report) -> Option<String> {
    let feedback = report.feedback?;
    let rounds =
        if feedback.rounds == 1 { "one round".to_owned() } else { format!("{} rounds", feedback.rounds) };
    Some(format!(
        "Feedback: {} people answered in {rounds}. The mean step is {:.1}, where 1 is clarity on the process and \
         5 is inspiration for the goal.",
        feedback.answers, feedback.mean
    ))
}

fn rhythm(report: &Report) -> String {
    let rhythm = report.hats.rhythm;
    let nudges = report.nudges;
    let active = format!("Active weeks: {} of the last {}.", rhythm.count, rhythm.of);
    if nudges.sent == 0 {
        return active;
    }
    let (sent, answered, skipped) = (nudges.sent, nudges.answered, nudges.skipped);
    format!("{active} Questions sent: {sent}. Answered: {answered}. Skipped: {skipped}.")
}

fn before(report: &Report) -> Option<String> {
    let before = report.before?;
    Some(format!("For comparison, {}: {}", before.month.title(), both_axes(&before.said)))
}

fn blind_spot(report: &Report) -> Option<String> {
    let absent = report.hats.blind_spot?;
    let of = report.hats.said.evidence;
    if absent == Hats::BOTH {
        return Some(format!("Blind spot: none of these {of} reflections shows either hat."));
    }
    Some(format!(
        "Blind spot: none of these {of} reflections shows the {absent} hat. One experiment, if you like: \
         wear it in one upcoming project of your choice."
    ))
}

/// One question to take along. Each keeps the rules for a good question, and presumes nothing that
/// the numbers do not show.
pub fn question(report: &Report) -> &'static str {
    match report.hats.blind_spot {
        Some(Hats { leader: true, manager: false }) => {
            "Which upcoming project would you like to try the leader hat in?"
        }
        Some(Hats { leader: false, manager: true }) => {
            "Which upcoming project would you like to try the manager hat in?"
        }
        Some(_) => "What do you call the part you play when neither hat fits?",
        None if !report.has_evidence() => "Which moment of the coming week do you want to think over?",
        None if report.hats.said.is_too_few() => "Which of your two hats do you want to notice more often?",
        None if report.hats.fit.of > 0 => "How do you tell which hat the room needs from you?",
        None => "What do you see in these numbers that you want to explore?",
    }
}

fn reflections(number: u32) -> String {
    if number == 1 { "1 reflection".to_owned() } else { format!("{number} reflections") }
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

fn capital(hat: Hat) -> &'static str {
    match hat {
        Hat::Leader => "Leader",
        Hat::Manager => "Manager",
    }
}

fn day_and_month(date: Date) -> String {
    date.strftime("%-d %B").to_string()
}
