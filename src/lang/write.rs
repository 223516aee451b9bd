//! The words of a write, and of the place where two runs part.

use super::{Josa, Lang, josa};
use crate::component::{Verb, Write};
use crate::sim::SimTime;

/// What a write did, as a short sentence: `statefulset-controller: Pod/web-1을 만든다`.
pub fn write_says(write: &Write, lang: Lang) -> String {
    let (verb, en) = match (write.verb, write.subresource) {
        _ if write.code >= 400 => ("쓰지 못한다", "fails to write"),
        (Verb::Create, "") => ("만든다", "creates"),
        (Verb::Create, "binding") => ("노드에 앉힌다", "binds"),
        (Verb::Delete, _) => ("지운다", "deletes"),
        (_, "status") => ("상태를 적는다", "updates the status of"),
        _ => ("고친다", "changes"),
    };
    let object = write.key.to_string();
    match lang {
        Lang::Ko if verb.starts_with("상태") => format!("{}: {object}의 {verb}", write.actor),
        Lang::Ko => format!("{}: {} {verb}", write.actor, josa(&object, Josa::EulReul)),
        Lang::En => format!("{} {en} {object}", write.actor),
    }
}

/// A moment to the millisecond: `12.3초`, `0.005초`.
pub fn moment(at: SimTime, lang: Lang) -> String {
    let seconds = format!("{}.{:03}", at.as_millis() / 1000, at.as_millis() % 1000);
    let short = seconds.trim_end_matches('0').trim_end_matches('.');
    [short, lang.pick("초", " s")].concat()
}

/// Two runs part here: what each of them writes (none: nothing more), by the names of the runs; `field` is the one that
/// differs, with both values, where they write the same otherwise.
pub fn parting_says(
    [one, other]: [Option<&Write>; 2],
    [name, other_name]: [&str; 2],
    field: Option<&(String, String, String)>,
    lang: Lang,
) -> String {
    let Some(first) = one.into_iter().chain(other).min_by_key(|write| write.at) else { return String::new() };
    let at = moment(first.at, lang);
    if let (Some((path, a, b)), Some(write)) = (field, one) {
        let what = write_says(write, lang);
        return lang.pick(
            format!("{at}까지 같다. {what}. `{path}`: {name}에서는 `{a}`, {other_name}에서는 `{b}`."),
            format!("The same until {at}. Then {what}. `{path}`: `{a}` in {name}, `{b}` in {other_name}."),
        );
    }
    let says = |write: Option<&Write>| match write {
        Some(write) => [&write_says(write, lang), " (", &moment(write.at, lang), ")"].concat(),
        None => lang.pick("더 쓰는 것이 없다", "nothing more is written").to_string(),
    };
    let (a, b) = (says(one), says(other));
    lang.pick(
        format!("{at}까지 같다. {name}: {a}. {other_name}: {b}."),
        format!("The same until {at}. {name}: {a}. {other_name}: {b}."),
    )
}
