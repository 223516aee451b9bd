//! A run's writes as lines, and moments by name: what the native program, links and exports share.

use super::{Position, Run};
use crate::component::{Cause, What};
use crate::sim::{SimDuration, SimTime};

impl Run {
    /// Every API write in order, one JSON object a line (scenario.md 3).
    pub fn trace(&self) -> String {
        let mut out = String::new();
        for happening in self.happenings() {
            let What::Write(write) = &happening.what else { continue };
            let because = match write.because {
                Cause::Start => "start".to_string(),
                Cause::Input(n) => format!("input {n}"),
                Cause::Write(n) => format!("write {n}"),
            };
            let line = crate::object! {
                "n" => write.n,
                "t_ms" => write.at.as_millis(),
                "actor" => write.actor,
                "verb" => write.verb.name(),
                "subresource" => write.subresource,
                "kind" => write.key.kind.name(),
                "ns" => write.key.namespace.clone(),
                "name" => write.key.name.clone(),
                "code" => i64::from(write.code),
                "because" => because,
            };
            out.push_str(&crate::api::print::to_go_json(&line));
            out.push('\n');
        }
        out
    }

    /// The moment of that name: `e17` (behind the 17th event), `46s`, the text of a label, or `end`.
    pub fn moment(&self, name: &str) -> Result<Position, String> {
        let happenings = self.happenings();
        let behind = |n: usize| match n.checked_sub(1).map(|i| happenings.get(i)) {
            None => Some(Position { happenings: 0, time: SimTime::ZERO }),
            Some(happening) => happening.map(|h| Position { happenings: n, time: h.at }),
        };
        let label = format!("@label {name}");
        let labelled =
            happenings.iter().position(|h| matches!(&h.what, What::Input(note) if *note.text == *label));
        if let Some(i) = labelled {
            return Ok(Position { happenings: i + 1, time: happenings[i].at });
        }
        if name == "end" {
            return Ok(self.last());
        }
        if let Some(n) = name.strip_prefix('e').and_then(|n| n.parse().ok()) {
            return behind(n)
                .ok_or_else(|| format!("`{name}` is not there: the run has {} events", happenings.len()));
        }
        match SimDuration::parse(name) {
            Some(time) if SimTime::ZERO + time <= self.end() => Ok(self.position(SimTime::ZERO + time)),
            Some(_) => {
                Err(format!("`{name}` is not there: the run ends after {}", SimDuration(self.end().0)))
            }
            None => Err(format!("`{name}` is no event (e17), time (46s), label, or end")),
        }
    }
}
