//! A picture's SVG → PNG, with the letters that come with the program. It takes some tens of
//! milliseconds of one core and belongs on no path that somebody waits for.

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};
use std::sync::Arc;

/// Inter, cut to the letters of Latin scripts; its licence lies beside it.
pub(in crate::report) const FONTS: [&[u8]; 2] = [
    include_bytes!("../../../assets/fonts/Inter-Regular.ttf"),
    include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf"),
];

/// Two pixels for each unit of the picture: sharp on today's screens.
const SCALE: f32 = 2.0;

/// A picture that could not be drawn, which no report makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the picture could not be drawn")]
pub struct DrawError;

/// The picture as a PNG file.
///
/// # Errors
/// [`DrawError`] when it is no SVG or has no size.
pub fn encode(svg: &str) -> Result<Vec<u8>, DrawError> {
    let mut fonts = fontdb::Database::new();
    for letters in FONTS {
        fonts.load_font_data(letters.to_vec());
    }
    let options = Options { fontdb: Arc::new(fonts), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|_| DrawError)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or(DrawError)?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or(DrawError)?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|_| DrawError)
}
