//! Two runs on the same clock: where they first part.
//!
//! Writes are compared in order, by who wrote what when, and by what it left. What a person typed differs on purpose
//! where one thing was changed, so their own writes count only on demand; the words of events count only if nothing
//! else parts.

use super::Run;
use crate::api::{Kind, Value};
use crate::component::{Cause, Happening, What, Write};

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Where two runs part.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// How many writes agree before.
    pub alike: usize,
    /// The index of the happening in the first run; none if it writes nothing more.
    pub one: Option<usize>,
    /// The index of the happening in the other run; none if it writes nothing more.
    pub other: Option<usize>,
    /// Both write the same thing at the same time: the first field that differs, with both values as JSON.
    pub field: Option<(String, String, String)>,
    /// Only the words of events differ.
    pub is_wording: bool,
}

/// The first difference; none if there is none. `own` also compares what people wrote themselves.
pub fn first_difference(one: &[Happening], other: &[Happening], own: bool) -> Option<Difference> {
    [false, true].into_iter().find_map(|wording| {
        let counts = |write: &Write| {
            (write.changed() || write.error.is_some()) && (wording || write.key.kind != Kind::Event)
        };
        let (mut ones, mut others) = (writes(one, counts), writes(other, counts));
        let mut alike = 0;
        loop {
            let field = match (ones.next(), others.next()) {
                (None, None) => return None,
                (Some((i, a)), Some((j, b))) => {
                    let same = (a.at, a.actor, a.verb, a.subresource, &a.key, a.code)
                        == (b.at, b.actor, b.verb, b.subresource, &b.key, b.code);
                    // The same thing was typed, if perhaps of another kind.
                    let typed = !own && [a.actor, b.actor] == ["user"; 2] && (a.at, a.verb) == (b.at, b.verb);
                    let field = if same && !typed { field(a, b) } else { None };
                    if (same || typed) && field.is_none() {
                        alike += 1;
                        continue;
                    }
                    (Some(i), Some(j), field)
                }
                (a, b) => (a.map(|(i, _)| i), b.map(|(j, _)| j), None),
            };
            let (one, other, field) = field;
            return Some(Difference { alike, one, other, field, is_wording: wording });
        }
    })
}

fn writes<'a>(
    happenings: &'a [Happening],
    counts: impl Fn(&Write) -> bool + 'a,
) -> impl Iterator<Item = (usize, &'a Write)> + 'a {
    happenings.iter().enumerate().filter_map(move |(i, happening)| match &happening.what {
        What::Write(write) if counts(write) => Some((i, &**write)),
        _ => None,
    })
}

// What differs in what two writes left; of a status only the status, since the rest was somebody else's.
fn field(one: &Write, other: &Write) -> Option<(String, String, String)> {
    let body = |write: &Write| write.new.as_ref().map(|object| object.body.clone());
    let (a, b) = (body(one)?, body(other)?);
    let mut path = String::new();
    if one.subresource == "status" {
        path.push_str("status");
        return parts(a.get("status"), b.get("status"), &mut path);
    }
    parts(&a, &b, &mut path)
}

fn parts(a: &Value, b: &Value, path: &mut String) -> Option<(String, String, String)> {
    let length = path.len();
    match (a, b) {
        _ if a == b => None,
        (Value::Map(one), Value::Map(other)) => {
            let missing = other.entries().iter().filter(|(name, _)| a.get(name).is_null());
            one.entries().iter().chain(missing).find_map(|(name, _)| {
                // The first two count what was written before, which may be nothing that matters; then what only names
                // the release, and what repeats the manifest.
                if matches!(
                    &**name,
                    "resourceVersion" | "uid" | "kubeletVersion" | "kubeProxyVersion" | LAST_APPLIED
                ) {
                    return None;
                }
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                let found = parts(a.get(name), b.get(name), path);
                path.truncate(length);
                found
            })
        }
        (Value::List(one), Value::List(other)) if one.len() == other.len() => {
            one.iter().zip(other.iter()).enumerate().find_map(|(i, (a, b))| {
                path.push_str(&["[", &i.to_string(), "]"].concat());
                let found = parts(a, b, path);
                path.truncate(length);
                found
            })
        }
        _ => Some((path.clone(), crate::api::print::to_go_json(a), crate::api::print::to_go_json(b))),
    }
}

impl Run {
    /// What led to a happening, the nearest cause first, back to what somebody typed: indices of happenings. A write
    /// was led to by a write or an input; whatever else happens stands behind the write that it explains.
    pub fn causes(&self, index: usize) -> Vec<usize> {
        let happenings = self.happenings();
        let mut chain = Vec::new();
        let mut at = index;
        while let Some(What::Write(write)) = happenings.get(at).map(|h| &h.what) {
            let found = match write.because {
                Cause::Start => None,
                Cause::Input(n) => {
                    happenings[..at].iter().rposition(|h| matches!(&h.what, What::Input(note) if note.n == n))
                }
                Cause::Write(n) => {
                    happenings[..at].iter().rposition(|h| matches!(&h.what, What::Write(w) if w.n == n))
                }
            };
            let Some(found) = found else { break };
            chain.push(found);
            at = found;
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERED: &str = include_str!("../../static/stories/ordered.scn");

    fn run(text: &str) -> Run {
        let mut run = Run::from_scenario(text).unwrap();
        while !run.compute(1000) {}
        run
    }

    #[test]
    fn runs_part_where_one_thing_was_changed() {
        let ordered = run(ORDERED);
        assert_eq!(first_difference(ordered.happenings(), run(ORDERED).happenings(), true), None);
        let parallel = "spec:\n  podManagementPolicy: Parallel\n  serviceName";
        let parallel = run(&ORDERED.replacen("spec:\n  serviceName", parallel, 1));
        // What was typed differs first; what follows from it differs where the second pod is not waited for.
        let typed = first_difference(ordered.happenings(), parallel.happenings(), true).unwrap();
        assert_eq!(typed.field.unwrap().0, "spec.podManagementPolicy");
        let found = first_difference(ordered.happenings(), parallel.happenings(), false).unwrap();
        let key = |run: &Run, index: Option<usize>| match &run.happenings()[index.unwrap()].what {
            What::Write(write) => (write.actor, write.key.to_string()),
            _ => panic!("a difference is a write"),
        };
        assert_eq!(key(&parallel, found.other).0, "statefulset-controller");
        assert_ne!(key(&parallel, found.other), key(&ordered, found.one));
        assert!(found.alike > 5 && !found.is_wording && found.field.is_none(), "{found:?}");
    }

    #[test]
    fn a_release_without_effect_differs_in_words_at_most() {
        let older = run(&ORDERED.replacen("k8s 1.36", "k8s 1.35.4", 1));
        let newer = run(ORDERED);
        let found = first_difference(newer.happenings(), older.happenings(), true);
        assert!(found.is_none_or(|found| found.is_wording));
        let oldest = run(&ORDERED.replacen("k8s 1.36", "k8s 1.33", 1));
        let found = first_difference(newer.happenings(), oldest.happenings(), true).unwrap();
        assert!(!found.is_wording, "{found:?}");
    }

    #[test]
    fn causes_lead_back_to_the_line_typed() {
        let run = run(ORDERED);
        let last = run
            .happenings()
            .iter()
            .rposition(|h| matches!(&h.what, What::Write(w) if w.key.kind == Kind::Event));
        let chain = run.causes(last.unwrap());
        assert!(chain.len() > 2 && chain.windows(2).all(|pair| pair[0] > pair[1]), "{chain:?}");
        let What::Input(note) = &run.happenings()[*chain.last().unwrap()].what else { panic!("{chain:?}") };
        assert!(note.text.starts_with("$ kubectl "), "{}", note.text);
        assert!(run.causes(*chain.last().unwrap()).is_empty());
    }
}
