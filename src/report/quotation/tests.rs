//! Which words are quoted, and how they are cut.

use super::*;
use crate::coach::{
    hat::{Hat, Hats},
    ids::RowId,
    room::Room,
    sample::{at, id},
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn october() -> Month {
    "2026-10".parse().unwrap()
}

fn wrote(local_on: Date, answer: &str) -> Reflection {
    Reflection {
        situation: MemberText::new("never quoted"),
        answer: MemberText::new(answer),
        ..Reflection::new(
            RowId::new(1, u128::from(local_on.day().unsigned_abs())),
            id(),
            String::new(),
            at("2026-10-05T07:31:02Z"),
            local_on,
        )
    }
}

fn shown(reflections: &[Reflection]) -> Vec<(i8, String)> {
    let quoted = own_words(reflections, october()).quotations;
    quoted.into_iter().map(|it| (it.local_on.day(), it.words.reveal().to_owned())).collect()
}

#[test]
fn three_of_a_month_from_its_beginning_its_middle_and_its_end() {
    let good = "I would ask her what she wants to be known for here in a year.";
    let days = [(1, "Yes."), (4, good), (9, good), (12, "No."), (20, "Later."), (28, good), (30, "Hm.")];
    let month: Vec<Reflection> = days.map(|(day, answer)| wrote(date(2026, 10, day), answer)).to_vec();
    assert_eq!(shown(&month), [(4, good.into()), (9, good.into()), (28, good.into())]);
    let backwards: Vec<Reflection> = month.iter().rev().cloned().collect();
    assert_eq!(shown(&backwards), shown(&month), "the order in which they come does not matter");
}

#[test]
fn what_does_not_count_is_blank_or_lies_elsewhere_is_never_quoted() {
    let october_4 = date(2026, 10, 4);
    assert_eq!(shown(&[]), []);
    assert_eq!(
        shown(&[Reflection { counts_in_balance: false, ..wrote(october_4, "Kept, not counted.") }]),
        []
    );
    assert_eq!(shown(&[wrote(october_4, " \u{200b}\n")]), []);
    assert_eq!(shown(&[wrote(date(2026, 9, 30), "September.")]), []);
    assert_eq!(shown(&[wrote(october_4, "One."), wrote(date(2026, 10, 5), "Two.")]).len(), 2);
}

#[test]
fn a_cut_ends_where_a_reader_would_pause() {
    let sentence =
        "I would tell them why the importer matters to the people who wait for it, and then be quiet.";
    let longer =
        format!("{sentence} After that I would write down who does what until when, and by which day.");
    let words = "on and on ".repeat(40);
    for (text, expected) in [
        ("  two\n\n lines\t", "two lines".to_owned()),
        (sentence, sentence.to_owned()),
        (&longer, format!("{sentence} …")),
        (&words, format!("{}on and…", "on and on ".repeat(11))),
        (&"あ".repeat(200), format!("{}…", "あ".repeat(MAX_CHARS - 2))),
    ] {
        assert_eq!(cut_politely(text), expected);
    }
}

proptest! {
    #[test]
    fn a_quotation_is_short_whatever_was_written(text in any::<String>(), times in 1_usize..60) {
        let cut = cut_politely(&text.repeat(times));
        prop_assert!(cut.chars().count() <= MAX_CHARS);
        prop_assert!(!cut.contains(['\n', '\t']));
    }
}

#[test]
fn the_last_two_rooms_in_which_the_hat_did_not_fit_are_named_and_not_quoted_again() {
    let in_room = |day, hat: Hat, room| Reflection {
        hat_said: Some(hat.into()),
        room: Some(room),
        ..wrote(date(2026, 10, day), &format!("What I said on day {day}, in that room."))
    };
    let month = [
        in_room(2, Hat::Manager, Room::Confused),
        in_room(9, Hat::Leader, Room::Confused),
        in_room(12, Hat::Leader, Room::MissingDeadlines),
        in_room(20, Hat::Manager, Room::LowSpirit),
        wrote(date(2026, 10, 21), "No room here."),
    ];
    let own_words = own_words(&month, october());
    let days = own_words.misfits.iter().map(|it| (it.quotation.local_on.day(), it.room, it.worn));
    let expected = [
        (12, Room::MissingDeadlines, Hats::from(Hat::Leader)),
        (20, Room::LowSpirit, Hats::from(Hat::Manager)),
    ];
    assert_eq!(days.collect::<Vec<_>>(), expected);
    let quoted = own_words.quotations.iter().map(|it| it.local_on.day());
    assert_eq!(quoted.collect::<Vec<_>>(), [2, 9, 21]);
}
