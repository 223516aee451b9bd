//! JSONPath templates as kubectl reads them (K71 to K75).

use super::format;
use crate::api::Value;
use std::cmp::Ordering;

/// A template: texts and paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    source: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    /// What stands between one pair of braces; several paths may.
    Path(Vec<Step>),
    Range(Vec<Step>),
    End,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Root,
    Field(String),
    Slice(Option<i64>, Option<i64>, i64),
    Index(i64),
    All,
    Deep,
    Filter(Vec<Step>, Option<(String, Operand)>),
    Union(Vec<Vec<Step>>),
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Literal(Value),
    Path(Vec<Step>),
}

impl Template {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Template, String> {
        parts(text)
            .map(|parts| Template { source: text.to_string(), parts })
            .map_err(|why| format!("error parsing jsonpath {text}, {why}"))
    }

    /// Reads a path with or without braces and leading dot, as `--sort-by`, `custom-columns` and `wait` take it.
    pub fn relaxed(text: &str) -> Result<Template, String> {
        let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
        let inner = inner.strip_prefix('.').unwrap_or(inner);
        Template::parse(&format!("{{.{inner}}}"))
    }

    /// Fills the template in.
    pub fn print(&self, value: &Value) -> Result<String, String> {
        let mut out = Paper::default();
        run(&self.parts, value, value, &mut out).map_err(|why| {
            format!(
                "error executing jsonpath {}: Error executing template: {why}. Printing more information for \
                 debugging the template:\n\ttemplate was:\n\t\t{}\n\tobject given to jsonpath engine was:\n\t\t\
                 map[string]interface {{}}{{…}}\n\n",
                crate::api::print::quote_json(&self.source),
                self.source
            )
        })?;
        Ok(out.text)
    }

    /// The values of the first path; none if it leads nowhere.
    pub fn values(&self, value: &Value) -> Vec<Value> {
        let path = self.parts.iter().find_map(|part| match part {
            Part::Path(steps) => Some(steps),
            _ => None,
        });
        path.and_then(|steps| walk(steps, value, value).ok()).unwrap_or_default()
    }
}

/// What a template has printed, and how much it may still do: loops in loops need no end of their own.
#[derive(Default)]
pub(super) struct Paper {
    /// The text.
    pub text: String,
    done: usize,
}

/// Values looked at before a template is taken to be endless.
const MOST: usize = 200_000;

impl Paper {
    /// Counts what was done.
    pub fn count(&mut self, done: usize) -> Result<(), String> {
        self.done += 1 + done;
        match self.done + self.text.len() / 8 > MOST {
            true => Err(format!("stopped after {MOST} values: this would not end")),
            false => Ok(()),
        }
    }
}

fn run(parts: &[Part], root: &Value, current: &Value, out: &mut Paper) -> Result<usize, String> {
    let mut i = 0;
    while let Some(part) = parts.get(i) {
        i += 1;
        out.count(0)?;
        match part {
            Part::Text(text) => out.text.push_str(text),
            Part::End => return Ok(i),
            Part::Path(steps) => {
                let found = walk(steps, root, current)?;
                out.count(found.len())?;
                let texts: Vec<String> = found.iter().map(format::plain).collect();
                out.text.push_str(&texts.join(" "));
            }
            Part::Range(steps) => {
                let body = &parts[i..];
                let length = body_length(body);
                for item in walk(steps, root, current)? {
                    run(body, root, &item, out)?;
                }
                match length {
                    Some(length) => i += length,
                    // Without an end the rest runs once more, with nothing (K73).
                    None => {
                        run(body, &Value::Null, &Value::Null, out)?;
                        return Ok(parts.len());
                    }
                }
            }
        }
    }
    Ok(i)
}

// How many parts there are up to the end of a range, that included.
fn body_length(parts: &[Part]) -> Option<usize> {
    let mut depth = 0;
    for (i, part) in parts.iter().enumerate() {
        match part {
            Part::Range(_) => depth += 1,
            Part::End if depth == 0 => return Some(i + 1),
            Part::End => depth -= 1,
            _ => {}
        }
    }
    None
}

fn walk(steps: &[Step], root: &Value, current: &Value) -> Result<Vec<Value>, String> {
    let mut found = vec![current.clone()];
    for (i, step) in steps.iter().enumerate() {
        let mut next = Vec::new();
        for value in &found {
            if next.len() > MOST {
                return Err(format!("stopped after {MOST} values: this would not end"));
            }
            match step {
                Step::Root => next.push(if i == 0 { root.clone() } else { value.clone() }),
                Step::Field(name) => {
                    if let Some(member) = value.as_map().and_then(|map| map.get(name)) {
                        next.push(member.clone());
                    }
                }
                Step::All => next.extend(children(value)),
                Step::Deep => deep(value, &mut next),
                Step::Index(index) => {
                    let items = value.items();
                    let length = items.len() as i64;
                    let at = if *index < 0 { length + index } else { *index };
                    if value.is_null() {
                        continue;
                    }
                    match usize::try_from(at).ok().and_then(|at| items.get(at)) {
                        Some(item) => next.push(item.clone()),
                        None => {
                            return Err(format!("array index out of bounds: index {index}, length {length}"));
                        }
                    }
                }
                Step::Slice(from, to, step) => {
                    let length = value.items().len() as i64;
                    let place = |at: i64| if at < 0 { (length + at).max(0) } else { at.min(length) };
                    let (from, to) = (place(from.unwrap_or(0)), place(to.unwrap_or(length)));
                    let items = value.items().iter().take(to as usize).skip(from as usize);
                    next.extend(items.step_by((*step).max(1) as usize).cloned());
                }
                Step::Filter(left, compare) => {
                    for item in value.items() {
                        if fits(root, item, left, compare)? {
                            next.push(item.clone());
                        }
                    }
                }
                Step::Union(paths) => {
                    for path in paths {
                        next.extend(walk(path, root, value)?);
                    }
                }
            }
        }
        found = next;
    }
    Ok(found)
}

fn fits(
    root: &Value,
    item: &Value,
    left: &[Step],
    compare: &Option<(String, Operand)>,
) -> Result<bool, String> {
    let left = walk(left, root, item)?;
    let Some((op, right)) = compare else { return Ok(!left.is_empty()) };
    let right = match right {
        Operand::Literal(value) => vec![value.clone()],
        Operand::Path(path) => walk(path, root, item)?,
    };
    let (Some(a), Some(b)) = (left.first(), right.first()) else { return Ok(false) };
    let order = compare_values(a, b);
    Ok(match op.as_str() {
        "==" => order == Some(Ordering::Equal),
        "!=" => order != Some(Ordering::Equal),
        "<" => order == Some(Ordering::Less),
        ">" => order == Some(Ordering::Greater),
        "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

/// Orders two scalars; none if they are of different kinds.
pub fn compare_values(a: &Value, b: &Value) -> Option<Ordering> {
    let number = |value: &Value| match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(f) => Some(*f),
        _ => None,
    };
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

fn children(value: &Value) -> Vec<Value> {
    match value {
        Value::Map(map) => map.iter().map(|(_, value)| value.clone()).collect(),
        other => other.items().to_vec(),
    }
}

fn deep(value: &Value, into: &mut Vec<Value>) {
    into.push(value.clone());
    for child in children(value) {
        deep(&child, into);
    }
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let open = rest.find('{').unwrap_or(rest.len());
        if open > 0 {
            parts.push(Part::Text(rest[..open].to_string()));
            rest = &rest[open..];
            continue;
        }
        let mut reader = Reader { rest: &rest[1..] };
        reader.action(&mut parts)?;
        rest = reader.rest;
    }
    Ok(parts)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    // Up to and with the closing brace.
    fn action(&mut self, parts: &mut Vec<Part>) -> Result<(), String> {
        loop {
            self.blanks();
            match self.rest.chars().next() {
                None => return Err("unclosed action".into()),
                Some('}') => {
                    self.eat("}");
                    return Ok(());
                }
                Some(quote @ ('"' | '\'')) => {
                    let text = self.quoted(quote)?;
                    parts.push(Part::Text(text));
                }
                Some('.' | '$' | '@' | '[') => {
                    let steps = self.steps()?;
                    parts.push(Part::Path(steps));
                }
                Some(c) if c.is_ascii_alphabetic() => {
                    if self.eat("range") {
                        self.blanks();
                        let steps = self.steps()?;
                        parts.push(Part::Range(steps));
                    } else if self.eat("end") {
                        parts.push(Part::End);
                    } else {
                        let end =
                            self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
                        return Err(format!("unrecognized identifier {}", &self.rest[..end]));
                    }
                }
                Some(c) => return Err(format!("unrecognized character in action: U+{:04X} '{c}'", c as u32)),
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        let mut text = String::new();
        let mut chars = self.rest[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, other)) => text.push(other),
                    None => break,
                },
                c if c == quote => {
                    self.rest = &self.rest[1 + at + 1..];
                    return Ok(text);
                }
                c => text.push(c),
            }
        }
        Err("unterminated quoted string".into())
    }

    fn steps(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        loop {
            if self.eat("$") {
                steps.push(Step::Root);
            } else if self.eat("@") {
                // The current value, where a walk begins anyway.
            } else if self.eat("..") {
                steps.push(Step::Deep);
                self.field(&mut steps);
            } else if self.eat(".") {
                self.field(&mut steps);
            } else if self.eat("[") {
                steps.push(self.bracket()?);
            } else {
                return Ok(steps);
            }
        }
    }

    fn field(&mut self, steps: &mut Vec<Step>) {
        if self.eat("*") {
            steps.push(Step::All);
            return;
        }
        let mut name = String::new();
        let mut chars = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => name.extend(chars.next().map(|(_, c)| c)),
                '.' | '[' | ']' | '}' | '{' | ')' | '(' | '=' | '!' | '<' | '>' | '|' | '&' | ',' | ' '
                | '\t' | '\n' => {
                    end = at;
                    break;
                }
                c => name.push(c),
            }
        }
        self.rest = &self.rest[end..];
        if !name.is_empty() {
            steps.push(Step::Field(name));
        }
    }

    fn bracket(&mut self) -> Result<Step, String> {
        self.blanks();
        if self.eat("?(") {
            return self.filter();
        }
        if let Some(quote @ ('"' | '\'')) = self.rest.chars().next() {
            let mut names = vec![self.quoted(quote)?];
            self.blanks();
            while self.eat(",") {
                self.blanks();
                let Some(quote @ ('"' | '\'')) = self.rest.chars().next() else { break };
                names.push(self.quoted(quote)?);
                self.blanks();
            }
            if !self.eat("]") {
                return Err("unterminated array".into());
            }
            return Ok(match names.len() {
                1 => Step::Field(names.remove(0)),
                _ => Step::Union(names.into_iter().map(|name| vec![Step::Field(name)]).collect()),
            });
        }
        let Some(end) = self.rest.find(']') else { return Err("unterminated array".into()) };
        let inside = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        if inside.trim() == "*" {
            return Ok(Step::All);
        }
        let number = |text: &str| -> Result<Option<i64>, String> {
            match text.trim() {
                "" => Ok(None),
                text => text.parse().map(Some).map_err(|_| format!("invalid array index {inside}")),
            }
        };
        if inside.contains(',') {
            let indices: Result<Vec<_>, String> =
                inside.split(',').map(|part| Ok(vec![Step::Index(number(part)?.unwrap_or(0))])).collect();
            return Ok(Step::Union(indices?));
        }
        let bounds: Vec<&str> = inside.split(':').collect();
        Ok(match bounds[..] {
            [index] => match number(index)? {
                Some(index) => Step::Index(index),
                None => Step::All,
            },
            [from, to] => Step::Slice(number(from)?, number(to)?, 1),
            [from, to, step] => Step::Slice(number(from)?, number(to)?, number(step)?.unwrap_or(1)),
            _ => return Err(format!("invalid array index {inside}")),
        })
    }

    fn filter(&mut self) -> Result<Step, String> {
        self.blanks();
        let left = self.steps()?;
        self.blanks();
        let op = ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|op| self.eat(op));
        let compare = match op {
            None => None,
            Some(op) => {
                self.blanks();
                let right = match self.rest.chars().next() {
                    Some(quote @ ('"' | '\'')) => Operand::Literal(self.quoted(quote)?.into()),
                    Some('@' | '.' | '$') => Operand::Path(self.steps()?),
                    _ => {
                        let end = self.rest.find([')', ' ']).unwrap_or(self.rest.len());
                        let word = &self.rest[..end];
                        self.rest = &self.rest[end..];
                        Operand::Literal(match (word, word.parse::<i64>(), word.parse::<f64>()) {
                            ("true", ..) => true.into(),
                            ("false", ..) => false.into(),
                            (_, Ok(n), _) => n.into(),
                            (_, _, Ok(f)) => Value::Float(f),
                            _ => return Err(format!("unrecognized identifier {word}")),
                        })
                    }
                };
                Some((op.to_string(), right))
            }
        };
        self.blanks();
        if !self.eat(")") || !self.eat("]") {
            return Err("unterminated filter".into());
        }
        Ok(Step::Filter(left, compare))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;

    fn list() -> Value {
        let pod = |name: &'static str, n: i64| {
            object! {
                "metadata" => object! { "name" => name, "labels" => object! { "a.b/c" => name } },
                "n" => n,
            }
        };
        object! { "items" => vec![pod("web-0", 0), pod("web-1", 1)] }
    }

    #[test]
    fn k72_paths() {
        for (template, text) in [
            ("{.items[*].metadata.name}", "web-0 web-1"),
            ("{range .items[*]}{.metadata.name}{\"\\t\"}{.n}{\"\\n\"}{end}", "web-0\t0\nweb-1\t1\n"),
            (".items", ".items"),
            ("{.items[0].metadata.labels.a\\.b/c}-x", "web-0-x"),
            ("{.items[0].metadata.labels['a.b/c']}", "web-0"),
            ("{.items[-1:].metadata.name}", "web-1"),
            ("{..name}", "web-0 web-1"),
            ("{.items[?(@.metadata.name=='web-1')].n}", "1"),
            ("{.items[?(@.n>0)].n}", "1"),
            ("{.items[0,1].n}", "0 1"),
            ("{.nothing.at.all}", ""),
            ("{.items[0].metadata.labels}", "{\"a.b/c\":\"web-0\"}"),
            ("{range .items[*]}{.n}{\"\\n\"}", "0\n1\n\n"),
        ] {
            assert_eq!(Template::parse(template).unwrap().print(&list()).unwrap(), text, "{template}");
        }
    }

    #[test]
    fn k75_mistakes() {
        assert_eq!(
            Template::parse("{.metadata.name").unwrap_err(),
            "error parsing jsonpath {.metadata.name, unclosed action"
        );
        let answer = Template::parse("{.items[9].n}").unwrap().print(&list()).unwrap_err();
        assert!(answer.contains("array index out of bounds: index 9, length 2. Printing more"), "{answer}");
        for text in ["{", "{{", "{.a[", "{.a[?(@.b", "{'x", "{range", "{\\", "{.a[1:2:3:4]}", "{$", "{..}"] {
            let _ = Template::parse(text).map(|template| template.print(&list()));
        }
    }
}
