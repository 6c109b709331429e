//! What a step of the worker costs: a million members with nothing due, and ten thousand who are due
//! at one minute.

use leadlens::{
    clock::{Env, ManualClock, SeededRng},
    coach::prompt::Library,
    config::{Config, Environment},
    server::{Bot, WorkerMode},
    store::Store,
};
use sqlx::{ConnectOptions as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, sync::Arc, time::Instant};

const START: &str = "2026-10-01T07:00:00Z";
const DUE: u64 = 10_000;

pub async fn run() {
    println!("\ntick, SQLite on disk");
    for members in [1_000, 1_000_000] {
        let folder = tempfile::tempdir().unwrap();
        let (bot, _clock) = bot_with(folder.path(), members, 0).await;
        bot.tick().await.unwrap();
        let began = Instant::now();
        for _ in 0..100 {
            bot.tick().await.unwrap();
        }
        println!("  {members} members, none due: {:.2} ms a step", began.elapsed().as_secs_f64() * 10.0);
        bot.stop().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let (bot, clock) = bot_with(folder.path(), 1_000_000, DUE).await;
    clock.set("2026-10-01T07:30:00Z".parse().unwrap());
    let began = Instant::now();
    let mut planned = 0;
    while planned < usize::try_from(DUE).unwrap() {
        planned += leadlens::features::nudge::plan_due(&bot.state).await.unwrap();
    }
    let took = began.elapsed();
    println!(
        "  1000000 members, {DUE} due at one minute: all planned in {:.1} s, {:.2} ms each",
        took.as_secs_f64(),
        took.as_secs_f64() * 1_000.0 / DUE as f64
    );
    bot.stop().await;
}

/// A bot that only this bench drives, over a database with members, of whom the first are due
/// at half past seven and the others a week later.
async fn bot_with(folder: &Path, members: u64, due: u64) -> (Bot, Arc<ManualClock>) {
    let file = folder.join("tick.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    Store::open(&url).await.unwrap().close().await;
    let mut connection = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    fill(&mut connection, members, due).await;
    let environment = Environment::of([
        ("SLACK_API_URL", "http://127.0.0.1:9/api"),
        ("SLACK_SIGNING_SECRET", "bench"),
        ("SLACK_BOT_TOKEN", "xoxb-bench"),
        ("LEADLENS_LISTEN", "127.0.0.1:0"),
        ("DATABASE_URL", url.as_str()),
    ]);
    let config = Config::from(&environment).unwrap();
    let clock = ManualClock::at(START.parse().unwrap());
    let env = Env { clock: clock.clone(), rng: SeededRng::new(7) };
    let bot = Bot::start(&config, env, Library::built_in().unwrap(), WorkerMode::Manual).await.unwrap();
    (bot, clock)
}

async fn fill(connection: &mut SqliteConnection, members: u64, due: u64) {
    let slot: jiff::Timestamp = "2026-10-01T07:30:00Z".parse().unwrap();
    let slot = slot.as_millisecond();
    let later = slot + 7 * 24 * 3_600_000;
    let columns =
        "team_id, user_id, zone, zone_set_by_member, cadence_days, cadence_times, quiet_from, quiet_to,
        days_off, paused, unanswered, slots_passed, asked_to_go_on, next_slot_at, welcomed_at, created_at";
    let statement = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
         INSERT INTO member ({columns})
         SELECT 'T0BENCH', 'U' || n, 'Europe/Berlin', 0, '1,2,3,4,5', '09:30', '19:00', '08:00',
         '', 0, 0, 0, 0, CASE WHEN n < {due} THEN {slot} ELSE {later} END, 0, 0 FROM numbers",
        last = members - 1
    );
    connection.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
}
