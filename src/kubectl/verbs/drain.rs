//! `kubectl drain`: empties a node (K166 to K170).

use super::cordon::{cordon, nodes};
use super::{DryRun, Verb};
use crate::api::{Kind, Object, ObjectKey, Text};
use crate::component::DeleteOptions;
use crate::kubectl::error::{Error, Result};
use crate::kubectl::resource;
use crate::kubectl::select::Filter;
use crate::kubectl::{Cx, Host, Outcome, Output, Progress, Task};
use crate::sim::{SimDuration, SimTime};
use std::rc::Rc;

/// `kubectl drain`.
pub const VERB: Verb = Verb {
    name: "drain",
    flags: "force! ignore-daemonsets! delete-emptydir-data! disable-eviction! grace-period# pod-selector= selector/l= \
        timeout~ skip-wait-for-delete-timeout# dry-run? chunk-size#",
    summary: "Drain node in preparation for maintenance",
    help: "kubectl drain NODE

Examples:
  # Move everything away from node-2
  kubectl drain node-2 --ignore-daemonsets --delete-emptydir-data",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let dry = DryRun::parse(cx)?;
    let (nodes, errors) = nodes(cx)?;
    Error::all(errors)?;
    let mut queue = Vec::new();
    for node in &nodes {
        cordon(cx, node, true, dry)?;
        let (pods, warning, refused) = sort_out(cx, node)?;
        if !refused.is_empty() {
            let all =
                if refused.len() > 1 { format!("[{}]", refused.join(", ")) } else { refused[0].clone() };
            return Err(Error::Raw(format!(
                "error: unable to drain node \"{0}\" due to error: {all}, continuing command...\nThere are pending \
                 nodes to be drained:\n {0}\n{1}",
                node.name(),
                refused.join("\n")
            )));
        }
        if !warning.is_empty() {
            cx.out.note(format_args!("Warning: {}", warning.join("; ")));
        }
        queue.push((node.name().to_string(), pods));
    }
    let timeout = cx.args.duration("timeout").filter(|timeout| *timeout > 0);
    Ok(Outcome::Goes(Box::new(Emptying {
        queue,
        waiting: None,
        grace: cx.args.int("grace-period").and_then(|grace| u64::try_from(grace).ok()),
        dry,
        until: timeout.map(|timeout| cx.host.now() + SimDuration(timeout as u64)),
    })))
}

type SortedOut = (Vec<ObjectKey>, Vec<String>, Vec<String>);

// Which pods go, what is warned of, and what stands in the way.
fn sort_out(cx: &mut Cx, node: &Object) -> Result<SortedOut> {
    let filter = Filter::parse(cx.args.text("pod-selector"), "", resource::of(Kind::Pod))?;
    let args = cx.args;
    let client = cx.host.client();
    let here = |pod: &&Rc<Object>| pod.spec().get("nodeName").str() == node.name() && filter.matches(pod);
    let mut pods = Vec::new();
    let (mut bare, mut local, mut daemons) = (Vec::new(), Vec::new(), Vec::new());
    for pod in client.store().list(Kind::Pod, None).filter(here) {
        let name = format!("{}/{}", pod.namespace(), pod.name());
        let finished = matches!(pod.status().get("phase").str(), "Succeeded" | "Failed");
        let owner = pod.controller();
        if owner.is_some_and(|owner| owner.kind() == "DaemonSet") && !finished {
            daemons.push(name);
            continue;
        }
        let empty_dir =
            pod.spec().get("volumes").items().iter().any(|volume| !volume.get("emptyDir").is_null());
        if owner.is_none() && !finished {
            bare.push(name.clone());
        }
        if empty_dir && !finished {
            local.push(name);
        }
        pods.push(pod.key());
    }
    let (mut warnings, mut refused) = (Vec::new(), Vec::new());
    let mut judge = |names: Vec<String>, allowed: bool, doing: &str, refusal: &str| {
        if !names.is_empty() && allowed && !doing.is_empty() {
            warnings.push(format!("{doing}: {}", names.join(", ")));
        } else if !names.is_empty() && !allowed {
            refused.push(format!("cannot delete {refusal}: {}", names.join(", ")));
        }
    };
    judge(
        daemons,
        args.is("ignore-daemonsets"),
        "ignoring DaemonSet-managed Pods",
        "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)",
    );
    judge(
        local,
        args.is("delete-emptydir-data"),
        "",
        "Pods with local storage (use --delete-emptydir-data to override)",
    );
    judge(
        bare,
        args.is("force"),
        "deleting Pods that declare no controller",
        "cannot delete Pods that declare no controller (use --force to override)",
    );
    Ok((pods, warnings, refused))
}

/// Evicts the pods of one node after the other and waits until they are gone.
#[derive(Clone)]
struct Emptying {
    queue: Vec<(String, Vec<ObjectKey>)>,
    waiting: Option<Vec<(ObjectKey, Text)>>,
    grace: Option<u64>,
    dry: DryRun,
    until: Option<SimTime>,
}

impl Task for Emptying {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        while let Some((node, pods)) = self.queue.first() {
            if self.waiting.is_none() && self.dry == DryRun::No {
                let mut waiting = Vec::new();
                for key in pods {
                    let mut client = host.client();
                    let Some(pod) = client.store().by_key(key) else { continue };
                    waiting.push((key.clone(), pod.meta("uid").text()));
                    out.line(format_args!("evicting pod {}/{}", key.namespace, key.name));
                    let options = DeleteOptions { grace_period_secs: self.grace, ..DeleteOptions::default() };
                    client.evict(key, &options)?;
                }
                self.waiting = Some(waiting);
            }
            let client = host.client();
            if let Some(waiting) = &mut self.waiting {
                waiting.retain(|(key, uid)| {
                    let there = client.store().by_key(key).is_some_and(|pod| pod.uid() == uid.as_str());
                    if !there {
                        out.line(format_args!("pod/{} evicted", key.name));
                    }
                    there
                });
                if let Some((key, _)) = waiting.first() {
                    if self.until.is_some_and(|until| client.now() >= until) {
                        return Err(Error::client(format!(
                            "unable to drain node \"{node}\" due to error: error when waiting for pod \"{}\" in \
                             namespace \"{}\" to terminate: global timeout reached, continuing command...",
                            key.name, key.namespace
                        )));
                    }
                    return Ok(Progress::Wait { at: self.until });
                }
            }
            out.line(format_args!("node/{node} drained{}", self.dry.suffix()));
            self.waiting = None;
            self.queue.remove(0);
        }
        Ok(Progress::Done(0))
    }
}
