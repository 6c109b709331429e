//! The modals.

use super::{
    HOST, asker, at, both_hats_seen, feedback_running, history_entry, invitation, kept, looks_back, on,
    plan_screen, plan_words, row, text_for, ts,
};
use crate::coach::{
    audit::{AuditSummary, Meeting},
    care::Concern,
    coaching_act::CounterQuestion,
    copy::CopyKey,
    feedback::FeedbackStep,
    hat::{Hat, Hats, Practice},
    ids::{ChannelId, MessageRef, PromptId},
    lens_result::{AbstainReason, LensScreen},
    member::{Cadence, QuietHours},
    member_text::MemberText,
    plan::{PlanFields, PlanState},
    prompt::Library,
    reflection::{CheckinFields, STANDING_QUESTION},
    room::{Room, RoomReading},
    screen::{
        AuditEntry, AuditForm, CalendarError, CareInputs, CoachingActEntry, CoachingActsPage,
        EditCoachingActForm, FeedbackAnswerForm, FeedbackAskForm, Form, FormState, HistoryPage,
        LlmDisclosure, Notice, PlanForm, PlanOutcomeForm, PracticeEntry, PracticesForm, ReflectionScreen,
        ScheduleForm,
    },
};
use strum::VariantArray as _;

type Named = (&'static str, Form);

/// Every modal, by name.
pub(in crate::slack::render) fn forms(words: &str) -> Vec<Named> {
    [
        checkins(words),
        schedules(),
        histories(words),
        coaching_acts(),
        feedback(words),
        rooms(),
        audits(words),
        plans(words),
        vec![
            ("forget", Form::Forget { reflections: 12, nudges: 30 }),
            ("notice", Form::Notice(Notice::ReflectionDeleted)),
        ],
    ]
    .concat()
}

fn checkins(words: &str) -> Vec<Named> {
    let state = FormState::Checkin {
        nudge: Some(row()),
        prompt: PromptId::parse("a.open.1").ok(),
        room: None,
        care_acknowledged: false,
    };
    let filled = CheckinFields {
        situation: MemberText::new(words),
        room: Some(Room::LowSpirit),
        answer: MemberText::new(words),
        hat: Some(Hats::BOTH),
        follow_up: None,
    };
    let inputs = CareInputs::Checkin { question: None, fields: filled.clone() };
    let both_seen = ReflectionScreen { lens: both_hats_seen(words), ..kept("", words, Some(Hats::NEITHER)) };
    let other_language = ReflectionScreen {
        lens: LensScreen::Abstained(AbstainReason::Language),
        ..kept("", words, Some(Hats::NEITHER))
    };
    let short = || kept("", "Wait a day.", Some(Hats::BOTH));
    vec![
        (
            "check-in",
            Form::Checkin {
                state: state.clone(),
                question: None,
                look_back: None,
                fields: CheckinFields::default(),
            },
        ),
        (
            "check-in filled",
            Form::Checkin {
                state: state.clone(),
                question: Some("Who?".into()),
                look_back: Some(looks_back(words, None)),
                fields: filled,
            },
        ),
        ("follow-up", follow_up(kept(words, words, Some(Hats::BOTH)), None)),
        (
            "follow-up that asks about the model",
            follow_up(short(), Some(LlmDisclosure::AsksConsent { host: HOST.into() })),
        ),
        (
            "follow-up by the model",
            follow_up(short(), Some(LlmDisclosure::WroteQuestion { host: HOST.into() })),
        ),
        ("follow-up, both seen", follow_up(both_seen, None)),
        ("follow-up, another language", follow_up(other_language, None)),
        ("care", Form::Care { state, concern: Concern::Legal, inputs }),
    ]
}

fn follow_up(kept: ReflectionScreen, model: Option<LlmDisclosure>) -> Form {
    Form::FollowUp {
        state: FormState::FollowUp { reflection: row(), care_acknowledged: false },
        kept,
        question: "What did you see?".into(),
        answer: MemberText::default(),
        llm_disclosure: model,
    }
}

fn schedules() -> Vec<Named> {
    let schedule = ScheduleForm {
        cadence: Cadence::weekdays_at_half_past_nine(),
        zone: Some("Europe/Berlin".into()),
        quiet: QuietHours::default(),
        days_off: vec![on()],
        pause_until_on: None,
        paused: false,
        focus: Some(Practice::StopSolving),
        look_back: true,
        nudges_on: false,
    };
    let about = |practice: &Practice| PracticeEntry {
        practice: *practice,
        about: Library::built_in().unwrap().about(*practice).unwrap().to_owned(),
    };
    let practices: Vec<_> = Practice::VARIANTS.iter().map(about).collect();
    let focused = PracticesForm { practices: practices.clone(), focus: Some(Practice::SellTheWhy) };
    vec![
        ("schedule", Form::Schedule(schedule)),
        ("pause", Form::Pause { until_on: None }),
        ("practices", Form::Practices(focused)),
        ("practices without a focus", Form::Practices(PracticesForm { practices, focus: None })),
    ]
}

fn histories(words: &str) -> Vec<Named> {
    let page = HistoryPage {
        search: MemberText::new("plan"),
        page: 1,
        total: 20,
        entries: vec![history_entry(words); 8],
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
    vec![("history", Form::History(page)), ("history empty", Form::History(empty))]
}

fn coaching_acts() -> Vec<Named> {
    let state = FormState::Ask {
        offered: ["standing", "give-back.1", "give-back.2"].map(|id| PromptId::parse(id).unwrap()).to_vec(),
        taken: 1,
    };
    let given = CoachingActEntry { act: row(), question: "Who knows?".into(), local_on: on() };
    let question =
        |id, text: &str| CounterQuestion { id: PromptId::parse(id).unwrap(), text: text.to_owned() };
    let edited = EditCoachingActForm {
        act: row(),
        questions: vec![question("standing", STANDING_QUESTION), question("give-back.2", "Which part?")],
        prompt: PromptId::parse("give-back.2").unwrap(),
        on: on(),
    };
    vec![
        (
            "ask, don't fix",
            Form::Ask {
                state,
                questions: vec![STANDING_QUESTION.into(), "Who knows?".into(), "Which part?".into()],
            },
        ),
        (
            "question given back",
            Form::CoachingActKept { act: row(), question: "Who knows?".into(), local_on: on() },
        ),
        (
            "questions given back",
            Form::CoachingActs(CoachingActsPage { page: 1, total: 40, entries: vec![given; 15] }),
        ),
        ("question given back, edited", Form::EditCoachingAct(edited)),
        (
            "questions given back, none",
            Form::CoachingActs(CoachingActsPage { page: 0, total: 0, entries: Vec::new() }),
        ),
    ]
}

fn feedback(words: &str) -> Vec<Named> {
    vec![
        (
            "feedback, whom to ask",
            Form::FeedbackAsk(FeedbackAskForm {
                asker: asker(),
                question: text_for(CopyKey::FeedbackWhom),
                people: vec![asker(); 2],
                unclear: true,
                oneself: true,
                refused: vec![asker(); 2],
            }),
        ),
        ("feedback round that runs", Form::FeedbackRunning(feedback_running())),
        ("feedback answer", feedback_answer(words, false, None)),
        ("feedback answer with a concern", feedback_answer(words, true, Some(Concern::Harassment))),
    ]
}

fn feedback_answer(words: &str, answered: bool, concern: Option<Concern>) -> Form {
    let at = MessageRef { channel: ChannelId::parse("D1").unwrap(), ts: ts() };
    Form::FeedbackAnswer(FeedbackAnswerForm {
        state: FormState::Feedback {
            from: Box::new(invitation()),
            at: Box::new(at),
            care_acknowledged: concern.is_some(),
        },
        asker: asker(),
        question: text_for(CopyKey::FeedbackSteps),
        step: FeedbackStep::new(2),
        comment: MemberText::new(words.chars().take(500).collect::<String>()),
        answered,
        concern,
    })
}

fn rooms() -> Vec<Named> {
    vec![
        ("room", Form::Room { last: Some(RoomReading { room: Room::LowSpirit, read_on: on() }) }),
        ("room read", Form::RoomRead { room: Room::PastThePanic, question: Some("Who does what?".into()) }),
    ]
}

fn audits(words: &str) -> Vec<Named> {
    let proposed =
        AuditForm { proposed: true, upload: false, unread: vec![title(words); 3], ..audit(None, words) };
    let with_a_concern = AuditForm { upload: false, concern: Some(Concern::Legal), ..audit(None, words) };
    vec![
        ("audit", Form::Audit(audit(None, ""))),
        ("audit with trouble", Form::Audit(audit(Some(CalendarError::TooLarge), ""))),
        ("audit proposed", Form::Audit(proposed)),
        ("audit with a concern", Form::Audit(with_a_concern)),
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
    ]
}

fn title(words: &str) -> MemberText {
    MemberText::new(words.chars().take(150).collect::<String>())
}

fn audit(trouble: Option<CalendarError>, words: &str) -> AuditForm {
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

fn outcome(how: u32, r#where: u32, rarer: Option<Hat>) -> AuditSummary {
    AuditSummary { manager: how, leader: r#where, total: how + r#where, blind_spot: rarer, rarer }
}

fn audit_entry(kept: bool) -> AuditEntry {
    AuditEntry { audit: row(), local_on: on(), outcome: kept.then(|| outcome(3, 2, Some(Hat::Leader))) }
}

fn plans(words: &str) -> Vec<Named> {
    let listed =
        PlanState::VARIANTS.iter().map(|state| plan_screen(words, *state)).cycle().take(20).collect();
    vec![
        ("plan", Form::Plan(plan(None, "", None))),
        ("experiment", Form::Plan(plan(Some(Hat::Leader), words, None))),
        ("plan with a concern", Form::Plan(plan(None, words, Some(Concern::Legal)))),
        ("plan kept", Form::PlanKept { plan: row(), words: plan_words(words), at: at() }),
        (
            "what came of it",
            Form::PlanOutcome(PlanOutcomeForm {
                state: FormState::PlanOutcome { plan: row(), care_acknowledged: false },
                words: plan_words(words),
                question: text_for(CopyKey::PlanOutcome),
                outcome: MemberText::new(words),
                concern: None,
            }),
        ),
        ("plans", Form::Plans(listed)),
        ("plans, none", Form::Plans(Vec::new())),
    ]
}

fn plan(experiment: Option<Hat>, words: &str, concern: Option<Concern>) -> PlanForm {
    let fields = PlanFields {
        cue: MemberText::new(words.chars().take(300).collect::<String>()),
        act: MemberText::default(),
        on: Some(on()),
        time: Some(at().time()),
    };
    let state = FormState::Plan { plan: None, experiment, care_acknowledged: false };
    PlanForm { state, question: text_for(CopyKey::PlanProject), fields, concern, plans: 2 }
}
