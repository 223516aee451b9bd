//! `kubectl logs`: what a container printed (K164).

use super::Verb;
use super::exec::{container_of, pod_of, unreachable};
use crate::api::{Kind, Object};
use crate::kubectl::error::{Error, Result};
use crate::kubectl::resource;
use crate::kubectl::select::Filter;
use crate::kubectl::{Cx, Outcome};
use crate::store::{Reason, Status};
use std::rc::Rc;

/// `kubectl logs`.
pub const VERB: Verb = Verb {
    name: "logs",
    flags: "follow/f! container/c= previous/p! tail# since~ since-time= timestamps! prefix! selector/l= all-containers! \
        all-pods! max-log-requests# limit-bytes# ignore-errors! pod-running-timeout~",
    summary: "Print the logs for a container in a pod",
    help: "kubectl logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]

Examples:
  # What the only container of a pod printed
  kubectl logs web-0

  # The last lines of all pods with a label
  kubectl logs -l app=nginx --tail=5",
    run,
};

fn run(cx: &mut Cx) -> Result<Outcome> {
    let labels = cx.args.text("selector");
    let pods: Vec<Rc<Object>> = match &cx.args.words[..] {
        [] if !labels.is_empty() => {
            let namespace = cx.namespace();
            let filter = Filter::parse(labels, "", resource::of(Kind::Pod))?;
            let client = cx.host.client();
            let pods: Vec<_> = client
                .store()
                .list(Kind::Pod, Some(&namespace))
                .filter(|pod| filter.matches(pod))
                .cloned()
                .collect();
            if pods.is_empty() {
                cx.out.note(format_args!("No resources found in {namespace} namespace."));
            }
            pods
        }
        [target, ..] => {
            let pod = pod_of(cx, target).map_err(|error| match error {
                Error::Server(status) if status.reason == Reason::NotFound => {
                    let namespace = cx.namespace();
                    let text = format!(
                        "error from server (NotFound): {} in namespace \"{namespace}\"",
                        status.message
                    );
                    Error::client(text)
                }
                other => other,
            })?;
            vec![pod]
        }
        [] => {
            return Err(cx.usage(
                "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument \
                 for the logs command",
            ));
        }
    };
    let tail = cx.args.int("tail").unwrap_or(if labels.is_empty() { -1 } else { 10 });
    for pod in pods {
        let containers = if cx.args.is("all-containers") {
            let list = pod.spec().get("containers").items();
            list.iter().map(|container| container.get("name").str().to_string()).collect()
        } else {
            vec![container_of(cx, &pod, false)?]
        };
        for container in containers {
            let path = format!("containerLogs/{}/{}/{container}", pod.namespace(), pod.name());
            let mut query = Vec::new();
            if cx.args.is("follow") {
                query.push("follow=true".to_string());
            }
            if cx.args.is("previous") {
                query.push("previous=true".into());
            }
            if tail >= 0 {
                query.push(format!("tailLines={tail}"));
            }
            if cx.args.is("timestamps") {
                query.push("timestamps=true".into());
            }
            let mark = if query.is_empty() { "" } else { "?" };
            if let Some(outcome) = unreachable(cx, &pod, |url, why| {
                let query = query.join("&");
                Error::Raw(format!("Error from server: Get \"{url}/{path}{mark}{query}\": {why}"))
            })? {
                return Ok(outcome);
            }
            check(&pod, &container, cx.args.is("previous"))?;
            let mut lines = cx.host.logs(pod.namespace(), pod.name(), &container);
            if let Some(since) = cx.args.duration("since") {
                let now = cx.host.now();
                lines.retain(|line| now.since(line.at).as_millis() as i64 <= since);
            }
            let skip = if tail < 0 { 0 } else { lines.len().saturating_sub(tail as usize) };
            for line in &lines[skip..] {
                let mut text = String::new();
                if cx.args.is("prefix") {
                    text += &format!("[pod/{}/{container}] ", pod.name());
                }
                if cx.args.is("timestamps") {
                    let at = line.at.rfc3339();
                    text +=
                        &format!("{}.{:03}000000Z ", at.trim_end_matches('Z'), line.at.as_millis() % 1000);
                }
                cx.out.line(text + &line.text);
            }
        }
    }
    Ok(Outcome::Done(0))
}

// Refuses what has not begun, as the kubelet does.
fn check(pod: &Object, container: &str, previous: bool) -> Result<()> {
    let refuse = |text: String| Err(Status::new(Reason::BadRequest, text).into());
    let lists = ["containerStatuses", "initContainerStatuses"].map(|list| pod.status().get(list).items());
    let status =
        lists.iter().flat_map(|list| list.iter()).find(|status| status.get("name").str() == container);
    let name = pod.name();
    let ended = status.is_some_and(|status| !status.at(&["lastState", "terminated"]).is_null());
    if previous && !ended {
        return refuse(format!("previous terminated container \"{container}\" in pod \"{name}\" not found"));
    }
    let why = match status.map(|status| status.at(&["state", "waiting", "reason"]).str()) {
        None if pod.spec().get("nodeName").str().is_empty() => return Ok(()),
        None => "ContainerCreating",
        Some("" | "CrashLoopBackOff") => return Ok(()),
        Some("ImagePullBackOff") => "trying and failing to pull image",
        Some("ErrImagePull") => "image can't be pulled",
        Some(reason) => reason,
    };
    refuse(format!("container \"{container}\" in pod \"{name}\" is waiting to start: {why}"))
}
