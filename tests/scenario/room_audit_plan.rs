//! The room, the audit and the plan: from the first tap to what comes of them.

use crate::setting::over_both_transports;
use leadlens::coach::room::Room;

#[tokio::test]
async fn a_room_is_read_in_two_taps_and_checked_in_with() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens room").await;
        assert!(!ana.sees_form("Read the room").contains(" hat"), "the readings name no hat");
        ana.taps_form("Low in spirit").await;
        let read = ana.sees_form("Read the room");
        assert!(read.contains("Your reading suggests the leader hat: what and why."), "{read}");
        assert!(read.contains("What would you want to hear if you sat in their chairs?"), "{read}");
        ana.taps_form("Check in").await;
        let form = ana.sees_form("Check in");
        assert!(form.contains("What would you want to hear if you sat in their chairs?"), "{form}");
        ana.fills([("answer", "Say what I see."), ("hat", "Leader: what and why")]);
        ana.submits().await;
        ana.stops_here();
        let kept = ana.only_reflection().await;
        assert_eq!(kept.room, Some(Room::LowSpirit));
        assert_eq!(kept.question, "What would you want to hear if you sat in their chairs?");
        ana.types("/leadlens room").await;
        assert!(ana.sees_form("Read the room").contains("On Thu 1 Oct 2026 you read it as: Low in spirit."));
        ana.taps_form("Forget that").await;
        assert!(!ana.sees_form("Read the room").contains("you read it as"));
        assert_eq!(world.database().count("select count(*) from room_read").await, 0);
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn a_room_in_which_all_goes_well_suggests_no_hat_and_counts_in_no_fit() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens room").await;
        assert!(ana.sees_form("Read the room").contains("[Going well] [Something else]"));
        ana.taps_form("Going well").await;
        let read = ana.sees_form("Read the room");
        assert!(read.contains("Your reading suggests neither hat more than the other."), "{read}");
        assert!(read.contains("What are you doing now that you want to keep doing?"), "{read}");
        ana.taps_form("Check in").await;
        assert!(ana.sees_form("Check in").contains("What are you doing now that you want to keep doing?"));
        ana.fills([("answer", "I say thank you out loud."), ("hat", "Leader: what and why")]);
        ana.submits().await;
        ana.stops_here();
        assert_eq!(ana.only_reflection().await.room, Some(Room::GoingWell));
        ana.types("/leadlens report").await;
        ana.sees("is on its way");
        let report = ana.sees("OCTOBER 2026");
        assert!(!leadlens_sandbox::transcript::message(&report).contains("room"), "{report:#?}");
    })
    .await;
}

/// The words of trouble are asked about first, and the question is not lost on the way.
#[tokio::test]
async fn the_question_of_a_room_is_kept_through_the_question_about_trouble() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens room").await;
        ana.sees_form("Read the room");
        ana.taps_form("Missing deadlines").await;
        ana.sees_form("Read the room");
        ana.taps_form("Check in").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Since the layoffs I want to die."), ("hat", "Both")]);
        ana.submits().await;
        let form = ana.sees_form("Before you go on");
        assert!(form.contains("How would you know tomorrow whether the next date holds?"), "{form}");
        ana.submits().await;
        ana.sees_no_form();
        let kept = ana.only_reflection().await;
        assert_eq!(kept.question, "How would you know tomorrow whether the next date holds?");
    })
    .await;
}

#[tokio::test]
async fn five_typed_meetings_name_their_blind_spot_and_count() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.submits().await;
        assert!(ana.sees_form("Audit").contains("! Name one meeting, or upload a calendar."));
        for nth in ["1", "2", "3", "4", "5"] {
            ana.fills([(&*format!("meeting-{nth}"), "Status"), (&*format!("mark-{nth}"), "How")]);
        }
        ana.submits().await;
        let kept = ana.sees_form("Audit");
        assert!(kept.contains("Saved. 5 meetings: how 5, where 0."), "{kept}");
        assert!(kept.contains("None of the five was about where."), "{kept}");
        ana.opens_home().await;
        assert!(ana.home().contains("5 of 5"), "each meeting is a piece: {}", ana.home());
        ana.taps_form("Edit").await;
        ana.sees_form("Audit");
        ana.fills([("mark-5", "Both")]);
        ana.submits().await;
        assert!(ana.sees_form("Audit").contains("how 5, where 1."));
        ana.taps_form("Try the leader hat").await;
        ana.sees_form("An experiment");
        ana.closes_form();
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.taps_form("Audits (1)").await;
        assert!(ana.sees_form("Audits").contains("5 meetings: how 5, where 1."));
        ana.taps_form("Delete").await;
        assert!(ana.sees_form("Audits").contains("None yet."));
        assert_eq!(world.database().count("select count(*) from audit_meeting").await, 0);
        ana.closes_form();
    })
    .await;
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Stand-up\r\n\
    DTSTART;TZID=Europe/Berlin:20260901T090000\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\n\
    ATTENDEE:mailto:raj@a.example\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Where to in 2028?\r\n\
    DTSTART:20260930T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn a_calendar_proposes_the_last_meetings() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.client().in_modal().attaches("calendar", "work.ics", CALENDAR.as_bytes()).expect("a file input");
        ana.submits().await;
        let proposed = ana.sees_form("Audit");
        assert!(proposed.contains("Where to in 2028?") && proposed.contains("Stand-up"), "{proposed}");
        assert_eq!(world.database().count("select count(*) from audit where kept = 1").await, 0);
        ana.submits().await;
        assert!(ana.sees_form("Audit").contains("! Choose how, where or both."));
        // The weekly stand-up is one row.
        ana.fills([("mark-1", "Where"), ("mark-2", "How")]);
        ana.submits().await;
        assert!(ana.sees_form("Audit").contains("2 meetings: how 1, where 1."));
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn a_calendar_whose_form_was_closed_waits_in_the_direct_message() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.client().in_modal().attaches("calendar", "work.ics", CALENDAR.as_bytes()).expect("a file input");
        let submitted = ana.client().in_modal().submits();
        assert!(submitted.await.expect("a form").acked);
        ana.closes_form();
        world.settle().await;
        // The job may have been quicker than the hand that closes: then the form shows it.
        let waits = ana.client().messages().iter().any(|it| it.text.contains("I have read your calendar"));
        if waits {
            ana.sees("I have read your calendar");
            ana.taps("Mark them").await;
        } else {
            ana.types("/leadlens history").await;
            ana.sees_form("History");
            ana.taps_form("Audits (1)").await;
            ana.sees_form("Audits");
            ana.taps_form("Edit").await;
        }
        assert!(ana.sees_form("Audit").contains("Where to in 2028?"));
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_calendar_is_answered_with_a_sentence() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.client().in_modal().attaches("calendar", "bomb.ics", b"PK\x03\x04").expect("a file input");
        ana.submits().await;
        let trouble = ana.sees_form("Audit");
        assert!(trouble.contains("I can't read that file as a calendar, so nothing was kept."), "{trouble}");
        assert_eq!(world.database().count("select count(*) from audit").await, 0);
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_rehearsed_and_followed_up_once() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        ana.fills([
            ("cue", "If the stand-up turns into a status round"),
            ("act", "I will ask one question and wait"),
            ("follow-up-on", "2026-10-03"),
            ("follow-up-time", "20:00"),
        ]);
        ana.submits().await;
        let said = ana.sees_form("Once more");
        let sentence = "If the stand-up turns into a status round, I will ask one question and wait";
        assert!(said.contains(sentence), "{said}");
        assert!(said.contains("Sun 4 Oct, 08:00"), "moved past quiet hours: {said}");
        ana.submits().await;
        ana.sees_no_form();
        assert!(ana.home().contains("OPEN PLANS") && ana.home().contains(sentence), "{}", ana.home());
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped");
        world.clock_to("2026-10-02 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped");
        world.clock_to("2026-10-04 07:59").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-04 08:00").await;
        let asked = ana.sees("What came of it for you?");
        ana.replies(&asked, "I asked, and Mia answered.").await;
        let kept = ana.sees("> I asked, and Mia answered.");
        assert_eq!(kept.ts, asked.ts);
        ana.taps_on(&kept, "Edit what came of it").await;
        ana.sees_form("What came of it");
        ana.fills([("outcome", "Mia answered first.")]);
        ana.submits().await;
        ana.sees("> Mia answered first.");
        ana.taps("Delete").await;
        ana.sees("The plan is deleted.");
        assert_eq!(world.database().count("select count(*) from plan").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_experiment_says_done_with_one_tap_and_a_pause_holds_the_question() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        ana.taps_form("Try the manager hat").await;
        ana.sees_form("An experiment");
        ana.fills([
            ("cue", "the billing rewrite"),
            ("act", "write the dates down"),
            ("follow-up-on", "2026-10-02"),
        ]);
        ana.submits().await;
        assert!(
            ana.sees_form("Once more")
                .contains("In the billing rewrite, with the manager hat, I will write the dates down")
        );
        ana.closes_form();
        ana.types("/leadlens pause 2026-10-05").await;
        ana.sees("Paused.");
        world.clock_to("2026-10-05 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-05 09:30").await;
        let asked = ana.sees("What came of it for you?");
        ana.taps_on(&asked, "Not yet").await;
        ana.sees("Not yet.");
        ana.taps_on(&asked, "Done").await;
        ana.sees("Done.");
        assert_eq!(world.database().count("select count(*) from plan where state = 'done'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn words_of_trouble_are_kept_on_the_second_tap_alone() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        ana.fills([("cue", "I want to kill myself"), ("act", "call somebody")]);
        ana.submits().await;
        assert!(ana.sees_form("Before you go on").contains("I want to kill myself"));
        assert_eq!(world.database().count("select count(*) from plan").await, 0);
        ana.submits().await;
        ana.sees_form("Once more");
        ana.taps_form("Delete").await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        assert_eq!(world.database().count("select count(*) from plan").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_came_of_a_plan_follows_the_messages_it_was_said_in() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        ana.fills([("cue", "Raj asks me"), ("act", "ask back"), ("follow-up-on", "2026-10-02")]);
        ana.submits().await;
        ana.sees_form("Once more");
        ana.closes_form();
        world.clock_to("2026-10-02 09:30").await;
        let asked = ana.sees("What came of it for you?");
        let first = ana.replies(&asked, "I aksed.").await;
        ana.sees("> I aksed.");
        let second = ana.replies(&asked, "He knew.").await;
        let both = ana.sees("> I aksed.");
        assert!(both.blocks.to_string().contains("He knew."));
        ana.edits(&first, "I asked.").await;
        let both = ana.sees("> I asked.");
        assert!(both.blocks.to_string().contains("He knew."));
        ana.deletes(&first).await;
        assert!(!ana.sees("> He knew.").blocks.to_string().contains("I asked."));
        ana.edits(&second, "I want to kill myself.").await;
        let care = ana.sees("[Keep]");
        assert_eq!(world.database().count("select count(*) from plan where outcome like '%kill%'").await, 0);
        ana.taps_on(&care, "Don't keep").await;
        ana.sees("Not kept.");
        // With the last message what was said goes, and the question is open as before.
        ana.deletes(&second).await;
        ana.sees("What came of it for you?");
        assert_eq!(world.database().count("select count(*) from outcome_piece").await, 0);
        assert_eq!(
            world.database().count("select count(*) from plan where state = 'asked' and outcome = ''").await,
            1
        );
        // What a tap said stays when the words beside it go.
        ana.taps_on(&asked, "Done").await;
        ana.sees("Done.");
        let again = ana.replies(&asked, "It went well.").await;
        ana.sees("> It went well.");
        ana.deletes(&again).await;
        ana.sees("Done.");
        assert_eq!(world.database().count("select count(*) from plan where state = 'done'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_report_says_what_was_begun_and_what_came_of_it() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for (label, on) in [("Try the leader hat", "2026-10-02"), ("Try the manager hat", "2026-12-01")] {
            ana.types("/leadlens plan").await;
            ana.sees_form("A plan");
            ana.taps_form(label).await;
            ana.sees_form("An experiment");
            ana.fills([("cue", "the billing rewrite"), ("act", "say why"), ("follow-up-on", on)]);
            ana.submits().await;
            ana.sees_form("Once more");
            ana.closes_form();
        }
        world.clock_to("2026-10-02 09:30").await;
        let asked = ana.sees("What came of it for you?");
        ana.taps_on(&asked, "Done").await;
        ana.sees("Done.");
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([
            ("answer", "Say why first, and let them ask what they like."),
            ("hat", "Leader: what and why"),
        ]);
        ana.submits().await;
        ana.sees_form("One more question");
        ana.closes_form();
        ana.opens_home().await;
        assert!(ana.home().contains("2 experiments this month: 1 done, 1 open."), "{}", ana.home());
        ana.types("/leadlens report 2026-10").await;
        ana.sees("on its way");
        let report = ana.sees("OCTOBER 2026");
        let begun = "You began 1 with the leader hat: 1 done. You began 1 with the manager hat: 1 open.";
        assert!(report.text.contains(begun), "{}", report.text);
        let shown = leadlens_sandbox::transcript::message(&report);
        assert!(shown.contains("Experiments begun | 1 · 1 done | 1 · 1 open | 2"), "{shown}");
        let kept = "You kept this plan: “In the billing rewrite, with the leader hat, I will say why”";
        assert!(report.text.contains(kept), "{}", report.text);
        assert!(!report.text.contains("manager hat, I will"), "the plan that is open is not kept yet");
        world.still_waits(1); // the second experiment is asked about in December
    })
    .await;
}
