//! Implements the `SlackGateway` of `interaction`: sends an [`Outgoing`] and reports what became of it, and
//! answers the lookups of the worker. When an earlier attempt may have reached Slack, it is looked for
//! before anything is sent. Nothing sleeps here: what must wait is reported as `Retry` with its time.
//! `outbox` stores what became of a row.

use super::{
    error_class::{GONE_MESSAGE, MAX_ATTEMPTS, hold_reason, is_transient, permanent_scope},
    file_download,
    file_upload::{COMPLETE, FileUploader},
    names::Names,
    past_messages,
    post::{Post, SendProgress},
    presence::PresenceReader,
    rate_limited_api::{Failure, NOT_INSTALLED, RateLimitedApi},
    reconcile,
};
use crate::{
    clock::Env,
    coach::{
        feedback::Invitee,
        ids::{ChannelId, FileId, MemberId, MessageRef, MessageTs, RowId, TeamId, UserId, ViewId},
        member::Presence,
        member_text::MemberText,
        screen::{Form, Message},
    },
    interaction::{
        DeliveryOutcome, Download, FailureScope, HoldReason, MessagePage, Outgoing, Presences, RATE_LIMITED,
        Room, SlackCall, SlackGateway, Unavailable,
    },
    slack::{
        inbound,
        render::{self, Rendered},
        tokens::{NoToken, Tokens},
        web_api::{CallError, SlackApi},
    },
    store::{Lane, Store},
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};

/// The timeout of a whole send. It must end well before the lease of its row does, or another worker
/// would send the row at the same time.
const SEND_TIMEOUT: Duration = Duration::from_secs(45);

/// How long after an attempt of unknown outcome the conversation is searched. By then Slack has either
/// processed the call or dropped it.
const RECONCILE_AFTER: SignedDuration = SignedDuration::from_secs(15);

/// The reaction on a member's message that is kept.
const KEPT_REACTION: &str = "white_check_mark";

/// Slack's answers when there is nothing to do (<https://docs.slack.dev/reference/methods/reactions.add#errors>,
/// <https://docs.slack.dev/reference/methods/reactions.remove#errors>). A workspace that installed LeadLens
/// before it asked for `reactions:write` has no mark, and the kept answer shows itself as before.
const NOTHING_TO_MARK: [&str; 7] = [
    "already_reacted",
    "no_reaction",
    "message_not_found",
    "channel_not_found",
    "too_many_reactions",
    "thread_locked",
    "missing_scope",
];

/// Sends to Slack. Clones share the rate limits.
#[derive(Clone)]
pub struct Sender {
    pub(super) api: RateLimitedApi,
    files: FileUploader,
    presence: PresenceReader,
    names: Names,
}

impl Sender {
    /// Creates a sender with rate limits of its own.
    pub fn new(web_api: SlackApi, tokens: Tokens, store: Store, env: Env) -> Self {
        let api = RateLimitedApi::new(web_api, tokens, env);
        let files = FileUploader::new(api.clone(), store);
        let presence = PresenceReader::new(api.clone());
        let names = Names::new(presence.clone());
        Self { api, files, presence, names }
    }

    /// A member's text with names in the place of mentions.
    pub async fn with_names(&self, team: &TeamId, text: MemberText) -> MemberText {
        self.names.written_out(team, text).await
    }

    /// The client that it sends with.
    pub fn web_api(&self) -> &SlackApi {
        self.api.web_api()
    }

    /// Calls a method for a member who waits for it, within the rate limits that all calls share. Waits for a limit
    /// for as long as `patience` lasts.
    ///
    /// # Errors
    /// Slack's code, or one of ours.
    pub async fn call_for_member(
        &self,
        team: &TeamId,
        method: &'static str,
        body: &Value,
        patience: Duration,
    ) -> Result<Value, String> {
        let answer = self.api.post_for_member(team, method, body, patience).await;
        answer.map_err(|failure| match failure {
            Failure::Call { error, .. } => error.code(),
            Failure::RateLimited { .. } => RATE_LIMITED.to_owned(),
            Failure::NoToken(_) => "no_token".to_owned(),
            Failure::Store => "store".to_owned(),
            Failure::RowGone | Failure::LeaseOver => "row_gone".to_owned(),
            Failure::Undrawn => "undrawn".to_owned(),
            Failure::TimedOut => "no_answer".to_owned(),
        })
    }

    async fn send(
        &self,
        outgoing: &Outgoing,
        progress: &mut SendProgress,
    ) -> Result<DeliveryOutcome, Failure> {
        let token = self.api.token_for(&outgoing.team).await?;
        let (user, channel, message, thread, files) = match &outgoing.call {
            SlackCall::Update { at, message } => return self.update(outgoing, &token, at, message).await,
            SlackCall::Find { user, channel, thread } => {
                return self.find(outgoing, &token, user, channel.as_ref(), thread.as_ref()).await;
            }
            SlackCall::Post { user, channel, message, thread, files } => {
                (user, channel, message, thread, files)
            }
        };
        let channel = match channel {
            Some(channel) => channel.clone(),
            None => self.open_dm(&outgoing.team, &token, user).await?,
        };
        let post = Post { outgoing, token: &token, channel: &channel };
        if files.is_empty() {
            return self.post_message(&post, message, thread.as_ref(), progress).await;
        }
        // Acquired before the upload, because waiting afterwards would mean to upload everything again.
        self.api.acquire(&outgoing.team, COMPLETE, Some(&channel))?;
        self.files.share(&post, &render::message(message).text, files, progress).await
    }

    /// Looks for what an earlier attempt left. What is not there is composed anew, or not sent any more.
    async fn find(
        &self,
        outgoing: &Outgoing,
        token: &SecretString,
        user: &UserId,
        channel: Option<&ChannelId>,
        thread: Option<&MessageRef>,
    ) -> Result<DeliveryOutcome, Failure> {
        let channel = match channel {
            Some(channel) => channel.clone(),
            None => self.open_dm(&outgoing.team, token, user).await?,
        };
        let post = Post { outgoing, token, channel: &channel };
        let (files, since) = (&outgoing.reserved_files, outgoing.in_doubt_since.unwrap_or(self.api.now()));
        let found = reconcile::find_delivered(&self.api, &post, files, thread, since).await?;
        Ok(found.unwrap_or(DeliveryOutcome::NotDelivered))
    }

    async fn open_dm(
        &self,
        team: &TeamId,
        token: &SecretString,
        user: &UserId,
    ) -> Result<ChannelId, Failure> {
        let method = "conversations.open";
        let answer = self.api.post(team, token, method, None, &json!({"users": user.as_str()})).await?;
        channel_in(&answer["channel"]["id"]).ok_or(Failure::Call { method, error: CallError::NoAnswer })
    }

    async fn post_message(
        &self,
        post: &Post<'_>,
        message: &Message,
        thread: Option<&MessageRef>,
        progress: &mut SendProgress,
    ) -> Result<DeliveryOutcome, Failure> {
        let method = "chat.postMessage";
        let team = &post.outgoing.team;
        let mut body = message_body(post.outgoing, post.channel, &render::message(message));
        if let Some(parent) = thread {
            body["thread_ts"] = json!(parent.ts.as_str());
        }
        self.api.acquire(team, method, Some(post.channel))?;
        self.api.still_held(post.outgoing)?;
        *progress = SendProgress::InFlight;
        let answer = match self.api.post_acquired(team, post.token, method, &body).await {
            Ok(answer) => answer,
            // Some workspaces refuse blocks of native charts: a picture replaces them, or else text.
            Err(failure) if is_refused_block(&failure) => {
                let Some(without_charts) = render::without_charts(message) else { return Err(failure) };
                if thread.is_none()
                    && let Some(sent) = self.files.share_picture(post, message, progress).await?
                {
                    return Ok(sent);
                }
                self.api.still_held(post.outgoing)?;
                *progress = SendProgress::InFlight;
                body["blocks"] = json!(without_charts.blocks);
                self.api.post_acquired(team, post.token, method, &body).await?
            }
            Err(failure) => return Err(failure),
        };
        let channel = channel_in(&answer["channel"]).unwrap_or_else(|| post.channel.clone());
        let ts = answer["ts"].as_str().and_then(|ts| MessageTs::parse(ts).ok());
        let message = ts.map(|ts| MessageRef { channel: channel.clone(), ts });
        Ok(DeliveryOutcome::Sent { channel, message, files: Vec::new() })
    }

    async fn update(
        &self,
        outgoing: &Outgoing,
        token: &SecretString,
        at: &MessageRef,
        message: &Message,
    ) -> Result<DeliveryOutcome, Failure> {
        let mut body = message_body(outgoing, &at.channel, &render::message(message));
        body["ts"] = json!(at.ts.as_str());
        let updated = self.api.post(&outgoing.team, token, "chat.update", None, &body).await;
        match updated {
            Err(failure) if is_refused_block(&failure) => {
                let Some(without_charts) = render::without_charts(message) else { return Err(failure) };
                body["blocks"] = json!(without_charts.blocks);
                self.api.post(&outgoing.team, token, "chat.update", None, &body).await?;
            }
            updated => drop(updated?),
        }
        Ok(DeliveryOutcome::Sent {
            channel: at.channel.clone(),
            message: Some(at.clone()),
            files: Vec::new(),
        })
    }

    /// What a failure means for a row. While an earlier attempt has not been looked for, the row stays
    /// in doubt, whatever else went wrong: a plain retry would send it without looking.
    fn failed(&self, outgoing: &Outgoing, failure: Failure, progress: SendProgress) -> DeliveryOutcome {
        let at = self.api.retry_at(outgoing.attempts);
        match failure {
            Failure::RateLimited { until } => retry(until, RATE_LIMITED, progress),
            Failure::Store | Failure::NoToken(NoToken::Store(_)) => retry(at, "store", progress),
            Failure::RowGone => retry(at, "row_gone", progress),
            Failure::LeaseOver => retry(at, "lease_over", progress),
            Failure::Undrawn => {
                DeliveryOutcome::Permanent { code: "undrawn".to_owned(), scope: FailureScope::Message }
            }
            Failure::NoToken(NoToken::Undecryptable) => {
                tracing::error!(
                    team = %outgoing.team,
                    "the workspace's token cannot be decrypted with LEADLENS_SECRET_KEY"
                );
                retry(self.api.decryption_retry_at(), "token_does_not_open", progress)
            }
            Failure::NoToken(NoToken::NotInstalled) => DeliveryOutcome::Held {
                reason: HoldReason::Workspace(NOT_INSTALLED.to_owned()),
                is_in_doubt: progress == SendProgress::EarlierAttempt,
            },
            Failure::NoToken(NoToken::Unidentified(error)) => {
                self.call_failed(outgoing, "auth.test", &error, progress)
            }
            Failure::TimedOut if progress == SendProgress::InFlight => self.in_doubt(at, "no_answer"),
            Failure::TimedOut => retry(at, "no_answer", progress),
            Failure::Call { method, error } => self.call_failed(outgoing, method, &error, progress),
        }
    }

    fn call_failed(
        &self,
        outgoing: &Outgoing,
        method: &'static str,
        error: &CallError,
        progress: SendProgress,
    ) -> DeliveryOutcome {
        let (at, code) = (self.api.retry_at(outgoing.attempts), error.code());
        tracing::warn!(row = %outgoing.row, team = %outgoing.team, method, code, "a row could not be sent");
        if let Some(reason) = hold_reason(method, &code) {
            DeliveryOutcome::Held { reason, is_in_doubt: progress == SendProgress::EarlierAttempt }
        } else if let Some(scope) = permanent_scope(&code) {
            DeliveryOutcome::Permanent { code, scope }
        } else if progress == SendProgress::InFlight && error.is_in_doubt() {
            self.in_doubt(at, &code)
        } else if is_transient(error) || outgoing.attempts < MAX_ATTEMPTS {
            retry(at, &code, progress)
        } else {
            DeliveryOutcome::Permanent { code, scope: FailureScope::Message }
        }
    }

    fn in_doubt(&self, at: Timestamp, code: &str) -> DeliveryOutcome {
        DeliveryOutcome::InDoubt { at: at.max(self.api.after(RECONCILE_AFTER)), code: code.to_owned() }
    }
}

fn retry(at: Timestamp, code: &str, progress: SendProgress) -> DeliveryOutcome {
    let code = code.to_owned();
    match progress {
        SendProgress::EarlierAttempt => DeliveryOutcome::InDoubt { at, code },
        SendProgress::NotSent | SendProgress::InFlight => DeliveryOutcome::Retry { at, code },
    }
}

fn message_body(outgoing: &Outgoing, channel: &ChannelId, rendered: &Rendered) -> Value {
    json!({
        "channel": channel.as_str(),
        "text": rendered.text,
        "blocks": rendered.blocks,
        "unfurl_links": false,
        "unfurl_media": false,
        "metadata": reconcile::metadata(&outgoing.row),
    })
}

fn channel_in(value: &Value) -> Option<ChannelId> {
    ChannelId::parse(value.as_str()?).ok()
}

fn is_refused_block(failure: &Failure) -> bool {
    failure.slack_code().is_some_and(|code| code.starts_with("invalid_blocks"))
}

fn text_of(answer: &Value, ts: &MessageTs) -> Option<MemberText> {
    let mut messages = answer["messages"].as_array().into_iter().flatten();
    let message = messages.find(|message| message["ts"] == ts.as_str())?;
    Some(MemberText::new(inbound::as_typed(message["text"].as_str()?)))
}

/// The calls behind the gateway, with failures that are not translated yet.
impl Sender {
    async fn find_message_text(&self, team: &TeamId, at: &MessageRef) -> Result<Option<MemberText>, Failure> {
        let token = self.api.token_for(team).await?;
        let mut params = vec![
            ("channel", at.channel.to_string()),
            ("latest", at.ts.to_string()),
            ("oldest", at.ts.to_string()),
            ("inclusive", "true".to_owned()),
            ("limit", "1".to_owned()),
        ];
        let answer = self.api.get(team, &token, "conversations.history", &params).await?;
        if let Some(text) = text_of(&answer, &at.ts) {
            return Ok(Some(text));
        }
        // A reply in a thread is not part of the history. It is asked for by its own timestamp, and
        // with that as both bounds, because a long thread does not fit one answer.
        params.retain(|(name, _)| *name != "limit");
        params.extend([("ts", at.ts.to_string()), ("limit", "15".to_owned())]);
        match self.api.get(team, &token, "conversations.replies", &params).await {
            Ok(answer) => Ok(text_of(&answer, &at.ts)),
            Err(failure) if failure.slack_code() == Some("thread_not_found") => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn update_form(
        &self,
        team: &TeamId,
        view: &ViewId,
        form: &Form,
        shown_by: &RowId,
    ) -> Result<bool, Failure> {
        let token = self.api.token_for(team).await?;
        let body = json!({"view_id": view.as_str(), "view": render::form_in_place(form, shown_by.as_str())});
        match self.api.post(team, &token, "views.update", None, &body).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.slack_code() == Some("not_found") => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

#[async_trait]
impl SlackGateway for Sender {
    async fn deliver(&self, outgoing: Outgoing) -> DeliveryOutcome {
        // Updating a message twice shows the same, so an update is never in doubt.
        let mut progress = match outgoing.call {
            SlackCall::Find { .. } => SendProgress::EarlierAttempt,
            SlackCall::Post { .. } | SlackCall::Update { .. } => SendProgress::NotSent,
        };
        match tokio::time::timeout(SEND_TIMEOUT, self.send(&outgoing, &mut progress)).await {
            Ok(Ok(delivery)) => delivery,
            Ok(Err(failure)) => self.failed(&outgoing, failure, progress),
            Err(_) => self.failed(&outgoing, Failure::TimedOut, progress),
        }
    }

    fn room(&self, team: &TeamId, lane: Lane, want: usize) -> Room {
        let method = match lane {
            Lane::Answer | Lane::Unasked => "chat.postMessage",
            Lane::Update => "chat.update",
        };
        self.api.room(team, method, want)
    }

    async fn presence(&self, team: &TeamId, users: &[UserId]) -> Presences {
        let (known, failure) = self.presence.presence(team, users).await;
        Presences { known, missing: failure.map(|failure| self.api.unavailable(team, failure)) }
    }

    async fn message_text(&self, team: &TeamId, at: &MessageRef) -> Result<Option<MemberText>, Unavailable> {
        let found = self.find_message_text(team, at).await;
        match found.map_err(|failure| self.api.unavailable(team, failure))? {
            Some(text) => Ok(Some(self.with_names(team, text).await)),
            None => Ok(None),
        }
    }

    async fn messages(
        &self,
        team: &TeamId,
        from: &MessageRef,
        thread: Option<&MessageTs>,
        before: Option<&MessageTs>,
    ) -> Result<MessagePage, Unavailable> {
        let read = past_messages::read(&self.api, team, from, thread, before).await;
        let mut page = read.map_err(|failure| self.api.unavailable(team, failure))?;
        for message in &mut page.messages {
            message.text = self.with_names(team, std::mem::take(&mut message.text)).await;
        }
        Ok(page)
    }

    async fn delete_message(&self, team: &TeamId, at: &MessageRef) -> Result<(), Unavailable> {
        let body = json!({"channel": at.channel.as_str(), "ts": at.ts.as_str()});
        let deleted = self.delete(team, "chat.delete", &body, &GONE_MESSAGE).await;
        deleted.map_err(|failure| self.api.unavailable(team, failure))
    }

    async fn delete_unsettled(
        &self,
        team: &TeamId,
        row: &RowId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Result<(), Unavailable> {
        let deleted = self.delete_row_message(team, row, channel, since).await;
        deleted.map_err(|failure| self.api.unavailable(team, failure))
    }

    async fn mark_message(&self, team: &TeamId, at: &MessageRef, kept: bool) -> Result<(), Unavailable> {
        let body =
            json!({"channel": at.channel.as_str(), "timestamp": at.ts.as_str(), "name": KEPT_REACTION});
        let method = if kept { "reactions.add" } else { "reactions.remove" };
        let marked = self.delete(team, method, &body, &NOTHING_TO_MARK).await;
        marked.map_err(|failure| self.api.unavailable(team, failure))
    }

    async fn delete_file(&self, team: &TeamId, file: &str) -> Result<(), Unavailable> {
        let deleted = self.delete_shared_file(team, file).await;
        deleted.map_err(|failure| self.api.unavailable(team, failure))
    }

    async fn people(&self, team: &TeamId, users: &[UserId]) -> Result<HashMap<UserId, Invitee>, Unavailable> {
        self.presence.people(team, users).await.map_err(|failure| self.api.unavailable(team, failure))
    }

    async fn file(&self, team: &TeamId, file: &FileId, most: usize) -> Result<Download, Unavailable> {
        let downloaded = file_download::download(&self.api, team, file, most).await;
        downloaded.map_err(|failure| self.api.unavailable(team, failure))
    }

    async fn show_form(
        &self,
        team: &TeamId,
        view: &ViewId,
        form: &Form,
        shown_by: &RowId,
    ) -> Result<bool, Unavailable> {
        self.update_form(team, view, form, shown_by)
            .await
            .map_err(|failure| self.api.unavailable(team, failure))
    }

    async fn probe(&self, team: &TeamId) -> Result<Vec<String>, Unavailable> {
        self.api.probe(team).await.map_err(|failure| self.api.unavailable(team, failure))
    }

    async fn profile(&self, who: &MemberId) -> Result<Presence, Unavailable> {
        let profile = self.presence.profile(&who.team, &who.user).await;
        profile.map_err(|failure| self.api.unavailable(&who.team, failure))
    }
}
