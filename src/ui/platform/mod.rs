//! The browser, as the page sees it: the only modules that name web APIs.
//!
//! Each file is one small service. Everything above asks for values and hands over callbacks; nothing above holds a
//! browser object longer than one event.

pub mod clipboard;
pub mod dom;
pub mod fetch;
pub mod files;
pub mod frames;
pub mod parts;
pub mod storage;
pub mod url;
