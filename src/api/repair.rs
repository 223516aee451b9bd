//! Mistakes in a manifest that can be repaired for its author.
