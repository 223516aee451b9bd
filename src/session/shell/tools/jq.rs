//! `jq` and `yq`: filters are read once (`parse`) and carried out on each value (`eval`); members keep their order.
//!
//! Left out: modules, streaming, `label`, dates but for RFC 3339, `$__loc__`, `ltrimstr` of anything but texts.

mod eval;
mod functions;
mod operators;
mod parse;
mod value;

use super::Call;
use crate::api::manifest;
use crate::api::print::to_yaml;
pub(super) use crate::kubectl::output::fill::sort_by;
use eval::{Item, Machine, Stop};
use parse::{Boxed, Expr, Function};
use std::rc::Rc;
use value::J;

/// Options and what stands behind them.
#[derive(Default)]
struct Options {
    raw: bool,
    joined: bool,
    compact: bool,
    sorted: bool,
    slurp: bool,
    null_input: bool,
    raw_input: bool,
    status: bool,
    json: bool,
    indent: String,
    values: Vec<(String, J)>,
    words: Vec<String>,
}

fn read_options(args: &[String], is_yq: bool) -> Result<Options, String> {
    let mut options = Options { indent: "  ".into(), ..Options::default() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut next = || args.next().cloned().unwrap_or_default();
        if let Some(long) = arg.strip_prefix("--") {
            match long.split('=').next().unwrap_or(long) {
                "arg" => {
                    let name = next();
                    options.values.push((name, next().into()));
                }
                "argjson" => {
                    let (name, text) = (next(), next());
                    let value = value::read(&text).ok().and_then(|mut all| all.pop()).map(|(value, _)| value);
                    let wrong = || {
                        format!(
                            "Invalid JSON text passed to --argjson\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq ({text})"
                        )
                    };
                    options.values.push((name, value.ok_or_else(wrong)?));
                }
                "raw-output" => options.raw = true,
                "join-output" => (options.raw, options.joined) = (true, true),
                "compact-output" => options.compact = true,
                "sort-keys" => options.sorted = true,
                "slurp" => options.slurp = true,
                "null-input" => options.null_input = true,
                "raw-input" => options.raw_input = true,
                "exit-status" => options.status = true,
                "tab" => options.indent = "\t".into(),
                "indent" => {
                    let count = next().parse::<usize>().unwrap_or(2).min(8);
                    options.indent = " ".repeat(count);
                    options.compact = count == 0;
                }
                "output-format" => options.json = long.ends_with('j') || long.ends_with("json"),
                _ => {}
            }
        } else if let Some(flags) = arg.strip_prefix('-').filter(|flags| !flags.is_empty()) {
            if is_yq && flags.starts_with('o') {
                let value = if flags.len() > 1 { flags[1..].to_string() } else { next() };
                options.json = value.trim_start_matches('=').starts_with('j');
                continue;
            }
            for flag in flags.chars() {
                match flag {
                    'r' => options.raw = true,
                    'j' => (options.raw, options.joined) = (true, true),
                    'c' => options.compact = true,
                    'S' => options.sorted = true,
                    's' => options.slurp = true,
                    'n' => options.null_input = true,
                    'R' => options.raw_input = true,
                    'e' => options.status = true,
                    _ => {}
                }
            }
        } else {
            options.words.push(arg.clone());
        }
    }
    Ok(options)
}

// A name that nothing defines, as jq says it before it begins.
fn undefined(expr: &Expr, known: &mut Vec<(String, usize)>) -> Option<String> {
    let mut each = |parts: &[&Boxed]| parts.iter().find_map(|part| undefined(part, known));
    match expr {
        Expr::Call(name, args) => {
            let all: Vec<&Boxed> = args.iter().collect();
            each(&all).or_else(|| {
                let is_known = known.iter().any(|(own, count)| own == name && *count == args.len());
                (!is_known && !functions::is_known(name, args.len()))
                    .then(|| format!("{name}/{}", args.len()))
            })
        }
        Expr::Text(_, parts) => {
            let inner: Vec<&Boxed> = parts.iter().filter_map(|(_, inner)| inner.as_ref()).collect();
            each(&inner)
        }
        Expr::Index(a, b)
        | Expr::Pipe(a, b)
        | Expr::Comma(a, b)
        | Expr::Binary(_, a, b)
        | Expr::Update(_, a, b) => each(&[a, b]),
        Expr::Each(a) | Expr::Minus(a) | Expr::List(Some(a)) | Expr::Try(a, None) => each(&[a]),
        Expr::Try(a, Some(b)) => each(&[a, b]),
        Expr::If(a, b, c) => {
            let parts: Vec<&Boxed> = [a, b].into_iter().chain(c).collect();
            each(&parts)
        }
        Expr::Slice(a, b, c) => {
            let parts: Vec<&Boxed> = std::iter::once(a).chain(b).chain(c).collect();
            each(&parts)
        }
        Expr::Object(members) => {
            let parts: Vec<&Boxed> =
                members.iter().flat_map(|(key, value)| [Some(key), value.as_ref()]).flatten().collect();
            each(&parts)
        }
        Expr::Define(function, rest) => {
            known.push((function.name.clone(), function.params.len()));
            let before = known.len();
            known.extend(function.params.iter().map(|param| (param.trim_start_matches('$').to_string(), 0)));
            let found = undefined(&function.body, known);
            known.truncate(before);
            found.or_else(|| undefined(rest, known))
        }
        Expr::As(a, _, b) => each(&[a, b]),
        Expr::Reduce(a, _, b, c) => each(&[a, b, c]),
        Expr::Foreach(a, _, b, c, d) => {
            let parts: Vec<&Boxed> = [a, b, c].into_iter().chain(d).collect();
            each(&parts)
        }
        _ => None,
    }
}

struct Prepared {
    filter: Boxed,
    prelude: Vec<Rc<Function>>,
}

fn prepare(text: &str) -> Result<Prepared, String> {
    let prelude = parse::definitions(functions::PRELUDE)?;
    let filter = parse::filter(text)?;
    let mut known: Vec<(String, usize)> =
        prelude.iter().map(|function| (function.name.clone(), function.params.len())).collect();
    match undefined(&filter, &mut known) {
        Some(name) => Err(format!("{name} is not defined")),
        None => Ok(Prepared { filter, prelude }),
    }
}

// The filter, the options and the texts it is for.
fn run(call: &mut Call, is_yq: bool) -> i32 {
    let mut options = match read_options(call.args, is_yq) {
        Ok(options) => options,
        Err(why) => {
            call.fail(&why);
            return 2;
        }
    };
    // `yq FILE` has no filter.
    let words = &mut options.words;
    if is_yq && words.first().is_some_and(|word| word == "e" || word == "eval") {
        words.remove(0);
    }
    let has_filter = words.first().is_some_and(|word| call.read(word).is_none() || word == ".");
    let filter = if has_filter { words.remove(0) } else { ".".to_string() };
    let prepared = match prepare(&filter) {
        Ok(prepared) => prepared,
        Err(why) => {
            call.err = format!(
                "{name}: error: {why} at <top-level>, line 1:\n{filter}\n{name}: 1 compile error\n",
                name = call.name
            );
            return 3;
        }
    };
    let files: Vec<String> = std::mem::take(words);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let text = if options.null_input && files.is_empty() { String::new() } else { call.input(&files).0 };
    if !call.err.is_empty() {
        call.err =
            call.err.replace(&format!("{}: ", call.name), &format!("{}: error: Could not open ", call.name));
        return 2;
    }
    let mut lines = Vec::new();
    let read: Result<Vec<J>, String> = match () {
        () if options.raw_input && options.slurp => Ok(vec![text.clone().into()]),
        () if options.raw_input => Ok(text.lines().map(J::from).collect()),
        () if is_yq => match manifest::parse_some(&text) {
            (documents, None) => Ok(documents.iter().map(|document| J::of(&document.value)).collect()),
            (_, Some(_)) => Err("bad file: not YAML".into()),
        },
        () => value::read(&text).map(|all| {
            lines = all.iter().map(|(_, line)| *line).collect();
            all.into_iter().map(|(value, _)| value).collect()
        }),
    };
    let mut values = match read {
        Ok(values) => values,
        Err(why) => {
            call.fail(&if is_yq { format!("error: {why}") } else { format!("parse error: {why}") });
            return if is_yq { 2 } else { 5 };
        }
    };
    if options.slurp && !options.raw_input {
        values = vec![J::list(values)];
    }
    let machine = Machine::new(call.system.now().unix_millis() as f64 / 1000.0);
    let file = files.first().copied().unwrap_or("<stdin>");
    if options.null_input {
        machine.inputs.replace(std::mem::replace(&mut values, vec![J::Null]));
    }
    let place = (file, &lines[..]);
    handle(call, &options, &prepared, &machine, values, place, is_yq)
}

#[allow(clippy::too_many_arguments, reason = "the parts of one run, named at the only caller")]
fn handle(
    call: &mut Call,
    options: &Options,
    prepared: &Prepared,
    machine: &Machine,
    values: Vec<J>,
    (file, lines): (&str, &[usize]),
    is_yq: bool,
) -> i32 {
    let vars = call.env.vars.iter().map(|(name, value)| (Rc::from(name.as_str()), J::from(value.as_str())));
    let mut known = options.values.clone();
    known.push(("ENV".to_string(), J::Obj(vars.collect::<Vec<_>>().into())));
    let named = J::Obj(
        options
            .values
            .iter()
            .map(|(name, value)| (name.as_str().into(), value.clone()))
            .collect::<Vec<_>>()
            .into(),
    );
    known.push(("__prog_args".to_string(), named));
    let env = eval::base(&prepared.prelude, &known);
    let show = |value: &J| {
        let value = if options.sorted { value.sorted() } else { value.clone() };
        match &value {
            J::Str(text) if options.raw || is_yq && !options.json => text.to_string(),
            value if is_yq && !options.json => to_yaml(&value.tree()).trim_end_matches('\n').to_string(),
            value => value.print((!options.compact).then_some(options.indent.as_str())),
        }
    };
    let (mut last, mut status) = (None, 0);
    let mut queue = values;
    machine.inputs.borrow_mut().append(&mut queue.split_off(usize::from(!queue.is_empty())));
    while !queue.is_empty() {
        let value = queue.remove(0);
        let mut out = String::new();
        let done = machine.run(&prepared.filter, &Item { value, path: None }, &env, &mut |item| {
            out.push_str(&show(&item.value));
            out.push_str(if options.joined { "" } else { "\n" });
            last = Some(item.value);
            Ok(())
        });
        call.out.push_str(&out);
        match done {
            Ok(()) => {}
            Err(Stop::Break(_)) => {}
            Err(Stop::Error(why)) => {
                let text = match &why {
                    J::Obj(_) | J::Arr(_) => format!("{} (not a string): {}", call.name, why.print(None)),
                    why => why.text(),
                };
                let taken = lines.len().saturating_sub(machine.inputs.borrow().len());
                let line = lines.get(taken.wrapping_sub(1)).copied().unwrap_or(0);
                call.fail(&format!("error (at {file}:{line}): {text}"));
                status = 5;
            }
        }
        queue.extend(if options.null_input { None } else { machine.next_input() });
        if call.out.len() > super::super::MOST_BYTES {
            break;
        }
    }
    match (status, options.status, last) {
        (0, true, None) => 4,
        (0, true, Some(last)) => i32::from(!last.is_true()),
        (status, ..) => status,
    }
}

pub fn jq(call: &mut Call) -> i32 {
    run(call, false)
}

pub fn yq(call: &mut Call) -> i32 {
    run(call, true)
}
