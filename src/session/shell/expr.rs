//! The sums of `$((…))`.
//!
//! An expression is read and worked out at once; what `&&`, `||` and `?` skip is read without effect.

use super::cursor;
use crate::sim::SortedMap;

/// Works out `$((TEXT))`.
pub fn sum(text: &str, vars: &mut SortedMap<String, String>) -> Result<i64, String> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, vars, live: true, depth: 0 };
    let value = if text.trim().is_empty() { 0 } else { reader.value()? };
    reader.take("");
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(format!("{}: syntax error in expression", text.trim())),
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

// Reads an expression from a text.
struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    vars: &'a mut SortedMap<String, String>,
    /// False while reading what is skipped.
    live: bool,
    depth: usize,
}

/// Operators and how strongly they bind; the longest first.
const BINARY: &[(&str, u8)] = &[
    ("||", 1),
    ("&&", 2),
    ("<<", 8),
    (">>", 8),
    ("==", 6),
    ("!=", 6),
    ("<=", 7),
    (">=", 7),
    ("**", 11),
    ("|", 3),
    ("^", 4),
    ("&", 5),
    ("<", 7),
    (">", 7),
    ("+", 9),
    ("-", 9),
    ("*", 10),
    ("/", 10),
    ("%", 10),
];
const UNARY: u8 = 12;

impl Reader<'_> {
    // Goes over blanks, and over this if it stands here.
    fn take(&mut self, token: &str) -> bool {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        let found = cursor::stands(self.chars, self.at, token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn name(&mut self) -> String {
        self.take("");
        let name = cursor::name(self.chars, self.at);
        self.at += name.len();
        name
    }

    fn get(&self, name: &str) -> i64 {
        self.vars.get(name).map_or(0, |text| text.trim().parse().unwrap_or(number(text) as i64))
    }

    fn set(&mut self, name: &str, value: i64) {
        if self.live {
            self.vars.insert(name.to_string(), value.to_string());
        }
    }

    fn value(&mut self) -> Result<i64, String> {
        let mut value = self.ternary()?;
        while self.take(",") {
            value = self.ternary()?;
        }
        Ok(value)
    }

    fn ternary(&mut self) -> Result<i64, String> {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let (live, holds) = (self.live, condition != 0);
        self.live = live && holds;
        let first = self.ternary()?;
        if !self.take(":") {
            return Err("syntax error: `:' expected for conditional expression".into());
        }
        self.live = live && !holds;
        let second = self.ternary()?;
        self.live = live;
        Ok(if holds { first } else { second })
    }

    fn binary(&mut self, least: u8) -> Result<i64, String> {
        let mut left = self.unary()?;
        loop {
            self.take("");
            let here = self.at;
            let found = BINARY.iter().copied().find(|(operator, _)| self.take(operator));
            let Some((operator, level)) = found else { return Ok(left) };
            if level < least {
                self.at = here;
                return Ok(left);
            }
            let live = self.live;
            let skips = match operator {
                "&&" => left == 0,
                "||" => left != 0,
                _ => false,
            };
            self.live = live && !skips;
            let right = self.binary(level + 1)?;
            self.live = live;
            left = apply(operator, left, right, live && !skips)?;
        }
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > 100 {
            return Err("expression recursion level exceeded".into());
        }
        let value = if self.take("++") || self.take("--") {
            let by = if self.chars[self.at - 1] == '+' { 1 } else { -1 };
            let name = self.name();
            let value = self.get(&name).wrapping_add(by);
            self.set(&name, value);
            value
        } else if self.take("!") {
            i64::from(self.unary()? == 0)
        } else if self.take("~") {
            !self.unary()?
        } else if self.take("-") {
            self.binary(UNARY)?.wrapping_neg()
        } else if self.take("+") {
            self.unary()?
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn primary(&mut self) -> Result<i64, String> {
        self.take("");
        let Some(c) = self.peek() else { return Err("syntax error: operand expected".into()) };
        if self.take("(") {
            let value = self.value()?;
            return if self.take(")") { Ok(value) } else { Err("syntax error: missing `)'".into()) };
        }
        if c.is_ascii_digit() {
            let rest = &self.chars[self.at..];
            let digits: String = rest.iter().take_while(|c| c.is_ascii_alphanumeric()).collect();
            self.at += digits.len();
            let hex = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
            let found = match (hex, digits.strip_prefix('0')) {
                (Some(hex), _) => i64::from_str_radix(hex, 16),
                (None, Some(octal)) if !octal.is_empty() => i64::from_str_radix(octal, 8),
                _ => digits.parse(),
            };
            return found.map_err(|_| format!("{digits}: value too great for base"));
        }
        if self.take("$") {
            return self.primary();
        }
        let name = self.name();
        if name.is_empty() {
            return Err("syntax error: operand expected".into());
        }
        for operator in ["+=", "-=", "*=", "/=", "%="] {
            if self.take(operator) {
                let right = self.ternary()?;
                let value = apply(&operator[..1], self.get(&name), right, self.live)?;
                self.set(&name, value);
                return Ok(value);
            }
        }
        let value = self.get(&name);
        if self.take("++") || self.take("--") {
            let by = if self.chars[self.at - 1] == '+' { 1 } else { -1 };
            self.set(&name, value.wrapping_add(by));
            return Ok(value);
        }
        let here = self.at;
        if self.take("=") {
            if self.peek() != Some('=') {
                let value = self.ternary()?;
                self.set(&name, value);
                return Ok(value);
            }
            self.at = here;
        }
        Ok(value)
    }
}

fn apply(operator: &str, a: i64, b: i64, live: bool) -> Result<i64, String> {
    Ok(match operator {
        "||" => i64::from(a != 0 || b != 0),
        "&&" => i64::from(a != 0 && b != 0),
        "==" => i64::from(a == b),
        "!=" => i64::from(a != b),
        "<" => i64::from(a < b),
        ">" => i64::from(a > b),
        "<=" => i64::from(a <= b),
        ">=" => i64::from(a >= b),
        "<<" => a.wrapping_shl(b as u32),
        ">>" => a.wrapping_shr(b as u32),
        "|" => a | b,
        "^" => a ^ b,
        "&" => a & b,
        "+" => a.wrapping_add(b),
        "-" => a.wrapping_sub(b),
        "*" => a.wrapping_mul(b),
        "**" if b < 0 && live => return Err("exponent less than 0".into()),
        "**" => a.wrapping_pow(b.clamp(0, 1000) as u32),
        _ if b == 0 && live => return Err("division by 0".into()),
        _ if b == 0 => 0,
        "%" => a.wrapping_rem(b),
        _ => a.wrapping_div(b),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_shell() {
        let mut vars = SortedMap::from_iter([("i".to_string(), "4".to_string())]);
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
            ("0x1f + 010", 39),
            ("1 << 4 | 1", 17),
            ("-7 / 2", -3),
            ("-7 % 3", -1),
            ("9007199254740993 + 0", 9_007_199_254_740_993),
        ] {
            assert_eq!(sum(text, &mut vars), Ok(expected), "{text}");
        }
        for wrong in ["1/0", "1+", "(1", "1 2"] {
            assert!(sum(wrong, &mut vars).is_err(), "{wrong}");
        }
    }
}
