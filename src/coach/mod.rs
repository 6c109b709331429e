//! The coaching domain: the rules and decisions of LeadLens. It is pure: it knows nothing of Slack, SQL, HTTP
//! or tokio, and it takes the time, dates and random numbers as arguments.

pub mod audit;
pub mod back_off;
pub mod balance;
pub mod cadence;
pub mod calendar;
pub mod care;
pub mod coaching_act;
pub mod command;
pub mod conversation;
pub mod copy;
pub mod feedback;
pub mod hat;
pub mod ids;
pub mod intention;
pub mod lens;
pub mod lens_result;
pub mod lint;
pub mod llm_follow_up;
pub mod look_back;
pub mod member;
pub mod member_text;
pub mod month;
pub mod nudge;
pub mod plain_words;
pub mod plan;
pub mod presence;
pub mod prompt;
pub mod reflection;
pub mod room;
pub mod screen;
pub mod word_budget;

#[cfg(test)]
pub(crate) mod sample;
