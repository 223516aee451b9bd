//! What could be done at the moment shown, and what came out where it was tried.

use crate::advice::set_field;
use crate::api::{Kind, Object};
use crate::component::{Gate, Happening, What};
use crate::lang::{GateWords, Lang, gate_says, moment};
use crate::session::{Outcome, Still};
use crate::sim::{SimDuration, SimTime};
use crate::ui::others::Other;

/// At most so many besides waiting.
const MOST: usize = 5;

/// What is worth trying: where something holds the controller first waiting, then what would open the gate.
pub fn others(
    still: &Still,
    past: &[Happening],
    set: &Object,
    gate: Option<(&Gate, &GateWords)>,
    keeps_claims: bool,
    manifest: &str,
) -> Vec<Other> {
    let name = set.name();
    let replicas = set.spec().get("replicas").as_int().unwrap_or(1);
    let patch = |spec: &str| Other::line(format!("kubectl patch sts {name} -p '{{\"spec\":{{{spec}}}}}'"));
    let mut found = Vec::new();
    if let Some((gate, words)) = gate {
        found.push(Other::default());
        found.extend(words.command.clone().map(Other::line));
        if let Gate::Partition { .. } = gate {
            found.push(patch("\"updateStrategy\":{\"rollingUpdate\":{\"partition\":0}}"));
        }
        found.extend(outstanding(past).into_iter().map(Other::line));
        let pod = gate.pod().and_then(|pod| still.store().get(Kind::Pod, set.namespace(), pod));
        // Where the node says nothing any more, only force removes the pod, whether it has stopped or not.
        let node = pod.and_then(|pod| still.store().get(Kind::Node, "", pod.spec().get("nodeName").str()));
        if let (Some(pod), Some(node)) = (pod, node)
            && node.condition("Ready").get("status").str() != "True"
            && !words.command.as_ref().is_some_and(|line| line.contains("--force"))
        {
            found.push(Other::line(format!("kubectl delete pod {} --grace-period=0 --force", pod.name())));
        }
        if pod.is_some_and(|pod| pod.spec().get("nodeName").str().is_empty()) {
            let closed = still.store().list(Kind::Node, None);
            let closed = closed.filter(|node| node.spec().get("unschedulable").as_bool() == Some(true));
            found.extend(closed.map(|node| Other::line(format!("kubectl uncordon {}", node.name()))));
        }
        let status = set.status();
        if status.get("currentRevision") != status.get("updateRevision")
            && !matches!(gate, Gate::OnDelete { .. })
        {
            found.push(Other::line(format!("kubectl rollout undo sts/{name}")));
        }
        if words.field.starts_with("podManagementPolicy") {
            found.extend(parallel(set, replicas, manifest));
        }
    } else {
        found.push(Other::line(format!("kubectl scale sts {name} --replicas={}", replicas + 2)));
        if replicas > 1 {
            found.push(Other::line(format!("kubectl scale sts {name} --replicas={}", replicas - 1)));
        }
        if replicas > 0 {
            let start = set.spec().at(&["ordinals", "start"]).as_int().unwrap_or(0);
            found.push(Other::line(format!("kubectl delete pod {name}-{start}")));
        }
        found.push(Other::line(format!("kubectl rollout restart sts/{name}")));
    }
    if keeps_claims {
        found.push(patch("\"persistentVolumeClaimRetentionPolicy\":{\"whenScaled\":\"Delete\"}"));
    }
    found.truncate(MOST + usize::from(gate.is_some()));
    found
}

// The field cannot be changed, so the set is made anew around its pods.
fn parallel(set: &Object, replicas: i64, manifest: &str) -> Option<Other> {
    let name = set.name();
    let text = set_field(manifest, "StatefulSet", name, "spec.replicas", Some(&replicas.to_string()))?;
    let text = set_field(&text, "StatefulSet", name, "spec.podManagementPolicy", Some("Parallel"))?;
    let lines = [
        format!("kubectl delete sts {name} --cascade=orphan"),
        format!("kubectl apply -f {}", crate::ui::update::FILE),
    ];
    Some(Other { says: "podManagementPolicy: Parallel".into(), manifest: Some(text), lines: lines.into() })
}

/// What would undo the faults that were not undone yet, the newest first.
pub fn outstanding(past: &[Happening]) -> Vec<String> {
    let mut open: Vec<String> = Vec::new();
    for happening in past {
        let What::Input(note) = &happening.what else { continue };
        open.retain(|undo| **undo != *note.text);
        let words: Vec<&str> = note.text.split_whitespace().collect();
        let undo = match words[..] {
            ["hold" | "crashloop", pod, ..] => ["release ", pod].concat(),
            ["unready", pod] => ["ready ", pod].concat(),
            ["stop", node] if node != "&" => ["start ", node].concat(),
            ["cut", node] => ["mend ", node].concat(),
            ["break", "image", image] => ["fix image ", image].concat(),
            ["fail", "storage", class] => ["mend storage ", class].concat(),
            ["slow", component, _] => ["mend ", component].concat(),
            _ => continue,
        };
        open.retain(|known| *known != undo);
        open.insert(0, undo);
    }
    open
}

/// What came out, in a sentence or two; `waited` is what comes out if nothing is done.
pub fn outcome_says(outcome: &Outcome, waited: Option<&Outcome>, lang: Lang) -> String {
    if let Some(refused) = &outcome.refused {
        let why = refused.lines().next().unwrap_or_default();
        return [lang.pick("거절된다: ", "It is refused: "), why].concat();
    }
    let mut parts: Vec<String> = Vec::new();
    if let Some(broken) = &outcome.broken {
        let what = crate::ui::view::promises::words(broken.promise, lang);
        parts.push(lang.pick(
            format!("약속이 깨진다: {what} ({}).", broken.object.name),
            format!("A promise breaks: {what} ({}).", broken.object.name),
        ));
    }
    let Outcome { ready, pods, old, .. } = *outcome;
    // Tenths count where little time passes; in minutes nobody counts them.
    let seconds = |time: SimDuration| match time.0 {
        0..60_000 => moment(SimTime(time.0.div_ceil(100) * 100), lang),
        _ => lang.seconds(time),
    };
    parts.push(match (outcome.wanted, outcome.complete) {
        (None, _) => lang.pick(
            format!("스테이트풀셋이 없어지고 파드 {pods}개가 남는다."),
            format!("The StatefulSet is gone and {pods} Pods are left."),
        ),
        (Some(0), Some(after)) => {
            let after = seconds(after);
            lang.pick(format!("{after} 뒤 파드가 하나도 없다."), format!("After {after} there are no Pods."))
        }
        (Some(n), Some(after)) => {
            let after = seconds(after);
            lang.pick(
                format!("{after} 뒤 파드 {n}개가 모두 Ready다."),
                format!(
                    "After {after} {}.",
                    if n == 1 { "the one Pod is Ready".into() } else { format!("all {n} Pods are Ready") }
                ),
            )
        }
        (Some(n), None) => {
            let after = seconds(outcome.looked);
            let holds = outcome.gate.as_ref().map(|gate| gate_says(gate, lang));
            let (comma, holds) = match &holds {
                Some(holds) => (lang.pick(" 컨트롤러: ", " The controller: "), [holds, "."].concat()),
                None => ("", String::new()),
            };
            match outcome.settled {
                true => lang.pick(
                    format!("{after} 뒤 {n}개 가운데 {ready}개만 Ready인 채로 멈춘다.{comma}{holds}"),
                    format!("It stops after {after} with {ready} of {n} Ready.{comma}{holds}"),
                ),
                false => lang.pick(
                    format!("{after} 뒤에도 {n}개 가운데 {ready}개만 Ready다.{comma}{holds}"),
                    format!("After {after} only {ready} of {n} are Ready.{comma}{holds}"),
                ),
            }
        }
    });
    if old > 0 {
        parts.push(lang.pick(format!("옛 리비전 {old}개."), format!("{old} at the old revision.")));
    }
    if outcome.replaced > 0 {
        let n = outcome.replaced;
        parts.push(lang.pick(format!("파드 {n}개를 새로 만든다."), format!("Pods made anew: {n}.")));
    }
    if outcome.claims_gone > 0 {
        let n = outcome.claims_gone;
        parts.push(lang.pick(format!("PVC {n}개가 지워진다."), format!("Claims deleted: {n}.")));
    }
    let says = parts.join(" ");
    match waited {
        Some(waited) if outcome_says(waited, None, lang) == says => {
            lang.pick("기다리는 것과 같다.", "The same as waiting.").into()
        }
        _ => says,
    }
}
