use super::*;

/// Every directive of scenario.md 1 in every form, one line each.
const HEADERS: &[&str] = &[
    "k8s 1.36",
    "k8s 1.35.0",
    "gate MaxUnavailableStatefulSet=true",
    "gate MaxUnavailableStatefulSet=false",
    "seed 0",
    "seed 18446744073709551615",
    "nodes 1",
    "nodes 100",
    "nodes w1-k8s w2-k8s",
    "pace schedule 1ms",
    "pace provision 2m",
    "pace pull 1h30m",
    "pace start 0s",
    "pace stop 1.5s",
    "pace sync 10ms",
    "pace dns 30s",
    "resolver glibc",
    "resolver musl",
    "coredns kubeadm",
];
const ACTIONS: &[&str] = &[
    "$ kubectl get pods",
    "$ kubectl get pods -w &",
    "$ kubectl get pods | grep web && kubectl get sts; echo '<<EOF'",
    "$ cat <<EOF | kubectl apply -f -\na: 1\n  # b\nEOF",
    "$ cat <<A <<B\n1\nA\n2\nB",
    "file web.yaml <<EOF\nEOF",
    "file web.yaml <<EOF\n\n  a: 1\n# no comment\n\nEOF",
    "file web.yaml <<EOF_\nEOF\nEOF_",
    "wait 250ms",
    "wait 0s",
    "wait 1h30m",
    "settle",
    "settle 10m",
    "stop &",
    "@label the third pod is starting",
    "hold web-1",
    "release other/web-1",
    "unready web-1",
    "ready web-1",
    "crash web-1",
    "crash web-1 137",
    "crash web-1 nginx 1",
    "crashloop web-1",
    "crashloop web-1 nginx",
    "break image nginx:2",
    "fix image nginx:2",
    "stop node-1",
    "start node-1",
    "cut node-1",
    "mend node-1",
    "fail storage standard",
    "mend storage standard",
    "slow statefulset-controller 2s",
    "mend statefulset-controller",
];

#[test]
fn every_directive_reads_back_as_it_was_written() {
    for text in HEADERS.iter().chain(ACTIONS).map(|line| format!("{line}\n")) {
        let scenario = Scenario::parse(&text).unwrap_or_else(|e| panic!("{text}{e}"));
        assert_eq!(scenario.print(), text);
    }
    let whole = ["k8s 1.36", "gate MaxUnavailableStatefulSet=true", "seed 7", "nodes 5", "pace stop 2s"]
        .join("\n")
        + "\n"
        + &ACTIONS.iter().map(|a| format!("{a}\n")).collect::<String>();
    assert_eq!(Scenario::parse(&whole).unwrap().print(), whole);
}

#[test]
fn what_is_the_default_is_not_written() {
    let text = "seed 1\n nodes 3\r\n\n# a comment\n\tsettle  \n   # another\nfile a <<'X'\nb\nX\n";
    assert_eq!(Scenario::parse(text).unwrap().print(), "settle\nfile a <<EOF\nb\nEOF\n");
}

#[test]
fn every_component_can_be_slowed_and_mended() {
    let cluster = crate::cluster::Cluster::new(&Header::default().config());
    for name in cluster.component_names() {
        let wanted = Fault::MendComponent(Text::Static(name));
        assert_eq!(parse_fault(&format!("mend {name}")).and_then(Result::ok), Some(wanted), "{name}");
    }
}

#[test]
fn errors_name_line_column_and_what_was_expected() {
    for (text, line, column, part) in [
        ("k8s", 1, 4, "not modelled"),
        ("k8s 1.12", 1, 5, "not modelled"),
        ("k8s 1.36 beta", 1, 5, "not modelled"),
        ("gate", 1, 5, "NAME=true"),
        ("gate Foo=true", 1, 6, "not modelled"),
        ("gate MaxUnavailableStatefulSet=yes", 1, 32, "neither true nor false"),
        ("seed", 1, 5, "whole number"),
        ("seed -1", 1, 6, "whole number"),
        ("seed 18446744073709551616", 1, 6, "2^64"),
        ("seed 1\nseed 2", 2, 1, "already"),
        ("nodes", 1, 6, "number or names"),
        ("nodes 101", 1, 7, "at most 100"),
        ("nodes a b a", 1, 11, "same name"),
        ("nodes a B", 1, 9, "no name of a node"),
        ("nodes 3\nnodes 3", 2, 1, "already"),
        ("pace nap 1s", 1, 6, "no pace"),
        ("pace", 1, 5, "no pace"),
        ("pace stop", 1, 10, "duration"),
        ("pace stop soon", 1, 11, "duration"),
        ("pace stop 1s 2s", 1, 14, "nothing behind"),
        ("resolver bind", 1, 10, "no resolver"),
        ("coredns", 1, 8, "DNS profile"),
        ("coredns kubeadm pods=maybe", 1, 17, "no DNS profile"),
        ("lab nothing-of-the-kind", 1, 5, "no lab"),
        ("$ kubectl get pods\nseed 3", 2, 1, "before the first action"),
        ("$", 1, 2, "command line"),
        ("$ cat <<EOF | kubectl apply -f -\na: 1", 1, 7, "ends this heredoc"),
        ("file a <<EOF\nb", 1, 10, "ends this file"),
        ("file a", 1, 6, "file NAME <<WORD"),
        ("file <<EOF\nEOF", 1, 6, "file NAME <<WORD"),
        ("file a b <<EOF\nEOF", 1, 6, "one name"),
        ("wait", 1, 5, "duration"),
        ("wait soon", 1, 6, "duration"),
        ("wait 5s 3s", 1, 6, "duration"),
        ("settle down", 1, 8, "duration"),
        ("@label", 1, 7, "text of the label"),
        ("hold", 1, 5, "name of a pod"),
        ("  release web-0 web-1", 1, 17, "nothing more"),
        ("unready", 1, 8, "name of a pod"),
        ("ready a b", 1, 9, "nothing more"),
        ("crash", 1, 6, "crash POD [CONTAINER] [CODE]"),
        ("crash web-0 nginx x", 1, 19, "no exit code"),
        ("crashloop a b c", 1, 11, "crashloop POD"),
        ("break nginx", 1, 7, "break image IMAGE"),
        ("fix image", 1, 5, "fix image IMAGE"),
        ("stop", 1, 5, "name of a node"),
        ("stop & now", 1, 8, "nothing more"),
        ("start", 1, 6, "name of a node"),
        ("cut a b", 1, 7, "nothing more"),
        ("mend", 1, 5, "name of a node"),
        ("mend storage a b", 1, 14, "nothing more"),
        ("fail disk standard", 1, 6, "fail storage CLASS"),
        ("slow scheduler", 1, 6, "slow CONTROLLER DURATION"),
        ("slow scheduler much", 1, 16, "duration"),
        ("  frobnicate", 1, 3, "no directive"),
        ("settle\n한글 파드", 2, 1, "no directive"),
        ("hold 파드 \u{2003}둘", 1, 10, "nothing more"),
    ] {
        let Err(error) = Scenario::parse(text) else { panic!("`{text}` was taken") };
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn size_and_number_of_actions_are_bounded() {
    assert!(Scenario::parse(&"#".repeat(MAX_BYTES)).is_ok());
    assert!(Scenario::parse(&"#".repeat(MAX_BYTES + 1)).is_err());
    assert!(Scenario::parse(&"settle\n".repeat(MAX_ACTIONS)).is_ok());
    let error = Scenario::parse(&"settle\n".repeat(MAX_ACTIONS + 1)).unwrap_err();
    assert_eq!((error.line, error.column), (MAX_ACTIONS + 1, 1));
}
