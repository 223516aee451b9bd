//! Verbs of which only the answer matters: `auth`, `top`, `completion`, `diff`.

use super::Verb;
use super::apply::{LAST_APPLIED, annotated};
use crate::api::schema;
use crate::kubectl::error::{Error, Result};
use crate::kubectl::output::table;
use crate::kubectl::{Cx, Outcome, manifests, wire};
use crate::store::patch;

/// `kubectl auth`.
pub const AUTH: Verb = Verb {
    name: "auth",
    flags: "all-namespaces/A! list! quiet/q! subresource= output/o= no-headers!",
    summary: "Inspect authorization",
    help: "kubectl auth can-i VERB TYPE
  kubectl auth whoami",
    run: |cx| {
        match cx.args.words.first().map_or("", String::as_str) {
            "can-i" => cx.out.line("yes"),
            "whoami" => {
                let text = "ATTRIBUTE\tVALUE\nUsername\tkubernetes-admin\nUID\tadmin\nGroups\t[system:masters \
                    system:authenticated]\n";
                cx.out.out(table::Aligner::list().align(text));
            }
            "" => cx.out.out(super::help(&AUTH)),
            other => return Err(cx.usage(format_args!("unknown command \"{other}\""))),
        }
        Ok(Outcome::Done(0))
    },
};

/// `kubectl top`.
pub const TOP: Verb = Verb {
    name: "top",
    flags: "all-namespaces/A! selector/l= containers! no-headers! sort-by=",
    summary: "Display resource usage",
    help: "kubectl top (pods | nodes)",
    run: |_| Err(Error::client("Metrics API not available")),
};

/// `kubectl completion`.
pub const COMPLETION: Verb = Verb {
    name: "completion",
    flags: "",
    summary: "Output shell completion code for the specified shell",
    help: "kubectl completion SHELL",
    run: |cx| match &cx.args.words[..] {
        [] => Err(cx.usage("Shell not specified.")),
        [shell] if matches!(shell.as_str(), "bash" | "zsh" | "fish" | "powershell") => Ok(Outcome::Done(0)),
        [shell] => Err(cx.usage(format_args!("Unsupported shell type \"{shell}\"."))),
        _ => Err(cx.usage("Too many arguments. Expected only the shell type.")),
    },
};

/// `kubectl diff`.
pub const DIFF: Verb = Verb {
    name: "diff",
    flags: "filename/f, kustomize/k= recursive/R! selector/l= server-side! force-conflicts! field-manager= prune! \
        validate? show-managed-fields! concurrency#",
    summary: "Diff the live version against a would-be applied version",
    help: "kubectl diff -f FILENAME",
    run: diff,
};

// The lines that would go and come, without the context a real diff shows.
fn diff(cx: &mut Cx) -> Result<Outcome> {
    let (found, errors) = manifests::read(cx)?;
    Error::all(errors)?;
    let mut differs = false;
    for manifest in found {
        let key = manifest.object.key();
        let live = cx.host.client().store().by_key(&key).cloned();
        let ty = schema::of(manifest.object.kind);
        let (before, after) = match &live {
            None => (String::new(), wire::yaml(&manifest.object.body)),
            Some(live) => {
                let original =
                    crate::api::manifest::parse_json(live.annotation(LAST_APPLIED)).unwrap_or_default();
                let change = patch::three_way(&original, &live.body, &annotated(&manifest.object.body), ty);
                let mut merged = patch::strategic(&live.body, &change, ty)?;
                if let Ok((object, _)) = schema::decode_as(live.kind, &merged) {
                    merged = object.body;
                }
                // What the server fills in is no difference.
                let mut client = cx.host.client();
                client.set_dry_run(true);
                let tried = client.patch(&key, "", |body| *body = merged)?;
                (wire::yaml(&live.body), wire::yaml(&tried.body))
            }
        };
        if before == after {
            continue;
        }
        differs = true;
        let name = format!("{}.{}", manifest.resource.prefix(), key.name);
        cx.out.line(format_args!("--- LIVE/{name}\n+++ MERGED/{name}"));
        let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        old.iter().filter(|line| !new.contains(line)).for_each(|line| cx.out.line(format_args!("-{line}")));
        new.iter().filter(|line| !old.contains(line)).for_each(|line| cx.out.line(format_args!("+{line}")));
    }
    Ok(Outcome::Done(i32::from(differs)))
}
