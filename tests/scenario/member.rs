//! A member: acts as Slack's client allows, waits until the bot has come
//! to rest, and reads what is new, once.

use crate::world::{World, form_as_read};
use leadlens::coach::{ids::MemberId, reflection::Reflection};
use leadlens_sandbox::{
    Delivered,
    script::{NeverHappened, Person},
    transcript,
    workspace::{Message, View},
};

/// Somebody in the workspace.
pub struct Member {
    world: World,
    person: Person,
}

impl Member {
    pub(crate) fn new(world: World, user: &str) -> Self {
        let person = world.slack().person(user);
        Self { world, person }
    }

    /// Slack's client alone: nothing is waited for, and nothing is expected of the acknowledgement.
    pub fn client(&self) -> &Person {
        &self.person
    }

    pub fn id(&self) -> MemberId {
        self.world.member_id(&self.person.user)
    }

    async fn after(&self, what: &str, delivered: Delivered) -> Delivered {
        assert!(delivered.acked, "{what} was not acknowledged: {delivered:?}\n{}", self.world.told());
        self.world.settle().await;
        self.world.comes_again(&delivered).await;
        delivered
    }

    async fn after_tap(&self, what: &str, did: Result<Delivered, NeverHappened>) -> Delivered {
        match did {
            Ok(delivered) => self.after(what, delivered).await,
            Err(never) => panic!("{what}: {never}"),
        }
    }

    /// Types a command in the direct message.
    pub async fn types(&self, line: &str) -> Delivered {
        self.after(line, self.person.types(line).await).await
    }

    /// Types a command in a channel.
    pub async fn types_in(&self, channel: &str, line: &str) -> Delivered {
        self.after(line, self.person.in_channel(channel).types(line).await).await
    }

    /// Uses *Check in* from Slack's menu of shortcuts.
    pub async fn uses_shortcut(&self, callback_id: &str) -> Delivered {
        self.after(callback_id, self.person.uses_shortcut(callback_id).await).await
    }

    /// Uses a shortcut from the menu of a message.
    pub async fn uses_shortcut_on(&self, callback_id: &str, channel: &str, message: &Message) -> Delivered {
        self.after(callback_id, self.person.uses_message_shortcut(callback_id, channel, message).await).await
    }

    /// Writes in the direct message; the message's timestamp.
    pub async fn says(&self, text: &str) -> String {
        let (ts, delivered) = self.person.says(text).await;
        self.after("a message", delivered).await;
        ts
    }

    /// Replies in the thread of a message; the reply's timestamp.
    pub async fn replies(&self, to: &Message, text: &str) -> String {
        let (ts, delivered) = self.person.replies(&to.ts, text).await;
        self.after("a reply", delivered).await;
        ts
    }

    /// Edits a message of theirs in Slack.
    pub async fn edits(&self, ts: &str, text: &str) -> Delivered {
        self.after_tap("an edit", self.person.edits(ts, text).await).await
    }

    /// Deletes a message of theirs in Slack.
    pub async fn deletes(&self, ts: &str) -> Delivered {
        self.after_tap("a deletion", self.person.deletes(ts).await).await
    }

    /// Opens the Home tab; what it shows is in [`Member::home`].
    pub async fn opens_home(&self) -> Delivered {
        self.after("opening Home", self.person.opens_home().await).await
    }

    /// Opens the conversation with LeadLens.
    pub async fn opens_conversation(&self) -> Delivered {
        self.after("opening the conversation", self.person.opens_conversation().await).await
    }

    /// Taps a button, or a choice of a menu, on the newest message that has it.
    pub async fn taps(&self, label: &str) -> Delivered {
        self.after_tap(label, self.person.clicks(label).await).await
    }

    /// Taps a button of one message.
    pub async fn taps_on(&self, message: &Message, label: &str) -> Delivered {
        self.after_tap(label, self.person.clicks_on(&message.ts, label).await).await
    }

    /// Taps a button of the Home tab.
    pub async fn taps_home(&self, label: &str) -> Delivered {
        self.after_tap(label, self.person.clicks_home(label).await).await
    }

    /// Taps a button of the open form.
    pub async fn taps_form(&self, label: &str) -> Delivered {
        self.after_tap(label, self.person.in_modal().clicks(label).await).await
    }

    /// Presses Enter in an input that acts on it.
    pub async fn presses_enter(&self, input: &str) -> Delivered {
        self.after_tap(input, self.person.in_modal().presses_enter(input).await).await
    }

    /// Fills inputs of the open form: text, a date, a time, the label of a choice, or several labels
    /// with commas between.
    pub fn fills<const N: usize>(&self, inputs: [(&str, &str); N]) {
        for (input, value) in inputs {
            self.person.in_modal().fills(input, value).unwrap_or_else(|never| panic!("{input}: {never}"));
        }
    }

    /// Submits the open form.
    pub async fn submits(&self) -> Delivered {
        self.after_tap("a submission", self.person.in_modal().submits().await).await
    }

    /// Closes the open form.
    pub fn closes_form(&self) {
        self.person.in_modal().closes();
    }

    /// Stops at the follow-up, where one came: next to no words get none.
    #[track_caller]
    pub fn stops_here(&self) {
        if self.open_form().is_some() {
            self.sees_form("One more question");
            self.closes_form();
        }
    }

    /// Sees a message that is new, or has changed, since it was last read; the oldest that shows the
    /// text.
    #[track_caller]
    pub fn sees(&self, text: &str) -> Message {
        let dm = self.person.dm();
        let unread = self.unread_messages();
        let Some(found) = unread.iter().find(|message| transcript::message(message).contains(text)) else {
            panic!("{} sees nothing new with {text:?}\n{}", self.person.user, self.world.told());
        };
        self.world.note_read(format!("{dm}:{}", found.ts), transcript::message(found));
        found.clone()
    }

    /// Everything that the bot's messages show now.
    pub fn all_shown(&self) -> String {
        let of_bot = self.person.messages().into_iter().filter(|message| message.bot);
        of_bot.fold(String::new(), |all, message| format!("{all}{}{}\n", message.text, message.blocks))
    }

    /// Whether something has come that was not read.
    pub fn has_news(&self) -> bool {
        !self.unread_messages().is_empty()
    }

    /// The app's reactions on a message of the conversation.
    pub fn marks_on(&self, ts: &str) -> Vec<String> {
        let messages = self.person.messages();
        messages.into_iter().find(|message| message.ts == ts).map(|it| it.reactions).unwrap_or_default()
    }

    /// Nothing new has come.
    #[track_caller]
    pub fn sees_nothing_new(&self) {
        let unread = self.unread_messages();
        let shown: Vec<String> = unread.iter().map(transcript::message).collect();
        assert!(shown.is_empty(), "{} sees {shown:#?}\n{}", self.person.user, self.world.told());
    }

    fn unread_messages(&self) -> Vec<Message> {
        let dm = self.person.dm();
        let unread = |message: &Message| {
            message.bot
                && self.world.is_unread(&format!("{dm}:{}", message.ts), &transcript::message(message))
        };
        self.person.messages().into_iter().filter(unread).collect()
    }

    /// Sees the open form of that title; what it shows.
    #[track_caller]
    pub fn sees_form(&self, title: &str) -> String {
        let view = self.open_form().unwrap_or_else(|| panic!("no form is open\n{}", self.world.told()));
        let shown = transcript::modal(&view);
        assert_eq!(transcript::plain(&view.content["title"]), title, "{shown}");
        self.world.note_read(view.id.clone(), form_as_read(&view));
        shown
    }

    /// No form is open.
    #[track_caller]
    pub fn sees_no_form(&self) {
        assert!(self.open_form().is_none(), "a form is open\n{}", self.world.told());
    }

    pub fn open_form(&self) -> Option<View> {
        self.person.in_modal().view()
    }

    /// What the Home tab shows.
    pub fn home(&self) -> String {
        let home = self.world.slack().look(|state| state.homes.get(&self.person.user).map(transcript::home));
        home.unwrap_or_else(|| panic!("no Home was published\n{}", self.world.told()))
    }

    /// What is kept of them, oldest first.
    pub async fn reflections(&self) -> Vec<Reflection> {
        self.world.database().reflections_of(&self.person.user).await
    }

    /// The one thing that is kept of them.
    pub async fn only_reflection(&self) -> Reflection {
        let mut kept = self.reflections().await;
        assert_eq!(kept.len(), 1, "{kept:#?}");
        kept.remove(0)
    }

    /// Asks for feedback with that command, looks at what will be sent, and sends it.
    pub async fn asks_for_feedback(&self, line: &str) {
        self.types(line).await;
        let form = self.sees_form("Ask for feedback");
        assert!(form.contains("Nothing is sent until you choose Send."), "{form}");
        self.submits().await;
        self.sees_form("Your feedback round");
        self.closes_form();
        self.sees("Your feedback round of");
    }

    /// Has met LeadLens before.
    pub async fn who_is_known(self) -> Self {
        self.opens_home().await;
        self.types("/leadlens help").await;
        self.sees("/leadlens checkin");
        self.sees("I am LeadLens");
        self
    }

    /// Has met LeadLens, and submitted the schedule form as it opened: weekdays at half past nine.
    pub async fn with_a_cadence(self) -> Self {
        self.who_focuses_on("No preference").await
    }

    /// With a cadence, and a practice in focus.
    pub async fn who_focuses_on(self, practice: &str) -> Self {
        let member = self.who_is_known().await;
        member.types("/leadlens schedule").await;
        member.sees_form("Schedule");
        member.fills([("practice", practice)]);
        member.submits().await;
        member.sees_form("LeadLens");
        member.closes_form();
        member
    }
}
