//! Ordinal: a Kubernetes StatefulSet that people can see, stop, rewind and question.
//!
//! The modules in reading order, bottom up; nothing uses a module below its own line (`tests/tidy.rs`).

pub mod sim;

pub mod api;

pub mod store;

pub mod component;

pub mod lang;

pub mod samples;

pub mod dns;

pub mod scheduler;

pub mod kubelet;

pub mod controllers;

pub mod cluster;

pub mod scenario;

pub mod kubectl;

pub mod session;

pub mod lessons;

pub mod replay;

pub mod advice;

pub mod scene;

pub mod story;

pub mod program;

#[cfg(feature = "ui")]
pub mod ui;
