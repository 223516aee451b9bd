//! Events as client-go records them: identical ones are counted up, too many are dropped (S114).
//!
//! The scheduler and the newer controllers write events of the new form (a series instead of a count); which form a
//! source uses shows only in the object.

use super::EventType;
use super::client::Client;
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::object;
use crate::sim::{SimTime, SortedMap, SortedSet};
use std::rc::Rc;

/// One component's memory of the events it recorded.
#[derive(Clone, Debug)]
pub struct Recorder {
    source: &'static str,
    /// By uid; shared, so that a copy of the cluster costs one count an object.
    objects: SortedMap<Text, Rc<Memory>>,
}

/// What was recorded of one object.
#[derive(Clone, Debug)]
struct Memory {
    seen: Vec<Seen>,
    similar: Vec<Similar>,
    /// The tokens taken out of the bucket, and since when they come back.
    used: u32,
    since: SimTime,
}

/// What makes an event the same as one before, and that one.
#[derive(Clone, Debug)]
struct Seen {
    field_path: Text,
    kind: EventType,
    reason: &'static str,
    message: Text,
    event: ObjectKey,
}

/// Events of one type and reason that differ only in their message.
#[derive(Clone, Debug)]
struct Similar {
    kind: EventType,
    reason: &'static str,
    messages: SortedSet<Text>,
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
        Recorder { source, objects: SortedMap::new() }
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
        let (at, now) = (client.now(), client.now().rfc3339());
        let series = self.source == "default-scheduler";
        let memory =
            self.objects.entry(object.meta("uid").text()).or_insert_with(|| Rc::new(Memory::new(at)));
        let memory = Rc::make_mut(memory);
        let merge = if series { None } else { memory.merges(kind, reason, &message, at) };
        let seen = memory.seen.iter().position(|seen| {
            seen.reason == reason
                && seen.message == message
                && seen.kind == kind
                && seen.field_path == *field_path
        });
        let known = match merge {
            Some(group) => memory.similar[group].merged.clone(),
            None => seen.map(|i| memory.seen[i].event.clone()),
        };
        let message = match merge {
            Some(_) => Text::from(format!("(combined from similar events): {message}")),
            None => message,
        };
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
        if !memory.allow(at) {
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
        body.insert("message", message.clone());
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
            match (merge, seen) {
                (Some(group), _) => memory.similar[group].merged = Some(key),
                (None, Some(i)) => memory.seen[i].event = key,
                (None, None) => {
                    let field_path = Text::from(field_path.to_string());
                    memory.seen.push(Seen { field_path, kind, reason, message, event: key });
                }
            }
        }
    }
}

impl Memory {
    fn new(now: SimTime) -> Memory {
        Memory { seen: Vec::new(), similar: Vec::new(), used: 0, since: now }
    }

    // The similar events it is to be merged with, if this message is one too many of its kind.
    fn merges(
        &mut self,
        kind: EventType,
        reason: &'static str,
        message: &Text,
        now: SimTime,
    ) -> Option<usize> {
        let known = self.similar.iter().position(|similar| similar.kind == kind && similar.reason == reason);
        let group = known.unwrap_or(self.similar.len());
        if known.is_none() {
            let messages = SortedSet::new();
            self.similar.push(Similar { kind, reason, messages, last: now, merged: None });
        }
        let similar = &mut self.similar[group];
        if now.since(similar.last).as_millis() > SIMILAR_MS {
            similar.messages.clear();
            similar.merged = None;
        }
        similar.last = now;
        similar.messages.insert(message.clone());
        if similar.messages.len() < MOST_SIMILAR {
            return None;
        }
        similar.messages.pop_first();
        Some(group)
    }

    // The token bucket: full at first, one token each five minutes.
    fn allow(&mut self, now: SimTime) -> bool {
        let refilled = (now.since(self.since).as_millis() / REFILL_MS) as u32;
        if refilled > 0 {
            self.used = self.used.saturating_sub(refilled);
            self.since = now;
        }
        if self.used >= BURST {
            return false;
        }
        self.used += 1;
        true
    }
}
