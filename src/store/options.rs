//! Settings with which a store is opened.

use std::time::Duration;

/// Sizes of the connection pools, and how long to wait for a lock.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Connections that read, on SQLite. One more connection writes.
    pub read_connections: u32,
    /// Connections to a PostgreSQL server.
    pub server_connections: u32,
    /// How long to wait for a database lock or a free connection before the operation fails.
    pub lock_timeout: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { read_connections: 4, server_connections: 10, lock_timeout: Duration::from_secs(5) }
    }
}
