//! A file that a member uploaded: where it is, by `files.info`, then its content from Slack's file host.

use super::{
    client::CallError,
    sender::{Sender, Stop},
};
use crate::{
    app::ports::{Fetched, Unavailable},
    coach::ids::{FileId, TeamId},
};

/// What Slack answers about a file that nobody can read any more.
const GONE: [&str; 4] = ["file_not_found", "file_deleted", "not_a_file", "foreign_host"];

impl Sender {
    pub(super) async fn fetch(
        &self,
        team: &TeamId,
        file: &FileId,
        most: usize,
    ) -> Result<Fetched, Unavailable> {
        let token = self.token(team).await?;
        let answer = self.ask(team, &token, "files.info", &[("file", file.to_string())]).await;
        let known = match answer {
            Ok(answer) => answer,
            Err(Stop::Failed { error, .. }) if is_gone(&error) => return Ok(Fetched::Gone),
            Err(stop) => return Err(self.unavailable(team, stop)),
        };
        let file = &known["file"];
        if file["size"].as_u64().is_some_and(|size| size > most as u64) {
            return Ok(Fetched::TooLarge);
        }
        let Some(url) = file["url_private_download"].as_str() else { return Ok(Fetched::Gone) };
        match self.api.download(url, &token, most).await {
            Ok(Some(bytes)) => Ok(Fetched::Whole(bytes)),
            Ok(None) => Ok(Fetched::TooLarge),
            Err(error) if is_gone(&error) => Ok(Fetched::Gone),
            Err(error) => Err(self.unavailable(team, Stop::Failed { method: "url_private_download", error })),
        }
    }
}

/// A redirect leads to the page to sign in; the token is not carried there.
fn is_gone(error: &CallError) -> bool {
    match error {
        CallError::Slack(code) => GONE.contains(&code.as_str()),
        CallError::Http(status) => (300..500).contains(status),
        _ => false,
    }
}
