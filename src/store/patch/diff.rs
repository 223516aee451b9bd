//! Making strategic merge patches: what `kubectl apply`, `edit` and `set` send.

use super::strategic::{DELETE_FROM, DIRECTIVE, ORDER, RETAIN_KEYS, insert_at, merge_map};
use crate::api::schema::{Field, Type, object_of};
use crate::api::{Map, Text, Value};
use crate::object;

#[derive(Clone, Copy)]
struct Wanted {
    deletions: bool,
    additions: bool,
    order: bool,
}

/// The strategic merge patch `kubectl apply` sends: what is new or different in `new` against the live object, and
/// without what was in `last_applied` and is no longer in `new`. Empty if there is nothing to do.
pub fn three_way(last_applied: &Value, live: &Value, new: &Value, ty: &'static Type) -> Value {
    let empty = Map::new();
    let map = |value| Value::as_map(value).unwrap_or(&empty);
    let additions = Wanted { deletions: false, additions: true, order: true };
    let deletions = Wanted { deletions: true, additions: false, order: true };
    let delta = objects(map(live), map(new), Some(ty), additions, false);
    let gone = objects(map(last_applied), map(new), Some(ty), deletions, false);
    // Both come from the same new object, so that nothing in them can contradict.
    merge_map(&gone, &delta, Some(ty), false).unwrap_or(delta).into()
}

/// The strategic merge patch that makes `to` of `from`; empty if they are equal.
pub fn two_way(from: &Value, to: &Value, ty: &'static Type) -> Value {
    let empty = Map::new();
    let map = |value| Value::as_map(value).unwrap_or(&empty);
    objects(map(from), map(to), Some(ty), Wanted { deletions: true, additions: true, order: true }, false)
        .into()
}

fn objects(old: &Map, new: &Map, ty: Option<&'static Type>, wanted: Wanted, retain_keys: bool) -> Map {
    let mut patch = Map::new();
    for (key, value) in new {
        let field = ty.and_then(|ty| ty.field(key));
        match (old.get(key), value) {
            (Some(Value::Map(old)), Value::Map(new)) => {
                let retain = field.is_some_and(|field| field.retain_keys);
                let inner = objects(old, new, field.and_then(|f| object_of(&f.ty)), wanted, retain);
                if !inner.is_empty() {
                    patch.insert(key.clone(), inner);
                }
            }
            (Some(Value::List(old)), Value::List(new)) if field.is_some_and(|f| f.merge_key.is_some()) => {
                if let Some(field) = field {
                    lists(&mut patch, key, old, new, field, wanted);
                }
            }
            (Some(old), new) if old == new => {}
            _ if wanted.additions => patch.insert(key.clone(), value.clone()),
            _ => {}
        }
    }
    if wanted.deletions {
        for (key, _) in old {
            if !new.contains_key(key) {
                patch.insert(key.clone(), Value::Null);
            }
        }
    }
    let more = old.iter().any(|(key, _)| !new.contains_key(key));
    if retain_keys && (!patch.is_empty() || more) {
        let keys: Vec<Value> = new.iter().filter(|(_, v)| !v.is_null()).map(|(key, _)| key.into()).collect();
        if !keys.is_empty() {
            patch.insert(RETAIN_KEYS, keys);
        }
    }
    patch
}

fn lists(patch: &mut Map, key: &Text, old: &[Value], new: &[Value], field: &'static Field, wanted: Wanted) {
    if old.is_empty() {
        if !new.is_empty() && wanted.additions {
            patch.insert(key.clone(), new.to_vec());
        }
        return;
    }
    let merge_key = field.merge_key.unwrap_or("");
    if merge_key.is_empty() {
        return values(patch, key, old, new, wanted);
    }
    let (mut changed, mut gone) = (Vec::new(), Vec::new());
    for item in new {
        let name = item.get(merge_key);
        match old.iter().find(|old| old.get(merge_key) == name) {
            Some(before) => {
                let empty = Map::new();
                let (before, after) = (before.as_map().unwrap_or(&empty), item.as_map().unwrap_or(&empty));
                let mut inner = objects(before, after, object_of(&field.ty), wanted, field.retain_keys);
                if !inner.is_empty() {
                    inner.insert(Text::from(merge_key.to_string()), name.clone());
                    changed.push(Value::Map(inner));
                }
            }
            None if wanted.additions => changed.push(item.clone()),
            None => {}
        }
    }
    if wanted.deletions {
        for item in old {
            let name = item.get(merge_key);
            if new.iter().all(|new| new.get(merge_key) != name) {
                // Go walks the list in the order of its keys.
                let key = crate::api::print::to_go_json(name);
                insert_at(
                    &mut gone,
                    key,
                    object! { DIRECTIVE => "delete", merge_key.to_string() => name.clone() },
                );
            }
        }
    }
    changed.extend(gone.into_iter().map(|(_, item)| item));
    let names = |list: &[Value]| list.iter().map(|item| item.get(merge_key).clone()).collect::<Vec<Value>>();
    let moved = names(old) != names(new);
    let order =
        (wanted.additions && (!changed.is_empty() || moved)) || (wanted.deletions && !changed.is_empty());
    if !changed.is_empty() {
        patch.insert(key.clone(), changed);
    }
    if wanted.order && order {
        let list: Vec<Value> =
            names(new).into_iter().map(|name| object! { merge_key.to_string() => name }).collect();
        patch.insert([ORDER, key.as_str()].concat(), list);
    }
}

fn values(patch: &mut Map, key: &Text, old: &[Value], new: &[Value], wanted: Wanted) {
    let missing = |from: &[Value], list: &[Value]| -> Vec<Value> {
        list.iter().filter(|item| !from.contains(item)).cloned().collect()
    };
    let added = if wanted.additions { missing(old, new) } else { Vec::new() };
    let gone = if wanted.deletions { missing(new, old) } else { Vec::new() };
    let order = !gone.is_empty() || (wanted.additions && old != new);
    if !added.is_empty() {
        patch.insert(key.clone(), added);
    }
    if !gone.is_empty() {
        patch.insert([DELETE_FROM, key.as_str()].concat(), gone);
    }
    if wanted.order && order {
        patch.insert([ORDER, key.as_str()].concat(), new.to_vec());
    }
}
