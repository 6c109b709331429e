//! Deletes messages and files of ours in Slack. What is gone already counts as deleted.

use super::{error_class::GONE_MESSAGE, rate_limited_api::Failure, reconcile, sender::Sender};
use crate::coach::ids::{ChannelId, MessageRef, MessageTs, RowId, TeamId};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Codes for a file that does not exist any more.
const GONE_FILE: [&str; 2] = ["file_not_found", "file_deleted"];

impl Sender {
    /// Calls a method that deletes or marks something; `gone` are the codes for what needs no call any more.
    pub(super) async fn delete(
        &self,
        team: &TeamId,
        method: &'static str,
        body: &Value,
        gone: &[&str],
    ) -> Result<(), Failure> {
        let token = self.api.token_for(team).await?;
        deleted(self.api.post(team, &token, method, None, body).await, gone)
    }

    /// Deletes a file with the messages that share it. Slack keeps such a message, with its comment, when the
    /// file alone is deleted; and the answer to the upload does not name it
    /// (<https://docs.slack.dev/reference/objects/file-object>: `shares`).
    pub(super) async fn delete_shared_file(&self, team: &TeamId, file: &str) -> Result<(), Failure> {
        let token = self.api.token_for(team).await?;
        match self.api.get(team, &token, "files.info", &[("file", file.to_owned())]).await {
            Ok(info) => {
                for at in shares_in(&info["file"]["shares"]) {
                    let body = json!({"channel": at.channel.as_str(), "ts": at.ts.as_str()});
                    self.delete(team, "chat.delete", &body, &GONE_MESSAGE).await?;
                }
            }
            // Without `files:read` the file can be deleted all the same.
            Err(failure) if failure.is_lasting() => {}
            Err(failure) => return Err(failure),
        }
        self.delete(team, "files.delete", &json!({"file": file}), &GONE_FILE).await
    }

    pub(super) async fn delete_row_message(
        &self,
        team: &TeamId,
        row: &RowId,
        channel: &ChannelId,
        since: Timestamp,
    ) -> Result<(), Failure> {
        let token = self.api.token_for(team).await?;
        let found = reconcile::find_message(&self.api, team, &token, channel, row, since).await?;
        let Some(ts) = found else { return Ok(()) };
        let body = json!({"channel": channel.as_str(), "ts": ts.as_str()});
        self.delete(team, "chat.delete", &body, &GONE_MESSAGE).await
    }
}

/// The messages that share a file.
fn shares_in(shares: &Value) -> Vec<MessageRef> {
    let mut found = Vec::new();
    for channels in ["public", "private"].iter().filter_map(|kind| shares[*kind].as_object()) {
        for (channel, messages) in channels {
            let Ok(channel) = ChannelId::parse(channel) else { continue };
            let messages = messages.as_array().into_iter().flatten();
            let stamps = messages.filter_map(|it| MessageTs::parse(it["ts"].as_str()?).ok());
            found.extend(stamps.map(|ts| MessageRef { channel: channel.clone(), ts }));
        }
    }
    found
}

/// Treats the deletion of something that is gone already as done.
fn deleted(answer: Result<Value, Failure>, gone: &[&str]) -> Result<(), Failure> {
    match answer {
        Err(failure) if failure.slack_code().is_some_and(|code| gone.contains(&code)) => Ok(()),
        answer => answer.map(|_| ()),
    }
}
