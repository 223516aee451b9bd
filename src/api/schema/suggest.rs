//! Which field may have been meant.

use super::{Ty, Type, find, object_of, of};
use crate::api::kind::Kind;

/// The known field that `unknown`, written at `path` below a kind, most likely stands for; none if nothing is near.
/// `path` is that of the object it was written in: `suggest(Kind::StatefulSet, "spec", "templates")` is `template`.
pub fn suggest(kind: Kind, path: &str, unknown: &str) -> Option<&'static str> {
    nearest(type_at(kind, path)?, unknown)
}

/// The field of a type that is spelled most like `unknown`; none if nothing is near.
pub fn nearest(ty: &'static Type, unknown: &str) -> Option<&'static str> {
    let limit = match unknown.chars().count() {
        0..=3 => 1,
        4..=7 => 2,
        _ => 3,
    };
    let near = ty.fields.iter().map(|field| (distance(unknown, field.name), field.name));
    near.filter(|(d, _)| *d <= limit).min().map(|(_, name)| name)
}

/// The other places below the same kind that have a field of this name, nearest to `path` first: a field may be spelled
/// right and stand in the wrong place. Each is the path of the object that has it.
pub fn places(kind: Kind, path: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut parent = path;
    // Outwards first: a field that slipped too deep is the usual case.
    while let Some((up, _)) = parent.rsplit_once('.') {
        parent = up;
        if type_at(kind, parent).is_some_and(|ty| ty.field(name).is_some()) {
            found.push(parent.to_string());
        }
    }
    // Then one step inwards, into objects that are not lists.
    if let Some(ty) = type_at(kind, path) {
        for field in &ty.fields {
            if let Ty::Object(inner) = field.ty
                && find(inner).is_some_and(|ty| ty.field(name).is_some())
            {
                found.push(if path.is_empty() {
                    field.name.to_string()
                } else {
                    format!("{path}.{}", field.name)
                });
            }
        }
    }
    found
}

pub(super) fn type_at(kind: Kind, path: &str) -> Option<&'static Type> {
    let mut ty = of(kind);
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let field = ty.field(part.split('[').next().unwrap_or(part))?;
        ty = object_of(&field.ty)?;
    }
    Some(ty)
}

/// Edits between two names without regard to case; swapping two neighbours is one edit.
pub fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(64).map(|c| c.to_ascii_lowercase()).collect();
    let b: Vec<char> = b.chars().take(64).map(|c| c.to_ascii_lowercase()).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}
