use super::{Action, Effect, Submission, parse::Parsed, respond};
use crate::{
    coach::{
        ids::MemberId,
        member::{Cadence, Member, Pause},
        nudge::SkipReason,
        screen::{CommandError, Field, FieldError, FieldProblem, Form, Message, Notice, ScheduleForm},
    },
    interaction::{AppState, Ctx, Outcome, PostAck, Reply, ReplyTarget, Result, ScheduleValues, steps},
};
use jiff::civil::Date;

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match action {
        Action::Open => Outcome::unchanged(open(ctx, &member, target)),
        Action::OpenPause => Outcome::unchanged(target.show(Form::Pause { until_on: None })),
        // The button can be pressed when its day has passed.
        Action::PauseUntil { until_on } if until_on <= member.local_date(ctx.now()) => {
            Outcome::unchanged(target.say(Message::Usage { problem: Some(CommandError::BadDate) }))
        }
        Action::PauseUntil { until_on } => pause(ctx, member, Some(until_on), target).await,
        Action::Resume => resume(ctx, member, target).await,
        Action::Practices => Outcome::unchanged(target.show(respond::practices(ctx, member.focus))),
        Action::Focus { practice } => {
            ctx.tx.save_member(&Member { focus: practice, ..member }).await?;
            Outcome::changed(Effect::Focused)
        }
    }
}

pub async fn submit(
    ctx: &mut Ctx<'_>,
    member: Member,
    submission: Submission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match submission {
        Submission::Schedule(values) => submit_schedule(ctx, member, &values, target).await,
        Submission::Pause { until_on } => pause(ctx, member, until_on, target).await,
    }
}

/// `/leadlens pause 2026-12-24`.
pub async fn pause_until(
    ctx: &mut Ctx<'_>,
    member: Member,
    until_on: Date,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    pause(ctx, member, Some(until_on), target).await
}

/// `/leadlens schedule mon 9:30`: opens the form, and says that the words were not read.
pub fn open_without_words(member: &Member, target: &ReplyTarget) -> Reply {
    let notice = target.notice(Notice::WordsNotRead);
    let context = target.context().cloned().unwrap_or_default();
    match context.trigger.clone() {
        Some(trigger) => notice.then(PostAck::OpenSchedule { member: member.id.clone(), trigger, context }),
        None => notice,
    }
}

/// Inside a modal the form is shown at once. Elsewhere Slack is asked for the member's time zone first,
/// after the acknowledgement.
fn open(ctx: &Ctx<'_>, member: &Member, target: &ReplyTarget) -> Reply {
    let context = target.context().cloned().unwrap_or_default();
    match context.trigger.clone() {
        Some(trigger) => {
            Reply::done().then(PostAck::OpenSchedule { member: member.id.clone(), trigger, context })
        }
        None if target.open_form().is_some() => target.show(Form::Schedule(form_of(ctx, member))),
        None => Reply::done(),
    }
}

/// The schedule form of a member. `slack_zone` is the time zone that Slack names for them now; it is
/// stored unless they have set one themselves.
pub async fn form_with_slack_zone(
    state: &AppState,
    who: &MemberId,
    slack_zone: Option<&str>,
) -> Result<ScheduleForm> {
    let (who, zone) = (who.clone(), slack_zone.map(str::to_owned));
    state
        .write(move |ctx| {
            Box::pin(async move {
                let mut member = steps::member::get_or_create_member(ctx, &who).await?;
                if steps::member::follow_slack_zone(ctx, &mut member, zone.as_deref()).await? {
                    ctx.tx.save_member(&member).await?;
                }
                Ok(form_of(ctx, &member))
            })
        })
        .await
}

fn form_of(ctx: &Ctx<'_>, member: &Member) -> ScheduleForm {
    let now = ctx.now();
    let today = member.local_date(now);
    let paused = member.is_paused(now);
    ScheduleForm {
        nudges_on: member.cadence.is_some(),
        zone: member.zone.is_known().then(|| member.zone.name().to_owned()),
        quiet: member.quiet,
        days_off: member.days_off.iter().copied().filter(|date| *date >= today).collect(),
        pause_until_on: member.pause.filter(|_| paused).and_then(|pause| pause.until_on),
        paused,
        focus: member.focus,
        look_back: member.look_back,
        cadence: member.cadence.clone().unwrap_or_else(Cadence::weekdays_at_half_past_nine),
    }
}

async fn submit_schedule(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    values: &ScheduleValues,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let now = ctx.now();
    let parsed = match Parsed::of(values, &member, member.local_date(now)) {
        Ok(parsed) => parsed,
        Err(errors) => return Outcome::unchanged(target.field_errors(errors)),
    };
    member.cadence = Some(parsed.cadence);
    member.zone = parsed.zone;
    member.quiet = values.quiet;
    member.days_off = parsed.days_off;
    member.look_back = values.look_back.unwrap_or(member.look_back);
    member.focus = values.focus.as_deref().and_then(|name| name.parse().ok());
    let was_paused_without_date = member.pause.is_some_and(|pause| pause.until_on.is_none());
    match values.pause_until_on {
        Some(until_on) => member.pause = Some(Pause { until_on: Some(until_on) }),
        // A pause without a date is not in the form; it ends by resuming.
        None if was_paused_without_date => {}
        None => member.pause = None,
    }
    if member.is_paused(now) {
        steps::nudge::cancel_waiting(ctx, &mut member, SkipReason::Paused).await?;
    }
    steps::member::replan(ctx, &mut member);
    ctx.tx.save_member(&member).await?;
    Outcome::changed(Effect::Stored)
}

/// Pauses everything that comes by itself. What the member asked to have later is cancelled with it.
async fn pause(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    until_on: Option<Date>,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    if until_on.is_some_and(|date| date <= member.local_date(ctx.now())) {
        let error = FieldError::new(Field::PauseUntil, FieldProblem::PauseNotInFuture);
        return Outcome::unchanged(target.field_errors(vec![error]));
    }
    member.pause = Some(Pause { until_on });
    steps::nudge::cancel_waiting(ctx, &mut member, SkipReason::Paused).await?;
    ctx.tx.save_member(&member).await?;
    Outcome::changed(Effect::Paused)
}

async fn resume(ctx: &mut Ctx<'_>, mut member: Member, target: &ReplyTarget) -> Result<Outcome<Effect>> {
    if !member.is_paused(ctx.now()) {
        return Outcome::unchanged(target.with_home(target.notice(Notice::NotPaused)));
    }
    member.pause = None;
    steps::member::replan(ctx, &mut member);
    ctx.tx.save_member(&member).await?;
    Outcome::changed(Effect::Resumed)
}
