//! A member's first month, played: first contact, check-ins, nudges across weekends and the end of
//! summer time, a pause, the report.

use super::Stage;
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

pub(super) async fn play(stage: &Stage) -> anyhow::Result<()> {
    println!(
        "A member's first month with LeadLens, in a workspace of its own. Every word below went through the"
    );
    println!("real bot, over Socket Mode; the clock is moved, and times are the member's (Europe/Berlin).");
    first_contact(stage).await?;
    first_checkin(stage).await?;
    schedule(stage).await?;
    let mut days = DAYS.into_iter();
    stage.scene("Nudges, at half past nine on weekdays");
    live_until(stage, "2026-10-13T23:00", &mut days).await?;
    stage.scene("A pause, from Wednesday to Monday");
    stage.move_to(stage.at("2026-10-14T08:15")?).await?;
    stage.narrate("/leadlens pause 2026-10-19");
    stage.you.types("/leadlens pause 2026-10-19").await;
    stage.settle().await?;
    live_until(stage, "2026-10-24T12:00", &mut days).await?;
    stage.scene("Sunday 25 October: summer time ends; half past nine stays half past nine");
    live_until(stage, "2026-10-31T12:00", &mut days).await?;
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
    stage.you.fills("follow-up-answer", "I don't know yet. I want to sleep on that one.")?;
    stage.narrate("I don't know yet. I want to sleep on that one. [Keep]");
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
    stage.narrate("[Save]");
    stage.you.submits().await?;
    stage.settle().await?;
    stage.print_modal();
    stage.you.closes_modal();
    Ok(())
}

/// Goes on hour by hour until a local time, answering each question as it comes.
async fn live_until(stage: &Stage, until: &str, days: &mut impl Iterator<Item = Does>) -> anyhow::Result<()> {
    let until = stage.at(until)?;
    let hour = jiff::SignedDuration::from_hours(1);
    let mut newest = stage.open_question().map(|message| message.ts).unwrap_or_default();
    while stage.now() < until {
        let next = stage.now().saturating_add(hour)?.min(until);
        stage.move_to(next).await?;
        // What was ignored stays so: only a newer question is answered.
        let open = stage.open_question().map(|message| message.ts).unwrap_or_default();
        if open > newest {
            newest.clone_from(&open);
            if let Some(does) = days.next() {
                respond(stage, &open, does).await?;
            }
        }
    }
    Ok(())
}

async fn respond(stage: &Stage, question_ts: &str, does: Does) -> anyhow::Result<()> {
    let shown = stage.open_question().map(|message| transcript::message(&message)).unwrap_or_default();
    if shown.contains("[Partly]") {
        return look_back(stage, question_ts).await;
    }
    let question = shown.lines().next().unwrap_or_default();
    let answer = answer_to(question).with_context(|| format!("src/demo/month.tsv: {question}"))?;
    match does {
        Replies => {
            stage.narrate(answer.says);
            stage.you.replies(question_ts, answer.says).await;
            stage.settle().await?;
            stage.narrate(&format!("[{}]", answer.hat));
            stage.you.clicks_on(question_ts, answer.hat).await?;
        }
        Reflects => {
            stage.narrate("[Reflect]");
            stage.you.clicks_on(question_ts, "Reflect").await?;
            stage.settle().await?;
            stage.you.modal().context("the form of the nudge")?;
            fill(stage, answer.situation, answer.room, answer.says, answer.hat)?;
            stage.print_modal();
            stage.narrate("[Keep]");
            stage.you.submits().await?;
            stage.settle().await?;
            if stage.you.modal().is_some() {
                stage.print_modal();
                stage.narrate("[Stop here]");
                stage.you.closes_modal();
            }
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

/// LeadLens asks what came of what the member wrote two weeks ago, whatever it was.
async fn look_back(stage: &Stage, question_ts: &str) -> anyhow::Result<()> {
    let says = "I did it twice. On the third day I was in a hurry and did it my way again.";
    stage.narrate("[Partly]");
    stage.you.clicks_on(question_ts, "Partly").await?;
    stage.settle().await?;
    stage.narrate(says);
    stage.you.replies(question_ts, says).await;
    stage.settle().await?;
    stage.narrate("[Both]");
    stage.you.clicks_on(question_ts, "Both").await?;
    stage.settle().await
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
