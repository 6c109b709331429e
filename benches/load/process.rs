//! A process under measurement: started with an environment, asked for its memory and its processor
//! time, ended with it.

use crate::disk::Disk;
use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Clock ticks a second in `/proc`, on every Linux that we run on.
const TICKS: f64 = 100.0;

pub struct Process {
    child: Child,
}

impl Process {
    /// The real bot, in front of a sandbox.
    pub fn leadlens(environment: &[(&str, &str)], disk: &Disk) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leadlens"));
        command.arg("serve").env_clear().envs(environment.iter().copied()).env("LEADLENS_LOG", "error");
        disk.under(&mut command);
        Self::start(command)
    }

    pub fn start(mut command: Command) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        Self { child }
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(Path::new("/proc").join(self.child.id().to_string()).join(file)).unwrap()
    }

    /// Resident memory, in megabytes.
    pub fn memory_mb(&self) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1_024.0
    }

    /// Processor time so far, user and system.
    pub fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split_whitespace().collect();
        let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        Duration::from_secs_f64(ticks / TICKS)
    }

    /// Processor time until it has nothing left to do: until two seconds cost it next to none.
    pub async fn at_rest(&self) -> Duration {
        let mut before = self.cpu();
        loop {
            tokio::time::sleep(Duration::from_secs(2)).await;
            let now = self.cpu();
            if now.saturating_sub(before) < Duration::from_millis(50) {
                return now;
            }
            before = now;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
pub fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// How long it takes until a path answers 200.
pub async fn until_well(address: SocketAddr, path: &str) -> Duration {
    let began = Instant::now();
    let client = reqwest::Client::new();
    while began.elapsed() < Duration::from_mins(1) {
        let answer = client.get(format!("http://{address}{path}")).send().await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return began.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("{path} is not well after a minute");
}
