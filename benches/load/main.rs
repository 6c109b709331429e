//! The load binary: what a member waits for and what an operator pays, each figure beside what it is
//! compared with. It starts the real `leadlens serve` as a process of its own, in front of the sandbox
//! on loopback. `cargo bench --bench load` runs every part; a name behind `--` runs that part alone:
//! `acks`, `writers`, `tick`, `crowd`, `start`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark that meets what it did not expect should stop there"
)]
#![allow(unreachable_pub, reason = "a benchmark exports nothing: `pub` marks what its files share")]

mod acks;
mod bare;
mod crowd;
mod disk;
mod process;
mod request;
mod start;
mod tick;
mod writers;

use std::time::Duration;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    leadlens::slack::web_api::install_tls_provider();
    if let [role, file] = arguments.as_slice()
        && role == bare::ROLE
    {
        return runtime.block_on(bare::serve(file));
    }
    let is_wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == part);
    runtime.block_on(async {
        println!("{} cores", std::thread::available_parallelism().unwrap());
        if is_wanted("start") {
            start::run().await;
        }
        if is_wanted("acks") {
            acks::run().await;
        }
        if is_wanted("writers") {
            writers::run().await;
        }
        if is_wanted("tick") {
            tick::run().await;
        }
        if is_wanted("crowd") {
            crowd::run().await;
        }
    });
}

/// Times of single requests.
struct Times(Vec<Duration>);

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// In milliseconds; `quantile` from 0 to 1.
    fn ms(&self, quantile: f64) -> f64 {
        let last = self.0.len() - 1;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 0 to `last`")]
        let nth = (last as f64 * quantile).round() as usize;
        self.0[nth].as_secs_f64() * 1_000.0
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [half, p99, most] = [0.5, 0.99, 1.0].map(|quantile| self.ms(quantile));
        write!(f, "median {half:.2} ms, p99 {p99:.2} ms, slowest {most:.2} ms ({} requests)", self.0.len())
    }
}
