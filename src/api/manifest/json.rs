//! JSON text to a tree of values with marks, refusing in the words of Go's `encoding/json`.

use super::scan::Place;
use super::tree::MarkNode;
use crate::api::value::{Map, Text, Value};
use std::rc::Rc;

/// How deep lists and objects may nest.
const MAX_DEPTH: usize = 100;

/// Why the text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// How many bytes were read when it was noticed, the wrong one included.
    pub offset: usize,
    /// True if the text just ended.
    pub at_end: bool,
    /// `invalid character '}' looking for beginning of value`.
    pub problem: String,
}

/// Reads one value from the start of `text`; answers how many bytes it took.
pub fn parse(text: &str) -> Result<(Value, MarkNode, usize), JsonFault> {
    let mut reader = Reader { text: text.as_bytes(), source: text, at: 0, line: 0, counted: 0, column: 0 };
    let (value, mark) = reader.value(0)?;
    Ok((value, mark, reader.at))
}

struct Reader<'a> {
    text: &'a [u8],
    source: &'a str,
    at: usize,
    line: u32,
    /// Up to which byte of the line columns are counted, and how many there are.
    counted: usize,
    column: usize,
}

type Read<T> = Result<T, JsonFault>;

impl Reader<'_> {
    fn place(&mut self) -> Place {
        self.column += self.source.get(self.counted..self.at).map_or(0, |s| s.chars().count());
        self.counted = self.at;
        Place { line: self.line, column: self.column as u32 }
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.text.get(self.at) {
            if self.text[self.at] == b'\n' {
                self.line += 1;
                (self.counted, self.column) = (self.at + 1, 0);
            }
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.text.get(self.at).copied()
    }

    fn wrong<T>(&self, context: &str) -> Read<T> {
        let Some(c) = self.source.get(self.at..).and_then(|rest| rest.chars().next()) else {
            return Err(JsonFault {
                offset: self.at,
                at_end: true,
                problem: "unexpected end of JSON input".into(),
            });
        };
        let shown = match c {
            '\'' => r"'\''".to_string(),
            '"' => "'\"'".to_string(),
            '\\' => r"'\\'".to_string(),
            '\u{7}' => r"'\a'".to_string(),
            '\u{8}' => r"'\b'".to_string(),
            '\u{b}' => r"'\v'".to_string(),
            '\u{c}' => r"'\f'".to_string(),
            '\n' => r"'\n'".to_string(),
            '\r' => r"'\r'".to_string(),
            '\t' => r"'\t'".to_string(),
            c if c.is_ascii_control() => format!("'\\x{:02x}'", c as u32),
            // Go quotes the byte, which differs beyond ASCII.
            c if !c.is_ascii() => format!("'{}'", char::from(self.text[self.at])),
            c => format!("'{c}'"),
        };
        Err(JsonFault {
            offset: self.at + 1,
            at_end: false,
            problem: format!("invalid character {shown} {context}"),
        })
    }

    fn value(&mut self, depth: usize) -> Read<(Value, MarkNode)> {
        let first = self.peek();
        let place = self.place();
        if depth > MAX_DEPTH {
            return Err(JsonFault { offset: self.at, at_end: false, problem: "exceeded max depth".into() });
        }
        let mut children = Vec::new();
        let value = match first {
            Some(b'{') => self.object(depth, &mut children)?,
            Some(b'[') => self.array(depth, &mut children)?,
            Some(b'"') => Value::Str(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return self.wrong("looking for beginning of value"),
        };
        Ok((value, MarkNode { key: place, value: place, children: Rc::new(children) }))
    }

    fn object(&mut self, depth: usize, children: &mut Vec<(Text, MarkNode)>) -> Read<Value> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::map());
        }
        loop {
            if self.peek() != Some(b'"') {
                return self.wrong("looking for beginning of object key string");
            }
            let key_place = self.place();
            let key = self.string()?;
            if self.peek() != Some(b':') {
                return self.wrong("after object key");
            }
            self.at += 1;
            let (value, mut mark) = self.value(depth + 1)?;
            mark.key = key_place;
            children.push((key.clone(), mark));
            entries.push((key, value));
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => break,
                _ => return self.wrong("after object key:value pair"),
            }
        }
        self.at += 1;
        Ok(Value::Map(entries.into_iter().collect::<Map>()))
    }

    fn array(&mut self, depth: usize, children: &mut Vec<(Text, MarkNode)>) -> Read<Value> {
        self.at += 1;
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::list(items));
        }
        loop {
            let (value, mark) = self.value(depth + 1)?;
            items.push(value);
            children.push((Text::default(), mark));
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return self.wrong("after array element"),
            }
        }
        self.at += 1;
        Ok(Value::list(items))
    }

    fn word(&mut self, word: &'static str, value: Value) -> Read<Value> {
        let start = self.at;
        for expected in word.bytes() {
            if self.text.get(self.at) != Some(&expected) {
                let context = format!("in literal {word} (expecting '{}')", char::from(expected));
                return if self.at == start {
                    self.wrong("looking for beginning of value")
                } else {
                    self.wrong(&context)
                };
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        if self.text.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else if self.digits() == 0 {
            return self.wrong("in numeric literal");
        }
        let mut whole = true;
        if self.text.get(self.at) == Some(&b'.') {
            whole = false;
            self.at += 1;
            if self.digits() == 0 {
                return self.wrong("after decimal point in numeric literal");
            }
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return self.wrong("in exponent of numeric literal");
            }
        }
        let text = self.source.get(start..self.at).unwrap_or("0");
        if whole && let Ok(n) = text.parse() {
            return Ok(Value::Int(n));
        }
        Ok(super::resolve::from_float(super::resolve::float(text).unwrap_or(0.0)))
    }

    fn string(&mut self) -> Read<Text> {
        self.at += 1;
        let mut text = String::new();
        let mut run = self.at;
        loop {
            match self.text.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    text.push_str(self.source.get(run..self.at).unwrap_or(""));
                    self.at += 1;
                    text.push(self.escape()?);
                    run = self.at;
                }
                Some(0..=0x1f) | None => return self.wrong("in string literal"),
                Some(_) => self.at += 1,
            }
        }
        text.push_str(self.source.get(run..self.at).unwrap_or(""));
        self.at += 1;
        Ok(text.into())
    }

    fn escape(&mut self) -> Read<char> {
        let c = match self.text.get(self.at) {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(*c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let high = self.hex()?;
                if !(0xd800..0xe000).contains(&high) {
                    return Ok(char::from_u32(high).unwrap_or('\u{fffd}'));
                }
                // Half a character: the other half has to follow, else it reads as U+FFFD.
                if high < 0xdc00 && self.text.get(self.at..self.at + 2) == Some(b"\\u") {
                    let back = self.at;
                    self.at += 2;
                    let low = self.hex()?;
                    if (0xdc00..0xe000).contains(&low) {
                        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        return Ok(char::from_u32(code).unwrap_or('\u{fffd}'));
                    }
                    self.at = back;
                }
                return Ok('\u{fffd}');
            }
            _ => return self.wrong("in string escape code"),
        };
        self.at += 1;
        Ok(c)
    }

    fn hex(&mut self) -> Read<u32> {
        let mut code = 0;
        for _ in 0..4 {
            match self.text.get(self.at).and_then(|b| char::from(*b).to_digit(16)) {
                Some(digit) => code = code * 16 + digit,
                None => return self.wrong("in \\u hexadecimal character escape"),
            }
            self.at += 1;
        }
        Ok(code)
    }
}
