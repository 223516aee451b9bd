//! A scenario under the eye of the witness, and the shortest scenario that still shows what went wrong.

use ordinal::api::Kind;
use ordinal::cluster::invariants::{Promise, Witness};
use ordinal::component::{Gate, What};
use ordinal::scenario::{Directive, Header, Scenario, print_fault};
use ordinal::session::{SETTLE_LIMIT, Session};
use ordinal::sim::SimTime;
use ordinal::store::{Store, View};

/// The most steps of the machine a run of two small sets may take.
const MOST_STEPS: usize = 100_000;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A promise was broken.
    Promise(Promise),
    /// Everything was mended, and still a set has not the pods it wants.
    NeverWell,
    /// Far more happens than ever should.
    NeverQuiet,
}

/// What went wrong, in words, and the directives carried out until then.
#[derive(Debug)]
pub struct Wrong {
    /// What went wrong.
    pub fault: Fault,
    /// For whom.
    pub words: String,
}

/// A session whose every step is looked at.
struct Watched {
    session: Session,
    witness: Witness,
    store: Store,
    /// Whether somebody may break the promise that a person may break.
    forced: bool,
    last_gate: Option<Gate>,
    steps: usize,
}

impl Watched {
    fn look(&mut self) -> Result<(), Wrong> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            let words = format!("{MOST_STEPS} steps by {} ms", self.session.now().as_millis());
            return Err(Wrong { fault: Fault::NeverQuiet, words });
        }
        for happening in self.session.take_happenings() {
            let write = match happening.what {
                What::Write(write) => write,
                What::Decision(decision) => {
                    self.last_gate = decision.gate.clone();
                    continue;
                }
                What::Input(_) | What::Request(_) => continue,
            };
            self.store.replay(&write.key, write.new.as_ref());
            let cluster = self.session.cluster();
            let seen = cluster.view_of("statefulset-controller").unwrap_or(View::live(cluster.store()));
            let cut = |node: &str| cluster.world().cut_nodes.contains(node);
            let broken = self.witness.see(&write, &self.store, seen, &cut);
            if let Some(broken) =
                broken.iter().find(|b| !(self.forced && b.promise == Promise::OnePerIdentity))
            {
                let words = format!("{broken:?} by {} at {}", write.actor, write.at.as_millis());
                return Err(Wrong { fault: Fault::Promise(broken.promise), words });
            }
        }
        Ok(())
    }

    fn until(&mut self, end: SimTime) -> Result<(), Wrong> {
        while self.session.next_at().is_some_and(|at| at <= end) {
            self.session.step();
            self.look()?;
        }
        self.session.run_until(end);
        self.look()
    }

    fn carry_out(&mut self, directive: &Directive) -> Result<bool, Wrong> {
        match directive {
            Directive::Line(line) => {
                self.forced |= line.contains("--force");
                self.session.type_line(line);
            }
            Directive::File { name, text } => self.session.put_file(name, text),
            Directive::Fault(fault) => {
                if self.session.fault(fault).is_err() {
                    return Ok(false);
                }
            }
            Directive::Wait(time) => self.until(self.session.now() + *time)?,
            Directive::Settle(limit) => {
                let end = self.session.now() + limit.unwrap_or(SETTLE_LIMIT);
                while self.session.next_at().is_some_and(|at| at <= end) {
                    self.session.step();
                    self.look()?;
                }
            }
            Directive::StopBackground => self.session.stop_background(),
            Directive::Label(_) => {}
        }
        self.look()?;
        Ok(true)
    }

    // Where nothing is broken any more, every set has its pods.
    fn all_is_well(&self) -> Result<(), Wrong> {
        let store = self.session.cluster().store();
        if let Some(broken) = self.witness.see_settled(store, 0).first() {
            return Err(Wrong { fault: Fault::Promise(broken.promise), words: format!("{broken:?}") });
        }
        for set in store.list(Kind::StatefulSet, None) {
            let wanted = set.spec().get("replicas").as_int();
            if set.status().get("readyReplicas").as_int().unwrap_or(0) != wanted.unwrap_or(1) {
                let words = format!(
                    "{} wants {wanted:?}, has {:?}; gate {:?}",
                    set.name(),
                    set.status(),
                    self.last_gate
                );
                return Err(Wrong { fault: Fault::NeverWell, words });
            }
        }
        Ok(())
    }
}

/// Carries a scenario out. `healed` says that its end mends everything, so that every set must become well. Also
/// given are the directives that could be carried out: a fault about a pod that is not there cannot.
pub fn play(header: &Header, directives: &[Directive], healed: bool) -> (Vec<Directive>, Result<(), Wrong>) {
    let session = Session::new(&header.config());
    let store = session.cluster().store().clone();
    let mut watched =
        Watched { session, store, witness: Witness::default(), forced: false, last_gate: None, steps: 0 };
    let mut done = Vec::new();
    for directive in directives {
        match watched.carry_out(directive) {
            Ok(true) => done.push(directive.clone()),
            Ok(false) => {}
            Err(wrong) => {
                done.push(directive.clone());
                return (done, Err(wrong));
            }
        }
    }
    let end = if healed { watched.all_is_well() } else { Ok(()) };
    (done, end)
}

// Mending what was never broken is left out: what `body` does not name.
fn needed(tail: &[Directive], body: &[Directive]) -> Vec<Directive> {
    let text: Vec<String> = body.iter().map(ToString::to_string).collect();
    let named = |words: &str| text.iter().any(|line| line.contains(words));
    let keeps = |directive: &&Directive| match directive {
        Directive::Fault(fault) => {
            let line = print_fault(fault);
            named(line.rsplit(' ').next().unwrap_or(&line))
        }
        Directive::Line(line) => {
            let subject = line.split(' ').nth(3).unwrap_or("");
            match line.split(' ').nth(1) {
                Some("label") => named(&format!("label pod {subject}")),
                Some("uncordon") => named(&line[8..]),
                Some("apply") => named(line),
                Some("annotate") => named(&format!("apply -f {subject}.yaml")),
                _ => true,
            }
        }
        _ => true,
    };
    tail.iter().filter(keeps).cloned().collect()
}

/// The shortest scenario found that breaks the same promise: pieces of `body` are left out, long ones first.
pub fn shrink(header: &Header, body: Vec<Directive>, tail: &[Directive], fault: &Fault) -> Scenario {
    let run = |body: &[Directive]| {
        let all: Vec<Directive> = body.iter().cloned().chain(needed(tail, body)).collect();
        let (done, end) = play(header, &all, true);
        end.is_err_and(|wrong| wrong.fault == *fault).then_some(done)
    };
    let (mut body, mut tries) = (body, 0);
    let mut done = run(&body).unwrap_or_default();
    let mut piece = body.len().div_ceil(2);
    while piece > 0 {
        let mut at = 0;
        let before = body.len();
        while at < body.len() && tries < 600 {
            let mut shorter = body.clone();
            shorter.drain(at..(at + piece).min(body.len()));
            tries += 1;
            match run(&shorter) {
                Some(shown) => (body, done) = (shorter, shown),
                None => at += piece,
            }
        }
        piece = if piece == 1 && body.len() < before { 1 } else { piece / 2 };
    }
    let actions = done.into_iter().map(|directive| (0, directive)).collect();
    Scenario { header: header.clone(), actions }
}
