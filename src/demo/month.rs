//! A member's first month, played: first contact, check-ins, nudges across weekends and the end of
//! summer time, a pause, the report.

use super::Stage;
use anyhow::Context;

/// What the member answers, day by day: an answer and the hat they tick, *Skip*, or silence.
enum Answer {
    Says(&'static str, &'static str),
    Reflects { situation: &'static str, room: &'static str, answer: &'static str, hat: &'static str },
    Later,
    Skips,
    Ignores,
}

use Answer::{Ignores, Later, Reflects, Says, Skips};

/// From the first nudge on, one for each that comes.
const ANSWERS: [Answer; 20] = [
    Says(
        "Ask Ana which of the two vendors she would pick, and live with her choice.",
        "Leader: what and why",
    ),
    Later,
    Reflects {
        situation: "The migration slipped a second time.",
        room: "Missing deadlines",
        answer: "Put one list on the wall: who does what until Friday, and look at it daily.",
        hat: "Manager: how and when",
    },
    Skips,
    Says("Re-plan the sprint and move two people to billing.", "Manager: how and when"),
    Says("Write the on-call checklist down once and for all.", "Manager: how and when"),
    Ignores,
    Reflects {
        situation: "Nobody in the planning said a word.",
        room: "Low in spirit",
        answer: "Walk through the numbers again, line by line.",
        hat: "Manager: how and when",
    },
    Says("Check every estimate myself before it goes out.", "Manager: how and when"),
    Says("Agree on dates with legal and put them into the tracker.", "Manager: how and when"),
    Says("Let Raj run the retrospective and stay out of it.", "Both"),
    Skips,
    Says("Tell them why this customer matters before the numbers.", "Leader: what and why"),
    Says("Close the three oldest tickets before lunch.", "Manager: how and when"),
    Ignores,
    Says("Fix the build myself.", "Manager: how and when"),
    Says("Set the review dates for November.", "Manager: how and when"),
    Says("Ask the two of them what they would drop, and wait for the answer.", "Leader: what and why"),
    Says("Write down who decides what, on one page.", "Manager: how and when"),
    Skips,
];

pub(super) async fn play(stage: &Stage) -> anyhow::Result<()> {
    println!(
        "A member's first month with LeadLens, in a workspace of its own. Every word below went through the"
    );
    println!("real bot, over Socket Mode; the clock is moved, and times are the member's (Europe/Berlin).");
    first_contact(stage).await?;
    first_checkin(stage).await?;
    schedule(stage).await?;
    let mut answers = ANSWERS.iter();
    stage.scene("Nudges, at half past nine on weekdays");
    live_until(stage, "2026-10-13T23:00", &mut answers).await?;
    stage.scene("A pause, from Wednesday to Monday");
    stage.move_to(stage.at("2026-10-14T08:15")?).await?;
    stage.narrate("/leadlens pause 2026-10-19");
    stage.you.types("/leadlens pause 2026-10-19").await;
    stage.settle().await?;
    live_until(stage, "2026-10-24T12:00", &mut answers).await?;
    stage.scene("Sunday 25 October: summer time ends; half past nine stays half past nine");
    live_until(stage, "2026-10-31T12:00", &mut answers).await?;
    stage.scene("The first weekday of November: the hat balance of October");
    stage.move_to(stage.at("2026-11-02T09:31")?).await?;
    stage.scene("The end");
    println!("That was a month. `leadlens demo` opens a page in which you are the member.");
    Ok(())
}

async fn first_contact(stage: &Stage) -> anyhow::Result<()> {
    stage.scene("First contact");
    stage.narrate("opens LeadLens in Slack");
    stage.you.opens_home().await;
    stage.settle().await?;
    stage.print_home();
    Ok(())
}

async fn first_checkin(stage: &Stage) -> anyhow::Result<()> {
    stage.scene("A check-in");
    stage.narrate("/leadlens checkin");
    stage.you.types("/leadlens checkin").await;
    stage.settle().await?;
    fill(
        stage,
        "Two of my best people argue about the roadmap.",
        "Without direction",
        "Say where we want to be in a year, and let them draw the way.",
        "Leader: what and why",
    )?;
    stage.print_modal();
    stage.narrate("[Keep]");
    stage.you.submits().await?;
    stage.settle().await?;
    stage.print_modal();
    stage.you.fills("follow-up-answer", "That I had never said it aloud.")?;
    stage.narrate("That I had never said it aloud. [Keep]");
    stage.you.submits().await?;
    stage.settle().await
}

fn fill(stage: &Stage, situation: &str, room: &str, answer: &str, hat: &str) -> anyhow::Result<()> {
    for (block, value) in [("situation", situation), ("room", room), ("answer", answer), ("hat", hat)] {
        stage.you.fills(block, value)?;
    }
    Ok(())
}

async fn schedule(stage: &Stage) -> anyhow::Result<()> {
    stage.scene("A cadence");
    stage.narrate("/leadlens schedule");
    stage.you.types("/leadlens schedule").await;
    stage.settle().await?;
    stage.print_modal();
    stage.narrate("[Keep]");
    stage.you.submits().await?;
    stage.settle().await?;
    stage.print_modal();
    stage.you.closes_modal();
    Ok(())
}

/// Goes on hour by hour until a local time, answering each question as it comes.
async fn live_until(
    stage: &Stage,
    until: &str,
    answers: &mut impl Iterator<Item = &'static Answer>,
) -> anyhow::Result<()> {
    let until = stage.at(until)?;
    let hour = jiff::SignedDuration::from_hours(1);
    let mut seen: Option<String> = stage.open_question().map(|message| message.ts);
    while stage.now() < until {
        let next = stage.now().saturating_add(hour)?.min(until);
        stage.move_to(next).await?;
        let open = stage.open_question().map(|message| message.ts);
        if open.is_some() && open != seen {
            seen = open.clone();
            if let (Some(ts), Some(answer)) = (open, answers.next()) {
                give(stage, &ts, answer).await?;
            }
        }
    }
    Ok(())
}

async fn give(stage: &Stage, question_ts: &str, answer: &Answer) -> anyhow::Result<()> {
    match answer {
        Says(text, hat) => {
            stage.narrate(text);
            stage.you.replies(question_ts, text).await;
            stage.settle().await?;
            stage.narrate(&format!("[{hat}]"));
            stage.you.clicks_on(question_ts, hat).await?;
        }
        Reflects { situation, room, answer, hat } => {
            stage.narrate("[Reflect]");
            stage.you.clicks_on(question_ts, "Reflect").await?;
            stage.settle().await?;
            stage.you.modal().context("the form of the nudge")?;
            fill(stage, situation, room, answer, hat)?;
            stage.print_modal();
            stage.narrate("[Keep]");
            stage.you.submits().await?;
            stage.settle().await?;
            stage.print_modal();
            stage.narrate("[Stop here]");
            stage.you.closes_modal();
        }
        Later => {
            stage.narrate("[Later: In an hour]");
            stage.you.clicks_on(question_ts, "In an hour").await?;
        }
        Skips => {
            stage.narrate("[Skip]");
            stage.you.clicks_on(question_ts, "Skip").await?;
        }
        Ignores => stage.narrate("(is in meetings all day, and does not answer)"),
    }
    stage.settle().await
}
