//! `kubectl apply --server-side`: the server merges and knows whose every field is (K117).

use super::{DryRun, LAST_APPLIED, warn};
use crate::api::{Object, Text, Value};
use crate::kubectl::Cx;
use crate::kubectl::error::{Error, Result};
use crate::kubectl::manifests::Manifest;
use crate::object;
use crate::store::{Reason, admission};
use std::rc::Rc;

/// The manager that keeps the annotation of client-side apply while it is needed.
const KEEPER: &str = "kubectl-last-applied";

const HINT: &str = "
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts";

/// Applies one manifest. What client-side apply owned of the object is moved to the new manager, as kubectl does it: the
/// annotation gets a keeper, the fields move, the manifest is applied once more so that what it left out goes.
pub(super) fn one(cx: &mut Cx, manifest: &Manifest, dry: DryRun) -> Result<(Rc<Object>, &'static str)> {
    let asked = &manifest.object;
    let (_, problems) = admission::decode(&asked.body)?;
    if let Some(problem) = problems.first() {
        return Err(Error::Raw(format!(
            "Error from server: failed to create typed patch object ({}/{}; {}, Kind={}): .{}: field not declared in \
             schema",
            asked.namespace(),
            asked.name(),
            manifest.resource.api_version,
            manifest.resource.name,
            problem.path
        )));
    }
    let manager = Text::from(cx.args.get("field-manager").unwrap_or("kubectl").to_string());
    let force = cx.args.is("force-conflicts");
    let mut client = cx.host.client();
    client.set_dry_run(dry == DryRun::Server);
    let mut done =
        client.apply(&asked.key(), &asked.body, &manager, force).map_err(|status| match status.reason {
            Reason::Conflict if status.message.starts_with("Apply failed") => {
                Error::client(format!("{}{HINT}", status.message))
            }
            _ => Error::Server(status),
        })?;
    let kept = |object: &Object, applies: bool| {
        let owners = object.managers.list().iter().filter(|owner| owner.applies == applies);
        owners
            .filter(|owner| owner.owns_last_applied())
            .map(|owner| owner.name.clone())
            .collect::<Vec<Text>>()
    };
    let annotation = done.annotation(LAST_APPLIED).to_string();
    if *manager == *"kubectl" && !annotation.is_empty() && kept(&done, true).is_empty() {
        let mut only = Object::new(done.kind, done.namespace().to_string(), done.name().to_string());
        let annotations: Value = object! { LAST_APPLIED => annotation };
        only.body.set(&["metadata", "annotations"], annotations);
        done = client.apply(&only.key(), &only.body, &Text::from(KEEPER), false)?;
    }
    let old = kept(&done, false);
    if !old.is_empty() {
        client.migrate(&done.key(), &old, &manager)?;
        done = client.apply(&asked.key(), &asked.body, &manager, force)?;
    }
    warn(cx, &done);
    Ok((done, "serverside-applied"))
}
