//! What the writer's thread can be asked to do.

use super::{super::error::StoreError, task::Task};
use tokio::sync::oneshot;

/// A request to the writer's thread, with the sender of its answer.
pub(super) enum Command {
    Run(Box<dyn Task>),
    Vacuum(oneshot::Sender<Result<(), StoreError>>),
    TruncateWal(oneshot::Sender<Result<bool, StoreError>>),
    Close(oneshot::Sender<()>),
}
