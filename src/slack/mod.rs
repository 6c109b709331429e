//! Everything that knows Slack: two doors in (`socket`, `http`) over one reader (`inbound`), and one
//! way out. What a screen says is in `render`; nothing here decides anything of coaching.

pub mod client;
mod doubt;
mod fetch;
pub mod home;
pub mod http;
pub mod ids;
pub mod inbound;
pub mod install;
pub mod limits;
pub mod manifest;
pub mod next;
mod presence;
pub mod receive;
mod refusal;
pub mod render;
pub mod reply;
pub mod sender;
mod share;
pub mod signature;
pub mod socket;
pub mod tokens;
pub mod watch;
