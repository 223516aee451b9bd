//! Trees to objects as the API server decodes them: types, unknown fields, and what Go writes back.

use super::{Empty, Field, Ty, Type, find, of};
use crate::api::kind::{KINDS, Kind};
use crate::api::manifest::is_timestamp;
use crate::api::object::Object;
use crate::api::quantity::Quantity;
use crate::api::value::{Map, Text, Value};

/// A field the API server does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// `spec.template.spec.containers[0].imagee`.
    pub path: String,
}

impl std::fmt::Display for FieldProblem {
    /// `unknown field "spec.templates"`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unknown field \"{}\"", self.path)
    }
}

/// Why a document has no kind of this cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindError {
    /// The document is no object: `invalid object to validate`.
    NoObject,
    /// `kind not set`, `apiVersion not set`, or both in brackets.
    NotSet(&'static str),
    /// The kind, or the version, is not served.
    NoMatch {
        /// As written.
        kind: String,
        /// As written.
        version: String,
    },
}

impl std::fmt::Display for KindError {
    /// The part of kubectl's message that does not depend on the file.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            KindError::NoObject => f.write_str("invalid object to validate"),
            KindError::NotSet(what) => f.write_str(what),
            KindError::NoMatch { kind, version } => {
                write!(
                    f,
                    "no matches for kind \"{kind}\" in version \"{version}\"\nensure CRDs are installed first"
                )
            }
        }
    }
}

/// Finds the kind a document names.
pub fn resolve(doc: &Value) -> Result<Kind, KindError> {
    if doc.as_map().is_none() {
        return Err(KindError::NoObject);
    }
    let (kind, version) = (doc.get("kind").str(), doc.get("apiVersion").str());
    match (kind.is_empty(), version.is_empty()) {
        (true, true) => return Err(KindError::NotSet("[apiVersion not set, kind not set]")),
        (true, false) => return Err(KindError::NotSet("kind not set")),
        (false, true) => return Err(KindError::NotSet("apiVersion not set")),
        (false, false) => {}
    }
    let found = KINDS.iter().find(|info| info.name == kind && info.kind.api_version() == version);
    found
        .map(|info| info.kind)
        .ok_or_else(|| KindError::NoMatch { kind: kind.to_string(), version: version.to_string() })
}

/// Why a document cannot be read as an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It names no kind of this cluster.
    Kind(KindError),
    /// A value has the wrong type: the server's whole message.
    Value(String),
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DecodeError::Kind(error) => error.fmt(f),
            DecodeError::Value(message) => f.write_str(message),
        }
    }
}

/// Reads a document as the API server reads a request: the object without what it does not know, and what that was.
/// Fails on an unknown kind and on values of the wrong type.
pub fn decode(doc: &Value) -> Result<(Object, Vec<FieldProblem>), DecodeError> {
    decode_as(resolve(doc).map_err(DecodeError::Kind)?, doc)
}

/// Reads a document as an object of a kind that is already known, as the body of a request to that resource.
pub fn decode_as(kind: Kind, doc: &Value) -> Result<(Object, Vec<FieldProblem>), DecodeError> {
    let mut decoder = Decoder::default();
    let mut body = decoder.object(doc, of(kind));
    if let Some(error) = decoder.error {
        return Err(DecodeError::Value(format!("{}{error}", cannot_be_handled(kind))));
    }
    let map = body.map_mut();
    map.insert("apiVersion", kind.api_version());
    map.insert("kind", kind.name());
    Ok((Object::of(kind, body), decoder.unknown.into_iter().map(|path| FieldProblem { path }).collect()))
}

/// The server's refusal of unknown fields, which kubectl prints behind `error when creating FILE: `.
pub fn strict_error(kind: Kind, problems: &[FieldProblem]) -> String {
    let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
    format!("{}strict decoding error: {}", cannot_be_handled(kind), list.join(", "))
}

/// What keeps kubectl itself from reading the document's metadata, if anything: it says so before it asks the server.
pub fn metadata_error(doc: &Value) -> Option<String> {
    let mut decoder = Decoder::default();
    let ty = Type {
        name: "PartialObjectMetadata",
        fields: vec![Field {
            name: "metadata",
            ty: Ty::Object("ObjectMeta"),
            empty: Empty::Omit,
            merge_key: None,
            retain_keys: false,
        }],
    };
    decoder.object(doc, &ty);
    decoder.error
}

/// Writes an object's tree as Go would write it back: empty members left out, those Go always writes put in.
pub fn normalise(kind: Kind, body: &Value) -> Value {
    let mut decoder = Decoder { lenient: true, ..Decoder::default() };
    let mut tree = decoder.object(body, of(kind));
    tree.map_mut().insert("apiVersion", kind.api_version());
    tree.map_mut().insert("kind", kind.name());
    tree
}

/// The status of an object that nobody has looked at yet: what Go writes of an empty one.
pub fn empty_status(kind: Kind) -> Value {
    match super::at(kind, "status").map(|field| &field.ty) {
        Some(ty) => zero(ty),
        None => Value::map(),
    }
}

fn cannot_be_handled(kind: Kind) -> String {
    format!("{0} in version \"{1}\" cannot be handled as a {0}: ", kind.name(), kind.info().version)
}

#[derive(Default)]
struct Decoder<'a> {
    /// The first value that does not fit, as the server words it.
    error: Option<String>,
    unknown: Vec<String>,
    /// Field names with indices, for unknown fields.
    path: String,
    /// Field names alone, as Go's decoder keeps them.
    stack: Vec<&'a str>,
    /// Keep values that do not fit.
    lenient: bool,
}

impl<'a> Decoder<'a> {
    fn object(&mut self, value: &'a Value, ty: &Type) -> Value {
        let mut out = Map::new();
        for (name, value) in value.entries() {
            let length = self.path.len();
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(name);
            match ty.field(name) {
                Some(field) => {
                    self.stack.push(field_name(name));
                    let read = self.value(value, &field.ty, ty.name);
                    self.stack.pop();
                    if is_written(field, &read, value) {
                        out.insert(field.name, read);
                    }
                }
                None if self.unknown.len() < 100 => self.unknown.push(self.path.clone()),
                None => {}
            }
            self.path.truncate(length);
        }
        for field in &ty.fields {
            if out.get(field.name).is_none()
                && let Some(empty) = empty_value(field)
            {
                out.insert(field.name, empty);
            }
        }
        Value::Map(out)
    }

    fn value(&mut self, value: &'a Value, ty: &Ty, owner: &str) -> Value {
        if value.is_null() {
            return Value::Null;
        }
        match (ty, value) {
            (Ty::Any, _)
            | (Ty::Str(_), Value::Str(_))
            | (Ty::Bool, Value::Bool(_))
            | (Ty::IntOrString, Value::Str(_)) => value.clone(),
            (Ty::Bytes, Value::Str(text)) => match not_base64(text) {
                None => value.clone(),
                Some(at) => self.fail(value, format!("illegal base64 data at input byte {at}")),
            },
            (Ty::Object(name), Value::Map(_)) => match find(name) {
                Some(ty) => self.object(value, ty),
                None => value.clone(),
            },
            (Ty::List(item), Value::List(items)) => {
                let read = |(i, value): (usize, &'a Value)| {
                    let length = self.path.len();
                    self.path.push('[');
                    self.path.push_str(&i.to_string());
                    self.path.push(']');
                    let mut read = self.value(value, item, owner);
                    self.path.truncate(length);
                    // A null item is an empty one, unless the items are pointers, which none of ours are.
                    if read.is_null() {
                        read = zero(item);
                    }
                    read
                };
                Value::list(items.iter().enumerate().map(read).collect())
            }
            (Ty::Map(item, _), Value::Map(map)) => {
                let read = map.iter().map(|(key, value)| {
                    let length = self.path.len();
                    self.path.push('.');
                    self.path.push_str(key);
                    let mut read = self.value(value, item, owner);
                    self.path.truncate(length);
                    if read.is_null() {
                        read = zero(item);
                    }
                    (key.clone(), read)
                });
                Value::Map(read.collect::<Vec<(Text, Value)>>().into_iter().collect())
            }
            (Ty::Int32, Value::Int(n)) if i32::try_from(*n).is_ok() => value.clone(),
            (Ty::Int64(_), Value::Int(_)) => value.clone(),
            (Ty::IntOrString, Value::Int(n)) if i32::try_from(*n).is_ok() => value.clone(),
            (Ty::IntOrString, _) => self.wrong_inner(value, "int32"),
            (Ty::Quantity, _) => {
                let text = match value {
                    Value::Str(s) => s.clone(),
                    other => crate::api::print::to_go_json(other).into(),
                };
                match Quantity::parse(text.trim()) {
                    Ok(quantity) => quantity.to_string().into(),
                    Err(problem) => self.fail(value, problem.to_string()),
                }
            }
            (Ty::Time, Value::Str(s)) => {
                if !(self.lenient || s.len() > 10 && is_timestamp(s)) {
                    let layout = "2006-01-02T15:04:05Z07:00";
                    return self.fail(
                        value,
                        format!("parsing time \"{s}\" as \"{layout}\": cannot parse \"{s}\" as \"2006\""),
                    );
                }
                value.clone()
            }
            (Ty::Time, _) => self.wrong_inner(value, "string"),
            _ => {
                let field = self.stack.join(".");
                let found = json_kind(value, matches!(ty, Ty::Int32 | Ty::Int64(_)));
                self.fail(
                    value,
                    format!(
                        "json: cannot unmarshal {found} into Go struct field {owner}.{field} of type {}",
                        go_name(ty)
                    ),
                )
            }
        }
    }

    fn wrong_inner(&mut self, value: &Value, ty: &str) -> Value {
        let found = json_kind(value, ty == "int32");
        self.fail(value, format!("json: cannot unmarshal {found} into Go value of type {ty}"))
    }

    fn fail(&mut self, value: &Value, error: String) -> Value {
        if self.lenient {
            return value.clone();
        }
        self.error.get_or_insert(error);
        Value::Null
    }
}

// Ties the name's lifetime to the document's, which the stack borrows from.
fn field_name(name: &Text) -> &str {
    name.as_str()
}

// Go's omitempty, with pointers kept when they were set.
fn is_written(field: &Field, value: &Value, given: &Value) -> bool {
    match field.empty {
        Empty::Write => !value.is_null(),
        Empty::Pointer => !given.is_null() && !value.is_null(),
        Empty::Omit | Empty::OmitObject => match value {
            Value::Null => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0 || matches!(field.ty, Ty::IntOrString),
            Value::Str(s) => !s.is_empty(),
            Value::List(items) => !items.is_empty(),
            Value::Map(map) => {
                !map.is_empty() || matches!(field.ty, Ty::Object(_)) && field.empty == Empty::Omit
            }
            Value::Float(_) => true,
        },
    }
}

// What Go writes for a field that is not there; none if it leaves it out.
fn empty_value(field: &Field) -> Option<Value> {
    match (field.empty, &field.ty) {
        (Empty::Pointer | Empty::OmitObject, _) => None,
        (Empty::Write, ty) => Some(zero(ty)),
        (Empty::Omit, ty @ (Ty::Object(_) | Ty::Quantity | Ty::Time | Ty::IntOrString)) => Some(zero(ty)),
        (Empty::Omit, _) => None,
    }
}

fn zero(ty: &Ty) -> Value {
    match ty {
        Ty::Str(_) => "".into(),
        Ty::Bool => false.into(),
        Ty::Int32 | Ty::Int64(_) | Ty::IntOrString => 0.into(),
        Ty::Quantity => "0".into(),
        Ty::Object(name) => match find(name) {
            Some(ty) => {
                Value::Map(ty.fields.iter().filter_map(|f| Some((f.name, empty_value(f)?))).collect())
            }
            None => Value::map(),
        },
        Ty::Time | Ty::Bytes | Ty::Any | Ty::Map(..) | Ty::List(_) => Value::Null,
    }
}

fn json_kind(value: &Value, number_wanted: bool) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Int(_) | Value::Float(_) if number_wanted => {
            let mut text = String::from("number ");
            text.push_str(&crate::api::print::to_go_json(value));
            text
        }
        Value::Int(_) | Value::Float(_) => "number".into(),
        Value::Str(_) => "string".into(),
        Value::List(_) => "array".into(),
        Value::Map(_) => "object".into(),
    }
}

fn go_name(ty: &Ty) -> String {
    let versioned = |name: &str| format!("v1.{name}");
    match ty {
        Ty::Str("") => "string".into(),
        Ty::Str("UID") => "types.UID".into(),
        Ty::Str(name) | Ty::Object(name) => versioned(name),
        Ty::Bool => "bool".into(),
        Ty::Int32 => "int32".into(),
        Ty::Int64(name) => (*name).into(),
        Ty::Quantity => "resource.Quantity".into(),
        Ty::IntOrString => "intstr.IntOrString".into(),
        Ty::Time => "v1.Time".into(),
        Ty::Bytes => "[]uint8".into(),
        Ty::Any => "runtime.RawExtension".into(),
        Ty::Map(item, "") => format!("map[string]{}", go_name(item)),
        Ty::Map(_, name) => versioned(name),
        Ty::List(item) => format!("[]{}", go_name(item)),
    }
}

// Where a text is no base64, as Go counts it: at the strange byte, or where the group begins that is not whole.
fn not_base64(text: &str) -> Option<usize> {
    let digits = text.trim_end_matches('=');
    let strange = |b: u8| !b.is_ascii_alphanumeric() && b != b'+' && b != b'/' && b != b'\n' && b != b'\r';
    digits.bytes().position(strange).or((!text.len().is_multiple_of(4)).then(|| text.len() / 4 * 4))
}
