//! `-o kyaml`: YAML in braces, every string quoted, as sigs.k8s.io/yaml/kyaml writes it (K1, K65).

use crate::api::Value;
use crate::api::manifest::resolve_plain;
use crate::api::print;

/// A document, with the line that begins it.
pub fn print(value: &Value) -> String {
    let mut out = "---\n".to_string();
    write(&mut out, value, 0);
    out + "\n"
}

fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            out.push_str("{\n");
            for (key, value) in map {
                indent(out, depth + 1);
                match is_plain(key) {
                    true => out.push_str(key),
                    false => quoted(out, key, depth + 1),
                }
                out.push_str(": ");
                write(out, value, depth + 1);
                out.push_str(",\n");
            }
            indent(out, depth);
            out.push('}');
        }
        // What has brackets of its own stands close to those of the list.
        Value::List(items) if items.iter().all(|item| matches!(item, Value::Map(_) | Value::List(_))) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                write(out, item, depth);
            }
            out.push(']');
        }
        Value::List(items) => {
            out.push_str("[\n");
            for item in items.iter() {
                indent(out, depth + 1);
                write(out, item, depth + 1);
                out.push_str(",\n");
            }
            indent(out, depth);
            out.push(']');
        }
        Value::Str(text) => quoted(out, text, depth),
        other => out.push_str(&print::to_go_json(other)),
    }
}

fn indent(out: &mut String, depth: usize) {
    (0..depth).for_each(|_| out.push_str("  "));
}

fn is_plain(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && resolve_plain(key).is_none()
}

// A text of several lines stands on lines of its own, one column in, so that a blank in front can be escaped.
fn quoted(out: &mut String, text: &str, depth: usize) {
    out.push('"');
    if !text.contains('\n') {
        text.chars().for_each(|c| escaped(out, c));
    } else {
        out.push_str("\\\n");
        for line in text.split_inclusive('\n') {
            indent(out, depth + 1);
            out.push(if line.starts_with([' ', '\t']) { '\\' } else { ' ' });
            line.chars().for_each(|c| escaped(out, c));
            out.push_str("\\\n");
        }
        indent(out, depth + 1);
    }
    out.push('"');
}

fn escaped(out: &mut String, c: char) {
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if c.is_control() => out.push_str(&format!("\\x{:02x}", c as u32)),
        c => out.push(c),
    }
}
