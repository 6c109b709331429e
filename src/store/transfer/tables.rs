//! Which tables are copied, and in which order: a table that others refer to comes before them.

use super::{
    super::{
        Store,
        engine::Engine,
        error::StoreError,
        statement::{Statement, sql},
        tx::Tx,
    },
    error::{Side, TransferError},
    take_time,
};
use std::collections::{BTreeMap, BTreeSet};

/// What belongs to a database and not to what it holds.
const NOT_COPIED: &[&str] = &["_sqlx_migrations", "transfer", "transfer_position"];

/// A table as both databases have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// Sorted by name.
    pub(super) columns: Vec<Column>,
    /// The columns of the primary key, in its order.
    pub(super) key: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: ColumnKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Text,
    Number,
}

const SQLITE_COLUMNS: &str = "SELECT m.name AS table_name, c.name AS column_name, lower(c.type) AS kind, \
     CAST(c.pk AS BIGINT) AS key_part FROM sqlite_master AS m, pragma_table_info(m.name) AS c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
const POSTGRES_COLUMNS: &str = "SELECT CAST(c.relname AS TEXT) AS table_name, CAST(a.attname AS TEXT) AS column_name, \
     CAST(format_type(a.atttypid, NULL) AS TEXT) AS kind, \
     CAST(coalesce(array_position(CAST(k.indkey AS int2[]), a.attnum) + 1, 0) AS BIGINT) AS key_part \
     FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     LEFT JOIN pg_index AS k ON k.indrelid = c.oid AND k.indisprimary \
     WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace)";
const SQLITE_REFERENCES: &str = "SELECT m.name AS child, f.\"table\" AS parent \
     FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'";
const POSTGRES_REFERENCES: &str = "SELECT CAST(c.relname AS TEXT) AS child, CAST(p.relname AS TEXT) AS parent \
     FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS p ON p.oid = k.confrelid \
     WHERE k.contype = 'f' AND c.relnamespace = CAST(current_schema() AS regnamespace)";

/// The tables of both databases, parents first.
pub(super) async fn common(source: &Store, target: &Store) -> Result<Vec<Table>, TransferError> {
    let (mut tables, references) = of(source, Side::From).await?;
    let (others, _) = of(target, Side::To).await?;
    let names = || tables.keys().chain(others.keys());
    if let Some(table) = names().find(|name| tables.get(*name) != others.get(*name)) {
        return Err(TransferError::OtherTable { table: table.clone() });
    }
    let mut ordered: Vec<Table> = Vec::new();
    while !tables.is_empty() {
        let is_free = |name: &String| {
            !references
                .iter()
                .any(|(child, parent)| child == name && parent != name && tables.contains_key(parent))
        };
        let free: Vec<String> = tables.keys().filter(|name| is_free(name)).cloned().collect();
        let Some(first) = free.first() else {
            let table = tables.keys().next().cloned().unwrap_or_default();
            return Err(TransferError::UnknownShape { table });
        };
        // A table that refers to itself would need its rows in an order of their own.
        if references.contains(&(first.clone(), first.clone())) {
            return Err(TransferError::UnknownShape { table: first.clone() });
        }
        ordered.extend(free.iter().filter_map(|name| tables.remove(name)));
    }
    Ok(ordered)
}

type References = BTreeSet<(String, String)>;

async fn of(store: &Store, side: Side) -> Result<(BTreeMap<String, Table>, References), TransferError> {
    let read = store
        .read(|tx| Box::pin(async move { Ok::<_, StoreError>((columns(tx).await?, references(tx).await?)) }));
    let (columns, references) = read.await.map_err(|error| TransferError::Store { side, error })?;
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let mut keys: BTreeMap<String, BTreeMap<i64, String>> = BTreeMap::new();
    for (table, column, kind, key_part) in columns {
        if NOT_COPIED.contains(&table.as_str()) {
            continue;
        }
        let kind = match kind.as_str() {
            "text" => ColumnKind::Text,
            "bigint" => ColumnKind::Number,
            _ => return Err(TransferError::UnknownShape { table }),
        };
        if key_part > 0 {
            keys.entry(table.clone()).or_default().insert(key_part, column.clone());
        }
        let empty = || Table { name: table.clone(), columns: Vec::new(), key: Vec::new() };
        tables.entry(table.clone()).or_insert_with(empty).columns.push(Column { name: column, kind });
    }
    for (name, table) in &mut tables {
        table.columns.sort_by(|one, other| one.name.cmp(&other.name));
        table.key = keys.remove(name).unwrap_or_default().into_values().collect();
        if table.key.is_empty() {
            return Err(TransferError::UnknownShape { table: name.clone() });
        }
    }
    Ok((tables, references))
}

fn by_engine(tx: &Tx, sqlite: &'static str, postgres: &'static str) -> Statement {
    sql(match tx.engine {
        Engine::Sqlite => sqlite,
        Engine::Postgres => postgres,
    })
}

async fn columns(tx: &mut Tx) -> Result<Vec<(String, String, String, i64)>, StoreError> {
    let statement = by_engine(tx, SQLITE_COLUMNS, POSTGRES_COLUMNS);
    tx.list(statement, |row| {
        Ok((row.text("table_name")?, row.text("column_name")?, row.text("kind")?, row.number("key_part")?))
    })
    .await
}

async fn references(tx: &mut Tx) -> Result<References, StoreError> {
    let statement = by_engine(tx, SQLITE_REFERENCES, POSTGRES_REFERENCES);
    let pairs = tx.list(statement, |row| Ok((row.text("child")?, row.text("parent")?))).await?;
    Ok(pairs.into_iter().collect())
}

/// How many rows the tables hold together.
pub(super) async fn count(store: &Store, tables: &[Table]) -> Result<u64, TransferError> {
    let statements: Vec<String> =
        tables.iter().map(|table| format!("SELECT COUNT(*) AS rows_of FROM \"{}\"", table.name)).collect();
    let counted = store.read(|tx| {
        Box::pin(async move {
            take_time(tx).await?;
            let mut total: u64 = 0;
            for statement in statements {
                let rows = tx.find(sql(statement), |row| row.number("rows_of")).await?.unwrap_or(0);
                total = total.saturating_add(u64::try_from(rows).unwrap_or(0));
            }
            Ok::<_, StoreError>(total)
        })
    });
    counted.await.map_err(|error| TransferError::Store { side: Side::From, error })
}
