//! `kubectl patch`: changes single fields (K129 to K131).

use super::apply::told;
use super::{DryRun, NO_RESOURCES, Verb, targets};
use crate::api::manifest;
use crate::api::schema;
use crate::api::{Kind, Object, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome};
use crate::store::{Reason, Status, patch};
use std::rc::Rc;

/// `kubectl patch`.
pub const VERB: Verb = Verb {
    name: "patch",
    flags: "patch/p= patch-file= type= subresource= local! filename/f, kustomize/k= recursive/R! dry-run? \
        field-manager= output/o= template= record!",
    summary: "Update fields of a resource",
    help: "kubectl patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]

Examples:
  # Another image, by the name of the container
  kubectl patch sts web -p '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"nginx\",\"image\":\"nginx:2\"}]}}}}'

  # One field by its path
  kubectl patch sts web --type=json -p='[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":3}]'",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let args = cx.args;
    let kind = match args.text("type") {
        "" | "strategic" => "strategic",
        "merge" => "merge",
        "json" => "json",
        other => {
            let text = format!("--type must be one of [json merge strategic], not \"{other}\"");
            return Err(Error::client(text));
        }
    };
    let text = match (args.get("patch"), args.get("patch-file")) {
        (Some(patch), _) if !patch.is_empty() => patch.to_string(),
        (_, Some(file)) => match cx.host.files().get(file) {
            Some(text) => text.clone(),
            None => return Err(Error::client(format!("open {file}: no such file or directory"))),
        },
        _ => {
            let text = "must specify --patch or --patch-file containing the contents of the patch";
            return Err(Error::client(text));
        }
    };
    if args.words.is_empty() && !args.has("filename") {
        return Err(Error::client(NO_RESOURCES));
    }
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(args)?;
    // kubectl turns YAML into JSON and sends JSON as it is; only the server finds that broken.
    let change = if text.trim_start().starts_with(['{', '[']) {
        Err(text)
    } else {
        match manifest::parse(&text) {
            Ok(documents) => {
                Ok(documents.into_iter().next().map(|document| document.value).unwrap_or_default())
            }
            Err(error) => {
                let why = error.message.trim_start_matches("error converting YAML to JSON: ");
                return Err(Error::client(format!("unable to parse \"{text}\": {why}")));
            }
        }
    };
    let subresource = match args.text("subresource") {
        "" => "",
        "status" => "status",
        "scale" => "scale",
        other => {
            let text =
                format!("invalid subresource value: \"{other}\". Must be one of [status scale resize]");
            return Err(Error::client(text));
        }
    };
    let (found, mut errors) = targets(cx)?;
    for (_, object) in found {
        let (answer, unknown) = attempt(cx, &object, kind, &change, subresource, dry);
        for field in unknown {
            cx.out.note(format_args!("Warning: unknown field \"{field}\""));
        }
        match answer {
            Ok(patched) => {
                let done = if same(&patched, &object) { "patched (no change)" } else { "patched" };
                if subresource == "scale" && format.is_table() {
                    cx.out.line(format_args!("scale.autoscaling/{} {done}", object.name()));
                } else {
                    told(cx, &format, &patched, done)?;
                }
            }
            Err(status) => errors.push(status.into()),
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

/// True if nothing was changed: the resource version is the same.
fn same(a: &Object, b: &Object) -> bool {
    let body = |object: &Object| {
        let mut body = object.body.clone();
        body.remove(&["metadata", "resourceVersion"]);
        body
    };
    body(a) == body(b)
}

type Answer = std::result::Result<Rc<Object>, Rc<Status>>;

fn attempt(
    cx: &mut Cx,
    object: &Object,
    kind: &str,
    change: &std::result::Result<Value, String>,
    subresource: &'static str,
    dry: DryRun,
) -> (Answer, Vec<String>) {
    let mut unknown = Vec::new();
    let mut client = cx.host.client();
    client.set_dry_run(dry != DryRun::No);
    let answer = client.try_patch(&object.key(), subresource, |body| {
        let change = match change {
            Ok(value) => value.clone(),
            Err(text) => manifest::parse_json(text).map_err(|fault| {
                let text = if fault.at_end { "unexpected end of JSON input" } else { &fault.problem };
                Status::new(Reason::BadRequest, text)
            })?,
        };
        let merged = merge(object.kind, body, kind, &change)?;
        let (decoded, problems) = schema::decode_as(object.kind, &merged).map_err(Status::from)?;
        unknown = problems.into_iter().map(|problem| problem.path).collect();
        let name = decoded.name();
        if name != object.name() {
            let text = format!(
                "the name of the object ({name}) does not match the name on the URL ({})",
                object.name()
            );
            return Err(Status::new(Reason::BadRequest, text));
        }
        *body = decoded.body;
        Ok(())
    });
    (answer, unknown)
}

fn merge(kind: Kind, body: &Value, how: &str, change: &Value) -> std::result::Result<Value, Status> {
    match (how, change) {
        ("json", Value::List(_)) => patch::json_patch(body, change),
        ("json", _) => {
            let text = "json: cannot unmarshal object into Go value of type jsonpatch.Patch";
            Err(Status::new(Reason::BadRequest, text))
        }
        (_, Value::List(_)) => {
            let text = "json: cannot unmarshal array into Go value of type map[string]interface {}";
            Err(Status::new(Reason::BadRequest, text))
        }
        ("merge", _) => Ok(patch::json_merge(body, change)),
        _ => patch::strategic(body, change, schema::of(kind)),
    }
}
