use super::*;

#[test]
fn a_scenario_reads_back_what_it_writes() {
    let text = "k8s 1.35.0\ngate MaxUnavailableStatefulSet=true\nseed 7\nnodes a b\npace stop 2s\nfile web.yaml <<EOF\n\
                a: 1\n  b: 2\nEOF\n$ kubectl apply -f web.yaml\nsettle\n$ kubectl get pods -w &\nwait 1.5s\n\
                @label the third pod\nunready web-1\ncrash db-0 mysql 137\nstop node-2\nmend node-2\nslow \
                statefulset-controller 2s\nmend statefulset-controller\nsettle 10m\nstop &\n$ cat <<EOF | kubectl apply -f -\n\
                x: 1\nEOF\n";
    let scenario = Scenario::parse(text).unwrap();
    assert_eq!(scenario.print(), text);
    assert_eq!(scenario.actions.len(), 15);
    assert!(matches!(&scenario.actions[14].1, Directive::Line(line) if line.contains("\nx: 1\nEOF")));
}

#[test]
fn errors_name_line_column_and_what_was_expected() {
    for (text, line, column, part) in [
        ("wait soon", 1, 6, "duration"),
        ("$ kubectl get pods\nseed 3", 2, 1, "before the first action"),
        ("  frobnicate", 1, 3, "no directive"),
        ("k8s 1.12", 1, 5, "not modelled"),
        ("file a <<EOF\nb", 1, 6, "ends this file"),
        ("hold", 1, 6, "name of a pod"),
        ("seed 1\nseed 2", 2, 1, "already"),
        ("gate Foo=true", 1, 6, "not modelled"),
        ("pace nap 1s", 1, 6, "no pace"),
    ] {
        let error = Scenario::parse(text).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
        assert!(error.message.contains(part), "{text}: {error}");
    }
}

#[test]
fn size_and_number_of_actions_are_bounded() {
    assert!(Scenario::parse(&"#".repeat(MAX_BYTES + 1)).is_err());
    assert!(Scenario::parse(&"settle\n".repeat(MAX_ACTIONS + 1)).is_err());
}
