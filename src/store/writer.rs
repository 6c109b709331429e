//! SQLite's one writer: a thread that owns the writing connection, takes the use cases that wait,
//! runs each so that it can fail alone, commits once and answers all of them (group commit). With a
//! disk that takes a millisecond to sync, shared commits turn hundreds of rows a second into
//! thousands. PostgreSQL does not come here.
//!
//! A thread and not a task: every statement wakes the writer from the driver's own thread, and a
//! task would queue behind the requests whose commit it holds up.

use super::{
    engine::{self, Engine, Role},
    error::{OpenError, StoreError},
    tx::Tx,
};
use futures::{FutureExt as _, future::BoxFuture};
use sqlx::any::AnyConnectOptions;
use std::{
    collections::VecDeque,
    panic::AssertUnwindSafe,
    thread::{self, ThreadId},
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument as _, Span};

/// Use cases that may wait for the writer; more of them wait for a place in the queue.
const QUEUE: usize = 1_024;
/// Most use cases in one commit.
const BATCH_CASES: usize = 64;
/// Statements after which no further use case joins a commit: about ten milliseconds of work, which
/// is what the first one waits longer than it had to.
const BATCH_STATEMENTS: u32 = 512;

/// Orders that are looked at together.
const AHEAD: usize = BATCH_CASES;

/// The handle to the writer's thread.
pub(super) struct Writer {
    orders: mpsc::Sender<Order>,
    thread: ThreadId,
}

enum Order {
    Work(Box<dyn UseCase>),
    Rewrite(oneshot::Sender<Result<(), StoreError>>),
    TruncateWal(oneshot::Sender<Result<bool, StoreError>>),
    Close(oneshot::Sender<()>),
}

impl Order {
    fn keys(&self) -> &[String] {
        match self {
            Order::Work(case) => case.keys(),
            _ => &[],
        }
    }
}

/// A use case whose types have been put away.
trait UseCase: Send {
    /// Whether nobody waits for the answer any more.
    fn abandoned(&self) -> bool;
    /// Delivery keys that it is going to ask for.
    fn keys(&self) -> &[String];
    /// Runs it; true when it wants to be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;
    /// Answers the caller: with the outcome of `run`, or with why all of the commit was lost.
    fn answer(self: Box<Self>, fate: Result<(), StoreError>);
}

struct Case<T, E, F> {
    work: Option<F>,
    keys: Vec<String>,
    span: Span,
    outcome: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> UseCase for Case<T, E, F>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn abandoned(&self) -> bool {
        self.caller.is_closed()
    }

    fn keys(&self) -> &[String] {
        &self.keys
    }

    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let running = async { work(&mut *tx).await }.instrument(self.span.clone());
            let outcome = match AssertUnwindSafe(running).catch_unwind().await {
                Ok(Ok(value)) => tx.broken().map_or(Ok(value), |error| Err(error.into())),
                Ok(Err(error)) => Err(error),
                Err(_) => Err(StoreError::Panicked.into()),
            };
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
        let outcome = self.outcome.unwrap_or_else(|| Err(StoreError::Closed.into()));
        // A caller that went away does not hear the answer; what was committed stays.
        let _ = self.caller.send(fate.map_err(E::from).and(outcome));
    }
}

impl Writer {
    /// Starts the thread, which opens the database and brings its schema up to date.
    pub(super) async fn start(options: AnyConnectOptions, patience: Duration) -> Result<Self, OpenError> {
        let (orders, inbox) = mpsc::channel(QUEUE);
        let (opened, is_open) = oneshot::channel();
        // Use cases may look for the runtime of their caller.
        let runtime = tokio::runtime::Handle::try_current();
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let _guard = runtime.as_ref().map(|runtime| runtime.enter());
                stay_on_one_cpu();
                futures::executor::block_on(async {
                    let connection = engine::open_sqlite(&options, patience).await;
                    let (tx, answer) = match connection {
                        Ok(connection) => (Some(Tx::owned(connection, Engine::Sqlite)), Ok(())),
                        Err(error) => (None, Err(error)),
                    };
                    if opened.send(answer).is_ok() && tx.is_some() {
                        Desk { inbox, ahead: VecDeque::new(), tx, options, patience }.serve().await;
                    }
                });
            })
            .map_err(|_| OpenError::Other { code: "thread".to_owned() })?;
        is_open.await.unwrap_or_else(|_| Err(OpenError::Other { code: "thread".to_owned() }))?;
        Ok(Self { orders, thread: thread.thread().id() })
    }

    /// Runs a use case, which is going to ask for some delivery keys.
    pub(super) async fn write<T, E, F>(&self, keys: Vec<String>, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if thread::current().id() == self.thread {
            return Err(StoreError::Nested.into());
        }
        let (caller, answer) = oneshot::channel();
        let case = Case { work: Some(work), keys, span: Span::current(), outcome: None, caller };
        let sent = self.orders.send(Order::Work(Box::new(case))).await;
        sent.map_err(|_| E::from(StoreError::Closed))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    pub(super) async fn rewrite(&self) -> Result<(), StoreError> {
        let (caller, answer) = oneshot::channel();
        self.orders.send(Order::Rewrite(caller)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// False: a reader is in the way.
    pub(super) async fn truncate_wal(&self) -> Result<bool, StoreError> {
        let (caller, answer) = oneshot::channel();
        self.orders.send(Order::TruncateWal(caller)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(super) async fn close(&self) {
        let (caller, answer) = oneshot::channel();
        if self.orders.send(Order::Close(caller)).await.is_ok() {
            // An error means that the thread has ended already.
            let _ = answer.await;
        }
    }
}

/// Every statement is a message to the driver's thread and one back. On one CPU each costs a switch;
/// across two, above all on virtual machines, it wakes a sleeping one, which takes five times as long:
/// with 64 callers on two cores, three times as many units of work a second for staying. The driver's
/// thread is started by this one and inherits where it may run.
fn stay_on_one_cpu() {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};
        let mut here = CpuSet::new();
        here.set(sched_getcpu());
        // Where it is not allowed, it works all the same.
        let _ = sched_setaffinity(None, &here);
    }
}

/// The thread's own state. `tx` is `None` between the loss of a connection and the next order.
struct Desk {
    inbox: mpsc::Receiver<Order>,
    /// Taken out of the inbox and not done yet.
    ahead: VecDeque<Order>,
    tx: Option<Tx>,
    options: AnyConnectOptions,
    patience: Duration,
}

impl Desk {
    async fn serve(mut self) {
        loop {
            let order = match self.ahead.pop_front() {
                Some(order) => Some(order),
                None => self.inbox.recv().await,
            };
            match order {
                Some(Order::Work(case)) => self.commit_together(case).await,
                Some(Order::Rewrite(caller)) => {
                    let _ = caller.send(self.rewrite().await);
                }
                Some(Order::TruncateWal(caller)) => {
                    let _ = caller.send(self.truncate_wal().await);
                }
                Some(Order::Close(caller)) => {
                    self.inbox.close();
                    self.disconnect().await;
                    let _ = caller.send(());
                    return;
                }
                None => return self.disconnect().await,
            }
        }
    }

    /// One commit: the first use case and those that wait when it is done.
    async fn commit_together(&mut self, first: Box<dyn UseCase>) {
        if first.abandoned() {
            return;
        }
        let mut tx = match self.connect().await {
            Ok(tx) => tx,
            Err(error) => return first.answer(Err(error)),
        };
        let mut batch = Batch { cases: Vec::new(), savepoint: None, statements: tx.statements() };
        let mut next = Some(first);
        self.look_ahead();
        let done = loop {
            let Some(case) = next.take() else { break tx.commit_shared().await };
            match batch.run(&mut tx, case, &self.ahead).await {
                Ok(Step::Ended) => break Ok(()),
                Ok(Step::GoOn) => {}
                Err(error) => break Err(error),
            }
            if batch.has_room(&tx) {
                next = self.next_waiting();
            }
        };
        if done.is_ok() {
            self.tx = Some(tx);
        } else {
            // Whatever is left of the transaction goes with its connection.
            tx.close().await;
        }
        for case in batch.cases {
            case.answer(done.clone());
        }
    }

    /// The next use case that waits and whose caller is still there, if no other order comes before it.
    fn next_waiting(&mut self) -> Option<Box<dyn UseCase>> {
        if self.ahead.is_empty() {
            self.look_ahead();
        }
        loop {
            match self.ahead.pop_front()? {
                Order::Work(case) if case.abandoned() => {}
                Order::Work(case) => return Some(case),
                other => {
                    self.ahead.push_front(other);
                    return None;
                }
            }
        }
    }

    fn look_ahead(&mut self) {
        while self.ahead.len() < AHEAD
            && let Ok(order) = self.inbox.try_recv()
        {
            self.ahead.push_back(order);
        }
    }

    /// The connection, opened again if the last one was lost.
    async fn connect(&mut self) -> Result<Tx, StoreError> {
        match self.tx.take() {
            Some(tx) => Ok(tx),
            None => {
                let connection = engine::connect_sqlite(&self.options, Role::Writer, self.patience).await?;
                Ok(Tx::owned(connection, Engine::Sqlite))
            }
        }
    }

    async fn rewrite(&mut self) -> Result<(), StoreError> {
        let mut tx = self.connect().await?;
        let rewritten = tx.rewrite().await;
        self.tx = Some(tx);
        rewritten
    }

    async fn truncate_wal(&mut self) -> Result<bool, StoreError> {
        let mut tx = self.connect().await?;
        let emptied = tx.truncate_wal(self.patience).await;
        self.tx = Some(tx);
        emptied
    }

    async fn disconnect(&mut self) {
        if let Some(tx) = self.tx.take() {
            tx.close().await;
        }
    }
}

/// The use cases of one transaction, in the order in which they ran.
struct Batch {
    cases: Vec<Box<dyn UseCase>>,
    /// The savepoint of a use case that is kept, still open.
    savepoint: Option<Savepoint>,
    /// What the connection had run before.
    statements: u32,
}

/// Two names in turn: a frame that fails before it has made its own savepoint must not undo another's.
#[derive(Debug, Clone, Copy)]
enum Savepoint {
    One,
    Other,
}

impl Savepoint {
    /// The next one, and the frame that begins it.
    fn after(open: Option<Self>) -> (Self, &'static str) {
        match open {
            None => (Savepoint::One, "SAVEPOINT one"),
            Some(Savepoint::One) => (Savepoint::Other, "RELEASE one; SAVEPOINT other"),
            Some(Savepoint::Other) => (Savepoint::One, "RELEASE other; SAVEPOINT one"),
        }
    }

    fn undo(self) -> &'static str {
        match self {
            Savepoint::One => "ROLLBACK TO one; RELEASE one",
            Savepoint::Other => "ROLLBACK TO other; RELEASE other",
        }
    }
}

enum Step {
    GoOn,
    /// Nothing is left to commit.
    Ended,
}

impl Batch {
    /// Runs one use case. The first needs no savepoint of its own: when it fails, the transaction holds
    /// nothing else. (`whole` tells before the commit whether there is a transaction still.) An error means
    /// that the transaction is lost.
    async fn run(
        &mut self,
        tx: &mut Tx,
        mut case: Box<dyn UseCase>,
        ahead: &VecDeque<Order>,
    ) -> Result<Step, StoreError> {
        let first = self.cases.is_empty();
        let (savepoint, frame) = Savepoint::after(self.savepoint);
        tx.renew();
        if !first {
            tx.begin_with(frame);
        } else if let Err(error) = tx.control("BEGIN IMMEDIATE; SAVEPOINT whole").await {
            self.cases.push(case);
            return Err(error);
        }
        // If it fails, the use case cannot run, and says why.
        let _ = tx.look_up(case.keys(), ahead.iter().flat_map(Order::keys)).await;
        let keep = case.run(tx).await;
        self.cases.push(case);
        if keep {
            tx.keep_keys();
        } else {
            tx.undo_keys();
        }
        if tx.drop_frame() {
            // It asked for nothing, and the savepoint before it is still open.
            return Ok(Step::GoOn);
        }
        if keep {
            self.savepoint = (!first).then_some(savepoint);
            return Ok(Step::GoOn);
        }
        self.savepoint = None;
        let lost_by = tx.broken();
        // A full disk or an I/O error may have rolled back everything already; then this fails, and
        // the reason to tell is the first one.
        let undo = if first { "ROLLBACK" } else { savepoint.undo() };
        tx.control(undo).await.map_err(|error| lost_by.unwrap_or(error))?;
        if first {
            // What was known of keys was true of this transaction.
            tx.forget_keys();
            return Ok(Step::Ended);
        }
        Ok(Step::GoOn)
    }

    fn has_room(&self, tx: &Tx) -> bool {
        self.cases.len() < BATCH_CASES && tx.statements().wrapping_sub(self.statements) < BATCH_STATEMENTS
    }
}
