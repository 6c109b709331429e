//! The SVG shapes that a picture is made of. Positions are in the picture's units from its top left corner.
//! Text is escaped.

use std::fmt::Write as _;

/// The width of a character as a fraction of the font size: Inter's mean over English text, rounded up so
/// that lines break rather early than late.
const CHARACTER: f64 = 0.54;

/// Which part of a text is at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The style of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Face {
    size: f64,
    bold: bool,
    colour: &'static str,
}

impl Face {
    pub(super) fn plain(size: f64, colour: &'static str) -> Self {
        Self { size, bold: false, colour }
    }

    pub(super) fn bold(size: f64, colour: &'static str) -> Self {
        Self { size, bold: true, colour }
    }
}

/// The shapes so far. Later shapes cover earlier ones.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    shapes: String,
}

impl Drawing {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The SVG document.
    pub(super) fn finish(self, width: f64, height: f64, paper: &str, alt: &str) -> String {
        let (width, height) = (n(width), n(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" aria-label=\"{}\" \
             font-family=\"Inter, system-ui, sans-serif\">\n<rect width=\"{width}\" height=\"{height}\" \
             fill=\"{paper}\"/>\n{}</svg>\n",
            escape(alt),
            self.shapes
        )
    }

    fn shape(&mut self, shape: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.shapes.write_fmt(shape);
        self.shapes.push('\n');
    }

    pub(super) fn text(&mut self, (x, y): (f64, f64), face: Face, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if face.bold { " font-weight=\"600\"" } else { "" };
        self.shape(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor} fill=\"{}\">{}</text>",
            n(x),
            n(y),
            n(face.size),
            face.colour,
            escape(text)
        ));
    }

    /// Draws a text in as many lines as the width requires, the first one at `y`, and returns their total
    /// height.
    pub(super) fn lines(&mut self, at: (f64, f64), width: f64, face: Face, line: f64, text: &str) -> f64 {
        let in_a_line = (width / (face.size * CHARACTER)).max(1.0) as usize;
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(last) if last.chars().count() + 1 + word.chars().count() <= in_a_line => {
                    last.push(' ');
                    last.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        for (nth, text) in lines.iter().enumerate() {
            self.text((at.0, at.1 + line * nth as f64), face, Anchor::Start, text);
        }
        line * lines.len() as f64
    }

    pub(super) fn rect(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        round: f64,
        fill: &str,
        opacity: f64,
    ) {
        if width <= 0.0 || height <= 0.0 {
            return;
        }
        let round = if round > 0.0 { format!(" rx=\"{}\"", n(round)) } else { String::new() };
        let opacity = if opacity < 1.0 { format!(" fill-opacity=\"{}\"", n(opacity)) } else { String::new() };
        self.shape(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{round} fill=\"{fill}\"{opacity}/>",
            n(x),
            n(y),
            n(width),
            n(height)
        ));
    }

    pub(super) fn disc(&mut self, (x, y): (f64, f64), radius: f64, fill: &str, edge: Option<&str>) {
        let edge = stroke(edge);
        self.shape(format_args!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\"{edge}/>",
            n(x),
            n(y),
            n(radius)
        ));
    }

    /// A square around its centre. `half` is half of its side.
    pub(super) fn square(&mut self, (x, y): (f64, f64), half: f64, fill: &str, edge: Option<&str>) {
        let edge = stroke(edge);
        self.shape(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{side}\" height=\"{side}\" rx=\"2\" fill=\"{fill}\"{edge}/>",
            n(x - half),
            n(y - half),
            side = n(2.0 * half)
        ));
    }

    /// A diamond around its centre. `half` is half of its diagonal.
    pub(super) fn diamond(&mut self, (x, y): (f64, f64), half: f64, fill: &str, edge: &str) {
        self.shape(format_args!(
            "<path d=\"M{} {}L{} {}L{} {}L{} {}Z\" fill=\"{fill}\" stroke=\"{edge}\" stroke-width=\"2\"/>",
            n(x - half),
            n(y),
            n(x),
            n(y - half),
            n(x + half),
            n(y),
            n(x),
            n(y + half)
        ));
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        self.stroke(from, to, colour, width, "");
    }

    pub(super) fn faint_line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        self.stroke(from, to, colour, width, " stroke-opacity=\"0.55\"");
    }

    fn stroke(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64, more: &str) {
        self.shape(format_args!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{colour}\" stroke-width=\"{}\"{more}/>",
            n(from.0),
            n(from.1),
            n(to.0),
            n(to.1),
            n(width)
        ));
    }
}

fn stroke(colour: Option<&str>) -> String {
    colour.map_or(String::new(), |colour| format!(" stroke=\"{colour}\" stroke-width=\"2\""))
}

/// Formats a number with at most two decimals.
fn n(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Escapes a text for XML and HTML, also within attributes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
