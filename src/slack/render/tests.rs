use super::*;
use crate::coach::{
    act::GiveBack,
    audit::{Meeting, Outcome},
    care::Concern,
    copy::CopyKey,
    feedback::{Counts, Step, Token},
    hat::{Hat, Hats, Practice},
    ids::{ChannelId, MessageRef, MessageTs, PromptId, RowId, UserId},
    lens_result::{Abstained, SeenScreen},
    member::{Cadence, QuietHours},
    member_text::MemberText,
    plan::{PlanFields, PlanState, PlanTally},
    prompt::Library,
    reflection::{CheckinFields, FollowedUp, STANDING_QUESTION},
    room::Room,
    screen::*,
};
use jiff::civil::{Date, DateTime, date};
use leadlens_sandbox::{
    blocks::{Surface, check, check_view},
    transcript, workspace,
};
use proptest::prelude::*;

const HOSTILE: &str = "<!channel> <@U123> & <https://x.example|click> *bold* '; DROP TABLE reflection; --";

fn row() -> RowId {
    RowId::new(1_764_000_000_000, 7)
}

fn ts() -> MessageTs {
    MessageTs::parse("1764000000.000100").unwrap()
}

fn on() -> Date {
    date(2026, 10, 28)
}

fn at() -> DateTime {
    date(2026, 11, 2).at(9, 30, 0, 0)
}

fn kept(situation: &str, answer: &str, hat_said: Option<Hats>) -> KeptScreen {
    KeptScreen {
        reflection: row(),
        situation: MemberText::new(situation),
        answer: MemberText::new(answer),
        hat_said,
        seen: SeenScreen::Unread,
        local_on: on(),
    }
}

fn seen(words: &str) -> SeenScreen {
    let words = [Hat::Leader, Hat::Manager].map(|hat| (hat, MemberText::new(words))).to_vec();
    SeenScreen::Hats { hats: Hats::BOTH, words }
}

fn nudge(state: NudgeScreenState) -> Message {
    let question = "What could you ask them before you offer an answer of your own?".to_owned();
    Message::Nudge(NudgeScreen { nudge: row(), question, state })
}

fn report(words: &str) -> ReportScreen {
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
        quotations: vec![Quotation { local_on: on(), words: MemberText::new(words) }],
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

const ASKER: &str = "U0ASKER";

fn asker() -> UserId {
    UserId::parse(ASKER).unwrap()
}

fn invitation() -> Invitation {
    Invitation { round: row(), token: Token::new(7) }
}

fn question(state: FeedbackAskState, opted_out: bool) -> Message {
    let from = invitation();
    Message::FeedbackAsk(FeedbackAskScreen { asker: asker(), from, state, opted_out, until_on: on() })
}

fn result(counts: Option<Counts>, comments: Vec<MemberText>) -> Message {
    Message::FeedbackResult(FeedbackResultScreen { asked_on: on(), counts, comments })
}

fn answer_form(words: &str, answered: bool, concern: Option<Concern>) -> Form {
    let at = MessageRef { channel: ChannelId::parse("D1").unwrap(), ts: ts() };
    Form::FeedbackAnswer(FeedbackAnswerForm {
        state: FormState::Feedback {
            from: Box::new(invitation()),
            at: Box::new(at),
            care_acknowledged: concern.is_some(),
        },
        asker: asker(),
        question: text_for(CopyKey::FeedbackSteps),
        step: Step::new(2),
        comment: MemberText::new(words.chars().take(500).collect::<String>()),
        answered,
        concern,
    })
}

/// What the built-in library says at a fixed place.
fn text_for(key: CopyKey) -> String {
    Library::built_in().unwrap().text_for(key).unwrap().text.clone()
}

fn welcome() -> Message {
    let (what, shown) = (text_for(CopyKey::FirstContactWhat), text_for(CopyKey::FirstContactShown));
    Message::Welcome { what, shown }
}

fn messages(words: &str) -> Vec<(&'static str, Message)> {
    let answered = || kept(words, words, Some(Hats::BOTH));
    vec![
        ("welcome", welcome()),
        ("nudge open", nudge(NudgeScreenState::Open)),
        ("nudge answered", nudge(NudgeScreenState::Answered(answered()))),
        ("nudge answered without a hat", nudge(NudgeScreenState::Answered(kept("", words, None)))),
        (
            "nudge answered, both seen",
            nudge(NudgeScreenState::Answered(KeptScreen { seen: seen(words), ..answered() })),
        ),
        (
            "nudge answered without a hat, abstained",
            nudge(NudgeScreenState::Answered(KeptScreen {
                seen: SeenScreen::Abstained(Abstained::Unsure),
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
        ("calendar trouble", Message::Notice(Notice::CalendarTrouble(CalendarTrouble::NoMeetings))),
        ("feedback question", question(FeedbackAskState::Asked, false)),
        ("feedback question answered", question(FeedbackAskState::Answered, false)),
        ("feedback question declined, never ask", question(FeedbackAskState::Declined, true)),
        ("feedback question over", Message::FeedbackOver),
        ("feedback result", result(Some([0, 1, 2, 1, 11]), vec![MemberText::new(words); 15])),
        ("feedback result without comments", result(Some([1, 1, 1, 0, 0]), Vec::new())),
        ("feedback result of too few", result(None, Vec::new())),
        ("notice feedback asked", Message::Notice(Notice::FeedbackAsked { people: 4, until_on: on() })),
        ("notice feedback too few", Message::Notice(Notice::FeedbackTooFew { left: 2 })),
        (
            "notice feedback too soon",
            Message::Notice(Notice::FeedbackTooSoon { asked_on: on(), again_on: on() }),
        ),
        ("export", Message::Export { by_operator: false }),
        ("usage", Message::Usage { problem: None }),
        (
            "usage with a guess",
            Message::Usage { problem: Some(Problem::UnknownCommand { did_you_mean: Some("checkin") }) },
        ),
        ("usage after a bad month", Message::Usage { problem: Some(Problem::BadMonth) }),
        ("notice paused", Message::Notice(Notice::Paused { until_on: Some(on()) })),
        (
            "notice schedule kept",
            Message::Notice(Notice::ScheduleKept { next: Some(at()), zone: "Europe/Berlin".into() }),
        ),
        ("notice of a form that did not open", Message::Notice(Notice::NotOpened)),
        ("notice not kept by the store", Message::Notice(Notice::StoreFailed)),
    ]
}

fn fields(words: &str) -> CheckinFields {
    CheckinFields {
        situation: MemberText::new(words),
        room: Some(Room::LowSpirit),
        answer: MemberText::new(words),
        hat: Some(Hats::BOTH),
        follow_up: None,
    }
}

fn followed_up(words: &str) -> FollowedUp {
    FollowedUp { question: "What would they say?".into(), answer: MemberText::new(words) }
}

fn entry(words: &str) -> HistoryEntry {
    HistoryEntry {
        question: "Who could solve this?".into(),
        room: Some(Room::Confused),
        follow_up: Some(followed_up(words)),
        kept: KeptScreen { seen: seen(words), ..kept(words, words, Some(Hats::BOTH)) },
    }
}

const HOST: &str = "models.example";

fn follow_up_with(model: ModelLine) -> Form {
    Form::FollowUp {
        state: FormState::FollowUp { reflection: row(), care_acknowledged: false },
        kept: kept("", "Wait a day.", Some(Hats::BOTH)),
        question: "What did you see?".into(),
        answer: MemberText::default(),
        model: Some(model),
    }
}

fn forms(words: &str) -> Vec<(&'static str, Form)> {
    let checkin = FormState::Checkin {
        nudge: Some(row()),
        prompt: PromptId::parse("a.open.1").ok(),
        care_acknowledged: false,
    };
    let follow = FormState::FollowUp { reflection: row(), care_acknowledged: false };
    let schedule = ScheduleForm {
        cadence: Cadence::weekdays_at_half_past_nine(),
        zone: "Europe/Berlin".into(),
        quiet: QuietHours::default(),
        days_off: vec![on()],
        pause_until_on: None,
        paused: false,
        focus: Some(Practice::StopSolving),
        nudges_on: false,
    };
    let page = HistoryPage {
        search: MemberText::new("plan"),
        page: 1,
        total: 20,
        entries: vec![entry(words); 8],
        acts: 3,
        audits: 2,
        plans: 1,
    };
    let empty = HistoryPage {
        search: MemberText::default(),
        page: 0,
        total: 0,
        entries: Vec::new(),
        acts: 0,
        audits: 0,
        plans: 0,
    };
    let ask = FormState::Ask {
        offered: ["standing", "give-back.1", "give-back.2"].map(|id| PromptId::parse(id).unwrap()).to_vec(),
        taken: 1,
    };
    let given = ActEntry { act: row(), question: "Who knows?".into(), local_on: on() };
    let acts = ActsPage { page: 1, total: 40, entries: vec![given; 15] };
    let inputs = CareInputs::Checkin { question: None, fields: fields(words) };
    vec![
        (
            "check-in",
            Form::Checkin { state: checkin.clone(), question: None, fields: CheckinFields::default() },
        ),
        (
            "check-in filled",
            Form::Checkin { state: checkin.clone(), question: Some("Who?".into()), fields: fields(words) },
        ),
        (
            "follow-up",
            Form::FollowUp {
                state: follow,
                kept: kept(words, words, Some(Hats::BOTH)),
                question: "What did you see?".into(),
                answer: MemberText::default(),
                model: None,
            },
        ),
        ("follow-up that asks about the model", follow_up_with(ModelLine::Asks { host: HOST.into() })),
        ("follow-up by the model", follow_up_with(ModelLine::Wrote { host: HOST.into() })),
        (
            "follow-up, both seen",
            Form::FollowUp {
                state: FormState::FollowUp { reflection: row(), care_acknowledged: false },
                kept: KeptScreen { seen: seen(words), ..kept("", words, Some(Hats::NEITHER)) },
                question: "What did you see?".into(),
                answer: MemberText::default(),
                model: None,
            },
        ),
        (
            "follow-up, another language",
            Form::FollowUp {
                state: FormState::FollowUp { reflection: row(), care_acknowledged: false },
                kept: KeptScreen {
                    seen: SeenScreen::Abstained(Abstained::Language),
                    ..kept("", words, Some(Hats::NEITHER))
                },
                question: "What did you see?".into(),
                answer: MemberText::default(),
                model: None,
            },
        ),
        ("care", Form::Care { state: checkin, concern: Concern::Legal, inputs }),
        ("schedule", Form::Schedule(schedule)),
        ("pause", Form::Pause { until_on: None }),
        ("history", Form::History(page)),
        ("history empty", Form::History(empty)),
        (
            "ask, don't fix",
            Form::Ask {
                state: ask.clone(),
                questions: vec![STANDING_QUESTION.into(), "Who knows?".into(), "Which part?".into()],
            },
        ),
        ("question given back", Form::ActKept { act: row(), question: "Who knows?".into(), local_on: on() }),
        ("questions given back", Form::Acts(acts)),
        ("question given back, edited", Form::EditAct(edited_act())),
        ("questions given back, none", Form::Acts(ActsPage { page: 0, total: 0, entries: Vec::new() })),
        (
            "feedback, whom to ask",
            Form::FeedbackAsk {
                question: text_for(CopyKey::FeedbackWhom),
                people: vec![asker(); 2],
                unclear: true,
            },
        ),
        ("feedback answer", answer_form(words, false, None)),
        ("feedback answer with a concern", answer_form(words, true, Some(Concern::Harassment))),
        ("room", Form::Room { last: Some(Room::LowSpirit) }),
        ("room read", Form::RoomRead { room: Room::PastThePanic, question: Some("Who does what?".into()) }),
        ("audit", Form::Audit(audit_form(None, ""))),
        ("audit with trouble", Form::Audit(audit_form(Some(CalendarTrouble::TooLarge), ""))),
        (
            "audit proposed",
            Form::Audit(AuditForm {
                proposed: true,
                upload: false,
                unread: vec![title(words); 3],
                ..audit_form(None, words)
            }),
        ),
        (
            "audit with a concern",
            Form::Audit(AuditForm {
                upload: false,
                concern: Some(Concern::Legal),
                ..audit_form(None, words)
            }),
        ),
        (
            "audit kept",
            Form::AuditKept {
                audit: row(),
                outcome: outcome(5, 0, Some(Hat::Leader)),
                question: Some(text_for(CopyKey::AuditLeader)),
            },
        ),
        ("audit kept, even", Form::AuditKept { audit: row(), outcome: outcome(1, 1, None), question: None }),
        ("audits", Form::Audits(vec![audit_entry(true), audit_entry(false)])),
        ("audits, none", Form::Audits(Vec::new())),
        ("plan", Form::Plan(plan_form(None, "", None))),
        ("experiment", Form::Plan(plan_form(Some(Hat::Leader), words, None))),
        ("plan with a concern", Form::Plan(plan_form(None, words, Some(Concern::Legal)))),
        ("plan kept", Form::PlanKept { plan: row(), sentence: MemberText::new(words), at: at() }),
        (
            "what came of it",
            Form::PlanOutcome(PlanOutcomeForm {
                state: FormState::PlanOutcome { plan: row(), care_acknowledged: false },
                sentence: MemberText::new(words),
                question: text_for(CopyKey::PlanOutcome),
                outcome: MemberText::new(words),
                concern: None,
            }),
        ),
        (
            "plans",
            Form::Plans(
                PlanState::ALL.iter().map(|state| plan_screen(words, *state)).cycle().take(20).collect(),
            ),
        ),
        ("plans, none", Form::Plans(Vec::new())),
        ("forget", Form::Forget { reflections: 12, nudges: 30 }),
        ("notice", Form::Notice(Notice::Deleted)),
    ]
}

fn glance(month: &str, evidence: u32, leader: u32, manager: u32) -> MonthGlance {
    MonthGlance { month: month.parse().unwrap(), evidence, leader, manager }
}

fn plan_screen(words: &str, state: PlanState) -> PlanScreen {
    PlanScreen {
        plan: row(),
        sentence: MemberText::new(words),
        is_experiment: state == PlanState::NotYet,
        question: text_for(CopyKey::PlanOutcome),
        state,
        at: at(),
        outcome: MemberText::new(if state == PlanState::SomethingElse { words } else { "" }),
    }
}

fn plan_form(experiment: Option<Hat>, words: &str, concern: Option<Concern>) -> PlanForm {
    let fields = PlanFields {
        cue: MemberText::new(words.chars().take(300).collect::<String>()),
        act: MemberText::default(),
        on: Some(on()),
        time: Some(at().time()),
    };
    let state = FormState::Plan { plan: None, experiment, care_acknowledged: false };
    PlanForm { state, question: text_for(CopyKey::PlanProject), fields, concern, plans: 2 }
}

fn title(words: &str) -> MemberText {
    MemberText::new(words.chars().take(150).collect::<String>())
}

fn audit_form(trouble: Option<CalendarTrouble>, words: &str) -> AuditForm {
    let title = title(words);
    AuditForm {
        state: FormState::Audit { audit: None, care_acknowledged: false },
        meetings: vec![Meeting { title, hats: Some(Hats::BOTH) }; 5],
        upload: true,
        proposed: false,
        trouble,
        unread: Vec::new(),
        concern: None,
    }
}

fn outcome(how: u32, wher: u32, rarer: Option<Hat>) -> Outcome {
    Outcome { how, r#where: wher, of: how + wher, blind_spot: rarer, rarer }
}

fn audit_entry(kept: bool) -> AuditEntry {
    AuditEntry { audit: row(), local_on: on(), outcome: kept.then(|| outcome(3, 2, Some(Hat::Leader))) }
}

fn edited_act() -> EditActForm {
    let question = |id, text: &str| GiveBack { id: PromptId::parse(id).unwrap(), text: text.to_owned() };
    let questions = vec![question("standing", STANDING_QUESTION), question("give-back.2", "Which part?")];
    EditActForm { act: row(), questions, prompt: PromptId::parse("give-back.2").unwrap(), on: on() }
}

fn home_screen(words: &str) -> Home {
    Home {
        nudges_on: true,
        next_nudge: Some(at()),
        paused: None,
        focus: Some(Practice::StopSolving),
        this_month: glance("2026-10", 8, 6, 3),
        last_month: glance("2026-09", 9, 4, 7),
        active_weeks: 3,
        experiments: PlanTally { begun: 3, done: 1, not_yet: 1, open: 1, ..PlanTally::default() },
        plans: vec![plan_screen(words, PlanState::Open), plan_screen(words, PlanState::NotYet)],
        recent: vec![entry(words); 3],
        feedback_until: Some(on()),
        feedback_opted_out: true,
        acts: 3,
        model: Some(ModelChoice { host: HOST.into(), agreed: true }),
    }
}

fn new_home() -> Home {
    Home {
        nudges_on: false,
        next_nudge: None,
        paused: None,
        focus: None,
        this_month: glance("2026-10", 0, 0, 0),
        last_month: glance("2026-09", 0, 0, 0),
        active_weeks: 0,
        experiments: PlanTally::default(),
        plans: Vec::new(),
        recent: Vec::new(),
        feedback_until: None,
        feedback_opted_out: false,
        acts: 0,
        model: None,
    }
}

/// Paused, with a month that is too short to tell anything.
fn paused_home(words: &str) -> Home {
    Home {
        paused: Some(Some(on())),
        next_nudge: None,
        this_month: glance("2026-10", 3, 1, 2),
        last_month: glance("2026-09", 2, 2, 0),
        recent: vec![entry(words)],
        feedback_until: None,
        feedback_opted_out: false,
        acts: 0,
        model: Some(ModelChoice { host: HOST.into(), agreed: false }),
        ..home_screen(words)
    }
}

/// Slack's limits, and no markup of a member's making in anything that Slack reads as markup.
fn holds(text: &str, blocks: &Value, surface: Surface) -> Result<(), String> {
    let mut findings = check(blocks, surface);
    // The one mention that is ours: in the text of a feedback question, of who asks.
    let text = &text.replace(&format!("<@{ASKER}>"), "");
    for active in ["<!", "<@", "<#", "<http"] {
        if text.contains(active) || mrkdwn(blocks).contains(active) {
            findings.push(format!("{active} is active"));
        }
    }
    if surface == Surface::Message && (text.is_empty() || text.chars().count() > 4_000) {
        findings.push(format!("text has {} characters", text.chars().count()));
    }
    let size = blocks.to_string().chars().count() + text.chars().count();
    if size >= 13_000 && surface == Surface::Message {
        findings.push(format!("payload has {size} characters"));
    }
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n")) }
}

/// Everything that Slack reads as markup.
fn mrkdwn(value: &Value) -> String {
    match value {
        Value::Object(object) if object.get("type") == Some(&Value::from("mrkdwn")) => {
            object.get("text").and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        Value::Object(object) => object.values().map(mrkdwn).collect(),
        Value::Array(list) => list.iter().map(mrkdwn).collect(),
        _ => String::new(),
    }
}

fn all_hold(words: &str) -> Result<(), String> {
    for (name, screen) in messages(words) {
        let rendered = message(&screen);
        holds(&rendered.text, &Value::from(rendered.blocks), Surface::Message)
            .map_err(|says| format!("{name}: {says}"))?;
    }
    for (name, screen) in forms(words) {
        let view = form(&screen);
        let findings = check_view(&view);
        if !findings.is_empty() {
            return Err(format!("{name}: {}", findings.join("\n")));
        }
        holds("", &view["blocks"], Surface::Modal).map_err(|says| format!("{name}: {says}"))?;
    }
    for screen in [home_screen(words), new_home(), paused_home(words)] {
        let findings = check_view(&home(&screen));
        if !findings.is_empty() {
            return Err(format!("home: {}", findings.join("\n")));
        }
    }
    Ok(())
}

#[test]
fn every_screen_keeps_slacks_rules_whatever_was_written() {
    let long = "ab ".repeat(10_000);
    let families = "👩‍👩‍👧‍👦".repeat(3_000);
    let marks = format!("e{}", "\u{301}".repeat(20_000));
    for words in
        ["Fine.", "", "\u{200b}", HOSTILE, &HOSTILE.repeat(300), &long, &families, &marks, "नमस्ते 你好 مرحبا"]
    {
        if let Err(says) = all_hold(words) {
            panic!("{:.40}…: {says}", words);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_words_keep_slacks_rules(words in prop::collection::vec(any::<char>(), 0..4_000)) {
        let words: String = words.into_iter().collect();
        prop_assert_eq!(all_hold(&words), Ok(()));
    }
}

#[test]
fn the_text_of_a_message_says_all_of_it() {
    let words = "I ask Ana how she would plan it & wait.";
    for (name, screen) in messages(words) {
        let rendered = message(&screen);
        if matches!(name, "nudge answered" | "kept" | "nudge answered without a hat") {
            assert!(
                rendered.text.contains("I ask Ana how she would plan it &amp; wait."),
                "{name}: {}",
                rendered.text
            );
        }
        assert!(rendered.text.chars().count() > 8, "{name}");
    }
}

fn as_read(rendered: &Rendered) -> String {
    let shown = workspace::Message {
        ts: String::new(),
        user: String::new(),
        bot: true,
        text: rendered.text.clone(),
        blocks: Value::from(rendered.blocks.clone()),
        metadata: Value::Null,
        thread_ts: None,
        only_for: None,
        edited: false,
        files: Vec::new(),
    };
    format!("{}\n\n(as text) {}", transcript::message(&shown), rendered.text)
}

fn view_as_read(content: Value) -> String {
    let mut state = workspace::Workspace::default();
    let id = state.push_view("U1", content.clone());
    let view = state.views.get(&id).unwrap();
    if content["type"] == "home" { transcript::home(view) } else { transcript::modal(view) }
}

/// Every screen as a member reads it, one after another: reviewed as one text, like a storybook.
#[test]
fn storybook() {
    let words = "I ask Ana how she would plan it, and wait.";
    let mut book = String::new();
    for (name, screen) in messages(words) {
        book.push_str(&format!("=== message: {name}\n{}\n\n", as_read(&message(&screen))));
    }
    for (name, screen) in forms(words) {
        book.push_str(&format!("=== form: {name}\n{}\n\n", view_as_read(form(&screen))));
    }
    book.push_str(&format!("=== home\n{}\n\n", view_as_read(home(&home_screen(words)))));
    book.push_str(&format!("=== home, paused\n{}\n\n", view_as_read(home(&paused_home(words)))));
    book.push_str(&format!("=== home on the first day\n{}\n", view_as_read(home(&new_home()))));
    insta::assert_snapshot!(book);
}

#[test]
fn a_report_without_charts_still_has_its_numbers() {
    let report = Message::Report(Box::new(report("Mine.")));
    let (native, plain) = (message(&report), without_charts(&report).unwrap());
    let seen = |rendered: &Rendered| Value::from(rendered.blocks.clone()).to_string();
    assert!(seen(&native).contains("data_table") && !seen(&plain).contains("data_table"));
    assert!(!seen(&native).contains("Week by week"), "the chart shows it");
    assert!(seen(&plain).contains("5 Oct 3 and 1"));
    assert_eq!(native.text, plain.text, "the text says all of it either way");
    assert!(native.text.contains("5 Oct 3 and 1") && native.text.contains("“Mine.”"));
    assert_eq!(without_charts(&welcome()), None);
}

#[test]
fn every_form_is_left_with_one_tap_and_the_follow_up_by_stopping_there() {
    for (name, screen) in forms("Ask Ana.") {
        let close = form(&screen)["close"]["text"].as_str().unwrap_or_default().to_owned();
        assert!(!close.is_empty(), "{name}");
        if matches!(screen, Form::FollowUp { .. }) {
            assert_eq!(close, "Stop here", "{name}");
        }
    }
}
