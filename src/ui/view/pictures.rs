//! Pictures of the run, kept as long as they hold: the stage on a step, between two steps, and as a still.
//!
//! A picture is made from the cluster at a position and nothing else. What was painted last is kept too, so that
//! between steps only the groups that changed are written.

use super::Stage;
use super::stage::Slot;
use crate::api::{Kind, ObjectKey};
use crate::scene::svg::{group_inner, group_transform, svg_element};
use crate::scene::timeline::{Tick, Timeline};
use crate::scene::{Scene, StageModel, StageOptions, node_stage, stage, tween};
use crate::session::Position;
use crate::ui::editor::outline;
use crate::ui::player::{Player, Spacing};
use crate::ui::state::{Model, Screen};
use std::cell::RefCell;
use std::rc::Rc;

/// Pictures of more columns show each step at once: the one before would have to be drawn from as many pods again.
const MOST_MOVING: usize = 200;

/// Below this width, and on a low page, the stage is drawn as for a phone.
const PHONE: f64 = 560.0;
/// The same for the first page, where nothing else wants the height.
const STILL: f64 = 480.0;

#[derive(Clone, PartialEq)]
struct Key {
    version: u64,
    compared: u64,
    position: Position,
    width: u64,
    phone: bool,
    presented: bool,
    language: super::super::texts::Language,
    by_node: bool,
    page: Option<usize>,
}

type Kept = RefCell<Vec<(Key, Rc<Scene>)>>;

/// Pictures kept.
#[derive(Default)]
#[allow(clippy::type_complexity, reason = "each cell keeps a picture beside what it was drawn from")]
pub struct Pictures {
    scenes: Kept,
    painted: RefCell<Option<Rc<Scene>>>,
    timeline: RefCell<Option<((u64, u64, Spacing), Rc<Timeline>)>>,
    /// The set on the stage: stays there when it is gone, with the ordinals it ever had in this run.
    subject: RefCell<(u64, Option<ObjectKey>, Option<(i64, i64)>)>,
}

/// What to do to the painted picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Paint {
    /// Nothing changed.
    Nothing,
    /// Write it anew.
    Whole(String),
    /// Write these groups: place in the picture, class, transform, opacity, dashes, and what is inside if that changed.
    Groups(Vec<GroupPaint>),
}

/// One group to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupPaint {
    /// Its place in the picture.
    pub index: usize,
    /// Its classes.
    pub class: String,
    /// Its `transform`.
    pub transform: String,
    /// Its opacity.
    pub opacity: f64,
    /// How far its dashes have run.
    pub offset: f64,
    /// What is inside, if that changed.
    pub inside: Option<String>,
}

impl Pictures {
    /// The stage at the moment shown, settled, with its buttons.
    pub fn stage(&self, model: &mut Model) -> Stage {
        let position = model.player.position();
        let scene = self.scene(model, position, model.ui.drawn_width());
        match scene {
            Some(scene) => to_stage(&scene),
            None => Stage::default(),
        }
    }

    /// The stage for the first page, at this width.
    pub fn still(&self, model: &mut Model, width: f64) -> Stage {
        let position = model.player.position();
        let scene = self.scene(model, position, width);
        scene.map_or_else(Stage::default, |scene| Stage { svg: svg_element(&scene), ..to_stage(&scene) })
    }

    /// The picture as it moves; none while there is nothing to show.
    fn moving(&self, model: &mut Model) -> Option<Rc<Scene>> {
        let width = model.ui.drawn_width();
        let movement = model.player.movement();
        let position = model.player.moving_position(model.ui.spacing);
        let after = self.scene(model, position, width)?;
        let step = model.player.step();
        let is_large = after.paging.is_some_and(|paging| paging.total > MOST_MOVING);
        if movement >= 1.0 || model.ui.less_motion || step == 0 || model.ui.speed > 4 || is_large {
            return Some(after);
        }
        let before = model.player.steps()[step - 1];
        let before = Position { happenings: before.happenings, time: before.time };
        let before = self.scene(model, before, width)?;
        Some(Rc::new(tween(&before, &after, movement)))
    }

    /// What has to be written; `fresh` if the page has an empty place for the picture.
    pub fn paint(&self, model: &mut Model, fresh: bool) -> Paint {
        let Some(scene) = self.moving(model) else { return Paint::Nothing };
        let before = self.painted.replace(Some(scene.clone()));
        let Some(before) = before.filter(|b| !fresh && same_frame(b, &scene)) else {
            return Paint::Whole(svg_element(&scene));
        };
        let groups: Vec<GroupPaint> = before
            .groups
            .iter()
            .zip(&scene.groups)
            .enumerate()
            .filter(|(_, (old, new))| old != new)
            .map(|(index, (old, new))| GroupPaint {
                index,
                class: new.class.clone(),
                transform: group_transform(new),
                opacity: new.opacity,
                offset: new.offset,
                inside: (old.shapes != new.shapes).then(|| group_inner(new)),
            })
            .collect();
        if groups.is_empty() { Paint::Nothing } else { Paint::Groups(groups) }
    }

    /// The run laid out in time.
    pub fn timeline(&self, model: &mut Model) -> Rc<Timeline> {
        let key = (model.player.version, model.compared(), model.ui.spacing);
        if let Some((kept, timeline)) = &*self.timeline.borrow()
            && *kept == key
        {
            return timeline.clone();
        }
        let set = self.set(model);
        let player = &model.player;
        let mut ticks = player.story().ticks();
        if let Some(compare) = &model.compare {
            // The clock goes on for as long as either run does.
            let end = ticks.last().map(|tick| tick.at).unwrap_or_default();
            let happenings = player.run().happenings().len();
            let more = compare.player.story().ticks().into_iter().filter(|tick| tick.at > end);
            ticks.extend(more.map(|tick| Tick { first: happenings, last: happenings, ..tick }));
        }
        let timeline =
            Rc::new(Timeline::new(player.run().happenings(), &ticks, set.as_ref(), model.ui.spacing));
        *self.timeline.borrow_mut() = Some((key, timeline.clone()));
        timeline
    }

    /// What the last command set going, at the moment shown.
    pub fn chapter(&self, model: &mut Model) -> Option<String> {
        let moment = model.player.moment(model.ui.spacing);
        self.timeline(model).chapter_at(moment).map(|chapter| chapter.label(model.ui.language.lang()))
    }

    /// The set on the stage, if there is or was one.
    pub fn set(&self, model: &mut Model) -> Option<ObjectKey> {
        let position = model.player.position();
        self.look(&mut model.player, position);
        self.subject.borrow().1.clone()
    }

    /// The set on the stage, as it was last looked for.
    pub fn set_shown(&self) -> Option<ObjectKey> {
        self.subject.borrow().1.clone()
    }

    fn look(&self, player: &mut Player, position: Position) {
        let chosen = StageModel::choose(player.still(position).store());
        let mut subject = self.subject.borrow_mut();
        if subject.0 != player.version || chosen.as_ref().is_some_and(|c| subject.1.as_ref() != Some(c)) {
            let key = chosen
                .or_else(|| {
                    let happenings = player.run().happenings();
                    StageModel::last_set(&happenings[..position.happenings.min(happenings.len())])
                })
                .or_else(|| subject.1.clone().filter(|_| subject.0 == player.version));
            let range = key.as_ref().and_then(|key| StageModel::ordinals(player.run().happenings(), key));
            *subject = (player.version, key, range);
        }
    }

    fn scene(&self, model: &mut Model, position: Position, width: f64) -> Option<Rc<Scene>> {
        let key = Key {
            version: model.player.version,
            compared: model.compared(),
            position,
            width: width as u64,
            phone: width < if model.ui.screen == Screen::First { STILL } else { PHONE } || model.ui.is_low,
            presented: model.ui.present.is_on,
            language: model.ui.language,
            by_node: model.ui.by_node,
            page: model.ui.page,
        };
        if let Some((_, scene)) = self.scenes.borrow().iter().find(|(k, _)| *k == key) {
            return Some(scene.clone());
        }
        self.look(&mut model.player, position);
        let lang = model.ui.language.lang();
        let options = match key.phone {
            _ if key.presented => StageOptions::present(width, lang),
            true => StageOptions::phone(width, lang),
            false => StageOptions::page(width, lang),
        };
        let (_, set, range) = self.subject.borrow().clone();
        let step = model.player.step();
        let earlier = step
            .checked_sub(1)
            .map(|s| model.player.steps()[s])
            .map(|s| Position { happenings: s.happenings, time: s.time });
        let read = |player: &Player, position: Position| {
            let still = player.run().still(position);
            // What the controller only has not seen yet is nothing that it waits for.
            let decision = set.as_ref().and_then(|set| still.decision(set)).filter(|d| {
                !d.gate.as_ref().is_some_and(|gate| gate.is_past(still.store(), &d.set.namespace))
            });
            let mut picture = StageModel::from_store(still.store(), set.as_ref(), still.now(), decision);
            let happenings = player.run().happenings();
            picture.recall(&happenings[..position.happenings.min(happenings.len())], still.store());
            picture.read_clients(happenings, position.happenings, position.time);
            picture.read_names(still.names());
            if let Some((low, high)) = range {
                picture.keep_columns(low..=high);
            }
            picture
        };
        let mut picture = read(&model.player, position);
        let mut options = options;
        options.page = model.ui.page;
        options.rows.hand &= !model.ui.is_low;
        options.rows.clients &= !model.ui.is_low;
        if picture.columns.is_empty() {
            picture = ghost(&model.ui.manifest)?;
            // Nothing is wished for yet: the set has no ground to stand on.
            options.title = false;
        } else if let Some(earlier) = earlier {
            picture.mark_changes(&read(&model.player, earlier));
        }
        if let Some(compare) = &model.compare {
            let time = super::compare::time_beside(&model.player, position);
            picture.mark_differences(&super::compare::at(&compare.player, set.as_ref(), time));
        }
        let scene = match model.ui.by_node && !picture.nodes.is_empty() {
            true => node_stage(&picture, &options, position.time),
            false => stage(&picture, &options),
        };
        let scene = Rc::new(scene);
        let mut scenes = self.scenes.borrow_mut();
        if scenes.len() >= 6 {
            scenes.remove(0);
        }
        scenes.push((key, scene.clone()));
        Some(scene)
    }
}

// The places of pods that the manifest would make.
fn ghost(manifest: &str) -> Option<StageModel> {
    let lines = outline(manifest);
    let document =
        lines.iter().find(|l| l.path == ["kind"] && l.value.as_deref() == Some("StatefulSet"))?.document;
    let value = |path: &[&str]| {
        lines.iter().find(|l| l.document == document && l.path.iter().eq(path)).and_then(|l| l.value.clone())
    };
    let replicas = value(&["spec", "replicas"]).and_then(|r| r.parse().ok()).unwrap_or(1);
    let claims = lines
        .iter()
        .any(|l| l.document == document && l.path.last().is_some_and(|n| n == "volumeClaimTemplates"));
    Some(StageModel::ghost("default", &value(&["metadata", "name"])?, replicas, claims))
}

fn to_stage(scene: &Scene) -> Stage {
    let slots = scene.slots.iter().enumerate().filter_map(|(i, slot)| {
        Some(Slot {
            key: object_key(&slot.object)?,
            name: slot.label.clone(),
            place: [slot.x, slot.y, slot.w, slot.h],
            column: slot.ordinal.map_or(i, |o| o as usize),
        })
    });
    let svg = if cfg!(target_arch = "wasm32") { String::new() } else { svg_element(scene) };
    let (width, height) = (scene.width, scene.height);
    Stage { svg, width, height, slots: slots.collect(), paging: scene.paging, named: None }
}

/// The key of `pod/default/web-3`; none for a place where nothing is.
fn object_key(id: &str) -> Option<ObjectKey> {
    let mut parts = id.splitn(3, '/');
    let kind = match parts.next()? {
        "pod" => Kind::Pod,
        "claim" => Kind::PersistentVolumeClaim,
        "volume" => Kind::PersistentVolume,
        "service" => Kind::Service,
        "node" => Kind::Node,
        "set" => Kind::StatefulSet,
        _ => return None,
    };
    let (namespace, name) = (parts.next()?, parts.next());
    Some(match name {
        Some(name) => ObjectKey::new(kind, namespace.to_string(), name.to_string()),
        None => ObjectKey::new(kind, "", namespace.to_string()),
    })
}

fn same_frame(a: &Scene, b: &Scene) -> bool {
    a.class == b.class
        && a.width == b.width
        && a.height == b.height
        && a.groups.len() == b.groups.len()
        && a.groups.iter().zip(&b.groups).all(|(x, y)| x.id == y.id)
}
