use super::{Action, Effect, Submission, respond};
use crate::{
    coach::{member::Member, member_text::MemberText},
    interaction::{Ctx, Outcome, Reply, ReplyTarget, Result, steps},
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let searched = || target.open_form().map(|open| open.search.clone()).unwrap_or_default();
    match action {
        Action::Open { page } => {
            Outcome::unchanged(show(ctx, &member, MemberText::default(), page, target).await?)
        }
        Action::TurnPage { page } => Outcome::unchanged(show(ctx, &member, searched(), page, target).await?),
        Action::Search => Outcome::unchanged(show(ctx, &member, searched(), 0, target).await?),
        Action::Delete { reflection } => match ctx.tx.find_reflection(&member.id, &reflection).await? {
            Some(reflection) => {
                steps::reflection::delete_reflection(ctx, &mut member, &reflection).await?;
                Outcome::changed(Effect::Deleted)
            }
            None => Outcome::changed(Effect::NotFound),
        },
    }
}

/// The form's own search, by its submit button or the Enter key.
pub async fn submit(
    ctx: &mut Ctx<'_>,
    member: Member,
    submission: Submission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    Outcome::unchanged(search(ctx, &member, submission.text, target).await?)
}

/// `/leadlens history text`: the first page of the reflections that contain a text.
pub async fn search(
    ctx: &mut Ctx<'_>,
    member: &Member,
    text: MemberText,
    target: &ReplyTarget,
) -> Result<Reply> {
    show(ctx, member, text, 0, target).await
}

/// One page of the reflections that contain a text.
async fn show(
    ctx: &mut Ctx<'_>,
    member: &Member,
    text: MemberText,
    page: u32,
    target: &ReplyTarget,
) -> Result<Reply> {
    Ok(target.show(respond::page(ctx, &member.id, text, page).await?))
}
