//! What is wrong or unwise in a manifest, where, and how it can be mended.
//!
//! The API server's own reader says what it does not know; this file finds the place in the text and the repair. A
//! repair changes lines and nothing else, so that comments and style survive it.

mod deployment;
mod edit;
mod warnings;

pub use deployment::{as_deployment, in_command};
pub use edit::set_field;
pub use warnings::claims_found;

use crate::api::manifest::{Document, ManifestError, parse_some};
use crate::api::schema::{decode, places, suggest};
use crate::api::{Kind, Value};
use crate::lang::{Josa, Lang, josa, particle};
use crate::sim::Arrange;

/// Something wrong or unwise in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// How many characters are marked.
    pub length: usize,
    /// The API server would refuse it; otherwise it accepts what cannot work.
    pub is_error: bool,
    /// One or two sentences, with `` `code` ``.
    pub text: String,
    /// How to mend it.
    pub repair: Option<Repair>,
}

/// A way to mend a problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// What the button says.
    pub label: String,
    /// The whole text after it.
    pub text: String,
}

/// Beyond this a text is only read when it is applied.
const MOST: usize = 64 * 1024;

/// Every problem, in the order of the text.
pub fn problems(text: &str, lang: Lang) -> Vec<Problem> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    if text.len() > MOST {
        // Whether it can be read at all is said; the fields are looked at when it is applied.
        return parse_some(text).1.into_iter().map(unreadable).collect();
    }
    let mut found = unknown_fields(text, text, lang);
    // A misspelled field hides what stands inside it: look again with it mended. Renaming keeps every line in place.
    let mut mended = text.to_string();
    for _ in 0..8 {
        let renames: Vec<Problem> = unknown_fields(&mended, &mended, lang);
        let Some(rename) = renames.iter().find_map(|p| {
            p.repair
                .as_ref()
                .filter(|r| r.text.lines().count() == mended.lines().count() && is_rename(&r.text, &mended))
        }) else {
            break;
        };
        mended = rename.text.clone();
        for problem in unknown_fields(&mended, text, lang) {
            if !found.iter().any(|p| p.line == problem.line && p.column == problem.column) {
                found.push(problem);
            }
        }
    }
    found.extend(warnings::warnings(text, lang));
    found.arrange_by_key(|p| (p.line, p.column));
    found
}

fn is_rename(new: &str, old: &str) -> bool {
    new.lines().zip(old.lines()).filter(|(a, b)| a != b).count() == 1
}

/// The text with every error mended that offers a repair; none if nothing changed.
pub fn mend_all(text: &str, lang: Lang) -> Option<String> {
    let mut mended = text.to_string();
    // Each repair is looked for in the text as the one before left it, because places move.
    for _ in 0..20 {
        let repair = problems(&mended, lang).into_iter().filter(|p| p.is_error).find_map(|p| p.repair);
        let Some(repair) = repair else { break };
        mended = repair.text;
    }
    (mended != text).then_some(mended)
}

// What the API server's reader refuses. Places are those of `text`; repairs are made in `whole`, which has the same lines.
fn unknown_fields(text: &str, whole: &str, lang: Lang) -> Vec<Problem> {
    let (documents, error) = parse_some(text);
    let mut found: Vec<Problem> = Vec::new();
    for document in &documents {
        found.extend(of_document(document, whole, lang));
    }
    found.extend(error.map(unreadable));
    found
}

fn unreadable(error: ManifestError) -> Problem {
    Problem {
        line: error.line.max(1),
        column: error.column.max(1),
        length: 200,
        is_error: true,
        text: error.message,
        repair: None,
    }
}

fn of_document(document: &Document, whole: &str, lang: Lang) -> Vec<Problem> {
    let at = |path: &str| document.marks.nearest(path);
    let error = |path: &str, length: usize, text: String, repair: Option<Repair>| {
        let (line, column) = at(path);
        Problem { line, column, length, is_error: true, text, repair }
    };
    let value = &document.value;
    let kind = match crate::api::schema::resolve(value) {
        Ok(kind) => kind,
        Err(reason) => {
            let name = value.get("kind").str();
            // Kinds that exist in Kubernetes and not here are no mistake of the author's.
            let text = match crate::api::KINDS
                .iter()
                .find(|info| info.name.eq_ignore_ascii_case(name) && info.name != name)
            {
                Some(info) => lang.pick(
                    format!("`kind`는 `{}`라고 쓴다.", info.name),
                    format!("The kind is spelled `{}`.", info.name),
                ),
                None if name.is_empty() => reason.to_string(),
                None => lang.pick(
                    format!("`{name}`{} 여기서 흉내 내지 않는 종류이다.", particle(name, Josa::EunNeun)),
                    format!("`{name}` is not a kind that is modelled here."),
                ),
            };
            return vec![error("kind", name.chars().count().max(4), text, None)];
        }
    };
    let Ok((_, unknown)) = decode(value) else {
        let message = decode(value).err().map(|e| e.to_string()).unwrap_or_default();
        return vec![error("spec", 4, message, None)];
    };
    unknown
        .iter()
        .map(|problem| {
            let (parent, name) = problem.path.rsplit_once('.').unwrap_or(("", &problem.path));
            let place = document.marks.key(&problem.path).unwrap_or_else(|| at(&problem.path));
            let moved = moved_to(kind, parent, name, value);
            let near = suggest(kind, parent, name);
            let (text, repair) = match (near, moved) {
                (Some(near), _) => (
                    lang.pick(
                        format!(
                            "`{name}`{} 필드는 없다. `{near}`의 오타로 보인다.",
                            particle(name, Josa::IraneunRaneun)
                        ),
                        format!("There is no field `{name}`. It looks like `{near}`."),
                    ),
                    rename(whole, place, name, near).map(|text| Repair {
                        label: lang.pick(
                            format!("{} 고치기", josa(near, Josa::EuroRo)),
                            format!("Change to {near}"),
                        ),
                        text,
                    }),
                ),
                (None, Some(target)) => {
                    let name_of_target = if target.is_empty() { kind.name() } else { &target };
                    (
                        lang.pick(
                            format!(
                                "`{name}`{} 여기가 아니라 `{name_of_target}` 바로 아래에 쓴다.",
                                particle(name, Josa::EunNeun)
                            ),
                            format!("`{name}` does not belong here but directly under `{name_of_target}`."),
                        ),
                        document.marks.key(&target).and_then(|to| relocate(whole, place, to)).map(|text| {
                            Repair {
                                label: lang.pick(
                                    format!("{name_of_target} 아래로 옮기기"),
                                    format!("Move it under {name_of_target}"),
                                ),
                                text,
                            }
                        }),
                    )
                }
                (None, None) => (
                    lang.pick(
                        format!("`{name}`{} 필드는 없다.", particle(name, Josa::IraneunRaneun)),
                        format!("There is no field `{name}`."),
                    ),
                    None,
                ),
            };
            Problem {
                line: place.0,
                column: place.1,
                length: name.chars().count(),
                is_error: true,
                text,
                repair,
            }
        })
        .collect()
}

// Where else this field belongs: a place that exists in the document and does not have it yet.
fn moved_to(kind: Kind, parent: &str, name: &str, value: &Value) -> Option<String> {
    places(kind, parent, name).into_iter().find(|place| {
        let object = place.split('.').filter(|part| !part.is_empty()).fold(value, |v, part| v.get(part));
        object.as_map().is_some() && object.get(name).is_null()
    })
}

fn rename(text: &str, (line, column): (usize, usize), old: &str, new: &str) -> Option<String> {
    let mut lines: Vec<String> = text.split('\n').map(str::to_string).collect();
    let here = lines.get_mut(line - 1)?;
    let byte = here.char_indices().nth(column - 1).map_or(here.len(), |(i, _)| i);
    let tail = here[byte..].strip_prefix(old)?;
    *here = format!("{}{new}{tail}", &here[..byte]);
    Some(lines.join("\n"))
}

// Moves a field with everything inside it to the end of another block.
fn relocate(
    text: &str,
    (line, column): (usize, usize),
    (to_line, to_column): (usize, usize),
) -> Option<String> {
    let lines: Vec<&str> = text.split('\n').collect();
    let indent_of = |l: &str| l.len() - l.trim_start().len();
    let blank = |l: &str| l.trim().is_empty() || l.trim_start().starts_with('#');
    let own = column - 1;
    // A list may stand at the indentation of its own name.
    let inside = |l: &str, at: usize| {
        blank(l) || indent_of(l) > at || (indent_of(l) == at && l.trim_start().starts_with('-'))
    };
    let end = (line..lines.len()).find(|i| !inside(lines[*i], own)).unwrap_or(lines.len());
    let mut end = end;
    while end > line && blank(lines[end - 1]) {
        end -= 1;
    }
    let target = to_column - 1;
    let mut stop = (to_line..lines.len())
        .find(|i| !inside(lines[*i], target) || lines[*i].starts_with("---"))
        .unwrap_or(lines.len());
    while stop > to_line && blank(lines[stop - 1]) {
        stop -= 1;
    }
    if lines[line - 1].trim_start().starts_with('-') || stop < end {
        return None;
    }
    // The first field inside the target block shows how deep its fields stand.
    let depth =
        (to_line..stop).find(|i| !blank(lines[*i])).map(|i| indent_of(lines[i])).filter(|d| *d > target)?;
    let moved: Vec<String> = lines[line - 1..end]
        .iter()
        .map(|l| {
            if blank(l) {
                (*l).to_string()
            } else {
                format!("{}{}", " ".repeat((indent_of(l) + depth).saturating_sub(own)), l.trim_start())
            }
        })
        .collect();
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    for (i, l) in lines.iter().enumerate() {
        if i == stop {
            out.extend(moved.iter().cloned());
        }
        if !(line - 1..end).contains(&i) {
            out.push((*l).to_string());
        }
    }
    if stop == lines.len() {
        out.extend(moved);
    }
    Some(out.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::SAMPLES;

    fn sample(slug: &str) -> &'static str {
        SAMPLES.iter().find(|s| s.slug == slug).unwrap().text
    }

    #[test]
    fn both_mistakes_of_the_document_are_found_and_mended() {
        let found = problems(sample("templates-typo"), Lang::Ko);
        let places: Vec<(usize, usize)> = found.iter().map(|p| (p.line, p.column)).collect();
        assert_eq!(places, [(13, 3), (24, 7)], "{found:#?}");
        assert!(found.iter().all(|p| p.is_error && p.repair.is_some()));
        let mended = mend_all(sample("templates-typo"), Lang::Ko).unwrap();
        assert_eq!(problems(&mended, Lang::Ko), [], "{mended}");
        assert!(
            mended.contains("\n  template:\n")
                && mended.contains("\n  volumeClaimTemplates:\n  - metadata:\n"),
            "{mended}"
        );
    }

    #[test]
    fn the_other_samples_are_right() {
        for sample in SAMPLES.iter().filter(|s| s.slug != "templates-typo") {
            assert_eq!(problems(sample.text, Lang::En), [], "{}", sample.slug);
        }
    }

    #[test]
    fn a_headless_service_maps_no_ports() {
        let text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  clusterIP: None\n  ports:\n  - port: 80\n    targetPort: 8080\n";
        let found = problems(text, Lang::Ko);
        assert_eq!((found.len(), found[0].line, found[0].is_error), (1, 9, false));
        assert!(found[0].repair.as_ref().unwrap().text.contains("- port: 8080\n"));
    }
}
