//! Shapes and the paths they are made of.
//!
//! Numbers print with at most two decimals, by integer arithmetic, so that the same scene is the same text on
//! every machine. [`arc`] uses its own sine for the same reason.

use super::Group;
use std::borrow::Cow;

/// Class names of a shape.
pub type Class = Cow<'static, str>;

/// One drawn thing, in the coordinates of its group.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "fields are called as in SVG; w, h and r are width, height and radius")]
pub enum Shape {
    /// Opens a nested group that only carries a class; [`Shape::Close`] ends it.
    Open(Class),
    /// Ends the nested group.
    Close,
    /// A path; `at` moves and scales it (icons are drawn in a square of 16).
    Path { class: Class, d: Cow<'static, str>, at: Option<[f64; 3]> },
    /// A rectangle with round corners.
    Rect { class: Class, x: f64, y: f64, w: f64, h: f64, r: f64 },
    /// A circle.
    Circle { class: Class, x: f64, y: f64, r: f64 },
    /// A clockwise part of a circle from twelve o'clock; what is left of a time.
    Arc { class: Class, x: f64, y: f64, r: f64, part: f64 },
    /// The lower part of a rectangle with round lower corners; what is left of a time.
    Level { class: Class, x: f64, y: f64, w: f64, h: f64, r: f64, part: f64 },
    /// A line of text.
    Text { class: Class, x: f64, y: f64, anchor: Anchor, spans: Vec<Span> },
}

/// Which end of a text stands at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// The left end.
    #[default]
    Start,
    /// The middle.
    Middle,
    /// The right end.
    End,
}

/// A part of a line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Classes, or empty.
    pub class: Class,
    /// Space before it.
    pub dx: f64,
    /// What it says.
    pub text: String,
}

impl Span {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Span {
        Span { class: "".into(), dx: 0.0, text: text.into() }
    }
    /// Text of a class, after some space.
    pub fn of(class: &'static str, dx: f64, text: impl Into<String>) -> Span {
        Span { class: class.into(), dx, text: text.into() }
    }
}

/// Drawing into a group.
impl Group {
    /// A path.
    pub fn path(&mut self, class: impl Into<Class>, d: impl Into<Cow<'static, str>>) {
        self.shapes.push(Shape::Path { class: class.into(), d: d.into(), at: None });
    }
    /// A path drawn in a square of 16, centred and scaled to `size`.
    pub fn glyph(&mut self, class: impl Into<Class>, d: &'static str, cx: f64, cy: f64, size: f64) {
        let k = size / 16.0;
        self.shapes.push(Shape::Path {
            class: class.into(),
            d: d.into(),
            at: Some([cx - 8.0 * k, cy - 8.0 * k, k]),
        });
    }
    /// A rectangle.
    pub fn rect(&mut self, class: impl Into<Class>, [x, y, w, h]: [f64; 4], r: f64) {
        self.shapes.push(Shape::Rect { class: class.into(), x, y, w, h, r });
    }
    /// A circle.
    pub fn circle(&mut self, class: impl Into<Class>, x: f64, y: f64, r: f64) {
        self.shapes.push(Shape::Circle { class: class.into(), x, y, r });
    }
    /// A part of a circle.
    pub fn arc(&mut self, class: impl Into<Class>, x: f64, y: f64, r: f64, part: f64) {
        self.shapes.push(Shape::Arc { class: class.into(), x, y, r, part: part.clamp(0.0, 0.9999) });
    }
    /// A line of text from its left end.
    pub fn text(&mut self, class: impl Into<Class>, x: f64, y: f64, text: impl Into<String>) {
        self.spans(class, x, y, Anchor::Start, vec![Span::plain(text)]);
    }
    /// A line of text around its middle or up to its end.
    pub fn text_at(
        &mut self,
        class: impl Into<Class>,
        x: f64,
        y: f64,
        anchor: Anchor,
        text: impl Into<String>,
    ) {
        self.spans(class, x, y, anchor, vec![Span::plain(text)]);
    }
    /// A line of several parts.
    pub fn spans(&mut self, class: impl Into<Class>, x: f64, y: f64, anchor: Anchor, spans: Vec<Span>) {
        self.shapes.push(Shape::Text { class: class.into(), x, y, anchor, spans });
    }
    /// Opens a nested group.
    pub fn open(&mut self, class: impl Into<Class>) {
        self.shapes.push(Shape::Open(class.into()));
    }
    /// Closes it.
    pub fn close(&mut self) {
        self.shapes.push(Shape::Close);
    }
}

/// Appends a number with at most two decimals.
pub fn number(out: &mut String, value: f64) {
    let hundredths = (value * 100.0).round() as i64;
    if hundredths < 0 {
        out.push('-');
    }
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    push_int(out, whole);
    if part > 0 {
        out.push('.');
        out.push((b'0' + (part / 10) as u8) as char);
        if part % 10 > 0 {
            out.push((b'0' + (part % 10) as u8) as char);
        }
    }
}

fn push_int(out: &mut String, n: u64) {
    if n >= 10 {
        push_int(out, n / 10);
    }
    out.push((b'0' + (n % 10) as u8) as char);
}

/// A path being written.
#[derive(Clone, Debug, Default)]
pub struct Pen(pub String);

impl Pen {
    /// One command with its numbers.
    pub fn go(mut self, command: char, numbers: &[f64]) -> Pen {
        self.0.push(command);
        for (i, n) in numbers.iter().enumerate() {
            let at = self.0.len();
            if i > 0 {
                self.0.push(' ');
            }
            number(&mut self.0, *n);
            // A minus sign separates as well as a space does.
            if i > 0 && self.0.as_bytes()[at + 1] == b'-' {
                self.0.remove(at);
            }
        }
        self
    }
    /// A quarter of a circle, clockwise, to a relative place.
    pub fn turn(self, r: f64, dx: f64, dy: f64) -> Pen {
        self.go('a', &[r, r, 0.0, 0.0, 1.0, dx, dy])
    }
    /// Closes the path.
    pub fn end(mut self) -> String {
        self.0.push('z');
        self.0
    }
}

/// A rectangle with round corners.
pub fn round_rect(x: f64, y: f64, w: f64, h: f64, r: f64) -> String {
    cut_rect(x, y, w, h, [r, 0.0, r, r])
}

/// A rectangle with the radii of its corners: top left, cut at the top right (0: as round as the first), bottom
/// right, bottom left.
pub fn cut_rect(x: f64, y: f64, w: f64, h: f64, [tl, cut, br, bl]: [f64; 4]) -> String {
    let pen = Pen::default().go('M', &[x + tl, y]);
    let pen = if cut > 0.0 {
        pen.go('H', &[x + w - cut]).go('l', &[cut, cut])
    } else {
        pen.go('H', &[x + w - tl]).turn(tl, tl, tl)
    };
    pen.go('V', &[y + h - br])
        .turn(br, -br, br)
        .go('H', &[x + bl])
        .turn(bl, -bl, -bl)
        .go('V', &[y + tl])
        .turn(tl, tl, -tl)
        .end()
}

/// A rectangle without its left side.
pub fn open_left(x: f64, y: f64, w: f64, h: f64, r: f64) -> String {
    Pen::default()
        .go('M', &[x + r, y])
        .go('H', &[x + w - r])
        .turn(r, r, r)
        .go('V', &[y + h - r])
        .turn(r, -r, r)
        .go('H', &[x + r])
        .0
}

/// A rectangle whose four sides are waves: the edge we cannot be sure of.
pub fn wavy([x, y, w, h]: [f64; 4], r: f64, height: f64, step: f64) -> String {
    let mut pen = Pen::default().go('M', &[x + r, y]);
    let sides = [
        (w - 2.0 * r, 1.0, 0.0, r, r),
        (h - 2.0 * r, 0.0, 1.0, -r, r),
        (w - 2.0 * r, -1.0, 0.0, -r, -r),
        (h - 2.0 * r, 0.0, -1.0, r, -r),
    ];
    for (length, ux, uy, dx, dy) in sides {
        let waves = ((length / step / 2.0).round() as i64).max(1) * 2;
        let l = length / waves as f64;
        for i in 0..waves {
            let s = if i % 2 == 0 { height } else { -height };
            pen = pen.go('q', &[ux * l / 2.0 + uy * s, uy * l / 2.0 - ux * s, ux * l, uy * l]);
        }
        pen = pen.turn(r, dx, dy);
    }
    pen.end()
}

/// A claim's outline: nearly square above, round below, like a socket.
pub fn socket(x: f64, y: f64, w: f64, h: f64, r: f64, cut: f64) -> String {
    cut_rect(x, y, w, h, [r.min(3.0), cut, r, r])
}

/// A cylinder, its body.
pub fn cylinder(w: f64, h: f64, ry: f64, torn: bool) -> String {
    let rx = w / 2.0;
    let pen = Pen::default().go('M', &[0.0, ry]).go('a', &[rx, ry, 0.0, 0.0, 1.0, w, 0.0]);
    if torn {
        // The lower right corner is broken off.
        return pen
            .go('V', &[h - ry - 8.0])
            .go('l', &[-10.0, 9.0])
            .go('C', &[w * 0.7, h + 1.0, w * 0.2, h, 0.0, h - ry])
            .end();
    }
    pen.go('V', &[h - ry]).go('a', &[rx, ry, 0.0, 0.0, 1.0, -w, 0.0]).end()
}

/// The front edge of a cylinder's top.
pub fn cylinder_lip(w: f64, ry: f64) -> String {
    Pen::default().go('M', &[0.0, ry]).go('a', &[w / 2.0, ry, 0.0, 0.0, 0.0, w, 0.0]).0
}

/// Slanted lines that fill a rectangle, `step` apart.
pub fn hatch(x: f64, y: f64, w: f64, h: f64, step: f64) -> String {
    let mut pen = Pen::default();
    let mut at = step * 0.7;
    // Each line runs from the left or lower side up to the top or right side.
    while at < w + h {
        let (x1, y1) = if at <= h { (0.0, at) } else { (at - h, h) };
        let (x2, y2) = if at <= w { (at, 0.0) } else { (w, at - w) };
        pen = pen.go('M', &[x + x1, y + y1]).go('L', &[x + x2, y + y2]);
        at += step;
    }
    pen.0
}

/// Four corner brackets around a rectangle of that size, which stand `gap` outside it: the selection.
pub fn corner_brackets(w: f64, h: f64, gap: f64, length: f64) -> String {
    let (r, l) = (5.0, length - 5.0);
    let (left, top, right, bottom) = (-gap, -gap, w + gap, h + gap);
    Pen::default()
        .go('M', &[left, top + length])
        .go('v', &[-l])
        .turn(r, r, -r)
        .go('h', &[l])
        .go('M', &[right - length, top])
        .go('h', &[l])
        .turn(r, r, r)
        .go('v', &[l])
        .go('M', &[right, bottom - length])
        .go('v', &[l])
        .turn(r, -r, r)
        .go('h', &[-l])
        .go('M', &[left + length, bottom])
        .go('h', &[-l])
        .turn(r, -r, -r)
        .go('v', &[-l])
        .0
}

/// The clockwise part of a circle from twelve o'clock.
pub fn arc(x: f64, y: f64, r: f64, part: f64) -> String {
    let (sin, cos) = sin_cos(part.clamp(0.0, 0.9999));
    Pen::default()
        .go('M', &[x, y - r])
        .go('A', &[r, r, 0.0, f64::from(u8::from(part > 0.5)), 1.0, x + r * sin, y - r * cos])
        .0
}

/// Sine and cosine of a part of a full turn, by the same few multiplications everywhere.
pub fn sin_cos(turn: f64) -> (f64, f64) {
    let quarter = ((turn * 4.0) as i64).rem_euclid(4);
    let a = (turn * 4.0 - (turn * 4.0).floor()) * std::f64::consts::FRAC_PI_2;
    let q = a * a;
    let sin = a * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0))));
    let cos = 1.0 - q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0 * (1.0 - q / 90.0))));
    match quarter {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}
