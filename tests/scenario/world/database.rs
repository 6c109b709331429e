//! The bot's database, as a test reads it past the program.

use super::World;
use leadlens::{coach::reflection::Reflection, interaction::AppState};
use sqlx::{Connection as _, Row as _};

/// What the bot has stored.
#[derive(Clone, Copy)]
pub struct Database<'a>(pub(super) &'a World);

impl Database<'_> {
    /// What is kept of a member, oldest first.
    pub async fn reflections_of(self, user: &str) -> Vec<Reflection> {
        let who = self.0.member_id(user);
        let read = async |app: &AppState| {
            app.store.read(move |tx| Box::pin(async move { tx.reflections_of(&who).await })).await
        };
        self.0.bot().operator(read).await.expect("the store answers")
    }

    /// One number from the database: `select count(*) from …`.
    pub async fn count(self, sql: &'static str) -> i64 {
        let mut database = self.connection().await;
        sqlx::query_scalar(sql).fetch_one(&mut database).await.expect(sql)
    }

    /// One text from the database.
    pub async fn text(self, sql: &'static str) -> String {
        let mut database = self.connection().await;
        sqlx::query_scalar(sql).fetch_one(&mut database).await.expect(sql)
    }

    /// The database, past the program: for what no member can do to it.
    pub async fn connection(self) -> sqlx::SqliteConnection {
        let file = format!("sqlite://{}", self.0.0.folder.path().join("leadlens.db").display());
        sqlx::SqliteConnection::connect(&file).await.expect("the database")
    }

    /// Whether the database's files hold a text anywhere, deleted rows and the log included.
    pub fn holds(self, text: &str) -> bool {
        let files = std::fs::read_dir(self.0.0.folder.path()).expect("the folder");
        let holds = |bytes: Vec<u8>| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        files.map(|file| file.expect("a file").path()).any(|path| holds(std::fs::read(path).expect("bytes")))
    }

    /// Rows and jobs that are not finished.
    pub async fn unfinished(self) -> Vec<String> {
        let mut database = self.connection().await;
        let sql = "select kind || ' ' || state || ' ' || coalesce(last_error, '') from outbox \
                   where state in ('waiting', 'leased', 'in-doubt') \
                   union all select 'job ' || kind || ' ' || coalesce(last_error, '') from job where failed_at is null";
        let rows = sqlx::query(sql).fetch_all(&mut database).await.expect("rows");
        rows.iter().map(|row| row.get(0)).collect()
    }
}
