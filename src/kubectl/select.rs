//! Which objects a command is about: types, names, label and field selectors (K14, K19 to K21, K183 to K185).

use super::error::{Error, Result};
use super::resource::{self, Resource};
use crate::api::{Kind, Map, Object, Value};
use crate::store::{Reason, Status, Store};
use std::rc::Rc;

/// The objects the words `sts,po web`, `sts/web po/web-0` … name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Each type with its names; a type without names means all of it.
    pub groups: Vec<(Resource, Vec<String>)>,
    /// True if written as `type/name`.
    pub slashed: bool,
}

impl Wanted {
    /// Reads words; none at all is for the caller to refuse.
    pub fn parse(words: &[String]) -> Result<Wanted> {
        if !words.iter().any(|word| word.contains('/')) {
            let types = resource::find_list(words.first().map_or("", String::as_str))?;
            let names: Vec<String> = words.iter().skip(1).cloned().collect();
            return Ok(Wanted {
                groups: types.into_iter().map(|resource| (resource, names.clone())).collect(),
                slashed: false,
            });
        }
        let mut groups: Vec<(Resource, Vec<String>)> = Vec::new();
        for word in words {
            let Some((kind, name)) = word.split_once('/') else {
                return Err(Error::client(
                    "there is no need to specify a resource type as a separate argument when passing arguments in \
                     resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get \
                     resource resource/<resource_name>'",
                ));
            };
            if name.contains('/') {
                let text = "arguments in resource/name form may not have more than one slash";
                return Err(Error::client(text));
            }
            if name.is_empty() || kind.is_empty() {
                let text = "arguments in resource/name form must have a single resource and name";
                return Err(Error::client(text));
            }
            groups.push((resource::find(kind)?, vec![name.to_string()]));
        }
        Ok(Wanted { groups, slashed: true })
    }

    /// True if names are given.
    pub fn by_name(&self) -> bool {
        self.groups.iter().any(|(_, names)| !names.is_empty())
    }
}

/// An object of a type by name.
pub fn named(store: &Store, resource: Resource, namespace: &str, name: &str) -> Result<Rc<Object>> {
    let namespace = if resource.namespaced { namespace } else { "" };
    let found = resource.kind.and_then(|kind| store.get(kind, namespace, name));
    found.cloned().ok_or_else(|| resource.not_found(name))
}

/// What a list is cut down to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
    label_text: String,
    field_text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    op: Op,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    In,
    NotIn,
    Exists,
    Missing,
    Above,
    Below,
}

impl Filter {
    /// Reads `-l` and `--field-selector`; the server judges them when a list is asked for (K184, K185).
    pub fn parse(labels: &str, fields: &str, resource: Resource) -> Result<Filter> {
        let refuse = |why: String| -> Error {
            let group = match resource.group() {
                "" => format!("/{}", resource.api_version),
                _ => resource.api_version.to_string(),
            };
            let text = format!(
                "Unable to find \"{group}, Resource={}\" that match label selector \"{labels}\", field selector \
                 \"{fields}\": {why}",
                resource.plural
            );
            Status::new(Reason::BadRequest, text).into()
        };
        let requirements = parse_labels(labels).map_err(refuse)?;
        let mut paths = Vec::new();
        for part in fields.split(',').filter(|part| !part.is_empty()) {
            let split = part
                .split_once("!=")
                .map(|(path, value)| (path, false, value))
                .or_else(|| part.split_once("==").map(|(path, value)| (path, true, value)))
                .or_else(|| part.split_once('=').map(|(path, value)| (path, true, value)));
            let Some((path, equal, value)) = split else {
                return Err(refuse(format!("invalid selector: '{fields}'; can't understand '{part}'")));
            };
            if !selectable(resource.kind, path) {
                return Err(refuse(format!("field label not supported: {path}")));
            }
            paths.push((path.to_string(), equal, value.to_string()));
        }
        Ok(Filter {
            labels: requirements,
            fields: paths,
            label_text: labels.to_string(),
            field_text: fields.to_string(),
        })
    }

    /// True if nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.label_text.is_empty() && self.field_text.is_empty()
    }

    /// True if the object fits.
    pub fn matches(&self, object: &Object) -> bool {
        matches(&self.labels, object.labels())
            && self.fields.iter().all(|(path, equal, value)| {
                let found = path.split('.').fold(&object.body, |at, step| at.get(step));
                let fallback = if object.kind == Kind::Event && path == "reportingComponent" {
                    object.body.at(&["source", "component"])
                } else {
                    crate::api::value::null()
                };
                let text = found.as_str().unwrap_or(fallback.str());
                (text == value) == *equal
            })
    }
}

fn selectable(kind: Option<Kind>, path: &str) -> bool {
    let more: &[&str] = match kind {
        Some(Kind::Pod) => &[
            "status.phase",
            "spec.nodeName",
            "status.podIP",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "status.nominatedNodeName",
        ],
        Some(Kind::Event) => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        Some(Kind::Namespace) => &["status.phase"],
        Some(Kind::Node) => &["spec.unschedulable"],
        Some(Kind::Service) => &["spec.clusterIP", "spec.type"],
        _ => &[],
    };
    path == "metadata.name" || path == "metadata.namespace" || more.contains(&path)
}

fn matches(requirements: &[Requirement], labels: &Map) -> bool {
    requirements.iter().all(|requirement| {
        let value = labels.get(&requirement.key).map(Value::str);
        let listed = value.is_some_and(|value| requirement.values.iter().any(|v| v == value));
        let compared = |above: bool| {
            let bound = requirement.values.first().and_then(|v| v.parse::<i64>().ok());
            match (value.and_then(|v| v.parse::<i64>().ok()), bound) {
                (Some(value), Some(bound)) => {
                    if above {
                        value > bound
                    } else {
                        value < bound
                    }
                }
                _ => false,
            }
        };
        match requirement.op {
            Op::In => listed,
            Op::NotIn => !listed,
            Op::Exists => value.is_some(),
            Op::Missing => value.is_none(),
            Op::Above => compared(true),
            Op::Below => compared(false),
        }
    })
}

// Follows apimachinery/pkg/labels/selector.go: words and signs, then requirements.
fn parse_labels(text: &str) -> std::result::Result<Vec<Requirement>, String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut word = String::new();
    let chars: Vec<char> = text.chars().collect();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_whitespace() || "=!(),<>".contains(c) {
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
            if (c == '=' || c == '!') && chars.get(i + 1) == Some(&'=') {
                tokens.push(format!("{c}="));
                i += 1;
            } else if !c.is_whitespace() {
                tokens.push(c.to_string());
            }
        } else {
            word.push(c);
        }
        i += 1;
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    let sign = |token: &str| token.is_empty() || "= == != ! ( ) , < >".split(' ').any(|sign| sign == token);
    let mut requirements = Vec::new();
    let mut at = 0;
    let peek = |at: usize| tokens.get(at).map_or("", String::as_str);
    if tokens.is_empty() {
        return Ok(requirements);
    }
    loop {
        let first = peek(at);
        if sign(first) && first != "!" {
            return Err(format!("found '{first}', expected: !, identifier, or 'end of string'"));
        }
        let wrap = |why: String| format!("unable to parse requirement: {why}");
        if first == "!" {
            let key = peek(at + 1);
            if sign(key) {
                return Err(wrap(format!("found '{key}', expected: identifier")));
            }
            requirements.push(Requirement { key: key.to_string(), op: Op::Missing, values: Vec::new() });
            at += 2;
        } else {
            let key = first.to_string();
            let operator = peek(at + 1);
            let (op, values) = match operator {
                "" | "," => {
                    at += 1;
                    (Op::Exists, Vec::new())
                }
                "=" | "==" | "!=" | "<" | ">" => {
                    let value = peek(at + 2);
                    let empty = value.is_empty() || value == ",";
                    if !empty && sign(value) {
                        return Err(wrap(format!("found '{value}', expected: identifier")));
                    }
                    at += if empty { 2 } else { 3 };
                    let op = match operator {
                        "!=" => Op::NotIn,
                        "<" => Op::Below,
                        ">" => Op::Above,
                        _ => Op::In,
                    };
                    (op, vec![if empty { String::new() } else { value.to_string() }])
                }
                "in" | "notin" => {
                    if peek(at + 2) != "(" {
                        return Err(wrap(format!("found '{}' expected: '('", peek(at + 2))));
                    }
                    at += 3;
                    let mut values = Vec::new();
                    loop {
                        let value = peek(at);
                        if sign(value) {
                            values.push(String::new());
                        } else {
                            values.push(value.to_string());
                            at += 1;
                        }
                        let next = peek(at);
                        at += 1;
                        match next {
                            "," => {}
                            ")" => break,
                            other => return Err(wrap(format!("found '{other}', expected: ',' or ')'"))),
                        }
                    }
                    (if operator == "in" { Op::In } else { Op::NotIn }, values)
                }
                other => {
                    return Err(wrap(format!("found '{other}', expected: in, notin, =, ==, !=, gt, lt")));
                }
            };
            requirements.push(Requirement { key, op, values });
        }
        match peek(at) {
            "" => return Ok(requirements),
            "," => {
                at += 1;
                let next = peek(at);
                if sign(next) && next != "!" {
                    return Err(format!("found '{next}', expected: identifier after ','"));
                }
            }
            other => return Err(format!("found '{other}', expected: ',' or 'end of string'")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(selector: &str, labels: &[(&'static str, &'static str)]) -> bool {
        matches(&parse_labels(selector).unwrap(), &labels.iter().copied().collect())
    }

    #[test]
    fn k19_label_selectors() {
        let nginx = [("app", "nginx"), ("n", "3")];
        for selector in [
            "",
            "app=nginx",
            "app==nginx , n",
            "app!=x",
            "b!=x",
            "!b",
            "app in (x, nginx)",
            "app notin (x)",
            "n>2",
            "n<4",
        ] {
            assert!(fits(selector, &nginx), "{selector}");
        }
        for selector in
            ["app=x", "app!=nginx", "b", "!app", "app in (x,y)", "app notin (nginx)", "n>3", "b=", "n<1"]
        {
            assert!(!fits(selector, &nginx), "{selector}");
        }
    }

    #[test]
    fn k184_what_the_server_says_to_wrong_selectors() {
        for (selector, text) in [
            ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
            ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
            ("a in b", "unable to parse requirement: found 'b' expected: '('"),
            ("a=b=c", "found '=', expected: ',' or 'end of string'"),
            ("a=b c", "found 'c', expected: ',' or 'end of string'"),
            (",a", "found ',', expected: !, identifier, or 'end of string'"),
            ("a,", "found '', expected: identifier after ','"),
        ] {
            assert_eq!(parse_labels(selector).unwrap_err(), text, "{selector}");
        }
    }

    #[test]
    fn k183_types_and_names() {
        let parse = |line: &str| Wanted::parse(&line.split(' ').map(str::to_string).collect::<Vec<_>>());
        assert_eq!(parse("po,sts web").unwrap().groups.len(), 2);
        assert!(parse("po/a sts/b").unwrap().slashed);
        for line in ["po svc/nginx", "po/a/b", "po/", "/a"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
