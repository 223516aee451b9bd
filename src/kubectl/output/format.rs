//! What `-o` asks for (K65 to K77).

use super::gotemplate::GoTemplate;
use super::jsonpath::Template;
use super::kyaml;
use super::table;
use crate::api::{Object, Value};
use crate::kubectl::args::Args;
use crate::kubectl::error::{Error, Result};
use crate::kubectl::resource;
use crate::kubectl::wire;
use crate::object;
use std::rc::Rc;

/// A way to print objects.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// Columns; true with the wide ones.
    Table(bool),
    /// `pod/web-0`.
    Name,
    /// YAML.
    Yaml,
    /// YAML in braces.
    Kyaml,
    /// JSON, indented by four.
    Json,
    /// A template; true for `jsonpath-as-json`.
    JsonPath(Template, bool),
    /// A Go template.
    Go(GoTemplate),
    /// Columns of the reader's own: heads and paths.
    Columns(Vec<(String, Template)>),
}

const FORMATS: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,\
    jsonpath-file,kyaml,name,template,templatefile,wide,yaml";

impl Format {
    /// Reads `-o`.
    pub fn parse(args: &Args) -> Result<Format> {
        let text = args.text("output");
        let (name, rest) = match text.split_once('=') {
            Some((name, rest)) => (name, Some(rest)),
            None => (text, None),
        };
        let template = |text: &str| Template::parse(text).map_err(Error::client);
        Ok(match (name, rest) {
            ("", None) if args.has("template") => go(args.text("template"))?,
            ("", None) => Format::Table(false),
            ("wide", None) => Format::Table(true),
            ("name", None) => Format::Name,
            ("yaml", None) => Format::Yaml,
            ("json", None) => Format::Json,
            ("kyaml", None) => Format::Kyaml,
            ("jsonpath" | "jsonpath-as-json", _) => match rest.or(args.get("template")) {
                Some(rest) if !rest.is_empty() => Format::JsonPath(template(rest)?, name != "jsonpath"),
                _ => return Err(Error::client("template format specified but no template given")),
            },
            ("custom-columns" | "custom-columns-file", rest) => {
                let Some(rest) = rest.or(args.get("template")).filter(|rest| !rest.is_empty()) else {
                    return Err(Error::client("custom-columns format specified but no custom columns given"));
                };
                let mut columns = Vec::new();
                for column in rest.split(',') {
                    let Some((head, path)) = column.split_once(':') else {
                        let text = format!(
                            "unexpected custom-columns spec: {column}, expected <header>:<json-path-expr>"
                        );
                        return Err(Error::client(text));
                    };
                    columns.push((head.to_string(), Template::relaxed(path).map_err(Error::client)?));
                }
                Format::Columns(columns)
            }
            ("go-template" | "template" | "go-template-file" | "templatefile", None)
                if !args.has("template") =>
            {
                return Err(Error::client("template format specified but no template given"));
            }
            ("go-template" | "template", rest) => go(rest.unwrap_or(args.text("template")))?,
            _ => {
                return Err(Error::client(format!(
                    "unable to match a printer suitable for the output format \"{text}\", allowed formats are: \
                     {FORMATS}"
                )));
            }
        })
    }

    /// True for columns, whose rows are made per kind.
    pub fn is_table(&self) -> bool {
        matches!(self, Format::Table(_))
    }

    /// Prints values of objects (or one List) in any other form than a table.
    pub fn print(&self, value: &Value, headers: bool) -> Result<String> {
        Ok(match self {
            Format::Table(_) => String::new(),
            Format::Yaml => wire::yaml(value),
            Format::Kyaml => kyaml::print(value),
            Format::Json => wire::json(value),
            Format::Name => each(value).map(|value| name_of(value) + "\n").collect(),
            Format::JsonPath(template, false) => template.print(value).map_err(Error::Client)?,
            Format::JsonPath(template, true) => {
                template.print(value).map_err(Error::Client)?;
                wire::json(&Value::list(template.values(value)))
            }
            Format::Go(template) => template.print(value).map_err(Error::Client)?,
            Format::Columns(columns) => {
                let mut text = String::new();
                if headers {
                    text += &table::line(&columns.iter().map(|(head, _)| head.clone()).collect::<Vec<_>>());
                }
                for object in each(value) {
                    let cells = columns.iter().map(|(_, path)| {
                        let values: Vec<String> = path.values(object).iter().map(go_print).collect();
                        if values.is_empty() { "<none>".to_string() } else { values.join(",") }
                    });
                    text += &table::line(&cells.collect::<Vec<_>>());
                }
                table::Aligner::list().align(&text)
            }
        })
    }

    /// Prints what a changing command did to an object: its message, or the object in the asked form (K66).
    pub fn result(&self, object: &Object, message: &str) -> Result<String> {
        match self {
            Format::Table(_) => Ok(format!("{} {message}\n", prefixed(object))),
            other => other.print(&object.body, true),
        }
    }
}

fn go(text: &str) -> Result<Format> {
    if text.is_empty() {
        return Err(Error::client("template format specified but no template given"));
    }
    GoTemplate::parse(text).map(Format::Go).map_err(Error::client)
}

/// A tree as Go's `%v` prints it.
pub fn go_print(value: &Value) -> String {
    match value {
        Value::Map(map) => {
            let members: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}:{}", go_print(value))).collect();
            format!("map[{}]", members.join(" "))
        }
        Value::List(items) => format!("[{}]", items.iter().map(go_print).collect::<Vec<_>>().join(" ")),
        Value::Null => "<nil>".to_string(),
        Value::Str(text) => text.to_string(),
        other => wire::compact(other),
    }
}

fn each(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    if value.get("kind").str() == "List" && !value.get("items").is_null() {
        Box::new(value.get("items").items().iter())
    } else {
        Box::new(std::iter::once(value))
    }
}

fn name_of(value: &Value) -> String {
    let kind = value.get("kind").str();
    let prefix = match value.get("apiVersion").str().split_once('/') {
        Some((group, _)) => format!("{}.{group}", kind.to_ascii_lowercase()),
        None => kind.to_ascii_lowercase(),
    };
    format!("{prefix}/{}", value.at(&["metadata", "name"]).str())
}

/// `statefulset.apps/web`.
pub fn prefixed(object: &Object) -> String {
    format!("{}/{}", resource::of(object.kind).prefix(), object.name())
}

/// A `List` of objects (K68).
pub fn list(objects: &[Rc<Object>]) -> Value {
    object! {
        "apiVersion" => "v1",
        "items" => objects.iter().map(|object| object.body.clone()).collect::<Vec<_>>(),
        "kind" => "List",
        "metadata" => object! { "resourceVersion" => "" },
    }
}

/// A value inside a template: strings and numbers plain, the rest as compact JSON.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_string(),
        Value::Null => String::new(),
        other => wire::compact(other),
    }
}
