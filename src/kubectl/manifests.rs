//! What `-f` names: files of the workstation, taken apart into objects (K111 to K113, K186 to K189).

use super::Cx;
use super::error::{Error, Result};
use super::resource::{self, Resource};
use crate::api::{Object, Value, manifest};

/// One object of a manifest.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// `web.yaml`, as errors name it.
    pub source: String,
    /// Its type.
    pub resource: Resource,
    /// The object as written, its namespace filled in.
    pub object: Object,
}

/// Reads everything `-f` names; what fails to be read is told at the end (K112).
pub(crate) fn read(cx: &mut Cx) -> Result<(Vec<Manifest>, Vec<Error>)> {
    let args = cx.args;
    if !args.has("filename") {
        if !args.words.is_empty() {
            return Err(cx.usage(format_args!("Unexpected args: [{}]", args.words.join(" "))));
        }
        return Err(Error::client("must specify one of -f and -k"));
    }
    if !args.words.is_empty() {
        return Err(cx.usage(format_args!("Unexpected args: [{}]", args.words.join(" "))));
    }
    check_validate(args.text("validate"))?;
    let mut found = Vec::new();
    let mut errors = Vec::new();
    for (source, text) in sources(cx, &args.list("filename"))? {
        if let Err(error) = read_one(cx, &source, &text, &mut found, &mut errors) {
            errors.push(error);
        }
    }
    if found.is_empty() && errors.is_empty() {
        return Err(Error::client(format!("no objects passed to {}", cx.command)));
    }
    Ok((found, errors))
}

fn check_validate(option: &str) -> Result<()> {
    match option {
        "" | "true" | "strict" | "warn" | "ignore" | "false" => Ok(()),
        _ => Err(Error::client(format!(
            "invalid - validate option \"{option}\"; must be one of: strict (or true), warn, ignore (or false)"
        ))),
    }
}

/// The texts that names stand for: files, `-`, folders.
fn sources(cx: &mut Cx, names: &[String]) -> Result<Vec<(String, String)>> {
    let mut sources = Vec::new();
    for name in names {
        if name == "-" {
            sources.push(("STDIN".to_string(), cx.stdin.to_string()));
            continue;
        }
        let path = format!("{}{}", cx.folder, name.strip_prefix("./").unwrap_or(name));
        let files = cx.host.files();
        if let Some(text) = files.get(&path).or_else(|| files.get(name)) {
            sources.push((name.clone(), text.clone()));
            continue;
        }
        if let Some(text) = crate::samples::page(name) {
            sources.push((name.clone(), text));
            continue;
        }
        if name.contains("://") {
            return Err(Error::client(format!(
                "unable to read URL \"{name}\", server reported 404 Not Found, status code=404"
            )));
        }
        let path = path.strip_suffix('.').unwrap_or(&path).trim_end_matches('/');
        let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
        let inside = files.iter().filter_map(|(file, text)| Some((file.strip_prefix(&folder)?, text)));
        let recursive = cx.args.is("recursive");
        let inside: Vec<_> = inside.filter(|(file, _)| recursive || !file.contains('/')).collect();
        if inside.is_empty() {
            return Err(Error::client(format!("the path \"{name}\" does not exist")));
        }
        let before = sources.len();
        for (file, text) in inside {
            if [".json", ".yaml", ".yml"].iter().any(|end| file.ends_with(end)) {
                let shown = folder.strip_prefix(cx.folder).unwrap_or(&folder);
                sources.push((format!("{shown}{file}"), text.clone()));
            }
        }
        if sources.len() == before {
            let text = format!("error reading [{name}]: recognized file extensions are [.json .yaml .yml]");
            return Err(Error::client(text));
        }
    }
    Ok(sources)
}

fn read_one(
    cx: &mut Cx,
    source: &str,
    text: &str,
    found: &mut Vec<Manifest>,
    errors: &mut Vec<Error>,
) -> Result<()> {
    let (documents, broken) = manifest::parse_some(text);
    for document in documents {
        let value = document.value;
        if value.get("kind").str() == "List" && value.get("apiVersion").str() == "v1" {
            for item in value.get("items").items() {
                match understand(cx, source, item.clone()) {
                    Ok(manifest) => found.push(manifest),
                    Err(error) => errors.push(error),
                }
            }
            continue;
        }
        check_head(cx, source, &value)?;
        match understand(cx, source, value) {
            Ok(manifest) => found.push(manifest),
            Err(error) => errors.push(error),
        }
    }
    match broken {
        Some(error) => Err(Error::client(format!("error parsing {source}: {}", error.message))),
        None => Ok(()),
    }
}

// K188: apiVersion and kind have to be there.
fn check_head(cx: &Cx, source: &str, value: &Value) -> Result<()> {
    if matches!(cx.args.text("validate"), "false" | "ignore") && value.as_map().is_some() {
        return Ok(());
    }
    let missing = |key: &str| value.get(key).str().is_empty();
    let problem = match (value.as_map().is_some(), missing("apiVersion"), missing("kind")) {
        (false, ..) => "invalid object to validate",
        (_, true, true) => "[apiVersion not set, kind not set]",
        (_, true, false) => "apiVersion not set",
        (_, false, true) => "kind not set",
        _ => return Ok(()),
    };
    Err(Error::client(format!(
        "error validating \"{source}\": error validating data: {problem}; if you choose to ignore these errors, turn \
         validation off with --validate=false"
    )))
}

fn understand(cx: &mut Cx, source: &str, mut value: Value) -> Result<Manifest> {
    let (api_version, kind) = (value.get("apiVersion").text(), value.get("kind").text());
    let metadata = value.get("metadata").clone();
    let undecodable = |what: &str, value: &Value, field: &str| {
        let found = match value {
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::Float(_) => "number",
            Value::List(_) => "array",
            _ => "object",
        };
        Error::client(format!(
            "unable to decode \"{source}\": json: cannot unmarshal {found} into Go struct field \
             {what}.metadata.{field} of type string"
        ))
    };
    for field in ["name", "namespace", "generateName"] {
        let value = metadata.get(field);
        if !value.is_null() && value.as_str().is_none() {
            return Err(undecodable("ObjectMeta", value, field));
        }
    }
    for field in ["labels", "annotations"] {
        for (_, value) in metadata.get(field).entries() {
            if !value.is_null() && value.as_str().is_none() {
                return Err(undecodable("ObjectMeta", value, field));
            }
        }
    }
    let (name, namespace) = (metadata.get("name").str(), metadata.get("namespace").str());
    let known =
        resource::all().find(|resource| *kind == *resource.name && *api_version == *resource.api_version);
    let Some(resource) = known else {
        return Err(Error::client(format!(
            "resource mapping not found for name: \"{name}\" namespace: \"{namespace}\" from \"{source}\": no matches \
             for kind \"{kind}\" in version \"{api_version}\"\nensure CRDs are installed first"
        )));
    };
    let Some(kind) = resource.kind else {
        if let (Error::Server(status), "delete") = (resource.not_found(name), cx.command) {
            return Err(Error::when(&status, "deleting", source));
        }
        return Err(Error::client(format!(
            "this simulator does not run objects of kind \"{kind}\" (\"{name}\" from \"{source}\")"
        )));
    };
    if resource.namespaced {
        let own = cx.namespace();
        if namespace.is_empty() {
            value.set(&["metadata", "namespace"], own);
        } else if cx.args.has("namespace") && namespace != own {
            return Err(Error::client(format!(
                "the namespace from the provided object \"{namespace}\" does not match the namespace \"{own}\". You \
                 must pass '--namespace={namespace}' to perform this operation."
            )));
        }
    } else if !namespace.is_empty() {
        value.remove(&["metadata", "namespace"]);
    }
    Ok(Manifest { source: source.to_string(), resource, object: Object::of(kind, value) })
}
