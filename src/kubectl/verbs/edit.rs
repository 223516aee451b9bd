//! `kubectl edit`: the object as a file, through the program that `KUBE_EDITOR` names, and back (K133).

use super::apply::decoded;
use super::{Verb, targets};
use crate::api::{Object, manifest};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::format::prefixed;
use crate::kubectl::{Cx, Outcome, wire};
use crate::store::{Reason, Status};

/// `kubectl edit`.
pub const VERB: Verb = Verb {
    name: "edit",
    flags: "filename/f, kustomize/k= recursive/R! selector/l= output/o= field-manager= validate? windows-line-endings! \
        save-config! subresource= output-patch! record!",
    summary: "Edit a resource on the server",
    help: "kubectl edit (RESOURCE/NAME | -f FILENAME)

Examples:
  # With a program that changes the file it is given
  KUBE_EDITOR=\"sed -i 's/replicas: 2/replicas: 4/'\" kubectl edit sts web",
    run,
};

const HEAD: &str = "# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
";

fn run(cx: &mut Cx) -> Result<Outcome> {
    let (found, errors) = targets(cx)?;
    Error::all(errors)?;
    if cx.editor.is_empty() {
        let text = "there is no editor at this prompt; name a program that changes a file, for example \
                    KUBE_EDITOR=\"sed -i 's/replicas: 2/replicas: 4/'\"";
        return Err(Error::client(text));
    }
    for (resource, object) in found {
        let before = wire::yaml(&object.body);
        let editor = cx.editor.to_string();
        let after = cx.host.edit(&editor, &format!("{HEAD}{before}")).map_err(Error::client)?;
        let lines = after.lines().filter(|line| !line.starts_with('#'));
        let after: String = lines.map(|line| format!("{line}\n")).collect();
        if after.trim().is_empty() {
            cx.out.note("Edit cancelled, saved file was empty.");
        } else if after == before {
            cx.out.note("Edit cancelled, no changes made.");
        } else {
            match save(cx, &object, &after) {
                Ok(()) => cx.out.line(format_args!("{} edited", prefixed(&object))),
                Err(status) if status.reason == Reason::Invalid || status.reason == Reason::BadRequest => {
                    // The editor would open again; a program would only do the same once more.
                    let (dotted, number) = (resource.dotted(), cx.host.now().as_millis());
                    cx.out.note(format_args!("error: {dotted} \"{}\" is invalid", object.name()));
                    cx.out.note(format_args!(
                        "A copy of your changes has been stored to \"/tmp/kubectl-edit-{number:010}.yaml\""
                    ));
                    return Err(Error::client("Edit cancelled, no valid changes were saved."));
                }
                Err(status) => return Err(status.into()),
            }
        }
    }
    Ok(Outcome::Done(0))
}

fn save(cx: &mut Cx, object: &Object, text: &str) -> std::result::Result<(), std::rc::Rc<Status>> {
    let (documents, broken) = manifest::parse_some(text);
    let Some(document) = documents.into_iter().next().filter(|_| broken.is_none()) else {
        return Err(Status::new(Reason::BadRequest, "The edited file failed validation").into());
    };
    let new = decoded(cx, &document.value)?;
    if new.key() != object.key() {
        let text = "At least one of apiVersion, kind and name was changed";
        return Err(Status::new(Reason::BadRequest, text).into());
    }
    cx.host.client().update(new).map(|_| ())
}
