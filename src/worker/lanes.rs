//! What is under way beside the steps: lanes of due rows, and a batch of jobs. Each workspace sends by itself,
//! so that a large one, or one whose calls are slow, holds up no other.

use super::{
    batch::{Outcome, Tally},
    hands::Hands,
};
use crate::{
    coach::ids::TeamId,
    interaction::{InteractionError, SlackGateway},
    store::{DueLane, Lane},
};
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

/// A workspace's lane.
pub(super) type LaneKey = (TeamId, Lane);

/// What has ended.
enum Ended {
    Lane { key: LaneKey, ran: LaneRan },
    Jobs { tally: Tally },
}

/// What became of the claimed rows of a lane.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LaneRan {
    pub(super) tally: Tally,
    /// Set when nothing can be sent before then, because Slack says nothing of its members.
    pub(super) held_until: Option<Timestamp>,
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
    /// When a lane for which there was too little room gets whatever room there is.
    promised: HashMap<LaneKey, Timestamp>,
    held: HashMap<LaneKey, Timestamp>,
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
    pub(super) fn start_lanes(&mut self, hands: &Hands, mut due: Vec<DueLane>) {
        let now = hands.state.env.now();
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
            let Ok(limit) = self.opening(hands.slack.as_ref(), now, &lane) else { continue };
            self.promised.remove(&key);
            self.starts = self.starts.saturating_add(1);
            self.turns.insert(key.clone(), self.starts);
            self.busy.insert(key.clone());
            let (hands, ended) = (hands.clone(), self.ended());
            self.under_way.spawn(async move {
                let ran = AssertUnwindSafe(hands.send_lane(&key, limit)).catch_unwind().await;
                let ran = ran.unwrap_or_else(|_| {
                    tracing::error!("sending panicked; its rows come back when their leases are over");
                    LaneRan { held_until: Some(hands.later()), ..LaneRan::default() }
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
            // Others of the workspace took what it has waited for: it goes on with less.
            Some(promised) if *promised <= now && room.free > 0 => Ok(room.free),
            Some(promised) if *promised > now => Err(room.at.min(*promised)),
            Some(_) | None => {
                self.promised.insert(key, room.at);
                Err(room.at)
            }
        }
    }

    /// Begins a batch of jobs, unless one is under way.
    pub(super) fn start_jobs(&mut self, hands: &Hands) {
        if self.jobs_busy {
            return;
        }
        self.jobs_busy = true;
        let (hands, ended) = (hands.clone(), self.ended());
        self.under_way.spawn(async move {
            let ran = AssertUnwindSafe(hands.run_jobs()).catch_unwind().await;
            let tally = match ran {
                Ok(Ok(tally)) => tally,
                Ok(Err(error)) => failed_jobs(&error),
                Err(_) => {
                    tracing::error!("a batch of jobs panicked; they come back when their leases are over");
                    Tally::default()
                }
            };
            if tally != Tally::default() {
                ended.notify_one();
            }
            Ended::Jobs { tally }
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

    /// Waits until everything that is under way has ended.
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
            Ok(Ended::Jobs { tally }) => {
                self.jobs_busy = false;
                done.jobs = done.jobs.plus(tally);
            }
            Err(error) => tracing::error!(%error, "a task of the worker was lost"),
        }
    }

    /// When a row is due next for which nothing is under way. Past: now.
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

fn failed_jobs(error: &InteractionError) -> Tally {
    tracing::error!(%error, "jobs could not be claimed");
    let mut tally = Tally::default();
    tally.count(Outcome::NotDone);
    tally
}

fn key_of(lane: &DueLane) -> LaneKey {
    (lane.team.clone(), lane.lane)
}
