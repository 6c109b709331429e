//! Plans and experiments: the form, the plan repeated in the member's words, the follow-up, the outcome
//! and the list.

use super::{
    Rendered,
    blocks::{actions, button, context, divider, header, modal, paragraph, paragraphs, quote},
    care,
    dates::date_time,
    escape::{escape, escape_cut},
    inputs::{date_picker, hint, line_input, optional, required, text_input, time_picker},
};
use crate::coach::{
    hat::Hat,
    ids::RowId,
    member_text::MemberText,
    plan::{MAX_CHARS, PlanState, PlanWords},
    screen::{Field, FormState, PlanForm, PlanOutcomeForm, PlanScreen},
};
use crate::features::plan;
use jiff::civil::DateTime;
use slack_morphism::blocks::{SlackBlock, SlackBlockButtonElement, SlackView};

/// The form.
pub(super) fn form(plan: &PlanForm) -> SlackView {
    let (id, experiment) = match &plan.state {
        FormState::Plan { plan, experiment, .. } => (plan.as_ref(), *experiment),
        _ => (None, None),
    };
    let mut blocks = plan.concern.map(|it| paragraphs(care::sentences(it))).unwrap_or_default();
    blocks.extend(inputs(plan, experiment));
    if id.is_none() && plan.concern.is_none() {
        blocks.push(divider());
        blocks.push(actions(others(experiment, plan.plans)));
    }
    blocks.push(context("Kept for you alone. I'll ask once what came of it."));
    let title = match (&plan.concern, experiment) {
        (Some(_), _) => "Before you go on",
        (None, Some(_)) => "An experiment",
        (None, None) => "A plan",
    };
    let close = if plan.concern.is_some() { "Don't keep" } else { "Cancel" };
    let submit = if plan.concern.is_some() { "Keep" } else { "Save" };
    modal(&plan.state, title, Some(submit), close, blocks)
}

fn inputs(plan: &PlanForm, experiment: Option<Hat>) -> [SlackBlock; 4] {
    let (cue, cue_hint, act) = match experiment {
        None => ("If …", "the stand-up turns into a status round", "I will …"),
        Some(Hat::Leader) => {
            (plan.question.as_str(), "one that is coming up", "With the leader hat, I will …")
        }
        Some(Hat::Manager) => {
            (plan.question.as_str(), "one that is coming up", "With the manager hat, I will …")
        }
    };
    let line = |field, words: &MemberText, placeholder| {
        line_input(field, words, placeholder).with_max_length(MAX_CHARS as u64)
    };
    let fields = &plan.fields;
    let on = date_picker(Field::FollowUpOn, fields.on);
    let time = time_picker(Field::FollowUpTime, fields.time);
    [
        required(Field::Cue, cue, line(Field::Cue, &fields.cue, cue_hint)).into(),
        required(Field::Act, act, line(Field::Act, &fields.act, "one small act")).into(),
        required(Field::FollowUpOn, "Ask me what came of it on", on).into(),
        required(Field::FollowUpTime, "At", time)
            .with_hint(hint(
                "In quiet hours, on a day off, in Do Not Disturb or while you are away it waits.",
            ))
            .into(),
    ]
}

/// The other kinds of plan, and the list.
fn others(experiment: Option<Hat>, plans: usize) -> Vec<SlackBlockButtonElement> {
    let kinds = [
        ("An if-then plan", None),
        ("Try the leader hat", Some(Hat::Leader)),
        ("Try the manager hat", Some(Hat::Manager)),
    ];
    let others = kinds.into_iter().enumerate().filter(|(_, (_, kind))| *kind != experiment);
    let mut buttons: Vec<SlackBlockButtonElement> = others
        .map(|(nth, (label, kind))| button(label, plan::Action::Open { experiment: kind }, nth))
        .collect();
    if plans > 0 {
        buttons.push(button(&format!("Your plans ({plans})"), plan::Action::List, 0));
    }
    buttons
}

/// A plan as one sentence in the member's words. An "If" or "I will" that they typed themselves is not
/// repeated.
pub(super) fn sentence(words: &PlanWords) -> MemberText {
    let cue = without(words.cue.reveal(), &["if "]);
    let act = without(words.act.reveal(), &["then ", "i will ", "i'll ", "i’ll "]);
    MemberText::new(match words.experiment {
        Some(hat) => format!("In {cue}, with the {hat} hat, I will {act}"),
        None => format!("If {cue}, I will {act}"),
    })
}

/// Removes white space and punctuation at both ends, and the first of these beginnings that leaves text.
fn without<'a>(text: &'a str, beginnings: &[&str]) -> &'a str {
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';');
    let mut text = text.trim_matches(ends);
    for beginning in beginnings {
        if let Some((head, rest)) = text.split_at_checked(beginning.len())
            && head.to_lowercase() == *beginning
            && !rest.trim_matches(ends).is_empty()
        {
            text = rest.trim_matches(ends);
        }
    }
    text
}

/// The plan in the member's words, with a field to say it once more.
pub(super) fn kept(plan: &RowId, words: &PlanWords, at: DateTime) -> SlackView {
    let element = text_input(Field::Rehearsal, &MemberText::default(), "Or say it to yourself");
    let blocks = vec![
        paragraph("Saved. In your words:"),
        quote(&sentence(words)),
        optional(Field::Rehearsal, "Say it once more, in the words you will think then", element)
            .with_hint(hint(
                "A plan that is repeated word for word comes to mind more easily when its moment comes.",
            ))
            .into(),
        context(&format!("What you write here is not kept. I'll ask what came of it on {}.", date_time(at))),
        actions([button("Edit", plan::Action::Edit { plan: plan.clone() }, 0), delete_button(plan, 0)]),
    ];
    modal(&FormState::Rehearsal, "Once more", Some("Done"), "Close", blocks)
}

fn delete_button(plan: &RowId, nth: usize) -> SlackBlockButtonElement {
    super::blocks::delete_button(
        plan::Action::Delete { plan: plan.clone() },
        nth,
        "Delete this plan?",
        "It is removed for good, and I won't ask about it. Reports I sent you here are changed so that they don't quote \
         it. A message of yours stays in Slack until you delete it there.",
    )
}

fn state_says(plan: &PlanScreen) -> &str {
    match plan.state {
        PlanState::Open => "Open.",
        PlanState::Asked => &plan.question,
        PlanState::Done => "Done.",
        PlanState::NotYet => "Not yet.",
        PlanState::SomethingElse => "Something else came of it.",
    }
}

/// The follow-up in the DM: one question, then what was said.
pub(super) fn message(plan: &PlanScreen) -> Rendered {
    let kind = if plan.words.experiment.is_some() { "Your experiment:" } else { "Your plan:" };
    let says = state_says(plan);
    let sentence = sentence(&plan.words);
    let mut text = format!("{kind} {} {}", escape_cut(sentence.reveal(), 800), escape(says));
    let mut blocks = vec![paragraph(kind), quote(&sentence), paragraph(says)];
    if !plan.outcome.is_blank() {
        blocks.push(quote(&plan.outcome));
        text.push_str(&format!(" You wrote: {}", escape_cut(plan.outcome.reveal(), 1_500)));
    }
    if matches!(plan.state, PlanState::Open | PlanState::Asked) {
        blocks.push(context("A tap is enough; a reply in this thread is kept as what came of it."));
    }
    blocks.push(actions(buttons(plan, 0)));
    Rendered { text, blocks }
}

fn buttons(plan: &PlanScreen, nth: usize) -> Vec<SlackBlockButtonElement> {
    let id = || plan.plan.clone();
    let mut buttons = Vec::new();
    if plan.state.is_open() {
        buttons.push(button("Done", plan::Action::MarkDone { plan: id() }, nth));
    }
    if matches!(plan.state, PlanState::Asked) {
        buttons.push(button("Not yet", plan::Action::MarkNotYet { plan: id() }, nth));
    }
    let label = if plan.outcome.is_blank() { "Something else" } else { "Edit what came of it" };
    if plan.state != PlanState::Open {
        buttons.push(button(label, plan::Action::OpenOutcome { plan: id() }, nth));
    }
    buttons.push(button("Edit", plan::Action::Edit { plan: id() }, nth));
    buttons.push(delete_button(&plan.plan, nth));
    buttons
}

/// A plan in a list.
fn entry(plan: &PlanScreen, nth: usize) -> Vec<SlackBlock> {
    let line = match plan.state {
        PlanState::Open => format!("I ask about it on {}.", date_time(plan.at)),
        _ => state_says(plan).to_owned(),
    };
    let mut blocks = vec![quote(&sentence(&plan.words)), context(&line)];
    if !plan.outcome.is_blank() {
        blocks.push(quote(&plan.outcome));
    }
    blocks.push(actions(buttons(plan, nth)));
    blocks
}

/// The list.
pub(super) fn list(plans: &[PlanScreen]) -> SlackView {
    let mut blocks = Vec::new();
    if plans.is_empty() {
        blocks.push(paragraph("None. /leadlens plan makes one."));
    }
    for (nth, plan) in plans.iter().enumerate() {
        blocks.extend(entry(plan, nth));
    }
    modal(&FormState::Plans, "Plans", None, "Close", blocks)
}

/// The plans on Home.
pub(super) fn on_home(plans: &[PlanScreen]) -> Vec<SlackBlock> {
    let mut blocks = vec![divider(), header("Open plans")];
    for (nth, plan) in plans.iter().enumerate() {
        blocks.extend(entry(plan, nth));
    }
    blocks
}

/// What came of a plan, in the member's words.
pub(super) fn outcome(form: &PlanOutcomeForm) -> SlackView {
    let mut blocks = form.concern.map(|it| paragraphs(care::sentences(it))).unwrap_or_default();
    blocks.push(quote(&sentence(&form.words)));
    let element = text_input(Field::Outcome, &form.outcome, "In your own words");
    blocks.push(optional(Field::Outcome, &form.question, element).into());
    let (title, close) = match form.concern {
        Some(_) => ("Before you go on", "Don't keep"),
        None => ("What came of it", "Cancel"),
    };
    let submit = if form.concern.is_some() { "Keep" } else { "Save" };
    modal(&form.state, title, Some(submit), close, blocks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_plan_is_said_in_the_members_words() {
        let table = [
            (
                None,
                "the stand-up begins",
                "ask before I answer",
                "If the stand-up begins, I will ask before I answer",
            ),
            (None, "If Raj asks me, ", "I will ask back.", "If Raj asks me, I will ask back"),
            (None, "IF it rains", "then I'll stay", "If it rains, I will stay"),
            (None, "if ", "i will ", "If if, I will i will"),
            (None, "ифы", "İ", "If ифы, I will İ"),
            (
                Some(Hat::Leader),
                "the billing rewrite",
                "say why",
                "In the billing rewrite, with the leader hat, I will say why",
            ),
        ];
        for (experiment, cue, act, says) in table {
            let words = PlanWords { experiment, cue: MemberText::new(cue), act: MemberText::new(act) };
            assert_eq!(sentence(&words).reveal(), says);
        }
    }

    proptest! {
        #[test]
        fn any_words_make_a_sentence(cue in any::<String>(), act in any::<String>()) {
            let words = PlanWords { experiment: None, cue: MemberText::new(cue), act: MemberText::new(act) };
            prop_assert!(sentence(&words).reveal().starts_with("If "));
        }
    }
}
