//! SQLite's writing connection, by rusqlite: a statement is a function call on the writer's thread. sqlx has
//! a thread of its own for each SQLite connection, and every statement would be a message to it and one
//! back. `docs/decisions.md` has what that costs.

use super::{
    error::StoreError,
    statement::{Argument, Statement},
};
use rusqlite::{CachedStatement, OpenFlags, types::ValueRef};
use std::{collections::HashMap, path::Path, sync::Arc};

/// More than there are statements in this folder, so that each is compiled once.
const STATEMENT_CACHE: usize = 256;

/// A connection of the writer's thread. Every call blocks the thread that makes it.
pub(super) struct SqliteConnection {
    connection: rusqlite::Connection,
    /// The column names of the results seen so far, by the text of the statement.
    columns: HashMap<String, Arc<[String]>>,
}

/// A row that was copied out of its statement.
pub(super) struct SqliteRow {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

enum Value {
    Null,
    Number(i64),
    Text(String),
    /// A type that the schema does not use.
    Other,
}

impl SqliteConnection {
    /// Opens an existing file.
    pub(super) fn open(file: &Path, is_read_only: bool) -> Result<Self, StoreError> {
        let access = match is_read_only {
            true => OpenFlags::SQLITE_OPEN_READ_ONLY,
            false => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        let connection =
            rusqlite::Connection::open_with_flags(file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        Ok(Self { connection, columns: HashMap::new() })
    }

    /// Runs several statements without arguments and ignores their rows.
    pub(super) fn run_all(&self, text: &str) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch(text)?)
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) fn execute(&self, statement: &Statement) -> Result<u64, StoreError> {
        let mut prepared = self.prepare(statement)?;
        let mut rows = prepared.raw_query();
        while rows.next()?.is_some() {}
        Ok(self.connection.changes())
    }

    /// Runs a statement and returns its first row.
    pub(super) fn fetch(&mut self, statement: &Statement) -> Result<Option<SqliteRow>, StoreError> {
        Ok(self.query(statement, 1)?.pop())
    }

    /// Runs a statement and returns all its rows.
    pub(super) fn fetch_all(&mut self, statement: &Statement) -> Result<Vec<SqliteRow>, StoreError> {
        self.query(statement, usize::MAX)
    }

    fn query(&mut self, statement: &Statement, limit: usize) -> Result<Vec<SqliteRow>, StoreError> {
        let mut prepared = prepare(&self.connection, statement)?;
        let columns = match self.columns.get(statement.text()) {
            Some(columns) => Arc::clone(columns),
            None => {
                let names = prepared.column_names().into_iter().map(str::to_owned).collect();
                Arc::clone(self.columns.entry(statement.text().to_owned()).or_insert(names))
            }
        };
        let mut found = Vec::new();
        let mut rows = prepared.raw_query();
        while found.len() < limit
            && let Some(row) = rows.next()?
        {
            let values = (0..columns.len()).map(|index| Ok(Value::from(row.get_ref(index)?)));
            let values = values.collect::<Result<_, rusqlite::Error>>()?;
            found.push(SqliteRow { columns: Arc::clone(&columns), values });
        }
        Ok(found)
    }

    fn prepare(&self, statement: &Statement) -> Result<CachedStatement<'_>, StoreError> {
        prepare(&self.connection, statement)
    }

    /// Closes the connection. The file stays consistent when this fails: SQLite replays its log at the next
    /// start.
    pub(super) fn close(self) {
        let _ = self.connection.close();
    }
}

fn prepare<'c>(
    connection: &'c rusqlite::Connection,
    statement: &Statement,
) -> Result<CachedStatement<'c>, StoreError> {
    let mut prepared = connection.prepare_cached(statement.text())?;
    for index in 1..=prepared.parameter_count() {
        // SQLite numbers `$2` by its first occurrence in the text; its name tells which argument is meant.
        let number =
            prepared.parameter_name(index).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let argument = number.and_then(|number| statement.arguments().get(number.checked_sub(1)?));
        match argument {
            Some(Argument::Text(text)) => prepared.raw_bind_parameter(index, text.as_deref())?,
            Some(Argument::Number(number)) => prepared.raw_bind_parameter(index, number)?,
            None => return Err(StoreError::Other { code: "argument".to_owned() }),
        }
    }
    Ok(prepared)
}

impl From<ValueRef<'_>> for Value {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Number(number),
            ValueRef::Text(text) => String::from_utf8(text.to_vec()).map_or(Value::Other, Value::Text),
            ValueRef::Real(_) | ValueRef::Blob(_) => Value::Other,
        }
    }
}

impl SqliteRow {
    fn value(&self, column: &str) -> Option<&Value> {
        let index = self.columns.iter().position(|name| name == column)?;
        self.values.get(index)
    }

    /// A text or NULL; `None` when the column is missing or holds something else.
    #[expect(clippy::option_option, reason = "the outer one is the error, the inner one is NULL")]
    pub(super) fn text(&self, column: &str) -> Option<Option<String>> {
        match self.value(column)? {
            Value::Null => Some(None),
            Value::Text(text) => Some(Some(text.clone())),
            Value::Number(_) | Value::Other => None,
        }
    }

    /// A number or NULL; `None` when the column is missing or holds something else.
    #[expect(clippy::option_option, reason = "the outer one is the error, the inner one is NULL")]
    pub(super) fn number(&self, column: &str) -> Option<Option<i64>> {
        match self.value(column)? {
            Value::Null => Some(None),
            Value::Number(number) => Some(Some(*number)),
            Value::Text(_) | Value::Other => None,
        }
    }
}
