use super::*;
use proptest::prelude::*;

fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

fn answer(step: u8, comment: &str) -> FeedbackAnswer {
    FeedbackAnswer { step: FeedbackStep::new(step).unwrap(), comment: MemberText::new(comment) }
}

#[test]
fn three_people_each_once_and_not_oneself() {
    type Case = (&'static [&'static str], Result<&'static [&'static str], RoundError>);
    let table: [Case; 7] = [
        (&[], Err(RoundError::TooFew)),
        (&["U1", "U2"], Err(RoundError::TooFew)),
        (&["U1", "U2", "U2", "U1"], Err(RoundError::TooFew)),
        (&["U1", "U2", "UME"], Err(RoundError::Oneself)),
        (&["U3", "U1", "UME", "U3", "U2"], Err(RoundError::Oneself)),
        (&["U3", "U1", "U3", "U2"], Ok(&["U3", "U1", "U2"])),
        (&["U1", "U2", "U3", "U4"], Ok(&["U1", "U2", "U3", "U4"])),
    ];
    for (named, expected) in table {
        let named: Vec<UserId> = named.iter().map(|name| user(name)).collect();
        let expected = expected.map(|names| names.iter().map(|name| user(name)).collect());
        assert_eq!(invitees(&user("UME"), &named), expected, "{named:?}");
    }
    let crowd: Vec<UserId> = (0..=MAX_PEOPLE).map(|number| user(&format!("U{number}"))).collect();
    assert_eq!(invitees(&user("UME"), &crowd), Err(RoundError::TooMany));
    assert_eq!(invitees(&user("UME"), crowd.get(1..).unwrap()).map(|people| people.len()), Ok(MAX_PEOPLE));
}

#[test]
fn a_mean_worked_out_by_hand() {
    let table = [
        ([0, 0, 0, 0, 0], None),
        ([1, 0, 0, 0, 0], Some(1.0)),
        ([1, 1, 1, 0, 0], Some(2.0)),
        ([0, 0, 1, 1, 2], Some(4.25)),
    ];
    for (counts, expected) in table {
        assert_eq!(mean_step(&counts), expected, "{counts:?}");
    }
    let both = monthly_measure([&[1, 1, 1, 0, 0], &[0, 0, 1, 1, 2]]).unwrap();
    // (1 + 2 + 3 + 3 + 4 + 5 + 5) / 7
    assert_eq!((both.answers, both.rounds), (7, 2));
    assert!((both.mean - 23.0 / 7.0).abs() < 1e-12);
    assert_eq!(monthly_measure([]), None);
}

#[test]
fn a_token_is_read_back_and_hidden() {
    let token = AnswerToken::new(0xabc);
    assert_eq!(format!("{token:?}"), "AnswerToken(…)");
    assert_eq!(AnswerToken::try_from(token.reveal().to_owned()), Ok(token));
    for bad in ["", "abc", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33)] {
        assert_eq!(AnswerToken::try_from(bad.to_owned()), Err(InvalidToken), "{bad}");
    }
}

fn any_answers(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(u8, String)>> {
    prop::collection::vec((1..=5_u8, prop_oneof![Just(String::new()), "[a-z]{1,8}"]), count)
}

fn outcome_of(given: &[(u8, String)], seed: u64) -> Option<RoundResult> {
    let mut state = seed;
    let chance = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 11
    };
    round_result(given.iter().map(|(step, comment)| answer(*step, comment)).collect(), chance)
}

proptest! {
    #[test]
    fn nothing_is_shown_under_three_answers(given in any_answers(0..3), seed: u64) {
        prop_assert_eq!(outcome_of(&given, seed), None);
    }

    #[test]
    fn every_answer_is_counted_and_every_comment_shown_once(given in any_answers(3..16), seed: u64) {
        let outcome = outcome_of(&given, seed).unwrap();
        prop_assert_eq!(answer_count(&outcome.counts) as usize, given.len());
        let mut shown: Vec<&str> = outcome.comments.iter().map(MemberText::reveal).collect();
        let mut said: Vec<&str> = given.iter().map(|(_, comment)| comment.as_str()).filter(|it| !it.is_empty()).collect();
        shown.sort_unstable();
        said.sort_unstable();
        prop_assert_eq!(shown, said);
        let mean = mean_step(&outcome.counts).unwrap();
        prop_assert!((1.0..=5.0).contains(&mean));
    }
}

/// The first comment appears in every position about equally often.
#[test]
fn the_order_of_comments_tells_nothing_of_the_order_of_answers() {
    let given: Vec<(u8, String)> = ["a", "b", "c", "d"].map(|comment| (3, comment.to_owned())).to_vec();
    let mut places = [[0_u32; 4]; 4];
    for seed in 0..4_000 {
        for (place, comment) in outcome_of(&given, seed).unwrap().comments.iter().enumerate() {
            places[usize::from(comment.reveal().as_bytes()[0] - b'a')][place] += 1;
        }
    }
    for of_one in places {
        for count in of_one {
            assert!((850..1_150).contains(&count), "{places:?}");
        }
    }
}
