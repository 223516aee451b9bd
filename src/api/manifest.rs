//! YAML and JSON in: manifests as kubectl reads them, and where every field of them stands.
//!
//! Documents are split and refused as kubectl does it, with its own words. The reader is a port of go-yaml's in safe
//! code instead of a YAML crate: the page must mark fields by line and column, kubectl's messages come from go-yaml,
//! and the scalars are YAML 1.1 (`yes` is a truth value). Whatever the text is, an answer comes at once: length,
//! depth, number of documents and expansion of aliases are bounded. What a field means is for [`super::schema`].

mod json;
mod resolve;
mod scan;
mod tree;

#[cfg(test)]
mod tests;

pub use json::JsonFault;
pub use resolve::{is_timestamp, plain as resolve_plain};

use super::value::{Text, Value};
use scan::{Fault, Place, Source};
use tree::MarkNode;

/// The longest text that is read, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// The most documents one text may hold.
pub const MAX_DOCUMENTS: usize = 1000;

/// One document of a manifest.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it holds; never null.
    pub value: Value,
    /// The line of the whole text its first line is, counted from 1.
    pub start_line: usize,
    /// Where its fields stand.
    pub marks: Marks,
    /// Keys written twice in one object, with line and column of the second; kubectl takes the last silently.
    pub duplicates: Vec<(Text, usize, usize)>,
}

/// Where the fields of a document stand.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    root: MarkNode,
    first_line: usize,
}

impl Marks {
    /// Line and column, from 1, of the key at `path`, as in `spec.template.spec.containers[0].image`; of an item for
    /// a path that ends with an index. None if there is no such field.
    pub fn key(&self, path: &str) -> Option<(usize, usize)> {
        let node = find(&self.root, path)?;
        let item = path.ends_with(']') || path.is_empty();
        Some(self.whole(if item { node.value } else { node.key }))
    }

    /// Line and column, from 1, of the value at `path`.
    pub fn value(&self, path: &str) -> Option<(usize, usize)> {
        find(&self.root, path).map(|node| self.whole(node.value))
    }

    /// Line and column of the key of the longest part of `path` that exists: for errors about missing fields.
    pub fn nearest(&self, path: &str) -> (usize, usize) {
        let mut path = path;
        loop {
            if let Some(found) = self.key(path) {
                return found;
            }
            match path.rfind(['.', '[']) {
                Some(i) => path = &path[..i],
                None => return self.whole(self.root.value),
            }
        }
    }

    fn whole(&self, place: Place) -> (usize, usize) {
        (self.first_line + place.line as usize, place.column as usize + 1)
    }
}

// Keys may hold dots themselves, therefore keys are tried against the path and not the other way round.
fn find<'a>(node: &'a MarkNode, path: &str) -> Option<&'a MarkNode> {
    let path = path.strip_prefix('.').unwrap_or(path);
    if path.is_empty() {
        return Some(node);
    }
    if let Some(rest) = path.strip_prefix('[') {
        let (index, rest) = rest.split_once(']')?;
        return match index.parse::<usize>() {
            Ok(i) => find(&node.children.get(i)?.1, rest),
            Err(_) => find(&node.children.iter().rfind(|(key, _)| *key == *index)?.1, rest),
        };
    }
    // Of equal keys the last counts.
    node.children.iter().rev().find_map(|(key, child)| {
        let rest = path.strip_prefix(key.as_str()).filter(|_| !key.is_empty())?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then(|| find(child, rest)).flatten()
    })
}

/// What is wrong with a text that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestErrorKind {
    /// It is no YAML.
    Yaml,
    /// It is no JSON, though it begins with a brace.
    Json,
    /// It exceeds a bound of this reader.
    Limit,
}

/// Why a text cannot be read as a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// The line of the whole text, from 1, where the reader of it should look.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// As kubectl says it behind `error parsing FILE: `; its line counts from the start of the document.
    pub message: String,
    /// What is wrong.
    pub kind: ManifestErrorKind,
}

impl std::fmt::Display for ManifestError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl ManifestError {
    fn limit(line: usize, message: String) -> ManifestError {
        ManifestError { line, column: 1, message, kind: ManifestErrorKind::Limit }
    }
}

/// Reads all documents of a manifest; empty ones are left out.
pub fn parse(text: &str) -> Result<Vec<Document>, ManifestError> {
    match parse_some(text) {
        (documents, None) => Ok(documents),
        (_, Some(error)) => Err(error),
    }
}

/// Reads documents up to the first broken one: kubectl applies what stands before it.
pub fn parse_some(text: &str) -> (Vec<Document>, Option<ManifestError>) {
    let mut documents = Vec::new();
    let error = read(text, &mut documents).err();
    (documents, error)
}

/// Reads JSON, as in a patch or an annotation; nothing but blanks may follow the value.
pub fn parse_json(text: &str) -> Result<Value, JsonFault> {
    let (value, _, end) = json::parse(text)?;
    match text[end..].trim_start_matches([' ', '\t', '\r', '\n']).chars().next() {
        None => Ok(value),
        Some(c) => Err(JsonFault {
            offset: end + 1,
            at_end: false,
            problem: format!("invalid character '{c}' after top-level value"),
        }),
    }
}

/// Reads the JSON value at the beginning of a text; also how many bytes it takes.
pub fn first_json(text: &str) -> Result<(Value, usize), JsonFault> {
    json::parse(text).map(|(value, _, end)| (value, end))
}

fn read(text: &str, documents: &mut Vec<Document>) -> Result<(), ManifestError> {
    if text.len() > MAX_BYTES {
        let message = format!(
            "the manifest has {} bytes, at most {MAX_BYTES} are read; apply it in smaller parts",
            text.len()
        );
        return Err(ManifestError::limit(1, message));
    }
    let mut rest = text;
    let mut line = 1;
    let mut json_error = None;
    if text.trim_start().starts_with('{') {
        json_error = read_json(text, documents, &mut rest, &mut line)?;
        if rest.trim().is_empty() {
            return Ok(());
        }
    }
    let first = documents.len();
    read_yaml(rest, line, documents).map_err(|error| match json_error {
        Some(json_error) if documents.len() == first => json_error,
        _ => error,
    })
}

// Objects one after the other. Leaves in `rest` what is to be tried as YAML, with the error to report if that fails.
fn read_json(
    text: &str,
    documents: &mut Vec<Document>,
    rest: &mut &str,
    line: &mut usize,
) -> Result<Option<ManifestError>, ManifestError> {
    while !rest.trim_start().is_empty() {
        match json::parse(rest) {
            Ok((value, root, end)) => {
                push(documents, value, root, *line, *line, Vec::new())?;
                *line += rest[..end].matches('\n').count();
                *rest = &rest[end..];
            }
            Err(fault) => {
                let (done, left) = (text.len() - rest.len(), *rest);
                let upto =
                    (0..=fault.offset.min(left.len())).rev().find(|i| left.is_char_boundary(*i)).unwrap_or(0);
                let before = &left[..upto];
                let error = ManifestError {
                    line: *line + before.matches('\n').count(),
                    column: before.rsplit('\n').next().map_or(1, |l| l.chars().count().max(1)),
                    message: match fault.at_end {
                        true => "unexpected EOF".to_string(),
                        // After two objects Go is sure that this is JSON, and forgets where it is.
                        false if documents.len() > 1 => fault.problem,
                        false => format!("json: offset {}: {}", done + fault.offset, fault.problem),
                    },
                    kind: ManifestErrorKind::Json,
                };
                if documents.len() > 1 {
                    return Err(error);
                }
                if let Some(i) = left.find(|c: char| !c.is_whitespace() || c == '\n') {
                    let skip = if left.as_bytes()[i] == b'\n' { i + 1 } else { i };
                    *line += usize::from(skip > i);
                    *rest = &left[skip..];
                }
                return Ok(Some(error));
            }
        }
    }
    *rest = "";
    Ok(None)
}

fn read_yaml(text: &str, first_line: usize, documents: &mut Vec<Document>) -> Result<(), ManifestError> {
    let mut chars: Vec<char> = Vec::new();
    let mut start = first_line;
    let mut line_number = first_line;
    for line in text.split_inclusive('\n') {
        let line = line.strip_suffix('\n').map_or(line, |l| l.strip_suffix('\r').unwrap_or(l));
        if let Some(behind) = line.strip_prefix("---") {
            let behind = behind.trim();
            if !behind.is_empty() && !behind.starts_with('#') {
                return Err(ManifestError {
                    line: line_number,
                    column: 4,
                    message: format!("invalid Yaml document separator: {behind}"),
                    kind: ManifestErrorKind::Yaml,
                });
            }
            if !chars.is_empty() {
                read_document(&chars, start, documents)?;
                chars.clear();
                start = line_number + 1;
                line_number += 1;
                continue;
            }
        }
        chars.extend(line.chars());
        chars.push('\n');
        line_number += 1;
    }
    if !chars.is_empty() {
        read_document(&chars, start, documents)?;
    }
    Ok(())
}

fn read_document(text: &[char], start: usize, documents: &mut Vec<Document>) -> Result<(), ManifestError> {
    let tree = tree::parse(text).map_err(|fault| yaml_error(&fault, start))?;
    let Some(tree) = tree else { return Ok(()) };
    if tree.node.value.is_null() {
        return Ok(());
    }
    let duplicates = tree
        .duplicates
        .into_iter()
        .map(|(key, at)| (key, start + at.line as usize, at.column as usize + 1))
        .collect();
    let behind_separator = text.iter().take(3).all(|c| *c == '-') as usize;
    push(documents, tree.node.value, tree.node.mark, start, start + behind_separator, duplicates)
}

fn push(
    documents: &mut Vec<Document>,
    value: Value,
    root: MarkNode,
    first_line: usize,
    start_line: usize,
    duplicates: Vec<(Text, usize, usize)>,
) -> Result<(), ManifestError> {
    if documents.len() >= MAX_DOCUMENTS {
        let message =
            format!("the manifest has more than {MAX_DOCUMENTS} documents; apply it in smaller parts");
        return Err(ManifestError::limit(start_line, message));
    }
    documents.push(Document { value, start_line, marks: Marks { root, first_line }, duplicates });
    Ok(())
}

fn yaml_error(fault: &Fault, start: usize) -> ManifestError {
    // go-yaml forgets to count from 1 for errors of its parser.
    let said = match fault.from {
        Source::Reader => 0,
        Source::Scanner if fault.at.line > 0 => fault.at.line + 1,
        _ if fault.at.line > 0 => fault.at.line,
        _ => fault.context.line,
    };
    let place = if said == 0 { String::new() } else { format!("line {said}: ") };
    // Something that never ends is best looked for where it begins.
    let endless =
        ["found unexpected end of stream", "could not find expected ':'", "did not find expected ','"];
    let at = if endless.iter().any(|p| fault.problem.starts_with(p)) { fault.context } else { fault.at };
    ManifestError {
        line: start + at.line as usize,
        column: at.column as usize + 1,
        message: match fault.problem.starts_with(tree::NULL_KEY) {
            true => format!("error converting YAML to JSON: {}", fault.problem),
            false => format!("error converting YAML to JSON: yaml: {place}{}", fault.problem),
        },
        kind: if fault.problem.starts_with("exceeded max") || fault.problem.ends_with("excessive aliasing") {
            ManifestErrorKind::Limit
        } else {
            ManifestErrorKind::Yaml
        },
    }
}
