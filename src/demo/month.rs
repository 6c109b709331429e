//! A member's first month, played: first contact, check-ins, nudges across weekends and the end of
//! summer time, a pause, the report.

use super::DemoWorkspace;
use crate::coach::prompt::Library;
use anyhow::Context;
use leadlens_sandbox::transcript;

/// What the member does with a question, day by day.
#[derive(Clone, Copy)]
enum Does {
    /// Replies in its thread, and says the hat with one tap.
    Replies,
    /// Answers by the form, with the situation and the room.
    Reflects,
    Later,
    Skips,
    Ignores,
}

use Does::{Ignores, Later, Reflects, Replies, Skips};

/// From the first nudge on, one for each that comes.
const DAYS: [Does; 20] = [
    Replies, Later, Reflects, Skips, Replies, Replies, Ignores, Reflects, Replies, Replies, Replies, Skips,
    Replies, Replies, Ignores, Replies, Replies, Replies, Reflects, Skips,
];

/// What the member says to each opening question of the library, because which ones come is the coach's
/// to choose: id, situation, room, answer, hat, with tabs between.
const ANSWERS: &str = include_str!("month.tsv");

/// The answer to one question.
struct Answer {
    situation: &'static str,
    room: &'static str,
    says: &'static str,
    hat: &'static str,
}

/// The answer to the question that a message asks.
fn answer_to(question: &str) -> Option<Answer> {
    let library = Library::built_in().ok()?;
    let id = library.prompts().find(|prompt| prompt.text == question)?.id.to_string();
    ANSWERS.lines().find_map(|line| {
        let mut parts = line.split('\t');
        if parts.next()? != id {
            return None;
        }
        let (situation, room, says, hat) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hat = match hat {
            "leader" => "Leader: what and why",
            "manager" => "Manager: how and when",
            "both" => "Both",
            _ => "Neither",
        };
        Some(Answer { situation, room: if room == "-" { "Not now" } else { room }, says, hat })
    })
}

pub(super) async fn play(demo: &DemoWorkspace) -> anyhow::Result<()> {
    println!(
        "A member's first month with LeadLens, in a workspace of its own. Every word below went through the"
    );
    println!("real bot, over Socket Mode; the clock is moved, and times are the member's (Europe/Berlin).");
    first_contact(demo).await?;
    first_checkin(demo).await?;
    schedule(demo).await?;
    let mut days = DAYS.into_iter();
    demo.scene("Nudges, at half past nine on weekdays");
    live_until(demo, "2026-10-13T23:00", &mut days).await?;
    demo.scene("A pause, from Wednesday to Monday");
    demo.move_to(demo.at("2026-10-14T08:15")?).await?;
    demo.narrate("/leadlens pause 2026-10-19");
    demo.you.types("/leadlens pause 2026-10-19").await;
    demo.settle().await?;
    live_until(demo, "2026-10-24T12:00", &mut days).await?;
    demo.scene("Sunday 25 October: summer time ends; half past nine stays half past nine");
    live_until(demo, "2026-10-31T12:00", &mut days).await?;
    demo.scene("The first weekday of November: the hat balance of October");
    demo.move_to(demo.at("2026-11-02T09:31")?).await?;
    demo.scene("The end");
    println!("That was a month. `leadlens demo` opens a page in which you are the member.");
    Ok(())
}

async fn first_contact(demo: &DemoWorkspace) -> anyhow::Result<()> {
    demo.scene("First contact");
    demo.narrate("opens LeadLens in Slack");
    demo.you.opens_home().await;
    demo.settle().await?;
    demo.print_home();
    Ok(())
}

async fn first_checkin(demo: &DemoWorkspace) -> anyhow::Result<()> {
    demo.scene("A check-in");
    demo.narrate("/leadlens checkin");
    demo.you.types("/leadlens checkin").await;
    demo.settle().await?;
    fill(
        demo,
        "Two of my best people argue about the roadmap.",
        "Without direction",
        "Say where we want to be in a year, and let them draw the way.",
        "Leader: what and why",
    )?;
    demo.print_modal();
    demo.narrate("[Keep]");
    demo.you.in_modal().submits().await?;
    demo.settle().await?;
    demo.print_modal();
    demo.you.in_modal().fills("follow-up-answer", "I don't know yet. I want to sleep on that one.")?;
    demo.narrate("I don't know yet. I want to sleep on that one. [Keep]");
    demo.you.in_modal().submits().await?;
    demo.settle().await
}

fn fill(demo: &DemoWorkspace, situation: &str, room: &str, answer: &str, hat: &str) -> anyhow::Result<()> {
    for (block, value) in [("situation", situation), ("room", room), ("answer", answer), ("hat", hat)] {
        demo.you.in_modal().fills(block, value)?;
    }
    Ok(())
}

async fn schedule(demo: &DemoWorkspace) -> anyhow::Result<()> {
    demo.scene("A cadence");
    demo.narrate("/leadlens schedule");
    demo.you.types("/leadlens schedule").await;
    demo.settle().await?;
    demo.print_modal();
    demo.narrate("[Save]");
    demo.you.in_modal().submits().await?;
    demo.settle().await?;
    demo.print_modal();
    demo.you.in_modal().closes();
    Ok(())
}

/// Goes on hour by hour until a local time, answering each question as it comes.
async fn live_until(
    demo: &DemoWorkspace,
    until: &str,
    days: &mut impl Iterator<Item = Does>,
) -> anyhow::Result<()> {
    let until = demo.at(until)?;
    let hour = jiff::SignedDuration::from_hours(1);
    let mut newest = demo.open_question().map(|message| message.ts).unwrap_or_default();
    while demo.now() < until {
        let next = demo.now().saturating_add(hour)?.min(until);
        demo.move_to(next).await?;
        // What was ignored stays so: only a newer question is answered.
        let open = demo.open_question().map(|message| message.ts).unwrap_or_default();
        if open > newest {
            newest.clone_from(&open);
            if let Some(does) = days.next() {
                respond(demo, &open, does).await?;
            }
        }
    }
    Ok(())
}

async fn respond(demo: &DemoWorkspace, question_ts: &str, does: Does) -> anyhow::Result<()> {
    let shown = demo.open_question().map(|message| transcript::message(&message)).unwrap_or_default();
    if shown.contains("[Partly]") {
        return look_back(demo, question_ts).await;
    }
    let question = shown.lines().next().unwrap_or_default();
    let answer = answer_to(question).with_context(|| format!("src/demo/month.tsv: {question}"))?;
    match does {
        Replies => {
            demo.narrate(answer.says);
            demo.you.replies(question_ts, answer.says).await;
            demo.settle().await?;
            demo.narrate(&format!("[{}]", answer.hat));
            demo.you.clicks_on(question_ts, answer.hat).await?;
        }
        Reflects => {
            demo.narrate("[Reflect]");
            demo.you.clicks_on(question_ts, "Reflect").await?;
            demo.settle().await?;
            demo.you.in_modal().view().context("the form of the nudge")?;
            fill(demo, answer.situation, answer.room, answer.says, answer.hat)?;
            demo.print_modal();
            demo.narrate("[Keep]");
            demo.you.in_modal().submits().await?;
            demo.settle().await?;
            if demo.you.in_modal().view().is_some() {
                demo.print_modal();
                demo.narrate("[Stop here]");
                demo.you.in_modal().closes();
            }
        }
        Later => {
            demo.narrate("[Later: In an hour]");
            demo.you.clicks_on(question_ts, "In an hour").await?;
        }
        Skips => {
            demo.narrate("[Skip]");
            demo.you.clicks_on(question_ts, "Skip").await?;
        }
        Ignores => demo.narrate("(is in meetings all day, and does not answer)"),
    }
    demo.settle().await
}

/// LeadLens asks what came of what the member wrote two weeks ago, whatever it was.
async fn look_back(demo: &DemoWorkspace, question_ts: &str) -> anyhow::Result<()> {
    let says = "I did it twice. On the third day I was in a hurry and did it my way again.";
    demo.narrate("[Partly]");
    demo.you.clicks_on(question_ts, "Partly").await?;
    demo.settle().await?;
    demo.narrate(says);
    demo.you.replies(question_ts, says).await;
    demo.settle().await?;
    demo.narrate("[Both]");
    demo.you.clicks_on(question_ts, "Both").await?;
    demo.settle().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coach::prompt::PromptKind;

    #[test]
    fn every_question_that_may_come_has_an_answer_of_its_own() {
        let library = Library::built_in().unwrap();
        let mut asked = 0;
        for prompt in library.prompts().filter(|prompt| prompt.kind == PromptKind::Open) {
            assert!(answer_to(&prompt.text).is_some(), "{}: {}", prompt.id, prompt.text);
            asked += 1;
        }
        assert_eq!(ANSWERS.lines().count(), asked, "an answer to no question");
    }
}
