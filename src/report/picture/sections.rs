//! The sections of a picture. Each draws itself into a rectangle and returns how high it is.

use super::{
    drawing::{Anchor, Drawing, Face},
    palette::Palette,
};
use crate::{
    coach::{
        balance::{Axis, DimensionTally, Share, TOO_FEW_BELOW, comparison_months},
        feedback::FeedbackMeasure,
        hat::Hat,
        month::Month,
        plan::PlanTally,
    },
    report::{
        Report,
        headline::headline,
        text,
        wording::{blind_spot, hat_name, percent, range},
    },
};
use strum::VariantArray as _;

/// The height of a line of small text.
const LINE: f64 = 21.0;

/// The area of a section: left edge, top, width.
pub(super) type Place = (f64, f64, f64);

/// Draws one section and returns its height.
pub(super) type Section = fn(&mut Drawing, &Report, Palette, Place) -> f64;

fn heading(drawing: &mut Drawing, palette: Palette, (x, y, _): Place, text: &str) {
    drawing.text((x, y + 16.0), Face::bold(18.0, palette.ink), Anchor::Start, text);
}

fn small(palette: Palette) -> Face {
    Face::plain(15.0, palette.muted)
}

pub(super) fn header(drawing: &mut Drawing, report: &Report, palette: Palette, (x, y, width): Place) -> f64 {
    drawing.text((x, y + 26.0), Face::bold(32.0, palette.ink), Anchor::Start, &report.month.title());
    let below = if report.month_is_over {
        "Your hat balance".to_owned()
    } else {
        format!("Your hat balance, up to {}", report.as_of_on.strftime("%-d %B"))
    };
    drawing.text((x, y + 54.0), Face::plain(17.0, palette.muted), Anchor::Start, &below);
    drawing.line((x, y + 76.0), (x + width, y + 76.0), palette.line, 1.0);
    let Some(headline) = headline(report) else { return 110.0 };
    let face = Face::bold(19.0, palette.ink);
    110.0 + drawing.lines((x, y + 112.0), width, face, 26.0, &headline) + 18.0
}

/// Both axes by what the member said with their intervals, and the lens's reading as a hollow mark.
pub(super) fn axes(drawing: &mut Drawing, report: &Report, palette: Palette, place: Place) -> f64 {
    let (x, y, width) = place;
    let said = &report.hats.said;
    heading(drawing, palette, place, "What you wore");
    let mut down = 34.0;
    if said.evidence == 0 {
        let says = match report.hats.unsaid {
            0 => format!("Nothing was kept in {}.", report.month.title()),
            _ => "No hat is named yet, so there is nothing to count.".to_owned(),
        };
        return down + drawing.lines((x, y + down + 14.0), width, small(palette), LINE, &says);
    }
    let seen = &report.hats.lens;
    for hat in Hat::VARIANTS {
        let of_words = seen.axis(*hat).share.filter(|_| seen.evidence > 0);
        axis(drawing, palette, (x, y + down, width), *hat, said.axis(*hat), of_words);
        down += 68.0;
    }
    let mut notes = Vec::new();
    if said.is_too_few() {
        notes.push(format!("{} named: too few to tell a share. Each mark is one.", said.evidence));
    } else {
        notes.push("Band: where the true share may lie (95%). Both hats at once count on each.".to_owned());
    }
    if seen.evidence > 0 {
        let [leader, manager] = [seen.leader, seen.manager].map(in_words);
        let mark = if seen.is_too_few() { "" } else { "Diamond: " };
        notes.push(format!("{mark}what your words show: leader hat {leader}, manager hat {manager}."));
        let gap = report.hats.said_vs_lens;
        notes.extend(
            (gap.of > 0).then(|| format!("Ticked and shown the same in {} of {}.", gap.same, gap.of)),
        );
    }
    notes.extend(blind_spot(report).map(|absent| format!("Blind spot: {absent}.")));
    notes.extend(text::experiment(report).map(|hat| format!("One experiment, if you like: {hat}")));
    for note in notes {
        down += drawing.lines((x, y + down + 10.0), width, small(palette), LINE, &note) + 3.0;
    }
    down
}

/// `4 of 12 (33%)`, or the count alone if there is no share.
fn in_words(axis: Axis) -> String {
    let share = axis.share.map_or(String::new(), |share| format!(" ({})", percent(share.value)));
    format!("{} of {}{share}", axis.count, axis.of)
}

fn axis(
    drawing: &mut Drawing,
    palette: Palette,
    (x, y, width): Place,
    hat: Hat,
    axis: Axis,
    seen: Option<Share>,
) {
    let colour = palette.of(hat);
    mark(drawing, hat, (x + 8.0, y + 9.0), 7.0, colour, None);
    drawing.text((x + 26.0, y + 15.0), Face::plain(17.0, palette.ink), Anchor::Start, hat_name(hat));
    let end = x + width;
    let (track, height) = (y + 28.0, 16.0);
    let Some(share) = axis.share else {
        let after = x + 8.0 + f64::from(axis.of) * 30.0;
        let counted = format!("{} of {}", axis.count, axis.of);
        drawing.text((after, track + 13.0), small(palette), Anchor::Start, &counted);
        for nth in 0..axis.of {
            let at = (x + 10.0 + f64::from(nth) * 30.0, track + 8.0);
            let filled = nth < axis.count;
            mark(
                drawing,
                hat,
                at,
                9.0,
                if filled { colour } else { palette.paper },
                Some(if filled { colour } else { palette.muted }),
            );
        }
        return;
    };
    drawing.text((end, y + 15.0), Face::bold(20.0, palette.ink), Anchor::End, &percent(share.value));
    let beside = format!("{} of {}, range {}", axis.count, axis.of, range(share));
    drawing.text((end - 64.0, y + 15.0), small(palette), Anchor::End, &beside);
    drawing.rect((x, track), (width, height), 8.0, palette.line, 1.0);
    let at = |share: f64| x + 10.0 + share * (width - 20.0);
    let (low, high) = (at(share.low) - 10.0, at(share.high) + 10.0);
    drawing.rect((low, track), (high - low, height), 8.0, colour, 0.38);
    if let Some(seen) = seen {
        drawing.diamond((at(seen.value), track + height / 2.0), 12.0, palette.paper, palette.ink);
    }
    mark(drawing, hat, (at(share.value), track + height / 2.0), 11.0, colour, Some(palette.paper));
}

/// The mark of a hat: a disc or a square.
fn mark(drawing: &mut Drawing, hat: Hat, at: (f64, f64), size: f64, fill: &str, edge: Option<&str>) {
    match hat {
        Hat::Leader => drawing.disc(at, size, fill, edge),
        Hat::Manager => drawing.square(at, size * 0.9, fill, edge),
    }
}

/// The four dimensions as scales, with the manager's pole on the left and the leader's on the right.
pub(super) fn dimension_tallies(
    drawing: &mut Drawing,
    report: &Report,
    palette: Palette,
    place: Place,
) -> f64 {
    let (x, y, width) = place;
    heading(drawing, palette, place, "Where you leaned");
    let dimensions = &report.hats.dimensions;
    let most = dimensions.iter().map(|tally| tally.leader.max(tally.manager)).max().unwrap_or(0).max(1);
    let mut down = 38.0;
    for tally in dimensions {
        scale(drawing, palette, (x, y + down, width), tally, most);
        down += 56.0;
    }
    let seen = dimensions.iter().fold(0_u32, |sum, tally| sum.saturating_add(tally.of));
    let note = if seen < TOO_FEW_BELOW {
        format!("Seen in {seen}: too few to tell.")
    } else {
        format!("Seen in {seen}. Each scale is as long as its count.")
    };
    down + drawing.lines((x, y + down + 10.0), width, small(palette), LINE, &note)
}

fn scale(drawing: &mut Drawing, palette: Palette, (x, y, width): Place, tally: &DimensionTally, most: u32) {
    let middle = x + width / 2.0;
    let name = Face::bold(15.0, palette.ink);
    drawing.text((middle, y + 12.0), name, Anchor::Middle, tally.dimension.title());
    let pole = |hat| tally.dimension.pole(hat);
    let faint = Face::plain(14.0, palette.muted);
    drawing.text((x, y + 12.0), faint, Anchor::Start, pole(Hat::Manager));
    drawing.text((x + width, y + 12.0), faint, Anchor::End, pole(Hat::Leader));
    let (top, height) = (y + 20.0, 16.0);
    drawing.rect((x, top), (width, height), 3.0, palette.line, 0.55);
    // Space for a count of three digits at each end.
    let longest = width / 2.0 - 40.0;
    let long = |count: u32| longest * f64::from(count) / f64::from(most);
    let count = Face::bold(14.0, palette.ink);
    let (left, right) = (long(tally.manager), long(tally.leader));
    drawing.rect((middle - left, top), (left, height), 0.0, palette.manager, 1.0);
    drawing.rect((middle, top), (right, height), 0.0, palette.leader, 1.0);
    drawing.line((middle, top - 2.0), (middle, top + height + 2.0), palette.ink, 1.5);
    if tally.of > 0 {
        drawing.text((middle - left - 7.0, top + 13.0), count, Anchor::End, &tally.manager.to_string());
        drawing.text((middle + right + 7.0, top + 13.0), count, Anchor::Start, &tally.leader.to_string());
    }
}

/// Six months at a glance, oldest first: both axes with their ranges. A month with too few pieces has no share.
pub(super) fn months(drawing: &mut Drawing, report: &Report, palette: Palette, place: Place) -> f64 {
    let (x, y, width) = place;
    heading(drawing, palette, place, "Six months");
    let (top, height, left) = (y + 46.0, 172.0, x + 48.0);
    let level = |share: f64| top + height * (1.0 - share);
    for share in [0.0, 0.5, 1.0] {
        drawing.line((left, level(share)), (x + width, level(share)), palette.line, 1.0);
        drawing.text(
            (left - 10.0, level(share) + 5.0),
            Face::plain(14.0, palette.muted),
            Anchor::End,
            &percent(share),
        );
    }
    let said_in = |month: Month| match month == report.month {
        true => Some(report.hats.said),
        false => report.past_months.iter().find(|before| before.month == month).map(|before| before.said),
    };
    let mut shown: Vec<Month> = comparison_months(report.month).collect();
    shown.reverse();
    shown.push(report.month);
    let step = (x + width - left) / shown.len() as f64;
    let middle = |nth: usize| left + step * (nth as f64 + 0.5);
    for hat in Hat::VARIANTS {
        let aside = if *hat == Hat::Leader { -11.0 } else { 11.0 };
        let shares: Vec<Option<Share>> =
            shown.iter().map(|month| said_in(*month).and_then(|said| said.axis(*hat).share)).collect();
        for (nth, pair) in shares.windows(2).enumerate() {
            if let [Some(one), Some(next)] = pair {
                let ends =
                    ((middle(nth) + aside, level(one.value)), (middle(nth + 1) + aside, level(next.value)));
                drawing.faint_line(ends.0, ends.1, palette.of(*hat), 2.0);
            }
        }
        for (nth, share) in shares.iter().enumerate() {
            let Some(share) = share else { continue };
            let at = middle(nth) + aside;
            drawing.rect(
                (at - 4.0, level(share.high)),
                (8.0, level(share.low) - level(share.high)),
                4.0,
                palette.of(*hat),
                0.32,
            );
            let size = if nth + 1 == shown.len() { 10.0 } else { 7.0 };
            mark(drawing, *hat, (at, level(share.value)), size, palette.of(*hat), Some(palette.paper));
        }
    }
    for (nth, month) in shown.iter().enumerate() {
        let face = if *month == report.month { Face::bold(15.0, palette.ink) } else { small(palette) };
        let name = month.first_day().strftime("%b").to_string();
        drawing.text((middle(nth), top + height + 24.0), face, Anchor::Middle, &name);
        let said = said_in(*month).map_or(0, |said| said.evidence);
        if said < TOO_FEW_BELOW {
            let note = if said == 0 { "none".to_owned() } else { format!("{said}: few") };
            drawing.text(
                (middle(nth), level(0.5) - 8.0),
                Face::plain(14.0, palette.muted),
                Anchor::Middle,
                &note,
            );
        }
    }
    46.0 + height + 32.0
}

/// One mark for each described room with a said hat, filled if the hat fits the room.
pub(super) fn rooms(drawing: &mut Drawing, report: &Report, palette: Palette, place: Place) -> f64 {
    let (x, y, width) = place;
    let (fit, needed) = (report.hats.fit, report.hats.needed);
    heading(drawing, palette, place, "What the rooms needed");
    let mut down = 36.0;
    // Nobody would count more than two lines of marks.
    let in_a_line = ((width - 6.0) / 26.0).floor().max(1.0) as u32;
    if fit.of > 0 && fit.of <= in_a_line.saturating_mul(2) {
        for nth in 0..fit.of {
            let (column, row) = (f64::from(nth % in_a_line), f64::from(nth / in_a_line));
            let at = (x + 9.0 + column * 26.0, y + down + 8.0 + row * 26.0);
            let fill = if nth < fit.count { palette.ink } else { palette.paper };
            drawing.disc(at, 8.0, fill, Some(if nth < fit.count { palette.ink } else { palette.muted }));
        }
        down += 26.0 * f64::from(fit.of.div_ceil(in_a_line)) + 4.0;
    }
    let called_for = format!("Called for: leader hat {}, manager hat {}.", needed.leader, needed.manager);
    let worn = match fit.of {
        0 => String::new(),
        of => format!("You wore the hat the room needed in {} of {of}.", fit.count),
    };
    for says in [worn, called_for] {
        down += drawing.lines((x, y + down + 10.0), width, small(palette), LINE, &says);
    }
    down
}

/// The width of a number in front of its text.
const NUMBER: f64 = 64.0;

/// What is not about one of the hats: plans and experiments, feedback, and the rhythm.
pub(super) fn beside(drawing: &mut Drawing, report: &Report, palette: Palette, place: Place) -> f64 {
    let (x, y, width) = place;
    heading(drawing, palette, place, "Beside the two hats");
    let plans = &report.plans;
    let begun = |name: &str, tally: PlanTally| {
        (tally.begun > 0).then(|| (tally.begun.to_string(), format!("{name}: {}", tally.came())))
    };
    let asks = report.hats.coaching_acts;
    let rhythm = report.hats.rhythm;
    let rows = [
        (asks > 0).then(|| (asks.to_string(), "asked instead of fixed".to_owned())),
        begun("leader-hat experiments", plans.leader_experiments),
        begun("manager-hat experiments", plans.manager_experiments),
        begun("plans", plans.plans),
        Some((rhythm.count.to_string(), format!("active weeks of the last {}", rhythm.of))),
    ];
    let mut down = 40.0;
    for (number, says) in rows.into_iter().flatten() {
        drawing.text((x, y + down + 13.0), Face::bold(20.0, palette.ink), Anchor::Start, &number);
        let at = (x + NUMBER, y + down + 12.0);
        down += drawing.lines(at, width - NUMBER, small(palette), LINE, &says).max(LINE) + 11.0;
    }
    match report.feedback {
        Some(feedback) => down + mean_step(drawing, palette, (x, y + down, width), feedback),
        None => down,
    }
}

/// The mean step of the feedback, on its scale of five.
fn mean_step(
    drawing: &mut Drawing,
    palette: Palette,
    (x, y, width): Place,
    feedback: FeedbackMeasure,
) -> f64 {
    let says = format!("what others see, the mean of {} answers", feedback.answers);
    let mean = format!("{:.1}", feedback.mean);
    drawing.text((x, y + 13.0), Face::bold(20.0, palette.ink), Anchor::Start, &mean);
    let words = drawing.lines((x + NUMBER, y + 12.0), width - NUMBER, small(palette), LINE, &says);
    let line = y + words + 16.0;
    let at = |step: f64| x + 8.0 + (step - 1.0) / 4.0 * (width - 16.0);
    drawing.line((at(1.0), line), (at(5.0), line), palette.line, 3.0);
    for step in 1..=5 {
        drawing.disc((at(f64::from(step)), line), 4.0, palette.line, None);
    }
    drawing.diamond((at(feedback.mean), line), 9.0, palette.ink, palette.paper);
    let faint = Face::plain(14.0, palette.muted);
    drawing.text((x, line + 27.0), faint, Anchor::Start, "1 clarity on the process");
    drawing.text((x + width, line + 27.0), faint, Anchor::End, "5 inspiration for the goal");
    words + 52.0
}
