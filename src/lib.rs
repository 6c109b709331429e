//! LeadLens: a Slack coach for people who lead teams.
//!
//! A *coach* that lives in *Slack*, with a *worker* for what happens without anyone, that remembers in
//! a *store* and writes *reports*. In reading order: the pure core, then one module for each outside
//! party, then what puts them together. ARCHITECTURE.md draws the arrows; a test holds them.

pub mod coach;
pub mod report;

pub mod clock;
pub mod store;

pub mod app;

pub mod slack;
pub mod web;
pub mod worker;

pub mod config;
pub mod llm;
pub mod telemetry;

pub mod bot;
pub mod cli;

pub mod demo;
