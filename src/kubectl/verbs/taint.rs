//! `kubectl taint`: keeps pods away from nodes (K171).

use super::{DryRun, Verb, targets};
use crate::api::{Kind, Value};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::{Cx, Outcome};
use crate::object;

/// `kubectl taint`.
pub const VERB: Verb = Verb {
    name: "taint",
    flags: "all! selector/l= overwrite! validate? dry-run? field-manager= output/o= template=",
    summary: "Update the taints on one or more nodes",
    help: "kubectl taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N

Examples:
  # Only pods that tolerate it are placed on node-1
  kubectl taint nodes node-1 dedicated=data:NoSchedule

  # Take the taint away
  kubectl taint nodes node-1 dedicated:NoSchedule-",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    let is_change = |word: &String| word.contains([':', '=']) || word.ends_with('-');
    let at = cx.args.words.iter().position(is_change).unwrap_or(cx.args.words.len());
    let (words, changes) = cx.args.words.split_at(at);
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for change in changes {
        if let Some(change) = change.strip_suffix('-') {
            let (key, effect) = change.split_once(':').unwrap_or((change, ""));
            remove.push((key.split('=').next().unwrap_or("").to_string(), effect.to_string()));
            continue;
        }
        let (pair, effect) = change.rsplit_once(':').unwrap_or((change, ""));
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if effect.is_empty() || key.is_empty() {
            return Err(cx.usage(format_args!("invalid taint spec: {change}")));
        }
        if !matches!(effect, "NoSchedule" | "PreferNoSchedule" | "NoExecute") {
            return Err(cx.usage(format_args!("invalid taint effect: {effect}, unsupported taint effect")));
        }
        add.push((key.to_string(), value.to_string(), effect.to_string()));
    }
    if add.is_empty() && remove.is_empty() {
        return Err(Error::client("at least one taint update is required"));
    }
    let (found, mut errors) = cx.with_words(words.to_vec(), targets)?;
    for (_, node) in found {
        if node.kind != Kind::Node {
            return Err(Error::client(format!(
                "invalid resource type {}, only node(s) is supported",
                node.kind.name()
            )));
        }
        let mut taints = node.spec().get("taints").items().to_vec();
        let same = |taint: &Value, key: &str, effect: &str| {
            taint.get("key").str() == key && (effect.is_empty() || taint.get("effect").str() == effect)
        };
        let clash: Vec<&str> = add
            .iter()
            .filter(|(key, _, effect)| taints.iter().any(|taint| same(taint, key, effect)))
            .map(|(key, ..)| key.as_str())
            .collect();
        if !clash.is_empty() && !cx.args.is("overwrite") {
            errors.push(Error::client(format!(
                "node {} already has {} taint(s) with same effect(s) and --overwrite is false",
                node.name(),
                clash.join(", ")
            )));
            continue;
        }
        let replaced = !clash.is_empty();
        let before = taints.len();
        let mut missing = None;
        for (key, effect) in &remove {
            let count = taints.len();
            taints.retain(|taint| !same(taint, key, effect));
            if taints.len() == count {
                missing = Some(if effect.is_empty() { key.clone() } else { format!("{key}:{effect}") });
            }
        }
        if let Some(missing) = missing {
            errors.push(Error::client(format!("taint \"{missing}\" not found")));
            continue;
        }
        let removed = taints.len() < before;
        for (key, value, effect) in &add {
            taints.retain(|taint| !same(taint, key, effect));
            let mut taint = object! { "effect" => effect.clone(), "key" => key.clone() };
            if !value.is_empty() {
                taint.set(&["value"], value.clone());
            }
            taints.push(taint);
        }
        let done = match (add.is_empty(), removed || replaced) {
            (true, _) => "untainted",
            (false, true) => "modified",
            (false, false) => "tainted",
        };
        if dry != DryRun::Client {
            let mut client = cx.host.client();
            client.set_dry_run(dry == DryRun::Server);
            let answer = client.patch(&node.key(), "", |body| {
                if taints.is_empty() {
                    body.remove(&["spec", "taints"]);
                } else {
                    body.set(&["spec", "taints"], taints);
                }
            });
            if let Err(status) = answer {
                errors.push(status.into());
                continue;
            }
        }
        cx.out.line(format_args!("node/{} {done}{}", node.name(), dry.suffix()));
    }
    Error::all(errors)?;
    Ok(Outcome::Done(0))
}
