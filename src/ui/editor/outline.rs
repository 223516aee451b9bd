//! Which field stands in which line: read by indentation, so that it also works while the text is half typed.
//!
//! Not a YAML reader. It serves hints beside the text (the live value of a field) and citations (the line a reason
//! comes from), where a wrong guess costs a missing hint and nothing else.

/// One line that names a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// From 1.
    pub number: usize,
    /// Which document of the text, from 0.
    pub document: usize,
    /// The way to the field: names and, for entries of lists, their place: `spec`, `ports`, `0`, `port`.
    pub path: Vec<String>,
    /// The value, if it stands in this line; quotes removed.
    pub value: Option<String>,
}

/// Every line of the text that names a field.
pub fn outline(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut document = 0;
    // The open levels: indentation of the name, the name, and for lists the entry counted so far.
    let mut open: Vec<(usize, String)> = Vec::new();
    for (i, raw) in text.lines().enumerate() {
        if raw.starts_with("---") {
            document += 1;
            open.clear();
            continue;
        }
        let mut indent = raw.len() - raw.trim_start().len();
        let mut rest = raw.trim_start();
        if rest.is_empty() || rest.starts_with('#') {
            continue;
        }
        while let Some(after) = rest.strip_prefix("- ").or_else(|| (rest == "-").then_some("")) {
            // An entry: its place is one more than the entry before at the same indentation.
            let before = open.iter().position(|(at, name)| *at == indent && name.parse::<usize>().is_ok());
            let place = match before {
                Some(level) => {
                    let place = open[level].1.parse::<usize>().unwrap_or(0) + 1;
                    open.truncate(level);
                    place
                }
                None => {
                    // A list may stand at the indentation of its own name.
                    open.retain(|(at, _)| *at <= indent);
                    0
                }
            };
            open.push((indent, place.to_string()));
            let skipped = rest.len() - after.trim_start().len();
            indent += skipped;
            rest = after.trim_start();
            if rest.is_empty() {
                break;
            }
        }
        let Some((name, value)) = field(rest) else { continue };
        let keep = open
            .iter()
            .position(|(at, open_name)| {
                *at > indent
                    || (*at == indent
                        && (open_name.parse::<usize>().is_err() || !raw.trim_start().starts_with('-')))
            })
            .unwrap_or(open.len());
        open.truncate(keep);
        open.push((indent, name.to_string()));
        let value = value.trim();
        let bare = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        lines.push(Line {
            number: i + 1,
            document,
            path: open.iter().map(|(_, name)| name.clone()).collect(),
            value: (!bare.is_empty() && !value.starts_with(['{', '[', '|', '>', '&', '*']))
                .then(|| bare.to_string()),
        });
    }
    lines
}

/// Splits `name: value`.
fn field(text: &str) -> Option<(&str, &str)> {
    let colon = text.find(": ").or_else(|| text.strip_suffix(':').map(str::len))?;
    let name = text[..colon].trim_matches(['"', '\'']);
    (!name.is_empty() && !name.contains([' ', '{', '['])).then(|| (name, &text[colon + 1..]))
}

/// The path as people write it: `spec.ports[0].port`.
pub fn spell(path: &[String]) -> String {
    let mut text = String::new();
    for name in path {
        if name.parse::<usize>().is_ok() {
            text.push_str(&format!("[{name}]"));
        } else {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(name);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_through_lists_of_both_styles() {
        let text = "kind: Service\nspec:\n  ports:\n  - port: 80\n    name: web\n  - port: 81\n---\nkind: StatefulSet\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          image: \"x:1\" # why\n        - name: b\n  replicas: 3\n";
        let found: Vec<String> = outline(text)
            .iter()
            .map(|l| {
                format!(
                    "{} {} {} {}",
                    l.number,
                    l.document,
                    spell(&l.path),
                    l.value.clone().unwrap_or_default()
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "1 0 kind Service",
                "2 0 spec ",
                "3 0 spec.ports ",
                "4 0 spec.ports[0].port 80",
                "5 0 spec.ports[0].name web",
                "6 0 spec.ports[1].port 81",
                "8 1 kind StatefulSet",
                "9 1 spec ",
                "10 1 spec.template ",
                "11 1 spec.template.spec ",
                "12 1 spec.template.spec.containers ",
                "13 1 spec.template.spec.containers[0].name a",
                "14 1 spec.template.spec.containers[0].image x:1",
                "15 1 spec.template.spec.containers[1].name b",
                "16 1 spec.replicas 3",
            ]
        );
    }
}
