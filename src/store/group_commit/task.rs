//! A queued unit of work. [`Task`] hides its types, so that the queue can hold any.

use super::super::{error::StoreError, tx::Tx};
use futures::{FutureExt as _, future::BoxFuture};
use std::panic::AssertUnwindSafe;
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

pub(super) trait Task: Send {
    /// Whether the caller has gone away and no one waits for the answer.
    fn is_abandoned(&self) -> bool;
    /// Runs the work and stores its result. True: its changes are to be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;
    /// Sends the caller the result of `run`, or the error that the commit failed with.
    fn answer(self: Box<Self>, commit_result: Result<(), StoreError>);
}

struct TypedTask<T, E, F> {
    work: Option<F>,
    span: Span,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

/// A task, and where its answer arrives.
pub(super) fn new<T, E, F>(work: F) -> (Box<dyn Task>, oneshot::Receiver<Result<T, E>>)
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    (Box::new(TypedTask { work: Some(work), span: Span::current(), result: None, caller }), answer)
}

impl<T, E, F> Task for TypedTask<T, E, F>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn is_abandoned(&self) -> bool {
        self.caller.is_closed()
    }

    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let running = async { work(&mut *tx).await }.instrument(self.span.clone());
            let result = match AssertUnwindSafe(running).catch_unwind().await {
                Ok(Ok(value)) => tx.failure().map_or(Ok(value), |error| Err(error.into())),
                Ok(Err(error)) => Err(error),
                Err(_) => Err(StoreError::Panicked.into()),
            };
            let keep = result.is_ok();
            self.result = Some(result);
            keep
        })
    }

    fn answer(self: Box<Self>, commit_result: Result<(), StoreError>) {
        let result = self.result.unwrap_or_else(|| Err(StoreError::Closed.into()));
        // A caller that has gone away does not hear the answer; its committed changes stay.
        let _ = self.caller.send(commit_result.map_err(E::from).and(result));
    }
}
