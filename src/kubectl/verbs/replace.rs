//! `kubectl replace`: puts the object of a file in the place of the stored one (K116).

use super::apply::{self, told};
use super::{DryRun, Verb};
use crate::component::{DeleteOptions, Propagation};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::Format;
use crate::kubectl::{Cx, Outcome, manifests};
use crate::store::Status;

/// `kubectl replace`.
pub const VERB: Verb = Verb {
    name: "replace",
    flags: "filename/f, kustomize/k= recursive/R! cascade? dry-run? field-manager= force! grace-period# save-config! \
        timeout~ validate? wait! output/o= template= subresource= raw=",
    summary: "Replace a resource by file name or stdin",
    help: "kubectl replace -f FILENAME

Examples:
  # Replace what is there by what the file says
  kubectl replace -f web.yaml

  # Delete it first and create it again
  kubectl replace --force -f web.yaml",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    let format = Format::parse(cx.args)?;
    let (found, mut errors) = manifests::read(cx)?;
    if cx.args.is("force") {
        for manifest in &found {
            let grace = cx.args.int("grace-period").and_then(|grace| u64::try_from(grace).ok());
            let options = DeleteOptions {
                propagation: Some(Propagation::Background),
                grace_period_secs: grace,
                ..DeleteOptions::default()
            };
            if cx.host.client().delete(&manifest.object.key(), &options).is_ok() {
                cx.out.line(format_args!(
                    "{} \"{}\" deleted{}",
                    manifest.resource.prefix(),
                    manifest.object.name(),
                    {
                        match manifest.object.namespace() {
                            "" => String::new(),
                            namespace => format!(" from {namespace} namespace"),
                        }
                    }
                ));
            }
        }
    }
    for manifest in found {
        let replaced = replace(cx, &manifest.object.body, dry);
        match replaced {
            Ok(object) => told(cx, &format, &object, &format!("replaced{}", dry.suffix()))?,
            Err(status) => errors.push(Error::when(&status, "replacing", &manifest.source)),
        }
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}

fn replace(
    cx: &mut Cx,
    body: &crate::api::Value,
    dry: DryRun,
) -> std::result::Result<std::rc::Rc<crate::api::Object>, std::rc::Rc<Status>> {
    if cx.args.is("force") {
        return apply::create(cx, body, dry);
    }
    let mut object = apply::decoded(cx, body)?;
    let mut client = cx.host.client();
    client.set_dry_run(dry != DryRun::No);
    // kubectl takes the address of a Service over, which the manifest does not know.
    if let Some(live) = client.store().by_key(&object.key()) {
        for field in ["clusterIP", "clusterIPs"] {
            let address = live.spec().get(field);
            if object.kind == crate::api::Kind::Service
                && object.spec().get(field).is_null()
                && !address.is_null()
            {
                *object.body.at_mut(&["spec"]).map_mut().entry(field) = address.clone();
            }
        }
    }
    client.update(object)
}
