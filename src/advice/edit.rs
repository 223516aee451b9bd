//! One field of a manifest set or left out, with everything else in the text kept as its author wrote it.

use crate::api::manifest::{Document, parse, parse_some};

/// The text with the field at `path` set to `value` (left out for none) in the documents of that kind and, unless it
/// is empty, that name. None if there is no such document or its text is written in a way that is not understood here.
pub fn set_field(text: &str, kind: &str, name: &str, path: &str, value: Option<&str>) -> Option<String> {
    let documents = parse(text).ok()?;
    let fits = |d: &&Document| {
        d.value.get("kind").str() == kind
            && (name.is_empty() || d.value.at(&["metadata", "name"]).str() == name)
    };
    let mut lines: Vec<String> = text.split('\n').map(str::to_string).collect();
    let mut found = false;
    // From the last document to the first: what is inserted moves only what stands behind it.
    for document in documents.iter().filter(fits).rev() {
        set_in(&mut lines, document, path, value)?;
        found = true;
    }
    let text = lines.join("\n");
    let (documents, error) = parse_some(&text);
    let parts: Vec<&str> = path.split('.').collect();
    let is = |d: &Document| match value {
        Some(value) => {
            value.trim_matches('"') == crate::api::print::to_yaml(d.value.at(&parts)).trim().trim_matches('"')
        }
        None => d.value.at(&parts).is_null(),
    };
    (found && error.is_none() && documents.iter().filter(fits).all(is)).then_some(text)
}

fn set_in(lines: &mut Vec<String>, document: &Document, path: &str, value: Option<&str>) -> Option<()> {
    let marks = &document.marks;
    match (marks.key(path), marks.value(path), value) {
        (Some((line, _)), Some((same, column)), Some(value)) if line == same => {
            let text = &lines[line - 1];
            let at = text.char_indices().nth(column - 1).map_or(text.len(), |(i, _)| i);
            let end = text[at..].find([',', '}', '#']).map_or(text.len(), |i| at + i);
            let end = at + text[at..end].trim_end().len();
            lines[line - 1] = [&text[..at], value, &text[end..]].concat();
        }
        (Some((line, column)), Some((same, _)), None) if line == same => {
            // Only where the line holds this field and nothing else.
            let indent = lines[line - 1].len() - lines[line - 1].trim_start().len();
            (indent + 1 == column).then(|| lines.remove(line - 1))?;
        }
        (None, _, None) => {}
        (None, _, Some(value)) => {
            let mut parent = path;
            let mut missing = Vec::new();
            let (line, column) = loop {
                let (up, name) = parent.rsplit_once('.')?;
                missing.push(name);
                parent = up;
                if let Some(place) = marks.key(parent) {
                    break place;
                }
            };
            // Members begin in the next line that says something, deeper than their object.
            let next = lines[line..].iter().find(|l| !l.trim().is_empty() && !l.trim().starts_with('#'))?;
            let mut indent = next.len() - next.trim_start().len();
            if indent < column {
                return None;
            }
            let mut at = line;
            for (depth, name) in missing.iter().rev().enumerate() {
                let end = if depth + 1 == missing.len() { [" ", value].concat() } else { String::new() };
                lines.insert(at, [&" ".repeat(indent), *name, ":", &end].concat());
                (at, indent) = (at + 1, indent + 2);
            }
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_set_where_it_stands_or_where_it_belongs() {
        let web = crate::samples::SAMPLES[0].text;
        let parallel =
            set_field(web, "StatefulSet", "", "spec.podManagementPolicy", Some("Parallel")).unwrap();
        assert!(parallel.contains("\nspec:\n  podManagementPolicy: Parallel\n"), "{parallel}");
        assert_eq!(parallel.lines().count(), web.lines().count() + 1);
        let back = set_field(&parallel, "StatefulSet", "web", "spec.podManagementPolicy", None).unwrap();
        assert_eq!(back, web);
        let whole = "spec.persistentVolumeClaimRetentionPolicy.whenScaled";
        let deep = set_field(web, "StatefulSet", "", whole, Some("Delete")).unwrap();
        assert!(deep.contains("  persistentVolumeClaimRetentionPolicy:\n    whenScaled: Delete\n"), "{deep}");
        let virtual_ip = set_field(web, "Service", "nginx", "spec.clusterIP", None).unwrap();
        assert!(!virtual_ip.contains("clusterIP") && virtual_ip.contains("kind: StatefulSet"));
        assert_eq!(
            set_field(&deep, "StatefulSet", "", whole, Some("Retain")).unwrap(),
            deep.replace("Delete", "Retain")
        );
        assert_eq!(set_field(web, "Deployment", "", "spec.replicas", Some("1")), None);
        assert_eq!(set_field("kind: Service\nspec: {a: b}\n", "Service", "", "spec.c", Some("d")), None);
        let flow = "kind: Service\nspec: {clusterIP: None, x: y} # why\n";
        assert_eq!(
            set_field(flow, "Service", "", "spec.clusterIP", Some("10.0.0.1")).unwrap(),
            flow.replace("None", "10.0.0.1")
        );
    }
}
