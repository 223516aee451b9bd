//! Events as client-go records them: identical ones are counted up, too many are dropped (S114).
//!
//! The scheduler and the newer controllers write events of the new form (a series instead of a count); which form a
//! source uses shows only in the object.

use super::EventType;
use super::client::Client;
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::object;
use crate::sim::SimTime;
use std::collections::{BTreeMap, BTreeSet};

type Identity = (Text, Text, &'static str, &'static str, Text);

/// One component's memory of the events it recorded.
#[derive(Clone, Debug)]
pub struct Recorder {
    source: &'static str,
    seen: BTreeMap<Identity, ObjectKey>,
    budget: BTreeMap<Text, (u32, SimTime)>,
    similar: BTreeMap<(Text, &'static str, &'static str), Similar>,
}

/// Events of one object, type and reason that differ only in their message.
#[derive(Clone, Debug)]
struct Similar {
    messages: BTreeSet<Text>,
    last: SimTime,
    /// The event they are merged into.
    merged: Option<ObjectKey>,
}

/// From so many different messages on, within so long, they are merged into one event.
const MOST_SIMILAR: usize = 10;
const SIMILAR_MS: u64 = 600_000;

/// Events an object may have from one source at once, and how long one more takes.
const BURST: u32 = 25;
const REFILL_MS: u64 = 300_000;

impl Recorder {
    /// The recorder of a source.
    pub fn new(source: &'static str) -> Recorder {
        Recorder { source, seen: BTreeMap::new(), budget: BTreeMap::new(), similar: BTreeMap::new() }
    }

    /// Records an event on `object`; `field_path` may be empty.
    pub fn record(
        &mut self,
        client: &mut Client<'_>,
        object: &Object,
        field_path: &str,
        kind: EventType,
        reason: &'static str,
        message: String,
    ) {
        let message = Text::from(message);
        let identity = (
            object.meta("uid").text(),
            Text::from(field_path.to_string()),
            kind.name(),
            reason,
            message.clone(),
        );
        let now = client.now().rfc3339();
        let series = self.source == "default-scheduler";
        let group = (object.meta("uid").text(), kind.name(), reason);
        let merge = !series && self.merges(&group, &message, client.now());
        let known = if merge {
            self.similar.get(&group).and_then(|similar| similar.merged.clone())
        } else {
            self.seen.get(&identity).cloned()
        };
        let message =
            if merge { Text::from(format!("(combined from similar events): {message}")) } else { message };
        if let Some(key) = known
            && client.store().by_key(&key).is_some()
        {
            let _ = client.patch(&key, "", |event| {
                event.set(&["message"], message);
                if series {
                    let count = event.at(&["series", "count"]).as_int().unwrap_or(1) + 1;
                    event.set(&["series", "count"], count);
                    event.set(&["series", "lastObservedTime"], now);
                } else {
                    let count = event.get("count").as_int().unwrap_or(1) + 1;
                    event.set(&["count"], count);
                    event.set(&["lastTimestamp"], now);
                }
            });
            return;
        }
        if !self.allow(object.meta("uid").text(), client.now()) {
            return;
        }
        let namespace = if object.namespace().is_empty() {
            Text::Static("default")
        } else {
            object.meta("namespace").text()
        };
        // Named by the moment, as client-go does, so that a list by name is in the order of time.
        let name = format!("{}.{:016x}", object.name(), client.moment());
        let mut event = Object::new(Kind::Event, namespace, name);
        let mut involved = object! {
            "apiVersion" => object.kind.api_version(),
            "kind" => object.kind.name(),
            "name" => object.meta("name").text(),
            "uid" => object.meta("uid").text(),
        };
        if !object.namespace().is_empty() {
            involved.set(&["namespace"], object.meta("namespace").text());
        }
        if !object.meta("resourceVersion").is_null() {
            involved.set(&["resourceVersion"], object.meta("resourceVersion").text());
        }
        if !field_path.is_empty() {
            involved.set(&["fieldPath"], field_path.to_string());
        }
        let body = event.body.map_mut();
        body.insert("involvedObject", involved);
        body.insert("reason", reason);
        body.insert("message", message);
        body.insert("type", kind.name());
        if series {
            body.insert("action", if reason == "Scheduled" { "Binding" } else { "Scheduling" });
            body.insert("eventTime", now);
            body.insert("firstTimestamp", Value::Null);
            body.insert("lastTimestamp", Value::Null);
            body.insert("source", Value::map());
            body.insert("reportingComponent", self.source);
            body.insert("reportingInstance", format!("{}-master", self.source));
        } else {
            body.insert("count", 1);
            body.insert("eventTime", Value::Null);
            body.insert("firstTimestamp", now.clone());
            body.insert("lastTimestamp", now);
            let mut source = object! { "component" => self.source };
            if let Some(node) = client.node() {
                source.set(&["host"], node.clone());
            }
            body.insert("source", source);
            body.insert("reportingComponent", self.source);
            body.insert("reportingInstance", client.node().cloned().unwrap_or_default());
        }
        let key = event.key();
        if client.create(event).is_ok() {
            match self.similar.get_mut(&group) {
                Some(similar) if merge => similar.merged = Some(key),
                _ => drop(self.seen.insert(identity, key)),
            }
        }
    }

    // True if this message is one too many of its kind.
    fn merges(&mut self, group: &(Text, &'static str, &'static str), message: &Text, now: SimTime) -> bool {
        let similar = self.similar.entry(group.clone()).or_insert_with(|| Similar {
            messages: BTreeSet::new(),
            last: now,
            merged: None,
        });
        if now.since(similar.last).as_millis() > SIMILAR_MS {
            similar.messages.clear();
            similar.merged = None;
        }
        similar.last = now;
        similar.messages.insert(message.clone());
        if similar.messages.len() < MOST_SIMILAR {
            return false;
        }
        similar.messages.pop_first();
        true
    }

    // The token bucket of one object: full at first, one token each five minutes.
    fn allow(&mut self, uid: Text, now: SimTime) -> bool {
        let (used, since) = self.budget.entry(uid).or_insert((0, now));
        let refilled = (now.since(*since).as_millis() / REFILL_MS) as u32;
        if refilled > 0 {
            *used = used.saturating_sub(refilled);
            *since = now;
        }
        if *used >= BURST {
            return false;
        }
        *used += 1;
        true
    }
}
