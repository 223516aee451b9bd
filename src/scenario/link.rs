//! A run as the fragment of a link: `p1=…` holds the scenario as percent-encoded text, `n1=…` names a built-in run.
//!
//! [`write()`] makes what is shared, [`read`] takes a whole link, its fragment or a part of it. Old tags are read for
//! ever; a new form gets a new tag. The text itself is read by [`super::Scenario::parse`], which has the limits.

use crate::samples::STORIES;

/// What a link holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linked {
    /// A scenario's text.
    Text(String),
    /// The name of a built-in run.
    Named(String),
}

impl Linked {
    /// The scenario's text; an error if no built-in run has that name.
    pub fn text(self) -> Result<String, String> {
        match self {
            Linked::Text(text) => Ok(text),
            Linked::Named(name) => match STORIES.iter().find(|story| story.slug == name) {
                Some(story) => Ok(story.scenario.to_string()),
                None => {
                    let known: Vec<&str> = STORIES.iter().map(|story| story.slug).collect();
                    Err(format!("there is no built-in run `{name}`; there are {}", known.join(", ")))
                }
            },
        }
    }
}

/// The fragment of a link to this scenario, without `#`: the shortest form there is.
pub fn write(text: &str) -> String {
    if let Some(story) = STORIES.iter().find(|story| story.scenario == text) {
        return format!("n1={}", story.slug);
    }
    format!("p1={}", encode(text))
}

/// Percent-encodes a value of a link, as encodeURIComponent does.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3 / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    out
}

/// What a link or its fragment holds; none if it holds no run, an error if the run cannot be read.
pub fn read(link: &str) -> Option<Result<Linked, String>> {
    let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
    fragment.trim().split('&').find_map(|pair| match pair.split_once('=')? {
        ("p1", text) => Some(decode(text).map(Linked::Text)),
        ("n1", name) => Some(decode(name).map(Linked::Named)),
        _ => None,
    })
}

/// The moment a link opens at, as [`crate::scenario`]'s programs name moments; none if it names none.
pub fn moment(link: &str) -> Option<String> {
    let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
    let at = fragment.trim().split('&').find_map(|pair| pair.strip_prefix("t="))?;
    decode(at).ok()
}

fn decode(text: &str) -> Result<String, String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
        match bytes[i] {
            b'%' => {
                let (Some(high), Some(low)) = (digit(i + 1), digit(i + 2)) else {
                    return Err(format!("the link is broken off or damaged at character {}", i + 1));
                };
                out.push((high * 16 + low) as u8);
                i += 2;
            }
            // Written by hand or by a form.
            b'+' => out.push(b' '),
            byte => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8(out).map_err(|e| {
        format!("the link is damaged: half a character after {} bytes of text", e.utf8_error().valid_up_to())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_read_back() {
        let every: String =
            (0..=0x7f_u8).map(char::from).chain("한글 – 🙂\n$ kubectl get pods -w &".chars()).collect();
        for text in ["", "settle\n", &every] {
            let link = write(text);
            assert!(
                link.bytes().all(|b| b.is_ascii_graphic() && !b"#&=+\"".contains(&b) || b == b'='),
                "{link}"
            );
            for form in [
                link.clone(),
                format!("#{link}"),
                format!("https://example.org/a/#t=46s&{link}&sel=pod/web-0"),
            ] {
                assert_eq!(read(&form), Some(Ok(Linked::Text(text.to_string()))), "{form}");
            }
        }
    }

    #[test]
    fn every_tag_ever_shipped_is_read() {
        let text = |text: &str| Some(Ok(Linked::Text(text.to_string())));
        assert_eq!(read("#p1=k8s%201.36%0Asettle%0A"), text("k8s 1.36\nsettle\n"));
        assert_eq!(read("https://example.org/#p1=wait+5s"), text("wait 5s"));
        assert_eq!(read("#n1=ordered&t=e17"), Some(Ok(Linked::Named("ordered".to_string()))));
        for none in ["", "#", "https://example.org/", "#t=46s", "#q9=abc", "p1"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_link_names_its_moment() {
        assert_eq!(moment("https://example.org/#n1=ordered&t=two%20pods").as_deref(), Some("two pods"));
        assert_eq!(moment("#t=e17&n1=ordered").as_deref(), Some("e17"));
        assert_eq!(moment("#n1=ordered"), None);
    }

    #[test]
    fn built_in_runs_are_shared_by_name() {
        for story in STORIES {
            assert_eq!(write(story.scenario), format!("n1={}", story.slug));
            assert_eq!(Linked::Named(story.slug.to_string()).text().as_deref(), Ok(story.scenario));
        }
        assert!(Linked::Named("nothing".to_string()).text().is_err_and(|e| e.contains(STORIES[0].slug)));
    }

    #[test]
    fn damage_is_an_error_and_no_text() {
        for bad in ["p1=a%", "p1=a%4", "p1=a%zz", "p1=%ED%95", "p1=%FF", "p1=%C3%28"] {
            assert!(matches!(read(bad), Some(Err(_))), "{bad}");
        }
    }
}
