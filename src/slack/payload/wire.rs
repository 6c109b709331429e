//! Values inside payloads, as they are written. Each is a type of its own, so that a renamed variant of
//! the domain does not change what is sent or read.

use crate::coach::{
    cadence::Later,
    feedback::AnswerToken,
    hat::{Hat, Hats, Practice},
    ids::RowId,
    look_back::CameOfIt,
    room::Room,
    screen::{Invitation, PictureFormat},
};
use serde::{Deserialize, Serialize};

/// A wire enum with the same variants as an enum of the domain, converted in both directions.
macro_rules! wire_enum {
    ($wire:ident = $domain:ident { $($variant:ident => $text:literal),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub(super) enum $wire { $(#[serde(rename = $text)] $variant),+ }

        impl From<$domain> for $wire {
            fn from(value: $domain) -> Self {
                match value { $($domain::$variant => $wire::$variant),+ }
            }
        }

        impl From<$wire> for $domain {
            fn from(value: $wire) -> Self {
                match value { $($wire::$variant => $domain::$variant),+ }
            }
        }
    };
}

wire_enum!(WirePictureFormat = PictureFormat { Png => "png", Pdf => "pdf" });
wire_enum!(WireHat = Hat { Leader => "leader", Manager => "manager" });

wire_enum!(WireLater = Later { OneHour => "one-hour", Tomorrow => "tomorrow", NextWeek => "next-week" });

wire_enum!(WireRoom = Room {
    Confused => "confused",
    Directionless => "directionless",
    LowSpirit => "low-spirit",
    CrisisBegins => "crisis-begins",
    Disorganised => "disorganised",
    MissingDeadlines => "missing-deadlines",
    UnsureOfPriorities => "unsure-of-priorities",
    PastThePanic => "past-the-panic",
    GoingWell => "going-well",
});

wire_enum!(WirePractice = Practice {
    StopSolving => "stop-solving",
    SellTheWhy => "sell-the-why",
    ChangeProject => "change-project",
    EmbraceTheBoring => "embrace-the-boring",
    FocusOnTheHow => "focus-on-the-how",
    CheckInDontJustInspire => "check-in-dont-just-inspire",
    AuditTheCalendar => "audit-the-calendar",
    AskForFeedback => "ask-for-feedback",
    StartSmall => "start-small",
});

wire_enum!(WireCameOfIt = CameOfIt {
    DidIt => "did-it",
    Partly => "partly",
    ChangedMind => "changed-mind",
    NotYet => "not-yet",
});

/// One hat, both or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WireHats {
    Leader,
    Manager,
    Both,
    Neither,
}

impl From<Hats> for WireHats {
    fn from(hats: Hats) -> Self {
        match (hats.leader, hats.manager) {
            (true, false) => WireHats::Leader,
            (false, true) => WireHats::Manager,
            (true, true) => WireHats::Both,
            (false, false) => WireHats::Neither,
        }
    }
}

impl From<WireHats> for Hats {
    fn from(hats: WireHats) -> Self {
        let (leader, manager) = match hats {
            WireHats::Leader => (true, false),
            WireHats::Manager => (false, true),
            WireHats::Both => (true, true),
            WireHats::Neither => (false, false),
        };
        Hats { leader, manager }
    }
}

/// A feedback question: its round, and the token that alone leads to the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WireInvitation {
    round: RowId,
    token: AnswerToken,
}

impl From<Invitation> for WireInvitation {
    fn from(from: Invitation) -> Self {
        Self { round: from.round, token: from.token }
    }
}

impl From<WireInvitation> for Invitation {
    fn from(from: WireInvitation) -> Self {
        Self { round: from.round, token: from.token }
    }
}
