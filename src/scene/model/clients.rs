//! Programs in pods that send requests: where the last ones landed, and what each keeps of DNS.

use super::StageModel;
use crate::api::{ObjectKey, Text};
use crate::component::{Happening, Landing, Request, What};
use crate::sim::{SimDuration, SimTime};

/// So many of the last requests are drawn.
const MOST_DOTS: usize = 6;
/// A client that sends nothing for so long has stopped.
const STOPPED: SimDuration = SimDuration(15_000);

/// A program that sends requests.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientModel {
    /// Its pod.
    pub pod: ObjectKey,
    /// The name it asks for.
    pub name: Text,
    /// What became of the last requests, the newest last.
    pub recent: Vec<Landing>,
    /// The address the last one went to.
    pub address: Text,
    /// How often which landing came, the commonest first.
    pub counts: Vec<(Landing, usize)>,
    /// What it looked up and keeps: the address, or none for a failure, and until when.
    pub kept: Option<(Option<Text>, SimTime)>,
    /// The number of the input that began it.
    pub input: u64,
    /// For how many seconds it keeps an address, and that there is none.
    keeps: [u64; 2],
    /// When the last request was sent.
    pub at: SimTime,
}

impl ClientModel {
    /// What it keeps at that moment, and for how many whole seconds more.
    pub fn kept_for(&self, now: SimTime) -> Option<(Option<&str>, u64)> {
        let (address, until) = self.kept.as_ref()?;
        let left = until.since(now).as_secs();
        (left > 0).then_some((address.as_deref(), left))
    }

    /// The ordinal of the pod of the set that it reached last.
    pub fn reached(&self, set: &str) -> Option<i64> {
        match self.recent.last()? {
            Landing::Pod(pod) => super::ordinal_of(pod, set),
            _ => None,
        }
    }
}

impl StageModel {
    /// Adds the clients that send at that moment.
    pub fn read_clients(&mut self, happenings: &[Happening], past: usize, now: SimTime) {
        self.clients = clients(happenings, past, now);
        // A program ends with its pod.
        let is_there = |client: &ClientModel| {
            let columns = self.columns.iter().filter_map(|column| column.pod.as_ref());
            self.others.iter().chain(columns).any(|pod| pod.key == client.pod)
        };
        let there: Vec<bool> = self.clients.iter().map(is_there).collect();
        let mut there = there.into_iter();
        self.clients.retain(|_| there.next() == Some(true));
    }
}

/// Every client that sends at that moment, in the order in which they began: programs that ask in a loop. `past` happenings
/// lie before the step; while time runs on from it, requests come that lie behind.
pub fn clients(happenings: &[Happening], past: usize, now: SimTime) -> Vec<ClientModel> {
    let mut clients: Vec<ClientModel> = Vec::new();
    let mut loops: Vec<(u64, [u64; 2])> = Vec::new();
    for (index, happening) in happenings.iter().enumerate() {
        if index >= past && happening.at > now {
            break;
        }
        let request = match &happening.what {
            What::Input(note) if note.text.contains("while ") => {
                loops.push((note.n, keeps(&note.text)));
                continue;
            }
            What::Request(request) if index < past || happening.at < now => request,
            _ => continue,
        };
        let Some((_, keeps)) = loops.iter().find(|(input, _)| *input == request.input) else { continue };
        let is_it = |c: &ClientModel| c.input == request.input && c.name == request.name;
        let i = clients.iter().position(is_it).unwrap_or_else(|| {
            clients.push(ClientModel::new(request, *keeps));
            clients.len() - 1
        });
        clients[i].take(request, happening.at);
    }
    clients.retain(|c| !c.recent.is_empty() && now.since(c.at).0 <= STOPPED.0);
    clients
}

// For how long a loop keeps what it found, by its own words: so many rounds of a second, or one long sleep.
fn keeps(line: &str) -> [u64; 2] {
    let behind = |word: &str| {
        let rest = &line[line.rfind(word)? + word.len()..];
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    [behind("seq ").unwrap_or(0), behind("sleep ").unwrap_or(0)]
}

impl ClientModel {
    fn new(request: &Request, keeps: [u64; 2]) -> ClientModel {
        ClientModel {
            pod: request.client.clone(),
            name: request.name.clone(),
            recent: Vec::new(),
            address: Text::default(),
            counts: Vec::new(),
            kept: None,
            input: request.input,
            keeps,
            at: SimTime::ZERO,
        }
    }

    fn take(&mut self, request: &Request, at: SimTime) {
        self.at = at;
        if request.kept && matches!(request.landing, Landing::Found | Landing::NoName) {
            let address = Some(request.address.clone()).filter(|address| !address.is_empty());
            let secs = self.keeps[usize::from(address.is_none())];
            self.kept = Some((address, at + SimDuration::secs(secs)));
        }
        if request.landing == Landing::Found {
            return;
        }
        self.address = request.address.clone();
        self.recent.push(request.landing.clone());
        if self.recent.len() > MOST_DOTS {
            self.recent.remove(0);
        }
        match self.counts.iter_mut().find(|(landing, _)| *landing == request.landing) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((request.landing.clone(), 1)),
        }
    }
}
