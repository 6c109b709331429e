//! What is behind the transports in these tests: a dispatcher that remembers what it was given and
//! answers as the test says, and the transports themselves.

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use leadlens::{
    clock::ManualClock,
    coach::screen::{Field, FieldError, FieldProblem, Message},
    dispatch::{Delivery, Event, NotStored},
    interaction::{DeliveryKey, PostAck, Priority, Reply},
    slack::{
        receive::{Dispatcher, PostAckHandler, Receiver},
        transport::http,
    },
    telemetry::Metrics,
    web,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::{Semaphore, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// When the tests happen, in Unix seconds.
pub const NOW_S: i64 = 1_764_000_000;

/// Long enough for any machine; reaching it fails the test.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How long a hasty world waits for a use case; the others wait as long as the test does.
const HASTE: Duration = Duration::from_millis(800);

/// What happens to the next delivery behind the transport.
pub enum Fate {
    /// It is kept only when the test lets it.
    Waits,
    /// The use case panics.
    Panics,
    /// The store refuses.
    IsNotKept,
}

/// Everything behind the transports.
pub struct World {
    pub metrics: Arc<Metrics>,
    pub clock: Arc<ManualClock>,
    pub tasks: TaskTracker,
    deadline: Duration,
    fates: Mutex<VecDeque<Fate>>,
    /// What was dispatched, in order.
    given: Mutex<Vec<Delivery>>,
    /// What was kept, by delivery key: how often it took effect, and the answer.
    kept: Mutex<HashMap<String, (u32, Reply)>>,
    gate: Semaphore,
    begun: watch::Sender<usize>,
    followed: watch::Sender<usize>,
}

impl World {
    pub fn new() -> Arc<Self> {
        Self::with_deadline(PATIENCE)
    }

    /// One in which a use case can be too slow.
    pub fn hasty() -> Arc<Self> {
        Self::with_deadline(HASTE)
    }

    fn with_deadline(deadline: Duration) -> Arc<Self> {
        Arc::new(Self {
            deadline,
            metrics: Arc::new(Metrics::new()),
            clock: ManualClock::at(jiff::Timestamp::from_second(NOW_S).unwrap()),
            tasks: TaskTracker::new(),
            fates: Mutex::default(),
            given: Mutex::default(),
            kept: Mutex::default(),
            gate: Semaphore::new(0),
            begun: watch::Sender::new(0),
            followed: watch::Sender::new(0),
        })
    }

    pub fn receiver(self: &Arc<Self>) -> Receiver {
        let behind = Arc::new(Behind(Arc::clone(self)));
        Receiver::new(behind.clone(), behind, Arc::clone(&self.metrics), self.tasks.clone())
            .with_deadline(self.deadline)
    }

    /// The next deliveries meet these.
    pub fn fates(&self, fates: impl IntoIterator<Item = Fate>) {
        self.fates.lock().unwrap().extend(fates);
    }

    /// One delivery that waits goes on.
    pub fn let_one_go_on(&self) {
        self.gate.add_permits(1);
    }

    /// Until so many deliveries have reached the dispatcher.
    pub async fn begun(&self, count: usize) {
        let mut begun = self.begun.subscribe();
        tokio::time::timeout(PATIENCE, begun.wait_for(|so_far| *so_far >= count)).await.unwrap().unwrap();
    }

    /// Until so many things have followed their acknowledgements.
    pub async fn followed(&self, count: usize) {
        let mut followed = self.followed.subscribe();
        tokio::time::timeout(PATIENCE, followed.wait_for(|so_far| *so_far >= count)).await.unwrap().unwrap();
    }

    /// What was dispatched, with the words, which `Debug` hides.
    pub fn given(&self) -> Vec<String> {
        self.given.lock().unwrap().iter().map(told).collect()
    }

    /// How often each delivery took effect.
    pub fn effects(&self) -> Vec<u32> {
        self.kept.lock().unwrap().values().map(|(times, _)| *times).collect()
    }

    /// A counter of inbound deliveries.
    pub fn counted(&self, transport: &str, kind: &str, outcome: &str) -> u64 {
        let name = format!(
            r#"leadlens_inbound_total{{kind="{kind}",outcome="{outcome}",transport="{transport}"}} "#
        );
        let text = self.metrics.render();
        text.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().unwrap())
    }

    /// The HTTP transport on a port of its own.
    pub async fn http(self: &Arc<Self>) -> HttpEndpoint {
        self.http_with(secret()).await
    }

    /// The same with another signing secret.
    pub async fn http_with(self: &Arc<Self>, secret: SecretString) -> HttpEndpoint {
        let slack = http::router(self.receiver(), self.clock.clone(), secret);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let router = web::router(Arc::new(Ready), Arc::clone(&self.metrics), slack);
        let served = tokio::spawn(web::serve(listener, router, stop.clone(), PATIENCE));
        leadlens::slack::web_api::install_tls_provider();
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        HttpEndpoint { base, client, stop, served }
    }
}

/// The HTTP transport, and a client that signs.
pub struct HttpEndpoint {
    pub base: String,
    pub client: reqwest::Client,
    pub stop: CancellationToken,
    pub served: tokio::task::JoinHandle<()>,
}

pub const JSON: &str = "application/json";
pub const FORM: &str = "application/x-www-form-urlencoded";

impl HttpEndpoint {
    /// A request as Slack signs it now.
    pub fn signed(&self, content_type: &str, body: impl Into<Vec<u8>>) -> reqwest::RequestBuilder {
        self.signed_at(NOW_S, content_type, body)
    }

    /// A request signed at an instant.
    pub fn signed_at(
        &self,
        at_s: i64,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> reqwest::RequestBuilder {
        let (body, at) = (body.into(), at_s.to_string());
        let signature = signature(&at, &body);
        self.unsigned(content_type, body)
            .header("x-slack-request-timestamp", at)
            .header("x-slack-signature", signature)
    }

    /// A request without a signature.
    pub fn unsigned(&self, content_type: &str, body: impl Into<Vec<u8>>) -> reqwest::RequestBuilder {
        let url = format!("{}/slack/events", self.base);
        self.client.post(url).header("content-type", content_type).body(body.into())
    }
}

/// Signs as Slack's documentation says.
fn signature(timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret().expose_secret().as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

pub fn secret() -> SecretString {
    SecretString::from("the signing secret")
}

/// Status and body.
pub async fn sent(request: reqwest::RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

struct Ready;

#[async_trait]
impl web::Readiness for Ready {
    async fn missing(&self) -> Vec<&'static str> {
        Vec::new()
    }

    async fn refresh_gauges(&self) {}
}

struct Behind(Arc<World>);

#[async_trait]
impl Dispatcher for Behind {
    async fn dispatch(&self, delivery: Delivery) -> Result<Reply, NotStored> {
        let world = &self.0;
        let (key, reply) = (delivery.key.0.clone(), answer(&delivery.event));
        world.given.lock().unwrap().push(delivery);
        world.begun.send_modify(|count| *count += 1);
        let fate = world.fates.lock().unwrap().pop_front();
        match fate {
            Some(Fate::Waits) => world.gate.acquire().await.unwrap().forget(),
            Some(Fate::Panics) => panic!("a use case panics on purpose"),
            Some(Fate::IsNotKept) => return Err(NotStored),
            None => {}
        }
        let mut kept = world.kept.lock().unwrap();
        let (_times, reply) = kept.entry(key).or_insert((1, reply));
        Ok(reply.clone())
    }
}

#[async_trait]
impl PostAckHandler for Behind {
    async fn run(&self, _step: PostAck, _delivery: &DeliveryKey) {
        self.0.followed.send_modify(|count| *count += 1);
    }
}

/// An answer of every kind, by what happened.
fn answer(event: &Event) -> Reply {
    match event {
        Event::SlashCommand { target, .. } | Event::BlockAction { target, .. } => {
            target.say(Message::Usage { problem: None })
        }
        Event::ViewSubmission { target, .. } => {
            target.field_errors(vec![FieldError::new(Field::Answer, FieldProblem::Empty)])
        }
        Event::HomeOpened { member } => Reply::done().then_home(member, Priority::Viewed),
        _ => Reply::done(),
    }
}

fn told(delivery: &Delivery) -> String {
    let words = match &delivery.event {
        Event::SlashCommand { text, .. }
        | Event::MessagePosted { text, .. }
        | Event::MessageEdited { text, .. } => text.reveal(),
        _ => "",
    };
    format!("{} {:?} {words}", delivery.key.0, delivery.event)
}
