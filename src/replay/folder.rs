//! Reads a recording's folder. Native only: the page has no folders.

use super::Recording;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads the files of a folder and of its `kubectl/` and `dns/`; the error says what is missing.
pub fn read(folder: &Path) -> Result<Recording, String> {
    let mut files = BTreeMap::new();
    for sub in ["", "kubectl", "dns"] {
        let Ok(entries) = std::fs::read_dir(folder.join(sub)) else {
            if sub.is_empty() {
                return Err("no such folder".into());
            }
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_file()
                && let Ok(text) = std::fs::read_to_string(&path)
            {
                files.insert(if sub.is_empty() { name } else { format!("{sub}/{name}") }, text);
            }
        }
    }
    let parts: Vec<_> = folder.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let from = parts.iter().rposition(|part| part == "versions").unwrap_or(parts.len().saturating_sub(1));
    Ok(Recording { name: parts[from..].join("/"), files })
}
