//! What a row of the outbox comes to, composed from what is stored and from today's facts when it is sent.
//! A new kind of row gets its arm in `compose`; how it is carried to Slack is not here.

use crate::{
    app::{
        App, Done,
        audit::trouble_of,
        checkin::kept_screen,
        feedback,
        message::NOT_KEPT,
        outgoing::{Carry, FileOut},
        privacy, report,
    },
    coach::{
        conversation::NudgeEvent,
        copy::CopyKey,
        ids::{MessageRef, MessageTs, RowId},
        member::{Member, Presence},
        nudge::{self as rules, Decision, DueNudge, Nudge, NudgeState, SkipReason},
        plan::{Plan, PlanState},
        screen::{Message, Notice, NudgeScreen, NudgeScreenState, PlanScreen},
    },
    report::{screen::to_screen, text},
    store::{OutKind, OutboxRow, Tx},
};
use jiff::Timestamp;

/// What a row comes to, with today's facts.
pub(super) enum Composed {
    Carry(Carry),
    /// It is not wanted, for this reason.
    Drop(&'static str),
    /// Not now.
    Wait(Timestamp),
}

impl App {
    pub(super) async fn compose(&self, tx: &mut Tx, row: &OutboxRow, presence: &Presence) -> Done<Composed> {
        let Some(who) = &row.member else { return Ok(Composed::Drop("nobody")) };
        if !self.is_reachable(tx, &row.team).await? {
            return Ok(Composed::Drop("workspace-left"));
        }
        // Whoever is asked for feedback need not be a member.
        if row.kind == OutKind::FeedbackAsk {
            let known = tx.find_member(who).await?;
            let question = self.feedback_question(tx, who, &row.subject).await?;
            return Ok(match question {
                Ok(message) => post(row, known.as_ref(), message),
                Err(why) => Composed::Drop(why),
            });
        }
        if feedback::is_over(row.kind, &row.subject) {
            return Ok(update(row, Message::FeedbackOver));
        }
        let Some(mut member) = tx.find_member(who).await? else {
            // Whoever was forgotten is told so, and nothing else.
            let notice = privacy::notice_of(&row.subject).filter(|_| row.kind == OutKind::Notice);
            let told = notice.map(|notice| post(row, None, Message::Notice(notice)));
            return Ok(told.unwrap_or(Composed::Drop("no-member")));
        };
        if member.unreachable.is_some() && row.kind != OutKind::Nudge {
            return Ok(Composed::Drop("unreachable"));
        }
        match row.kind {
            OutKind::Welcome => {
                let (what, shown) =
                    (self.text_for(CopyKey::FirstContactWhat), self.text_for(CopyKey::FirstContactShown));
                Ok(post(row, Some(&member), Message::Welcome { what, shown }))
            }
            OutKind::Nudge => self.compose_nudge(tx, row, &mut member, presence).await,
            OutKind::GoOn => self.compose_go_on(tx, row, &mut member, presence).await,
            OutKind::Report => self.compose_report(tx, row, &member, presence).await,
            OutKind::Export => self.compose_export(tx, row, &member).await,
            OutKind::Update => self.compose_update(tx, row, &member).await,
            OutKind::Kept => {
                let known = reflection_id(&row.subject).or_else(|| RowId::parse(&row.subject).ok());
                self.compose_kept(tx, row, &member, known).await
            }
            OutKind::Plan => self.compose_plan(tx, row, &member, presence).await,
            OutKind::Audit => Ok(compose_audit(row, &member)),
            OutKind::Offer => Ok(compose_offer(row, &member)),
            OutKind::Care => Ok(compose_care(row, &member)),
            OutKind::FeedbackAsk => Ok(Composed::Drop("asked-above")),
            OutKind::FeedbackResult => {
                let result = self.feedback_result(tx, &member, &row.subject).await?;
                Ok(result.map_or(Composed::Drop("no-result"), |message| post(row, Some(&member), message)))
            }
            OutKind::Notice => Ok(privacy::notice_of(&row.subject)
                .map_or(Composed::Drop("unknown-notice"), |notice| {
                    post(row, Some(&member), Message::Notice(notice))
                })),
        }
    }

    async fn compose_nudge(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        member: &mut Member,
        presence: &Presence,
    ) -> Done<Composed> {
        let found = match RowId::parse(&row.subject) {
            Ok(id) => tx.find_nudge(&member.id, &id).await?,
            Err(_) => None,
        };
        let Some(mut nudge) = found.filter(|nudge| nudge.state == NudgeState::Waiting) else {
            return Ok(Composed::Drop("not-waiting"));
        };
        let last_sent_at = tx.last_nudge_sent_at(&member.id).await?;
        let slot = DueNudge::from_nudge(&nudge, row.due_at, last_sent_at);
        let decision = match rules::decide(member, slot, presence, self.env.now()) {
            // It may be there already: what holds back now must not leave it unmarked.
            Decision::Skip(why) if row.attempted_at.is_some() && why != SkipReason::TooLate => Decision::Send,
            Decision::Postpone(_) if row.attempted_at.is_some() => Decision::Send,
            decision => decision,
        };
        let event = match decision {
            Decision::Send => {
                let message = Message::Nudge(nudge_screen(nudge, NudgeScreenState::Open));
                return Ok(post(row, Some(member), message));
            }
            Decision::Postpone(to) => {
                return Ok(Composed::Wait(to));
            }
            Decision::Skip(why) => NudgeEvent::LetGo { why },
            // Ignored nudges piled up meanwhile; the next slot asks whether to go on.
            Decision::AskToGoOn => NudgeEvent::LetGo { why: SkipReason::BackOff },
        };
        if !nudge.asked_for {
            member.back_off = member.back_off.after_slots_passed(1);
            tx.save_member(member).await?;
        }
        let _late = self.happen(tx, member, &mut nudge, event).await?;
        Ok(Composed::Drop("let-go"))
    }

    async fn compose_go_on(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        member: &mut Member,
        presence: &Presence,
    ) -> Done<Composed> {
        let last_sent_at = tx.last_nudge_sent_at(&member.id).await?;
        let slot = DueNudge::from_cadence(row.due_at, last_sent_at);
        let decision = rules::decide(member, slot, presence, self.env.now());
        if decision == Decision::AskToGoOn || row.attempted_at.is_some() {
            return Ok(post(row, Some(member), Message::AskToGoOn));
        }
        if matches!(decision, Decision::Skip(_)) {
            member.back_off = member.back_off.after_slots_passed(1);
            tx.save_member(member).await?;
        }
        Ok(Composed::Drop("let-go"))
    }

    async fn compose_report(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        member: &Member,
        presence: &Presence,
    ) -> Done<Composed> {
        let Some((month, by_itself)) = report::read_subject(&row.subject) else {
            return Ok(Composed::Drop("unknown-month"));
        };
        if by_itself && row.attempted_at.is_none() {
            match rules::decide_report(member, presence, self.env.now()) {
                Decision::Send => {}
                Decision::Postpone(at) => return Ok(Composed::Wait(at)),
                Decision::Skip(_) | Decision::AskToGoOn => return Ok(Composed::Drop("let-go")),
            }
        }
        let report = self.load_report(tx, member, month).await?;
        if by_itself && !report.has_evidence() {
            return Ok(Composed::Drop("no-evidence"));
        }
        let quotations = self.load_quotations(tx, member, month).await?;
        let question = self.text_for(text::closing_question(&report));
        let screen = to_screen(&report, quotations, question);
        Ok(post(row, Some(member), Message::Report(Box::new(screen))))
    }

    /// The follow-up of a plan: a wish of the member's, late rather than never. A pause or a vacation
    /// holds it until it is over.
    async fn compose_plan(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        member: &Member,
        presence: &Presence,
    ) -> Done<Composed> {
        let found = match RowId::parse(&row.subject) {
            Ok(id) => tx.find_plan(&member.id, &id).await?,
            Err(_) => None,
        };
        let wanted = |plan: &Plan| plan.state == PlanState::Open && plan.asks == row.id;
        let Some(plan) = found.filter(|plan| wanted(plan) || row.attempted_at.is_some()) else {
            return Ok(Composed::Drop("not-open"));
        };
        match rules::decide_follow_up(member, presence, self.env.now()) {
            Decision::Postpone(at) if row.attempted_at.is_none() => return Ok(Composed::Wait(at)),
            Decision::Skip(_) if row.attempted_at.is_none() => return Ok(Composed::Drop("let-go")),
            _ => {}
        }
        let screen = PlanScreen { state: PlanState::Asked, ..self.plan_screen(member, &plan) };
        Ok(post(row, Some(member), Message::Plan(screen)))
    }

    async fn compose_export(&self, tx: &mut Tx, row: &OutboxRow, member: &Member) -> Done<Composed> {
        let by_operator = row.subject == privacy::EXPORT_BY_OPERATOR;
        let files = vec![self.export_file(tx, member).await?];
        Ok(post_with(row, Some(member), Message::Export { by_operator }, None, files))
    }

    async fn compose_update(&self, tx: &mut Tx, row: &OutboxRow, member: &Member) -> Done<Composed> {
        let subject = row.subject.as_str();
        if subject == NOT_KEPT {
            return Ok(update(row, Message::Notice(Notice::NotKept)));
        }
        if let Some(id) = subject.strip_prefix("plan:").and_then(|id| RowId::parse(id).ok()) {
            return Ok(match tx.find_plan(&member.id, &id).await? {
                Some(plan) => update(row, Message::Plan(self.plan_screen(member, &plan))),
                None => update(row, Message::Notice(Notice::PlanDeleted)),
            });
        }
        if let Some(id) = reflection_id(subject) {
            return self.compose_kept(tx, row, member, Some(id)).await;
        }
        let id = subject.strip_prefix("nudge:").and_then(|id| RowId::parse(id).ok());
        let nudge = match id {
            Some(id) => tx.find_nudge(&member.id, &id).await?,
            None => None,
        };
        let Some(nudge) = nudge else { return Ok(Composed::Drop("no-nudge")) };
        let state = self.shown_state(tx, member, &nudge).await?;
        Ok(update(row, Message::Nudge(nudge_screen(nudge, state))))
    }

    /// What a nudge that was sent shows now.
    async fn shown_state(&self, tx: &mut Tx, member: &Member, nudge: &Nudge) -> Done<NudgeScreenState> {
        Ok(match nudge.state {
            NudgeState::Open => NudgeScreenState::Open,
            NudgeState::Answered => match tx.reflection_of_nudge(&member.id, &nudge.id).await? {
                Some(reflection) => NudgeScreenState::Answered(kept_screen(&reflection)),
                None => NudgeScreenState::Deleted,
            },
            NudgeState::Skipped => NudgeScreenState::Skipped,
            NudgeState::Later => {
                let again = tx.nudges_in_state(&member.id, NudgeState::Waiting).await?;
                let again = again.into_iter().find(|waiting| waiting.prompt == nudge.prompt);
                again.map_or(NudgeScreenState::Closed, |waiting| NudgeScreenState::Later {
                    at: member.zone.local(waiting.slot_at),
                })
            }
            NudgeState::Waiting | NudgeState::NotSent => NudgeScreenState::Closed,
        })
    }

    async fn compose_kept(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        member: &Member,
        id: Option<RowId>,
    ) -> Done<Composed> {
        let reflection = match id {
            Some(id) => tx.find_reflection(&member.id, &id).await?,
            None => None,
        };
        Ok(update(
            row,
            match reflection {
                Some(reflection) => Message::Kept(kept_screen(&reflection)),
                None => Message::Notice(Notice::ReflectionDeleted),
            },
        ))
    }
}

fn reflection_id(subject: &str) -> Option<RowId> {
    subject.strip_prefix("reflection:").and_then(|id| RowId::parse(id).ok())
}

fn nudge_screen(nudge: Nudge, state: NudgeScreenState) -> NudgeScreen {
    NudgeScreen { nudge: nudge.id, question: nudge.question, state }
}

fn compose_offer(row: &OutboxRow, member: &Member) -> Composed {
    match MessageTs::parse(&row.subject) {
        Ok(source) => post_below(row, member, Message::OfferKeep { source }),
        Err(_) => Composed::Drop("unknown-subject"),
    }
}

fn compose_audit(row: &OutboxRow, member: &Member) -> Composed {
    let message = match (trouble_of(&row.subject), RowId::parse(&row.subject)) {
        (Some(trouble), _) => Message::Notice(Notice::CalendarError(trouble)),
        (None, Ok(audit)) => Message::AuditProposed { audit },
        (None, Err(_)) => return Composed::Drop("unknown-subject"),
    };
    post(row, Some(member), message)
}

fn compose_care(row: &OutboxRow, member: &Member) -> Composed {
    let mut parts = row.subject.splitn(3, ':');
    let concern = parts.next().and_then(|name| name.parse().ok());
    let source = parts.next().and_then(|ts| MessageTs::parse(ts).ok());
    let nudge = parts.next().and_then(|id| RowId::parse(id).ok());
    match (concern, source) {
        (Some(concern), Some(source)) => post_below(row, member, Message::Care { concern, source, nudge }),
        _ => Composed::Drop("unknown-subject"),
    }
}

/// The message that a row stands at.
fn at(row: &OutboxRow) -> Option<MessageRef> {
    Some(MessageRef { channel: row.channel.clone()?, ts: row.ts.clone()? })
}

fn post(row: &OutboxRow, member: Option<&Member>, message: Message) -> Composed {
    post_with(row, member, message, None, Vec::new())
}

/// Below the member's own message, so that it is plain which one is meant.
fn post_below(row: &OutboxRow, member: &Member, message: Message) -> Composed {
    post_with(row, Some(member), message, at(row), Vec::new())
}

fn post_with(
    row: &OutboxRow,
    member: Option<&Member>,
    message: Message,
    thread: Option<MessageRef>,
    files: Vec<FileOut>,
) -> Composed {
    let Some(who) = &row.member else { return Composed::Drop("nobody") };
    let channel =
        thread.as_ref().map(|it| it.channel.clone()).or_else(|| member.and_then(|it| it.dm.clone()));
    Composed::Carry(Carry::Post {
        user: who.user.clone(),
        channel,
        message: Box::new(message),
        thread,
        files,
    })
}

fn update(row: &OutboxRow, message: Message) -> Composed {
    match at(row) {
        Some(at) => Composed::Carry(Carry::Update { at, message: Box::new(message) }),
        None => Composed::Drop("nowhere"),
    }
}
