//! Kubernetes events and, on demand, every API write.

use crate::api::{Kind, ObjectKey};
use crate::component::{Happening, What};
use crate::lang::{Lang, moment, write_says};
use crate::ui::player::Player;

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Seconds since the run began.
    pub seconds: f64,
    /// `Normal`, `Warning`, a verb, or empty for an input.
    pub kind: String,
    /// The reason, or who wrote.
    pub reason: String,
    /// `Pod/web-0`.
    pub object: String,
    /// The message.
    pub message: String,
    /// Something went wrong.
    pub is_warning: bool,
    /// Came from outside: a command, a fault.
    pub is_input: bool,
    /// The position to go to.
    pub happenings: usize,
    /// The object it is about.
    pub key: Option<ObjectKey>,
}

/// How many lines are shown.
const MOST_ROWS: usize = 200;

/// The rows up to the moment shown, oldest first.
pub fn rows(player: &Player, all: bool) -> Vec<EventRow> {
    let until = player.position().happenings;
    let happenings = player.run().happenings();
    let mut rows: Vec<EventRow> = happenings[..until]
        .iter()
        .enumerate()
        .rev()
        .filter_map(|(i, h)| row(i + 1, h, all))
        .take(MOST_ROWS)
        .collect();
    rows.reverse();
    rows
}

fn row(number: usize, happening: &Happening, all: bool) -> Option<EventRow> {
    let mut row = EventRow {
        seconds: happening.at.0 as f64 / 1000.0,
        kind: String::new(),
        reason: String::new(),
        object: String::new(),
        message: String::new(),
        is_warning: false,
        is_input: false,
        happenings: number,
        key: None,
    };
    match &happening.what {
        What::Input(note) => {
            row.is_input = true;
            row.message = note.text.to_string();
        }
        What::Write(write) if write.key.kind == Kind::Event => {
            let event = write.new.as_ref()?;
            let about = event.body.get("involvedObject");
            row.kind = event.body.get("type").str().to_string();
            row.reason = event.body.get("reason").str().to_string();
            row.object = format!("{}/{}", about.get("kind").str(), about.get("name").str());
            row.message = event.body.get("message").str().to_string();
            row.is_warning = row.kind == "Warning";
            row.key = Kind::from_name(about.get("kind").str())
                .map(|kind| ObjectKey::new(kind, about.get("namespace").text(), about.get("name").text()));
        }
        What::Write(write) if all && (write.changed() || write.error.is_some()) => {
            row.kind = write.verb.name().to_string();
            row.reason = write.actor.to_string();
            row.object = write.key.to_string();
            row.message = match &write.error {
                Some(status) => status.message.clone(),
                None => write.subresource.to_string(),
            };
            row.is_warning = write.error.is_some();
            row.key = Some(write.key.clone());
        }
        _ => return None,
    }
    Some(row)
}

/// What led to the happening of that number, back to what somebody typed: its number and a sentence with its moment.
pub fn chain(player: &Player, number: usize, lang: Lang) -> Vec<(usize, String)> {
    let happenings = player.run().happenings();
    let says = |index: usize| {
        let happening = &happenings[index];
        let what = match &happening.what {
            What::Input(note) => format!("`{}`", note.text.lines().next().unwrap_or_default()),
            What::Write(write) => write_says(write, lang),
            What::Decision(_) | What::Request(_) => String::new(),
        };
        (index + 1, [&moment(happening.at, lang), " ", &what].concat())
    };
    player.run().causes(number.saturating_sub(1)).into_iter().map(says).collect()
}
