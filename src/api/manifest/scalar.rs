//! The scalars of the scanner: block, quoted and plain.

use super::{Place, Scan, Scanner, Style, Token, is_blank, is_blankz, is_break, is_breakz};

/// The line breaks and blanks between two words of a scalar.
#[derive(Default)]
struct Gap {
    leading: String,
    trailing: String,
    blanks: String,
}

impl Gap {
    /// Folds what was between two words into `into`.
    fn fold(&mut self, into: &mut String, broken: bool) {
        if !broken {
            into.push_str(&self.blanks);
        } else if !self.leading.starts_with('\n') {
            into.push_str(&self.leading);
            into.push_str(&self.trailing);
        } else if self.trailing.is_empty() {
            into.push(' ');
        } else {
            into.push_str(&self.trailing);
        }
        self.leading.clear();
        self.trailing.clear();
        self.blanks.clear();
    }
}

impl Scanner<'_> {
    pub(super) fn fetch_block_scalar(&mut self, literal: bool) -> Scan<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.place;
        self.skip();
        let (mut chomp, mut increment) = (' ', 0);
        for _ in 0..2 {
            match self.at(0) {
                c @ ('+' | '-') if chomp == ' ' => chomp = c,
                '0' if increment == 0 => {
                    return self.fault(start, "found an indentation indicator equal to 0");
                }
                c @ '1'..='9' if increment == 0 => increment = c as i32 - '0' as i32,
                _ => break,
            }
            self.skip();
        }
        while is_blank(self.at(0)) {
            self.skip();
        }
        if self.at(0) == '#' {
            while !is_breakz(self.at(0)) {
                self.skip();
            }
        }
        if !is_breakz(self.at(0)) {
            return self.fault(start, "did not find expected comment or line break");
        }
        if is_break(self.at(0)) {
            self.skip_line();
        }
        let mut indent = if increment > 0 { self.indent.max(0) + increment } else { 0 };
        let (mut text, mut leading, mut trailing) = (String::new(), String::new(), String::new());
        self.scan_block_scalar_breaks(&mut indent, &mut trailing, start)?;
        let mut leading_blank = false;
        while self.place.column as i32 == indent && self.index < self.text.len() {
            let blank = is_blank(self.at(0));
            if !literal && !leading_blank && !blank && leading.starts_with('\n') {
                if trailing.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&leading);
            }
            leading.clear();
            text.push_str(&trailing);
            trailing.clear();
            leading_blank = blank;
            while !is_breakz(self.at(0)) {
                self.read(&mut text);
            }
            if is_break(self.at(0)) {
                self.read_line(&mut leading);
            }
            self.scan_block_scalar_breaks(&mut indent, &mut trailing, start)?;
        }
        if chomp != '-' {
            text.push_str(&leading);
        }
        if chomp == '+' {
            text.push_str(&trailing);
        }
        self.push_text(Token::Scalar(Style::Block), start, text, String::new());
        Ok(())
    }

    fn scan_block_scalar_breaks(&mut self, indent: &mut i32, breaks: &mut String, start: Place) -> Scan<()> {
        let mut widest = 0;
        loop {
            while (*indent == 0 || (self.place.column as i32) < *indent) && self.at(0) == ' ' {
                self.skip();
            }
            widest = widest.max(self.place.column as i32);
            if (*indent == 0 || (self.place.column as i32) < *indent) && self.at(0) == '\t' {
                return self.fault(start, "found a tab character where an indentation space is expected");
            }
            if !is_break(self.at(0)) {
                break;
            }
            self.read_line(breaks);
        }
        if *indent == 0 {
            *indent = widest.max(self.indent + 1).max(1);
        }
        Ok(())
    }

    pub(super) fn fetch_flow_scalar(&mut self, single: bool) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.place;
        self.skip();
        let quote = if single { '\'' } else { '"' };
        let mut text = String::new();
        let mut gap = Gap::default();
        loop {
            if self.at_document_indicator() {
                return self.fault(start, "found unexpected document indicator");
            }
            if self.index >= self.text.len() {
                return self.fault(start, "found unexpected end of stream");
            }
            let mut broken = false;
            while !is_blankz(self.at(0)) {
                let c = self.at(0);
                if single && c == quote && self.at(1) == quote {
                    text.push(quote);
                    self.skip_many(2);
                } else if c == quote {
                    break;
                } else if !single && c == '\\' && is_break(self.at(1)) {
                    self.skip();
                    self.skip_line();
                    broken = true;
                    break;
                } else if !single && c == '\\' {
                    text.push(self.scan_escape(start)?);
                } else {
                    self.read(&mut text);
                }
            }
            if self.at(0) == quote {
                break;
            }
            while is_blank(self.at(0)) || is_break(self.at(0)) {
                if is_blank(self.at(0)) {
                    if broken {
                        self.skip();
                    } else {
                        self.read(&mut gap.blanks);
                    }
                } else if broken {
                    self.read_line(&mut gap.trailing);
                } else {
                    gap.blanks.clear();
                    self.read_line(&mut gap.leading);
                    broken = true;
                }
            }
            gap.fold(&mut text, broken);
        }
        self.skip();
        self.push_text(Token::Scalar(Style::Quoted), start, text, String::new());
        Ok(())
    }

    fn scan_escape(&mut self, start: Place) -> Scan<char> {
        let digits = match self.at(1) {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            c => {
                let meant = match c {
                    '0' => '\0',
                    'a' => '\u{7}',
                    'b' => '\u{8}',
                    't' | '\t' => '\t',
                    'n' => '\n',
                    'v' => '\u{b}',
                    'f' => '\u{c}',
                    'r' => '\r',
                    'e' => '\u{1b}',
                    ' ' | '"' | '\'' | '\\' => c,
                    'N' => '\u{85}',
                    '_' => '\u{a0}',
                    'L' => '\u{2028}',
                    'P' => '\u{2029}',
                    _ => return self.fault(start, "found unknown escape character"),
                };
                self.skip_many(2);
                return Ok(meant);
            }
        };
        self.skip_many(2);
        let mut code = 0u32;
        for ahead in 0..digits {
            match self.at(ahead).to_digit(16) {
                Some(digit) => code = (code << 4) | digit,
                None => return self.fault(start, "did not find expected hexdecimal number"),
            }
        }
        match char::from_u32(code) {
            Some(c) => {
                self.skip_many(digits);
                Ok(c)
            }
            None => self.fault(start, "found invalid Unicode character escape code"),
        }
    }

    pub(super) fn fetch_plain_scalar(&mut self) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.place;
        let flow = self.flow_level > 0;
        let indent = self.indent + 1;
        let mut text = String::new();
        let mut gap = Gap::default();
        let mut broken = false;
        loop {
            if self.at_document_indicator() || self.at(0) == '#' {
                break;
            }
            while !is_blankz(self.at(0)) {
                let c = self.at(0);
                if (c == ':' && is_blankz(self.at(1)))
                    || (flow && matches!(c, ',' | '?' | '[' | ']' | '{' | '}'))
                {
                    break;
                }
                if broken || !gap.blanks.is_empty() {
                    gap.fold(&mut text, broken);
                    broken = false;
                }
                self.read(&mut text);
            }
            if !(is_blank(self.at(0)) || is_break(self.at(0))) {
                break;
            }
            while is_blank(self.at(0)) || is_break(self.at(0)) {
                if is_blank(self.at(0)) {
                    if broken && (self.place.column as i32) < indent && self.at(0) == '\t' {
                        return self.fault(start, "found a tab character that violates indentation");
                    }
                    if broken {
                        self.skip();
                    } else {
                        self.read(&mut gap.blanks);
                    }
                } else if broken {
                    self.read_line(&mut gap.trailing);
                } else {
                    gap.blanks.clear();
                    self.read_line(&mut gap.leading);
                    broken = true;
                }
            }
            if !flow && (self.place.column as i32) < indent {
                break;
            }
        }
        self.push_text(Token::Scalar(Style::Plain), start, text, String::new());
        if broken {
            self.simple_key_allowed = true;
        }
        Ok(())
    }
}
