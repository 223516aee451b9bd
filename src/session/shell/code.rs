//! What the shell carries out: a flat list of steps with jumps, so that a shell can stop anywhere and be copied.
//!
//! `$(…)` stands before the command that needs its output and leaves it in a slot.

use std::rc::Rc;

/// A piece of a word.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A character outside quotes: braces, globs and the tilde are made of these.
    Char(char),
    /// Text inside quotes.
    Quoted(Rc<str>),
    /// `$name`, or `${name}` with an operator and its word.
    Var {
        /// The name, or one of `?#@*` and the digits.
        name: String,
        /// It stood in double quotes.
        quoted: bool,
        /// `:-`, `#`, `%%` and so on with what follows; `#` alone before the name is its length.
        operator: &'static str,
        /// What follows the operator.
        word: Word,
    },
    /// What a `$(…)` printed.
    Slot(usize, bool),
    /// `$((…))`.
    Sum(Word, bool),
}

/// One word before it is expanded.
pub type Word = Vec<Part>;

/// A command without parts of its own: `A=1 kubectl get pods`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Simple {
    /// `NAME=WORD` in front.
    pub sets: Vec<(String, Word)>,
    /// The words.
    pub words: Vec<Word>,
    /// A `$(…)` gives the status where there are no words.
    pub keeps_status: bool,
}

/// A redirection of file descriptor `fd`.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirect {
    /// 0, 1 or 2.
    pub fd: usize,
    /// Where to.
    pub to: Target,
}

/// Where a redirection leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// `> FILE`, or `>> FILE` (true).
    File(Word, bool),
    /// `2>&1`.
    Same(usize),
    /// `&> FILE`.
    Both(Word, bool),
    /// `< FILE`.
    From(Word),
    /// A heredoc or `<<<`.
    Text(Word),
}

/// One step. Jumps are relative to the step behind this one.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A simple command.
    Run(Rc<Simple>),
    /// Always.
    Jump(isize),
    /// If the status is 0.
    IfOk(isize),
    /// If it is not.
    IfFailed(isize),
    /// `!`.
    Not,
    /// The status is 0.
    Succeed,
    /// A loop of so many steps begins; true if its condition can never change.
    Loop(isize, bool),
    /// `for NAME in WORDS`: the innermost loop goes over them.
    Over(Rc<(String, Vec<Word>)>),
    /// The next of them, or out of the loop.
    Next(Rc<(String, Vec<Word>)>, isize),
    /// The innermost loop ends.
    EndLoop,
    /// Redirections begin; if one fails, so far forward.
    Redirect(Rc<Vec<Redirect>>, isize),
    /// They end.
    Restore,
    /// Output is kept for what follows.
    Capture,
    /// What was kept is the input of what follows; true if there was such an input before.
    Feed(bool),
    /// That input ends.
    Unfeed,
    /// What was kept goes into a slot.
    Keep(usize),
    /// `(`: variables changed from here on are put back.
    Enter,
    /// `)`.
    Leave,
    /// `case WORD in`: whether one of the patterns fits, as the status.
    Fits(Rc<(Word, Vec<Word>)>),
    /// `NAME() …`.
    Define(Rc<(String, Rc<Code>)>),
}

/// A line or a script.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Code {
    /// The steps.
    pub ops: Vec<Op>,
    /// How many slots there are.
    pub slots: usize,
    /// It ended in `&`.
    pub background: bool,
}
