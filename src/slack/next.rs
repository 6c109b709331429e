//! What comes after the acknowledgement: opening and changing modals, the Home tab, words through the
//! door of a button. Each may fail without undoing anything that was kept; failures are logged by code.

use super::{
    client::{CallError, SlackApi},
    home::{Haste, Pages, Turn},
    receive::Afterwards,
    render,
    reply::{self, After},
    sender::Sender,
    tokens::Tokens,
    watch::Forms,
};
use crate::{
    app::incoming::{Door, Next, See, Trigger},
    coach::{
        ids::{MemberId, MessageRef, RowId, TeamId, ViewId},
        member::Presence,
        screen::{Form, Home, Message, Notice},
    },
};
use async_trait::async_trait;
use serde_json::{Value, json};
use slack_morphism::blocks::SlackView;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long the zone is waited for before the schedule form opens without it: a trigger lasts three
/// seconds.
const ZONE_LIMIT: Duration = Duration::from_millis(1_200);

/// How many Homes are published at once, beside those at which their members look: after a crowd all of
/// its Homes come together.
const HOMES_AT_ONCE: usize = 16;

/// How often a Home that stands aside looks whether it still has to.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// What Slack answers when the modal is closed, the trigger too old, or a redelivery's answer was
/// used before.
const NOBODY_THERE: [&str; 4] = ["not_found", "expired_trigger_id", "exchanged_trigger_id", HASH_CONFLICT];

/// What Slack answers when a view is not the one that the caller knows.
const HASH_CONFLICT: &str = "hash_conflict";

/// Screens that are composed only when they are shown.
#[async_trait]
pub trait Screens: Send + Sync + 'static {
    /// The schedule form, after taking in what Slack says of the member now.
    async fn schedule_form(&self, who: &MemberId, profile: Option<Presence>) -> Option<Form>;

    /// Lets the model write the follow-up question of a reflection, and shows it in its open form.
    async fn write_follow_up(&self, who: &MemberId, reflection: &RowId, view: &ViewId);

    /// A form that shows a kept reflection, with what the lens sees in it now; `None` when it has nothing
    /// more to show.
    async fn seen(&self, see: &See) -> Option<Form>;

    /// Whether members' deliveries come in such numbers that a Home stands aside at which nobody looks;
    /// `since` is when it began to.
    fn stands_aside(&self, since: &mut Option<Instant>) -> bool;

    /// The member's Home.
    async fn home(&self, who: &MemberId) -> Option<Home>;
}

/// Carries out what follows an acknowledgement.
pub struct Follower {
    api: SlackApi,
    tokens: Tokens,
    sender: Sender,
    screens: Arc<dyn Screens>,
    pages: Pages,
    forms: Forms,
    at_once: Semaphore,
    ack_leads: Duration,
}

impl Follower {
    /// Puts the parts together. A form that an acknowledgement turns into another is changed again
    /// `ack_leads` later at the earliest, so that Slack has taken in the acknowledgement by then.
    pub fn new(sender: Sender, screens: Arc<dyn Screens>, pages: Pages, ack_leads: Duration) -> Self {
        let (api, tokens, forms) = (sender.api.clone(), sender.tokens.clone(), Forms::default());
        let at_once = Semaphore::new(HOMES_AT_ONCE);
        Self { api, tokens, sender, screens, pages, forms, at_once, ack_leads }
    }

    /// Slack's answer, or its error's code.
    async fn call(&self, team: &TeamId, method: &'static str, body: &Value) -> Result<Value, String> {
        let Ok(token) = self.tokens.of(team).await else {
            tracing::warn!(%team, method, "no token for this workspace");
            return Err("no_token".to_owned());
        };
        self.api.post(method, &token, body).await.map_err(|error| {
            // A member who closed the modal, or was slow, is normal.
            let code = error.code();
            if NOBODY_THERE.contains(&code.as_str()) {
                tracing::debug!(%team, method, code, "nobody was there any more");
            } else {
                tracing::warn!(%team, method, code, "a screen could not be shown");
            }
            code
        })
    }

    async fn open(&self, team: &TeamId, trigger: &Trigger, view: &SlackView) -> Result<(), String> {
        let opened = self.call(team, "views.open", &json!({"trigger_id": trigger.0, "view": view})).await;
        opened.map(|_| ())
    }

    async fn update(&self, team: &TeamId, view: &ViewId, form: &Form) {
        let body = json!({"view_id": view.as_str(), "view": render::form(form)});
        let _seen = self.call(team, "views.update", &body).await;
    }

    /// Shows what the lens saw, in the form as it is and no other: what the member typed in it stays,
    /// because its inputs have the same ids
    /// (<https://docs.slack.dev/reference/methods/views.update#usage-info>).
    async fn see(&self, see: &See) {
        let watch = self.forms.watch(&see.view);
        tokio::time::sleep(self.ack_leads).await;
        let form = self.screens.seen(see).await.filter(|_| !watch.has_moved_on());
        if let Some(form) = form {
            self.update(&see.unread.member.team, &see.view, &form).await;
        }
    }

    async fn amend(&self, team: &TeamId, at: &MessageRef, message: &Message) {
        let rendered = render::message(message);
        let body = json!({
            "channel": at.channel.as_str(), "ts": at.ts.as_str(),
            "text": rendered.text, "blocks": rendered.blocks,
        });
        // Whoever answered keeps the question with its buttons, which lead to their answer as well.
        let _seen = self.call(team, "chat.update", &body).await;
    }

    async fn open_schedule(&self, who: &MemberId, trigger: &Trigger) {
        let asked = crate::app::ports::Slack::profile(&self.sender, who);
        let profile = tokio::time::timeout(ZONE_LIMIT, asked).await.ok().and_then(Result::ok);
        if let Some(form) = self.screens.schedule_form(who, profile).await {
            let _logged = self.open(&who.team, trigger, &render::form(&form)).await;
        }
    }

    /// Publishes Home where the member has opened it lately; anybody else sees it as it is when they
    /// open it.
    pub async fn refresh_home(&self, who: &MemberId) {
        if self.pages.knows(who) {
            self.publish_home(who, Haste::None).await;
        }
    }

    async fn publish_home(&self, who: &MemberId, haste: Haste) {
        let mut turn = self.pages.ask(who, haste, Instant::now());
        while let Some(Turn { hash, wait }) = turn {
            tokio::time::sleep(wait).await;
            let _turn = self.stand_aside(who).await;
            self.pages.begin(who, Instant::now());
            turn = match self.publish_once(who, hash).await {
                Ok(hash) => self.pages.done(who, hash, false, Instant::now()),
                // Another machine published meanwhile: what is stored now is newer than either.
                Err(code) => self.pages.done(who, None, code == HASH_CONFLICT, Instant::now()),
            };
        }
    }

    /// Waits while many others are to be kept, and then for a place among those that are published, unless
    /// the member looks.
    async fn stand_aside(&self, who: &MemberId) -> Option<SemaphorePermit<'_>> {
        let mut since = None;
        while !self.pages.is_looked_at(who) {
            if !self.screens.stands_aside(&mut since) {
                return self.at_once.acquire().await.ok();
            }
            tokio::time::sleep(LOOK_AGAIN).await;
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

    /// Words for one member: through the `response_url`, else into the conversation, else (from the
    /// Home tab, which has neither) as a modal.
    async fn say(&self, who: &MemberId, door: &Door, message: &Message) {
        let mut body = reply::ephemeral(message);
        body["replace_original"] = json!(false);
        if let Some(url) = &door.response_url {
            match self.api.respond(url, &body).await {
                Ok(()) => return,
                Err(CallError::NoAnswer) => return,
                Err(error) => tracing::debug!(code = error.code(), "a response_url did not take the words"),
            }
        }
        if let Some(channel) = &door.channel {
            let words = json!({
                "channel": channel.as_str(),
                "user": who.user.as_str(),
                "text": body["text"],
                "blocks": body["blocks"],
            });
            let _seen = self.call(&who.team, "chat.postEphemeral", &words).await;
        } else if let Some(trigger) = &door.trigger {
            let view = render::message_as_modal(message);
            let _logged = self.open(&who.team, trigger, &view).await;
        }
    }
}

#[async_trait]
impl Afterwards for Follower {
    fn moved_on(&self, view: &ViewId) {
        self.forms.moved_on(view);
    }

    async fn carry_out(&self, after: After) {
        match after {
            After::Next(Next::Open { who, trigger, door, form }) => {
                let opened = self.open(&who.team, &trigger, &render::form(&form)).await;
                if opened.is_err_and(|code| !NOBODY_THERE.contains(&code.as_str())) {
                    // Its trigger is used; words need none.
                    let door = Door { trigger: None, ..door };
                    self.say(&who, &door, &Message::Notice(Notice::NotOpened)).await;
                }
            }
            After::Next(Next::OpenSchedule { who, trigger }) => self.open_schedule(&who, &trigger).await,
            After::Next(Next::Update { team, view, form }) => self.update(&team, &view, &form).await,
            After::Next(Next::See(see)) => self.see(&see).await,
            After::Next(Next::WriteFollowUp { who, reflection, view }) => {
                self.screens.write_follow_up(&who, &reflection, &view).await;
            }
            After::Next(Next::Amend { team, at, message }) => self.amend(&team, &at, &message).await,
            After::Next(Next::ShowHome { who }) => self.publish_home(&who, Haste::IsLookedAt).await,
            After::Next(Next::PublishHome { who }) => self.publish_home(&who, Haste::None).await,
            After::Next(Next::RefreshHome { who }) => self.refresh_home(&who).await,
            After::Say { who, door, message } => self.say(&who, &door, &message).await,
            After::Show { team, view, form } => self.update(&team, &view, &form).await,
        }
    }
}
