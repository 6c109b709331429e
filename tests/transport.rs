//! Both doors over real loopback connections: what Slack delivers is acknowledged after it is kept
//! and never before, whatever the door, and whatever goes wrong behind it. `world` is what stands
//! behind the doors, `wire` is Slack's end of Socket Mode; `workspace` tries them with the sandbox.

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
