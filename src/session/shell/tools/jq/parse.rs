//! Reading jq filters.

use super::value::{J, unescape};
use crate::session::shell::cursor;
use std::rc::Rc;

type Result<T> = std::result::Result<T, String>;

/// How deep a filter may lie.
const DEEPEST: usize = 80;

pub type Boxed = Rc<Expr>;

/// What `as` binds.
#[derive(Debug)]
pub enum Target {
    Name(String),
    List(Vec<Target>),
    Object(Vec<(Boxed, Target)>),
}

#[derive(Debug)]
pub enum Expr {
    Dot,
    Literal(J),
    /// Texts and filters between them, and the format of these.
    Text(String, Vec<(String, Option<Boxed>)>),
    Format(String),
    Index(Boxed, Boxed),
    Slice(Boxed, Option<Boxed>, Option<Boxed>),
    Each(Boxed),
    List(Option<Boxed>),
    Object(Vec<(Boxed, Option<Boxed>)>),
    Minus(Boxed),
    Pipe(Boxed, Boxed),
    Comma(Boxed, Boxed),
    Binary(&'static str, Boxed, Boxed),
    /// `=`, `|=`, `+=` and the like.
    Update(&'static str, Boxed, Boxed),
    As(Boxed, Target, Boxed),
    Reduce(Boxed, Target, Boxed, Boxed),
    Foreach(Boxed, Target, Boxed, Boxed, Option<Boxed>),
    If(Boxed, Boxed, Option<Boxed>),
    Try(Boxed, Option<Boxed>),
    Variable(String),
    Call(String, Vec<Boxed>),
    Define(Rc<Function>, Boxed),
}

#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub params: Vec<String>,
    pub body: Boxed,
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

/// Reads a filter.
pub fn filter(text: &str) -> Result<Boxed> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, depth: 0 };
    if reader.peek().is_none() {
        return Ok(Rc::new(Expr::Dot));
    }
    let filter = reader.pipe()?;
    match reader.peek() {
        None => Ok(filter),
        Some(_) => Err(reader.unexpected()),
    }
}

/// Reads definitions that stand in front of every filter.
pub fn definitions(text: &str) -> Result<Vec<Rc<Function>>> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, depth: 0 };
    let mut all = Vec::new();
    while reader.keyword("def") {
        all.push(reader.definition()?);
    }
    Ok(all)
}

const KEYWORDS: &[&str] =
    &["then", "elif", "else", "end", "as", "and", "or", "catch", "def", "reduce", "foreach", "if", "try"];

impl Reader {
    fn peek(&mut self) -> Option<char> {
        loop {
            match self.chars.get(self.at) {
                Some(c) if c.is_whitespace() => self.at += 1,
                Some('#') => {
                    while self.chars.get(self.at).is_some_and(|c| *c != '\n') {
                        self.at += 1;
                    }
                }
                found => return found.copied(),
            }
        }
    }

    fn unexpected(&mut self) -> String {
        match self.peek() {
            None => "syntax error, unexpected end of file".into(),
            Some(c) if c.is_alphanumeric() => format!("syntax error, unexpected {}", self.word()),
            Some(c) => format!("syntax error, unexpected '{c}'"),
        }
    }

    fn take(&mut self, token: &str) -> bool {
        self.peek();
        let found = cursor::stands(&self.chars, self.at, token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn word(&mut self) -> String {
        self.peek();
        let is_word = |i: usize| {
            let c = self.chars.get(i).copied().unwrap_or(' ');
            c.is_ascii_alphanumeric()
                || c == '_'
                || c == ':' && self.chars.get(i + 1) == Some(&':')
                || c == ':' && i > 0 && self.chars[i - 1] == ':'
        };
        let from = self.at;
        let mut at = from;
        while is_word(at) {
            at += 1;
        }
        self.at = at;
        self.chars[from..at].iter().collect()
    }

    fn keyword(&mut self, word: &str) -> bool {
        let here = self.at;
        let found = self.word() == word;
        if !found {
            self.at = here;
        }
        found
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST { Err("syntax error, nested too deeply".into()) } else { Ok(()) }
    }

    fn definition(&mut self) -> Result<Rc<Function>> {
        let name = self.word();
        let mut params = Vec::new();
        if self.take("(") {
            loop {
                let is_value = self.take("$");
                let name = self.word();
                params.push(if is_value { format!("${name}") } else { name });
                if !self.take(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        self.expect(":")?;
        let body = self.pipe()?;
        self.expect(";")?;
        Ok(Rc::new(Function { name, params, body }))
    }

    fn pipe(&mut self) -> Result<Boxed> {
        self.deeper()?;
        let done = if self.keyword("def") {
            let function = self.definition()?;
            Expr::Define(function, self.pipe()?).into()
        } else {
            let left = self.comma()?;
            if self.keyword("as") {
                let target = self.target()?;
                self.expect("|")?;
                Expr::As(left, target, self.pipe()?).into()
            } else if self.takes_pipe() {
                Expr::Pipe(left, self.pipe()?).into()
            } else {
                left
            }
        };
        self.depth -= 1;
        Ok(done)
    }

    // `|`, but not `|=`.
    fn takes_pipe(&mut self) -> bool {
        self.peek() == Some('|') && self.chars.get(self.at + 1) != Some(&'=') && self.take("|")
    }

    fn target(&mut self) -> Result<Target> {
        self.deeper()?;
        let done = if self.take("$") {
            Target::Name(self.word())
        } else if self.take("[") {
            let mut list = vec![self.target()?];
            while self.take(",") {
                list.push(self.target()?);
            }
            self.expect("]")?;
            Target::List(list)
        } else {
            self.expect("{")?;
            let mut list = Vec::new();
            loop {
                if self.take("$") {
                    let name = self.word();
                    let key = Expr::Literal(J::from(name.clone())).into();
                    list.push((key, Target::Name(name)));
                } else {
                    let key = self.key()?;
                    self.expect(":")?;
                    list.push((key, self.target()?));
                }
                if !self.take(",") {
                    break;
                }
            }
            self.expect("}")?;
            Target::Object(list)
        };
        self.depth -= 1;
        Ok(done)
    }

    fn comma(&mut self) -> Result<Boxed> {
        let mut left = self.binary(0)?;
        while self.take(",") {
            left = Expr::Comma(left, self.binary(0)?).into();
        }
        Ok(left)
    }

    fn operator(&mut self) -> Option<(&'static str, u8)> {
        const SIGNS: &[(&str, u8)] = &[
            ("//=", 1),
            ("|=", 1),
            ("+=", 1),
            ("-=", 1),
            ("*=", 1),
            ("/=", 1),
            ("%=", 1),
            ("//", 0),
            ("==", 4),
            ("!=", 4),
            ("<=", 4),
            (">=", 4),
            ("=", 1),
            ("<", 4),
            (">", 4),
            ("+", 5),
            ("-", 5),
            ("*", 6),
            ("/", 6),
            ("%", 6),
        ];
        for word in [("or", 2), ("and", 3)] {
            if self.keyword(word.0) {
                return Some(word);
            }
        }
        SIGNS.iter().copied().find(|(sign, _)| self.take(sign))
    }

    fn binary(&mut self, least: u8) -> Result<Boxed> {
        self.deeper()?;
        let mut left = self.unary()?;
        loop {
            let here = self.at;
            let Some((operator, level)) = self.operator().filter(|(_, level)| *level >= least) else {
                self.at = here;
                self.depth -= 1;
                return Ok(left);
            };
            left = match level {
                // To the right: `a // b // c` and what is set.
                0 => Expr::Binary(operator, left, self.binary(0)?).into(),
                1 => Expr::Update(operator, left, self.binary(0)?).into(),
                _ => Expr::Binary(operator, left, self.binary(level + 1)?).into(),
            };
        }
    }

    fn unary(&mut self) -> Result<Boxed> {
        if self.take("-") {
            return Ok(Expr::Minus(self.postfix()?).into());
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Result<Boxed> {
        let mut left = self.primary()?;
        loop {
            let here = self.at;
            let next = self.peek();
            let after = self.chars.get(self.at + 1).copied();
            let is_name = after.is_some_and(|c| c.is_alphabetic() || c == '_' || c == '"');
            left = match next {
                Some('.') if is_name => {
                    self.at += 1;
                    Expr::Index(left, self.member()?).into()
                }
                Some('.') if after == Some('[') => {
                    self.at += 2;
                    self.bracket(left)?
                }
                Some('[') => {
                    self.at += 1;
                    self.bracket(left)?
                }
                Some('?') => {
                    self.at += 1;
                    // `?//` is not read as two signs.
                    Expr::Try(left, None).into()
                }
                _ => {
                    self.at = here;
                    if self.keyword("as") {
                        let target = self.target()?;
                        self.expect("|")?;
                        return Ok(Expr::As(left, target, self.pipe()?).into());
                    }
                    return Ok(left);
                }
            };
        }
    }

    // A member's name: a word or a text.
    fn member(&mut self) -> Result<Boxed> {
        if self.peek() == Some('"') {
            return self.string(String::new());
        }
        Ok(Expr::Literal(J::from(self.word())).into())
    }

    // Behind `[`: an index, a range, or every item.
    fn bracket(&mut self, left: Boxed) -> Result<Boxed> {
        if self.take("]") {
            return Ok(Expr::Each(left).into());
        }
        let from = if self.peek() == Some(':') { None } else { Some(self.pipe()?) };
        if !self.take(":") {
            self.expect("]")?;
            return from.map(|key| Expr::Index(left, key).into()).ok_or_else(|| self.unexpected());
        }
        let to = if self.peek() == Some(']') { None } else { Some(self.pipe()?) };
        self.expect("]")?;
        Ok(Expr::Slice(left, from, to).into())
    }

    // A text in double quotes; `\( )` in it is a filter.
    fn string(&mut self, format: String) -> Result<Boxed> {
        self.expect("\"")?;
        let (mut parts, mut text) = (Vec::new(), String::new());
        loop {
            let c = self.chars.get(self.at).copied().ok_or("syntax error, unterminated string")?;
            self.at += 1;
            match c {
                '"' => {
                    parts.push((unescape(&text)?, None));
                    return Ok(Expr::Text(format, parts).into());
                }
                '\\' if self.chars.get(self.at) == Some(&'(') => {
                    self.at += 1;
                    let inner = self.pipe()?;
                    self.expect(")")?;
                    parts.push((unescape(&std::mem::take(&mut text))?, Some(inner)));
                }
                '\\' => {
                    text.push('\\');
                    text.extend(self.chars.get(self.at));
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
    }

    fn primary(&mut self) -> Result<Boxed> {
        let c = self.peek().ok_or("syntax error, unexpected end of file")?;
        Ok(match c {
            '.' => {
                let next = self.chars.get(self.at + 1).copied();
                if next == Some('.') {
                    self.at += 2;
                    return Ok(Expr::Call("recurse".into(), Vec::new()).into());
                }
                // The path behind it is read as what follows.
                if next.is_some_and(|c| c.is_alphabetic() || c == '_' || c == '"') {
                    self.at += 1;
                    return Ok(Expr::Index(Expr::Dot.into(), self.member()?).into());
                }
                self.at += 1;
                Expr::Dot.into()
            }
            '"' => self.string(String::new())?,
            '(' => {
                self.at += 1;
                let inner = self.pipe()?;
                self.expect(")")?;
                inner
            }
            '[' => {
                self.at += 1;
                let inner = if self.peek() == Some(']') { None } else { Some(self.pipe()?) };
                self.expect("]")?;
                Expr::List(inner).into()
            }
            '{' => self.object()?,
            '$' => {
                self.at += 1;
                Expr::Variable(self.word()).into()
            }
            '@' => {
                self.at += 1;
                let format = self.word();
                if self.chars.get(self.at) == Some(&'"') || self.peek() == Some('"') {
                    return self.string(format);
                }
                Expr::Format(format).into()
            }
            c if c.is_ascii_digit() => {
                let rest: String = self.chars[self.at..].iter().take(400).collect();
                let mut end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
                if let Some(power) = rest[end..].strip_prefix(['e', 'E']) {
                    let digits = power.trim_start_matches(['+', '-']);
                    let count = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                    end += if count > 0 { 1 + power.len() - digits.len() + count } else { 0 };
                }
                self.at += end;
                let number = rest[..end].parse().map_err(|_| "syntax error, unexpected INVALID_CHARACTER")?;
                Expr::Literal(J::Num(number)).into()
            }
            c if c.is_alphabetic() || c == '_' => self.named()?,
            _ => return Err(self.unexpected()),
        })
    }

    fn named(&mut self) -> Result<Boxed> {
        let here = self.at;
        let name = self.word();
        Ok(match name.as_str() {
            "null" => Expr::Literal(J::Null),
            "true" => Expr::Literal(J::Bool(true)),
            "false" => Expr::Literal(J::Bool(false)),
            "if" => return self.condition(),
            "try" => {
                let body = self.postfix()?;
                let handler = if self.keyword("catch") { Some(self.postfix()?) } else { None };
                Expr::Try(body, handler)
            }
            "reduce" | "foreach" => {
                let source = self.source()?;
                let target = self.target()?;
                self.expect("(")?;
                let begin = self.pipe()?;
                self.expect(";")?;
                let step = self.pipe()?;
                let last = if self.take(";") { Some(self.pipe()?) } else { None };
                self.expect(")")?;
                match name.as_str() {
                    "reduce" => Expr::Reduce(source, target, begin, step),
                    _ => Expr::Foreach(source, target, begin, step, last),
                }
            }
            "def" => {
                let function = self.definition()?;
                Expr::Define(function, self.pipe()?)
            }
            name if KEYWORDS.contains(&name) => {
                self.at = here;
                return Err(self.unexpected());
            }
            _ => {
                let mut args = Vec::new();
                if self.take("(") {
                    args.push(self.pipe()?);
                    while self.take(";") {
                        args.push(self.pipe()?);
                    }
                    self.expect(")")?;
                }
                Expr::Call(name, args)
            }
        }
        .into())
    }

    // What `reduce` and `foreach` go over; `as` belongs to them.
    fn source(&mut self) -> Result<Boxed> {
        let mut left = self.primary()?;
        while !self.keyword("as") {
            let next = self.peek();
            let after = self.chars.get(self.at + 1).copied();
            self.at += 1;
            left = match next {
                Some('[') => self.bracket(left)?,
                Some('.') if after == Some('[') => {
                    self.at += 1;
                    self.bracket(left)?
                }
                Some('.') => Expr::Index(left, self.member()?).into(),
                Some('?') => Expr::Try(left, None).into(),
                _ => {
                    self.at -= 1;
                    return Err(self.unexpected());
                }
            };
        }
        Ok(left)
    }

    fn condition(&mut self) -> Result<Boxed> {
        let test = self.pipe()?;
        if !self.keyword("then") {
            return Err(self.unexpected());
        }
        let yes = self.pipe()?;
        let no = if self.keyword("elif") {
            return Ok(Expr::If(test, yes, Some(self.condition()?)).into());
        } else if self.keyword("else") {
            Some(self.pipe()?)
        } else {
            None
        };
        if !self.keyword("end") {
            return Err(self.unexpected());
        }
        Ok(Expr::If(test, yes, no).into())
    }

    fn key(&mut self) -> Result<Boxed> {
        match self.peek() {
            Some('"') => self.string(String::new()),
            Some('(') => self.primary(),
            Some('@') => self.primary(),
            _ => {
                let name = self.word();
                if name.is_empty() { Err(self.unexpected()) } else { Ok(Expr::Literal(J::from(name)).into()) }
            }
        }
    }

    fn object(&mut self) -> Result<Boxed> {
        self.expect("{")?;
        let mut list: Vec<(Boxed, Option<Boxed>)> = Vec::new();
        while !self.take("}") {
            if self.take("$") {
                let name = self.word();
                let key = Expr::Literal(J::from(name.clone()));
                list.push((key.into(), Some(Expr::Variable(name).into())));
            } else {
                let key = self.key()?;
                let value = if self.take(":") {
                    let mut value = self.binary(0)?;
                    while self.takes_pipe() {
                        value = Expr::Pipe(value, self.binary(0)?).into();
                    }
                    Some(value)
                } else {
                    None
                };
                list.push((key, value));
            }
            if !self.take(",") && self.peek() != Some('}') {
                return Err(self.unexpected());
            }
        }
        Ok(Expr::Object(list).into())
    }
}
