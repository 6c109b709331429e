//! What the lens found in an answer, as a sentence that quotes the words it found it in. Where the lens
//! abstains, the sentence says so. What the member said always counts.

use super::escape::cut;
use crate::coach::{
    hat::{Hat, Hats},
    lens_result::{AbstainReason, LensScreen},
    member_text::MemberText,
};

/// The longest quotation in the sentence.
const QUOTE_CHARS: usize = 100;

/// The sentence; `None` where the lens has not read the answer yet.
pub(super) fn sentence(seen: &LensScreen) -> Option<String> {
    Some(match seen {
        LensScreen::Unread => return None,
        LensScreen::Abstained(AbstainReason::Unsure) => {
            "I can't tell from these words which hat they show.".to_owned()
        }
        LensScreen::Abstained(AbstainReason::Language) => {
            "I read English only, so I can't tell which hat these words show.".to_owned()
        }
        LensScreen::Hats { hats, words } => match (hats.leader, hats.manager) {
            (true, true) => {
                let (leader, manager) = (places(words, Hat::Leader), places(words, Hat::Manager));
                match leader.is_empty() && manager.is_empty() {
                    true => "Your words show both hats.".to_owned(),
                    false => format!("Your words show both hats: leader{leader}, manager{manager}."),
                }
            }
            (true, false) => format!("Your words show the leader hat{}.", after_comma(words, Hat::Leader)),
            (false, true) => format!("Your words show the manager hat{}.", after_comma(words, Hat::Manager)),
            (false, false) => "Your words show neither hat.".to_owned(),
        },
    })
}

/// [`sentence`] below the hat that the member ticked. An abstention adds that the tick counts.
pub(super) fn beside(said: Option<Hats>, seen: &LensScreen) -> Option<String> {
    let sentence = sentence(seen)?;
    Some(match (seen, said) {
        (LensScreen::Abstained(_), Some(_)) => format!("{sentence} What you ticked stands."),
        _ => sentence,
    })
}

fn after_comma(words: &[(Hat, MemberText)], hat: Hat) -> String {
    let places = places(words, hat);
    if places.is_empty() { places } else { format!(",{places}") }
}

/// ` in “…” and “…”`, or nothing.
fn places(words: &[(Hat, MemberText)], hat: Hat) -> String {
    let of_hat = words.iter().filter(|(of, _)| *of == hat);
    let quoted: Vec<String> = of_hat.map(|(_, words)| format!("“{}”", quotable(words))).collect();
    if quoted.is_empty() { String::new() } else { format!(" in {}", quoted.join(" and ")) }
}

/// On one line, cut, and without the full stop at its end.
fn quotable(words: &MemberText) -> String {
    let line = words.reveal().split_whitespace().collect::<Vec<_>>().join(" ");
    cut(line.trim_end_matches(['.', ',', ';', ':']), QUOTE_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_a_sentence() {
        let words = |hat, text: &str| (hat, MemberText::new(text));
        let leader = words(Hat::Leader, "asked Ana what\n she wants.");
        let manager = words(Hat::Manager, "Moved the stand-up to 9.");
        for (hats, words, says) in [
            (
                Hats::BOTH,
                vec![leader.clone(), manager.clone()],
                "Your words show both hats: leader in “asked Ana what she wants”, manager in “Moved the stand-up to 9”.",
            ),
            (Hats::BOTH, vec![], "Your words show both hats."),
            (
                Hat::Leader.into(),
                vec![leader],
                "Your words show the leader hat, in “asked Ana what she wants”.",
            ),
            (
                Hat::Manager.into(),
                vec![manager.clone(), manager],
                "Your words show the manager hat, in “Moved the stand-up to 9” and “Moved the stand-up to 9”.",
            ),
            (Hat::Manager.into(), vec![], "Your words show the manager hat."),
            (Hats::NEITHER, vec![], "Your words show neither hat."),
        ] {
            assert_eq!(sentence(&LensScreen::Hats { hats, words }).as_deref(), Some(says));
        }
    }
}
