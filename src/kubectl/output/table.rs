//! Columns of text, aligned as Go's `text/tabwriter` aligns them.
//!
//! Input is lines of cells that end in a TAB; what follows the last TAB of a line is never padded. A column is
//! aligned over neighbouring lines that have it, so a line without a TAB starts a new block (K22, K90).

/// How wide columns are: at least `min`, and `pad` more than their longest cell.
#[derive(Clone, Debug)]
pub struct Aligner {
    min: usize,
    pad: usize,
    /// Widths of earlier text, where those are kept (K80).
    kept: Option<Vec<usize>>,
}

impl Aligner {
    /// The columns of `kubectl get`; later calls never use narrower ones (K22, K23, K80).
    pub fn list() -> Aligner {
        Aligner { min: 6, pad: 3, kept: Some(Vec::new()) }
    }

    /// The columns of `kubectl describe` (K90).
    pub fn describe() -> Aligner {
        Aligner { min: 0, pad: 2, kept: None }
    }

    /// Aligns `text`.
    pub fn align(&mut self, text: &str) -> String {
        let lines: Vec<Vec<&str>> = text
            .strip_suffix('\n')
            .unwrap_or(text)
            .split('\n')
            .map(|line| line.split('\t').collect())
            .collect();
        let mut out = String::with_capacity(text.len() * 2);
        if !text.is_empty() {
            self.block(&lines, &mut Vec::new(), &mut out);
        }
        out
    }

    // Follows text/tabwriter Writer.format: finds the next block of lines that have this column.
    fn block(&mut self, lines: &[Vec<&str>], widths: &mut Vec<usize>, out: &mut String) {
        let column = widths.len();
        let mut from = 0;
        let mut this = 0;
        while this < lines.len() {
            if column + 1 >= lines[this].len() {
                this += 1;
                continue;
            }
            print(&lines[from..this], widths, out);
            from = this;
            let mut width = self.min;
            while this < lines.len() && column + 1 < lines[this].len() {
                width = width.max(lines[this][column].chars().count() + self.pad);
                this += 1;
            }
            if let Some(kept) = &mut self.kept {
                if kept.len() <= column {
                    kept.resize(column + 1, 0);
                }
                width = width.max(kept[column]);
                kept[column] = width;
            }
            widths.push(width);
            self.block(&lines[from..this], widths, out);
            widths.pop();
            from = this;
        }
        print(&lines[from..], widths, out);
    }
}

fn print(lines: &[Vec<&str>], widths: &[usize], out: &mut String) {
    for line in lines {
        for (i, cell) in line.iter().enumerate() {
            out.push_str(cell);
            if let Some(width) = widths.get(i) {
                let used = cell.chars().count();
                out.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
            }
        }
        out.push('\n');
    }
}

/// One line of a list: cells cut at their first line break (K26), joined by TABs.
pub fn line(cells: &[String]) -> String {
    let mut out = String::new();
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            out.push('\t');
        }
        match cell.split_once(['\n', '\r', '\u{c}']) {
            Some((first, _)) => {
                out.push_str(first);
                out.push_str("...");
            }
            None => out.push_str(cell),
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k22_columns_of_lists_have_three_blanks_and_at_least_six() {
        let text = "NAME\tREADY\tAGE\nweb-0\t1/1\t0\n";
        assert_eq!(Aligner::list().align(text), "NAME    READY   AGE\nweb-0   1/1     0\n");
        assert_eq!(Aligner::list().align("web-0\t1/1\t0\t11m\n"), "web-0   1/1   0     11m\n");
        assert_eq!(Aligner::list().align("a\t\n"), "a     \n");
    }

    #[test]
    fn k80_widths_are_remembered() {
        let mut aligner = Aligner::list();
        aligner.align("NAME\tSTATUS\tAGE\n");
        assert_eq!(aligner.align("w\tContainerCreating\t0s\n"), "w      ContainerCreating   0s\n");
        assert_eq!(aligner.align("w\tRunning\t0s\n"), "w      Running             0s\n");
    }

    #[test]
    fn k90_a_line_without_a_cell_breaks_the_block() {
        let text = "Name:\tweb\nPods:\n  Labels:\tapp=x\n  Volumes:\t<none>\nEvents:\t<none>\n";
        let aligned = "Name:  web\nPods:\n  Labels:   app=x\n  Volumes:  <none>\nEvents:     <none>\n";
        assert_eq!(Aligner::describe().align(text), aligned);
    }
}
