//! Who the bot is, who the members are, and their direct messages.

use super::{Answer, Inner, install_code, text};
use crate::{APP_ID, BOT_ID, BOT_USER, workspace::Workspace};
use serde_json::{Map, Value, json};

pub(super) fn oauth(inner: &Inner, args: &Map<String, Value>) -> Answer {
    let now_ms = inner.now_ms();
    let refresh = match text(args, "grant_type") {
        None | Some("authorization_code") => None,
        Some("refresh_token") => Some(text(args, "refresh_token").ok_or("invalid_refresh_token")?),
        Some(_) => return Err("invalid_grant_type".into()),
    };
    if refresh.is_none() && text(args, "code").ok_or("invalid_code")? != install_code(inner) {
        return Err("invalid_code".into());
    }
    let mut state = inner.state();
    let team = state.team.clone();
    let tokens = match (&mut state.rotation, refresh) {
        (Some(rotation), Some(refresh)) => rotation.exchange(refresh, &team, now_ms)?,
        (Some(rotation), None) => rotation.grant(&team, now_ms),
        (None, Some(_)) => return Err("invalid_refresh_token".into()),
        (None, None) => json!({"access_token": inner.bot_token}),
    };
    let installer = state.users.values().find(|user| !user.is_bot).map(|user| user.id.clone());
    let mut answer = json!({
        "token_type": "bot", "bot_user_id": BOT_USER, "app_id": APP_ID,
        "scope": state.scopes.iter().cloned().collect::<Vec<_>>().join(","),
        "team": {"id": team, "name": "Sandbox"}, "enterprise": null, "is_enterprise_install": false,
    });
    if refresh.is_none() {
        answer["authed_user"] = json!({"id": installer});
    }
    if let (Some(answer), Value::Object(tokens)) = (answer.as_object_mut(), tokens) {
        answer.extend(tokens);
    }
    Ok(answer)
}

pub(super) fn call(inner: &Inner, method: &str, args: &Map<String, Value>) -> Answer {
    let organisation = inner.state().organisation;
    match method {
        "auth.test" => Ok(json!({
            "url": "https://sandbox.slack.com/", "team": "Sandbox", "user": "leadlens",
            "team_id": inner.state().team, "user_id": BOT_USER, "bot_id": BOT_ID,
            "is_enterprise_install": organisation,
        })),
        "auth.revoke" => {
            inner.change(|state| state.revoked = true);
            Ok(json!({"revoked": true}))
        }
        "users.info" => {
            let state = inner.state();
            let user =
                state.users.get(text(args, "user").ok_or("user_not_found")?).ok_or("user_not_found")?;
            Ok(json!({"user": user.json(&state.team)}))
        }
        "users.list" => users_list(&inner.state(), args),
        "dnd.info" => {
            let state = inner.state();
            let user =
                state.users.get(text(args, "user").ok_or("user_not_found")?).ok_or("user_not_found")?;
            Ok(dnd(user.dnd))
        }
        "dnd.teamInfo" => team_dnd(&inner.state(), args),
        _ => open_dm(inner, args),
    }
}

fn users_list(state: &Workspace, args: &Map<String, Value>) -> Answer {
    let limit = text(args, "limit").and_then(|limit| limit.parse().ok()).unwrap_or(100_usize).clamp(1, 1_000);
    let from: usize = match text(args, "cursor") {
        Some(cursor) => {
            cursor.strip_prefix("user:").and_then(|at| at.parse().ok()).ok_or("invalid_cursor")?
        }
        None => 0,
    };
    let members: Vec<Value> =
        state.users.values().skip(from).take(limit).map(|user| user.json(&state.team)).collect();
    let next = from + members.len();
    let cursor = if next < state.users.len() { format!("user:{next}") } else { String::new() };
    Ok(json!({"members": members, "response_metadata": {"next_cursor": cursor}}))
}

fn dnd(window: Option<(i64, i64)>) -> Value {
    match window {
        Some((start, end)) => {
            json!({"dnd_enabled": true, "next_dnd_start_ts": start, "next_dnd_end_ts": end})
        }
        None => json!({"dnd_enabled": false, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}),
    }
}

fn team_dnd(state: &Workspace, args: &Map<String, Value>) -> Answer {
    let ids: Vec<&str> = text(args, "users").ok_or("no_users_provided")?.split(',').collect();
    if ids.len() > 50 {
        return Err("too_many_users".into());
    }
    let users: Map<String, Value> = ids
        .into_iter()
        .filter_map(|id| state.users.get(id))
        .map(|user| (user.id.clone(), dnd(user.dnd)))
        .collect();
    Ok(json!({"users": users}))
}

fn open_dm(inner: &Inner, args: &Map<String, Value>) -> Answer {
    let users = text(args, "users").ok_or("users_list_not_supplied")?;
    inner.change(|state| {
        let user = state.users.get(users).ok_or("user_not_found")?;
        if user.deleted {
            return Err("user_disabled".into());
        }
        if user.is_bot {
            return Err("cannot_dm_bot".into());
        }
        let id = state.dm(users);
        Ok(json!({"channel": {"id": id}}))
    })
}
