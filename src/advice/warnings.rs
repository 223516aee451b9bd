//! What the API server accepts and what then does not do what was meant: a sentence each, and a repair where one is sure.

use super::{Problem, Repair, rename, set_field};
use crate::api::Value;
use crate::api::manifest::{Document, parse_some};
use crate::lang::{Josa, Lang, josa, particle};

/// The longest name of a set whose pods can carry their revision as a label: 63 less a dash and ten characters.
const LONGEST_NAME: usize = 52;

struct Warner<'a> {
    text: &'a str,
    lang: Lang,
    documents: &'a [Document],
    found: Vec<Problem>,
}

/// Every warning; none for a text that cannot be read to its end.
pub(super) fn warnings(text: &str, lang: Lang) -> Vec<Problem> {
    let (documents, error) = parse_some(text);
    if error.is_some() {
        return Vec::new();
    }
    let mut warner = Warner { text, lang, documents: &documents, found: Vec::new() };
    for document in &documents {
        match document.value.get("kind").str() {
            "StatefulSet" => {
                warner.names(document);
                warner.set(document);
                warner.containers(document);
            }
            "Deployment" | "DaemonSet" => warner.containers(document),
            "Service" => warner.service(document),
            _ => {}
        }
    }
    warner.found
}

/// Claims that are there already and will be taken over by sets that are not there yet, with whatever is on them.
pub fn claims_found(text: &str, lang: Lang, exists: &dyn Fn(&str, &str) -> bool) -> Vec<Problem> {
    let (documents, error) = parse_some(text);
    let mut warner = Warner { text, lang, documents: &documents, found: Vec::new() };
    for document in documents.iter().filter(|_| error.is_none()) {
        let set = document.value.at(&["metadata", "name"]).str();
        let spec = document.value.get("spec");
        if document.value.get("kind").str() != "StatefulSet" || exists("StatefulSet", set) {
            continue;
        }
        let start = spec.at(&["ordinals", "start"]).as_int().unwrap_or(0);
        let end = start + spec.get("replicas").as_int().unwrap_or(1).clamp(0, 100);
        let mut names: Vec<String> = Vec::new();
        for template in spec.get("volumeClaimTemplates").items() {
            let template = template.at(&["metadata", "name"]).str();
            names.extend((start..end).map(|i| format!("{template}-{set}-{i}")));
        }
        names.retain(|name| exists("PersistentVolumeClaim", name));
        if !names.is_empty() {
            let names = lang.names(&names);
            warner.warn(
                document,
                "spec.volumeClaimTemplates",
                format!("{} 이미 있다. 새 파드는 거기 든 옛 데이터를 이어받는다.", josa(&names, Josa::IGa)),
                format!("There is {names} already: the new Pods take over the data on it."),
                None,
            );
        }
    }
    warner.found
}

fn name_of(document: &Document) -> &str {
    document.value.at(&["metadata", "name"]).str()
}

fn is_headless(service: &Document) -> bool {
    service.value.at(&["spec", "clusterIP"]).str() == "None"
}

fn labels(workload: &Document) -> &Value {
    workload.value.at(&["spec", "template", "metadata", "labels"])
}

// True if the Service picks the pods of the workload.
fn selects(service: &Document, workload: &Document) -> bool {
    let selector = service.value.at(&["spec", "selector"]).entries();
    !selector.is_empty() && selector.iter().all(|(key, value)| labels(workload).get(key) == value)
}

impl Warner<'_> {
    fn warn(
        &mut self,
        document: &Document,
        path: &str,
        ko: String,
        en: String,
        repair: Option<(String, String, String)>,
    ) {
        let (line, column) = document.marks.nearest(path);
        let length = path.rsplit('.').next().unwrap_or(path).chars().count();
        let repair = repair.map(|(ko, en, text)| Repair { label: self.lang.pick(ko, en), text });
        let text = self.lang.pick(ko, en);
        self.found.push(Problem { line, column, length, is_error: false, text, repair });
    }

    // A repair that sets one field.
    fn set_to(&self, document: &Document, path: &str, value: &str) -> Option<(String, String, String)> {
        let kind = document.value.get("kind").str();
        let text = set_field(self.text, kind, name_of(document), path, Some(value))?;
        let field = path.rsplit('.').next().unwrap_or(path);
        Some((
            format!("`{field}: {value}`{} 고치기", particle(value, Josa::EuroRo)),
            format!("Set `{field}: {value}`"),
            text,
        ))
    }

    fn of_kind(&self, kinds: &[&str]) -> Vec<&Document> {
        self.documents.iter().filter(|d| kinds.contains(&d.value.get("kind").str())).collect()
    }

    // serviceName and the Service it names.
    fn names(&mut self, set: &Document) {
        let services = self.of_kind(&["Service"]);
        let governing = set.value.at(&["spec", "serviceName"]).str();
        let service = services.iter().find(|service| name_of(service) == governing);
        let fitting: Vec<&&Document> =
            services.iter().filter(|s| is_headless(s) && selects(s, set)).collect();
        let repair = match fitting[..] {
            [one] => self.set_to(set, "spec.serviceName", name_of(one)),
            _ => None,
        };
        match service {
            None if governing.is_empty() => self.warn(
                set,
                "spec.serviceName",
                "`serviceName`이 없다. 파드는 돌지만 이름이 생기지 않는다.".into(),
                "There is no `serviceName`. The Pods run, but they get no names.".into(),
                repair,
            ),
            None if services.is_empty() => {}
            None => self.warn(
                set,
                "spec.serviceName",
                format!(
                    "서비스 `{governing}`{} 여기에 없다. 파드는 돌지만 이름이 생기지 않는다.",
                    particle(governing, Josa::IGa)
                ),
                format!("There is no Service `{governing}` here. The Pods run, but they get no names."),
                repair,
            ),
            Some(service) if !is_headless(service) => {
                let repair = self.set_to(service, "spec.clusterIP", "None");
                self.warn(
                    set,
                    "spec.serviceName",
                    format!(
                        "서비스 `{governing}`{} 헤드리스가 아니다. 파드마다 이름이 생기지 않는다.",
                        particle(governing, Josa::EunNeun)
                    ),
                    format!(
                        "The Service `{governing}` is not headless, so the Pods get no names of their own."
                    ),
                    repair,
                );
            }
            Some(_) => {}
        }
    }

    // What only sets have.
    fn set(&mut self, set: &Document) {
        let (name, spec) = (name_of(set), set.value.get("spec"));
        if name.chars().count() > LONGEST_NAME {
            self.warn(
                set,
                "metadata.name",
                format!("이름이 {LONGEST_NAME}자보다 길다. 리비전 라벨이 63자를 넘어 파드를 하나도 만들지 못한다."),
                format!(
                    "The name is longer than {LONGEST_NAME} characters: the revision label gets over 63, and no Pod can be made."
                ),
                None,
            );
        }
        let partition = spec.at(&["updateStrategy", "rollingUpdate", "partition"]).as_int().unwrap_or(0);
        let start = spec.at(&["ordinals", "start"]).as_int().unwrap_or(0);
        if partition > 0 && partition >= start + spec.get("replicas").as_int().unwrap_or(1) {
            let path = "spec.updateStrategy.rollingUpdate.partition";
            self.warn(
                set,
                path,
                "모든 순번이 파티션보다 작다. 템플릿을 바꾸어도 아무 파드도 갱신되지 않는다.".into(),
                "Every ordinal is below the partition: a changed template reaches no Pod.".into(),
                self.set_to(set, path, "0"),
            );
        }
        let pod = spec.at(&["template", "spec"]);
        if pod.get("terminationGracePeriodSeconds").as_int() == Some(0) {
            let path = "spec.template.spec.terminationGracePeriodSeconds";
            self.warn(
                set,
                path,
                "0초면 옛 파드가 멈춘 것을 보지 않고 같은 이름을 다시 만든다. 둘이 함께 돌 수 있다.".into(),
                "With 0 s a Pod is made anew before the old one is known to have stopped: two may run under one name.".into(),
                self.set_to(set, path, "30"),
            );
        }
        let mounts = || pod.get("containers").items().iter().flat_map(|c| c.get("volumeMounts").items());
        for (i, volume) in pod.get("volumes").items().iter().enumerate() {
            let path_of = |mount: &Value| mount.get("mountPath").str().to_ascii_lowercase();
            let holds_data = mounts().any(|mount| {
                mount.get("name") == volume.get("name")
                    && (path_of(mount).starts_with("/var/lib/") || path_of(mount).contains("data"))
            });
            if !volume.get("emptyDir").is_null() && holds_data {
                self.warn(
                    set,
                    &format!("spec.template.spec.volumes[{i}].name"),
                    "`emptyDir`는 파드와 함께 사라진다. 남아야 할 데이터는 `volumeClaimTemplates`에 둔다.".into(),
                    "An `emptyDir` goes with its Pod. Data that has to stay belongs into `volumeClaimTemplates`.".into(),
                    None,
                );
            }
        }
        // A probe that asks the others, where the others are only made once it passes.
        let governing = spec.get("serviceName").str();
        let asks = |word: &str| {
            let host = word.trim_start_matches("http://").trim_start_matches("https://");
            let host = host.split(['/', ':']).next().unwrap_or(host);
            let first = host.split('.').next().unwrap_or(host);
            let peer = first.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')?.parse::<u64>().ok());
            peer.is_some_and(|ordinal| ordinal > 0) || (!governing.is_empty() && first == governing)
        };
        for (i, container) in pod.get("containers").items().iter().enumerate() {
            let command = container.at(&["readinessProbe", "exec", "command"]).items();
            let mut words = command.iter().flat_map(|part| part.str().split([' ', '\'', '"', '@', '=']));
            if spec.get("podManagementPolicy").str() != "Parallel" && words.any(asks) {
                self.warn(
                    set,
                    &format!("spec.template.spec.containers[{i}].readinessProbe"),
                    "준비성 프로브가 다른 파드를 찾는다. OrderedReady에서는 첫 파드가 혼자 Ready가 되어야 다음을 만든다.".into(),
                    "The readiness probe asks other Pods. Under OrderedReady the first one has to become Ready alone.".into(),
                    self.set_to(set, "spec.podManagementPolicy", "Parallel"),
                );
            }
        }
    }

    fn containers(&mut self, workload: &Document) {
        let containers = workload.value.at(&["spec", "template", "spec", "containers"]).items();
        for (i, container) in containers.iter().enumerate() {
            let image = container.get("image").str();
            let tag = image.rsplit('/').next().unwrap_or(image).split_once(':').map(|(_, tag)| tag);
            if !image.is_empty() && !image.contains('@') && tag.is_none_or(|tag| tag == "latest") {
                self.warn(
                    workload,
                    &format!("spec.template.spec.containers[{i}].image"),
                    "`latest`는 때마다 다른 이미지다. 다시 만든 파드만 새것으로 돌 수 있다.".into(),
                    "`latest` is another image each time: a Pod that is made again may run a newer one than the rest.".into(),
                    None,
                );
            }
        }
    }

    fn service(&mut self, service: &Document) {
        let workloads = self.of_kind(&["StatefulSet", "Deployment", "DaemonSet", "Pod"]);
        let selector = service.value.at(&["spec", "selector"]).entries();
        let picks = |w: &&Document| w.value.get("kind").str() == "Pod" || selects(service, w);
        if !selector.is_empty() && !workloads.is_empty() && !workloads.iter().any(picks) {
            // One value that is spelled differently in the only workload there is.
            let wrong = match workloads[..] {
                [one] => {
                    selector.iter().find(|(key, value)| labels(one).get(key) != value).and_then(|(key, _)| {
                        let value = labels(one).get(key).as_str()?;
                        self.set_to(service, &format!("spec.selector.{key}"), value)
                    })
                }
                _ => None,
            };
            self.warn(
                service,
                "spec.selector",
                "이 선택자에 맞는 파드가 여기에 없다. 서비스에 엔드포인트가 생기지 않는다.".into(),
                "No Pod here fits this selector: the Service will have no endpoints.".into(),
                wrong,
            );
        }
        for (i, port) in service.value.at(&["spec", "ports"]).items().iter().enumerate() {
            let (Some(port), Some(target)) = (port.get("port").as_int(), port.get("targetPort").as_int())
            else {
                continue;
            };
            if port == target || !is_headless(service) {
                continue;
            }
            let place = service.marks.value(&format!("spec.ports[{i}].port"));
            let (port, target) = (port.to_string(), target.to_string());
            let repair = place.and_then(|place| rename(self.text, place, &port, &target)).map(|text| {
                (
                    format!("port를 {} 고치기", josa(&target, Josa::EuroRo)),
                    format!("Set port to {target}"),
                    text,
                )
            });
            self.warn(
                service,
                &format!("spec.ports[{i}].targetPort"),
                format!(
                    "헤드리스 서비스는 포트를 바꿔 주지 않는다. 클라이언트는 {} 아니라 {} 붙어야 한다.",
                    josa(&port, Josa::IGa),
                    josa(&target, Josa::EuroRo)
                ),
                format!("A headless Service maps no ports: clients must connect to {target}, not to {port}."),
                repair,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: &str = include_str!("../../static/samples/web.yaml");

    /// What is changed, the line of the warning, words in it, what the repair brings.
    type Case<'a> = (&'a [(&'a str, &'a str)], usize, &'a str, Option<&'a str>);

    #[test]
    fn each_surprise_is_named_where_it_stands_and_mended_where_that_is_sure() {
        let template = "    spec:\n      containers:";
        let probe = |words: &str| {
            format!(
                "nginx-slim:0.8\n        readinessProbe:\n          exec:\n            command: [sh, -c, \"{words}\"]"
            )
        };
        let volume = "    spec:\n      volumes:\n      - name: www\n        emptyDir: {}\n      containers:";
        let cases: &[Case<'_>] = &[
            (&[("  serviceName: \"nginx\"\n", "")], 19, "no `serviceName`", Some("  serviceName: nginx\n")),
            (
                &[("serviceName: \"nginx\"", "serviceName: ngnix")],
                20,
                "no Service `ngnix`",
                Some("serviceName: nginx\n"),
            ),
            (&[("  clusterIP: None\n", "")], 19, "not headless", Some("  clusterIP: None\n")),
            (
                &[("  selector:\n    app: nginx\n", "  selector:\n    app: ngnix\n")],
                12,
                "no endpoints",
                Some("  selector:\n    app: nginx\n"),
            ),
            (
                &[("name: web\nspec", &["name: ", &"w".repeat(53), "\nspec"].concat())],
                18,
                "longer than 52",
                None,
            ),
            (
                &[(
                    "  replicas: 2\n",
                    "  replicas: 2\n  updateStrategy:\n    rollingUpdate:\n      partition: 3\n",
                )],
                24,
                "below the partition",
                Some("partition: 0"),
            ),
            (
                &[(template, "    spec:\n      terminationGracePeriodSeconds: 0\n      containers:")],
                30,
                "two may run",
                Some("Seconds: 30"),
            ),
            (&[("nginx-slim:0.8", "nginx-slim")], 32, "`latest`", None),
            (&[("nginx-slim:0.8", "nginx-slim:latest")], 32, "`latest`", None),
            (
                &[("nginx-slim:0.8", &probe("getent hosts web-1.nginx"))],
                33,
                "asks other Pods",
                Some("podManagementPolicy: Parallel"),
            ),
            (&[(template, volume), ("/usr/share/nginx/html", "/var/lib/data")], 31, "`emptyDir`", None),
        ];
        for (changes, line, words, mended) in cases {
            let text = changes.iter().fold(WEB.to_string(), |text, (old, new)| {
                assert!(text.contains(old), "{old}");
                text.replacen(old, new, 1)
            });
            for lang in [Lang::Ko, Lang::En] {
                let found = warnings(&text, lang);
                let one =
                    found.iter().find(|p| p.line == *line).unwrap_or_else(|| panic!("{words}: {found:#?}"));
                assert!(lang == Lang::Ko || one.text.contains(words), "{one:#?}");
                assert_eq!(one.repair.is_some(), mended.is_some(), "{one:#?}");
                if let (Some(repair), Some(mended)) = (&one.repair, mended) {
                    assert!(repair.text.contains(mended), "{}", repair.text);
                    assert!(
                        !warnings(&repair.text, lang).iter().any(|p| p.text == one.text),
                        "{}",
                        repair.text
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_fine_is_not_warned_of() {
        let digest = WEB.replace("nginx-slim:0.8", "nginx-slim@sha256:0123");
        let own = WEB.replace("nginx-slim:0.8", "nginx-slim:0.8\n        readinessProbe:\n          exec:\n            command: [curl, \"http://web-0.nginx/\"]");
        for text in [WEB, &digest, &own] {
            assert_eq!(warnings(text, Lang::En), [], "{text}");
        }
    }

    #[test]
    fn claims_that_are_there_are_named_unless_the_set_is_too() {
        let found = claims_found(WEB, Lang::En, &|kind, name| kind != "StatefulSet" && name == "www-web-1");
        assert_eq!((found.len(), found[0].line), (1, 39));
        assert!(found[0].text.contains("www-web-1"), "{found:?}");
        assert_eq!(claims_found(WEB, Lang::Ko, &|_, _| true), []);
        assert_eq!(claims_found(WEB, Lang::Ko, &|_, _| false), []);
    }
}
