//! A fixed number of check-ins, from the signed request to the acknowledgement and what follows it, for
//! `valgrind --tool=callgrind` to count. `.ci/instructions` runs it twice with different numbers: the difference
//! is what check-ins cost, without the start. The lens does not read, because it has a benchmark of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets what it did not expect should stop there"
)]
#![allow(
    unreachable_pub,
    dead_code,
    reason = "the requests are those of the load benchmark, which uses more of them"
)]

#[path = "load/request.rs"]
mod request;

use leadlens::{
    clock::{Env, SeededRng, SystemClock},
    coach::{lens::Lens, prompt::Library},
    config::{Config, Environment},
    server::{Bot, WorkerMode},
};
use std::sync::Arc;

/// As many members as check in by turns.
const MEMBERS: u64 = 20;

fn main() {
    let checkins = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(20);
    leadlens::slack::web_api::install_tls_provider();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let bot = start(folder.path()).await;
        let mut connection = request::Connection::open(bot.address()).await;
        for nth in 0..MEMBERS {
            connection.post(&request::command(&member(nth), nth)).await;
        }
        bot.settle().await;
        for nth in 0..checkins {
            connection.post(&request::submission_form(&member(nth), nth)).await;
            bot.settle().await;
        }
        println!("{checkins} check-ins");
        bot.stop().await;
    });
}

async fn start(folder: &std::path::Path) -> Bot {
    let database = format!("sqlite://{}?mode=rwc", folder.join("leadlens.db").display());
    let environment = Environment::of([
        // Nobody listens: what follows an acknowledgement is made and not delivered.
        ("SLACK_API_URL", "http://127.0.0.1:9/api"),
        ("SLACK_BOT_TOKEN", "xoxb-instructions"),
        ("SLACK_SIGNING_SECRET", leadlens_sandbox::SIGNING_SECRET),
        ("LEADLENS_LISTEN", "127.0.0.1:0"),
        ("DATABASE_URL", &std::env::var("DATABASE_URL").unwrap_or(database)),
    ]);
    let config = Config::from(&environment).unwrap();
    let env = Env { clock: Arc::new(SystemClock), rng: SeededRng::new(7) };
    let bot = Bot::start(&config, env, Library::built_in().unwrap(), WorkerMode::Manual).await.unwrap();
    // Of no words there is nothing to read.
    bot.state.use_lens(Arc::new(|_| Lens::get().read("")));
    bot
}

fn member(nth: u64) -> String {
    format!("U0LOAD{:04}", nth % MEMBERS)
}
