//! A member's own reflections: paged, searched, deleted. What is shown belongs to its author alone:
//! every query names them.

use super::{
    App, Done,
    checkin::kept_screen,
    command::search_in,
    dispatch::Outcome,
    incoming::{PressedAt, Reply, What},
    once::Did,
    surface::Surface,
};
use crate::{
    coach::{
        conversation::NudgeEvent,
        ids::{MemberId, RowId},
        member::Member,
        member_text::MemberText,
        reflection::Reflection,
        screen::{Form, FormState, HISTORY_PAGE_SIZE, HistoryEntry, HistoryPage, Notice},
    },
    store::{OutKind, Tx},
};

impl App {
    pub(super) async fn show_history(
        &self,
        tx: &mut Tx,
        surface: &Surface<'_>,
        search: MemberText,
        page: u32,
    ) -> Done<Reply> {
        let page = self.history_page(tx, surface.who(), search, page).await?;
        Ok(surface.show(Form::History(page)))
    }

    /// One page; past the end the last one that has entries.
    async fn history_page(
        &self,
        tx: &mut Tx,
        who: &MemberId,
        search: MemberText,
        page: u32,
    ) -> Done<HistoryPage> {
        let size = usize::try_from(HISTORY_PAGE_SIZE).unwrap_or(1).max(1);
        let offset = |page: u32| usize::try_from(page).unwrap_or(0).saturating_mul(size);
        let mut page = page;
        let (mut total, mut found) = tx.reflections_page(who, Some(&search), offset(page), size).await?;
        if found.is_empty() && page > 0 {
            page = u32::try_from(total.saturating_sub(1) / size).unwrap_or(0);
            (total, found) = tx.reflections_page(who, Some(&search), offset(page), size).await?;
        }
        let entries = found.into_iter().map(history_entry).collect();
        let (acts, _) = tx.acts_page(who, 0, 0).await?;
        let audits = u64::try_from(tx.audits_of(who).await?.len()).unwrap_or(u64::MAX);
        let plans = u64::try_from(tx.plans_of(who).await?.len()).unwrap_or(u64::MAX);
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        Ok(HistoryPage { search, page, total, entries, acts, audits, plans })
    }

    /// Deletes a reflection. What shows it in Slack is drawn again.
    pub(super) async fn delete_tapped(&self, tx: &mut Tx, mut member: Member, id: &RowId) -> Done<Outcome> {
        Ok(match tx.find_reflection(&member.id, id).await? {
            Some(reflection) => {
                self.delete_reflection(tx, &mut member, &reflection).await?;
                Did::Deleted
            }
            None => Did::Gone,
        }
        .into())
    }

    pub(super) async fn delete_reflection(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        reflection: &Reflection,
    ) -> Done<()> {
        self.happen_to_nudge_of(tx, member, reflection, NudgeEvent::ReflectionDeleted).await?;
        self.redraw_kept(tx, reflection).await?;
        tx.delete_reflection(&member.id, &reflection.id).await?;
        Ok(())
    }

    /// After a reflection was changed: its nudge and the message that says it is kept show it.
    pub(super) async fn reflection_changed(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        reflection: &Reflection,
    ) -> Done<()> {
        self.happen_to_nudge_of(tx, member, reflection, NudgeEvent::ReflectionEdited).await?;
        self.redraw_kept(tx, reflection).await
    }

    /// What happened to a reflection happens to the nudge that it answers, if that was answered by it.
    async fn happen_to_nudge_of(
        &self,
        tx: &mut Tx,
        member: &mut Member,
        reflection: &Reflection,
        event: NudgeEvent,
    ) -> Done<()> {
        let nudge = match &reflection.nudge {
            Some(nudge) => tx.find_nudge(&member.id, nudge).await?,
            None => None,
        };
        if let Some(mut nudge) = nudge {
            let _not_answered = self.happen(tx, member, &mut nudge, event).await?;
        }
        Ok(())
    }

    async fn redraw_kept(&self, tx: &mut Tx, reflection: &Reflection) -> Done<()> {
        let (who, id) = (&reflection.member, &reflection.id);
        if let Some(message) = tx.sent_message(who, OutKind::Kept, id.as_str()).await? {
            self.redraw(tx, who, message, format!("reflection:{id}")).await?;
        }
        Ok(())
    }

    /// In the open history the page is shown again without it; elsewhere a word says so, where the
    /// message itself does not.
    pub(super) async fn after_delete(&self, tx: &mut Tx, what: &What, surface: &Surface<'_>) -> Done<Reply> {
        match what {
            What::Pressed { at: at @ PressedAt::Form { state: FormState::History { page }, .. }, .. } => {
                let reply = self.show_history(tx, surface, search_in(at), *page).await?;
                Ok(reply.and_home(surface.who()))
            }
            What::Pressed { at: PressedAt::Home, .. } => Ok(Reply::done().and_home_at_once(surface.who())),
            What::Pressed { at: PressedAt::Message(_), .. } => Ok(Reply::done()),
            _ => Ok(surface.tell(Notice::Deleted)),
        }
    }

    /// After an entry of a list was changed or deleted: in the open list the list is shown again; a plan's
    /// message and Home show it themselves; elsewhere a word says so.
    pub(super) async fn after_listed(
        &self,
        tx: &mut Tx,
        what: &What,
        surface: &Surface<'_>,
        notice: Notice,
    ) -> Done<Reply> {
        let is_plan = matches!(notice, Notice::PlanDeleted | Notice::PlanNoted);
        let at = match what {
            What::Pressed { at, .. } => Some(at),
            _ => None,
        };
        let reply = match at {
            Some(PressedAt::Form { state: FormState::Acts { page }, .. }) => {
                self.show_acts(tx, surface, *page).await?
            }
            Some(PressedAt::Form { state: FormState::Audits, .. }) => self.show_audits(tx, surface).await?,
            Some(PressedAt::Form { state: FormState::Plans, .. }) => self.show_plans(tx, surface).await?,
            Some(PressedAt::Home | PressedAt::Message(_)) if is_plan => Reply::done(),
            _ => surface.tell(notice),
        };
        Ok(reply.and_home(surface.who()))
    }
}

/// A reflection as the history shows it.
pub(super) fn history_entry(reflection: Reflection) -> HistoryEntry {
    let (kept, follow_up) = (kept_screen(&reflection), reflection.followed_up());
    HistoryEntry { question: reflection.question, room: reflection.room, follow_up, kept }
}
