//! A report as one page that needs nothing else: its picture, words and table, light and dark, on a
//! telephone and on paper. It holds no word of the member's. Pure.

use super::{
    Report,
    chart::table,
    picture::{Layout, Palette, escape, png::LETTERS, svg},
    text,
};
use crate::coach::screen::{ReportPart, Table};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The page. Nothing in it asks the network for anything, and a browser is told to refuse if it did.
pub fn page(report: &Report, question: &str) -> String {
    let title = escape(&text::title(report));
    let picture = |layout, class: &str| {
        format!("<figure class=\"{class}\">\n{}</figure>\n", svg(report, Palette::OF_THE_PAGE, layout))
    };
    let parts: String = text::parts(report).iter().map(part).collect();
    let table = table(report).as_ref().map(numbers).unwrap_or_default();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         font-src data:\">\n<title>{title}</title>\n<style>\n{}{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n{}{}<div class=\"words\">\n{parts}</div>\n{table}\
         <p class=\"question\">{}</p>\n</main>\n</body>\n</html>\n",
        letters(),
        picture(Layout::Wide, "wide"),
        picture(Layout::Narrow, "narrow"),
        escape(question),
    )
}

fn part(part: &ReportPart) -> String {
    let heading = match part.heading {
        "" => String::new(),
        heading => format!("<h2>{}</h2>\n", escape(heading)),
    };
    format!("<section>\n{heading}<p>{}</p>\n</section>\n", escape(&part.text))
}

fn numbers(table: &Table) -> String {
    let head: String =
        table.header.iter().map(|name| format!("<th scope=\"col\">{}</th>", escape(name))).collect();
    let row = |cells: &Vec<String>| {
        let cells = cells.iter().enumerate().map(|(nth, text)| match nth {
            0 => format!("<th scope=\"row\">{}</th>", escape(text)),
            _ => format!("<td>{}</td>", escape(text)),
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let rows: String = table.rows.iter().map(row).collect();
    format!(
        "<div class=\"numbers\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\n<table>\n\
         <caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        caption = escape(&table.caption)
    )
}

/// The letters of the picture, so that its words are as wide everywhere as they were planned.
fn letters() -> String {
    let face = |(weight, font): (u16, &[u8])| {
        format!(
            "@font-face {{ font-family: Inter; font-weight: {weight}; \
             src: url(data:font/ttf;base64,{}) format(\"truetype\"); }}\n",
            STANDARD.encode(font)
        )
    };
    [400, 600].into_iter().zip(LETTERS).map(face).collect()
}

const STYLE: &str = "\
:root {
  --paper: #ffffff; --ink: #1c2126; --muted: #59616b; --line: #e3e5e8; --leader: #c2500a; --manager: #0b66a8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1a1d21; --ink: #eceef0; --muted: #a7aeb7; --line: #373c43; --leader: #f2a24a; --manager: #5fb4ee;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 17px/1.5 Inter, system-ui, sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 0 0 48px; }
h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
figure { margin: 0; }
figure svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.words, .numbers, .question { margin: 0 4.58%; }
.words { columns: 2 340px; column-gap: 44px; border-top: 1px solid var(--line); padding-top: 28px; }
section { break-inside: avoid; margin: 0 0 18px; }
h2 { font-size: 17px; font-weight: 600; margin: 0 0 2px; }
p { margin: 0; }
section p { color: var(--muted); }
.numbers { overflow-x: auto; border-top: 1px solid var(--line); margin-top: 10px; padding-top: 18px; }
table { border-collapse: collapse; width: 100%; font-size: 15px; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-size: 17px; font-weight: 600; padding: 0 0 8px; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--muted); }
td:last-child, thead th:last-child { text-align: right; padding-right: 0; }
.question { margin-top: 30px; font-size: 22px; font-weight: 600; line-height: 1.35; }
@media (max-width: 640px) {
  .wide { display: none; }
  .narrow { display: block; }
  .words, .numbers, .question { margin-left: 9.17vw; margin-right: 9.17vw; }
}
@media print {
  :root {
    --paper: #ffffff; --ink: #1c2126; --muted: #59616b; --line: #e3e5e8; --leader: #c2500a; --manager: #0b66a8;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .wide { display: block; }
  .narrow { display: none; }
  @page { margin: 12mm 10mm; }
  main { padding: 0; }
  figure, tr, .question { break-inside: avoid; }
  body { font-size: 9.5pt; line-height: 1.4; }
  .words { break-before: page; columns: 2; column-gap: 8mm; border-top: 0; padding-top: 0; }
  section { margin-bottom: 12px; }
  h2, caption { font-size: 10pt; }
  .numbers { overflow: visible; }
  table { font-size: 8.5pt; }
  th, td { padding: 3px 8px 3px 0; }
  .question { font-size: 14pt; margin-top: 20px; }
}
";
