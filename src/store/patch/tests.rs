use super::*;
use crate::api::print::to_go_json;
use crate::api::{Kind, manifest, schema};

fn json(text: &str) -> Value {
    manifest::parse_json(text).unwrap()
}

fn applied(target: &str, patch: &str) -> String {
    to_go_json(&strategic(&json(target), &json(patch), schema::of(Kind::Pod)).unwrap())
}

#[test]
fn strategic_patches_merge_lists_by_their_keys() {
    let pod = r#"{"spec":{"containers":[{"name":"a","image":"x"},{"name":"b","image":"y"}]}}"#;
    for (patch, expected) in [
        (
            r#"{"spec":{"containers":[{"name":"b","image":"z"}]}}"#,
            r#"{"spec":{"containers":[{"image":"x","name":"a"},{"image":"z","name":"b"}]}}"#,
        ),
        (
            r#"{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}"#,
            r#"{"spec":{"containers":[{"image":"y","name":"b"}]}}"#,
        ),
        (
            r#"{"spec":{"containers":[{"$patch":"replace"},{"name":"c","image":"w"}]}}"#,
            r#"{"spec":{"containers":[{"image":"w","name":"c"}]}}"#,
        ),
        (
            r#"{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}"#,
            r#"{"spec":{"containers":[{"image":"y","name":"b"},{"image":"x","name":"a"}]}}"#,
        ),
        (r#"{"spec":{"$patch":"replace","nodeName":"n"}}"#, r#"{"spec":{"nodeName":"n"}}"#),
        (r#"{"spec":{"containers":null}}"#, r#"{"spec":{}}"#),
    ] {
        assert_eq!(applied(pod, patch), expected, "{patch}");
    }
    let finalizers = r#"{"metadata":{"finalizers":["a/b","c/d"]}}"#;
    let patch = r#"{"metadata":{"$deleteFromPrimitiveList/finalizers":["a/b"]}}"#;
    assert_eq!(applied(finalizers, patch), r#"{"metadata":{"finalizers":["c/d"]}}"#);
    let volume = r#"{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}"#;
    let patch =
        r#"{"spec":{"volumes":[{"name":"v","$retainKeys":["name","configMap"],"configMap":{"name":"c"}}]}}"#;
    assert_eq!(applied(volume, patch), r#"{"spec":{"volumes":[{"configMap":{"name":"c"},"name":"v"}]}}"#);
    assert!(
        strategic(&json(pod), &json(r#"{"spec":{"containers":[{"image":"z"}]}}"#), schema::of(Kind::Pod))
            .is_err()
    );
}

#[test]
fn apply_removes_what_it_set_and_keeps_the_rest() {
    let ty = schema::of(Kind::Pod);
    let last =
        json(r#"{"metadata":{"labels":{"a":"1","b":"2"}},"spec":{"containers":[{"name":"a","image":"x"}]}}"#);
    let live = json(
        r#"{"metadata":{"labels":{"a":"1","b":"2","own":"3"}},"spec":{"containers":[{"name":"a","image":"x","tty":true},{"name":"side","image":"s"}]}}"#,
    );
    let new = json(r#"{"metadata":{"labels":{"a":"1"}},"spec":{"containers":[{"name":"a","image":"y"}]}}"#);
    let patch = three_way(&last, &live, &new, ty);
    assert_eq!(
        to_go_json(&patch),
        r#"{"metadata":{"labels":{"b":null}},"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"image":"y","name":"a"}]}}"#
    );
    let result = strategic(&live, &patch, ty).unwrap();
    assert_eq!(
        to_go_json(&result),
        r#"{"metadata":{"labels":{"a":"1","own":"3"}},"spec":{"containers":[{"image":"y","name":"a","tty":true},{"image":"s","name":"side"}]}}"#
    );
    let nothing = three_way(&new, &new, &new, ty);
    assert_eq!(to_go_json(&nothing), "{}");
    let gone = json(r#"{"metadata":{"labels":{"a":"1"}},"spec":{"containers":[]}}"#);
    let patch = three_way(&last, &last, &gone, ty);
    assert!(to_go_json(&patch).contains(r#"{"$patch":"delete","name":"a"}"#), "{patch:?}");
}

#[test]
fn json_patches_do_their_operations_or_nothing() {
    let target = json(r#"{"spec":{"replicas":1,"list":["a","b"]}}"#);
    let run = |operations: &str| json_patch(&target, &json(operations)).map(|v| to_go_json(&v));
    assert_eq!(
        run(r#"[{"op":"replace","path":"/spec/replicas","value":3},{"op":"add","path":"/spec/list/-","value":"c"},{"op":"remove","path":"/spec/list/0"}]"#).unwrap(),
        r#"{"spec":{"list":["b","c"],"replicas":3}}"#
    );
    assert_eq!(
        run(
            r#"[{"op":"test","path":"/spec/replicas","value":1},{"op":"move","from":"/spec/replicas","path":"/a~1b"}]"#
        )
        .unwrap(),
        r#"{"a/b":1,"spec":{"list":["a","b"]}}"#
    );
    for bad in [
        r#"[{"op":"replace","path":"/spec/none","value":3}]"#,
        r#"[{"op":"test","path":"/spec/replicas","value":2}]"#,
        r#"[{"op":"add","path":"/spec/list/9","value":2}]"#,
        r#"[{"op":"grow","path":"/spec"}]"#,
        r#"[{"path":3}]"#,
        "{}",
    ] {
        assert!(run(bad).is_err(), "{bad}");
    }
}

#[test]
fn merge_patches_remove_with_null() {
    let target = json(r#"{"a":{"b":1,"c":2},"d":[1]}"#);
    let patch = json(r#"{"a":{"b":null,"e":3},"d":[2]}"#);
    let merged = json_merge(&target, &patch);
    assert_eq!(to_go_json(&merged), r#"{"a":{"c":2,"e":3},"d":[2]}"#);
    assert_eq!(to_go_json(&merge_diff(&target, &merged)), to_go_json(&patch));
}
