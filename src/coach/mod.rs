//! The coaching domain: words, rules and decisions of LeadLens. Pure: it knows nothing of Slack,
//! SQL, HTTP or tokio and never reads a clock; instants, dates and random numbers are arguments.

pub mod act;
pub mod audit;
pub mod back_off;
pub mod balance;
pub mod cadence;
pub mod calendar;
pub mod care;
pub mod command;
pub mod conversation;
pub mod feedback;
pub mod hat;
pub mod ids;
pub mod lens;
pub mod lint;
pub mod member;
pub mod model;
pub mod month;
pub mod nudge;
pub mod occasion;
pub mod plan;
pub mod presence;
pub mod prompt;
pub mod reflection;
pub mod room;
pub mod screen;
pub mod seen;
pub mod session;
pub mod text;

#[cfg(test)]
pub(crate) mod sample;
