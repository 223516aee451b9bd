//! What Tab makes of a line at the prompt: verbs, flags, types, names and files, from kubectl's own lists.

use crate::api::{KINDS, Kind};
use crate::kubectl::resource;
use crate::kubectl::verbs::{self, VERBS};
use crate::session::Session;
use crate::sim::Arrange;

/// A line completed as far as it is clear, and what it could become.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completion {
    /// The line.
    pub line: String,
    /// The words that fit, if there are several.
    pub choices: Vec<String>,
}

/// Programs that the workstation has besides kubectl.
const PROGRAMS: &[&str] = &["kubectl", "cat", "dig", "echo", "getent", "grep", "host", "ls", "nslookup"];

/// Completes the last word of `line`; names and files are those of the end of the run.
pub fn complete(line: &str, session: &Session) -> Completion {
    let start = line.rfind(|c: char| c.is_whitespace() || c == '|').map_or(0, |at| at + 1);
    let (before, word) = line.split_at(start);
    // What stands behind a pipe is a line of its own.
    let own = before.rsplit(['|', ';']).next().unwrap_or("");
    let before_words: Vec<&str> = own.split_whitespace().collect();
    let mut found = candidates(&before_words, word, session);
    found.retain(|candidate| candidate.starts_with(word) && candidate != word);
    found.arrange();
    found.dedup();
    let Some(first) = found.first() else {
        return Completion { line: line.to_string(), choices: Vec::new() };
    };
    if found.len() == 1 {
        let space = if first.ends_with(['/', '=', ',']) { "" } else { " " };
        return Completion { line: [before, first, space].concat(), choices: Vec::new() };
    }
    Completion { line: [before, common(&found)].concat(), choices: found }
}

/// How all words of a sorted list begin.
pub fn common(sorted: &[String]) -> &str {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return "" };
    let same = first.chars().zip(last.chars()).take_while(|(a, b)| a == b);
    &first[..same.map(|(a, _)| a.len_utf8()).sum()]
}

fn candidates(before: &[&str], word: &str, session: &Session) -> Vec<String> {
    let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let Some((program, rest)) = before.split_first() else {
        // kubectl may be left out of sight, never of the line.
        return owned(PROGRAMS);
    };
    if !matches!(*program, "kubectl" | "k") {
        return session.files().keys().cloned().collect();
    }
    if matches!(rest.last(), Some(&"-f" | &"--filename")) {
        return session.files().keys().cloned().collect();
    }
    if matches!(rest.last(), Some(&"-n" | &"--namespace")) {
        return names(session, Kind::Namespace);
    }
    let plain: Vec<&str> = rest.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let two = plain.get(..2).map(|two| two.join(" "));
    let verb = VERBS
        .iter()
        .find(|verb| two.as_deref() == Some(verb.name))
        .or_else(|| VERBS.iter().find(|verb| plain.first() == Some(&verb.name)));
    if let (Some(_), Some(verb)) = (word.strip_prefix('-'), verb) {
        let flag = |text: &str| {
            let takes = text.chars().next_back().unwrap_or('!');
            let name = text[..text.len() - 1].split('/').next().unwrap_or("");
            ["--", name, if "!?".contains(takes) { "" } else { "=" }].concat()
        };
        return verb.flags.split_whitespace().chain(["namespace/n="]).map(flag).collect();
    }
    let Some(first) = plain.first() else { return owned(&verbs::names().collect::<Vec<_>>()) };
    // The second words of `rollout`, `set`, `config`.
    if plain.len() == 1 {
        let sub: Vec<String> = VERBS
            .iter()
            .filter_map(|verb| verb.name.strip_prefix(first)?.strip_prefix(' '))
            .map(str::to_string)
            .collect();
        if !sub.is_empty() {
            return sub;
        }
    }
    let words = &plain[verb.map_or(1, |verb| verb.name.split(' ').count()).min(plain.len())..];
    if let Some((kind, _)) = word.split_once('/') {
        let Some(kind_of) = resource::find(kind).ok().and_then(|resource| resource.kind) else {
            return Vec::new();
        };
        return names(session, kind_of).into_iter().map(|name| [kind, "/", &name].concat()).collect();
    }
    match words.first() {
        // These verbs are about pods, or nodes, and name no type.
        None if matches!(*first, "logs" | "exec") => names(session, Kind::Pod),
        None if matches!(*first, "cordon" | "uncordon" | "drain") => names(session, Kind::Node),
        None => {
            let mut types: Vec<String> = KINDS.iter().map(|info| info.plural.to_string()).collect();
            types.extend(KINDS.iter().flat_map(|info| info.short_names.iter().map(ToString::to_string)));
            types
        }
        Some(kind) => match resource::find(kind).ok().and_then(|resource| resource.kind) {
            Some(kind) => names(session, kind),
            None => Vec::new(),
        },
    }
}

fn names(session: &Session, kind: Kind) -> Vec<String> {
    session.cluster().store().list(kind, None).map(|object| object.name().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Run;

    #[test]
    fn verbs_types_names_and_flags_are_completed() {
        let run = Run::from_scenario(include_str!("../../static/stories/ordered.scn")).unwrap();
        for (line, completed, choices) in [
            ("kub", "kubectl ", 0),
            ("kubectl sca", "kubectl scale ", 0),
            ("kubectl roll", "kubectl rollout ", 0),
            ("kubectl rollout st", "kubectl rollout status ", 0),
            ("kubectl get statef", "kubectl get statefulsets ", 0),
            ("kubectl get sts w", "kubectl get sts web ", 0),
            ("kubectl get pods web-", "kubectl get pods web-", 3),
            ("kubectl delete pod/web-1", "kubectl delete pod/web-1", 0),
            ("kubectl delete pod/w", "kubectl delete pod/web-", 3),
            ("kubectl scale sts web --rep", "kubectl scale sts web --replicas=", 0),
            ("kubectl apply -f w", "kubectl apply -f web.yaml ", 0),
            ("kubectl rollout status sts/w", "kubectl rollout status sts/web ", 0),
            ("kubectl logs web-0", "kubectl logs web-0", 0),
            ("kubectl drain node-", "kubectl drain node-", 3),
            ("kubectl get pods | gr", "kubectl get pods | grep ", 0),
            ("frobnicate x", "frobnicate x", 0),
            ("", "", PROGRAMS.len()),
        ] {
            let done = complete(line, run.session());
            assert_eq!((done.line.as_str(), done.choices.len()), (completed, choices), "{line}");
        }
    }
}
