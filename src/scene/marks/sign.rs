//! The sign of a state: one family, a circle that fills, breaks or empties. Told apart in grey by shape alone.

use super::icon::Icon;
use crate::scene::Group;
use crate::scene::shapes::{Pen, arc, sin_cos};

/// The signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Ready.
    Check,
    /// Ready, the ring still filling.
    CheckRing,
    /// Running, not ready.
    Half,
    /// Being made.
    Progress,
    /// Pending.
    Hourglass,
    /// Pending for its volume.
    HourglassDisk,
    /// Terminating.
    Barred,
    /// Starts and crashes again and again.
    Loop,
    /// Failed.
    Cross,
    /// Nobody knows.
    Question,
    /// Done.
    Dash,
}

/// Draws a sign around a point. `part` is what is left of its time, where it has one.
pub fn sign(g: &mut Group, sign: Sign, token: &str, cx: f64, cy: f64, part: Option<f64>, size: f64) {
    let k = size / 16.0;
    let r = 6.5 * k;
    g.open(format!("mark mark--{token}"));
    let line = |g: &mut Group, d| g.glyph("mark__line", d, cx, cy, size);
    let ring = |g: &mut Group| g.circle("mark__ring", cx, cy, r);
    match sign {
        Sign::Check => {
            g.circle("mark__disc", cx, cy, 7.0 * k);
            g.glyph("mark__cut", "M4.9 8.3 7.1 10.5 11.2 5.9", cx, cy, size);
        }
        Sign::CheckRing => {
            g.circle("mark__track", cx, cy, r);
            g.arc("mark__ring", cx, cy, r, part.unwrap_or(0.6));
            line(g, "M5.3 8.2 7.2 10 10.8 6.2");
        }
        Sign::Half => {
            ring(g);
            let q = 3.6 * k;
            let half =
                Pen::default().go('M', &[cx, cy - q]).go('a', &[q, q, 0.0, 0.0, 1.0, 0.0, 2.0 * q]).end();
            g.path("mark__fill", half);
        }
        Sign::Progress => {
            g.circle("mark__ring mark__ring--dashed", cx, cy, r);
            let q = 3.9 * k;
            let part = part.unwrap_or(0.4);
            let (sin, cos) = sin_cos(part.clamp(0.0, 0.9999));
            let big = f64::from(u8::from(part > 0.5));
            let pie = Pen::default()
                .go('M', &[cx, cy])
                .go('V', &[cy - q])
                .go('A', &[q, q, 0.0, big, 1.0, cx + q * sin, cy - q * cos])
                .end();
            g.path("mark__fill", pie);
        }
        Sign::Hourglass => line(g, Icon::Hourglass.path()),
        Sign::HourglassDisk => {
            line(
                g,
                "M2.5 2.5h6M2.5 13.5h6M3.1 2.5c0 3 2.4 3.7 2.4 5.5s-2.4 2.5-2.4 5.5M7.9 2.5c0 3-2.4 3.7-2.4 5.5s2.4 2.5 2.4 5.5",
            );
            line(
                g,
                "M9.7 9a2.6 1.2 0 0 1 5.2 0v4c0 .7-1.2 1.2-2.6 1.2s-2.6-.5-2.6-1.2zM9.7 9a2.6 1.2 0 0 0 5.2 0",
            );
        }
        Sign::Barred => {
            g.circle("mark__track", cx, cy, r);
            match part {
                Some(part) => g.path("mark__ring", arc(cx, cy, r, part)),
                None => ring(g),
            }
            line(g, "M5.2 10.8 10.8 5.2");
        }
        Sign::Loop => {
            line(g, "M13.4 6.2A5.8 5.8 0 1 0 13.8 9M13.9 2.7v3.6h-3.6M6.1 6.1l3.8 3.8M9.9 6.1 6.1 9.9");
        }
        Sign::Cross => {
            g.circle("mark__disc", cx, cy, 7.0 * k);
            g.glyph("mark__cut", "M5.5 5.5l5 5M10.5 5.5l-5 5", cx, cy, size);
        }
        Sign::Question => {
            g.circle("mark__ring mark__ring--dots", cx, cy, r);
            line(g, "M6.3 6.4a1.7 1.7 0 1 1 2.5 1.5c-.6.3-.8.7-.8 1.3M8 11.3v.05");
        }
        Sign::Dash => {
            ring(g);
            line(g, "M5 8h6");
        }
    }
    g.close();
}

/// A dial with the seconds left in its middle.
pub fn dial(g: &mut Group, cx: f64, cy: f64, part: f64, seconds: u64, token: &str, r: f64) {
    g.open(format!("dial dial--{token}"));
    g.circle("dial__track", cx, cy, r);
    g.arc("dial__arc", cx, cy, r, part);
    // Beyond 99 seconds the number would not fit: minutes, marked as such.
    let text = if seconds < 100 { seconds.to_string() } else { format!("{}m", seconds.div_ceil(60)) };
    g.text_at("t t--dial", cx, cy + 3.8, crate::scene::Anchor::Middle, text);
    g.close();
}
