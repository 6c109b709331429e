//! What an idle bot costs: the time from the start of the process to `/readyz`, and its memory.

use crate::{disk::Disk, writers::Bot};
use std::time::Duration;

pub async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let first = Bot::start(folder.path(), &Disk::ThisOne).await;
    drop(first);
    let mut ready = Vec::new();
    let mut memory = 0.0;
    for _ in 0..5 {
        let bot = Bot::start(folder.path(), &Disk::ThisOne).await;
        ready.push(bot.ready_after);
        // The allocator's and the pools' first work is over.
        tokio::time::sleep(Duration::from_secs(2)).await;
        memory = bot.process.memory_mb();
    }
    ready.sort_unstable();
    println!(
        "\nstart, with an existing database\n  start to ready: median {:.0} ms, slowest {:.0} ms (5 starts)\n  \
         idle memory: {memory:.1} MB resident",
        ready[2].as_secs_f64() * 1_000.0,
        ready[4].as_secs_f64() * 1_000.0,
    );
}
