//! The difference of two objects as the server puts it into a refusal.

use crate::api::Value;
use crate::api::print::to_go_json;

const CONTEXT: usize = 3;

/// A unified difference of two structs, given as their fields in order.
pub(super) fn unified(old: &[(&'static str, Value)], new: &[(&'static str, Value)]) -> String {
    let (old, new) = (lines(old), lines(new));
    // Lengths of the longest common subsequences of the tails; structs have a few dozen lines.
    let mut common = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let mut edits: Vec<(char, &str)> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            edits.push((' ', &old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            edits.push(('-', &old[i]));
            i += 1;
        } else {
            edits.push(('+', &new[j]));
            j += 1;
        }
    }
    hunks(&edits)
}

fn hunks(edits: &[(char, &str)]) -> String {
    let mut out = String::new();
    let changed: Vec<usize> = (0..edits.len()).filter(|i| edits[*i].0 != ' ').collect();
    let mut next = 0;
    while let Some(first) = changed.get(next) {
        let mut last = *first;
        while let Some(following) = changed.get(next).filter(|i| **i <= last + 2 * CONTEXT + 1) {
            last = *following;
            next += 1;
        }
        let start = first.saturating_sub(CONTEXT);
        let end = (last + CONTEXT + 1).min(edits.len());
        let count =
            |edits: &[(char, &str)], without: char| edits.iter().filter(|(kind, _)| *kind != without).count();
        let (before, hunk) = (&edits[..start], &edits[start..end]);
        out.push_str(&format!(
            "@@ -{},{} +{},{} @@\n",
            count(before, '+') + 1,
            count(hunk, '+'),
            count(before, '-') + 1,
            count(hunk, '-')
        ));
        for (kind, line) in hunk {
            out.push(*kind);
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

// JSON with one space a level, fields in the order given.
fn lines(fields: &[(&'static str, Value)]) -> Vec<String> {
    let mut out = vec!["{".to_string()];
    for (i, (name, value)) in fields.iter().enumerate() {
        let comma = if i + 1 < fields.len() { "," } else { "" };
        member(&mut out, &format!("\"{name}\": "), value, 1, comma);
    }
    out.push("}".into());
    out
}

fn member(out: &mut Vec<String>, name: &str, value: &Value, depth: usize, comma: &str) {
    let pad = " ".repeat(depth);
    let open = match value {
        Value::Map(map) if !map.is_empty() => '{',
        Value::List(items) if !items.is_empty() => '[',
        _ => {
            out.push(format!("{pad}{name}{}{comma}", to_go_json(value)));
            return;
        }
    };
    out.push(format!("{pad}{name}{open}"));
    let last = value.entries().len().max(value.items().len());
    let comma_of = |i: usize| if i + 1 < last { "," } else { "" };
    for (i, (key, value)) in value.entries().iter().enumerate() {
        member(out, &format!("\"{key}\": "), value, depth + 1, comma_of(i));
    }
    for (i, value) in value.items().iter().enumerate() {
        member(out, "", value, depth + 1, comma_of(i));
    }
    out.push(format!("{pad}{}{comma}", if open == '{' { '}' } else { ']' }));
}
