//! What Ctrl+Space makes of the word at the caret: fields, kinds and values, from the schema that the API server reads by.

use super::outline::outline;
use crate::api::schema::{self, Ty};
use crate::api::{KINDS, Kind};
use crate::ui::complete::{Completion, common};

/// The values a string may take, by the Go name of its type.
const VALUES: &[(&str, &str)] = &[
    ("PersistentVolumeAccessMode", "ReadOnlyMany ReadWriteMany ReadWriteOnce ReadWriteOncePod"),
    ("PersistentVolumeClaimRetentionPolicyType", "Delete Retain"),
    ("PersistentVolumeReclaimPolicy", "Delete Retain"),
    ("PodManagementPolicyType", "OrderedReady Parallel"),
    ("Protocol", "SCTP TCP UDP"),
    ("PullPolicy", "Always IfNotPresent Never"),
    ("RestartPolicy", "Always Never OnFailure"),
    ("ServiceType", "ClusterIP ExternalName LoadBalancer NodePort"),
    ("StatefulSetUpdateStrategyType", "OnDelete RollingUpdate"),
    ("VolumeBindingMode", "Immediate WaitForFirstConsumer"),
];

/// What is to be inserted behind `before`, the text up to the caret, and the words that fit if there are several.
/// `text` is the whole text, which may name its kind further down.
pub fn complete(before: &str, text: &str) -> Completion {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let word_at = line.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let (head, word) = line.split_at(word_at);
    let is_value = head.contains(':');
    // Where the caret is, the outline says of a text that ends in a field.
    let whole = [before, if is_value { "" } else { "x:" }].concat();
    let lines = outline(&whole);
    let here = lines.last().filter(|l| l.number == whole.split('\n').count());
    let list = head.trim_start() == "- " && !is_value;
    let Some(here) = here else { return Completion::default() };
    let names: Vec<&str> =
        here.path.iter().map(String::as_str).filter(|name| name.parse::<usize>().is_err()).collect();
    let (field, parents) = names.split_last().unwrap_or((&"", &[]));
    let kind = outline(text)
        .iter()
        .find(|l| l.document == here.document && l.path == ["kind"])
        .and_then(|l| Kind::from_name(l.value.as_deref()?));
    let mut found: Vec<String> = Vec::new();
    let mut add = |words: &str, end: &str| found.extend(words.split_whitespace().map(|w| [w, end].concat()));
    let values = |ty: &Ty| match ty {
        Ty::Str(name) => VALUES.iter().find(|(ty, _)| ty == name).map_or("", |(_, words)| words),
        Ty::Bool => "false true",
        _ => "",
    };
    match kind {
        _ if is_value && parents.is_empty() && *field == "kind" => {
            KINDS.iter().for_each(|info| add(info.name, ""));
        }
        Some(kind) if is_value => {
            let field = schema::at(kind, &names.join("."));
            add(field.map_or("", |field| values(&field.ty)), "");
        }
        Some(kind) => {
            let path = parents.join(".");
            let above = schema::at(kind, &path);
            let ty = if path.is_empty() {
                Some(schema::of(kind))
            } else {
                above.and_then(|field| schema::object_of(&field.ty))
            };
            for field in ty.map_or(&[][..], |ty| &ty.fields) {
                let leads_on =
                    matches!(field.ty, Ty::List(_) | Ty::Map(..)) || schema::object_of(&field.ty).is_some();
                add(field.name, if leads_on { ":" } else { ": " });
            }
            // The entry of a list of plain values.
            if let (true, Some(Ty::List(inner))) = (list && ty.is_none(), above.map(|field| &field.ty)) {
                add(values(inner), "");
            }
        }
        None => ["apiVersion: ", "kind: "].iter().for_each(|name| add(name.trim_end(), " ")),
    }
    found.retain(|candidate| candidate.starts_with(word) && candidate != word);
    match &found[..] {
        [] => Completion::default(),
        [one] => Completion { line: one[word.len()..].to_string(), choices: Vec::new() },
        _ => {
            let line = common(&found)[word.len()..].to_string();
            let bare = |name: String| name.trim_end_matches([' ', ':']).to_string();
            Completion { line, choices: found.into_iter().map(bare).collect() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_values_are_those_of_the_place() {
        let set = "apiVersion: apps/v1\nkind: StatefulSet\nspec:\n";
        let container = "  template:\n    spec:\n      containers:\n      - name: a\n";
        for (text, inserted, choices) in [
            ("ki", "nd: ", 0),
            ("kind: Stat", "efulSet", 0),
            ("kind: Service\nspec:\n  clus", "terIP", 2),
            (&[set, "  serv"].concat(), "iceName: ", 0),
            (&[set, "  podManagementPolicy: P"].concat(), "arallel", 0),
            (&[set, "  podManagementPolicy: "].concat(), "", 2),
            (&[set, container, "        readi"].concat(), "nessProbe:", 0),
            (&[set, container, "        stdin: t"].concat(), "rue", 0),
            (&[set, container, "      - im"].concat(), "age", 2),
            (&[set, container, "  repl"].concat(), "icas: ", 0),
            (
                &[set, "  volumeClaimTemplates:\n  - spec:\n      accessModes:\n      - ReadOnl"].concat(),
                "yMany",
                0,
            ),
            (&[set, "  bogus: x"].concat(), "", 0),
            (&[set, "  bogus:\n    na"].concat(), "", 0),
        ] {
            let done = complete(text, text);
            assert_eq!((done.line.as_str(), done.choices.len()), (inserted, choices), "{text}: {done:?}");
        }
    }
}
