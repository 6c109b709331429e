//! Restores the text that a member typed from the form in which Slack sends it: undoes the escaping, and
//! writes links and mentions as the member's composer showed them
//! (<https://docs.slack.dev/messaging/formatting-message-text>).
//! A mention without a name (`<@U…>`) is marked for `delivery::names`, which writes the name; a channel or group
//! without one is written as *#channel* or *@group*. Code that shows the text escapes it, so a mention in it
//! notifies nobody.

use super::emoji;

/// The marks around the id of a mentioned person until the name is known. Members do not type these characters;
/// what they do type, such as `<@U1>`, stays text.
pub const MENTION: (char, char) = ('\u{f8f0}', '\u{f8f1}');

/// Undoes Slack's escaping of `&`, `<` and `>`.
pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The text of a message as it was typed. A `<` of the member's own arrives escaped, so every bare
/// one opens a reference of Slack's.
pub fn as_typed(text: &str) -> String {
    let mut typed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('<') {
        typed.push_str(&emoji::written_out(&unescape(before)));
        let Some((reference, after)) = from.split_once('>') else {
            typed.push('<');
            rest = from;
            continue;
        };
        typed.push_str(&reference_as_typed(reference));
        rest = after;
    }
    typed.push_str(&emoji::written_out(&unescape(rest)));
    typed
}

fn reference_as_typed(reference: &str) -> String {
    let (target, label) = match reference.split_once('|') {
        Some((target, label)) if !label.is_empty() => (target, Some(unescape(label))),
        Some((target, _no_label)) => (target, None),
        None => (reference, None),
    };
    let bare = target.strip_prefix("mailto:").or_else(|| target.strip_prefix("tel:"));
    let shown = unescape(bare.unwrap_or(target));
    match (target.chars().next(), label) {
        (Some('@'), Some(name)) => format!("@{name}"),
        (Some('#'), Some(name)) => format!("#{name}"),
        // Group mentions and dates are written out by Slack.
        (Some('!'), Some(name)) => name,
        (Some('!'), None) if matches!(target, "!channel" | "!here" | "!everyone") => {
            target.replacen('!', "@", 1)
        }
        (Some('@'), None) => format!("{}{}{}", MENTION.0, target.replacen('@', "", 1), MENTION.1),
        (Some('#'), None) => "#channel".to_owned(),
        (Some('!'), None) if target.starts_with("!subteam^") => "@group".to_owned(),
        (Some('!') | None, None) => format!("<{reference}>"),
        // A link that the member named themselves keeps its address.
        (_, Some(label)) if is_address(&label, &shown) => label,
        (_, Some(label)) => format!("{label} ({shown})"),
        (_, None) => shown,
    }
}

/// Whether a label is the address itself, as it was typed before Slack completed it.
fn is_address(label: &str, address: &str) -> bool {
    let without_scheme = |text: &'static str| address.strip_prefix(text).unwrap_or(address);
    let completed = [address, without_scheme("https://"), without_scheme("http://")];
    completed.iter().any(|text| text.trim_end_matches('/') == label.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn links_and_mentions_read_as_they_were_typed() {
        let table = [
            ("I ask &lt;Ana&gt; &amp; wait", "I ask <Ana> & wait"),
            ("&lt;!channel&gt; typed by hand", "<!channel> typed by hand"),
            ("&amp;lt; stays", "&lt; stays"),
            ("see <https://a.example/x?a=1&amp;b=2>", "see https://a.example/x?a=1&b=2"),
            ("see <http://a.example|a.example>", "see a.example"),
            ("the <https://a.example/plan|plan>", "the plan (https://a.example/plan)"),
            ("to <mailto:ana@a.example|ana@a.example>", "to ana@a.example"),
            ("<tel:+123|+123>", "+123"),
            ("<@U1> and <@U2|ben>", "\u{f8f0}U1\u{f8f1} and @ben"),
            ("&lt;@U1&gt; typed by hand", "<@U1> typed by hand"),
            ("<#C1|general> <#C2|> <#C3>", "#general #channel #channel"),
            ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
            ("<!subteam^S1|@leads> <!subteam^S2>", "@leads @group"),
            ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
            ("done :tada: <https://a.example/:tada:>", "done 🎉 https://a.example/:tada:"),
            ("< open", "< open"),
            ("<>", "<>"),
            ("", ""),
        ];
        for (sent, typed) in table {
            assert_eq!(as_typed(sent), typed, "{sent}");
        }
    }

    proptest! {
        #[test]
        fn what_slack_escaped_comes_back_byte_for_byte(text in "[^:]*") {
            let sent = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            prop_assert_eq!(as_typed(&sent), text.clone());
            prop_assert_eq!(unescape(&sent), text);
        }

        #[test]
        fn nothing_that_arrives_breaks_it(text in "[<>|@#!&;a-z:^]{0,40}") {
            let _ = as_typed(&text);
        }
    }
}
