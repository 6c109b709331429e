//! The one thread on which the lens reads members' text. A thousand submissions at once cost the
//! machine one reading at a time, at the lowest priority that the system gives.

use crate::coach::{
    lens::{Lens, Reading},
    lens_result::{AbstainReason, LensResult},
    member_text::MemberText,
};
use arc_swap::ArcSwap;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
    thread,
};
use tokio::sync::{mpsc, oneshot};

/// Texts that may wait. When the queue is full, a text that is wanted at once is left to the worker.
const QUEUE: usize = 64;

/// The function that reads a text.
pub type Classify = dyn Fn(&str) -> Reading + Send + Sync;

type SharedLens = Arc<ArcSwap<Box<Classify>>>;

/// The way to the thread. It starts with the first text and ends with the state that owns it.
pub(super) struct Classifier {
    lens: SharedLens,
    queue: OnceLock<Option<mpsc::Sender<Request>>>,
}

struct Request {
    text: MemberText,
    answer: oneshot::Sender<LensResult>,
}

impl Classifier {
    pub(super) fn new() -> Self {
        let lens: Box<Classify> = Box::new(|text: &str| Lens::get().read(text));
        Self { lens: Arc::new(ArcSwap::from_pointee(lens)), queue: OnceLock::new() }
    }

    #[cfg(feature = "test-support")]
    pub(super) fn use_lens(&self, lens: Arc<Classify>) {
        self.lens.store(Arc::new(Box::new(move |text| lens(text))));
    }

    /// Reads a text now, or not at all: `None` when too many wait.
    pub(super) async fn classify_now(&self, text: MemberText) -> Option<LensResult> {
        let (answer, result) = oneshot::channel();
        self.queue()?.try_send(Request { text, answer }).ok()?;
        result.await.ok()
    }

    /// Reads a text when its turn comes. `None`: there is no thread.
    pub(super) async fn classify(&self, text: MemberText) -> Option<LensResult> {
        let (answer, result) = oneshot::channel();
        self.queue()?.send(Request { text, answer }).await.ok()?;
        result.await.ok()
    }

    fn queue(&self) -> Option<&mpsc::Sender<Request>> {
        let start = || {
            let (queue, inbox) = mpsc::channel(QUEUE);
            let lens = Arc::clone(&self.lens);
            let thread = thread::Builder::new().name("lens".to_owned()).spawn(move || run(inbox, &lens));
            if let Err(error) = &thread {
                tracing::error!(kind = ?error.kind(), "the lens has no thread; no answer is classified");
            }
            thread.is_ok().then_some(queue)
        };
        self.queue.get_or_init(start).as_ref()
    }
}

fn run(mut inbox: mpsc::Receiver<Request>, lens: &SharedLens) {
    lower_priority();
    while let Some(Request { text, answer }) = inbox.blocking_recv() {
        // The caller may have given up.
        if answer.is_closed() {
            continue;
        }
        let lens = lens.load_full();
        let text = text.reveal();
        let read = catch_unwind(AssertUnwindSafe(|| LensResult::from_reading(text, &lens(text))));
        // A text that makes the lens panic counts as read: otherwise it would be tried forever.
        let _ = answer.send(read.unwrap_or_else(|_| LensResult::abstained(AbstainReason::Unsure)));
    }
}

/// Lowers the priority of this thread below that of every other one.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    {
        // On Linux this affects the calling thread only. If it is not permitted, the lens runs at the
        // usual priority.
        let _ = rustix::process::setpriority_process(None, 19);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> MemberText {
        MemberText::new(text)
    }

    #[tokio::test]
    async fn a_text_that_breaks_the_lens_is_read_and_says_nothing() {
        let classifier = Classifier::new();
        classifier.use_lens(Arc::new(|text| match text {
            "broken" => std::panic::resume_unwind(Box::new(())),
            text => Lens::get().read(text),
        }));
        assert_eq!(
            classifier.classify(text("broken")).await,
            Some(LensResult::abstained(AbstainReason::Unsure))
        );
        assert!(
            classifier.classify_now(text("Ask them what they would drop.")).await.unwrap().hats.is_some()
        );
    }

    #[tokio::test]
    async fn a_full_queue_refuses_the_hurried_and_the_patient_wait() {
        let classifier = Arc::new(Classifier::new());
        let (held, released) = std::sync::mpsc::channel::<()>();
        let released = std::sync::Mutex::new(released);
        classifier.use_lens(Arc::new(move |text| {
            let _ = released.lock().unwrap().recv();
            Lens::get().read(text)
        }));
        let patient = |_| {
            let classifier = Arc::clone(&classifier);
            tokio::spawn(async move { classifier.classify(text("Wait.")).await })
        };
        let patient: Vec<_> = (0..=QUEUE).map(patient).collect();
        while classifier.queue().unwrap().capacity() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(classifier.classify_now(text("Hurry.")).await, None);
        drop(held);
        for waiting in patient {
            assert!(waiting.await.unwrap().is_some());
        }
        assert!(classifier.classify_now(text("Hurry.")).await.is_some());
    }
}
