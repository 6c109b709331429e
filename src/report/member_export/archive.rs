//! An export as a ZIP file: JSON with all data, CSV tables for a spreadsheet, and a short README. Reading one
//! trusts nothing in the file: sizes are limited while reading, names and format are checked, and every id
//! and date is parsed.

use super::{FORMAT, MemberExport, VERSION};
use crate::report::export::ExportError;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::io::{Cursor, Read, Write};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// What editors on Windows put before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The file with all data.
const JSON: &str = "leadlens.json";

/// The most bytes that are read, enough for decades of daily reflections.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The title of the file in the conversation.
pub const TITLE: &str = "Everything LeadLens keeps about you";

/// The text of README.txt.
const README: &str = include_str!("../../../prompts/export-readme.txt");

/// Why a file could not be read as an export. The error contains none of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The file is neither a ZIP nor JSON.
    #[error(
        "this is neither a ZIP nor JSON; an export is a ZIP with leadlens.json in it, or that file alone"
    )]
    NotAnArchive,
    /// The ZIP is cut off or damaged.
    #[error("the ZIP is cut off or damaged; get the export again")]
    Damaged,
    /// The ZIP does not contain the JSON file.
    #[error("there is no leadlens.json in the ZIP; this is not an export of LeadLens")]
    NoData,
    /// The JSON is larger than [`MAX_BYTES`].
    #[error("leadlens.json is larger than 64 MiB; no export is")]
    TooLarge,
    /// The JSON is something else.
    #[error("this JSON is not an export of LeadLens")]
    Foreign,
    /// A later version of LeadLens wrote the export.
    #[error("the export has version {found}; this LeadLens reads version {VERSION}: use a newer LeadLens")]
    Version {
        /// The version in the file.
        found: u32,
    },
    /// The JSON says that it is an export, but its content is not valid.
    #[error(
        "the export is damaged at line {line}, column {column} of leadlens.json; nothing of it can be trusted"
    )]
    Invalid {
        /// Where parsing stopped, from 1.
        line: usize,
        /// Where parsing stopped, from 1.
        column: usize,
    },
}

/// Packs an export.
///
/// # Errors
/// [`ExportError`] if it cannot be written.
pub fn pack(export: &MemberExport) -> Result<Vec<u8>, ExportError> {
    let files = [
        ("README.txt", README.to_owned()),
        (JSON, export.json()?),
        ("reflections.csv", export.reflections_csv()?),
        ("nudges.csv", export.nudges_csv()?),
    ];
    let failed = |_| ExportError("ZIP");
    let made_at = TimeZone::UTC.to_datetime(export.exported_at);
    let mut options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    if let Ok(made_at) = zip_time(made_at) {
        options = options.last_modified_time(made_at);
    }
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(name, options).map_err(failed)?;
        archive.write_all(content.as_bytes()).map_err(|_| ExportError("ZIP"))?;
    }
    Ok(archive.finish().map_err(failed)?.into_inner())
}

fn zip_time(at: jiff::civil::DateTime) -> Result<DateTime, ()> {
    let part = |number: i8| u8::try_from(number).map_err(|_| ());
    let year = u16::try_from(at.year()).map_err(|_| ())?;
    let (month, day) = (part(at.month())?, part(at.day())?);
    let (hour, minute, second) = (part(at.hour())?, part(at.minute())?, part(at.second())?);
    DateTime::from_date_and_time(year, month, day, hour, minute, second).map_err(|_| ())
}

/// Reads an export from a ZIP file or from its JSON alone.
///
/// # Errors
/// [`ArchiveError`], a sentence for the person who gave the file.
pub fn unpack(bytes: &[u8]) -> Result<MemberExport, ArchiveError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        _ if bytes.starts_with(b"PK") => read(&json_of(bytes)?),
        Some(b'{' | b'[') => read(bytes),
        _ => Err(ArchiveError::NotAnArchive),
    }
}

/// Where the JSON is: at the top, or, in a folder that a desktop unpacked and zipped again, the only one of that
/// name. macOS adds files of its own under `__MACOSX`.
fn json_name(archive: &ZipArchive<Cursor<&[u8]>>) -> Option<String> {
    if archive.index_for_name(JSON).is_some() {
        return Some(JSON.to_owned());
    }
    let is_ours = |name: &str| {
        let mut folders: Vec<&str> = name.split(['/', '\\']).collect();
        folders.pop() == Some(JSON)
            && !folders.iter().any(|folder| matches!(*folder, "" | "." | ".." | "__MACOSX"))
    };
    let mut found = archive.file_names().flatten().filter(|name| is_ours(name));
    let only = found.next()?;
    found.next().is_none().then(|| only.into_owned())
}

fn json_of(bytes: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ArchiveError::Damaged)?;
    let name = json_name(&archive).ok_or(ArchiveError::NoData)?;
    let file = archive.by_name(&name).map_err(|_| ArchiveError::Damaged)?;
    // The size in the header can be wrong, so the extracted bytes are counted.
    let mut json = Vec::new();
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut json).map_err(|_| ArchiveError::Damaged)?;
    if json.len() > MAX_BYTES { Err(ArchiveError::TooLarge) } else { Ok(json) }
}

fn read(json: &[u8]) -> Result<MemberExport, ArchiveError> {
    /// What every version of the format begins with.
    #[derive(Deserialize)]
    struct Head {
        format: String,
        version: u32,
    }
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    let invalid =
        |error: serde_json::Error| ArchiveError::Invalid { line: error.line(), column: error.column() };
    let head: Head = match serde_json::from_slice(json) {
        Ok(head) => head,
        Err(error) if error.is_data() => return Err(ArchiveError::Foreign),
        Err(error) => return Err(invalid(error)),
    };
    if head.format != FORMAT {
        return Err(ArchiveError::Foreign);
    }
    if head.version != VERSION {
        return Err(ArchiveError::Version { found: head.version });
    }
    serde_json::from_slice(json).map_err(invalid)
}
