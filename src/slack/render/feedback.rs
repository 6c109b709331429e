//! A feedback round: whom to ask, the question in an asked person's message, the form that answers it,
//! and the result.
//!
//! The asker's name is a mention in rich text, which does not notify them; comments are quotations.

use super::{
    Rendered,
    blocks::{
        actions, button, confirmed, context, danger_button, divider, header, modal, paragraph, paragraphs,
        primary_button, quote, rich_text,
    },
    care,
    dates::date,
    escape::{cut, escape_cut},
    inputs::{action_id, choice, hint, optional, placeholder, radio_buttons, required, text_input},
};
use crate::coach::{
    feedback::{
        FeedbackStep, MAX_COMMENT_CHARS, MAX_PEOPLE, MIN_PEOPLE, StepCounts, answer_count, mean_step,
    },
    ids::UserId,
    member_text::MemberText,
    screen::{
        FeedbackAnswerForm, FeedbackAskForm, FeedbackAskScreen, FeedbackAskState, FeedbackResultScreen,
        FeedbackRunningScreen, Field, FormState,
    },
};
use crate::{
    dispatch::Action,
    features::feedback::{self, AnswerAction},
};
use slack_morphism::{
    SlackUserId,
    blocks::{
        SlackBlock, SlackBlockButtonElement, SlackBlockMultiUsersSelectElement, SlackRichTextInlineElement,
        SlackRichTextUser, SlackView,
    },
};

/// The question of every round.
const QUESTION: &str = "Do I provide more clarity on the process or more inspiration for the goal?";

/// All comments together show this many characters, so that the message stays within Slack's limit.
const COMMENTS_CHARS: usize = 4_500;

/// The same for the text of the message.
const COMMENTS_TEXT_CHARS: usize = 2_800;

/// What is sent, to whom and when, before it is sent.
pub(super) fn ask_form(form: &FeedbackAskForm) -> SlackView {
    let mut blocks = problems(form);
    blocks.push(paragraph(
        "Nothing is sent until you choose Send. Then each of them gets this direct message:",
    ));
    blocks.extend(asked(&form.asker));
    blocks.push(context(
        "Below it: Answer (five steps, and a comment if they like), Not this time, Never ask me.",
    ));
    let named: Vec<String> = form.people.iter().map(|user| user.as_str().to_owned()).collect();
    let users = SlackBlockMultiUsersSelectElement::new()
        .with_action_id(action_id(Field::People))
        .with_max_selected_items(MAX_PEOPLE as u64)
        .with_placeholder(placeholder("Reports and peers"))
        .opt_initial_users((!named.is_empty()).then_some(named));
    let who = hint(&format!(
        "At least {MIN_PEOPLE}: with fewer you could tell whose answer is whose. No bots, no guests, not yourself."
    ));
    blocks.push(required(Field::People, &form.question, users).with_hint(who).into());
    blocks.push(paragraph(
        "When: in each person's own day. Where it's daytime it comes within minutes; where it's night, in the morning.",
    ));
    blocks.push(context(
        "Anybody can tell me not to ask them. They get nothing, and I don't say who they are. If fewer than three are \
         left, I ask nobody, and that counts as your round.",
    ));
    blocks.push(context(
        "You see the result once: the working morning after all have answered, or after seven days, and only if three \
         or more did. No names, no times, comments in mixed order. Until then you can cancel. One round in 30 days, \
         a cancelled one too.",
    ));
    modal(&FormState::FeedbackAsk, "Ask for feedback", Some("Send"), "Cancel", blocks)
}

/// What was wrong with those who were named.
fn problems(form: &FeedbackAskForm) -> Vec<SlackBlock> {
    let mut blocks = Vec::new();
    if form.unclear {
        blocks.push(paragraph("I did not recognise every name. Choose the people here."));
    }
    if form.oneself {
        blocks.push(paragraph("You named yourself. I left you out: you cannot be among those you ask."));
    }
    if !form.refused.is_empty() {
        blocks.push(not_people(&form.refused));
    }
    blocks
}

const NOT_PEOPLE: &str = "cannot be asked: only people of this workspace can, and no bots, guests of one channel or \
                          closed accounts. Nothing was sent.";

fn not_people(refused: &[UserId]) -> SlackBlock {
    let mut parts: Vec<SlackRichTextInlineElement> = Vec::new();
    for user in refused {
        parts.push(SlackRichTextUser::new(SlackUserId::new(user.as_str().to_owned())).into());
        parts.push(" ".into());
    }
    parts.push(NOT_PEOPLE.into());
    rich_text(parts)
}

/// The same in the direct message, when the form was closed.
pub(super) fn refused(people: &[UserId]) -> Rendered {
    let names: Vec<String> = people.iter().map(|user| format!("<@{user}>")).collect();
    let again = button("Choose again", feedback::Action::Open, 0);
    Rendered {
        text: format!("{} {NOT_PEOPLE}", names.join(" ")),
        blocks: vec![not_people(people), actions([again])],
    }
}

/// What is true of a running round. It says neither who is asked nor how many.
fn running_says(screen: &FeedbackRunningScreen) -> String {
    format!(
        "Your feedback round of {} is running. Each person gets the question in their own day, except anybody who told me \
         not to ask: I don't say who. The result comes here the working morning after all have answered, or on {} \
         at the latest, and only if three or more did. Until then nobody in Slack sees any answer, you included.",
        date(screen.asked_on),
        date(screen.until_on)
    )
}

fn cancel_button(screen: &FeedbackRunningScreen) -> SlackBlockButtonElement {
    confirmed(
        danger_button("Cancel the round", feedback::Action::Cancel { round: screen.round.clone() }, 0),
        "Cancel the round?",
        "Those who were asked see that it is over. What they said is deleted, and you never see it. It still counts \
         as your round of these 30 days.",
        "Cancel the round",
        "Keep it running",
    )
}

/// Says that a round began, in the asker's direct message.
pub(super) fn began(screen: &FeedbackRunningScreen) -> Rendered {
    let says = running_says(screen);
    let blocks = vec![paragraph(&says), actions([cancel_button(screen)])];
    Rendered { text: says, blocks }
}

/// The round that runs, where another would be begun.
pub(super) fn running(screen: &FeedbackRunningScreen) -> SlackView {
    let blocks = vec![paragraph(&running_says(screen)), actions([cancel_button(screen)])];
    modal(&FormState::Notice, "Your feedback round", None, "Close", blocks)
}

/// Replaces the message that a round began.
pub(super) fn ended(cancelled: bool) -> Rendered {
    let says = if cancelled {
        "You cancelled this feedback round. What was said in it is deleted, and nobody saw it."
    } else {
        "This feedback round is over. The result comes as a message of its own."
    };
    Rendered { text: says.to_owned(), blocks: vec![paragraph(says)] }
}

/// A line that begins with the asker's name.
fn from_asker(asker: &UserId, text: &str) -> SlackBlock {
    let mention = SlackRichTextUser::new(SlackUserId::new(asker.as_str().to_owned()));
    rich_text(vec![mention.into(), text.into()])
}

const ASKS: &str = " asks you and at least two others:";

const WHAT_HAPPENS: &str = "sees how all answers are spread, and the comments in mixed order, once and only if three or more people answer: no names, no times. What you say is kept without your name, and after the round nobody can find out what was yours. While the round runs, who operates the server of LeadLens could find out by looking. If only three answer, two of them can work out the third. You can change your answer or take it back until the result.";

/// What every asked person reads, in the form that shows it before it is sent and in the message.
fn asked(asker: &UserId) -> [SlackBlock; 3] {
    [from_asker(asker, ASKS), header(QUESTION), from_asker(asker, &format!(" {WHAT_HAPPENS}"))]
}

/// The question in an asked person's direct message.
pub(super) fn question(screen: &FeedbackAskScreen) -> Rendered {
    let until = format!("Open until {} at the latest.", date(screen.until_on));
    let (says, mut row) = answer_buttons(screen);
    let mut blocks = asked(&screen.asker).to_vec();
    blocks.push(context(&format!("{says} {until}")));
    let out = "You are not asked for feedback any more, by anybody.";
    let from = screen.from.clone();
    if screen.opted_out {
        blocks.push(context(out));
        row.push(button("Ask me again", Action::FeedbackAnswer(from, AnswerAction::OptIn), 0));
    } else {
        row.push(confirmed(
            button("Never ask me", Action::FeedbackAnswer(from, AnswerAction::OptOut), 0),
            "Never ask me for feedback?",
            "Nobody can ask you through LeadLens any more. You can take this back here or on LeadLens's Home.",
            "Never ask me",
            "Not now",
        ));
    }
    blocks.push(actions(row));
    let name = format!("<@{}>", screen.asker);
    let out = if screen.opted_out { format!(" {out}") } else { String::new() };
    let text = format!("{name}{ASKS} {QUESTION} {name} {WHAT_HAPPENS} {says} {until}{out}");
    Rendered { text, blocks }
}

/// What the asked person can do now, and a sentence about it.
fn answer_buttons(screen: &FeedbackAskScreen) -> (&'static str, Vec<SlackBlockButtonElement>) {
    let from = || screen.from.clone();
    let answer = Action::FeedbackAnswer(from(), AnswerAction::Open);
    match screen.state {
        FeedbackAskState::Asked => (
            "Five steps, a comment if you like; it takes a minute.",
            vec![
                primary_button("Answer", answer, 0),
                button("Not this time", Action::FeedbackAnswer(from(), AnswerAction::Decline), 0),
            ],
        ),
        FeedbackAskState::Answered => (
            "Answered, without your name.",
            vec![
                button("Change", answer, 0),
                button("Take it back", Action::FeedbackAnswer(from(), AnswerAction::Withdraw), 0),
            ],
        ),
        FeedbackAskState::Declined => {
            ("Nothing of yours is in this round.", vec![button("Answer", answer, 0)])
        }
    }
}

/// Replaces the question when the round is over.
pub(super) fn over() -> Rendered {
    let says = "A feedback round that you were asked in is over. What was said in it cannot be found again.";
    Rendered { text: says.to_owned(), blocks: vec![paragraph(says)] }
}

/// The form that answers.
pub(super) fn answer_form(form: &FeedbackAnswerForm) -> SlackView {
    let mut blocks = Vec::new();
    if let Some(concern) = form.concern {
        blocks.extend(paragraphs(care::sentences(concern)));
        blocks.push(context(
            "Nothing is kept unless you choose Keep. Kept, your comment is shown as it stands.",
        ));
        blocks.push(divider());
    }
    blocks.push(from_asker(&form.asker, &format!(" asks: {QUESTION}")));
    let steps =
        FeedbackStep::all().map(|step| choice(&step.number().to_string(), step_label(step))).collect();
    let chosen = form.step.map(|step| step.number().to_string());
    let radio = radio_buttons(Field::Step, steps, chosen.as_deref());
    blocks.push(required(Field::Step, &form.question, radio).into());
    let comment = text_input(Field::Comment, &form.comment, "Something you saw or heard")
        .with_max_length(MAX_COMMENT_CHARS as u64);
    blocks.push(optional(Field::Comment, "Comment", comment).with_hint(hint("Shown word for word, in mixed order and without your name, if three or more answer. The way you write may still tell who you are.")).into());
    if let (true, FormState::Feedback { from, .. }) = (form.answered, &form.state) {
        let withdraw = Action::FeedbackAnswer(from.as_ref().clone(), AnswerAction::Withdraw);
        blocks.push(actions([button("Take my answer back", withdraw, 0)]));
    }
    let (title, submit, close) = match form.concern {
        Some(_) => ("Before you go on", "Keep", "Don't keep"),
        None => ("Feedback", "Send", "Cancel"),
    };
    modal(&form.state, title, Some(submit), close, blocks)
}

/// The result in the asker's direct message.
pub(super) fn result(screen: &FeedbackResultScreen) -> Rendered {
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
    let count = screen.comments.len().max(1);
    let each = (COMMENTS_CHARS / count).min(MAX_COMMENT_CHARS);
    let each_in_text = (COMMENTS_TEXT_CHARS / count).min(MAX_COMMENT_CHARS);
    let mut is_cut = false;
    for comment in &screen.comments {
        let shown = cut(comment.reveal(), each);
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
        "{of} people answered. On average they chose {mean:.1}, where 1 is clarity on the process and 5 is inspiration for the goal."
    )
}

fn spread(counts: &StepCounts) -> String {
    let lines: Vec<String> = FeedbackStep::all()
        .zip(counts)
        .map(|(step, count)| format!("{} · {}: {count}", step.number(), step_label(step)))
        .collect();
    lines.join("\n")
}

/// What the step means, as the form shows it.
fn step_label(step: FeedbackStep) -> &'static str {
    match step.number() {
        1 => "Clearly more clarity on the process",
        2 => "Somewhat more clarity on the process",
        3 => "Both alike",
        4 => "Somewhat more inspiration for the goal",
        _ => "Clearly more inspiration for the goal",
    }
}
