//! A run with its whole history: seen at any moment, continued from any moment, written down as text.
//!
//! The past is kept as what happened (every write with the object it left) and sparse copies: of the store, to see
//! any moment by putting writes onto the copy before it, and of the whole session, to go on from there. Acting
//! anywhere but at the end forks; the old future is kept.

mod work;

pub use work::{MOST_PODS, Progress};

use super::{Promises, Said, Session, Trial};
use crate::api::ObjectKey;
use crate::cluster::Config;
use crate::cluster::observed::Observed;
use crate::component::{Decision, Happening, What, World};
use crate::dns::Cache;
use crate::scenario::{Directive, Header, Scenario, ScenarioError};
use crate::sim::{SimDuration, SimTime, SortedMap};
use crate::store::Store;
use std::collections::VecDeque;
use std::rc::Rc;

/// How far a run is computed ahead of the last input when the cluster does not settle.
pub const HORIZON: SimDuration = SimDuration(10 * 60 * 1000);
/// Happenings between two copies of the store.
const STORE_EVERY: usize = 256;
/// Happenings between two copies of the session.
const SESSION_EVERY: usize = 4096;

/// A moment: so many happenings have been, and it is that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// How many happenings lie before.
    pub happenings: usize,
    /// The time.
    pub time: SimTime,
}

/// The cluster as it stood at a moment.
#[derive(Clone, Debug)]
pub struct Still {
    store: Store,
    names: Store,
    memory: Option<Rc<Cache>>,
    now: SimTime,
    decisions: SortedMap<ObjectKey, Rc<Decision>>,
}

impl Still {
    /// Every object at that moment.
    pub fn store(&self) -> &Store {
        &self.store
    }
    /// Every object as the DNS server knew it at that moment.
    pub fn names(&self) -> &Store {
        &self.names
    }
    /// What the DNS server remembered at that moment, if it was ever asked.
    pub fn memory(&self) -> Option<&Cache> {
        self.memory.as_deref()
    }
    /// The time.
    pub fn now(&self) -> SimTime {
        self.now
    }
    /// The last pass of the controller over that set that did or waited for something new.
    pub fn decision(&self, set: &ObjectKey) -> Option<&Decision> {
        self.decisions.get(set).map(|decision| &**decision)
    }
    /// All such passes, by set.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.values().map(|decision| &**decision)
    }
}

/// One line at the prompt and what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When it was typed.
    pub at: SimTime,
    /// The number of the input, as happenings name it.
    pub input: u64,
    /// The line.
    pub line: String,
    /// It ran in the background.
    pub background: bool,
    /// What it printed, and when.
    pub output: Vec<(SimTime, String)>,
    /// When it ended and with which exit status; none while it runs.
    pub ended: Option<(SimTime, i32)>,
}

/// What somebody does.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted {
    /// Where the run stands after it.
    pub position: Position,
    /// True if an old future was left.
    pub forked: bool,
}

/// Why an action was refused; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActError(pub String);

/// A future that was left.
#[derive(Clone, Debug)]
pub struct Future {
    /// Where it branches off.
    pub from: SimTime,
    /// The first action that is different there.
    pub first: String,
    /// When it ended.
    pub until: SimTime,
    scenario: Scenario,
}

// What was observed is there from the beginning, however long it took.
fn horizon_after(end: SimTime, observed: Option<&Observed>) -> SimTime {
    let observed = observed.map_or(SimTime::ZERO, Observed::ends);
    end.max(observed) + HORIZON
}

struct Copy {
    happenings: usize,
    said: usize,
    /// Directives that had begun.
    done: usize,
    session: Session,
}

/// A run.
pub struct Run {
    header: Header,
    /// The directives with the time at which each was done and at which it ended.
    done: Vec<(SimTime, SimTime, Directive)>,
    /// Where the last directive ended, a wait included.
    stands: SimTime,
    session: Session,
    happenings: Vec<Happening>,
    said: Vec<Said>,
    transcript: Vec<Entry>,
    sessions: Vec<Copy>,
    stores: Vec<(usize, Store)>,
    /// What the DNS server remembered since then.
    memories: Vec<(SimTime, Rc<Cache>)>,
    seen: Option<(Position, Still)>,
    futures: Vec<Future>,
    horizon: SimTime,
    /// What is being carried out, and what comes after it.
    open: Option<work::Open>,
    todo: VecDeque<Directive>,
    /// The moment at which that was begun.
    begun_at: Option<SimTime>,
    /// Happenings and sayings known already that the session has yet to make again.
    behind: usize,
    unheard: usize,
    trouble: Option<String>,
    full: bool,
}

impl Run {
    /// An empty cluster.
    pub fn new(header: Header) -> Run {
        let config = header.config();
        Run::of(header, &config)
    }

    fn of(header: Header, config: &Config) -> Run {
        let mut session = Session::new(config);
        for (name, text) in crate::samples::lab(&header.lab).map_or(&[][..], |lab| lab.files) {
            session.put_file(name, text);
        }
        let stores = vec![(0, session.cluster().store().clone())];
        let mut run = Run {
            header,
            done: Vec::new(),
            stands: SimTime::ZERO,
            session,
            happenings: Vec::new(),
            said: Vec::new(),
            transcript: Vec::new(),
            sessions: Vec::new(),
            stores,
            memories: Vec::new(),
            seen: None,
            futures: Vec::new(),
            horizon: horizon_after(SimTime::ZERO, config.observed.as_deref()),
            open: None,
            todo: VecDeque::new(),
            begun_at: None,
            behind: 0,
            unheard: 0,
            trouble: None,
            full: false,
        };
        run.copy_session();
        run
    }

    /// Reads and does a whole scenario. The end is where its last directive ends; call [`Run::compute`] to look
    /// further.
    pub fn from_scenario(text: &str) -> Result<Run, ScenarioError> {
        Run::with(text, |_| ())
    }

    /// The same in a cluster made differently from what its header says; for asking what a single switch does.
    pub fn with(text: &str, change: impl FnOnce(&mut Config)) -> Result<Run, ScenarioError> {
        let scenario = Scenario::parse(text)?;
        let mut config = scenario.header.config();
        change(&mut config);
        let mut run = Run::of(scenario.header, &config);
        for (line, directive) in scenario.actions {
            run.perform(directive).map_err(|message| ScenarioError { line, column: 1, message })?;
        }
        if run.done.is_empty()
            && let Some(observed) = &config.observed
        {
            run.session.run_until(observed.ends());
            run.collect();
        }
        Ok(run)
    }

    /// True if the run was stopped because it has more than [`MOST_PODS`] pods.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// The run as scenario text.
    pub fn text(&self) -> String {
        self.scenario().print()
    }

    /// The same with every command at the time at which it was typed, however long what it waited for would take in a
    /// run that goes another way.
    pub fn timed_text(&self) -> String {
        let mut scenario = self.scenario();
        let mut settled = self.done.iter().filter(|(_, _, d)| matches!(d, Directive::Settle(_)));
        for (_, directive) in &mut scenario.actions {
            if let Directive::Settle(_) = directive
                && let Some((begin, end, _)) = settled.next()
            {
                *directive = Directive::Wait(end.since(*begin));
            }
        }
        scenario.print()
    }

    fn scenario(&self) -> Scenario {
        let mut actions = Vec::new();
        let mut at = SimTime::ZERO;
        for (begin, end, directive) in &self.done {
            if *begin > at {
                actions.push((0, Directive::Wait(begin.since(at))));
            }
            actions.push((0, directive.clone()));
            at = *end;
        }
        if let Some(open) = &self.open {
            if open.begin > at {
                actions.push((0, Directive::Wait(open.begin.since(at))));
            }
            actions.push((0, open.directive.clone()));
        } else if self.stands > at {
            actions.push((0, Directive::Wait(self.stands.since(at))));
        }
        actions.extend(self.todo.iter().map(|directive| (0, directive.clone())));
        Scenario { header: self.header.clone(), actions }
    }

    /// What comes before the first action.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// True if the run is one that was seen elsewhere: it can be looked at and asked, not changed.
    pub fn is_observed(&self) -> bool {
        self.header.observed.is_some()
    }

    /// What happened so far, and what was computed ahead.
    pub fn happenings(&self) -> &[Happening] {
        &self.happenings
    }

    /// The time up to which the run is computed.
    pub fn end(&self) -> SimTime {
        self.session.now().max(self.happenings.last().map_or(SimTime::ZERO, |h| h.at))
    }

    /// The position behind everything computed.
    pub fn last(&self) -> Position {
        Position { happenings: self.happenings.len(), time: self.end() }
    }

    /// The position at a time: everything up to then has happened.
    pub fn position(&self, time: SimTime) -> Position {
        Position { happenings: self.happenings.partition_point(|h| h.at <= time), time }
    }

    /// What the terminal shows; entries and output of the future included (compare with the time).
    pub fn transcript(&self) -> &[Entry] {
        &self.transcript
    }

    /// The workstation's folder at the end.
    pub fn files(&self) -> &SortedMap<String, String> {
        self.session.files()
    }

    /// The session at the end of what is computed.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The futures that were left, the newest last.
    pub fn futures(&self) -> &[Future] {
        &self.futures
    }

    /// When the last input ended; acting before it forks.
    pub fn last_input_at(&self) -> SimTime {
        self.done.last().map_or(SimTime::ZERO, |(_, end, _)| *end)
    }

    /// Where what was carried out so far ended, a wait included.
    pub fn stands(&self) -> Position {
        self.position(self.stands)
    }

    /// What a line would print at a moment, asked on a copy.
    pub fn ask(&self, at: SimTime, line: &str) -> String {
        self.session_at(at).ask(line)
    }

    /// The files of a volume at a moment: paths and texts.
    pub fn files_in(&self, at: SimTime, volume: &str) -> Vec<(String, String)> {
        let session = self.session_at(at);
        let files = session.cluster().world().files.get(&*["pv/", volume].concat());
        let files = files.into_iter().flat_map(|files| files.iter());
        files.map(|(path, text)| (path.to_string(), text.str().to_string())).collect()
    }

    /// Carries out what was begun and computes ahead, for at most so many steps; true when there is nothing left to do.
    pub fn compute(&mut self, max_steps: usize) -> bool {
        self.work(max_steps) != Progress::Working
    }

    /// True if nothing would happen any more.
    pub fn is_settled(&self) -> bool {
        self.is_carried_out() && self.session.next_at().is_none()
    }

    /// Lets [`Run::work`] look further ahead; for playing on at the end.
    pub fn extend(&mut self) {
        let next = self.session.next_at().unwrap_or_default();
        self.horizon = self.end().max(next) + HORIZON;
    }

    /// Does something at a moment and waits until it is done. Everything that was computed behind that moment is
    /// dropped; if inputs lie behind it, they stay as an old future. A refused action changes nothing.
    pub fn act(&mut self, at: Position, directive: Directive) -> Result<Acted, ActError> {
        let forked = self.begin(at, vec![directive])?;
        self.carry_out().map_err(ActError)?;
        Ok(Acted {
            position: Position { happenings: self.happenings.len(), time: self.session.now() },
            forked,
        })
    }

    /// The cluster as it stood at a moment.
    pub fn at(&mut self, position: Position) -> &Still {
        let fresh = self.seen.as_ref().is_none_or(|(seen, _)| *seen != position);
        if fresh {
            let still = self.still(position);
            self.seen = Some((position, still));
        }
        &self.seen.as_ref().expect("filled just above").1
    }

    /// The same, without keeping it.
    pub fn still(&self, position: Position) -> Still {
        let upto = position.happenings.min(self.happenings.len());
        let late = SimTime(position.time.0.saturating_sub(self.header.config().pace.dns.0));
        let late = self.happenings.partition_point(|h| h.at <= late).min(upto);
        let mut decisions = SortedMap::new();
        for happening in &self.happenings[..upto] {
            if let What::Decision(decision) = &happening.what {
                decisions.insert(decision.set.clone(), decision.clone());
            }
        }
        let store = self.store_at(upto);
        decisions.retain(|set, _| store.by_key(set).is_some());
        let asked = self.memories.iter().rev().find(|(at, _)| *at <= position.time);
        let memory = asked.map(|(_, memory)| memory.clone());
        Still { names: self.store_at(late), store, memory, now: position.time, decisions }
    }

    /// The promises, with nothing read yet: give them [`Run::happenings`].
    pub fn promises(&self) -> Promises {
        Promises::new(&self.stores[0].1, &World::default())
    }

    /// Another future of that set, tried at a moment without changing this run.
    pub fn trial(&self, at: Position, set: &ObjectKey, directives: Vec<Directive>) -> Trial {
        let i = self.sessions.partition_point(|copy| copy.session.now() <= at.time);
        let session = self.sessions[i.saturating_sub(1)].session.clone();
        let gate = self.still(at).decision(set).and_then(|decision| decision.gate.clone());
        Trial::new(session, set.clone(), at.time, gate, directives)
    }

    // The store after so many happenings: the copy before, and the writes since.
    fn store_at(&self, happenings: usize) -> Store {
        let i = self.stores.partition_point(|(at, _)| *at <= happenings) - 1;
        let (from, copy) = &self.stores[i];
        let mut store = copy.clone();
        for happening in &self.happenings[*from..happenings] {
            if let What::Write(write) = &happening.what
                && write.changed()
            {
                store.replay(&write.key, write.new.as_ref());
            }
        }
        store
    }

    // The session as it was when everything up to `time` had happened.
    fn session_at(&self, time: SimTime) -> Session {
        let i = self.sessions.partition_point(|copy| copy.session.now() <= time);
        let mut session = self.sessions[i.saturating_sub(1)].session.clone();
        session.run_until(time);
        session
    }

    // Does a directive now, to its end.
    fn perform(&mut self, directive: Directive) -> Result<(), String> {
        self.start(directive)?;
        self.carry_out()
    }

    // Takes over what the session has to tell.
    fn collect(&mut self) {
        let mut news = self.session.take_happenings();
        let known = self.behind.min(news.len());
        self.behind -= known;
        news.drain(..known);
        if !news.is_empty() {
            self.full = self.full || self.has_too_many(&news);
            self.happenings.extend(news);
            self.seen = None;
            // A copy costs as much as there are objects, so the more there are, the rarer it is made.
            let objects = self.session.cluster().store().len();
            let last = self.stores.last().map_or(0, |(at, _)| *at);
            if self.happenings.len() >= last + STORE_EVERY.max(objects / 2) {
                self.stores.push((self.happenings.len(), self.session.cluster().store().clone()));
            }
            let last = self.sessions.last().map_or(0, |copy| copy.happenings);
            if self.behind == 0 && self.happenings.len() >= last + SESSION_EVERY.max(2 * objects) {
                self.copy_session();
            }
        }
        // Catching up with a known past remembers nothing new.
        let memory = self.session.memory();
        if memory.changes > self.memories.last().map_or(0, |(_, last)| last.changes) {
            self.memories.push((self.session.now(), Rc::new(memory.clone())));
        }
        let mut words = self.session.take_said();
        let known = self.unheard.min(words.len());
        self.unheard -= known;
        words.drain(..known);
        for said in words {
            self.said.push(said.clone());
            self.enter(said);
        }
    }

    fn copy_session(&mut self) {
        self.sessions.push(Copy {
            happenings: self.happenings.len(),
            said: self.said.len(),
            done: self.done.len() + usize::from(self.open.as_ref().is_some_and(work::Open::is_line)),
            session: self.session.clone(),
        });
    }

    fn enter(&mut self, said: Said) {
        match said {
            Said::Typed { at, line, background, input, .. } => {
                self.transcript.push(Entry { at, input, line, background, output: Vec::new(), ended: None });
            }
            Said::Printed { entry, at, text } => {
                if let Some(entry) = self.transcript.get_mut(entry) {
                    entry.output.push((at, text));
                }
            }
            Said::Ended { entry, at, code } => {
                if let Some(entry) = self.transcript.get_mut(entry) {
                    entry.ended = Some((at, code));
                }
            }
        }
    }

    /// What `ordinal run` prints (scenario.md 2): prompt lines and output in order of time.
    pub fn print_transcript(&self) -> String {
        let mut out = String::new();
        let mut partial: SortedMap<usize, String> = SortedMap::new();
        for said in &self.said {
            match said {
                Said::Typed { line, .. } => {
                    out.push_str("$ ");
                    out.push_str(line);
                    out.push('\n');
                }
                Said::Printed { entry, text, .. } => {
                    if !self.transcript.get(*entry).is_some_and(|e| e.background) {
                        out.push_str(text);
                        continue;
                    }
                    let buffer = partial.entry(*entry).or_default();
                    buffer.push_str(text);
                    while let Some(end) = buffer.find('\n') {
                        out.push_str("& ");
                        out.extend(buffer.drain(..=end));
                    }
                }
                Said::Ended { entry, code, .. } => {
                    if let Some(rest) = partial.remove(entry).filter(|rest| !rest.is_empty()) {
                        out.push_str("& ");
                        out.push_str(&rest);
                        out.push('\n');
                    }
                    if !out.ends_with('\n') && !out.is_empty() {
                        out.push('\n');
                    }
                    if *code != 0 {
                        out.push_str(&format!("# exit {code}\n"));
                    }
                }
            }
        }
        out
    }
}
