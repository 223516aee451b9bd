//! The sentences of the steps: what happened, and what comes next.

use super::{Caption, Next, Step};
use crate::api::Text;
use crate::component::decision::{Gate, Why};
use crate::component::{Fault, Landing};
use crate::lang::{Josa, Lang, gate_says, josa};
use crate::scenario::parse_fault;
use Josa::{EulReul, EunNeun, IGa};

/// What happened in a step, and what comes next where that is known: one sentence each.
pub fn caption(step: &Step, lang: Lang) -> (String, Option<String>) {
    let happened = match lang {
        Lang::Ko => korean(&step.caption),
        Lang::En => english(&step.caption),
    };
    let next = match &step.next {
        Next::Unknown => None,
        Next::Gate(gate) => gate_next(gate, &step.caption, lang),
        Next::Soon(caption) => soon(caption, lang),
    };
    (happened, next)
}

/// So many letters of a line are told.
const LONGEST: usize = 90;

/// A fault that ended up changing nothing in the cluster is told as what it was.
fn said(text: &str, lang: Lang) -> String {
    if let Some(line) = text.strip_prefix("$ ") {
        // A program typed into one line is read in the terminal.
        let cut = line.char_indices().nth(LONGEST).map(|(end, _)| [&line[..end], "…"].concat());
        let line = cut.as_deref().unwrap_or(line);
        return lang.pick(format!("명령: {line}"), format!("Typed: {line}"));
    }
    let Some(Ok(fault)) = parse_fault(text) else { return text.to_string() };
    let ko = lang == Lang::Ko;
    match &fault {
        Fault::Hold(p) if ko => format!("{} 준비되지 못하게 붙잡았다.", josa(&p.name, IGa)),
        Fault::Hold(p) => format!("{} is kept from becoming ready.", p.name),
        Fault::Release(p) if ko => format!("{} 놓아주었다.", josa(&p.name, EulReul)),
        Fault::Release(p) => format!("{} is let go.", p.name),
        Fault::Unready(p) if ko => format!("{}의 준비성 프로브가 실패한다.", p.name),
        Fault::Unready(p) => format!("The readiness probe of {} fails.", p.name),
        Fault::Ready(p) if ko => format!("{}의 준비성 프로브가 다시 성공한다.", p.name),
        Fault::Ready(p) => format!("The readiness probe of {} succeeds again.", p.name),
        Fault::Crash { pod: p, .. } if ko => format!("{}의 컨테이너가 죽었다.", p.name),
        Fault::Crash { pod: p, .. } => format!("A container of {} has crashed.", p.name),
        Fault::CrashLoop { pod: p, .. } if ko => format!("{} 시작할 때마다 죽는다.", josa(&p.name, EunNeun)),
        Fault::CrashLoop { pod: p, .. } => format!("{} crashes after every start.", p.name),
        Fault::BreakImage(image) if ko => format!("이미지 {} 받을 수 없게 되었다.", josa(image, EulReul)),
        Fault::BreakImage(image) => format!("The image {image} can no longer be pulled."),
        Fault::FixImage(image) if ko => format!("이미지 {} 다시 받을 수 있다.", josa(image, EulReul)),
        Fault::FixImage(image) => format!("The image {image} can be pulled again."),
        Fault::StopNode(node) if ko => format!("{}의 전원이 꺼졌다. API 서버는 아직 모른다.", node),
        Fault::StopNode(node) => format!("{node} has lost power. The API server does not know yet."),
        Fault::StartNode(node) if ko => format!("{}의 전원이 들어왔다.", node),
        Fault::StartNode(node) => format!("{node} has power again."),
        Fault::CutNode(node) if ko => format!("{}의 네트워크가 끊겼다. API 서버는 아직 모른다.", node),
        Fault::CutNode(node) => format!("{node} is cut off. The API server does not know yet."),
        Fault::MendNode(node) if ko => format!("{}의 네트워크가 이어졌다.", node),
        Fault::MendNode(node) => format!("{node} is connected again."),
        Fault::FailStorage(class) if ko => format!("스토리지클래스 {}의 프로비저닝이 실패한다.", class),
        Fault::FailStorage(class) => format!("Provisioning of the StorageClass {class} fails."),
        Fault::MendStorage(class) if ko => format!("스토리지클래스 {}의 프로비저닝이 다시 된다.", class),
        Fault::MendStorage(class) => format!("Provisioning of the StorageClass {class} works again."),
        Fault::Slow { component, by } if ko => {
            format!("{} 클러스터를 {by} 늦게 본다.", josa(component, EunNeun))
        }
        Fault::Slow { component, by } => format!("{component} sees the cluster {by} late."),
        Fault::MendComponent(component) if ko => format!("{} 다시 제때 본다.", josa(component, EunNeun)),
        Fault::MendComponent(component) => format!("{component} sees the cluster in time again."),
    }
}

/// What became of a request, as the rest of a sentence about it.
pub fn landing_says(landing: &Landing, address: &str, lang: Lang) -> String {
    let (ko, en) = match landing {
        Landing::Found => ("이름만 찾았다", "is looked up"),
        Landing::Pod(pod) => {
            return lang.pick(format!("{pod}에 닿는다"), format!("reaches {pod}"));
        }
        Landing::Refused => {
            ("거절된다: 주소의 주인은 있지만 받아 주지 않는다", "is refused by whoever is there")
        }
        Landing::Gone => {
            return lang.pick(
                format!("주인이 사라진 낡은 주소 {address}로 간다"),
                format!("goes to the stale address {address}, which nobody has any more"),
            );
        }
        Landing::Silent => {
            return lang
                .pick(format!("{address}에서 답을 받지 못한다"), format!("gets no answer from {address}"));
        }
        Landing::NoName => ("이름을 찾지 못한다(NXDOMAIN)", "finds no such name (NXDOMAIN)"),
        Landing::NoAddress => ("주소 없는 이름에서 멈춘다", "finds a name without address"),
        Landing::NoServer => ("이름 서버의 답을 받지 못한다", "gets no answer from the name server"),
    };
    lang.pick(ko, en).to_string()
}

fn ko_names(names: &[Text], particle: Josa) -> String {
    josa(&Lang::Ko.names(names), particle)
}

fn together(names: &[Text]) -> &'static str {
    if names.len() > 1 { "한꺼번에 " } else { "" }
}

fn korean(caption: &Caption) -> String {
    match caption {
        Caption::Said { text } => said(text, Lang::Ko),
        Caption::Created { set: Some((set, replicas)), .. } => {
            format!("스테이트풀셋 {} 만들었다. 의도한 파드는 {replicas}개다.", josa(set, EulReul))
        }
        Caption::Created { names, .. } => format!("{} 만들었다.", josa(&Lang::Ko.names(names), EulReul)),
        Caption::Changed { names } => format!("{} 바꾸었다.", josa(&Lang::Ko.names(names), EulReul)),
        Caption::Removed { names } => format!("{} 지웠다.", josa(&Lang::Ko.names(names), EulReul)),
        Caption::Scaled { set, from, to } => {
            let verb = if to < from { "줄였다" } else { "늘렸다" };
            format!("{set}의 레플리카를 {from}에서 {} {verb}.", josa(&to.to_string(), Josa::EuroRo))
        }
        Caption::NewTemplate { set } => format!("{set}의 파드 템플릿이 바뀌었다."),
        Caption::ClaimMade { claims } => format!("{} 만들어졌다.", ko_names(claims, IGa)),
        Caption::PodMade { pods, new_claims, kept } => {
            let made = format!("{} {}만들어졌다.", ko_names(pods, IGa), together(pods));
            match (*new_claims, *kept) {
                (0, true) if pods.len() == 1 => {
                    format!("{} 다시 만들어져 남아 있던 PVC를 그대로 쓴다.", ko_names(pods, IGa))
                }
                (0, _) => made,
                _ => format!("{} 저마다의 PVC와 함께 {}만들어졌다.", ko_names(pods, IGa), together(pods))
                    .replace("저마다의 PVC와", if pods.len() > 1 { "저마다의 PVC와" } else { "제 PVC와" }),
            }
        }
        Caption::Scheduled { pods, node } if !node.is_empty() => {
            format!("{} {node}에 자리를 얻어 컨테이너를 시작한다.", ko_names(pods, IGa))
        }
        Caption::Scheduled { pods, .. } => {
            format!("{} 노드에 자리를 얻어 컨테이너를 시작한다.", ko_names(pods, IGa))
        }
        Caption::Unschedulable { pods } => format!("{} 받아 줄 노드가 없다.", ko_names(pods, EulReul)),
        Caption::Ready { pods, named: true } => {
            format!("{} Ready가 되어 이름이 생겼다.", ko_names(pods, IGa))
        }
        Caption::Ready { pods, named: false } => format!("{} Ready가 되었다.", ko_names(pods, IGa)),
        Caption::NotReady { pods } => format!("{} 더는 Ready가 아니다.", ko_names(pods, EunNeun)),
        Caption::Restarted { pods } => format!("{}의 컨테이너가 다시 시작했다.", Lang::Ko.names(pods)),
        Caption::Failed { pods, word } => format!("{} 뜨지 못한다: {word}.", ko_names(pods, IGa)),
        Caption::Finished { pods } => format!("{} 끝났다.", ko_names(pods, IGa)),
        Caption::Deleting { pods, why, grace } => {
            let names = ko_names(pods, IGa);
            let mut text = match why {
                Some(Why::Condemned) => format!("뒤 순번인 {names} {}종료를 시작했다.", together(pods)),
                Some(Why::OldRevision) => {
                    format!("옛 리비전인 {names} 새 리비전에 자리를 내주려고 종료를 시작했다.")
                }
                Some(Why::FinishedPod) => format!("끝난 {} 지우고 다시 만든다.", ko_names(pods, EulReul)),
                _ => format!("{names} {}종료를 시작했다.", together(pods)),
            };
            if *grace > 1 && !matches!(why, Some(Why::OldRevision)) {
                text += &format!(" 유예 시간은 {grace}초다.");
            }
            text
        }
        Caption::Gone { pods, kept, deleted } => match (kept.is_empty(), deleted.is_empty()) {
            (false, _) => format!("{} 사라졌고 그 PVC는 남는다.", ko_names(pods, EunNeun)),
            (true, false) => format!("{} 사라졌고 그 PVC도 지워진다.", ko_names(pods, EunNeun)),
            _ => format!("{} 사라졌다.", ko_names(pods, EunNeun)),
        },
        Caption::ClaimDeleting { claims } => {
            format!("PVC {} 지우기 시작했다. 쓰는 파드가 있으면 기다린다.", ko_names(claims, EulReul))
        }
        Caption::ClaimGone { claims } => format!("PVC {} 지워졌다.", ko_names(claims, IGa)),
        Caption::Complete { set, replicas: 0, .. } => format!("{}에는 이제 파드가 없다.", set),
        Caption::Complete { set, replicas, rollout: true } => {
            format!("{set}의 파드 {replicas}개가 모두 새 리비전이다.")
        }
        Caption::Complete { set, replicas, .. } => {
            format!("{set}의 파드 {replicas}개가 모두 Ready다. 조정이 끝났다.")
        }
        Caption::SetGone { set } => format!("스테이트풀셋 {} 사라졌다.", josa(set, IGa)),
        Caption::NodeSilent { node } => format!("{node}의 소식이 끊겼다. 파드는 돌고 있을지도 모른다."),
        Caption::NodeBack { node } => format!("{} 다시 Ready다.", josa(node, IGa)),
        Caption::NodeGone { node } => format!("{} 목록에서 지워졌다.", josa(node, IGa)),
        Caption::Holds { gate } => format!("컨트롤러가 멈춘다: {}.", gate_says(gate, Lang::Ko)),
        Caption::Landed { request } => format!(
            "{}의 요청({})은 {}.",
            request.client.name,
            request.name,
            landing_says(&request.landing, &request.address, Lang::Ko)
        ),
    }
}

fn english(caption: &Caption) -> String {
    let names = |list: &[Text]| Lang::En.names(list);
    let verb =
        |list: &[Text], one: &'static str, many: &'static str| if list.len() == 1 { one } else { many };
    match caption {
        Caption::Said { text } => said(text, Lang::En),
        Caption::Created { set: Some((set, replicas)), .. } => {
            format!("The StatefulSet {set} was created and wants {replicas} Pods.")
        }
        Caption::Created { names: list, .. } => format!("Created {}.", Lang::En.names(list)),
        Caption::Changed { names: list } => format!("Changed {}.", Lang::En.names(list)),
        Caption::Removed { names: list } => format!("Deleted {}.", Lang::En.names(list)),
        Caption::Scaled { set, from, to } => format!("{set} was scaled from {from} to {to}."),
        Caption::NewTemplate { set } => format!("The Pod template of {set} has changed."),
        Caption::ClaimMade { claims } => {
            format!("{} {} created.", names(claims), verb(claims, "was", "were"))
        }
        Caption::PodMade { pods, new_claims, kept } => {
            let with = match (*new_claims, *kept, pods.len()) {
                (0, true, 1) => " again, onto the claim that was kept",
                (0, ..) => "",
                (_, _, 1) => " with a claim of its own",
                _ => " at once, each with its claim",
            };
            format!("{} {} created{with}.", names(pods), verb(pods, "was", "were"))
        }
        Caption::Scheduled { pods, node } if !node.is_empty() => {
            format!("{} {} a place on {node} and starts.", names(pods), verb(pods, "has", "have"))
        }
        Caption::Scheduled { pods, .. } => format!(
            "{} {} a node and {}.",
            names(pods),
            verb(pods, "has", "have"),
            verb(pods, "starts", "start")
        ),
        Caption::Unschedulable { pods } => format!("No node takes {}.", names(pods)),
        Caption::Ready { pods, named } => {
            let tail = match (*named, pods.len()) {
                (true, 1) => ", so its name exists",
                (true, _) => ", so their names exist",
                _ => "",
            };
            format!("{} {} Ready{tail}.", names(pods), verb(pods, "is", "are"))
        }
        Caption::NotReady { pods } => format!("{} {} no longer Ready.", names(pods), verb(pods, "is", "are")),
        Caption::Restarted { pods } => format!("A container of {} was started again.", names(pods)),
        Caption::Failed { pods, word } => format!("{} cannot run: {word}.", names(pods)),
        Caption::Finished { pods } => format!("{} {} finished.", names(pods), verb(pods, "has", "have")),
        Caption::Deleting { pods, why, grace } => {
            let mut text = match why {
                Some(Why::OldRevision) => format!(
                    "{} of the old revision {} way for the new one.",
                    names(pods),
                    verb(pods, "makes", "make")
                ),
                Some(Why::FinishedPod) => {
                    format!("{} has finished and is deleted to be made again.", names(pods))
                }
                _ if pods.len() > 1 => format!("{} are terminating at once.", names(pods)),
                _ => format!("{} is terminating.", names(pods)),
            };
            if *grace > 1 && !matches!(why, Some(Why::OldRevision)) {
                text += &format!(" It has {grace} s.")
                    .replace("It has", if pods.len() > 1 { "They have" } else { "It has" });
            }
            text
        }
        Caption::Gone { pods, kept, deleted } => {
            let its = verb(pods, "its claim stays", "their claims stay");
            let dies = verb(pods, "its claim is deleted too", "their claims are deleted too");
            match (kept.is_empty(), deleted.is_empty()) {
                (false, _) => format!("{} {} gone, {its}.", names(pods), verb(pods, "is", "are")),
                (true, false) => format!("{} {} gone, {dies}.", names(pods), verb(pods, "is", "are")),
                _ => format!("{} {} gone.", names(pods), verb(pods, "is", "are")),
            }
        }
        Caption::ClaimDeleting { claims } => format!(
            "{} {} being deleted, and {} while a Pod uses it.",
            names(claims),
            verb(claims, "is", "are"),
            verb(claims, "waits", "wait")
        ),
        Caption::ClaimGone { claims } => format!("{} {} gone.", names(claims), verb(claims, "is", "are")),
        Caption::Complete { set, replicas: 0, .. } => format!("{set} has no Pods now."),
        Caption::Complete { set, replicas, rollout: true } => {
            format!("All {replicas} Pods of {set} are of the new revision.")
        }
        Caption::Complete { set, replicas, .. } => {
            format!("All {replicas} Pods of {set} are Ready. Nothing is left to do.")
        }
        Caption::SetGone { set } => format!("The StatefulSet {set} is gone."),
        Caption::NodeSilent { node } => format!("Nothing is heard of {node}. Its Pods may well be running."),
        Caption::NodeBack { node } => format!("{node} is Ready again."),
        Caption::NodeGone { node } => format!("{node} was taken off the list."),
        Caption::Holds { gate } => format!("The controller holds: {}.", gate_says(gate, Lang::En)),
        Caption::Landed { request } => format!(
            "What {} asks of {} {}.",
            request.client.name,
            request.name,
            landing_says(&request.landing, &request.address, Lang::En)
        ),
    }
}

/// What comes next at a gate, unless the step has just said so.
fn gate_next(gate: &Gate, caption: &Caption, lang: Lang) -> Option<String> {
    let ko = lang == Lang::Ko;
    let pod = gate.pod().unwrap_or("");
    let dying = |pods: &[Text]| pods.iter().any(|p| **p == *pod);
    Some(match (gate, caption) {
        (
            Gate::CondemnedTerminating { .. } | Gate::Terminating { .. } | Gate::Finished { .. },
            Caption::Deleting { pods, .. },
        ) if dying(pods) => {
            lang.pick("사라질 때까지 기다린다.", "The controller waits until it is gone.").to_string()
        }
        (Gate::CondemnedTerminating { .. } | Gate::Terminating { .. }, _) if ko => {
            format!("이제 {} 종료 중이다.", josa(pod, IGa))
        }
        (Gate::CondemnedTerminating { .. } | Gate::Terminating { .. }, _) => {
            format!("Now {pod} is terminating.")
        }
        (Gate::NotReady { .. }, Caption::PodMade { pods, .. }) if dying(pods) && pods.len() == 1 => lang
            .pick("Ready가 될 때까지 다음 순번은 기다린다.", "The next ordinal waits until it is Ready.")
            .to_string(),
        (Gate::NotReady { .. } | Gate::Unready { .. }, _) if ko => {
            format!("{} Ready가 되기를 기다린다.", josa(pod, IGa))
        }
        (Gate::NotReady { .. } | Gate::Unready { .. }, _) => {
            format!("The controller waits until {pod} is Ready.")
        }
        (_, Caption::Holds { .. }) => return None,
        _ if ko => format!("{}.", gate_says(gate, lang)),
        _ => format!("The controller: {}.", gate_says(gate, lang)),
    })
}

/// What the next step was, where it followed at once.
fn soon(caption: &Caption, lang: Lang) -> Option<String> {
    let ko = lang == Lang::Ko;
    Some(match caption {
        Caption::PodMade { pods, .. } if ko => format!("다음은 {}.", josa(&lang.names(pods), Josa::Ida)),
        Caption::PodMade { pods, .. } => format!("Next is {}.", lang.names(pods)),
        Caption::Deleting { pods, .. } if ko => format!("이제 {} 종료된다.", josa(&lang.names(pods), IGa)),
        Caption::Deleting { pods, .. } => {
            format!("Now {} {} to go.", lang.names(pods), if pods.len() == 1 { "has" } else { "have" })
        }
        Caption::Complete { replicas: 0, .. } => {
            lang.pick("이제 파드가 없다.", "No Pods are left.").to_string()
        }
        Caption::Complete { rollout: true, .. } => {
            lang.pick("이제 모두 새 리비전이다.", "Now all are of the new revision.").to_string()
        }
        Caption::Complete { replicas, .. } if ko => {
            format!("이제 파드 {replicas}개가 모두 Ready다. 조정이 끝났다.")
        }
        Caption::Complete { replicas: 1, .. } => {
            "Now the only Pod is Ready; nothing is left to do.".to_string()
        }
        Caption::Complete { replicas, .. } => {
            format!("Now all {replicas} Pods are Ready; nothing is left to do.")
        }
        _ => return None,
    })
}
