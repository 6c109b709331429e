//! What a member waits for: the acknowledgement of a slash command and of a submitted check-in
//! (committed, `synchronous=FULL`), over both transports, twenty a second on an otherwise idle machine.

use crate::{
    Times,
    disk::Disk,
    request::{Connection, command, submission, submission_form},
    writers::{Bot, member},
};
use std::time::Duration;

const REQUESTS: u64 = 400;
const PAUSE: Duration = Duration::from_millis(50);

pub async fn run() {
    println!("\nacks, 20 a second, one at a time");
    let folder = tempfile::tempdir().unwrap();
    let bot = Bot::start(folder.path(), &Disk::ThisOne).await;
    bot.meet_everybody().await;
    let mut connection = Connection::open(bot.address).await;
    let mut times = Vec::new();
    for nth in 0..REQUESTS {
        times.push(connection.post(&command(&member(nth), nth)).await);
        tokio::time::sleep(PAUSE).await;
    }
    println!("  command over HTTP:           {}", Times::of(std::mem::take(&mut times)));
    for nth in 0..REQUESTS {
        times.push(connection.post(&submission_form(&member(nth), nth)).await);
        tokio::time::sleep(PAUSE).await;
    }
    println!("  submission over HTTP:        {}", Times::of(std::mem::take(&mut times)));
    for nth in 0..REQUESTS {
        let delivered = bot.sandbox.person(&member(nth)).types("/leadlens checkin").await;
        assert!(delivered.acked);
        times.push(delivered.took);
        tokio::time::sleep(PAUSE).await;
    }
    println!("  command over Socket Mode:    {}", Times::of(std::mem::take(&mut times)));
    for nth in 0..REQUESTS {
        let payload = submission(&member(nth), REQUESTS + nth);
        let delivered = bot.sandbox.deliveries().deliver_interaction(payload).await;
        assert!(delivered.acked);
        times.push(delivered.took);
        tokio::time::sleep(PAUSE).await;
    }
    println!("  submission over Socket Mode: {}", Times::of(times));
}
