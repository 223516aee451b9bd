//! Borders: the state of a thing as the shape of its edge, told apart without colour.

use crate::scene::Group;
use crate::scene::shapes::{cut_rect, open_left, round_rect, wavy};

/// The borders, from the least to the most certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// Thin dashes: nothing is here.
    None,
    /// Dots: pending.
    Dotted,
    /// Dashes: being made.
    Dashed,
    /// A thin line: at rest.
    Thin,
    /// Two pixels: as it should be.
    Solid,
    /// Without its left side: running, takes no requests.
    Open,
    /// Two lines: on its way out.
    Double,
    /// A corner cut off: failed.
    Notched,
    /// Waves: nobody knows.
    Wavy,
}

impl Border {
    /// The class that carries its strokes.
    pub fn class(self) -> &'static str {
        match self {
            Border::None => "none",
            Border::Dotted => "dotted",
            Border::Dashed => "dashed",
            Border::Thin => "thin",
            Border::Solid | Border::Notched => "state",
            Border::Open => "open",
            Border::Double => "double",
            Border::Wavy => "line",
        }
    }
}

/// The classes of an edge: `edge edge--ready edge--state`.
pub fn edge_class(token: &str, border: &str) -> String {
    format!("edge edge--{token} edge--{border}")
}

/// The border of a card of that size, with corners of `r`.
pub fn outline(g: &mut Group, [x, y, w, h]: [f64; 4], border: Border, token: &str, r: f64) {
    let class = edge_class(token, border.class());
    match border {
        Border::Double => {
            // Small ones leave less between the two lines, or the inner one meets the mark.
            let gap = if w < 40.0 { 3.0 } else { 4.0 };
            g.path(class, round_rect(x + 0.5, y + 0.5, w - 1.0, h - 1.0, r));
            let inner = round_rect(
                x + 0.5 + gap,
                y + 0.5 + gap,
                w - 1.0 - 2.0 * gap,
                h - 1.0 - 2.0 * gap,
                (r - gap).max(2.0),
            );
            g.path(edge_class(token, "inner"), inner);
        }
        Border::Notched => g.path(class, cut_rect(x, y, w, h, [r, if w < 40.0 { 7.0 } else { 12.0 }, r, r])),
        Border::Wavy if w < 40.0 => g.path(class, wavy([x, y, w, h], 5.0, 1.6, 5.4)),
        Border::Wavy => g.path(class, wavy([x, y, w, h], r, 2.2, 9.0)),
        Border::Open => {
            g.path("edge__back", round_rect(x, y, w, h, r));
            g.path(class, open_left(x, y, w, h, r));
        }
        _ => g.path(class, round_rect(x, y, w, h, r)),
    }
}
