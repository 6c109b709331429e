//! Shares files in a conversation with Slack's external upload: reserve, upload, complete
//! (<https://docs.slack.dev/messaging/working-with-files#upload>). It is used for the files of an
//! export, and for the picture of a report in a workspace that refuses native charts.

use super::{
    post::{Post, SendProgress},
    rate_limited_api::{Failure, RateLimitedApi},
    reconcile::find_delivered,
};
use crate::{
    coach::screen::{Message, PictureFormat},
    interaction::{DeliveryOutcome, OutboundFile, Outgoing},
    slack::{render, web_api::CallError},
    store::Store,
};
use bytes::Bytes;
use serde_json::{Value, json};

/// The last call, which makes the files visible.
pub(super) const COMPLETE: &str = "files.completeUploadExternal";

/// Slack refuses a longer `alt_txt` with `alt_txt_too_large`.
const MAX_ALT_CHARS: usize = 1_000;

/// Uploads and shares files.
#[derive(Clone)]
pub(super) struct FileUploader {
    api: RateLimitedApi,
    store: Store,
}

/// A file that Slack has reserved an upload for.
struct Reserved {
    id: String,
    upload_url: String,
}

impl FileUploader {
    pub(super) fn new(api: RateLimitedApi, store: Store) -> Self {
        Self { api, store }
    }

    /// Shares files with a comment. The caller has acquired [`COMPLETE`] from the rate limits.
    pub(super) async fn share(
        &self,
        post: &Post<'_>,
        comment: &str,
        files: &[OutboundFile],
        progress: &mut SendProgress,
    ) -> Result<DeliveryOutcome, Failure> {
        let (mut reserved, mut contents) = (Vec::new(), Vec::new());
        for file in files {
            // Drawing takes tens of milliseconds, which is too long for an async thread.
            let drawn = file.clone();
            let drawn = tokio::task::spawn_blocking(move || drawn.into_bytes()).await.ok().flatten();
            let content = Bytes::from(drawn.ok_or(Failure::Undrawn)?);
            reserved.push(self.reserve(post, file, content.len()).await?);
            contents.push(content);
        }
        let ids: Vec<String> = reserved.iter().map(|reserved| reserved.id.clone()).collect();
        self.store_reserved(post.outgoing, ids.clone()).await?;
        for (content, reserved) in contents.into_iter().zip(&reserved) {
            let uploaded = self.api.web_api().upload(&reserved.upload_url, content).await;
            uploaded.map_err(|error| Failure::Call { method: "upload", error })?;
        }
        let listed: Vec<Value> =
            files.iter().zip(&ids).map(|(file, id)| json!({"id": id, "title": file.title})).collect();
        let body = json!({"files": listed, "channel_id": post.channel.as_str(), "initial_comment": comment});
        self.api.still_held(post.outgoing)?;
        *progress = SendProgress::InFlight;
        self.api.post_acquired(&post.outgoing.team, post.token, COMPLETE, &body).await?;
        // Slack's answer does not name the message. It is looked up once, so that it can be deleted
        // when the member asks to be forgotten; without it, the files can still be deleted.
        let message = match find_delivered(&self.api, post, &ids, None, self.api.now()).await {
            Ok(Some(DeliveryOutcome::Sent { message, .. })) => message,
            _ => None,
        };
        Ok(DeliveryOutcome::Sent { channel: post.channel.clone(), message, files: ids })
    }

    async fn reserve(
        &self,
        post: &Post<'_>,
        file: &OutboundFile,
        length: usize,
    ) -> Result<Reserved, Failure> {
        let method = "files.getUploadURLExternal";
        let mut form = vec![("filename", file.name.clone()), ("length", length.to_string())];
        if let Some(alt) = &file.alt {
            form.push(("alt_txt", render::escape::cut(alt, MAX_ALT_CHARS)));
        }
        let answer = self.api.post_form(&post.outgoing.team, post.token, method, &form).await?;
        let reserved = answer["file_id"].as_str().zip(answer["upload_url"].as_str());
        let (id, url) = reserved.ok_or(Failure::Call { method, error: CallError::NoAnswer })?;
        Ok(Reserved { id: id.to_owned(), upload_url: url.to_owned() })
    }

    /// Stores the ids before anything is uploaded, so that after a crash the conversation can be
    /// searched for them. Nothing is shared for a row that was settled or erased meanwhile.
    async fn store_reserved(&self, outgoing: &Outgoing, ids: Vec<String>) -> Result<(), Failure> {
        let (row, holder) = (outgoing.row.clone(), outgoing.holder.clone());
        let stored =
            self.store.write(move |tx| Box::pin(async move { tx.reserve_files(&row, &holder, &ids).await }));
        if stored.await.map_err(|_| Failure::Store)? { Ok(()) } else { Err(Failure::RowGone) }
    }

    /// Shares the picture of a report whose native charts Slack has refused, with the whole report as
    /// text. Returns `None` when there is no picture, or when the workspace refuses it too; nothing of
    /// it is visible in Slack then.
    ///
    /// It takes the place of the refused message in the rate limit of the channel.
    pub(super) async fn share_picture(
        &self,
        post: &Post<'_>,
        message: &Message,
        progress: &mut SendProgress,
    ) -> Result<Option<DeliveryOutcome>, Failure> {
        let Message::Report(screen) = message else { return Ok(None) };
        let (title, picture) = (screen.title.clone(), screen.picture.clone());
        let file = OutboundFile::picture_of(screen.month, title, picture, PictureFormat::Png);
        *progress = SendProgress::NotSent;
        let comment = render::message(message).text;
        match self.share(post, &comment, &[file], progress).await {
            Ok(sent) => Ok(Some(sent)),
            Err(Failure::Call { method, error })
                if *progress == SendProgress::NotSent || !error.is_in_doubt() =>
            {
                let (team, code) = (&post.outgoing.team, error.code());
                tracing::info!(%team, method, code, "the picture was refused; the report is sent as text");
                Ok(None)
            }
            Err(Failure::Undrawn) => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}
