//! Files in the DM, by Slack's external upload: reserve, upload, complete
//! (<https://docs.slack.dev/messaging/working-with-files#upload>). The files of an export, and the
//! picture of a report where a workspace takes no native charts.

use super::{
    client::CallError,
    render,
    sender::{Sender, Stop, Trace},
};
use crate::{
    app::outgoing::{Delivery, FileOut, Outgoing},
    coach::{ids::ChannelId, screen::Message},
};
use bytes::Bytes;
use secrecy::SecretString;
use serde_json::{Value, json};

/// The call that shows the files.
pub(super) const COMPLETE: &str = "files.completeUploadExternal";

/// What Slack takes to describe an image: over it, it answers `alt_txt_too_large`.
const MAX_ALT: usize = 1_000;

impl Sender {
    /// Shares files with a comment. The caller has asked the limits for [`COMPLETE`].
    pub(super) async fn share(
        &self,
        outgoing: &Outgoing,
        token: &SecretString,
        channel: &ChannelId,
        comment: &str,
        files: &[FileOut],
        trace: &mut Trace,
    ) -> Result<Delivery, Stop> {
        let team = &outgoing.team;
        let mut reserved: Vec<(String, String)> = Vec::new();
        for file in files {
            reserved.push(self.reserve(outgoing, token, file).await?);
        }
        let ids: Vec<String> = reserved.iter().map(|(id, _)| id.clone()).collect();
        self.note_reserved(outgoing, ids.clone()).await?;
        for (file, (_, url)) in files.iter().zip(&reserved) {
            let uploaded = self.api.upload(url, Bytes::from(file.bytes.clone())).await;
            uploaded.map_err(|error| Stop::Failed { method: "upload", error })?;
        }
        let listed: Vec<Value> =
            files.iter().zip(&ids).map(|(file, id)| json!({"id": id, "title": file.title})).collect();
        let body = json!({"files": listed, "channel_id": channel.as_str(), "initial_comment": comment});
        *trace = Trace::ThisOne;
        self.heard(team, COMPLETE, self.api.post(COMPLETE, token, &body).await)?;
        // The answer does not name the message, which is to go when the member is forgotten. Without
        // it the files can still be deleted, so nothing is tried twice for it.
        let message = match self.look_back(outgoing, &ids, token, channel, None, self.env.now()).await {
            Ok(Some(Delivery::Sent { message, .. })) => message,
            _ => None,
        };
        Ok(Delivery::Sent { channel: channel.clone(), message, files: ids })
    }

    /// A place for one file: its id and the address to upload it to.
    async fn reserve(
        &self,
        outgoing: &Outgoing,
        token: &SecretString,
        file: &FileOut,
    ) -> Result<(String, String), Stop> {
        let method = "files.getUploadURLExternal";
        let mut form = vec![("filename", file.name.clone()), ("length", file.bytes.len().to_string())];
        if let Some(alt) = &file.alt {
            form.push(("alt_txt", render::escape::cut(alt, MAX_ALT)));
        }
        self.admit(&outgoing.team, method, None)?;
        let answer = self.heard(&outgoing.team, method, self.api.post_form(method, token, &form).await)?;
        let place = answer["file_id"].as_str().zip(answer["upload_url"].as_str());
        let (id, url) = place.ok_or(Stop::Failed { method, error: CallError::NoAnswer })?;
        Ok((id.to_owned(), url.to_owned()))
    }

    /// Stored before anything is uploaded, so that a crash can be followed by the question whether
    /// the files were shared. A row that was settled or erased meanwhile shares nothing.
    async fn note_reserved(&self, outgoing: &Outgoing, ids: Vec<String>) -> Result<(), Stop> {
        let row = outgoing.row.clone();
        let noted = self.store.write(move |tx| Box::pin(async move { tx.reserve_files(&row, &ids).await }));
        if noted.await.map_err(|_| Stop::Store)? { Ok(()) } else { Err(Stop::RowGone) }
    }

    /// The picture of a message whose native charts Slack has refused, with all of it as text. `None`:
    /// there is none, or this workspace takes no picture either, and nothing of it is in Slack.
    ///
    /// The limits have let the refused message through to this channel, and this takes its place.
    pub(super) async fn picture(
        &self,
        outgoing: &Outgoing,
        token: &SecretString,
        channel: &ChannelId,
        message: &Message,
        trace: &mut Trace,
    ) -> Result<Option<Delivery>, Stop> {
        let Message::Report(screen) = message else { return Ok(None) };
        // Tens of milliseconds of one core, beside the threads that everything else runs on.
        let drawn = screen.clone();
        let drawn = tokio::task::spawn_blocking(move || FileOut::picture_of(&drawn)).await;
        let Ok(Some(file)) = drawn else { return Ok(None) };
        *trace = Trace::None;
        let comment = render::message(message).text;
        match self.share(outgoing, token, channel, &comment, &[file], trace).await {
            Ok(sent) => Ok(Some(sent)),
            Err(Stop::Failed { method, error }) if *trace == Trace::None || !error.is_in_doubt() => {
                let (team, code) = (&outgoing.team, error.code());
                tracing::info!(%team, method, code, "this workspace takes no picture; the numbers go as text");
                Ok(None)
            }
            Err(stop) => Err(stop),
        }
    }
}
