//! Models to draw, made by hand.

use crate::api::{Kind, ObjectKey};
use crate::component::decision::Gate;
use crate::scene::model::*;
use crate::sim::{SimDuration, SimTime};

pub const IP: [&str; 5] = ["10.244.1.3", "10.244.2.3", "10.244.3.2", "10.244.1.5", "10.244.2.6"];

pub fn word(state: PodState) -> &'static str {
    match state {
        PodState::None => "",
        PodState::Pending | PodState::Volume => "Pending",
        PodState::Creating => "ContainerCreating",
        PodState::NotReady | PodState::Ready | PodState::Settling | PodState::Lost => "Running",
        PodState::Terminating => "Terminating",
        PodState::Crash => "CrashLoopBackOff",
        PodState::Failed => "ImagePullBackOff",
        PodState::Done => "Completed",
    }
}

pub fn pod(i: i64, state: PodState) -> PodModel {
    let countdown = match state {
        PodState::Terminating => Some((12, 30)),
        PodState::Settling => Some((8, 11)),
        PodState::Crash => Some((22, 40)),
        _ => None,
    };
    PodModel {
        key: ObjectKey::new(Kind::Pod, "default", format!("web-{i}")),
        state,
        word: word(state).into(),
        ready: usize::from(matches!(state, PodState::Ready | PodState::Settling)),
        containers: 1,
        ip: IP[i as usize % 5].into(),
        node: if matches!(state, PodState::Pending | PodState::Volume) {
            "".into()
        } else {
            format!("node-{}", i % 3 + 1).into()
        },
        revision: Some(Revision {
            letter: if matches!(state, PodState::Crash | PodState::Failed) { 'B' } else { 'A' },
            old: false,
        }),
        restarts: 0,
        countdown: countdown.map(|(left, total)| Countdown {
            until: SimTime(left * 1000),
            total: SimDuration(total * 1000),
            left: SimDuration(left * 1000),
        }),
        note: match state {
            PodState::Ready | PodState::NotReady => Note::Address,
            PodState::Settling => Note::Settling,
            PodState::Pending => Note::NeedsNode,
            PodState::Volume => Note::NeedsVolume,
            PodState::Terminating => Note::Grace,
            PodState::Lost => Note::Unconfirmed,
            PodState::Done => Note::Exit(0),
            _ => Note::None,
        },
    }
}

pub fn claim(i: i64, state: ClaimState) -> ClaimModel {
    let volume =
        VolumeModel { name: format!("pv-{i}").into(), size: "1Gi".into(), state: VolumeState::Bound };
    ClaimModel {
        key: ObjectKey::new(Kind::PersistentVolumeClaim, "default", format!("www-web-{i}")),
        state,
        volume: Some(volume).filter(|_| state != ClaimState::Pending),
    }
}

pub fn model(
    replicas: i64,
    pods: &[PodState],
    claims: &[Option<ClaimState>],
    gate: Option<Gate>,
) -> StageModel {
    let mut columns = Vec::new();
    for (i, (state, claim_state)) in pods.iter().zip(claims).enumerate() {
        let i = i as i64;
        let up = matches!(state, PodState::Ready | PodState::Settling);
        columns.push(Column {
            ordinal: i,
            name: format!("web-{i}"),
            wanted: i < replicas,
            pod: (*state != PodState::None).then(|| pod(i, *state)),
            claims: claim_state.iter().map(|s| claim(i, *s)).collect(),
            dns: Some(NameModel {
                name: format!("web-{i}.nginx"),
                address: up.then(|| IP[i as usize % 5].into()),
                changed: false,
            }),
            differs: false,
        });
    }
    let ordinals = columns
        .iter()
        .filter(|c| c.dns.as_ref().is_some_and(|d| d.address.is_some()))
        .map(|c| c.ordinal)
        .collect();
    let key = ObjectKey::new(Kind::StatefulSet, "default", "web");
    StageModel {
        clients: Vec::new(),
        set: Some(SetModel {
            key: key.clone(),
            replicas,
            start: 0,
            partition: None,
            exists: true,
            terminating: false,
        }),
        sets: vec![key],
        columns,
        services: vec![ServiceModel {
            name: "nginx".into(),
            shape: ServiceShape::Headless,
            governing: true,
            ordinals,
        }],
        hand: gate.map(|gate| Hand { ordinal: gate.pod().and_then(ordinal_at_end), says: Says::Gate(gate) }),
        nodes: (1..4)
            .map(|i| NodeModel { name: format!("node-{i}").into(), state: NodeState::Ready, since: None })
            .collect(),
        others: Vec::new(),
        has_claims: true,
    }
}

/// The mock-up's moment: 5 to 3, web-4 gone, web-3 on its way.
pub fn scale_in() -> StageModel {
    use PodState::*;
    let bound = Some(ClaimState::Bound);
    let gate = Gate::CondemnedTerminating { pod: "web-3".into(), ordinal: 3, until: Option::None };
    model(
        3,
        &[Ready, Ready, Ready, Terminating, None],
        &[bound, bound, bound, bound, Some(ClaimState::Kept)],
        Some(gate),
    )
}

/// First visit: the third of five is being made.
pub fn growing() -> StageModel {
    use PodState::*;
    let bound = Some(ClaimState::Bound);
    let gate = Gate::NotReady { pod: "web-2".into(), ordinal: 2 };
    model(
        5,
        &[Ready, Ready, Creating, None, None],
        &[bound, bound, bound, Option::None, Option::None],
        Some(gate),
    )
}
