//! The other programs over the same database. A program joins them before it uses the database and leaves them
//! at its end. While it is joined, no transfer can begin; and on PostgreSQL the programs tell each other of new
//! work, so that a replica does not find it only at its next look.

use super::{
    Store,
    engine::{self, Engine},
    error::{OpenError, StoreError},
    statement::sql,
};
use futures::FutureExt as _;
use sqlx::{
    AnyConnection, ConnectOptions as _, Executor as _, Row as _,
    any::AnyConnectOptions,
    postgres::{PgListener, PgPoolOptions},
    sqlite::SqliteConnectOptions,
};
use std::{
    fs::{File, TryLockError},
    path::Path,
    str::FromStr as _,
    sync::Arc,
    time::Duration,
};
use tokio::{sync::Notify, task::JoinHandle, time};
use tokio_util::sync::CancellationToken;

/// The channel of PostgreSQL on which replicas tell each other of new work.
const CHANNEL: &str = "leadlens_work";

/// The advisory lock of PostgreSQL that programs share, and that a transfer holds alone.
const SHARED_LOCK: &str = "SELECT CAST(pg_try_advisory_lock_shared(7342) AS TEXT) AS held";
const EXCLUSIVE_LOCK: &str = "SELECT CAST(pg_try_advisory_lock(7342) AS TEXT) AS held";

/// New work within this time is announced once. Other programs look at most this often, however much is written here.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// How often a silent connection is asked whether it is there: a network that drops packets does not say so.
const CHECK_EVERY: Duration = Duration::from_secs(20);
/// How long such an answer may take.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Pause before a lost connection is made again. Meanwhile new work of others is found by looking.
const RECONNECT_AFTER: Duration = Duration::from_secs(2);

/// Registers this program as a user of the database, until it is dropped.
#[derive(Debug)]
pub struct Peers {
    /// Held on SQLite; the system lets go when the process ends, however it ends.
    _file: Option<File>,
    tasks: Vec<JoinHandle<()>>,
    stop: CancellationToken,
}

impl Peers {
    /// Tells what is still to be told, and leaves.
    pub async fn leave(mut self) {
        self.stop.cancel();
        for task in std::mem::take(&mut self.tasks) {
            // Each ends when it is told to, or was aborted.
            let _ = task.await;
        }
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Store {
    /// Joins the programs that use the database. On PostgreSQL, `wake` is notified when another one has written
    /// work.
    ///
    /// # Errors
    /// [`OpenError::InUse`] while the database is transferred, [`OpenError::HalfTransferred`] when a transfer into it did
    /// not finish.
    pub async fn join_peers(&self, wake: Arc<Notify>) -> Result<Peers, OpenError> {
        let stop = CancellationToken::new();
        let (file, tasks) = match self.inner.engine {
            Engine::Sqlite => (Some(lock_file(&self.inner.options, File::try_lock_shared)?), Vec::new()),
            Engine::Postgres => {
                let url = self.inner.options.database_url.as_str().to_owned();
                let listener = listen(&url).await?;
                let hear = tokio::spawn(hear(url, listener, wake, stop.clone()));
                (None, vec![hear, tokio::spawn(tell(self.clone(), stop.clone()))])
            }
        };
        let peers = Peers { _file: file, tasks, stop };
        let unfinished = self.read(|tx| Box::pin(async move { tx.is_transfer_unfinished().await })).await;
        match unfinished {
            Ok(false) => Ok(peers),
            Ok(true) => Err(OpenError::HalfTransferred),
            Err(error) => Err(StoreError::into(error)),
        }
    }
}

/// Exclusive use of a database, until it is dropped.
pub(super) enum Exclusive {
    File { _locked: File },
    Server { _session: Box<AnyConnection> },
}

impl Exclusive {
    /// Locks a database for this process alone. Its file need not exist.
    pub(super) async fn take(engine: Engine, options: &AnyConnectOptions) -> Result<Self, OpenError> {
        if engine == Engine::Sqlite {
            return Ok(Self::File { _locked: lock_file(options, File::try_lock)? });
        }
        let connecting = time::timeout(ANSWERS_WITHIN, options.connect());
        let mut session = connecting.await.map_err(|_| OpenError::Unreachable)??;
        let row = session.fetch_one(EXCLUSIVE_LOCK).await?;
        match row.try_get::<&str, _>("held")? {
            "true" => Ok(Self::Server { _session: Box::new(session) }),
            _ => Err(OpenError::InUse),
        }
    }
}

/// Locks the file beside the database's. Not the database's own: to close another handle of that file would take
/// SQLite's locks off it.
fn lock_file(
    options: &AnyConnectOptions,
    lock: fn(&File) -> Result<(), TryLockError>,
) -> Result<File, OpenError> {
    let database = SqliteConnectOptions::from_str(options.database_url.as_str())?;
    let mut name = database.get_filename().as_os_str().to_owned();
    name.push("-lock");
    let file = engine::open_private(Path::new(&name)).map_err(|_| OpenError::CannotOpen)?;
    match lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(_)) => Err(OpenError::Other { code: "file lock".to_owned() }),
    }
}

/// A connection that holds the shared lock and hears of new work.
async fn listen(url: &str) -> Result<PgListener, OpenError> {
    let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let connecting = async {
        let pool = pool.acquire_timeout(ANSWERS_WITHIN).connect(url).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.ignore_pool_close_event(true);
        // A connection that is made again has to take the lock again: `hear` does that.
        listener.eager_reconnect(false);
        let row = listener.fetch_one(SHARED_LOCK).await?;
        if row.try_get::<&str, _>("held")? != "true" {
            return Err(OpenError::InUse);
        }
        listener.listen(CHANNEL).await?;
        Ok(listener)
    };
    time::timeout(ANSWERS_WITHIN, connecting).await.map_err(|_| OpenError::Unreachable)?
}

/// Wakes this program when another one tells of work, and connects again after a loss.
async fn hear(url: String, first: PgListener, wake: Arc<Notify>, stop: CancellationToken) {
    let hearing = async {
        let mut listener = Some(first);
        loop {
            match listener.take() {
                Some(connected) => hear_until_lost(connected, &wake).await,
                None => match listen(&url).await {
                    Ok(connected) => {
                        listener = Some(connected);
                        // Something may have been told meanwhile.
                        wake.notify_one();
                        continue;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "new work of other replicas is found by looking only");
                    }
                },
            }
            time::sleep(RECONNECT_AFTER).await;
        }
    };
    stop.run_until_cancelled_owned(Box::pin(hearing)).await;
}

async fn hear_until_lost(mut listener: PgListener, wake: &Notify) {
    loop {
        match time::timeout(CHECK_EVERY, listener.try_recv()).await {
            Ok(Ok(Some(_))) => wake.notify_one(),
            Ok(Ok(None) | Err(_)) => return,
            Err(_) => match time::timeout(ANSWERS_WITHIN, listener.execute("SELECT 1")).await {
                Ok(Ok(_)) => {}
                Ok(Err(_)) | Err(_) => return,
            },
        }
    }
}

/// Tells the others of new work. Not in the transaction that writes it: PostgreSQL commits those that notify one
/// after the other, and a member would wait. What is not told, because this program ends or the server does not
/// answer, is found by looking.
async fn tell(store: Store, stop: CancellationToken) {
    loop {
        let new_work = &store.inner.new_work;
        let is_stopped = stop.run_until_cancelled(new_work.notified()).await.is_none();
        if is_stopped && new_work.notified().now_or_never().is_none() {
            return;
        }
        let told: Result<(), StoreError> = store
            .write(|tx| {
                Box::pin(async move {
                    tx.execute(sql("SELECT CAST(pg_notify($1, '') AS TEXT)").bind(CHANNEL)).await.map(|_| ())
                })
            })
            .await;
        if let Err(error) = told {
            tracing::debug!(%error, "other replicas were not told of new work");
        }
        if is_stopped {
            return;
        }
        time::sleep(TELL_EVERY).await;
    }
}
