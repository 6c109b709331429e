//! The migrations that the program carries, in order. `build.rs` lists the files; nothing else has to be said
//! for a new one.

use sqlx::{
    SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};
use std::{borrow::Cow, sync::LazyLock};

/// Version, description and SQL of each file.
static FILES: &[(i64, &str, &str)] = &include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// sqlx's own runner, over these files.
pub(super) static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let migration = |&(version, description, sql): &(i64, &'static str, &'static str)| {
        let sql = SqlStr::from_static(sql);
        Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(FILES.iter().map(migration).collect())
});
