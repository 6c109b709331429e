//! What the lens saw: read after the acknowledgement for a form that is open, or by the worker when its
//! turn has come; kept beside what the member said, and shown where the reflection is shown. The lens
//! has read a reflection as it stands, or `read_at` is not set: nothing else remembers what is to be read.

use super::{
    App, AppError, Done,
    checkin::moved_on,
    incoming::{Next, See},
};
use crate::{
    coach::{
        ids::{MemberId, MessageRef, ViewId},
        lens_result::LensResult,
        reflection::Reflection,
        screen::Form,
    },
    store::{OutKind, Tx, UnclassifiedAnswer},
};
use jiff::SignedDuration;
use std::time::Duration;

/// How many reflections one step of the worker reads.
const READ_AT_ONCE: usize = 50;

/// How long an open form is worth waiting for; after that its member is in the middle of a sentence.
const FORM_WAITS: Duration = Duration::from_secs(2);

/// Messages that show an older reflection stay as they are: nobody looks there for news.
const REDRAWN_WITHIN: SignedDuration = SignedDuration::from_hours(24);

impl App {
    /// Reads what was just kept and answers the form as it then is. `None`: it is left to the
    /// worker, because too many wait to be read or to be kept, or the form has nothing more to show.
    ///
    /// # Errors
    /// The store's.
    pub async fn see(&self, see: &See) -> Done<Option<Form>> {
        if self.is_crowded() {
            return Ok(None);
        }
        let UnclassifiedAnswer { member, reflection, answer } = see.unread.clone();
        let reading = tokio::time::timeout(FORM_WAITS, self.reader.read_now(answer));
        let Ok(Some(seen)) = reading.await else { return Ok(None) };
        let (app, unread) = (self.clone(), see.unread.clone());
        let view = see.view.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let kept = match app.keep_seen(tx, &unread, &seen).await? {
                        Some(kept) => Some(kept),
                        // Read already, or changed meanwhile: what is stored is what is shown.
                        None => tx.find_reflection(&member, &reflection).await?,
                    };
                    let Some(kept) = kept.filter(|kept| kept.read_at.is_some()) else { return Ok(None) };
                    if !kept.follow_up_answer.is_blank()
                        || tx.find_delivery(&moved_on(&view)).await?.is_some()
                    {
                        return Ok(None);
                    }
                    let consent = app.consent(tx, &member).await?;
                    Ok::<_, AppError>(app.follow_up_of(&kept, consent.as_ref()))
                })
            })
            .await
    }

    /// Reads a bounded number of reflections, the oldest first, and keeps all of it in one unit of work;
    /// called until it says none. Answers whose reflections were read.
    ///
    /// # Errors
    /// The store's.
    pub async fn read_unread(&self) -> Done<Vec<MemberId>> {
        let unread =
            self.store.read(|tx| Box::pin(async move { tx.unclassified_reflections(READ_AT_ONCE).await }));
        let mut read = Vec::new();
        for unread in unread.await? {
            let Some(seen) = self.reader.read(unread.answer.clone()).await else { return Ok(Vec::new()) };
            read.push((unread, seen));
        }
        if read.is_empty() {
            return Ok(Vec::new());
        }
        let app = self.clone();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    let mut kept = Vec::new();
                    for (unread, seen) in read {
                        app.keep_seen(tx, &unread, &seen).await?;
                        kept.push(unread.member);
                    }
                    kept.dedup();
                    Ok::<_, AppError>(kept)
                })
            })
            .await
    }

    /// Keeps what was seen, unless the answer is another by now.
    async fn keep_seen(
        &self,
        tx: &mut Tx,
        of: &UnclassifiedAnswer,
        seen: &LensResult,
    ) -> Done<Option<Reflection>> {
        let kept = tx.save_lens_result(of, seen, self.env.now()).await?;
        if let Some(kept) = kept.as_ref().filter(|kept| self.shows_news(kept)) {
            for (message, subject) in self.messages_showing(tx, kept).await? {
                if !tx.is_waiting(&kept.member, OutKind::Update, &subject).await? {
                    self.redraw(tx, &kept.member, message, subject).await?;
                }
            }
        }
        Ok(kept)
    }

    /// Whether the messages that show a reflection say something else now that it was read.
    fn shows_news(&self, kept: &Reflection) -> bool {
        let since = kept.edited_at.unwrap_or(kept.created_at);
        let is_fresh = self.env.now().duration_since(since) <= REDRAWN_WITHIN;
        is_fresh && (kept.hat_seen.is_some() || kept.hat_said.is_none())
    }

    /// The messages in Slack that show a reflection, and what their rows are about.
    async fn messages_showing(
        &self,
        tx: &mut Tx,
        reflection: &Reflection,
    ) -> Done<Vec<(MessageRef, String)>> {
        let (who, id) = (&reflection.member, &reflection.id);
        let mut showing = Vec::new();
        if let Some(nudge) = &reflection.nudge
            && let Some(message) = tx.nudge_message(who, nudge).await?
        {
            showing.push((message, format!("nudge:{nudge}")));
        }
        if let Some(message) = tx.sent_message(who, OutKind::Kept, id.as_str()).await? {
            showing.push((message, format!("reflection:{id}")));
        }
        Ok(showing)
    }
}

/// What is to be read after the acknowledgement of a form, for the form that it turned into.
pub(super) fn see_in(view: &ViewId, reflection: &Reflection) -> Next {
    let unread = UnclassifiedAnswer {
        member: reflection.member.clone(),
        reflection: reflection.id.clone(),
        answer: reflection.answer.clone(),
    };
    Next::See(Box::new(See { view: view.clone(), unread }))
}
