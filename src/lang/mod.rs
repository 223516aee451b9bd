//! The two languages of the page: which one, Korean particles, durations, and the words of gates and reasons.
//!
//! Every text is a `match` over [`Lang`], so a missing one does not compile. Statuses, fields, commands and
//! names stay English in both. Terms follow the Korean Kubernetes documentation.

mod gate;
mod particle;
#[cfg(test)]
mod tests;
mod write;

pub use gate::{GateWords, gate_says, gate_words, why_says};
pub use particle::{Josa, josa, particle};
pub use write::{moment, parting_says, write_says};

use crate::sim::SimDuration;

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Korean, plain style.
    #[default]
    Ko,
    /// English.
    En,
}

impl Lang {
    /// The tag for `lang` attributes.
    pub fn tag(self) -> &'static str {
        self.pick("ko", "en")
    }

    /// The text of this language.
    pub fn pick<T>(self, ko: T, en: T) -> T {
        match self {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }

    /// A length of time, in whole seconds and rounded up: `12초`, `4분 47초`; `12 s`, `4 min 47 s`.
    pub fn seconds(self, time: SimDuration) -> String {
        let secs = time.as_millis().div_ceil(1000);
        let (minutes, rest) = (secs / 60, secs % 60);
        match (minutes, rest) {
            (0, _) => format!("{secs}{}", self.pick("초", " s")),
            (_, 0) => format!("{minutes}{}", self.pick("분", " min")),
            _ => format!("{minutes}{} {rest}{}", self.pick("분", " min"), self.pick("초", " s")),
        }
    }

    /// Several names: `web-0, web-1`, and after the fourth only how many more.
    pub fn names(self, names: &[impl AsRef<str>]) -> String {
        let shown = names.len().min(if names.len() > 4 { 3 } else { 4 });
        let mut out = names[..shown].iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
        if shown < names.len() {
            let more = names.len() - shown;
            out += &self.pick(format!(" 외 {more}개"), format!(" and {more} more"));
        }
        out
    }
}
