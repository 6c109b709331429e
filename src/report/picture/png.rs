//! Renders the picture's SVG as PNG with the fonts in the binary. It takes tens of milliseconds of one core,
//! so it must not run where somebody waits for the answer.

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};
use std::sync::Arc;

/// Inter, reduced to the letters of Latin scripts. The licence is in the same folder.
pub(in crate::report) const FONTS: [&[u8]; 2] = [
    include_bytes!("../../../assets/fonts/Inter-Regular.ttf"),
    include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf"),
];

/// Pixels per unit of the picture. Two are sharp on high-resolution screens.
const SCALE: f32 = 2.0;

/// The picture could not be rendered, which does not happen for a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the picture could not be drawn")]
pub struct DrawError;

/// The picture as a PNG file.
///
/// # Errors
/// [`DrawError`] if the text is not SVG or the image is empty.
pub fn encode(svg: &str) -> Result<Vec<u8>, DrawError> {
    draw(svg)?.encode_png().map_err(|_| DrawError)
}

/// The picture as pixels.
pub(super) fn draw(svg: &str) -> Result<Pixmap, DrawError> {
    let mut fonts = fontdb::Database::new();
    for letters in FONTS {
        fonts.load_font_data(letters.to_vec());
    }
    let options = Options { fontdb: Arc::new(fonts), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|_| DrawError)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or(DrawError)?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or(DrawError)?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    Ok(pixels)
}
