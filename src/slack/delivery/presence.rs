//! What Slack says about members at this moment: status, time zone and deactivation from `users.info`
//! or `users.list`, Do Not Disturb from `dnd.teamInfo`. What follows from it is decided in `coach`.

use super::{
    profile_cache::ProfileCache,
    rate_limited_api::{Failure, RateLimitedApi},
};
use crate::coach::{
    feedback::Invitee,
    ids::{TeamId, UserId},
    member::Presence,
};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};

/// Up to this many members are looked up one by one, which Slack allows a hundred times a minute. For
/// more, the list of the whole workspace is read.
const MAX_SINGLE_LOOKUPS: usize = 20;

/// `dnd.teamInfo` takes at most fifty members (<https://docs.slack.dev/reference/methods/dnd.teamInfo>).
const DND_BATCH: usize = 50;

/// The most members that one page of `users.list` holds.
const LIST_PAGE: usize = 1_000;

/// How many pages of one workspace's list are read: half of what Slack allows in a minute. In a larger
/// workspace, the members on later pages are looked up one by one.
const MAX_LIST_PAGES: usize = 10;

/// Looks members up.
#[derive(Clone)]
pub(super) struct PresenceReader {
    api: RateLimitedApi,
    cache: Arc<ProfileCache>,
}

impl PresenceReader {
    pub(super) fn new(api: RateLimitedApi) -> Self {
        Self { api, cache: Arc::default() }
    }

    /// Profiles and Do Not Disturb of members of one workspace. A member whom Slack does not know is
    /// missing from the answer.
    pub(super) async fn presence(
        &self,
        team: &TeamId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, Failure> {
        let token = self.api.token_for(team).await?;
        let mut known = if users.len() <= MAX_SINGLE_LOOKUPS {
            self.profiles_one_by_one(team, &token, users).await?
        } else {
            self.profiles_from_list(team, &token, users).await?
        };
        self.add_dnd(team, &token, &mut known).await?;
        Ok(known)
    }

    /// One member's profile, without Do Not Disturb.
    pub(super) async fn profile(&self, team: &TeamId, user: &UserId) -> Result<Presence, Failure> {
        let token = self.api.token_for(team).await?;
        Ok(presence_in(&self.user_info(team, &token, user).await?))
    }

    /// Which of these people can be asked for feedback. One whom Slack does not know is missing from
    /// the answer.
    pub(super) async fn people(
        &self,
        team: &TeamId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Invitee>, Failure> {
        let token = self.api.token_for(team).await?;
        let mut known = HashMap::new();
        for user in users {
            if let Some(info) = found(self.user_info(team, &token, user).await)? {
                known.insert(user.clone(), person_in(team, &info));
            }
        }
        Ok(known)
    }

    async fn user_info(&self, team: &TeamId, token: &SecretString, user: &UserId) -> Result<Value, Failure> {
        let mut answer = self.api.get(team, token, "users.info", &[("user", user.to_string())]).await?;
        Ok(answer.get_mut("user").map(Value::take).unwrap_or_default())
    }

    async fn profiles_one_by_one(
        &self,
        team: &TeamId,
        token: &SecretString,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, Failure> {
        let mut known = HashMap::new();
        for user in users {
            if let Some(info) = found(self.user_info(team, token, user).await)? {
                known.insert(user.clone(), presence_in(&info));
            }
        }
        Ok(known)
    }

    async fn profiles_from_list(
        &self,
        team: &TeamId,
        token: &SecretString,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, Failure> {
        let missing_in = |known: &HashMap<UserId, Presence>| -> Vec<UserId> {
            users.iter().filter(|user| !known.contains_key(*user)).cloned().collect()
        };
        let mut known = self.cache.get(self.api.now(), team, users);
        if missing_in(&known).len() > MAX_SINGLE_LOOKUPS {
            let is_complete = self.read_list(team, token).await?;
            known = self.cache.get(self.api.now(), team, users);
            if is_complete {
                return Ok(known);
            }
        }
        for user in missing_in(&known) {
            if let Some(info) = found(self.user_info(team, token, &user).await)? {
                let presence = presence_in(&info);
                self.cache.insert(self.api.now(), team, [(user.clone(), presence.clone())]);
                known.insert(user, presence);
            }
        }
        Ok(known)
    }

    /// Reads the workspace's list into the cache. Returns whether it was read to its end.
    async fn read_list(&self, team: &TeamId, token: &SecretString) -> Result<bool, Failure> {
        let mut cursor = String::new();
        for _ in 0..MAX_LIST_PAGES {
            let mut params = vec![("limit", LIST_PAGE.to_string()), ("team_id", team.to_string())];
            if !cursor.is_empty() {
                params.push(("cursor", cursor));
            }
            let answer = self.api.get(team, token, "users.list", &params).await?;
            let members = answer["members"].as_array().into_iter().flatten();
            let read = members.filter_map(|member| {
                Some((UserId::parse(member["id"].as_str()?).ok()?, presence_in(member)))
            });
            self.cache.insert(self.api.now(), team, read);
            cursor =
                answer["response_metadata"]["next_cursor"].as_str().map(str::to_owned).unwrap_or_default();
            if cursor.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Adds Do Not Disturb to the profiles of active members.
    ///
    /// Slack refuses a whole batch when the bot may not see one of its members. Such a batch is asked
    /// for again in halves until that member is alone; they are removed, as if Slack did not know them.
    async fn add_dnd(
        &self,
        team: &TeamId,
        token: &SecretString,
        known: &mut HashMap<UserId, Presence>,
    ) -> Result<(), Failure> {
        let active = known.iter().filter(|(_, presence)| !presence.deactivated);
        let active: Vec<UserId> = active.map(|(user, _)| user.clone()).collect();
        let mut batches: Vec<&[UserId]> = active.chunks(DND_BATCH).collect();
        while let Some(batch) = batches.pop() {
            let ids: Vec<&str> = batch.iter().map(UserId::as_str).collect();
            let answer = self.api.get(team, token, "dnd.teamInfo", &[("users", ids.join(","))]).await;
            if let Some(answer) = found(answer)? {
                for user in batch {
                    if let Some(presence) = known.get_mut(user) {
                        presence.dnd = dnd_in(&answer["users"][user.as_str()]);
                    }
                }
                continue;
            }
            match batch.split_at_checked(batch.len() / 2) {
                Some((first, second)) if !first.is_empty() => batches.extend([first, second]),
                _ => known.retain(|user, _| !batch.contains(user)),
            }
        }
        Ok(())
    }
}

/// `None` when the failure is about the person who was looked up, and not about the lookup.
fn found<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(failure) => match failure.slack_code() {
            Some("user_not_found" | "user_not_visible" | "users_not_found") => Ok(None),
            _ => Err(failure),
        },
    }
}

fn presence_in(user: &Value) -> Presence {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Presence {
        status_emoji: text(&user["profile"]["status_emoji"]),
        status_text: text(&user["profile"]["status_text"]),
        status_expires_at: instant(&user["profile"]["status_expiration"]),
        dnd: None,
        slack_zone: user["tz"].as_str().map(str::to_owned),
        deactivated: user["deleted"] == true,
    }
}

/// Slackbot has no `is_bot` flag. Single-channel guests and people from another organisation cannot
/// get a message from an app (<https://docs.slack.dev/reference/objects/user-object>).
fn person_in(team: &TeamId, user: &Value) -> Invitee {
    let is = |field: &str| user[field] == true;
    let is_elsewhere = user["team_id"].as_str().is_some_and(|home| home != team.as_str());
    // In an organisation-wide installation, `team` is the organisation and differs from every home.
    let is_elsewhere = is_elsewhere && !team.as_str().starts_with('E') && user["enterprise_user"].is_null();
    let is_human = !is("is_bot") && !is("is_workflow_bot") && user["id"] != "USLACKBOT";
    let is_reachable = !is("deleted") && !is("is_ultra_restricted") && !is("is_stranger") && !is_elsewhere;
    Invitee { can_be_asked: is_human && is_reachable, zone: user["tz"].as_str().map(str::to_owned) }
}

/// An instant in seconds, where Slack writes zero for "never".
fn instant(value: &Value) -> Option<Timestamp> {
    value.as_i64().filter(|seconds| *seconds > 0).and_then(|seconds| Timestamp::from_second(seconds).ok())
}

fn dnd_in(info: &Value) -> Option<(Timestamp, Timestamp)> {
    instant(&info["next_dnd_start_ts"]).zip(instant(&info["next_dnd_end_ts"]))
}
