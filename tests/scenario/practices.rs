//! One coaching session for each practice, from the first nudge to its follow-up, as it is said. What the
//! coach keeps to in all of them is in [`Held::comes_about`].

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::World,
};
use leadlens::coach::{lint::lint, reflection::Origin, word_budget::WordBudget};
use leadlens_sandbox::{transcript, workspace::Message};

const LEADER: &str = "Leader: what and why";
const MANAGER: &str = "Manager: how and when";

/// A session as it is said.
struct Held {
    /// The practice in focus, as the form names it.
    focus: &'static str,
    /// The prompts that may come.
    prompts: [&'static str; 2],
    coach_asks: &'static str,
    in_front: &'static str,
    member_says: &'static str,
    hat: &'static str,
    coach_follows_up: &'static str,
    member_adds: &'static str,
}

#[tokio::test]
async fn stop_solving() {
    Held {
        focus: "Stop solving",
        prompts: ["stop-solving.open.2", "stop-solving.follow.1"],
        coach_asks: "What on your desk could somebody else solve if you left it to them?",
        in_front: "The ward's laundry contract, again.",
        member_says: "The complaint about the sheets. Femke has the supplier's number on her desk and I have never once asked her to ring it.",
        hat: LEADER,
        coach_follows_up: "Who could take the next step of this in your place?",
        member_adds: "Femke could. I'd ask her today and then keep my hands off the phone.",
    }
    .comes_about()
    .await;
}

#[tokio::test]
async fn sell_the_why() {
    Held {
        focus: "Sell the why",
        prompts: ["sell-the-why.open.3", "sell-the-why.follow.1"],
        coach_asks: "Who is better off in two years through what your team does?",
        in_front: "The drivers think the new tablets are there to spy on them.",
        member_says: "The old man on the last stop, who gets his dialysis bags before the cold does him in.",
        hat: LEADER,
        coach_follows_up: "What would you want them to feel when you say this?",
        member_adds: "That the tablet is how we find that stop when the regular driver is ill.",
    }
    .comes_about()
    .await;
}

#[tokio::test]
async fn change_project() {
    Held {
        focus: "Change project",
        prompts: ["change-project.open.4", "change-project.follow.3"],
        coach_asks: "Where do you do it the way it has always been done?",
        in_front: "The museum's summer evenings.",
        member_says: "We close the galleries at six and open the bar, and then wonder that nobody looks at a picture.",
        hat: LEADER,
        coach_follows_up: "Which rule would you bend for this?",
        member_adds: "Glasses in the room with the copies. Only that room, and one guard more.",
    }
    .comes_about()
    .await;
}

#[tokio::test]
async fn embrace_the_boring() {
    Held {
        focus: "Embrace the boring",
        prompts: ["embrace-the-boring.open.6", "embrace-the-boring.follow.1"],
        coach_asks: "If you were away for two weeks, what would people look for first?",
        in_front: "I fly on the twelfth and my deputy started in August.",
        member_says: "The order of the deliveries and which farmer wants paying in cash. It is all in my phone, in no order.",
        hat: MANAGER,
        coach_follows_up: "Where would you write this down so that others find it?",
        member_adds: "Inside the cold-room door. Everybody stands there for a minute every morning.",
    }
    .comes_about()
    .await;
}

#[tokio::test]
async fn focus_on_the_how() {
    Held {
        focus: "Focus on the how",
        prompts: ["focus-on-the-how.open.2", "focus-on-the-how.follow.4"],
        coach_asks: "Who takes the next step on your biggest task, and on which day?",
        in_front: "The choir tour, which everybody is very excited about.",
        member_says: "Nobody has rung the bus company. I give it to Piet, and he has a price from them by Wednesday evening.",
        hat: MANAGER,
        coach_follows_up: "How would you measure this with one number?",
        member_adds: "Seats with a name on them, out of fifty-two.",
    }
    .comes_about()
    .await;
}

#[tokio::test]
async fn check_in_dont_just_inspire() {
    Held {
        focus: "Check in, don't just inspire",
        prompts: ["check-in-dont-just-inspire.open.5", "check-in-dont-just-inspire.follow.6"],
        coach_asks: "Where does your team wait for a tool, a key or a yes?",
        in_front: "A fine speech on Monday, if I say so myself.",
        member_says: "The lab waits for the second centrifuge key. They have asked me twice and I talked about the Nobel Prize.",
        hat: MANAGER,
        coach_follows_up: "What could you clear out of their way before tomorrow?",
        member_adds: "I get the key cut at lunch and sign for it, so that nobody waits for safety either.",
    }
    .comes_about()
    .await;
}

#[tokio::test]
async fn audit_the_calendar() {
    Held {
        focus: "Audit the calendar",
        prompts: ["audit-the-calendar.open.2", "audit-the-calendar.follow.3"],
        coach_asks: "What would you take out of next week if you could take out one thing?",
        in_front: "Thirty-one meetings, and I called nine of them.",
        member_says: "The Tuesday round where eleven people read their slides to each other. I could have them all by mail.",
        hat: "Both",
        coach_follows_up: "Which meeting would you give up for this?",
        member_adds: "That one. I'd spend the hour in the workshop, where they don't have slides.",
    }
    .comes_about()
    .await;
}

#[tokio::test]
async fn ask_for_feedback() {
    Held {
        focus: "Ask for feedback",
        prompts: ["ask-for-feedback.open.4", "ask-for-feedback.follow.4"],
        coach_asks: "Which of your habits would a newcomer notice first?",
        in_front: "Our first new officer in two years begins on Monday.",
        member_says: "That I finish people's sentences on the radio. They have stopped finishing them and wait for me.",
        hat: "Neither",
        coach_follows_up: "Where do you and they see this differently?",
        member_adds: "I call it quick. My sergeant calls it the weather forecast.",
    }
    .comes_about()
    .await;
}

#[tokio::test]
async fn start_small() {
    Held {
        focus: "Start small",
        prompts: ["start-small.open.2", "start-small.follow.5"],
        coach_asks: "Which small act could you repeat every week this month?",
        in_front: "Last year's big plan lasted until February.",
        member_says: "Eat lunch at the packers' table on Thursdays. Not to talk, I'd be there with my bread like everyone else.",
        hat: LEADER,
        coach_follows_up: "When today do you have five minutes for this?",
        member_adds: "At noon, if I cancel the call that I don't listen to anyway.",
    }
    .comes_about()
    .await;
}

impl Held {
    async fn comes_about(self) {
        let setting = Setting::at("2026-10-01 08:00").asking(&self.prompts);
        setting.over_both_transports(async |world| self.takes_place(world).await).await;
    }

    async fn takes_place(&self, world: &World) {
        for question in [self.coach_asks, self.coach_follows_up] {
            assert_eq!(lint(question), [], "{question}");
        }
        let ana = world.ana().who_focuses_on(self.focus).await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees(self.coach_asks);
        ana.taps("Why this one?").await;
        let why = ana.sees("You put its practice in focus.");
        assert!(why.text.contains(&self.focus.to_lowercase()), "{}", why.text);
        let follow_up = self.reflects(&ana, &nudge).await;
        self.restates_before_it_asks(&follow_up);
        ana.fills([("follow-up-answer", self.member_adds)]);
        ana.submits().await;
        ana.sees_no_form();
        assert_eq!(ana.sees(&format!("> {}", self.member_says)).ts, nudge.ts, "in the place of the question");
        self.is_kept(&ana).await;
        world.clock_to("2026-10-02 09:29").await; // nothing more is asked that day
        ana.sees_nothing_new();
    }

    /// Submits the form of the nudge and returns what it then shows.
    async fn reflects(&self, ana: &Member, nudge: &Message) -> String {
        ana.taps_on(nudge, "Reflect").await;
        assert!(ana.sees_form("Check in").contains(self.coach_asks));
        ana.fills([("situation", self.in_front), ("answer", self.member_says), ("hat", self.hat)]);
        ana.submits().await;
        ana.sees_form("One more question")
    }

    fn restates_before_it_asks(&self, follow_up: &str) {
        let at = |text: &str| follow_up.find(text).unwrap_or_else(|| panic!("{text:?} in {follow_up}"));
        let question = at(self.coach_follows_up);
        for own in [self.in_front, self.member_says] {
            assert!(at(&format!("> {own}")) < question, "{follow_up}");
        }
        let said_by_the_coach = follow_up.lines().filter(|line| !line.starts_with("> "));
        let asked = said_by_the_coach.filter(|line| line.contains('?')).count();
        assert_eq!(asked, 1, "{follow_up}");
        assert!(follow_up.ends_with("[Keep] [Stop here]"), "{follow_up}");
    }

    async fn is_kept(&self, ana: &Member) {
        let kept = ana.only_reflection().await;
        let prompts = [kept.prompt, kept.follow_up_prompt].map(|id| id.expect("a prompt").to_string());
        assert_eq!(prompts, self.prompts);
        assert_eq!(kept.origin, Origin::Nudge);
        assert_eq!(kept.question, self.coach_asks);
        assert_eq!(kept.situation.reveal(), self.in_front);
        assert_eq!(kept.answer.reveal(), self.member_says);
        assert_eq!(kept.follow_up.as_deref(), Some(self.coach_follows_up));
        assert_eq!(kept.follow_up_answer.reveal(), self.member_adds);
        let said = WordBudget::opened_with(self.coach_asks)
            .answered(&kept.situation)
            .answered(&kept.answer)
            .followed_up(self.coach_follows_up);
        assert!(said.member_said_more(), "the coach talks less even before the last answer: {said:?}");
    }
}

#[tokio::test]
async fn next_to_no_words_get_no_follow_up() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.taps_on(&nudge, "Reflect").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Wait a day."), ("hat", "Neither")]);
        ana.submits().await;
        ana.sees_no_form();
        ana.sees("> Wait a day.");
        assert_eq!(ana.only_reflection().await.follow_up, None);
    })
    .await;
}

#[tokio::test]
async fn few_words_get_the_shortest_question() {
    let setting = Setting::at("2026-10-01 08:00").asking(&[
        "focus-on-the-how.follow.3",
        "focus-on-the-how.follow.5",
        "focus-on-the-how.open.3",
    ]);
    setting
        .over_both_transports(async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.clock_to("2026-10-01 09:30").await;
            let nudge = ana.sees("What is the smallest part of your plan");
            ana.taps_on(&nudge, "Reflect").await;
            ana.sees_form("Check in");
            ana.fills([("answer", "One table, moved and checked."), ("hat", MANAGER)]);
            ana.submits().await;
            assert!(ana.sees_form("One more question").contains("What would you accept as done?"));
            ana.closes_form();
            ana.sees("> One table, moved and checked.");
        })
        .await;
}

#[tokio::test]
async fn stop_here_is_one_tap_and_the_answer_stays() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Skip]"); // one tap, before a word is said
        ana.taps_on(&nudge, "Reflect").await;
        assert!(ana.sees_form("Check in").ends_with("[Keep] [Cancel]"));
        ana.closes_form();
        assert!(
            transcript::message(&ana.client().from_bot().pop().expect("a message")).contains("[Reflect]")
        );
        ana.taps_on(&nudge, "Reflect").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Ask Raj what he would drop, and wait for it."), ("hat", LEADER)]);
        ana.submits().await;
        assert!(ana.sees_form("One more question").ends_with("[Keep] [Stop here]"));
        ana.closes_form();
        ana.sees("> Ask Raj what he would drop, and wait for it.");
        let kept = ana.only_reflection().await;
        assert!(kept.follow_up.is_some() && kept.follow_up_answer.is_blank());
        world.clock_to("2026-10-02 09:29").await; // and the follow-up is not asked again
        ana.sees_nothing_new();
    })
    .await;
}
