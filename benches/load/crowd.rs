//! Ten thousand members of one workspace who are due at one minute, in front of a sandbox that holds Slack's
//! limits. The clock is moved, so half an hour takes as long as the work in it.

use leadlens::{
    clock::{Env, ManualClock, SeededRng},
    coach::prompt::Library,
    config::{Config, Environment},
    server::{Bot, WorkerMode},
    store::Store,
};
use leadlens_sandbox::{Options, Sandbox, workspace::User};
use sqlx::{ConnectOptions as _, Executor as _, sqlite::SqliteConnectOptions};
use std::time::Instant;

const DUE: usize = 10_000;
/// What Slack takes from one app in one workspace in a minute.
const POSTS_A_MINUTE: usize = 300;
const SLOT: &str = "2026-10-01T07:30:00Z";

pub async fn run() {
    println!("\ncrowd, SQLite on disk");
    let slot: jiff::Timestamp = SLOT.parse().unwrap();
    let people = (0..DUE).map(|nth| User::new(&format!("U{nth}"), "Due", "Europe/Berlin")).collect();
    let sandbox = Sandbox::start(Options::new(slot.as_millisecond(), people)).await.unwrap();
    sandbox.change(|state| {
        for nth in 0..DUE {
            state.dm(&format!("U{nth}"));
        }
        (state.minute_limits, state.strict_limits) = (true, true);
    });
    let folder = tempfile::tempdir().unwrap();
    let (bot, clock) = bot(folder.path(), &sandbox).await;
    let began = Instant::now();
    let (mut steps, mut sent) = (0, 0);
    while sent < DUE {
        let report = bot.tick().await.unwrap();
        steps += 1;
        sent += report.sent;
        if !report.did_anything() {
            let next = bot.next_due_at().await.unwrap().unwrap();
            clock.set(next);
            sandbox.set_now_ms(next.as_millisecond());
        }
    }
    let took_s = f64::from(i32::try_from(sandbox.now_ms() - slot.as_millisecond()).unwrap()) / 1_000.0;
    let least_s = f64::from(u32::try_from((DUE - 1) / POSTS_A_MINUTE).unwrap()) * 60.0;
    let refused = sandbox.look(|state| state.calls.iter().filter(|call| call.1 == "ratelimited").count());
    println!(
        "  {DUE} due at one minute: asked in {took_s:.0} s, {:.3} times the least ({least_s:.0} s), {refused} calls refused",
        took_s / least_s
    );
    println!("  {:.1} s of work in {steps} steps", began.elapsed().as_secs_f64());
    bot.stop().await;
    sandbox.shutdown();
}

async fn bot(folder: &std::path::Path, sandbox: &Sandbox) -> (Bot, std::sync::Arc<ManualClock>) {
    let file = folder.join("crowd.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    Store::open(&url).await.unwrap().close().await;
    let slot: jiff::Timestamp = SLOT.parse().unwrap();
    let mut connection = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let columns = "team_id, user_id, dm_channel_id, zone, zone_set_by_member, cadence_days, cadence_times,
        quiet_from, quiet_to, days_off, paused, unanswered, slots_passed, asked_to_go_on, next_slot_at,
        welcomed_at, created_at";
    let statement = format!(
        "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})
         INSERT INTO member ({columns})
         SELECT '{team}', 'U' || n, 'D' || n, 'Europe/Berlin', 0, '1,2,3,4,5', '09:30', '19:00', '08:00',
         '', 0, 0, 0, 0, {slot}, 0, 0 FROM numbers",
        last = DUE - 1,
        team = sandbox.team_id(),
        slot = slot.as_millisecond(),
    );
    connection.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
    let api_url = sandbox.api_url();
    let environment = Environment::of([
        ("SLACK_API_URL", api_url.as_str()),
        ("SLACK_SIGNING_SECRET", "bench"),
        ("SLACK_BOT_TOKEN", sandbox.bot_token()),
        ("LEADLENS_LISTEN", "127.0.0.1:0"),
        ("DATABASE_URL", url.as_str()),
    ]);
    let config = Config::from(&environment).unwrap();
    let clock = ManualClock::at(slot);
    let env = Env { clock: clock.clone(), rng: SeededRng::new(7) };
    let bot = Bot::start(&config, env, Library::built_in().unwrap(), WorkerMode::Manual).await.unwrap();
    (bot, clock)
}
