//! A pod template as Go's spew printer writes the struct: what `pod-template-hash` is a hash of (S187 to S189).
//!
//! `schema/declared.txt` has the fields of the types below a pod template in the order in which Go declares them, which
//! the table of fields does not keep. A word is a Go name, `+` before an embedded type, behind it `=name` where the JSON
//! name is another word, `@34` from 1.34 on, `@35-35` only in 1.35, and `:` a type that the table no longer has. Types
//! that stand only in the table (in-tree volumes nobody uses any more) are written in the table's order.

use super::{Empty, Field, Ty, Type, find};
use crate::api::value::{Value, null};

/// The text of a defaulted pod template, for the fields that release 1.`minor` has.
pub fn template_text(template: &Value, minor: u32) -> String {
    let mut printer = Printer { out: String::with_capacity(6000), minor };
    printer.value(&Ty::Object("PodTemplateSpec"), false, template, true);
    printer.out
}

struct Printer {
    out: String,
    minor: u32,
}

/// One word of the list of declared fields.
pub(crate) struct Word {
    /// The Go name.
    pub(crate) name: &'static str,
    /// The JSON name, empty if it is the same word.
    pub(crate) json: &'static str,
    /// True for an embedded type.
    pub(crate) embedded: bool,
    /// A type the table does not have.
    gone: &'static str,
}

/// The fields of a type in the order of its declaration, as release 1.`minor` has them.
pub(crate) fn declared(ty: &str, minor: u32) -> Option<impl Iterator<Item = Word>> {
    let lines = include_str!("declared.txt").lines();
    let mut words = lines.map(|line| line.split(' ')).find_map(|mut words| {
        let name = words.next()?;
        (name == ty).then_some(words)
    })?;
    Some(std::iter::from_fn(move || {
        loop {
            let (word, gone) = words.next().map(|word| word.split_once(':').unwrap_or((word, "")))?;
            let (word, releases) = word.split_once('@').unwrap_or((word, ""));
            let (from, to) = releases.split_once('-').unwrap_or((releases, ""));
            let number = |text: &str, default| text.parse().unwrap_or(default);
            if minor < number(from, 0) || minor > number(to, u32::MAX) {
                continue;
            }
            let (name, json) = word.split_once('=').unwrap_or((word, ""));
            let (name, embedded) = name.strip_prefix('+').map_or((name, false), |name| (name, true));
            return Some(Word { name, json, embedded, gone });
        }
    }))
}

// The table's field of a Go name: the same word, whatever the case.
fn field<'a>(ty: &'a Type, word: &Word) -> Option<&'a Field> {
    let json = if word.json.is_empty() { word.name } else { word.json };
    ty.fields.iter().find(|field| field.name.eq_ignore_ascii_case(json))
}

impl Printer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn value(&mut self, ty: &Ty, pointer: bool, value: &Value, typed: bool) {
        if typed {
            self.put(if pointer { "(*" } else { "(" });
            self.type_name(ty);
            self.put(")");
        }
        let empty = match ty {
            Ty::List(_) => value.items().is_empty(),
            Ty::Map(..) => value.entries().is_empty(),
            _ => pointer && value.is_null(),
        };
        if empty {
            return self.put("<nil>");
        }
        match ty {
            Ty::Bool => self.put(if value.is_true() { "true" } else { "false" }),
            Ty::Int32 | Ty::Int64(_) => self.put(&value.as_int().unwrap_or(0).to_string()),
            Ty::Str(_) | Ty::Bytes | Ty::Any => self.put(value.str()),
            Ty::Time => {
                self.put("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}");
            }
            Ty::IntOrString => {
                let (kind, number, text) = match value.as_str() {
                    Some(text) => ("1", 0, text),
                    None => ("0", value.as_int().unwrap_or(0), ""),
                };
                let number = number.to_string();
                for part in
                    ["{Type:(intstr.Type)", kind, " IntVal:(int32)", &number, " StrVal:(string)", text, "}"]
                {
                    self.put(part);
                }
            }
            Ty::Quantity => self.quantity(value.str()),
            Ty::List(item) => {
                for (i, value) in value.items().iter().enumerate() {
                    self.put(if i == 0 { "[" } else { " " });
                    self.value(item, false, value, false);
                }
                self.put("]");
            }
            Ty::Map(item, _) => {
                for (i, (key, value)) in value.entries().iter().enumerate() {
                    self.put(if i == 0 { "map[" } else { " " });
                    self.put(key);
                    self.put(":");
                    self.value(item, false, value, false);
                }
                self.put("]");
            }
            Ty::Object(name) => self.object(name, value),
        }
    }

    fn object(&mut self, name: &str, value: &Value) {
        let mut separator = "{";
        match declared(name, self.minor) {
            Some(words) => {
                for word in words {
                    self.put(separator);
                    separator = " ";
                    self.put(word.name);
                    self.put(":");
                    self.member(name, &word, value);
                }
            }
            None => {
                for field in find(name).into_iter().flat_map(|ty| &ty.fields) {
                    self.put(separator);
                    separator = " ";
                    self.put(&field.name[..1].to_ascii_uppercase());
                    self.put(&field.name[1..]);
                    self.put(":");
                    self.field(field, value);
                }
            }
        }
        self.put(if separator == "{" { "{}" } else { "}" });
    }

    fn member(&mut self, owner: &str, word: &Word, value: &Value) {
        // What is embedded stands in the table among the members of its owner; but for metadata, which has a name.
        let embedded_in = match owner {
            "VolumeSource" => "Volume",
            "ProbeHandler" => "Probe",
            other => other,
        };
        if !word.gone.is_empty() {
            self.put("(");
            match word.gone.strip_prefix('*') {
                Some(name) => self.put(&["*v1.", name].concat()),
                None => self.put(word.gone),
            }
            return self.put(")<nil>");
        }
        if word.embedded {
            self.put("(v1.");
            self.put(word.name);
            self.put(")");
            let inner = if word.name == "ObjectMeta" { value.get("metadata") } else { value };
            return self.object(word.name, inner);
        }
        match find(embedded_in).and_then(|ty| field(ty, word)) {
            Some(field) => self.field(field, value),
            None => self.put("<nil>"),
        }
    }

    fn field(&mut self, field: &Field, owner: &Value) {
        let value = if owner.is_null() { null() } else { owner.get(field.name) };
        self.value(&field.ty, field.empty == Empty::Pointer, value, true);
    }

    fn type_name(&mut self, ty: &Ty) {
        match ty {
            Ty::Str("") => self.put("string"),
            Ty::Str("UID") => self.put("types.UID"),
            Ty::Bool => self.put("bool"),
            Ty::Int32 => self.put("int32"),
            Ty::Int64(name) => self.put(name),
            Ty::Quantity => self.put("resource.Quantity"),
            Ty::IntOrString => self.put("intstr.IntOrString"),
            Ty::Time => self.put("v1.Time"),
            Ty::Bytes => self.put("[]uint8"),
            Ty::Any => self.put("runtime.RawExtension"),
            Ty::Map(item, "") => {
                self.put("map[string]");
                self.type_name(item);
            }
            Ty::Str(name) | Ty::Object(name) | Ty::Map(_, name) => {
                self.put("v1.");
                self.put(name);
            }
            Ty::List(item) => {
                self.put("[]");
                self.type_name(item);
            }
        }
    }

    fn quantity(&mut self, text: &str) {
        let (value, scale, format, cached) = amount(text);
        for part in [
            "{i:(resource.int64Amount){value:(int64)",
            &value.to_string(),
            " scale:(resource.Scale)",
            &scale.to_string(),
            "} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)",
            if cached { text } else { "" },
            " Format:(resource.Format)",
            format,
            "}",
        ] {
            self.put(part);
        }
    }
}

// A canonical quantity as Go keeps it: value, power of ten, format, and whether it remembers its text (it does not for
// binary amounts divisible by eight).
fn amount(text: &str) -> (i64, i32, &'static str, bool) {
    let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let number: i64 = digits.parse().unwrap_or(0);
    if let Some(i) = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].iter().position(|s| *s == suffix) {
        return (number.wrapping_shl(10 * (i as u32 + 1)), 0, "BinarySI", number & 7 != 0);
    }
    if let Some(exponent) = suffix.strip_prefix('e') {
        return (number, exponent.parse().unwrap_or(0), "DecimalExponent", true);
    }
    let i = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"].iter().position(|s| *s == suffix);
    (number, (i.unwrap_or(3) as i32 - 3) * 3, "DecimalSI", true)
}
