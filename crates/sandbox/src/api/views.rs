//! Modals and Home tabs.

use super::{Answer, Inner, Refusal, text};
use crate::{
    APP_ID,
    blocks::check_view,
    workspace::{MOST_VIEWS, View, Workspace},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A trigger lasts three seconds.
const TRIGGER_MS: i64 = 3_000;

/// A view may have 250 kB (<https://docs.slack.dev/reference/methods/views.open#errors>).
const MAX_VIEW_BYTES: usize = 250_000;

pub(super) fn call(inner: &Inner, method: &str, args: &Map<String, Value>) -> Answer {
    let view = match args.get("view") {
        Some(view) if view.is_object() => view.clone(),
        _ => {
            return Err(Refusal::because(
                "invalid_arguments",
                &["[ERROR] missing required field: view".into()],
            ));
        }
    };
    if view.to_string().len() > MAX_VIEW_BYTES {
        return Err("view_too_large".into());
    }
    let expected = if method == "views.publish" { "home" } else { "modal" };
    let mut findings = check_view(&view);
    if view["type"] != expected && method != "views.update" {
        findings.push(format!("[ERROR] must be a {expected} [json-pointer:/view/type]"));
    }
    if !findings.is_empty() {
        return Err(Refusal::because("invalid_arguments", &findings));
    }
    let now_ms = inner.now_ms();
    inner.change(|state| match method {
        "views.open" | "views.push" => open(state, method, args, view, now_ms),
        "views.update" => update(state, args, view),
        _ => publish(state, args, view),
    })
}

fn open(state: &mut Workspace, method: &str, args: &Map<String, Value>, view: Value, now_ms: i64) -> Answer {
    let id = text(args, "trigger_id").ok_or("invalid_trigger_id")?;
    let trigger = state.triggers.get_mut(id).ok_or("invalid_trigger_id")?;
    if trigger.used {
        return Err("exchanged_trigger_id".into());
    }
    if now_ms - trigger.at_ms > TRIGGER_MS {
        return Err("expired_trigger_id".into());
    }
    trigger.used = true;
    let user = trigger.user.clone();
    let depth = state.stacks.get(&user).map_or(0, Vec::len);
    if method == "views.push" && depth >= MOST_VIEWS {
        return Err("push_limit_reached".into());
    }
    if method == "views.open" {
        state.stacks.remove(&user);
    }
    let id = state.push_view(&user, view);
    Ok(shown(state, &id))
}

fn shown(state: &Workspace, id: &str) -> Value {
    let view = state.views.get(id).map(|view| state.view_json(view, APP_ID));
    json!({"view": view})
}

fn update(state: &mut Workspace, args: &Map<String, Value>, content: Value) -> Answer {
    let id = text(args, "view_id").ok_or("not_found")?.to_owned();
    let view = state.views.get(&id).ok_or("not_found")?;
    let is_open = state.stacks.get(&view.user).is_some_and(|stack| stack.contains(&id));
    if !is_open {
        return Err("not_found".into());
    }
    if text(args, "hash").is_some_and(|hash| hash != view.hash) {
        return Err("hash_conflict".into());
    }
    state.put_content(&id, content);
    Ok(shown(state, &id))
}

fn publish(state: &mut Workspace, args: &Map<String, Value>, content: Value) -> Answer {
    let user = text(args, "user_id").ok_or("user_not_found")?.to_owned();
    if !state.users.contains_key(&user) {
        return Err("user_not_found".into());
    }
    if let (Some(hash), Some(home)) = (text(args, "hash"), state.homes.get(&user))
        && hash != home.hash
    {
        return Err("hash_conflict".into());
    }
    let id = match state.homes.get(&user) {
        Some(home) => home.id.clone(),
        None => state.id("V"),
    };
    let view = View {
        id,
        user: user.clone(),
        content,
        hash: state.id("h"),
        values: BTreeMap::new(),
        remembered: BTreeMap::new(),
        errors: BTreeMap::new(),
        trouble: None,
    };
    let json = state.view_json(&view, APP_ID);
    state.homes.insert(user, view);
    Ok(json!({"view": json}))
}
