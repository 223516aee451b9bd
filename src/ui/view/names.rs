//! What each name answers now, beside what it answered before: anywhere in the cluster, or to one pod.
//!
//! A pod asks as its programs do, by the short name: `web-0.nginx` goes through its hosts file and then along the search
//! path of its `/etc/resolv.conf`. From another namespace the same name is another, and there may be none.

use super::Pictures;
use crate::api::{Kind, Object, ObjectKey};
use crate::component::{What, Write};
use crate::dns::table::{State, Table};
use crate::dns::{Cache, DnsProfile, DnsServer, Failure, QType, Rcode, Resolver, zone_at};
use crate::lang::{moment, write_says};
use crate::scene::model::{ClientModel, clients};
use crate::session::{Position, Still};
use crate::sim::SimTime;
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
    /// Seconds for which an answer may be kept, as it says itself.
    pub ttl: u32,
    /// The cluster's server keeps the answers for names of the cluster as well.
    pub is_kept: bool,
    /// The writes behind what changed with the step shown: the number of each, and a sentence with its moment.
    pub writes: Vec<(usize, String)>,
    /// The moment shown.
    pub now: SimTime,
    /// Programs that send requests.
    pub senders: Vec<ClientModel>,
    /// What a client can ask for: the short name and the port that answers.
    pub targets: Vec<(String, u16)>,
    /// The lines that place a client, if there is a name to ask for.
    pub placing: Option<String>,
}

/// How programs keep what they look up, and an image whose programs do.
pub const RESOLVERS: &[(&str, &str)] =
    &[("glibc", "nginx"), ("musl", "curlimages/curl --command"), ("JVM", "nginx")];
/// A JVM keeps an address for so many seconds, and that there is none for so many.
const JVM: [u32; 2] = [30, 10];

/// The table at the moment shown.
pub fn read(model: &mut Model, pictures: &Pictures) -> Names {
    let Some(key) = pictures.set(model) else { return Names::default() };
    let position = model.player.position();
    let profile = model.player.run().session().cluster().dns().clone();
    let step = model.player.step();
    let earlier = step.checked_sub(1).map(|s| model.player.steps()[s]);
    let asked_from = model.ui.asked_from.clone();
    let qtype = model.ui.asked_type;
    let table = |still: &Still| {
        let set = still.store().by_key(&key)?;
        let view = View::live(still.names());
        let mut table = Table::of_set(view, &profile, set, qtype, still.memory(), still.now());
        let client = client(still, &asked_from);
        let conf = client.map(|pod| {
            let mut memory = still.memory().cloned();
            let mut resolver = resolver(still, &profile, memory.as_mut(), pod);
            if qtype == QType::A {
                ask(&mut table, &mut resolver);
            }
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
    let pods = still
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
    let there: Vec<ObjectKey> = still.store().list(Kind::Pod, None).map(|pod| pod.key()).collect();
    let is_there = |name: &str| still.store().get(Kind::Pod, &key.namespace, name).is_some();
    let free = (1..).map(|n| if n == 1 { "client".to_string() } else { format!("client-{n}") });
    let free = free.into_iter().find(|name| !is_there(name)).unwrap_or_default();
    let happenings = model.player.run().happenings();
    let past = position.happenings.min(happenings.len());
    let changed = now.rows.iter().flat_map(|row| &row.cells).any(|cell| cell.before.is_some());
    let since = earlier.map_or(0, |step| step.happenings.min(past));
    let lang = model.ui.language.lang();
    let writes = happenings[since..past].iter().enumerate().filter_map(|(i, h)| match &h.what {
        What::Write(write) if changed && write.changed() && is_behind(write, &now) => {
            Some((since + i + 1, [&moment(h.at, lang), " ", &write_says(write, lang)].concat()))
        }
        _ => None,
    });
    let writes = writes.collect();
    let mut senders = clients(happenings, past, position.time);
    // A program ends with its pod.
    senders.retain(|client| there.contains(&client.pod));
    let targets = targets(&now);
    let target = targets.iter().find(|(name, _)| *name == model.ui.client_name).or(targets.first());
    let placing = target.map(|target| place(&free, &key.namespace, target, model.ui.client_resolver));
    let (ttl, is_kept) = (profile.ttl, profile.cluster_cache);
    Names {
        table: now,
        clients: pods,
        conf,
        held,
        missing,
        ttl,
        is_kept,
        writes,
        now: position.time,
        senders,
        targets,
        placing,
    }
}

// A Service of the table, or the addresses behind it.
fn is_behind(write: &Write, table: &Table) -> bool {
    let name = match (write.key.kind, write.new.as_ref().or(write.old.as_ref())) {
        (Kind::Service, Some(service)) => service.name(),
        (Kind::EndpointSlice, Some(slice)) => slice.label("kubernetes.io/service-name"),
        _ => return false,
    };
    table.columns.iter().any(|column| column.service == name)
}

// Every name that exists or would, with the port of its SRV record: behind a cluster IP the Service's, else the pod's own.
fn targets(table: &Table) -> Vec<(String, u16)> {
    let mut targets = Vec::new();
    for (i, column) in table.columns.iter().enumerate().filter(|(_, column)| column.exists) {
        let cells = || table.rows.iter().map(|row| &row.cells[i]);
        let port = cells().find_map(|cell| Some(cell.srv.first()?.0)).unwrap_or(80);
        let names = table.rows.iter().filter(|row| row.pod.is_none() || column.governing);
        targets.extend(names.map(|row| match &row.pod {
            Some(pod) => ([pod, ".", &column.service].concat(), port),
            None => {
                (column.service.clone(), cells().next().and_then(|c| Some(c.srv.first()?.0)).unwrap_or(port))
            }
        }));
    }
    targets
}

// The lines that place a client: a pod, and in it a loop that asks every second.
fn place(pod: &str, namespace: &str, (name, port): &(String, u16), resolver: usize) -> String {
    let space = if namespace == "default" { String::new() } else { format!(" -n {namespace}") };
    let (which, image) = RESOLVERS[resolver.min(RESOLVERS.len() - 1)];
    let url = if *port == 80 { format!("http://{name}/") } else { format!("http://{name}:{port}/") };
    let curl = "curl -sS -m 1 -o /dev/null";
    let [found, none] = JVM;
    let program = match which {
        "JVM" => format!(
            "while true; do if ip=$(getent hosts {name}); then for i in $(seq {found}); do \
             {curl} --resolve \"{name}:{port}:${{ip%% *}}\" {url}; sleep 1; done; \
             else echo \"unknown host {name}\"; sleep {none}; fi; done"
        ),
        _ => format!("while true; do {curl} {url}; sleep 1; done"),
    };
    format!(
        "kubectl run {pod} --image={image}{space} -- sleep 1d\n\
         kubectl wait --for=condition=Ready pod/{pod} --timeout=60s{space}\n\
         kubectl exec {pod}{space} -- sh -c '{program}' &"
    )
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

    /// A run of three pods, at its end, and a client placed there that asks for `name`.
    fn with_client(name: &str, resolver: usize, then: &str) -> Model {
        let mut model = Model::default();
        let story = crate::samples::STORIES[0].scenario;
        open_run(&mut model, story.split("$ kubectl scale").next().unwrap_or(story));
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        update(&mut model, UiAction::SeekEnd);
        (model.ui.client_name, model.ui.client_resolver) = (name.into(), resolver);
        let lines = read(&mut model, &Pictures::default()).placing.expect("there is a name");
        update(&mut model, UiAction::Command(lines));
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        if !then.is_empty() {
            let at = model.player.run().stands().time + crate::sim::SimDuration::secs(3);
            update(&mut model, UiAction::SeekTime(at));
            update(&mut model, UiAction::Command(then.into()));
            while !model.player.compute(1000) {}
            update(&mut model, UiAction::Computed);
        }
        model
    }

    /// Every client so many seconds after the last thing typed.
    fn senders(model: &mut Model, secs: u64) -> Vec<ClientModel> {
        let at = model.player.run().stands().time + crate::sim::SimDuration::secs(secs);
        update(model, UiAction::SeekTime(at));
        read(model, &Pictures::default()).senders
    }

    fn landings(client: &ClientModel) -> Vec<String> {
        let short = |landing| crate::scene::marks::client::short(landing, crate::lang::Lang::En);
        client.counts.iter().map(|(landing, _)| short(landing)).collect()
    }

    #[test]
    fn a_client_reaches_every_pod_behind_a_name() {
        let mut model = with_client("nginx", 0, "");
        let clients = senders(&mut model, 30);
        let [client] = &clients[..] else { panic!("{clients:?}") };
        assert_eq!(&*client.pod.name, "client");
        let mut found = landings(client);
        found.sort_unstable();
        assert!(found.len() > 1 && found.iter().all(|pod| pod.starts_with("web-")), "{found:?}");
        // A request a second, the one at the beginning too.
        assert_eq!(client.counts.iter().map(|(_, n)| n).sum::<usize>(), 31);
        assert_eq!(client.kept_for(model.player.position().time), None);
        let text = model.player.text();
        assert!(text.contains("$ kubectl exec client -- sh -c 'while true; do curl"), "{text}");
        let says = |step| crate::story::caption(step, crate::lang::Lang::En).0;
        let told: Vec<String> = model.player.story().steps().iter().map(says).collect();
        assert!(
            told.iter().any(|said| said.starts_with("What client asks of nginx reaches web-")),
            "{told:?}"
        );
        let stage = Pictures::default().stage(&mut model);
        assert!(stage.svg.contains("wire--ray") && stage.svg.contains("client__ok"));
        let slot = stage.slots.iter().find(|slot| slot.name.starts_with("client → nginx")).unwrap();
        assert_eq!(&*slot.key.name, "client");
        // The next client gets a name of its own.
        let placing = read(&mut model, &Pictures::default()).placing.unwrap();
        assert!(placing.contains("kubectl run client-2 "), "{placing}");
    }

    #[test]
    fn a_name_that_goes_away_is_refused_at_once_or_kept_too_long() {
        let mut plain = with_client("web-0.nginx", 1, "kubectl delete pod web-0");
        assert_eq!(landings(&senders(&mut plain, 20)[0])[..2], ["web-0", "NXDOMAIN"]);
        let mut jvm = with_client("web-0.nginx", 2, "kubectl delete pod web-0");
        let client = senders(&mut jvm, 8).remove(0);
        assert_eq!(landings(&client), ["web-0", "stale address"]);
        let (address, left) = client.kept_for(jvm.player.position().time).unwrap();
        assert!(address.is_some() && (10..25).contains(&left), "{left}");
        assert_eq!(client.reached("web"), None);
        // It asks again when what it kept has run out.
        let later = senders(&mut jvm, 8 + left + 2).remove(0);
        assert_eq!(later.reached("web"), Some(0), "{later:?}");
    }

    #[test]
    fn a_name_can_be_asked_for_its_ports_and_an_address_for_its_names() {
        let mut model = with_client("nginx", 0, "");
        let cells = |model: &mut Model, qtype| {
            model.ui.asked_type = qtype;
            let rows = read(model, &Pictures::default()).table.rows;
            rows.into_iter().map(|mut row| row.cells.remove(0).state).collect::<Vec<_>>()
        };
        let srv = cells(&mut model, QType::Srv);
        assert_eq!(srv[1], State::Lines(vec!["80 web-0.nginx.default.svc.cluster.local".into()]));
        assert!(matches!(&srv[0], State::Lines(all) if all.len() > 1), "{srv:?}");
        let ptr = cells(&mut model, QType::Ptr);
        assert_eq!(ptr[1], State::Lines(vec!["web-0.nginx.default.svc.cluster.local".into()]));
        // A headless Service has no address of its own.
        assert_eq!(ptr[0], State::Lines(vec![]));
    }

    #[test]
    fn what_changed_names_the_write_behind_it() {
        let mut model = Model::default();
        open_run(&mut model, crate::samples::STORIES[0].scenario);
        while !model.player.compute(1000) {}
        update(&mut model, UiAction::Computed);
        let mut seen = 0;
        for step in 1..model.player.steps().len() {
            update(&mut model, UiAction::SeekStep(step));
            let names = read(&mut model, &Pictures::default());
            let changed =
                names.table.rows.iter().flat_map(|row| &row.cells).any(|cell| cell.before.is_some());
            assert!(changed || names.writes.is_empty());
            seen += usize::from(names.writes.iter().any(|(_, says)| says.contains("EndpointSlice/nginx-")));
        }
        assert!(seen > 2, "{seen}");
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
