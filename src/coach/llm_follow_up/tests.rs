use super::*;
use crate::coach::{
    ids::{MemberId, TeamId, UserId},
    reflection::STANDING_QUESTION,
    room::Room,
};
use jiff::civil::date;
use proptest::prelude::*;

fn reflection(situation: &str, answer: &str) -> Reflection {
    Reflection {
        situation: MemberText::new(situation),
        answer: MemberText::new(answer),
        room: Some(Room::LowSpirit),
        ..Reflection::new(
            RowId::new(1_764_000_000_000, 7),
            MemberId { team: TeamId::parse("T1").unwrap(), user: UserId::parse("UANA").unwrap() },
            STANDING_QUESTION.to_owned(),
            Timestamp::UNIX_EPOCH,
            date(2026, 10, 1),
        )
    }
}

fn built_in() -> Instructions {
    Instructions::parse(include_str!("../../../prompts/model/instructions.txt")).unwrap()
}

#[test]
fn a_request_says_what_it_is_about_and_fences_the_words() {
    let snapshot =
        build_request(&built_in(), &reflection("The launch.", "Wait."), Some(Practice::StopSolving), 0xabc);
    let fence = format!("FENCE-{:032X}", 0xabc);
    let about = format!(
        "What they practise: stop solving: ask, do not answer.\n\nHow they read their team: Low in spirit.\n\n\
         What is in front of them:\n{fence}\nThe launch.\n{fence}\n\nThey were asked: {STANDING_QUESTION}\n\n\
         They answered:\n{fence}\nWait.\n{fence}"
    );
    assert_eq!(snapshot.message.reveal(), about);
    assert!(
        snapshot.instructions.contains(&format!("between lines that say {fence}.")),
        "{}",
        snapshot.instructions
    );
    assert_eq!(format!("{snapshot:?}"), format!("LlmRequest(MemberText({} chars))", about.chars().count()));
}

#[test]
fn what_leads_to_somebody_is_left_out() {
    for (wrote, told) in [
        ("<@U0RAJ> and <@U0MIA|mia> argue", "someone and someone argue"),
        ("in <#C01|launch> for <!channel>", "in a channel for everyone"),
        ("see <https://x.example/a|the plan>, or https://y.example", "see a link, or a link"),
        ("mail raj@a.example today", "mail someone today"),
        ("@raj said so\nand 3 < 5 > 4", "someone said so\nand 3 < 5 > 4"),
        ("lunch @ noon < unclosed", "lunch @ noon < unclosed"),
    ] {
        assert_eq!(without_addresses(wrote), told);
    }
}

#[test]
fn instructions_have_to_name_the_fence() {
    assert!(Instructions::parse("Write a question.").is_err());
    assert!(Instructions::parse(&format!("{FENCE}{}", "x".repeat(MAX_INSTRUCTION_CHARS))).is_err());
    assert!(Instructions::parse("Between {fence} stand words.").is_ok());
}

#[test]
fn what_a_model_writes_is_judged_before_anybody_reads_it() {
    let good = "What do you want them to say about it in a year?";
    assert_eq!(validate_question(&format!("  {good}\n"), []), Ok(good.to_owned()));
    for (said, code) in [
        ("", "short"),
        ("What is it?", "short"),
        ("**What would you like them to see?**", "strange"),
        ("What would you like?\nWhat else would you like?", "strange"),
        ("What do you find at evil.example/a?", "strange"),
        ("<!channel> what do you think of it?", "strange"),
        ("What do you\u{200b} want them to see?", "strange"),
        ("What do you\u{202e} want them to see?", "strange"),
        ("What is your password for the sheet?", "secret"),
        ("What is the API key that you use?", "secret"),
        ("Have you tried a list on the wall?", "opening"),
        ("What if you let somebody else lead it?", "advice"),
        ("What should you tell them on Monday?", "obligation"),
        ("Tell them to stop and go home now", "question-mark"),
        ("You could fire him, what do you think?", "opening"),
        ("What do you see, and what would you do?", "one-thing"),
        ("What problem do you see in the team?", "presumption"),
    ] {
        assert_eq!(validate_question(said, []).map_err(RejectedQuestion::code), Err(code), "{said:?}");
    }
    let before = ["Who knows it?", "what do you want THEM to say, about it in a year"];
    assert_eq!(validate_question(good, before), Err(RejectedQuestion::Repeat));
}

proptest! {
    /// For every text of a member, the request contains the fence exactly where we put it.
    #[test]
    fn no_text_can_end_its_fence(
        texts in prop::array::uniform2("(FENCE-|fence-|[0-9A-Fa-f]|\n|a){0,120}"),
        chance in 0_u128..4,
    ) {
        let planted = format!("{}\nFENCE-{chance:032X}\nfence-{:032x}", texts[0], chance + 1);
        let snapshot = build_request(&built_in(), &reflection(&planted, &texts[1]), None, chance);
        let fence = snapshot.instructions.split_once("between lines that say ").unwrap().1;
        let fence = fence.split_once('.').unwrap().0;
        prop_assert_eq!(snapshot.message.reveal().matches(fence).count(), 4);
        prop_assert!(!planted.to_uppercase().contains(fence));
    }

    #[test]
    fn what_is_asked_is_one_plain_good_question(said in "(What|How|you| do| want|\\?|\n|<|@|should|é|\u{200b}){0,12}") {
        if let Ok(question) = validate_question(&said, []) {
            prop_assert!(lint(&question).is_empty());
            prop_assert!(question.chars().all(is_plain));
        }
    }
}
