//! The picture of a report on one page of A4, as PDF. The page holds the same pixels as the PNG: an image needs
//! no font in the file, and prints at about 230 dots per inch.

use super::png::{self, DrawError};
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, TextStr};
use std::io::Write as _;

/// A4 in points, of which an inch has 72.
const PAGE: (f32, f32) = (595.0, 842.0);

/// The margin on all sides, in points.
const MARGIN: f32 = 36.0;

/// The picture as a PDF file with a title.
///
/// # Errors
/// [`DrawError`] if the text is not SVG or the image is empty.
pub fn encode(svg: &str, title: &str) -> Result<Vec<u8>, DrawError> {
    let pixels = png::draw(svg)?;
    // The picture covers its whole area, so transparency can be dropped.
    let rgb: Vec<u8> =
        pixels.data().chunks_exact(4).flat_map(|pixel| pixel.iter().copied().take(3)).collect();
    let mut compressed = ZlibEncoder::new(Vec::new(), Compression::default());
    compressed.write_all(&rgb).map_err(|_| DrawError)?;
    let compressed = compressed.finish().map_err(|_| DrawError)?;

    let [catalog, tree, page, image, content, info] = [1, 2, 3, 4, 5, 6].map(Ref::new);
    let name = Name(b"Month");
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids([page]).count(1);
    let mut leaf = pdf.page(page);
    leaf.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).parent(tree).contents(content);
    leaf.resources().x_objects().pair(name, image);
    leaf.finish();

    let mut drawn = pdf.image_xobject(image, &compressed);
    drawn.filter(Filter::FlateDecode);
    drawn.width(i32::try_from(pixels.width()).map_err(|_| DrawError)?);
    drawn.height(i32::try_from(pixels.height()).map_err(|_| DrawError)?);
    drawn.color_space().device_rgb();
    drawn.bits_per_component(8);
    drawn.finish();

    let (width, height) = fitted((pixels.width() as f32, pixels.height() as f32));
    let mut on_page = Content::new();
    on_page.save_state();
    // The origin of a page is its lower left corner.
    on_page.transform([width, 0.0, 0.0, height, (PAGE.0 - width) / 2.0, PAGE.1 - MARGIN - height]);
    on_page.x_object(name).restore_state();
    pdf.stream(content, &on_page.finish());
    pdf.document_info(info).title(TextStr(title));
    Ok(pdf.finish())
}

/// The size in points of a picture that fills the page between the margins.
fn fitted((width, height): (f32, f32)) -> (f32, f32) {
    let scale = ((PAGE.0 - 2.0 * MARGIN) / width).min((PAGE.1 - 2.0 * MARGIN) / height);
    (width * scale, height * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_fits_the_page_whatever_its_shape() {
        for size in [(960.0, 540.0), (960.0, 1_100.0), (480.0, 1_640.0)] {
            let (width, height) = fitted(size);
            assert!(width <= PAGE.0 - 2.0 * MARGIN + 0.01 && height <= PAGE.1 - 2.0 * MARGIN + 0.01);
            assert!((width / height - size.0 / size.1).abs() < 0.001, "it is not distorted");
        }
    }

    #[test]
    fn a_page_is_written_and_nonsense_is_refused() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>"#;
        let pdf = encode(svg, "October 2026").unwrap();
        assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{}", pdf.len());
        assert!(encode("no picture", "").is_err());
    }
}
