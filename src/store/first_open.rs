//! Opens a SQLite file for writing as the first of this program: creates it, sets its journal and migrates it.

use super::{
    engine::{Role, connect_sqlite, create_private_file, open_writer},
    error::OpenError,
    migrations::migrate_sqlite,
    sqlite_connection::SqliteConnection,
};
use sqlx::{AnyConnection, Connection as _, Executor as _, Row as _, any::AnyConnectOptions};
use std::time::Duration;

/// Opens the writing connection: creates the file if needed, turns on the write-ahead
/// log and runs the migrations, which are sqlx's.
pub(super) async fn open_sqlite(
    options: &AnyConnectOptions,
    lock_timeout: Duration,
) -> Result<SqliteConnection, OpenError> {
    create_private_file(options);
    let mut connection = connect_sqlite(options, Role::Writer, lock_timeout).await?;
    use_wal(&mut connection).await?;
    migrate_sqlite(&mut connection).await?;
    let writer = open_writer(options, lock_timeout)?;
    // Closed after the other one is open, so that SQLite does not remove the write-ahead log between them.
    connection.close().await?;
    Ok(writer)
}

/// Turns on the write-ahead log. The file keeps this setting.
async fn use_wal(connection: &mut AnyConnection) -> Result<(), OpenError> {
    let row = connection.fetch_one("PRAGMA journal_mode=WAL").await?;
    match row.try_get::<&str, _>(0) {
        Ok("wal") => Ok(()),
        _ => Err(OpenError::NoWal),
    }
}
