//! Reads the rows of a table page by page in the order of its key, and writes them.

use super::{
    super::{
        Store,
        engine::Engine,
        error::StoreError,
        statement::{Argument, Statement, sql},
        tx::Tx,
    },
    Reporter, Side,
    checksum::Checksum,
    error::TransferError,
    state,
    tables::{ColumnKind, Table},
};

/// Rows that are read together and committed together.
const PAGE: usize = 500;
/// Values of one `INSERT`. SQLite takes 32,766, PostgreSQL 65,535; short statements are kept by both.
const VALUES_AT_ONCE: usize = 2_000;

type Row = Vec<Argument>;

/// Copies what the target does not have yet.
pub(super) async fn copy(
    source: &Store,
    target: &Store,
    table: &Table,
    report: &mut Reporter<'_>,
) -> Result<(), TransferError> {
    let mut after = state::position(target, table).await?;
    loop {
        let page = page(source, table, after, Side::From).await?;
        let Some(last) = page.last() else { return Ok(()) };
        let position = key_of(table, last);
        refuse_nul(target, table, &page)?;
        let (rows, is_last) = (page.len(), page.len() < PAGE);
        write(target, table, page, &position).await?;
        report.copied(table, rows);
        if is_last {
            return Ok(());
        }
        after = Some(position);
    }
}

/// Sums up what a table holds.
pub(super) async fn checksum(
    store: &Store,
    table: &Table,
    report: &mut Reporter<'_>,
    side: Side,
) -> Result<Checksum, TransferError> {
    let (mut sum, mut after) = (Checksum::default(), None);
    loop {
        let page = page(store, table, after, side).await?;
        for row in &page {
            sum.add(row);
        }
        report.compared(table, page.len());
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(key_of(table, last)),
            Some(_) | None => return Ok(sum),
        }
    }
}

/// The values of the key's columns.
fn key_of(table: &Table, row: &[Argument]) -> Row {
    let value_of = |name: &String| {
        let at = table.columns.iter().position(|column| column.name == *name)?;
        row.get(at).cloned()
    };
    table.key.iter().filter_map(value_of).collect()
}

/// The next rows after a key, all columns in the order of their names.
async fn page(
    store: &Store,
    table: &Table,
    after: Option<Row>,
    side: Side,
) -> Result<Vec<Row>, TransferError> {
    let statement = select(table, after);
    let columns = table.columns.clone();
    let read = store.read(move |tx| {
        Box::pin(async move {
            let rows = tx.fetch_all(statement).await?;
            let row = |row: &super::super::row::Row| -> Result<Row, usize> {
                let value = |(at, column): (usize, &super::tables::Column)| match column.kind {
                    ColumnKind::Text => row.text_named(&column.name).map(Argument::Text).ok_or(at),
                    ColumnKind::Number => row.number_named(&column.name).map(Argument::Number).ok_or(at),
                };
                columns.iter().enumerate().map(value).collect()
            };
            Ok::<_, StoreError>(rows.iter().map(row).collect::<Result<Vec<Row>, usize>>())
        })
    });
    let rows = read.await.map_err(|error| TransferError::Store { side, error })?;
    rows.map_err(|at| TransferError::Unreadable {
        table: table.name.clone(),
        column: table.columns.get(at).map(|column| column.name.clone()).unwrap_or_default(),
    })
}

fn select(table: &Table, after: Option<Row>) -> Statement {
    let columns = names(table.columns.iter().map(|column| &column.name));
    let key = names(table.key.iter());
    let beyond = match &after {
        Some(_) => format!(" WHERE ({key}) > ({})", placeholders(0, table.key.len())),
        None => String::new(),
    };
    let text = format!("SELECT {columns} FROM \"{}\"{beyond} ORDER BY {key} LIMIT {PAGE}", table.name);
    after.into_iter().flatten().fold(sql(text), Statement::bind)
}

fn names<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn placeholders(before: usize, count: usize) -> String {
    (1..=count).map(|nth| format!("${}", before.saturating_add(nth))).collect::<Vec<_>>().join(", ")
}

/// Rows are escaped before they are stored, so this is a text that some other program wrote.
fn refuse_nul(target: &Store, table: &Table, page: &[Row]) -> Result<(), TransferError> {
    if target.inner.engine == Engine::Sqlite {
        return Ok(());
    }
    for row in page {
        for (column, value) in table.columns.iter().zip(row) {
            if matches!(value, Argument::Text(Some(text)) if text.contains('\0')) {
                let (table, column) = (table.name.clone(), column.name.clone());
                return Err(TransferError::Nul { table, column });
            }
        }
    }
    Ok(())
}

/// Writes a page and how far it goes, in one transaction.
async fn write(
    target: &Store,
    table: &Table,
    page: Vec<Row>,
    position: &[Argument],
) -> Result<(), TransferError> {
    let statements = inserts(table, page);
    let (name, position) = (table.name.clone(), position.to_vec());
    let written = target.write(move |tx| {
        Box::pin(async move {
            insert(tx, statements).await?;
            state::save_position(tx, &name, &position).await
        })
    });
    written.await.map_err(|error| TransferError::Store { side: Side::To, error })
}

async fn insert(tx: &mut Tx, statements: Vec<Statement>) -> Result<(), StoreError> {
    for statement in statements {
        tx.execute(statement).await?;
    }
    Ok(())
}

fn inserts(table: &Table, page: Vec<Row>) -> Vec<Statement> {
    let width = table.columns.len().max(1);
    let rows_at_once = (VALUES_AT_ONCE / width).max(1);
    let columns = names(table.columns.iter().map(|column| &column.name));
    let mut statements = Vec::new();
    let mut rows = page.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<Row> = rows.by_ref().take(rows_at_once).collect();
        let values =
            (0..some.len()).map(|nth| format!("({})", placeholders(nth.saturating_mul(width), width)));
        let values = values.collect::<Vec<_>>().join(", ");
        let text = format!("INSERT INTO \"{}\" ({columns}) VALUES {values}", table.name);
        statements.push(some.into_iter().flatten().fold(sql(text), Statement::bind));
    }
    statements
}
