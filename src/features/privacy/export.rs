use crate::{
    coach::{
        ids::{MemberId, MessageRef},
        member::Member,
    },
    interaction::{AppState, Ctx, FileContent, InteractionError, OutboundFile, Result},
    report::member_export::{ExportedMessagePart, ExportedRound, MemberExport, archive},
    store::MessagePart,
};

/// The file that an export comes in.
const EXPORT_NAME: &str = "leadlens-export.zip";

/// Everything about a member, as it is kept now.
pub(super) async fn own_data(ctx: &mut Ctx<'_>, member: &Member) -> Result<MemberExport> {
    let reflections = ctx.tx.reflections_of(&member.id).await?;
    let nudges = ctx.tx.nudges_of(&member.id).await?;
    let acts = ctx.tx.acts_of(&member.id).await?;
    let mut own = MemberExport::of(member, &reflections, &nudges, ctx.now())
        .with_acts(&acts)
        .with_room(ctx.tx.find_room_read(&member.id).await?)
        .with_audits(&ctx.tx.audits_of(&member.id).await?)
        .with_plans(&ctx.tx.plans_of(&member.id).await?)
        .with_look_backs(&ctx.tx.look_backs_of(&member.id).await?)
        .with_consent(ctx.tx.find_llm_consent(&member.id).await?);
    for reflection in &mut own.reflections {
        let pieces = ctx.tx.message_parts_of(&reflection.id).await?;
        reflection.pieces = pieces.into_iter().map(own_piece).collect();
    }
    for plan in &mut own.plans {
        let pieces = ctx.tx.outcome_parts_of(&plan.id).await?;
        plan.pieces = pieces.into_iter().map(own_piece).collect();
    }
    for round in ctx.tx.rounds_of(&member.id).await? {
        let comments = ctx.tx.feedback_comments(&round.id).await?;
        own.feedback_rounds.push(ExportedRound::of(&round, comments));
    }
    own.asked_in_rounds = ctx.tx.rounds_asking(&member.id).await?;
    own.feedback_opted_out = ctx.tx.is_opted_out_of_feedback(&member.id).await?;
    Ok(own)
}

/// Everything about a member as one file; none for a stranger. Years of reflections take seconds: they are read
/// beside the writers, and packed on a thread that nobody waits for.
///
/// # Errors
/// [`InteractionError::Export`]; the store's.
pub async fn export_files(state: &AppState, who: &MemberId) -> Result<Vec<OutboundFile>> {
    let who = who.clone();
    let own = state.read(move |ctx| {
        Box::pin(async move {
            match ctx.tx.find_member(&who).await? {
                Some(member) => own_data(ctx, &member).await.map(Some),
                None => Ok(None),
            }
        })
    });
    let Some(own) = own.await? else { return Ok(Vec::new()) };
    let packed = tokio::task::spawn_blocking(move || archive::pack(&own)).await;
    let bytes = packed.map_err(|_| InteractionError::Export)?.map_err(|_| InteractionError::Export)?;
    let (name, title) = (EXPORT_NAME.to_owned(), archive::TITLE.to_owned());
    Ok(vec![OutboundFile { name, title, alt: None, content: FileContent::Bytes(bytes) }])
}

fn own_piece(piece: MessagePart) -> ExportedMessagePart {
    let MessageRef { channel, ts } = piece.message;
    ExportedMessagePart { channel, ts, words: piece.text, posted_at: piece.at }
}
