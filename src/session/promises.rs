//! The promises of `cluster::invariants` held against a run: every write seen once, in order, a slice at a time.

use crate::cluster::invariants::{Broken, Witness};
use crate::component::{Happening, What, World};
use crate::sim::SimTime;
use crate::store::{Store, View};

/// What a run broke so far.
#[derive(Clone, Debug, Default)]
pub struct Promises {
    store: Store,
    /// What the StatefulSet controller sees, which may be late.
    seen: Store,
    seen_read: usize,
    world: World,
    witness: Witness,
    read: usize,
    settled: usize,
    broken: Vec<(usize, Broken)>,
}

impl Promises {
    /// Begins with what exists, and with what is wrong in the outside world already.
    pub fn new(store: &Store, world: &World) -> Promises {
        Promises {
            witness: Witness::of(store),
            store: store.clone(),
            seen: store.clone(),
            seen_read: 0,
            world: world.clone(),
            read: 0,
            settled: 0,
            broken: Vec::new(),
        }
    }

    /// Reads at most so many happenings more; true when all have been read.
    pub fn read(&mut self, happenings: &[Happening], most: usize) -> bool {
        let end = happenings.len().min(self.read.saturating_add(most));
        while self.read < end {
            let index = self.read;
            self.read += 1;
            match &happenings[index].what {
                What::Input(note) => {
                    if let Some(Ok(fault)) = crate::scenario::parse_fault(&note.text) {
                        self.world.note(&fault);
                    }
                }
                What::Write(write) => {
                    self.store.replay(&write.key, write.new.as_ref());
                    self.catch_up(&happenings[..self.read]);
                    let (world, seen) = (&self.world, View::live(&self.seen));
                    let broken =
                        self.witness.see(write, &self.store, seen, &|node| !world.node_is_reachable(node));
                    self.broken.extend(broken.into_iter().map(|broken| (index, broken)));
                }
                What::Decision(_) | What::Request(_) => {}
            }
        }
        self.read == happenings.len()
    }

    // Shows the controller what has reached it by the time of the last of these.
    fn catch_up(&mut self, happenings: &[Happening]) {
        let lag = self.world.slow.get("statefulset-controller").copied().unwrap_or_default();
        let now = happenings.last().map_or(SimTime::ZERO, |happening| happening.at);
        while let Some(happening) = happenings.get(self.seen_read)
            && happening.at + lag <= now
        {
            self.seen_read += 1;
            if let What::Write(write) = &happening.what {
                self.seen.replay(&write.key, write.new.as_ref());
            }
        }
    }

    /// Nothing happens any more: what has to be right then is looked at, once.
    pub fn settle(&mut self, happenings: &[Happening]) {
        let (Some(last), true) = (happenings.len().checked_sub(1), self.settled < self.read) else { return };
        self.settled = self.read;
        let broken = self.witness.see_settled(&self.store, last as u64);
        self.broken.extend(broken.into_iter().map(|broken| (last, broken)));
    }

    /// How many happenings have been read.
    pub fn len(&self) -> usize {
        self.read
    }

    /// True before anything has been read.
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// What was broken, each with the index of the happening that did it.
    pub fn broken(&self) -> &[(usize, Broken)] {
        &self.broken
    }
}

#[cfg(test)]
mod tests {
    use crate::cluster::invariants::Promise;
    use crate::session::Run;

    #[test]
    fn a_forced_deletion_on_a_silent_node_breaks_the_first_promise() {
        let story = include_str!("../../static/stories/node.scn");
        let forced = story.replace(
            "$ kubectl get pods -o wide\nmend node-2\n",
            "$ kubectl delete pod web-1 --grace-period=0 --force\n",
        );
        for (text, broken) in [(story, None), (&forced, Some(Promise::OnePerIdentity))] {
            let run = Run::from_scenario(text).unwrap();
            let mut promises = run.promises();
            while !promises.read(run.happenings(), 100) {}
            let first = promises.broken().first();
            assert_eq!(first.map(|(_, broken)| broken.promise), broken, "{:#?}", promises.broken());
            if let Some((at, broken)) = first {
                assert_eq!((&*broken.object.name, *at < run.happenings().len()), ("web-1", true));
            }
        }
    }
}
