//! The block ids of a form's inputs. Slack keeps what is in an input for as long as the form lives and an
//! input with the same block and action id is shown, and ignores its new initial value
//! (<https://docs.slack.dev/reference/methods/views.update#usage-info>,
//! <https://github.com/slackapi/bolt-js/issues/290>). So an input that brings content of its own gets a
//! block id that the form has not had: its field, a dot, and a digest. The action id is the field alone.

use crate::{
    coach::screen::FormState,
    slack::payload::{FORM_CALLBACK, block_id, decode_form},
};
use serde_json::{Map, Value, json};
use slack_morphism::blocks::{SlackBlock, SlackBlockId, SlackInputBlock, SlackInputBlockElement, SlackView};

/// Names the inputs of a form. `shown_by` is what made the form take another one's place, such as a
/// delivery: each time shows its own content. `None`: the form is opened, and nothing was typed in it.
pub(super) fn name_inputs(view: SlackView, shown_by: Option<&str>) -> SlackView {
    let SlackView::Modal(mut modal) = view else { return view };
    let metadata = modal.private_metadata.as_deref().unwrap_or_default();
    let state = decode_form(FORM_CALLBACK, metadata).ok();
    let shown_by = shown_by.filter(|_| !state.as_ref().is_some_and(keeps_what_was_typed));
    for block in &mut modal.blocks {
        if let SlackBlock::Input(input) = block {
            name_input(input, shown_by);
        }
    }
    SlackView::Modal(modal)
}

/// Three forms change while the member types in them: the follow-up, when the lens or the model has read
/// the answer; a new plan, which turns into an experiment; and the questions to give back, of which another
/// one is taken.
fn keeps_what_was_typed(state: &FormState) -> bool {
    match state {
        FormState::FollowUp { care_acknowledged, .. }
        | FormState::Plan { plan: None, care_acknowledged, .. } => !care_acknowledged,
        FormState::Ask { .. } => true,
        FormState::Plan { plan: Some(_), .. }
        | FormState::Checkin { .. }
        | FormState::EditReflection { .. }
        | FormState::Schedule
        | FormState::Pause
        | FormState::History { .. }
        | FormState::Acts { .. }
        | FormState::EditAct { .. }
        | FormState::FeedbackAsk
        | FormState::Feedback { .. }
        | FormState::Room
        | FormState::Audit { .. }
        | FormState::Rehearsal
        | FormState::PlanOutcome { .. }
        | FormState::Plans
        | FormState::Practices
        | FormState::Audits
        | FormState::Forget
        | FormState::Notice => false,
    }
}

fn name_input(input: &mut SlackInputBlock, shown_by: Option<&str>) {
    let Some(field) = input.block_id.take() else { return };
    let content = initial_content(&input.element);
    let is_plain = content.is_empty() && shown_by.is_none();
    let digested = (!is_plain).then(|| json!([content, shown_by]));
    input.block_id = Some(SlackBlockId::new(block_id(field.as_ref(), digested.as_ref())));
}

/// Everything of an element that says what is in it at first.
fn initial_content(element: &SlackInputBlockElement) -> Map<String, Value> {
    let Ok(Value::Object(fields)) = serde_json::to_value(element) else { return Map::new() };
    fields.into_iter().filter(|(name, value)| name.starts_with("initial_") && !value.is_null()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        coach::{
            ids::RowId,
            member_text::MemberText,
            plan::PlanFields,
            screen::{Form, PlanForm},
        },
        slack::render,
    };

    fn ids(form: &Form, shown_by: Option<&str>) -> Vec<String> {
        let view = serde_json::to_value(render::named(form, shown_by)).unwrap();
        let blocks = view["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "input");
        blocks.map(|block| block["block_id"].as_str().unwrap().to_owned()).collect()
    }

    fn plan(plan: Option<RowId>, cue: &str) -> Form {
        Form::Plan(PlanForm {
            state: FormState::Plan { plan, experiment: None, care_acknowledged: false },
            question: "Which project?".to_owned(),
            fields: PlanFields { cue: MemberText::new(cue), ..PlanFields::default() },
            concern: None,
            plans: 0,
        })
    }

    #[test]
    fn what_is_typed_in_a_new_plan_stays_and_what_is_edited_shows_its_own() {
        let row = RowId::new(1, 2);
        let typed = ids(&plan(None, ""), None);
        assert_eq!(typed, ["cue", "act", "follow-up-on", "follow-up-time"]);
        assert_eq!(ids(&plan(None, ""), Some("press:1")), typed, "a new plan keeps what was typed");
        let edited = ids(&plan(Some(row.clone()), "If they ask"), Some("press:2"));
        assert!(edited.iter().zip(&typed).all(|(one, other)| one != other), "{edited:?}");
        let again = ids(&plan(Some(row.clone()), "If they ask"), Some("press:2"));
        assert_eq!(edited, again, "a redelivery is answered the same");
        let later = ids(&plan(Some(row), "If they ask"), Some("press:3"));
        assert!(edited.iter().zip(&later).all(|(one, other)| one != other), "{later:?}");
    }
}
