//! What a member sees of their month: the picture, its pixels, the page.

use super::*;
use crate::report::{
    html,
    picture::{Layout, Palette, alt, png, svg},
};
use proptest::prelude::*;

fn empty() -> Report {
    report(date(2026, 11, 2), &[])
}

fn months() -> [(&'static str, Report); 6] {
    [
        ("rich", rich()),
        ("read", read()),
        ("small", small()),
        ("empty", empty()),
        ("blind_spot", blind_spot()),
        ("one_hat", one_hat()),
    ]
}

#[test]
fn pictures_of_six_months() {
    for (name, report) in months() {
        insta::assert_snapshot!(format!("{name}_svg"), svg(&report, Palette::LIGHT, Layout::Wide));
    }
    insta::assert_snapshot!("read_dark_narrow_svg", svg(&read(), Palette::DARK, Layout::Narrow));
}

#[test]
fn a_picture_says_all_of_it_in_words_within_slacks_limit() {
    insta::assert_snapshot!("read_alt", alt(&read()));
    for (name, report) in months() {
        let alt = alt(&report);
        assert!(alt.chars().count() <= 1_000, "{name}: {}", alt.chars().count());
        assert!(
            svg(&report, Palette::DARK, Layout::Wide).contains(&format!("aria-label=\"{alt}\"")),
            "{name}"
        );
        let table = chart::table(&report).map(|table| table.rows).unwrap_or_default();
        let shares =
            table.iter().flatten().filter_map(|cell| Some(cell.split_once("· ")?.1.split_once(' ')?.0));
        for share in shares.filter(|share| share.ends_with('%')) {
            assert!(alt.contains(share), "{name}: {share} in {alt}");
        }
    }
}

/// With `LEADLENS_LOOK=folder` it draws every month in every way and writes them there, to be looked at.
#[test]
fn a_picture_becomes_pixels() {
    let looked_at = std::env::var("LEADLENS_LOOK").ok();
    for (name, report) in months() {
        for (palette, colours) in [("light", Palette::LIGHT), ("dark", Palette::DARK)] {
            for (layout, shape) in [(Layout::Wide, "wide"), (Layout::Narrow, "narrow")] {
                if looked_at.is_none() && (name, palette, shape) != ("read", "light", "wide") {
                    continue;
                }
                let pixels = png::encode(&svg(&report, colours, layout)).unwrap();
                assert!(pixels.starts_with(b"\x89PNG") && pixels.len() < 400_000, "{} bytes", pixels.len());
                if let Some(folder) = &looked_at {
                    std::fs::write(format!("{folder}/{name}-{palette}-{shape}.png"), pixels).unwrap();
                    std::fs::write(format!("{folder}/{name}.html"), html::page(&report, &question(&report)))
                        .unwrap();
                }
            }
        }
    }
}

#[test]
fn what_is_no_picture_is_not_drawn() {
    for bad in ["", "<svg", "<html/>", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\"/>"]
    {
        assert!(png::encode(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_page_needs_nothing_else() {
    for (name, report) in months() {
        let page = html::page(&report, &question(&report));
        let words = page.replace("http://www.w3.org/2000/svg", "").replace("url(data:font/ttf;base64,", "");
        for outside in ["http:", "https:", "url(", "src=", "href=", "<script", "@import"] {
            assert!(!words.contains(outside), "{name}: {outside}");
        }
        assert!(page.len() < 300_000, "{name}: {} bytes", page.len());
        assert!(page.contains(&question(&report)), "{name}");
        for part in text::parts(&report) {
            assert!(page.contains(&part.text), "{name}: {}", part.text);
        }
        let (open, closed) = (page.matches("<section>").count(), page.matches("</section>").count());
        assert_eq!(open, closed, "{name}");
    }
    let page = html::page(&read(), &question(&read()));
    let (letters, rest) = page.split_once(":root").unwrap();
    assert!(letters.contains("font-face"));
    insta::assert_snapshot!("read_html", rest);
}

proptest! {
    #[test]
    fn any_month_is_drawn_within_its_frame(days in prop::collection::vec((1_i8..=31, 0_usize..4, 0_usize..4, 0_usize..4), 0..80)) {
        let evidence: Vec<Evidence> = days
            .into_iter()
            .map(|(day, said, seen, dimension)| Evidence {
                lens_hats: Some(Hats::ALL[seen]),
                pole: Some((Dimension::VARIANTS[dimension], Hats::ALL[seen])),
                ..piece(10, day, Some(Hats::ALL[said]), Some(Room::VARIANTS[dimension * 2]))
            })
            .collect();
        let report = report(date(2026, 11, 2), &evidence);
        for layout in [Layout::Wide, Layout::Narrow] {
            let drawing = svg(&report, Palette::OF_THE_PAGE, layout);
            prop_assert!(!drawing.contains("NaN") && !drawing.contains("inf"));
            let width = if layout == Layout::Wide { 960.0 } else { 480.0 };
            for attribute in [" x=\"", " cx=\"", " x1=\"", " x2=\""] {
                for part in drawing.split(attribute).skip(1) {
                    let at: f64 = part.split('"').next().unwrap().parse().unwrap();
                    prop_assert!((0.0..=width).contains(&at), "{attribute}{at}");
                }
            }
        }
    }
}
