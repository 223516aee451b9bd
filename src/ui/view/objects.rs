//! The selected object as YAML, and which lines its last change touched.

use crate::api::{Kind, Object, ObjectKey, Value};
use crate::component::What;
use crate::ui::state::Model;

/// The object as it is at the moment shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectView {
    /// `Pod/web-3`.
    pub title: String,
    /// It does not exist now.
    pub is_gone: bool,
    /// `StatefulSet/web`.
    pub owner: Option<(String, ObjectKey)>,
    /// Its lines; true where the last change touched them.
    pub lines: Vec<(String, bool)>,
}

/// The selected object, or what it was called if it is gone.
pub fn read(model: &mut Model) -> Option<ObjectView> {
    let key = model.ui.selected.clone()?;
    let position = model.player.position();
    let before = last_change(model, &key, position.happenings);
    let object = model.player.still(position).store().by_key(&key).cloned();
    let mut view = ObjectView { title: key.to_string(), is_gone: object.is_none(), ..ObjectView::default() };
    if let Some(object) = object {
        view.owner = object.controller().and_then(|owner| {
            let kind = Kind::from_name(owner.kind())?;
            Some((
                format!("{}/{}", owner.kind(), owner.name()),
                ObjectKey::new(kind, key.namespace.clone(), owner.name().to_string()),
            ))
        });
        let new = yaml(&object.body);
        let old: Vec<String> = before.map(|old| yaml(&old.body)).unwrap_or_default();
        // A line counts as changed if the object before had no such line; order never changes, keys are sorted.
        view.lines = new
            .into_iter()
            .map(|line| {
                let fresh = !old.is_empty() && !old.contains(&line);
                (line, fresh)
            })
            .collect();
    }
    Some(view)
}

/// The object before its last change up to a position.
fn last_change(model: &Model, key: &ObjectKey, until: usize) -> Option<std::rc::Rc<Object>> {
    let happenings = model.player.run().happenings();
    happenings[..until.min(happenings.len())].iter().rev().find_map(|h| match &h.what {
        What::Write(write) if write.key == *key && write.changed() => Some(write.old.clone()),
        _ => None,
    })?
}

/// The tree as kubectl prints it with `-o yaml`, line by line.
pub fn yaml(value: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    block(value, 0, &mut lines);
    lines
}

fn block(value: &Value, indent: usize, lines: &mut Vec<String>) {
    let pad = " ".repeat(indent);
    match value {
        Value::Map(map) => {
            for (key, inner) in map.entries() {
                match inner {
                    Value::Map(m) if !m.entries().is_empty() => {
                        lines.push(format!("{pad}{key}:"));
                        block(inner, indent + 2, lines);
                    }
                    Value::List(items) if !items.is_empty() => {
                        lines.push(format!("{pad}{key}:"));
                        block(inner, indent, lines);
                    }
                    _ => lines.push(format!("{pad}{key}: {}", scalar(inner))),
                }
            }
        }
        Value::List(items) => {
            for item in items.iter() {
                let mut inner = Vec::new();
                block(item, indent + 2, &mut inner);
                for (i, line) in inner.into_iter().enumerate() {
                    lines.push(if i == 0 { format!("{pad}- {}", line.trim_start()) } else { line });
                }
            }
        }
        other => lines.push(format!("{pad}{}", scalar(other))),
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
