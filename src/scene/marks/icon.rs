//! Icons: paths in a square of 16, drawn with a round pen.

use crate::scene::Group;
use crate::scene::shapes::Class;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Waiting.
    Hourglass,
    /// A claim in use.
    Plug,
    /// A claim without a pod.
    PlugOff,
    /// A claim that lost its volume.
    PlugBroken,
    /// Kept.
    Pin,
    /// Protected from deletion.
    Lock,
    /// A volume.
    Disk,
    /// A node.
    Server,
    /// A node out of reach.
    Unlink,
    /// A node without power.
    Power,
    /// Many answers.
    List,
    /// One answer for many.
    Fan,
    /// A StatefulSet.
    Stack,
    /// The controller works.
    Hand,
    /// The controller waits.
    Palm,
    /// The controller tries again later.
    Clock,
    /// A broken promise.
    Triangle,
    /// No such thing.
    Cross,
}

impl Icon {
    /// Its path.
    pub fn path(self) -> &'static str {
        match self {
            Icon::Hourglass => {
                "M4.5 2.5h7M4.5 13.5h7M5.2 2.5c0 3 2.8 3.7 2.8 5.5s-2.8 2.5-2.8 5.5M10.8 2.5c0 3-2.8 3.7-2.8 5.5s2.8 2.5 2.8 5.5"
            }
            Icon::Plug => "M6 2.2v3M10 2.2v3M4.2 5.2h7.6v1.9a3.8 3.8 0 0 1-7.6 0zM8 10.9v3",
            Icon::PlugOff => "M6 2.2v3M10 2.2v3M4.2 5.2h7.6v1.9a3.8 3.8 0 0 1-7.6 0z",
            Icon::PlugBroken => {
                "M4.2 5.4h7.6v1.7a3.8 3.8 0 0 1-7.6 0zM8 10.9v3M5.2 1.6l1.6 2M10.8 1.6l-1.6 2"
            }
            Icon::Pin => "M6 2.3h4l-.5 4 2.2 2.4H4.3l2.2-2.4zM8 8.7v5",
            Icon::Lock => "M4.3 7.2h7.4v6.3H4.3zM5.9 7.2V5.3a2.1 2.1 0 0 1 4.2 0v1.9",
            Icon::Disk => {
                "M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4M8 6.9a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2"
            }
            Icon::Server => "M2.8 3h10.4v4.2H2.8zM2.8 8.8h10.4V13H2.8zM5.2 5.1h.1M5.2 10.9h.1",
            Icon::Unlink => {
                "M6.6 4.6 8 3.2a3 3 0 0 1 4.3 4.3l-1.4 1.4M9.4 11.4 8 12.8A3 3 0 0 1 3.7 8.5l1.4-1.4M3 3l10 10"
            }
            Icon::Power => "M8 2.4v5M4.9 4.4a5 5 0 1 0 6.2 0",
            Icon::List => "M3 4.3h10M3 8h10M3 11.7h10",
            Icon::Fan => "M5.2 8H12M5.6 7.3 12 3.7M5.6 8.7 12 12.3",
            Icon::Stack => "M8 2.3 14 5.3 8 8.3 2 5.3zM2.4 8.3 8 11.1l5.6-2.8M2.4 11.1 8 13.9l5.6-2.8",
            Icon::Hand => {
                "M5.7 8.8V3.7a1 1 0 0 1 2 0V7.5M7.7 7.3a1 1 0 0 1 2 0v.7M9.7 7.8a1 1 0 0 1 2 0v2.4c0 2.2-1.4 3.7-3.6 3.7-1.7 0-2.7-.7-3.5-2.1L3.2 9.4c-.5-.9.6-1.7 1.3-1L5.7 9.7"
            }
            Icon::Palm => {
                "M5 8.8V4.7a.9.9 0 0 1 1.8 0V7.8M6.8 7.6V3.3a.9.9 0 0 1 1.8 0v4.3M8.6 7.7V3.9a.9.9 0 0 1 1.8 0v4.3M10.4 8.3V5.5a.9.9 0 0 1 1.8 0v4.3c0 2.6-1.5 4.2-3.9 4.2-1.9 0-2.9-.8-3.8-2.4L3.3 9.3c-.4-.8.7-1.6 1.3-.9L5 9"
            }
            Icon::Clock => "M8 2.3a5.7 5.7 0 1 0 0 11.4A5.7 5.7 0 0 0 8 2.3M8 5v3.1l2.1 1.4",
            Icon::Triangle => "M8 2.6 14.3 13.4H1.7zM8 6.7v3.2M8 11.7v.05",
            Icon::Cross => "M4.3 4.3l7.4 7.4M11.7 4.3l-7.4 7.4",
        }
    }
}

impl Group {
    /// An icon around its middle.
    pub fn icon(&mut self, icon: Icon, class: impl Into<Class>, cx: f64, cy: f64, size: f64) {
        self.glyph(class, icon.path(), cx, cy, size);
    }
}
