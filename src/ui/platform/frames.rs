//! The one frame loop, and "later": what runs without the visitor doing something.
//!
//! The loop exists only while its callback answers true. A paused page has no frame and no timer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Milliseconds since the page was opened, for measuring slices; never enters the simulation.
pub fn now() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}

/// Runs `f` once after `ms` milliseconds.
pub fn after(ms: i32, f: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(f);
    if let Some(window) = web_sys::window() {
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(callback.unchecked_ref(), ms);
    }
}

type FrameCallback = Rc<RefCell<Option<Closure<dyn FnMut(f64)>>>>;

/// A loop over the browser's frames.
#[derive(Clone, Default)]
pub struct FrameLoop {
    // Counts starts and stops; a frame that belongs to an older count ends its loop.
    turn: Rc<Cell<u64>>,
}

impl FrameLoop {
    /// Calls `f` with the milliseconds since the last frame until it answers false or [`FrameLoop::stop`]. A loop
    /// that still runs is replaced.
    pub fn start(&self, mut f: impl FnMut(f64) -> bool + 'static) {
        let turn = self.turn.get() + 1;
        self.turn.set(turn);
        let turns = self.turn.clone();
        let callback: FrameCallback = FrameCallback::default();
        let own = callback.clone();
        let mut last: Option<f64> = None;
        *callback.borrow_mut() = Some(Closure::new(move |at: f64| {
            let passed = last.map_or(0.0, |l| (at - l).clamp(0.0, 100.0));
            last = Some(at);
            if turns.get() == turn && f(passed) && turns.get() == turn {
                request(&own);
            } else {
                own.borrow_mut().take();
            }
        }));
        request(&callback);
    }

    /// Ends the loop.
    pub fn stop(&self) {
        self.turn.set(self.turn.get() + 1);
    }
}

fn request(callback: &FrameCallback) {
    if let (Some(window), Some(closure)) = (web_sys::window(), callback.borrow().as_ref()) {
        let _ = window.request_animation_frame(closure.as_ref().unchecked_ref());
    }
}
