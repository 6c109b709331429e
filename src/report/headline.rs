//! The sentence that a report opens with. Which contrast it names is decided in `coach/balance/finding.rs`.

use super::{Report, wording::blind_spot};
use crate::coach::{
    balance::{Finding, TOO_FEW_BELOW},
    hat::{Dimension, Hat},
};

/// One plain sentence about the month. `None` when no hat was named and nothing else stands out.
pub(super) fn headline(report: &Report) -> Option<String> {
    if let Some(finding) = report.finding {
        return Some(sentence(finding));
    }
    if let Some(absent) = blind_spot(report) {
        return Some(format!("This month, {absent}."));
    }
    match report.hats.said.evidence {
        0 => None,
        1..TOO_FEW_BELOW => Some(format!(
            "It is too early to name a pattern: that takes {TOO_FEW_BELOW} answers with a hat, and you have {}.",
            report.hats.said.evidence
        )),
        _ => Some("Nothing stands out this month.".to_owned()),
    }
}

fn sentence(finding: Finding) -> String {
    match finding {
        Finding::RoomsNeeded { hat, needed, worn, of } => {
            format!("The rooms needed the {hat} hat in {needed} of {of}, and you wore it in {worn}.")
        }
        Finding::WordsDiffer { hat, ticked, shown, of } => {
            format!(
                "You ticked the {hat} hat in {ticked} of {of} answers, and your words show it in {shown}."
            )
        }
        Finding::ColleaguesSee { hat, seen, colleagues, said, of } => {
            let sees = match hat {
                Hat::Leader => "inspiration for the goal",
                Hat::Manager => "clarity on the process",
            };
            format!(
                "{seen} of {colleagues} colleagues see more {sees} from you, and you named the {hat} hat in {said} \
                 of {of}."
            )
        }
        Finding::Changed { hat, now, of, before, of_before } => format!(
            "You wore the {hat} hat in {now} of {of} this month, and in {before} of {of_before} in the months \
             before."
        ),
        Finding::Leans { dimension, hat, count, of } => {
            format!("Your words lean one way: {} in {count} of {of}.", leaning(dimension, hat))
        }
    }
}

/// What leaning to a pole of a dimension means, as the object of a sentence.
fn leaning(dimension: Dimension, hat: Hat) -> &'static str {
    match (dimension, hat) {
        (Dimension::Horizon, Hat::Leader) => "to the next two years",
        (Dimension::Horizon, Hat::Manager) => "to the next two weeks",
        (Dimension::Risk, Hat::Leader) => "to taking a risk",
        (Dimension::Risk, Hat::Manager) => "to keeping the risk low",
        (Dimension::Growth, Hat::Leader) => "to developing people",
        (Dimension::Growth, Hat::Manager) => "to keeping the standard",
        (Dimension::Focus, Hat::Leader) => "to people's spirit",
        (Dimension::Focus, Hat::Manager) => "to systems",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contrast_is_one_sentence() {
        let findings = [
            Finding::RoomsNeeded { hat: Hat::Leader, needed: 10, worn: 3, of: 12 },
            Finding::WordsDiffer { hat: Hat::Leader, ticked: 10, shown: 2, of: 12 },
            Finding::ColleaguesSee { hat: Hat::Manager, seen: 8, colleagues: 9, said: 2, of: 12 },
            Finding::ColleaguesSee { hat: Hat::Leader, seen: 8, colleagues: 9, said: 2, of: 12 },
            Finding::Changed { hat: Hat::Leader, now: 9, of: 12, before: 6, of_before: 30 },
            Finding::Leans { dimension: Dimension::Growth, hat: Hat::Manager, count: 9, of: 10 },
        ];
        insta::assert_snapshot!(findings.map(sentence).join("\n"), @r"
        The rooms needed the leader hat in 10 of 12, and you wore it in 3.
        You ticked the leader hat in 10 of 12 answers, and your words show it in 2.
        8 of 9 colleagues see more clarity on the process from you, and you named the manager hat in 2 of 12.
        8 of 9 colleagues see more inspiration for the goal from you, and you named the leader hat in 2 of 12.
        You wore the leader hat in 9 of 12 this month, and in 6 of 30 in the months before.
        Your words lean one way: to keeping the standard in 9 of 10.
        ");
    }
}
