//! The words of a gate and of a reason: what waits, for which object, by which rule, and what would open it.

use super::{Josa, Lang, josa};
use crate::api::Text;
use crate::component::decision::{Gate, Why};
use crate::sim::SimTime;

/// What the page says of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateWords {
    /// One sentence: what the controller waits for.
    pub title: String,
    /// The rule it follows, in words.
    pub rule: &'static str,
    /// The number of the rule in the specification.
    pub rule_number: &'static str,
    /// The field that switches the rule, with its value, where there is one.
    pub field: &'static str,
    /// What would open the gate.
    pub opens: String,
    /// A command that would, where one does.
    pub command: Option<String>,
    /// How long until time alone opens it, at the latest.
    pub by_time: Option<String>,
}

/// The gate as the short sentence on the controller's tag: `web-3이 사라지기를 기다린다`.
pub fn gate_says(gate: &Gate, lang: Lang) -> String {
    let ko = lang == Lang::Ko;
    match gate {
        Gate::NotReady { pod, .. } | Gate::Unready { pod, .. } => {
            if ko {
                format!("{} Ready가 되기를 기다린다", josa(pod, Josa::IGa))
            } else {
                format!("waiting until {pod} is Ready")
            }
        }
        Gate::Terminating { pod, .. } | Gate::CondemnedTerminating { pod, .. } => {
            if ko {
                format!("{} 사라지기를 기다린다", josa(pod, Josa::IGa))
            } else {
                format!("waiting until {pod} is gone")
            }
        }
        Gate::NotAvailable { pod, .. }
        | Gate::CondemnedNotAvailable { pod, .. }
        | Gate::UpdatedNotAvailable { pod, .. } => {
            if ko {
                format!("{} 자리 잡기를 기다린다", josa(pod, Josa::IGa))
            } else {
                format!("waiting until {pod} is available")
            }
        }
        Gate::Finished { pod, .. } => {
            if ko {
                format!("끝난 {} 사라지기를 기다린다", josa(pod, Josa::IGa))
            } else {
                format!("waiting until the finished {pod} is gone")
            }
        }
        Gate::CondemnedNotReady { first_unavailable, .. } => {
            if ko {
                format!("{} Ready가 되기를 기다린다", josa(first_unavailable, Josa::IGa))
            } else {
                format!("waiting until {first_unavailable} is Ready")
            }
        }
        Gate::Budget { unavailable, max, .. } => {
            if ko {
                format!("쉬는 파드가 이미 {unavailable}개다 (최대 {max})")
            } else {
                format!("{unavailable} of at most {max} Pods are out")
            }
        }
        Gate::Partition { partition, .. } => {
            if ko {
                format!("순번 {partition}부터만 갱신한다")
            } else {
                format!("updates ordinal {partition} and up only")
            }
        }
        Gate::OnDelete { .. } => {
            lang.pick("지워 주기를 기다린다", "waiting for you to delete them").to_string()
        }
        Gate::StaleClaim { claim, .. } | Gate::ClaimTerminating { claim, .. } => {
            if ko {
                format!("{} 지워지기를 기다린다", josa(claim, Josa::IGa))
            } else {
                format!("waiting until {claim} is deleted")
            }
        }
        Gate::Refused { object, .. } => {
            if ko {
                format!("{} 다시 시도한다", josa(&object.name, Josa::EulReul))
            } else {
                format!("will retry {}", object.name)
            }
        }
        Gate::SetDeleting => {
            lang.pick("스테이트풀셋이 지워지는 중이다", "the StatefulSet is being deleted").to_string()
        }
    }
}

/// Everything the page says of a gate, at the moment `now`.
pub fn gate_words(gate: &Gate, now: SimTime, lang: Lang) -> GateWords {
    let ko = lang == Lang::Ko;
    let pod = gate.pod().unwrap_or("");
    let title = match gate {
        Gate::OnDelete { pods } => {
            let names = lang.names(pods);
            if ko {
                format!("컨트롤러는 누군가 {} 지우기를 기다린다", josa(&names, Josa::EulReul))
            } else {
                format!("The controller waits for somebody to delete {names}")
            }
        }
        Gate::Partition { pods, .. } => {
            let names = lang.names(pods);
            if ko {
                format!("{} 옛 리비전에 남는다", josa(&names, Josa::EunNeun))
            } else {
                format!("{names} stay at the old revision")
            }
        }
        Gate::Budget { .. } | Gate::SetDeleting => sentence(&gate_says(gate, lang)),
        Gate::CondemnedNotReady { pod, first_unavailable, .. } if ko => {
            format!(
                "컨트롤러는 {} Ready가 될 때까지 {} 지우지 않는다",
                josa(first_unavailable, Josa::IGa),
                josa(pod, Josa::EulReul)
            )
        }
        Gate::CondemnedNotReady { pod, first_unavailable, .. } => {
            format!("The controller will not delete {pod} until {first_unavailable} is Ready")
        }
        _ if ko => format!("컨트롤러는 {}", gate_says(gate, lang)),
        Gate::Refused { .. } => format!("The controller {}", gate_says(gate, lang)),
        _ => format!("The controller is {}", gate_says(gate, lang)),
    };
    let rule = match gate {
        Gate::NotReady { .. } => lang.pick(
            "앞 순번이 Running이고 Ready여야 다음 순번으로 간다",
            "The next ordinal waits until the one before is Running and Ready",
        ),
        Gate::Unready { .. } => lang.pick(
            "Parallel: 파드를 다 만들었고, 모두 Ready가 되면 끝난다",
            "Parallel: every Pod is made, and the set is done when all are Ready",
        ),
        Gate::Terminating { .. } => lang.pick(
            "같은 이름의 파드는 하나뿐이므로, 사라진 뒤에 다시 만든다",
            "One Pod per name: it is made again only after it is gone",
        ),
        Gate::NotAvailable { .. } => lang.pick(
            "minReadySeconds 동안 Ready여야 다음 순번으로 간다",
            "The next ordinal waits until this one has been Ready for minReadySeconds",
        ),
        Gate::Finished { .. } => lang.pick(
            "끝난 파드는 지우고 같은 이름으로 다시 만든다",
            "A finished Pod is deleted and made again under its name",
        ),
        Gate::CondemnedTerminating { .. } => lang.pick(
            "뒤 순번부터 하나씩, 완전히 사라진 다음에 종료한다",
            "One at a time from the highest ordinal, each after the one before is gone",
        ),
        Gate::CondemnedNotReady { .. } => lang.pick(
            "다른 파드가 준비되지 않았으면 더 줄이지 않는다",
            "No Pod is removed while another one is not ready",
        ),
        Gate::CondemnedNotAvailable { .. } => lang.pick(
            "다른 파드가 자리 잡지 않았으면 더 줄이지 않는다",
            "No Pod is removed while another one is not available",
        ),
        Gate::UpdatedNotAvailable { .. } => lang.pick(
            "갱신한 파드가 자리 잡아야 다음 파드를 갱신한다",
            "The next Pod is updated after the last one is available",
        ),
        Gate::Budget { .. } => lang.pick(
            "한꺼번에 쉬는 파드는 maxUnavailable까지다",
            "No more Pods are out at once than maxUnavailable",
        ),
        Gate::Partition { .. } => lang
            .pick("파티션보다 작은 순번은 갱신하지 않는다", "Ordinals below the partition are not updated"),
        Gate::OnDelete { .. } => lang.pick(
            "OnDelete: 파드를 사람이 지워야 새 리비전으로 다시 만든다",
            "OnDelete: a Pod gets the new revision only when somebody deletes it",
        ),
        Gate::StaleClaim { .. } => lang.pick(
            "사라진 파드의 PVC는 가비지 콜렉션이 먼저 지운다",
            "The garbage collector first deletes the claim of the Pod that is gone",
        ),
        Gate::ClaimTerminating { .. } => lang.pick(
            "지워지는 PVC로는 파드를 시작하지 않는다",
            "No Pod starts with a claim that is being deleted",
        ),
        Gate::Refused { .. } => lang.pick(
            "API 서버가 거절하면 간격을 늘려 가며 다시 시도한다",
            "What the API server refuses is tried again, after longer and longer waits",
        ),
        Gate::SetDeleting => lang.pick(
            "지워지는 스테이트풀셋은 파드를 만들지도 지우지도 않는다",
            "A StatefulSet that is being deleted makes and removes no Pods",
        ),
    };
    let field = match gate {
        Gate::NotReady { .. }
        | Gate::Terminating { .. }
        | Gate::CondemnedTerminating { .. }
        | Gate::CondemnedNotReady { .. } => "podManagementPolicy: OrderedReady",
        Gate::Unready { .. } => "podManagementPolicy: Parallel",
        Gate::NotAvailable { .. } | Gate::CondemnedNotAvailable { .. } => "minReadySeconds",
        Gate::UpdatedNotAvailable { .. } => "updateStrategy.type: RollingUpdate",
        Gate::Budget { .. } => "updateStrategy.rollingUpdate.maxUnavailable",
        Gate::Partition { .. } => "updateStrategy.rollingUpdate.partition",
        Gate::OnDelete { .. } => "updateStrategy.type: OnDelete",
        Gate::StaleClaim { .. } => "persistentVolumeClaimRetentionPolicy",
        _ => "",
    };
    let opens = match gate {
        Gate::NotReady { .. } | Gate::Unready { .. } if ko => {
            format!("{} Ready가 된다", josa(pod, Josa::IGa))
        }
        Gate::NotReady { .. } | Gate::Unready { .. } => format!("{pod} becomes Ready"),
        Gate::Terminating { .. } | Gate::CondemnedTerminating { .. } if ko => {
            format!("{} 사라진다", josa(pod, Josa::IGa))
        }
        Gate::Terminating { .. } | Gate::CondemnedTerminating { .. } => format!("{pod} is gone"),
        Gate::NotAvailable { .. } | Gate::UpdatedNotAvailable { .. } | Gate::CondemnedNotAvailable { .. }
            if ko =>
        {
            format!("{} minReadySeconds 동안 Ready로 있는다", josa(pod, Josa::IGa))
        }
        Gate::NotAvailable { .. } | Gate::UpdatedNotAvailable { .. } | Gate::CondemnedNotAvailable { .. } => {
            format!("{pod} stays Ready for minReadySeconds")
        }
        Gate::Finished { .. } if ko => format!("{} 사라진다", josa(pod, Josa::IGa)),
        Gate::Finished { .. } => format!("{pod} is gone"),
        Gate::CondemnedNotReady { first_unavailable, .. } if ko => {
            format!("{} Ready가 된다", josa(first_unavailable, Josa::IGa))
        }
        Gate::CondemnedNotReady { first_unavailable, .. } => format!("{first_unavailable} becomes Ready"),
        Gate::Budget { .. } if ko => format!("{} Ready가 된다", josa(pod, Josa::IGa)),
        Gate::Budget { .. } => format!("{pod} becomes Ready"),
        Gate::Partition { .. } => lang.pick("파티션을 낮춘다", "The partition is lowered").to_string(),
        Gate::OnDelete { .. } => lang.pick("파드를 지운다", "The Pods are deleted").to_string(),
        Gate::StaleClaim { claim, .. } | Gate::ClaimTerminating { claim, .. } if ko => {
            format!("{} 지워진다", josa(claim, Josa::IGa))
        }
        Gate::StaleClaim { claim, .. } | Gate::ClaimTerminating { claim, .. } => {
            format!("{claim} is deleted")
        }
        Gate::Refused { .. } => {
            lang.pick("거절한 까닭이 없어진다", "The reason of the refusal goes away").to_string()
        }
        Gate::SetDeleting => lang.pick("스테이트풀셋이 사라진다", "The StatefulSet is gone").to_string(),
    };
    let command = match gate {
        Gate::Terminating { pod, .. } | Gate::CondemnedTerminating { pod, .. } => {
            Some(format!("kubectl delete pod {pod} --grace-period=0 --force"))
        }
        Gate::NotReady { pod, .. } | Gate::UpdatedNotAvailable { pod, .. } => {
            Some(format!("kubectl delete pod {pod}"))
        }
        Gate::OnDelete { pods } => Some(format!("kubectl delete pod {}", join(pods))),
        _ => None,
    };
    let by_time = gate.until().filter(|until| *until > now).map(|until| {
        let left = lang.seconds(until.since(now));
        if ko { format!("늦어도 {left} 뒤") } else { format!("in {left} at the latest") }
    });
    GateWords { title, rule, rule_number: gate.rule(), field, opens, command, by_time }
}

/// What the controller does for this reason, as a short sentence about `name`: `web-2를 만든다`.
pub fn why_says(why: &Why, name: &str, lang: Lang) -> String {
    let (verb, en) = match why {
        Why::NewRevision => ("새 리비전으로 적는다", "records the new revision"),
        Why::Rollback => ("다시 최신 리비전으로 삼는다", "takes back the revision"),
        Why::HistoryLimit => ("기록에서 지운다", "drops from the history"),
        Why::Adopt => ("맡는다", "adopts"),
        Why::Release => ("놓아준다", "releases"),
        Why::MissingClaim | Why::MissingPod => ("만든다", "creates"),
        Why::RetentionPolicy => ("유보 정책에 맞춘다", "fits to the retention policy"),
        Why::FinishedPod => ("지우고 다시 만든다", "deletes, to make it again,"),
        Why::Identity => ("신원에 맞게 고친다", "repairs the identity of"),
        Why::Condemned => ("지운다", "deletes"),
        Why::OldRevision => ("지워 새 리비전으로 바꾼다", "deletes, to update it,"),
        Why::Status => ("고쳐 적는다", "updates the status of"),
    };
    match lang {
        Lang::Ko => format!("{} {verb}", josa(name, Josa::EulReul)),
        Lang::En => format!("{en} {name}"),
    }
}

fn join(names: &[Text]) -> String {
    names.iter().map(|n| &**n).collect::<Vec<_>>().join(" ")
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}
