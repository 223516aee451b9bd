//! What jq's operators, paths and formats do with values.

use super::eval::{Stop, error};
use super::value::{J, quote, read};
use super::{functions, sort_by};

/// A path with one more step.
pub fn further(path: &Option<Vec<J>>, key: &J) -> Option<Vec<J>> {
    path.as_ref().map(|path| [&path[..], std::slice::from_ref(key)].concat())
}

/// `number (5)`, cut where it is long.
pub fn described(value: &J) -> String {
    let text = value.print(None);
    let text =
        if text.len() > 11 { format!("{}...", text.chars().take(10).collect::<String>()) } else { text };
    format!("{} ({text})", value.kind())
}

// From where to where a range goes in so many items.
fn range(key: &J, length: usize) -> (usize, usize) {
    let place = |value: J, default: usize, up: bool| match value {
        J::Num(n) => {
            let n = if up { n.ceil() } else { n.floor() };
            let n = if n < 0.0 { n + length as f64 } else { n };
            n.clamp(0.0, length as f64) as usize
        }
        _ => default,
    };
    let (from, to) = (place(key.get("start"), 0, false), place(key.get("end"), length, true));
    (from, to.max(from))
}

/// `.[key]`.
pub fn index(value: &J, key: &J) -> Result<J, Stop> {
    Ok(match (value, key) {
        (J::Null, J::Str(_) | J::Num(_) | J::Null | J::Obj(_)) => J::Null,
        (J::Obj(_), J::Str(key)) => value.get(key),
        (J::Arr(items), J::Num(n)) => {
            let at = if *n < 0.0 { n + items.len() as f64 } else { *n };
            if at < 0.0 { J::Null } else { items.get(at as usize).cloned().unwrap_or_default() }
        }
        (J::Arr(items), J::Obj(_)) => {
            let (from, to) = range(key, items.len());
            J::list(items[from..to].to_vec())
        }
        (J::Str(text), J::Obj(_)) => {
            let chars: Vec<char> = text.chars().collect();
            let (from, to) = range(key, chars.len());
            chars[from..to].iter().collect::<String>().into()
        }
        (J::Arr(_), J::Arr(part)) => functions::indices(value, &J::Arr(part.clone())),
        (value, J::Str(key)) => return error(format!("Cannot index {} with \"{key}\"", value.kind())),
        (value, key) => return error(format!("Cannot index {} with {}", value.kind(), key.kind())),
    })
}

/// What is at a path.
pub fn get_path(value: &J, path: &[J]) -> Result<J, Stop> {
    path.iter().try_fold(value.clone(), |value, key| index(&value, key))
}

/// The value with another one at a path.
pub fn set_path(value: &J, path: &[J], new: J) -> Result<J, Stop> {
    let Some((key, rest)) = path.split_first() else { return Ok(new) };
    let inner = set_path(&index(value, key)?, rest, new)?;
    Ok(match (value, key) {
        (J::Null | J::Obj(_), J::Str(key)) => value.with(key, inner),
        (J::Null | J::Arr(_), J::Num(n)) => {
            let mut items = value.items().to_vec();
            let at = if *n < 0.0 { n + items.len() as f64 } else { *n };
            if at < 0.0 {
                return error("Out of bounds negative array index".into());
            }
            let at = (at as usize).min(100_000);
            items.resize(items.len().max(at + 1), J::Null);
            items[at] = inner;
            J::list(items)
        }
        (J::Null | J::Arr(_), J::Obj(_)) => {
            let J::Arr(new) = inner else {
                return error("A slice of an array can only be assigned another array".into());
            };
            let mut items = value.items().to_vec();
            let (from, to) = range(key, items.len());
            items.splice(from..to, new.iter().cloned());
            J::list(items)
        }
        (value, J::Str(key)) => return error(format!("Cannot index {} with \"{key}\"", value.kind())),
        (value, key) => return error(format!("Cannot index {} with {}", value.kind(), key.kind())),
    })
}

/// The value without what is at these paths.
pub fn delete_paths(value: &J, mut paths: Vec<Vec<J>>) -> Result<J, Stop> {
    // The last go first, so that the others stay where they are.
    sort_by(&mut paths, |a, b| J::list(b.clone()).compare(&J::list(a.clone())).is_lt());
    paths.iter().try_fold(value.clone(), |value, path| delete(&value, path))
}

fn delete(value: &J, path: &[J]) -> Result<J, Stop> {
    let Some((key, rest)) = path.split_first() else { return Ok(J::Null) };
    if matches!(value, J::Null) {
        return Ok(J::Null);
    }
    if !rest.is_empty() {
        let inner = index(value, key)?;
        return if matches!(inner, J::Null) {
            Ok(value.clone())
        } else {
            set_path(value, std::slice::from_ref(key), delete(&inner, rest)?)
        };
    }
    Ok(match (value, key) {
        (J::Obj(members), J::Str(key)) => {
            J::Obj(members.iter().filter(|(name, _)| name != key).cloned().collect::<Vec<_>>().into())
        }
        (J::Arr(items), J::Num(n)) => {
            let at = if *n < 0.0 { n + items.len() as f64 } else { *n };
            let keeps = |i: usize| i as f64 != at.trunc();
            J::list(
                items.iter().enumerate().filter(|(i, _)| keeps(*i)).map(|(_, item)| item.clone()).collect(),
            )
        }
        (J::Arr(items), J::Obj(_)) => {
            let (from, to) = range(key, items.len());
            J::list([&items[..from], &items[to..]].concat())
        }
        (value, key) => {
            return error(format!("Cannot delete field at {} index of {}", key.kind(), value.kind()));
        }
    })
}

/// What an operator makes of two values.
pub fn apply(operator: &str, a: &J, b: &J) -> Result<J, Stop> {
    let order = || a.compare(b);
    let wrong = |what: &str| error(format!("{} and {} cannot be {what}", described(a), described(b)));
    Ok(match (operator, a, b) {
        ("==", ..) => J::Bool(order().is_eq()),
        ("!=", ..) => J::Bool(order().is_ne()),
        ("<", ..) => J::Bool(order().is_lt()),
        (">", ..) => J::Bool(order().is_gt()),
        ("<=", ..) => J::Bool(order().is_le()),
        (">=", ..) => J::Bool(order().is_ge()),
        ("+", J::Null, other) | ("+", other, J::Null) => other.clone(),
        ("+", J::Num(a), J::Num(b)) => J::Num(a + b),
        ("+", J::Str(a), J::Str(b)) => format!("{a}{b}").into(),
        ("+", J::Arr(a), J::Arr(b)) => J::list([&a[..], &b[..]].concat()),
        ("+", J::Obj(_), J::Obj(b)) => {
            b.iter().fold(a.clone(), |all, (key, value)| all.with(key, value.clone()))
        }
        ("+", ..) => return wrong("added"),
        ("-", J::Num(a), J::Num(b)) => J::Num(a - b),
        ("-", J::Arr(a), J::Arr(b)) => J::list(
            a.iter().filter(|item| !b.iter().any(|other| item.compare(other).is_eq())).cloned().collect(),
        ),
        ("-", ..) => return wrong("subtracted"),
        ("*", J::Num(a), J::Num(b)) => J::Num(a * b),
        ("*", J::Str(text), J::Num(n)) | ("*", J::Num(n), J::Str(text)) => {
            if *n <= 0.0 {
                J::Null
            } else {
                let times = (n.ceil() as usize).min(100_000 / text.len().max(1));
                text.repeat(times.max(1)).into()
            }
        }
        ("*", J::Obj(_), J::Obj(_)) => merged(a, b),
        ("*", ..) => return wrong("multiplied"),
        ("/" | "%", J::Num(_), J::Num(0.0)) => return wrong("divided because the divisor is zero"),
        ("/", J::Num(a), J::Num(b)) => J::Num(a / b),
        ("/", J::Str(a), J::Str(b)) => functions::split(a, b),
        ("%", J::Num(a), J::Num(b)) if b.trunc() != 0.0 => J::Num(a.trunc() % b.trunc().abs()),
        _ => return wrong("divided"),
    })
}

fn merged(a: &J, b: &J) -> J {
    b.members().iter().fold(a.clone(), |all, (key, value)| {
        let old = all.get(key);
        let new = match (&old, value) {
            (J::Obj(_), J::Obj(_)) => merged(&old, value),
            _ => value.clone(),
        };
        all.with(key, new)
    })
}

/// `@csv` and the other formats.
pub fn formatted(name: &str, value: &J) -> Result<String, Stop> {
    let row = |between: &str, cell: &dyn Fn(&J) -> String| -> Result<String, Stop> {
        let J::Arr(items) = value else {
            return error(format!("{} cannot be {name}-formatted, only an array can be", described(value)));
        };
        if let Some(wrong) = items.iter().find(|item| matches!(item, J::Arr(_) | J::Obj(_))) {
            return error(format!("{} is not valid in a {name} row", described(wrong)));
        }
        Ok(items.iter().map(cell).collect::<Vec<_>>().join(between))
    };
    Ok(match name {
        "text" => value.text(),
        "json" => value.print(None),
        "csv" => row(",", &|cell| match cell {
            J::Str(text) => format!("\"{}\"", text.replace('"', "\"\"")),
            J::Null => String::new(),
            other => other.print(None),
        })?,
        "tsv" => row("\t", &|cell| match cell {
            J::Str(text) => {
                text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
            }
            J::Null => String::new(),
            other => other.print(None),
        })?,
        "sh" => {
            let quoted = |value: &J| match value {
                J::Str(text) => format!("'{}'", text.replace('\'', "'\\''")),
                other => other.print(None),
            };
            match value {
                J::Arr(items) => items.iter().map(quoted).collect::<Vec<_>>().join(" "),
                other => quoted(other),
            }
        }
        "html" => value
            .text()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('\'', "&#39;")
            .replace('"', "&quot;"),
        "uri" => {
            let mut done = String::new();
            for byte in value.text().bytes() {
                match byte {
                    b'-' | b'_' | b'.' | b'~' => done.push(byte.into()),
                    byte if byte.is_ascii_alphanumeric() => done.push(byte.into()),
                    byte => done.push_str(&format!("%{byte:02X}")),
                }
            }
            done
        }
        "base64" => crate::api::print::base64(value.text().as_bytes()),
        "base64d" => match super::super::text::decode(&value.text()) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => return error(format!("{} is not valid base64 data", described(value))),
        },
        _ => return error(format!("{name} is not a valid format")),
    })
}

/// A value of a JSON text.
pub fn from_json(text: &str) -> Result<J, Stop> {
    let mut all = read(text).or_else(|why| error(format!("{why} (while parsing '{text}')")))?;
    if all.len() == 1 {
        return Ok(all.remove(0).0);
    }
    let mut shown = String::new();
    quote(&mut shown, text);
    error(format!("Unexpected extra JSON values (while parsing {shown})"))
}
