//! What can be done to an object: kubectl's commands and the faults of the outside world, one list a kind.
//!
//! An act is the line that would be typed; pressing it types it, so the menu teaches the command.

use super::what_if::outstanding;
use crate::api::{Kind, Object};
use crate::component::Happening;
use crate::lang::Lang;
use crate::session::Still;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// A word or two.
    pub label: &'static str,
    /// The command, or the fault as scenarios have it.
    pub line: String,
}

/// What can be done to that object at the moment shown; `past` is what happened until then. Of a cluster that was only
/// watched it can just be read.
pub fn acts(object: &Object, still: &Still, past: &[Happening], is_observed: bool, lang: Lang) -> Vec<Act> {
    let mut acts = Vec::new();
    let mut add = |ko: &'static str, en: &'static str, line: String| {
        acts.push(Act { label: lang.pick(ko, en), line });
    };
    let space = match object.namespace() {
        "" | "default" => String::new(),
        other => format!(" -n {other}"),
    };
    let kind = object.kind.info();
    let short = kind.short_names.first().copied().unwrap_or(kind.singular);
    let name = object.name();
    add("describe", "describe", format!("kubectl describe {short} {name}{space}"));
    if object.kind == Kind::Pod && !is_observed {
        add("로그", "logs", format!("kubectl logs {name}{space}"));
    }
    if is_observed {
        return acts;
    }
    let scale = |n: i64| format!("kubectl scale {short} {name} --replicas={n}{space}");
    let replicas = object.spec().get("replicas").as_int().unwrap_or(1);
    match object.kind {
        Kind::Pod => pod(object, still, past, &space, &mut add),
        Kind::StatefulSet | Kind::Deployment => {
            add("하나 늘리기", "one more", scale(replicas + 1));
            if replicas > 0 {
                add("하나 줄이기", "one less", scale(replicas - 1));
                add("0으로", "to zero", scale(0));
            }
            add("다시 시작", "restart", format!("kubectl rollout restart {short}/{name}{space}"));
            if object.status().get("currentRevision") != object.status().get("updateRevision")
                || revisions(still, object) > 1
            {
                add("되돌리기", "undo", format!("kubectl rollout undo {short}/{name}{space}"));
            }
            add("지우기", "delete", format!("kubectl delete {short} {name}{space}"));
            add(
                "파드는 두고 지우기",
                "delete, keep Pods",
                format!("kubectl delete {short} {name} --cascade=orphan{space}"),
            );
        }
        Kind::Node => node(object, past, &mut add),
        Kind::PersistentVolumeClaim => {
            for (pod, path) in mounts(still, object) {
                add("파일 보기", "files", format!("kubectl exec {pod}{space} -- ls -l {path}"));
            }
            add("지우기", "delete", format!("kubectl delete {short} {name} --wait=false{space}"));
        }
        Kind::ControllerRevision => {
            if let Some(set) = object.controller() {
                let number = object.body.get("revision").as_int().unwrap_or(0);
                let line = format!("kubectl rollout undo sts/{} --to-revision={number}{space}", set.name());
                add("이 리비전으로", "back to this", line);
            }
        }
        Kind::Service => {
            let slices = format!("kubectl get endpointslices -l kubernetes.io/service-name={name}{space}");
            add("엔드포인트", "endpoints", slices);
            add("지우기", "delete", format!("kubectl delete svc {name}{space}"));
        }
        _ => {}
    }
    acts
}

fn pod(
    pod: &Object,
    still: &Still,
    past: &[Happening],
    space: &str,
    add: &mut dyn FnMut(&'static str, &'static str, String),
) {
    let name = pod.name();
    // Faults name pods of other namespaces with a slash.
    let named = if space.is_empty() { name.to_string() } else { format!("{}/{name}", pod.namespace()) };
    let by_force = format!("kubectl delete pod {name} --grace-period=0 --force{space}");
    let is_ready = pod.condition("Ready").get("status").str() == "True";
    if pod.is_terminating() {
        add("강제로 지우기", "delete by force", by_force);
        return;
    }
    add("지우기", "delete", format!("kubectl delete pod {name}{space}"));
    if pod.status().get("phase").str() == "Running" {
        add("셸", "shell", format!("kubectl exec -it {name}{space} -- sh"));
        if is_ready {
            add("Ready 거두기", "make unready", format!("unready {named}"));
        }
        add("한 번 죽이기", "crash once", format!("crash {named}"));
        add("계속 죽이기", "keep crashing", format!("crashloop {named}"));
    }
    match undo(past, &named) {
        Some(undo) => add("고장 풀기", "mend", undo),
        None if !is_ready => add("Ready 막기", "hold", format!("hold {named}")),
        None => {}
    }
    let node = still.store().get(Kind::Node, "", pod.spec().get("nodeName").str());
    if node.is_some_and(|node| node.condition("Ready").get("status").str() != "True") {
        add("강제로 지우기", "delete by force", by_force);
    }
}

fn node(node: &Object, past: &[Happening], add: &mut dyn FnMut(&'static str, &'static str, String)) {
    let name = node.name();
    match undo(past, name) {
        Some(undo) if undo.starts_with("start") => add("전원 켜기", "power on", undo),
        Some(undo) => add("네트워크 잇기", "mend the network", undo),
        None => {
            add("전원 끄기", "power off", format!("stop {name}"));
            add("네트워크 끊기", "cut the network", format!("cut {name}"));
        }
    }
    if node.spec().get("unschedulable").is_true() {
        add("uncordon", "uncordon", format!("kubectl uncordon {name}"));
    } else {
        add("cordon", "cordon", format!("kubectl cordon {name}"));
    }
    add("drain", "drain", format!("kubectl drain {name} --ignore-daemonsets --delete-emptydir-data"));
    let taint = "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute";
    let is_out =
        node.spec().get("taints").items().iter().any(|t| t.get("key").str().ends_with("out-of-service"));
    let is_gone = node.condition("Ready").get("status").str() == "Unknown";
    match is_out {
        true => add("펜싱 풀기", "unfence", format!("kubectl taint node {name} {taint}-")),
        false if is_gone => {
            add(
                "펜싱: out-of-service",
                "fence: out-of-service",
                format!("kubectl taint node {name} {taint}"),
            );
        }
        false => {}
    }
}

// What undoes the newest fault of that pod or node.
fn undo(past: &[Happening], name: &str) -> Option<String> {
    outstanding(past).into_iter().find(|line| line.split(' ').nth(1) == Some(name))
}

// The running pods that mount a claim, and where.
fn mounts(still: &Still, claim: &Object) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for pod in still.store().list(Kind::Pod, Some(claim.namespace())) {
        let volumes = pod.spec().get("volumes").items().iter();
        let mut of = volumes.filter(|v| v.at(&["persistentVolumeClaim", "claimName"]).str() == claim.name());
        let Some(volume) = of.next().filter(|_| pod.status().get("phase").str() == "Running") else {
            continue;
        };
        let containers = pod.spec().get("containers").items().iter();
        let mut mounted = containers.flat_map(|c| c.get("volumeMounts").items());
        if let Some(mount) = mounted.find(|mount| mount.get("name") == volume.get("name")) {
            found.push((pod.name().to_string(), mount.get("mountPath").str().to_string()));
        }
    }
    found
}

fn revisions(still: &Still, set: &Object) -> usize {
    let all = still.store().list(Kind::ControllerRevision, Some(set.namespace()));
    all.filter(|revision| revision.controller().is_some_and(|owner| owner.uid() == set.uid())).count()
}
