//! Promises that hold after every step.
