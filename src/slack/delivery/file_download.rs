//! Downloads a file that a member uploaded: its address from `files.info`, its content from Slack's
//! file host.

use super::rate_limited_api::{Failure, RateLimitedApi};
use crate::{
    coach::ids::{FileId, TeamId},
    interaction::Download,
    slack::web_api::CallError,
};

/// Error codes for a file that cannot be read any more.
const GONE: [&str; 4] = ["file_not_found", "file_deleted", "not_a_file", "foreign_host"];

pub(super) async fn download(
    api: &RateLimitedApi,
    team: &TeamId,
    file: &FileId,
    max_bytes: usize,
) -> Result<Download, Failure> {
    let token = api.token_for(team).await?;
    let info = match api.get(team, &token, "files.info", &[("file", file.to_string())]).await {
        Ok(info) => info,
        Err(Failure::Call { error, .. }) if is_gone(&error) => return Ok(Download::Gone),
        Err(failure) => return Err(failure),
    };
    let file = &info["file"];
    if file["size"].as_u64().is_some_and(|size| size > max_bytes as u64) {
        return Ok(Download::TooLarge);
    }
    let Some(url) = file["url_private_download"].as_str() else { return Ok(Download::Gone) };
    match api.web_api().download(url, &token, max_bytes).await {
        Ok(Some(content)) => Ok(Download::Whole(content)),
        Ok(None) => Ok(Download::TooLarge),
        Err(error) if is_gone(&error) => Ok(Download::Gone),
        Err(error) => Err(Failure::Call { method: "url_private_download", error }),
    }
}

/// A redirect counts as gone: it leads to Slack's sign-in page.
fn is_gone(error: &CallError) -> bool {
    match error {
        CallError::Slack(code) => GONE.contains(&code.as_str()),
        CallError::Http(status) => (300..500).contains(status),
        CallError::RateLimited { .. } | CallError::NotConnected | CallError::NoAnswer => false,
    }
}
