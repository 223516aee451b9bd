//! What every reader of a small language asks at a place in its text: sums, `awk` and `jq` are read with it.

/// True if that token stands there.
pub fn stands(chars: &[char], at: usize, token: &str) -> bool {
    token.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c))
}

/// The name that begins there; empty if none does.
pub fn name(chars: &[char], at: usize) -> String {
    let rest = chars[at..].iter();
    let name: String = rest.take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { String::new() } else { name }
}
