//! Events as client-go records them: identical ones are counted up, too many are dropped (S114).
//!
//! The scheduler and the newer controllers write events of the new form (a series instead of a count); which form a
//! source uses shows only in the object.

use super::EventType;
use super::client::Client;
use crate::api::{Kind, Object, ObjectKey, Text, Value};
use crate::object;
use crate::sim::{SimTime, SortedMap, SortedSet, push_hex};
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
    /// A bucket for each type of event: normal ones use up nothing of the warnings'.
    buckets: [Bucket; 2],
}

/// The tokens taken out of a bucket, and since when they come back.
#[derive(Clone, Copy, Debug)]
struct Bucket {
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
    logged: Logged,
}

/// An event as it was last logged, whether or not it was let through to the server.
#[derive(Clone, Debug)]
struct Logged {
    event: ObjectKey,
    count: i64,
}

/// Events of one type and reason that differ only in their message.
#[derive(Clone, Debug)]
struct Similar {
    kind: EventType,
    reason: &'static str,
    messages: SortedSet<Text>,
    last: SimTime,
    /// The event they are merged into.
    merged: Option<Logged>,
}

/// From so many different messages on, within so long, they are merged into one event.
const MOST_SIMILAR: usize = 10;
const SIMILAR_MS: u64 = 600_000;

/// Events of one type an object may have from one source at once, repeated ones included, and how long one more takes.
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
        // Named by the moment, as client-go does, so that a list by name is in the order of time.
        let namespace = if object.namespace().is_empty() {
            Text::Static("default")
        } else {
            object.meta("namespace").text()
        };
        let fresh = || {
            let mut name = String::with_capacity(object.name().len() + 17);
            name.push_str(object.name());
            name.push('.');
            push_hex(&mut name, client.moment(), 16);
            Logged { event: ObjectKey::new(Kind::Event, namespace.clone(), name), count: 0 }
        };
        let logged = match (merge, seen) {
            (Some(group), _) => memory.similar[group].merged.get_or_insert_with(fresh),
            (None, Some(i)) => &mut memory.seen[i].logged,
            (None, None) => {
                let field_path = Text::from(field_path.to_string());
                let logged = fresh();
                memory.seen.push(Seen { field_path, kind, reason, message: message.clone(), logged });
                &mut memory.seen.last_mut().expect("pushed just now").logged
            }
        };
        logged.count += 1;
        let Logged { event: key, count } = logged.clone();
        let message = match merge {
            Some(_) => Text::from(format!("(combined from similar events): {message}")),
            None => message,
        };
        // What is not let through counts all the same. The newer recorder lets everything through.
        if !series && !memory.buckets[kind as usize].allow(at) {
            return;
        }
        if count > 1 && client.store().by_key(&key).is_some() {
            let _ = client.patch(&key, "", |event| {
                event.set(&["message"], message);
                if series {
                    event.set(&["series", "count"], count);
                    event.set(&["series", "lastObservedTime"], now);
                } else {
                    event.set(&["count"], count);
                    event.set(&["lastTimestamp"], now);
                }
            });
            return;
        }
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
        let node = client.node().cloned();
        let now = Value::from(now);
        let (event_time, time, source, instance) = match series {
            true => (now, Value::Null, Value::map(), Text::from([self.source, "-master"].concat())),
            false => {
                let mut source = object! { "component" => self.source };
                if let Some(node) = &node {
                    source.set(&["host"], node);
                }
                (Value::Null, now, source, node.unwrap_or_default())
            }
        };
        let mut body = object! {
            "apiVersion" => "v1",
            "eventTime" => event_time,
            "firstTimestamp" => time.clone(),
            "involvedObject" => involved,
            "kind" => "Event",
            "lastTimestamp" => time,
            "message" => message,
            "metadata" => object! { "name" => key.name, "namespace" => key.namespace },
            "reason" => reason,
            "reportingComponent" => self.source,
            "reportingInstance" => instance,
            "source" => source,
            "type" => kind.name(),
        };
        if series {
            body.map_mut().insert("action", if reason == "Scheduled" { "Binding" } else { "Scheduling" });
        } else {
            body.map_mut().insert("count", count);
        }
        let event = Object::of(Kind::Event, body);
        // Nobody waits for an event that is refused.
        let _ = client.create(event);
    }
}

impl Memory {
    fn new(now: SimTime) -> Memory {
        Memory { seen: Vec::new(), similar: Vec::new(), buckets: [Bucket { used: 0, since: now }; 2] }
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
}

impl Bucket {
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
