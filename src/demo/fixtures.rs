//! The people in the demo's workspace, and the messages in its channel when it opens.

use super::workspace::YOU;
use leadlens_sandbox::{Sandbox, workspace::User};

/// The channel that everybody reads.
const CHANNEL: &str = "C0CHECKOUT";

/// Who wrote what, minutes before the demo begins. Some of it asks the member for an answer.
const SAID: [(&str, i64, &str); 6] = [
    ("U0ANA", 1_480, "The second vendor demo is done. Notes are in the shared folder."),
    ("U0TOM", 1_120, "Heads up: the payment tests were red again last night, third time this month."),
    (
        "U0RAJ",
        95,
        "Support asks when refunds will work without a ticket. Can you tell me what to answer them?",
    ),
    ("U0NOOR", 52, "Design review moved to Thursday, same link."),
    ("U0ANA", 31, "We can only take one of the two vendors. Which one should we go with?"),
    ("U0TOM", 12, "I could fix the tests today or finish the importer. What do you want me to do first?"),
];

/// The member and four teammates, each in another zone.
pub(super) fn people() -> Vec<User> {
    let mut raj = User::new("U0RAJ", "Raj Menon", "Asia/Kolkata");
    raj.status = (":headphones:".to_owned(), "Heads down until five".to_owned(), 0);
    vec![
        User::new(YOU, "Mika Brandt", "Europe/Berlin"),
        User::new("U0ANA", "Ana Duarte", "America/New_York"),
        raj,
        User::new("U0NOOR", "Noor Haddad", "Europe/London"),
        User::new("U0TOM", "Tom Whitaker", "America/Los_Angeles"),
    ]
}

/// Opens the channel and the direct messages, and writes what was said.
pub(super) fn seed(sandbox: &Sandbox) {
    let now_ms = sandbox.now_ms();
    sandbox.change(|state| {
        state.open_channel(CHANNEL, "team-checkout");
        for (user, minutes_ago, text) in SAID {
            state.put_message(CHANNEL, user, text, None, now_ms - minutes_ago * 60_000);
        }
        for user in people() {
            state.dm(&user.id);
        }
    });
}
