//! JSON as jq has it: members keep the order they came in.

use crate::api::{Text, Value};
use std::cmp::Ordering;
use std::rc::Rc;

/// A JSON value; what is inside is shared.
#[derive(Clone, Debug, Default)]
pub enum J {
    #[default]
    Null,
    Bool(bool),
    Num(f64),
    Str(Rc<str>),
    Arr(Rc<Vec<J>>),
    Obj(Rc<Vec<(Rc<str>, J)>>),
}

impl From<&str> for J {
    fn from(text: &str) -> J {
        J::Str(text.into())
    }
}
impl From<String> for J {
    fn from(text: String) -> J {
        J::Str(text.into())
    }
}

impl J {
    pub fn list(items: Vec<J>) -> J {
        J::Arr(items.into())
    }

    pub fn is_true(&self) -> bool {
        !matches!(self, J::Null | J::Bool(false))
    }

    pub fn kind(&self) -> &'static str {
        match self {
            J::Null => "null",
            J::Bool(_) => "boolean",
            J::Num(_) => "number",
            J::Str(_) => "string",
            J::Arr(_) => "array",
            J::Obj(_) => "object",
        }
    }

    pub fn items(&self) -> &[J] {
        match self {
            J::Arr(items) => items,
            _ => &[],
        }
    }

    pub fn members(&self) -> &[(Rc<str>, J)] {
        match self {
            J::Obj(members) => members,
            _ => &[],
        }
    }

    pub fn get(&self, key: &str) -> J {
        self.members().iter().find(|(name, _)| **name == *key).map_or(J::Null, |(_, value)| value.clone())
    }

    /// The object with a member set.
    pub fn with(&self, key: &str, value: J) -> J {
        let mut members = self.members().to_vec();
        match members.iter_mut().find(|(name, _)| **name == *key) {
            Some((_, old)) => *old = value,
            None => members.push((key.into(), value)),
        }
        J::Obj(members.into())
    }

    /// Its members, or its items.
    pub fn children(&self) -> Vec<J> {
        match self {
            J::Obj(members) => members.iter().map(|(_, value)| value.clone()).collect(),
            value => value.items().to_vec(),
        }
    }

    /// Texts as they are, all else as JSON.
    pub fn text(&self) -> String {
        match self {
            J::Str(text) => text.to_string(),
            value => value.print(None),
        }
    }

    /// As jq prints it: on one line, or each level so much further in.
    pub fn print(&self, indent: Option<&str>) -> String {
        let mut out = String::new();
        self.write(&mut out, indent, 0);
        out
    }

    fn write(&self, out: &mut String, indent: Option<&str>, depth: usize) {
        let line = |out: &mut String, depth: usize| {
            if let Some(indent) = indent {
                out.push('\n');
                (0..depth).for_each(|_| out.push_str(indent));
            }
        };
        match self {
            J::Null => out.push_str("null"),
            J::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            J::Num(n) => out.push_str(&number(*n)),
            J::Str(text) => quote(out, text),
            J::Arr(items) if items.is_empty() => out.push_str("[]"),
            J::Obj(members) if members.is_empty() => out.push_str("{}"),
            J::Arr(items) => {
                for (i, item) in items.iter().enumerate() {
                    out.push(if i == 0 { '[' } else { ',' });
                    line(out, depth + 1);
                    item.write(out, indent, depth + 1);
                }
                line(out, depth);
                out.push(']');
            }
            J::Obj(members) => {
                for (i, (key, value)) in members.iter().enumerate() {
                    out.push(if i == 0 { '{' } else { ',' });
                    line(out, depth + 1);
                    quote(out, key);
                    out.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write(out, indent, depth + 1);
                }
                line(out, depth);
                out.push('}');
            }
        }
    }

    /// With members in the order of their names, at every level.
    pub fn sorted(&self) -> J {
        match self {
            J::Arr(items) => J::list(items.iter().map(J::sorted).collect()),
            J::Obj(members) => {
                let mut members: Vec<_> =
                    members.iter().map(|(key, value)| (key.clone(), value.sorted())).collect();
                super::sort_by(&mut members, |a, b| a.0 < b.0);
                J::Obj(members.into())
            }
            other => other.clone(),
        }
    }

    /// null, false, true, numbers, texts, arrays, objects.
    pub fn compare(&self, other: &J) -> Ordering {
        let rank = |value: &J| match value {
            J::Null => 0,
            J::Bool(false) => 1,
            J::Bool(true) => 2,
            J::Num(_) => 3,
            J::Str(_) => 4,
            J::Arr(_) => 5,
            J::Obj(_) => 6,
        };
        match (self, other) {
            (J::Num(a), J::Num(b)) => a.partial_cmp(b).unwrap_or(Ordering::Less),
            (J::Str(a), J::Str(b)) => a.cmp(b),
            (J::Arr(a), J::Arr(b)) => {
                let pairs = a.iter().zip(b.iter()).map(|(a, b)| a.compare(b));
                pairs.into_iter().find(|order| order.is_ne()).unwrap_or(a.len().cmp(&b.len()))
            }
            (J::Obj(_), J::Obj(_)) => {
                let (a, b) = (self.sorted(), other.sorted());
                let keys = |value: &J| value.members().iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
                let pairs = a.members().iter().zip(b.members()).map(|((_, a), (_, b))| a.compare(b));
                keys(&a)
                    .cmp(&keys(&b))
                    .then(pairs.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
            }
            _ => rank(self).cmp(&rank(other)),
        }
    }

    /// The tree of a manifest.
    pub fn of(value: &Value) -> J {
        match value {
            Value::Null => J::Null,
            Value::Bool(flag) => J::Bool(*flag),
            Value::Int(n) => J::Num(*n as f64),
            Value::Float(n) => J::Num(*n),
            Value::Str(text) => text.as_str().into(),
            Value::List(items) => J::list(items.iter().map(J::of).collect()),
            Value::Map(map) => J::Obj(
                map.iter().map(|(key, value)| (key.as_str().into(), J::of(value))).collect::<Vec<_>>().into(),
            ),
        }
    }

    /// As a tree, whose members are in the order of their names.
    pub fn tree(&self) -> Value {
        match self {
            J::Null => Value::Null,
            J::Bool(flag) => Value::Bool(*flag),
            J::Num(n) if n.fract() == 0.0 && n.abs() < 9e15 => Value::Int(*n as i64),
            J::Num(n) => Value::Float(*n),
            J::Str(text) => Value::from(text.to_string()),
            J::Arr(items) => Value::list(items.iter().map(J::tree).collect()),
            J::Obj(members) => {
                let members = members.iter().map(|(key, value)| (Text::from(key.to_string()), value.tree()));
                Value::Map(members.collect())
            }
        }
    }
}

fn number(n: f64) -> String {
    if n.is_nan() {
        return "null".into();
    }
    let n = n.clamp(f64::MIN, f64::MAX);
    if n.abs() < 1e17 && (n == 0.0 || n.abs() >= 1e-4) {
        return format!("{n}");
    }
    let text = format!("{n:e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    match power.strip_prefix('-') {
        Some(power) => format!("{digits}e-{power:0>2}"),
        None => format!("{digits}e+{power:0>2}"),
    }
}

/// A text in quotes.
pub fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// How deep values may lie.
const DEEPEST: usize = 250;

/// Reads the values that stand one behind the other in a text, each with the number of lines read for it.
pub fn read(text: &str) -> Result<Vec<(J, usize)>, String> {
    let mut reader = Reader { text: text.as_bytes(), at: 0, depth: 0 };
    let mut values = Vec::new();
    loop {
        reader.blanks();
        if reader.at >= text.len() {
            return Ok(values);
        }
        let value = reader.value();
        let value = value.map_err(|why| {
            let read = &text.as_bytes()[..reader.at.min(text.len())];
            let line = read.iter().filter(|b| **b == b'\n').count() + 1;
            let column = read.iter().rev().take_while(|b| **b != b'\n').count();
            format!("{why} at line {line}, column {column}")
        })?;
        let end = text[reader.at..].find('\n').map_or(text.len(), |end| reader.at + end + 1);
        values.push((value, text[..end].matches('\n').count()));
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<J, String> {
        const UNFINISHED: &str = "Unfinished JSON term";
        self.blanks();
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("Exceeds depth limit for parsing".into());
        }
        let value = match self.peek().ok_or(UNFINISHED)? {
            b'"' => J::from(self.string()?),
            open @ (b'{' | b'[') => {
                self.at += 1;
                let (mut items, mut members) = (Vec::new(), J::Obj(Vec::new().into()));
                let close = if open == b'{' { b'}' } else { b']' };
                self.blanks();
                let mut goes_on = self.peek() != Some(close);
                while goes_on {
                    self.blanks();
                    if open == b'[' {
                        items.push(self.value()?);
                    } else {
                        if self.peek() != Some(b'"') {
                            self.at += 1;
                            return Err(if self.at > self.text.len() {
                                UNFINISHED
                            } else {
                                "Object keys must be strings"
                            }
                            .into());
                        }
                        let key = self.string()?;
                        self.blanks();
                        if self.peek() != Some(b':') {
                            self.at += 1;
                            return Err("Objects must consist of key:value pairs".into());
                        }
                        self.at += 1;
                        let value = self.value()?;
                        members = members.with(&key, value);
                    }
                    self.blanks();
                    goes_on = match self.peek() {
                        Some(b',') => true,
                        Some(b) if b == close => false,
                        None => return Err(UNFINISHED.into()),
                        Some(_) => return Err("Expected separator between values".into()),
                    };
                    self.at += usize::from(goes_on);
                }
                self.at += 1;
                if open == b'[' { J::list(items) } else { members }
            }
            _ => {
                let from = self.at;
                while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b"+-._".contains(&b)) {
                    self.at += 1;
                }
                let word = std::str::from_utf8(&self.text[from..self.at]).unwrap_or("");
                match word {
                    "null" => J::Null,
                    "true" => J::Bool(true),
                    "false" => J::Bool(false),
                    "nan" => J::Num(f64::NAN),
                    word if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                        J::Num(word.parse().map_err(|_| "Invalid numeric literal")?)
                    }
                    "" => {
                        self.at += 1;
                        return Err("Invalid literal".into());
                    }
                    _ => {
                        self.at += 1;
                        return Err("Invalid numeric literal".into());
                    }
                }
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let from = self.at;
        while self.peek().is_some_and(|b| b != b'"') {
            self.at += if self.peek() == Some(b'\\') { 2 } else { 1 };
        }
        let Some(raw) = self.text.get(from..self.at).filter(|_| self.at < self.text.len()) else {
            return Err("Unfinished string".into());
        };
        self.at += 1;
        let raw = std::str::from_utf8(raw).map_err(|_| "Invalid escape")?;
        unescape(raw)
    }
}

/// The escapes of JSON.
pub fn unescape(raw: &str) -> Result<String, String> {
    let mut text = String::new();
    let mut high = None;
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).map_err(|_| "Invalid escape")?;
                match (code, high.take()) {
                    (0xd800..=0xdbff, _) => high = Some(code),
                    (0xdc00..=0xdfff, Some(first)) => {
                        let code = 0x10000 + ((first - 0xd800) << 10) + (code - 0xdc00);
                        text.extend(char::from_u32(code));
                    }
                    _ => text.push(char::from_u32(code).unwrap_or('\u{fffd}')),
                }
            }
            Some(c @ ('"' | '\\' | '/')) => text.push(c),
            _ => return Err("Invalid escape".into()),
        }
    }
    Ok(text)
}
