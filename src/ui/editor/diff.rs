//! The difference between two texts, line by line, as a repair is shown before it is made.

/// One line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffLine {
    /// In both.
    Same(String),
    /// Only in the old text.
    Out(String),
    /// Only in the new text.
    In(String),
    /// Lines left out.
    Gap,
}

/// The changed lines, each with `around` lines before and after it.
pub fn diff(old: &str, new: &str, around: usize) -> Vec<DiffLine> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (a_mid, b_mid) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    // Longest common subsequence of what is left; manifests are short.
    let mut longest = vec![vec![0usize; b_mid.len() + 1]; a_mid.len() + 1];
    for i in (0..a_mid.len()).rev() {
        for j in (0..b_mid.len()).rev() {
            longest[i][j] = if a_mid[i] == b_mid[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let mut all: Vec<DiffLine> = a[..head].iter().map(|l| DiffLine::Same((*l).to_string())).collect();
    let (mut i, mut j) = (0, 0);
    while i < a_mid.len() || j < b_mid.len() {
        if i < a_mid.len() && j < b_mid.len() && a_mid[i] == b_mid[j] {
            all.push(DiffLine::Same(a_mid[i].to_string()));
            (i, j) = (i + 1, j + 1);
        } else if j >= b_mid.len() || (i < a_mid.len() && longest[i + 1][j] >= longest[i][j + 1]) {
            all.push(DiffLine::Out(a_mid[i].to_string()));
            i += 1;
        } else {
            all.push(DiffLine::In(b_mid[j].to_string()));
            j += 1;
        }
    }
    all.extend(a[a.len() - tail..].iter().map(|l| DiffLine::Same((*l).to_string())));
    let changed = |line: &DiffLine| matches!(line, DiffLine::Out(_) | DiffLine::In(_));
    let near = |at: usize| {
        (at.saturating_sub(around)..=(at + around).min(all.len().saturating_sub(1))).any(|k| changed(&all[k]))
    };
    let mut shown: Vec<DiffLine> = Vec::new();
    for (at, line) in all.iter().enumerate() {
        if near(at) {
            shown.push(line.clone());
        } else if !shown.is_empty() && shown.last() != Some(&DiffLine::Gap) {
            shown.push(DiffLine::Gap);
        }
    }
    if shown.last() == Some(&DiffLine::Gap) {
        shown.pop();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_shown() {
        let lines = diff("a\nb\nc\nd\ne\nf\n", "a\nb\nX\nd\ne\nf\n", 1);
        assert_eq!(
            lines,
            [
                DiffLine::Same("b".into()),
                DiffLine::Out("c".into()),
                DiffLine::In("X".into()),
                DiffLine::Same("d".into())
            ]
        );
        assert!(diff("a\n", "a\n", 3).is_empty());
    }
}
