//! The stage in its forms, and every state.

use super::expect;
use super::samples::*;
use crate::lang::Lang;
use crate::scene::marks::{self, CARD};
use crate::scene::model::*;
use crate::scene::{Group, Scene, StageOptions, node_stage, stage};
use crate::sim::SimTime;

#[test]
fn the_stage_of_the_page() {
    expect("page-scale-in", &stage(&scale_in(), &StageOptions::page(704.0, Lang::Ko)));
    expect("page-growing", &stage(&growing(), &StageOptions::page(760.0, Lang::En)));
}

#[test]
fn two_services_and_a_changed_name() {
    let mut model = growing();
    model.columns[1].dns.as_mut().unwrap().changed = true;
    model.services.push(ServiceModel {
        name: "nginx-ro".into(),
        shape: ServiceShape::Cluster("10.96.41.7".into()),
        governing: false,
        ordinals: vec![0, 1],
    });
    expect("page-services", &stage(&model, &StageOptions::page(704.0, Lang::En)));
}

#[test]
fn other_forms() {
    expect("embed", &stage(&scale_in(), &StageOptions::embed(568.0, Lang::Ko, false)));
    expect("embed-names", &stage(&scale_in(), &StageOptions::embed(568.0, Lang::En, true)));
    expect("phone", &stage(&scale_in(), &StageOptions::phone(358.0, Lang::Ko)));
    let mut options = StageOptions::present(574.0, Lang::Ko);
    options.ask = Some("pvc");
    expect("present-ask", &stage(&scale_in(), &options));
    let mut half = scale_in();
    half.mark_differences(&growing());
    expect("half", &stage(&half, &StageOptions::half(640.0, Lang::Ko)));
    expect(
        "ghost",
        &stage(
            &StageModel::ghost("default", "sample-statefulset", 3, true),
            &StageOptions::embed(560.0, Lang::Ko, false),
        ),
    );
}

#[test]
fn from_nothing_to_sixty() {
    use PodState::*;
    let none = model(0, &[], &[], Option::None);
    expect("replicas-0", &stage(&none, &StageOptions::page(704.0, Lang::Ko)));
    let one = model(1, &[Ready], &[Some(ClaimState::Bound)], Option::None);
    expect("replicas-1", &stage(&one, &StageOptions::page(704.0, Lang::Ko)));
    let mix =
        [Ready, Ready, Creating, Terminating, NotReady, Crash, Lost, Pending, Settling, Failed, Done, None];
    let many = |n: usize| {
        let pods: Vec<PodState> = (0..n).map(|i| mix[i % mix.len()]).collect();
        let states = [ClaimState::Bound, ClaimState::Kept, ClaimState::Pending, ClaimState::Terminating];
        let claims: Vec<_> = (0..n).map(|i| Some(states[(i / 3) % 4])).collect();
        model(n as i64 - 2, &pods, &claims, Option::None)
    };
    for n in [6, 7, 10, 18, 24, 60] {
        expect(&format!("replicas-{n}"), &stage(&many(n), &StageOptions::page(704.0, Lang::Ko)));
    }
    expect("phone-12", &stage(&many(12), &StageOptions::phone(358.0, Lang::Ko)));
}

#[test]
fn by_node() {
    let mut model = scale_in();
    model.nodes[1].state = NodeState::Unknown;
    model.nodes[1].since = Some(SimTime(3000));
    model.nodes[2].state = NodeState::Cordoned;
    for column in &mut model.columns {
        if let Some(pod) = column.pod.as_mut().filter(|p| &*p.node == "node-2") {
            pod.state = PodState::Lost;
            pod.note = Note::Unconfirmed;
        }
    }
    expect("nodes", &node_stage(&model, &StageOptions::page(704.0, Lang::Ko), SimTime(16_000)));
    model.columns[4].pod = Some(pod(4, PodState::Pending));
    expect("nodes-unscheduled", &node_stage(&model, &StageOptions::page(704.0, Lang::En), SimTime(16_000)));
    expect("nodes-phone", &node_stage(&model, &StageOptions::phone(358.0, Lang::Ko), SimTime(16_000)));
}

#[test]
fn long_names_and_pods_of_no_set() {
    let mut model = scale_in();
    model.set.as_mut().unwrap().key.name = "sample-statefulset-with-a-long-name".into();
    for column in &mut model.columns {
        column.name = format!("sample-statefulset-with-a-long-name-{}", column.ordinal);
        if let Some(pod) = &mut column.pod {
            pod.key.name = column.name.clone().into();
            pod.restarts = 3;
            pod.node = "ip-10-0-12-34.compute.internal".into();
        }
        column.claims[0].key.name = format!("data-{}", column.name).into();
        column.dns.as_mut().unwrap().name = format!("{}.headless", column.name);
    }
    model.set.as_mut().unwrap().partition = Some(2);
    let mut client = pod(0, PodState::Ready);
    client.key.name = "client".into();
    model.others.push(client);
    expect("long-names", &stage(&model, &StageOptions::page(704.0, Lang::En)));
    model.set = None;
    expect("no-set", &stage(&model, &StageOptions::page(704.0, Lang::Ko)));
}

/// Every state as card, chip and dot, claims, volumes, services, names, nodes, the controller.
fn sheet(lang: Lang) -> Scene {
    let mut scene =
        Scene { class: "scene scene--card".into(), width: 664.0, height: 0.0, ..Scene::default() };
    let (w, px) = (118.0, (664.0 - 118.0) / 4.0);
    for (i, state) in PodState::ALL.into_iter().enumerate() {
        let (x, y) = ((i % 5) as f64 * px, 10.0 + (i / 5) as f64 * 206.0);
        let pod = (state != PodState::None).then(|| pod(i as i64, state));
        let class = format!("pod pod--{}", marks::pod::class(state));
        let mut card = Group::new(format!("card/{i}"), class.clone(), x, y);
        match &pod {
            Some(pod) => marks::pod::card(&mut card, pod, w, &CARD, lang),
            None => marks::pod::empty(&mut card, "0", w, &CARD, lang),
        }
        let mut chip = Group::new(format!("chip/{i}"), class.clone(), x, y + 120.0);
        marks::pod::chip(&mut chip, pod.as_ref(), &i.to_string(), 58.0, 60.0, lang);
        let mut dot = Group::new(format!("dot/{i}"), class, x + 77.0, y + 137.0);
        marks::pod::dot(&mut dot, pod.as_ref());
        scene.groups.extend([card, chip, dot]);
    }
    let mut old = Group::new("card/old", "pod pod--ready", 2.0 * px, 422.0);
    let mut pod12 = pod(12, PodState::Ready);
    pod12.revision = Some(Revision { letter: 'A', old: true });
    marks::pod::card(&mut old, &pod12, w, &CARD, lang);
    scene.push(old);
    let mut y = 630.0;
    let claims =
        [ClaimState::Bound, ClaimState::Kept, ClaimState::Pending, ClaimState::Terminating, ClaimState::Lost];
    for (i, state) in claims.into_iter().enumerate() {
        let class = format!("claim claim--{}", marks::claim::class(state));
        let mut g = Group::new(format!("claim/{i}"), class.clone(), i as f64 * px, y);
        marks::claim::card(&mut g, &claim(i as i64, state), 0, w, &CARD, lang);
        let mut chip = Group::new(format!("claim-chip/{i}"), class, i as f64 * px, y + 60.0);
        marks::claim::chip(&mut chip, &claim(i as i64, state), 58.0, 34.0);
        scene.groups.extend([g, chip]);
    }
    y += 110.0;
    let volumes = [VolumeState::Bound, VolumeState::Available, VolumeState::Released, VolumeState::Failed];
    for (i, state) in volumes.into_iter().enumerate() {
        let class = format!("volume volume--{}", marks::volume::look(state).1);
        let mut g = Group::new(format!("volume/{i}"), class, i as f64 * px, y);
        let volume = VolumeModel { name: "pv".into(), size: "1Gi".into(), state };
        marks::volume::card(&mut g, &volume, w, &CARD);
        scene.push(g);
    }
    y += 60.0;
    let mut x = 0.0;
    for (i, (name, shape, ordinals)) in [
        ("nginx", ServiceShape::Headless, vec![0]),
        ("nginx-ro", ServiceShape::Cluster("10.96.41.7".into()), vec![0]),
        ("nginx", ServiceShape::Headless, vec![]),
        ("nginx", ServiceShape::Missing, vec![]),
    ]
    .into_iter()
    .enumerate()
    {
        let service = ServiceModel { name: name.into(), shape, governing: true, ordinals };
        let class = format!("service service--{}", marks::service::class(&service));
        let mut g = Group::new(format!("service/{i}"), class, x, y);
        marks::service::pill(&mut g, &service, lang);
        x += marks::service::pill_width(&service, lang) + 10.0;
        scene.push(g);
    }
    y += 44.0;
    for (i, (address, changed)) in
        [(true, false), (true, true), (false, false), (false, true)].into_iter().enumerate()
    {
        let name = NameModel {
            name: format!("web-{i}.nginx"),
            address: address.then(|| "10.0.0.1".into()),
            changed,
        };
        let mut g = Group::new(format!("name/{i}"), marks::name::class(&name), i as f64 * px, y);
        marks::name::record(&mut g, &name, w);
        scene.push(g);
    }
    y += 44.0;
    for (i, state) in [NodeState::Ready, NodeState::Unknown, NodeState::NotReady, NodeState::Cordoned]
        .into_iter()
        .enumerate()
    {
        let since = matches!(state, NodeState::Unknown | NodeState::NotReady).then_some(SimTime(0));
        let node = NodeModel { name: format!("node-{i}").into(), state, since };
        let mut g = Group::new(
            format!("node/{i}"),
            marks::node::class(state),
            (i % 2) as f64 * 340.0,
            y + (i / 2) as f64 * 84.0,
        );
        marks::node::frame(&mut g, &node, 324.0, 64.0, SimTime(13_000), lang);
        scene.push(g);
    }
    y += 176.0;
    use crate::component::decision::{Gate, Why};
    let set = crate::api::ObjectKey::new(crate::api::Kind::Pod, "default", "web-2");
    let says = [
        Says::Did(Why::MissingPod, "web-2".into()),
        Says::Gate(Gate::CondemnedTerminating { pod: "web-3".into(), ordinal: 3, until: None }),
        Says::Gate(Gate::Refused { object: set, message: String::new(), retry: None }),
    ];
    for (i, says) in says.into_iter().enumerate() {
        let x = i as f64 * 220.0;
        scene.push(marks::controller::tag(format!("hand/{i}"), &says, lang, [x, x + 210.0], x + 48.0, y));
    }
    scene.height = y + 44.0;
    scene
}

#[test]
fn every_state() {
    expect("states-ko", &sheet(Lang::Ko));
    expect("states-en", &sheet(Lang::En));
}

/// The markup of a group without what only colour or words tell.
fn bare(group: &Group) -> String {
    let mut text = crate::scene::svg::group_inner(group);
    for token in ["pending", "creating", "ready", "terminating", "failed", "done", "line"] {
        for prefix in ["edge--", "mark--", "icon--", "t--", "dial--", "drain--", "hatch--"] {
            text = text.replace(&format!("{prefix}{token}"), "");
        }
    }
    // Words: everything between the end of one tag and the beginning of the next.
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => continue,
            _ => {}
        }
        out.push(c);
    }
    out
}

#[test]
fn states_differ_without_colour_and_words() {
    let sheet = sheet(Lang::Ko);
    for kind in ["card/", "chip/", "dot/", "claim/", "claim-chip/", "volume/"] {
        let groups: Vec<&Group> = sheet.groups.iter().filter(|g| g.id.starts_with(kind)).collect();
        for (i, a) in groups.iter().enumerate() {
            for b in &groups[i + 1..] {
                assert_ne!(bare(a), bare(b), "{} and {} look the same in grey", a.id, b.id);
            }
        }
    }
}

#[test]
fn times_that_run_out() {
    use crate::scene::meter::{Meter, meter};
    use crate::sim::SimDuration;
    let grace = |gone| Meter {
        total: SimDuration(30_000),
        gone: SimDuration(gone),
        ends: ["SIGTERM", "SIGKILL"],
        between: None,
        token: "terminating",
    };
    expect("meter-grace", &meter(&grace(18_000), 316.0, Lang::Ko));
    expect("meter-start", &meter(&grace(500), 316.0, Lang::En));
    let silent = Meter {
        total: SimDuration(350_000),
        gone: SimDuration(63_000),
        ends: ["", "TaintEviction"],
        between: Some((SimDuration(50_000), "NotReady")),
        token: "pending",
    };
    expect("meter-silent", &meter(&silent, 316.0, Lang::Ko));
}
