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
use crate::store::Reason;
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
        pods: None,
        grace: cx.args.int("grace-period").and_then(|grace| u64::try_from(grace).ok()),
        dry,
        timeout: SimDuration(timeout.unwrap_or(0) as u64),
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

/// A pod that a budget holds is asked for again after so long (K168).
const RETRY: SimDuration = SimDuration(5_000);

const NEVER: SimTime = SimTime(u64::MAX);

/// How far one pod is.
#[derive(Clone)]
enum Going {
    /// It is asked for at that time.
    Asked(SimTime),
    /// The eviction was granted; it is waited for until no pod of this uid is there.
    Ending(Text),
    /// It is gone.
    Gone,
    /// It stays, for this reason.
    Failed(String),
}

/// Evicts the pods of one node after the other and waits until they are gone.
#[derive(Clone)]
struct Emptying {
    queue: Vec<(String, Vec<ObjectKey>)>,
    /// The pods of the first node of the queue, once it is worked on.
    pods: Option<Vec<(ObjectKey, Going)>>,
    grace: Option<u64>,
    dry: DryRun,
    timeout: SimDuration,
    until: Option<SimTime>,
}

impl Emptying {
    // Follows kubectl pkg/drain/drain.go evictPods.
    fn step(&self, key: &ObjectKey, going: &Going, host: &mut dyn Host, out: &mut Output) -> Option<Going> {
        let mut client = host.client();
        let now = client.now();
        let over = self.until.is_some_and(|until| now >= until);
        match going {
            Going::Asked(at) if *at <= now => {
                let Some(pod) = client.store().by_key(key) else { return Some(Going::Gone) };
                let uid = pod.meta("uid").text();
                out.line(format_args!("evicting pod {}/{}", key.namespace, key.name));
                let failed = |why: &dyn std::fmt::Display| {
                    let ObjectKey { namespace, name, .. } = key;
                    Going::Failed(format!("error when evicting pods/\"{name}\" -n \"{namespace}\": {why}"))
                };
                if over {
                    return Some(failed(&format_args!("global timeout reached: {}", self.timeout.go())));
                }
                let options = DeleteOptions { grace_period_secs: self.grace, ..DeleteOptions::default() };
                match client.evict(key, &options) {
                    Ok(()) => Some(Going::Ending(uid)),
                    Err(status) if status.reason == Reason::NotFound => Some(Going::Gone),
                    Err(status) if status.reason == Reason::TooManyRequests => {
                        out.note(format_args!(
                            "error when evicting pods/\"{}\" -n \"{}\" (will retry after 5s): {}",
                            key.name, key.namespace, status.message
                        ));
                        Some(Going::Asked(now + RETRY))
                    }
                    Err(status) => Some(failed(&status.message)),
                }
            }
            Going::Ending(uid) => {
                if client.store().by_key(key).is_none_or(|pod| pod.uid() != uid.as_str()) {
                    out.line(format_args!("pod/{} evicted", key.name));
                    return Some(Going::Gone);
                }
                over.then(|| {
                    Going::Failed(format!(
                        "error when waiting for pod \"{}\" in namespace \"{}\" to terminate: global timeout \
                         reached: {}",
                        key.name,
                        key.namespace,
                        self.timeout.go()
                    ))
                })
            }
            _ => None,
        }
    }
}

impl Task for Emptying {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Result<Progress> {
        while let Some((node, keys)) = self.queue.first().cloned() {
            let now = host.now();
            let keys = if self.dry == DryRun::No { keys } else { Vec::new() };
            let begun = || keys.into_iter().map(|key| (key, Going::Asked(now))).collect();
            let mut pods = self.pods.take().unwrap_or_else(begun);
            for (key, going) in &mut pods {
                while let Some(next) = self.step(key, going, host, out) {
                    *going = next;
                }
            }
            let times = pods.iter().filter_map(|(_, going)| match going {
                Going::Asked(at) => Some(*at),
                Going::Ending(_) => self.until.or(Some(NEVER)),
                _ => None,
            });
            if let Some(at) = times.min() {
                self.pods = Some(pods);
                return Ok(Progress::Wait { at: Some(at).filter(|at| *at < NEVER) });
            }
            let failed: Vec<&str> = pods
                .iter()
                .filter_map(|(_, going)| match going {
                    Going::Failed(why) => Some(why.as_str()),
                    _ => None,
                })
                .collect();
            if !failed.is_empty() {
                let why =
                    if let [one] = failed[..] { one.to_string() } else { format!("[{}]", failed.join(", ")) };
                let left: Vec<String> = pods
                    .iter()
                    .filter(|(_, going)| !matches!(going, Going::Gone))
                    .map(|(key, _)| format!("pod/{}\n", key.name))
                    .collect();
                return Err(Error::Raw(format!(
                    "There are pending pods in node \"{node}\" when an error occurred: {why}\n{}error: unable to drain \
                     node \"{node}\" due to error: {why}, continuing command...\nThere are pending nodes to be drained:\n \
                     {node}\n{why}",
                    left.concat()
                )));
            }
            out.line(format_args!("node/{node} drained{}", self.dry.suffix()));
            self.queue.remove(0);
        }
        Ok(Progress::Done(0))
    }
}
