//! The one thread on which members' words are read by the lens, so that a thousand submissions at once
//! cost the machine one reading at a time, at the lowest priority that the system gives. What comes of
//! a reading is `seen`'s.

use crate::coach::{
    lens::{Lens, Reading},
    lens_result::{AbstainReason, LensResult},
    member_text::MemberText,
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock, PoisonError, RwLock},
    thread,
};
use tokio::sync::{mpsc, oneshot};

/// Texts that may wait to be read; a hurried one that finds no place is left to the worker.
const QUEUE: usize = 64;

/// What reads a text.
pub type Read = dyn Fn(&str) -> Reading + Send + Sync;

type Shared = Arc<RwLock<Arc<Read>>>;

/// The way to the thread. It starts with the first text and ends with the app.
pub(super) struct Reader {
    lens: Shared,
    orders: OnceLock<Option<mpsc::Sender<Order>>>,
}

struct Order {
    text: MemberText,
    answer: oneshot::Sender<LensResult>,
}

impl Reader {
    pub(super) fn new() -> Self {
        let lens: Arc<Read> = Arc::new(|text: &str| Lens::get().read(text));
        Self { lens: Arc::new(RwLock::new(lens)), orders: OnceLock::new() }
    }

    pub(super) fn use_lens(&self, lens: Arc<Read>) {
        *self.lens.write().unwrap_or_else(PoisonError::into_inner) = lens;
    }

    /// Reads a text now, or not at all: `None` when too many wait.
    pub(super) async fn read_now(&self, text: MemberText) -> Option<LensResult> {
        let (answer, read) = oneshot::channel();
        self.orders()?.try_send(Order { text, answer }).ok()?;
        read.await.ok()
    }

    /// Reads a text when its turn has come. `None`: there is no thread.
    pub(super) async fn read(&self, text: MemberText) -> Option<LensResult> {
        let (answer, read) = oneshot::channel();
        self.orders()?.send(Order { text, answer }).await.ok()?;
        read.await.ok()
    }

    fn orders(&self) -> Option<&mpsc::Sender<Order>> {
        let start = || {
            let (orders, inbox) = mpsc::channel(QUEUE);
            let lens = Arc::clone(&self.lens);
            let thread = thread::Builder::new().name("lens".to_owned()).spawn(move || serve(inbox, &lens));
            if let Err(error) = &thread {
                tracing::error!(kind = ?error.kind(), "there is no thread for the lens; nothing is read");
            }
            thread.is_ok().then_some(orders)
        };
        self.orders.get_or_init(start).as_ref()
    }
}

fn serve(mut inbox: mpsc::Receiver<Order>, lens: &Shared) {
    step_back();
    while let Some(Order { text, answer }) = inbox.blocking_recv() {
        // Whoever asked may have given up.
        if answer.is_closed() {
            continue;
        }
        let lens = Arc::clone(&lens.read().unwrap_or_else(PoisonError::into_inner));
        let text = text.reveal();
        let read = catch_unwind(AssertUnwindSafe(|| LensResult::from_reading(text, &lens(text))));
        // A text that cannot be read must not come back forever.
        let _ = answer.send(read.unwrap_or_else(|_| LensResult::abstained(AbstainReason::Unsure)));
    }
}

/// Nobody waits for a reading: whatever else wants a processor goes first.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        // On Linux this is the thread's own; where it is not allowed, it works all the same.
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
        let reader = Reader::new();
        reader.use_lens(Arc::new(|text| match text {
            "broken" => std::panic::resume_unwind(Box::new(())),
            text => Lens::get().read(text),
        }));
        assert_eq!(reader.read(text("broken")).await, Some(LensResult::abstained(AbstainReason::Unsure)));
        assert!(reader.read_now(text("Ask them what they would drop.")).await.unwrap().hats.is_some());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_the_hurried_and_the_patient_wait() {
        let reader = Arc::new(Reader::new());
        let (held, released) = std::sync::mpsc::channel::<()>();
        let released = std::sync::Mutex::new(released);
        reader.use_lens(Arc::new(move |text| {
            let _ = released.lock().unwrap().recv();
            Lens::get().read(text)
        }));
        let patient = |_| {
            let reader = Arc::clone(&reader);
            tokio::spawn(async move { reader.read(text("Wait.")).await })
        };
        let patient: Vec<_> = (0..=QUEUE).map(patient).collect();
        while reader.orders().unwrap().capacity() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(reader.read_now(text("Hurry.")).await, None);
        drop(held);
        for waiting in patient {
            assert!(waiting.await.unwrap().is_some());
        }
        assert!(reader.read_now(text("Hurry.")).await.is_some());
    }
}
