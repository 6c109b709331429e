//! First contact, the usage, and what Slack says about a member's profile.

use crate::{
    coach::{
        copy::CopyKey,
        ids::MemberId,
        member::Member,
        screen::{CommandError, Message},
    },
    interaction::{Composed, Ctx, Origin, Outcome, Reply, ReplyTarget, Result, steps},
    store::OutboxRow,
};
use serde::{Deserialize, Serialize};

/// Why a deactivated account is not reachable.
const DEACTIVATED: &str = "deactivated";

/// What a button of this feature means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Show the usage.
    Help,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A member's profile may have changed.
    ProfileRead,
}

/// Shows the usage.
pub fn handle(action: &Action, target: &ReplyTarget) -> Outcome<Effect> {
    let Action::Help = action;
    Outcome::Unchanged(Box::new(usage(target, None)))
}

/// The usage, with what was wrong with a command.
pub fn usage(target: &ReplyTarget, problem: Option<CommandError>) -> Reply {
    match &target.origin {
        Origin::Command(_) | Origin::Shortcut(_) | Origin::Message { .. } | Origin::Home(_) => {
            target.say(Message::Usage { problem })
        }
        // No form has a button that asks for it.
        Origin::Modal(_) | Origin::Submission { .. } => Reply::done(),
    }
}

/// Slack says that a profile changed. A stranger's is ignored. True if something was stored.
pub async fn profile_changed(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    zone: Option<&str>,
    deactivated: bool,
) -> Result<bool> {
    let Some(mut member) = ctx.tx.find_member(who).await? else { return Ok(false) };
    let mut changed = steps::member::follow_slack_zone(ctx, &mut member, zone).await?;
    if deactivated != (member.unreachable.as_deref() == Some(DEACTIVATED)) {
        member.unreachable = deactivated.then(|| DEACTIVATED.to_owned());
        changed = true;
    }
    if changed {
        ctx.tx.save_member(&member).await?;
    }
    Ok(changed)
}

/// Somebody opened Home. Looking makes nobody a member, so that after an erasure nothing begins again by itself.
pub async fn home_opened(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<()> {
    if ctx.tx.find_member(who).await?.is_some() {
        steps::member::get_or_create_member(ctx, who).await?;
        return Ok(());
    }
    welcome_once(ctx, who).await
}

/// Somebody opened the conversation. That is no activity of a member's: whoever reads a question and leaves it has not
/// come back. Whoever was asked for feedback opens it to read that, and is not told of anything else.
pub async fn conversation_opened(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<()> {
    if ctx.tx.find_member(who).await?.is_some() || ctx.tx.has_written_to(who).await? {
        return Ok(());
    }
    welcome_once(ctx, who).await
}

async fn welcome_once(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<()> {
    if steps::member::note_first_look(ctx, who).await? {
        steps::member::enqueue_welcome(ctx, who).await?;
    }
    Ok(())
}

/// First contact: what this is, and what it shows. Whoever has only looked is no member yet.
pub fn compose_welcome(ctx: &Ctx<'_>, row: &OutboxRow, member: Option<&Member>) -> Composed {
    let what = ctx.text_for(CopyKey::FirstContactWhat);
    let shown = ctx.text_for(CopyKey::FirstContactShown);
    Composed::post(row, member, Message::Welcome { what, shown })
}
