//! The messages.

use super::{
    asker, at, both_hats_seen, feedback_running, invitation, kept, looks_back, on, plan_screen, plan_words,
    row, text_for, ts,
};
use crate::coach::{
    care::Concern,
    copy::CopyKey,
    feedback::StepCounts,
    hat::{Hat, Hats},
    lens_result::{AbstainReason, LensScreen},
    look_back::CameOfIt,
    member_text::MemberText,
    month::Month,
    plain_words::Wish,
    plan::PlanState,
    room::Room,
    screen::{
        CalendarError, Chart, CommandError, FeedbackAskScreen, FeedbackAskState, FeedbackResultScreen,
        LookBackScreen, Message, Misfit, Notice, NudgeScreen, NudgeScreenState, OpenQuestion, OwnWords,
        Picture, PlainWordsScreen, Quotation, ReflectionScreen, ReportPart, ReportScreen, Series, Table,
    },
};

use strum::VariantArray as _;

type Named = (&'static str, Message);

/// Every message, by name.
pub(in crate::slack::render) fn messages(words: &str) -> Vec<Named> {
    [nudges(words), feedback(words), notices(), wishes()].concat()
}

/// Plain words as they meet a member with a cadence and an open question, and the others.
fn wishes() -> Vec<Named> {
    let asked = |wish, open: bool, paused| {
        let open = open.then(|| OpenQuestion { nudge: row(), tomorrow: at() });
        let month = Month::containing(on());
        let next = open.as_ref().map(|_| at());
        let until = Vec::new();
        Message::Wish(PlainWordsScreen {
            wish,
            until,
            has_cadence: open.is_some(),
            open,
            paused,
            next,
            month,
        })
    };
    let pause = |until| {
        let month = Month::containing(on());
        let (wish, open, paused, next) = (Wish::Pause, None, None, None);
        Message::Wish(PlainWordsScreen { wish, until, has_cadence: true, open, paused, next, month })
    };
    let mut all: Vec<Named> =
        Wish::VARIANTS.iter().map(|wish| (wish.into_str(), asked(*wish, true, None))).collect();
    all.extend([
        ("stop without a cadence", asked(Wish::Stop, false, None)),
        ("pause until a day", pause(vec![on()])),
        ("pause until one of two days", pause(vec![on(), on().tomorrow().unwrap_or(on())])),
        ("pause, already paused", asked(Wish::Pause, true, Some(None))),
        ("start without a cadence", asked(Wish::Start, false, None)),
        ("resume a pause", asked(Wish::Resume, true, Some(Some(on())))),
        ("skip nothing", asked(Wish::Skip, false, None)),
        ("later, but nothing is open", asked(Wish::Later, false, None)),
        ("hello, and nothing is open", asked(Wish::Greeting, false, None)),
        ("too short to keep", Message::TooShort { nudge: row() }),
    ]);
    all
}

fn look_back(words: &str, came: Option<CameOfIt>, state: NudgeScreenState) -> Message {
    let question = text_for(CopyKey::LookBackCame);
    Message::Nudge(NudgeScreen { nudge: row(), look_back: Some(looks_back(words, came)), question, state })
}

fn look_back_on_nothing() -> Message {
    let look_back = LookBackScreen { words: None, ..looks_back("", None) };
    let question = text_for(CopyKey::LookBackNow);
    let state = NudgeScreenState::Open;
    Message::Nudge(NudgeScreen { nudge: row(), look_back: Some(look_back), question, state })
}

fn nudges(words: &str) -> Vec<Named> {
    let answered = || kept(words, words, Some(Hats::BOTH));
    vec![
        ("welcome", welcome()),
        ("nudge open", nudge(NudgeScreenState::Open)),
        ("look back", look_back(words, None, NudgeScreenState::Open)),
        ("look back tapped", look_back(words, Some(CameOfIt::Partly), NudgeScreenState::Open)),
        ("look back answered", look_back(words, None, NudgeScreenState::Answered(answered()))),
        ("look back on what was deleted", look_back_on_nothing()),
        ("nudge answered", nudge(NudgeScreenState::Answered(answered()))),
        ("nudge answered without a hat", nudge(NudgeScreenState::Answered(kept("", words, None)))),
        (
            "nudge answered, both seen",
            nudge(NudgeScreenState::Answered(ReflectionScreen { lens: both_hats_seen(words), ..answered() })),
        ),
        (
            "nudge answered without a hat, abstained",
            nudge(NudgeScreenState::Answered(ReflectionScreen {
                lens: LensScreen::Abstained(AbstainReason::Unsure),
                ..kept("", words, None)
            })),
        ),
        ("nudge skipped", nudge(NudgeScreenState::Skipped)),
        ("nudge later", nudge(NudgeScreenState::Later { at: at() })),
        ("nudge deleted", nudge(NudgeScreenState::Deleted)),
        ("nudge closed", nudge(NudgeScreenState::Closed)),
        ("ask to go on", Message::AskToGoOn),
        ("offer to keep", Message::OfferKeep { source: ts() }),
        ("care", Message::Care { concern: Concern::SelfHarm, source: ts(), nudge: Some(row()) }),
        ("kept", Message::Kept(answered())),
        ("report", Message::Report(Box::new(report(words)))),
        ("plan asked", Message::Plan(plan_screen(words, PlanState::Asked))),
        ("plan, something else", Message::Plan(plan_screen(words, PlanState::SomethingElse))),
        ("audit proposed", Message::AuditProposed { audit: row() }),
        ("calendar trouble", Message::Notice(Notice::CalendarError(CalendarError::NoMeetings))),
    ]
}

fn feedback(words: &str) -> Vec<Named> {
    vec![
        ("feedback question", feedback_question(FeedbackAskState::Asked, false)),
        ("feedback question answered", feedback_question(FeedbackAskState::Answered, false)),
        ("feedback question declined, never ask", feedback_question(FeedbackAskState::Declined, true)),
        ("feedback question over", Message::FeedbackOver),
        ("feedback result", feedback_result(Some([0, 1, 2, 1, 11]), vec![MemberText::new(words); 15])),
        ("feedback result without comments", feedback_result(Some([1, 1, 1, 0, 0]), Vec::new())),
        ("feedback result of too few", feedback_result(None, Vec::new())),
        ("notice feedback asked", Message::Notice(Notice::FeedbackAsked { until_on: on() })),
        ("notice feedback cancelled", Message::Notice(Notice::FeedbackCancelled { again_on: on() })),
        ("feedback began", Message::FeedbackBegan(feedback_running())),
        ("feedback over for the asker", Message::FeedbackEnded { cancelled: false }),
        ("feedback cancelled", Message::FeedbackEnded { cancelled: true }),
        ("feedback refused", Message::FeedbackRefused { people: vec![asker(); 2] }),
        ("notice feedback too few", Message::Notice(Notice::FeedbackTooFew)),
        (
            "notice feedback too soon",
            Message::Notice(Notice::FeedbackTooSoon { asked_on: on(), again_on: on() }),
        ),
    ]
}

fn notices() -> Vec<Named> {
    vec![
        ("export", Message::Export { by_operator: false }),
        ("report-file", Message::ReportFile { month: Month::containing(on()) }),
        ("usage", Message::Usage { problem: None }),
        (
            "usage with a guess",
            Message::Usage { problem: Some(CommandError::UnknownCommand { did_you_mean: Some("checkin") }) },
        ),
        ("usage after a bad month", Message::Usage { problem: Some(CommandError::BadMonth) }),
        (
            "usage after a day that can be two",
            Message::Usage { problem: Some(CommandError::WhichDay { first: on(), second: on() }) },
        ),
        (
            "notice of a month before the first entry",
            Message::Notice(Notice::NothingThatEarly { month: Month::containing(on()) }),
        ),
        ("notice words not read", Message::Notice(Notice::WordsNotRead)),
        ("notice paused", Message::Notice(Notice::Paused { until_on: Some(on()) })),
        (
            "notice schedule kept",
            Message::Notice(Notice::ScheduleKept { next: Some(at()), zone: Some("Europe/Berlin".into()) }),
        ),
        ("notice of a message without words", Message::Notice(Notice::WithoutWords)),
        ("notice of a form that did not open", Message::Notice(Notice::NotOpened)),
        ("notice not kept by the store", Message::Notice(Notice::StoreFailed)),
    ]
}

/// The first message in the DM.
pub(in crate::slack::render) fn welcome() -> Message {
    let (what, shown) = (text_for(CopyKey::FirstContactWhat), text_for(CopyKey::FirstContactShown));
    Message::Welcome { what, shown }
}

fn nudge(state: NudgeScreenState) -> Message {
    let question = "What could you ask them before you offer an answer of your own?".to_owned();
    Message::Nudge(NudgeScreen { nudge: row(), look_back: None, question, state })
}

/// A report with a chart and a table.
pub(in crate::slack::render) fn report(words: &str) -> ReportScreen {
    ReportScreen {
        month: "2026-10".parse().unwrap(),
        title: "Your hat balance: October 2026".into(),
        parts: vec![
            ReportPart { heading: "", text: "October 2026 is not over yet.".into(), in_charts: false },
            ReportPart {
                heading: "What you wore",
                text: "Leader hat 9 of 14, 64% (39–84%).".into(),
                in_charts: false,
            },
            ReportPart {
                heading: "Week by week",
                text: "Leader and manager hat: 5 Oct 3 and 1; 12 Oct 2 and 4.".into(),
                in_charts: true,
            },
        ],
        own_words: OwnWords {
            quotations: vec![Quotation { local_on: on(), words: MemberText::new(words) }],
            misfits: vec![Misfit {
                needed: Hat::Leader,
                room: Room::LowSpirit,
                worn: Hat::Manager.into(),
                quotation: Quotation { local_on: on(), words: MemberText::new(words) },
            }],
            kept_plan: Some(plan_words(words)),
        },
        question: text_for(CopyKey::ReportRooms),
        charts: vec![Chart {
            title: "Two hats by week".into(),
            categories: vec!["5 Oct".into(), "12 Oct".into()],
            series: vec![
                Series { name: "Leader".into(), values: vec![3.0, 2.0] },
                Series { name: "Manager".into(), values: vec![1.0, 4.0] },
            ],
        }],
        table: Some(Table {
            caption: "October 2026 in numbers".into(),
            header: ["What", "Leader hat", "Manager hat", "Of"].map(str::to_owned).to_vec(),
            rows: vec![["You said", "9 · 64% (39–84%)", "5", "14"].map(str::to_owned).to_vec()],
        }),
        picture: Picture { svg: "<svg/>".into(), alt: "Leader hat 9 of 14.".into() },
    }
}

fn feedback_question(state: FeedbackAskState, opted_out: bool) -> Message {
    let from = invitation();
    Message::FeedbackAsk(FeedbackAskScreen { asker: asker(), from, state, opted_out, until_on: on() })
}

fn feedback_result(counts: Option<StepCounts>, comments: Vec<MemberText>) -> Message {
    Message::FeedbackResult(FeedbackResultScreen { asked_on: on(), counts, comments })
}
