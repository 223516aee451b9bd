//! Shell text to [`Code`], in one pass: a part of a pipeline or a body of a loop is written where it will stand.

use super::code::{Code, Op, Part, Redirect, Simple, Target, Word};
use std::rc::Rc;

/// How deep brackets, loops and substitutions may lie in each other.
const MOST_DEPTH: usize = 40;

type Result<T> = std::result::Result<T, String>;

/// Reads a line or a script. The error is the shell's message without its name.
pub fn parse(text: &str) -> Result<Code> {
    let mut parser = Parser { text: text.chars().collect(), at: 0, depth: 0, code: Code::default() };
    parser.list()?;
    match parser.operator() {
        None if parser.at < parser.text.len() => Err(unexpected(&parser.ahead())),
        None => Ok(parser.code),
        Some(token) => Err(unexpected(token)),
    }
}

fn unexpected(token: &str) -> String {
    let token = if token == "\n" { "newline" } else { token };
    format!("syntax error near unexpected token `{token}'")
}

fn unclosed(quote: &str) -> String {
    format!("unexpected EOF while looking for matching `{quote}'")
}

// The longest first.
const OPERATORS: &[&str] = &[
    "&>>", "<<<", "<<-", "&&", "||", "|&", ";;", "&>", "<<", "<&", ">>", ">&", ">|", "|", ";", "&", "(", ")",
    "\n", "<", ">",
];

// Words that end a list where a command could stand.
const ENDS: &[&str] = &["do", "done", "then", "elif", "else", "fi", "esac", "}"];

struct Parser {
    text: Vec<char>,
    at: usize,
    depth: usize,
    code: Code,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.text.get(self.at + i) == Some(&c))
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.starts(text);
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn emit(&mut self, op: Op) -> usize {
        self.code.ops.push(op);
        self.code.ops.len() - 1
    }

    // From the step behind `from` to the next one that will be written.
    fn distance(&self, from: usize) -> isize {
        self.code.ops.len() as isize - from as isize - 1
    }

    // Blanks, joined lines and comments.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.starts("\\\n") => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn operator(&mut self) -> Option<&'static str> {
        self.blanks();
        OPERATORS.iter().copied().find(|operator| self.starts(operator))
    }

    // The plain word that stands here, left where it is.
    fn ahead(&mut self) -> String {
        self.blanks();
        let rest = &self.text[self.at..];
        rest.iter().take_while(|c| !c.is_whitespace() && !";&|()<>\"'`$\\".contains(**c)).collect()
    }

    // A reserved word.
    fn expect(&mut self, word: &str) -> Result<()> {
        if self.operator().is_none() && self.ahead() == word {
            self.at += word.chars().count();
            return Ok(());
        }
        Err(self.wrong())
    }

    // What is wrong where the text stands.
    fn wrong(&mut self) -> String {
        match self.operator() {
            Some(token) => unexpected(token),
            None if self.at >= self.text.len() => "syntax error: unexpected end of file".into(),
            None => unexpected(&self.ahead()),
        }
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MOST_DEPTH { Err("syntax error: nested too deeply".into()) } else { Ok(()) }
    }

    // Commands up to a word or an operator that ends a list.
    fn list(&mut self) -> Result<()> {
        self.deeper()?;
        loop {
            while self.take_operator(&["\n"]) {}
            match self.operator() {
                Some(")" | ";;") => break,
                None if self.at >= self.text.len() || ENDS.contains(&self.ahead().as_str()) => break,
                _ => {}
            }
            self.and_or()?;
            match self.operator() {
                Some("&") => {
                    self.at += 1;
                    self.blanks();
                    while self.peek() == Some('\n') {
                        self.at += 1;
                    }
                    if self.at < self.text.len() || self.depth > 1 {
                        return Err("only a whole line runs in the background: put `&' at its end".into());
                    }
                    self.code.background = true;
                }
                Some(";" | "\n") => self.at += 1,
                _ => break,
            }
        }
        self.depth -= 1;
        Ok(())
    }

    // A list that may not be empty.
    fn body(&mut self) -> Result<()> {
        let before = self.code.ops.len();
        self.list()?;
        if self.code.ops.len() == before { Err(self.wrong()) } else { Ok(()) }
    }

    fn take_operator(&mut self, wanted: &[&str]) -> bool {
        let found = self.operator().filter(|operator| wanted.contains(operator));
        found.is_some_and(|operator| self.take(operator))
    }

    fn and_or(&mut self) -> Result<()> {
        self.pipeline()?;
        loop {
            let and = self.take_operator(&["&&"]);
            if !and && !self.take_operator(&["||"]) {
                return Ok(());
            }
            while self.take_operator(&["\n"]) {}
            let jump = self.emit(Op::Not);
            self.pipeline()?;
            let far = self.distance(jump);
            self.code.ops[jump] = if and { Op::IfFailed(far) } else { Op::IfOk(far) };
        }
    }

    fn pipeline(&mut self) -> Result<()> {
        let mut negated = false;
        while self.operator().is_none() && self.ahead() == "!" {
            self.at += 1;
            negated = !negated;
        }
        let mut stages = 0;
        loop {
            let begin = self.code.ops.len();
            self.command()?;
            let both = self.take_operator(&["|&"]);
            if !both && !self.take_operator(&["|"]) {
                break;
            }
            while self.take_operator(&["\n"]) {}
            if both {
                let far = self.distance(begin) + 2;
                let redirect = vec![Redirect { fd: 2, to: Target::Same(1) }];
                self.code.ops.insert(begin, Op::Redirect(redirect.into(), far));
                self.emit(Op::Restore);
            }
            self.code.ops.insert(begin, Op::Capture);
            self.emit(Op::Feed(stages > 0));
            stages += 1;
        }
        if stages > 0 {
            self.emit(Op::Unfeed);
        }
        if negated {
            self.emit(Op::Not);
        }
        Ok(())
    }

    fn command(&mut self) -> Result<()> {
        let begin = self.code.ops.len();
        match self.operator() {
            Some("(") if self.starts("((") => {
                let word = self.arithmetic("((", false)?;
                let words = vec!["let".chars().map(Part::Char).collect(), vec![word]];
                self.emit(Op::Run(Simple { words, ..Simple::default() }.into()));
            }
            Some("(") => {
                self.at += 1;
                self.emit(Op::Enter);
                self.body()?;
                if !self.take_operator(&[")"]) {
                    return Err(self.wrong());
                }
                self.emit(Op::Leave);
            }
            Some(token) if !"<>".contains(&token[..1]) && !token.starts_with("&>") => {
                return Err(unexpected(token));
            }
            Some(_) => return self.simple(),
            None => match self.ahead().as_str() {
                "for" => self.for_loop()?,
                "while" => self.while_loop("while")?,
                "until" => self.while_loop("until")?,
                "if" => self.condition()?,
                "case" => self.case()?,
                "{" => {
                    self.at += 1;
                    self.body()?;
                    self.expect("}")?;
                }
                "" if self.at >= self.text.len() => return Err(self.wrong()),
                word if ENDS.contains(&word) => return Err(unexpected(word)),
                name if self.defines(name) => return self.function(),
                _ => return self.simple(),
            },
        }
        let mut redirects = Vec::new();
        while self.redirect(&mut redirects)? {}
        self.redirected(begin, redirects);
        Ok(())
    }

    // Wraps the steps from `begin` on into redirections.
    fn redirected(&mut self, begin: usize, redirects: Vec<Redirect>) {
        if !redirects.is_empty() {
            let far = self.code.ops.len() as isize - begin as isize + 1;
            self.code.ops.insert(begin, Op::Redirect(redirects.into(), far));
            self.emit(Op::Restore);
        }
    }

    fn defines(&self, name: &str) -> bool {
        let behind: String = self.text[self.at + name.chars().count()..].iter().take(8).collect();
        is_name(name)
            && behind.trim_start().strip_prefix('(').is_some_and(|b| b.trim_start().starts_with(')'))
    }

    fn function(&mut self) -> Result<()> {
        let name = self.ahead();
        while self.peek() != Some(')') {
            self.at += 1;
        }
        self.at += 1;
        while self.take_operator(&["\n"]) {}
        let outer = std::mem::take(&mut self.code);
        self.deeper()?;
        self.command()?;
        self.depth -= 1;
        let body = std::mem::replace(&mut self.code, outer);
        self.emit(Op::Define(Rc::new((name, body.into()))));
        Ok(())
    }

    // `for ((A; B; C)); do …; done`, as `((A)); while ((B)); do …; ((C)); done`.
    fn counting_loop(&mut self) -> Result<()> {
        let from = self.at + 2;
        let mut depth = 2;
        self.at = from;
        while depth > 0 {
            let c = self.peek().ok_or_else(|| unclosed(")"))?;
            depth += i32::from(c == '(') - i32::from(c == ')');
            self.at += 1;
        }
        let text: String = self.text[from..(self.at - 2).max(from)].iter().collect();
        let parts: Vec<&str> = text.split(';').collect();
        let [begin, condition, step] = parts[..] else {
            return Err("syntax error: expected `((A; B; C))'".into());
        };
        self.sum(begin)?;
        self.take_operator(&[";"]);
        while self.take_operator(&["\n"]) {}
        let start = self.emit(Op::Loop(0, false));
        let test = self.code.ops.len();
        self.sum(if condition.trim().is_empty() { "1" } else { condition })?;
        let out = self.emit(Op::Not);
        self.expect("do")?;
        self.body()?;
        self.expect("done")?;
        self.sum(step)?;
        let back = self.emit(Op::Not);
        self.code.ops[back] = Op::Jump(test as isize - back as isize - 1);
        self.code.ops[out] = Op::IfFailed(self.distance(out));
        self.code.ops[start] = Op::Loop(self.distance(start), false);
        self.emit(Op::Succeed);
        self.emit(Op::EndLoop);
        Ok(())
    }

    // `let SUM`.
    fn sum(&mut self, text: &str) -> Result<()> {
        let words = vec![
            vec![Part::Quoted("let".into())],
            self.inside(if text.trim().is_empty() { "1" } else { text })?,
        ];
        self.emit(Op::Run(Simple { words, ..Simple::default() }.into()));
        Ok(())
    }

    fn for_loop(&mut self) -> Result<()> {
        self.at += 3;
        self.blanks();
        if self.starts("((") {
            return self.counting_loop();
        }
        let name = self.ahead();
        if self.operator().is_some() || !is_name(&name) {
            return Err(if name.is_empty() {
                self.wrong()
            } else {
                format!("`{name}': not a valid identifier")
            });
        }
        self.at += name.chars().count();
        while self.take_operator(&["\n"]) {}
        let mut words = Vec::new();
        if self.operator().is_none() && self.ahead() == "in" {
            self.at += 2;
            while self.operator().is_none() && self.at < self.text.len() {
                self.words(&mut words)?;
            }
        } else {
            words.push(vec![Part::Var { name: "@".into(), quoted: true, operator: "", word: Vec::new() }]);
        }
        self.take_operator(&[";"]);
        while self.take_operator(&["\n"]) {}
        let over = Rc::new((name, words));
        let begin = self.emit(Op::Loop(0, false));
        self.emit(Op::Over(over.clone()));
        let next = self.emit(Op::Next(over.clone(), 0));
        self.expect("do")?;
        self.body()?;
        self.expect("done")?;
        let back = self.emit(Op::Not);
        self.code.ops[back] = Op::Jump(next as isize - back as isize - 1);
        self.code.ops[next] = Op::Next(over, self.distance(next));
        self.code.ops[begin] = Op::Loop(self.distance(begin), false);
        self.emit(Op::EndLoop);
        Ok(())
    }

    fn while_loop(&mut self, word: &str) -> Result<()> {
        self.at += 5;
        let begin = self.emit(Op::Loop(0, false));
        self.body()?;
        let out = self.emit(Op::Not);
        let endless = word == "while" && out == begin + 2 && self.is_constant(begin + 1);
        self.expect("do")?;
        self.body()?;
        self.expect("done")?;
        let back = self.emit(Op::Not);
        self.code.ops[back] = Op::Jump(begin as isize - back as isize);
        let far = self.distance(out);
        self.code.ops[out] = if word == "while" { Op::IfFailed(far) } else { Op::IfOk(far) };
        self.emit(Op::Succeed);
        self.code.ops[begin] = Op::Loop(self.distance(begin), endless);
        self.emit(Op::EndLoop);
        Ok(())
    }

    // `true`, `:` and `sleep N` do not fail.
    fn is_constant(&self, op: usize) -> bool {
        let Some(Op::Run(simple)) = self.code.ops.get(op) else { return false };
        let first = simple.words.first().map_or("".into(), |word| plain(word));
        matches!(first.as_str(), "true" | ":" | "sleep")
    }

    fn condition(&mut self) -> Result<()> {
        self.at += 2;
        let mut ends = Vec::new();
        loop {
            self.body()?;
            self.expect("then")?;
            let over = self.emit(Op::Not);
            self.body()?;
            ends.push(self.emit(Op::Not));
            self.code.ops[over] = Op::IfFailed(self.distance(over));
            if self.ahead() == "elif" {
                self.at += 4;
                continue;
            }
            if self.ahead() == "else" {
                self.at += 4;
                self.body()?;
            } else {
                self.emit(Op::Succeed);
            }
            self.expect("fi")?;
            break;
        }
        for end in ends {
            self.code.ops[end] = Op::Jump(self.distance(end));
        }
        Ok(())
    }

    fn case(&mut self) -> Result<()> {
        self.at += 4;
        self.blanks();
        let word = self.word()?;
        self.expect_in()?;
        let mut ends = Vec::new();
        loop {
            while self.take_operator(&["\n"]) {}
            if self.operator().is_none() && self.ahead() == "esac" {
                break;
            }
            self.take_operator(&["("]);
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                patterns.push(self.word()?);
                if !self.take_operator(&["|"]) {
                    break;
                }
            }
            if !self.take_operator(&[")"]) {
                return Err(self.wrong());
            }
            self.emit(Op::Fits(Rc::new((word.clone(), patterns))));
            let over = self.emit(Op::Not);
            self.list()?;
            ends.push(self.emit(Op::Not));
            self.code.ops[over] = Op::IfFailed(self.distance(over));
            if !self.take_operator(&[";;"]) {
                break;
            }
        }
        self.emit(Op::Succeed);
        self.expect("esac")?;
        for end in ends {
            self.code.ops[end] = Op::Jump(self.distance(end));
        }
        Ok(())
    }

    fn expect_in(&mut self) -> Result<()> {
        while self.take_operator(&["\n"]) {}
        self.expect("in")
    }

    fn simple(&mut self) -> Result<()> {
        let begin = self.code.ops.len();
        let mut simple = Simple::default();
        let mut redirects = Vec::new();
        loop {
            // Between double brackets an expression stands as it is, and `&&` and `||` join conditions.
            let word = |at: Option<&Word>| at.map_or(String::new(), |word| plain(word));
            let last = word(simple.words.last());
            if word(simple.words.first()) == "[[" && last != "]]" {
                if last == "=~" {
                    self.blanks();
                    simple.words.push(self.word_until("")?);
                    continue;
                }
                if let Some(sign) = self.operator().filter(|sign| matches!(*sign, "&&" | "||")) {
                    self.at += 2;
                    let joins = if sign == "&&" { "-a" } else { "-o" };
                    simple.words.push(vec![Part::Quoted(joins.into())]);
                    continue;
                }
                if let Some(sign) = self.operator().filter(|sign| matches!(*sign, "<" | ">")) {
                    self.at += 1;
                    simple.words.push(vec![Part::Quoted(sign.into())]);
                    continue;
                }
            }
            if self.redirect(&mut redirects)? {
                continue;
            }
            if self.operator().is_some() || self.at >= self.text.len() {
                break;
            }
            let name = self.ahead();
            let set = name.split_once('=').filter(|(name, _)| {
                simple.words.is_empty() && is_name(name.strip_suffix('+').unwrap_or(name))
            });
            match set {
                Some((name, _)) => {
                    self.at += name.chars().count() + 1;
                    let ends = self.peek().is_none_or(|c| c.is_whitespace() || ";&|)".contains(c));
                    let mut value = if ends { Word::new() } else { self.word()? };
                    // `NAME+=` puts it behind what is there.
                    let own = name.strip_suffix('+');
                    if let Some(own) = own {
                        value.insert(0, variable(own.to_string(), true));
                    }
                    simple.sets.push((own.unwrap_or(name).to_string(), value));
                }
                None => self.words(&mut simple.words)?,
            }
        }
        if simple.words.is_empty() && simple.sets.is_empty() && redirects.is_empty() {
            return Err(self.wrong());
        }
        simple.keeps_status = self.code.ops.len() > begin;
        // Substitutions come first, then the redirections, which may hold some.
        let begin = self.code.ops.len();
        self.emit(Op::Run(simple.into()));
        self.redirected(begin, redirects);
        Ok(())
    }

    // One redirection, if there is one here.
    fn redirect(&mut self, into: &mut Vec<Redirect>) -> Result<bool> {
        self.blanks();
        let given = self.peek().and_then(|c| c.to_digit(10)).filter(|fd| *fd < 3);
        let behind = self.text.get(self.at + 1);
        let given = given.filter(|_| matches!(behind, Some('<' | '>')));
        self.at += usize::from(given.is_some());
        let Some(operator) = self.operator().filter(|o| o.starts_with(['<', '>']) || o.starts_with("&>"))
        else {
            return Ok(false);
        };
        if operator == "<" && given.is_none() {
            // `<file.yaml>` of a page that means a value of one's own.
            let rest = &self.text[self.at + 1..];
            let name: String =
                rest.iter().take_while(|c| c.is_alphanumeric() || "-_. ".contains(**c)).collect();
            if !name.is_empty() && !name.contains(' ') && rest.get(name.chars().count()) == Some(&'>') {
                return Err(format!("<{name}> stands for a value: type your own in its place"));
            }
        }
        self.at += operator.len();
        let fd = given.map_or(usize::from(!operator.starts_with('<')), |fd| fd as usize);
        self.blanks();
        if operator.starts_with("<<") && operator != "<<<" {
            let word = self.heredoc(operator == "<<-")?;
            into.push(Redirect { fd: 0, to: Target::Text(word) });
            return Ok(true);
        }
        if self.operator().is_some() || self.at >= self.text.len() {
            return Err(self.operator().map_or_else(|| unexpected("newline"), unexpected));
        }
        let word = self.word()?;
        let to = match operator {
            "<" => Target::From(word),
            "<<<" => Target::Text([word, vec![Part::Quoted("\n".into())]].concat()),
            "&>" | "&>>" => Target::Both(word, operator == "&>>"),
            ">&" | "<&" => match plain(&word).as_str() {
                "1" => Target::Same(1),
                "2" => Target::Same(2),
                "0" | "-" => Target::Same(0),
                _ => Target::Both(word, false),
            },
            _ => Target::File(word, operator == ">>"),
        };
        into.push(Redirect { fd, to });
        Ok(true)
    }

    // The lines of a heredoc, cut out of the text behind this line.
    fn heredoc(&mut self, strip: bool) -> Result<Word> {
        let from = self.at;
        let end: String = self.word()?.iter().map(|part| plain(std::slice::from_ref(part))).collect();
        let quoted = self.text[from..self.at].iter().any(|c| "'\"\\".contains(*c));
        let Some(line) = self.text[self.at..].iter().position(|c| *c == '\n') else { return Ok(Vec::new()) };
        let rest: String = self.text.split_off(self.at + line).iter().skip(1).collect();
        let mut lines = rest.split('\n');
        let mut body = String::new();
        for line in lines.by_ref() {
            let line = if strip { line.trim_start_matches('\t') } else { line };
            if line == end {
                break;
            }
            body.push_str(line);
            body.push('\n');
        }
        let behind: Vec<&str> = lines.collect();
        self.text.push('\n');
        self.text.extend(behind.join("\n").chars());
        if quoted { Ok(vec![Part::Quoted(body.into())]) } else { self.inside(&body) }
    }

    // A text as between double quotes, except that these are nothing special in it.
    fn inside(&mut self, text: &str) -> Result<Word> {
        let (outer, at) = (std::mem::replace(&mut self.text, text.chars().collect()), self.at);
        self.at = 0;
        let word = self.quoted(None);
        (self.text, self.at) = (outer, at);
        word
    }

    // One word, its braces expanded.
    fn words(&mut self, into: &mut Vec<Word>) -> Result<()> {
        let word = self.word()?;
        super::word::braces(word, into);
        Ok(())
    }

    fn word(&mut self) -> Result<Word> {
        self.word_until(";&|()<>")
    }

    // Up to a blank or one of those signs.
    fn word_until(&mut self, ends: &str) -> Result<Word> {
        let mut word = Word::new();
        while let Some(c) = self.peek() {
            match c {
                '\\' if self.starts("\\\n") => self.at += 2,
                '\\' => {
                    self.at += 1;
                    word.push(Part::Quoted(self.peek().map_or("\\".into(), String::from).into()));
                    self.at += usize::from(self.at < self.text.len());
                }
                '\'' => {
                    let rest = &self.text[self.at + 1..];
                    let end = rest.iter().position(|c| *c == '\'').ok_or_else(|| unclosed("'"))?;
                    word.push(Part::Quoted(rest[..end].iter().collect::<String>().into()));
                    self.at += end + 2;
                }
                '"' => {
                    self.at += 1;
                    let mut parts = self.quoted(Some('"'))?;
                    if parts.is_empty() {
                        parts.push(Part::Quoted("".into()));
                    }
                    word.append(&mut parts);
                }
                '$' | '`' => self.dollar(&mut word, false)?,
                c if c.is_whitespace() || ends.contains(c) => break,
                c => {
                    self.at += 1;
                    word.push(Part::Char(c));
                }
            }
        }
        if word.is_empty() {
            return Err(self.wrong());
        }
        Ok(word)
    }

    // Up to the closing quote, or to the end.
    fn quoted(&mut self, close: Option<char>) -> Result<Word> {
        let mut word = Word::new();
        let mut text = String::new();
        loop {
            match self.peek() {
                c if c == close => {
                    self.at += 1;
                    break;
                }
                None => return Err(unclosed(&close.map_or(String::new(), String::from))),
                Some('\\') => {
                    self.at += 1;
                    match self.peek() {
                        Some('\n') => {}
                        Some(c) if "$`\\".contains(c) || Some(c) == close => text.push(c),
                        Some(c) => text.extend(['\\', c]),
                        None => text.push('\\'),
                    }
                    self.at += usize::from(self.at < self.text.len());
                }
                Some('$' | '`') => {
                    if !text.is_empty() {
                        word.push(Part::Quoted(std::mem::take(&mut text).into()));
                    }
                    self.dollar(&mut word, true)?;
                }
                Some(c) => {
                    self.at += 1;
                    text.push(c);
                }
            }
        }
        if !text.is_empty() {
            word.push(Part::Quoted(text.into()));
        }
        Ok(word)
    }

    // What begins with `$` or a backtick.
    fn dollar(&mut self, word: &mut Word, quoted: bool) -> Result<()> {
        if !quoted && self.take("$'") {
            // A text with the escapes of C.
            let from = self.at;
            while self.peek().ok_or_else(|| unclosed("'"))? != '\'' {
                self.at += if self.peek() == Some('\\') { 2 } else { 1 };
            }
            let text: String = self.text[from..self.at].iter().collect();
            self.at += 1;
            word.push(Part::Quoted(super::tools::unescape(&text.replace("\\'", "'")).into()));
        } else if self.starts("$((") {
            let sum = self.arithmetic("$((", quoted)?;
            word.push(sum);
        } else if self.take("$(") {
            let slot = self.substitution()?;
            if !self.take_operator(&[")"]) {
                return Err(unclosed(")"));
            }
            word.push(Part::Slot(slot, quoted));
        } else if self.take("`") {
            let rest = &self.text[self.at..];
            let end = rest.iter().position(|c| *c == '`').ok_or_else(|| unclosed("`"))?;
            let inner: Vec<char> = rest[..end].to_vec();
            let outer = std::mem::replace(&mut self.text, inner);
            let at = std::mem::replace(&mut self.at, 0);
            let slot = self.substitution()?;
            if self.at < self.text.len() {
                return Err(self.wrong());
            }
            (self.text, self.at) = (outer, at + end + 1);
            word.push(Part::Slot(slot, quoted));
        } else if self.take("${") {
            word.push(self.braced(quoted)?);
        } else {
            self.at += 1;
            let name = self.name();
            match (name.is_empty(), self.peek()) {
                (false, _) => word.push(variable(name, quoted)),
                (true, Some(c)) if "?#@*!$0123456789-".contains(c) => {
                    self.at += 1;
                    word.push(variable(c.into(), quoted));
                }
                (true, _) => word.push(if quoted { Part::Quoted("$".into()) } else { Part::Char('$') }),
            }
        }
        Ok(())
    }

    fn substitution(&mut self) -> Result<usize> {
        self.emit(Op::Capture);
        self.emit(Op::Enter);
        self.list()?;
        self.emit(Op::Leave);
        let slot = self.code.slots;
        self.code.slots += 1;
        self.emit(Op::Keep(slot));
        Ok(slot)
    }

    fn name(&mut self) -> String {
        let rest = &self.text[self.at..];
        let mut name: String = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.clear();
        }
        self.at += name.len();
        name
    }

    // `${NAME…}` behind its bracket.
    fn braced(&mut self, quoted: bool) -> Result<Part> {
        let length = self.peek() == Some('#') && self.text.get(self.at + 1).is_some_and(|c| *c != '}');
        self.at += usize::from(length);
        let mut name = self.name();
        if name.is_empty() {
            let special =
                self.peek().filter(|c| "?#@*!$0123456789".contains(*c)).ok_or("bad substitution")?;
            name.push(special);
            self.at += 1;
        }
        // One of a list: only what a match left in BASH_REMATCH.
        if self.take("[") {
            let rest = self.text[self.at..].iter();
            let index: String = rest.take_while(|c| c.is_ascii_digit()).collect();
            self.at += index.len();
            if index.is_empty() || !self.take("]") {
                return Err("bad substitution".into());
            }
            if index != "0" {
                name += &format!("[{index}]");
            }
        }
        let mut operator = if length { "length" } else { "" };
        let mut word = Word::new();
        if self.peek() != Some('}') {
            const KNOWN: &[&str] = &[
                ":-", ":=", ":+", ":?", "-", "=", "+", "?", "##", "#", "%%", "%", "//", "/", ":", "^^", "^",
                ",,", ",",
            ];
            operator = KNOWN.iter().copied().find(|known| self.take(known)).ok_or("bad substitution")?;
            // Quotes and brackets of the word's own are gone through first.
            let (from, mut depth, mut quote) = (self.at, 1, None);
            while depth > 0 {
                let c = self.peek().ok_or_else(|| unclosed("}"))?;
                self.at += 1;
                match (c, quote) {
                    ('\'' | '"', None) => quote = Some(c),
                    (c, Some(open)) if c == open => quote = None,
                    ('{', None) => depth += 1,
                    ('}', None) => depth -= 1,
                    _ => {}
                }
            }
            let text: Vec<char> = self.text[from..self.at - 1].to_vec();
            let (outer, at) = (std::mem::replace(&mut self.text, text), self.at);
            self.at = 0;
            self.deeper()?;
            while self.at < self.text.len() {
                // Blanks and operators are plain here.
                match self.peek() {
                    Some(c) if c.is_whitespace() || ";&|()<>".contains(c) => {
                        self.at += 1;
                        word.push(Part::Quoted(String::from(c).into()));
                    }
                    _ => word.append(&mut self.word()?),
                }
            }
            self.depth -= 1;
            (self.text, self.at) = (outer, at);
        } else {
            self.at += 1;
        }
        Ok(Part::Var { name, quoted, operator, word })
    }

    // `$((…))` and `((…))`.
    fn arithmetic(&mut self, open: &str, quoted: bool) -> Result<Part> {
        self.at += open.len();
        let from = self.at;
        let mut depth = 2;
        while depth > 0 {
            let c = self.peek().ok_or_else(|| unclosed(")"))?;
            depth += i32::from(c == '(') - i32::from(c == ')');
            self.at += 1;
        }
        let text: String = self.text[from..(self.at - 2).max(from)].iter().collect();
        self.deeper()?;
        let word = self.inside(&text)?;
        self.depth -= 1;
        Ok(Part::Sum(word, quoted))
    }
}

fn variable(name: String, quoted: bool) -> Part {
    Part::Var { name, quoted, operator: "", word: Word::new() }
}

/// True for what a variable may be called.
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A word's text where nothing in it has to be expanded.
pub fn plain(word: &[Part]) -> String {
    let mut text = String::new();
    for part in word {
        match part {
            Part::Char(c) => text.push(*c),
            Part::Quoted(quoted) => text.push_str(quoted),
            _ => return String::new(),
        }
    }
    text
}
