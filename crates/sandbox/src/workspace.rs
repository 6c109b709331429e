//! The state of a workspace: members, conversations, messages, views, files, and what Slack remembers
//! about triggers and response URLs. No HTTP here; `api` and `deliver` read and change it.

mod rotation;
mod view;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use rotation::Rotation;
pub use view::{MOST_VIEWS, View};
use view::{initial_values, inputs_of};

/// A person or bot.
#[derive(Debug, Clone)]
pub struct User {
    /// `U…`
    pub id: String,
    /// Shown name.
    pub name: String,
    /// IANA zone.
    pub tz: String,
    /// A bot.
    pub is_bot: bool,
    /// Deactivated.
    pub deleted: bool,
    /// A guest of one channel.
    pub is_ultra_restricted: bool,
    /// Custom status: emoji, text, end in seconds (0: none).
    pub status: (String, String, i64),
    /// Next Do Not Disturb window in seconds.
    pub dnd: Option<(i64, i64)>,
}

impl User {
    /// A member as they are on their first day.
    pub fn new(id: &str, name: &str, tz: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            tz: tz.to_owned(),
            is_bot: false,
            deleted: false,
            is_ultra_restricted: false,
            status: (String::new(), String::new(), 0),
            dnd: None,
        }
    }

    /// What comes after the @ of a mention.
    pub fn handle(&self) -> String {
        self.name.split_whitespace().next().unwrap_or_default().to_lowercase()
    }

    /// As `users.info` shows them.
    pub fn json(&self, team: &str) -> Value {
        json!({
            "id": self.id, "team_id": team, "name": self.handle(), "deleted": self.deleted,
            "real_name": self.name, "tz": self.tz, "tz_label": self.tz, "is_bot": self.is_bot, "is_admin": false,
            "is_restricted": self.is_ultra_restricted, "is_ultra_restricted": self.is_ultra_restricted,
            "profile": {
                "real_name": self.name, "display_name": self.name, "status_emoji": self.status.0,
                "status_text": self.status.1, "status_expiration": self.status.2, "team": team,
            },
        })
    }
}

/// A message, also an ephemeral one.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its id in its channel.
    pub ts: String,
    /// Who wrote it.
    pub user: String,
    /// Set for ours.
    pub bot: bool,
    /// The text.
    pub text: String,
    /// The blocks.
    pub blocks: Value,
    /// Metadata, as given.
    pub metadata: Value,
    /// The parent, for a reply.
    pub thread_ts: Option<String>,
    /// The only user who sees it.
    pub only_for: Option<String>,
    /// Changed at least once.
    pub edited: bool,
    /// When its author last edited it, as a timestamp.
    pub edited_ts: Option<String>,
    /// Names of the app's reactions.
    pub reactions: Vec<String>,
    /// Names of shared files.
    pub files: Vec<String>,
}

impl Message {
    /// As Slack shows it in histories and payloads.
    pub fn json(&self, bot_id: &str, app_id: &str, with_metadata: bool) -> Value {
        let mut message = json!({"type": "message", "user": self.user, "ts": self.ts, "text": self.text});
        if self.bot {
            message["bot_id"] = json!(bot_id);
            message["app_id"] = json!(app_id);
        }
        if self.blocks.as_array().is_some_and(|blocks| !blocks.is_empty()) {
            message["blocks"] = self.blocks.clone();
        }
        if !self.reactions.is_empty() {
            let by_app = |name: &String| json!({"name": name, "users": [crate::BOT_USER], "count": 1});
            message["reactions"] = json!(self.reactions.iter().map(by_app).collect::<Vec<_>>());
        }
        if let Some(thread) = &self.thread_ts {
            message["thread_ts"] = json!(thread);
        }
        if let Some(edited_ts) = &self.edited_ts {
            message["edited"] = json!({"user": self.user, "ts": edited_ts});
        }
        if with_metadata && !self.metadata.is_null() {
            message["metadata"] = self.metadata.clone();
        }
        if !self.files.is_empty() {
            message["files"] = json!(self.files.iter().map(|id| json!({"id": id})).collect::<Vec<_>>());
        }
        message
    }
}

/// A conversation.
#[derive(Debug, Clone)]
pub struct Channel {
    /// `C…` or `D…`.
    pub id: String,
    /// The member of a direct message with the bot; `None`: a channel that everybody reads.
    pub im_with: Option<String>,
    /// The name of a channel.
    pub name: Option<String>,
    /// Messages by time.
    pub messages: Vec<Message>,
}

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    /// `F…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// What an image shows, in words.
    pub alt: Option<String>,
    /// What was uploaded.
    pub bytes: Vec<u8>,
    /// The announced length.
    pub length: usize,
    /// Where it was shared.
    pub shared_in: Option<String>,
}

impl File {
    /// As payloads carry it (<https://docs.slack.dev/reference/objects/file-object>).
    pub fn json(&self, origin: &str) -> Value {
        let kind = self.name.rsplit_once('.').map_or("", |(_, kind)| kind).to_lowercase();
        let url = format!("{origin}/files-pri/{}", self.id);
        json!({
            "id": self.id, "name": self.name, "title": self.name, "filetype": kind, "size": self.bytes.len(),
            "mode": "hosted", "is_external": false, "is_public": false,
            "url_private": url, "url_private_download": url,
        })
    }
}

/// How the file host hands out what was uploaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Served {
    /// As it is.
    #[default]
    Whole,
    /// `files.info` names another address.
    At(String),
    /// By a redirect to another address.
    MovedTo(String),
    /// The page to sign in, as a success.
    SignIn,
    /// Repeated this many times, without a length; `files.info` does not say so.
    Streamed(usize),
    /// Shorter than the announced length.
    Announced(u64),
    /// It is compressed on the way.
    Gzip,
    /// Half of it, and then nothing more.
    Stalled,
}

/// Slack's memory of a trigger.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Whose.
    pub user: String,
    /// When it began, in milliseconds.
    pub at_ms: i64,
    /// Used up.
    pub used: bool,
}

/// Slack's memory of a response URL.
#[derive(Debug, Clone)]
pub struct ResponseUrl {
    /// Whose.
    pub user: String,
    /// Where it answers.
    pub channel: String,
    /// When it began, in milliseconds.
    pub at_ms: i64,
    /// How often it was used.
    pub uses: u32,
}

/// How a method is to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429 with `Retry-After` in seconds; nothing happens.
    RateLimited(u64),
    /// 500; nothing happens.
    ServerError,
    /// An API error; nothing happens.
    Error(String),
    /// It happens, and the connection is cut before the answer.
    CutAfter,
    /// It happens, and 500 is answered.
    ServerErrorAfter,
    /// The connection is cut before it happens.
    CutBefore,
    /// It happens only after this many milliseconds of real time.
    Slow(u64),
}

/// The whole state.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug, Default)]
pub struct Workspace {
    /// How the file host hands out files.
    pub served: Served,
    /// `T…`
    pub team: String,
    /// Where it is served, as `http://127.0.0.1:port`.
    pub origin: String,
    /// Granted bot scopes.
    pub scopes: BTreeSet<String>,
    /// People and bots.
    pub users: BTreeMap<String, User>,
    /// Conversations.
    pub channels: BTreeMap<String, Channel>,
    /// Every view ever opened, by id.
    pub views: BTreeMap<String, View>,
    /// Open modals of each user, topmost last.
    pub stacks: BTreeMap<String, Vec<String>>,
    /// Home tabs, by user.
    pub homes: BTreeMap<String, View>,
    /// Files.
    pub files: BTreeMap<String, File>,
    /// Triggers.
    pub triggers: BTreeMap<String, Trigger>,
    /// Response URLs.
    pub response_urls: BTreeMap<String, ResponseUrl>,
    /// Faults waiting, by method (`*` for all), in order.
    pub faults: VecDeque<(String, Fault)>,
    /// How every call fails until it is mended, when no fault of its own waits for it.
    pub trouble: Option<Fault>,
    /// How every call of a method fails until it is mended.
    pub standing_faults: BTreeMap<String, Fault>,
    /// What the bot's token is refused with: `account_inactive`, `org_login_required`, ….
    pub token_error: Option<String>,
    /// The app's Messages tab is switched off.
    pub messages_tab_disabled: bool,
    /// Histories as an app outside Slack's marketplace reads them: one call a minute, 15 messages.
    pub history_limited: bool,
    /// When each limited method answered last, in milliseconds.
    pub history_read_at_ms: BTreeMap<String, i64>,
    /// Histories show a message with files a while after it was shared: Slack posts it behind the answer of
    /// `files.completeUploadExternal`.
    pub files_shared_late: bool,
    /// The app cannot reach Slack.
    pub unreachable: bool,
    /// Slack cannot reach the app: events wait for their retries.
    pub deliveries_fail: bool,
    /// Every call: method and outcome.
    pub calls: Vec<(String, String)>,
    /// Refuse native charts and data tables with `invalid_blocks`.
    pub refuse_charts: bool,
    /// One message per second and channel is enforced.
    pub strict_limits: bool,
    /// The limit of calls of a method in any minute is enforced.
    pub minute_limits: bool,
    /// When each method was called in the last minute, in milliseconds, for [`Workspace::minute_limits`].
    pub called_at_ms: BTreeMap<String, VecDeque<i64>>,
    /// The bot's token is for all workspaces of an organisation.
    pub organisation: bool,
    /// The token was revoked.
    pub revoked: bool,
    /// The app has switched token rotation on: its tokens of this workspace.
    pub rotation: Option<Rotation>,
    counter: u64,
    last_ts: i64,
}

impl Workspace {
    /// Counts ids on from here.
    pub(crate) fn begin_ids_at(&mut self, counter: u64) {
        self.counter = self.counter.max(counter);
    }

    /// A fresh id with a prefix.
    pub fn id(&mut self, prefix: &str) -> String {
        self.counter += 1;
        format!("{prefix}{:08}", self.counter)
    }

    /// A timestamp for a message: of this moment, and later than every one before.
    pub fn ts(&mut self, now_ms: i64) -> String {
        let micros = now_ms.saturating_mul(1_000).max(self.last_ts + 1);
        self.last_ts = micros;
        format!("{}.{:06}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000))
    }

    /// The direct message between the bot and a user, opened if need be.
    pub fn dm(&mut self, user: &str) -> String {
        let id = format!("D{}", user.trim_start_matches(['U', 'W']));
        self.channels.entry(id.clone()).or_insert_with(|| Channel {
            id: id.clone(),
            im_with: Some(user.to_owned()),
            name: None,
            messages: Vec::new(),
        });
        id
    }

    /// Takes the next fault for a method.
    pub fn take_fault(&mut self, method: &str) -> Option<Fault> {
        let nth = self.faults.iter().position(|(name, _)| name == method || name == "*");
        let own = nth.and_then(|nth| self.faults.remove(nth)).map(|(_, fault)| fault);
        own.or_else(|| self.standing_faults.get(method).cloned()).or_else(|| self.trouble.clone())
    }

    /// Opens a channel that everybody in the workspace reads; the app is not in it.
    pub fn open_channel(&mut self, id: &str, name: &str) {
        self.channels.entry(id.to_owned()).or_insert_with(|| Channel {
            id: id.to_owned(),
            im_with: None,
            name: Some(name.to_owned()),
            messages: Vec::new(),
        });
    }

    /// What somebody writes, as a message of this moment; `text` is as Slack keeps it, escaped.
    pub fn put_message(
        &mut self,
        channel: &str,
        user: &str,
        text: &str,
        thread: Option<&str>,
        now_ms: i64,
    ) -> String {
        let ts = self.ts(now_ms);
        let message = Message {
            ts: ts.clone(),
            user: user.to_owned(),
            bot: false,
            text: text.to_owned(),
            blocks: json!([]),
            metadata: Value::Null,
            thread_ts: thread.map(str::to_owned),
            only_for: None,
            edited: false,
            edited_ts: None,
            reactions: Vec::new(),
            files: Vec::new(),
        };
        if let Some(channel) = self.channels.get_mut(channel) {
            channel.messages.push(message);
        }
        ts
    }

    /// The topmost open modal of a user.
    pub fn modal(&self, user: &str) -> Option<&View> {
        self.views.get(self.stacks.get(user)?.last()?)
    }

    /// Puts new content into a view. For as long as a view lives, an input with the same block and action id
    /// keeps what was in it, typed or not, and its new initial value is ignored
    /// (<https://docs.slack.dev/reference/methods/views.update#usage-info>,
    /// <https://github.com/slackapi/bolt-js/issues/290>,
    /// <https://github.com/slackapi/bolt-python/issues/1064>). Whether Slack also remembers inputs that a
    /// screen in between does not show is not documented. The sandbox does: an app that is right here is
    /// right either way.
    pub fn put_content(&mut self, view: &str, content: Value) {
        let hash = self.id("h");
        if let Some(view) = self.views.get_mut(view) {
            for (block, action) in inputs_of(&view.content) {
                if let Some(value) = view.values.get(&block) {
                    view.remembered.insert((block, action), value.clone());
                }
            }
            view.values = initial_values(&content, &view.remembered);
            view.content = content;
            view.hash = hash;
            view.errors.clear();
            view.trouble = None;
        }
    }

    /// Opens a view on a user's stack.
    pub fn push_view(&mut self, user: &str, content: Value) -> String {
        let id = self.id("V");
        let values = initial_values(&content, &BTreeMap::new());
        let view = View {
            id: id.clone(),
            user: user.to_owned(),
            content,
            hash: self.id("h"),
            values,
            remembered: BTreeMap::new(),
            errors: BTreeMap::new(),
            trouble: None,
        };
        self.views.insert(id.clone(), view);
        self.stacks.entry(user.to_owned()).or_default().push(id.clone());
        id
    }

    /// A view as payloads carry it.
    pub fn view_json(&self, view: &View, app_id: &str) -> Value {
        let mut json = view.content.clone();
        let mut values = serde_json::Map::new();
        for block in view.content["blocks"].as_array().into_iter().flatten() {
            let element = &block["element"];
            if let (Some(block_id), Some(action_id)) =
                (block["block_id"].as_str(), element["action_id"].as_str())
            {
                let value = view.values.get(block_id).cloned().unwrap_or(Value::Null);
                values.insert(block_id.to_owned(), json!({action_id: value}));
            }
        }
        json["id"] = json!(view.id);
        json["team_id"] = json!(self.team);
        json["hash"] = json!(view.hash);
        json["app_id"] = json!(app_id);
        json["root_view_id"] = json!(view.id);
        json["previous_view_id"] = Value::Null;
        json["state"] = json!({"values": values});
        json
    }
}
