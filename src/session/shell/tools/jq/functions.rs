//! jq's functions: those of values alone here, those of filters as definitions in its own language.

use super::eval::{Stop, error};
use super::operators::{delete_paths, described, from_json, set_path};
use super::sort_by;
use super::value::J;
use crate::session::shell::pattern::Pattern;

/// Definitions in front of every filter.
pub const PRELUDE: &str = r#"
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def select(f): if f then . else empty end;
def recurse(f): def r: ., (f | r); r;
def recurse(f; c): def r: ., (f | select(c) | r); r;
def recurse: recurse(.[]?);
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries: reduce .[] as $x ({}; . + {($x | (if has("key") then .key elif has("k") then .k elif has("name") then .name elif has("Name") then .Name else .Key end) | if type == "string" then . else tojson end): ($x | if has("value") then .value elif has("v") then .v else .Value end)});
def with_entries(f): to_entries | map(f) | from_entries;
def add(f): reduce f as $x (null; . + $x);
def add: add(.[]);
def range($n): range(0; $n; 1);
def range($from; $to): range($from; $to; 1);
def first(f): limit(1; f);
def first: .[0];
def last(f): reduce f as $x (null; $x);
def last: .[-1];
def nth($n): .[$n];
def nth($n; f): last(limit($n + 1; f));
def isempty(f): [limit(1; f)] == [];
def any(f; c): isempty(first(f | c or empty)) | not;
def any(f): any(.[]; f);
def any: any(.);
def all(f; c): isempty(first(f | c and empty));
def all(f): all(.[]; f);
def all: all(.);
def until(c; u): def r: if c then . else (u | r) end; r;
def while(c; u): def r: if c then ., (u | r) else empty end; r;
def repeat(f): def r: ., (f | r); r;
def paths: path(..) | select(length > 0);
def paths(f): . as $in | paths | select(. as $p | $in | getpath($p) | f);
def leaf_paths: paths(scalars);
def del(f): delpaths([path(f)]);
def pick(f): . as $in | reduce path(f) as $p (null; setpath($p; $in | getpath($p)));
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def in(x): . as $k | x | has($k);
def inside(x): . as $k | x | contains($k);
def IN(s): any(s == .; .);
def IN(f; s): any(f == s; .);
def INDEX(f): reduce .[] as $x ({}; . + {($x | f | tostring): $x});
def error(m): m | error;
def pairs(f): [.[] | [[f], .]];
def group_by(f): pairs(f) | _groups;
def sort_by(f): pairs(f) | _groups | map(.[]);
def unique_by(f): pairs(f) | _groups | map(.[0]);
def min_by(f): pairs(f) | _groups | .[0][0];
def max_by(f): pairs(f) | _groups | .[-1][-1];
def sort: sort_by(.);
def unique: unique_by(.);
def min: min_by(.);
def max: max_by(.);
def finites: select(type == "number");
def join($s): reduce .[] as $x (null; (if . == null then "" else . + $s end) + ($x | if . == null then "" elif type == "string" then . else tojson end)) // "";
def flatten: flatten(1000000);
def match($r; $f): _matches($r; $f)[];
def capture($r; $f): match($r; $f) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def scan($r; $f): match($r; "g" + $f) | if (.captures | length) > 0 then [.captures[].string] else .string end;
def splits($r; $f): split($r; $f) | .[];
def sub($r; s; $f): . as $in | [_matches($r; $f)[]] as $ms | reduce ($ms[] | . as $m | ($m.captures | map(select(.name != null) | {key: .name, value: .string}) | from_entries | s) as $new | [$m, $new]) as [$m, $new] ({at: 0, out: ""}; .out += $in[.at:$m.offset] + $new | .at = $m.offset + $m.length) | .out + $in[.at:];
def gsub($r; s; $f): sub($r; s; $f + "g");
def match($r): match($r; null);
def test($r): test($r; null);
def capture($r): capture($r; null);
def scan($r): scan($r; null);
def splits($r): splits($r; null);
def sub($r; s): sub($r; s; "");
def gsub($r; s): sub($r; s; "g");
def ascii: [.] | implode;
def todate: todateiso8601;
def fromdate: fromdateiso8601;
def env: $ENV;
def debug: .;
def debug(f): .;
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def input_line_number: 0;
"#;

/// A function of values.
pub fn call(name: &str, value: &J, given: &[J]) -> Result<J, Stop> {
    let text = || match value {
        J::Str(text) => Ok(text.clone()),
        other => error(format!("{} cannot be {name}, as it is not a string", described(other))),
    };
    let number = || match value {
        J::Num(n) => Ok(*n),
        other => error(format!("{} number required", described(other))),
    };
    Ok(match (name, given) {
        ("not", []) => J::Bool(!value.is_true()),
        ("type", []) => value.kind().into(),
        ("length", []) => J::Num(match value {
            J::Null => 0.0,
            J::Bool(_) => return error(format!("{} has no length", described(value))),
            J::Num(n) => n.abs(),
            J::Str(text) => text.chars().count() as f64,
            other => other.children().len() as f64,
        }),
        ("utf8bytelength", []) => J::Num(text()?.len() as f64),
        ("keys" | "keys_unsorted", []) => match value {
            J::Arr(items) => J::list((0..items.len()).map(|i| J::Num(i as f64)).collect()),
            J::Obj(_) => {
                let from = if name == "keys" { value.sorted() } else { value.clone() };
                J::list(from.members().iter().map(|(key, _)| J::Str(key.clone())).collect())
            }
            other => return error(format!("{} has no keys", described(other))),
        },
        ("has", [key]) => match (value, key) {
            (J::Obj(members), J::Str(key)) => J::Bool(members.iter().any(|(name, _)| name == key)),
            (J::Arr(items), J::Num(n)) => J::Bool(*n >= 0.0 && *n < items.len() as f64),
            (value, key) => {
                return error(format!("Cannot check whether {} has a {} key", value.kind(), key.kind()));
            }
        },
        ("contains", [part]) => J::Bool(contains(value, part)?),
        ("reverse", []) => match value {
            J::Str(text) => text.chars().rev().collect::<String>().into(),
            J::Null => J::list(Vec::new()),
            other => J::list(other.items().iter().rev().cloned().collect()),
        },
        ("tostring", []) => value.text().into(),
        ("tojson", []) => value.print(None).into(),
        ("fromjson", []) => from_json(&text()?)?,
        ("tonumber", []) => match value {
            J::Num(_) => value.clone(),
            J::Str(text) => match text.parse() {
                Ok(n) => J::Num(n),
                Err(_) => return error(format!("{} cannot be parsed as a number", described(value))),
            },
            other => return error(format!("{} cannot be parsed as a number", described(other))),
        },
        ("ascii_downcase", []) => text()?.to_ascii_lowercase().into(),
        ("ascii_upcase", []) => text()?.to_ascii_uppercase().into(),
        ("explode", []) => J::list(text()?.chars().map(|c| J::Num(f64::from(c as u32))).collect()),
        ("implode", []) => {
            let chars = value.items().iter().map(|code| match code {
                J::Num(n) => char::from_u32(*n as u32).unwrap_or('\u{fffd}'),
                _ => '\u{fffd}',
            });
            chars.collect::<String>().into()
        }
        ("trim", []) => text()?.trim().into(),
        ("ltrim", []) => text()?.trim_start().into(),
        ("rtrim", []) => text()?.trim_end().into(),
        ("ltrimstr" | "rtrimstr", [part]) => match (value, part) {
            (J::Str(text), J::Str(part)) => {
                let found =
                    if name == "ltrimstr" { text.strip_prefix(&**part) } else { text.strip_suffix(&**part) };
                found.unwrap_or(text).into()
            }
            _ => value.clone(),
        },
        ("startswith" | "endswith", [part]) => match (value, part) {
            (J::Str(text), J::Str(part)) if name == "startswith" => J::Bool(text.starts_with(&**part)),
            (J::Str(text), J::Str(part)) => J::Bool(text.ends_with(&**part)),
            _ => return error(format!("{name}() requires string inputs")),
        },
        ("split", [J::Str(part)]) => split(&text()?, part),
        ("split", [J::Str(pattern), flags]) => {
            let text = text()?;
            let chars: Vec<char> = text.chars().collect();
            let (mut parts, mut at) = (Vec::new(), 0);
            for (from, to) in
                found(&chars, pattern, &format!("g{}", flags.text()))?.iter().map(|groups| groups[0])
            {
                parts.push(J::from(chars[at..from].iter().collect::<String>()));
                at = to;
            }
            parts.push(J::from(chars[at..].iter().collect::<String>()));
            J::list(parts)
        }
        ("test", [J::Str(pattern), flags]) => {
            let chars: Vec<char> = text()?.chars().collect();
            J::Bool(!found(&chars, pattern, &flags.text())?.is_empty())
        }
        ("_matches", [J::Str(pattern), flags]) => {
            let chars: Vec<char> = text()?.chars().collect();
            let names = names(pattern);
            let shown = |(from, to): (usize, usize)| {
                let text: String = chars.get(from..to).unwrap_or_default().iter().collect();
                let part = J::Null.with("offset", J::Num(from as f64));
                part.with("length", J::Num(to.saturating_sub(from) as f64)).with("string", text.into())
            };
            let one = |groups: &Vec<(usize, usize)>| {
                let captures = groups[1..].iter().enumerate().map(|(i, group)| {
                    let name = names.get(i).cloned().flatten().map_or(J::Null, J::from);
                    shown(*group).with("name", name)
                });
                shown(groups[0]).with("captures", J::list(captures.collect()))
            };
            J::list(found(&chars, pattern, &flags.text())?.iter().map(one).collect())
        }
        ("index" | "rindex" | "indices", [part]) => {
            let all = indices(value, part);
            match (name, all.items()) {
                ("indices", _) => all,
                ("index", items) => items.first().cloned().unwrap_or_default(),
                (_, items) => items.last().cloned().unwrap_or_default(),
            }
        }
        ("flatten", [J::Num(depth)]) => {
            let mut flat = Vec::new();
            flatten(value, *depth, &mut flat);
            J::list(flat)
        }
        ("floor", []) => J::Num(number()?.floor()),
        ("ceil", []) => J::Num(number()?.ceil()),
        ("round", []) => J::Num(number()?.round()),
        ("sqrt", []) => J::Num(number()?.sqrt()),
        ("fabs" | "abs", []) => J::Num(number()?.abs()),
        ("log", []) => J::Num(number()?.ln()),
        ("log10", []) => J::Num(number()?.log10()),
        ("log2", []) => J::Num(number()?.log2()),
        ("exp", []) => J::Num(number()?.exp()),
        ("pow", [J::Num(a), J::Num(b)]) => J::Num(a.powf(*b)),
        ("infinite", []) => J::Num(f64::MAX),
        ("nan", []) => J::Num(f64::NAN),
        ("isnan", []) => J::Bool(number()?.is_nan()),
        ("setpath", [path, new]) => set_path(value, path.items(), new.clone())?,
        ("delpaths", [paths]) => {
            delete_paths(value, paths.items().iter().map(|path| path.items().to_vec()).collect())?
        }
        ("transpose", []) => {
            let width = value.items().iter().map(|row| row.items().len()).max().unwrap_or(0);
            let column = |i: usize| {
                J::list(
                    value.items().iter().map(|row| row.items().get(i).cloned().unwrap_or_default()).collect(),
                )
            };
            J::list((0..width).map(column).collect())
        }
        // Pairs of a key and a value, in the order of the keys, those of one key together.
        ("_groups", []) => {
            let mut pairs: Vec<J> = value.items().to_vec();
            let key = |pair: &J| pair.items().first().cloned().unwrap_or_default();
            sort_by(&mut pairs, |a, b| key(a).compare(&key(b)).is_lt());
            let mut groups: Vec<(J, Vec<J>)> = Vec::new();
            for pair in &pairs {
                let item = pair.items().get(1).cloned().unwrap_or_default();
                match groups.last_mut() {
                    Some((last, group)) if last.compare(&key(pair)).is_eq() => group.push(item),
                    _ => groups.push((key(pair), vec![item])),
                }
            }
            J::list(groups.into_iter().map(|(_, group)| J::list(group)).collect())
        }
        ("todateiso8601", []) => {
            let begin = crate::sim::SimTime::ZERO.unix_millis() as f64 / 1000.0;
            let since = number()? - begin;
            if since < 0.0 {
                return error("times before the simulated clock began are not simulated".into());
            }
            crate::sim::SimTime((since * 1000.0) as u64).rfc3339().into()
        }
        ("fromdateiso8601", []) => match crate::sim::time::unix_secs(&text()?) {
            Some(seconds) => J::Num(seconds as f64),
            None => {
                return error(format!("date \"{}\" does not match format \"%Y-%m-%dT%H:%M:%SZ\"", text()?));
            }
        },
        (name, given) => return error(format!("{name}/{} is not defined", given.len())),
    })
}

/// True if there is a function of that name for values.
pub fn is_known(name: &str, args: usize) -> bool {
    let known: &[(&str, usize)] = &[
        ("empty", 0),
        ("error", 0),
        ("input", 0),
        ("inputs", 0),
        ("now", 0),
        ("path", 1),
        ("getpath", 1),
        ("limit", 2),
        ("range", 3),
        ("split", 1),
        ("split", 2),
        ("test", 2),
        ("_matches", 2),
        ("flatten", 1),
        ("pow", 2),
        ("setpath", 2),
        ("delpaths", 1),
        ("has", 1),
        ("contains", 1),
        ("index", 1),
        ("rindex", 1),
        ("indices", 1),
        ("ltrimstr", 1),
        ("rtrimstr", 1),
        ("startswith", 1),
        ("endswith", 1),
    ];
    const NONE: &str = " not type length utf8bytelength keys keys_unsorted reverse tostring tojson fromjson tonumber \
        ascii_downcase ascii_upcase explode implode trim ltrim rtrim floor ceil round sqrt fabs abs log log10 log2 exp \
        infinite nan isnan transpose _groups todateiso8601 fromdateiso8601 ";
    known.contains(&(name, args)) || args == 0 && NONE.contains(&format!(" {name} "))
}

fn contains(value: &J, part: &J) -> Result<bool, Stop> {
    Ok(match (value, part) {
        (J::Str(text), J::Str(part)) => text.contains(&**part),
        (J::Arr(items), J::Arr(parts)) => {
            parts.iter().all(|part| items.iter().any(|item| contains(item, part).unwrap_or(false)))
        }
        (J::Obj(_), J::Obj(parts)) => {
            parts.iter().all(|(key, part)| contains(&value.get(key), part).unwrap_or(false))
        }
        (a, b) if a.kind() == b.kind() => a.compare(b).is_eq(),
        (a, b) => {
            return error(format!(
                "{} and {} cannot have their containment checked",
                described(a),
                described(b)
            ));
        }
    })
}

/// Where a part begins in a text or a list.
pub fn indices(value: &J, part: &J) -> J {
    let places: Vec<usize> = match (value, part) {
        (J::Str(text), J::Str(part)) if !part.is_empty() => (0..text.len())
            .filter(|at| text.is_char_boundary(*at) && text[*at..].starts_with(&**part))
            .collect(),
        (J::Arr(items), J::Arr(parts)) if !parts.is_empty() => {
            let fits = |at: &usize| parts.iter().zip(&items[*at..]).all(|(a, b)| a.compare(b).is_eq());
            (0..(items.len() + 1).saturating_sub(parts.len())).filter(fits).collect()
        }
        (J::Arr(items), part) => (0..items.len()).filter(|at| items[*at].compare(part).is_eq()).collect(),
        _ => return J::Null,
    };
    J::list(places.into_iter().map(|at| J::Num(at as f64)).collect())
}

/// The parts of a text.
pub fn split(text: &str, between: &str) -> J {
    if text.is_empty() {
        return J::list(Vec::new());
    }
    if between.is_empty() {
        return J::list(text.chars().map(|c| J::from(String::from(c))).collect());
    }
    J::list(text.split(between).map(J::from).collect())
}

fn flatten(value: &J, depth: f64, into: &mut Vec<J>) {
    for item in value.children() {
        match item {
            J::Arr(_) if depth > 0.0 => flatten(&item, depth - 1.0, into),
            item => into.push(item),
        }
    }
}

// The names of the groups of an expression, in order.
fn names(pattern: &str) -> Vec<Option<String>> {
    let mut names = Vec::new();
    let chars: Vec<char> = pattern.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        if *c != '(' || i > 0 && chars[i - 1] == '\\' {
            continue;
        }
        let rest: String = chars[i + 1..].iter().collect();
        names.push(
            rest.strip_prefix("?<").and_then(|rest| rest.split_once('>')).map(|(name, _)| name.to_string()),
        );
    }
    names
}

// Every match of an expression, or the first, with its groups.
fn found(chars: &[char], pattern: &str, flags: &str) -> Result<Vec<Vec<(usize, usize)>>, Stop> {
    let mut plain = pattern
        .replace("(?:", "(")
        .replace("\\d", "[0-9]")
        .replace("\\D", "[^0-9]")
        .replace("\\h", "[0-9a-fA-F]");
    while let Some((before, rest)) = plain.split_once("(?<") {
        let Some((_, behind)) = rest.split_once('>') else { break };
        plain = format!("{before}({behind}");
    }
    let pattern = Pattern::new(&plain, true, flags.contains('i'))
        .or_else(|why| error(format!("{pattern} (at offset 0) is not a valid regex: {why}")))?;
    let (mut all, mut at) = (Vec::new(), 0);
    while at <= chars.len() {
        let Some(groups) = pattern.find(chars, at) else { break };
        let (from, to) = groups[0];
        all.push(groups);
        at = to.max(from + usize::from(to == from));
        if !flags.contains('g') {
            break;
        }
    }
    Ok(all)
}
