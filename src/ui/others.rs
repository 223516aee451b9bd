//! Other ways the run could go: futures tried out beside a reason, and a second run with one thing changed.
//!
//! Both are computed behind the run itself, a slice at a time, and only when somebody asked for them.

use super::player::{Player, Step};
use super::state::Model;
use crate::advice::{as_deployment, in_command, set_field};
use crate::api::ObjectKey;
use crate::api::profile::PROFILES;
use crate::component::What;
use crate::component::Write;
use crate::lang::{Lang, parting_says};
use crate::scenario::{Directive, Scenario, parse_fault};
use crate::session::Position;
use crate::session::compare::{Difference, first_difference};
use crate::session::{Outcome, Trial};

/// Something that could be done now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Other {
    /// What is said of it, as code.
    pub says: String,
    /// The editor's text it needs, if another one than there is.
    pub manifest: Option<String>,
    /// The lines that do it: commands, or faults as scenarios have them. None for waiting.
    pub lines: Vec<String>,
}

impl Other {
    /// A command that says itself.
    pub fn line(line: String) -> Other {
        Other { says: line.clone(), manifest: None, lines: vec![line] }
    }

    /// As a scenario has it; `file` is the name under which the editor's text is applied.
    pub fn directives(&self, file: &str) -> Vec<Directive> {
        let text = self.manifest.clone();
        let file = text.map(|text| Directive::File { name: file.into(), text });
        let lines = self.lines.iter().map(|line| match parse_fault(line) {
            Some(Ok(fault)) => Directive::Fault(fault),
            _ => Directive::Line(line.clone()),
        });
        file.into_iter().chain(lines).collect()
    }
}

/// Futures tried out at one moment.
pub struct Tries {
    at: (u64, Position),
    set: ObjectKey,
    /// What is tried, and what came out.
    pub rows: Vec<(Other, Option<Outcome>)>,
    trial: Option<Trial>,
}

impl Tries {
    /// Tries all of these at the moment shown.
    pub fn new(player: &Player, set: ObjectKey, others: Vec<Other>) -> Tries {
        let rows = others.into_iter().map(|other| (other, None)).collect();
        Tries { at: (player.version, player.position()), set, rows, trial: None }
    }

    /// True if they were tried at the moment that is shown.
    pub fn is_for(&self, player: &Player) -> bool {
        self.at == (player.version, player.position())
    }

    fn work(&mut self, player: &Player, steps: usize) -> bool {
        let Some((other, outcome)) = self.rows.iter_mut().find(|(_, outcome)| outcome.is_none()) else {
            return true;
        };
        let make = || player.run().trial(self.at.1, &self.set, other.directives(super::update::FILE));
        *outcome = self.trial.get_or_insert_with(make).work(steps);
        if outcome.is_some() {
            self.trial = None;
        }
        false
    }
}

/// The one thing that is changed in the other run.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Another release.
    Release(&'static str),
    /// A field of the documents of a kind; none leaves it out.
    Field(&'static str, &'static str, Option<&'static str>),
    /// The StatefulSets are Deployments.
    Deployment,
}

/// Fields that make another story of the same manifest, with their two values; the first is the default.
const FIELDS: &[(&str, &str, [Option<&str>; 2])] = &[
    ("StatefulSet", "spec.podManagementPolicy", [Some("OrderedReady"), Some("Parallel")]),
    ("Service", "spec.clusterIP", [None, Some("None")]),
    ("StatefulSet", "spec.persistentVolumeClaimRetentionPolicy.whenScaled", [Some("Retain"), Some("Delete")]),
    (
        "StatefulSet",
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
        [Some("Retain"), Some("Delete")],
    ),
];

impl Change {
    /// What is different there: `1.34`, `podManagementPolicy: Parallel`, `ClusterIP`.
    pub fn label(&self) -> String {
        match self {
            Change::Release(name) => ["v", name].concat(),
            Change::Deployment => "Deployment".into(),
            Change::Field("Service", _, None) => "ClusterIP".into(),
            Change::Field("Service", ..) => "headless".into(),
            Change::Field(_, path, value) => {
                [path.rsplit('.').next().unwrap_or(path), ": ", value.unwrap_or("")].concat()
            }
        }
    }

    /// The scenario with this changed; none if it does not hold what would be changed.
    pub fn apply(&self, scenario: &str) -> Option<String> {
        let mut scenario = Scenario::parse(scenario).ok()?;
        match self {
            Change::Release(name) => scenario.header.version = (*name).into(),
            Change::Deployment => {
                let mut changed = false;
                for (_, directive) in &mut scenario.actions {
                    match directive {
                        Directive::File { text, .. } => {
                            if let Some(new) = as_deployment(text) {
                                (*text, changed) = (new, true);
                            }
                        }
                        Directive::Line(line) => *line = in_command(line),
                        _ => {}
                    }
                }
                changed.then_some(())?;
            }
            Change::Field(kind, path, value) => {
                let mut changed = false;
                for (_, directive) in &mut scenario.actions {
                    if let Directive::File { text, .. } = directive
                        && let Some(new) = set_field(text, kind, &name_in(text, kind), path, *value)
                    {
                        changed |= new != *text;
                        *text = new;
                    }
                }
                changed.then_some(())?;
            }
        }
        Some(scenario.print())
    }

    /// Every change that would make a difference to this run's text.
    pub fn all(scenario: &str, release: &str) -> Vec<Change> {
        let fields = FIELDS
            .iter()
            .flat_map(|(kind, path, values)| values.map(|value| Change::Field(kind, path, value)));
        let releases = PROFILES.iter().filter(|p| p.name != release).map(|p| Change::Release(p.name));
        let fits = |change: &Change| {
            // The default need not be written to be there.
            let is_default = |change: &Change| match change {
                Change::Field("StatefulSet", path, value) => {
                    FIELDS.iter().any(|f| f.1 == *path && f.2[0] == *value)
                }
                _ => false,
            };
            let other = |c: &Change| match c {
                Change::Field(kind, path, value) => FIELDS
                    .iter()
                    .find(|f| f.0 == *kind && f.1 == *path)
                    .and_then(|f| f.2.iter().find(|v| *v != value))
                    .map(|v| Change::Field(kind, path, *v)),
                Change::Release(_) | Change::Deployment => None,
            };
            change.apply(scenario).is_some()
                && (!is_default(change) || other(change).is_some_and(|other| other.apply(scenario).is_none()))
        };
        let deployment =
            std::iter::once(Change::Deployment).filter(|change| change.apply(scenario).is_some());
        fields.filter(fits).chain(deployment).chain(releases).collect()
    }
}

// Of several Services only the one that governs the set is changed.
fn name_in(text: &str, kind: &str) -> String {
    if kind != "Service" {
        return String::new();
    }
    let lines = super::editor::outline(text);
    let governing = lines.iter().find(|l| l.path == ["spec", "serviceName"]).and_then(|l| l.value.clone());
    governing.unwrap_or_default()
}

/// The second run.
pub struct Compare {
    /// What is different there.
    pub change: Change,
    /// The run.
    pub player: Player,
    /// What the page's run is called beside it, if that is not only "this run": the release, where that was switched.
    pub own: Option<&'static str>,
    base: String,
    found: Option<(u64, Option<Difference>)>,
}

impl Compare {
    /// The page's run with one thing changed; none if that changes nothing in its text.
    pub fn new(player: &Player, change: Change) -> Option<Compare> {
        let base = player.text();
        let other = Player::from_text(&change.apply(&player.run().timed_text())?).ok()?;
        Some(Compare { change, player: other, own: None, base, found: None })
    }

    /// The run that was there before the release was switched.
    pub fn before(old: Player, release: &'static str, player: &Player) -> Compare {
        let change = Change::Release(release);
        Compare { change, player: old, own: Some(player_release(player)), base: player.text(), found: None }
    }

    /// The step of the page's run at which the two part: the first that lies behind the difference.
    pub fn parting(&self, own: &Player) -> Option<usize> {
        let found = self.difference()??;
        let at = |player: &Player, index: Option<usize>| Some(player.run().happenings().get(index?)?.at);
        let at = at(own, found.one).into_iter().chain(at(&self.player, found.other)).min()?;
        let own_write = found.one.filter(|index| own.run().happenings()[*index].at == at);
        let behind = |step: &Step| step.time >= at && own_write.is_none_or(|index| step.happenings > index);
        Some(own.steps().iter().position(behind).unwrap_or(own.steps().len() - 1))
    }

    /// The first difference, once both runs are computed.
    pub fn difference(&self) -> Option<Option<&Difference>> {
        self.found.as_ref().map(|(_, found)| found.as_ref())
    }

    fn work(&mut self, player: &Player, steps: usize) -> bool {
        if !self.player.compute(steps) {
            return false;
        }
        let version = player.version;
        if self.found.as_ref().is_none_or(|(at, _)| *at != version) {
            let text = player.text();
            if text != self.base {
                // The run went on: so does the other one, from its beginning.
                let change = self.change.clone();
                match Compare::new(player, change) {
                    Some(next) => (self.player, self.base, self.found) = (next.player, next.base, None),
                    None => self.found = Some((version, None)),
                }
                return false;
            }
            let _ = self.player.take_in();
            let typed = matches!(self.change, Change::Release(_));
            let found = first_difference(player.run().happenings(), self.player.run().happenings(), typed);
            self.found = Some((version, found));
        }
        true
    }

    /// The first difference in words; none while it is being computed.
    pub fn says(
        &self,
        own: &Player,
        this_run: &str,
        nothing: &str,
        wording: &str,
        lang: Lang,
    ) -> Option<String> {
        let Some(found) = self.difference()? else { return Some(nothing.into()) };
        let name = self.own.map(|release| ["`v", release, "`"].concat());
        let says = parting_says(
            [write_at(own, found.one), write_at(&self.player, found.other)],
            [name.as_deref().unwrap_or(this_run), &["`", &self.change.label(), "`"].concat()],
            found.field.as_ref(),
            lang,
        );
        Some(if found.is_wording { [wording, " ", &says].concat() } else { says })
    }
}

fn player_release(player: &Player) -> &'static str {
    player.run().session().cluster().profile().name
}

/// The write that is the happening of that index.
fn write_at(player: &Player, index: Option<usize>) -> Option<&Write> {
    match &player.run().happenings().get(index?)?.what {
        What::Write(write) => Some(write),
        _ => None,
    }
}

/// Computes at most so many steps of whatever is to be computed: the run, its promises, the second run, what is tried.
/// True when there is nothing more to compute.
pub fn work(model: &mut Model, steps: usize) -> bool {
    let Model { player, promises, compare, tries, .. } = model;
    if !player.compute(steps) {
        return false;
    }
    let happenings = player.run().happenings();
    if promises.as_ref().is_none_or(|promises| promises.len() > happenings.len()) {
        *promises = Some(player.run().promises());
    }
    if promises.as_mut().is_some_and(|promises| !promises.read(happenings, 64 * steps)) {
        return false;
    }
    if let (true, Some(promises)) = (player.run().is_settled(), promises) {
        promises.settle(happenings);
    }
    if tries.as_ref().is_some_and(|tries| !tries.is_for(player)) {
        *tries = None;
    }
    if compare.as_mut().is_some_and(|compare| !compare.work(player, steps)) {
        return false;
    }
    tries.as_mut().is_none_or(|tries| tries.work(player, steps))
}
