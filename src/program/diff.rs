//! `ordinal diff`: one scenario on two releases, the first write that differs, and which of their differences makes it.
//!
//! Why is not guessed: every switch that the two releases set differently is tried alone in the first one, and those that
//! alone make the same difference are named.

use crate::api::Profile;
use crate::api::profile::PROFILES;
use crate::component::{What, Write};
use crate::lang::{Lang, moment, parting_says, write_says};
use crate::session::Run;
use crate::session::compare::{Difference, first_difference};

/// What a switch is about in both languages, and how it is taken over from another release.
type Switch = (&'static str, &'static str, fn(&mut Profile, &Profile));

/// Every switch of [`Profile`] that changes what is written.
const SWITCHES: &[Switch] = &[
    (
        "리비전 데이터에 `creationTimestamp: null`이 들어간다 (S43)",
        "revision data holds `creationTimestamp: null` (S43)",
        |p, o| p.creation_timestamp_in_revision = o.creation_timestamp_in_revision,
    ),
    (
        "최신 리비전을 뜻으로 비교한다 (S35)",
        "the newest revision is compared by meaning (S35)",
        |p, o| p.semantic_revision_comparison = o.semantic_revision_comparison,
    ),
    (
        "쉬는 파드를 셀 때 minReadySeconds를 본다 (S61)",
        "counting unavailable Pods looks at minReadySeconds (S61)",
        |p, o| p.available_instead_of_ready = o.available_instead_of_ready,
    ),
    ("게이트 MaxUnavailableStatefulSet (S86)", "the gate MaxUnavailableStatefulSet (S86)", |p, o| {
        p.max_unavailable_gate = o.max_unavailable_gate;
    }),
    (
        "Parallel에서 고장 난 옛 파드를 예산 없이 지운다 (S90)",
        "Parallel sets delete broken old Pods without budget (S90)",
        |p, o| p.parallel_two_phase_deletion = o.parallel_two_phase_deletion,
    ),
    (
        "컨트롤러가 제 쓰기가 사본에 보일 때까지 기다린다 (S53)",
        "the controller waits until it sees its own writes (S53)",
        |p, o| p.read_your_writes = o.read_your_writes,
    ),
    (
        "만들 때 파드 템플릿을 검증한다 (S15)",
        "the Pod template is validated on creation (S15)",
        |p, o| p.validate_template_on_create = o.validate_template_on_create,
    ),
    (
        "FailedScheduling이 테인트의 키와 값을 댄다 (S141)",
        "FailedScheduling names the taint (S141)",
        |p, o| p.taint_in_scheduling_text = o.taint_in_scheduling_text,
    ),
    ("컨테이너 이벤트의 짧은 문구 (S153)", "short texts of container events (S153)", |p, o| {
        p.short_container_texts = o.short_container_texts;
    }),
    (
        "컨트롤러의 이벤트가 대문자로 시작한다",
        "the controller's events begin with a capital letter",
        |p, o| p.capital_event_messages = o.capital_event_messages,
    ),
    ("묶이지 않은 PVC를 말하는 문구", "the words about unbound claims", |p, o| {
        p.unbound_claims_not_found_text = o.unbound_claims_not_found_text;
    }),
    (
        "파드 상태가 어느 세대를 말하는지 적는다",
        "the status of a Pod says of which generation it speaks",
        |p, o| p.pod_observed_generation = o.pod_observed_generation,
    ),
    (
        "OnDelete도 롤아웃을 마친 것으로 친다 (S84, S93)",
        "OnDelete completes its rollout as well (S84, S93)",
        |p, o| p.on_delete_completes = o.on_delete_completes,
    ),
    (
        "마지막 availableReplicas 갱신이 성긴 시계를 기다린다",
        "the last availableReplicas update waits for a coarse timer",
        |p, o| p.coarse_availability_check = o.coarse_availability_check,
    ),
];

/// The first write that differs between two releases, why, and what led to it; or that nothing differs.
pub fn diff(scenario: &str, releases: &[String], lang: Lang) -> Result<String, String> {
    let [one, other] = releases else {
        return Err("`diff` compares two releases: `--k8s 1.34 --k8s 1.36`".into());
    };
    let known = || PROFILES.iter().map(|p| p.name).collect::<Vec<_>>().join(", ");
    let find = |name: &str| {
        Profile::find(name)
            .ok_or_else(|| format!("Kubernetes `{name}` is not modelled; there are {}", known()))
    };
    let (one, other) = (find(one)?, find(other)?);
    let run = |profile: &Profile| {
        let mut run =
            Run::with(scenario, |config| config.profile = profile.clone()).map_err(|e| e.to_string())?;
        while !run.compute(1000) {}
        Ok::<Run, String>(run)
    };
    let (first, second) = (run(one)?, run(other)?);
    let Some(found) = first_difference(first.happenings(), second.happenings(), true) else {
        return Ok(lang
            .pick("이 실행에서는 달라지는 것이 없다.\n", "Nothing differs for this run.\n")
            .into());
    };
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    if found.is_wording {
        line(lang.pick("이벤트의 문구만 다르다.", "Only the words of events differ.").into());
    }
    let names = [["v", one.name].concat(), ["v", other.name].concat()];
    let writes = [write_at(&first, found.one), write_at(&second, found.other)];
    line(parting_says(writes, [&names[0], &names[1]], found.field.as_ref(), lang));
    let alike = lang.pick("그 앞에서 같은 쓰기", "Alike before it, in writes");
    line(format!("{alike}: {}", found.alike));
    for (ko, en, take) in SWITCHES {
        let mut profile = one.clone();
        take(&mut profile, other);
        if profile == *one {
            continue;
        }
        let tried = run(&profile)?;
        let alone = first_difference(first.happenings(), tried.happenings(), true);
        if alone.is_some_and(|alone| same(&alone, &tried, &found, &second)) {
            let what = lang.pick(ko, en);
            line(lang.pick(format!("까닭: {what}"), format!("Why: {what}")));
        }
    }
    let (run, index) = match (found.one, found.other) {
        (_, Some(index)) => (&second, index),
        (index, None) => (&first, index.unwrap_or_default()),
    };
    for index in run.causes(index) {
        let happening = &run.happenings()[index];
        let what = match &happening.what {
            What::Write(write) => write_says(write, lang),
            What::Input(note) => note.text.lines().next().unwrap_or_default().to_string(),
            What::Decision(_) | What::Request(_) => continue,
        };
        line([" ← ", &moment(happening.at, lang), " ", &what].concat());
    }
    Ok(out)
}

fn write_at(run: &Run, index: Option<usize>) -> Option<&Write> {
    match &run.happenings().get(index?)?.what {
        What::Write(write) => Some(write),
        _ => None,
    }
}

// The same difference: at the same write, and what is written there instead is the same.
fn same(one: &Difference, one_run: &Run, other: &Difference, other_run: &Run) -> bool {
    let key = |run: &Run, index: Option<usize>| {
        write_at(run, index).map(|w| (w.at, w.actor, w.verb, w.subresource, w.key.clone(), w.code))
    };
    one.one == other.one && one.field == other.field && key(one_run, one.other) == key(other_run, other.other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERED: &str = include_str!("../../static/stories/ordered.scn");

    #[test]
    fn the_first_write_that_differs_is_printed_with_its_reason() {
        let text = |a: &str, b: &str, lang| diff(ORDERED, &[a.to_string(), b.to_string()], lang).unwrap();
        let old = text("1.33", "1.36", Lang::En);
        assert!(old.contains("Why: ") && old.contains(" ← ") && old.contains("$ kubectl apply"), "{old}");
        assert_eq!(text("1.36", "1.36", Lang::En), "Nothing differs for this run.\n");
        // A node that reports again names its release, which is no difference in what it does.
        let node = include_str!("../../static/stories/node.scn");
        let words = diff(node, &["1.34".into(), "1.36".into()], Lang::En).unwrap();
        assert!(words.starts_with("Only the words of events differ."), "{words}");
        assert!(text("1.33", "1.36", Lang::Ko).contains("까닭: "));
        let wrong = diff(ORDERED, &["1.36".into(), "1.2".into()], Lang::En).unwrap_err();
        assert!(wrong.contains("1.2") && wrong.contains("1.37"), "{wrong}");
        assert!(diff(ORDERED, &["1.36".into()], Lang::En).is_err());
    }
}
