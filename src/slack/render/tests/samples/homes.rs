//! The Home tab.

use super::{HOST, at, history_entry, on, plan_screen};
use crate::coach::{
    hat::Practice,
    plan::{PlanState, PlanTally},
    screen::{Home, LlmConsentStatus, MonthSummary},
};

/// Every Home, by name.
pub(in crate::slack::render) fn homes(words: &str) -> Vec<(&'static str, Home)> {
    vec![
        ("home", home_screen(words)),
        ("home, paused", paused_home(words)),
        ("home on the first day", new_home()),
    ]
}

fn glance(month: &str, evidence: u32, leader: u32, manager: u32) -> MonthSummary {
    MonthSummary { month: month.parse().unwrap(), evidence, leader, manager }
}

/// With everything that a Home can show.
fn home_screen(words: &str) -> Home {
    Home {
        nudges_on: true,
        next_nudge: Some(at()),
        paused: None,
        focus: Some(Practice::StopSolving),
        this_month: glance("2026-10", 8, 6, 3),
        last_month: glance("2026-09", 9, 4, 7),
        active_weeks: 3,
        experiments: PlanTally { begun: 3, done: 1, not_yet: 1, open: 1, ..PlanTally::default() },
        plans: vec![plan_screen(words, PlanState::Open), plan_screen(words, PlanState::NotYet)],
        recent: vec![history_entry(words); 3],
        feedback_until: Some(on()),
        feedback_opted_out: true,
        acts: 3,
        llm_consent: Some(LlmConsentStatus { host: HOST.into(), agreed: true }),
    }
}

fn new_home() -> Home {
    Home {
        nudges_on: false,
        next_nudge: None,
        paused: None,
        focus: None,
        this_month: glance("2026-10", 0, 0, 0),
        last_month: glance("2026-09", 0, 0, 0),
        active_weeks: 0,
        experiments: PlanTally::default(),
        plans: Vec::new(),
        recent: Vec::new(),
        feedback_until: None,
        feedback_opted_out: false,
        acts: 0,
        llm_consent: None,
    }
}

/// Paused, with too little evidence in the month to show shares.
fn paused_home(words: &str) -> Home {
    Home {
        paused: Some(Some(on())),
        next_nudge: None,
        this_month: glance("2026-10", 3, 1, 2),
        last_month: glance("2026-09", 2, 2, 0),
        recent: vec![history_entry(words)],
        feedback_until: None,
        feedback_opted_out: false,
        acts: 0,
        llm_consent: Some(LlmConsentStatus { host: HOST.into(), agreed: false }),
        ..home_screen(words)
    }
}
