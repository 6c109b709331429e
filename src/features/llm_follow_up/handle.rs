use super::{Action, Effect};
use crate::{
    coach::{llm_follow_up::ConsentAnswer, member::Member},
    interaction::{Ctx, Outcome, Result},
};

/// Stores the member's answer. An answer about another host than today's means nothing.
pub async fn handle(ctx: &mut Ctx<'_>, member: Member, action: Action) -> Result<Outcome<Effect>> {
    let (host, answer) = match action {
        Action::Agree { host } => (host, ConsentAnswer::Agreed),
        Action::Refuse { host } => (host, ConsentAnswer::Refused),
    };
    if ctx.llm_host() == Some(host.as_str()) {
        let now = ctx.now();
        ctx.tx.answer_llm_consent(&member.id, &host, answer, now).await?;
    }
    Outcome::changed(Effect::Answered)
}
