//! Applying a strategic merge patch, and adding one to another.

use crate::api::schema::{Field, Type, object_of};
use crate::api::{Map, Text, Value};
use crate::store::{Reason, Status};

pub(super) const DIRECTIVE: &str = "$patch";
pub(super) const RETAIN_KEYS: &str = "$retainKeys";
pub(super) const ORDER: &str = "$setElementOrder/";
pub(super) const DELETE_FROM: &str = "$deleteFromPrimitiveList/";

/// Applies a strategic merge patch to an object of the given type.
pub fn strategic(target: &Value, patch: &Value, ty: &'static Type) -> Result<Value, Status> {
    let (Some(target), Some(patch)) = (target.as_map(), patch.as_map()) else {
        return Err(bad("the patch must be an object, as in '{\"spec\":{\"replicas\":3}}'"));
    };
    merge_map(target, patch, Some(ty), true).map(Value::Map)
}

pub(super) fn bad(message: &str) -> Status {
    Status::new(Reason::BadRequest, message)
}

/// Merges a patch into an object; with `apply` false into another patch, whose directives stay.
pub(super) fn merge_map(
    original: &Map,
    patch: &Map,
    ty: Option<&'static Type>,
    apply: bool,
) -> Result<Map, Status> {
    match patch.get(DIRECTIVE).map(Value::str) {
        None => {}
        Some("replace") => {
            let mut whole = patch.clone();
            whole.remove(DIRECTIVE);
            return Ok(whole);
        }
        Some("delete") => return Ok(Map::new()),
        Some(other) => return Err(bad(&format!("unknown patch type: {other}"))),
    }
    let mut merged = original.clone();
    if let Some(keep) = patch.get(RETAIN_KEYS) {
        if apply {
            retain(&mut merged, patch, keep.items())?;
        } else {
            merged.insert(RETAIN_KEYS, keep.clone());
        }
    }
    for (key, value) in patch {
        let field = |name: &str| ty.and_then(|ty| ty.field(name));
        if key.starts_with(DIRECTIVE) || *key == *RETAIN_KEYS {
            continue;
        }
        if let Some(name) = key.strip_prefix(ORDER) {
            ordered(&mut merged, patch, name, value, field(name), apply)?;
            continue;
        }
        if let Some(name) = key.strip_prefix(DELETE_FROM) {
            if !apply {
                merged.insert(key.clone(), value.clone());
            } else if let Some(Value::List(_)) = merged.get(name) {
                let list = merged.entry(Text::from(name.to_string())).list_mut();
                list.retain(|item| !value.items().contains(item));
            }
            continue;
        }
        // Merged together with its order.
        if patch.contains_key(&[ORDER, key].concat()) {
            continue;
        }
        if value.is_null() {
            merged.remove(key);
            if !apply {
                merged.insert(key.clone(), Value::Null);
            }
            continue;
        }
        let field = field(key);
        let new = match (merged.get(key), value) {
            (Some(Value::Map(old)), Value::Map(new)) => {
                Value::Map(merge_map(old, new, field.and_then(|f| object_of(&f.ty)), apply)?)
            }
            (Some(Value::List(old)), Value::List(new)) => {
                match field.and_then(|f| f.merge_key.map(|key| (f, key))) {
                    Some((field, merge_key)) => Value::list(merge_list(old, new, field, merge_key, apply)?),
                    None => value.clone(),
                }
            }
            _ if apply => match clean(value) {
                Some(value) => value,
                None => {
                    merged.remove(key);
                    continue;
                }
            },
            _ => value.clone(),
        };
        merged.insert(key.clone(), new);
    }
    Ok(merged)
}

fn retain(merged: &mut Map, patch: &Map, keep: &[Value]) -> Result<(), Status> {
    let kept = |key: &str| keep.iter().any(|k| k.str() == key);
    if patch.iter().any(|(key, value)| !key.starts_with('$') && !value.is_null() && !kept(key)) {
        return Err(bad("The patch field contains a field that is not in the $retainKeys list"));
    }
    let gone: Vec<Text> = merged.iter().map(|(key, _)| key.clone()).filter(|key| !kept(key)).collect();
    gone.iter().for_each(|key| drop(merged.remove(key)));
    Ok(())
}

// What a patch brings into a place that was empty: no nulls and no directives.
fn clean(value: &Value) -> Option<Value> {
    match value {
        Value::Map(map) if map.contains_key(DIRECTIVE) => None,
        Value::Map(map) => Some(Value::Map(
            map.iter()
                .filter(|(key, value)| !value.is_null() && !key.starts_with('$'))
                .filter_map(|(key, value)| Some((key.clone(), clean(value)?)))
                .collect(),
        )),
        Value::List(items) => Some(Value::list(items.iter().filter_map(clean).collect())),
        other => Some(other.clone()),
    }
}

// A list whose order the patch tells: merge, then order.
fn ordered(
    merged: &mut Map,
    patch: &Map,
    name: &str,
    order: &Value,
    field: Option<&'static Field>,
    apply: bool,
) -> Result<(), Status> {
    if !apply {
        merged.insert([ORDER, name].concat(), order.clone());
    }
    let merge_key = field.and_then(|field| field.merge_key).unwrap_or("");
    let old = merged.get(name).map(|list| list.items().to_vec());
    let list = match (&old, patch.get(name), field) {
        (None, None, _) => return Ok(()),
        (Some(old), None, _) => old.clone(),
        (None, Some(new), _) => match apply {
            true => new.items().iter().filter_map(clean).collect(),
            false => new.items().to_vec(),
        },
        (Some(old), Some(new), Some(field)) => merge_list(old, new.items(), field, merge_key, apply)?,
        (Some(_), Some(new), None) => new.items().to_vec(),
    };
    let list = in_order(list, order.items(), &old.unwrap_or_default(), merge_key);
    merged.insert(Text::from(name.to_string()), list);
    Ok(())
}

fn merge_list(
    old: &[Value],
    new: &[Value],
    field: &'static Field,
    merge_key: &str,
    apply: bool,
) -> Result<Vec<Value>, Status> {
    if merge_key.is_empty() {
        let mut merged: Vec<Value> = Vec::new();
        for item in old.iter().chain(new) {
            if !merged.contains(item) {
                merged.push(item.clone());
            }
        }
        return Ok(in_order(merged, new, old, merge_key));
    }
    let mut merged = old.to_vec();
    let mut additions: Vec<&Value> = Vec::new();
    let mut replace = false;
    for item in new {
        let key = item.get(merge_key);
        match item.get(DIRECTIVE).as_str() {
            Some("replace") => replace = true,
            Some("delete") if apply && key.is_null() => return Err(no_merge_key(item, merge_key)),
            Some("delete") if apply => merged.retain(|old| old.get(merge_key) != key),
            Some("delete") => merged.push(item.clone()),
            Some(other) => return Err(bad(&format!("unknown patch type: {other}"))),
            None => additions.push(item),
        }
    }
    if replace {
        return Ok(additions.into_iter().cloned().collect());
    }
    let ty = object_of(&field.ty);
    for item in &additions {
        let key = item.get(merge_key);
        let Some(patch) = item.as_map().filter(|_| !key.is_null()) else {
            return Err(no_merge_key(item, merge_key));
        };
        match merged.iter_mut().find(|old| old.get(merge_key) == key) {
            Some(Value::Map(old)) => *old = merge_map(old, patch, ty, apply)?,
            Some(_) => {}
            None if apply => merged.extend(clean(item)),
            None => merged.push((*item).clone()),
        }
    }
    let additions: Vec<Value> = additions.into_iter().cloned().collect();
    Ok(in_order(merged, &additions, old, merge_key))
}

fn no_merge_key(item: &Value, merge_key: &str) -> Status {
    let item = crate::api::print::to_go_json(item);
    bad(&format!("map: {item} does not contain declared merge key: {merge_key}"))
}

/// Orders a merged list: what the patch names in the order of the patch, the rest where the server had it.
fn in_order(list: Vec<Value>, order: &[Value], server: &[Value], merge_key: &str) -> Vec<Value> {
    let same = |a: &Value, b: &Value| {
        if merge_key.is_empty() { a == b } else { a.get(merge_key) == b.get(merge_key) }
    };
    let place = |list: &[Value], item: &Value| list.iter().position(|other| same(other, item));
    let (mut named, mut rest) = (Vec::new(), Vec::new());
    let size = list.len();
    for item in list {
        match place(order, &item) {
            Some(i) => insert_at(&mut named, i, item),
            None => insert_at(&mut rest, place(server, &item).unwrap_or(usize::MAX), item),
        }
    }
    let mut out = Vec::with_capacity(size);
    let (named, rest) = (named.into_iter().map(|(_, item)| item), rest.into_iter().map(|(_, item)| item));
    let (mut named, mut rest) = (named.peekable(), rest.peekable());
    loop {
        let rest_first = match (rest.peek(), named.peek()) {
            (None, None) => return out,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(left), Some(right)) => match (place(server, left), place(server, right)) {
                (Some(left), Some(right)) => left < right,
                _ => false,
            },
        };
        out.extend(if rest_first { rest.next() } else { named.next() });
    }
}

// Lists of a manifest are short; a sort of the library costs kilobytes for each type it sorts.
pub(super) fn insert_at<K: PartialOrd>(list: &mut Vec<(K, Value)>, key: K, item: Value) {
    let at = list.iter().rposition(|(other, _)| *other <= key).map_or(0, |i| i + 1);
    list.insert(at, (key, item));
}
