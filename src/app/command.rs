//! What stands behind the command and the buttons that ask for a screen. Each wish is one [`Wish`],
//! whichever way it came, so that a command and its button do the same.

use super::{
    App, Done, audit,
    dispatch::Outcome,
    incoming::{Next, PressedAt, Reply, Values, What},
    once::Did,
    surface::Surface,
};
use crate::{
    coach::{
        command::{self, Command},
        feedback,
        ids::{MemberId, UserId},
        member_text::MemberText,
        month::Month,
        reflection::{CheckinFields, STANDING_QUESTION},
        screen::{CommandError, Form, FormState, Message, Press},
    },
    store::Tx,
};
use jiff::civil::Date;

/// What a member wants.
pub(super) enum Wish {
    /// What a button of the same name means.
    Press(Press),
    /// A pause until a date.
    PauseUntil(Date),
    /// Feedback of these people; the second: a name that was typed is nobody's.
    Feedback(Vec<UserId>, bool),
    /// Their reflections that hold a text.
    Search(MemberText),
    /// Nothing that is understood.
    Unclear(CommandError),
}

/// Understands a command; `today` is the member's own date.
fn wish_of(text: &MemberText, today: Date) -> Wish {
    Wish::Press(match command::parse(text.reveal(), today) {
        Ok(Command::Checkin) => Press::Checkin,
        Ok(Command::Nudge) => Press::NudgeNow,
        Ok(Command::Room) => Press::Room,
        Ok(Command::Audit) => Press::Audit,
        Ok(Command::Plan) => Press::Plan { experiment: None },
        Ok(Command::Schedule) => Press::Schedule,
        Ok(Command::Pause { until_on: Some(until_on) }) => return Wish::PauseUntil(until_on),
        Ok(Command::Pause { until_on: None }) => Press::Pause,
        Ok(Command::Resume) => Press::Resume,
        Ok(Command::Report { month }) => Press::Report { month: month.unwrap_or(Month::containing(today)) },
        Ok(Command::History { search: Some(search) }) => return Wish::Search(search),
        Ok(Command::History { search: None }) => Press::History { page: 0 },
        Ok(Command::Feedback { people, unclear }) => return Wish::Feedback(people, unclear),
        Ok(Command::Export) => Press::Export,
        Ok(Command::Forget) => Press::Forget,
        Ok(Command::Help) => Press::Help,
        Err(problem) => return Wish::Unclear(problem),
    })
}

impl App {
    pub(super) async fn command_typed(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        text: &MemberText,
    ) -> Done<Outcome> {
        let member = self.meet(tx, who).await?;
        match wish_of(text, member.local_date(self.env.now())) {
            Wish::Press(press) => self.press(tx, member, &press, None).await,
            Wish::PauseUntil(until_on) => self.pause(tx, member, Some(until_on)).await,
            Wish::Feedback(people, false) if feedback::invitees(&who.user, &people).is_ok() => {
                self.begin_feedback(tx, &member, &people).await
            }
            Wish::Feedback(..) | Wish::Search(_) | Wish::Unclear(_) => Ok(Did::Opened.into()),
        }
    }

    pub(super) async fn shortcut_used(&self, tx: &mut Tx, who: &MemberId) -> Done<Outcome> {
        self.meet(tx, who).await?;
        Ok(Did::Opened.into())
    }

    /// The screen that a delivery asked for. Nothing is changed.
    pub(super) async fn open(&self, tx: &mut Tx, what: &What, surface: &Surface<'_>) -> Done<Reply> {
        let who = surface.who();
        let wish = match what {
            What::CommandTyped { text, .. } => wish_of(text, self.today_of(tx, who).await?),
            What::Pressed { press: Press::HistorySearch, at, .. } => Wish::Search(search_in(at)),
            What::Pressed { press, .. } => Wish::Press(press.clone()),
            What::AskShortcutUsed { .. } => return self.open_ask(surface),
            _ => Wish::Press(Press::Checkin),
        };
        match wish {
            Wish::Unclear(problem) => Ok(usage(surface, Some(problem))),
            Wish::Feedback(people, unclear) => self.open_feedback(tx, surface, people, unclear).await,
            Wish::Search(search) => self.show_history(tx, surface, search, 0).await,
            Wish::PauseUntil(_) => Ok(surface.show(Form::Pause { until_on: None })),
            Wish::Press(press) => self.open_press(tx, what, surface, &press).await,
        }
    }

    async fn open_press(
        &self,
        tx: &mut Tx,
        what: &What,
        surface: &Surface<'_>,
        press: &Press,
    ) -> Done<Reply> {
        let who = surface.who();
        match press {
            Press::Checkin => Ok(surface.show(new_checkin(CheckinFields::default()))),
            Press::Reflect { nudge } => self.open_reflect(tx, surface, nudge).await,
            Press::Edit { reflection } => self.open_edit(tx, surface, reflection).await,
            Press::Schedule => self.open_schedule(tx, surface, what).await,
            Press::Pause => Ok(surface.show(Form::Pause { until_on: None })),
            Press::History { page } => self.show_history(tx, surface, MemberText::default(), *page).await,
            Press::HistoryPage { page } => {
                let search = match what {
                    What::Pressed { at, .. } => search_in(at),
                    _ => MemberText::default(),
                };
                self.show_history(tx, surface, search, *page).await
            }
            Press::TakeQuestion { nth } => Ok(self.take_question(what, surface, *nth)),
            Press::Acts { page } => self.show_acts(tx, surface, *page).await,
            Press::EditAct { act } => self.open_act(tx, surface, act).await,
            Press::Feedback => self.open_feedback(tx, surface, Vec::new(), false).await,
            Press::Room | Press::ForgetRoom => self.open_room(tx, surface).await,
            Press::ReadRoom { room } => Ok(self.show_room(surface, *room)),
            Press::CheckinInRoom { room } => {
                let fields = CheckinFields { room: Some(*room), ..CheckinFields::default() };
                Ok(surface.show(new_checkin(fields)))
            }
            Press::Audit => Ok(surface.show(Form::Audit(audit::new_form()))),
            Press::EditAudit { audit } => self.open_audit(tx, surface, audit).await,
            Press::Audits => self.show_audits(tx, surface).await,
            Press::Plan { experiment } => self.open_plan(tx, surface, *experiment).await,
            Press::EditPlan { plan } => self.open_plan_edit(tx, surface, plan).await,
            Press::PlanOutcome { plan } => self.open_plan_outcome(tx, surface, plan).await,
            Press::Plans => self.show_plans(tx, surface).await,
            Press::Forget => {
                let counts = tx.counts(who).await?;
                let (reflections, nudges) = (counts.reflections, counts.nudges);
                Ok(surface.show(Form::Forget { reflections, nudges }))
            }
            _ => Ok(usage(surface, None)),
        }
    }

    async fn open_schedule(&self, tx: &mut Tx, surface: &Surface<'_>, what: &What) -> Done<Reply> {
        let door = match what {
            What::CommandTyped { door, .. } | What::Pressed { door, .. } => door,
            _ => return Ok(Reply::done()),
        };
        match (surface, &door.trigger) {
            (Surface::Modal { who, .. }, _) => {
                let form = self.schedule_form_of(tx, who).await?;
                Ok(surface.show(Form::Schedule(form)))
            }
            (_, Some(trigger)) => {
                let (who, trigger) = (surface.who().clone(), trigger.clone());
                Ok(Reply::done().then(Next::OpenSchedule { who, trigger }))
            }
            _ => Ok(Reply::done()),
        }
    }
}

/// What stands in the search field of the history, when the button stood there.
pub(super) fn search_in(at: &PressedAt) -> MemberText {
    match at {
        PressedAt::Form { values: Values::Search { text }, .. } => text.clone(),
        _ => MemberText::default(),
    }
}

fn usage(surface: &Surface<'_>, problem: Option<CommandError>) -> Reply {
    match surface {
        Surface::Conversation { .. } | Surface::Home { .. } => Reply::say(Message::Usage { problem }),
        // No form of ours has a button that asks for it.
        _ => Reply::done(),
    }
}

/// A new check-in, with what is known already.
fn new_checkin(fields: CheckinFields) -> Form {
    Form::Checkin {
        state: FormState::Checkin { nudge: None, prompt: None, care_acknowledged: false },
        question: Some(STANDING_QUESTION.to_owned()),
        fields,
    }
}
