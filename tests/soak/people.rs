//! Members: where they live, when they are asked, and what they do. What they expect of the bot is written down
//! for `model`.

use crate::{
    dice::Dice,
    model::{Answer, Model, Promise},
    world::World,
};
use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use leadlens_sandbox::{
    Delivered,
    script::{Person as MemberClient, action_of},
    transcript::plain,
    workspace::Message,
};

pub const ZONES: [&str; 6] = [
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
];

/// When somebody is asked.
const TIMES: [&str; 7] = ["08:30", "09:00", "09:30", "09:30", "11:15", "14:00", "16:30"];

/// Why somebody is not asked for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    Paused,
    DoNotDisturb,
    OnVacation,
    Deactivated,
}

pub struct Person {
    pub team: usize,
    pub user: String,
    /// The zones of their Slack profile, each since when; the newest last.
    pub zones: Vec<(Timestamp, &'static str)>,
    pub time: &'static str,
    pub away: Vec<(Away, Timestamp, Timestamp)>,
    /// Since when they are asked.
    pub asked_from: Option<Timestamp>,
    /// When they last did something of which the bot heard.
    pub acted_at: Vec<Timestamp>,
    /// The timestamp of the last message that they have seen.
    pub seen: String,
}

impl Person {
    pub fn zone(&self) -> TimeZone {
        zone(self.zones.last().expect("a zone").1)
    }

    pub fn is_away(&self, at: Timestamp) -> bool {
        self.away.iter().any(|(_, from, until)| *from <= at && at < *until)
    }
}

pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

fn midnight(day: Date, zone: &TimeZone) -> Timestamp {
    zone.to_timestamp(day.to_datetime(Time::midnight())).expect("a day")
}

pub fn roll(dice: &Dice, nth: usize) -> Person {
    let lives_in = ZONES[nth % ZONES.len()];
    Person {
        team: (nth / ZONES.len()) % 2,
        user: format!("U0MEMBER{nth:03}"),
        zones: vec![(Timestamp::UNIX_EPOCH, lives_in)],
        time: *dice.one_of::<&str>(&TIMES),
        away: Vec::new(),
        asked_from: None,
        acted_at: Vec::new(),
        seen: String::new(),
    }
}

/// What somebody does by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    ChecksIn,
    Plans,
    Exports,
    LooksAtHome,
    Pauses,
    DoesNotDisturb,
    GoesOnVacation,
    Travels { is_told: bool },
    IsDeactivated,
    IsReactivated,
}

/// What somebody does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    Replies,
    Says,
    Reflects,
    Skips,
    Later,
    Keeps,
    GoesOn,
}

pub struct Doing<'a> {
    pub world: &'a mut World,
    pub model: &'a mut Model,
    pub dice: &'a Dice,
    pub who: usize,
    pub person: &'a mut Person,
}

impl Doing<'_> {
    fn client(&self) -> MemberClient {
        self.world.slack[self.person.team].person(&self.person.user)
    }

    fn note(&mut self, delivered: &Delivered) {
        if delivered.acked {
            self.person.acted_at.push(self.world.now);
        }
    }

    fn answer(&mut self, must_be_kept: bool) -> Answer {
        let nth = self.model.answers.len();
        Answer {
            who: self.who,
            text: format!("I will ask Raj about topic {nth} and wait for his answer."),
            at: self.world.now,
            must_be_kept,
            is_gone: false,
            message: None,
        }
    }

    /// What the message shows now; `None` when it is gone.
    fn message(&self, ts: &str) -> Option<Message> {
        let client = self.client();
        let dm = client.dm();
        self.world.slack[self.person.team]
            .look(|state| state.channels[&dm].messages.iter().rev().find(|it| it.ts == ts).cloned())
    }

    async fn taps(&mut self, message: &Message, label: &str) -> Option<Delivered> {
        let action = action_of(&message.blocks, label)?;
        let client = self.client();
        let delivered = client.taps(&client.dm(), message, action).await;
        self.note(&delivered);
        Some(delivered)
    }

    pub async fn reacts(&mut self, ts: &str, how: Reaction) {
        let Some(message) = self.message(ts) else { return };
        match how {
            Reaction::Replies | Reaction::Says => {
                let mut answer = self.answer(true);
                let client = self.client();
                let (ts, delivered) = if how == Reaction::Replies {
                    client.replies(ts, &answer.text).await
                } else {
                    client.says(&answer.text).await
                };
                self.note(&delivered);
                answer.message = Some(ts);
                self.model.answers.push(answer);
            }
            Reaction::Reflects => {
                if self.taps(&message, "Reflect").await.is_some_and(|it| it.acked) {
                    self.world.rests().await;
                    self.submits_a_check_in().await;
                }
            }
            Reaction::Skips => {
                self.taps(&message, "Skip").await;
            }
            Reaction::Later => {
                if self.taps(&message, "In an hour").await.is_some_and(|it| it.acked) {
                    let due = self.world.now + SignedDuration::from_hours(1);
                    self.model.promises.push(Promise::later(self.who, due));
                }
            }
            Reaction::Keeps => {
                if self.taps(&message, "Keep").await.is_some_and(|it| it.acked) {
                    self.model.offer(message.thread_ts.as_deref(), true);
                }
            }
            Reaction::GoesOn => {
                let delivered = self.client().opens_home().await;
                self.note(&delivered);
            }
        }
    }

    fn form(&self, title: &str) -> bool {
        self.client().in_modal().view().is_some_and(|view| plain(&view.content["title"]) == title)
    }

    async fn opens(&mut self, line: &str, title: &str) -> bool {
        let delivered = self.client().types(line).await;
        self.note(&delivered);
        self.world.rests().await;
        delivered.acked && self.form(title)
    }

    /// Submits, and again while Slack shows that it did not work. Whether it worked.
    async fn submits(&mut self) -> bool {
        for _ in 0..3 {
            let delivered = self.client().in_modal().submits().await.expect("a form that is filled");
            self.note(&delivered);
            self.world.rests().await;
            if delivered.acked {
                return true;
            }
        }
        false
    }

    async fn submits_a_check_in(&mut self) {
        if !self.form("Check in") {
            return;
        }
        let mut answer = self.answer(false);
        let client = self.client();
        let hat = *self.dice.one_of(&["Manager: how and when", "Leader: what and why"]);
        for (input, value) in [("answer", answer.text.as_str()), ("hat", hat)] {
            client.in_modal().fills(input, value).expect("an input");
        }
        answer.must_be_kept = self.submits().await;
        self.model.answers.push(answer);
        while client.in_modal().view().is_some() {
            client.in_modal().closes();
        }
    }

    /// Sets the schedule as it opens, with a time of their own.
    pub async fn sets_the_schedule(&mut self) {
        assert!(self.opens("/leadlens schedule", "Schedule").await, "the schedule opens");
        let client = self.client();
        client.in_modal().fills("first-time", self.person.time).expect("a time");
        assert!(self.submits().await, "it is saved");
        while client.in_modal().view().is_some() {
            client.in_modal().closes();
        }
        self.person.asked_from = Some(self.world.now);
    }

    pub async fn acts(&mut self, act: Act) {
        let now = self.world.now;
        let slack = self.world.slack[self.person.team].clone();
        let user = self.person.user.clone();
        match act {
            Act::ChecksIn => {
                if self.opens("/leadlens checkin", "Check in").await {
                    self.submits_a_check_in().await;
                }
            }
            Act::Plans => self.plans().await,
            Act::Exports => {
                let delivered = self.client().types("/leadlens export").await;
                self.note(&delivered);
                // Without an acknowledgement it comes or not.
                self.model.promises.push(Promise::export(self.who, now, delivered.acked));
            }
            Act::LooksAtHome => {
                let delivered = self.client().opens_home().await;
                self.note(&delivered);
            }
            Act::Pauses => {
                let days = i32::try_from(1 + self.dice.below(4)).expect("days");
                let until = self.today().saturating_add(days.days());
                let delivered = self.client().types(&format!("/leadlens pause {until}")).await;
                self.note(&delivered);
                if delivered.acked {
                    let until = midnight(until, &self.person.zone());
                    self.person.away.push((Away::Paused, now, until));
                }
            }
            Act::DoesNotDisturb => {
                let until = now + self.dice.minutes(30, 240);
                slack.admin().set_dnd(&user, Some((now.as_second(), until.as_second())));
                self.person.away.push((Away::DoNotDisturb, now, until));
            }
            Act::GoesOnVacation => {
                let until = now + self.dice.minutes(600, 60 * 72);
                slack.admin().set_status(&user, ":palm_tree:", "Vacationing", until.as_second());
                self.person.away.push((Away::OnVacation, now, until));
            }
            Act::Travels { is_told } => {
                let to = *self.dice.one_of(&ZONES);
                if is_told {
                    slack.admin().set_zone(&user, to).await;
                } else {
                    slack.admin().set_zone_silently(&user, to);
                }
                self.person.zones.push((now, to));
            }
            Act::IsDeactivated => {
                slack.admin().deactivate(&user);
                // Until they are active again.
                self.person.away.push((Away::Deactivated, now, now + SignedDuration::from_hours(24 * 365)));
            }
            Act::IsReactivated => {
                slack.admin().reactivate(&user);
                let delivered = self.client().opens_home().await;
                self.note(&delivered);
                // Until the bot hears of it.
                if delivered.acked {
                    let gone = self.person.away.iter_mut().filter(|(why, ..)| *why == Away::Deactivated);
                    gone.for_each(|(_, _, until)| *until = (*until).min(now));
                }
            }
        }
    }

    fn today(&self) -> Date {
        self.person.zone().to_datetime(self.world.now).date()
    }

    async fn plans(&mut self) {
        if !self.opens("/leadlens plan", "A plan").await {
            return;
        }
        let act = format!("ask about point {} and wait", self.model.promises.len());
        let days = i32::try_from(1 + self.dice.below(6)).expect("days");
        let on = self.today().saturating_add(days.days());
        let client = self.client();
        let on_text = on.to_string();
        for (input, value) in
            [("cue", "Raj asks me"), ("act", act.as_str()), ("follow-up-on", on_text.as_str())]
        {
            client.in_modal().fills(input, value).expect("an input");
        }
        let stored = self.submits().await;
        while client.in_modal().view().is_some() {
            client.in_modal().closes();
        }
        if stored {
            let due = midnight(on, &self.person.zone());
            self.model.promises.push(Promise::plan(self.who, due, act));
        }
    }

    /// Edits or deletes an answer that was written as a message.
    pub async fn changes(&mut self, nth: usize, deletes: bool) {
        let Some(ts) = self.model.answers[nth].message.clone() else { return };
        let client = self.client();
        if deletes {
            if client.deletes(&ts).await.is_ok() {
                self.model.answers[nth].is_gone = true;
            }
            return;
        }
        let mut answer = self.answer(self.model.answers[nth].must_be_kept);
        if client.edits(&ts, &answer.text).await.is_ok() {
            self.model.answers[nth].is_gone = true;
            answer.message = Some(ts);
            self.model.answers.push(answer);
        }
    }
}
