//! A past for a member of the demo: three months of made-up check-ins, each marked as a sample in its
//! first word. They go through the dispatcher like every check-in, with a clock set
//! to the day they are about. Filling the past twice stores them once.

use super::DemoWorkspace;
use crate::{
    clock::{Env, ManualClock},
    coach::{
        cadence::resolve, hat::Hats, ids::ViewId, member::Zone, member_text::MemberText,
        reflection::CheckinFields, room::Room,
    },
    dispatch::{Delivery, Event, Submission, dispatch},
    features::checkin,
    interaction::{DeliveryKey, Origin, ReplyTarget},
};
use anyhow::Context;
use jiff::{
    ToSpan,
    civil::{Date, Weekday, time},
};

const LEADER: Hats = Hats { leader: true, manager: false };
const MANAGER: Hats = Hats { leader: false, manager: true };

/// How far back the past reaches.
const WEEKS: i64 = 13;

/// The days of a week on which somebody checked in, and when.
const DAYS: [(Weekday, i8, i8); 3] =
    [(Weekday::Monday, 10, 20), (Weekday::Wednesday, 16, 5), (Weekday::Friday, 11, 40)];

/// Situation, room, answer, hat: one for each check-in, the oldest first. The manager hat is worn most
/// at the start; the leader hat comes back over the weeks.
const PAST: [(&str, Option<Room>, &str, Hats); 36] = [
    (
        "The sprint board has forty open tickets.",
        Some(Room::Disorganised),
        "Go through the board line by line and give every ticket an owner and a date.",
        MANAGER,
    ),
    (
        "Two estimates were off by a week.",
        Some(Room::MissingDeadlines),
        "Put a daily list on the wall: who finishes what until when.",
        MANAGER,
    ),
    (
        "The on-call handover broke again.",
        None,
        "Write the handover checklist and check it myself on Monday.",
        MANAGER,
    ),
    (
        "Legal wants dates for the new terms.",
        Some(Room::UnsureOfPriorities),
        "Agree on three dates with legal and put them into the tracker.",
        MANAGER,
    ),
    (
        "Raj asked what the quarter is for.",
        Some(Room::Directionless),
        "Re-plan the sprint so that everybody knows their next two weeks.",
        MANAGER,
    ),
    (
        "A customer complained about slow answers.",
        None,
        "Set a rule: every ticket is answered within four hours, and measure it.",
        MANAGER,
    ),
    (
        "The retro was silent.",
        Some(Room::LowSpirit),
        "Send a form before the next one, with five fixed questions.",
        MANAGER,
    ),
    (
        "Tom missed the release by a day.",
        Some(Room::MissingDeadlines),
        "Move two people to the release and cut the scope by a third.",
        MANAGER,
    ),
    (
        "The budget sheet is three weeks old.",
        None,
        "Fill in the sheet on Friday and book a half hour for it every week.",
        MANAGER,
    ),
    (
        "Ana wants to try a new vendor.",
        None,
        "Ask Ana which one she would pick, and why, and go with it.",
        LEADER,
    ),
    (
        "Nobody volunteers for the importer.",
        Some(Room::LowSpirit),
        "Assign it by turns and write the order down.",
        MANAGER,
    ),
    (
        "The payment tests are red every third night.",
        Some(Room::Disorganised),
        "Decide who owns the tests and have a plan by Thursday.",
        MANAGER,
    ),
    (
        "Support and product tell different stories.",
        Some(Room::Confused),
        "Tell both teams why refunds matter before we talk about how.",
        LEADER,
    ),
    (
        "The new designer is unsure of her role.",
        Some(Room::Confused),
        "Ask her what she wants to be known for here in a year.",
        LEADER,
    ),
    (
        "Stand-up takes forty minutes.",
        Some(Room::Disorganised),
        "Timebox it to fifteen minutes, with a fixed order.",
        MANAGER,
    ),
    (
        "A pilot customer wants a date.",
        Some(Room::UnsureOfPriorities),
        "Work backwards from the pilot and list what has to be true each week.",
        MANAGER,
    ),
    (
        "Noor brought a bold idea for onboarding.",
        None,
        "Give her two weeks and room to fail with it.",
        LEADER,
    ),
    (
        "The outage lasted two hours.",
        Some(Room::CrisisBegins),
        "Stand in front of the team, say what we protect, and let them work.",
        LEADER,
    ),
    (
        "The day after the outage.",
        Some(Room::PastThePanic),
        "Write down the five fixes with owners and dates.",
        MANAGER,
    ),
    (
        "Two seniors disagree about the architecture.",
        None,
        "Say where we want to be in two years and let them draw the way.",
        LEADER,
    ),
    (
        "The hiring plan has no order.",
        Some(Room::Disorganised),
        "Tell them what kind of team this will be, and let them find the order.",
        LEADER,
    ),
    (
        "Raj fixed it before anybody asked.",
        None,
        "Ask him what he would change if it were his product.",
        LEADER,
    ),
    (
        "The roadmap reads like a list.",
        Some(Room::Directionless),
        "Start the meeting with the customer's story and what it means to us.",
        LEADER,
    ),
    (
        "Marketing needs numbers today.",
        Some(Room::UnsureOfPriorities),
        "Pick three numbers, send them at noon, drop the rest.",
        MANAGER,
    ),
    (
        "The team is tired after the launch.",
        Some(Room::LowSpirit),
        "Draw up a rota so that nobody works two weekends in a row.",
        MANAGER,
    ),
    (
        "A junior asked me for the solution.",
        None,
        "Ask what she thinks the best move is, and wait for the answer.",
        LEADER,
    ),
    (
        "Costs are up by a fifth.",
        None,
        "Check every invoice over a thousand and set a limit for each team.",
        MANAGER,
    ),
    ("The retro found its voice.", None, "Let Tom run the next one and stay out of it.", LEADER),
    (
        "Two deadlines fall on one day.",
        Some(Room::MissingDeadlines),
        "Both: say which one matters more and why, then re-plan the other.",
        Hats::BOTH,
    ),
    ("An angry mail from sales.", None, "Slept on it and did nothing yet.", Hats::NEITHER),
    ("Ana took the vendor decision alone.", None, "Thank her for deciding and ask what she learned.", LEADER),
    (
        "The importer slips once more.",
        Some(Room::MissingDeadlines),
        "Cut it into three steps with a date each, and look at it daily.",
        MANAGER,
    ),
    (
        "Planning for the last quarter.",
        Some(Room::Directionless),
        "Draw the one picture we want to see in December.",
        LEADER,
    ),
    ("The review dates for November.", None, "Set the dates and send the invitations today.", MANAGER),
    ("Noor wants to lead the project.", None, "Let her lead it and tell her what I trust her with.", LEADER),
    (
        "Support waits for an answer on refunds.",
        Some(Room::UnsureOfPriorities),
        "Ask Raj what he would answer them, and back him.",
        LEADER,
    ),
];

/// Gives a member the weeks up to yesterday.
pub(super) async fn fill(demo: &DemoWorkspace, user: &str, zone: &Zone) -> anyhow::Result<String> {
    let who = demo.member_id(user)?;
    // A member with a past has already been welcomed.
    demo.sandbox.person(user).opens_home().await;
    demo.settle().await?;
    let today = zone.local(demo.now()).date();
    let dates = dates(today);
    let skipped = dates.len().saturating_sub(PAST.len());
    let mut kept: usize = 0;
    for (nth, ((on, hour, minute), (situation, room, answer, hat))) in
        dates.into_iter().skip(skipped).zip(PAST).enumerate()
    {
        let at = resolve(on, time(hour, minute, 0, 0), &zone.time_zone());
        let fields = CheckinFields {
            situation: MemberText::new(format!("Sample: {situation}")),
            room,
            answer: MemberText::new(answer),
            hat: Some(hat),
            follow_up: None,
        };
        let form = checkin::Submission::Checkin {
            nudge: None,
            prompt: None,
            room: None,
            care_acknowledged: false,
            fields,
        };
        let view = ViewId::parse(&format!("VSAMPLE{nth:02}{}", user.trim_start_matches('U')))
            .context("a view's id")?;
        let target = ReplyTarget { member: who.clone(), origin: Origin::Submission { view } };
        let event = Event::ViewSubmission { submission: Submission::Checkin(form), target };
        let key = DeliveryKey(format!("sample:{who}:{nth}"));
        let env = Env { clock: ManualClock::at(at), rng: demo.bot.state.env.rng.clone() };
        let then = demo.bot.state.clone().with_env(env);
        dispatch(&then, Delivery { key, event }).await.context("a sample was not kept")?;
        kept = kept.saturating_add(1);
    }
    demo.settle().await?;
    Ok(format!("{kept} sample check-ins of three months are kept. Each begins with \u{201c}Sample:\u{201d}."))
}

/// The days of the past with their times, oldest first, yesterday at the latest.
fn dates(today: Date) -> Vec<(Date, i8, i8)> {
    let since_monday = today.weekday().since(Weekday::Monday);
    let monday = today.saturating_sub(i64::from(since_monday).days());
    let weeks = (0..=WEEKS).rev().map(|weeks| monday.saturating_sub(weeks.weeks()));
    weeks
        .flat_map(|monday| {
            DAYS.map(|(day, hour, minute)| {
                let on = monday.saturating_add(i64::from(day.since(Weekday::Monday)).days());
                (on, hour, minute)
            })
        })
        .filter(|(on, ..)| *on < today)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_past_ends_yesterday_and_covers_every_sample() {
        for day in 12..=18 {
            let today = jiff::civil::date(2026, 10, day);
            let dates = dates(today);
            assert!(dates.len() >= PAST.len(), "{today}: {}", dates.len());
            assert!(dates.iter().all(|(on, ..)| *on < today));
            assert!(dates.is_sorted());
        }
    }
}
