//! The run that is shown, the steps in it, and where in it we are.
//!
//! A step is something an observer would name (`scene::story`); a moment is a step and how far the next one has come.
//! Playing is arithmetic on that moment: nothing here knows frames or clocks.

use crate::component::{Happening, What};
use crate::scenario::{Directive, Header};
pub use crate::scene::timeline::Spacing;
use crate::session::{Entry, Position, Progress, Run, Still};
use crate::sim::{SimDuration, SimTime};
use crate::story::Story;

/// How fast the play button goes, in the order of the keys `<` and `>`.
pub const SPEEDS: &[(f64, &str)] =
    &[(0.25, "¼×"), (0.5, "½×"), (1.0, "1×"), (2.0, "2×"), (4.0, "4×"), (8.0, "8×")];
/// One step takes so long at 1× when steps are spaced evenly.
const STEP_MS: f64 = 1100.0;
/// With real spacing no gap between steps plays longer than this.
const LONGEST_MS: f64 = 3000.0;
/// What follows a step so closely is shown with it.
const BURST: SimDuration = SimDuration(600);
/// A step is shown so long after its last happening: by then DNS answers by what has changed.
const AFTER: SimDuration = SimDuration(60);
/// Movement into a step takes so long, whatever the spacing.
const MOVE_MS: f64 = 320.0;

/// A place where the run can be stopped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Happenings up to and with this step.
    pub happenings: usize,
    /// When.
    pub time: SimTime,
}

/// The run and the place in it.
pub struct Player {
    run: Run,
    story: Story,
    steps: Vec<Step>,
    seen: usize,
    step: usize,
    /// A position between two steps, reached event by event or by time; none on a step.
    between: Option<Position>,
    /// Milliseconds of display time since the step was entered.
    shown_ms: f64,
    progress: Progress,
    /// Where somebody acted: shown is what that did, as soon as it has been computed.
    follow: Option<SimTime>,
    /// A place to go to as soon as it has been computed.
    goal: Option<Position>,
    /// How many steps there were when more was last asked for.
    extended: usize,
    /// Counts changes of the run, so that pictures of it can be kept until it changes.
    pub version: u64,
}

impl Default for Player {
    fn default() -> Self {
        Player::new(Run::new(Header::default()))
    }
}

impl Player {
    /// Shows a run from its beginning.
    pub fn new(run: Run) -> Player {
        let mut player = Player {
            run,
            story: Story::default(),
            steps: vec![Step { happenings: 0, time: SimTime::ZERO }],
            seen: 0,
            step: 0,
            between: None,
            shown_ms: f64::MAX,
            progress: Progress::Working,
            follow: None,
            goal: None,
            extended: 0,
            version: 1,
        };
        player.read_steps();
        player
    }

    /// Shows the run of a scenario text; the error says line, column and what was expected. The text is only read
    /// here: [`Player::compute`] carries it out, a slice at a time.
    pub fn from_text(text: &str) -> Result<Player, String> {
        let run =
            Run::load(text).map_err(|error| format!("{}:{} {}", error.line, error.column, error.message))?;
        Ok(Player::new(run))
    }

    /// The run as text, also while it is still being carried out.
    pub fn text(&self) -> String {
        self.run.text()
    }

    /// What was done up to a position, in order.
    pub fn inputs_until(&self, position: Position) -> Vec<Happening> {
        let all = self.run.happenings();
        let past = all[..position.happenings.min(all.len())].iter();
        past.filter(|happening| matches!(happening.what, What::Input(_))).cloned().collect()
    }

    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Begins to do something at the moment shown; what was computed beyond it becomes an old future.
    /// [`Player::compute`] carries it out, and the place shown follows.
    pub fn act(&mut self, directives: Vec<Directive>) -> Result<(), String> {
        let at = self.position();
        self.run.begin(at, directives).map_err(|error| error.0)?;
        self.progress = Progress::Working;
        self.follow = Some(at.time);
        self.goal = None;
        self.version += 1;
        self.reread();
        self.go_to(at);
        Ok(())
    }

    /// Begins to do something at a moment; the place shown stays. What was computed beyond that moment goes.
    pub fn append(&mut self, at: SimTime, directives: Vec<Directive>) -> Result<(), String> {
        let here = self.position();
        self.run.begin(self.run.position(at), directives).map_err(|error| error.0)?;
        self.progress = Progress::Working;
        (self.follow, self.goal) = (None, None);
        self.version += 1;
        self.reread();
        self.go_to(here);
        Ok(())
    }

    /// Computes so many steps of the machine; true when there is nothing more to compute. What was computed is taken
    /// in by [`Player::take_in`].
    pub fn compute(&mut self, steps: usize) -> bool {
        if self.progress == Progress::Working {
            self.progress = self.run.work(steps);
        }
        self.progress != Progress::Working
    }

    /// Makes steps of what was computed, and goes where that leads; the error says why the last action was refused.
    pub fn take_in(&mut self) -> Result<(), String> {
        if self.seen != self.run.happenings().len() {
            self.version += 1;
            let at_end = self.at_end() && !self.is_blank();
            self.read_steps();
            // The last step takes in what follows it; whoever stands there sees it too.
            if at_end && self.step + 1 == self.steps.len() {
                self.between = None;
            }
        }
        if let Some(time) = self.follow {
            // On to what was just done: a command is a step of its own, anything else leaves the place as it is.
            let inputs = self.run.happenings().iter().enumerate().rev().take_while(|(_, h)| h.at >= time);
            let done = inputs.filter(|(_, h)| matches!(h.what, What::Input(_))).map(|(n, _)| n).next();
            if let Some(step) = done.and_then(|n| self.steps.iter().position(|s| s.happenings > n)) {
                self.go_to_step(step);
            }
            if self.run.is_carried_out() || (done.is_some() && self.run.is_begun()) {
                self.follow = None;
            }
        }
        if let Some(goal) = self.goal {
            self.go_to(goal);
            if self.is_computed() || self.steps.last().is_some_and(|last| last.time >= goal.time) {
                self.goal = None;
            }
        }
        self.run.take_trouble().map_or(Ok(()), Err)
    }

    /// True when everything up to the horizon is computed.
    pub fn is_computed(&self) -> bool {
        self.progress != Progress::Working
    }

    /// True when the run was stopped because there are too many pods.
    pub fn is_full(&self) -> bool {
        self.progress == Progress::Full
    }

    /// True when more would happen behind what is computed.
    pub fn goes_on(&self) -> bool {
        self.progress == Progress::Done && !self.run.is_settled()
    }

    /// Goes to that position as soon as it has been computed.
    pub fn aim_at(&mut self, position: Position) {
        self.goal = Some(position);
    }

    /// Gives up what is being computed.
    pub fn stop(&mut self) {
        self.run.stop();
        self.progress = Progress::Done;
        (self.follow, self.goal) = (None, None);
    }

    fn reread(&mut self) {
        self.seen = 0;
        self.story = Story::default();
        self.steps.truncate(1);
        self.read_steps();
        self.step = self.step.min(self.steps.len() - 1);
    }

    // The story may change its mind about the last steps it told, so the places are made anew.
    fn read_steps(&mut self) {
        let happenings = self.run.happenings();
        if happenings.len() == self.seen && self.steps.len() > 1 {
            return;
        }
        self.story.read(happenings);
        self.steps.truncate(1);
        let told = self.story.steps();
        for (i, step) in told.iter().enumerate() {
            // A step is shown as it stands right after it began; only the last one takes in all that follows.
            let burst = step.at + BURST;
            let last = match i + 1 == told.len() {
                true => step.last,
                false => {
                    (step.first..=step.last).rev().find(|n| happenings[*n].at <= burst).unwrap_or(step.first)
                }
            };
            let next = told.get(i + 1).map_or(SimTime(u64::MAX), |next| next.at);
            self.steps.push(Step { happenings: last + 1, time: (happenings[last].at + AFTER).min(next) });
        }
        self.seen = happenings.len();
    }

    /// The steps with their sentences; the first belongs to place 1.
    pub fn story(&self) -> &Story {
        &self.story
    }

    /// Every step so far; the first is the empty beginning.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The number of the step shown, from 0.
    pub fn step(&self) -> usize {
        self.step
    }

    /// True when nothing has happened in this run.
    pub fn is_blank(&self) -> bool {
        self.steps.len() <= 1
    }

    /// True on the last known step.
    pub fn at_end(&self) -> bool {
        self.step + 1 >= self.steps.len() && self.between.is_none()
    }

    /// The position shown: while playing, time runs on from the step to the next one.
    pub fn position(&self) -> Position {
        if let Some(position) = self.between {
            return position;
        }
        let step = self.steps[self.step];
        Position { happenings: step.happenings, time: step.time }
    }

    /// The position shown while playing: happenings of the step, and the time that has passed on the way to the next.
    pub fn moving_position(&self, spacing: Spacing) -> Position {
        let mut position = self.position();
        if self.between.is_none()
            && let Some(next) = self.steps.get(self.step + 1)
        {
            let length = self.length_ms(spacing);
            let gone = (self.shown_ms / length).clamp(0.0, 1.0);
            if self.shown_ms < length {
                position.time =
                    position.time + SimDuration((next.time.since(position.time).0 as f64 * gone) as u64);
            }
        }
        position
    }

    /// How far the picture has come from the step before to this one, 0 to 1.
    pub fn movement(&self) -> f64 {
        if self.between.is_some() { 1.0 } else { (self.shown_ms / MOVE_MS).clamp(0.0, 1.0) }
    }

    /// The place on the timeline: a step number with its fraction.
    pub fn moment(&self, spacing: Spacing) -> f64 {
        match self.between {
            Some(position) => self.moment_of(position.time),
            None => {
                let length = self.length_ms(spacing);
                let gone = if self.shown_ms < length { self.shown_ms / length } else { 0.0 };
                self.step as f64 + gone
            }
        }
    }

    fn moment_of(&self, time: SimTime) -> f64 {
        let after = self.steps.partition_point(|s| s.time <= time);
        let before = self.steps[after.max(1) - 1];
        match self.steps.get(after) {
            Some(next) => {
                (after.max(1) - 1) as f64
                    + time.since(before.time).0 as f64 / next.time.since(before.time).0.max(1) as f64
            }
            None => (after.max(1) - 1) as f64,
        }
    }

    fn length_ms(&self, spacing: Spacing) -> f64 {
        match (spacing, self.steps.get(self.step + 1)) {
            (Spacing::Real, Some(next)) => {
                let gap = next.time.since(self.steps[self.step].time).0 as f64;
                if gap > LONGEST_MS { 600.0 + LONGEST_MS / 2.0 } else { gap.max(80.0) }
            }
            _ => STEP_MS,
        }
    }

    /// Lets display time pass; true while there is something further to show.
    pub fn advance(&mut self, ms: f64, spacing: Spacing) -> Advance {
        if let Some(position) = self.between.take() {
            // Go on from here, not from the step before: as far along as the time between the two steps is.
            let here = self.steps[self.step].time;
            let whole = self.steps.get(self.step + 1).map_or(0, |next| next.time.since(here).0);
            let gone = if whole == 0 { 0.0 } else { position.time.since(here).0 as f64 / whole as f64 };
            self.shown_ms = gone.min(0.99) * self.length_ms(spacing);
            return Advance::Within;
        }
        if self.shown_ms == f64::MAX {
            self.shown_ms = 0.0;
        }
        self.shown_ms += ms;
        if self.shown_ms < self.length_ms(spacing) {
            return Advance::Within;
        }
        if self.step + 1 < self.steps.len() {
            self.step += 1;
            self.shown_ms = 0.0;
            return Advance::Step;
        }
        self.shown_ms = f64::MAX;
        if self.is_computed() { Advance::End } else { Advance::Waiting }
    }

    /// Lets the movement into the step finish; true while it goes on.
    pub fn settle(&mut self, ms: f64) -> bool {
        self.shown_ms += ms;
        if self.shown_ms < MOVE_MS {
            return true;
        }
        self.shown_ms = f64::MAX;
        false
    }

    /// Time stands still on the step shown, wherever that was to lead.
    pub fn rest(&mut self) {
        (self.follow, self.goal) = (None, None);
        self.shown_ms = f64::MAX;
    }

    /// Time stands still where it is, also between two steps.
    pub fn hold(&mut self, spacing: Spacing) {
        let position = self.moving_position(spacing);
        if self.between.is_none() && position.time != self.steps[self.step].time {
            self.between = Some(position);
        }
        self.shown_ms = f64::MAX;
    }

    /// Goes to a step; the movement into it can be shown afterwards with [`Player::settle`].
    pub fn go_to_step(&mut self, step: usize) {
        self.step = step.min(self.steps.len() - 1);
        self.between = None;
        self.shown_ms = f64::MAX;
    }

    /// Starts the movement into the step shown.
    pub fn enter(&mut self) {
        self.shown_ms = 0.0;
    }

    /// Goes to any position.
    pub fn go_to(&mut self, position: Position) {
        self.shown_ms = f64::MAX;
        self.between = None;
        match self.steps.iter().rposition(|s| s.happenings <= position.happenings && s.time <= position.time)
        {
            Some(step) => {
                self.step = step;
                let exact = self.steps[step];
                if exact.happenings != position.happenings || exact.time != position.time {
                    self.between = Some(position);
                }
            }
            None => self.step = 0,
        }
    }

    /// Goes to a time: everything up to it has happened.
    pub fn go_to_time(&mut self, time: SimTime) {
        let happenings = self.run.happenings().partition_point(|h| h.at <= time);
        self.go_to(Position { happenings, time });
    }

    /// Goes one or more events on or back, through every entry of the trace.
    pub fn go_by_events(&mut self, by: i32) {
        let all = self.run.happenings();
        let now = self.position().happenings as i64;
        let to = (now + i64::from(by)).clamp(0, all.len() as i64) as usize;
        let time = to.checked_sub(1).and_then(|i| all.get(i)).map_or(SimTime::ZERO, |h| h.at);
        self.go_to(Position { happenings: to, time });
    }

    /// The cluster at a position.
    pub fn still(&mut self, position: Position) -> &Still {
        self.run.at(position)
    }

    /// The commands typed up to now, with what they have printed by now.
    pub fn transcript(&self) -> &[Entry] {
        self.run.transcript()
    }

    /// Names of the futures left behind.
    pub fn futures(&self) -> Vec<String> {
        self.run
            .futures()
            .iter()
            .map(|f| f.first.trim_start_matches("$ ").trim_start_matches("kubectl ").to_string())
            .collect()
    }

    /// Makes an old future the present one again.
    pub fn go_back_to_future(&mut self, which: usize) {
        let at = self.position();
        let _ = self.run.go_back_to(which);
        self.version += 1;
        self.progress = Progress::Working;
        (self.follow, self.goal) = (None, Some(at));
        self.reread();
        self.go_to(at);
    }

    /// Computes beyond the horizon; false if nothing would come, or nothing to be seen came the last time.
    pub fn extend(&mut self) -> bool {
        if !self.goes_on() || self.extended == self.steps.len() {
            return false;
        }
        self.extended = self.steps.len();
        self.run.extend();
        self.progress = Progress::Working;
        true
    }
}

/// What happened when display time passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// Still the same step.
    Within,
    /// A new step: everything is drawn anew.
    Step,
    /// The end of what is computed; more may come.
    Waiting,
    /// The end.
    End,
}
