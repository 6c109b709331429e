//! An [`Outgoing`] → Slack → what became of it. A doubt about an earlier attempt is settled first, by
//! the row's id in the message's metadata or by the id of the file. Nothing sleeps here: what may not
//! go now comes back as `Retry` with its time. Rows are the app's to mark.

use super::{
    client::{CallError, SlackApi},
    limits::{Limits, back_off},
    presence::Roster,
    refusal::{MAX_TRIES, may_pass, permanent},
    render::{self, Rendered},
    share::COMPLETE,
    tokens::{NoToken, Tokens},
};
use crate::{
    app::{
        outgoing::{Carry, Delivery, Outgoing, RATE_LIMITED, Stops},
        ports::{Fetched, Slack, Unavailable},
    },
    clock::Env,
    coach::{
        feedback::Invitee,
        ids::{ChannelId, FileId, MemberId, MessageRef, MessageTs, TeamId, UserId, ViewId},
        member::Presence,
        member_text::MemberText,
        screen::{Form, Message},
    },
    store::Store,
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// The metadata event that every message of ours carries.
pub const METADATA_EVENT: &str = "leadlens_outbox";

/// How long a send may take in all, so that it ends well before the lease of its row does.
const CARRY_LIMIT: Duration = Duration::from_secs(45);

/// A doubt is looked into when Slack has surely finished with the attempt, or dropped it.
const SETTLES_AFTER: SignedDuration = SignedDuration::from_secs(15);

/// How long a workspace waits whose token does not open: only the operator can mend that.
const KEY_WAIT: SignedDuration = SignedDuration::from_mins(15);

/// The way to Slack, for the worker.
#[derive(Clone)]
pub struct Sender {
    pub(super) api: SlackApi,
    pub(super) tokens: Tokens,
    limits: Arc<Limits>,
    pub(super) store: Store,
    pub(super) env: Env,
    pub(super) roster: Arc<Roster>,
}

/// Why something could not be carried further.
pub(super) enum Stop {
    /// Slack or the way to it failed.
    Failed { method: &'static str, error: CallError },
    /// The limits say when.
    MustWait { until: Timestamp },
    /// There is no token.
    NoToken(NoToken),
    /// The store did not answer.
    Store,
    /// The row is settled or erased; nothing of it may be sent any more.
    RowGone,
    /// The whole of it took too long.
    Late,
}

impl Stop {
    /// Slack takes these blocks from nobody in this workspace.
    fn refuses_blocks(&self) -> bool {
        matches!(self, Stop::Failed { error: CallError::Slack(code), .. } if code.starts_with("invalid_blocks"))
    }
}

/// What may be in Slack while a row is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trace {
    /// Nothing of it.
    None,
    /// An earlier attempt, which has not been looked for yet.
    Earlier,
    /// This attempt: its visible call is under way.
    ThisOne,
}

impl Sender {
    /// Puts the parts together.
    pub fn new(api: SlackApi, tokens: Tokens, store: Store, env: Env) -> Self {
        Self { api, tokens, limits: Arc::default(), store, env, roster: Arc::default() }
    }

    /// One POST within the limits.
    pub(super) async fn post(
        &self,
        team: &TeamId,
        token: &SecretString,
        method: &'static str,
        channel: Option<&ChannelId>,
        body: &Value,
    ) -> Result<Value, Stop> {
        self.admit(team, method, channel)?;
        self.heard(team, method, self.api.post(method, token, body).await)
    }

    /// One GET within the limits.
    pub(super) async fn get(
        &self,
        team: &TeamId,
        token: &SecretString,
        method: &'static str,
        params: &[(&'static str, String)],
    ) -> Result<Value, Unavailable> {
        self.ask(team, token, method, params).await.map_err(|stop| self.unavailable(team, stop))
    }

    pub(super) async fn ask(
        &self,
        team: &TeamId,
        token: &SecretString,
        method: &'static str,
        params: &[(&'static str, String)],
    ) -> Result<Value, Stop> {
        self.admit(team, method, None)?;
        self.heard(team, method, self.api.get(method, token, params).await)
    }

    pub(super) fn admit(
        &self,
        team: &TeamId,
        method: &'static str,
        channel: Option<&ChannelId>,
    ) -> Result<(), Stop> {
        self.limits
            .admit(self.env.now(), team, method, channel)
            .map_err(|wait| Stop::MustWait { until: wait.until })
    }

    /// Notes a `Retry-After` as soon as it is heard.
    pub(super) fn heard(
        &self,
        team: &TeamId,
        method: &'static str,
        answer: Result<Value, CallError>,
    ) -> Result<Value, Stop> {
        answer.map_err(|error| {
            if let CallError::RateLimited { retry_after } = &error {
                let until = self.limits.note_rate_limited(self.env.now(), team, method, *retry_after);
                return Stop::MustWait { until };
            }
            Stop::Failed { method, error }
        })
    }

    pub(super) async fn token(&self, team: &TeamId) -> Result<SecretString, Unavailable> {
        self.tokens.of(team).await.map_err(|error| self.unavailable(team, Stop::NoToken(error)))
    }

    fn retry_at(&self, attempts: u32) -> Timestamp {
        let now = self.env.now();
        now.checked_add(back_off(attempts, self.env.rng.next_u64())).unwrap_or(now)
    }

    /// What a stop means for something that is carried. A doubt that was not settled stays a doubt
    /// whatever else went wrong: nobody has looked for the earlier attempt yet.
    fn delivery(&self, outgoing: &Outgoing, stop: Stop, trace: Trace) -> Delivery {
        let at = self.retry_at(outgoing.attempts);
        let again = |at: Timestamp, code: &str| match trace {
            Trace::Earlier => Delivery::InDoubt { at, code: code.to_owned() },
            Trace::None | Trace::ThisOne => Delivery::Retry { at, code: code.to_owned() },
        };
        match stop {
            Stop::MustWait { until } => again(until, RATE_LIMITED),
            Stop::Store | Stop::NoToken(NoToken::Store(_)) => again(at, "store"),
            Stop::RowGone => again(at, "row_gone"),
            Stop::NoToken(NoToken::DoesNotOpen) => {
                tracing::error!(team = %outgoing.team, "the workspace's token does not open with LEADLENS_SECRET_KEY");
                again(self.after(KEY_WAIT), "token_does_not_open")
            }
            Stop::NoToken(error) => Delivery::Permanent { code: error.to_string(), stops: Stops::Workspace },
            Stop::Late if trace == Trace::ThisOne => self.doubtful(at, "no_answer"),
            Stop::Late => again(at, "no_answer"),
            Stop::Failed { method, error } => {
                let code = error.code();
                tracing::warn!(row = %outgoing.row, team = %outgoing.team, method, code, "a send did not go through");
                if let Some(stops) = permanent(&code) {
                    Delivery::Permanent { code, stops }
                } else if trace == Trace::ThisOne && error.is_in_doubt() {
                    self.doubtful(at, &code)
                } else if may_pass(&error) || outgoing.attempts < MAX_TRIES {
                    again(at, &code)
                } else {
                    Delivery::Permanent { code, stops: Stops::Message }
                }
            }
        }
    }

    fn doubtful(&self, at: Timestamp, code: &str) -> Delivery {
        Delivery::InDoubt { at: at.max(self.after(SETTLES_AFTER)), code: code.to_owned() }
    }

    fn after(&self, wait: SignedDuration) -> Timestamp {
        let now = self.env.now();
        now.checked_add(wait).unwrap_or(now)
    }

    /// What a stop means for something that was asked.
    pub(super) fn unavailable(&self, team: &TeamId, stop: Stop) -> Unavailable {
        match stop {
            Stop::MustWait { until } => Unavailable { code: RATE_LIMITED.to_owned(), retry_at: Some(until) },
            Stop::Store | Stop::NoToken(NoToken::Store(_)) => {
                Unavailable { code: "store".to_owned(), retry_at: Some(self.retry_at(3)) }
            }
            Stop::NoToken(NoToken::DoesNotOpen) => {
                Unavailable { code: "token_does_not_open".to_owned(), retry_at: Some(self.after(KEY_WAIT)) }
            }
            Stop::RowGone => Unavailable { code: "row_gone".to_owned(), retry_at: None },
            Stop::Late => Unavailable { code: "no_answer".to_owned(), retry_at: Some(self.retry_at(3)) },
            Stop::NoToken(error) => Unavailable { code: error.to_string(), retry_at: None },
            Stop::Failed { method, error } => {
                let code = error.code();
                tracing::warn!(%team, method, code, "Slack did not answer");
                let retry_at = permanent(&code).is_none().then(|| self.retry_at(3));
                Unavailable { code, retry_at }
            }
        }
    }

    async fn carry(&self, outgoing: &Outgoing, trace: &mut Trace) -> Result<Delivery, Stop> {
        let team = &outgoing.team;
        let token = self.tokens.of(team).await.map_err(Stop::NoToken)?;
        match &outgoing.what {
            Carry::Update { at, message } => self.update(outgoing, &token, at, message).await,
            Carry::Post { user, channel, message, thread, files } => {
                let channel = match channel {
                    Some(channel) => channel.clone(),
                    None => self.open_dm(team, &token, user).await?,
                };
                if let Some(since) = outgoing.in_doubt_since {
                    let found = self
                        .look_back(
                            outgoing,
                            &outgoing.reserved_files,
                            &token,
                            &channel,
                            thread.as_ref(),
                            since,
                        )
                        .await?;
                    if let Some(found) = found {
                        return Ok(found);
                    }
                    *trace = Trace::None;
                }
                if files.is_empty() {
                    self.say(outgoing, &token, &channel, message, thread.as_ref(), trace).await
                } else {
                    let comment = render::message(message).text;
                    // Asked first: whoever has to wait for it would upload everything again.
                    self.admit(team, COMPLETE, Some(&channel))?;
                    self.share(outgoing, &token, &channel, &comment, files, trace).await
                }
            }
        }
    }

    async fn open_dm(&self, team: &TeamId, token: &SecretString, user: &UserId) -> Result<ChannelId, Stop> {
        let method = "conversations.open";
        let answer = self.post(team, token, method, None, &json!({"users": user.as_str()})).await?;
        id_of(&answer["channel"]["id"], method)
    }

    async fn say(
        &self,
        outgoing: &Outgoing,
        token: &SecretString,
        channel: &ChannelId,
        message: &Message,
        thread: Option<&MessageRef>,
        trace: &mut Trace,
    ) -> Result<Delivery, Stop> {
        let method = "chat.postMessage";
        let rendered = render::message(message);
        let mut body = self.body(outgoing, channel, &rendered);
        if let Some(parent) = thread {
            body["thread_ts"] = json!(parent.ts.as_str());
        }
        self.admit(&outgoing.team, method, Some(channel))?;
        *trace = Trace::ThisOne;
        let answer = match self.heard(&outgoing.team, method, self.api.post(method, token, &body).await) {
            Err(stop) if stop.refuses_blocks() => match render::without_charts(message) {
                Some(plain) => {
                    let with_picture = thread.is_none();
                    if with_picture
                        && let Some(sent) = self.picture(outgoing, token, channel, message, trace).await?
                    {
                        return Ok(sent);
                    }
                    *trace = Trace::ThisOne;
                    body["blocks"] = json!(plain.blocks);
                    self.heard(&outgoing.team, method, self.api.post(method, token, &body).await)?
                }
                None => return Err(stop),
            },
            answer => answer?,
        };
        let channel = id_of(&answer["channel"], method).unwrap_or_else(|_: Stop| channel.clone());
        let ts = answer["ts"].as_str().and_then(|ts| MessageTs::parse(ts).ok());
        let message = ts.map(|ts| MessageRef { channel: channel.clone(), ts });
        Ok(Delivery::Sent { channel, message, files: Vec::new() })
    }

    fn body(&self, outgoing: &Outgoing, channel: &ChannelId, rendered: &Rendered) -> Value {
        json!({
            "channel": channel.as_str(),
            "text": rendered.text,
            "blocks": rendered.blocks,
            "unfurl_links": false,
            "unfurl_media": false,
            "metadata": {"event_type": METADATA_EVENT, "event_payload": {"row": outgoing.row.as_str()}},
        })
    }

    async fn update(
        &self,
        outgoing: &Outgoing,
        token: &SecretString,
        at: &MessageRef,
        message: &Message,
    ) -> Result<Delivery, Stop> {
        let rendered = render::message(message);
        let mut body = self.body(outgoing, &at.channel, &rendered);
        body["ts"] = json!(at.ts.as_str());
        let method = "chat.update";
        self.admit(&outgoing.team, method, None)?;
        self.heard(&outgoing.team, method, self.api.post(method, token, &body).await)?;
        Ok(Delivery::Sent { channel: at.channel.clone(), message: Some(at.clone()), files: Vec::new() })
    }
}

fn id_of(value: &Value, method: &'static str) -> Result<ChannelId, Stop> {
    value
        .as_str()
        .and_then(|id| ChannelId::parse(id).ok())
        .ok_or(Stop::Failed { method, error: CallError::NoAnswer })
}

/// Deleting what is gone already is done.
fn gone_is_done(answer: Result<Value, Stop>, gone: &[&str]) -> Result<(), Stop> {
    match answer {
        Ok(_) => Ok(()),
        Err(Stop::Failed { error: CallError::Slack(code), .. }) if gone.contains(&code.as_str()) => Ok(()),
        Err(stop) => Err(stop),
    }
}

#[async_trait]
impl Slack for Sender {
    async fn deliver(&self, outgoing: Outgoing) -> Delivery {
        // Changing a message twice shows nothing, so a change is never in doubt.
        let is_post = matches!(outgoing.what, Carry::Post { .. });
        let in_doubt = is_post && outgoing.in_doubt_since.is_some();
        let mut trace = if in_doubt { Trace::Earlier } else { Trace::None };
        match tokio::time::timeout(CARRY_LIMIT, self.carry(&outgoing, &mut trace)).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(stop)) => self.delivery(&outgoing, stop, trace),
            Err(_late) => self.delivery(&outgoing, Stop::Late, trace),
        }
    }

    async fn presence(
        &self,
        team: &TeamId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Presence>, Unavailable> {
        self.presence_of(team, users).await
    }

    async fn message_text(&self, team: &TeamId, at: &MessageRef) -> Result<Option<MemberText>, Unavailable> {
        let token = self.token(team).await?;
        let params = [
            ("channel", at.channel.to_string()),
            ("latest", at.ts.to_string()),
            ("oldest", at.ts.to_string()),
            ("inclusive", "true".to_owned()),
            ("limit", "1".to_owned()),
        ];
        let text_in = |answer: &Value| {
            let messages = answer["messages"].as_array().into_iter().flatten();
            messages.filter(|message| message["ts"] == at.ts.as_str()).find_map(|message| {
                Some(MemberText::new(super::inbound::as_typed(message["text"].as_str()?)))
            })
        };
        let answer = self.get(team, &token, "conversations.history", &params).await?;
        if let Some(words) = text_in(&answer) {
            return Ok(Some(words));
        }
        // A reply does not stand in the history; it is asked for by its own timestamp.
        // Between its own timestamp and itself: a long thread does not fit one answer.
        let params = [
            ("channel", at.channel.to_string()),
            ("ts", at.ts.to_string()),
            ("latest", at.ts.to_string()),
            ("oldest", at.ts.to_string()),
            ("inclusive", "true".to_owned()),
            ("limit", "15".to_owned()),
        ];
        match self.get(team, &token, "conversations.replies", &params).await {
            Ok(answer) => Ok(text_in(&answer)),
            Err(unavailable) if unavailable.code == "thread_not_found" => Ok(None),
            Err(unavailable) => Err(unavailable),
        }
    }

    async fn delete_message(&self, team: &TeamId, at: &MessageRef) -> Result<(), Unavailable> {
        let token = self.token(team).await?;
        let body = json!({"channel": at.channel.as_str(), "ts": at.ts.as_str()});
        let answer = self.post(team, &token, "chat.delete", None, &body).await;
        gone_is_done(answer, &["message_not_found", "channel_not_found"])
            .map_err(|stop| self.unavailable(team, stop))
    }

    async fn delete_file(&self, team: &TeamId, file: &str) -> Result<(), Unavailable> {
        let token = self.token(team).await?;
        let answer = self.post(team, &token, "files.delete", None, &json!({"file": file})).await;
        gone_is_done(answer, &["file_not_found", "file_deleted"]).map_err(|stop| self.unavailable(team, stop))
    }

    async fn people(&self, team: &TeamId, users: &[UserId]) -> Result<HashMap<UserId, Invitee>, Unavailable> {
        self.people_of(team, users).await
    }

    async fn file(&self, team: &TeamId, file: &FileId, most: usize) -> Result<Fetched, Unavailable> {
        self.fetch(team, file, most).await
    }

    async fn show_form(&self, team: &TeamId, view: &ViewId, form: &Form) -> Result<bool, Unavailable> {
        let token = self.token(team).await?;
        let body = json!({"view_id": view.as_str(), "view": super::render::form(form)});
        let answer = self.post(team, &token, "views.update", None, &body).await;
        match answer {
            Ok(_) => Ok(true),
            Err(Stop::Failed { error: CallError::Slack(code), .. }) if code == "not_found" => Ok(false),
            Err(stop) => Err(self.unavailable(team, stop)),
        }
    }

    async fn profile(&self, who: &MemberId) -> Result<Presence, Unavailable> {
        let token = self.token(&who.team).await?;
        self.profile_of(&who.team, &token, &who.user).await
    }
}
