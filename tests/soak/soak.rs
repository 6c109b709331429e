//! The course of a soak: what happens when, until it is over, and the summary.

use crate::{
    dice::Dice,
    faults::{self, Planned, Trouble},
    model::{Model, Seen, next_slot},
    people::{self, Act, Doing, Person, Reaction},
    world::World,
};
use jiff::{SignedDuration, Timestamp};
use leadlens_sandbox::{
    transcript,
    workspace::{Fault, Message, User},
};
use std::collections::BTreeMap;

/// When every soak begins: a Monday, three weeks before a month ends.
const BEGIN: &str = "2026-10-12T00:00:00Z";
/// The bot works at least so often: it notices then that deliveries came.
const AT_LEAST_EVERY: SignedDuration = SignedDuration::from_mins(3);

#[derive(Debug, Clone)]
enum Event {
    /// Somebody is to be asked; void when they have travelled since.
    Slot {
        who: usize,
        zones: usize,
    },
    Act {
        who: usize,
        act: Act,
    },
    React {
        who: usize,
        message: String,
        how: Reaction,
    },
    Change {
        answer: usize,
        deletes: bool,
    },
    Begin(usize),
    End(usize),
}

pub struct Soak {
    seed: u64,
    days: u64,
    dice: Dice,
    world: World,
    model: Model,
    people: Vec<Person>,
    agenda: BTreeMap<(Timestamp, u64), Event>,
    events: u64,
    end: Timestamp,
    /// How many of each are in force.
    dark: usize,
    down: usize,
    /// A kill that waits for a post.
    kill: Option<usize>,
    injected: BTreeMap<String, usize>,
}

impl Soak {
    pub async fn begin(seed: u64, days: u64, members: usize) -> Self {
        let dice = Dice::new(seed);
        let begin: Timestamp = BEGIN.parse().expect("an instant");
        let end = begin + SignedDuration::from_hours(24 * i64::try_from(days).expect("days"));
        let people: Vec<Person> = (0..members).map(|nth| people::roll(&dice, nth)).collect();
        let of = |team: usize| -> Vec<User> {
            let members = people.iter().filter(|person| person.team == team);
            members.map(|person| User::new(&person.user, "Member", person.zones[0].1)).collect()
        };
        let world = World::begin(begin, seed, [of(0), of(1)]).await;
        let mut soak = Self {
            seed,
            days,
            world,
            model: Model::default(),
            people,
            agenda: BTreeMap::new(),
            events: 0,
            end,
            dark: 0,
            down: 0,
            kill: None,
            injected: BTreeMap::new(),
            dice,
        };
        for who in 0..members {
            soak.doing(who).sets_the_schedule().await;
            soak.world.set_now(soak.world.now + SignedDuration::from_secs(1));
            soak.plan_slot(who);
        }
        soak.world.rests().await;
        for slack in &soak.world.slack {
            slack.change(|state| state.strict_limits = true);
        }
        soak.roll_lives();
        let planned = faults::plan(&soak.dice, soak.world.now, days);
        for planned in planned {
            let nth = soak.model.troubles.len();
            soak.at(planned.from, Event::Begin(nth));
            soak.at(planned.until, Event::End(nth));
            soak.model.troubles.push(planned);
        }
        soak
    }

    fn at(&mut self, at: Timestamp, event: Event) {
        self.events += 1;
        self.agenda.insert((at, self.events), event);
    }

    fn doing(&mut self, who: usize) -> Doing<'_> {
        let Self { world, model, dice, people, .. } = self;
        Doing { world, model, dice, who, person: &mut people[who] }
    }

    fn plan_slot(&mut self, who: usize) {
        let person = &self.people[who];
        let (at, zones) = (next_slot(person, self.world.now), person.zones.len());
        self.at(at, Event::Slot { who, zones });
    }

    fn roll_lives(&mut self) {
        let chances = [
            (Act::ChecksIn, 60),
            (Act::Plans, 40),
            (Act::Exports, 8),
            (Act::LooksAtHome, 40),
            (Act::Pauses, 7),
            (Act::DoesNotDisturb, 30),
            (Act::GoesOnVacation, 8),
            (Act::Travels { is_told: true }, 5),
            (Act::Travels { is_told: false }, 5),
            (Act::IsDeactivated, 2),
        ];
        let begin = self.world.now;
        for who in 0..self.people.len() {
            for day in 0..self.days {
                for (act, chance) in chances {
                    if !self.dice.happens(chance) {
                        continue;
                    }
                    let midnight =
                        begin + SignedDuration::from_hours(24 * i64::try_from(day).expect("a day"));
                    let at = midnight + self.dice.minutes(0, 24 * 60);
                    self.at(at, Event::Act { who, act });
                    if act == Act::IsDeactivated {
                        let back = at + self.dice.minutes(300, 60 * 40);
                        self.at(back, Event::Act { who, act: Act::IsReactivated });
                    }
                }
            }
        }
    }

    /// Runs to the end, judges, and says what was.
    pub async fn run(mut self) {
        eprintln!("soak: seed {}, {} days, {} members", self.seed, self.days, self.people.len());
        while self.world.now < self.end {
            self.works().await;
            let next_event = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let now = self.world.now;
            let next = self.world.next_at().await.into_iter().chain(next_event).min();
            let at_most = now + AT_LEAST_EVERY;
            let soon = now + SignedDuration::from_secs(1);
            self.world.set_now(next.map_or(at_most, |at| at.clamp(soon, at_most)));
            while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= self.world.now)
            {
                let event = entry.remove();
                self.happens(event).await;
            }
        }
        self.works().await;
        let Self { model, world, people, .. } = &mut self;
        model.judge(world, people).await;
        self.summary();
        self.world.stops().await;
        assert!(
            self.model.violations.is_empty(),
            "seed {}:\n{}",
            self.seed,
            self.model.violations.join("\n")
        );
    }

    /// The bot works, or dies of it, and members see what came.
    async fn works(&mut self) {
        if let Some(nth) = self.kill
            && self.world.runs()
            && self
                .world
                .is_killed_while_it_posts(1 + usize::try_from(self.dice.below(4)).expect("posts"))
                .await
        {
            self.kill = None;
            self.count(nth);
            self.down += 1;
            // It comes back after a while.
            let back = self.world.now + self.dice.seconds(1, 200);
            let planned = &mut self.model.troubles[nth];
            (planned.from, planned.until) = (self.world.now, back);
            self.at(back, Event::End(nth));
            self.world.reach(self.dark > 0);
        }
        self.world.rests().await;
        self.everybody_looks().await;
    }

    async fn everybody_looks(&mut self) {
        let mut came: Vec<(usize, Message)> = Vec::new();
        for (who, person) in self.people.iter_mut().enumerate() {
            let dm = format!("D{}", person.user.trim_start_matches('U'));
            let new = self.world.slack[person.team].look(|state| {
                let Some(channel) = state.channels.get(&dm) else { return Vec::new() };
                let new = channel.messages.iter().rev().take_while(|message| message.ts > person.seen);
                let new = new.filter(|message| message.bot && message.only_for.is_none());
                new.cloned().collect::<Vec<_>>()
            });
            if let Some(newest) = new.first() {
                person.seen.clone_from(&newest.ts);
            }
            came.extend(new.into_iter().rev().map(|message| (who, message)));
        }
        let rows: Vec<String> = came.iter().filter_map(|(_, message)| row_of(message)).collect();
        let kinds = self.world.kinds(&rows).await;
        for (who, message) in came {
            let row = row_of(&message);
            let kind = match &row {
                Some(row) => kinds.get(row).cloned().unwrap_or_else(|| "unknown".to_owned()),
                None => "file".to_owned(),
            };
            if kind == "offer" {
                self.model.offer(message.thread_ts.as_deref(), false);
            }
            self.roll_reaction(who, &kind, &message);
            let at = instant_of(&message.ts);
            let shown = transcript::message(&message) + &message.text;
            self.model.seen.push(Seen { who, at, kind, row, shown });
        }
    }

    fn roll_reaction(&mut self, who: usize, kind: &str, message: &Message) {
        let how = match (kind, self.dice.below(100)) {
            ("nudge", 0..40) => Reaction::Replies,
            ("nudge", 40..55) => Reaction::Says,
            ("nudge", 55..75) => Reaction::Reflects,
            ("nudge", 75..85) => Reaction::Skips,
            ("nudge", 85..91) => Reaction::Later,
            ("plan", 0..50) => Reaction::Replies,
            ("offer", _) => Reaction::Keeps,
            ("go-on", _) => Reaction::GoesOn,
            _ => return,
        };
        let after = match self.dice.below(10) {
            0..6 => self.dice.seconds(20, 1_200),
            6..9 => self.dice.minutes(20, 180),
            _ => self.dice.minutes(180, 360),
        };
        self.at(self.world.now + after, Event::React { who, message: message.ts.clone(), how });
    }

    async fn happens(&mut self, event: Event) {
        match event {
            Event::Slot { who, zones } => {
                if self.people[who].zones.len() == zones {
                    self.model.slots.push((who, self.world.now));
                    self.plan_slot(who);
                }
            }
            Event::Act { who, act } => {
                if self.people[who].is_away(self.world.now) && act != Act::IsReactivated {
                    return;
                }
                self.doing(who).acts(act).await;
                if matches!(act, Act::Travels { .. }) {
                    self.plan_slot(who);
                }
            }
            Event::React { who, message, how } => {
                let before = self.model.answers.len();
                self.doing(who).reacts(&message, how).await;
                let wrote = self.model.answers.len() > before && self.model.answers[before].message.is_some();
                if wrote && self.dice.happens(120) {
                    let deletes = self.dice.happens(300);
                    let at = self.world.now + self.dice.minutes(1, 60);
                    self.at(at, Event::Change { answer: before, deletes });
                }
            }
            Event::Change { answer, deletes } => {
                let who = self.model.answers[answer].who;
                self.doing(who).changes(answer, deletes).await;
            }
            Event::Begin(nth) => self.begins(nth).await,
            Event::End(nth) => self.ends(nth).await,
        }
    }

    fn count(&mut self, nth: usize) {
        let name = self.model.troubles[nth].trouble.name();
        *self.injected.entry(name).or_default() += 1;
    }

    async fn begins(&mut self, nth: usize) {
        let Planned { trouble, team, .. } = self.model.troubles[nth].clone();
        if !matches!(trouble, Trouble::Killed) {
            self.count(nth);
        }
        let slack = self.world.slack[team.unwrap_or(0)].clone();
        match trouble {
            Trouble::Call { method, fault } => slack.faults().fail(method, fault),
            Trouble::Methods(methods) => {
                methods.iter().for_each(|method| slack.faults().fail_always(method, Fault::ServerError));
            }
            Trouble::Dark => {
                self.dark += 1;
                self.world.reach(true);
            }
            Trouble::Stopped => {
                self.down += 1;
                self.world.stops().await;
                self.world.reach(self.dark > 0);
            }
            Trouble::Killed => self.kill = Some(nth),
            Trouble::ClockStep(ahead) => self.world.step_clock(ahead),
            Trouble::Token(code) => slack.faults().refuse_token(Some(code)),
            Trouble::Scope(scope) => slack.admin().withdraw_scope(scope),
            Trouble::Tab => slack.admin().disable_messages_tab(true),
            Trouble::Disorder => slack.deliveries().hold_events(),
            Trouble::LostAcks => {
                slack.faults().lose_next_acks(1 + u32::try_from(self.dice.below(3)).expect("acks"));
            }
            Trouble::Removed => slack.admin().uninstall(self.dice.happens(500)).await,
        }
    }

    async fn ends(&mut self, nth: usize) {
        let Planned { trouble, team, .. } = self.model.troubles[nth].clone();
        let team = team.unwrap_or(0);
        let slack = self.world.slack[team].clone();
        match trouble {
            Trouble::Call { .. } | Trouble::ClockStep(_) | Trouble::LostAcks => {}
            Trouble::Methods(methods) => methods.iter().for_each(|method| slack.faults().mend(method)),
            Trouble::Dark => {
                self.dark -= 1;
                self.world.reach(self.dark > 0);
            }
            Trouble::Stopped => self.comes_back().await,
            // The plan's own end of a kill that did not happen yet means nothing.
            Trouble::Killed if self.kill == Some(nth) => {}
            Trouble::Killed => {
                if self.model.troubles[nth].until <= self.world.now && self.down > 0 {
                    self.comes_back().await;
                }
            }
            Trouble::Token(_) => slack.faults().refuse_token(None),
            Trouble::Scope(scope) => slack.admin().grant_scope(scope),
            Trouble::Tab => slack.admin().disable_messages_tab(false),
            Trouble::Disorder => {
                let mut events = slack.deliveries().release_events();
                while !events.is_empty() {
                    let nth = usize::try_from(self.dice.below(events.len() as u64)).expect("an index");
                    slack.deliveries().deliver_held(events.remove(nth)).await;
                    if self.dice.happens(300) {
                        slack.deliveries().repeat_last().await;
                    }
                }
            }
            Trouble::Removed => self.world.is_installed(team).await,
        }
    }

    async fn comes_back(&mut self) {
        self.down -= 1;
        if self.down == 0 && !self.world.runs() {
            self.world.starts().await;
        }
        self.world.reach(self.dark > 0);
    }

    fn summary(&self) {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for seen in &self.model.seen {
            *kinds.entry(&seen.kind).or_default() += 1;
        }
        eprintln!("messages of the bot: {} {kinds:?}", self.model.seen.len());
        let gone = self.model.answers.iter().filter(|it| it.is_gone).count();
        eprintln!("answers: {}, of which {gone} were edited or deleted", self.model.answers.len());
        eprintln!("slots: {}, promises: {}", self.model.slots.len(), self.model.promises.len());
        eprintln!(
            "events given up by Slack: {}",
            self.world.slack.iter().map(|it| it.deliveries().given_up()).sum::<u32>()
        );
        eprintln!("faults injected:");
        for (name, count) in &self.injected {
            eprintln!("  {count:5} {name}");
        }
        eprintln!("database: {} MB", self.world.megabytes());
        eprintln!("violations: {}", self.model.violations.len());
    }
}

fn row_of(message: &Message) -> Option<String> {
    message.metadata["event_payload"]["row"].as_str().map(str::to_owned)
}

fn instant_of(ts: &str) -> Timestamp {
    let (seconds, micros) = ts.split_once('.').expect("a timestamp");
    let micros =
        seconds.parse::<i64>().expect("seconds") * 1_000_000 + micros.parse::<i64>().expect("micros");
    Timestamp::from_microsecond(micros).expect("an instant")
}
