//! Takes out of an output what cannot be the same twice: ages, times, addresses of the recorder, uids, random
//! suffixes. One function for all tests; it masks nothing else.

/// The text with ages, times, uids, hashes of random names and resource versions replaced by `<…>`, and runs of
/// blanks folded, because a column is as wide as its widest masked value.
pub fn mask(text: &str) -> String {
    text.lines().map(mask_line).collect::<Vec<_>>().join("\n")
}

/// What a name tool printed, without what no two questions share: ids, cookies, serial numbers (which are times), how
/// long it took and when.
pub fn mask_dns(text: &str) -> String {
    // The word behind each of these.
    const BEFORE: &[&str] =
        &[" id: ", "; COOKIE: ", " hostmaster.cluster.local. ", ";; Query time: ", "53 in ", ";; WHEN: "];
    let line = |line: &str| {
        let mut out = line.to_string();
        for before in BEFORE {
            if let Some((head, tail)) = out.split_once(before) {
                let end = match *before {
                    ";; WHEN: " => tail.len(),
                    _ => tail.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tail.len()),
                };
                out = [head, before, "<any>", &tail[end..]].concat();
            }
        }
        out
    };
    let mut lines: Vec<String> = text.lines().map(line).collect();
    // `getent ahosts` names the host behind the first address, whichever that is.
    for i in 0..lines.len() {
        if let Some((head, name)) = lines[i].split_once(" STREAM ").filter(|(_, name)| !name.is_empty()) {
            let (head, name) = (format!("{} STREAM", head.trim_end()), name.trim().to_string());
            lines[i] = head;
            lines.push(name);
        }
    }
    lines.join("\n")
}

/// Nodes and addresses of pods, where which pod went where is chance.
pub fn mask_places(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let flush = |word: &mut String, out: &mut String| {
        let parts: Vec<&str> = word.split(['.', '-']).collect();
        let is_pod = |a: &str, b: &str| (a, b) == ("10", "244");
        let numbers = parts.iter().take(4).all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
        if numbers && parts.len() >= 4 && (is_pod(parts[0], parts[1]) || is_pod(parts[3], parts[2])) {
            out.push_str("<address>");
            let taken: usize = parts.iter().take(4).map(|p| p.len() + 1).sum::<usize>() - 1;
            out.push_str(&word[taken..]);
        } else if parts.len() == 2 && parts[0] == "node" && numbers_only(parts[1]) {
            out.push_str("<node>");
        } else {
            out.push_str(word);
        }
        word.clear();
    };
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || c == '.' || c == '-' {
            word.push(c);
        } else {
            flush(&mut word, &mut out);
            out.push(c);
        }
    }
    flush(&mut word, &mut out);
    out
}

fn numbers_only(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn mask_line(line: &str) -> String {
    let line = mask_versions(&mask_dates(line));
    let mut out = String::new();
    let mut rest = line.as_str();
    let mut fold = false;
    while !rest.is_empty() {
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if blank > 0 {
            // The indentation stays; between words a run of blanks is one column gap.
            out.push_str(if fold || blank > 1 && !out.is_empty() { "  " } else { &rest[..blank] });
            rest = &rest[blank..];
            fold = false;
            continue;
        }
        let end = rest.find([' ', '\t']).unwrap_or(rest.len());
        let word = mask_word(&rest[..end]);
        fold = word != rest[..end];
        out.push_str(&word);
        rest = &rest[end..];
    }
    out.trim_end().to_string()
}

/// `Fri, 20 Nov 2026 17:50:52 +0000`, as `describe` prints moments.
fn mask_dates(line: &str) -> String {
    const LENGTH: usize = 31;
    let is_date = |text: &str| {
        let shape = |c: char| {
            if c.is_ascii_digit() {
                '0'
            } else if c.is_ascii_alphabetic() {
                'a'
            } else {
                c
            }
        };
        text.chars().map(shape).eq("aaa, 00 aaa 0000 00:00:00 +0000".chars())
    };
    let mut out = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        match rest.get(..LENGTH) {
            Some(text) if is_date(text) => {
                out.push_str("<time>");
                rest = &rest[LENGTH..];
            }
            _ => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// The number in `resourceVersion: "350"`, in JSON and in `describe` as well.
fn mask_versions(line: &str) -> String {
    let lower = line.trim_start().trim_start_matches('"');
    if !lower.starts_with("resourceVersion\"")
        && !lower.starts_with("resourceVersion:")
        && !lower.starts_with("Resource Version:")
    {
        return line.to_string();
    }
    line.split_inclusive(|c: char| !c.is_ascii_digit())
        .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()))
        .collect()
}

fn mask_word(word: &str) -> String {
    let core = word.trim_matches(|c: char| matches!(c, '(' | ')' | '"' | ',' | ':' | '\''));
    if core.is_empty() {
        return word.to_string();
    }
    let masked = if is_age(core) {
        "<age>".to_string()
    } else if is_timestamp(core) {
        "<time>".to_string()
    } else {
        mask_suffix(mask_uids(core))
    };
    if masked == core { word.to_string() } else { word.replacen(core, &masked, 1) }
}

/// The end of `web-0.18e9daa2a4544d42` and `nginx-x2x7r`: names the server or a recorder makes up.
fn mask_suffix(word: String) -> String {
    let random = |c: char| "bcdfghjklmnpqrstvwxz2456789".contains(c);
    if let Some((head, tail)) = word.rsplit_once('.')
        && tail.len() == 16
        && tail.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return format!("{head}.<random>");
    }
    match word.rsplit_once('-') {
        Some((head, tail)) if tail.len() == 5 && !head.is_empty() && tail.chars().all(random) => {
            format!("{head}-<random>")
        }
        _ => word,
    }
}

/// `5s`, `3m12s`, `2d`, `<invalid>`: as durations of tables are printed.
fn is_age(word: &str) -> bool {
    if word == "<invalid>" {
        return true;
    }
    let mut digits = false;
    let mut units = 0;
    for c in word.chars() {
        match c {
            '0'..='9' => digits = true,
            's' | 'm' | 'h' | 'd' | 'y' if digits => {
                digits = false;
                units += 1;
            }
            _ => return false,
        }
    }
    units > 0 && !digits
}

fn is_timestamp(word: &str) -> bool {
    let b = word.as_bytes();
    b.len() >= 20 && b[4] == b'-' && b[7] == b'-' && b[10] == b'T' && word.ends_with('Z')
}

fn is_uid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

fn mask_uids(word: &str) -> String {
    let mut out = String::new();
    let mut i = 0;
    while i < word.len() {
        match word.get(i..i + 36) {
            Some(part) if is_uid(part) => {
                out.push_str("<uid>");
                i += 36;
            }
            _ => {
                let c = word[i..].chars().next().unwrap_or(' ');
                out.push(c);
                i += c.len_utf8();
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_ages_times_and_uids_and_nothing_else() {
        assert_eq!(mask("web-0   1/1     Running   0          34s"), "web-0  1/1  Running  0  <age>");
        assert_eq!(mask("  volume: pvc-0f8fad5b-d9cb-469f-a165-70867728950e"), "  volume: pvc-<uid>");
        assert_eq!(mask("created 2026-01-01T00:00:46Z ok"), "created <time>  ok");
        assert_eq!(mask("  Started:  Fri, 20 Nov 2026 17:50:52 +0000 x"), "  Started:  <time> x");
        assert_eq!(mask("  resourceVersion: \"350\""), mask("  resourceVersion: \"7\""));
        assert_eq!(
            mask("web-0.18e9daa2a4544d42 nginx-x2x7r web-10"),
            "web-0.<random>  nginx-<random>  web-10"
        );
        assert_eq!(mask("statefulset.apps/web scaled"), "statefulset.apps/web scaled");
        assert_eq!(mask("replicas 3 5Gi web-1"), "replicas 3 5Gi web-1");
    }
}
