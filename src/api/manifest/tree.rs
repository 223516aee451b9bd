//! YAML tokens to a tree of values, and where each of them stands.
//!
//! Follows parserc.go and decode.go of go-yaml v2, with the conversion to JSON of sigs.k8s.io/yaml on top: YAML 1.1
//! scalars, merge keys, the last of equal keys wins. Descends recursively, therefore depth is limited.

use super::scan::{Fault, Place, Scanner, Source, Style, Token};
use crate::api::value::{Map, Text, Value};
use crate::sim::SortedMap;
use std::rc::Rc;

/// How deep lists and objects may nest.
pub const MAX_DEPTH: usize = 100;
/// How many values a document may have when its aliases are written out.
const MAX_VALUES: usize = 100_000;

/// Where a value and its key stand, and the same for what is inside.
#[derive(Clone, Debug, Default)]
pub struct MarkNode {
    pub key: Place,
    pub value: Place,
    /// Members with their keys; items with empty keys.
    pub children: Rc<Vec<(Text, MarkNode)>>,
}

/// A value with its marks.
#[derive(Clone)]
pub struct Node {
    pub value: Value,
    pub mark: MarkNode,
    /// How many values it holds, itself and what aliases stand for included.
    size: usize,
    /// True for a scalar in quotes, which is no merge key.
    quoted: bool,
}

/// What one document holds.
pub struct Tree {
    pub node: Node,
    /// Keys that occur twice in one object: the second key and its place.
    pub duplicates: Vec<(Text, Place)>,
}

/// How the refusal of an empty key begins, which does not come from go-yaml.
pub const NULL_KEY: &str = "unsupported map key of type: ";

struct Parser<'a> {
    scanner: Scanner<'a>,
    anchors: SortedMap<String, Option<Node>>,
    tag_prefixes: Vec<(String, String)>,
    duplicates: Vec<(Text, Place)>,
    values: usize,
    aliased: usize,
    /// What go-yaml notices only after the whole document was parsed; the first counts.
    later: Option<Box<Fault>>,
}

type Parse<T> = Result<T, Box<Fault>>;

/// Reads the first YAML document of `text`; none if there is no value in it.
pub fn parse(text: &[char]) -> Parse<Option<Tree>> {
    // go-yaml reads half a kilobyte at a time: what is wrong before the one with the bad character is told first.
    if let Some(i) = text.iter().position(|c| !is_allowed(*c)) {
        let bytes: usize = text[..i].iter().map(|c| c.len_utf8()).sum();
        let mut left = bytes - bytes % 512;
        let read = text.iter().position(|c| {
            let reached = left == 0;
            left = left.saturating_sub(c.len_utf8());
            reached
        });
        let clean: Vec<char> = text.iter().map(|c| if is_allowed(*c) { *c } else { '.' }).collect();
        return match parse(&clean) {
            Err(fault) if fault.at < place_of(text, read.unwrap_or(0)) => Err(fault),
            _ => plain(place_of(text, i), "control characters are not allowed".into()),
        };
    }
    let mut parser = Parser {
        scanner: Scanner::new(text),
        anchors: SortedMap::new(),
        tag_prefixes: vec![("!".into(), "!".into()), ("!!".into(), "tag:yaml.org,2002:".into())],
        duplicates: Vec::new(),
        values: 0,
        aliased: 0,
        later: None,
    };
    parser.scanner.next()?;
    let node = parser.document()?;
    if let Some(fault) = parser.later {
        return Err(fault);
    }
    Ok(node.map(|node| Tree { node, duplicates: parser.duplicates }))
}

fn place_of(text: &[char], i: usize) -> Place {
    let before = &text[..i.min(text.len())];
    let line = before.iter().filter(|c| **c == '\n').count() as u32;
    let column = before.iter().rev().take_while(|c| **c != '\n').count() as u32;
    Place { line, column }
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

fn fault<T>(context: Place, at: Place, problem: &str) -> Parse<T> {
    Err(Box::new(Fault { from: Source::Parser, problem: problem.into(), at, context }))
}

fn plain<T>(at: Place, problem: String) -> Parse<T> {
    Err(Box::new(Fault { from: Source::Reader, problem, at, context: at }))
}

impl Parser<'_> {
    fn document(&mut self) -> Parse<Option<Node>> {
        let mut explicit = false;
        loop {
            let (token, at) = self.scanner.peek()?;
            match token {
                Token::VersionDirective => explicit = true,
                Token::TagDirective => {
                    explicit = true;
                    let directive = self.scanner.next()?;
                    self.tag_prefixes.insert(0, directive);
                    continue;
                }
                Token::DocumentStart => {
                    self.scanner.next()?;
                    let (token, at) = self.scanner.peek()?;
                    if matches!(token, Token::DocumentStart | Token::DocumentEnd | Token::StreamEnd) {
                        return Ok(Some(self.empty(at)));
                    }
                    break;
                }
                Token::StreamEnd if !explicit => return Ok(None),
                _ if explicit => {
                    return fault(Place::default(), at, "did not find expected <document start>");
                }
                _ => break,
            }
            self.scanner.next()?;
        }
        let node = self.node(true, false, 0)?;
        // What stands behind the document is not read, but the token that ends it is.
        self.scanner.peek()?;
        Ok(Some(node))
    }

    fn empty(&mut self, at: Place) -> Node {
        self.values += 1;
        Node {
            value: Value::Null,
            mark: MarkNode { value: at, ..MarkNode::default() },
            size: 1,
            quoted: false,
        }
    }

    fn node(&mut self, block: bool, indentless: bool, depth: usize) -> Parse<Node> {
        let (token, start) = self.scanner.peek()?;
        if depth > MAX_DEPTH {
            return plain(start, format!("exceeded max depth of {MAX_DEPTH}"));
        }
        if token == Token::Alias {
            let (name, _) = self.scanner.next()?;
            return self.alias(&name, start);
        }
        let (mut anchor, mut tag) = (None, None);
        loop {
            let (token, at) = self.scanner.peek()?;
            match token {
                Token::Anchor if anchor.is_none() => anchor = Some(self.scanner.next()?.0),
                Token::Tag if tag.is_none() => {
                    let (handle, suffix) = self.scanner.next()?;
                    tag = Some(self.tag(handle, suffix, start, at)?);
                }
                _ => break,
            }
        }
        if let Some(name) = &anchor {
            self.anchors.insert(name.clone(), None);
        }
        self.values += 1;
        self.check_size(start)?;
        let (token, at) = self.scanner.peek()?;
        let mut node = match token {
            Token::BlockEntry if indentless => self.indentless_sequence(start, depth)?,
            Token::Scalar(style) => {
                let (text, _) = self.scanner.next()?;
                let value = self.scalar(text, style, tag.as_deref(), start);
                let mark = MarkNode { value: start, ..MarkNode::default() };
                Node { value, mark, size: 1, quoted: style != Style::Plain }
            }
            Token::FlowSequenceStart => self.flow_sequence(start, depth)?,
            Token::FlowMappingStart => self.flow_mapping(start, depth)?,
            Token::BlockSequenceStart if block => self.block_sequence(start, depth)?,
            Token::BlockMappingStart if block => self.block_mapping(start, depth)?,
            _ if anchor.is_some() || tag.is_some() => {
                let value = self.scalar(String::new(), Style::Plain, tag.as_deref(), start);
                Node { value, mark: MarkNode { value: start, ..MarkNode::default() }, size: 1, quoted: false }
            }
            _ => return fault(start, at, "did not find expected node content"),
        };
        node.mark.value = start;
        if let Some(name) = anchor {
            self.anchors.insert(name, Some(node.clone()));
        }
        Ok(node)
    }

    fn alias(&mut self, name: &str, at: Place) -> Parse<Node> {
        match self.anchors.get(name) {
            None => plain(at, format!("unknown anchor '{name}' referenced")),
            Some(None) => {
                self.later(at, format!("anchor '{name}' value contains itself"));
                Ok(self.empty(at))
            }
            Some(Some(node)) => {
                let mut node = node.clone();
                node.mark.value = at;
                self.values = self.values.saturating_add(node.size + 1);
                self.aliased = self.aliased.saturating_add(node.size);
                node.size += 1;
                self.check_size(at)?;
                Ok(node)
            }
        }
    }

    fn check_size(&self, at: Place) -> Parse<()> {
        let mostly_aliased =
            self.aliased > 100 && self.values > 1000 && self.aliased * 100 > self.values * 99;
        if mostly_aliased || (self.values > MAX_VALUES && self.aliased > 0) {
            return plain(at, "document contains excessive aliasing".into());
        }
        Ok(())
    }

    fn tag(&self, handle: String, suffix: String, start: Place, at: Place) -> Parse<String> {
        if handle.is_empty() {
            return Ok(suffix);
        }
        match self.tag_prefixes.iter().find(|(known, _)| *known == handle) {
            Some((_, prefix)) => Ok(format!("{prefix}{suffix}")),
            None => fault(start, at, "found undefined tag handle"),
        }
    }

    fn block_sequence(&mut self, start: Place, depth: usize) -> Parse<Node> {
        let (_, context) = self.scanner.peek()?;
        self.scanner.next()?;
        let mut items = Vec::new();
        loop {
            let (token, at) = self.scanner.peek()?;
            if !matches!(token, Token::StreamEnd) {
                self.scanner.next()?;
            }
            match token {
                Token::BlockEntry => {}
                Token::BlockEnd => return Ok(sequence(items, start)),
                _ => return fault(context, at, "did not find expected '-' indicator"),
            }
            let item = match self.scanner.peek()? {
                (Token::BlockEntry | Token::BlockEnd, at) => self.empty(at),
                _ => self.node(true, false, depth + 1)?,
            };
            items.push(item);
        }
    }

    fn indentless_sequence(&mut self, start: Place, depth: usize) -> Parse<Node> {
        let mut items = Vec::new();
        while matches!(self.scanner.peek()?.0, Token::BlockEntry) {
            self.scanner.next()?;
            let item = match self.scanner.peek()? {
                (Token::BlockEntry | Token::Key | Token::Value | Token::BlockEnd, at) => self.empty(at),
                _ => self.node(true, false, depth + 1)?,
            };
            items.push(item);
        }
        Ok(sequence(items, start))
    }

    fn block_mapping(&mut self, start: Place, depth: usize) -> Parse<Node> {
        let (_, context) = self.scanner.peek()?;
        self.scanner.next()?;
        let mut members = Members::default();
        loop {
            let (token, at) = self.scanner.peek()?;
            match token {
                Token::Key => {}
                Token::BlockEnd => {
                    self.scanner.next()?;
                    return Ok(members.finish(start));
                }
                _ => return fault(context, at, "did not find expected key"),
            }
            self.scanner.next()?;
            let key = self.block_part(at, depth)?;
            let value = match self.scanner.peek()? {
                (Token::Value, at) => {
                    self.scanner.next()?;
                    self.block_part(at, depth)?
                }
                (_, at) => self.empty(at),
            };
            self.member(&mut members, key, value)?;
        }
    }

    fn block_part(&mut self, at: Place, depth: usize) -> Parse<Node> {
        if matches!(self.scanner.peek()?.0, Token::Key | Token::Value | Token::BlockEnd) {
            return Ok(self.empty(at));
        }
        self.node(true, true, depth + 1)
    }

    fn flow_sequence(&mut self, start: Place, depth: usize) -> Parse<Node> {
        let (_, context) = self.scanner.peek()?;
        self.scanner.next()?;
        let mut items: Vec<Node> = Vec::new();
        loop {
            if !items.is_empty() && !matches!(self.scanner.peek()?.0, Token::FlowSequenceEnd) {
                let (token, at) = self.scanner.peek()?;
                if token != Token::FlowEntry {
                    return fault(context, at, "did not find expected ',' or ']'");
                }
                self.scanner.next()?;
            }
            let (token, at) = self.scanner.peek()?;
            match token {
                Token::FlowSequenceEnd => {
                    self.scanner.next()?;
                    return Ok(sequence(items, start));
                }
                // `[a: b]` is a list of one object.
                Token::Key => {
                    self.scanner.next()?;
                    let stop = [Token::Value, Token::FlowEntry, Token::FlowSequenceEnd];
                    let key = self.flow_part(at, depth, &stop)?;
                    let value = self.flow_value(at, depth, &stop[1..])?;
                    let mut members = Members::default();
                    self.member(&mut members, key, value)?;
                    items.push(members.finish(at));
                }
                _ => items.push(self.node(false, false, depth + 1)?),
            }
        }
    }

    fn flow_mapping(&mut self, start: Place, depth: usize) -> Parse<Node> {
        let (_, context) = self.scanner.peek()?;
        self.scanner.next()?;
        let mut members = Members::default();
        let mut first = true;
        loop {
            if !first && !matches!(self.scanner.peek()?.0, Token::FlowMappingEnd) {
                let (token, at) = self.scanner.peek()?;
                if token != Token::FlowEntry {
                    return fault(context, at, "did not find expected ',' or '}'");
                }
                self.scanner.next()?;
            }
            first = false;
            let (token, at) = self.scanner.peek()?;
            let stop = [Token::Value, Token::FlowEntry, Token::FlowMappingEnd];
            let (key, value) = match token {
                Token::FlowMappingEnd => {
                    self.scanner.next()?;
                    return Ok(members.finish(start));
                }
                Token::Key => {
                    self.scanner.next()?;
                    (self.flow_part(at, depth, &stop)?, self.flow_value(at, depth, &stop[1..])?)
                }
                // `{a, b}`: keys with nothing behind them.
                _ => (self.node(false, false, depth + 1)?, self.empty(at)),
            };
            self.member(&mut members, key, value)?;
        }
    }

    fn flow_part(&mut self, at: Place, depth: usize, stop: &[Token]) -> Parse<Node> {
        if stop.contains(&self.scanner.peek()?.0) {
            return Ok(self.empty(at));
        }
        self.node(false, false, depth + 1)
    }

    fn flow_value(&mut self, at: Place, depth: usize, stop: &[Token]) -> Parse<Node> {
        if !matches!(self.scanner.peek()?.0, Token::Value) {
            return Ok(self.empty(at));
        }
        self.scanner.next()?;
        self.flow_part(at, depth, stop)
    }

    fn member(&mut self, members: &mut Members, key: Node, value: Node) -> Parse<()> {
        members.size += key.size + value.size;
        let at = key.mark.value;
        let quoted = key.quoted;
        let name: Text = match &key.value {
            Value::Str(name) if *name == "<<" && !quoted => {
                if let Err(fault) = members.merge(value) {
                    self.later.get_or_insert(fault);
                }
                return Ok(());
            }
            Value::Str(name) => name.clone(),
            Value::Bool(true) => "true".into(),
            Value::Bool(false) => "false".into(),
            Value::Int(n) => n.to_string().into(),
            Value::Float(f) => crate::api::print::float(*f).into(),
            Value::Null => {
                let value = match &value.value {
                    Value::Null => "<nil>".to_string(),
                    value => go_syntax(value),
                };
                self.later(at, format!("{NULL_KEY}%!s(<nil>), key: <nil>, value: {value}"));
                return Ok(());
            }
            Value::List(_) | Value::Map(_) => {
                self.later(at, format!("invalid map key: {}", go_syntax(&key.value)));
                return Ok(());
            }
        };
        if members.put(name.clone(), value, at, false) {
            self.duplicates.push((name, at));
        }
        Ok(())
    }
}

#[derive(Default)]
struct Members {
    /// Keys, values, and whether a merge brought them.
    entries: Vec<(Text, Node, bool)>,
    index: SortedMap<Text, usize>,
    size: usize,
}

impl Members {
    // The last of equal keys wins; answers whether the key was written before.
    fn put(&mut self, name: Text, mut node: Node, key: Place, merged: bool) -> bool {
        node.mark.key = key;
        if let Some(i) = self.index.get(&name) {
            let entry = &mut self.entries[*i];
            let written = !entry.2;
            (entry.1, entry.2) = (node, merged);
            return written;
        }
        self.index.insert(name.clone(), self.entries.len());
        self.entries.push((name, node, merged));
        false
    }

    fn merge(&mut self, from: Node) -> Parse<()> {
        let sources: Vec<(Value, MarkNode)> = match &from.value {
            Value::Map(_) => vec![(from.value.clone(), from.mark.clone())],
            // Of several, the first has the last word.
            Value::List(items) => items
                .iter()
                .cloned()
                .zip(from.mark.children.iter().map(|(_, mark)| mark.clone()))
                .rev()
                .collect(),
            _ => Vec::new(),
        };
        if sources.is_empty() || sources.iter().any(|(value, _)| value.as_map().is_none()) {
            return plain(from.mark.value, "map merge requires map or sequence of maps as the value".into());
        }
        for (value, mark) in sources {
            for (name, value) in value.entries() {
                let mark = mark
                    .children
                    .iter()
                    .find(|(key, _)| key == name)
                    .map(|(_, m)| m.clone())
                    .unwrap_or_default();
                let key = mark.key;
                self.put(
                    name.clone(),
                    Node { value: value.clone(), mark, size: 1, quoted: false },
                    key,
                    true,
                );
            }
        }
        Ok(())
    }

    fn finish(self, start: Place) -> Node {
        let mut entries = Vec::with_capacity(self.entries.len());
        let mut children = Vec::with_capacity(self.entries.len());
        for (name, node, _) in self.entries {
            children.push((name.clone(), node.mark));
            entries.push((name, node.value));
        }
        Node {
            value: Value::Map(entries.into_iter().collect::<Map>()),
            mark: MarkNode { value: start, children: Rc::new(children), ..MarkNode::default() },
            size: self.size + 1,
            quoted: false,
        }
    }
}

fn sequence(items: Vec<Node>, start: Place) -> Node {
    let size = items.iter().map(|item| item.size).sum::<usize>() + 1;
    let (values, children) = items.into_iter().map(|item| (item.value, (Text::default(), item.mark))).unzip();
    Node {
        value: Value::list(values),
        mark: MarkNode { value: start, children: Rc::new(children), ..MarkNode::default() },
        size,
        quoted: false,
    }
}

impl Parser<'_> {
    fn later(&mut self, at: Place, problem: String) {
        self.later.get_or_insert(Box::new(Fault { from: Source::Reader, problem, at, context: at }));
    }

    fn scalar(&mut self, text: String, style: Style, tag: Option<&str>, at: Place) -> Value {
        let resolved = super::resolve::plain(&text);
        let short = match tag {
            None if style == Style::Plain => return resolved.unwrap_or_else(|| text.into()),
            Some(tag) => tag.strip_prefix("tag:yaml.org,2002:").unwrap_or("str"),
            None => "str",
        };
        let (found, value) = match resolved {
            Some(Value::Bool(b)) => ("bool", Value::Bool(b)),
            Some(Value::Int(n)) => (if short == "float" { "float" } else { "int" }, Value::Int(n)),
            Some(Value::Float(f)) => ("float", Value::Float(f)),
            Some(value) => ("null", value),
            None => ("str", Value::Null),
        };
        match short {
            "bool" | "int" | "float" | "null" if found == short => value,
            "bool" | "int" | "float" | "null" => {
                self.later(at, format!("cannot decode !!{found} `{text}` as a !!{short}"));
                Value::Null
            }
            _ => text.into(),
        }
    }
}

// Go's %#v, as go-yaml shows keys that are no scalars.
fn go_syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".into(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().take(20).map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Map(map) => {
            let members: Vec<String> = map
                .iter()
                .take(20)
                .map(|(key, value)| format!("{}:{}", crate::api::print::quote_json(key), go_syntax(value)))
                .collect();
            format!("map[interface {{}}]interface {{}}{{{}}}", members.join(", "))
        }
        other => crate::api::print::to_go_json(other),
    }
}
