//! Both doors over real loopback connections: what Slack delivers is acknowledged after it is kept
//! and never before, whatever the door, and whatever goes wrong behind it. `world` is what stands
//! behind the doors, `wire` is Slack's end of Socket Mode; `workspace` tries them with the sandbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect should stop there"
)]
#![allow(unreachable_pub, reason = "a test exports nothing: `pub` marks what its files share")]

#[path = "transport/http.rs"]
mod http;
#[path = "transport/parity.rs"]
mod parity;
#[path = "transport/socket.rs"]
mod socket;
#[path = "transport/wire.rs"]
mod wire;
#[path = "transport/workspace.rs"]
mod workspace;
#[path = "transport/world.rs"]
mod world;
