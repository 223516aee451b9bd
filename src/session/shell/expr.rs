//! Expressions: the sums of `$((…))`, and awk's, which also have texts, fields and matches.
//!
//! An expression is read and worked out at once; what `&&`, `||` and `?` skip is read without effect.

use super::pattern::Pattern;
use std::collections::BTreeMap;

/// What names stand for.
pub trait Names {
    /// The value of a variable.
    fn get(&mut self, name: &str) -> String;
    /// Sets a variable.
    fn set(&mut self, name: &str, value: String);
    /// Field `$n` of the line; none outside awk.
    fn field(&mut self, _n: usize) -> Option<String> {
        None
    }
}

impl Names for BTreeMap<String, String> {
    fn get(&mut self, name: &str) -> String {
        BTreeMap::get(self, name).cloned().unwrap_or_default()
    }
    fn set(&mut self, name: &str, value: String) {
        self.insert(name.to_string(), value);
    }
}

/// Works out `$((TEXT))`.
pub fn sum(text: &str, vars: &mut BTreeMap<String, String>) -> Result<i64, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader::new(&chars, vars);
    let value = if text.trim().is_empty() { String::new() } else { reader.value()? };
    match reader.rest() {
        "" => Ok(number(&value) as i64),
        _ => Err(format!("{}: syntax error in expression", text.trim())),
    }
}

/// A text as a number: its beginning, as far as it is one.
pub fn number(text: &str) -> f64 {
    let text = text.trim_start();
    let mut dot = false;
    let end = text.char_indices().position(|(i, c)| {
        let fits = c.is_ascii_digit() || (i == 0 && (c == '-' || c == '+')) || (c == '.' && !dot);
        dot |= c == '.';
        !fits
    });
    text[..end.unwrap_or(text.len())].parse().unwrap_or(0.0)
}

/// A number as text.
pub fn text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return (number as i64).to_string();
    }
    let text = format!("{number:.5}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Reads expressions from a text.
pub struct Reader<'a> {
    chars: &'a [char],
    /// Where it stands.
    pub at: usize,
    /// What names stand for.
    pub names: &'a mut dyn Names,
    /// False while reading what is skipped.
    pub live: bool,
    is_awk: bool,
    depth: usize,
}

const BINARY: &[(&str, u8)] = &[
    ("||", 1),
    ("&&", 2),
    ("!~", 3),
    ("==", 4),
    ("!=", 4),
    ("<=", 4),
    (">=", 4),
    ("~", 3),
    ("<", 4),
    (">", 4),
    ("+", 6),
    ("-", 6),
    ("**", 8),
    ("*", 7),
    ("/", 7),
    ("%", 7),
];
const CONCATENATION: u8 = 5;
const UNARY: u8 = 9;

impl<'a> Reader<'a> {
    /// At the beginning of a text.
    pub fn new(chars: &'a [char], names: &'a mut dyn Names) -> Reader<'a> {
        let is_awk = names.field(0).is_some();
        Reader { chars, at: 0, names, live: true, is_awk, depth: 0 }
    }

    /// Goes over blanks, and over this if it stands here.
    pub fn take(&mut self, token: &str) -> bool {
        while self.peek().is_some_and(|c| c == ' ' || c == '\t') {
            self.at += 1;
        }
        let found = token.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if found {
            self.at += token.len();
        }
        found
    }

    /// The character here.
    pub fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    /// Something is left if this is not empty.
    pub fn rest(&mut self) -> &'static str {
        self.take("");
        if self.peek().is_some_and(|c| !c.is_whitespace()) { "more" } else { "" }
    }

    /// A name, or nothing.
    pub fn name(&mut self) -> String {
        self.take("");
        let rest = &self.chars[self.at..];
        let name: String = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            return String::new();
        }
        self.at += name.len();
        name
    }

    /// A whole expression.
    pub fn value(&mut self) -> Result<String, String> {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let (live, holds) = (self.live, is_true(&condition));
        self.live = live && holds;
        let first = self.value()?;
        if !self.take(":") {
            return Err("syntax error: `:' expected for conditional expression".into());
        }
        self.live = live && !holds;
        let second = self.value()?;
        self.live = live;
        Ok(if holds { first } else { second })
    }

    fn binary(&mut self, least: u8) -> Result<String, String> {
        let mut left = self.unary()?;
        loop {
            self.take("");
            let here = self.at;
            let found = BINARY.iter().find(|(operator, _)| self.take(operator));
            let is_awk = self.is_awk;
            let Some((operator, level)) =
                found.copied().filter(|(operator, _)| is_awk || !operator.contains('~'))
            else {
                self.at = here;
                let begins = |c: char| c.is_alphanumeric() || matches!(c, '"' | '$' | '(' | '_');
                if !is_awk || CONCATENATION < least || !self.peek().is_some_and(begins) {
                    return Ok(left);
                }
                left.push_str(&self.binary(CONCATENATION + 1)?);
                continue;
            };
            if level < least {
                self.at = here;
                return Ok(left);
            }
            let live = self.live;
            let skips = match operator {
                "&&" => !is_true(&left),
                "||" => is_true(&left),
                _ => false,
            };
            self.live = live && !skips;
            self.take("");
            // Behind `~` an expression between slashes is not matched against the line.
            let right = match self.peek() {
                Some('/') if operator.contains('~') => self.quoted('/'),
                _ => self.binary(level + 1)?,
            };
            self.live = live;
            left = apply(operator, &left, &right, live && !skips, self.is_awk)?;
        }
    }

    fn unary(&mut self) -> Result<String, String> {
        self.depth += 1;
        if self.depth > 100 {
            return Err("expression recursion level exceeded".into());
        }
        let value = if self.take("!") {
            flag(!is_true(&self.unary()?))
        } else if self.take("++") || self.take("--") {
            let by = if self.chars[self.at - 1] == '+' { 1.0 } else { -1.0 };
            let name = self.name();
            let value = text(number(&self.names.get(&name)) + by);
            self.set(&name, value.clone());
            value
        } else if self.take("-") {
            text(-number(&self.binary(UNARY)?))
        } else if self.take("+") {
            self.unary()?
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn set(&mut self, name: &str, value: String) {
        if self.live {
            self.names.set(name, value);
        }
    }

    fn primary(&mut self) -> Result<String, String> {
        self.take("");
        let Some(c) = self.peek() else { return Err("syntax error: operand expected".into()) };
        if self.take("(") {
            let value = self.value()?;
            return if self.take(")") { Ok(value) } else { Err("syntax error: missing `)'".into()) };
        }
        if c.is_ascii_digit() {
            let rest = &self.chars[self.at..];
            let digits: String = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').collect();
            self.at += digits.len();
            return Ok(text(number(&digits)));
        }
        if self.is_awk {
            if let Some(value) = self.awk_primary(c)? {
                return Ok(value);
            }
        } else if self.take("$") {
            return self.primary();
        }
        let name = self.name();
        if name.is_empty() {
            return Err("syntax error: operand expected".into());
        }
        for operator in ["+=", "-=", "*=", "/=", "%="] {
            if self.take(operator) {
                let right = self.value()?;
                let left = self.names.get(&name);
                let value = apply(&operator[..1], &left, &right, self.live, self.is_awk)?;
                self.set(&name, value.clone());
                return Ok(value);
            }
        }
        let value = self.names.get(&name);
        if self.take("++") || self.take("--") {
            let by = if self.chars[self.at - 1] == '+' { 1.0 } else { -1.0 };
            self.set(&name, text(number(&value) + by));
            return Ok(text(number(&value)));
        }
        let here = self.at;
        if self.take("=") {
            if self.peek() != Some('=') {
                let value = self.value()?;
                self.set(&name, value.clone());
                return Ok(value);
            }
            self.at = here;
        }
        Ok(value)
    }

    // Texts, fields, expressions between slashes, functions.
    fn awk_primary(&mut self, c: char) -> Result<Option<String>, String> {
        if c == '"' {
            return Ok(Some(self.quoted('"')));
        }
        if c == '/' {
            let pattern = Pattern::new(&self.quoted('/'), true, false)?;
            let line = self.names.field(0).unwrap_or_default();
            return Ok(Some(flag(pattern.is_in(&line))));
        }
        if self.take("$") {
            let n = number(&self.unary()?);
            return Ok(Some(self.names.field(n.max(0.0) as usize).unwrap_or_default()));
        }
        let here = self.at;
        let name = self.name();
        if !matches!(name.as_str(), "length" | "substr" | "toupper" | "tolower" | "int" | "index") {
            self.at = here;
            return Ok(None);
        }
        let mut args = Vec::new();
        if self.take("(") {
            while !self.take(")") {
                args.push(self.value()?);
                if !self.take(",") && !self.take(")") {
                    return Err("syntax error".into());
                } else if self.chars.get(self.at - 1) == Some(&')') {
                    break;
                }
            }
        }
        let first = match args.first() {
            Some(first) => first.clone(),
            None => self.names.field(0).unwrap_or_default(),
        };
        let arg = |i: usize, default: f64| args.get(i).map_or(default, |text| number(text));
        Ok(Some(match name.as_str() {
            "length" => first.chars().count().to_string(),
            "toupper" => first.to_uppercase(),
            "tolower" => first.to_lowercase(),
            "int" => text(number(&first).trunc()),
            "index" => {
                let found = args.get(1).and_then(|part| first.find(part.as_str()));
                found.map_or(0, |at| first[..at].chars().count() + 1).to_string()
            }
            _ => {
                let from = arg(1, 1.0).max(1.0) as usize - 1;
                first.chars().skip(from).take(arg(2, 1e9).max(0.0) as usize).collect()
            }
        }))
    }

    // A text up to its closing sign, with the usual escapes.
    fn quoted(&mut self, close: char) -> String {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                c if c == close => break,
                '\\' => {
                    let next = self.peek();
                    self.at += 1;
                    match next {
                        Some('n') => text.push('\n'),
                        Some('t') => text.push('\t'),
                        Some(c) if c == close || (c == '\\' && close == '"') => text.push(c),
                        Some(c) => text.extend(['\\', c]),
                        None => {}
                    }
                }
                c => text.push(c),
            }
        }
        text
    }
}

/// True for what a condition takes as true: neither empty nor nought.
pub fn is_true(value: &str) -> bool {
    !value.is_empty() && value != "0"
}

fn flag(value: bool) -> String {
    if value { "1" } else { "0" }.into()
}

fn apply(operator: &str, left: &str, right: &str, live: bool, is_awk: bool) -> Result<String, String> {
    let (a, b) = (number(left), number(right));
    let is_number = |text: &str| text.trim().is_empty() || text.trim().parse::<f64>().is_ok();
    // Texts are compared as texts if one of them is no number.
    let order = if is_number(left) && is_number(right) { a.partial_cmp(&b) } else { Some(left.cmp(right)) };
    let is = |wanted: &[std::cmp::Ordering]| flag(order.is_some_and(|order| wanted.contains(&order)));
    use std::cmp::Ordering::{Equal, Greater, Less};
    Ok(match operator {
        "||" => flag(is_true(left) || is_true(right)),
        "&&" => flag(is_true(left) && is_true(right)),
        "==" => is(&[Equal]),
        "!=" => is(&[Less, Greater]),
        "<" => is(&[Less]),
        ">" => is(&[Greater]),
        "<=" => is(&[Less, Equal]),
        ">=" => is(&[Greater, Equal]),
        "~" => flag(Pattern::new(right, true, false)?.is_in(left)),
        "!~" => flag(!Pattern::new(right, true, false)?.is_in(left)),
        "+" => text(a + b),
        "-" => text(a - b),
        "*" => text(a * b),
        "**" => text(a.powf(b)),
        _ if b == 0.0 && live => return Err("division by 0".into()),
        _ if b == 0.0 => String::new(),
        "%" => text(a % b),
        _ if is_awk => text(a / b),
        _ => text((a / b).trunc()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_shell() {
        let mut vars = BTreeMap::from([("i".to_string(), "4".to_string())]);
        for (text, expected) in [
            ("1 + 2*3", 7),
            ("(1+2)*3", 9),
            ("i % 3", 1),
            ("i++ + i", 9),
            ("-i - 1", -6),
            ("i > 3 && i < 10", 1),
            ("i == 5 ? 10 : 20", 10),
            ("7/2", 3),
            ("i += 5", 10),
            ("0 && 1/0", 0),
            ("2 ** 3 * 2", 16),
            ("", 0),
            ("!0", 1),
        ] {
            assert_eq!(sum(text, &mut vars), Ok(expected), "{text}");
        }
        for wrong in ["1/0", "1+", "(1", "1 2"] {
            assert!(sum(wrong, &mut vars).is_err(), "{wrong}");
        }
    }
}
