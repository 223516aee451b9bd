//! stub
use crate::component::Client;
use crate::sim::SimTime;
use std::collections::BTreeMap;
pub struct ExecOutcome { pub stdout: String, pub stderr: String, pub code: i32 }
pub trait Host {
    fn client(&mut self) -> Client<'_>;
    fn now(&self) -> SimTime;
    fn files(&mut self) -> &mut BTreeMap<String, String>;
    fn exec(&mut self, namespace: &str, pod: &str, container: Option<&str>, argv: &[String], stdin: &str) -> ExecOutcome;
}
pub struct Invocation { pub words: Vec<String>, pub stdin: String }
pub fn start(_: Invocation) -> Box<dyn Program> { todo!() }
pub trait Program {
    fn poll(&mut self, host: &mut dyn Host, out: &mut Output) -> Progress;
    fn interrupt(&mut self);
    fn is_endless(&self) -> bool { false }
    fn boxed_clone(&self) -> Box<dyn Program>;
}
pub enum Progress { Done(i32), Wait { at: Option<SimTime> } }
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream { Stdout, Stderr }
#[derive(Default)]
pub struct Output { pub chunks: Vec<(Stream, String)> }

impl Clone for Box<dyn Program> { fn clone(&self) -> Self { self.boxed_clone() } }
