//! For any sequence of actions, no member is ever shown another member's text. The one exception is
//! a comment in a feedback round, shown to the asker once three or more have answered, and the form
//! that takes it says so. No word reaches a log or a metric either, the way to a model included.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect should stop there"
)]

#[path = "privacy/llm_log.rs"]
mod llm_log;

use async_trait::async_trait;
use leadlens::{
    clock::{Env, ManualClock, SeededRng},
    coach::{
        audit::Meeting,
        feedback::{FeedbackStep, Invitee},
        hat::{Hat, Hats},
        ids::{ChannelId, FileId, MemberId, MessageRef, MessageTs, RowId, TeamId, UserId, ViewId},
        member::Presence,
        member_text::MemberText,
        plan::PlanFields,
        prompt::Library,
        reflection::CheckinFields,
        screen::{Form, Invitation, Message},
    },
    dispatch::{Delivery, Event, Submission, dispatch},
    features::{audit, checkin, feedback, home, plan, privacy::ForgetConfirmed},
    interaction::{
        Ack, AppState, DeliveryKey, DeliveryOutcome, Download, MessagePage, Origin, Outgoing, PostAck,
        Presences, Reply, ReplyTarget, ResponseContext, Settings, SlackCall, SlackGateway, Trigger,
        Unavailable,
    },
    slack::render,
    store::Store,
    telemetry::Metrics,
    worker::Worker,
};
use proptest::prelude::*;
use slack_morphism::blocks::SlackView;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio_util::sync::CancellationToken;

const PEOPLE: [&str; 5] = ["UANA", "UBEN", "UCLEO", "UDAN", "UEVE"];

/// What somebody does next.
#[derive(Debug, Clone, Copy)]
enum MemberAct {
    Checkin,
    Plan,
    Audit,
    History,
    Home,
    Export,
    Report,
    Answer(u8),
    Change,
    Decline,
    Withdraw,
    Forget,
    AskForFeedback,
    AWeekPasses,
}

fn acts() -> impl Strategy<Value = Vec<(usize, MemberAct)>> {
    let act = prop_oneof![
        4 => Just(MemberAct::Checkin),
        2 => Just(MemberAct::Plan),
        1 => Just(MemberAct::Audit),
        2 => Just(MemberAct::History),
        2 => Just(MemberAct::Home),
        1 => Just(MemberAct::Export),
        1 => Just(MemberAct::Report),
        8 => (1..=5_u8).prop_map(MemberAct::Answer),
        2 => Just(MemberAct::Change),
        1 => Just(MemberAct::Decline),
        1 => Just(MemberAct::Withdraw),
        1 => Just(MemberAct::Forget),
        3 => Just(MemberAct::AskForFeedback),
        2 => Just(MemberAct::AWeekPasses),
    ];
    prop::collection::vec((0..PEOPLE.len(), act), 10..60)
}

/// What was shown to whom, and the questions that people hold.
#[derive(Default)]
struct Shown {
    to: Vec<(String, String)>,
    invitations: HashMap<String, (Invitation, MessageRef)>,
    results: Vec<(String, usize)>,
    sent: u64,
}

#[derive(Clone, Default)]
struct RecordingGateway(Arc<Mutex<Shown>>);

impl RecordingGateway {
    fn message(&self, user: &str, message: &Message, at: Option<&MessageRef>) {
        let rendered = render::message(message);
        let shows = format!("{}{}", rendered.text, serde_json::to_string(&rendered.blocks).unwrap());
        let mut shown = self.0.lock().unwrap();
        match message {
            Message::FeedbackAsk(screen) => {
                if let Some(at) = at {
                    shown.invitations.insert(user.to_owned(), (screen.from.clone(), at.clone()));
                }
            }
            Message::FeedbackResult(result) => {
                let answers = result.counts.map_or(0, |counts| counts.iter().sum::<u32>());
                shown.results.push((user.to_owned(), answers as usize));
                if answers >= 3 {
                    // The exception. The rest of the message may not hold text of a member either.
                    let comments: Vec<&str> = result.comments.iter().map(MemberText::reveal).collect();
                    assert!(comments.iter().all(|comment| comment.starts_with("comment-")), "{comments:?}");
                    return;
                }
            }
            _ => {}
        }
        shown.to.push((user.to_owned(), shows));
    }

    fn view(&self, user: &str, view: &SlackView) {
        let shows = serde_json::to_string(view).unwrap();
        self.0.lock().unwrap().to.push((user.to_owned(), shows));
    }
}

#[async_trait]
impl SlackGateway for RecordingGateway {
    async fn deliver(&self, outgoing: Outgoing) -> DeliveryOutcome {
        let (user, message, at, files) = match outgoing.call {
            SlackCall::Post { user, message, files, .. } => {
                let mut shown = self.0.lock().unwrap();
                shown.sent += 1;
                let ts = MessageTs::parse(&format!("1764.{:06}", shown.sent)).unwrap();
                let channel = ChannelId::parse(&format!("D{}", user.as_str())).unwrap();
                (user.to_string(), message, MessageRef { channel, ts }, files)
            }
            SlackCall::Find { .. } => return DeliveryOutcome::NotDelivered,
            SlackCall::Update { at, message } => {
                let user = at.channel.as_str().trim_start_matches('D').to_owned();
                (user, message, at, Vec::new())
            }
        };
        self.message(&user, &message, Some(&at));
        for file in &files {
            let text = String::from_utf8_lossy(&file.clone().into_bytes().unwrap()).into_owned();
            // An asker's export holds the comments that they were shown.
            let text = if user == PEOPLE[0] { text.replace("comment-", "shown-") } else { text };
            self.0.lock().unwrap().to.push((user.clone(), text));
        }
        DeliveryOutcome::Sent { channel: at.channel.clone(), message: Some(at), files: Vec::new() }
    }

    async fn presence(&self, _team: &TeamId, users: &[UserId]) -> Presences {
        let known = users.iter().map(|user| (user.clone(), Presence::default())).collect();
        Presences { known, missing: None }
    }

    async fn message_text(&self, _: &TeamId, _: &MessageRef) -> Result<Option<MemberText>, Unavailable> {
        Ok(None)
    }

    async fn messages(
        &self,
        _: &TeamId,
        _: &MessageRef,
        _: Option<&MessageTs>,
        _: Option<&MessageTs>,
    ) -> Result<MessagePage, Unavailable> {
        Ok(MessagePage::default())
    }

    async fn delete_message(&self, _: &TeamId, _: &MessageRef) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn delete_unsettled(
        &self,
        _: &TeamId,
        _: &RowId,
        _: &ChannelId,
        _: jiff::Timestamp,
    ) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn mark_message(&self, _: &TeamId, _: &MessageRef, _: bool) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn delete_file(&self, _: &TeamId, _: &str) -> Result<(), Unavailable> {
        Ok(())
    }

    async fn file(&self, _: &TeamId, _: &FileId, _: usize) -> Result<Download, Unavailable> {
        Ok(Download::Gone)
    }

    async fn show_form(&self, _: &TeamId, _: &ViewId, _: &Form, _: &RowId) -> Result<bool, Unavailable> {
        Ok(false)
    }

    async fn people(
        &self,
        _team: &TeamId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Invitee>, Unavailable> {
        Ok(users.iter().map(|user| (user.clone(), Invitee { can_be_asked: true, zone: None })).collect())
    }

    async fn probe(&self, _: &TeamId) -> Result<Vec<String>, Unavailable> {
        Ok(Vec::new())
    }

    async fn profile(&self, _: &MemberId) -> Result<Presence, Unavailable> {
        Ok(Presence::default())
    }
}

struct Workspace {
    state: AppState,
    worker: Worker,
    gateway: RecordingGateway,
    clock: Arc<ManualClock>,
    deliveries: u64,
    _folder: tempfile::TempDir,
}

impl Workspace {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("x.db").display())).await.unwrap();
        let clock = ManualClock::at("2026-10-01T10:00:00Z".parse().unwrap());
        let world = Env { clock: clock.clone(), rng: SeededRng::new(7) };
        let state = AppState::new(store, world, Arc::new(Library::built_in().unwrap()), Settings::default());
        let gateway = RecordingGateway::default();
        let metrics = Arc::new(Metrics::new());
        let worker = Worker::new(state.clone(), Arc::new(gateway.clone()), metrics, CancellationToken::new());
        Self { state, worker, gateway, clock, deliveries: 0, _folder: folder }
    }

    fn who(nth: usize) -> MemberId {
        MemberId { team: TeamId::parse("T1").unwrap(), user: UserId::parse(PEOPLE[nth]).unwrap() }
    }

    /// Delivers, shows what is owed for it, and lets the worker do what is due.
    async fn deliver(&mut self, nth: usize, event: Event) {
        self.deliveries += 1;
        let key = match event.is_feedback_answer() {
            true => format!("feedback:{}", self.deliveries),
            false => format!("test:{}", self.deliveries),
        };
        let reply = dispatch(&self.state, Delivery { key: DeliveryKey(key), event }).await.unwrap();
        self.show(PEOPLE[nth], reply).await;
        while self.worker.tick().await.unwrap().did_anything() {}
    }

    async fn show(&self, user: &str, reply: Reply) {
        let (ack, post_ack) = reply.into_parts();
        match &ack {
            Ack::Ephemeral(message) => self.gateway.message(user, message, None),
            Ack::ReplaceForm(form) => self.gateway.view(user, &render::form(form)),
            Ack::Empty | Ack::FieldErrors(_) | Ack::CloseForms => {}
        }
        for step in &post_ack {
            match step {
                PostAck::OpenForm { form, .. } | PostAck::UpdateForm { form, .. } => {
                    self.gateway.view(user, &render::form(form));
                }
                PostAck::SayEphemeral { message, .. } => self.gateway.message(user, message, None),
                PostAck::UpdateMessage { at, message, .. } => {
                    let whose = at.channel.as_str().trim_start_matches('D').to_owned();
                    self.gateway.message(&whose, message, Some(at));
                }
                PostAck::PublishHome { member, .. } => {
                    let home = home::load(&self.state, member).await.unwrap();
                    self.gateway.view(member.user.as_str(), &render::home(&home));
                }
                PostAck::NoteActivity { member } => {
                    self.state.note_activity(member.clone()).await;
                }
                PostAck::OpenSchedule { .. } | PostAck::ClassifyAnswer(_) | PostAck::WriteFollowUp { .. } => {
                }
            }
        }
    }

    fn context() -> ResponseContext {
        ResponseContext { trigger: Some(Trigger("t".to_owned())), ..ResponseContext::default() }
    }

    fn typed(nth: usize, text: &str) -> Event {
        let target = ReplyTarget { member: Self::who(nth), origin: Origin::Command(Self::context()) };
        Event::SlashCommand { text: MemberText::new(text), target }
    }

    fn submission(&self, nth: usize) -> ReplyTarget {
        ReplyTarget { member: Self::who(nth), origin: Origin::Submission { view: self.view() } }
    }

    fn submitted(&self, nth: usize, submission: Submission) -> Event {
        Event::ViewSubmission { submission, target: self.submission(nth) }
    }

    fn view(&self) -> ViewId {
        ViewId::parse(&format!("V{}", self.deliveries)).unwrap()
    }

    async fn act(&mut self, nth: usize, act: MemberAct) {
        let number = self.deliveries;
        let held = self.gateway.0.lock().unwrap().invitations.get(PEOPLE[nth]).cloned();
        let who = Self::who(nth);
        let text = |kind: &str| MemberText::new(format!("secret-{}-{kind}", PEOPLE[nth]));
        let event = match act {
            MemberAct::Checkin => {
                let fields = CheckinFields {
                    situation: text(&number.to_string()),
                    room: None,
                    answer: text(&number.to_string()),
                    hat: Some(Hats::BOTH),
                    follow_up: None,
                };
                let form = checkin::Submission::Checkin {
                    nudge: None,
                    prompt: None,
                    room: None,
                    care_acknowledged: false,
                    fields,
                };
                self.submitted(nth, Submission::Checkin(form))
            }
            MemberAct::Plan => {
                let on = jiff::tz::TimeZone::UTC.to_datetime(self.state.env.now()).date()
                    + jiff::Span::new().days(3);
                let time = Some(jiff::civil::time(12, 0, 0, 0));
                let fields = PlanFields { cue: text("plan"), act: text("plan"), on: Some(on), time };
                let experiment = Some(Hat::Leader);
                let form =
                    plan::Submission::Plan { plan: None, experiment, care_acknowledged: false, fields };
                self.submitted(nth, Submission::Plan(form))
            }
            MemberAct::Audit => {
                let meetings = vec![Meeting { title: text("meeting"), hats: Some(Hats::BOTH) }];
                let form =
                    audit::Submission { audit: None, care_acknowledged: false, meetings, calendar: None };
                self.submitted(nth, Submission::Audit(form))
            }
            MemberAct::History => Self::typed(nth, "history"),
            MemberAct::Home => Event::HomeOpened { member: who },
            MemberAct::Export => Self::typed(nth, "export"),
            MemberAct::Report => Self::typed(nth, "report"),
            MemberAct::Forget => self.submitted(nth, Submission::Privacy(ForgetConfirmed)),
            MemberAct::AskForFeedback => {
                let people = ["UBEN", "UCLEO", "UDAN", "UEVE"].map(|user| UserId::parse(user).unwrap());
                let form = feedback::Submission { people: people.to_vec() };
                self.submitted(0, Submission::Feedback(form))
            }
            MemberAct::AWeekPasses => {
                let now = self.state.env.now() + jiff::SignedDuration::from_hours(24 * 16);
                self.clock.set(now);
                Event::HomeOpened { member: Self::who(0) }
            }
            MemberAct::Answer(step) => {
                let Some((from, at)) = held else { return };
                let comment = MemberText::new(format!("comment-{}-{number}", PEOPLE[nth]));
                let step = FeedbackStep::new(step);
                let submission =
                    feedback::AnswerSubmission { from, at, care_acknowledged: false, step, comment };
                Event::FeedbackSubmission { submission, target: self.submission(nth) }
            }
            MemberAct::Change | MemberAct::Decline | MemberAct::Withdraw => {
                let Some((from, at)) = held else { return };
                let action = match act {
                    MemberAct::Decline => feedback::AnswerAction::Decline,
                    MemberAct::Withdraw => feedback::AnswerAction::Withdraw,
                    _ => feedback::AnswerAction::Open,
                };
                let origin = Origin::Message { message: Some(at.clone()), context: Self::context() };
                let target = ReplyTarget { member: who, origin };
                Event::FeedbackAction { from, at, action, target }
            }
        };
        let nth = if matches!(act, MemberAct::AskForFeedback | MemberAct::AWeekPasses) { 0 } else { nth };
        self.deliver(nth, event).await;
    }
}

fn live(acts: Vec<(usize, MemberAct)>) -> Shown {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut workspace = Workspace::open().await;
        for (nth, act) in acts {
            workspace.act(nth, act).await;
        }
        let shown = std::mem::take(&mut *workspace.gateway.0.lock().unwrap());
        workspace.state.store.clone().close().await;
        shown
    })
}

fn nobody_saw_anothers_words(shown: &Shown) -> Result<(), TestCaseError> {
    for (user, shows) in &shown.to {
        for other in PEOPLE.iter().filter(|other| *other != user) {
            for words in ["secret", "comment"] {
                let words = format!("{words}-{other}-");
                prop_assert!(!shows.contains(&words), "{user} is shown {words}: {shows}");
            }
        }
    }
    for (user, answers) in &shown.results {
        prop_assert_eq!(user, PEOPLE[0]);
        prop_assert!(*answers == 0 || *answers >= 3, "{} answers are shown", answers);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn no_member_ever_sees_anothers_text(acts in acts()) {
        nobody_saw_anothers_words(&live(acts))?;
    }
}

/// The property looks at what it means to look at: words, questions, and a result with comments.
#[test]
fn the_walk_sees_words_and_a_result() {
    let mut acts = vec![(0, MemberAct::Checkin), (1, MemberAct::Checkin), (0, MemberAct::AskForFeedback)];
    acts.extend((1..=4).map(|nth| (nth, MemberAct::Answer(2))));
    acts.extend([
        (0, MemberAct::Plan),
        (1, MemberAct::Plan),
        (0, MemberAct::Audit),
        (0, MemberAct::AWeekPasses),
    ]);
    acts.extend([
        (0, MemberAct::History),
        (1, MemberAct::History),
        (0, MemberAct::Home),
        (1, MemberAct::Home),
        (0, MemberAct::Export),
    ]);
    let shown = live(acts);
    nobody_saw_anothers_words(&shown).unwrap();
    assert_eq!(shown.results, [(PEOPLE[0].to_owned(), 4)]);
    assert_eq!(shown.invitations.len(), 4);
    for user in &PEOPLE[..2] {
        let plan = format!("secret-{user}-plan");
        assert!(shown.to.iter().any(|(to, shows)| to == user && shows.contains(&plan)), "{user}");
        let words = |(to, shows): &&(String, String)| to == user && shows.contains("secret-");
        assert!(shown.to.iter().filter(words).count() >= 3, "{user}");
    }
}
