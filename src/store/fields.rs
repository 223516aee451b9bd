//! Who owns which field (`metadata.managedFields`), and server-side apply.
//!
//! A set of fields is a tree as `fieldsV1` has it: `f:` a field, `k:` an item of a list by its keys, `v:` a plain item, `.` the
//! thing itself; an empty tree is one field. Algorithms follow structured-merge-diff (`typed/compare.go`, `merge/update.go`).
//!
//! Simplified: only what people write is kept, per manager. What controllers and kubelets wrote is worked out when somebody
//! looks: the whole status, and objects no person has touched, as if one of them had written it all at once; so it never
//! conflicts. Lists keep the order they have on the server and get new items at their end. Fields are not converted
//! between versions of an API.

use crate::api::managers::{Manager, Managers};
use crate::api::print::to_go_json;
use crate::api::schema::{self, Empty, Field, Ty, Type};
use crate::api::{Kind, Map, Object, Text, Value, manifest};
use crate::object;
use crate::sim::SimTime;
use crate::store::{Reason, Status};

/// The manager for which the server keeps the annotation of client-side apply up to date.
const KUBECTL: &str = "kubectl";
/// The annotation of client-side apply.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Makes what the given client-side managers own the property of one that applies on the server's side.
pub fn migrate(managers: &mut Managers, names: &[Text], to: &Text) {
    let mut list = managers.list().to_vec();
    let mut fields = None;
    list.retain(|manager| {
        let goes = !manager.applies && manager.subresource.is_empty() && names.contains(&manager.name);
        if goes {
            fields = combine(fields.as_ref(), Some(&manager.fields), OR);
        }
        !goes
    });
    if let Some(manager) = list.iter_mut().find(|manager| manager.applies && manager.name == *to) {
        manager.fields = combine(Some(&manager.fields), fields.as_ref(), OR).unwrap_or_default();
    }
    managers.replace(list);
}

/// Notes an update by a person: what it changed belongs to its manager now, and to no other. `old` is none for a new
/// object, `by` the manager and the subresource.
pub fn update(
    managers: &mut Managers,
    old: Option<&Object>,
    new: &Object,
    by: (&Text, &'static str),
    now: SimTime,
) {
    let (changed, gone) = compare(old.map(|old| &old.body), &new.body, root(new.kind));
    if changed.is_none() && gone.is_none() {
        return;
    }
    let (name, subresource) = by;
    let mut list = managers.list().to_vec();
    let is_own =
        |manager: &Manager| manager.name == *name && !manager.applies && manager.subresource == subresource;
    if !list.iter().any(is_own) {
        let (name, fields) = (name.clone(), Value::Null);
        list.push(Manager { name, applies: false, subresource, at: now, fields });
    }
    for manager in &mut list {
        let kept = combine(Some(&manager.fields), gone.as_ref(), NOT);
        manager.fields = match is_own(manager) {
            true => {
                manager.at = now;
                combine(kept.as_ref(), changed.as_ref(), OR)
            }
            false => combine(kept.as_ref(), changed.as_ref(), NOT),
        }
        .unwrap_or_default();
    }
    managers.replace(list);
}

/// What `metadata.managedFields` shows of an object.
pub fn shown(object: &Object) -> Value {
    let entry = |name: &Text, applies: bool, subresource: &str, at: SimTime, fields: &Value| {
        let mut entry = object! {
            "apiVersion" => object.kind.api_version(), "fieldsType" => "FieldsV1", "fieldsV1" => fields.clone(),
            "manager" => name, "operation" => if applies { "Apply" } else { "Update" }, "time" => at.rfc3339(),
        };
        if !subresource.is_empty() {
            entry.set(&["subresource"], subresource.to_string());
        }
        entry
    };
    let mut entries = Vec::new();
    let list = object.managers.list();
    for applies in [true, false] {
        for manager in list.iter().filter(|manager| manager.applies == applies) {
            entries.push(entry(&manager.name, applies, manager.subresource, manager.at, &manager.fields));
        }
    }
    let writer = Text::from(match object.kind {
        Kind::Pod | Kind::Node => "kubelet",
        _ => "controller-manager",
    });
    if list.is_empty()
        && let (Some(fields), _) = compare(None, &object.body, root(object.kind))
    {
        let at = object.created_at();
        let name = if object.kind == Kind::Node { writer.clone() } else { "controller-manager".into() };
        entries.push(entry(&name, false, "", at, &fields));
    }
    let has_status = object.managers.status_at > SimTime::ZERO;
    if let Some(field) = schema::of(object.kind).field("status").filter(|_| has_status)
        && let (Some(fields), _) = compare(None, object.status(), shape_of(field))
    {
        let fields = object! { "f:status" => fields };
        entries.push(entry(&writer, false, "status", object.managers.status_at, &fields));
    }
    Value::list(entries)
}

/// A server-side apply of a manifest as it was sent: the object as it becomes, managers included, or the conflict.
pub fn apply(
    live: Option<&Object>,
    kind: Kind,
    asked: &Value,
    name: &Text,
    force: bool,
    now: SimTime,
) -> Result<Object, Status> {
    let shape = root(kind);
    let set = fields_of(asked, shape, false).unwrap_or_default();
    let Some(live) = live else {
        let mut object = schema::decode_as(kind, asked).map_err(Status::from)?.0;
        let (name, fields) = (name.clone(), set);
        object.managers.replace(vec![Manager { name, applies: true, subresource: "", at: now, fields }]);
        return Ok(object);
    };
    let mut list = live.managers.list().to_vec();
    let own = list.iter().position(|manager| manager.applies && manager.name == *name);
    let mut body = merge(&live.body, asked, shape);
    let last = own.map(|i| std::mem::replace(&mut list[i].fields, set.clone()));
    if let Some(last) = &last {
        let mut kept = set.clone();
        for manager in &list {
            kept = combine(Some(&kept), Some(&manager.fields), OR).unwrap_or_default();
        }
        body = pruned(&body, last, &kept, shape);
    }
    let (changed, gone) = compare(Some(&live.body), &body, shape);
    let is_own = |manager: &Manager| manager.applies && manager.name == *name;
    let mut conflicts: Vec<(String, Vec<String>)> = Vec::new();
    // Client-side apply gives way where nobody has changed since what it applied.
    let yields = if **name == *KUBECTL { unchanged_since_applied(live, shape) } else { None };
    for manager in list.iter_mut().filter(|manager| !is_own(manager)) {
        let clash = combine(Some(&manager.fields), changed.as_ref(), AND);
        let mut paths = Vec::new();
        if let Some(fields) = combine(clash.as_ref(), yields.as_ref(), NOT) {
            list_paths(&fields, &mut String::new(), &mut paths);
        }
        if !paths.is_empty() {
            let subresource = match manager.subresource {
                "" => String::new(),
                subresource => format!(" with subresource \"{subresource}\""),
            };
            let version =
                if manager.applies { String::new() } else { format!(" using {}", kind.api_version()) };
            conflicts.push((format!("\"{}\"{subresource}{version}", manager.name), paths));
        }
        manager.fields =
            combine(combine(Some(&manager.fields), clash.as_ref(), NOT).as_ref(), gone.as_ref(), NOT)
                .unwrap_or_default();
    }
    if !conflicts.is_empty() && !force {
        return Err(conflict(&conflicts));
    }
    match own {
        Some(i) if last.as_ref() != Some(&set) || changed.is_some() || gone.is_some() => list[i].at = now,
        Some(_) => {}
        None => {
            let name = name.clone();
            list.push(Manager { name, applies: true, subresource: "", at: now, fields: set });
        }
    }
    if **name == *KUBECTL && !live.annotation(LAST_APPLIED).is_empty() {
        let mut plain = asked.clone();
        plain.remove(&["metadata", "annotations", LAST_APPLIED]);
        if plain.at(&["metadata", "annotations"]).entries().is_empty() {
            plain.remove(&["metadata", "annotations"]);
        }
        let text = to_go_json(&plain) + "\n";
        body.at_mut(&["metadata", "annotations"]).map_mut().insert(LAST_APPLIED, text);
    }
    let mut object = schema::decode_as(kind, &body).map_err(Status::from)?.0;
    object.managers = live.managers.clone();
    object.managers.replace(list);
    Ok(object)
}

fn conflict(conflicts: &[(String, Vec<String>)]) -> Status {
    let count: usize = conflicts.iter().map(|(_, paths)| paths.len()).sum();
    let text = match conflicts {
        [(manager, paths)] if count == 1 => {
            format!("Apply failed with 1 conflict: conflict with {manager}: {}", paths[0])
        }
        _ => {
            let mut lines = Vec::new();
            for (manager, paths) in conflicts {
                lines.push(format!("conflicts with {manager}:"));
                lines.extend(paths.iter().map(|path| format!("- {path}")));
            }
            format!("Apply failed with {count} conflicts: {}", lines.join("\n"))
        }
    };
    Status::new(Reason::Conflict, text)
}

// The fields of the last-applied annotation that are as it says.
fn unchanged_since_applied(live: &Object, shape: Shape) -> Option<Value> {
    let applied = manifest::parse_json(live.annotation(LAST_APPLIED)).ok()?;
    let (changed, gone) = compare(Some(&applied), &live.body, shape);
    let fields = fields_of(&applied, shape, false);
    let fields = combine(fields.as_ref(), changed.as_ref(), NOT);
    combine(fields.as_ref(), gone.as_ref(), NOT)
}

// The fields of a set as errors name them: `.spec.template.spec.containers[name="nginx"].image`.
fn list_paths(fields: &Value, path: &mut String, paths: &mut Vec<String>) {
    let length = path.len();
    if fields.entries().is_empty() || !fields.get(".").is_null() {
        paths.push(path.clone());
    }
    // Fields themselves stand before what is inside of others.
    for is_inner in [false, true] {
        for (key, inner) in fields
            .entries()
            .iter()
            .filter(|(key, inner)| **key != *"." && is_inner != inner.entries().is_empty())
        {
            match key.split_at(2) {
                ("f:", name) => *path += &format!(".{name}"),
                ("k:", keys) => {
                    let keys = manifest::parse_json(keys).unwrap_or_default();
                    let pairs: Vec<String> = keys
                        .entries()
                        .iter()
                        .map(|(key, value)| format!("{key}={}", to_go_json(value)))
                        .collect();
                    *path += &format!("[{}]", pairs.join(","));
                }
                (_, value) => *path += &format!("[={value}]"),
            }
            list_paths(inner, path, paths);
            path.truncate(length);
        }
    }
}

// How the members of a value are owned.
#[derive(Clone, Copy)]
enum Shape {
    /// As a whole.
    Leaf,
    /// Field by field.
    Struct(&'static Type),
    /// Key by key.
    Values,
    /// Item by item, known by one or two keys.
    Items(&'static Type, &'static str),
    /// Item by item.
    Set,
}

/// Types that are owned as a whole.
const WHOLE: &str = " LabelSelector ObjectReference LocalObjectReference SecretKeySelector ConfigMapKeySelector \
    ObjectFieldSelector ResourceFieldSelector NodeSelector NodeSelectorTerm SecretReference TypedLocalObjectReference ";

fn root(kind: Kind) -> Shape {
    Shape::Struct(schema::of(kind))
}

fn shape_of(field: &'static Field) -> Shape {
    let object = schema::object_of(&field.ty);
    match (&field.ty, field.merge_key, object) {
        (Ty::Object(name), _, Some(ty)) if !WHOLE.contains(&[" ", name, " "].concat()) => Shape::Struct(ty),
        (Ty::Map(..), ..) if !matches!(field.name, "selector" | "nodeSelector") => Shape::Values,
        (Ty::List(_), Some(""), _) => Shape::Set,
        (Ty::List(_), Some(key), Some(ty)) => Shape::Items(ty, key),
        _ => Shape::Leaf,
    }
}

/// What the server alone writes.
const SERVERS: &str = " apiVersion kind status creationTimestamp generation managedFields name namespace resourceVersion uid \
    deletionTimestamp deletionGracePeriodSeconds selfLink ";

// The members of a value, as fields name them.
fn members<'a>(value: &'a Value, shape: Shape) -> Vec<(Text, &'a Value, Shape)> {
    let named = |key: &Text| Text::from(["f:", key].concat());
    match shape {
        Shape::Leaf => Vec::new(),
        Shape::Values => {
            value.entries().iter().map(|(key, value)| (named(key), value, Shape::Leaf)).collect()
        }
        Shape::Struct(ty) => {
            // Only whole objects have both.
            let is_whole = ty.field("apiVersion").is_some() && ty.field("metadata").is_some();
            let is_servers = ty.name == "ObjectMeta" || is_whole;
            let fields = value.entries().iter().filter_map(|(key, value)| {
                let field = ty.field(key)?;
                let is_hidden = is_servers && SERVERS.contains(&[" ", key, " "].concat());
                (!is_hidden).then(|| (named(key), value, shape_of(field)))
            });
            fields.collect()
        }
        Shape::Set => {
            let item = |item: &'a Value| (Text::from(["v:", &to_go_json(item)].concat()), item, Shape::Leaf);
            value.items().iter().map(item).collect()
        }
        Shape::Items(ty, first) => {
            let item = |item: &'a Value| (key_of(item, first), item, Shape::Struct(ty));
            value.items().iter().map(item).collect()
        }
    }
}

fn key_of(item: &Value, first: &'static str) -> Text {
    let mut keys = Map::new();
    keys.insert(first, item.get(first).clone());
    let second = match first {
        "containerPort" | "port" => "protocol",
        "topologyKey" => "whenUnsatisfiable",
        _ => "",
    };
    match item.get(second) {
        Value::Null if second == "protocol" => keys.insert(second, "TCP"),
        Value::Null => {}
        value => keys.insert(second, value.clone()),
    }
    Text::from(["k:", &to_go_json(&Value::Map(keys))].concat())
}

fn is_bare(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.entries().is_empty() && value.items().is_empty())
}

fn tree(members: Vec<(Text, Value)>, itself: bool) -> Option<Value> {
    if members.is_empty() {
        return itself.then(Value::map);
    }
    let mut map: Map = members.into_iter().collect();
    if itself {
        map.insert(".", Value::map());
    }
    Some(map.into())
}

// All fields of a value; `itself` if it is a member of a list or map.
fn fields_of(value: &Value, shape: Shape, itself: bool) -> Option<Value> {
    let is_item = matches!(shape, Shape::Values | Shape::Items(..) | Shape::Set);
    let inner = members(value, shape).into_iter();
    let inner =
        inner.filter_map(|(key, value, shape)| Some((key, fields_of(value, shape, is_item)?))).collect();
    tree(
        inner,
        itself || matches!(shape, Shape::Leaf) || is_bare(Some(value)) && !matches!(value, Value::List(_)),
    )
}

// The fields that are new or other in `new`, and those that it lost; nothing before means an empty object.
fn compare(old: Option<&Value>, new: &Value, shape: Shape) -> (Option<Value>, Option<Value>) {
    differences(old, Some(new), shape, old.is_none())
}

fn differences(
    old: Option<&Value>,
    new: Option<&Value>,
    shape: Shape,
    is_zero: bool,
) -> (Option<Value>, Option<Value>) {
    if let (Some(old), Some(new)) = (old, new)
        && old == new
    {
        return (None, None);
    }
    if matches!(shape, Shape::Leaf) || is_bare(old) && is_bare(new) {
        let leaf = || Some(Value::map());
        return if new.is_some() { (leaf(), None) } else { (None, leaf()) };
    }
    let [before, after] = [old, new].map(|value| value.map_or(Vec::new(), |value| members(value, shape)));
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    let mut note = |key: &Text, found: (Option<Value>, Option<Value>)| {
        changed.extend(found.0.map(|fields| (key.clone(), fields)));
        gone.extend(found.1.map(|fields| (key.clone(), fields)));
    };
    for (key, value, inner) in &after {
        let old = before.iter().find(|(other, ..)| other == key).map(|(_, value, _)| *value);
        let is_zero = is_zero && old.is_none() && in_zero(shape, key);
        note(key, differences(old, Some(value), *inner, is_zero));
    }
    for (key, value, inner) in &before {
        if after.iter().all(|(other, ..)| other != key) {
            note(key, differences(Some(value), None, *inner, false));
        }
    }
    (tree(changed, old.is_none() && !is_zero), tree(gone, new.is_none()))
}

// True for a member that an empty object has as well, as Go writes it.
fn in_zero(shape: Shape, key: &str) -> bool {
    let Shape::Struct(ty) = shape else { return false };
    ty.field(&key[2..]).is_some_and(|field| {
        field.empty == Empty::Write || field.empty == Empty::Omit && matches!(field.ty, Ty::Object(_))
    })
}

type Op = fn(bool, bool) -> bool;
const OR: Op = |a, b| a || b;
const AND: Op = |a, b| a && b;
const NOT: Op = |a, b| a && !b;

// Two sets, field by field.
fn combine(a: Option<&Value>, b: Option<&Value>, op: Op) -> Option<Value> {
    if a.is_none() && b.is_none() {
        return None;
    }
    let has = |set: Option<&Value>| {
        set.is_some_and(|set| set.as_map().is_some_and(|map| map.is_empty() || map.contains_key(".")))
    };
    let mut keys: Vec<&Text> = Vec::new();
    for (key, _) in [a, b].into_iter().flatten().flat_map(Value::entries) {
        if **key != *"." && !keys.contains(&key) {
            keys.push(key);
        }
    }
    let [x, y] = [a, b].map(|set| set.unwrap_or(&Value::Null));
    let inner =
        keys.into_iter().filter_map(|key| Some((key.clone(), combine(child(x, key), child(y, key), op)?)));
    tree(inner.collect(), op(has(a), has(b)))
}

// The live value with what is applied.
fn merge(live: &Value, config: &Value, shape: Shape) -> Value {
    match (shape, live) {
        (Shape::Struct(..) | Shape::Values, Value::Map(map)) => {
            let mut map = map.clone();
            for (key, value) in config.entries() {
                let inner = match shape {
                    Shape::Struct(ty) => ty.field(key).map_or(Shape::Leaf, shape_of),
                    _ => Shape::Leaf,
                };
                let merged = merge(map.get(key).unwrap_or(&Value::Null), value, inner);
                map.insert(key.clone(), merged);
            }
            map.into()
        }
        (Shape::Items(..) | Shape::Set, Value::List(_)) => {
            let mut items = live.items().to_vec();
            let known: Vec<Text> = members(live, shape).into_iter().map(|(key, ..)| key).collect();
            for (key, item, inner) in members(config, shape) {
                match known.iter().position(|other| *other == key) {
                    Some(i) => items[i] = merge(&items[i], item, inner),
                    None => items.push(item.clone()),
                }
            }
            Value::list(items)
        }
        _ => config.clone(),
    }
}

// The value without what its manager had applied before, and nobody owns now; what was in there goes with it.
fn pruned(value: &Value, last: &Value, kept: &Value, shape: Shape) -> Value {
    let known = members(value, shape);
    let fate = |(key, value, shape): &(Text, &Value, Shape)| match (child(last, key), child(kept, key)) {
        (None, _) => Some((*value).clone()),
        (Some(_), None) => None,
        (Some(last), Some(kept)) => Some(pruned(value, last, kept, *shape)),
    };
    match value {
        Value::List(_) if !known.is_empty() => Value::list(known.iter().filter_map(fate).collect()),
        Value::Map(map) => {
            let mut map = map.clone();
            for member in &known {
                let name = Text::from(member.0[2..].to_string());
                match fate(member) {
                    Some(value) => map.insert(name, value),
                    None => drop(map.remove(&name)),
                }
            }
            map.into()
        }
        other => other.clone(),
    }
}

fn child<'a>(set: &'a Value, key: &str) -> Option<&'a Value> {
    set.as_map()?.get(key)
}
