//! `kubectl apply`: makes objects what their manifests say, and leaves alone what those never said (K106 to K112).

mod server_side;

use super::{DryRun, Verb};
use crate::api::schema::{self, FieldProblem};
use crate::api::{Object, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::manifests::{self, Manifest};
use crate::kubectl::output::format::{self, Format, prefixed};
use crate::kubectl::{Cx, Outcome, wire};
use crate::store::{Reason, Status, admission, patch};
use std::rc::Rc;

/// `kubectl apply`.
pub const VERB: Verb = Verb {
    name: "apply",
    flags: "filename/f, kustomize/k= recursive/R! selector/l= all! cascade? dry-run? field-manager= force! \
        force-conflicts! grace-period# overwrite! prune! prune-allowlist, server-side! timeout~ validate? wait! \
        output/o= template= record! show-managed-fields! openapi-patch!",
    summary: "Apply a configuration to a resource by file name or stdin",
    help: "kubectl apply -f FILENAME

Examples:
  # Make the cluster what web.yaml says
  kubectl apply -f web.yaml

  # The same with what comes in
  cat web.yaml | kubectl apply -f -

  # Only try
  kubectl apply -f web.yaml --dry-run=server",
    run,
};

/// `kubectl apply view-last-applied`.
pub const VIEW_LAST_APPLIED: Verb = Verb {
    name: "apply view-last-applied",
    flags: "filename/f, recursive/R! selector/l= all! output/o=",
    summary: "View the last applied configuration of a resource",
    help: "kubectl apply view-last-applied (TYPE [NAME] | TYPE/NAME | -f FILENAME)

Examples:
  # View what was applied
  kubectl apply view-last-applied sts/web",
    run: view_last_applied,
};

/// The annotation that keeps what was applied.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

fn run(cx: &mut Cx) -> Result<Outcome> {
    let on_server = cx.args.is("server-side");
    if cx.args.is("force-conflicts") && !on_server {
        return Err(Error::client("--force-conflicts only works with --server-side"));
    }
    if cx.args.is("force") && on_server {
        return Err(Error::client("--force cannot be used with --server-side"));
    }
    let dry = DryRun::parse(cx)?;
    if dry == DryRun::Client && on_server {
        return Err(Error::client(
            "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
        ));
    }
    let format = Format::parse(cx.args)?;
    let (found, mut errors) = manifests::read(cx)?;
    let mut printed = Vec::new();
    for manifest in &found {
        let step = if on_server { server_side::one(cx, manifest, dry) } else { one(cx, manifest, dry) };
        match step {
            Ok((object, done)) => {
                if format.is_table() || format == Format::Name {
                    let text = format.result(&object, &format!("{done}{}", dry.suffix()))?;
                    cx.out.out(text);
                } else {
                    printed.push(object);
                }
            }
            Err(error) => errors.push(error),
        }
    }
    match &printed[..] {
        [] => {}
        [one] => {
            let text = format.print(&one.body, true)?;
            cx.out.out(text);
        }
        several => {
            let text = format.print(&format::list(several), true)?;
            cx.out.out(text);
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

/// The manifest with itself as annotation (K108).
pub fn annotated(body: &Value) -> Value {
    let mut plain = body.clone();
    if !plain.at(&["metadata", "annotations"]).is_null() {
        plain.at_mut(&["metadata", "annotations"]).map_mut().remove(LAST_APPLIED);
    }
    plain.at_mut(&["metadata", "annotations"]).map_mut();
    let text = wire::compact(&plain) + "\n";
    plain.at_mut(&["metadata", "annotations"]).map_mut().insert(LAST_APPLIED, text);
    plain
}

/// Reads a document as the server does, by the strictness of `--validate`; what is unknown is refused or warned of.
pub(crate) fn decoded(cx: &mut Cx, body: &Value) -> std::result::Result<Object, Status> {
    let (object, problems) = admission::decode(body)?;
    judge(cx, &problems, || admission::strict(object.kind, &problems))?;
    Ok(object)
}

fn judge(
    cx: &mut Cx,
    problems: &[FieldProblem],
    refuse: impl FnOnce() -> std::result::Result<(), Status>,
) -> std::result::Result<(), Status> {
    match cx.args.text("validate") {
        "warn" => problems.iter().for_each(|problem| cx.out.note(format_args!("Warning: {problem}"))),
        "ignore" | "false" => {}
        _ => refuse()?,
    }
    Ok(())
}

/// Tells what the server warns of about an object it has taken.
pub(crate) fn warn(cx: &mut Cx, object: &Object) {
    for warning in admission::warnings(object) {
        cx.out.note(format_args!("Warning: {warning}"));
    }
}

fn one(cx: &mut Cx, manifest: &Manifest, dry: DryRun) -> Result<(Rc<Object>, &'static str)> {
    let Manifest { source, resource, object: new } = manifest;
    if new.name().is_empty() {
        let prefix = new.meta("generateName").str();
        if !prefix.is_empty() {
            return Err(Error::client(format!("from {prefix}: cannot use generate name with apply")));
        }
        let group_version = match resource.group() {
            "" => format!("/{}", resource.api_version),
            _ => resource.api_version.to_string(),
        };
        return Err(Error::client(format!(
            "error when retrieving current configuration of:\nResource: \"{group_version}, Resource={}\", \
             GroupVersionKind: \"{group_version}, Kind={}\"\nName: \"\", Namespace: \"{}\"\nfrom server for: \
             \"{source}\": resource name may not be empty",
            resource.plural,
            resource.name,
            new.namespace()
        )));
    }
    let modified = annotated(&new.body);
    let live = cx.host.client().store().by_key(&new.key()).cloned();
    let Some(live) = live else {
        if dry == DryRun::Client {
            return Ok((Rc::new(Object::of(new.kind, modified)), "created"));
        }
        let made = create(cx, &modified, dry).map_err(|status| Error::when(&status, "creating", source))?;
        return Ok((made, "created"));
    };
    if live.annotations().get(LAST_APPLIED).is_none() {
        cx.out.note(format_args!(
            "Warning: resource {}/{} is missing the {LAST_APPLIED} annotation which is required by kubectl apply. \
             kubectl apply should only be used on resources created declaratively by either kubectl create \
             --save-config or kubectl apply. The missing annotation will be patched automatically.",
            resource.plural,
            new.name()
        ));
    }
    if dry == DryRun::Client {
        return Ok((live, "configured"));
    }
    let original = crate::api::manifest::parse_json(live.annotation(LAST_APPLIED)).unwrap_or_default();
    let ty = schema::of(new.kind);
    let change = patch::three_way(&original, &live.body, &modified, ty);
    if change.entries().is_empty() {
        return Ok((live, "unchanged"));
    }
    if live.is_terminating() {
        cx.out.note(format_args!(
            "Warning: Detected changes to resource {} which is currently being deleted.",
            new.name()
        ));
    }
    let merged = patch::strategic(&live.body, &change, ty)?;
    let decoded = schema::decode_as(new.kind, &merged).map_err(Status::from);
    let result = decoded.and_then(|(object, problems)| {
        judge(cx, &problems, || {
            let known: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let known = known.join(", ");
            if known.is_empty() {
                return Ok(());
            }
            let text = format!(
                "patch: Invalid value: {}: strict decoding error: {known}",
                crate::api::print::quote_json(&format::go_print(&change))
            );
            Err(Status::new(Reason::Invalid, text))
        })?;
        Ok(object)
    });
    let mut client = cx.host.client();
    client.set_dry_run(dry == DryRun::Server);
    let answer = client.try_patch(&new.key(), "", |body| {
        *body = result?.body;
        Ok(())
    });
    match answer {
        Ok(object) => {
            warn(cx, &object);
            Ok((object, "configured"))
        }
        Err(status) if status.reason == Reason::Invalid => Err(Error::Server(status)),
        Err(status) => {
            let mut status = (*status).clone();
            status.message = format!(
                "error when applying patch:\n{}\nto:\n{}\nfor: \"{source}\": error when patching \"{source}\": {}",
                wire::compact(&change),
                describe_key(manifest),
                status.message
            );
            Err(status.into())
        }
    }
}

fn describe_key(manifest: &Manifest) -> String {
    let resource = manifest.resource;
    let group_version = match resource.group() {
        "" => format!("/{}", resource.api_version),
        _ => resource.api_version.to_string(),
    };
    format!(
        "Resource: \"{group_version}, Resource={}\", GroupVersionKind: \"{group_version}, Kind={}\"\nName: \"{}\", \
         Namespace: \"{}\"",
        resource.plural,
        resource.name,
        manifest.object.name(),
        manifest.object.namespace()
    )
}

/// Creates an object of a document.
pub(crate) fn create(cx: &mut Cx, body: &Value, dry: DryRun) -> std::result::Result<Rc<Object>, Rc<Status>> {
    let object = decoded(cx, body)?;
    let mut client = cx.host.client();
    client.set_dry_run(dry == DryRun::Server);
    let made = client.create(object)?;
    warn(cx, &made);
    Ok(made)
}

fn view_last_applied(cx: &mut Cx) -> Result<Outcome> {
    let (found, errors) = super::targets(cx)?;
    for (_, object) in found {
        let text = object.annotation(LAST_APPLIED);
        if text.is_empty() {
            return Err(Error::client(format!(
                "no last-applied-configuration annotation found on resource: {}",
                object.name()
            )));
        }
        let value = crate::api::manifest::parse_json(text).unwrap_or_default();
        cx.out.out(if cx.args.text("output") == "json" { wire::json(&value) } else { wire::yaml(&value) });
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

/// The line a user sees for an object that was made or changed.
pub(crate) fn told(cx: &mut Cx, format: &Format, object: &Object, done: &str) -> Result<()> {
    let text = match format {
        Format::Table(_) => format!("{} {done}\n", prefixed(object)),
        other => other.print(&object.body, true)?,
    };
    cx.out.out(text);
    Ok(())
}
