//! JSON patches (RFC 6902).

use crate::api::Value;
use crate::store::{Reason, Status};

/// Applies a list of operations one after the other; any that cannot be done refuses the whole patch.
pub fn json_patch(target: &Value, operations: &Value) -> Result<Value, Status> {
    let Value::List(operations) = operations else {
        return Err(Status::new(
            Reason::BadRequest,
            "error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch",
        ));
    };
    let mut value = target.clone();
    for operation in operations.iter() {
        step(&mut value, operation).map_err(|detail| Status {
            reason: Reason::Invalid,
            message: "the server rejected our request due to an error in our request".into(),
            causes: vec![detail],
        })?;
    }
    Ok(value)
}

fn step(value: &mut Value, operation: &Value) -> Result<(), String> {
    let path = pointer(operation.get("path"))?;
    let name = operation.get("op").str();
    let given = || {
        let map = operation.as_map().and_then(|map| map.get("value"));
        map.cloned().ok_or_else(|| format!("{name} operation has no value"))
    };
    match name {
        "add" => add(value, &path, given()?),
        "remove" => take(value, &path).map(drop),
        "replace" => {
            let new = given()?;
            *find(value, &path).ok_or_else(|| missing("replace", &path))? = new;
            Ok(())
        }
        "test" => {
            let expected = given()?;
            match find(value, &path) {
                Some(found) if *found == expected => Ok(()),
                None if expected.is_null() => Ok(()),
                _ => Err(format!("testing value /{} failed: test failed", path.join("/"))),
            }
        }
        "move" => {
            let from = pointer(operation.get("from"))?;
            let moved = take(value, &from)?;
            add(value, &path, moved)
        }
        "copy" => {
            let from = pointer(operation.get("from"))?;
            let copied = find(value, &from).cloned().ok_or_else(|| missing("copy", &from))?;
            add(value, &path, copied)
        }
        other => Err(format!("Unexpected kind: {other}")),
    }
}

fn missing(what: &str, path: &[String]) -> String {
    format!("{what} operation does not apply: doc is missing path: /{}: missing value", path.join("/"))
}

fn pointer(path: &Value) -> Result<Vec<String>, String> {
    let path = path.as_str().ok_or("operation has no path")?;
    if path.is_empty() {
        return Ok(Vec::new());
    }
    let path = path.strip_prefix('/').ok_or_else(|| format!("the path '{path}' does not begin with '/'"))?;
    Ok(path.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect())
}

// The value at a path for writing. Lists on the way are copied even if nothing is found; only the patch sees that.
fn find<'a>(value: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value) };
    let inner = match value {
        Value::Map(map) => map.get_mut(first)?,
        Value::List(_) => {
            let i: usize = first.parse().ok()?;
            value.list_mut().get_mut(i)?
        }
        _ => return None,
    };
    find(inner, rest)
}

fn add(value: &mut Value, path: &[String], new: Value) -> Result<(), String> {
    let Some((last, parents)) = path.split_last() else {
        *value = new;
        return Ok(());
    };
    let error = || missing("add", path);
    match find(value, parents).ok_or_else(error)? {
        Value::Map(map) => map.insert(last.clone(), new),
        list @ Value::List(_) => {
            let items = list.list_mut();
            let i = if last == "-" { items.len() } else { last.parse().map_err(|_| error())? };
            if i > items.len() {
                return Err(format!(
                    "add operation does not apply: Unable to access invalid index: {i}: invalid index referenced"
                ));
            }
            items.insert(i, new);
        }
        _ => return Err(error()),
    }
    Ok(())
}

fn take(value: &mut Value, path: &[String]) -> Result<Value, String> {
    let Some((last, parents)) = path.split_last() else { return Ok(std::mem::take(value)) };
    let error = || missing("remove", path);
    match find(value, parents).ok_or_else(error)? {
        Value::Map(map) => map.remove(last).ok_or_else(error),
        list @ Value::List(_) => {
            let items = list.list_mut();
            let i: usize = last.parse().map_err(|_| error())?;
            if i >= items.len() { Err(error()) } else { Ok(items.remove(i)) }
        }
        _ => Err(error()),
    }
}
