//! Today's facts about members: status, zone and deactivation by `users.info` or `users.list`, Do Not
//! Disturb by `dnd.teamInfo`. What follows from them is the coach's.

use super::sender::Sender;
use crate::{
    app::ports::Unavailable,
    coach::{
        feedback::Invitee,
        ids::{TeamId, UserId},
        member::Presence,
    },
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Up to so many members are asked for one by one, which Slack allows a hundred times a minute.
const FEW: usize = 20;

/// `dnd.teamInfo` takes at most fifty members (<https://docs.slack.dev/reference/methods/dnd.teamInfo>).
const DND_AT_ONCE: usize = 50;

/// The most that `users.list` returns at once.
const LIST_AT_ONCE: usize = 1_000;

/// Pages read of one workspace's list: half of what Slack allows in a minute. Whoever stands further
/// back in a larger workspace is asked for one by one.
const LIST_PAGES: usize = 10;

/// How long a profile that was read for many serves the next ones of the same rush.
const FRESH_FOR: SignedDuration = SignedDuration::from_secs(60);

/// Who was seen how, and when, by workspace.
type Profiles = HashMap<TeamId, HashMap<UserId, (Timestamp, Presence)>>;

/// Profiles read lately, while many are due at once: what the limits cut off goes on from here.
#[derive(Default)]
pub(super) struct Roster(Mutex<Profiles>);

impl Roster {
    fn profiles(&self) -> MutexGuard<'_, Profiles> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self, now: Timestamp, team: &TeamId, users: &[UserId]) -> HashMap<UserId, Presence> {
        let profiles = self.profiles();
        let Some(of_team) = profiles.get(team) else { return HashMap::new() };
        let fresh = |user: &UserId| of_team.get(user).filter(|(read_at, _)| is_fresh(now, *read_at));
        users.iter().filter_map(|user| Some((user.clone(), fresh(user)?.1.clone()))).collect()
    }

    fn note(&self, now: Timestamp, team: &TeamId, read: Vec<(UserId, Presence)>) {
        let mut profiles = self.profiles();
        // What is old is dropped when something new comes, so that a rush leaves little behind.
        profiles.retain(|_, of_team| {
            of_team.retain(|_, (read_at, _)| is_fresh(now, *read_at));
            !of_team.is_empty()
        });
        let of_team = profiles.entry(team.clone()).or_default();
        of_team.extend(read.into_iter().map(|(user, presence)| (user, (now, presence))));
    }
}

fn is_fresh(now: Timestamp, read_at: Timestamp) -> bool {
    let age = now.duration_since(read_at);
    !age.is_negative() && age < FRESH_FOR
}

impl Sender {
    /// Profiles and Do Not Disturb of members of one workspace. Whom Slack does not know is missing.
    pub(super) async fn presence_of(
        &self,
        team: &TeamId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, Unavailable> {
        let token = self.token(team).await?;
        let mut known = if users.len() <= FEW {
            self.profiles_one_by_one(team, &token, users).await?
        } else {
            self.profiles_of_many(team, &token, users).await?
        };
        let active: Vec<UserId> = known
            .iter()
            .filter(|(_, presence)| !presence.deactivated)
            .map(|(user, _)| user.clone())
            .collect();
        let mut waiting: Vec<&[UserId]> = active.chunks(DND_AT_ONCE).collect();
        while let Some(some) = waiting.pop() {
            let ids: Vec<&str> = some.iter().map(UserId::as_str).collect();
            match self.get(team, &token, "dnd.teamInfo", &[("users", ids.join(","))]).await {
                Ok(answer) => {
                    for user in some {
                        if let Some(presence) = known.get_mut(user) {
                            presence.dnd = dnd(&answer["users"][user.as_str()]);
                        }
                    }
                }
                // One whom the bot may not see hides the others: they are asked for in halves.
                Err(hidden) if is_unknown(&hidden) => match some.split_at_checked(some.len() / 2) {
                    Some((one, other)) if !one.is_empty() => waiting.extend([one, other]),
                    _ => known.retain(|user, _| !some.contains(user)),
                },
                Err(unavailable) => return Err(unavailable),
            }
        }
        Ok(known)
    }

    /// One member's profile.
    pub(super) async fn profile_of(
        &self,
        team: &TeamId,
        token: &SecretString,
        user: &UserId,
    ) -> Result<Presence, Unavailable> {
        let answer = self.get(team, token, "users.info", &[("user", user.to_string())]).await?;
        Ok(profile(&answer["user"]))
    }

    /// Who of these people can be asked something. Whom Slack does not know is missing.
    pub(super) async fn people_of(
        &self,
        team: &TeamId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Invitee>, Unavailable> {
        let token = self.token(team).await?;
        let mut known = HashMap::new();
        for user in users {
            match self.get(team, &token, "users.info", &[("user", user.to_string())]).await {
                Ok(answer) => drop(known.insert(user.clone(), person(team, &answer["user"]))),
                Err(gone) if is_unknown(&gone) => {}
                Err(unavailable) => return Err(unavailable),
            }
        }
        Ok(known)
    }

    async fn profiles_one_by_one(
        &self,
        team: &TeamId,
        token: &SecretString,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, Unavailable> {
        let mut known = HashMap::new();
        for user in users {
            match self.profile_of(team, token, user).await {
                Ok(presence) => known.insert(user.clone(), presence),
                Err(gone) if is_unknown(&gone) => None,
                Err(unavailable) => return Err(unavailable),
            };
        }
        Ok(known)
    }

    async fn profiles_of_many(
        &self,
        team: &TeamId,
        token: &SecretString,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, Unavailable> {
        let missing_in = |known: &HashMap<UserId, Presence>| -> Vec<UserId> {
            users.iter().filter(|user| !known.contains_key(*user)).cloned().collect()
        };
        let mut known = self.roster.fresh(self.env.now(), team, users);
        if missing_in(&known).len() > FEW {
            let is_whole = self.read_list(team, token).await?;
            known = self.roster.fresh(self.env.now(), team, users);
            if is_whole {
                return Ok(known);
            }
        }
        for user in missing_in(&known) {
            match self.profile_of(team, token, &user).await {
                Ok(presence) => {
                    self.roster.note(self.env.now(), team, vec![(user.clone(), presence.clone())]);
                    known.insert(user, presence);
                }
                Err(gone) if is_unknown(&gone) => {}
                Err(unavailable) => return Err(unavailable),
            }
        }
        Ok(known)
    }

    /// Reads the workspace's list into the roster. True: all of it.
    async fn read_list(&self, team: &TeamId, token: &SecretString) -> Result<bool, Unavailable> {
        let mut cursor = String::new();
        for _ in 0..LIST_PAGES {
            let mut params = vec![("limit", LIST_AT_ONCE.to_string()), ("team_id", team.to_string())];
            if !cursor.is_empty() {
                params.push(("cursor", cursor));
            }
            let answer = self.get(team, token, "users.list", &params).await?;
            let members = answer["members"].as_array().into_iter().flatten();
            let read = members
                .filter_map(|member| Some((UserId::parse(member["id"].as_str()?).ok()?, profile(member))));
            self.roster.note(self.env.now(), team, read.collect());
            cursor = answer["response_metadata"]["next_cursor"].as_str().unwrap_or_default().to_owned();
            if cursor.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether Slack means the person it was asked about, and not the asking.
fn is_unknown(why: &Unavailable) -> bool {
    matches!(why.code.as_str(), "user_not_found" | "user_not_visible" | "users_not_found")
}

fn profile(user: &Value) -> Presence {
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

/// Slackbot says of itself that it is no bot. A guest of one channel and somebody from another
/// organisation get no message from an app
/// (<https://docs.slack.dev/reference/objects/user-object>).
fn person(team: &TeamId, user: &Value) -> Invitee {
    let is = |field: &str| user[field] == true;
    let elsewhere = user["team_id"].as_str().is_some_and(|home| home != team.as_str());
    // Of an organisation-wide installation the team is the organisation's, and homes differ.
    let elsewhere = elsewhere && !team.as_str().starts_with('E') && user["enterprise_user"].is_null();
    let is_human = !is("is_bot") && !is("is_workflow_bot") && user["id"] != "USLACKBOT";
    let is_reached = !is("deleted") && !is("is_ultra_restricted") && !is("is_stranger") && !elsewhere;
    Invitee { can_be_asked: is_human && is_reached, zone: user["tz"].as_str().map(str::to_owned) }
}

/// Slack's seconds; zero means never.
fn instant(value: &Value) -> Option<Timestamp> {
    value.as_i64().filter(|seconds| *seconds > 0).and_then(|seconds| Timestamp::from_second(seconds).ok())
}

fn dnd(info: &Value) -> Option<(Timestamp, Timestamp)> {
    instant(&info["next_dnd_start_ts"]).zip(instant(&info["next_dnd_end_ts"]))
}
