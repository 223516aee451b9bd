//! Mistakes in a manifest that can be repaired for its author: wrong names, wrong places, numbers in quotes.
//!
//! The server names only the first level of unknown fields; this looks into them, as if the likely name had been
//! written, so that one list of edits repairs everything. What a repair says to the author is for the page: a repair
//! has a kind and the names to put into its text.

use super::kind::KINDS;
use super::manifest::Document;
use super::quantity::Quantity;
use super::schema::{self, Ty, Type, object_of};
use super::value::Value;
use crate::sim::Arrange;

#[cfg(test)]
mod tests;

/// What is wrong, and with that which text explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepairKind {
    /// The field is misspelt; it is called `target`.
    Rename,
    /// The field belongs into the object at `target`.
    Move,
    /// The field is unknown, and nothing is near.
    Unknown,
    /// A number stands in quotes.
    Unquote,
    /// A string has to be quoted to stay one, as in a label `"1"`.
    Quote,
    /// The kind is misspelt; it is called `target`.
    Kind,
    /// The kind has another apiVersion, `target`.
    ApiVersion,
}

impl RepairKind {
    /// The key of the text that explains it.
    pub fn key(self) -> &'static str {
        match self {
            RepairKind::Rename => "repair.rename",
            RepairKind::Move => "repair.move",
            RepairKind::Unknown => "repair.unknown",
            RepairKind::Unquote => "repair.unquote",
            RepairKind::Quote => "repair.quote",
            RepairKind::Kind => "repair.kind",
            RepairKind::ApiVersion => "repair.apiVersion",
        }
    }
}

/// Replaces a part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The first byte that goes.
    pub start: usize,
    /// The byte behind the last that goes.
    pub end: usize,
    /// What comes instead.
    pub insert: String,
}

/// One mistake, and how to undo it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The line of the whole text, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: RepairKind,
    /// The path as written: `spec.templates.spec.volumeClaimTemplates`.
    pub path: String,
    /// The name, place or value that is right; empty if unknown.
    pub target: String,
    /// The edits that repair it; empty if the author has to.
    pub edits: Vec<Edit>,
}

/// Applies the edits of repairs to the text they were made for. Of edits that overlap the earlier one wins; asking for
/// repairs of the result finds what is left.
pub fn apply<'a>(text: &str, repairs: impl IntoIterator<Item = &'a Repair>) -> String {
    let mut edits: Vec<&Edit> = repairs.into_iter().flat_map(|repair| &repair.edits).collect();
    edits.arrange_by_key(|edit| (edit.start, edit.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let Some(before) = text.get(done..edit.start) else { continue };
        out.push_str(before);
        out.push_str(&edit.insert);
        done = edit.end;
    }
    out.push_str(text.get(done..).unwrap_or(""));
    out
}

/// Finds what can be repaired in one document of `text`.
pub fn repairs(text: &str, document: &Document) -> Vec<Repair> {
    let mut finder =
        Finder { text, lines: line_starts(text), document, found: Vec::new(), path: String::new() };
    let (name, version) = (document.value.get("kind").str(), document.value.get("apiVersion").str());
    let Some(info) = KINDS.iter().find(|info| info.name == name) else {
        if let Some(near) = nearest_kind(name) {
            finder.replace_value(RepairKind::Kind, "kind", near);
        }
        return finder.found;
    };
    if !version.is_empty() && version != info.kind.api_version() {
        finder.replace_value(RepairKind::ApiVersion, "apiVersion", info.kind.api_version());
    }
    let mut above = Vec::new();
    finder.object(&document.value, schema::of(info.kind), &mut above);
    finder.found
}

fn nearest_kind(name: &str) -> Option<&'static str> {
    KINDS.iter().map(|info| info.name).find(|known| known.eq_ignore_ascii_case(name)).or_else(|| {
        let near = KINDS.iter().map(|info| (schema::distance(name, info.name), info.name));
        near.filter(|(d, _)| *d <= 2).min().map(|(_, name)| name)
    })
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1))
        .collect()
}

/// An object on the way to the one looked at.
struct Above<'a> {
    ty: &'static Type,
    value: &'a Value,
    /// Its path, and that of the member on the way.
    path: String,
    member: String,
}

struct Finder<'a> {
    text: &'a str,
    lines: Vec<usize>,
    document: &'a Document,
    found: Vec<Repair>,
    path: String,
}

impl<'a> Finder<'a> {
    fn object(&mut self, value: &'a Value, ty: &'static Type, above: &mut Vec<Above<'a>>) {
        let here = self.path.clone();
        for (name, inner) in value.entries() {
            self.path = if here.is_empty() { name.to_string() } else { format!("{here}.{name}") };
            let field = match ty.field(name) {
                Some(field) => Some(field),
                None => self.unknown(name, value, ty, above),
            };
            if let Some(field) = field {
                above.push(Above { ty, value, path: here.clone(), member: self.path.clone() });
                self.value(inner, &field.ty, above);
                above.pop();
            }
        }
        self.path = here;
    }

    fn value(&mut self, value: &'a Value, ty: &Ty, above: &mut Vec<Above<'a>>) {
        match (ty, value) {
            (Ty::Object(_), Value::Map(_)) => {
                if let Some(ty) = object_of(ty) {
                    self.object(value, ty, above);
                }
            }
            (Ty::List(inner), Value::List(items)) => {
                let here = self.path.clone();
                for (i, item) in items.iter().enumerate() {
                    self.path = format!("{here}[{i}]");
                    self.value(item, inner, above);
                }
                self.path = here;
            }
            (Ty::Map(inner, _), Value::Map(map)) => {
                let here = self.path.clone();
                for (key, item) in map {
                    self.path = format!("{here}.{key}");
                    self.value(item, inner, above);
                }
                self.path = here;
            }
            (Ty::Int32 | Ty::Int64(_), Value::Str(text)) if text.parse::<i32>().is_ok() => {
                self.replace_value(RepairKind::Unquote, &self.path.clone(), text);
            }
            (Ty::Bool, Value::Str(text)) if matches!(text.as_str(), "true" | "false") => {
                self.replace_value(RepairKind::Unquote, &self.path.clone(), text);
            }
            (Ty::Str(_), Value::Int(_) | Value::Bool(_) | Value::Float(_)) => {
                let written = self.scalar(&self.path).map_or("", |(start, end)| &self.text[start..end]);
                if !written.is_empty() {
                    self.replace_value(RepairKind::Quote, &self.path.clone(), &format!("\"{written}\""));
                }
            }
            (Ty::Quantity, Value::Str(text)) if Quantity::parse(text).is_err() => {
                // `1GB` and `100mb` are what people write for 1G and 100M.
                let fixed = text.trim_end_matches(['b', 'B']).replace('K', "k").replace('g', "G");
                if fixed != text.as_str() && Quantity::parse(&fixed).is_ok() {
                    self.replace_value(RepairKind::Rename, &self.path.clone(), &fixed);
                }
            }
            _ => {}
        }
    }

    // Answers the field that was meant, to look into it.
    fn unknown(
        &mut self,
        name: &str,
        value: &'a Value,
        ty: &'static Type,
        above: &[Above<'a>],
    ) -> Option<&'static schema::Field> {
        let (line, column) = self.document.marks.key(&self.path).unwrap_or((self.document.start_line, 1));
        let mut repair = Repair {
            line,
            column,
            kind: RepairKind::Unknown,
            path: self.path.clone(),
            target: String::new(),
            edits: Vec::new(),
        };
        // Spelled right and in the wrong place beats nearly right in this place.
        let owner =
            above.iter().rev().find(|above| above.ty.field(name).is_some() && !above.path.ends_with(']'));
        let near = schema::nearest(ty, name);
        let mut meant = None;
        if let Some(owner) = owner.filter(|_| name.len() > 4 || near.is_none()) {
            repair.kind = RepairKind::Move;
            repair.target = owner.path.clone();
            if owner.value.get(name).is_null() {
                repair.edits = self.moved(line, column, owner).unwrap_or_default();
            }
            meant = owner.ty.field(name);
        } else if let Some(near) = near {
            repair.kind = RepairKind::Rename;
            repair.target = near.to_string();
            if value.get(near).is_null()
                && let Some((start, end)) = self.name_at(line, column, name)
            {
                repair.edits.push(Edit { start, end, insert: near.to_string() });
            }
            meant = ty.field(near);
        } else if let Some(inner) = ty.fields.iter().find(|field| {
            matches!(field.ty, Ty::Object(_))
                && object_of(&field.ty).is_some_and(|ty| ty.field(name).is_some())
        }) {
            repair.kind = RepairKind::Move;
            let here = self.path.rsplit_once('.').map_or("", |(here, _)| here);
            repair.target =
                if here.is_empty() { inner.name.to_string() } else { format!("{here}.{}", inner.name) };
        }
        self.found.push(repair);
        meant
    }

    fn replace_value(&mut self, kind: RepairKind, path: &str, target: &str) {
        let (line, column) = self.document.marks.value(path).unwrap_or((self.document.start_line, 1));
        let edits = match self.scalar(path) {
            Some((start, end)) => vec![Edit { start, end, insert: target.to_string() }],
            None => Vec::new(),
        };
        let path = path.to_string();
        self.found.push(Repair { line, column, kind, path, target: target.to_string(), edits });
    }

    // The byte at a line and column, both from 1.
    fn offset(&self, line: usize, column: usize) -> Option<usize> {
        let start = *self.lines.get(line.checked_sub(1)?)?;
        let line = self.text[start..].split('\n').next()?;
        let inside = line.char_indices().map(|(i, _)| i).chain([line.len()]).nth(column.checked_sub(1)?)?;
        Some(start + inside)
    }

    // The bytes of a name, without the quotes it may have.
    fn name_at(&self, line: usize, column: usize, name: &str) -> Option<(usize, usize)> {
        let start = self.offset(line, column)?;
        let rest = self.text.get(start..)?;
        let quote = usize::from(rest.starts_with(['"', '\'']));
        rest.get(quote..)?.starts_with(name).then(|| (start + quote, start + quote + name.len()))
    }

    // The bytes of a scalar that stands on one line.
    fn scalar(&self, path: &str) -> Option<(usize, usize)> {
        let (line, column) = self.document.marks.value(path)?;
        let start = self.offset(line, column)?;
        let rest = self.text.get(start..)?.lines().next()?;
        let length = match rest.chars().next()? {
            quote @ ('"' | '\'') => rest[1..].find(quote)? + 2,
            '*' | '&' | '!' | '|' | '>' => return None,
            _ => rest.find([',', '}', ']']).into_iter().chain(rest.find(" #")).min().unwrap_or(rest.len()),
        };
        Some((start, start + rest[..length].trim_end().len()))
    }

    fn line(&self, number: usize) -> Option<&'a str> {
        let start = *self.lines.get(number.checked_sub(1)?)?;
        let text: &'a str = self.text;
        text[start..].split('\n').next()
    }

    // The number of the line behind the block whose key stands at a line and column.
    fn block_end(&self, line: usize, column: usize) -> usize {
        let mut end = line + 1;
        let mut next = end;
        while let Some(text) = self.line(next).filter(|_| next <= self.lines.len()) {
            let content = text.trim_start();
            let indent = text.len() - content.len() + 1;
            let inside = indent > column || (indent == column && content.starts_with("- "));
            if !content.is_empty() && !content.starts_with('#') {
                if !inside || text.starts_with("---") {
                    break;
                }
                end = next + 1;
            }
            next += 1;
        }
        end
    }

    // Cuts a block and puts it behind the block it is in, as a member of the object that one belongs to.
    fn moved(&self, line: usize, column: usize, owner: &Above) -> Option<Vec<Edit>> {
        let alone = |line, column: usize| {
            self.line(line).is_some_and(|l| l.len() + 1 >= column && l[..column - 1].trim().is_empty())
        };
        let (owner_line, owner_column) = self.document.marks.key(&owner.member)?;
        if !alone(line, column) || !alone(owner_line, owner_column) || owner_column > column {
            return None;
        }
        let start = *self.lines.get(line - 1)?;
        let end_of = |line: usize| self.lines.get(line - 1).copied().unwrap_or(self.text.len());
        let end = end_of(self.block_end(line, column));
        let place = end_of(self.block_end(owner_line, owner_column)).max(end);
        let mut insert = String::new();
        if !self.text[..place].ends_with('\n') {
            insert.push('\n');
        }
        for text in self.text[start..end].lines() {
            let cut = text.bytes().take(column - owner_column).take_while(|b| *b == b' ').count();
            insert.push_str(&text[cut..]);
            insert.push('\n');
        }
        Some(vec![Edit { start, end, insert: String::new() }, Edit { start: place, end: place, insert }])
    }
}
