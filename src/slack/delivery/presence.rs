//! What Slack says about members at this moment: status, time zone and deactivation from `users.info`
//! or `users.list`, Do Not Disturb from `dnd.teamInfo`. What follows from it is decided in `coach`.

use super::{
    presence_cache::PresenceCache,
    rate_limited_api::{Failure, RateLimitedApi},
};
use crate::coach::{
    feedback::Invitee,
    ids::{TeamId, UserId},
    member::Presence,
};
use futures::{StreamExt as _, stream};
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

/// How many lookups of one kind are under way at once.
const CONCURRENT: usize = 8;

/// Looks members up.
#[derive(Clone)]
pub(super) struct PresenceReader {
    api: RateLimitedApi,
    cache: Arc<PresenceCache>,
}

impl PresenceReader {
    pub(super) fn new(api: RateLimitedApi) -> Self {
        Self { api, cache: Arc::default() }
    }

    /// Profiles and Do Not Disturb of members of one workspace, and why some are missing. A member whom Slack
    /// does not know has the default. What was learned before a limit was met is kept for the next call.
    pub(super) async fn presence(
        &self,
        team: &TeamId,
        users: &[UserId],
    ) -> (HashMap<UserId, Presence>, Option<Failure>) {
        let failure = self.learn(team, users).await.err();
        let mut known = self.cache.get(self.api.now(), team, users);
        if failure.is_none() {
            // The list was read to its end without them.
            let left_out = std::mem::take(&mut known.without_profile);
            known.complete.extend(left_out.into_iter().map(|user| (user, Presence::default())));
        }
        (known.complete, failure)
    }

    async fn learn(&self, team: &TeamId, users: &[UserId]) -> Result<(), Failure> {
        let token = self.api.token_for(team).await?;
        let missing = || self.cache.get(self.api.now(), team, users);
        let mut without_profile = missing().without_profile;
        let mut failure = None;
        if without_profile.len() > MAX_SINGLE_LOOKUPS {
            failure = self.read_list(team, &token).await.err();
            without_profile = missing().without_profile;
            if failure.as_ref().is_some_and(Failure::is_lasting) {
                let now = self.api.now();
                let unknown = without_profile.drain(..);
                unknown.for_each(|user| self.cache.add_profile(now, team, &user, Some(without_facts())));
                failure = None;
            }
        }
        if failure.is_none() && without_profile.len() <= MAX_SINGLE_LOOKUPS {
            failure = self.read_profiles(team, &token, &without_profile).await.err();
        }
        // Do Not Disturb is asked for those whose profiles are known, whatever became of the others.
        let dnd = self.read_dnd(team, &token, &missing().without_dnd).await;
        failure.map_or(dnd, Err)
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

    /// The name that Slack's composer shows in a mention.
    pub(super) async fn name(&self, team: &TeamId, user: &UserId) -> Result<Option<String>, Failure> {
        let token = self.api.token_for(team).await?;
        let info = self.user_info(team, &token, user).await?;
        let names = [&info["profile"]["display_name"], &info["profile"]["real_name"], &info["real_name"]];
        let name = names.into_iter().filter_map(Value::as_str).find(|name| !name.trim().is_empty());
        Ok(name.map(str::to_owned))
    }

    async fn user_info(&self, team: &TeamId, token: &SecretString, user: &UserId) -> Result<Value, Failure> {
        let mut answer = self.api.get(team, token, "users.info", &[("user", user.to_string())]).await?;
        Ok(answer.get_mut("user").map(Value::take).unwrap_or_default())
    }

    async fn read_profiles(
        &self,
        team: &TeamId,
        token: &SecretString,
        users: &[UserId],
    ) -> Result<(), Failure> {
        let lookups: Vec<_> = users.iter().map(|user| self.read_profile(team, token, user)).collect();
        all(lookups).await
    }

    async fn read_profile(&self, team: &TeamId, token: &SecretString, user: &UserId) -> Result<(), Failure> {
        let profile = match found(self.user_info(team, token, user).await) {
            Ok(info) => info.as_ref().map(presence_in),
            Err(failure) if failure.is_lasting() => Some(without_facts()),
            Err(failure) => return Err(failure),
        };
        self.cache.add_profile(self.api.now(), team, user, profile);
        Ok(())
    }

    /// Reads the workspace's list to its end, from where a limit stopped the last call.
    async fn read_list(&self, team: &TeamId, token: &SecretString) -> Result<(), Failure> {
        while let Some(cursor) = self.cache.list_cursor(self.api.now(), team) {
            let is_first = cursor.is_empty();
            let mut params = vec![("limit", LIST_PAGE.to_string()), ("team_id", team.to_string())];
            if !is_first {
                params.push(("cursor", cursor));
            }
            let answer = self.api.get(team, token, "users.list", &params).await.inspect_err(|failure| {
                if failure.slack_code() == Some("invalid_cursor") {
                    self.cache.restart_list(team);
                }
            })?;
            let now = self.api.now();
            for member in answer["members"].as_array().into_iter().flatten() {
                if let Some(user) = member["id"].as_str().and_then(|id| UserId::parse(id).ok()) {
                    self.cache.add_profile(now, team, &user, Some(presence_in(member)));
                }
            }
            let next = answer["response_metadata"]["next_cursor"].as_str().unwrap_or_default();
            self.cache.note_page(now, team, is_first, Some(next.to_owned()).filter(|next| !next.is_empty()));
        }
        Ok(())
    }

    async fn read_dnd(&self, team: &TeamId, token: &SecretString, users: &[UserId]) -> Result<(), Failure> {
        let batches = users.chunks(DND_BATCH);
        let lookups: Vec<_> = batches.map(|batch| self.read_dnd_of(team, token, batch)).collect();
        all(lookups).await
    }

    /// Slack refuses a whole batch when the bot may not see one of its members. Such a batch is asked
    /// for again in halves until that member is alone; then it is as if Slack did not know them.
    async fn read_dnd_of(
        &self,
        team: &TeamId,
        token: &SecretString,
        batch: &[UserId],
    ) -> Result<(), Failure> {
        let mut batches = vec![batch];
        while let Some(batch) = batches.pop() {
            let ids: Vec<&str> = batch.iter().map(UserId::as_str).collect();
            let answer = self.api.get(team, token, "dnd.teamInfo", &[("users", ids.join(","))]).await;
            let now = self.api.now();
            let answer = match found(answer) {
                // Quiet hours, pauses and statuses still decide.
                Err(failure) if failure.is_lasting() => Some(Value::Null),
                answer => answer?,
            };
            if let Some(answer) = answer {
                for user in batch {
                    self.cache.add_dnd(now, team, user, dnd_in(&answer["users"][user.as_str()]));
                }
                continue;
            }
            match batch.split_at_checked(batch.len() / 2) {
                Some((first, second)) if !first.is_empty() => batches.extend([first, second]),
                _ => batch.iter().for_each(|user| self.cache.add_profile(now, team, user, None)),
            }
        }
        Ok(())
    }
}

/// Makes all lookups, a few at once. One that fails takes nothing away from the others.
async fn all(lookups: Vec<impl Future<Output = Result<(), Failure>>>) -> Result<(), Failure> {
    let answers: Vec<_> = stream::iter(lookups).buffer_unordered(CONCURRENT).collect().await;
    answers.into_iter().collect()
}

/// Nothing is known of a member while Slack refuses to tell it for a lasting reason. Their own quiet hours,
/// days off and pauses decide then.
fn without_facts() -> Presence {
    Presence::default()
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
