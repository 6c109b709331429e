//! Eleven coaching sessions, played through the real bot and told as Markdown, so that a coach can judge the
//! voice: one for each practice, one of few words, and one that is looked back on. Which two questions come is staged, so that what the
//! members say answers them; everything else is the bot's own doing.

use super::{
    DemoWorkspace,
    workspace::{DemoOptions, Prints, YOU},
};
use crate::{
    coach::{
        copy::CopyKey,
        hat::Practice,
        member_text::MemberText,
        prompt::{Library, Prompt, PromptKind},
        reflection::STANDING_QUESTION,
        word_budget::{self, WordBudget as Talk},
    },
    slack::render::practices::practice_label,
};
use anyhow::Context;
use leadlens_sandbox::workspace::User;

/// One session.
#[derive(Debug)]
pub struct Session {
    /// Their name.
    pub name: &'static str,
    /// What they lead.
    pub leads: &'static str,
    /// Where they live.
    pub zone: &'static str,
    /// Their practice in focus; `None`: they begin it themselves.
    pub practice: Option<Practice>,
    /// The prompts that are asked: one that opens, perhaps one that follows up.
    pub asks: &'static [&'static str],
    /// What they do.
    pub does: &'static [Does],
}

/// One thing that a member does.
#[derive(Debug)]
pub enum Does {
    /// Taps a button of the question.
    Taps(&'static str),
    /// Replies in the direct message.
    Replies(&'static str),
    /// Opens the form of the question, fills it and keeps it.
    Reflects { situation: &'static str, room: &'static str, answer: &'static str, hat: &'static str },
    /// The same by `/leadlens checkin`.
    ChecksIn { situation: &'static str, room: &'static str, answer: &'static str, hat: &'static str },
    /// Opens the form of the question, reads it and closes it.
    LooksAtTheForm,
    /// Answers the follow-up.
    FollowsUp(&'static str),
    /// Closes the form at the follow-up.
    StopsHere,
    /// Time passes, until this clock time of the day.
    Waits(&'static str),
    /// Two weeks later they set a cadence, and its first question comes. It looks back.
    TwoWeeksLater,
}

use Does::{ChecksIn, FollowsUp, LooksAtTheForm, Reflects, Replies, StopsHere, Taps, TwoWeeksLater, Waits};

const LEADER: &str = "Leader: what and why";
const MANAGER: &str = "Manager: how and when";

/// All of them, in the order in which they are told.
pub const SESSIONS: [Session; 11] = [
    Session {
        name: "Ayla",
        leads: "a children's ward",
        zone: "Europe/Istanbul",
        practice: Some(Practice::StopSolving),
        asks: &["stop-solving.open.1", "stop-solving.follow.3"],
        does: &[
            Taps("Why this one?"),
            LooksAtTheForm,
            Reflects {
                situation: "Two nurses want me to settle who works Christmas Eve.",
                room: "",
                answer: "Whether the two of them have talked. I bet not, they both came straight to my door.",
                hat: LEADER,
            },
            FollowsUp("They would sort it out at the coffee machine. I would hate the day in between."),
        ],
    },
    Session {
        name: "Marek",
        leads: "a restaurant kitchen",
        zone: "Europe/Warsaw",
        practice: Some(Practice::SellTheWhy),
        asks: &["sell-the-why.open.1", "sell-the-why.follow.6"],
        does: &[
            Reflects {
                situation: "New menu from Friday, and all they see is more prep.",
                room: "Low in spirit",
                answer: "People come in after a bad week and leave louder than they came. The menu is for that.",
                hat: LEADER,
            },
            FollowsUp(
                "Go and listen to table nine at half past nine tonight. That noise is what you peel for.",
            ),
        ],
    },
    Session {
        name: "Ines",
        leads: "the science teachers of a school",
        zone: "Europe/Lisbon",
        practice: Some(Practice::ChangeProject),
        asks: &["change-project.open.1", "change-project.follow.1"],
        does: &[
            Reflects {
                situation: "",
                room: "",
                answer: "The year nine practicals. They work, nobody sets fire to anything, and a week later nobody \
                         remembers a single one.",
                hat: LEADER,
            },
            FollowsUp("Two weeks of syllabus, and a worksheet of mine that I am rather fond of."),
        ],
    },
    Session {
        name: "Tom",
        leads: "a building site",
        zone: "Europe/London",
        practice: Some(Practice::EmbraceTheBoring),
        asks: &["embrace-the-boring.open.2", "embrace-the-boring.follow.2"],
        does: &[
            Taps("In an hour"),
            Waits("10:31"),
            Reflects {
                situation: "Four calls before eight, all of them about keys.",
                room: "Inspired but disorganised",
                answer: "Where the keys hang, who has the crane on which morning, and the number of the man with the \
                         pump. One sheet, on the container door.",
                hat: MANAGER,
            },
            FollowsUp("Jola. She has it all in her head already, she only needs the marker."),
        ],
    },
    Session {
        name: "Priya",
        leads: "a data team",
        zone: "Asia/Kolkata",
        practice: Some(Practice::FocusOnTheHow),
        asks: &["focus-on-the-how.open.1", "focus-on-the-how.follow.3"],
        does: &[
            Reflects {
                situation: "Everyone agrees that the churn dashboard is nearly there. Since August.",
                room: "Missing deadlines",
                answer: "Our churn number and the one that finance has are the same three days running, and nobody \
                         had to touch it.",
                hat: MANAGER,
            },
            FollowsUp("Ring finance. They may have two churn numbers as well, and nobody has asked them."),
        ],
    },
    Session {
        name: "Gregor",
        leads: "a theatre company",
        zone: "Europe/Vienna",
        practice: Some(Practice::CheckInDontJustInspire),
        asks: &["check-in-dont-just-inspire.open.3", "check-in-dont-just-inspire.follow.3"],
        does: &[
            Reflects {
                situation: "Rehearsals fly. Everyone is in love with the piece, me most of all.",
                room: "",
                answer: "The two at the lighting desk. I have talked about the storm all week and never asked what it \
                         takes to hang it.",
                hat: "Neither",
            },
            FollowsUp("I climb up there at nine tomorrow with coffee for both, and no speech."),
        ],
    },
    Session {
        name: "Lena",
        leads: "a company of twelve",
        zone: "Europe/Berlin",
        practice: Some(Practice::AuditTheCalendar),
        asks: &["audit-the-calendar.open.4"],
        does: &[
            Replies(
                "An investor who is not going to invest. I knew it after ten minutes and stayed for sixty.",
            ),
            Replies("And Monday at eight, which used to be for the product, went to the lawyers."),
            Taps("Neither"),
        ],
    },
    Session {
        name: "Samuel",
        leads: "the early shift of a warehouse",
        zone: "Europe/Amsterdam",
        practice: Some(Practice::AskForFeedback),
        asks: &["ask-for-feedback.open.1", "ask-for-feedback.follow.3"],
        does: &[
            Reflects {
                situation: "",
                room: "",
                answer: "Dorota. She would say that I talked for nineteen of the twenty minutes, and she would have \
                         timed it.",
                hat: "Both",
            },
            FollowsUp("Dorota, which part of this morning could I have left out?"),
        ],
    },
    Session {
        name: "Wanjiru",
        leads: "the volunteers of a charity",
        zone: "Africa/Nairobi",
        practice: Some(Practice::StartSmall),
        asks: &["start-small.open.3", "start-small.follow.2"],
        does: &[
            Reflects {
                situation: "",
                room: "",
                answer: "The student who asked for our old laptop in May. I said yes in the corridor and forgot it by \
                         the stairs.",
                hat: MANAGER,
            },
            FollowsUp("Going through my corridor yeses on Friday. There are always three."),
        ],
    },
    Session {
        name: "Aino",
        leads: "a control room, and writes little",
        zone: "Europe/Helsinki",
        practice: None,
        asks: &["focus-on-the-how.follow.5"],
        does: &[
            ChecksIn {
                situation: "",
                room: "In the first hours of a crisis",
                answer: "Call the night shift.",
                hat: MANAGER,
            },
            StopsHere,
            ChecksIn {
                situation: "",
                room: "Past the panic, needs to execute",
                answer: "Names and times.",
                hat: MANAGER,
            },
        ],
    },
    Session {
        name: "Noor",
        leads: "a vineyard, and is asked two weeks later what came of it",
        zone: "Europe/Madrid",
        practice: None,
        asks: &["stop-solving.follow.3"],
        does: &[
            ChecksIn {
                situation: "Harvest begins on Monday, and everybody asks me who decides about the rain.",
                room: "",
                answer: "Next week I'll ask Ana first, before I tell anybody what I would do. She has read that sky for \
                         ten years.",
                hat: LEADER,
            },
            FollowsUp("It would cost us a row or two, I think. And she would see that I meant it."),
            TwoWeeksLater,
            Taps("Partly"),
            Replies(
                "I asked her on the first two days. On the third it rained, and I had answered before I had asked.",
            ),
            Taps("Both"),
        ],
    },
];

const PREFACE: &str = "# Eleven sessions

One for each practice, one with a member of few words, and one that LeadLens looks back on. Every line went through the real bot and a workspace of
its own; the times are the member's. Which questions come is staged here, so that the answers fit them; in real life
`coach/prompt/` chooses. *(now)* is a message that changed in place, *(for you)* one that nobody else sees.

The words at the end of a session are counted as `coach/word_budget.rs` counts them: the questions that LeadLens asked
against what the member wrote. LeadLens keeps to fewer; for a member who writes four or five words, as in the
tenth session, that is the shortest question there is, and for fewer words it is none.

This page is printed by `cargo run -- demo --sessions > docs/sessions.md`; a test says when it is out of date.
";

/// Plays them all.
///
/// # Errors
/// When the bot or the sandbox does not do what a session needs, which is a defect.
pub async fn play() -> anyhow::Result<String> {
    let mut told = PREFACE.to_owned();
    for (nth, session) in SESSIONS.iter().enumerate() {
        let practice = session.practice.map_or("a check-in of their own", Practice::title);
        let number = nth.saturating_add(1);
        told.push_str(&format!("\n## {number}. {} leads {}: {practice}\n\n", session.name, session.leads));
        let played = session.play().await.with_context(|| format!("the session of {}", session.name))?;
        told.push_str(&format!("```text\n{}\n```\n\n{}\n", played.trim_end(), session.words()?));
    }
    Ok(told)
}

impl Session {
    /// Plays it on a demo of its own and tells it.
    async fn play(&self) -> anyhow::Result<String> {
        let people = vec![User::new(YOU, self.name, self.zone)];
        let demo = DemoWorkspace::start(DemoOptions {
            prints: Prints::Kept,
            called: self.name,
            library: Some(library()?.only(self.asks)),
            ..DemoOptions::of("2026-10-01T00:00:00Z", people)
        })
        .await?;
        let played = self.live(&demo).await;
        let told = demo.take_told();
        demo.shutdown().await;
        played.map(|()| told)
    }

    async fn live(&self, demo: &DemoWorkspace) -> anyhow::Result<()> {
        demo.you.opens_home().await;
        demo.settle().await?;
        if let Some(practice) = self.practice {
            demo.you.types("/leadlens schedule").await;
            demo.settle().await?;
            demo.you.in_modal().fills("practice", &practice_label(practice))?;
            demo.you.in_modal().submits().await?;
            demo.settle().await?;
            demo.you.in_modal().closes();
        }
        // What came so far is not part of the session.
        drop(demo.take_told());
        demo.move_to(demo.at("2026-10-01T09:30")?).await?;
        let mut question = String::new();
        for does in self.does {
            // *Later* brings the question in a message of its own.
            question = demo.open_question().map_or(question, |message| message.ts);
            does.plays(demo, &question).await?;
        }
        Ok(())
    }

    /// What was said, in words.
    ///
    /// # Errors
    /// When a prompt that it names is not in the library.
    pub fn words(&self) -> anyhow::Result<String> {
        let talk = self.talk()?;
        Ok(format!("LeadLens asked in {} words, {} wrote {}.", talk.asked, self.name, talk.said))
    }

    /// What was said, counted.
    ///
    /// # Errors
    /// When a prompt that it names is not in the library.
    pub fn talk(&self) -> anyhow::Result<Talk> {
        let library = library()?;
        let words_of = |kind| -> anyhow::Result<usize> {
            let of_kind = |prompt: &&Prompt| prompt.kind == kind && self.asks.contains(&prompt.id.as_str());
            let prompt = library.prompts().find(of_kind).context("a prompt that is not there")?;
            Ok(word_budget::count_words(&prompt.text))
        };
        let mut talk = Talk::default();
        if self.practice.is_some() {
            talk.asked = words_of(PromptKind::Open)?;
        }
        for does in self.does {
            talk.asked = talk.asked.saturating_add(match does {
                ChecksIn { .. } => word_budget::count_words(STANDING_QUESTION),
                FollowsUp(_) | StopsHere => words_of(PromptKind::FollowUp)?,
                TwoWeeksLater => {
                    let asks = library.text_for(CopyKey::LookBackCame).context("a text that is not there")?;
                    word_budget::count_words(&asks.text)
                }
                _ => 0,
            });
            for written in does.writes() {
                talk = talk.answered(&MemberText::new(written));
            }
        }
        Ok(talk)
    }
}

impl Does {
    /// What the member writes with it.
    fn writes(&self) -> Vec<&'static str> {
        match self {
            Replies(text) | FollowsUp(text) => vec![text],
            Reflects { situation, answer, .. } | ChecksIn { situation, answer, .. } => {
                vec![situation, answer]
            }
            Taps(_) | LooksAtTheForm | StopsHere | Waits(_) | TwoWeeksLater => Vec::new(),
        }
    }

    async fn plays(&self, demo: &DemoWorkspace, question: &str) -> anyhow::Result<()> {
        match self {
            Taps(label) => {
                demo.narrate(&format!("[{label}]"));
                demo.you.clicks_on(question, label).await?;
            }
            Replies(text) => {
                demo.narrate(text);
                demo.you.says(text).await;
            }
            Reflects { situation, room, answer, hat } => {
                demo.narrate("[Reflect]");
                demo.you.clicks_on(question, "Reflect").await?;
                fills_and_keeps(demo, situation, room, answer, hat).await?;
            }
            ChecksIn { situation, room, answer, hat } => {
                demo.narrate("/leadlens checkin");
                demo.you.types("/leadlens checkin").await;
                fills_and_keeps(demo, situation, room, answer, hat).await?;
            }
            LooksAtTheForm => {
                demo.narrate("[Reflect]");
                demo.you.clicks_on(question, "Reflect").await?;
                demo.settle().await?;
                demo.print_modal();
                demo.narrate("[Cancel]");
                demo.you.in_modal().closes();
            }
            FollowsUp(text) => {
                demo.you.in_modal().fills("follow-up-answer", text)?;
                demo.narrate(&format!("{text} [Keep]"));
                demo.you.in_modal().submits().await?;
            }
            StopsHere => {
                demo.narrate("[Stop here]");
                demo.you.in_modal().closes();
            }
            TwoWeeksLater => {
                demo.move_to(demo.at("2026-10-15T09:00")?).await?;
                demo.scene("two weeks later");
                demo.narrate("/leadlens schedule, weekdays at 09:30");
                demo.you.types("/leadlens schedule").await;
                demo.settle().await?;
                demo.you.in_modal().submits().await?;
                demo.settle().await?;
                demo.you.in_modal().closes();
                demo.move_to(demo.at("2026-10-15T09:30")?).await?;
            }
            Waits(until) => {
                let today = format!("2026-10-01T{until}");
                demo.move_to(demo.at(&today)?).await?;
            }
        }
        demo.settle().await
    }
}

async fn fills_and_keeps(
    demo: &DemoWorkspace,
    situation: &str,
    room: &str,
    answer: &str,
    hat: &str,
) -> anyhow::Result<()> {
    demo.settle().await?;
    let inputs = [("situation", situation), ("room", room), ("answer", answer), ("hat", hat)];
    for (input, value) in inputs.into_iter().filter(|(_, value)| !value.is_empty()) {
        demo.you.in_modal().fills(input, value)?;
    }
    for own in [situation, answer].into_iter().filter(|own| !own.is_empty()) {
        demo.narrate(own);
    }
    let room = if room.is_empty() { String::new() } else { format!("[{room}] ") };
    demo.narrate(&format!("{room}[{hat}] [Keep]"));
    demo.you.in_modal().submits().await?;
    demo.settle().await?;
    if demo.you.in_modal().view().is_some() {
        demo.print_modal();
    } else {
        demo.narrate("(the form has closed)");
    }
    Ok(())
}

fn library() -> anyhow::Result<Library> {
    Library::built_in().map_err(|_| anyhow::anyhow!("the built-in prompts are wrong"))
}
