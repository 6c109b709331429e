//! A report as one self-contained HTML page: its picture, words and table, in light and dark, for a phone and for paper.
//! It holds none of the member's own text.

use super::{
    Report,
    chart::table,
    picture::{Layout, Palette, png::FONTS, svg},
    text,
};
use crate::coach::screen::Table;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Allows styles and fonts that are in the page and nothing else, so that a browser loads nothing from the network.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; font-src data:";

const STYLE: &str = include_str!("html.css");

/// The page, with `question` at its end.
pub fn page(report: &Report, question: &str) -> String {
    let title = text::title(report);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(CONTENT_SECURITY_POLICY);
                title { (title) }
                style { (PreEscaped(font_faces())) (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    (picture(report, Layout::Wide, "wide"))
                    (picture(report, Layout::Narrow, "narrow"))
                    div.words {
                        @for part in text::parts(report) {
                            section {
                                @if !part.heading.is_empty() { h2 { (part.heading) } }
                                p { (part.text) }
                            }
                        }
                    }
                    @if let Some(table) = table(report) { (numbers(&table)) }
                    p.question { (question) }
                }
            }
        }
    };
    page.into_string()
}

/// Both layouts are in the page; its styles show the one that fits the width.
fn picture(report: &Report, layout: Layout, class: &str) -> Markup {
    html! { figure class=(class) { (PreEscaped(svg(report, Palette::OF_THE_PAGE, layout))) } }
}

/// The table, in a region that scrolls sideways and can be reached with the keyboard.
fn numbers(table: &Table) -> Markup {
    html! {
        div.numbers tabindex="0" role="region" aria-label=(table.caption) {
            table {
                caption { (table.caption) }
                thead { tr { @for name in &table.header { th scope="col" { (name) } } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (nth, cell) in row.iter().enumerate() {
                                @if nth == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The picture's fonts, so that its text is as wide in every browser as the layout assumed.
fn font_faces() -> String {
    let face = |(weight, font): (u16, &[u8])| {
        format!(
            "@font-face {{ font-family: Inter; font-weight: {weight}; \
             src: url(data:font/ttf;base64,{}) format(\"truetype\"); }}\n",
            STANDARD.encode(font)
        )
    };
    [400, 600].into_iter().zip(FONTS).map(face).collect()
}
