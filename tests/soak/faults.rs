//! What goes wrong, when, and how long: rolled before the soak begins.

use crate::{dice::Dice, world::TEAMS};
use jiff::{SignedDuration, Timestamp};
use leadlens_sandbox::workspace::Fault;

/// Something that goes wrong.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// One call fails.
    Call { method: &'static str, fault: Fault },
    /// Every call of these methods fails for a while.
    Methods(&'static [&'static str]),
    /// Slack and the bot do not reach each other.
    Dark,
    /// The bot is stopped, and started later.
    Stopped,
    /// The bot is killed in the middle of its posts, and started later.
    Killed,
    /// The bot's clock jumps.
    ClockStep(SignedDuration),
    /// The token is refused.
    Token(&'static str),
    /// A scope is missing.
    Scope(&'static str),
    /// The Messages tab is off.
    Tab,
    /// Events are held back, and come in another order, some of them twice.
    Disorder,
    /// The next acknowledgements are lost on the way.
    LostAcks,
    /// The app is removed, and installed again later.
    Removed,
}

impl Trouble {
    /// For the summary.
    pub fn name(&self) -> String {
        match self {
            Self::Call { method, fault } => match fault {
                Fault::RateLimited(_) => "429 with Retry-After".to_owned(),
                Fault::ServerError => "500 before it took effect".to_owned(),
                Fault::ServerErrorAfter => "500 after it took effect".to_owned(),
                Fault::CutBefore => "cut off before it took effect".to_owned(),
                Fault::CutAfter => "cut off after it took effect".to_owned(),
                Fault::Error(code) if *method == "views.open" => code.clone(),
                Fault::Error(_) => "an error of the moment".to_owned(),
                Fault::Slow(_) => "slow".to_owned(),
            },
            Self::Methods(methods) => format!("{} fails for a while", methods[0]),
            Self::Dark => "neither reaches the other".to_owned(),
            Self::Stopped => "the bot is stopped for a while".to_owned(),
            Self::Killed => "the bot is killed between post and mark".to_owned(),
            Self::ClockStep(_) => "the bot's clock steps".to_owned(),
            Self::Token(code) => (*code).to_owned(),
            Self::Scope(scope) => format!("missing_scope: {scope}"),
            Self::Tab => "messages_tab_disabled".to_owned(),
            Self::Disorder => "events out of order and repeated".to_owned(),
            Self::LostAcks => "acknowledgements lost".to_owned(),
            Self::Removed => "uninstalled, and installed again".to_owned(),
        }
    }

    /// Whether messages that nobody asked for can come meanwhile.
    pub fn stops_messages(&self) -> bool {
        match self {
            Self::Methods(_) | Self::Dark | Self::Stopped | Self::Killed | Self::Token(_) | Self::Tab => true,
            // A row in doubt waits for the history; others are sent.
            Self::Scope(scope) => matches!(*scope, "chat:write" | "im:history"),
            Self::Removed => true,
            Self::Call { .. } | Self::ClockStep(_) | Self::Disorder | Self::LostAcks => false,
        }
    }
}

/// A trouble of a workspace, or of all.
#[derive(Debug, Clone)]
pub struct Planned {
    pub trouble: Trouble,
    pub team: Option<usize>,
    pub from: Timestamp,
    pub until: Timestamp,
}

const METHODS: [&str; 14] = [
    "chat.postMessage",
    "chat.postMessage",
    "chat.postMessage",
    "chat.postMessage",
    "chat.update",
    "chat.update",
    "conversations.history",
    "users.info",
    "users.list",
    "dnd.teamInfo",
    "views.open",
    "views.publish",
    "views.update",
    "files.completeUploadExternal",
];
const MOMENTARY: [&str; 4] = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];
const TOKEN: [&str; 4] = ["invalid_auth", "account_inactive", "org_login_required", "token_revoked"];
const SCOPES: [&str; 8] = [
    "chat:write",
    "im:write",
    "im:history",
    "reactions:write",
    "users:read",
    "dnd:read",
    "files:read",
    "files:write",
];

/// What goes wrong between two instants. The last day is calm, so that what is owed can come.
pub fn plan(dice: &Dice, from: Timestamp, days: u64) -> Vec<Planned> {
    let mut planned = Vec::new();
    let calm_from = from + SignedDuration::from_hours(24 * (i64::try_from(days).expect("days") - 1));
    for day in 0..days {
        let midnight = from + SignedDuration::from_hours(24 * i64::try_from(day).expect("a day"));
        let mut roll =
            |per_mille: u64, team: Option<usize>, shortest: u64, longest: u64, trouble: Trouble| {
                if !dice.happens(per_mille) {
                    return;
                }
                let from = midnight + dice.minutes(0, 24 * 60);
                let until = from + dice.seconds(shortest * 60, longest * 60);
                if until < calm_from {
                    planned.push(Planned { trouble, team, from, until });
                }
            };
        roll(350, None, 1, 40, Trouble::Dark);
        roll(150, None, 60, 360, Trouble::Dark);
        roll(500, None, 0, 5, Trouble::Stopped);
        roll(300, None, 5, 12, Trouble::Stopped);
        roll(150, None, 20, 360, Trouble::Stopped);
        for _ in 0..3 {
            roll(700, None, 0, 4, Trouble::Killed);
        }
        roll(500, None, 0, 1, Trouble::ClockStep(dice.seconds(0, 480) - SignedDuration::from_secs(240)));
        for team in 0..TEAMS.len() {
            let team = Some(team);
            roll(80, team, 10, 480, Trouble::Token(*dice.one_of::<&str>(&TOKEN)));
            roll(350, team, 10, 360, Trouble::Scope(*dice.one_of::<&str>(&SCOPES)));
            roll(80, team, 10, 480, Trouble::Tab);
            roll(150, team, 5, 180, Trouble::Methods(&["dnd.teamInfo"]));
            roll(120, team, 5, 180, Trouble::Methods(&["users.info", "users.list"]));
            roll(100, team, 5, 120, Trouble::Methods(&["chat.postMessage"]));
            roll(100, team, 5, 180, Trouble::Methods(&["chat.update"]));
            roll(80, team, 5, 120, Trouble::Methods(&["conversations.history"]));
            roll(500, team, 1, 6, Trouble::Disorder);
            roll(800, team, 0, 1, Trouble::LostAcks);
            for _ in 0..60 {
                let method = *dice.one_of(&METHODS);
                roll(1_000, team, 0, 1, Trouble::Call { method, fault: fault(dice, method) });
            }
        }
    }
    if days > 10 {
        let from = from + SignedDuration::from_hours(24 * 6) + dice.minutes(0, 48 * 60);
        let until = from + dice.minutes(120, 60 * 60);
        planned.push(Planned { trouble: Trouble::Removed, team: Some(1), from, until });
    }
    planned
}

fn fault(dice: &Dice, method: &str) -> Fault {
    match dice.below(7) {
        0 | 1 => Fault::RateLimited(1 + dice.below(90)),
        2 => Fault::ServerError,
        3 => Fault::ServerErrorAfter,
        4 => Fault::CutBefore,
        5 => Fault::CutAfter,
        _ if method == "views.open" => {
            Fault::Error((*dice.one_of(&["expired_trigger_id", "exchanged_trigger_id"])).to_owned())
        }
        _ => Fault::Error((*dice.one_of(&MOMENTARY)).to_owned()),
    }
}
