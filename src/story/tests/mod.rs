//! Stories of runs written by hand; lanes and real runs beside it.

#![allow(clippy::disallowed_methods)] // The bans are for the simulation.

mod engine;
mod lanes;

use super::*;
use crate::api::{Object, Value};
use crate::component::client::InputNote;
use crate::component::decision::{Action, Decision};
use crate::component::{Cause, Verb, Write};
use crate::lang::Lang;
use crate::object;
use crate::sim::SortedMap;
use std::rc::Rc;

/// A run written by hand: objects before and after, one at a time.
#[derive(Default)]
pub(crate) struct Film {
    pub happenings: Vec<Happening>,
    objects: SortedMap<ObjectKey, Rc<Object>>,
    now: SimTime,
    writes: u64,
}

impl Film {
    pub fn at(&mut self, ms: u64) -> &mut Film {
        self.now = SimTime(ms);
        self
    }
    pub fn input(&mut self, text: &str) -> &mut Film {
        let what = What::Input(Rc::new(InputNote { n: 1, text: text.to_string().into() }));
        self.happenings.push(Happening { at: self.now, what });
        self
    }
    pub fn write(
        &mut self,
        actor: &'static str,
        key: &ObjectKey,
        subresource: &'static str,
        new: Option<Object>,
    ) -> &mut Film {
        let old = self.objects.get(key).cloned();
        let new = new.map(Rc::new);
        match &new {
            Some(new) => self.objects.insert(key.clone(), new.clone()),
            None => self.objects.remove(key),
        };
        self.writes += 1;
        let write = Write {
            n: self.writes,
            at: self.now,
            actor,
            node: None,
            verb: Verb::Update,
            subresource,
            key: key.clone(),
            code: 200,
            error: None,
            because: Cause::Start,
            old,
            new,
        };
        self.happenings.push(Happening { at: self.now, what: What::Write(Rc::new(write)) });
        self
    }
    pub fn change(&mut self, actor: &'static str, key: &ObjectKey, f: impl FnOnce(&mut Value)) -> &mut Film {
        let mut object = (*self.objects[key]).clone();
        f(&mut object.body);
        self.write(actor, key, "", Some(object))
    }
    pub fn decide(&mut self, gate: Option<Gate>, actions: Vec<(Text, Why)>) -> &mut Film {
        let actions =
            actions.into_iter().map(|(name, why)| (0, Action { object: pod_key(&name), why })).collect();
        let decision = Decision { set: set_key(), actions, gate };
        self.happenings.push(Happening { at: self.now, what: What::Decision(Rc::new(decision)) });
        self
    }
}

pub(crate) fn set_key() -> ObjectKey {
    ObjectKey::new(Kind::StatefulSet, "default", "web")
}

fn pod_key(name: &str) -> ObjectKey {
    ObjectKey::new(Kind::Pod, "default", name.to_string())
}

fn set(replicas: i64, ready: i64, now: i64) -> Object {
    let mut set = Object::new(Kind::StatefulSet, "default", "web");
    set.body.set(&["spec", "replicas"], replicas);
    for (key, n) in [("replicas", now), ("readyReplicas", ready), ("updatedReplicas", now)] {
        set.body.set(&["status", key], n);
    }
    set
}

fn pod(i: usize) -> Object {
    let mut pod = Object::new(Kind::Pod, "default", format!("web-{i}"));
    let claim = object! { "claimName" => format!("www-web-{i}") };
    pod.body.set(&["spec", "volumes"], vec![object! { "name" => "www", "persistentVolumeClaim" => claim }]);
    pod.body.set(&["spec", "containers"], vec![object! { "name" => "nginx" }]);
    pod.body.set(&["status", "phase"], "Pending");
    pod
}

fn ready(body: &mut Value, yes: bool) {
    let status = if yes { "True" } else { "False" };
    body.set(&["status", "phase"], "Running");
    body.set(&["status", "conditions"], vec![object! { "type" => "Ready", "status" => status }]);
}

/// The mock-up's run: five pods in order, then scaled to three.
pub(crate) fn up_and_down() -> Film {
    let mut film = Film::default();
    film.at(0).write(
        "system",
        &ObjectKey::new(Kind::Node, "", "node-1"),
        "",
        Some(Object::new(Kind::Node, "", "node-1")),
    );
    let service = ObjectKey::new(Kind::Service, "default", "nginx");
    film.at(300).input("$ kubectl apply -f web.yaml");
    film.write("user", &service, "", Some(Object::new(Kind::Service, "default", "nginx")));
    film.at(310).write("user", &set_key(), "", Some(set(5, 0, 0)));
    for i in 0..5 {
        let name: Text = format!("web-{i}").into();
        let claim = ObjectKey::new(Kind::PersistentVolumeClaim, "default", format!("www-web-{i}"));
        let t = 400 + 3000 * i as u64;
        film.at(t).write(
            "statefulset-controller",
            &claim,
            "",
            Some(Object::new(Kind::PersistentVolumeClaim, "default", format!("www-web-{i}"))),
        );
        film.at(t + 5).write("statefulset-controller", &pod_key(&name), "", Some(pod(i)));
        film.decide(
            Some(Gate::NotReady { pod: name.clone(), ordinal: i as i64 }),
            vec![(name.clone(), Why::MissingPod)],
        );
        film.at(t + 200).change("scheduler", &pod_key(&name), |b| b.set(&["spec", "nodeName"], "node-1"));
        film.at(t + 2000).change("kubelet", &pod_key(&name), |b| ready(b, true));
        let slice = ObjectKey::new(Kind::EndpointSlice, "default", "nginx-1");
        let mut endpoints = Object::new(Kind::EndpointSlice, "default", "nginx-1");
        endpoints.body.set(&["n"], i as i64);
        film.at(t + 2010).write("endpointslice-controller", &slice, "", Some(endpoints));
        film.at(t + 2020).write(
            "statefulset-controller",
            &set_key(),
            "status",
            Some(set(5, i as i64 + 1, i as i64 + 1)),
        );
    }
    film.at(56_000).input("$ kubectl scale sts web --replicas=3");
    film.write("user", &set_key(), "", Some(set(3, 5, 5)));
    for (t, i) in [(56_010, 4), (86_020, 3)] {
        let name: Text = format!("web-{i}").into();
        film.at(t).change("statefulset-controller", &pod_key(&name), |b| {
            b.set(&["metadata", "deletionTimestamp"], SimTime(t + 30_000).rfc3339());
            b.set(&["metadata", "deletionGracePeriodSeconds"], 30);
        });
        let gate =
            Gate::CondemnedTerminating { pod: name.clone(), ordinal: i, until: Some(SimTime(t + 30_000)) };
        film.decide(Some(gate), vec![(name.clone(), Why::Condemned)]);
        film.at(t + 10).change("kubelet", &pod_key(&name), |b| ready(b, false));
        film.at(t + 30_000).write("kubelet", &pod_key(&name), "", None);
    }
    film.write("statefulset-controller", &set_key(), "status", Some(set(3, 3, 3)));
    film
}

#[test]
fn the_run_of_the_first_visit_in_both_languages() {
    let film = up_and_down();
    let mut text = String::new();
    for (i, step) in steps(&film.happenings).iter().enumerate() {
        for lang in [Lang::Ko, Lang::En] {
            let (happened, next) = caption(step, lang);
            text += &format!("{} {:>6} {happened} {}\n", i + 1, step.at.0, next.unwrap_or_default());
        }
    }
    let path = format!("{}/tests/scenes/story-up-and-down.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text);
}

#[test]
fn steps_follow_each_other_and_miss_nothing() {
    let film = up_and_down();
    let steps = steps(&film.happenings);
    for pair in steps.windows(2) {
        assert_eq!(pair[0].last + 1, pair[1].first);
        assert!(pair[0].at <= pair[1].at);
    }
    assert_eq!(steps.last().unwrap().last, film.happenings.len() - 1);
}

#[test]
fn reading_bit_by_bit_tells_the_same_story() {
    let film = up_and_down();
    let mut story = Story::default();
    for n in 0..=film.happenings.len() {
        story.read(&film.happenings[..n]);
    }
    assert_eq!(story.steps(), steps(&film.happenings));
    story.read(&film.happenings[..10]);
    assert_eq!(story.steps(), steps(&film.happenings[..10]));
}

#[test]
fn parallel_pods_are_one_step_and_a_command_is_its_step() {
    let mut film = Film::default();
    film.at(10).input("$ kubectl delete pod web-0 web-1");
    film.write("user", &pod_key("web-0"), "", Some(pod(0)));
    let steps_of = |film: &Film| steps(&film.happenings);
    assert!(matches!(&steps_of(&film)[..], [Step { caption: Caption::PodMade { .. }, .. }]));
    film.at(900).write("statefulset-controller", &pod_key("web-1"), "", Some(pod(1)));
    film.at(905).write("statefulset-controller", &pod_key("web-2"), "", Some(pod(2)));
    let steps = steps_of(&film);
    assert_eq!(caption(&steps[1], Lang::Ko).0, "web-1, web-2가 한꺼번에 만들어졌다.");
    assert_eq!(caption(&steps[1], Lang::En).0, "web-1, web-2 were created.");
}
