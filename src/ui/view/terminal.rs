//! The transcript up to the moment shown.

use crate::session::Entry;
use crate::sim::SimTime;

/// A command and what it has printed by now.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The line as typed.
    pub line: String,
    /// What it printed.
    pub output: String,
    /// It ended with an error.
    pub failed: bool,
}

/// How many commands are shown; the older ones scroll away.
const MOST_BLOCKS: usize = 60;

/// The commands typed up to `now`.
pub fn blocks(transcript: &[Entry], now: SimTime) -> Vec<Block> {
    let past: Vec<&Entry> = transcript.iter().filter(|entry| entry.at <= now).collect();
    past[past.len().saturating_sub(MOST_BLOCKS)..]
        .iter()
        .map(|entry| Block {
            line: entry.line.clone(),
            output: entry.output.iter().filter(|(at, _)| *at <= now).map(|(_, text)| text.as_str()).collect(),
            failed: entry.ended.is_some_and(|(at, code)| at <= now && code != 0),
        })
        .collect()
}
