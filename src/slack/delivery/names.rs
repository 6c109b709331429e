//! The names of people whom a member mentions. Slack's events hold their ids alone, `<@U012AB3CD>`
//! (<https://docs.slack.dev/messaging/formatting-message-text#mentioning-users>). A name that Slack does not
//! tell in time is written as *@someone*: an id says nothing to a reader.

use super::presence::PresenceReader;
use crate::{
    coach::{
        ids::{TeamId, UserId},
        member_text::MemberText,
    },
    slack::inbound::MENTION,
};
use futures::future::join_all;
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};

/// How long a name is waited for. The message's acknowledgement waits as well, two seconds at most.
const LIMIT: Duration = Duration::from_millis(700);

/// The most people of one message whose names are asked for.
const MOST_ASKED: usize = 10;

/// How many names are remembered.
const MOST_KNOWN: usize = 4_096;

const SOMEONE: &str = "someone";

/// Looks names up and remembers them while the process runs.
#[derive(Clone)]
pub(super) struct Names {
    people: PresenceReader,
    known: Arc<Mutex<HashMap<(TeamId, UserId), String>>>,
}

impl Names {
    pub(super) fn new(people: PresenceReader) -> Self {
        Self { people, known: Arc::default() }
    }

    /// The text with names in the place of mentions.
    pub(super) async fn written_out(&self, team: &TeamId, text: MemberText) -> MemberText {
        if !text.reveal().contains(MENTION.0) {
            return text;
        }
        let mut mentioned = Vec::new();
        write_out(text.reveal(), |user| {
            if !mentioned.contains(user) {
                mentioned.push(user.clone());
            }
            None
        });
        mentioned.truncate(MOST_ASKED);
        let lookups: Vec<_> = mentioned.iter().map(|user| self.name(team, user)).collect();
        let names: HashMap<&UserId, Option<String>> = mentioned.iter().zip(join_all(lookups).await).collect();
        MemberText::new(write_out(text.reveal(), |user| names.get(user).cloned().flatten()))
    }

    async fn name(&self, team: &TeamId, user: &UserId) -> Option<String> {
        let key = (team.clone(), user.clone());
        if let Some(name) = self.known.lock().get(&key) {
            return Some(name.clone());
        }
        let asked = tokio::time::timeout(LIMIT, self.people.name(team, user)).await;
        let name = asked.ok()?.ok()??;
        let mut known = self.known.lock();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(key, name.clone());
        Some(name)
    }
}

/// Writes each mention as `@` and what `name_of` says, or as *@someone*.
fn write_out(text: &str, mut name_of: impl FnMut(&UserId) -> Option<String>) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(MENTION.0) {
        written.push_str(before);
        let Some((id, after)) = from.split_once(MENTION.1) else {
            written.push(MENTION.0);
            rest = from;
            continue;
        };
        let name = UserId::parse(id).ok().and_then(|user| name_of(&user));
        written.push('@');
        written.push_str(name.as_deref().unwrap_or(SOMEONE));
        rest = after;
    }
    written.push_str(rest);
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slack::inbound::as_typed;

    #[test]
    fn mentions_are_written_as_names() {
        let name_of = |user: &UserId| (user.as_str() == "U0BEN").then(|| "Ben Ash".to_owned());
        let table = [
            ("I ask <@U0BEN> first", "I ask @Ben Ash first"),
            ("<@U0BEN><@U0BEN>", "@Ben Ash@Ben Ash"),
            ("<@U0EVE> and <@W1>", "@someone and @someone"),
            ("&lt;@U0BEN&gt; by hand", "<@U0BEN> by hand"),
            ("a &lt; b", "a < b"),
            ("", ""),
        ];
        for (sent, shown) in table {
            assert_eq!(write_out(&as_typed(sent), name_of), shown, "{sent}");
        }
    }
}
