//! The part of Go templates that documents use (K76): fields, variables, `range`, `if`, `with`, a few functions.

use super::format::go_print;
use super::jsonpath::Paper;
use crate::api::Value;
use crate::api::print::quote_json;

/// A template.
#[derive(Clone, Debug, PartialEq)]
pub struct GoTemplate {
    source: String,
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Text(String),
    Print(Vec<String>),
    /// `range`, `if` or `with`: its words, what it holds, what `else` holds.
    Block(String, Vec<String>, Vec<Node>, Vec<Node>),
}

impl GoTemplate {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<GoTemplate, String> {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            let Some(length) = rest[open..].find("}}") else {
                return Err(format!("error parsing template {text}, template: output:1: unclosed action"));
            };
            let mut before = &rest[..open];
            let mut action = &rest[open + 2..open + length];
            rest = &rest[open + length + 2..];
            if let Some(trimmed) = action.strip_prefix('-') {
                (before, action) = (before.trim_end(), trimmed);
            }
            if let Some(trimmed) = action.strip_suffix('-') {
                (rest, action) = (rest.trim_start(), trimmed);
            }
            tokens.push((false, before.to_string()));
            tokens.push((true, action.trim().to_string()));
        }
        tokens.push((false, rest.to_string()));
        let mut at = 0;
        let nodes =
            block(&tokens, &mut at, 0).map_err(|why| format!("error parsing template {text}, {why}"))?;
        if at < tokens.len() {
            let text = format!("error parsing template {text}, template: output:1: unexpected {{{{end}}}}");
            return Err(text);
        }
        Ok(GoTemplate { source: text.to_string(), nodes })
    }

    /// Fills the template in.
    pub fn print(&self, value: &Value) -> Result<String, String> {
        let mut out = Paper::default();
        let mut variables = vec![("$".to_string(), value.clone())];
        run(&self.nodes, value, &mut variables, &mut out).map_err(|why| {
            format!("error executing template {}: template: output:1: {why}", quote_json(&self.source))
        })?;
        Ok(out.text)
    }
}

const DEEPEST: usize = 64;

// Reads up to the `end` or `else` that belongs to the caller.
fn block(tokens: &[(bool, String)], at: &mut usize, depth: usize) -> Result<Vec<Node>, String> {
    if depth > DEEPEST {
        return Err("template: output:1: nested too deeply".into());
    }
    let mut nodes = Vec::new();
    while let Some((is_action, text)) = tokens.get(*at) {
        if !is_action {
            nodes.push(Node::Text(text.clone()));
            *at += 1;
            continue;
        }
        let words = words(text)?;
        match words.first().map_or("", String::as_str) {
            "end" | "else" if depth > 0 => return Ok(nodes),
            "end" | "else" => return Ok(nodes),
            kind @ ("range" | "if" | "with") => {
                let kind = kind.to_string();
                *at += 1;
                let inside = block(tokens, at, depth + 1)?;
                let mut otherwise = Vec::new();
                let mut closing = tokens.get(*at).map(|(_, text)| text.clone()).unwrap_or_default();
                if let Some(chain) =
                    closing.strip_prefix("else").map(str::trim).filter(|chain| !chain.is_empty())
                {
                    // `else if …` is a block of its own that ends with the same `end`.
                    let mut inner = tokens[*at..].to_vec();
                    inner[0].1 = chain.to_string();
                    let mut steps = 0;
                    let words = self::words(chain)?;
                    steps += 1;
                    let then = block(&inner, &mut steps, depth + 1)?;
                    let mut last = Vec::new();
                    if inner.get(steps).is_some_and(|(_, text)| text == "else") {
                        steps += 1;
                        last = block(&inner, &mut steps, depth + 1)?;
                    }
                    otherwise.push(Node::Block("if".into(), words[1..].to_vec(), then, last));
                    *at += steps;
                    closing = tokens.get(*at).map(|(_, text)| text.clone()).unwrap_or_default();
                } else if closing == "else" {
                    *at += 1;
                    otherwise = block(tokens, at, depth + 1)?;
                    closing = tokens.get(*at).map(|(_, text)| text.clone()).unwrap_or_default();
                }
                if closing != "end" {
                    return Err("template: output:1: unexpected EOF".into());
                }
                *at += 1;
                nodes.push(Node::Block(kind, words[1..].to_vec(), inside, otherwise));
            }
            word if word.starts_with("/*") => *at += 1,
            _ => {
                nodes.push(Node::Print(words));
                *at += 1;
            }
        }
    }
    Ok(nodes)
}

// Words of an action; quoted ones keep their quotes, brackets are words.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '`' => {
                word.push(c);
                loop {
                    match chars.next() {
                        None => return Err("template: output:1: unterminated quoted string".into()),
                        Some('\\') if c == '"' => {
                            word.push('\\');
                            word.extend(chars.next());
                        }
                        Some(next) => {
                            word.push(next);
                            if next == c {
                                break;
                            }
                        }
                    }
                }
            }
            '(' | ')' | '|' | ',' => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                words.push(c.to_string());
            }
            c if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

type Variables = Vec<(String, Value)>;

fn run(nodes: &[Node], dot: &Value, variables: &mut Variables, out: &mut Paper) -> Result<(), String> {
    for node in nodes {
        out.count(0)?;
        match node {
            Node::Text(text) => out.text.push_str(text),
            Node::Print(words) => {
                if let Some(value) = assigned(words, dot, variables)? {
                    match value {
                        Value::Null => out.text.push_str("<no value>"),
                        value => out.text.push_str(&go_print(&value)),
                    }
                }
            }
            Node::Block(kind, words, inside, otherwise) => {
                let (names, words) = declared(words);
                let value = pipeline(words, dot, variables)?;
                let scope = variables.len();
                if kind != "range" {
                    variables.extend(names.first().map(|name| (name.clone(), value.clone())));
                    if !truth(&value) {
                        run(otherwise, dot, variables, out)?;
                    } else {
                        run(inside, if kind == "with" { &value } else { dot }, variables, out)?;
                    }
                    variables.truncate(scope);
                    continue;
                }
                let items: Vec<(Value, Value)> = match &value {
                    Value::Map(map) => {
                        map.iter().map(|(key, value)| (Value::from(key), value.clone())).collect()
                    }
                    other => {
                        other.items().iter().enumerate().map(|(i, v)| (Value::from(i), v.clone())).collect()
                    }
                };
                if items.is_empty() {
                    run(otherwise, dot, variables, out)?;
                }
                out.count(items.len())?;
                for (key, item) in items {
                    match &names[..] {
                        [one] => variables.push((one.clone(), item.clone())),
                        [first, second] => {
                            variables.push((first.clone(), key));
                            variables.push((second.clone(), item.clone()));
                        }
                        _ => {}
                    }
                    run(inside, &item, variables, out)?;
                    variables.truncate(scope);
                }
            }
        }
    }
    Ok(())
}

// `$i, $c := PIPELINE`: the names and the pipeline.
fn declared(words: &[String]) -> (Vec<String>, &[String]) {
    match words.iter().position(|word| word == ":=" || word == "=") {
        Some(at) => (words[..at].iter().filter(|word| *word != ",").cloned().collect(), &words[at + 1..]),
        None => (Vec::new(), words),
    }
}

fn assigned(words: &[String], dot: &Value, variables: &mut Variables) -> Result<Option<Value>, String> {
    let (names, rest) = declared(words);
    let value = pipeline(rest, dot, variables)?;
    match names.into_iter().next() {
        Some(name) => {
            variables.push((name, value));
            Ok(None)
        }
        None => Ok(Some(value)),
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Int(n) => *n != 0,
        Value::Float(f) => *f != 0.0,
        Value::Str(s) => !s.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(map) => !map.is_empty(),
    }
}

// Commands joined by `|`; each result is the last argument of the next.
fn pipeline(words: &[String], dot: &Value, variables: &Variables) -> Result<Value, String> {
    let mut last: Option<Value> = None;
    let mut depth = 0;
    let mut from = 0;
    for i in 0..=words.len() {
        match words.get(i).map(String::as_str) {
            Some("(") => depth += 1,
            Some(")") => depth -= 1,
            Some("|") if depth == 0 => {}
            Some(_) => continue,
            None => {}
        }
        if i == words.len() || words[i] == "|" && depth == 0 {
            last = Some(command(&words[from..i], last, dot, variables)?);
            from = i + 1;
        }
    }
    last.ok_or_else(|| "missing value for command".to_string())
}

fn command(
    words: &[String],
    piped: Option<Value>,
    dot: &Value,
    variables: &Variables,
) -> Result<Value, String> {
    let mut values = Vec::new();
    let mut function = None;
    let mut i = 0;
    while i < words.len() {
        let word = &words[i];
        i += 1;
        if word == "(" {
            let mut depth = 1;
            let from = i;
            while i < words.len() && depth > 0 {
                match words[i].as_str() {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
                i += 1;
            }
            values.push(pipeline(&words[from..i.saturating_sub(1).max(from)], dot, variables)?);
        } else if i == 1
            && word.bytes().all(|b| b.is_ascii_alphabetic())
            && !matches!(word.as_str(), "true" | "false" | "nil")
        {
            function = Some(word.as_str());
        } else {
            values.push(operand(word, dot, variables)?);
        }
    }
    values.extend(piped);
    let Some(function) = function else {
        return values.into_iter().next().ok_or_else(|| "missing value for command".to_string());
    };
    let first = values.first().cloned().unwrap_or_default();
    let equal = |value: &Value| *value == first;
    Ok(match function {
        "eq" => values.iter().skip(1).any(equal).into(),
        "ne" => (!values.iter().skip(1).any(equal)).into(),
        "not" => (!truth(&first)).into(),
        "and" => values.iter().find(|value| !truth(value)).or(values.last()).cloned().unwrap_or_default(),
        "or" => values.iter().find(|value| truth(value)).or(values.last()).cloned().unwrap_or_default(),
        "gt" | "lt" | "ge" | "le" => {
            use std::cmp::Ordering::{Equal, Greater, Less};
            let order = values.get(1).and_then(|other| super::jsonpath::compare_values(&first, other));
            let wanted: &[_] = match function {
                "gt" => &[Greater],
                "lt" => &[Less],
                "ge" => &[Greater, Equal],
                _ => &[Less, Equal],
            };
            order.is_some_and(|order| wanted.contains(&order)).into()
        }
        "len" => match &first {
            Value::Str(text) => text.len().into(),
            Value::Map(map) => map.len().into(),
            other => other.items().len().into(),
        },
        "index" => values.iter().skip(1).fold(first, |value, key| match key {
            Value::Int(i) => {
                usize::try_from(*i).ok().and_then(|i| value.items().get(i)).cloned().unwrap_or_default()
            }
            key => value.get(key.str()).clone(),
        }),
        "print" | "println" => {
            let text: Vec<String> = values.iter().map(go_print).collect();
            format!("{}{}", text.join(" "), if function == "println" { "\n" } else { "" }).into()
        }
        "printf" => {
            let mut rest = values.iter().skip(1);
            let mut text = String::new();
            let mut chars = first.str().chars();
            while let Some(c) = chars.next() {
                match (c, if c == '%' { chars.next() } else { None }) {
                    ('%', Some('%')) => text.push('%'),
                    ('%', Some('q')) => {
                        text += &quote_json(&rest.next().map(go_print).unwrap_or_default());
                    }
                    ('%', Some(_)) => text += &rest.next().map(go_print).unwrap_or_default(),
                    (c, _) => text.push(c),
                }
            }
            text.into()
        }
        other => return Err(format!("function \"{other}\" not defined")),
    })
}

fn operand(word: &str, dot: &Value, variables: &Variables) -> Result<Value, String> {
    if let Some(text) = word.strip_prefix('`').and_then(|text| text.strip_suffix('`')) {
        return Ok(text.to_string().into());
    }
    if let Some(text) = word.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match (c, if c == '\\' { chars.next() } else { None }) {
                ('\\', Some('n')) => out.push('\n'),
                ('\\', Some('t')) => out.push('\t'),
                ('\\', Some(other)) => out.push(other),
                (c, _) => out.push(c),
            }
        }
        return Ok(out.into());
    }
    match word {
        "true" => return Ok(true.into()),
        "false" => return Ok(false.into()),
        "nil" => return Ok(Value::Null),
        _ => {}
    }
    if let Ok(n) = word.parse::<i64>() {
        return Ok(n.into());
    }
    let (base, path) = if let Some(path) = word.strip_prefix('.') {
        (dot.clone(), path)
    } else if word.starts_with('$') {
        let (name, path) = word.split_once('.').unwrap_or((word, ""));
        let found = variables.iter().rev().find(|(known, _)| known == name);
        (found.map(|(_, value)| value.clone()).ok_or_else(|| format!("undefined variable \"{name}\""))?, path)
    } else {
        return Err(format!("unexpected {} in operand", quote_json(word)));
    };
    Ok(path.split('.').filter(|step| !step.is_empty()).fold(base, |value, step| value.get(step).clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;

    #[test]
    fn k76_templates() {
        let containers = vec![object! { "image" => "a:1" }, object! { "image" => "b:2" }];
        let pod = object! {
            "metadata" => object! { "name" => "web-0", "labels" => object! { "app.x/y" => "z" } },
            "spec" => object! { "containers" => containers, "nodeName" => "node-1" },
        };
        for (template, text) in [
            ("{{.spec.nodeName}}", "node-1"),
            ("{{range $i, $c := .spec.containers}}{{$i}}={{$c.image}};{{end}}", "0=a:1;1=b:2;"),
            ("{{len .spec.containers}}{{\"\\n\"}}", "2\n"),
            ("{{if eq .metadata.name \"web-0\"}}first{{else}}later{{end}}", "first"),
            ("{{if eq .metadata.name \"x\"}}a{{else if .spec}}b{{else}}c{{end}}!", "b!"),
            ("{{index .metadata.labels \"app.x/y\"}}", "z"),
            ("{{with .spec}}{{.nodeName}}{{end}}", "node-1"),
            ("{{.nothing}}", "<no value>"),
            ("{{printf \"%s-%s\" .metadata.name .spec.nodeName}}", "web-0-node-1"),
            ("{{ range .none }}x{{ else }}none{{ end }}", "none"),
        ] {
            assert_eq!(GoTemplate::parse(template).unwrap().print(&pod).unwrap(), text, "{template}");
        }
        assert_eq!(
            GoTemplate::parse("{{.spec").unwrap_err(),
            "error parsing template {{.spec, template: output:1: unclosed action"
        );
        for wrong in [
            "{{end}}",
            "{{range .a}}",
            "{{else}}",
            "{{)}}",
            "{{(}}",
            "{{|}}",
            "{{\"}}",
            "{{:=}}",
            "{{if}}",
            "{{}}",
        ] {
            let _ = GoTemplate::parse(wrong).map(|template| template.print(&pod));
        }
    }
}
