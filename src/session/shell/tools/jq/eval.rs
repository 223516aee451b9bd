//! Carrying jq filters out: each value that reaches a filter makes it call back with each of its own, and with the path to
//! it where somebody asks for paths.

use super::functions;
use super::operators::{apply, delete_paths, described, formatted, further, get_path, index, set_path};
use super::parse::{Boxed, Expr, Function, Target};
use super::value::J;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Why a filter stops.
pub enum Stop {
    Error(J),
    /// Enough values for the `limit` of that number.
    Break(usize),
}

pub type Done = Result<(), Stop>;

/// A value, and the path to it.
#[derive(Clone)]
pub struct Item {
    pub value: J,
    pub path: Option<Vec<J>>,
}

pub type Out<'o> = &'o mut dyn FnMut(Item) -> Done;

pub fn error<T>(text: String) -> Result<T, Stop> {
    Err(Stop::Error(text.into()))
}

enum Bound {
    Value(String, J),
    Function(Rc<Function>),
    /// An argument: the filter, and where it was written.
    Argument(String, Boxed, Env),
}

pub struct Frame {
    bound: Bound,
    next: Env,
}

pub type Env = Option<Rc<Frame>>;

fn bind(env: &Env, bound: Bound) -> Env {
    Some(Rc::new(Frame { bound, next: env.clone() }))
}

/// Names that hold for the whole filter.
pub fn base(functions: &[Rc<Function>], values: &[(String, J)]) -> Env {
    let mut env = None;
    for (name, value) in values {
        env = bind(&env, Bound::Value(name.clone(), value.clone()));
    }
    for function in functions {
        env = bind(&env, Bound::Function(function.clone()));
    }
    env
}

/// Steps and depth of one filter before it is taken to be endless.
const MOST_STEPS: usize = 300_000;
const DEEPEST: usize = 400;

/// What a run of jq has.
#[derive(Default)]
pub struct Machine {
    pub inputs: RefCell<Vec<J>>,
    pub now: f64,
    steps: Cell<usize>,
    depth: Cell<usize>,
    limits: Cell<usize>,
}

impl Machine {
    /// One that knows the time, in seconds since 1970.
    pub fn new(now: f64) -> Machine {
        Machine { now, ..Machine::default() }
    }

    /// The next of the values that are still to come.
    pub fn next_input(&self) -> Option<J> {
        let mut inputs = self.inputs.borrow_mut();
        if inputs.is_empty() { None } else { Some(inputs.remove(0)) }
    }

    /// The first value of a filter, if it has one.
    fn first(&self, expr: &Expr, input: &J, env: &Env) -> Result<Option<J>, Stop> {
        let mut found = None;
        self.limited(1, expr, &Item { value: input.clone(), path: None }, env, &mut |item| {
            found = Some(item.value);
            Ok(())
        })?;
        Ok(found)
    }

    fn all(&self, expr: &Expr, input: &J, env: &Env) -> Result<Vec<J>, Stop> {
        let mut values = Vec::new();
        self.run(expr, &Item { value: input.clone(), path: None }, env, &mut |item| {
            values.push(item.value);
            Ok(())
        })?;
        Ok(values)
    }

    fn paths(&self, expr: &Expr, input: &J, env: &Env) -> Result<Vec<Vec<J>>, Stop> {
        let mut paths = Vec::new();
        self.run(expr, &Item { value: input.clone(), path: Some(Vec::new()) }, env, &mut |item| {
            paths.push(item.path.unwrap_or_default());
            Ok(())
        })?;
        Ok(paths)
    }

    fn limited(&self, most: usize, expr: &Expr, input: &Item, env: &Env, out: Out) -> Done {
        if most == 0 {
            return Ok(());
        }
        let own = self.limits.get() + 1;
        self.limits.set(own);
        let mut count = 0;
        let done = self.run(expr, input, env, &mut |item| {
            count += 1;
            out(item)?;
            if count >= most { Err(Stop::Break(own)) } else { Ok(()) }
        });
        match done {
            Err(Stop::Break(id)) if id == own => Ok(()),
            other => other,
        }
    }

    /// Carries a filter out on a value.
    pub fn run(&self, expr: &Expr, input: &Item, env: &Env, out: Out) -> Done {
        self.steps.set(self.steps.get() + 1);
        self.depth.set(self.depth.get() + 1);
        let done = match self.steps.get() > MOST_STEPS || self.depth.get() > DEEPEST {
            true => error("stopped: this filter would not end".into()),
            false => self.step(expr, input, env, out),
        };
        self.depth.set(self.depth.get() - 1);
        done
    }

    fn step(&self, expr: &Expr, input: &Item, env: &Env, out: Out) -> Done {
        let value = &input.value;
        // What is made here has no path.
        let mut give = |value: J| match input.path {
            None => out(Item { value, path: None }),
            Some(_) => error(format!("Invalid path expression with result {}", value.print(None))),
        };
        match expr {
            Expr::Dot => out(input.clone()),
            Expr::Literal(literal) => match (literal, &input.path) {
                (J::Null, Some(_)) => out(Item { value: J::Null, path: Some(Vec::new()) }),
                _ => give(literal.clone()),
            },
            Expr::Text(format, parts) => {
                let mut texts = vec![String::new()];
                for (text, inner) in parts.iter().rev() {
                    let mut next = Vec::new();
                    for behind in &texts {
                        match inner {
                            None => next.push(format!("{text}{behind}")),
                            Some(inner) => {
                                for value in self.all(inner, value, env)? {
                                    let shown = if format.is_empty() {
                                        value.text()
                                    } else {
                                        formatted(format, &value)?
                                    };
                                    next.push(format!("{text}{shown}{behind}"));
                                }
                            }
                        }
                    }
                    texts = next;
                }
                texts.into_iter().try_for_each(|text| give(text.into()))
            }
            Expr::Format(name) => give(formatted(name, value)?.into()),
            Expr::Index(left, key) => {
                let keys = self.all(key, value, env)?;
                self.run(left, input, env, &mut |item| {
                    for key in &keys {
                        out(Item { value: index(&item.value, key)?, path: further(&item.path, key) })?;
                    }
                    Ok(())
                })
            }
            Expr::Slice(left, from, to) => {
                let place = |expr: &Option<Boxed>| match expr {
                    Some(expr) => self.all(expr, value, env),
                    None => Ok(vec![J::Null]),
                };
                let (from, to) = (place(from)?, place(to)?);
                self.run(left, input, env, &mut |item| {
                    for to in &to {
                        for from in &from {
                            let key = J::Null.with("start", from.clone()).with("end", to.clone());
                            out(Item { value: index(&item.value, &key)?, path: further(&item.path, &key) })?;
                        }
                    }
                    Ok(())
                })
            }
            Expr::Each(left) => self.run(left, input, env, &mut |item| match &item.value {
                J::Arr(items) => items.iter().enumerate().try_for_each(|(i, value)| {
                    out(Item { value: value.clone(), path: further(&item.path, &J::Num(i as f64)) })
                }),
                J::Obj(members) => members.iter().try_for_each(|(key, value)| {
                    out(Item { value: value.clone(), path: further(&item.path, &J::Str(key.clone())) })
                }),
                other => error(format!("Cannot iterate over {}", described(other))),
            }),
            Expr::List(inner) => {
                let items = inner.as_ref().map_or(Ok(Vec::new()), |inner| self.all(inner, value, env))?;
                give(J::list(items))
            }
            Expr::Object(members) => {
                let mut objects = vec![J::Obj(Vec::new().into())];
                for (key, member) in members {
                    let mut next = Vec::new();
                    for object in &objects {
                        for key in self.all(key, value, env)? {
                            let J::Str(name) = &key else {
                                return error(format!("Object keys must be strings ({} given)", key.kind()));
                            };
                            let values = match member {
                                Some(member) => self.all(member, value, env)?,
                                None => vec![index(value, &key)?],
                            };
                            next.extend(values.into_iter().map(|value| object.with(name, value)));
                        }
                    }
                    objects = next;
                }
                objects.into_iter().try_for_each(give)
            }
            Expr::Minus(inner) => {
                self.all(inner, value, env)?.into_iter().try_for_each(|value| match value {
                    J::Num(n) => give(J::Num(-n)),
                    other => error(format!("{} cannot be negated", described(&other))),
                })
            }
            Expr::Pipe(left, right) => {
                self.run(left, input, env, &mut |item| self.run(right, &item, env, out))
            }
            Expr::Comma(left, right) => {
                self.run(left, input, env, out)?;
                self.run(right, input, env, out)
            }
            Expr::Binary("//", left, right) => {
                let mut any = false;
                let mut from_outside = false;
                let done = self.run(left, input, env, &mut |item| {
                    if !item.value.is_true() {
                        return Ok(());
                    }
                    any = true;
                    out(item).inspect_err(|_| from_outside = true)
                });
                match done {
                    Err(Stop::Error(_)) if !from_outside => {}
                    other => other?,
                }
                if any { Ok(()) } else { self.run(right, input, env, out) }
            }
            Expr::Binary(operator @ ("and" | "or"), left, right) => {
                for left in self.all(left, value, env)? {
                    if left.is_true() == (*operator == "or") {
                        give(J::Bool(left.is_true()))?;
                        continue;
                    }
                    for right in self.all(right, value, env)? {
                        give(J::Bool(right.is_true()))?;
                    }
                }
                Ok(())
            }
            Expr::Binary(operator, left, right) => {
                for right in self.all(right, value, env)? {
                    for left in self.all(left, value, env)? {
                        give(apply(operator, &left, &right)?)?;
                    }
                }
                Ok(())
            }
            Expr::Update(operator, left, right) => {
                let paths = self.paths(left, value, env)?;
                if *operator == "|=" {
                    let (mut whole, mut gone) = (value.clone(), Vec::new());
                    for path in paths {
                        match self.first(right, &get_path(&whole, &path)?, env)? {
                            Some(new) => whole = set_path(&whole, &path, new)?,
                            None => gone.push(path),
                        }
                    }
                    return give(delete_paths(&whole, gone)?);
                }
                for new in self.all(right, value, env)? {
                    let mut whole = value.clone();
                    for path in &paths {
                        let old = get_path(&whole, path)?;
                        let new = match *operator {
                            "=" => new.clone(),
                            "//=" if old.is_true() => old,
                            "//=" => new.clone(),
                            other => apply(&other[..1], &old, &new)?,
                        };
                        whole = set_path(&whole, path, new)?;
                    }
                    give(whole)?;
                }
                Ok(())
            }
            Expr::As(source, target, body) => {
                for found in self.all(source, value, env)? {
                    self.run(body, input, &self.bound(target, &found, env)?, out)?;
                }
                Ok(())
            }
            Expr::Reduce(source, target, begin, step) => {
                for mut state in self.all(begin, value, env)? {
                    for found in self.all(source, value, env)? {
                        let env = self.bound(target, &found, env)?;
                        state = self.all(step, &state, &env)?.pop().unwrap_or_default();
                    }
                    give(state)?;
                }
                Ok(())
            }
            Expr::Foreach(source, target, begin, step, last) => {
                for mut state in self.all(begin, value, env)? {
                    for found in self.all(source, value, env)? {
                        let env = self.bound(target, &found, env)?;
                        for new in self.all(step, &state, &env)? {
                            state = new.clone();
                            match last {
                                Some(last) => {
                                    self.all(last, &new, &env)?.into_iter().try_for_each(&mut give)?;
                                }
                                None => give(new)?,
                            }
                        }
                    }
                }
                Ok(())
            }
            Expr::If(test, yes, no) => {
                for test in self.all(test, value, env)? {
                    match (test.is_true(), no) {
                        (true, _) => self.run(yes, input, env, out)?,
                        (false, Some(no)) => self.run(no, input, env, out)?,
                        (false, None) => out(input.clone())?,
                    }
                }
                Ok(())
            }
            Expr::Try(body, handler) => {
                // Only what goes wrong in here, not behind it.
                let mut from_outside = false;
                let done =
                    self.run(body, input, env, &mut |item| out(item).inspect_err(|_| from_outside = true));
                match (done, handler) {
                    (Err(Stop::Error(_)), None) if !from_outside => Ok(()),
                    (Err(Stop::Error(why)), Some(handler)) if !from_outside => {
                        self.run(handler, &Item { value: why, path: None }, env, out)
                    }
                    (done, _) => done,
                }
            }
            Expr::Variable(name) => {
                let mut frame = env;
                while let Some(own) = frame {
                    match &own.bound {
                        Bound::Value(known, value) if known == name => return give(value.clone()),
                        _ => frame = &own.next,
                    }
                }
                error(format!("${name} is not defined"))
            }
            Expr::Define(function, rest) => {
                self.run(rest, input, &bind(env, Bound::Function(function.clone())), out)
            }
            Expr::Call(name, args) => self.call(name, args, input, env, out),
        }
    }

    fn bound(&self, target: &Target, value: &J, env: &Env) -> Result<Env, Stop> {
        match target {
            Target::Name(name) => Ok(bind(env, Bound::Value(name.clone(), value.clone()))),
            Target::List(list) => {
                let mut env = env.clone();
                for (i, target) in list.iter().enumerate() {
                    env = self.bound(target, &index(value, &J::Num(i as f64))?, &env)?;
                }
                Ok(env)
            }
            Target::Object(list) => {
                let mut env = env.clone();
                for (key, target) in list {
                    let key = self.first(key, value, &env)?.unwrap_or_default();
                    env = self.bound(target, &index(value, &key)?, &env)?;
                }
                Ok(env)
            }
        }
    }

    fn call(&self, name: &str, args: &[Boxed], input: &Item, env: &Env, out: Out) -> Done {
        let mut frame = env;
        while let Some(own) = frame {
            match &own.bound {
                Bound::Argument(known, body, written) if known == name && args.is_empty() => {
                    return self.run(body, input, written, out);
                }
                Bound::Function(function) if function.name == name && function.params.len() == args.len() => {
                    let begin = frame.clone();
                    return self.enter(function, 0, args, &begin, input, env, out);
                }
                _ => frame = &own.next,
            }
        }
        let value = &input.value;
        match (name, args) {
            ("empty", []) => return Ok(()),
            ("path", [inner]) => {
                return self
                    .paths(inner, value, env)?
                    .into_iter()
                    .try_for_each(|path| out(Item { value: J::list(path), path: None }));
            }
            ("getpath", [path]) => {
                for path in self.all(path, value, env)? {
                    let found = get_path(value, path.items()).unwrap_or_default();
                    let whole = input.path.as_ref().map(|before| [&before[..], path.items()].concat());
                    out(Item { value: found, path: whole })?;
                }
                return Ok(());
            }
            ("limit", [most, inner]) => {
                for most in self.all(most, value, env)? {
                    let J::Num(most) = most else { return error("Invalid limit".into()) };
                    self.limited(most.max(0.0) as usize, inner, input, env, out)?;
                }
                return Ok(());
            }
            ("error", []) => return Err(Stop::Error(value.clone())),
            ("input", []) => {
                return match self.next_input() {
                    Some(next) => out(Item { value: next, path: None }),
                    None => error("No more inputs".into()),
                };
            }
            ("inputs", []) => {
                let all = std::mem::take(&mut *self.inputs.borrow_mut());
                return all.into_iter().try_for_each(|value| out(Item { value, path: None }));
            }
            ("range", [from, to, by]) => {
                for from in self.all(from, value, env)? {
                    for to in self.all(to, value, env)? {
                        for by in self.all(by, value, env)? {
                            let (J::Num(begin), J::Num(to), J::Num(by)) = (&from, &to, &by) else {
                                return error("Range bounds must be numeric".into());
                            };
                            let mut at = *begin;
                            while (*by > 0.0 && at < *to) || (*by < 0.0 && at > *to) {
                                self.steps.set(self.steps.get() + 1);
                                if self.steps.get() > MOST_STEPS {
                                    return error("stopped: this filter would not end".into());
                                }
                                out(Item { value: J::Num(at), path: None })?;
                                at += by;
                            }
                        }
                    }
                }
                return Ok(());
            }
            ("now", []) => return out(Item { value: J::Num(self.now), path: None }),
            _ => {}
        }
        // The rest are functions of values: of each combination of arguments.
        let mut given: Vec<Vec<J>> = vec![Vec::new()];
        for arg in args {
            let mut next = Vec::new();
            for value in self.all(arg, value, env)? {
                next.extend(given.iter().map(|before| [&before[..], std::slice::from_ref(&value)].concat()));
            }
            given = next;
        }
        for given in given {
            let value = functions::call(name, value, &given)?;
            if input.path.is_some() {
                return error(format!("Invalid path expression with result {}", value.print(None)));
            }
            out(Item { value, path: None })?;
        }
        Ok(())
    }

    // A call of a defined function, its arguments bound one after the other.
    #[allow(clippy::too_many_arguments, reason = "the two sides of a call: what is called, and from where")]
    fn enter(
        &self,
        function: &Rc<Function>,
        at: usize,
        args: &[Boxed],
        inside: &Env,
        input: &Item,
        env: &Env,
        out: Out,
    ) -> Done {
        let Some(param) = function.params.get(at) else {
            return self.run(&function.body, input, inside, out);
        };
        let Some(name) = param.strip_prefix('$') else {
            let inside = bind(inside, Bound::Argument(param.clone(), args[at].clone(), env.clone()));
            return self.enter(function, at + 1, args, &inside, input, env, out);
        };
        for value in self.all(&args[at], &input.value, env)? {
            let own = bind(inside, Bound::Value(name.to_string(), value.clone()));
            let own = bind(&own, Bound::Argument(name.to_string(), Expr::Literal(value).into(), None));
            self.enter(function, at + 1, args, &own, input, env, out)?;
        }
        Ok(())
    }
}
