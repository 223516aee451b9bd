//! Ordinal.
