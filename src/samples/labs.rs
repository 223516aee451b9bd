//! Labs: the files of one source document, put into the workstation's folder; and the manifests of the official pages.

/// The files of a document (scenario.md 1.5).
#[derive(Debug)]
pub struct Lab {
    /// As scenarios name it.
    pub key: &'static str,
    /// Name and text of each file, as the document prints them.
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! files {
    ($folder:literal: $($name:literal),+) => {
        &[$(($name, include_str!(concat!("../../static/labs/", $folder, "/", $name)))),+]
    };
}

const WEB: &str = include_str!("../../static/samples/web.yaml");

/// The labs.
pub const LABS: &[Lab] = &[
    Lab { key: "web", files: &[("web.yaml", WEB)] },
    Lab {
        key: "sts",
        files: files!("sts": "nginx-stateful.yaml", "nginx-stateful-svc.yaml", "nginx-stateful-headless.yaml",
            "nginx-stateful2.yaml", "sc-nfs.yaml"),
    },
    Lab {
        key: "ordinal",
        files: files!("ordinal": "nfs-client.yaml", "rs/myweb-rs.yaml", "rs/myweb-svc-headless.yaml", "rs/myweb-svc.yaml",
            "sts/myweb-sts.yaml", "sts/myweb-svc-headless.yaml", "vol/myweb-sts-vol.yaml"),
    },
    Lab {
        key: "mysql",
        files: files!("mysql": "mysql-configmap.yaml", "mysql-services.yaml", "mysql-statfulset.yaml"),
    },
    Lab {
        key: "samples",
        files: files!("samples": "sample-ds.yaml", "sample-headless.yaml", "sample-statefulset-headless.yaml",
            "sample-statefulset.yaml"),
    },
    Lab { key: "basics", files: files!("basics": "web-parallel.yaml", "web.yaml") },
    Lab { key: "zookeeper", files: files!("zookeeper": "zookeeper.yaml") },
    Lab {
        key: "cassandra",
        files: files!("cassandra": "cassandra-service.yaml", "cassandra-statefulset.yaml"),
    },
    Lab { key: "start-ordinal", files: files!("start-ordinal": "web.yaml") },
];

/// The lab of that name.
pub fn lab(key: &str) -> Option<&'static Lab> {
    LABS.iter().find(|lab| lab.key == key)
}

/// What the official pages have at an address, by its last part; the MySQL set is that of the document, which has one
/// server less.
pub fn page(url: &str) -> Option<String> {
    const HOSTS: &[&str] = &["k8s.io/", "kubernetes.io/", "raw.githubusercontent.com/kubernetes/website/"];
    let (_, place) = url.split_once("://")?;
    let (folder, name) = place.rsplit_once("/application/")?.1.split_once('/')?;
    let folder = if folder == "web" { "basics" } else { folder };
    let is_official = HOSTS.iter().any(|host| place.starts_with(host));
    let file = if name == "mysql-statefulset.yaml" { "mysql-statfulset.yaml" } else { name };
    let found = lab(folder)?.files.iter().find(|(known, _)| *known == file && is_official)?;
    Some(found.1.replace("replicas: 2\n  template", "replicas: 3\n  template"))
}
