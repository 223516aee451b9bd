//! Lines with places for values: `Name:\t{metadata.name}\n`.
//!
//! A place is a path of members without dots, perhaps with what stands there instead: `{spec.type|ClusterIP}`. A sign
//! before the path says how: `@` a moment, `&` a list with commas, `*` a list in brackets, `+` pairs `k=v`. A line
//! that begins with `?path ` is left out when there is nothing at that path. Text instead of code keeps the page small.

use super::age;
use super::list::{pairs, text_of};
use crate::api::Value;

const NONE: &str = "<none>";

/// The value at a path.
pub fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, step| value.get(step))
}

/// Text of a list.
pub fn joined(list: &Value, between: &str) -> String {
    let mut text = String::new();
    for (i, item) in list.items().iter().enumerate() {
        text += if i > 0 { between } else { "" };
        text += &text_of(item);
    }
    text
}

/// What stands at a place.
pub fn place(value: &Value, spec: &str) -> String {
    let (path, otherwise) = spec.split_once('|').unwrap_or((spec, ""));
    let (sign, plain) = path.split_at(usize::from(path.starts_with(['@', '&', '*', '+'])));
    let value = at(value, plain);
    let text = match sign {
        "@" => age::long(value),
        "&" => joined(value, ","),
        "*" => format!("[{}]", joined(value, " ")),
        "+" => pairs(value),
        _ => text_of(value),
    };
    match (text.is_empty(), sign) {
        (true, "&") if otherwise.is_empty() => NONE.to_string(),
        (true, _) => otherwise.to_string(),
        (false, _) => text,
    }
}

/// Appends `lines` with their places filled from `value`, indented by `level` times two blanks.
pub fn fill(out: &mut String, level: usize, value: &Value, lines: &str) {
    for mut line in lines.split_inclusive('\n') {
        if let Some((path, rest)) = line.strip_prefix('?').and_then(|line| line.split_once(' ')) {
            let found = at(value, path);
            if found.is_null() || found.as_str() == Some("") {
                continue;
            }
            line = rest;
        }
        for _ in 0..level {
            out.push_str("  ");
        }
        while let Some((before, rest)) = line.split_once('{') {
            let (spec, after) = rest.split_once('}').unwrap_or((rest, ""));
            out.push_str(before);
            out.push_str(&place(value, spec));
            line = after;
        }
        out.push_str(line);
    }
}

/// Sorts in place and keeps equals in their order: lists here are short, and a sort that is quick on long ones is not
/// worth its size.
pub fn sort_by<T>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    for i in 1..items.len() {
        let mut j = i;
        while j > 0 && less(&items[j], &items[j - 1]) {
            items.swap(j, j - 1);
            j -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;

    #[test]
    fn places_are_filled_and_empty_lines_left_out() {
        let value = object! {
            "spec" => object! { "type" => "A", "n" => 3, "list" => vec![Value::from("x"), Value::from("y")] },
        };
        let mut out = String::new();
        fill(
            &mut out,
            1,
            &value,
            "Type:\t{spec.type} {spec.n}\n?spec.none None: x\n?spec.n N: {spec.no|<none>}\n{&spec.list} {*spec.list} {&spec.no}",
        );
        assert_eq!(out, "  Type:\tA 3\n  N: <none>\n  x,y [x y] <none>");
        let mut items = [(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        sort_by(&mut items, |a, b| a.0 < b.0);
        assert_eq!(items, [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
    }
}
