use crate::{
    coach::{
        member::{Member, Presence},
        month::Month,
        nudge::{Decision, decide_report},
        screen::{Message, Picture, PictureFormat},
    },
    interaction::{
        Composed, Ctx, OutboundFile, Result,
        steps::report::{load, load_own_words},
    },
    report::{
        Report,
        picture::{Layout, Palette, alt, svg},
        screen::to_screen,
        text,
    },
    store::OutboxRow,
};

/// The report, from what is stored when it is sent.
pub async fn compose(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    month: Month,
    scheduled: bool,
    presence: &Presence,
) -> Result<Composed> {
    if scheduled {
        match decide_report(member, presence, ctx.now()) {
            Decision::Send => {}
            Decision::Postpone(at) => return Ok(Composed::Wait(at)),
            Decision::Skip(_) | Decision::AskToGoOn => return Ok(Composed::Drop("let-go")),
        }
    }
    let report = load(ctx, member, month).await?;
    if scheduled && !report.has_evidence() {
        return Ok(Composed::Drop("no-evidence"));
    }
    let message = message(ctx, member, &report).await?;
    Ok(Composed::post(row, Some(member), message))
}

/// A sent report, after words that it may quote were changed or deleted. It shows the whole month as it is stored
/// now, so that its numbers and its quotations agree.
pub async fn compose_update(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    month: Month,
) -> Result<Composed> {
    let report = load(ctx, member, month).await?;
    let message = message(ctx, member, &report).await?;
    Ok(Composed::update(row, message))
}

async fn message(ctx: &mut Ctx<'_>, member: &Member, report: &Report) -> Result<Message> {
    let own_words = load_own_words(ctx, member, report.month).await?;
    let question = ctx.text_for(text::closing_question(report));
    Ok(Message::Report(Box::new(to_screen(report, own_words, question))))
}

/// The picture of a month's report as a file. It holds none of the member's words, so that it can be shown.
pub async fn compose_file(
    ctx: &mut Ctx<'_>,
    row: &OutboxRow,
    member: &Member,
    month: Month,
    format: PictureFormat,
) -> Result<Composed> {
    let report = load(ctx, member, month).await?;
    let picture = Picture { svg: svg(&report, Palette::LIGHT, Layout::Wide), alt: alt(&report) };
    let file = OutboundFile::picture_of(month, text::title(&report), picture, format);
    Ok(Composed::post_with(row, Some(member), Message::ReportFile { month }, None, vec![file]))
}
