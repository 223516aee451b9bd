//! The shell of the workstation and of containers: text in, steps carried out one after another.
//!
//! `parse` makes [`Code`] of a line or a script; [`Shell`] carries it out and can stop between any two steps, to let
//! time pass (`sleep`, `kubectl wait`) or to be copied with the run. Parts of a pipeline run one after the other, each on
//! the whole output of the one before. What the shell runs on, and every program that is not in [`tools`], is a
//! [`System`]. Loops and outputs without an end are stopped with a line that says so.

mod builtins;
mod code;
mod cursor;
mod expr;
mod parse;
mod pattern;
pub mod tools;
mod word;

pub use builtins::{BUILTINS, quote};
pub use code::Code;
pub use parse::parse;

use crate::kubectl::{Output, Program, Progress, Stream};
use crate::sim::SimTime;
use crate::sim::SortedMap;
use code::{Op, Redirect, Target};
use std::rc::Rc;
use word::Expansion;

/// Steps between two moments of simulated time before a loop is taken to be endless.
const MOST_STEPS: usize = 10_000;
/// Steps after which others get their turn.
const SLICE: usize = 200;
/// The most bytes a file or what goes through a pipe may have.
const MOST_BYTES: usize = 1 << 20;
/// How deep functions and scripts may call each other.
const MOST_CALLS: usize = 50;

/// How a program began.
pub enum Started {
    /// There is no such program.
    Unknown,
    /// It has run: what it printed, what it complained, its status.
    Ran(String, String, i32),
    /// It runs.
    Runs(Box<dyn Program>),
    /// It printed this and gets every line typed from now on as `WORDS --line LINE`; with no words it has ended.
    Talks(String, Vec<String>),
}

/// What a shell runs on: files, the time, programs.
pub trait System {
    /// The shell's name in its messages: `bash` or `sh`.
    fn name(&self) -> &'static str;
    /// The time.
    fn now(&self) -> SimTime;
    /// True if what it prints goes to a terminal.
    fn is_terminal(&self) -> bool;
    /// A file's text, by its absolute path.
    fn read(&self, path: &str) -> Option<String>;
    /// Writes a file, or says why not.
    fn write(&mut self, path: &str, text: &str, append: bool) -> Result<(), String>;
    /// Removes a file; false if there was none.
    fn remove(&mut self, path: &str) -> bool;
    /// What lies in a folder.
    fn list(&self, folder: &str) -> Vec<String>;
    /// True if there is such a folder.
    fn is_folder(&self, path: &str) -> bool;
    /// Starts a program that is not among the [`tools`], with the variables of the shell.
    fn start(&mut self, words: &[String], stdin: &str, env: &Env) -> Started;
    /// Lets a program that runs go on.
    fn poll(&mut self, program: &mut dyn Program, out: &mut Output) -> Progress;
}

/// What lives as long as the shell: variables, aliases, functions, the last status.
#[derive(Clone, Debug, Default)]
pub struct Env {
    /// Variables.
    pub vars: SortedMap<String, String>,
    aliases: SortedMap<String, String>,
    functions: Vec<(String, Rc<Code>)>,
    /// `$1` and so on.
    args: Vec<String>,
    /// `$0`, if a shell was given one.
    name: Option<String>,
    /// `$?`.
    pub status: i32,
    /// The lines typed so far.
    pub history: Vec<String>,
}

impl Env {
    /// An environment with these variables; `HOME` is where it begins.
    pub fn new(vars: &[(&str, &str)]) -> Env {
        let mut env = Env::default();
        for (name, value) in vars {
            env.vars.insert((*name).to_string(), (*value).to_string());
        }
        env
    }

    /// A variable's value, or a special one's.
    pub fn get(&self, name: &str) -> String {
        match name {
            "?" => self.status.to_string(),
            "#" => self.args.len().to_string(),
            "@" | "*" => self.args.join(" "),
            "$" => "1".into(),
            "0" => self.name.clone().unwrap_or_else(|| "bash".into()),
            _ => match name.parse::<usize>() {
                Ok(n) if n > 0 => self.args.get(n - 1).cloned().unwrap_or_default(),
                _ => self.vars.get(name).cloned().unwrap_or_default(),
            },
        }
    }

    /// `$IFS`: what separates words.
    fn separators(&self) -> String {
        self.vars.get("IFS").cloned().unwrap_or_else(|| " \t\n\r".to_string())
    }

    /// The absolute path of a file, seen from the current folder.
    pub fn path(&self, file: &str) -> String {
        let whole =
            if file.starts_with('/') { file.to_string() } else { format!("{}/{file}", self.get("PWD")) };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }
}

/// Where a file descriptor leads.
#[derive(Clone, Debug)]
enum Sink {
    Terminal(Stream),
    Nowhere,
    File(String),
    /// The buffer of that scope.
    Buffer(usize),
}

// What ends again: each is taken off the stack by its own step, or by `break`, `return` and `exit`.
#[derive(Clone, Debug)]
enum Scope {
    Sinks([Sink; 2], bool),
    Buffer(String, [Sink; 2]),
    Input,
    Loop {
        begin: usize,
        end: usize,
        words: Vec<String>,
        is_endless: bool,
    },
    Subshell(Box<Env>),
    /// Back to where other code was called; with the arguments a function, with all variables a shell had before.
    Call {
        code: Rc<Code>,
        at: usize,
        slots: Vec<String>,
        args: Option<Vec<String>>,
        env: Option<Box<Env>>,
    },
}

/// A shell at work.
#[derive(Clone)]
pub struct Shell {
    /// Variables and the like.
    pub env: Env,
    code: Rc<Code>,
    at: usize,
    slots: Vec<String>,
    scopes: Vec<Scope>,
    sinks: [Sink; 2],
    inputs: Vec<String>,
    program: Option<Box<dyn Program>>,
    until: Option<SimTime>,
    steps: usize,
    has_ended: bool,
    is_prompt: bool,
    /// The program that gets the lines instead of the shell.
    talk: Vec<String>,
}

impl Shell {
    /// A shell that has nothing to do yet.
    pub fn new(env: Env) -> Shell {
        Shell {
            env,
            code: Rc::default(),
            at: 0,
            slots: Vec::new(),
            scopes: Vec::new(),
            sinks: [Sink::Terminal(Stream::Stdout), Sink::Terminal(Stream::Stderr)],
            inputs: Vec::new(),
            program: None,
            until: None,
            steps: 0,
            has_ended: false,
            is_prompt: false,
            talk: Vec::new(),
        }
    }

    /// Gives it code to carry out.
    pub fn run(&mut self, code: Code) {
        self.slots = vec![String::new(); code.slots];
        self.code = Rc::new(code);
        self.at = 0;
        self.steps = 0;
    }

    /// What programs read that nothing is piped into.
    pub fn set_input(&mut self, text: String) {
        self.inputs = vec![text];
    }

    /// True if it waits for lines when it has nothing to do.
    pub fn is_prompt(&self) -> bool {
        (self.is_prompt || !self.talk.is_empty()) && !self.has_ended
    }

    /// The program that gets the lines instead of the shell, if there is one.
    pub fn talk(&self) -> &[String] {
        &self.talk
    }

    /// Gives a line to whoever waits for one.
    pub fn type_line(&mut self, line: &str) -> Result<(), String> {
        let code = match self.talk.is_empty() {
            true => parse(line)?,
            false => {
                let words: Vec<String> = self.talk.iter().map(|word| quote(word)).collect();
                parse(&format!("{} --line {}", words.join(" "), quote(line)))?
            }
        };
        self.run(code);
        Ok(())
    }

    /// Makes it wait for lines until `exit`.
    pub fn stay(&mut self) {
        self.is_prompt = true;
    }

    /// True while it waits for a line.
    pub fn reads(&self) -> bool {
        self.is_prompt() && self.program.is_none() && self.until.is_none() && self.at >= self.code.ops.len()
    }

    /// True if what runs never ends by itself: a watch, or a loop whose condition cannot change.
    pub fn is_endless(&self) -> bool {
        let in_loop = self.scopes.iter().any(|scope| matches!(scope, Scope::Loop { is_endless: true, .. }));
        in_loop || self.program.as_ref().is_some_and(|program| program.is_endless())
    }

    /// Ctrl+C: gives up what runs; a shell that waits for lines goes on.
    pub fn interrupt(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.interrupt();
        }
        self.unwind(0);
        self.code = Rc::default();
        self.at = 0;
        self.until = None;
        self.env.status = 130;
        self.has_ended = !self.is_prompt();
    }

    /// Goes on as far as it can.
    pub fn poll(&mut self, system: &mut dyn System, out: &mut Output) -> Progress {
        for _ in 0..SLICE {
            if let Some(program) = &mut self.program {
                let mut said = Output::default();
                let progress = system.poll(&mut **program, &mut said);
                for (stream, text) in said.chunks {
                    self.emit(stream, &text, system, out);
                }
                if self.program.is_none() {
                    continue;
                }
                match progress {
                    Progress::Done(code) => {
                        self.program = None;
                        self.env.status = code;
                    }
                    wait => {
                        self.steps = 0;
                        if self.is_endless() {
                            self.flow(system, out);
                        }
                        return wait;
                    }
                }
            }
            if let Some(at) = self.until {
                if system.now() < at {
                    self.steps = 0;
                    return Progress::Wait { at: Some(at) };
                }
                self.until = None;
            }
            if self.has_ended {
                return Progress::Done(self.env.status);
            }
            let Some(op) = self.code.ops.get(self.at).cloned() else {
                if !self.come_back() {
                    if self.is_prompt() {
                        return Progress::Wait { at: None };
                    }
                    return Progress::Done(self.env.status);
                }
                continue;
            };
            self.at += 1;
            self.steps += 1;
            if self.steps > MOST_STEPS {
                self.interrupt();
                self.complain(&format!("stopped after {MOST_STEPS} steps: this would not end"), system, out);
                self.env.status = 1;
                continue;
            }
            if let Err(message) = self.step(op, system, out) {
                self.env.status = 1;
                self.complain(&message, system, out);
            }
        }
        Progress::Wait { at: Some(system.now()) }
    }

    // A watch that is piped through tools which answer line by line: what it printed so far goes through them now.
    fn flow(&mut self, system: &mut dyn System, out: &mut Output) {
        let ops = self.code.ops.get(self.at..).unwrap_or_default();
        let Some(Scope::Buffer(text, before)) = self.scopes.last_mut() else { return };
        let Some(end) = ops.iter().position(|op| *op == Op::Unfeed) else { return };
        let streams = ops[..end].iter().all(|op| match op {
            Op::Run(simple) => tools::streams(&simple.words),
            op => matches!(op, Op::Capture | Op::Feed(_)),
        });
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        if !streams || whole == 0 || matches!(before[0], Sink::Buffer(_)) {
            return;
        }
        let code = Code { ops: ops[..=end].to_vec(), slots: self.slots.len(), background: false };
        let (part, before) = (text.drain(..whole).collect(), before.clone());
        let mut shell = Shell::new(self.env.clone());
        shell.run(code);
        shell.slots = self.slots.clone();
        shell.sinks = [Sink::Buffer(0), before[1].clone()];
        shell.scopes.push(Scope::Buffer(part, before));
        shell.poll(system, out);
    }

    fn jump(&mut self, by: isize) {
        self.at = self.at.wrapping_add_signed(by);
    }

    fn step(&mut self, op: Op, system: &mut dyn System, out: &mut Output) -> Result<(), String> {
        let is_ok = self.env.status == 0;
        match op {
            Op::Run(simple) => return self.command(&simple, system, out),
            Op::Jump(by) => self.jump(by),
            Op::IfOk(by) if is_ok => self.jump(by),
            Op::IfFailed(by) if !is_ok => self.jump(by),
            Op::IfOk(_) | Op::IfFailed(_) => {}
            Op::Not => self.env.status = i32::from(is_ok),
            Op::Succeed => self.env.status = 0,
            Op::Loop(length, is_endless) => {
                let end = self.at.wrapping_add_signed(length);
                self.scopes.push(Scope::Loop { begin: self.at, end, words: Vec::new(), is_endless });
            }
            Op::Over(over) => {
                let mut all = self.expansion(system).all(&over.1)?;
                all.reverse();
                if let Some(Scope::Loop { words, begin, .. }) = self.scopes.last_mut() {
                    *words = all;
                    *begin += 1;
                }
            }
            Op::Next(over, by) => {
                let next = match self.scopes.last_mut() {
                    Some(Scope::Loop { words, .. }) => words.pop(),
                    _ => None,
                };
                match next {
                    Some(word) => drop(self.env.vars.insert(over.0.clone(), word)),
                    None => self.jump(by),
                }
            }
            Op::Redirect(redirects, by) => {
                self.scopes.push(Scope::Sinks(self.sinks.clone(), false));
                if let Err(message) = self.redirect(&redirects, system) {
                    self.leave();
                    self.jump(by);
                    return Err(message);
                }
            }
            Op::Capture => {
                let before = self.sinks.clone();
                self.sinks[0] = Sink::Buffer(self.scopes.len());
                self.scopes.push(Scope::Buffer(String::new(), before));
            }
            Op::Feed(again) => {
                let text = self.leave();
                if again {
                    self.leave();
                }
                self.inputs.push(text);
                self.scopes.push(Scope::Input);
            }
            Op::Keep(slot) => {
                let text = self.leave();
                self.slots[slot] = text.trim_end_matches('\n').to_string();
            }
            Op::Enter => self.scopes.push(Scope::Subshell(Box::new(self.env.clone()))),
            Op::EndLoop | Op::Restore | Op::Unfeed | Op::Leave => drop(self.leave()),
            Op::Fits(case) => {
                let text = self.expansion(system).one(&case.0)?;
                let mut fits = false;
                for word in &case.1 {
                    fits |= self.expansion(system).pattern(word)?.is_whole(&text);
                }
                self.env.status = i32::from(!fits);
            }
            Op::Define(function) => {
                self.env.functions.retain(|(name, _)| *name != function.0);
                self.env.functions.push((*function).clone());
                self.env.status = 0;
            }
        }
        Ok(())
    }

    fn expansion<'a>(&'a mut self, system: &'a dyn System) -> Expansion<'a> {
        Expansion { env: &mut self.env, slots: &self.slots, system }
    }

    // Takes the innermost scope off; the text of a buffer.
    fn leave(&mut self) -> String {
        match self.scopes.pop() {
            Some(Scope::Sinks(sinks, has_input)) => {
                self.sinks = sinks;
                if has_input {
                    self.inputs.pop();
                }
            }
            Some(Scope::Buffer(text, sinks)) => {
                self.sinks = sinks;
                return text;
            }
            Some(Scope::Input) => drop(self.inputs.pop()),
            Some(Scope::Subshell(env)) => self.put_back(*env),
            Some(Scope::Call { code, at, slots, args, env }) => {
                (self.code, self.at, self.slots) = (code, at, slots);
                if let Some(env) = env {
                    self.put_back(*env);
                }
                if let Some(args) = args {
                    self.env.args = args;
                }
            }
            Some(Scope::Loop { .. }) | None => {}
        }
        String::new()
    }

    fn put_back(&mut self, env: Env) {
        let status = self.env.status;
        self.env = env;
        self.env.status = status;
    }

    fn unwind(&mut self, depth: usize) {
        while self.scopes.len() > depth {
            self.leave();
        }
    }

    // The code has ended: back to whoever called it. False if nobody did.
    fn come_back(&mut self) -> bool {
        let call = self.scopes.iter().rposition(|scope| matches!(scope, Scope::Call { .. }));
        self.unwind(call.unwrap_or(0));
        call.is_some()
    }

    // Runs other code here, with `$1` and so on if it has its own, and variables of its own for a shell in the shell.
    fn call(&mut self, code: Rc<Code>, args: Option<Vec<String>>, is_shell: bool) -> Result<(), String> {
        if self.scopes.iter().filter(|scope| matches!(scope, Scope::Call { .. })).count() >= MOST_CALLS {
            return Err("maximum function nesting level exceeded".into());
        }
        let env = is_shell.then(|| Box::new(self.env.clone()));
        let args = args.map(|args| std::mem::replace(&mut self.env.args, args));
        let slots = std::mem::replace(&mut self.slots, vec![String::new(); code.slots]);
        let code = std::mem::replace(&mut self.code, code);
        self.scopes.push(Scope::Call { code, at: self.at, slots, args, env });
        self.at = 0;
        Ok(())
    }

    fn redirect(&mut self, redirects: &[Redirect], system: &mut dyn System) -> Result<(), String> {
        for redirect in redirects {
            match &redirect.to {
                Target::Same(fd) if *fd > 0 && redirect.fd > 0 => {
                    self.sinks[redirect.fd - 1] = self.sinks[*fd - 1].clone();
                }
                Target::Same(_) => {}
                Target::From(word) => {
                    let name = self.expansion(system).one(word)?;
                    let text = match name.as_str() {
                        "/dev/null" => String::new(),
                        _ => system
                            .read(&self.env.path(&name))
                            .ok_or_else(|| format!("{name}: No such file or directory"))?,
                    };
                    self.feed(text);
                }
                Target::Text(word) => {
                    let text = self.expansion(system).one(word)?;
                    self.feed(text);
                }
                Target::File(word, append) | Target::Both(word, append) => {
                    let name = self.expansion(system).one(word)?;
                    let path = self.env.path(&name);
                    let sink = match path.as_str() {
                        "/dev/null" => Sink::Nowhere,
                        "/dev/stdout" => self.sinks[0].clone(),
                        "/dev/stderr" => self.sinks[1].clone(),
                        _ => {
                            if system.is_folder(&path) {
                                return Err(format!("{name}: Is a directory"));
                            }
                            system.write(&path, "", *append).map_err(|why| format!("{name}: {why}"))?;
                            Sink::File(path)
                        }
                    };
                    if matches!(redirect.to, Target::Both(..)) {
                        self.sinks = [sink.clone(), sink];
                    } else if redirect.fd > 0 {
                        self.sinks[redirect.fd - 1] = sink;
                    }
                }
            }
        }
        Ok(())
    }

    fn feed(&mut self, text: String) {
        if let Some(Scope::Sinks(_, has_input)) = self.scopes.last_mut() {
            if *has_input {
                self.inputs.pop();
            }
            *has_input = true;
            self.inputs.push(text);
        }
    }

    // Prints to where the stream leads now.
    fn emit(&mut self, stream: Stream, text: &str, system: &mut dyn System, out: &mut Output) {
        if text.is_empty() {
            return;
        }
        match &self.sinks[usize::from(stream == Stream::Stderr)] {
            Sink::Terminal(stream) => out.push(*stream, text.to_string()),
            Sink::Nowhere => {}
            Sink::File(path) => {
                let path = path.clone();
                if let Err(why) = system.write(&path, text, true) {
                    out.push(Stream::Stderr, format!("{path}: {why}\n"));
                }
            }
            Sink::Buffer(scope) => {
                if let Some(Scope::Buffer(buffer, _)) = self.scopes.get_mut(*scope)
                    && buffer.len() < MOST_BYTES
                {
                    buffer.push_str(text);
                    if buffer.len() >= MOST_BYTES {
                        self.interrupt();
                        self.complain("stopped: more than 1 MiB went into a pipe", system, out);
                    }
                }
            }
        }
    }

    fn complain(&mut self, message: &str, system: &mut dyn System, out: &mut Output) {
        let text = format!("{}: {message}\n", system.name());
        self.emit(Stream::Stderr, &text, system, out);
    }
}

#[cfg(test)]
mod tests;
