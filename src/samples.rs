//! What there is to look at: stories (whole runs, which links may name) and samples (manifests to apply).

mod labs;

pub use labs::{LABS, Lab, lab, page};

use crate::lang::Lang;

/// A run that tells something.
#[derive(Debug)]
pub struct Story {
    /// As links name it.
    pub slug: &'static str,
    title: [&'static str; 2],
    /// The Kubernetes word for it.
    pub key: &'static str,
    /// The run.
    pub scenario: &'static str,
    /// The step at which its still already says something.
    pub still: usize,
}

/// A manifest.
#[derive(Debug)]
pub struct Sample {
    /// As links name it.
    pub slug: &'static str,
    title: [&'static str; 2],
    /// The field it is about.
    pub key: &'static str,
    /// The text.
    pub text: &'static str,
}

impl Story {
    /// Its name.
    pub fn title(&self, lang: Lang) -> &'static str {
        lang.pick(self.title[0], self.title[1])
    }
}

impl Sample {
    /// Its name.
    pub fn title(&self, lang: Lang) -> &'static str {
        lang.pick(self.title[0], self.title[1])
    }
}

/// The stories, the first one first.
pub const STORIES: &[Story] = &[
    Story {
        slug: "ordered",
        title: ["차례로 만들고 역순으로 지우기", "Created in order, removed in reverse"],
        key: "OrderedReady",
        scenario: include_str!("../static/stories/ordered.scn"),
        still: 13,
    },
    Story {
        slug: "parallel",
        title: ["한꺼번에 만들고 지우기", "Created and removed all at once"],
        key: "Parallel",
        scenario: include_str!("../static/stories/parallel.scn"),
        still: 8,
    },
    Story {
        slug: "rollout",
        title: ["새 버전으로 갱신하기", "Rolling out a new version"],
        key: "RollingUpdate · partition",
        scenario: include_str!("../static/stories/rollout.scn"),
        still: 30,
    },
    Story {
        slug: "node",
        title: ["노드가 끊기면", "When a node is cut off"],
        key: "at most one",
        scenario: include_str!("../static/stories/node.scn"),
        still: 30,
    },
];

/// The samples, in the order of the menu.
pub const SAMPLES: &[Sample] = &[
    Sample {
        slug: "web",
        title: ["문서의 web.yaml", "web.yaml of the documents"],
        key: "OrderedReady",
        text: include_str!("../static/samples/web.yaml"),
    },
    Sample {
        slug: "parallel",
        title: ["한꺼번에", "All at once"],
        key: "podManagementPolicy: Parallel",
        text: include_str!("../static/samples/parallel.yaml"),
    },
    Sample {
        slug: "partition",
        title: ["카나리", "Canary"],
        key: "partition: 3",
        text: include_str!("../static/samples/partition.yaml"),
    },
    Sample {
        slug: "min-ready",
        title: ["준비되고도 5초", "Five seconds after ready"],
        key: "minReadySeconds: 5",
        text: include_str!("../static/samples/min-ready.yaml"),
    },
    Sample {
        slug: "on-delete",
        title: ["지워야 바뀐다", "Changed only when deleted"],
        key: "type: OnDelete",
        text: include_str!("../static/samples/on-delete.yaml"),
    },
    Sample {
        slug: "retention",
        title: ["줄이면 볼륨도 지운다", "Scale in deletes the volumes"],
        key: "whenScaled: Delete",
        text: include_str!("../static/samples/retention.yaml"),
    },
    Sample {
        slug: "two-services",
        title: ["헤드리스와 ClusterIP", "Headless beside ClusterIP"],
        key: "clusterIP: None",
        text: include_str!("../static/samples/two-services.yaml"),
    },
    Sample {
        slug: "templates-typo",
        title: ["두 군데 틀린 매니페스트", "A manifest with two mistakes"],
        key: "templates:",
        text: include_str!("../static/samples/templates-typo.yaml"),
    },
];
