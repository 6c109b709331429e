//! A member's own rows as they lie in the demo's database, column by column, read beside the bot by a
//! connection that cannot write. It walks the schema, so that a new table is shown without a line here.

use anyhow::Context;
use serde_json::{Value, json};
use sqlx::{
    AssertSqlSafe, Connection as _, Row as _,
    sqlite::{SqliteConnectOptions, SqliteConnection},
};
use std::path::Path;

/// Every table that holds data of a member, directly or through another row of the member.
pub(super) async fn rows(database: &Path, team: &str, user: &str) -> anyhow::Result<Value> {
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.context("the database")?;
    let mut shown = Vec::new();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                  AND name NOT LIKE '_sqlx%' ORDER BY rowid";
    for table in column(&mut connection, tables.to_owned(), 0).await? {
        let columns = column(&mut connection, format!("PRAGMA table_info({table})"), 1).await?;
        let Some(theirs) = theirs(&mut connection, &table, &columns).await? else { continue };
        let object: Vec<String> = columns.iter().map(|name| format!("'{name}', {name}")).collect();
        let select = format!("SELECT json_object({}) FROM {table} WHERE {theirs}", object.join(", "));
        let found =
            sqlx::query(AssertSqlSafe(select)).bind(team).bind(user).fetch_all(&mut connection).await?;
        let rows: Vec<Value> = found
            .iter()
            .map(|row| anyhow::Ok(serde_json::from_str(row.try_get::<&str, _>(0)?)?))
            .collect::<Result<_, _>>()?;
        shown.push(json!({"table": table, "rows": rows}));
    }
    connection.close().await?;
    Ok(json!(shown))
}

/// The condition that finds a member's rows: they name the member, or refer to a row that does.
async fn theirs(
    connection: &mut SqliteConnection,
    table: &str,
    columns: &[String],
) -> anyhow::Result<Option<String>> {
    const OWN: &str = "team_id = $1 AND user_id = $2";
    let is_own =
        |columns: &[String]| ["team_id", "user_id"].iter().all(|name| columns.iter().any(|it| it == name));
    if is_own(columns) {
        return Ok(Some(OWN.to_owned()));
    }
    let keys = sqlx::query(AssertSqlSafe(format!("PRAGMA foreign_key_list({table})")))
        .fetch_all(&mut *connection)
        .await?;
    for key in keys {
        let (parent, from, to): (String, String, String) =
            (key.try_get("table")?, key.try_get("from")?, key.try_get("to")?);
        let of_parent = column(connection, format!("PRAGMA table_info({parent})"), 1).await?;
        if is_own(&of_parent) {
            return Ok(Some(format!("{from} IN (SELECT {to} FROM {parent} WHERE {OWN})")));
        }
    }
    Ok(None)
}

/// One column of text.
async fn column(connection: &mut SqliteConnection, sql: String, nth: usize) -> anyhow::Result<Vec<String>> {
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get(nth)?)).collect()
}
