//! The second run beside the one shown, at the same time on its clock.

use super::Pictures;
use crate::api::{Kind, ObjectKey};
use crate::scene::model::PodState;
use crate::scene::svg::svg_element;
use crate::scene::{StageModel, StageOptions, stage};
use crate::session::Position;
use crate::sim::SimTime;
use crate::ui::others::{Change, Compare};
use crate::ui::player::Player;
use crate::ui::state::Model;

/// The panel's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompareView {
    /// What can be changed, with its name.
    pub choices: Vec<(String, Change)>,
    /// The second run, if there is one.
    pub beside: Option<Beside>,
}

/// The second run at the moment shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// What is different there.
    pub label: String,
    /// The first difference in words; none while it is being computed.
    pub says: Option<String>,
    /// There is a first difference to go to.
    pub differs: bool,
    /// The stage there, as SVG.
    pub svg: String,
    /// A line for each number: its name, here, there.
    pub counts: Vec<(&'static str, String, String)>,
}

/// How wide the second stage is drawn.
const WIDTH: f64 = 316.0;

/// Everything the panel shows.
pub fn read(model: &mut Model, pictures: &Pictures) -> CompareView {
    let text = model.player.text();
    let release = model.player.run().session().cluster().profile().name;
    let choices = Change::all(&text, release).into_iter().map(|change| (change.label(), change)).collect();
    let set = pictures.set(model);
    let texts = model.ui.texts();
    let lang = model.ui.language.lang();
    let position = model.player.position();
    let now = time_beside(&model.player, position);
    let own = stage_at(&model.player, set.as_ref(), position);
    let beside = model.compare.as_ref().map(|compare| {
        let mut other = at(&compare.player, set.as_ref(), now);
        other.mark_differences(&own);
        let count =
            |name, of: &dyn Fn(&StageModel) -> usize| (name, of(&own).to_string(), of(&other).to_string());
        let ready = |m: &StageModel| {
            m.columns.iter().filter(|c| c.pod.as_ref().is_some_and(|p| p.state == PodState::Ready)).count()
        };
        let counts = vec![
            count(texts.count_pods, &|m| m.columns.iter().filter(|c| c.pod.is_some()).count()),
            count("Ready", &ready),
            count("PVC", &|m| m.columns.iter().map(|c| c.claims.len()).sum()),
            count(texts.count_names, &|m| {
                m.columns.iter().filter(|c| c.dns.as_ref().is_some_and(|d| d.address.is_some())).count()
            }),
        ];
        let svg = svg_element(&stage(&other, &StageOptions::half(WIDTH, lang)));
        Beside {
            label: compare.change.label(),
            says: says(compare, &model.player, model),
            differs: matches!(compare.difference(), Some(Some(_))),
            svg,
            counts,
        }
    });
    CompareView { choices, beside }
}

/// The first difference in words; none while it is being computed.
pub fn says(compare: &Compare, own: &Player, model: &Model) -> Option<String> {
    let texts = model.ui.texts();
    compare.says(own, texts.this_run, texts.no_difference, texts.words_differ, model.ui.language.lang())
}

/// The time that the second run is shown at: that of the first one, or right before it where the first has not yet done
/// all that it does at that time.
pub fn time_beside(own: &Player, position: Position) -> SimTime {
    let next = own.run().happenings().get(position.happenings);
    let is_amid = next.is_some_and(|next| next.at <= position.time);
    SimTime(position.time.0.saturating_sub(u64::from(is_amid)))
}

/// The stage of a run at a time.
pub fn at(player: &Player, set: Option<&ObjectKey>, time: SimTime) -> StageModel {
    stage_at(player, set, player.run().position(time))
}

fn stage_at(player: &Player, set: Option<&ObjectKey>, position: Position) -> StageModel {
    let run = player.run();
    let still = run.still(position);
    // The same name as a Deployment: its pods have no ordinals to stand by.
    let is_deployment = set.is_some_and(|set| {
        still.store().get(Kind::Deployment, &set.namespace, &set.name).is_some()
            && still.store().by_key(set).is_none()
    });
    let set = set.filter(|_| !is_deployment);
    let decision = set.and_then(|set| still.decision(set));
    let mut picture = StageModel::from_store(still.store(), set, still.now(), decision);
    picture.recall(&run.happenings()[..position.happenings.min(run.happenings().len())], still.store());
    picture.read_names(still.names());
    if let Some((low, high)) = set.and_then(|set| StageModel::ordinals(run.happenings(), set)) {
        picture.keep_columns(low..=high);
    }
    picture
}
