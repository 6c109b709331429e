//! A feedback round: whom to ask, the question in an asked person's message, the form that answers it,
//! and the result. The asker's name stands as a mention in rich text, where it pings nobody; what was
//! said stands as a quotation.

use super::{
    Rendered,
    blocks::{
        Look, actions, button, choice, confirmed, context, divider, header, input, modal, paragraph, plain,
        quote, select, text_input,
    },
    escape::{cut, escape_cut},
    when::date,
};
use crate::{
    coach::{
        feedback::{
            FeedbackStep, MAX_COMMENT_CHARS, MAX_PEOPLE, MIN_PEOPLE, QUESTION, StepCounts, answer_count,
            mean_step,
        },
        ids::UserId,
        member_text::MemberText,
        screen::{
            FeedbackAnswerForm, FeedbackAskScreen, FeedbackAskState, FeedbackResultScreen, Field, FormState,
            Press,
        },
    },
    slack::ids::field_id,
};
use serde_json::{Value, json};

/// All comments together show this many characters, so that the message stays within Slack's limit.
const COMMENTS_CHARS: usize = 4_500;

/// Whom to ask.
pub fn ask_form(question: &str, people: &[UserId], unclear: bool) -> Value {
    let mut blocks = Vec::new();
    if unclear {
        blocks.push(paragraph("I did not recognise every name. Choose the people here."));
    }
    blocks.push(paragraph(&format!(
        "Each of them is asked in a direct message, with your name: \"{QUESTION}\" Five steps, and a comment if \
         they like."
    )));
    let mut element = json!({
        "type": "multi_users_select", "action_id": field_id(Field::People), "max_selected_items": MAX_PEOPLE,
        "placeholder": plain("Reports and peers", 150),
    });
    if !people.is_empty() {
        element["initial_users"] = json!(people.iter().map(UserId::as_str).collect::<Vec<_>>());
    }
    let hint =
        format!("At least {MIN_PEOPLE}. Bots, guests and people who asked not to be asked are left out.");
    blocks.push(input(Field::People, question, element, false, Some(&hint)));
    blocks.push(context(
        "You see the result once: the working morning after all have answered, or after seven days, and only if three or more did. \
         No names, no times, comments in mixed order. One round in 30 days.",
    ));
    modal(&FormState::FeedbackAsk, "Ask for feedback", Some("Ask them"), "Cancel", blocks)
}

/// Text around the asker's name.
fn with_name(before: &str, asker: &UserId, after: &str) -> Value {
    let text = |text: &str| json!({"type": "text", "text": text});
    let mut parts = vec![json!({"type": "user", "user_id": asker.as_str()}), text(after)];
    if !before.is_empty() {
        parts.insert(0, text(before));
    }
    json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]})
}

const WHAT_HAPPENS: &str = "sees how all answers are spread, and the comments in mixed order, once and only if three or more people answer: no names, no times. What you say is kept without your name, so nobody can look it up, the operator of LeadLens included. You can change it or take it back until the result; after that it cannot be found again.";

/// The question in an asked person's direct message.
pub fn question(screen: &FeedbackAskScreen) -> Rendered {
    let from = || screen.from.clone();
    let until = format!("Open until {} at the latest.", date(screen.until_on));
    let mut blocks = vec![
        with_name("", &screen.asker, " asks you and at least two others:"),
        header(QUESTION),
        with_name("", &screen.asker, &format!(" {WHAT_HAPPENS}")),
    ];
    let answer = |label: &str, look| button(label, &Press::FeedbackAnswer(from()), 0, look);
    let (says, mut row) = match screen.state {
        FeedbackAskState::Asked => (
            "Five steps, a comment if you like; it takes a minute.",
            vec![
                answer("Answer", Look::Primary),
                button("Not this time", &Press::FeedbackDecline(from()), 0, Look::Usual),
            ],
        ),
        FeedbackAskState::Answered => (
            "Answered, without your name.",
            vec![
                answer("Change", Look::Usual),
                button("Take it back", &Press::FeedbackWithdraw(from()), 0, Look::Usual),
            ],
        ),
        FeedbackAskState::Declined => {
            ("Nothing of yours is in this round.", vec![answer("Answer", Look::Usual)])
        }
    };
    let out = "You are not asked for feedback any more, by anybody.";
    blocks.push(context(&format!("{says} {until}")));
    if screen.opted_out {
        blocks.push(context(out));
        row.push(button("Ask me again", &Press::FeedbackOptIn { from: Some(from()) }, 0, Look::Usual));
    } else {
        row.push(confirmed(
            button("Never ask me", &Press::FeedbackOptOut(from()), 0, Look::Usual),
            "Never ask me for feedback?",
            "Nobody can ask you through LeadLens any more. You can take this back here or on LeadLens's Home.",
            "Never ask me",
            "Not now",
        ));
    }
    blocks.push(actions(row));
    let name = format!("<@{}>", screen.asker);
    let out = if screen.opted_out { format!(" {out}") } else { String::new() };
    let text = format!(
        "{name} asks you and at least two others: {QUESTION} {name} {WHAT_HAPPENS} {says} {until}{out}"
    );
    Rendered { text, blocks }
}

/// What stands in its place when the round is over.
pub fn over() -> Rendered {
    let says = "A feedback round that you were asked in is over. What was said in it cannot be found again.";
    Rendered { text: says.to_owned(), blocks: vec![paragraph(says)] }
}

/// The form that answers.
pub fn answer_form(form: &FeedbackAnswerForm) -> Value {
    let mut blocks = Vec::new();
    if let Some(concern) = form.concern {
        blocks.extend(concern.words().iter().map(|line| paragraph(line)));
        blocks.push(context(
            "Nothing is kept unless you choose Keep. Kept, your comment is shown as it stands.",
        ));
        blocks.push(divider());
    }
    blocks.push(with_name("", &form.asker, &format!(" asks: {QUESTION}")));
    let steps = FeedbackStep::all().map(|step| choice(&step.number().to_string(), step.label())).collect();
    let chosen = form.step.map(|step| step.number().to_string());
    let radio = select(Field::Step, "radio_buttons", steps, chosen.as_deref());
    blocks.push(input(Field::Step, &form.question, radio, false, None));
    let mut comment = text_input(Field::Comment, &form.comment, true, "Something you saw or heard");
    comment["max_length"] = json!(MAX_COMMENT_CHARS);
    blocks.push(input(
        Field::Comment,
        "Comment",
        comment,
        true,
        Some("Shown word for word, in mixed order and without your name, if three or more answer. The way you write may still tell who you are."),
    ));
    if form.answered {
        let from = match &form.state {
            FormState::Feedback { from, .. } => from.as_ref().clone(),
            _ => return modal(&form.state, "Feedback", None, "Close", Vec::new()),
        };
        blocks.push(actions(vec![button(
            "Take my answer back",
            &Press::FeedbackWithdraw(from),
            0,
            Look::Usual,
        )]));
    }
    let (title, submit, close) = match form.concern {
        Some(_) => ("Before you go on", "Keep", "Don't keep"),
        None => ("Feedback", "Send", "Cancel"),
    };
    modal(&form.state, title, Some(submit), close, blocks)
}

/// The result in the asker's direct message.
pub fn result(screen: &FeedbackResultScreen) -> Rendered {
    let title = format!("Your feedback round of {}", date(screen.asked_on));
    let mut blocks = vec![header(&title)];
    let Some(counts) = &screen.counts else {
        let says = "Fewer than three people answered. So that nobody can be recognised nothing is shown, and what was answered is deleted.";
        blocks.push(paragraph(says));
        return Rendered { text: format!("{title}. {says}"), blocks };
    };
    let summary = summary(counts);
    let spread = spread(counts);
    blocks.push(paragraph(&summary));
    blocks.push(paragraph(&spread));
    let mut text = format!("{title}. \"{QUESTION}\" {summary}\n{spread}");
    if !screen.comments.is_empty() {
        blocks.push(context("Comments, in mixed order:"));
        text.push_str("\nComments, in mixed order:");
    }
    let each = COMMENTS_CHARS / screen.comments.len().max(1);
    let mut is_cut = false;
    let each_in_text = (2_800 / screen.comments.len().max(1)).min(MAX_COMMENT_CHARS);
    for comment in &screen.comments {
        let shown = cut(comment.reveal(), each.min(MAX_COMMENT_CHARS));
        is_cut |= shown != comment.reveal();
        text.push_str(&format!("\n- {}", escape_cut(&shown, each_in_text)));
        blocks.push(quote(&MemberText::new(shown)));
    }
    let end = if is_cut {
        "This stays as it is. Shown cut; your export has all of it."
    } else {
        "This stays as it is."
    };
    blocks.push(context(end));
    Rendered { text, blocks }
}

fn summary(counts: &StepCounts) -> String {
    let of = answer_count(counts);
    let mean = mean_step(counts).unwrap_or_default();
    format!(
        "{of} people answered. The mean step is {mean:.1}, where 1 is clarity on the process and 5 is inspiration for the goal."
    )
}

fn spread(counts: &StepCounts) -> String {
    let lines: Vec<String> = FeedbackStep::all()
        .zip(counts)
        .map(|(step, count)| format!("{} · {}: {count}", step.number(), step.label()))
        .collect();
    lines.join("\n")
}
