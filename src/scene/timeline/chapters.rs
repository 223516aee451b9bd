//! Chapters: what was done from outside, and in a few words what came of it.

use super::{Axis, Lane, LaneState};
use crate::component::{Happening, What};
use crate::lang::Lang;
use crate::sim::Arrange;

/// A chapter.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
    /// The moment of its first step.
    pub moment: f64,
    /// What was done, shortened: `scale 3`.
    pub title: String,
    /// What came of it.
    pub phrase: Option<Phrase>,
}

/// What pods went through in a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the ordinals of the first and the last")]
pub enum Phrase {
    /// Made one after the other.
    Created { first: i64, last: i64 },
    /// Made at once.
    CreatedTogether { first: i64, last: i64 },
    /// Removed one after the other.
    Deleted { first: i64, last: i64 },
    /// Removed at once.
    DeletedTogether { first: i64, last: i64 },
    /// Removed and made again.
    Replaced { first: i64, last: i64 },
}

impl Phrase {
    /// In words: `역순으로 종료 4 → 3`.
    pub fn say(self, lang: Lang) -> String {
        let (words, a, b) = match self {
            Phrase::Created { first, last } => (lang.pick("차례로 생성", "create in order"), first, last),
            Phrase::CreatedTogether { first, last } => {
                (lang.pick("한꺼번에 생성", "create at once"), first, last)
            }
            Phrase::Deleted { first, last } => {
                (lang.pick("역순으로 종료", "terminate in reverse"), first, last)
            }
            Phrase::DeletedTogether { first, last } => {
                (lang.pick("한꺼번에 종료", "terminate at once"), first, last)
            }
            Phrase::Replaced { first, last } => (lang.pick("하나씩 교체", "replace one by one"), first, last),
        };
        if a == b { format!("{words} {a}") } else { format!("{words} {a} → {b}") }
    }
}

impl Chapter {
    /// The title with what came of it.
    pub fn label(&self, lang: Lang) -> String {
        match self.phrase {
            Some(phrase) => format!("{} · {}", self.title, phrase.say(lang)),
            None => self.title.clone(),
        }
    }
}

/// The chapters of a run: every input that changed something, or was a fault.
pub fn chapters(happenings: &[Happening], lanes: &[Lane], axis: &Axis) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    let mut waiting: Option<Chapter> = None;
    for (n, happening) in happenings.iter().enumerate() {
        match &happening.what {
            What::Input(note) => {
                let moment = axis.step_of(n) as f64;
                let chapter = Chapter { moment, title: short(&note.text), phrase: None };
                waiting = None;
                match note.text.strip_prefix("$ ") {
                    Some(_) => waiting = Some(chapter),
                    None if note.text.starts_with('@')
                        || note.text.starts_with("file ")
                        || &*note.text == "stop &" => {}
                    None => chapters.push(chapter),
                }
            }
            What::Write(write) if matches!(write.actor, "user" | "kubectl") && write.changed() => {
                chapters.extend(waiting.take());
            }
            _ => {}
        }
    }
    for i in 0..chapters.len() {
        let end = chapters.get(i + 1).map_or(f64::MAX, |next| next.moment);
        chapters[i].phrase = phrase(lanes, chapters[i].moment, end);
    }
    chapters
}

fn phrase(lanes: &[Lane], from: f64, to: f64) -> Option<Phrase> {
    let begins = |state: LaneState| {
        let mut list: Vec<(f64, i64)> = Vec::new();
        for lane in lanes {
            for bar in &lane.bars {
                if bar.state == state && bar.from >= from && bar.from < to && bar.to > bar.from {
                    list.push((bar.from, lane.ordinal));
                }
            }
        }
        // Lanes come by ordinal, so those of one moment are in order already.
        list.arrange_by(|a, b| a.0.total_cmp(&b.0));
        list
    };
    let (made, gone) = (begins(LaneState::Creating), begins(LaneState::Terminating));
    // In order: each begins after the one before it.
    let ordered = |list: &[(f64, i64)]| list.len() < 2 || list.windows(2).all(|w| w[0].0 < w[1].0);
    let ends = |list: &[(f64, i64)]| (list.first().map(|e| e.1), list.last().map(|e| e.1));
    match (ends(&made), ends(&gone)) {
        ((Some(_), _), (Some(first), Some(last))) => Some(Phrase::Replaced { first, last }),
        ((Some(first), Some(last)), _) if ordered(&made) => Some(Phrase::Created { first, last }),
        ((Some(first), Some(last)), _) => Some(Phrase::CreatedTogether { first, last }),
        (_, (Some(first), Some(last))) if ordered(&gone) => Some(Phrase::Deleted { first, last }),
        (_, (Some(first), Some(last))) => {
            Some(Phrase::DeletedTogether { first: first.max(last), last: first.min(last) })
        }
        _ => None,
    }
}

/// A line in two or three words: `scale 3`, `apply`, `delete web-0`.
fn short(text: &str) -> String {
    let line = text.strip_prefix("$ ").unwrap_or(text);
    let line = line.lines().next().unwrap_or("");
    let words: Vec<&str> = line.split_whitespace().collect();
    let kubectl = words.first().is_some_and(|w| matches!(*w, "kubectl" | "k"));
    if !kubectl {
        return crate::scene::text::elide(line, 170.0, 12.0, false);
    }
    let verb = words.get(1).copied().unwrap_or("");
    let rest = || words[2..].iter().filter(|w| !w.starts_with('-'));
    let last = rest().next_back().map_or("", |w| w.rsplit('/').next().unwrap_or(w));
    match verb {
        "scale" => {
            let count = words.iter().find_map(|w| w.strip_prefix("--replicas="));
            let after = words.iter().position(|w| *w == "--replicas").and_then(|i| words.get(i + 1).copied());
            format!("scale {}", count.or(after).unwrap_or(""))
        }
        "delete" | "drain" | "cordon" | "uncordon" | "taint" | "patch" | "edit" => {
            let name =
                if verb == "patch" || verb == "taint" { rest().nth(1).copied().unwrap_or("") } else { last };
            format!("{verb} {name}").trim_end().to_string()
        }
        "set" | "rollout" => format!("{verb} {}", words.get(2).copied().unwrap_or("")),
        verb => verb.to_string(),
    }
}
