//! Reading awk programs.

use crate::session::shell::cursor;

type Result<T> = std::result::Result<T, String>;

/// How deep expressions and statements may lie.
const DEEPEST: usize = 60;

pub enum Expr {
    Text(String),
    Number(f64),
    Regex(String),
    Name(String),
    Field(Box<Expr>),
    Element(String, Vec<Expr>),
    In(Vec<Expr>, String),
    /// `=` is a blank.
    Assign(char, Box<Expr>, Box<Expr>),
    /// By how much, and whether before it is read.
    Step(Box<Expr>, f64, bool),
    Not(Box<Expr>),
    Minus(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Match(Box<Expr>, Box<Expr>, bool),
    Join(Box<Expr>, Box<Expr>),
    Compare(&'static str, Box<Expr>, Box<Expr>),
    Sum(char, Box<Expr>, Box<Expr>),
    Call(String, Vec<Expr>),
}

pub enum Statement {
    Block(Vec<Statement>),
    Expr(Expr),
    /// `printf`, what, and the file with whether it is put behind.
    Print(bool, Vec<Expr>, Option<(Expr, bool)>),
    If(Expr, Box<Statement>, Option<Box<Statement>>),
    /// True for `do … while`.
    While(Expr, Box<Statement>, bool),
    For(Option<Expr>, Option<Expr>, Option<Expr>, Box<Statement>),
    Over(String, String, Box<Statement>),
    Delete(String, Option<Vec<Expr>>),
    Next,
    Break,
    Continue,
    Exit(Option<Expr>),
}

pub enum When {
    Begin,
    End,
    Always,
    If(Expr),
    Range(Expr, Expr),
}

pub struct Rule {
    pub when: When,
    pub body: Vec<Statement>,
}

const FUNCTIONS: &[&str] = &[
    "length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "toupper", "tolower", "int",
    "sqrt", "exp", "log",
];

struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    /// Within the words of `print`, where `>` leads to a file.
    prints: bool,
    /// Within the brackets of `for`, where `in` belongs to the loop.
    loops: bool,
}

/// Reads a program.
pub fn program(text: &str) -> Result<Vec<Rule>> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, depth: 0, prints: false, loops: false };
    let mut rules = Vec::new();
    loop {
        while reader.ends() {}
        if reader.at >= reader.chars.len() {
            return Ok(rules);
        }
        let when = if reader.word("BEGIN") {
            When::Begin
        } else if reader.word("END") {
            When::End
        } else if reader.peek() == Some('{') {
            When::Always
        } else {
            let first = reader.expr()?;
            if reader.take(",") { When::Range(first, reader.expr()?) } else { When::If(first) }
        };
        let body = if reader.take("{") {
            reader.block()?
        } else if matches!(when, When::Begin | When::End) {
            return Err("syntax error".into());
        } else {
            vec![Statement::Print(false, Vec::new(), None)]
        };
        rules.push(Rule { when, body });
    }
}

impl Reader {
    // Blanks, joined lines and comments.
    fn peek(&mut self) -> Option<char> {
        loop {
            match self.chars.get(self.at) {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.chars.get(self.at + 1) == Some(&'\n') => self.at += 2,
                Some('#') => {
                    while self.chars.get(self.at).is_some_and(|c| *c != '\n') {
                        self.at += 1;
                    }
                }
                found => return found.copied(),
            }
        }
    }

    fn take(&mut self, token: &str) -> bool {
        self.peek();
        let found = cursor::stands(&self.chars, self.at, token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        if self.take(token) { Ok(()) } else { Err(format!("syntax error: expected {token}")) }
    }

    // The end of a statement.
    fn ends(&mut self) -> bool {
        self.take(";") || self.take("\n")
    }

    fn lines(&mut self) {
        while self.take("\n") {}
    }

    fn name(&mut self) -> String {
        self.peek();
        let name = cursor::name(&self.chars, self.at);
        self.at += name.len();
        name
    }

    fn word(&mut self, word: &str) -> bool {
        let here = self.at;
        let found = self.name() == word;
        if !found {
            self.at = here;
        }
        found
    }

    fn block(&mut self) -> Result<Vec<Statement>> {
        let mut list = Vec::new();
        loop {
            while self.ends() {}
            if self.take("}") {
                return Ok(list);
            }
            if self.at >= self.chars.len() {
                return Err("syntax error: missing }".into());
            }
            list.push(self.statement()?);
        }
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST { Err("nested too deeply".into()) } else { Ok(()) }
    }

    // A statement behind `if (…)`, on the next line if need be.
    fn body(&mut self) -> Result<Box<Statement>> {
        self.lines();
        if self.take(";") {
            return Ok(Box::new(Statement::Block(Vec::new())));
        }
        self.statement().map(Box::new)
    }

    fn statement(&mut self) -> Result<Statement> {
        self.deeper()?;
        let here = self.at;
        if self.take("{") {
            let block = self.block()?;
            self.depth -= 1;
            return Ok(Statement::Block(block));
        }
        let done = match self.name().as_str() {
            "if" => {
                self.expect("(")?;
                let condition = self.expr()?;
                self.expect(")")?;
                let yes = self.body()?;
                let here = self.at;
                while self.ends() {}
                let no = if self.word("else") {
                    Some(self.body()?)
                } else {
                    self.at = here;
                    None
                };
                Statement::If(condition, yes, no)
            }
            "while" => {
                self.expect("(")?;
                let condition = self.expr()?;
                self.expect(")")?;
                Statement::While(condition, self.body()?, false)
            }
            "do" => {
                let body = self.body()?;
                while self.ends() {}
                if !self.word("while") {
                    return Err("syntax error: expected while".into());
                }
                self.expect("(")?;
                let condition = self.expr()?;
                self.expect(")")?;
                Statement::While(condition, body, true)
            }
            "for" => self.for_loop()?,
            name @ ("print" | "printf") => {
                let is_format = name == "printf";
                self.print(is_format)?
            }
            "next" => Statement::Next,
            "break" => Statement::Break,
            "continue" => Statement::Continue,
            "exit" => {
                let ends = self.peek().is_none_or(|c| "};\n".contains(c));
                Statement::Exit(if ends { None } else { Some(self.expr()?) })
            }
            "delete" => {
                let name = self.name();
                let parts = if self.take("[") { Some(self.list("]")?) } else { None };
                Statement::Delete(name, parts)
            }
            _ => {
                self.at = here;
                Statement::Expr(self.expr()?)
            }
        };
        self.depth -= 1;
        Ok(done)
    }

    fn for_loop(&mut self) -> Result<Statement> {
        self.expect("(")?;
        let here = self.at;
        let name = self.name();
        if !name.is_empty() && self.word("in") {
            let array = self.name();
            if self.take(")") {
                return Ok(Statement::Over(name, array, self.body()?));
            }
        }
        self.at = here;
        let mut parts = Vec::new();
        for end in [";", ";", ")"] {
            self.lines();
            if self.take(end) {
                parts.push(None);
                continue;
            }
            parts.push(Some(self.expr()?));
            self.expect(end)?;
        }
        let mut parts = parts.into_iter();
        let mut next = || parts.next().flatten();
        let (begin, condition, step) = (next(), next(), next());
        Ok(Statement::For(begin, condition, step, self.body()?))
    }

    fn print(&mut self, is_format: bool) -> Result<Statement> {
        let mut args = Vec::new();
        self.prints = true;
        let here = self.at;
        // `print (a, b)`: the brackets belong to print if nothing stands behind them.
        let bracket = self.take("(");
        if bracket {
            self.prints = false;
            args = self.list(")")?;
            self.prints = true;
            if !self.peek().is_none_or(|c| "};\n>|".contains(c)) {
                args.clear();
                self.at = here;
            }
        }
        if args.is_empty() && !self.peek().is_none_or(|c| "};\n>".contains(c)) {
            args.push(self.expr()?);
            while self.take(",") {
                self.lines();
                args.push(self.expr()?);
            }
        }
        self.prints = false;
        let append = self.take(">>");
        let to = if append || self.take(">") { Some((self.unary()?, append)) } else { None };
        if self.peek() == Some('|') {
            return Err("pipes out of awk are not simulated; pipe behind it instead".into());
        }
        Ok(Statement::Print(is_format, args, to))
    }

    // Expressions up to a closing sign.
    fn list(&mut self, close: &str) -> Result<Vec<Expr>> {
        let mut list = Vec::new();
        self.lines();
        while !self.take(close) {
            list.push(self.expr()?);
            self.lines();
            if self.take(",") {
                self.lines();
            } else if self.take(close) {
                break;
            } else {
                return Err("syntax error".into());
            }
        }
        Ok(list)
    }

    fn expr(&mut self) -> Result<Expr> {
        self.deeper()?;
        let done = self.assignment();
        self.depth -= 1;
        done
    }

    fn assignment(&mut self) -> Result<Expr> {
        let left = self.condition()?;
        if !matches!(left, Expr::Name(_) | Expr::Field(_) | Expr::Element(..)) {
            return Ok(left);
        }
        for (sign, operator) in [("+=", '+'), ("-=", '-'), ("*=", '*'), ("/=", '/'), ("%=", '%'), ("^=", '^')]
        {
            if self.take(sign) {
                return Ok(Expr::Assign(operator, Box::new(left), Box::new(self.expr()?)));
            }
        }
        self.peek();
        if self.chars.get(self.at) == Some(&'=') && self.chars.get(self.at + 1) != Some(&'=') {
            self.at += 1;
            return Ok(Expr::Assign(' ', Box::new(left), Box::new(self.expr()?)));
        }
        Ok(left)
    }

    fn condition(&mut self) -> Result<Expr> {
        let condition = self.or()?;
        if !self.take("?") {
            return Ok(condition);
        }
        let yes = self.expr()?;
        self.expect(":")?;
        let no = self.expr()?;
        Ok(Expr::If(Box::new(condition), Box::new(yes), Box::new(no)))
    }

    fn or(&mut self) -> Result<Expr> {
        let mut left = self.and()?;
        while self.take("||") {
            self.lines();
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr> {
        let mut left = self.member()?;
        while self.take("&&") {
            self.lines();
            left = Expr::And(Box::new(left), Box::new(self.member()?));
        }
        Ok(left)
    }

    fn member(&mut self) -> Result<Expr> {
        let mut left = self.fit()?;
        while !self.loops && self.word("in") {
            left = Expr::In(vec![left], self.name());
        }
        Ok(left)
    }

    fn fit(&mut self) -> Result<Expr> {
        let mut left = self.comparison()?;
        loop {
            let wanted = if self.take("!~") {
                false
            } else if self.take("~") {
                true
            } else {
                return Ok(left);
            };
            left = Expr::Match(Box::new(left), Box::new(self.comparison()?), wanted);
        }
    }

    fn comparison(&mut self) -> Result<Expr> {
        let left = self.joined()?;
        for sign in ["<=", ">=", "==", "!=", "<", ">"] {
            if self.prints && sign.starts_with('>') {
                continue;
            }
            self.peek();
            // `!~` and `=` are not for here.
            if self.take(sign) {
                return Ok(Expr::Compare(sign, Box::new(left), Box::new(self.joined()?)));
            }
        }
        Ok(left)
    }

    fn joined(&mut self) -> Result<Expr> {
        let mut left = self.sum()?;
        loop {
            let next = self.peek();
            let here = self.at;
            let begins = match next {
                Some(c) if c.is_alphabetic() || c == '_' => {
                    !["in", "else", "while"].contains(&self.name().as_str())
                }
                Some(c) => c.is_ascii_digit() || matches!(c, '"' | '$' | '(' | '.'),
                None => false,
            };
            self.at = here;
            let is_minus = matches!(next, Some('-' | '!'));
            if !begins || is_minus {
                return Ok(left);
            }
            left = Expr::Join(Box::new(left), Box::new(self.sum()?));
        }
    }

    fn sum(&mut self) -> Result<Expr> {
        let mut left = self.product()?;
        loop {
            let next = self.peek();
            let after = self.chars.get(self.at + 1);
            let operator = match next {
                Some(c @ ('+' | '-')) if after != Some(&'=') => c,
                _ => return Ok(left),
            };
            self.at += 1;
            left = Expr::Sum(operator, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Expr> {
        let mut left = self.unary()?;
        loop {
            let next = self.peek();
            let after = self.chars.get(self.at + 1);
            let operator = match next {
                Some(c @ ('*' | '/' | '%')) if after != Some(&'=') && !(c == '*' && after == Some(&'*')) => c,
                _ => return Ok(left),
            };
            self.at += 1;
            left = Expr::Sum(operator, Box::new(left), Box::new(self.unary()?));
        }
    }

    fn unary(&mut self) -> Result<Expr> {
        self.deeper()?;
        let next = self.peek();
        let after = self.chars.get(self.at + 1).copied();
        let done = match next {
            Some('!') if after != Some('~') && after != Some('=') => {
                self.at += 1;
                Expr::Not(Box::new(self.unary()?))
            }
            Some(c @ ('+' | '-')) if after == Some(c) => {
                self.at += 2;
                let by = if c == '+' { 1.0 } else { -1.0 };
                Expr::Step(Box::new(self.primary()?), by, true)
            }
            Some('-') => {
                self.at += 1;
                Expr::Minus(Box::new(self.unary()?))
            }
            Some('+') => {
                self.at += 1;
                Expr::Sum('+', Box::new(Expr::Number(0.0)), Box::new(self.unary()?))
            }
            _ => self.power()?,
        };
        self.depth -= 1;
        Ok(done)
    }

    fn power(&mut self) -> Result<Expr> {
        let mut left = self.primary()?;
        for (sign, by) in [("++", 1.0), ("--", -1.0)] {
            let fits = matches!(left, Expr::Name(_) | Expr::Field(_) | Expr::Element(..));
            if fits && self.take(sign) {
                left = Expr::Step(Box::new(left), by, false);
            }
        }
        self.peek();
        let is_assigned = self.chars.get(self.at + 1) == Some(&'=');
        if self.take("**") || (!is_assigned && self.take("^")) {
            return Ok(Expr::Sum('^', Box::new(left), Box::new(self.unary()?)));
        }
        Ok(left)
    }

    fn primary(&mut self) -> Result<Expr> {
        let c = self.peek().ok_or("syntax error: unexpected end")?;
        match c {
            '(' => {
                self.at += 1;
                let (prints, loops) = (std::mem::take(&mut self.prints), std::mem::take(&mut self.loops));
                let mut list = self.list(")")?;
                (self.prints, self.loops) = (prints, loops);
                if list.len() != 1 {
                    if !self.word("in") || list.is_empty() {
                        return Err("syntax error".into());
                    }
                    return Ok(Expr::In(list, self.name()));
                }
                // A bracketed value is not assigned to.
                Ok(match list.remove(0) {
                    inner @ (Expr::Name(_) | Expr::Field(_) | Expr::Element(..)) => inner,
                    inner => inner,
                })
            }
            '$' => {
                self.at += 1;
                let inner = match self.peek() {
                    Some('-' | '+' | '!') => self.unary()?,
                    _ => self.primary()?,
                };
                Ok(Expr::Field(Box::new(inner)))
            }
            '"' => self.quoted('"').map(Expr::Text),
            '/' => self.quoted('/').map(Expr::Regex),
            c if c.is_ascii_digit() || c == '.' => {
                let rest: String = self.chars[self.at..].iter().collect();
                let mut end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
                let behind = rest[end..].strip_prefix(['e', 'E']);
                let digits = behind.map(|text| text.trim_start_matches(['+', '-']));
                if let (Some(behind), Some(digits)) = (behind, digits)
                    && digits.starts_with(|c: char| c.is_ascii_digit())
                {
                    let count = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                    end += 1 + behind.len() - digits.len() + count;
                }
                self.at += end;
                rest[..end].parse().map(Expr::Number).map_err(|_| "syntax error".into())
            }
            _ => {
                let name = self.name();
                if name.is_empty() {
                    return Err(format!("syntax error near {c}"));
                }
                if FUNCTIONS.contains(&name.as_str()) {
                    let prints = std::mem::take(&mut self.prints);
                    let args = if self.take("(") { self.list(")")? } else { Vec::new() };
                    self.prints = prints;
                    return Ok(Expr::Call(name, args));
                }
                if self.chars.get(self.at) == Some(&'(') {
                    return Err(format!("function {name} never defined"));
                }
                if self.chars.get(self.at) == Some(&'[') {
                    self.at += 1;
                    let prints = std::mem::take(&mut self.prints);
                    let parts = self.list("]")?;
                    self.prints = prints;
                    return Ok(Expr::Element(name, parts));
                }
                Ok(Expr::Name(name))
            }
        }
    }

    // A text up to its closing sign, with the usual escapes.
    fn quoted(&mut self, close: char) -> Result<String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let c = self.chars.get(self.at).copied().ok_or("syntax error: unterminated string")?;
            self.at += 1;
            match c {
                c if c == close => return Ok(text),
                '\\' => {
                    let next = self.chars.get(self.at).copied();
                    self.at += usize::from(next.is_some());
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
    }
}
