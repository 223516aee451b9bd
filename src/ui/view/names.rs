//! What each name answers now, beside what it answered before.

use super::Pictures;
use crate::api::Kind;
use crate::dns::DnsProfile;
use crate::dns::table::Table;
use crate::store::View;
use crate::ui::state::Model;

/// The table and who can ask.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Names by Services; what changed with the step shown is marked.
    pub table: Table,
    /// Pods that run and can ask.
    pub clients: Vec<String>,
    /// The Service that `serviceName` names does not exist.
    pub missing: Option<String>,
}

/// The table at the moment shown.
pub fn read(model: &mut Model, pictures: &Pictures) -> Names {
    let Some(key) = pictures.set(model) else { return Names::default() };
    let position = model.player.position();
    let profile = DnsProfile::default();
    let step = model.player.step();
    let earlier = step.checked_sub(1).map(|s| model.player.steps()[s]);
    let table = |still: &crate::session::Still| {
        let set = still.store().by_key(&key)?;
        Some(Table::of_set(View::live(still.names()), &profile, set, None, still.now()))
    };
    let before = earlier.and_then(|step| {
        table(
            &model
                .player
                .run()
                .still(crate::session::Position { happenings: step.happenings, time: step.time }),
        )
    });
    let still = model.player.still(position);
    let Some(mut now) = table(still) else { return Names::default() };
    if let Some(before) = before {
        now.compare(&before);
    }
    let clients = still
        .store()
        .list(Kind::Pod, Some(&key.namespace))
        .filter(|pod| pod.status().get("phase").str() == "Running")
        .map(|pod| pod.name().to_string())
        .collect();
    let missing = now.columns.iter().find(|c| c.governing && !c.exists).map(|c| c.service.clone());
    Names { table: now, clients, missing }
}
