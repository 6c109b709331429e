//! What comes after the acknowledgement: opening and changing modals, the Home tab, ephemeral messages.
//! Each may fail without undoing anything that was stored. Failures are logged by code.

use super::{
    ack,
    delivery::Sender,
    form_guard::FormGuards,
    home_publisher::{HomePublisher, PublishSlot},
    receive::PostAckHandler,
    render,
    web_api::{CallError, SlackApi},
};
use crate::{
    coach::{
        ids::{MemberId, MessageRef, RowId, TeamId, ViewId},
        member::Presence,
        screen::{Form, Home, Message, Notice},
    },
    interaction::{
        ClassifyAnswer, DeliveryKey, PostAck, Priority, ResponseContext, SlackGateway as _, Trigger,
    },
};
use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use slack_morphism::blocks::SlackView;
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long the time zone is waited for before the schedule form opens without it. A trigger lasts three
/// seconds (<https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses>).
const ZONE_LIMIT: Duration = Duration::from_millis(1_200);

/// How many Homes are published at once, besides those that their members are viewing. After high load
/// all deferred Homes come together.
const CONCURRENT_HOMES: usize = 16;

/// How often a deferred Home checks whether load has dropped.
const CHECK_LOAD_EVERY: Duration = Duration::from_millis(250);

/// Slack's answers when the member has closed the modal, or another publication was faster.
const MEMBER_IS_GONE: [&str; 2] = ["not_found", HASH_CONFLICT];

/// Slack's answer when a trigger was used before: by this process for a redelivery, or by another one.
const TRIGGER_USED: &str = "exchanged_trigger_id";

/// How many triggers are remembered. A redelivery comes within minutes.
const REMEMBERED_TRIGGERS: usize = 4_096;

/// Slack's answer when a view is not the one that the caller knows.
const HASH_CONFLICT: &str = "hash_conflict";

/// Screens that are composed only when they are shown.
#[async_trait]
pub trait ScreenSource: Send + Sync + 'static {
    /// The schedule form, after taking over what Slack says of the member now.
    async fn schedule_form(&self, who: &MemberId, profile: Option<Presence>) -> Option<Form>;

    /// Lets the language model write the follow-up question of a reflection, and shows it in its open form.
    async fn write_follow_up(&self, who: &MemberId, reflection: &RowId, view: &ViewId);

    /// The follow-up form with what the lens sees in the answer; `None` when it has nothing more to show.
    async fn classified_form(&self, request: &ClassifyAnswer) -> Option<Form>;

    /// Whether load is high enough to postpone refreshing Home tabs nobody is viewing. `since` is when the
    /// caller began to postpone, and is the caller's to keep between calls.
    fn should_defer(&self, since: &mut Option<Instant>) -> bool;

    /// Stores that a member was active.
    async fn note_activity(&self, who: MemberId);

    /// The member's Home.
    async fn home(&self, who: &MemberId) -> Option<Home>;
}

/// Carries out what follows an acknowledgement.
pub struct PostAckRunner {
    api: SlackApi,
    sender: Sender,
    screens: Arc<dyn ScreenSource>,
    home_publisher: HomePublisher,
    form_guards: FormGuards,
    used_triggers: Mutex<VecDeque<Trigger>>,
    home_slots: Semaphore,
    ack_lead: Duration,
    patience: Duration,
}

/// How long a rate limit is waited for: a trigger lasts three seconds, a form is looked at, and Home and a message
/// can be brought up to date later.
fn patience_for(method: &str) -> Duration {
    match method {
        "views.open" => Duration::from_secs(1),
        "views.update" => Duration::from_secs(10),
        _ => Duration::from_mins(2),
    }
}

impl PostAckRunner {
    /// `patience` is how long a rate limit is waited for at most. `ack_lead` is how long after an acknowledgement the
    /// form that it shows is changed again at the earliest, so that Slack has processed the acknowledgement by then.
    pub fn new(
        sender: Sender,
        screens: Arc<dyn ScreenSource>,
        home_publisher: HomePublisher,
        ack_lead: Duration,
        patience: Duration,
    ) -> Self {
        let api = sender.web_api().clone();
        let (form_guards, home_slots) = (FormGuards::default(), Semaphore::new(CONCURRENT_HOMES));
        let used_triggers = Mutex::default();
        Self {
            api,
            sender,
            screens,
            home_publisher,
            form_guards,
            used_triggers,
            home_slots,
            ack_lead,
            patience,
        }
    }

    /// Slack's answer, or its error's code. Where there is time, a limit is waited for.
    async fn call(&self, team: &TeamId, method: &'static str, body: &Value) -> Result<Value, String> {
        let patience = self.patience.min(patience_for(method));
        self.sender.call_for_member(team, method, body, patience).await.inspect_err(|code| {
            if MEMBER_IS_GONE.contains(&code.as_str()) {
                tracing::debug!(%team, method, code, "the member had moved on");
            } else {
                tracing::warn!(%team, method, code, "a screen could not be shown");
            }
        })
    }

    async fn open(&self, team: &TeamId, trigger: &Trigger, view: &SlackView) -> Result<(), String> {
        let is_first = self.use_trigger(trigger);
        let opened = self.call(team, "views.open", &json!({"trigger_id": trigger.0, "view": view})).await;
        match opened {
            // The first attempt opened the form, or told the member that it did not.
            Err(code) if code == TRIGGER_USED && !is_first => Ok(()),
            opened => opened.map(|_| ()),
        }
    }

    /// Notes that a trigger is used. False: this process used it before.
    fn use_trigger(&self, trigger: &Trigger) -> bool {
        let mut used = self.used_triggers.lock();
        if used.contains(trigger) {
            return false;
        }
        used.push_back(trigger.clone());
        if used.len() > REMEMBERED_TRIGGERS {
            used.pop_front();
        }
        true
    }

    async fn open_form(&self, who: &MemberId, trigger: &Trigger, context: ResponseContext, form: &Form) {
        if self.open(&who.team, trigger, &render::form(form)).await.is_err() {
            self.say_failed(who, context, Notice::NotOpened).await;
        }
    }

    async fn open_schedule(&self, who: &MemberId, trigger: &Trigger, context: ResponseContext) {
        let profile = tokio::time::timeout(ZONE_LIMIT, self.sender.profile(who)).await;
        let profile = profile.ok().and_then(Result::ok);
        match self.screens.schedule_form(who, profile).await {
            Some(form) => self.open_form(who, trigger, context, &form).await,
            None => self.say_failed(who, context, Notice::StoreFailed).await,
        }
    }

    /// A screen could not be shown. The trigger is used up; a message needs none.
    async fn say_failed(&self, who: &MemberId, context: ResponseContext, notice: Notice) {
        let context = ResponseContext { trigger: None, ..context };
        self.say_ephemeral(who, &context, &Message::Notice(notice)).await;
    }

    async fn update_form(
        &self,
        team: &TeamId,
        view: &ViewId,
        form: &Form,
        delivery: &DeliveryKey,
    ) -> Result<(), String> {
        let body = json!({"view_id": view.as_str(), "view": render::form_in_place(form, &delivery.0)});
        self.call(team, "views.update", &body).await.map(|_| ())
    }

    /// What the member asked for in an open form. Nobody is told where the form was closed meanwhile.
    async fn update_open_form(&self, who: &MemberId, view: &ViewId, form: &Form, delivery: &DeliveryKey) {
        let updated = self.update_form(&who.team, view, form, delivery).await;
        if updated.is_err_and(|code| !MEMBER_IS_GONE.contains(&code.as_str())) {
            self.say_failed(who, ResponseContext::default(), Notice::NotOpened).await;
        }
    }

    /// Shows what the lens saw, in the form as it is and no other. What the member typed in it stays,
    /// because its inputs have the same ids
    /// (<https://docs.slack.dev/reference/methods/views.update#usage-info>).
    async fn classify_answer(&self, request: &ClassifyAnswer, delivery: &DeliveryKey) {
        let guard = self.form_guards.guard(&request.view);
        tokio::time::sleep(self.ack_lead).await;
        let form = self.screens.classified_form(request).await;
        if let Some(form) = form.filter(|_| !guard.is_superseded()) {
            // Logged by `call`. The form then shows the answer without what the lens saw.
            let _ = self.update_form(&request.answer.member.team, &request.view, &form, delivery).await;
        }
    }

    async fn update_message(&self, team: &TeamId, at: &MessageRef, message: &Message) {
        let rendered = render::message(message);
        let body = json!({
            "channel": at.channel.as_str(), "ts": at.ts.as_str(),
            "text": rendered.text, "blocks": rendered.blocks,
        });
        // Logged by `call`. The message then keeps its buttons, which lead to the stored answer as well.
        let _ = self.call(team, "chat.update", &body).await;
    }

    /// Publishes Home where the member has opened it. Anybody else sees it as it is when they open it.
    pub async fn refresh_home(&self, who: &MemberId) {
        if self.home_publisher.has_published(who) {
            self.publish_home(who, Priority::Background).await;
        }
    }

    async fn publish_home(&self, who: &MemberId, priority: Priority) {
        let mut slot = self.home_publisher.request(who, priority, Instant::now());
        while let Some(PublishSlot { hash, wait }) = slot {
            tokio::time::sleep(wait).await;
            let _permit = self.wait_for_load(who).await;
            self.home_publisher.start(who, Instant::now());
            slot = match self.publish_once(who, hash).await {
                Ok(hash) => self.home_publisher.finish(who, hash, false, Instant::now()),
                // Another replica published meanwhile: what is stored now is newer than either.
                Err(code) => self.home_publisher.finish(who, None, code == HASH_CONFLICT, Instant::now()),
            };
        }
    }

    /// Waits while load is high, then for one of the concurrent slots, unless the member is viewing the tab.
    async fn wait_for_load(&self, who: &MemberId) -> Option<SemaphorePermit<'_>> {
        let mut since = None;
        while !self.home_publisher.is_viewed(who) {
            if !self.screens.should_defer(&mut since) {
                return self.home_slots.acquire().await.ok();
            }
            tokio::time::sleep(CHECK_LOAD_EVERY).await;
        }
        None
    }

    /// The hash of what Slack shows now.
    async fn publish_once(&self, who: &MemberId, hash: Option<String>) -> Result<Option<String>, String> {
        let Some(home) = self.screens.home(who).await else { return Ok(hash) };
        let mut body = json!({"user_id": who.user.as_str(), "view": render::home(&home)});
        if let Some(hash) = hash {
            body["hash"] = json!(hash);
        }
        let answer = self.call(&who.team, "views.publish", &body).await?;
        Ok(answer["view"]["hash"].as_str().map(str::to_owned))
    }

    /// A message for one member: through the `response_url`, else into the conversation, else (from the Home
    /// tab, which has neither) as a modal, else into the DM.
    async fn say_ephemeral(&self, who: &MemberId, context: &ResponseContext, message: &Message) {
        let mut body = ack::ephemeral(message);
        body["replace_original"] = json!(false);
        if let Some(url) = &context.response_url {
            match self.api.respond(url, &body).await {
                Ok(()) | Err(CallError::NoAnswer) => return,
                Err(error) => tracing::debug!(code = error.code(), "a response_url refused the message"),
            }
        }
        let shown = if let Some(channel) = &context.channel {
            let ephemeral = json!({
                "channel": channel.as_str(),
                "user": who.user.as_str(),
                "text": body["text"],
                "blocks": body["blocks"],
            });
            self.call(&who.team, "chat.postEphemeral", &ephemeral).await.map(|_| ())
        } else if let Some(trigger) = &context.trigger {
            self.open(&who.team, trigger, &render::message_as_modal(message)).await
        } else {
            Err("no_place".to_owned())
        };
        if shown.is_err() {
            // Logged by `call`.
            let _ = self.say_in_dm(who, &body).await;
        }
    }

    async fn say_in_dm(&self, who: &MemberId, body: &Value) -> Result<(), String> {
        let users = json!({"users": who.user.as_str()});
        let opened = self.call(&who.team, "conversations.open", &users).await?;
        let message = json!({
            "channel": opened["channel"]["id"], "text": body["text"], "blocks": body["blocks"],
            "unfurl_links": false,
        });
        self.call(&who.team, "chat.postMessage", &message).await.map(|_| ())
    }
}

#[async_trait]
impl PostAckHandler for PostAckRunner {
    fn form_superseded(&self, view: &ViewId) {
        self.form_guards.supersede(view);
    }

    async fn run(&self, step: PostAck, delivery: &DeliveryKey) {
        match step {
            PostAck::OpenForm { member, trigger, context, form } => {
                self.open_form(&member, &trigger, context, &form).await;
            }
            PostAck::OpenSchedule { member, trigger, context } => {
                self.open_schedule(&member, &trigger, context).await;
            }
            PostAck::UpdateForm { member, view, form } => {
                self.update_open_form(&member, &view, &form, delivery).await;
            }
            PostAck::SayEphemeral { member, context, message } => {
                self.say_ephemeral(&member, &context, &message).await;
            }
            PostAck::ClassifyAnswer(request) => self.classify_answer(&request, delivery).await,
            PostAck::WriteFollowUp { member, reflection, view } => {
                self.screens.write_follow_up(&member, &reflection, &view).await;
            }
            PostAck::UpdateMessage { team, at, message } => self.update_message(&team, &at, &message).await,
            PostAck::NoteActivity { member } => self.screens.note_activity(member).await,
            PostAck::PublishHome { member, only_if_open: true, .. } => self.refresh_home(&member).await,
            PostAck::PublishHome { member, priority, only_if_open: false } => {
                self.publish_home(&member, priority).await;
            }
        }
    }
}
