//! The YAML parts of a lesson file, read field by field; every complaint names a line and column of the whole file.

use super::lesson::{Both, LessonError};
use crate::api::Value;
use crate::api::manifest::{self, Document};

type Result<T> = std::result::Result<T, LessonError>;

/// One YAML part, and on which line of the file it starts.
pub(super) struct Block {
    document: Document,
    first_line: usize,
}

impl Block {
    /// Reads the text of a block whose first line is `first_line`.
    pub fn read(text: &str, first_line: usize) -> Result<Block> {
        let at = |line: usize, column: usize, message: String| LessonError {
            line: first_line + line.max(1) - 1,
            column,
            message,
        };
        let mut documents = manifest::parse(text).map_err(|error| {
            // Its own line counts from the start of the block; ours is said in front.
            let said = error.message.rsplit_once("yaml: ").map_or(&*error.message, |(_, said)| said);
            let said = match said.strip_prefix("line ").and_then(|rest| rest.split_once(": ")) {
                Some((_, said)) => said,
                None => said,
            };
            at(error.line, error.column, format!("{said}; put texts with `: ` or ` #` in them into quotes"))
        })?;
        let document = match documents.len() {
            1 => documents.remove(0),
            0 => return Err(at(1, 1, "this block is empty".into())),
            _ => {
                return Err(at(
                    documents[1].start_line,
                    1,
                    "this block ends at the `---`: take it out".into(),
                ));
            }
        };
        if let Some((key, line, column)) = document.duplicates.first() {
            return Err(at(*line, *column, format!("`{key}` is here twice; keep one")));
        }
        Ok(Block { document, first_line })
    }

    /// The whole block.
    pub fn root(&self) -> Field<'_> {
        Field { block: self, value: &self.document.value, path: String::new() }
    }
}

/// A place in a block.
pub(super) struct Field<'a> {
    block: &'a Block,
    value: &'a Value,
    path: String,
}

impl<'a> Field<'a> {
    /// What is wrong here.
    pub fn wrong(&self, message: String) -> LessonError {
        let (line, column) = self.block.document.marks.nearest(&self.path);
        LessonError { line: self.block.first_line + line - 1, column, message }
    }

    /// On which line of the file it stands.
    pub fn line(&self) -> usize {
        self.wrong(String::new()).line
    }

    /// The member of that name; whether there is one shows when it is read.
    pub fn get(&self, key: &str) -> Field<'a> {
        let dot = if self.path.is_empty() { "" } else { "." };
        Field { block: self.block, value: self.value.get(key), path: format!("{}{dot}{key}", self.path) }
    }

    /// True if nothing is here.
    pub fn is_missing(&self) -> bool {
        self.value.is_null()
    }

    fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// Refuses members of other names.
    pub fn only(&self, keys: &[&str]) -> Result<()> {
        if self.value.as_map().is_none() {
            return Err(self.wrong(format!("expected {}, each with its value", keys.join(", "))));
        }
        match self.value.entries().iter().find(|(key, _)| !keys.contains(&&**key)) {
            Some((key, _)) => {
                let message = format!("`{key}` is nothing that belongs here; there are {}", keys.join(", "));
                Err(self.get(key).wrong(message))
            }
            None => Ok(()),
        }
    }

    /// The items of a list of at most `most`.
    pub fn items(&self, most: usize) -> Result<Vec<Field<'a>>> {
        if !matches!(self.value, Value::List(_)) {
            return Err(self.wrong(format!("expected `{}` as a list", self.name())));
        }
        let items = self.value.items();
        if items.len() > most {
            return Err(self.wrong(format!("`{}` has more than {most} items", self.name())));
        }
        let path = |i: usize| format!("{}[{i}]", self.path);
        Ok(items
            .iter()
            .enumerate()
            .map(|(i, value)| Field { block: self.block, value, path: path(i) })
            .collect())
    }

    /// A text; a whole number counts as one.
    pub fn text(&self) -> Result<String> {
        match self.value {
            Value::Str(text) if !text.trim().is_empty() => Ok(text.trim().to_string()),
            Value::Int(number) => Ok(number.to_string()),
            Value::Null | Value::Str(_) => Err(self.wrong(format!("`{}` is missing", self.name()))),
            _ => Err(self.wrong(format!("expected `{}` as a text: put it into quotes", self.name()))),
        }
    }

    /// The same; it may be empty.
    pub fn text_or_empty(&self) -> Result<String> {
        if matches!(self.value, Value::Str(text) if text.trim().is_empty()) {
            Ok(String::new())
        } else {
            self.text()
        }
    }

    /// A whole number.
    pub fn number(&self) -> Result<i64> {
        self.value.as_int().ok_or_else(|| self.wrong(format!("expected `{}` as a whole number", self.name())))
    }

    /// A text in both languages, as members `ko` and `en`.
    pub fn both(&self) -> Result<Both> {
        let ko = self.get("ko");
        let both = Both { ko: ko.text()?, en: self.get("en").text()? };
        for (field, text) in [(ko, &both.ko), (self.get("en"), &both.en)] {
            super::text::spans(text).map_err(|(_, message)| field.wrong(message.into()))?;
        }
        Ok(both)
    }
}
