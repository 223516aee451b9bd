//! What the panels show at one moment: plain data read off the model, without a browser and without Yew.
//!
//! A panel gets its part and draws it. Only the part of the chosen tab is read.

use crate::api::{Kind, ObjectKey, Value};
use crate::ui::editor::{Marks, outline};
use crate::ui::state::Model;

pub mod acts;
pub mod caption;
pub mod claims;
pub mod compare;
pub mod events;
pub mod names;
pub mod objects;
pub mod pictures;
pub mod present;
pub mod promises;
pub mod reasons;
pub mod stage;
pub mod terminal;
pub mod track;
pub mod what_if;

pub use caption::Caption;
pub use claims::ClaimRow;
pub use compare::CompareView;
pub use events::EventRow;
pub use names::Names;
pub use objects::ObjectView;
pub use pictures::Pictures;
pub use promises::PromiseRow;
pub use reasons::Reasons;
pub use stage::Stage;
pub use terminal::Block;
pub use track::Track;

/// The number at the end of a name: 3 for `web-3`.
pub fn ordinal_of(name: &str) -> usize {
    name.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(usize::MAX)
}

/// What is marked in the manifest: live values that differ from it, and lines that a reason names.
pub fn marks(model: &mut Model) -> Marks {
    let position = model.player.position();
    let lines = outline(&model.ui.manifest);
    let texts = model.ui.texts();
    let mut marks = Marks::default();
    let documents: Vec<(usize, ObjectKey)> = (0..=lines.last().map_or(0, |l| l.document))
        .filter_map(|document| {
            let value = |path: &[&str]| {
                lines
                    .iter()
                    .find(|l| l.document == document && l.path.iter().eq(path))
                    .and_then(|l| l.value.clone())
            };
            let kind = Kind::from_name(&value(&["kind"])?)?;
            let namespace = if kind.info().namespaced {
                value(&["metadata", "namespace"]).unwrap_or("default".into())
            } else {
                String::new()
            };
            Some((document, ObjectKey::new(kind, namespace, value(&["metadata", "name"])?)))
        })
        .collect();
    let store = model.player.still(position).store();
    for (document, key) in documents {
        let Some(object) = store.by_key(&key) else { continue };
        for line in lines.iter().filter(|l| l.document == document && l.path[0] == "spec") {
            let Some(written) = &line.value else { continue };
            let live = line.path.iter().fold(&object.body, |value, name| match name.parse::<usize>() {
                Ok(i) => value.items().get(i).unwrap_or(crate::api::value::null()),
                Err(_) => value.get(name),
            });
            let live = match live {
                Value::Int(n) => n.to_string(),
                Value::Str(text) => text.to_string(),
                Value::Bool(b) => b.to_string(),
                _ => continue,
            };
            if live != *written {
                marks.hints.push((line.number, (texts.live_value)(&live)));
            }
        }
    }
    marks
}
