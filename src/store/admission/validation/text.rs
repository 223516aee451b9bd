//! Which strings are names, keys and values, and what to say of those that are not.

/// The rules for names.
#[derive(Clone, Copy)]
pub(super) enum Name {
    /// A DNS label.
    Label,
    /// A DNS label that begins with a letter.
    Label1035,
    /// DNS labels with dots between.
    Subdomain,
}

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

impl Name {
    /// Everything that is wrong with a name.
    pub(super) fn check(self, name: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let most = if matches!(self, Name::Subdomain) { 253 } else { 63 };
        if name.len() > most {
            problems.push(format!("must be no more than {most} characters"));
        }
        match self {
            Name::Label if is_label(name) => {}
            Name::Label if is_subdomain(name) => problems.push("must not contain dots".into()),
            Name::Label => problems.push(regex_error(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
                 and end with an alphanumeric character",
                LABEL,
                &["my-name", "123-abc"],
            )),
            Name::Label1035 if is_label(name) && name.starts_with(|c: char| c.is_ascii_lowercase()) => {}
            Name::Label1035 => problems.push(regex_error(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
                 character, and end with an alphanumeric character",
                "[a-z]([-a-z0-9]*[a-z0-9])?",
                &["my-name", "abc-123"],
            )),
            Name::Subdomain if is_subdomain(name) => {}
            Name::Subdomain => problems.push(regex_error(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and \
                 must start and end with an alphanumeric character",
                &format!("{LABEL}(\\.{LABEL})*"),
                &["example.com"],
            )),
        }
        problems
    }
}

fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    !text.is_empty()
        && text.bytes().all(|b| inner(b) || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

fn is_key(text: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(edge)
        && text.ends_with(edge)
        && text.chars().all(|c| edge(c) || matches!(c, '-' | '_' | '.'))
}

fn regex_error(what: &str, regex: &str, examples: &[&str]) -> String {
    let mut text = format!("{what} (e.g. ");
    for (i, example) in examples.iter().enumerate() {
        if i > 0 {
            text.push_str(" or ");
        }
        text.push('\'');
        text.push_str(example);
        text.push_str("', ");
    }
    text.push_str("regex used for validation is '");
    text.push_str(regex);
    text.push_str("')");
    text
}

/// Everything that is wrong with the key of a label.
pub(super) fn label_key(key: &str) -> Vec<String> {
    let rule = || {
        regex_error(
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric \
             character",
            KEY,
            &["MyName", "my.name", "123-abc"],
        )
    };
    let mut problems = Vec::new();
    let name = match key.split_once('/') {
        None => key,
        Some((_, name)) if name.contains('/') => {
            return vec![format!(
                "a valid label key {} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
                rule()
            )];
        }
        Some(("", name)) => {
            problems.push("prefix part must be non-empty".into());
            name
        }
        Some((prefix, name)) => {
            problems.extend(Name::Subdomain.check(prefix).into_iter().map(|p| format!("prefix part {p}")));
            name
        }
    };
    if name.is_empty() {
        problems.push("name part must be non-empty".into());
    } else if name.len() > 63 {
        problems.push("name part must be no more than 63 bytes".into());
    }
    if !is_key(name) {
        problems.push(format!("name part {}", rule()));
    }
    problems
}

/// Everything that is wrong with the value of a label.
pub(super) fn label_value(value: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if value.len() > 63 {
        problems.push("must be no more than 63 bytes".into());
    }
    if !value.is_empty() && !is_key(value) {
        problems.push(regex_error(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
             start and end with an alphanumeric character",
            &format!("({KEY})?"),
            &["MyValue", "my_value", "12345"],
        ));
    }
    problems
}

/// Everything that is wrong with a key of a ConfigMap.
pub(super) fn config_key(key: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if key.len() > 253 {
        problems.push("must be no more than 253 characters".into());
    }
    if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        problems.push(regex_error(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            "[-._a-zA-Z0-9]+",
            &["key.name", "KEY_NAME", "key-name"],
        ));
    }
    match key {
        "." | ".." => problems.push(format!("must not be '{key}'")),
        _ if key.starts_with("..") => problems.push("must not start with '..'".into()),
        _ => {}
    }
    problems
}

/// Everything that is wrong with the name of a port.
pub(super) fn port_name(name: &str) -> Vec<String> {
    let mut problems: Vec<String> = Vec::new();
    if name.len() > 15 {
        problems.push("must be no more than 15 characters".into());
    }
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !name.bytes().any(|b| b.is_ascii_lowercase()) {
        problems.push("must contain at least one letter (a-z)".into());
    }
    if name.contains("--") {
        problems.push("must not contain consecutive hyphens".into());
    }
    if name.starts_with('-') || name.ends_with('-') {
        problems.push("must not begin or end with a hyphen".into());
    }
    problems
}

/// Everything that is wrong with the name of an environment variable.
pub(super) fn variable_name(name: &str) -> Vec<String> {
    let printable = name.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'=');
    if name.is_empty() {
        return vec!["environment variable name must be non-empty".into()];
    }
    match printable {
        true => Vec::new(),
        false => vec![
            "a valid environment variable name must consist only of printable ASCII characters other than '='".into(),
        ],
    }
}

/// What is wrong with the number of a port.
pub(super) fn port_number(number: i64) -> Option<&'static str> {
    (!(1..=65535).contains(&number)).then_some("must be between 1 and 65535, inclusive")
}

/// What is wrong with a path; one of a volume or mount must not be absolute.
pub(super) fn path_problems(path: &str, absolute: bool) -> Vec<String> {
    let mut problems = Vec::new();
    if !absolute && path.starts_with('/') {
        problems.push("must be a relative path".into());
    }
    if path.split('/').any(|part| part == "..") {
        problems.push("must not contain '..'".into());
    }
    problems
}

/// What is wrong with an address; every address of colons is taken for one of IPv6.
pub(super) fn address_problems(address: &str) -> Vec<String> {
    if address.contains(':') || address.parse::<std::net::Ipv4Addr>().is_ok() {
        return Vec::new();
    }
    vec!["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".into()]
}

/// What is wrong with an address that traffic is sent to.
pub(super) fn endpoint_problems(address: &str) -> Vec<String> {
    let mut problems = address_problems(address);
    if problems.is_empty() && matches!(address, "0.0.0.0" | "::") {
        problems.push(["may not be unspecified (", address, ")"].concat());
    }
    for (start, range) in [
        ("127.", "loopback range (127.0.0.0/8, ::1/128)"),
        ("169.254.", "link-local range (169.254.0.0/16, fe80::/10)"),
        ("224.0.0.", "link-local multicast range (224.0.0.0/24, ff02::/10)"),
    ] {
        if problems.is_empty() && address.starts_with(start) {
            problems.push(["may not be in the ", range].concat());
        }
    }
    problems
}
