//! Characters to YAML tokens.
//!
//! A safe port of the scanner of go-yaml v2, which is what kubectl reads manifests with: simple keys, indentation and
//! every message are its own, so that a broken manifest is refused in kubectl's words. Follows scannerc.go; names
//! of methods follow it too. Comments and the encoding of the bytes are not its business.

use std::collections::VecDeque;

/// A place in one document: both count from 0, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// Why the text is no YAML.
#[derive(Debug)]
pub struct Fault {
    pub from: Source,
    pub problem: String,
    pub at: Place,
    /// Where the thing that went wrong began.
    pub context: Place,
}

/// Who found the fault: go-yaml counts lines differently for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Scanner,
    Parser,
    /// Neither; the message names no line.
    Reader,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Quoted,
    Block,
}

/// What a token is; the texts of those that have some are handed out by [`Scanner::next`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    StreamStart,
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar(Style),
}

struct Queued {
    token: Token,
    place: Place,
    text: String,
    suffix: String,
}

#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    token: usize,
    index: usize,
    place: Place,
}

/// The scanner of one document.
pub struct Scanner<'a> {
    text: &'a [char],
    index: usize,
    place: Place,
    started: bool,
    ended: bool,
    tokens: VecDeque<Queued>,
    tokens_parsed: usize,
    indent: i32,
    indents: Vec<i32>,
    flow_level: usize,
    simple_key_allowed: bool,
    simple_keys: Vec<SimpleKey>,
}

const MAX_DEPTH: usize = 10_000;

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}
fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}
// The end of the text reads as NUL, as in go-yaml.
fn is_breakz(c: char) -> bool {
    is_break(c) || c == '\0'
}
fn is_blankz(c: char) -> bool {
    is_blank(c) || is_breakz(c)
}
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

// Boxed: these results are passed on at hundreds of places.
type Scan<T> = Result<T, Box<Fault>>;

impl<'a> Scanner<'a> {
    /// A scanner at the start of `text`.
    pub fn new(text: &'a [char]) -> Scanner<'a> {
        Scanner {
            text,
            // A byte order mark at the very start is no character.
            index: usize::from(text.first() == Some(&'\u{feff}')),
            place: Place::default(),
            started: false,
            ended: false,
            tokens: VecDeque::new(),
            tokens_parsed: 0,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
        }
    }

    /// The next token without taking it, and where it begins.
    pub fn peek(&mut self) -> Scan<(Token, Place)> {
        self.fetch_more_tokens()?;
        // Behind the end of the stream there is nothing but the end of the stream.
        Ok(self.tokens.front().map_or((Token::StreamEnd, self.place), |next| (next.token, next.place)))
    }

    /// Takes the next token; answers its text and, for tags, what follows the handle.
    pub fn next(&mut self) -> Scan<(String, String)> {
        self.fetch_more_tokens()?;
        self.tokens_parsed += 1;
        Ok(self.tokens.pop_front().map(|next| (next.text, next.suffix)).unwrap_or_default())
    }

    fn at(&self, ahead: usize) -> char {
        self.text.get(self.index + ahead).copied().unwrap_or('\0')
    }

    fn skip(&mut self) {
        self.index += 1;
        self.place.column += 1;
    }

    fn skip_many(&mut self, n: usize) {
        for _ in 0..n {
            self.skip();
        }
    }

    fn skip_line(&mut self) {
        self.index += if self.at(0) == '\r' && self.at(1) == '\n' { 2 } else { 1 };
        self.place = Place { line: self.place.line + 1, column: 0 };
    }

    fn read(&mut self, into: &mut String) {
        into.push(self.at(0));
        self.skip();
    }

    fn read_line(&mut self, into: &mut String) {
        match self.at(0) {
            '\r' | '\n' | '\u{85}' => into.push('\n'),
            other => into.push(other),
        }
        self.skip_line();
    }

    fn fault<T>(&self, context: Place, problem: &str) -> Scan<T> {
        Err(Box::new(Fault { from: Source::Scanner, problem: problem.to_string(), at: self.place, context }))
    }

    fn push(&mut self, token: Token, place: Place) {
        self.push_text(token, place, String::new(), String::new());
    }

    fn push_text(&mut self, token: Token, place: Place, text: String, suffix: String) {
        self.tokens.push_back(Queued { token, place, text, suffix });
    }

    fn insert(&mut self, number: usize, token: Token, place: Place) {
        let at = number.saturating_sub(self.tokens_parsed).min(self.tokens.len());
        self.tokens.insert(at, Queued { token, place, text: String::new(), suffix: String::new() });
    }

    fn fetch_more_tokens(&mut self) -> Scan<()> {
        loop {
            if !self.tokens.is_empty() {
                // The head may still turn out to be a key: only what is certain is handed out.
                let head = self.tokens_parsed;
                let Some(i) = self.simple_keys.iter().position(|k| k.possible && k.token == head) else {
                    return Ok(());
                };
                if !self.simple_key_is_valid(i)? {
                    return Ok(());
                }
            }
            if self.ended {
                return Ok(());
            }
            self.fetch_next_token()?;
        }
    }

    fn fetch_next_token(&mut self) -> Scan<()> {
        if !self.started {
            self.started = true;
            self.push(Token::StreamStart, self.place);
            return Ok(());
        }
        self.scan_to_next_token();
        self.unroll_indent(self.place.column as i32);
        if self.index >= self.text.len() {
            return self.fetch_stream_end();
        }
        let (c, next) = (self.at(0), self.at(1));
        let first_column = self.place.column == 0;
        let flow = self.flow_level > 0;
        if first_column && c == '%' {
            return self.fetch_directive();
        }
        if first_column && is_blankz(self.at(3)) {
            let three = [c, next, self.at(2)];
            if three == ['-'; 3] {
                return self.fetch_document_indicator(Token::DocumentStart);
            }
            if three == ['.'; 3] {
                return self.fetch_document_indicator(Token::DocumentEnd);
            }
        }
        match c {
            '[' => self.fetch_flow_collection_start(Token::FlowSequenceStart),
            '{' => self.fetch_flow_collection_start(Token::FlowMappingStart),
            ']' => self.fetch_flow_collection_end(Token::FlowSequenceEnd),
            '}' => self.fetch_flow_collection_end(Token::FlowMappingEnd),
            ',' => self.fetch_flow_entry(),
            '-' if is_blankz(next) => self.fetch_block_entry(),
            '?' if flow || is_blankz(next) => self.fetch_key(),
            ':' if flow || is_blankz(next) => self.fetch_value(),
            '*' | '&' => self.fetch_anchor(c == '*'),
            '!' => self.fetch_tag(),
            '|' | '>' if !flow => self.fetch_block_scalar(c == '|'),
            '\'' | '"' => self.fetch_flow_scalar(c == '\''),
            '#' | '|' | '>' | '%' | '@' | '`' => self.cannot_start(),
            _ if is_blankz(c) => self.cannot_start(),
            _ => self.fetch_plain_scalar(),
        }
    }

    fn cannot_start(&self) -> Scan<()> {
        self.fault(self.place, "found character that cannot start any token")
    }

    fn simple_key_is_valid(&mut self, i: usize) -> Scan<bool> {
        let key = self.simple_keys[i];
        if !key.possible {
            return Ok(false);
        }
        // A key without `?` stands on one line and is at most 1024 characters long.
        if key.place.line < self.place.line || key.index + 1024 < self.index {
            if key.required {
                return self.fault(key.place, "could not find expected ':'");
            }
            self.simple_keys[i].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn save_simple_key(&mut self) -> Scan<()> {
        if self.simple_key_allowed {
            let required = self.flow_level == 0 && self.indent == self.place.column as i32;
            let token = self.tokens_parsed + self.tokens.len();
            let key = SimpleKey { possible: true, required, token, index: self.index, place: self.place };
            self.remove_simple_key()?;
            if let Some(last) = self.simple_keys.last_mut() {
                *last = key;
            }
        }
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Scan<()> {
        if let Some(key) = self.simple_keys.last_mut() {
            if key.possible && key.required {
                let place = key.place;
                return self.fault(place, "could not find expected ':'");
            }
            key.possible = false;
        }
        Ok(())
    }

    fn roll_indent(&mut self, column: u32, number: Option<usize>, token: Token, place: Place) -> Scan<()> {
        let column = column as i32;
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_DEPTH {
            return self.fault(place, "exceeded max depth of 10000");
        }
        match number {
            Some(number) => self.insert(number, token, place),
            None => self.push(token, place),
        }
        Ok(())
    }

    fn unroll_indent(&mut self, column: i32) {
        while self.flow_level == 0 && self.indent > column {
            self.push(Token::BlockEnd, self.place);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn fetch_stream_end(&mut self) -> Scan<()> {
        if self.place.column != 0 {
            self.place = Place { line: self.place.line + 1, column: 0 };
        }
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.ended = true;
        self.push(Token::StreamEnd, self.place);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.place;
        self.skip();
        let mut name = String::new();
        while is_word(self.at(0)) {
            self.read(&mut name);
        }
        if name.is_empty() {
            return self.fault(start, "could not find expected directive name");
        }
        if !is_blankz(self.at(0)) {
            return self.fault(start, "found unexpected non-alphabetical character");
        }
        if !matches!(name.as_str(), "YAML" | "TAG") {
            return self.fault(start, "found unknown directive name");
        }
        let mut words = [String::new(), String::new()];
        for word in words.iter_mut().take(if name == "YAML" { 1 } else { 2 }) {
            while is_blank(self.at(0)) {
                self.skip();
            }
            while !is_blankz(self.at(0)) {
                self.read(word);
            }
        }
        let [first, second] = words;
        let token = if name == "TAG" {
            if !first.starts_with('!') || !first.ends_with('!') {
                return self.fault(start, "did not find expected '!'");
            }
            if second.is_empty() {
                return self.fault(start, "did not find expected tag URI");
            }
            Token::TagDirective
        } else {
            match first.split_once('.') {
                _ if !first.starts_with(|c: char| c.is_ascii_digit()) => {
                    return self.fault(start, "did not find expected version number");
                }
                Some((major, minor))
                    if [major, minor].iter().all(|n| n.bytes().all(|b| b.is_ascii_digit())) =>
                {
                    if first != "1.1" {
                        return Err(Box::new(Fault {
                            from: Source::Parser,
                            problem: "found incompatible YAML document".into(),
                            at: start,
                            context: Place::default(),
                        }));
                    }
                    Token::VersionDirective
                }
                _ => return self.fault(start, "did not find expected digit or '.' character"),
            }
        };
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
        self.push_text(token, start, first, second);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, token: Token) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.place;
        self.skip_many(3);
        self.push(token, start);
        Ok(())
    }

    fn fetch_flow_collection_start(&mut self, token: Token) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_keys.push(SimpleKey::default());
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return self.fault(self.place, "exceeded max depth of 10000");
        }
        self.simple_key_allowed = true;
        self.push(token, self.place);
        self.skip();
        Ok(())
    }

    fn fetch_flow_collection_end(&mut self, token: Token) -> Scan<()> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.simple_keys.pop();
        }
        self.simple_key_allowed = false;
        self.push(token, self.place);
        self.skip();
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Scan<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push(Token::FlowEntry, self.place);
        self.skip();
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fault(self.place, "block sequence entries are not allowed in this context");
            }
            self.roll_indent(self.place.column, None, Token::BlockSequenceStart, self.place)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push(Token::BlockEntry, self.place);
        self.skip();
        Ok(())
    }

    fn fetch_key(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fault(self.place, "mapping keys are not allowed in this context");
            }
            self.roll_indent(self.place.column, None, Token::BlockMappingStart, self.place)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push(Token::Key, self.place);
        self.skip();
        Ok(())
    }

    fn fetch_value(&mut self) -> Scan<()> {
        let last = self.simple_keys.len() - 1;
        if self.simple_key_is_valid(last)? {
            let key = self.simple_keys[last];
            self.insert(key.token, Token::Key, key.place);
            self.roll_indent(key.place.column, Some(key.token), Token::BlockMappingStart, key.place)?;
            self.simple_keys[last].possible = false;
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.fault(self.place, "mapping values are not allowed in this context");
                }
                self.roll_indent(self.place.column, None, Token::BlockMappingStart, self.place)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push(Token::Value, self.place);
        self.skip();
        Ok(())
    }

    fn fetch_anchor(&mut self, alias: bool) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.place;
        self.skip();
        let mut name = String::new();
        while is_word(self.at(0)) {
            self.read(&mut name);
        }
        let c = self.at(0);
        if name.is_empty() || !(is_blankz(c) || matches!(c, '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`')) {
            return self.fault(start, "did not find expected alphabetic or numeric character");
        }
        self.push_text(if alias { Token::Alias } else { Token::Anchor }, start, name, String::new());
        Ok(())
    }

    fn fetch_tag(&mut self) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.place;
        self.skip();
        let (mut handle, mut suffix) = (String::from("!"), String::new());
        let uri = |c: char| is_word(c) || ";/?:@&=+$,.!~*'()[]%".contains(c);
        if self.at(0) == '<' {
            handle.clear();
            self.skip();
            while uri(self.at(0)) {
                self.read(&mut suffix);
            }
            if self.at(0) != '>' {
                return self.fault(start, "did not find the expected '>'");
            }
            self.skip();
        } else {
            while is_word(self.at(0)) {
                self.read(&mut suffix);
            }
            if self.at(0) == '!' {
                self.skip();
                handle = format!("!{suffix}!");
                suffix.clear();
            }
            while uri(self.at(0)) {
                if self.at(0) == '%' && !(self.at(1).is_ascii_hexdigit() && self.at(2).is_ascii_hexdigit()) {
                    return self.fault(start, "did not find URI escaped octet");
                }
                self.read(&mut suffix);
            }
            if suffix.is_empty() {
                if handle.len() > 1 {
                    return self.fault(start, "did not find expected tag URI");
                }
                std::mem::swap(&mut handle, &mut suffix);
            }
        }
        if !is_blankz(self.at(0)) {
            return self.fault(start, "did not find expected whitespace or line break");
        }
        self.push_text(Token::Tag, start, handle, suffix);
        Ok(())
    }

    fn scan_to_next_token(&mut self) {
        loop {
            // Tabs separate inside flow collections and after a token, but never indent.
            while self.at(0) == ' '
                || (self.at(0) == '\t' && (self.flow_level > 0 || !self.simple_key_allowed))
            {
                self.skip();
            }
            if self.at(0) == '#' {
                while !is_breakz(self.at(0)) {
                    self.skip();
                }
            }
            if !is_break(self.at(0)) {
                return;
            }
            self.skip_line();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn at_document_indicator(&self) -> bool {
        let three = [self.at(0), self.at(1), self.at(2)];
        self.place.column == 0 && (three == ['-'; 3] || three == ['.'; 3]) && is_blankz(self.at(3))
    }
}

#[path = "scalar.rs"]
mod scalar;
