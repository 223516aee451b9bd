//! Trees as text: `-o yaml`, `-o json`, and the compact JSON of Go that revisions and annotations hold.
//!
//! Follows the emitter of go-yaml v2 as sigs.k8s.io/yaml drives it: keys in their natural order, lists at the column of
//! their key, long lines folded. What the text is about, and the parts of it kubectl leaves out, are not its
//! business.

use super::manifest::{is_timestamp, resolve_plain};
use super::value::Value;
use std::cmp::Ordering;

pub use super::manifest::parse_json;

/// YAML as `kubectl get -o yaml` prints it; ends with a line break.
pub fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Map(map) if !map.is_empty() => yaml_map(&mut out, value, 0, false),
        Value::List(items) if !items.is_empty() => yaml_list(&mut out, value, 0, false),
        _ => {
            yaml_leaf(&mut out, value, 0);
            out.push('\n');
        }
    }
    out
}

/// JSON with members on lines of their own, as `kubectl get -o json` prints it; no line break at the end.
pub fn to_json(value: &Value) -> String {
    let mut out = String::new();
    json(&mut out, value, Some(0));
    out
}

/// Compact JSON as Go's `json.Marshal` writes it: keys in byte order, `<`, `>` and `&` escaped.
pub fn to_go_json(value: &Value) -> String {
    let mut out = String::new();
    json(&mut out, value, None);
    out
}

/// Go's JSON form of a string, quotes included.
pub fn quote_json(text: &str) -> String {
    let mut out = String::new();
    json_string(&mut out, text);
    out
}

fn pad(out: &mut String, columns: usize) {
    out.extend(std::iter::repeat_n(' ', columns));
}

fn yaml_map(out: &mut String, value: &Value, indent: usize, inline: bool) {
    let mut entries: Vec<_> = value.entries().iter().collect();
    sort(&mut entries, &|a, b| natural(&a.0, &b.0));
    for (i, (key, value)) in entries.into_iter().enumerate() {
        if i > 0 || !inline {
            pad(out, indent);
        }
        // A key over 128 bytes or with line breaks cannot stand before a colon.
        let long = key.len() > 128;
        if long {
            out.push_str("? ");
        }
        yaml_string(out, key, indent, true);
        if long {
            out.push('\n');
            pad(out, indent);
        }
        out.push(':');
        match value {
            Value::Map(map) if !map.is_empty() => {
                out.push('\n');
                yaml_map(out, value, indent + 2, false);
            }
            Value::List(items) if !items.is_empty() => {
                out.push('\n');
                yaml_list(out, value, indent, false);
            }
            _ => {
                out.push(' ');
                yaml_leaf(out, value, indent + 2);
                out.push('\n');
            }
        }
    }
}

fn yaml_list(out: &mut String, value: &Value, indent: usize, inline: bool) {
    for (i, item) in value.items().iter().enumerate() {
        if i > 0 || !inline {
            pad(out, indent);
        }
        out.push_str("- ");
        match item {
            Value::Map(map) if !map.is_empty() => yaml_map(out, item, indent + 2, true),
            Value::List(items) if !items.is_empty() => yaml_list(out, item, indent + 2, true),
            _ => {
                yaml_leaf(out, item, indent + 2);
                out.push('\n');
            }
        }
    }
}

fn yaml_leaf(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::Float(f) => out.push_str(&float(*f)),
        Value::Str(s) => yaml_string(out, s, indent, false),
        Value::List(_) => out.push_str("[]"),
        Value::Map(_) => out.push_str("{}"),
    }
}

/// What a string allows, after `yaml_emitter_analyze_scalar`.
struct Shape {
    plain: bool,
    single: bool,
    block: bool,
}

fn shape(text: &str) -> Shape {
    if text.is_empty() {
        return Shape { plain: true, single: true, block: false };
    }
    let mut indicator = text.starts_with("---") || text.starts_with("...");
    let (mut breaks, mut special) = (false, false);
    let (mut break_space, mut space_break) = (false, false);
    let mut previous = '\0';
    let mut chars = text.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let blank_follows = chars.peek().is_none_or(|c| matches!(c, ' ' | '\t'));
        let blank_precedes = first || matches!(previous, ' ' | '\t') || is_break(previous);
        match c {
            '#' if blank_precedes => indicator = true,
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`'
                if first =>
            {
                indicator = true;
            }
            ':' if blank_follows => indicator = true,
            '?' | '-' if first && blank_follows => indicator = true,
            _ => {}
        }
        if !is_printable(c) {
            special = true;
        }
        if c == ' ' {
            break_space |= is_break(previous);
        } else if is_break(c) {
            breaks = true;
            space_break |= previous == ' ';
        }
        previous = c;
        first = false;
    }
    let starts = text.chars().next().unwrap_or(' ');
    let edge = |c: char| c == ' ' || is_break(c);
    Shape {
        plain: !(indicator || breaks || special || space_break || edge(starts) || edge(previous)),
        single: !(break_space || space_break || special),
        block: !(previous == ' ' || space_break || special),
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_printable(c: char) -> bool {
    // go-yaml does not know characters beyond the basic plane.
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

fn yaml_string(out: &mut String, text: &str, indent: usize, key: bool) {
    let shape = shape(text);
    if text.contains('\n') && !key && shape.block {
        return literal(out, text, indent);
    }
    let start = out.len();
    if text.contains('\n') || resolves(text) {
        double_quoted(out, text);
    } else if shape.plain && !(text.is_empty() && key) {
        out.push_str(text);
    } else if shape.single && !(key && text.chars().any(is_break)) {
        out.push('\'');
        let mut broken = false;
        for c in text.chars() {
            if broken && !is_break(c) {
                pad(out, indent.max(2));
            }
            broken = is_break(c);
            if c == '\'' {
                out.push(c);
            }
            out.push(c);
        }
        out.push('\'');
    } else {
        double_quoted(out, text);
    }
    if !key {
        fold(out, start, indent.max(2));
    }
}

/// Lines longer than this go on below from the next blank.
const WIDTH: usize = 80;

// Folds what was written from `start` on, as `yaml_emitter_write_plain_scalar` and its sisters do.
fn fold(out: &mut String, start: usize, indent: usize) {
    let line = out[..start].rfind('\n').map_or(0, |at| at + 1);
    if out[line..].chars().count() <= WIDTH {
        return;
    }
    let written = out.split_off(start);
    let double = written.starts_with('"');
    let quoted = double || written.starts_with('\'');
    let mut column = out[line..].chars().count();
    let mut previous = '\0';
    let last = written.chars().count() - 1;
    let mut chars = written.chars().enumerate().peekable();
    while let Some((i, c)) = chars.next() {
        let next = chars.peek().map_or('\0', |(_, c)| *c);
        // The first and the last character between quotes stay where they are.
        let inside = !quoted || i > 1 && i + 1 < last;
        if c == ' ' && previous != ' ' && column > WIDTH && inside && (double || next != ' ') {
            out.push('\n');
            pad(out, indent);
            column = indent;
            if next == ' ' {
                out.push('\\');
                column += 1;
            }
        } else {
            out.push(c);
            column = if is_break(c) { 0 } else { column + 1 };
        }
        previous = c;
    }
}

// Unquoted it would read as something else than a string.
fn resolves(text: &str) -> bool {
    resolve_plain(text).is_some() || is_timestamp(text) || is_base_60(text)
}

// ^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$
fn is_base_60(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = text.split(':');
    let whole = parts.next().unwrap_or("");
    if !whole.starts_with(|c: char| c.is_ascii_digit())
        || !whole.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    {
        return false;
    }
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return false };
    let sexagesimal = |p: &str| match p.as_bytes() {
        [a] => a.is_ascii_digit(),
        [a, b] => (b'0'..=b'5').contains(a) && b.is_ascii_digit(),
        _ => false,
    };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    middle.iter().all(|p| sexagesimal(p))
        && sexagesimal(last)
        && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

fn literal(out: &mut String, text: &str, indent: usize) {
    out.push('|');
    if text.starts_with(|c| c == ' ' || is_break(c)) {
        out.push('2');
    }
    let mut back = text.chars().rev();
    match (back.next().map(is_break), back.next().map(is_break)) {
        (Some(true), Some(true) | None) => out.push('+'),
        (Some(true), _) => {}
        _ => out.push('-'),
    }
    out.push('\n');
    // At the top there is no key to stand under, the lines are indented all the same.
    let indent = indent.max(2);
    let mut line_start = true;
    for c in text.chars() {
        if is_break(c) {
            out.push(c);
            line_start = true;
        } else {
            if line_start {
                pad(out, indent);
            }
            out.push(c);
            line_start = false;
        }
    }
    // The caller ends the line; a text that ends with a break has done so itself.
    if out.ends_with('\n') {
        out.pop();
    }
}

fn double_quoted(out: &mut String, text: &str) {
    out.push('"');
    // go-yaml looks for a byte order mark at the start of the string instead of at the character.
    let all = text.starts_with('\u{feff}');
    for c in text.chars() {
        if !all && is_printable(c) && c != '"' && c != '\\' && !is_break(c) {
            out.push(c);
            continue;
        }
        out.push('\\');
        let short = match c {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' | '\\' => c,
            '\u{85}' => 'N',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let code = c as u32;
                let (letter, digits) = if code <= 0xff {
                    ('x', 2)
                } else if code <= 0xffff {
                    ('u', 4)
                } else {
                    ('U', 8)
                };
                out.push(letter);
                for k in (0..digits).rev() {
                    let digit = char::from_digit((code >> (4 * k)) & 15, 16).unwrap_or('0');
                    out.push(digit.to_ascii_uppercase());
                }
                continue;
            }
        };
        out.push(short);
    }
    out.push('"');
}

// Merges halves. go-yaml's order is none that a sort of the standard library may be given: a9 < a10 < a1b < a9.
fn sort<T: Copy>(list: &mut [T], order: &dyn Fn(&T, &T) -> Ordering) {
    if list.len() < 2 || list.windows(2).all(|pair| order(&pair[0], &pair[1]) != Ordering::Greater) {
        return;
    }
    let (left, right) = list.split_at_mut(list.len() / 2);
    sort(left, order);
    sort(right, order);
    let (left, right) = (left.to_vec(), right.to_vec());
    let (mut i, mut j) = (0, 0);
    for slot in list.iter_mut() {
        let from_left =
            j == right.len() || (i < left.len() && order(&left[i], &right[j]) != Ordering::Greater);
        *slot = if from_left { left[i] } else { right[j] };
        if from_left { i += 1 } else { j += 1 }
    }
}

// The order of keyList in go-yaml: letters after everything else, numbers inside names by their value.
fn natural(a: &str, b: &str) -> Ordering {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let Some(i) = (0..a.len().min(b.len())).find(|i| a[*i] != b[*i]) else { return a.len().cmp(&b.len()) };
    // The table of all letters of the world would cost more than it orders.
    let letter = |c: char| c.is_ascii_alphabetic() || c >= '\u{aa}';
    match (letter(a[i]), letter(b[i])) {
        (true, true) => return a[i].cmp(&b[i]),
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    // A zero inside a number is a digit, at its start it is padding.
    let inside = (a[i] == '0' || b[i] == '0')
        && a[..i].iter().rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0');
    let number = |s: &[char]| {
        let digits = s[i..].iter().take_while(|c| c.is_ascii_digit()).count();
        let start = u64::from(inside);
        let n = s[i..i + digits]
            .iter()
            .fold(start, |n, c| n.wrapping_mul(10).wrapping_add(*c as u64 - '0' as u64));
        (n, digits)
    };
    number(&a).cmp(&number(&b)).then(a[i].cmp(&b[i]))
}

fn json(out: &mut String, value: &Value, indent: Option<usize>) {
    let inner = indent.map(|n| n + 4);
    let line = |out: &mut String, indent: Option<usize>| {
        if let Some(n) = indent {
            out.push('\n');
            pad(out, n);
        }
    };
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(n) => out.push_str(&n.to_string()),
        Value::Float(f) => out.push_str(&json_float(*f)),
        Value::Str(s) => json_string(out, s),
        Value::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                line(out, inner);
                json(out, item, inner);
            }
            if !items.is_empty() {
                line(out, indent);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (i, (key, value)) in map.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                line(out, inner);
                json_string(out, key);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                json(out, value, inner);
            }
            if !map.is_empty() {
                line(out, indent);
            }
            out.push('}');
        }
    }
}

fn json_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                out.push_str("\\u");
                for k in (0..4).rev() {
                    out.push(char::from_digit((c as u32 >> (4 * k)) & 15, 16).unwrap_or('0'));
                }
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// A number as YAML writes it, after Go's `%g`.
pub fn float(f: f64) -> String {
    if f.is_nan() {
        return ".nan".into();
    }
    if f.is_infinite() {
        return if f > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    let (digits, exponent) = shortest(f);
    if (-4..6).contains(&exponent) {
        return format!("{f}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

// The digits of a number, with a point behind the first, and the power of ten that belongs to them.
fn shortest(f: f64) -> (String, i32) {
    let text = format!("{f}");
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => ("-", text),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all = [whole, fraction].concat();
    let zeros = all.len() - all.trim_start_matches('0').len();
    let digits = all[zeros..].trim_end_matches('0');
    let exponent = whole.len() as i32 - 1 - zeros as i32;
    match digits.len() {
        0 => (format!("{sign}0"), 0),
        1 => (format!("{sign}{digits}"), exponent),
        _ => (format!("{sign}{}.{}", &digits[..1], &digits[1..]), exponent),
    }
}

fn json_float(f: f64) -> String {
    if !f.is_finite() {
        return "null".into();
    }
    let size = f.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let (digits, exponent) = shortest(f);
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{}", exponent.abs());
    }
    format!("{f}")
}

/// The digits of base64.
pub const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes as base64, with padding.
pub fn base64(bytes: &[u8]) -> String {
    let mut line = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, b| bits << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            line.push(if i > chunk.len() {
                '='
            } else {
                char::from(BASE64[(bits >> (18 - 6 * i)) as usize & 63])
            });
        }
    }
    line
}
