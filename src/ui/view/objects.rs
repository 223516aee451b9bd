//! The selected object: what can be done to it, its YAML with what was typed and what its last change touched, its events,
//! and for a set or a revision what differs between revisions.

use super::acts::{Act, acts};
use crate::api::manifest::parse_json;
use crate::api::{Kind, Object, ObjectKey, Value};
use crate::component::What;
use crate::controllers::stateful_set::revision;
use crate::kubectl::verbs::apply::LAST_APPLIED;
use crate::kubectl::verbs::events;
use crate::sim::Arrange;
use crate::store::Store;
use crate::ui::editor::{DiffLine, diff};
use crate::ui::state::Model;
use std::rc::Rc;

/// The most events that are shown.
const MOST_EVENTS: usize = 8;

/// A line of the YAML.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// With its indentation.
    pub text: String,
    /// The last change touched it.
    pub is_new: bool,
    /// Somebody typed it; everything else was filled in.
    pub is_typed: bool,
}

/// A revision of a set beside the one that is looked at, or before the one that is.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Which.
    pub key: ObjectKey,
    /// `3 · web-5d89bdfbf9`.
    pub title: String,
    /// Pods of this revision.
    pub pods: usize,
    /// What differs.
    pub difference: Vec<DiffLine>,
}

/// The object as it is at the moment shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectView {
    /// `Pod/web-3`.
    pub title: String,
    /// It does not exist now.
    pub is_gone: bool,
    /// `StatefulSet/web`.
    pub owner: Option<(String, ObjectKey)>,
    /// What can be done to it.
    pub acts: Vec<Act>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Revisions: of a set each against the one before, of a revision each against this one.
    pub revisions: Vec<Revision>,
    /// Its newest events, the newest last: the reason, and the message.
    pub events: Vec<(String, String)>,
}

/// The selected object, or what it was called if it is gone.
pub fn read(model: &mut Model) -> Option<ObjectView> {
    let key = model.ui.selected.clone()?;
    let lang = model.ui.language.lang();
    let position = model.player.position();
    let before = last_change(model, &key, position.happenings);
    let past = model.player.inputs_until(position);
    let is_observed = model.player.run().is_observed();
    let still = model.player.still(position);
    let object = still.store().by_key(&key).cloned();
    let mut view = ObjectView { title: key.to_string(), is_gone: object.is_none(), ..ObjectView::default() };
    if let Some(object) = object {
        view.owner = object.controller().and_then(|owner| {
            let kind = Kind::from_name(owner.kind())?;
            Some((
                format!("{}/{}", owner.kind(), owner.name()),
                ObjectKey::new(kind, key.namespace.clone(), owner.name().to_string()),
            ))
        });
        view.acts = acts(&object, still, &past, is_observed, lang);
        view.lines = lines(&object, before.as_deref());
        view.revisions = revisions(still.store(), &object);
        view.events = told(still.store(), &object);
    }
    Some(view)
}

/// The object before its last change up to a position.
fn last_change(model: &Model, key: &ObjectKey, until: usize) -> Option<Rc<Object>> {
    let happenings = model.player.run().happenings();
    happenings[..until.min(happenings.len())].iter().rev().find_map(|h| match &h.what {
        What::Write(write) if write.key == *key && write.changed() => Some(write.old.clone()),
        _ => None,
    })?
}

fn lines(object: &Object, before: Option<&Object>) -> Vec<Line> {
    let typed = parse_json(object.annotation(LAST_APPLIED)).ok();
    let mut lines = Vec::new();
    block(&object.body, typed.as_ref(), 0, &mut lines);
    if let Some(before) = before {
        let mut old = Vec::new();
        block(&before.body, None, 0, &mut old);
        for line in &mut lines {
            // A line counts as changed if the object before had no such line; order never changes, keys are sorted.
            line.is_new = !old.iter().any(|known| known.text == line.text);
        }
    }
    lines
}

// The newest events about an object.
fn told(store: &Store, object: &Object) -> Vec<(String, String)> {
    let found = events::about(store, object);
    let skip = found.len().saturating_sub(MOST_EVENTS);
    let text = |event: &Rc<Object>, member: &str| event.body.get(member).str().to_string();
    found[skip..].iter().map(|event| (text(event, "reason"), text(event, "message"))).collect()
}

// The revisions of the set that is looked at, or whose revision is.
fn revisions(store: &Store, object: &Object) -> Vec<Revision> {
    let of = match object.kind {
        Kind::StatefulSet => object.uid().to_string(),
        Kind::ControllerRevision => {
            object.controller().map(|owner| owner.uid().to_string()).unwrap_or_default()
        }
        _ => return Vec::new(),
    };
    let all = store.list(Kind::ControllerRevision, Some(object.namespace()));
    let mut all: Vec<Rc<Object>> = all
        .filter(|revision| revision.controller().is_some_and(|owner| *owner.uid() == of))
        .cloned()
        .collect();
    all.arrange_by(|a, b| revision::number(a).cmp(&revision::number(b)));
    let text = |revision: &Object| {
        let mut lines = Vec::new();
        block(&revision::template_of(revision), None, 0, &mut lines);
        lines.into_iter().map(|line| line.text + "\n").collect::<String>()
    };
    let pods = |revision: &Object| {
        let pods = store.list(Kind::Pod, Some(object.namespace()));
        pods.filter(|pod| pod.label("controller-revision-hash") == revision.name()).count()
    };
    let mut found = Vec::new();
    for (i, revision) in all.iter().enumerate().rev() {
        let base = match object.kind {
            Kind::StatefulSet => i.checked_sub(1).map(|i| &all[i]),
            _ if revision.uid() == object.uid() => continue,
            _ => all.iter().find(|other| other.uid() == object.uid()),
        };
        found.push(Revision {
            key: revision.key(),
            title: format!("{} · {}", revision::number(revision), revision.name()),
            pods: pods(revision),
            difference: base.map_or_else(Vec::new, |base| diff(&text(base), &text(revision), 1)),
        });
    }
    found
}

// The tree as kubectl prints it with `-o yaml`, line by line; `typed` is what somebody typed of it.
fn block(value: &Value, typed: Option<&Value>, indent: usize, lines: &mut Vec<Line>) {
    let pad = " ".repeat(indent);
    let is_typed = typed.is_some();
    match value {
        Value::Map(map) => {
            for (key, inner) in map.entries() {
                let typed = typed.map(|typed| typed.get(key)).filter(|typed| !typed.is_null());
                let mut line = |text| lines.push(Line { text, is_typed: typed.is_some(), is_new: false });
                match inner {
                    Value::Map(m) if !m.entries().is_empty() => {
                        line(format!("{pad}{key}:"));
                        block(inner, typed, indent + 2, lines);
                    }
                    Value::List(items) if !items.is_empty() => {
                        line(format!("{pad}{key}:"));
                        block(inner, typed, indent, lines);
                    }
                    _ => line(format!("{pad}{key}: {}", scalar(inner))),
                }
            }
        }
        Value::List(items) => {
            for (i, item) in items.iter().enumerate() {
                let mut inner = Vec::new();
                block(
                    item,
                    typed.and_then(|typed| same_item(typed.items(), item, i)),
                    indent + 2,
                    &mut inner,
                );
                for (i, line) in inner.into_iter().enumerate() {
                    let text = match i {
                        0 => format!("{pad}- {}", line.text.trim_start()),
                        _ => line.text,
                    };
                    lines.push(Line { text, ..line });
                }
            }
        }
        other => lines.push(Line { text: format!("{pad}{}", scalar(other)), is_typed, is_new: false }),
    }
}

// The item of a typed list that became this one: of the same name, or at the same place.
fn same_item<'a>(typed: &'a [Value], item: &Value, place: usize) -> Option<&'a Value> {
    match item {
        Value::Map(_) => {
            let name = |value: &Value| match value.get("name") {
                Value::Null => value.at(&["metadata", "name"]).clone(),
                name => name.clone(),
            };
            match name(item) {
                Value::Null => typed.get(place),
                wanted => typed.iter().find(|typed| name(typed) == wanted),
            }
        }
        _ => typed.iter().find(|typed| *typed == item),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Float(f) => f.to_string(),
        Value::List(_) => "[]".into(),
        Value::Map(_) => "{}".into(),
        Value::Str(text) => {
            let plain = !text.is_empty()
                && text.parse::<f64>().is_err()
                && !matches!(&**text, "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "~")
                && !text.starts_with(|c: char| "-?:,[]{}#&*!|>'\"%@` ".contains(c))
                && !text.contains(": ")
                && !text.contains(" #")
                && !text.contains('\n')
                && !text.ends_with([':', ' '])
                && !(text.len() == 20 && text.ends_with('Z'));
            if plain { text.to_string() } else { format!("{:?}", &**text) }
        }
    }
}
