//! The fields of every kind, as one table, and what is asked of it.
//!
//! `schema/table.txt` has one line per type, taken from the Go structs of k8s.io/api 0.36 with their JSON and patch
//! tags; a new kind is a new line. Lines and fields are in byte order of their names. A field reads `name`, then how it is written when empty (nothing: left out, `!`
//! always written, `?` a pointer: written if it was set, `0` a struct left out when empty), then `:` and its type:
//!
//! | | |
//! | --- | --- |
//! | `s`, `s.PullPolicy` | string, string with a type name |
//! | `b` `i` `l` `I` | truth value, int32, int64, int |
//! | `q` `x` `t` `u` `y` `*` | quantity, int or string, time, time with microseconds, bytes, anything |
//! | `[T]` `{T}` | list of T, map of strings to T |
//! | `PodSpec` | the type of that line |
//!
//! Behind a list `=name` is its strategic-merge key, a bare `=` merges plain values; `~` is `retainKeys`, `^` replaces.
//! [`decode`] reads an object as the API server does; defaults and validation are for `store::admission`.

mod decode;
mod spew;
mod suggest;

#[cfg(test)]
mod tests;

pub use decode::{
    DecodeError, FieldProblem, KindError, decode, decode_as, empty_status, metadata_error, normalise,
    resolve, strict_error,
};
pub(crate) use spew::declared;
pub use spew::template_text;
pub use suggest::{distance, nearest, places, suggest};

use super::kind::Kind;

/// The type of a field.
#[derive(Clone, Debug)]
pub enum Ty {
    /// A string; the Go name of its type, empty for plain strings.
    Str(&'static str),
    /// A truth value.
    Bool,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits, and what Go calls it.
    Int64(&'static str),
    /// A resource quantity.
    Quantity,
    /// A port number or name, a count or percentage.
    IntOrString,
    /// A point in time.
    Time,
    /// Base64.
    Bytes,
    /// Anything.
    Any,
    /// Strings to values; the Go name of the type, empty for plain maps.
    Map(&'static Ty, &'static str),
    /// A list.
    List(&'static Ty),
    /// An object of the named type.
    Object(&'static str),
}

/// How a field is written when it is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// Not at all; an object all the same, as Go does it.
    Omit,
    /// Not at all, objects included.
    OmitObject,
    /// Always.
    Write,
    /// If it was given.
    Pointer,
}

/// One field of a type.
#[derive(Clone, Debug)]
pub struct Field {
    /// As in manifests.
    pub name: &'static str,
    /// Its type.
    pub ty: Ty,
    /// How it is written when empty.
    pub empty: Empty,
    /// The strategic-merge key of a list of objects; `Some("")` for a list of plain values that merges.
    pub merge_key: Option<&'static str>,
    /// True if a strategic merge keeps only the members it names.
    pub retain_keys: bool,
}

/// One type.
#[derive(Debug)]
pub struct Type {
    /// The Go name, without package.
    pub name: &'static str,
    /// Its fields, ordered by name.
    pub fields: Vec<Field>,
}

impl Type {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.binary_search_by(|field| field.name.cmp(name)).ok().map(|i| &self.fields[i])
    }
}

thread_local! {
    // Read once; what is handed out lives as long as the program, as the text does.
    static TABLE: &'static [Type] = Box::leak(read(include_str!("schema/table.txt")).into_boxed_slice());
}

/// The type of that name.
pub fn find(name: &str) -> Option<&'static Type> {
    TABLE.with(|table| {
        let table: &'static [Type] = table;
        table.binary_search_by(|ty| ty.name.cmp(name)).ok().map(|i| &table[i])
    })
}

/// The type of a kind's objects.
pub fn of(kind: Kind) -> &'static Type {
    static NOTHING: Type = Type { name: "", fields: Vec::new() };
    find(kind.name()).unwrap_or(&NOTHING)
}

/// The type at `path` below a kind, indices left out: `spec.template.spec.containers`.
pub fn at(kind: Kind, path: &str) -> Option<&'static Field> {
    let mut ty = of(kind);
    let mut found = None;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let field = ty.field(part.split('[').next().unwrap_or(part))?;
        found = Some(field);
        if let Some(next) = object_of(&field.ty) {
            ty = next;
        }
    }
    found
}

/// The object type a field leads to: its own, or that of its items.
pub fn object_of(ty: &Ty) -> Option<&'static Type> {
    match ty {
        Ty::Object(name) => find(name),
        Ty::List(inner) | Ty::Map(inner, _) => object_of(inner),
        _ => None,
    }
}

fn read(text: &'static str) -> Vec<Type> {
    text.lines()
        .map(|line| {
            let mut words = line.split(' ');
            let name = words.next().unwrap_or("");
            Type { name, fields: words.filter_map(read_field).collect() }
        })
        .collect()
}

fn read_field(word: &'static str) -> Option<Field> {
    let (name, mut ty) = word.split_once(':')?;
    let (name, empty) = match name.as_bytes().last()? {
        b'!' => (&name[..name.len() - 1], Empty::Write),
        b'?' => (&name[..name.len() - 1], Empty::Pointer),
        b'0' => (&name[..name.len() - 1], Empty::OmitObject),
        _ => (name, Empty::Omit),
    };
    let mut retain_keys = false;
    while let Some(mark) = ty.chars().next_back().filter(|c| matches!(c, '~' | '^')) {
        retain_keys |= mark == '~';
        ty = &ty[..ty.len() - 1];
    }
    let (ty, merge_key) = match ty.split_once('=') {
        Some((ty, key)) => (ty, Some(key)),
        None => (ty, None),
    };
    Some(Field { name, ty: read_type(ty)?, empty, merge_key, retain_keys })
}

fn read_type(text: &'static str) -> Option<Ty> {
    let inner = |close: char| -> Option<(&'static Ty, &'static str)> {
        let end = text.rfind(close)?;
        Some((Box::leak(Box::new(read_type(&text[1..end])?)), &text[end + 1..]))
    };
    Some(match text {
        "s" => Ty::Str(""),
        "b" => Ty::Bool,
        "i" => Ty::Int32,
        "l" => Ty::Int64("int64"),
        "I" => Ty::Int64("int"),
        "q" => Ty::Quantity,
        "x" => Ty::IntOrString,
        "t" | "u" => Ty::Time,
        "y" => Ty::Bytes,
        "*" => Ty::Any,
        _ if text.starts_with("s.") => Ty::Str(&text[2..]),
        _ if text.starts_with('[') => Ty::List(inner(']')?.0),
        _ if text.starts_with('{') => {
            let (ty, name) = inner('}')?;
            Ty::Map(ty, name)
        }
        _ => Ty::Object(text),
    })
}
