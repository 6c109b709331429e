//! Both transports over real loopback connections: a delivery is acknowledged after it is committed and
//! never before, whatever goes wrong behind the transport. `world` is the dispatcher behind them, `wire`
//! is Slack's end of Socket Mode, and `workspace` runs both against the sandbox. `tokens` tests which
//! bot token is used for which workspace.

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
#[path = "transport/tokens.rs"]
mod tokens;
#[path = "transport/wire.rs"]
mod wire;
#[path = "transport/workspace.rs"]
mod workspace;
#[path = "transport/world.rs"]
mod world;
