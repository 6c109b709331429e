//! The demo at the keyboard: whoever sits there is the member.

use super::{Stage, stage::YOU};
use crate::{
    coach::month::Month,
    sandbox::{
        transcript::{message, modal, plain, shown_value},
        workspace::View,
    },
};
use jiff::ToSpan;
use serde_json::Value;
use std::io::{BufRead, Write};

const HELP: &str = "\
Type as you would in Slack:
  /leadlens checkin      a command (try: nudge, schedule, report, history, help)
  any other words        a reply in the direct message
  3                      tap the button or choice with that number
  home                   open the Home tab
  next                   move the clock to the next question or report
  tomorrow               move the clock by a day
  month                  move the clock to the first weekday of next month
  quit                   leave";

/// Where the numbered buttons stand.
#[derive(Clone)]
enum Place {
    Message(String),
    Modal,
    Home,
    Submit,
    Close,
}

pub(super) async fn play(stage: &Stage) -> anyhow::Result<()> {
    println!("You are the member of a workspace of your own. Nothing leaves this machine.\n{HELP}\n");
    stage.you.opens_home().await;
    stage.settle().await?;
    let mut showing_home = false;
    loop {
        let buttons = buttons(stage, showing_home);
        for (nth, (label, _)) in buttons.iter().enumerate() {
            print!("{}[{}] {label}", if nth == 0 { "" } else { "   " }, nth + 1);
        }
        if !buttons.is_empty() {
            println!();
        }
        let Some(line) = ask(&format!("{} > ", local_time(stage)))? else { return Ok(()) };
        showing_home = false;
        match line.trim() {
            "" => {}
            "quit" | "exit" => return Ok(()),
            "help" | "?" => println!("{HELP}"),
            "home" => {
                stage.you.opens_home().await;
                stage.settle().await?;
                stage.print_home();
                showing_home = true;
            }
            "next" => move_to_next(stage).await?,
            "tomorrow" => stage.move_to(stage.now().saturating_add(24.hours())?).await?,
            "month" => move_to_next_month(stage).await?,
            text if text.starts_with('/') => {
                if text.split_whitespace().next() == Some("/leadlens") {
                    stage.you.types(text).await;
                    stage.settle().await?;
                } else {
                    println!("Slack has no such command here; /leadlens is the one.");
                }
            }
            text => match text.parse::<usize>().ok().and_then(|nth| buttons.get(nth.checked_sub(1)?)) {
                Some((label, place)) => tap(stage, label, place.clone()).await?,
                None => {
                    stage.you.says(text).await;
                    stage.settle().await?;
                }
            },
        }
        if stage.you.modal().is_some() {
            fill_modal(stage).await?;
        }
    }
}

fn local_time(stage: &Stage) -> String {
    let name =
        stage.sandbox.look(|state| state.users.get(YOU).map(|user| user.tz.clone())).unwrap_or_default();
    let zone =
        crate::coach::member::Zone::parse(&name, false).unwrap_or_else(|_| crate::coach::member::Zone::utc());
    zone.local(stage.now()).strftime("%a %-d %b %Y %H:%M").to_string()
}

/// A line of input; `None` at its end.
fn ask(prompt: &str) -> anyhow::Result<Option<String>> {
    print!("{prompt}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// What can be tapped now: in the open modal, else on Home, else on the newest message with buttons.
fn buttons(stage: &Stage, showing_home: bool) -> Vec<(String, Place)> {
    if let Some(view) = stage.you.modal() {
        let mut buttons = labels(&view.content["blocks"], &Place::Modal);
        if !view.content["submit"].is_null() {
            buttons.push((plain(&view.content["submit"]), Place::Submit));
        }
        buttons.push((plain(&view.content["close"]), Place::Close));
        return buttons;
    }
    if showing_home {
        let home = stage.sandbox.look(|state| state.homes.get(YOU).map(|view| view.content.clone()));
        return home.map(|content| labels(&content["blocks"], &Place::Home)).unwrap_or_default();
    }
    let messages = stage.you.messages();
    let newest = messages.iter().rev().filter(|message| message.bot);
    newest
        .map(|message| labels(&message.blocks, &Place::Message(message.ts.clone())))
        .find(|buttons| !buttons.is_empty())
        .unwrap_or_default()
}

fn labels(blocks: &Value, place: &Place) -> Vec<(String, Place)> {
    let rows = blocks.as_array().into_iter().flatten().filter(|block| block["type"] == "actions");
    let elements = rows.flat_map(|row| row["elements"].as_array().into_iter().flatten());
    elements
        .flat_map(|element| match element["options"].as_array() {
            Some(options) => options.iter().map(|option| plain(&option["text"])).collect(),
            None => vec![plain(&element["text"])],
        })
        .map(|label| (label, place.clone()))
        .collect()
}

async fn tap(stage: &Stage, label: &str, place: Place) -> anyhow::Result<()> {
    match place {
        Place::Message(ts) => drop(stage.you.clicks_on(&ts, label).await?),
        Place::Modal => drop(stage.you.clicks_modal(label).await?),
        Place::Home => drop(stage.you.clicks_home(label).await?),
        Place::Submit => submit(stage).await?,
        Place::Close => stage.you.closes_modal(),
    }
    stage.settle().await
}

async fn submit(stage: &Stage) -> anyhow::Result<()> {
    if let Err(refused) = stage.you.submits().await {
        println!("! Slack does not submit this yet: it wants {}", refused.what);
    }
    stage.settle().await
}

/// Asks for each input of the open modal, then submits it; goes on while the answer is another form.
async fn fill_modal(stage: &Stage) -> anyhow::Result<()> {
    while let Some(view) = stage.you.modal() {
        println!("\n{}", modal(&view));
        let inputs = inputs(&view);
        if inputs.is_empty() || view.content["submit"].is_null() {
            if inputs.is_empty()
                && view.content["submit"].is_null()
                && labels(&view.content["blocks"], &Place::Modal).is_empty()
            {
                stage.you.closes_modal();
            }
            return Ok(());
        }
        println!("(Enter keeps what is there; . closes the form)");
        for (block_id, label, options) in inputs {
            if !fill(stage, &block_id, &label, &options)? {
                stage.you.closes_modal();
                return Ok(());
            }
        }
        submit(stage).await?;
        if stage.you.modal().is_some_and(|after| after.id == view.id && !after.errors.is_empty()) {
            println!("! The form stays open: see the lines that begin with an exclamation mark.");
        }
    }
    Ok(())
}

/// Block id, label and the labels of its choices.
fn inputs(view: &View) -> Vec<(String, String, Vec<String>)> {
    let blocks = view.content["blocks"].as_array().into_iter().flatten();
    blocks
        .filter(|block| block["type"] == "input" && block["dispatch_action"] != true)
        .filter_map(|block| {
            let options = block["element"]["options"].as_array().into_iter().flatten();
            let options = options.map(|option| plain(&option["text"])).collect();
            Some((block["block_id"].as_str()?.to_owned(), plain(&block["label"]), options))
        })
        .collect()
}

/// Asks until the input takes the answer; false when the form is to be closed.
fn fill(stage: &Stage, block_id: &str, label: &str, options: &[String]) -> anyhow::Result<bool> {
    loop {
        for (nth, option) in options.iter().enumerate() {
            println!("    {}) {option}", nth + 1);
        }
        let there =
            stage.you.modal().and_then(|view| view.values.get(block_id).map(shown_value)).unwrap_or_default();
        let Some(line) = ask(&format!("  {label} [{there}] "))? else { return Ok(false) };
        if line.is_empty() {
            return Ok(true);
        }
        if line == "." {
            return Ok(false);
        }
        let chosen: Vec<String> = line
            .split(',')
            .map(|part| {
                let nth = part.trim().parse::<usize>().ok().and_then(|nth| nth.checked_sub(1));
                nth.and_then(|nth| options.get(nth)).map_or_else(|| part.trim().to_owned(), Clone::clone)
            })
            .collect();
        let value = if options.is_empty() { line } else { chosen.join(", ") };
        if stage.you.fills(block_id, &value).is_ok() {
            return Ok(true);
        }
        println!("  ! That does not fit here.");
    }
}

async fn move_to_next(stage: &Stage) -> anyhow::Result<()> {
    let before = stage.you.from_bot().len();
    for _ in 0..40 {
        match stage.bot.app.next_due_at().await? {
            Some(due_at) => stage.move_to(due_at).await?,
            None => {
                println!("Nothing is planned. /leadlens schedule sets a cadence.");
                return Ok(());
            }
        }
        if stage.you.from_bot().len() > before {
            return Ok(());
        }
    }
    Ok(())
}

async fn move_to_next_month(stage: &Stage) -> anyhow::Result<()> {
    let today = stage.now().to_string();
    let date: jiff::civil::Date = today.get(..10).unwrap_or_default().parse()?;
    let first = Month::of(date).next().first_day();
    // The first Monday-to-Friday day is the third at the latest; noon is past every nudge hour.
    let day = (0..3)
        .filter_map(|days| first.checked_add(days.days()).ok())
        .find(|day| day.weekday().to_monday_one_offset() <= 5);
    stage.move_to(stage.at(&format!("{}T12:00", day.unwrap_or(first)))?).await?;
    if let Some(last) = stage.you.from_bot().last() {
        println!("{}", message(last));
    }
    Ok(())
}
