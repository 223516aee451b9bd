//! `jq` and `yq`, as far as one looks into manifests with them: paths, pipes, comparisons, construction, some functions.
//!
//! A filter is read anew for every value that reaches it; where nothing reaches it, it is read without effect.

use super::super::expr;
use super::super::pattern::Pattern;
use super::Call;
use crate::api::Value;
use crate::api::manifest;
use crate::api::print::{parse_json, to_yaml};
use crate::kubectl::output::fill::sort_by;
use std::cmp::Ordering;

/// The most values a filter may give, and how deep it may be.
const MOST_VALUES: usize = 10_000;
const MOST_DEPTH: usize = 60;

type Result<T> = std::result::Result<T, String>;

struct Filter<'a> {
    chars: &'a [char],
    at: usize,
    /// False while reading what nothing reaches.
    live: bool,
    depth: usize,
}

fn text(value: &Value) -> String {
    match value {
        Value::Str(text) => text.as_str().to_string(),
        value => json(value, None),
    }
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Float(_) => "number",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) => Some(*n),
        _ => None,
    }
}

fn from_number(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 1e15 { Value::Int(n as i64) } else { Value::Float(n) }
}

// null, false, true, numbers, strings, arrays, objects.
fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(false) => 1,
        Value::Bool(true) => 2,
        Value::Int(_) | Value::Float(_) => 3,
        Value::Str(_) => 4,
        Value::List(_) => 5,
        Value::Map(_) => 6,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        _ if rank(a) != rank(b) => rank(a).cmp(&rank(b)),
        _ => text(a).cmp(&text(b)),
    }
}

/// A value as jq prints it: `indent` is the depth, none on one line.
fn json(value: &Value, indent: Option<usize>) -> String {
    let quote = |text: &str| {
        let mut done = String::from('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => done.extend(['\\', c]),
                '\n' => done.push_str("\\n"),
                '\t' => done.push_str("\\t"),
                c if c < ' ' => done.push_str(&format!("\\u{:04x}", c as u32)),
                c => done.push(c),
            }
        }
        done + "\""
    };
    let inner = indent.map(|depth| depth + 1);
    let (parts, open, close) = match value {
        Value::List(items) => (items.iter().map(|item| json(item, inner)).collect::<Vec<_>>(), "[", "]"),
        Value::Map(map) => {
            let colon = if indent.is_some() { ": " } else { ":" };
            let entry = |(key, value): (&crate::api::Text, &Value)| {
                format!("{}{colon}{}", quote(key.as_str()), json(value, inner))
            };
            (map.iter().map(entry).collect(), "{", "}")
        }
        Value::Str(text) => return quote(text.as_str()),
        Value::Float(n) => return expr::text(*n),
        Value::Int(n) => return n.to_string(),
        Value::Bool(flag) => return flag.to_string(),
        Value::Null => return "null".into(),
    };
    match indent {
        Some(depth) if !parts.is_empty() => {
            let pad = "  ".repeat(depth + 1);
            format!("{open}\n{pad}{}\n{}{close}", parts.join(&format!(",\n{pad}")), "  ".repeat(depth))
        }
        _ => format!("{open}{}{close}", parts.join(",")),
    }
}

impl Filter<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, token: &str) -> bool {
        self.peek();
        let found = token.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn word(&mut self) -> String {
        self.peek();
        let rest = &self.chars[self.at..];
        let word: String = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
        self.at += word.len();
        word
    }

    fn keyword(&mut self, word: &str) -> bool {
        let here = self.at;
        let found = self.word() == word;
        if !found {
            self.at = here;
        }
        found
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        if self.take(token) { Ok(()) } else { Err(format!("syntax error: expected {token}")) }
    }

    // What is wrong with a value; nothing is where none reaches it.
    fn fail(&self, message: String) -> Result<Vec<Value>> {
        if self.live { Err(message) } else { Ok(vec![Value::Null]) }
    }

    // Carries out what stands here on each value, at least once for reading it.
    fn each(
        &mut self,
        values: &[Value],
        run: fn(&mut Self, &Value) -> Result<Vec<Value>>,
    ) -> Result<Vec<Vec<Value>>> {
        let here = self.at;
        let mut done = Vec::new();
        for value in values {
            self.at = here;
            done.push(run(self, value)?);
            if done.iter().map(Vec::len).sum::<usize>() > MOST_VALUES {
                return Err("too many values".into());
            }
        }
        if values.is_empty() {
            let live = std::mem::replace(&mut self.live, false);
            run(self, &Value::Null)?;
            self.live = live;
        }
        Ok(done)
    }

    fn pipe(&mut self, input: &Value) -> Result<Vec<Value>> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err("nested too deeply".into());
        }
        let mut values = self.comma(input)?;
        if self.take("|") {
            values = self.each(&values, Self::pipe)?.concat();
        }
        self.depth -= 1;
        Ok(values)
    }

    fn comma(&mut self, input: &Value) -> Result<Vec<Value>> {
        let mut values = self.binary(input, 0)?;
        while self.take(",") {
            values.extend(self.binary(input, 0)?);
        }
        Ok(values)
    }

    fn operator(&mut self) -> Option<(&'static str, u8)> {
        const SIGNS: &[(&str, u8)] = &[
            ("//", 0),
            ("==", 3),
            ("!=", 3),
            ("<=", 3),
            (">=", 3),
            ("<", 3),
            (">", 3),
            ("+", 4),
            ("-", 4),
            ("*", 5),
            ("/", 5),
            ("%", 5),
        ];
        for word in [("or", 1), ("and", 2)] {
            if self.keyword(word.0) {
                return Some(word);
            }
        }
        SIGNS.iter().copied().find(|(sign, _)| self.take(sign))
    }

    fn binary(&mut self, input: &Value, least: u8) -> Result<Vec<Value>> {
        let mut left = self.postfix(input)?;
        loop {
            let here = self.at;
            let Some((operator, level)) = self.operator().filter(|(_, level)| *level >= least) else {
                self.at = here;
                return Ok(left);
            };
            let right = self.binary(input, level + 1)?;
            if operator == "//" {
                left.retain(is_true);
                if left.is_empty() {
                    left = right;
                }
                continue;
            }
            let mut done = Vec::new();
            for b in &right {
                for a in &left {
                    match apply(operator, a, b) {
                        Some(value) => done.push(value),
                        None => {
                            let (a, b) = (
                                format!("{} ({})", name_of(a), text(a)),
                                format!("{} ({})", name_of(b), text(b)),
                            );
                            let what = if operator == "+" { "added" } else { "combined" };
                            done.extend(self.fail(format!("{a} and {b} cannot be {what}"))?);
                        }
                    }
                }
            }
            left = done;
        }
    }

    fn postfix(&mut self, input: &Value) -> Result<Vec<Value>> {
        let mut values = self.primary(input)?;
        loop {
            // A path goes on without blanks.
            let next = self.chars.get(self.at).copied();
            let after = self.chars.get(self.at + 1).copied();
            let is_name = after.is_some_and(|c| c.is_alphabetic() || c == '_' || c == '"');
            if next == Some('.') && is_name {
                self.at += 1;
                let key = self.key(input)?;
                values = self.index(&values, &key)?;
            } else if next == Some('[') || (next == Some('.') && after == Some('[')) {
                self.at += if next == Some('[') { 1 } else { 2 };
                values = self.bracket(input, &values)?;
            } else if next == Some('?') {
                self.at += 1;
            } else {
                return Ok(values);
            }
        }
    }

    // A member's name: a word or a text.
    fn key(&mut self, input: &Value) -> Result<Value> {
        if self.peek() == Some('"') {
            return Ok(Value::from(self.string(input)?));
        }
        Ok(Value::from(self.word()))
    }

    // Behind `[`: an index, a range, or every item.
    fn bracket(&mut self, input: &Value, values: &[Value]) -> Result<Vec<Value>> {
        let optional = |filter: &Self| filter.chars.get(filter.at) == Some(&'?');
        if self.take("]") {
            let mut items = Vec::new();
            for value in values {
                match value {
                    Value::List(list) => items.extend(list.iter().cloned()),
                    Value::Map(map) => items.extend(map.iter().map(|(_, value)| value.clone())),
                    _ if optional(self) => {}
                    value => return self.fail(format!("Cannot iterate over {}", name_of(value))),
                }
            }
            return Ok(items);
        }
        let from = if self.peek() == Some(':') { vec![Value::Int(0)] } else { self.pipe(input)? };
        if !self.take(":") {
            self.expect("]")?;
            let key = from.first().cloned().unwrap_or_default();
            return self.index(values, &key);
        }
        let to = if self.peek() == Some(']') { Vec::new() } else { self.pipe(input)? };
        self.expect("]")?;
        let place = |value: Option<&Value>, default: usize, length: usize| match value.and_then(Value::as_int)
        {
            Some(n) if n < 0 => length.saturating_sub(n.unsigned_abs() as usize),
            Some(n) => (n as usize).min(length),
            None => default,
        };
        let mut done = Vec::new();
        for value in values {
            let chars: Vec<char> = text(value).chars().collect();
            let length = if let Value::List(items) = value { items.len() } else { chars.len() };
            let (from, to) = (place(from.first(), 0, length), place(to.first(), length, length));
            done.push(match value {
                Value::List(items) => Value::list(items.get(from..to).unwrap_or_default().to_vec()),
                _ => Value::from(chars.get(from..to).unwrap_or_default().iter().collect::<String>()),
            });
        }
        Ok(done)
    }

    fn index(&mut self, values: &[Value], key: &Value) -> Result<Vec<Value>> {
        let mut done = Vec::new();
        for value in values {
            done.push(match (value, key) {
                (Value::Null, _) => Value::Null,
                (Value::Map(_), Value::Str(key)) => value.get(key.as_str()).clone(),
                (Value::List(items), Value::Int(n)) => {
                    let at = if *n < 0 { items.len() as i64 + n } else { *n };
                    usize::try_from(at).ok().and_then(|at| items.get(at).cloned()).unwrap_or_default()
                }
                _ if self.chars.get(self.at) == Some(&'?') => continue,
                (value, Value::Str(key)) => {
                    return self.fail(format!("Cannot index {} with \"{key}\"", name_of(value)));
                }
                (value, key) => {
                    return self.fail(format!("Cannot index {} with {}", name_of(value), name_of(key)));
                }
            });
        }
        Ok(done)
    }

    // A text in double quotes; `\( )` in it is a filter.
    fn string(&mut self, input: &Value) -> Result<String> {
        self.expect("\"")?;
        let mut done = String::new();
        loop {
            let c = self.chars.get(self.at).copied().ok_or("syntax error: unterminated string")?;
            self.at += 1;
            match c {
                '"' => return Ok(done),
                '\\' => {
                    let c = self.chars.get(self.at).copied().ok_or("syntax error: unterminated string")?;
                    self.at += 1;
                    match c {
                        'n' => done.push('\n'),
                        't' => done.push('\t'),
                        '(' => {
                            let values = self.pipe(input)?;
                            self.expect(")")?;
                            done.push_str(&values.first().map_or(String::new(), text));
                        }
                        c => done.push(c),
                    }
                }
                c => done.push(c),
            }
        }
    }

    fn primary(&mut self, input: &Value) -> Result<Vec<Value>> {
        let c = self.peek().ok_or("syntax error: unexpected end of the filter")?;
        match c {
            '.' => {
                let next = self.chars.get(self.at + 1).copied();
                // The path behind it is read there.
                if !next.is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '"' | '[')) {
                    self.at += 1;
                }
                Ok(vec![input.clone()])
            }
            '"' => Ok(vec![Value::from(self.string(input)?)]),
            '(' => {
                self.at += 1;
                let values = self.pipe(input)?;
                self.expect(")")?;
                Ok(values)
            }
            '[' => {
                self.at += 1;
                let values = if self.peek() == Some(']') { Vec::new() } else { self.pipe(input)? };
                self.expect("]")?;
                Ok(vec![Value::list(values)])
            }
            '{' => self.object(input),
            '-' => {
                self.at += 1;
                let values = self.postfix(input)?;
                Ok(values.iter().map(|value| from_number(-number(value).unwrap_or(0.0))).collect())
            }
            c if c.is_ascii_digit() => {
                let rest = &self.chars[self.at..];
                let digits: String = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').collect();
                self.at += digits.len();
                Ok(vec![from_number(expr::number(&digits))])
            }
            '@' => {
                self.at += 1;
                let name = self.word();
                self.format(&name, input)
            }
            _ => {
                let name = self.word();
                self.function(&name, input)
            }
        }
    }

    fn object(&mut self, input: &Value) -> Result<Vec<Value>> {
        self.expect("{")?;
        let mut done = Value::map();
        while !self.take("}") {
            let key = match self.peek() {
                Some('(') => self.primary(input)?.first().map_or(String::new(), text),
                _ => text(&self.key(input)?),
            };
            let value = if self.take(":") {
                self.binary(input, 0)?.into_iter().next().unwrap_or_default()
            } else {
                input.get(&key).clone()
            };
            done.map_mut().insert(key, value);
            if !self.take(",") && self.peek() != Some('}') {
                return Err("syntax error: expected , or } in an object".into());
            }
        }
        Ok(vec![done])
    }

    fn format(&mut self, name: &str, input: &Value) -> Result<Vec<Value>> {
        let cells = |between: &str| input.items().iter().map(text).collect::<Vec<_>>().join(between);
        Ok(vec![Value::from(match name {
            "tsv" => cells("\t"),
            "csv" => cells(","),
            "json" => json(input, None),
            "text" => text(input),
            _ => return Err(format!("{name} is not a valid format")),
        })])
    }

    // The values of an argument on `input`.
    fn argument(&mut self, input: &Value) -> Result<Vec<Value>> {
        self.expect("(")?;
        let values = self.pipe(input)?;
        self.expect(")")?;
        Ok(values)
    }

    fn function(&mut self, name: &str, input: &Value) -> Result<Vec<Value>> {
        let items: Vec<Value> = match input {
            Value::Map(map) => map.iter().map(|(_, value)| value.clone()).collect(),
            value => value.items().to_vec(),
        };
        let one = |value: Value| Ok(vec![value]);
        match name {
            "true" => one(Value::Bool(true)),
            "false" => one(Value::Bool(false)),
            "null" => one(Value::Null),
            "not" => one(Value::Bool(!is_true(input))),
            "empty" => Ok(Vec::new()),
            "type" => one(Value::from(name_of(input))),
            "tostring" => one(Value::from(text(input))),
            "tonumber" => one(from_number(expr::number(&text(input)))),
            "length" => one(Value::Int(match input {
                Value::Null => 0,
                Value::Str(text) => text.chars().count() as i64,
                Value::Map(map) => map.len() as i64,
                value => value.items().len() as i64,
            })),
            "keys" => one(Value::list(match input {
                Value::Map(map) => map.iter().map(|(key, _)| Value::Str(key.clone())).collect(),
                value => (0..value.items().len()).map(|i| Value::Int(i as i64)).collect(),
            })),
            "values" => Ok(Some(input.clone()).into_iter().filter(|value| !value.is_null()).collect()),
            "first" => one(items.first().cloned().unwrap_or_default()),
            "last" => one(items.last().cloned().unwrap_or_default()),
            "reverse" => one(Value::list(items.into_iter().rev().collect())),
            "add" => one(items.iter().fold(Value::Null, |sum, item| apply("+", &sum, item).unwrap_or(sum))),
            "sort" | "unique" => {
                let mut items = items;
                sort_by(&mut items, |a, b| compare(a, b) == Ordering::Less);
                if name == "unique" {
                    items.dedup_by(|a, b| compare(a, b) == Ordering::Equal);
                }
                one(Value::list(items))
            }
            "to_entries" => one(Value::list(match input {
                Value::Map(map) => {
                    let entry = |(key, value): (&crate::api::Text, &Value)| {
                        crate::object! { "key" => key.as_str().to_string(), "value" => value.clone() }
                    };
                    map.iter().map(entry).collect()
                }
                _ => Vec::new(),
            })),
            "map" | "select" | "sort_by" | "any" | "all" => {
                let whole = [input.clone()];
                let over = if name == "select" { &whole[..] } else { &items[..] };
                let found = self.each(over, Self::argument)?;
                let holds = |values: &Vec<Value>| values.first().is_some_and(is_true);
                match name {
                    "map" => one(Value::list(found.concat())),
                    "select" => Ok(found
                        .concat()
                        .iter()
                        .filter(|value| is_true(value))
                        .map(|_| input.clone())
                        .collect()),
                    "any" => one(Value::Bool(found.iter().any(holds))),
                    "all" => one(Value::Bool(found.iter().all(holds))),
                    _ => {
                        let mut pairs: Vec<(Value, Value)> = found
                            .into_iter()
                            .map(|keys| keys.into_iter().next().unwrap_or_default())
                            .zip(items)
                            .collect();
                        sort_by(&mut pairs, |a, b| compare(&a.0, &b.0) == Ordering::Less);
                        one(Value::list(pairs.into_iter().map(|(_, item)| item).collect()))
                    }
                }
            }
            "join" | "split" | "test" | "contains" | "startswith" | "endswith" | "has" => {
                let given = self.argument(input)?.into_iter().next().unwrap_or_default();
                let (whole, part) = (text(input), text(&given));
                one(match name {
                    "join" => Value::from(items.iter().map(text).collect::<Vec<_>>().join(&part)),
                    "split" => Value::list(
                        whole.split(part.as_str()).map(|text| Value::from(text.to_string())).collect(),
                    ),
                    "test" => Value::Bool(Pattern::new(&part, true, false)?.is_in(&whole)),
                    "startswith" => Value::Bool(whole.starts_with(&part)),
                    "endswith" => Value::Bool(whole.ends_with(&part)),
                    "has" => Value::Bool(!input.get(&part).is_null()),
                    _ if matches!(input, Value::Str(_)) => Value::Bool(whole.contains(&part)),
                    _ => Value::Bool(items.contains(&given)),
                })
            }
            "if" => {
                let condition = self.pipe(input)?.first().is_some_and(is_true);
                let live = self.live;
                if !self.keyword("then") {
                    return Err("syntax error: expected then".into());
                }
                self.live = live && condition;
                let yes = self.pipe(input)?;
                self.live = live && !condition;
                let no = if self.keyword("else") { self.pipe(input)? } else { vec![input.clone()] };
                self.live = live;
                if !self.keyword("end") {
                    return Err("syntax error: expected end".into());
                }
                Ok(if condition { yes } else { no })
            }
            "" => Err(format!("syntax error: unexpected {}", self.chars[self.at])),
            name => Err(format!("{name}/0 is not defined")),
        }
    }
}

fn apply(operator: &str, a: &Value, b: &Value) -> Option<Value> {
    let order = compare(a, b);
    Some(match (operator, number(a), number(b)) {
        ("==", ..) => Value::Bool(order == Ordering::Equal),
        ("!=", ..) => Value::Bool(order != Ordering::Equal),
        ("<", ..) => Value::Bool(order == Ordering::Less),
        (">", ..) => Value::Bool(order == Ordering::Greater),
        ("<=", ..) => Value::Bool(order != Ordering::Greater),
        (">=", ..) => Value::Bool(order != Ordering::Less),
        ("and", ..) => Value::Bool(is_true(a) && is_true(b)),
        ("or", ..) => Value::Bool(is_true(a) || is_true(b)),
        ("+", Some(a), Some(b)) => from_number(a + b),
        ("-", Some(a), Some(b)) => from_number(a - b),
        ("*", Some(a), Some(b)) => from_number(a * b),
        ("/", Some(a), Some(b)) if b != 0.0 => from_number(a / b),
        ("%", Some(a), Some(b)) if b != 0.0 => from_number((a % b).trunc()),
        ("+", ..) => match (a, b) {
            (Value::Null, other) | (other, Value::Null) => other.clone(),
            (Value::Str(a), Value::Str(b)) => Value::from(format!("{a}{b}")),
            (Value::List(a), Value::List(b)) => Value::list([&a[..], &b[..]].concat()),
            (Value::Map(a), Value::Map(b)) => {
                let mut all = a.clone();
                b.iter().for_each(|(key, value)| all.insert(key.clone(), value.clone()));
                Value::Map(all)
            }
            _ => return None,
        },
        _ => return None,
    })
}

// The JSON values that stand one behind the other in a text.
fn values(text: &str) -> Result<Vec<Value>> {
    let mut done = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (mut depth, mut quoted, mut escaped) = (0, false, false);
        let is_container = rest.starts_with(['{', '[']);
        let end = rest.char_indices().find(|(i, c)| {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => {
                    quoted = !quoted;
                    return !quoted && depth == 0 && !is_container && *i > 0;
                }
                '{' | '[' if !quoted => depth += 1,
                '}' | ']' if !quoted => {
                    depth -= 1;
                    return depth <= 0;
                }
                c if !quoted && depth == 0 && c.is_whitespace() => return true,
                _ => {}
            }
            false
        });
        let end = end.map_or(rest.len(), |(i, c)| i + c.len_utf8());
        let value = parse_json(&rest[..end]);
        done.push(
            value.map_err(|_| format!("parse error: Invalid literal at: {}", rest[..end.min(40)].trim()))?,
        );
        rest = rest[end..].trim_start();
    }
    Ok(done)
}

// The filter, the options and the texts it is for.
fn apply_all(call: &mut Call, read: fn(&str) -> Result<Vec<Value>>, show: &dyn Fn(&Value) -> String) -> i32 {
    let (options, mut words) = call.options("o");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    // `yq FILE` has no filter.
    let is_filter = |word: &&str| call.read(word).is_none() || *word == ".";
    let filter = words.first().copied().filter(is_filter).unwrap_or(".");
    if words.first() == Some(&filter) {
        words.remove(0);
    }
    if filter == "e" || filter == "eval" {
        return call.fail("give the filter without `eval'");
    }
    let chars: Vec<char> = filter.chars().collect();
    let (text, _) = call.input(&words);
    if !call.err.is_empty() {
        return 2;
    }
    let inputs = match read(&text) {
        Ok(inputs) if has('s') => vec![Value::list(inputs)],
        Ok(_) if has('n') => vec![Value::Null],
        Ok(inputs) => inputs,
        Err(why) => {
            call.fail(&format!("error: {why}"));
            return 2;
        }
    };
    for input in inputs {
        let mut filter = Filter { chars: &chars, at: 0, live: true, depth: 0 };
        let values = filter.pipe(&input).and_then(|values| match filter.peek() {
            None => Ok(values),
            Some(c) => Err(format!("syntax error: unexpected {c}")),
        });
        match values {
            Ok(values) => values.iter().for_each(|value| call.print(&show(value))),
            Err(why) => {
                call.fail(&format!("error: {why}"));
                return if why.starts_with("syntax") { 3 } else { 5 };
            }
        }
    }
    0
}

pub fn jq(call: &mut Call) -> i32 {
    let (options, _) = call.options("");
    let has = |wanted: char| options.iter().any(|(option, _)| *option == wanted);
    let (is_raw, is_compact) = (has('r'), has('c'));
    apply_all(call, values, &|value| match value {
        Value::Str(text) if is_raw => text.as_str().to_string(),
        value => json(value, (!is_compact).then_some(0)),
    })
}

pub fn yq(call: &mut Call) -> i32 {
    let (options, _) = call.options("o");
    let is_json = options
        .iter()
        .any(|(option, value)| *option == 'o' && value.trim_start_matches('=').starts_with('j'));
    let read = |text: &str| match manifest::parse_some(text) {
        (documents, None) => Ok(documents.into_iter().map(|document| document.value).collect()),
        (_, Some(_)) => Err("bad file: not YAML".to_string()),
    };
    apply_all(call, read, &|value| match value {
        value if is_json => json(value, Some(0)),
        Value::Str(text) => text.as_str().to_string(),
        value => to_yaml(value).trim_end_matches('\n').to_string(),
    })
}
