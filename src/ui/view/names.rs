//! What each name answers now, beside what it answered before: anywhere in the cluster, or to one pod.
//!
//! A pod asks as its programs do, by the short name: `web-0.nginx` goes through its hosts file and then along the search
//! path of its `/etc/resolv.conf`. From another namespace the same name is another, and there may be none.

use super::Pictures;
use crate::api::{Kind, Object};
use crate::dns::table::{State, Table};
use crate::dns::{Cache, DnsProfile, DnsServer, Failure, QType, Rcode, Resolver, zone_at};
use crate::session::{Position, Still};
use crate::store::View;
use crate::ui::state::Model;

/// The table and who can ask.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Names by Services; what changed with the step shown is marked.
    pub table: Table,
    /// Pods that run and can ask, as `namespace/name`.
    pub clients: Vec<String>,
    /// The `/etc/resolv.conf` of the pod that asks.
    pub conf: Option<String>,
    /// What the server remembers: name, type, the answer in short, and the seconds it stays.
    pub held: Vec<(String, &'static str, String, u64)>,
    /// The Service that `serviceName` names does not exist.
    pub missing: Option<String>,
}

/// The table at the moment shown.
pub fn read(model: &mut Model, pictures: &Pictures) -> Names {
    let Some(key) = pictures.set(model) else { return Names::default() };
    let position = model.player.position();
    let profile = model.player.run().session().cluster().dns().clone();
    let step = model.player.step();
    let earlier = step.checked_sub(1).map(|s| model.player.steps()[s]);
    let asked_from = model.ui.asked_from.clone();
    let table = |still: &Still| {
        let set = still.store().by_key(&key)?;
        let mut table = Table::of_set(View::live(still.names()), &profile, set, still.memory(), still.now());
        let client = client(still, &asked_from);
        let conf = client.map(|pod| {
            let mut memory = still.memory().cloned();
            let mut resolver = resolver(still, &profile, memory.as_mut(), pod);
            ask(&mut table, &mut resolver);
            resolver.conf.text()
        });
        Some((table, conf))
    };
    let before = earlier.and_then(|step| {
        let position = Position { happenings: step.happenings, time: step.time };
        table(&model.player.run().still(position))
    });
    let still = model.player.still(position);
    let Some((mut now, conf)) = table(still) else { return Names::default() };
    // What somebody else was answered is no earlier answer.
    if let Some((before, _)) = before.filter(|(_, earlier)| earlier.is_some() == conf.is_some()) {
        now.compare(&before);
    }
    let clients = still
        .store()
        .list(Kind::Pod, None)
        .filter(|pod| pod.status().get("phase").str() == "Running")
        .map(|pod| [pod.namespace(), "/", pod.name()].concat())
        .collect();
    let missing = now.columns.iter().find(|c| c.governing && !c.exists).map(|c| c.service.clone());
    let held = still.memory().into_iter().flat_map(|memory| memory.held(still.now()));
    let held = held.map(|(name, qtype, answer, left)| {
        let mut said = answer.records.iter().map(|r| r.data.text()).collect::<Vec<_>>().join(", ");
        if said.is_empty() {
            said = if answer.rcode == Rcode::NxDomain { "NXDOMAIN".into() } else { "NOERROR · 0".into() };
        }
        (name.to_string(), qtype.name(), said, left)
    });
    let held = held.collect();
    Names { table: now, clients, conf, held, missing }
}

fn client<'a>(still: &'a Still, name: &str) -> Option<&'a Object> {
    let (namespace, name) = name.split_once('/')?;
    let pod: &Object = still.store().get(Kind::Pod, namespace, name)?;
    (pod.status().get("phase").str() == "Running").then_some(pod)
}

fn resolver<'a>(
    still: &'a Still,
    profile: &'a DnsProfile,
    memory: Option<&'a mut Cache>,
    pod: &Object,
) -> Resolver<'a> {
    Resolver::of_pod(pod, DnsServer::new(zone_at(View::live(still.names()), profile), still.now(), memory))
}

// Puts what the resolver finds by the short names in the place of what the server says to the full ones.
fn ask(table: &mut Table, resolver: &mut Resolver) {
    let services: Vec<String> = table.columns.iter().map(|column| column.service.clone()).collect();
    for row in &mut table.rows {
        for (cell, service) in row.cells.iter_mut().zip(&services) {
            let short = match &row.pod {
                Some(pod) => [pod, ".", service].concat(),
                None => service.clone(),
            };
            let found = resolver.host_of(&short, &[QType::A]);
            cell.state = match found {
                Ok(host) if host.canonical == cell.name => continue,
                Ok(host) => State::Pods(host.addresses.iter().map(|ip| (ip.to_string(), None)).collect()),
                Err(Failure::NoName) => State::NxDomain,
                Err(Failure::NoData) => State::NoData,
                Err(Failure::Again) => State::Failed,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::state::UiAction;
    use crate::ui::update::{open_run, update};

    /// What the first column answers to a pod, row by row.
    fn answers(model: &mut Model, from: &str) -> Vec<State> {
        model.ui.asked_from = from.into();
        let names = read(model, &Pictures::default());
        assert_eq!(names.conf.is_some(), !from.is_empty());
        names.table.rows.into_iter().map(|mut row| row.cells.remove(0).state).collect()
    }

    #[test]
    fn what_the_server_remembers_stands_beside_what_it_would_say() {
        let mut model = Model::default();
        let web = crate::samples::SAMPLES[0].text;
        let text = format!(
            "coredns cluster_cache=on\nfile web.yaml <<EOF\n{web}EOF\n$ kubectl apply -f web.yaml\nsettle\n\
             $ nslookup web-0.nginx\nwait 3s\n$ kubectl delete pod web-0\nwait 2s\n"
        );
        open_run(&mut model, &text);
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        let asked = model.player.run().transcript()[1].at;
        let mut at = |seconds: u64| {
            update(&mut model, UiAction::SeekTime(asked + crate::sim::SimDuration::secs(seconds)));
            read(&mut model, &Pictures::default())
        };
        let held = at(2).held;
        assert!(
            held.iter()
                .any(|(name, qtype, _, left)| name.starts_with("web-0.") && *qtype == "A" && *left == 28),
            "{held:?}"
        );
        let names = at(4);
        let cell = &names.table.rows[1].cells[0];
        assert_eq!((cell.cached, matches!(cell.state, State::Pods(_))), (Some(26), true), "{cell:?}");
        assert_eq!(cell.live, Some(State::NxDomain));
        // Thirty seconds later nothing is remembered, and before the question nothing was.
        let later = at(31);
        assert!(later.held.is_empty() && later.table.rows[1].cells[0].cached.is_none(), "{:?}", later.held);
        update(&mut model, UiAction::SeekStep(1));
        assert!(read(&mut model, &Pictures::default()).held.is_empty());
    }

    #[test]
    fn the_search_path_of_the_pod_that_asks_decides() {
        let mut model = Model::default();
        let story = crate::samples::STORIES[0].scenario;
        let other = "$ kubectl create namespace far\n$ kubectl run far --image=nginx -n far\nsettle\n";
        open_run(&mut model, &[story, "\n", other].concat());
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        update(&mut model, UiAction::SeekEnd);
        let anywhere = answers(&mut model, "");
        assert!(matches!(&anywhere[1], State::Pods(pods) if pods[0].1.as_deref() == Some("web-0")));
        assert_eq!(answers(&mut model, "default/web-1"), anywhere);
        assert!(answers(&mut model, "far/far").iter().all(|state| *state == State::NxDomain));
        let names = read(&mut model, &Pictures::default());
        assert!(names.clients.contains(&"far/far".to_string()), "{:?}", names.clients);
        assert!(names.conf.is_some_and(|conf| conf.contains("search far.svc.cluster.local")));
    }

    #[test]
    fn the_header_of_the_scenario_sets_dns_up() {
        let mut model = Model::default();
        let story = crate::samples::STORIES[0].scenario;
        open_run(&mut model, &["coredns zone=lab.test ndots=1\n", story].concat());
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        update(&mut model, UiAction::SeekEnd);
        model.ui.asked_from = "default/web-1".into();
        let names = read(&mut model, &Pictures::default());
        let cell = &names.table.rows[1].cells[0];
        assert_eq!(cell.name, "web-0.nginx.default.svc.lab.test");
        // With ndots:1 a name with a dot is asked as it is first, and then along the path (D210).
        assert!(matches!(&cell.state, State::Pods(pods) if pods[0].1.as_deref() == Some("web-0")));
        assert!(names.conf.is_some_and(|conf| conf.contains("ndots:1") && conf.contains("svc.lab.test")));
    }
}
