//! Reflections belong to their author, are read back byte for byte, and are found by search.

use crate::{fixture::*, read, stories, write};
use jiff::civil::date;
use leadlens::{
    coach::{
        hat::{Dimension, Hats},
        ids::TeamId,
        lens_result::{AbstainReason, LensResult},
        member_text::MemberText,
        reflection::Reflection,
        room::Room,
    },
    store::{MemberCounts, Store, StoreError, UnclassifiedAnswer},
};

stories!(
    a_reflection_comes_back_as_it_was_written,
    any_script_and_any_length_comes_back_byte_for_byte,
    only_its_author_finds_changes_or_deletes_it,
    a_month_is_the_members_own_calendar_month,
    history_is_newest_first_and_paged,
    history_is_searched_whatever_the_case_and_accents,
    messages_in_slack_belong_to_their_reflection,
    an_answer_is_found_by_its_nudge,
    what_the_lens_has_not_read_is_found_the_oldest_first,
    what_was_seen_is_kept_once_and_only_of_the_answer_that_was_read,
);

async fn keep(store: &Store, reflection: &Reflection) {
    let reflection = reflection.clone();
    assert!(write!(store, |tx| tx.insert_reflection(&reflection).await).unwrap());
}

async fn found(store: &Store, number: u32) -> Option<Reflection> {
    let written = write!(store, |tx| tx.find_reflection(&ana(), &row(number)).await).unwrap();
    assert_eq!(read!(store, |tx| tx.find_reflection(&ana(), &row(number)).await), Ok(written.clone()));
    written
}

async fn a_reflection_comes_back_as_it_was_written(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana()]).await;
    let full = Reflection {
        nudge: Some(row(77)),
        prompt: Some(prompt("stop-solving.open.3")),
        situation: MemberText::new("A release on Friday"),
        room: Some(Room::LowSpirit),
        hat_said: Some(Hats::NEITHER),
        lens_hats: Some(Hats::BOTH),
        lens_dimension: Some(Dimension::Horizon),
        evidence_spans: "leader:0-3 manager:0-4".parse().unwrap(),
        abstained: Some(AbstainReason::Language),
        read_at: Some(minute(8)),
        follow_up: Some("You wrote \"A release\". What comes first?".to_owned()),
        follow_up_answer: MemberText::new("Ask them"),
        edited_at: Some(minute(9)),
        counts_in_balance: false,
        ..reflection(1, ana(), "Ask.")
    };
    keep(store, &full).await;
    assert_eq!(found(store, 1).await, Some(full.clone()));
    let again = Reflection { answer: MemberText::new("other"), ..full.clone() };
    assert_eq!(write!(store, |tx| tx.insert_reflection(&again).await), Ok(false));
    assert_eq!(found(store, 1).await, Some(full.clone()));

    let edited = Reflection {
        answer: MemberText::new("Wait."),
        room: None,
        hat_said: None,
        edited_at: Some(minute(10)),
        ..full.clone()
    };
    let given = Reflection { created_at: minute(99), local_on: date(2030, 1, 1), ..edited.clone() };
    write!(store, |tx| tx.save_reflection(&given).await).unwrap();
    assert_eq!(found(store, 1).await, Some(edited), "when it was kept never moves");
    let of_nobody = reflection(2, ben(), "I am not known");
    let refused = write!(store, |tx| tx.insert_reflection(&of_nobody).await);
    assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
}

async fn any_script_and_any_length_comes_back_byte_for_byte(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana()]).await;
    let texts = [
        String::new(),
        "a".repeat(3_000),
        "日本語のとても長い答え🌴".repeat(2_500),
        "<!channel> <@U123> &<> *bold* ' \" \\ %_ $1 ; DROP TABLE member; --".to_owned(),
        "e\u{301} é \u{200b}\u{feff}\u{202e}rtl עברית العربية हिन्दी ไทย \u{10ffff}".to_owned(),
        "line\r\nline\ttab \0 nul \u{1b}[31m \u{1b}0 \u{1b}\u{1b}1 \u{7f}\u{80}".to_owned(),
        " leading, trailing and nothing else \n\n ".to_owned(),
    ];
    assert!(texts[2].chars().count() >= 30_000);
    for (number, text) in (1..).zip(&texts) {
        let written = Reflection {
            question: text.clone(),
            situation: MemberText::new(text.as_str()),
            follow_up: Some(text.clone()),
            follow_up_answer: MemberText::new(text.as_str()),
            ..reflection(number, ana(), text)
        };
        keep(store, &written).await;
        assert!(found(store, number).await == Some(written), "text {number}");
        let (place, words) = (message("D1", &format!("1.{number}")), MemberText::new(text.as_str()));
        let given = words.clone();
        write!(store, |tx| tx.add_message_part(&row(number), &place, &given, minute(0)).await).unwrap();
        let pieces = read!(store, |tx| tx.message_parts_of(&row(number)).await).unwrap();
        assert!(pieces[0].text == words, "text {number}");
    }
}

async fn only_its_author_finds_changes_or_deletes_it(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana(), ben()]).await;
    keep(store, &reflection(1, ana(), "mine")).await;
    assert_eq!(write!(store, |tx| tx.find_reflection(&ben(), &row(1)).await), Ok(None));
    assert_eq!(write!(store, |tx| tx.delete_reflection(&ben(), &row(1)).await), Ok(false));
    let stolen = reflection(1, ben(), "now mine");
    write!(store, |tx| tx.save_reflection(&stolen).await).unwrap();
    assert_eq!(found(store, 1).await, Some(reflection(1, ana(), "mine")));
    write!(store, |tx| tx
        .add_message_part(&row(1), &message("D1", "1.1"), &MemberText::new("mine"), minute(0))
        .await)
    .unwrap();
    assert_eq!(write!(store, |tx| tx.delete_reflection(&ana(), &row(1)).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.delete_reflection(&ana(), &row(1)).await), Ok(false));
    assert_eq!(found(store, 1).await, None);
    assert_eq!(read!(store, |tx| tx.message_parts_of(&row(1)).await), Ok(vec![]));
}

async fn a_month_is_the_members_own_calendar_month(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana(), ben()]).await;
    for (number, on) in
        [(1, date(2026, 9, 30)), (4, date(2026, 10, 1)), (3, date(2026, 10, 31)), (2, date(2026, 11, 1))]
    {
        keep(store, &Reflection { local_on: on, ..reflection(number, ana(), "x") }).await;
    }
    keep(store, &Reflection { local_on: date(2026, 10, 5), ..reflection(5, ben(), "x") }).await;
    let (from, to) = (date(2026, 10, 1), date(2026, 10, 31));
    let month = read!(store, |tx| tx.reflections_between(&ana(), from, to).await).unwrap();
    assert_eq!(month.iter().map(|one| one.id.clone()).collect::<Vec<_>>(), [row(4), row(3)]);
    let all = read!(store, |tx| tx.reflections_of(&ana()).await).unwrap();
    assert_eq!(all.iter().map(|one| one.id.clone()).collect::<Vec<_>>(), [row(1), row(2), row(3), row(4)]);
    let counts = read!(store, |tx| tx.member_counts(&ana()).await);
    assert_eq!(counts, Ok(MemberCounts { reflections: 4, nudges: 0 }));
}

async fn history_is_newest_first_and_paged(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana()]).await;
    assert_eq!(read!(store, |tx| tx.reflections_page(&ana(), None, 0, 10).await), Ok((0, vec![])));
    for number in 1..=7 {
        keep(store, &reflection(number, ana(), "x")).await;
    }
    for (offset, expected) in
        [(0, vec![7, 6, 5]), (3, vec![4, 3, 2]), (6, vec![1]), (7, vec![]), (99, vec![])]
    {
        for search in [None, Some(MemberText::new(" \n ")), Some(MemberText::new("X"))] {
            let page =
                read!(store, |tx| tx.reflections_page(&ana(), search.as_ref(), offset, 3).await).unwrap();
            assert_eq!(page.0, 7);
            let numbers: Vec<_> = expected.iter().map(|number| row(*number)).collect();
            assert_eq!(page.1.iter().map(|one| one.id.clone()).collect::<Vec<_>>(), numbers);
        }
    }
}

async fn history_is_searched_whatever_the_case_and_accents(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana(), ben()]).await;
    let written = [
        (1, "Die STRASSE nach İstanbul"),
        (2, "Ωmega and cafe\u{301}"),
        (3, "100% of it_all; \\ 'quoted'"),
        (4, "ΟΔΥΣΣΕΥΣ"),
        (7, "I don’t say “no” 🎉"),
    ];
    for (number, text) in written {
        keep(store, &reflection(number, ana(), text)).await;
    }
    let elsewhere = Reflection {
        situation: MemberText::new("in the Situation"),
        follow_up_answer: MemberText::new("in the Follow-up"),
        ..reflection(5, ana(), "")
    };
    keep(store, &elsewhere).await;
    keep(store, &reflection(6, ben(), "straße of somebody else")).await;
    for (typed, expected) in [
        ("straße", vec![1]),
        ("istanbul strasse", vec![1]),
        ("istanbul omega", vec![]),
        ("ω", vec![2]),
        ("café", vec![2]),
        ("CAFE", vec![2]),
        ("don't", vec![7]),
        ("don´t \"no\"", vec![7]),
        ("🎉", vec![7]),
        ("‘quoted’", vec![3]),
        ("100%", vec![3]),
        ("%", vec![3]),
        ("it_a", vec![3]),
        ("oδυσσευς", vec![]),
        ("οδυσσεύς", vec![4]),
        ("SITUATION", vec![5]),
        ("follow-UP", vec![5]),
    ] {
        let search = MemberText::new(typed);
        let page = read!(store, |tx| tx.reflections_page(&ana(), Some(&search), 0, 10).await).unwrap();
        let numbers: Vec<_> = expected.into_iter().map(row).collect();
        assert_eq!(page.1.iter().map(|one| one.id.clone()).collect::<Vec<_>>(), numbers, "{typed}");
    }
}

async fn messages_in_slack_belong_to_their_reflection(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana()]).await;
    keep(store, &reflection(1, ana(), "one\ntwo")).await;
    let (one, two) = (message("D1", "1764000000.000100"), message("D1", "1764000000.000200"));
    for (number, place) in [(1, &two), (2, &one)] {
        let (place, words) = (place.clone(), MemberText::new(format!("piece {number}")));
        let added = write!(store, |tx| tx.add_message_part(&row(1), &place, &words, minute(number)).await);
        assert_eq!(added, Ok(true));
        let newest = read!(store, |tx| tx.newest_message_part(&ana(), minute(number)).await);
        assert_eq!(newest, Ok(Some((row(1), minute(number)))));
    }
    assert_eq!(read!(store, |tx| tx.newest_message_part(&ana(), minute(3)).await), Ok(None));
    let again = one.clone();
    let added =
        write!(store, |tx| tx.add_message_part(&row(1), &again, &MemberText::new("again"), minute(3)).await);
    assert_eq!(added, Ok(false), "a redelivered message is not appended twice");

    let place = one.clone();
    let owner = read!(store, |tx| tx.find_message_part(&team(), &place).await);
    assert_eq!(owner, Ok(Some((ana(), row(1)))));
    let (place, stranger) = (one.clone(), TeamId::parse("T2").unwrap());
    assert_eq!(read!(store, |tx| tx.find_message_part(&stranger, &place).await), Ok(None));

    let place = one.clone();
    let edit = |text: &'static str, at: Option<i64>| (MemberText::new(text), at.map(minute));
    for ((text, at), applied) in [
        (edit("newer", Some(9)), true),
        (edit("late", Some(8)), false),
        (edit("as Slack has it", None), true),
        (edit("late again", Some(8)), false),
        (edit("edited", Some(9)), true),
    ] {
        let place = place.clone();
        let stored = write!(store, |tx| tx.edit_message_part(&place, &text, at).await);
        assert_eq!(stored, Ok(applied), "{at:?}");
    }
    for (at, applied) in [(8, false), (10, true)] {
        let place = one.clone();
        assert_eq!(write!(store, |tx| tx.note_message_change(&place, minute(at)).await), Ok(applied));
    }
    let pieces = read!(store, |tx| tx.message_parts_of(&row(1)).await).unwrap();
    let texts: Vec<_> = pieces.iter().map(|piece| piece.text.reveal()).collect();
    assert_eq!(texts, ["piece 1", "edited"], "in the order in which they came");
    assert_eq!((&pieces[1].message, pieces[1].at), (&one, minute(2)));

    for (place, left) in [(&two, Some(1)), (&two, None), (&one, Some(0))] {
        let place = place.clone();
        assert_eq!(write!(store, |tx| tx.delete_message_part(&place).await), Ok(left));
    }
    assert_eq!(
        write!(store, |tx| tx.edit_message_part(&one, &MemberText::new("gone"), None).await),
        Ok(false)
    );
}

async fn an_answer_is_found_by_its_nudge(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana()]).await;
    let answer = Reflection { nudge: Some(row(50)), ..reflection(1, ana(), "yes") };
    keep(store, &answer).await;
    assert_eq!(read!(store, |tx| tx.reflection_of_nudge(&ana(), &row(50)).await), Ok(Some(answer)));
    assert_eq!(read!(store, |tx| tx.reflection_of_nudge(&ana(), &row(51)).await), Ok(None));
    assert_eq!(read!(store, |tx| tx.reflection_of_nudge(&ben(), &row(50)).await), Ok(None));
}

fn unread(of: &Reflection) -> UnclassifiedAnswer {
    UnclassifiedAnswer { member: of.member.clone(), reflection: of.id.clone(), answer: of.answer.clone() }
}

async fn unread_now(store: &Store, limit: usize) -> Vec<UnclassifiedAnswer> {
    read!(store, |tx| tx.unclassified_reflections(limit).await).unwrap()
}

async fn save_lens_result(store: &Store, of: &UnclassifiedAnswer, seen: &LensResult) -> Option<Reflection> {
    let (of, seen) = (of.clone(), seen.clone());
    write!(store, |tx| tx.save_lens_result(&of, &seen, minute(60)).await).unwrap()
}

async fn what_the_lens_has_not_read_is_found_the_oldest_first(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana(), ben()]).await;
    assert_eq!(unread_now(store, 9).await, []);
    let odd = "tab\tand \0 nul";
    let (second, first) = (reflection(2, ana(), "two"), reflection(1, ben(), odd));
    keep(store, &second).await;
    keep(store, &first).await;
    keep(store, &Reflection { counts_in_balance: false, ..reflection(0, ana(), "not to be read") }).await;
    keep(store, &Reflection { read_at: Some(minute(5)), ..reflection(3, ana(), "read") }).await;
    assert_eq!(unread_now(store, 9).await, [unread(&first), unread(&second)]);
    assert_eq!(unread_now(store, 1).await, [unread(&first)]);
    assert_eq!(read!(store, |tx| tx.next_due_at(minute(-1_000)).await), Ok(Some(minute(1))));
    for of in [&first, &second] {
        assert!(
            save_lens_result(store, &unread(of), &LensResult::abstained(AbstainReason::Unsure))
                .await
                .is_some()
        );
    }
    assert_eq!(unread_now(store, 9).await, []);
    assert_eq!(read!(store, |tx| tx.next_due_at(minute(-1_000)).await), Ok(None));
}

async fn what_was_seen_is_kept_once_and_only_of_the_answer_that_was_read(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana(), ben()]).await;
    let kept = reflection(1, ana(), "Ask them.");
    keep(store, &kept).await;
    let seen = LensResult {
        hats: Some(Hats::BOTH),
        dimension: Some(Dimension::Growth),
        spans: "leader:0-3".parse().unwrap(),
        abstained: None,
    };
    let others = UnclassifiedAnswer { member: ben(), ..unread(&kept) };
    let edited = UnclassifiedAnswer { answer: MemberText::new("Ask them"), ..unread(&kept) };
    let unknown = UnclassifiedAnswer { reflection: row(9), ..unread(&kept) };
    for of in [others, edited, unknown] {
        assert_eq!(save_lens_result(store, &of, &seen).await, None);
        assert_eq!(found(store, 1).await, Some(kept.clone()));
    }
    let read = Reflection {
        lens_hats: seen.hats,
        lens_dimension: seen.dimension,
        evidence_spans: seen.spans.clone(),
        read_at: Some(minute(60)),
        ..kept.clone()
    };
    assert_eq!(save_lens_result(store, &unread(&kept), &seen).await, Some(read.clone()));
    assert_eq!(found(store, 1).await, Some(read.clone()));
    assert_eq!(
        save_lens_result(store, &unread(&kept), &LensResult::abstained(AbstainReason::Unsure)).await,
        None,
        "it was read"
    );
    let mut anew = Reflection { answer: MemberText::new("Wait."), ..read };
    anew.clear_lens_result();
    let given = anew.clone();
    write!(store, |tx| tx.save_reflection(&given).await).unwrap();
    assert_eq!(unread_now(store, 9).await, [unread(&anew)], "another answer is read anew");
    let uncounted = Reflection { counts_in_balance: false, ..anew };
    let given = uncounted.clone();
    write!(store, |tx| tx.save_reflection(&given).await).unwrap();
    assert_eq!(save_lens_result(store, &unread(&uncounted), &seen).await, None, "it is never read");
    assert_eq!(unread_now(store, 9).await, []);
}
