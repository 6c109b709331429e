//! Tasks beside the steps: lanes of due rows, a batch of jobs, and questions whether Slack serves a
//! workspace again. Each workspace sends on its own, so that a large one, or one whose calls are slow, holds up no
//! other.

use super::{
    batch::{LaneKey, Ran, Tally},
    executor::Executor,
};
use crate::{interaction::SlackGateway, store::DueLane};
use futures::FutureExt as _;
use jiff::Timestamp;
use std::{
    collections::{HashMap, HashSet},
    panic::AssertUnwindSafe,
    sync::Arc,
};
use tokio::{sync::Notify, task::JoinSet};

/// How many rows of a lane are claimed together: as many members as Slack's `dnd.teamInfo` answers for.
const CHUNK: usize = 50;
/// How many lanes send at once.
const LANES_AT_ONCE: usize = 32;

/// What has ended.
enum Ended {
    Lane { key: LaneKey, ran: Ran },
    Jobs { ran: Ran },
    Probes,
}

/// What has ended since it was last asked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Done {
    pub(super) rows: Tally,
    pub(super) jobs: Tally,
}

/// The tasks of one worker.
#[derive(Default)]
pub(super) struct Tasks {
    under_way: JoinSet<Ended>,
    busy: HashSet<LaneKey>,
    jobs_busy: bool,
    probes_busy: bool,
    /// When a lane for which there was too little room gets whatever room there is.
    promised: HashMap<LaneKey, Timestamp>,
    held: HashMap<LaneKey, Timestamp>,
    jobs_held_until: Option<Timestamp>,
    /// The number of the start at which a lane last had its turn.
    turns: HashMap<LaneKey, u64>,
    starts: u64,
    ended: Arc<Notify>,
}

impl Tasks {
    /// Notified when something has ended.
    pub(super) fn ended(&self) -> Arc<Notify> {
        Arc::clone(&self.ended)
    }

    /// Begins to send the due lanes for which Slack's limits leave room, those first whose last turn is
    /// longest ago. Rows of the others are not touched.
    pub(super) fn start_lanes(&mut self, executor: &Executor, mut due: Vec<DueLane>) {
        let now = executor.state.env.now();
        let is_due: HashSet<LaneKey> = due.iter().map(key_of).collect();
        self.turns.retain(|key, _| is_due.contains(key));
        self.promised.retain(|key, _| is_due.contains(key));
        self.held.retain(|key, _| is_due.contains(key));
        due.sort_by_key(|lane| (self.turns.get(&key_of(lane)).copied().unwrap_or(0), lane.since));
        for lane in due {
            if self.busy.len() >= LANES_AT_ONCE {
                break;
            }
            let key = key_of(&lane);
            if self.busy.contains(&key) {
                continue;
            }
            let Ok(limit) = self.opening(executor.slack.as_ref(), now, &lane) else { continue };
            self.promised.remove(&key);
            self.starts = self.starts.saturating_add(1);
            self.turns.insert(key.clone(), self.starts);
            self.busy.insert(key.clone());
            let (executor, ended) = (executor.clone(), self.ended());
            self.under_way.spawn(async move {
                let ran = AssertUnwindSafe(executor.send_lane(&key, limit)).catch_unwind().await;
                let ran = ran.unwrap_or_else(|_| {
                    tracing::error!("sending panicked; its rows come back when their leases are over");
                    executor.nothing_before_later()
                });
                ended.notify_one();
                Ended::Lane { key, ran }
            });
        }
    }

    /// How many rows of a lane may be claimed now, or when to look again.
    fn opening(
        &mut self,
        slack: &dyn SlackGateway,
        now: Timestamp,
        lane: &DueLane,
    ) -> Result<usize, Timestamp> {
        let key = key_of(lane);
        if let Some(until) = self.held.get(&key).filter(|until| now < **until) {
            return Err(*until);
        }
        let want = lane.rows.min(CHUNK);
        let room = slack.room(&lane.team, lane.lane, want);
        if room.free >= want {
            return Ok(want);
        }
        match self.promised.get(&key) {
            // Other lanes of the workspace used part of the limit meanwhile: it sends fewer.
            Some(promised) if *promised <= now && room.free > 0 => Ok(room.free),
            Some(promised) if *promised > now => Err(room.at.min(*promised)),
            Some(_) | None => {
                self.promised.insert(key, room.at);
                Err(room.at)
            }
        }
    }

    /// Begins a batch of jobs, unless one is running.
    pub(super) fn start_jobs(&mut self, executor: &Executor) {
        let now = executor.state.env.now();
        if self.jobs_busy || self.jobs_held_until.is_some_and(|until| now < until) {
            return;
        }
        self.jobs_busy = true;
        let (executor, ended) = (executor.clone(), self.ended());
        self.under_way.spawn(async move {
            let ran = AssertUnwindSafe(executor.run_jobs()).catch_unwind().await;
            let ran = ran.unwrap_or_else(|_| {
                tracing::error!("a batch of jobs panicked; they come back when their leases are over");
                executor.nothing_before_later()
            });
            // Most batches are empty. One of them must not wake the loop, which would begin the next.
            if ran.tally != Tally::default() {
                ended.notify_one();
            }
            Ended::Jobs { ran }
        });
    }

    /// Begins to probe workspaces with held rows, unless a probe is running. What it finds wakes
    /// the worker.
    pub(super) fn start_probes(&mut self, executor: &Executor) {
        if self.probes_busy {
            return;
        }
        self.probes_busy = true;
        let executor = executor.clone();
        self.under_way.spawn(async move {
            match AssertUnwindSafe(executor.probe()).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "workspaces could not be asked after"),
                Err(_) => tracing::error!("asking after workspaces panicked"),
            }
            Ended::Probes
        });
    }

    /// What has ended since it was last asked.
    pub(super) fn collect(&mut self) -> Done {
        let mut done = Done::default();
        while let Some(ended) = self.under_way.try_join_next() {
            self.note(ended, &mut done);
        }
        done
    }

    /// Waits until every running task has ended.
    pub(super) async fn finish(&mut self) -> Done {
        let mut done = Done::default();
        while let Some(ended) = self.under_way.join_next().await {
            self.note(ended, &mut done);
        }
        done
    }

    fn note(&mut self, ended: Result<Ended, tokio::task::JoinError>, done: &mut Done) {
        match ended {
            Ok(Ended::Lane { key, ran }) => {
                self.busy.remove(&key);
                if let Some(until) = ran.held_until {
                    self.held.insert(key, until);
                }
                done.rows = done.rows.plus(ran.tally);
            }
            Ok(Ended::Jobs { ran }) => {
                self.jobs_busy = false;
                self.jobs_held_until = ran.held_until;
                done.jobs = done.jobs.plus(ran.tally);
            }
            Ok(Ended::Probes) => self.probes_busy = false,
            Err(error) => tracing::error!(%error, "a task of the worker was lost"),
        }
    }

    /// When jobs that are due since `at` are worth a try.
    pub(super) fn jobs_due_at(&self, at: Timestamp) -> Timestamp {
        self.jobs_held_until.map_or(at, |until| until.max(at))
    }

    /// When the next row is due whose lane is not being sent. In the past: now.
    pub(super) fn next_due_at(
        &mut self,
        slack: &dyn SlackGateway,
        now: Timestamp,
        due: &[DueLane],
    ) -> Option<Timestamp> {
        let free = due.iter().filter(|lane| !self.busy.contains(&key_of(lane))).collect::<Vec<_>>();
        free.into_iter().map(|lane| self.opening(slack, now, lane).map_or_else(|at| at, |_| lane.since)).min()
    }
}

fn key_of(lane: &DueLane) -> LaneKey {
    (lane.team.clone(), lane.lane)
}
