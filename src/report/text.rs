//! The text of a report: short sentences with all numbers of the charts and the table. They do not praise or
//! blame, they say when there is too little evidence, and they end with one experiment and one question. The
//! text is complete when read aloud, and it takes less than a minute to read.

use super::{
    Report,
    headline::headline,
    wording::{blind_spot, hat_name, percent, range, week_label},
};
use crate::coach::{
    balance::{Axis, DimensionTally, Finding, HatAxes, TOO_FEW_BELOW},
    copy::CopyKey,
    hat::{Dimension, Hat, Hats},
    look_back::CameOfIt,
    month::Month,
    screen::ReportPart,
};
use strum::VariantArray as _;

/// The report as plain text, for a terminal. It contains none of the member's text.
pub fn plain(report: &Report, question: &str) -> String {
    let mut text = title(report);
    for ReportPart { heading, text: says, .. } in parts(report) {
        text.push_str("\n\n");
        if !heading.is_empty() {
            text.push_str(heading);
            text.push('\n');
        }
        text.push_str(&says);
    }
    text.push_str("\n\n");
    text.push_str(question);
    text.push('\n');
    text
}

pub fn title(report: &Report) -> String {
    format!("Your hat balance, {}", report.month.title())
}

/// The parts in reading order, without the question.
pub fn parts(report: &Report) -> Vec<ReportPart> {
    let said =
        |heading, text: Option<String>, in_charts| text.map(|text| ReportPart { heading, text, in_charts });
    let part = |heading, text| said(heading, text, false);
    let in_charts = |heading, text| said(heading, text, true);
    [
        part("", running(report)),
        part("", headline(report)),
        part("What you wore", Some(wore(report))),
        in_charts("Week by week", weeks(report)),
        part("What the rooms needed", needed(report)),
        in_charts("What your words show", seen(report)),
        part("Ticked and shown", ticked_and_shown(report)),
        in_charts("Where you leaned", leaned(report)),
        part("Asked instead of fixed", asked(report)),
        in_charts("Experiments", experiments(report)),
        part("Plans", plans(report)),
        part("What you set out to do", look_backs(report)),
        part("What others see", feedback(report)),
        part("Your rhythm", Some(rhythm(report))),
        in_charts("The months before", before(report)),
        part("Blind spot", blind_spot_beside(report)),
        part("One experiment, if you like", experiment(report)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn running(report: &Report) -> Option<String> {
    if Month::containing(report.as_of_on) < report.month {
        return Some(format!("{} has not begun.", report.month.title()));
    }
    let up_to = report.as_of_on.strftime("%-d %B");
    (!report.month_is_over)
        .then(|| format!("{} is not over yet. This is what you kept up to {up_to}.", report.month.title()))
}

fn wore(report: &Report) -> String {
    let said = &report.hats.said;
    let unsaid = report.hats.unsaid;
    if said.evidence == 0 && unsaid == 0 {
        return format!("Nothing was kept in {}.", report.month.title());
    }
    if said.evidence == 0 {
        return format!(
            "You kept {}. No hat is named yet, so there is nothing to count.",
            reflections(unsaid)
        );
    }
    let range = if said.is_too_few() { "" } else { " The brackets give the range of chance." };
    let more = match unsaid {
        0 => String::new(),
        1 => " 1 more has no hat named yet and is not counted.".to_owned(),
        more => format!(" {more} more have no hat named yet and are not counted."),
    };
    format!("{}{range}{more}", both_axes(said))
}

/// Both axes, and what shows both hats or neither: `Leader hat 5 of 13, 38% (18–64%). …`
fn both_axes(column: &HatAxes) -> String {
    let axis = |hat| format!("{} {}.", hat_name(hat), axis(column.axis(hat)));
    let mut text = format!("{} {}", axis(Hat::Leader), axis(Hat::Manager));
    match column.both {
        0 => {}
        1 => text.push_str(" 1 shows both"),
        both => text.push_str(&format!(" {both} show both")),
    }
    if column.both > 0 {
        let shares = column.leader.share.zip(column.manager.share);
        let adds_up = shares.is_some_and(|(leader, manager)| leader.value + manager.value > 1.0);
        text.push_str(if adds_up { ", so the shares add to more than 100%." } else { "." });
    }
    match column.neither {
        0 => {}
        1 => text.push_str(" 1 shows neither."),
        neither => text.push_str(&format!(" {neither} show neither.")),
    }
    text
}

/// `5 of 13, 38% (18–64%)`, or the count alone if there is no share.
pub(super) fn axis(axis: Axis) -> String {
    let share =
        axis.share.map_or(String::new(), |share| format!(", {} ({})", percent(share.value), range(share)));
    format!("{} of {}{share}", axis.count, axis.of)
}

fn weeks(report: &Report) -> Option<String> {
    let hats = &report.hats;
    let (balance, level) = (hats.balance?, hats.level?);
    let weeks: Vec<String> = hats
        .weeks
        .iter()
        .map(|week| format!("{} {} and {}", week_label(week), week.leader, week.manager))
        .collect();
    Some(format!(
        "Leader and manager hat: {}. Balance {balance:.2}: 1 is both hats alike, 0 is one alone. Level \
         {level:.1}: how often you wore each hat in an active week, on average. Neither is a target.",
        weeks.join("; ")
    ))
}

fn needed(report: &Report) -> Option<String> {
    let (needed, fit) = (report.hats.needed, report.hats.fit);
    let read = needed.leader.saturating_add(needed.manager);
    let is_headline = matches!(report.finding, Some(Finding::RoomsNeeded { .. }));
    let worn = match fit.of {
        of if of > 0 && !is_headline => {
            format!(" Where you named your hat too, it fitted in {} of {of}.", fit.count)
        }
        _ => String::new(),
    };
    let rooms = if read == 1 { "room" } else { "rooms" };
    (read > 0).then(|| {
        format!(
            "{read} {rooms} read: {} needed the leader hat, {} the manager hat.{worn}",
            needed.leader, needed.manager
        )
    })
}

fn seen(report: &Report) -> Option<String> {
    let seen = &report.hats.lens;
    if seen.evidence == 0 {
        return None;
    }
    let few = if seen.is_too_few() { " That is too few to tell." } else { "" };
    Some(format!("I could tell in {}.{few} {}", reflections(seen.evidence), both_axes(seen)))
}

fn ticked_and_shown(report: &Report) -> Option<String> {
    let gap = report.hats.said_vs_lens;
    (gap.of > 0).then(|| {
        format!(
            "Of {} answers with both: leader hat ticked {}, shown {}; manager hat ticked {}, shown \
             {}. They agree in {}.",
            gap.of, gap.said.leader, gap.lens.leader, gap.said.manager, gap.lens.manager, gap.same
        )
    })
}

fn leaned(report: &Report) -> Option<String> {
    let seen: Vec<&DimensionTally> = report.hats.dimensions.iter().filter(|tally| tally.of > 0).collect();
    let one = |tally: &&DimensionTally| {
        let pole = |hat| tally.dimension.pole(hat);
        format!(
            "{}, {}: {} {}, {} {}.",
            tally.dimension.title(),
            meaning(tally.dimension),
            pole(Hat::Leader),
            tally.leader,
            pole(Hat::Manager),
            tally.manager
        )
    };
    let few = match seen.iter().filter(|tally| tally.of < TOO_FEW_BELOW).count() {
        0 => String::new(),
        few if few == seen.len() => format!(" Under {TOO_FEW_BELOW} each: too few to tell."),
        _ => format!(" Where it is under {TOO_FEW_BELOW}, it is too few to tell."),
    };
    (!seen.is_empty()).then(|| format!("{}{few}", seen.iter().map(one).collect::<Vec<_>>().join(" ")))
}

/// What a dimension measures.
fn meaning(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Horizon => "how far ahead you looked",
        Dimension::Risk => "what you did about it",
        Dimension::Growth => "what you asked of people",
        Dimension::Focus => "what you worked on",
    }
}

fn asked(report: &Report) -> Option<String> {
    let asks = report.hats.coaching_acts;
    (asks > 0).then(|| format!("You gave a question back {}.", times(asks)))
}

/// `You began 2 with the leader hat: 1 done, 1 not yet.`
fn experiments(report: &Report) -> Option<String> {
    let begun = Hat::VARIANTS.iter().map(|hat| (hat, report.plans.experiments(*hat)));
    let said: Vec<String> = begun
        .filter(|(_, tally)| tally.begun > 0)
        .map(|(hat, tally)| format!("You began {} with the {hat} hat: {}.", tally.begun, tally.came()))
        .collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn plans(report: &Report) -> Option<String> {
    let tally = report.plans.plans;
    (tally.begun > 0).then(|| format!("You made {}: {}.", tally.begun, tally.came()))
}

fn look_backs(report: &Report) -> Option<String> {
    let counts = report.look_backs;
    if counts.is_empty() {
        return None;
    }
    let mut says = match counts.stated {
        0 => String::new(),
        1 => "One answer of this month says what you would do. ".to_owned(),
        stated => format!("{stated} answers of this month say what you would do. "),
    };
    if counts.asked > 0 {
        let came = CameOfIt::VARIANTS.iter().map(|came| (*came, counts.count(*came)));
        let told: Vec<(CameOfIt, u32)> = came.filter(|(_, count)| *count > 0).collect();
        let open = told.iter().fold(counts.asked, |open, (_, count)| open.saturating_sub(*count));
        let mut parts: Vec<String> =
            told.iter().map(|(came, count)| format!("{} {count}", came_of_it(*came))).collect();
        if open > 0 {
            parts.push(format!("not said {open}"));
        }
        says.push_str(&format!("I asked you back about {}: {}.", counts.asked, parts.join(", ")));
    }
    Some(says.trim_end().to_owned())
}

fn came_of_it(came: CameOfIt) -> &'static str {
    match came {
        CameOfIt::DidIt => "did it",
        CameOfIt::Partly => "partly",
        CameOfIt::ChangedMind => "changed your mind",
        CameOfIt::NotYet => "not yet",
    }
}

fn feedback(report: &Report) -> Option<String> {
    let feedback = report.feedback?;
    let rounds =
        if feedback.rounds == 1 { "one round".to_owned() } else { format!("{} rounds", feedback.rounds) };
    Some(format!(
        "{} people answered in {rounds}. On average {:.1}, from 1, clarity on the process, to 5, inspiration for \
         the goal.",
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
    let one = |before: &super::PastMonth| {
        let said = &before.said;
        let (leader, manager) = (said.leader, said.manager);
        let shares = leader.share.zip(manager.share).map_or(String::new(), |(leader, manager)| {
            format!(" ({} and {})", percent(leader.value), percent(manager.value))
        });
        let month = before.month.first_day().strftime("%B");
        format!("{month} {} and {} of {}{shares}", leader.count, manager.count, said.evidence)
    };
    let months: Vec<String> = report.past_months.iter().map(one).collect();
    (!months.is_empty()).then(|| format!("Leader and manager hat: {}.", months.join("; ")))
}

/// The blind spot where the report opens with something else.
fn blind_spot_beside(report: &Report) -> Option<String> {
    report.finding?;
    blind_spot(report).map(|absent| format!("This month, {absent}."))
}

/// The suggested experiment, in a project that the member names.
pub(super) fn experiment(report: &Report) -> Option<String> {
    report.has_evidence().then(|| match report.experiment() {
        Some(hat) => format!("The {hat} hat, in one upcoming project that you name."),
        None => "One upcoming project that you name, in the hat you would not reach for first.".to_owned(),
    })
}

/// The key of the question at the end. It assumes nothing that the numbers do not show.
pub fn closing_question(report: &Report) -> CopyKey {
    match report.hats.blind_spot {
        Some(Hats { leader: true, manager: false }) => CopyKey::ReportLeaderAbsent,
        Some(Hats { leader: false, manager: true }) => CopyKey::ReportManagerAbsent,
        Some(_) => CopyKey::ReportBothAbsent,
        None if !report.has_evidence() => CopyKey::ReportNothing,
        None if report.hats.said.is_too_few() => CopyKey::ReportTooFew,
        None if report.hats.fit.of > 0 => CopyKey::ReportRooms,
        None => CopyKey::ReportNumbers,
    }
}

fn reflections(number: u32) -> String {
    if number == 1 { "1 reflection".to_owned() } else { format!("{number} reflections") }
}

fn times(number: u32) -> String {
    match number {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}
