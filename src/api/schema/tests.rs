use super::*;
use crate::api::kind::KINDS;
use crate::api::{Value, manifest};

fn doc(text: &str) -> Value {
    manifest::parse(text).unwrap().remove(0).value
}

fn set(spec: &str) -> Value {
    doc(&format!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: web}}\nspec: {spec}\n"))
}

#[test]
fn the_table_is_closed() {
    fn check(ty: &Ty, from: &str) {
        match ty {
            Ty::Object(name) => {
                assert!(find(name).is_some(), "{from} names {name}, which is no line of the table");
            }
            Ty::List(inner) | Ty::Map(inner, _) => check(inner, from),
            _ => {}
        }
    }
    for info in KINDS {
        assert!(!of(info.kind).fields.is_empty(), "{} has no line", info.name);
    }
    TABLE.with(|table| {
        assert!(table.is_sorted_by(|a, b| a.name < b.name), "lines out of order");
        for ty in *table {
            assert!(ty.fields.is_sorted_by(|a, b| a.name < b.name), "fields of {} out of order", ty.name);
            for field in &ty.fields {
                check(&field.ty, ty.name);
                // A key that merges a list is a field of what is in it.
                if let (Some(key), Some(inner)) =
                    (field.merge_key.filter(|k| !k.is_empty()), object_of(&field.ty))
                {
                    assert!(inner.field(key).is_some(), "{}.{} merges by {key}", ty.name, field.name);
                }
            }
        }
    });
    let ports = at(Kind::Pod, "spec.containers[0].ports").unwrap();
    assert_eq!((ports.name, ports.merge_key), ("ports", Some("containerPort")));
    assert!(at(Kind::Pod, "spec.volumes").unwrap().retain_keys);
}

#[test]
fn wrong_types_are_told_as_go_tells_them() {
    for (spec, told) in [
        ("{replicas: x}", "string into Go struct field StatefulSetSpec.spec.replicas of type int32"),
        ("{replicas: 1.5}", "number 1.5 into Go struct field StatefulSetSpec.spec.replicas of type int32"),
        (
            "{replicas: 9999999999}",
            "number 9999999999 into Go struct field StatefulSetSpec.spec.replicas of type int32",
        ),
        ("[]", "array into Go struct field StatefulSet.spec of type v1.StatefulSetSpec"),
        (
            "{podManagementPolicy: 1}",
            "number into Go struct field StatefulSetSpec.spec.podManagementPolicy of type v1.PodManagementPolicyType",
        ),
        (
            "{template: {spec: {containers: x}}}",
            "string into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container",
        ),
        (
            "{template: {spec: {containers: [{args: [1]}]}}}",
            "number into Go struct field Container.spec.template.spec.containers.args of type string",
        ),
        (
            "{template: {metadata: {labels: {a: 1}}}}",
            "number into Go struct field ObjectMeta.spec.template.metadata.labels of type string",
        ),
    ] {
        let error = decode(&set(spec)).unwrap_err().to_string();
        let start =
            "StatefulSet in version \"v1\" cannot be handled as a StatefulSet: json: cannot unmarshal ";
        assert_eq!(error.strip_prefix(start), Some(told), "{spec}: {error}");
    }
    let error = metadata_error(&doc("kind: Pod\nmetadata: {name: 1}")).unwrap();
    assert_eq!(
        error,
        "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string"
    );
    assert_eq!(metadata_error(&set("{replicas: x}")), None);
}

#[test]
fn unknown_fields_are_listed_in_order_and_left_out() {
    let (object, problems) =
        decode(&set("{templates: {}, foo: {bar: 1}, template: {spec: {containers: [{name: a, imge: b}]}}}"))
            .unwrap();
    let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["spec.foo", "spec.template.spec.containers[0].imge", "spec.templates"]);
    assert!(object.spec().get("foo").is_null());
    assert_eq!(
        strict_error(Kind::StatefulSet, &problems[..1]),
        "StatefulSet in version \"v1\" cannot be handled as a StatefulSet: strict decoding error: unknown field \"spec.foo\""
    );
}

#[test]
fn kinds_are_found_or_named() {
    for (text, told) in [
        ("kind: Pod", "apiVersion not set"),
        ("apiVersion: v1", "kind not set"),
        ("a: b", "[apiVersion not set, kind not set]"),
        ("[1]", "invalid object to validate"),
        (
            "{kind: Foo, apiVersion: v1}",
            "no matches for kind \"Foo\" in version \"v1\"\nensure CRDs are installed first",
        ),
    ] {
        assert_eq!(resolve(&doc(text)).unwrap_err().to_string(), told);
    }
    assert_eq!(resolve(&set("{}")), Ok(Kind::StatefulSet));
}

#[test]
fn go_writes_back_what_it_read() {
    let (object, _) =
        decode(&set("{replicas: 0, serviceName: '', template: {spec: {hostNetwork: false, volumes: []}}}"))
            .unwrap();
    let spec = object.spec();
    assert_eq!(spec.get("replicas").as_int(), Some(0), "pointers stay when they were set");
    assert_eq!(spec.get("serviceName").as_str(), Some(""), "what is never omitted is written");
    assert!(spec.at(&["template", "spec"]).as_map().is_some_and(|pod| !pod.contains_key("hostNetwork")));
    assert!(spec.at(&["template", "metadata"]).as_map().is_some_and(super::super::value::Map::is_empty));
    let (service, _) = decode(&doc("apiVersion: v1\nkind: Service\nmetadata: {name: x}")).unwrap();
    assert!(service.status().get("loadBalancer").as_map().is_some());
}

#[test]
fn near_names_and_other_places_are_suggested() {
    for (path, unknown, near) in [
        ("spec", "templates", Some("template")),
        ("spec", "replica", Some("replicas")),
        ("spec.template.spec.containers[0]", "imagepullpolicy", Some("imagePullPolicy")),
        ("spec.template.spec.containers[0]", "prots", Some("ports")),
        ("spec", "foo", None),
    ] {
        assert_eq!(suggest(Kind::StatefulSet, path, unknown), near, "{unknown}");
    }
    assert_eq!(places(Kind::StatefulSet, "spec.template.spec", "volumeClaimTemplates"), ["spec"]);
    assert_eq!(places(Kind::StatefulSet, "spec.template", "containers"), ["spec.template.spec"]);
}
