//! A run as the fragment of a link: `z1=…` holds the scenario deflated (RFC 1951, without a header) and in base64url,
//! `p1=…` as percent-encoded text for links written by hand, `n1=…` names a built-in run.
//!
//! [`write()`] makes what is shared, [`read`] takes a whole link, its fragment or a part of it. Old tags are read for
//! ever; a new form gets a new tag. The text itself is read by [`super::Scenario::parse`], which has the limits.

use super::MAX_BYTES;
use crate::samples::STORIES;
use miniz_oxide::{deflate, inflate};

/// Links longer than this are cut by some chats and make no QR code.
pub const LONG: usize = 2_000;
/// Links longer than this are not made: a file serves better.
pub const TOO_LONG: usize = 32_000;

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
    let (plain, packed) = (encode(text), pack(text));
    // Equally long, what can be read wins.
    if plain.len() <= packed.len() { format!("p1={plain}") } else { format!("z1={packed}") }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Deflates a text and writes the bytes in base64url, without padding.
pub fn pack(text: &str) -> String {
    let bytes = deflate::compress_to_vec(text.as_bytes(), 9);
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            out.push(char::from(DIGITS[(word >> (18 - 6 * place)) as usize & 63]));
        }
    }
    out
}

/// The text that [`pack`] was given; what does not come from it is an error, as is more text than a scenario may have.
pub fn unpack(packed: &str) -> Result<String, String> {
    let damaged = |at: usize| format!("the link is broken off or damaged at character {at}");
    let mut bytes = Vec::with_capacity(packed.len() * 3 / 4);
    let (mut word, mut bits) = (0u32, 0);
    for (i, c) in packed.bytes().enumerate() {
        let digit = DIGITS.iter().position(|digit| *digit == c).ok_or_else(|| damaged(i + 1))?;
        word = word << 6 | digit as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
        }
    }
    let text =
        inflate::decompress_to_vec_with_limit(&bytes, MAX_BYTES).map_err(|error| match error.status {
            inflate::TINFLStatus::HasMoreOutput => {
                format!("the link holds more than {} KB", MAX_BYTES / 1024)
            }
            _ => damaged(packed.len()),
        })?;
    String::from_utf8(text).map_err(|error| half(&error))
}

fn half(error: &std::string::FromUtf8Error) -> String {
    let whole = error.utf8_error().valid_up_to();
    format!("the link is damaged: half a character after {whole} bytes of text")
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
        ("z1", packed) => Some(unpack(packed).map(Linked::Text)),
        ("p1", text) => Some(decode(text).map(Linked::Text)),
        ("n1", name) => Some(decode(name).map(Linked::Named)),
        _ => None,
    })
}

/// True if a link holds a run, readable or not.
pub fn holds_run(link: &str) -> bool {
    let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
    fragment.trim().split('&').any(|pair| ["z1=", "p1=", "n1="].iter().any(|tag| pair.starts_with(tag)))
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
    String::from_utf8(out).map_err(|error| half(&error))
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
        let settles = "settle\n".repeat(7);
        assert_eq!(read("#z1=K04tKclJ5SommgIA&t=e3"), text(&settles));
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
    fn the_standard_sample_with_five_commands_fits_into_a_message() {
        let mut text = STORIES[0].scenario.split("$ kubectl").next().unwrap().to_string();
        for command in
            ["apply -f web.yaml", "get pods", "scale sts web --replicas=5", "get pvc", "delete pod web-1"]
        {
            text.push_str(&format!("$ kubectl {command}\nsettle\n"));
        }
        let link = write(&text);
        assert!(link.starts_with("z1=") && link.len() <= 600, "{} characters: {link}", link.len());
        assert_eq!(read(&link), Some(Ok(Linked::Text(text))));
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = pack(&"settle\n".repeat(MAX_BYTES));
        assert!(bomb.len() < TOO_LONG, "{}", bomb.len());
        assert!(unpack(&bomb).is_err_and(|error| error.contains("256 KB")));
    }

    #[test]
    fn damage_is_an_error_and_no_text() {
        for bad in [
            "z1=K04tK",
            "z1=K0!t",
            "z1=",
            "z1=____",
            "p1=a%",
            "p1=a%4",
            "p1=a%zz",
            "p1=%ED%95",
            "p1=%FF",
            "p1=%C3%28",
        ] {
            assert!(matches!(read(bad), Some(Err(_))), "{bad}");
        }
    }
}
