//! `awk`: patterns and ranges, `print`, `printf`, control flow, arrays, and the functions on texts; no functions of one's own
//! and no `getline`.
//!
//! A program is read into a tree (`parse`) and carried out once for `BEGIN`, for each line, and for `END`. Values are texts;
//! what looks like a number is compared as one.

mod parse;

use super::super::expr::{number, text};
use super::super::pattern::Pattern;
use super::Call;
use crate::kubectl::output::fill::sort_by;
use crate::sim::SortedMap;
use parse::{Expr, Rule, Statement, When};

/// Steps of one program before it is taken to be endless.
const MOST_STEPS: usize = 200_000;

type Result<T> = std::result::Result<T, String>;

/// A value, and whether it is a text whatever it looks like.
type Cell = (String, bool);

#[derive(PartialEq)]
enum Flow {
    On,
    Next,
    Exit,
    Break,
    Continue,
}

#[derive(Default)]
struct Machine {
    line: String,
    fields: Vec<String>,
    vars: Vec<(String, Cell)>,
    /// Under `name` and index behind one another.
    arrays: SortedMap<String, String>,
    out: String,
    /// Texts for files, and whether they are put behind what is there.
    files: Vec<(String, String, bool)>,
    steps: usize,
    code: i32,
    open: Vec<bool>,
}

fn place(array: &str, key: &str) -> String {
    format!("{array}\u{1}{key}")
}

fn is_numeric(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite)
}

fn is_true((text, is_text): &Cell) -> bool {
    if !is_text && is_numeric(text) { number(text) != 0.0 } else { !text.is_empty() }
}

fn flag(value: bool) -> Cell {
    ((if value { "1" } else { "0" }).to_string(), false)
}

impl Machine {
    fn get(&self, name: &str) -> Option<&Cell> {
        self.vars.iter().find(|(known, _)| known == name).map(|(_, cell)| cell)
    }

    fn set(&mut self, name: &str, value: Cell) {
        match self.vars.iter_mut().find(|(known, _)| known == name) {
            Some((_, cell)) => *cell = value,
            None => self.vars.push((name.to_string(), value)),
        }
    }

    // The indices of an array, numbers in their order.
    fn keys(&self, array: &str) -> Vec<String> {
        let start = place(array, "");
        let keys = self.arrays.keys().filter_map(|key| key.strip_prefix(start.as_str()));
        let mut keys: Vec<String> = keys.map(str::to_string).collect();
        sort_by(&mut keys, |a, b| match is_numeric(a) && is_numeric(b) {
            true => number(a) < number(b),
            false => a < b,
        });
        keys
    }

    fn or(&self, name: &str, default: &str) -> String {
        self.get(name).map_or(default.to_string(), |cell| cell.0.clone())
    }

    fn split(&self, line: &str, separator: &str) -> Result<Vec<String>> {
        let owned = |parts: Vec<&str>| parts.into_iter().map(str::to_string).collect();
        Ok(match separator {
            " " => owned(line.split_whitespace().collect()),
            _ if line.is_empty() => Vec::new(),
            "" => line.chars().map(String::from).collect(),
            one if one.chars().count() == 1 => owned(line.split(one).collect()),
            regex => {
                let pattern = Pattern::new(regex, true, false)?;
                let chars: Vec<char> = line.chars().collect();
                let (mut parts, mut at, mut from) = (Vec::new(), 0, 0);
                while let Some(found) = pattern.find(&chars, at) {
                    let (begin, end) = found[0];
                    if end == begin {
                        at = end + 1;
                    } else {
                        parts.push(chars[from..begin].iter().collect());
                        (at, from) = (end, end);
                    }
                    if at > chars.len() {
                        break;
                    }
                }
                parts.push(chars[from..].iter().collect());
                parts
            }
        })
    }

    fn set_line(&mut self, line: &str) -> Result<()> {
        self.line = line.to_string();
        self.fields = self.split(line, &self.or("FS", " "))?;
        Ok(())
    }

    fn field(&self, n: usize) -> String {
        if n == 0 { self.line.clone() } else { self.fields.get(n - 1).cloned().unwrap_or_default() }
    }

    fn set_field(&mut self, n: usize, value: String) -> Result<()> {
        if n == 0 {
            return self.set_line(&value);
        }
        let n = n.min(1000);
        let size = self.fields.len().max(n);
        self.fields.resize(size, String::new());
        self.fields[n - 1] = value;
        self.line = self.fields.join(&self.or("OFS", " "));
        Ok(())
    }

    fn index(&mut self, parts: &[Expr]) -> Result<String> {
        let mut key = Vec::new();
        for part in parts {
            key.push(self.value(part)?.0);
        }
        Ok(key.join("\u{1c}"))
    }

    fn assign(&mut self, target: &Expr, value: Cell) -> Result<()> {
        match target {
            Expr::Name(name) if name == "NF" => {
                self.fields.resize(number(&value.0).clamp(0.0, 1000.0) as usize, String::new());
                self.line = self.fields.join(&self.or("OFS", " "));
            }
            Expr::Name(name) => self.set(name, value),
            Expr::Element(name, parts) => {
                let key = self.index(parts)?;
                self.arrays.insert(place(name, &key), value.0);
            }
            Expr::Field(n) => {
                let n = number(&self.value(n)?.0).max(0.0) as usize;
                self.set_field(n, value.0)?;
            }
            _ => return Err("syntax error".into()),
        }
        Ok(())
    }

    fn count(&mut self) -> Result<()> {
        self.steps += 1;
        match self.steps > MOST_STEPS || self.out.len() > super::super::MOST_BYTES {
            true => Err(format!("stopped after {MOST_STEPS} steps: this would not end")),
            false => Ok(()),
        }
    }

    fn matches(&mut self, expr: &Expr, given: &str) -> Result<bool> {
        let pattern = match expr {
            Expr::Regex(text) => text.clone(),
            other => self.value(other)?.0,
        };
        Ok(Pattern::new(&pattern, true, false)?.is_in(given))
    }

    fn value(&mut self, expr: &Expr) -> Result<Cell> {
        self.count()?;
        Ok(match expr {
            Expr::Text(text) => (text.clone(), true),
            Expr::Number(n) => (text(*n), false),
            Expr::Regex(pattern) => flag(Pattern::new(pattern, true, false)?.is_in(&self.line)),
            Expr::Name(name) => match name.as_str() {
                "NF" => (self.fields.len().to_string(), false),
                _ => self.get(name).cloned().unwrap_or_default(),
            },
            Expr::Field(n) => {
                let n = number(&self.value(n)?.0).max(0.0) as usize;
                (self.field(n), false)
            }
            Expr::Element(name, parts) => {
                let key = self.index(parts)?;
                (self.arrays.get(&place(name, &key)).cloned().unwrap_or_default(), false)
            }
            Expr::In(parts, name) => {
                let key = self.index(parts)?;
                flag(self.arrays.get(&place(name, &key)).is_some())
            }
            Expr::Assign(operator, target, value) => {
                let mut value = self.value(value)?;
                if *operator != ' ' {
                    let before = self.value(target)?;
                    value = (text(sum(*operator, number(&before.0), number(&value.0))?), false);
                }
                self.assign(target, value.clone())?;
                value
            }
            Expr::Step(target, by, is_before) => {
                let before = number(&self.value(target)?.0);
                self.assign(target, (text(before + by), false))?;
                (text(if *is_before { before + by } else { before }), false)
            }
            Expr::Not(inner) => flag(!is_true(&self.value(inner)?)),
            Expr::Minus(inner) => (text(-number(&self.value(inner)?.0)), false),
            Expr::And(a, b) => flag(is_true(&self.value(a)?) && is_true(&self.value(b)?)),
            Expr::Or(a, b) => flag(is_true(&self.value(a)?) || is_true(&self.value(b)?)),
            Expr::If(condition, yes, no) => {
                let holds = is_true(&self.value(condition)?);
                self.value(if holds { yes } else { no })?
            }
            Expr::Match(given, pattern, wanted) => {
                let given = self.value(given)?.0;
                flag(self.matches(pattern, &given)? == *wanted)
            }
            Expr::Join(a, b) => {
                let a = self.value(a)?.0;
                (a + &self.value(b)?.0, true)
            }
            Expr::Compare(operator, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                let numeric = |(text, is_text): &Cell| !is_text && (text.is_empty() || is_numeric(text));
                let order = if numeric(&a) && numeric(&b) {
                    number(&a.0).partial_cmp(&number(&b.0))
                } else {
                    Some(a.0.cmp(&b.0))
                };
                flag(order.is_some_and(|order| match *operator {
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    ">=" => order.is_ge(),
                    "!=" => order.is_ne(),
                    _ => order.is_eq(),
                }))
            }
            Expr::Sum(operator, a, b) => {
                let (a, b) = (number(&self.value(a)?.0), number(&self.value(b)?.0));
                (text(sum(*operator, a, b)?), false)
            }
            Expr::Call(name, args) => self.call(name, args)?,
        })
    }

    fn call(&mut self, name: &str, args: &[Expr]) -> Result<Cell> {
        let mut given = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            // Patterns are not matched against the line here, nor is an array a value.
            let is_pattern = matches!((name, i), ("sub" | "gsub", 0) | ("match", 1) | ("split", 1 | 2));
            given.push(match arg {
                Expr::Regex(text) if is_pattern => text.clone(),
                Expr::Name(name) if is_pattern => name.clone(),
                arg => self.value(arg)?.0,
            });
        }
        let arg = |i: usize| given.get(i).map_or("", String::as_str);
        let first = if given.is_empty() { self.line.clone() } else { arg(0).to_string() };
        let as_number = |n: f64| (text(n), false);
        Ok(match name {
            "length" => match args.first() {
                Some(Expr::Name(name)) if !self.keys(name).is_empty() => {
                    as_number(self.keys(name).len() as f64)
                }
                _ => as_number(first.chars().count() as f64),
            },
            "toupper" => (first.to_uppercase(), true),
            "tolower" => (first.to_lowercase(), true),
            "int" => as_number(number(&first).trunc()),
            "sqrt" => as_number(number(&first).sqrt()),
            "exp" => as_number(number(&first).exp()),
            "log" => as_number(number(&first).ln()),
            "sprintf" => (super::text::format_awk(&first, given.get(1..).unwrap_or_default()), true),
            "index" => {
                let found = first.find(arg(1)).filter(|_| !arg(1).is_empty());
                as_number(found.map_or(0, |at| first[..at].chars().count() + 1) as f64)
            }
            "substr" => {
                let from = number(arg(1)).round();
                let length = given.get(2).map_or(f64::INFINITY, |text| number(text).round());
                let chars = first.chars().enumerate();
                let fits = |i: usize| {
                    let at = i as f64 + 1.0;
                    at >= from && at < from + length
                };
                (chars.filter(|(i, _)| fits(*i)).map(|(_, c)| c).collect(), true)
            }
            "split" => {
                let separator = if given.len() > 2 { arg(2).to_string() } else { self.or("FS", " ") };
                let parts = self.split(&first, &separator)?;
                let array = arg(1).to_string();
                self.clear(&array);
                for (i, part) in parts.iter().enumerate() {
                    self.arrays.insert(place(&array, &(i + 1).to_string()), part.clone());
                }
                as_number(parts.len() as f64)
            }
            "match" => {
                let chars: Vec<char> = first.chars().collect();
                let found = Pattern::new(arg(1), true, false)?.find(&chars, 0).map(|found| found[0]);
                let (start, length) = found.map_or((0.0, -1.0), |(a, b)| (a as f64 + 1.0, (b - a) as f64));
                self.set("RSTART", (text(start), false));
                self.set("RLENGTH", (text(length), false));
                as_number(start)
            }
            "sub" | "gsub" => {
                let line = Expr::Field(Box::new(Expr::Number(0.0)));
                let target = args.get(2).unwrap_or(&line);
                let whole = self.value(target)?.0;
                let pattern = Pattern::new(arg(0), true, false)?;
                let (done, count) = replace(&pattern, &whole, arg(1), name == "gsub");
                if count > 0 {
                    self.assign(target, (done, true))?;
                }
                as_number(count as f64)
            }
            _ => return Err(format!("function {name} never defined")),
        })
    }

    fn clear(&mut self, array: &str) {
        for key in self.keys(array) {
            self.arrays.remove(&place(array, &key));
        }
    }

    fn run(&mut self, statements: &[Statement]) -> Result<Flow> {
        for statement in statements {
            let flow = self.step(statement)?;
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    // A turn of a loop; true if it was the last.
    fn turn(&mut self, body: &Statement) -> Result<Option<Flow>> {
        Ok(match self.step(body)? {
            Flow::Break => Some(Flow::On),
            Flow::On | Flow::Continue => None,
            other => Some(other),
        })
    }

    fn step(&mut self, statement: &Statement) -> Result<Flow> {
        self.count()?;
        match statement {
            Statement::Block(inner) => return self.run(inner),
            Statement::Expr(expr) => drop(self.value(expr)?),
            Statement::Print(is_format, args, to) => {
                let mut given = Vec::new();
                for arg in args {
                    given.push(self.value(arg)?.0);
                }
                let said = match (is_format, given.split_first()) {
                    (true, Some((format, rest))) => super::text::format_awk(format, rest),
                    (_, None) => self.line.clone() + &self.or("ORS", "\n"),
                    _ => given.join(&self.or("OFS", " ")) + &self.or("ORS", "\n"),
                };
                match to {
                    None => self.out.push_str(&said),
                    Some((file, append)) => {
                        let file = self.value(file)?.0;
                        match self.files.iter_mut().find(|(name, ..)| *name == file) {
                            Some((_, text, _)) => text.push_str(&said),
                            None => self.files.push((file, said, *append)),
                        }
                    }
                }
            }
            Statement::If(condition, yes, no) => {
                let holds = is_true(&self.value(condition)?);
                if let Some(branch) = if holds { Some(yes) } else { no.as_ref() } {
                    return self.step(branch);
                }
            }
            Statement::While(condition, body, is_after) => {
                while *is_after || is_true(&self.value(condition)?) {
                    if let Some(flow) = self.turn(body)? {
                        return Ok(flow);
                    }
                    if *is_after && !is_true(&self.value(condition)?) {
                        break;
                    }
                }
            }
            Statement::For(begin, condition, next, body) => {
                if let Some(begin) = begin {
                    self.value(begin)?;
                }
                while match condition {
                    Some(condition) => is_true(&self.value(condition)?),
                    None => true,
                } {
                    if let Some(flow) = self.turn(body)? {
                        return Ok(flow);
                    }
                    if let Some(next) = next {
                        self.value(next)?;
                    }
                }
            }
            Statement::Over(name, array, body) => {
                for key in self.keys(array) {
                    self.set(name, (key, false));
                    if let Some(flow) = self.turn(body)? {
                        return Ok(flow);
                    }
                }
            }
            Statement::Delete(name, None) => self.clear(name),
            Statement::Delete(name, Some(parts)) => {
                let key = self.index(parts)?;
                self.arrays.remove(&place(name, &key));
            }
            Statement::Next => return Ok(Flow::Next),
            Statement::Break => return Ok(Flow::Break),
            Statement::Continue => return Ok(Flow::Continue),
            Statement::Exit(code) => {
                if let Some(code) = code {
                    self.code = number(&self.value(code)?.0) as i32;
                }
                return Ok(Flow::Exit);
            }
        }
        Ok(Flow::On)
    }

    // The rules of a line; true if the program ends here.
    fn line(&mut self, rules: &[Rule]) -> Result<bool> {
        for (i, rule) in rules.iter().enumerate() {
            let applies = match &rule.when {
                When::Begin | When::End => false,
                When::Always => true,
                When::If(condition) => is_true(&self.value(condition)?),
                When::Range(from, to) => {
                    let begins = self.open[i] || is_true(&self.value(from)?);
                    self.open[i] = begins && !is_true(&self.value(to)?);
                    begins
                }
            };
            if applies {
                match self.run(&rule.body)? {
                    Flow::Next => return Ok(false),
                    Flow::Exit => return Ok(true),
                    _ => {}
                }
            }
        }
        Ok(false)
    }

    fn whole(&mut self, rules: &[Rule], text: &str) -> Result<()> {
        self.open = vec![false; rules.len()];
        let mut ends = false;
        for rule in rules.iter().filter(|rule| matches!(rule.when, When::Begin)) {
            ends |= self.run(&rule.body)? == Flow::Exit;
        }
        let reads = rules.iter().any(|rule| !matches!(rule.when, When::Begin));
        for (i, line) in text.lines().enumerate().filter(|_| reads) {
            if ends {
                break;
            }
            for name in ["NR", "FNR"] {
                self.set(name, ((i + 1).to_string(), false));
            }
            self.set_line(line)?;
            ends = self.line(rules)?;
        }
        for rule in rules.iter().filter(|rule| matches!(rule.when, When::End)) {
            if self.run(&rule.body)? == Flow::Exit {
                break;
            }
        }
        Ok(())
    }
}

fn sum(operator: char, a: f64, b: f64) -> Result<f64> {
    Ok(match operator {
        '+' => a + b,
        '-' => a - b,
        '*' => a * b,
        '^' => a.powf(b),
        _ if b == 0.0 => return Err("division by zero".into()),
        '%' => a % b,
        _ => a / b,
    })
}

// What fits is replaced, `&` being what fitted; the text and how often.
fn replace(pattern: &Pattern, whole: &str, by: &str, all: bool) -> (String, usize) {
    let chars: Vec<char> = whole.chars().collect();
    let (mut done, mut at, mut count) = (String::new(), 0, 0);
    while at <= chars.len() && (all || count == 0) {
        let Some(found) = pattern.find(&chars, at) else { break };
        let (from, to) = found[0];
        done.extend(&chars[at..from]);
        count += 1;
        let mut signs = by.chars();
        while let Some(c) = signs.next() {
            match c {
                '&' => done.extend(&chars[from..to]),
                '\\' => done.extend(signs.next()),
                c => done.push(c),
            }
        }
        if to == from {
            done.extend(chars.get(to));
        }
        at = to.max(from + usize::from(to == from));
    }
    done.extend(chars.get(at..).unwrap_or_default());
    (done, count)
}

pub fn run(call: &mut Call) -> i32 {
    let (options, mut words) = call.options("Fvf");
    let mut program: Option<String> = None;
    let mut machine = Machine::default();
    for (option, value) in options {
        match (option, value.split_once('=')) {
            ('F', _) => {
                let value = if value == "t" { "\t".to_string() } else { super::text::unescape(value) };
                machine.set("FS", (value, true));
            }
            ('f', _) => program = call.read(value),
            (_, Some((name, value))) => {
                machine.set(name, (super::text::unescape(value), false));
            }
            _ => {}
        }
    }
    if program.is_none() && words.is_empty() {
        call.err = "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n".into();
        return 2;
    }
    let program = program.unwrap_or_else(|| words.remove(0).to_string());
    machine.set("FILENAME", (words.first().map_or(String::new(), |name| (*name).to_string()), true));
    let (text, _) = call.input(&words);
    let done = parse::program(&program).and_then(|rules| machine.whole(&rules, &text));
    call.out = machine.out;
    for (file, text, append) in machine.files {
        match file.as_str() {
            "/dev/stderr" => call.err.push_str(&text),
            "/dev/stdout" | "-" => call.out.push_str(&text),
            "/dev/null" => {}
            file => {
                if let Err(why) = call.system.write(&call.env.path(file), &text, append) {
                    call.fail(&format!("can't redirect to {file}: {why}"));
                }
            }
        }
    }
    if let Err(why) = done {
        call.fail(&why);
        return 2;
    }
    if call.err.is_empty() { machine.code } else { 2 }
}
