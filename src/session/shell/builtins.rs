//! One simple command: assignments, what only the shell itself can do, tools, programs.

use super::code::Simple;
use super::parse::{is_name, parse};
use super::tools::{Call, TOOLS};
use super::{Scope, Shell, Sink, Started, System, expr};
use crate::kubectl::{Output, Stream};
use crate::sim::{SimDuration, SimTime};
use std::rc::Rc;

/// What the shell does itself, for `type` and for finding the nearest word.
pub const BUILTINS: &[&str] = &[
    ".", ":", "alias", "bash", "break", "cd", "command", "continue", "eval", "exec", "exit", "export",
    "false", "history", "let", "local", "logout", "pwd", "read", "return", "set", "sh", "shift", "sleep",
    "source", "time", "timeout", "true", "type", "unalias", "unset", "watch", "which", "xargs", "zsh",
];

/// A word as it must be typed to be read as that word.
pub fn quote(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// `5`, `0.5`, `2m`.
pub fn duration(text: &str) -> Option<SimDuration> {
    let number = text.trim_end_matches(['s', 'm', 'h', 'd']);
    let unit = match text.get(number.len()..)? {
        "" | "s" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    let value: f64 = number.parse().ok().filter(|value| *value >= 0.0)?;
    Some(SimDuration((value * unit).min(1e12) as u64))
}

impl Shell {
    pub(super) fn command(
        &mut self,
        simple: &Simple,
        system: &mut dyn System,
        out: &mut Output,
    ) -> Result<(), String> {
        let words = self.expansion(system).all(&simple.words)?;
        let mut before = Vec::new();
        for (name, word) in &simple.sets {
            let value = self.expansion(system).one(word)?;
            before.push((name.clone(), self.env.vars.insert(name.clone(), value)));
        }
        let Some(name) = words.first() else {
            if !simple.keeps_status {
                self.env.status = 0;
            }
            return Ok(());
        };
        let depth = self.scopes.len();
        let done = self.named(name, &words, system, out);
        // `A=1 command` sets A for the command only; a shell that began has it until it ends.
        let vars = match self.scopes.get_mut(depth) {
            Some(Scope::Call { env: Some(env), .. }) => &mut env.vars,
            _ => &mut self.env.vars,
        };
        for (name, value) in before {
            match value {
                Some(value) => drop(vars.insert(name, value)),
                None => drop(vars.remove(&name)),
            }
        }
        done
    }

    fn named(
        &mut self,
        name: &str,
        words: &[String],
        system: &mut dyn System,
        out: &mut Output,
    ) -> Result<(), String> {
        let args = &words[1..];
        if let Some((_, code)) = self.env.functions.iter().find(|(known, _)| known == name) {
            return self.call(code.clone(), Some(args.to_vec()), false);
        }
        if let Some(value) = self.env.aliases.get(name) {
            // An alias may begin with its own name.
            let first = value.split(' ').next().unwrap_or_default().to_string();
            let rest: String = args.iter().map(|word| format!(" {}", quote(word))).collect();
            let line = format!("{value}{rest}");
            let own = if first == name { self.env.aliases.remove(name) } else { None };
            let Some(value) = own else { return self.script(&line) };
            let done = self.alias_once(&line, system, out);
            self.env.aliases.insert(name.to_string(), value);
            return done;
        }
        let first = args.first().map_or("", String::as_str);
        let mut status = 0;
        match name {
            "set" if args.iter().any(|word| word == "--") => {
                let at = args.iter().position(|word| word == "--").map_or(0, |at| at + 1);
                self.env.args = args[at..].to_vec();
            }
            ":" | "true" | "set" => {}
            "false" => status = 1,
            "exit" | "logout" | "return" => {
                status = args.first().map_or(self.env.status, |text| expr::number(text) as i32 & 255);
                self.env.status = status;
                // A function, a shell in the shell or a subshell ends, or the shell itself.
                let is_end = |scope: &Scope| match scope {
                    Scope::Call { args, env, .. } => env.is_some() || (args.is_some() && name == "return"),
                    Scope::Subshell(_) => name != "return",
                    _ => false,
                };
                match self.scopes.iter().rposition(is_end) {
                    Some(i) => {
                        self.unwind(i + 1);
                        if matches!(self.scopes[i], Scope::Call { .. }) {
                            self.at = self.code.ops.len();
                        } else {
                            self.skip_subshell();
                        }
                    }
                    None => {
                        self.unwind(0);
                        self.has_ended = true;
                    }
                }
            }
            "break" | "continue" => {
                let deep = args.first().map_or(1, |text| expr::number(text).max(1.0) as usize);
                let loops = self.scopes.iter().enumerate().rev();
                let mut loops = loops.filter_map(|(i, scope)| match scope {
                    Scope::Loop { begin, end, .. } => Some((i, *begin, *end)),
                    _ => None,
                });
                match loops.nth(deep - 1) {
                    Some((i, begin, _)) if name == "continue" => {
                        self.unwind(i + 1);
                        self.at = begin;
                    }
                    Some((i, _, end)) => {
                        self.unwind(i);
                        self.at = end + 1;
                    }
                    None => {
                        return Err(format!("{name}: only meaningful in a `for', `while', or `until' loop"));
                    }
                }
            }
            "let" => {
                let mut value = 0;
                for text in args {
                    value = expr::sum(text, &mut self.env.vars)?;
                }
                status = i32::from(value == 0);
            }
            "shift" => {
                let count = args.first().map_or(1, |text| expr::number(text).max(0.0) as usize);
                drop(self.env.args.drain(..count.min(self.env.args.len())));
            }
            "export" | "local" | "readonly" | "declare" => {
                for word in args.iter().filter(|word| !word.starts_with('-')) {
                    let (name, value) = word.split_once('=').unwrap_or((word, ""));
                    if !is_name(name) {
                        return Err(format!("{}: `{word}': not a valid identifier", words[0]));
                    }
                    if word.contains('=') || !self.env.vars.contains_key(name) {
                        self.env.vars.insert(name.to_string(), value.to_string());
                    }
                }
            }
            "unset" => {
                for name in args {
                    self.env.vars.remove(name);
                    self.env.functions.retain(|(known, _)| known != name);
                }
            }
            "alias" => {
                let mut said = String::new();
                for (name, value) in &self.env.aliases {
                    if args.is_empty() || args.contains(name) {
                        said.push_str(&format!("alias {name}='{value}'\n"));
                    }
                }
                for word in args {
                    if let Some((name, value)) = word.split_once('=') {
                        self.env.aliases.insert(name.to_string(), value.to_string());
                    } else if !self.env.aliases.contains_key(word) {
                        return Err(format!("alias: {word}: not found"));
                    }
                }
                self.emit(Stream::Stdout, &said, system, out);
            }
            "unalias" => {
                for word in args {
                    if word == "-a" {
                        self.env.aliases.clear();
                    } else if self.env.aliases.remove(word).is_none() {
                        return Err(format!("unalias: {word}: not found"));
                    }
                }
            }
            "pwd" => {
                let text = format!("{}\n", self.env.path("."));
                self.emit(Stream::Stdout, &text, system, out);
            }
            "cd" => {
                let to = match first {
                    "" | "~" => self.env.get("HOME"),
                    "-" => self.env.get("OLDPWD"),
                    path => self.env.path(path),
                };
                if !system.is_folder(&to) && to != self.env.get("HOME") {
                    return Err(format!("cd: {first}: No such file or directory"));
                }
                let before = self.env.vars.insert("PWD".into(), to);
                self.env.vars.insert("OLDPWD".into(), before.unwrap_or_default());
            }
            "history" => {
                let lines = self.env.history.iter().enumerate();
                let text: String = lines.map(|(i, line)| format!("{:>5}  {line}\n", i + 1)).collect();
                self.emit(Stream::Stdout, &text, system, out);
            }
            "read" => status = i32::from(!self.read_line(args)),
            "type" | "which" | "command" if name != "command" || first == "-v" => {
                for word in args.iter().filter(|word| !word.starts_with('-')) {
                    let known = self.env.aliases.contains_key(word)
                        || self.env.functions.iter().any(|(name, _)| name == word)
                        || BUILTINS.contains(&word.as_str())
                        || TOOLS.iter().any(|tool| tool.name == word)
                        || matches!(word.as_str(), "kubectl" | "k");
                    let text = match (known, name) {
                        (true, "type") => format!("{word} is /usr/bin/{word}\n"),
                        (true, _) => format!("/usr/bin/{word}\n"),
                        (false, _) => String::new(),
                    };
                    status |= i32::from(!known);
                    self.emit(Stream::Stdout, &text, system, out);
                }
            }
            "command" | "exec" | "time" | "eval" | "nohup" => {
                let line = match name {
                    "eval" => args.join(" "),
                    _ => line_of(args),
                };
                return self.script(&line);
            }
            "timeout" => return self.script(&line_of(args.get(1..).unwrap_or_default())),
            "sh" | "bash" | "zsh" | "ash" | "/bin/sh" | "/bin/bash" => return self.inner_shell(args, system),
            "." | "source" => {
                let text = system.read(&self.env.path(first));
                let text = text.ok_or_else(|| format!("{first}: No such file or directory"))?;
                return self.script(&text);
            }
            "sleep" => {
                let mut whole = SimDuration(0);
                for text in args {
                    let time = duration(text);
                    whole.0 += time.ok_or_else(|| format!("sleep: invalid time interval '{text}'"))?.0;
                }
                if args.is_empty() {
                    return Err("sleep: missing operand".into());
                }
                self.until = Some(SimTime(system.now().0 + whole.0));
            }
            "watch" => {
                let (seconds, command) = match args {
                    [flag, value, rest @ ..] if flag == "-n" => (value.as_str(), rest),
                    [flag, rest @ ..] if flag.starts_with("-n") => (&flag[2..], rest),
                    rest => ("2", rest),
                };
                let command = command.join(" ");
                let every = duration(seconds).map_or(2000, |time| time.0.max(100));
                let head = format!("Every {}.{}s: {command}", every / 1000, every % 1000 / 100);
                let line = format!(
                    "while true; do clear; echo {}; echo; {command}; sleep {}; done",
                    quote(&head),
                    every as f64 / 1000.0
                );
                return self.script(&line);
            }
            "xargs" => {
                let line = xargs(args, self.input())?;
                return self.script(&line);
            }
            _ => return self.program(words, system, out),
        }
        self.env.status = status;
        Ok(())
    }

    // What commands read that get nothing of their own.
    fn input(&self) -> &str {
        self.inputs.last().map_or("", String::as_str)
    }

    fn script(&mut self, text: &str) -> Result<(), String> {
        let code = parse(text)?;
        self.env.status = 0;
        self.call(Rc::new(code), None, false)
    }

    // `alias ls='ls -l'`: the name stands for the program itself.
    fn alias_once(&mut self, line: &str, system: &mut dyn System, out: &mut Output) -> Result<(), String> {
        let code = parse(line)?;
        match code.ops.as_slice() {
            [super::code::Op::Run(simple)] => self.command(&simple.clone(), system, out),
            _ => self.call(Rc::new(code), None, false),
        }
    }

    // From inside `( … )` to behind it.
    fn skip_subshell(&mut self) {
        let mut depth = 1;
        while depth > 0 && self.at < self.code.ops.len() {
            depth += match self.code.ops[self.at] {
                super::code::Op::Enter => 1,
                super::code::Op::Leave => -1,
                _ => 0,
            };
            self.at += usize::from(depth > 0);
        }
    }

    // `sh -c TEXT NAME ARGS`, `sh FILE`, or what is piped into it; variables it sets are its own.
    fn inner_shell(&mut self, args: &[String], system: &mut dyn System) -> Result<(), String> {
        let flags = args.iter().take_while(|word| word.starts_with('-')).count();
        let is_text = args[..flags].iter().any(|flag| flag.ends_with('c'));
        let rest = &args[flags..];
        let (text, args) = match rest {
            [text, rest @ ..] if is_text => (text.clone(), rest.get(1..).unwrap_or_default()),
            [file, rest @ ..] => {
                let text = system.read(&self.env.path(file));
                (text.ok_or_else(|| format!("{file}: No such file or directory"))?, rest)
            }
            [] => (self.input().to_string(), rest),
        };
        let code = Rc::new(parse(&text)?);
        self.env.status = 0;
        let name = rest.get(usize::from(is_text)).cloned();
        self.call(code, Some(args.to_vec()), true)?;
        if name.is_some() {
            self.env.name = name;
        }
        Ok(())
    }

    // `read NAMES`: a line of the input, its last name getting the rest.
    fn read_line(&mut self, args: &[String]) -> bool {
        let names: Vec<&String> = args.iter().filter(|word| !word.starts_with('-')).collect();
        let Some(input) = self.inputs.last_mut().filter(|input| !input.is_empty()) else { return false };
        let end = input.find('\n').map_or(input.len(), |end| end + 1);
        let line: String = input.drain(..end).collect();
        let separators = self.env.separators();
        // Blanks may be several, any other sign separates once.
        let blank = |c: char| c.is_whitespace() && separators.contains(c);
        let mut rest = line.trim_end_matches('\n').trim_matches(blank);
        for (i, name) in names.iter().enumerate() {
            let cut = if i + 1 == names.len() {
                rest.len()
            } else {
                rest.find(|c| separators.contains(c)).unwrap_or(rest.len())
            };
            self.env.vars.insert((*name).clone(), rest[..cut].to_string());
            rest = rest[cut..].trim_start_matches(blank);
            let sign = rest.chars().next().filter(|c| separators.contains(*c) && !c.is_whitespace());
            rest = sign.map_or(rest, |sign| rest[sign.len_utf8()..].trim_start_matches(blank));
        }
        true
    }

    // A tool or a program of the system.
    fn program(&mut self, words: &[String], system: &mut dyn System, out: &mut Output) -> Result<(), String> {
        let name = words[0].as_str();
        let stdin = self.input().to_string();
        let (stdout, stderr, status) = match system.start(words, &stdin, &self.env) {
            Started::Ran(stdout, stderr, status) => (stdout, stderr, status),
            Started::Runs(program) => {
                self.program = Some(program);
                return Ok(());
            }
            Started::Talks(text, words) => {
                self.talk = words;
                (text, String::new(), 0)
            }
            Started::Unknown => {
                let short =
                    name.strip_prefix("/bin/").or_else(|| name.strip_prefix("/usr/bin/")).unwrap_or(name);
                match TOOLS.iter().find(|tool| tool.name == short) {
                    Some(tool) => {
                        let args = &words[1..];
                        let is_seen = matches!(self.sinks[0], Sink::Terminal(_));
                        let mut call = Call::new(tool.name, args, &stdin, &self.env, system);
                        call.is_seen = is_seen && call.system.is_terminal();
                        let status = (tool.run)(&mut call);
                        let Call { out, err, sets, .. } = call;
                        sets.into_iter().for_each(|(name, value)| drop(self.env.vars.insert(name, value)));
                        (out, err, status)
                    }
                    None if name.contains('/') && system.read(&self.env.path(name)).is_some() => {
                        return self.inner_shell(words, system);
                    }
                    None => {
                        self.env.status = 127;
                        let text = unknown(name, system);
                        self.emit(Stream::Stderr, &text, system, out);
                        return Ok(());
                    }
                }
            }
        };
        self.env.status = status;
        self.emit(Stream::Stderr, &stderr, system, out);
        self.emit(Stream::Stdout, &stdout, system, out);
        Ok(())
    }
}

fn line_of(words: &[String]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

// `xargs [-n N] [-I X] [-r] [-0] [-d X] COMMAND`: the lines it runs.
fn xargs(args: &[String], input: &str) -> Result<String, String> {
    let (mut most, mut mark, mut separator, mut skips_empty) = (usize::MAX, None, None, false);
    let mut rest = args.iter();
    let mut command: Vec<&String> = Vec::new();
    while let Some(word) = rest.next() {
        let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.is_empty()) else {
            command.push(word);
            command.extend(rest.by_ref());
            break;
        };
        let mut flags = match flags {
            "-no-run-if-empty" => "r",
            "-null" => "0",
            flags => flags,
        };
        while let Some(flag) = flags.chars().next() {
            flags = &flags[flag.len_utf8()..];
            if !"nLIdPsE".contains(flag) {
                skips_empty |= flag == 'r';
                separator = if flag == '0' { Some('\0') } else { separator };
                continue;
            }
            let own = std::mem::take(&mut flags);
            let value =
                if own.is_empty() { rest.next().cloned().unwrap_or_default() } else { own.to_string() };
            match flag {
                'n' | 'L' => most = value.parse().ok().filter(|n| *n > 0).ok_or("xargs: invalid number")?,
                'I' => mark = Some(value),
                'd' => separator = super::tools::unescape(&value).chars().next(),
                _ => {}
            }
        }
    }
    let words: Vec<String> = command.iter().map(|word| (*word).clone()).collect();
    let words = if words.is_empty() { vec!["echo".to_string()] } else { words };
    let items = match separator {
        // What `printf 'a\\0b'` left of the sign that no text can hold.
        Some(sign) => input
            .replace("\\0", "\0")
            .trim_end_matches([sign, '\n'])
            .split(sign)
            .filter(|item| !item.is_empty())
            .map(str::to_string)
            .collect(),
        None if mark.is_some() => {
            input.lines().map(|line| line.trim().to_string()).filter(|l| !l.is_empty()).collect()
        }
        None => items(input)?,
    };
    if let Some(mark) = mark {
        let one =
            |item: &String| line_of(&words.iter().map(|word| word.replace(&mark, item)).collect::<Vec<_>>());
        return Ok(items.iter().map(one).collect::<Vec<_>>().join("\n"));
    }
    if items.is_empty() {
        return Ok(if skips_empty { String::new() } else { line_of(&words) });
    }
    let line = |some: &[String]| line_of(&[&words[..], some].concat());
    Ok(items.chunks(most.min(items.len())).map(line).collect::<Vec<_>>().join("\n"))
}

// Words between blanks; quotes and backslashes keep blanks in them.
fn items(input: &str) -> Result<Vec<String>, String> {
    let (mut items, mut item, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = input.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\n', Some(open)) => {
                let name = if open == '"' { "double" } else { "single" };
                return Err(format!("xargs: unmatched {name} quote"));
            }
            (c, Some(_)) => item.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                item.get_or_insert_default();
            }
            ('\\', None) => item.get_or_insert_default().extend(chars.next()),
            (c, None) if c.is_whitespace() => items.extend(item.take()),
            (c, None) => item.get_or_insert_default().push(c),
        }
    }
    items.extend(item);
    Ok(items)
}

// `command not found`, as the shell says it, and what was meant.
fn unknown(name: &str, system: &dyn System) -> String {
    match system.name() {
        "bash" => {
            let known = BUILTINS.iter().copied().chain(TOOLS.iter().map(|tool| tool.name)).chain(["kubectl"]);
            let near = crate::kubectl::verbs::nearest(name, known);
            let near = near.map_or(String::new(), |near| format!("\nDid you mean {near}?"));
            format!("bash: {name}: command not found{near}\n")
        }
        shell => format!("{shell}: {name}: not found\n"),
    }
}
