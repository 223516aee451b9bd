//! A static page for each lesson: title, description and picture for whoever shares its address, and an oEmbed file for
//! hosts that turn addresses into frames.
//!
//! `lesson/<name>/` names the lesson and opens it; there is no script in it. Addresses that other hosts read have to be
//! whole, so they stand there only if `ORDINAL_URL` says where the page will be.

use crate::run::{Result, root};
use std::fs;
use std::path::Path;

const PICTURE: &str = "docs/pictures/scale-in-ko.png";

/// What the front matter of a lesson says of it.
#[derive(Debug, Default, PartialEq)]
struct Front {
    slug: String,
    title: [String; 2],
    about: [String; 2],
}

/// Writes the pages of every lesson of a finished build.
pub fn write(dist: &Path, base: &str) -> Result<()> {
    let io = |error: std::io::Error| format!("the pages of the lessons: {error}");
    let index = fs::read_to_string(dist.join("lessons/index.yaml")).map_err(io)?;
    fs::copy(root().join(PICTURE), dist.join("preview.png")).map_err(io)?;
    let base = base.trim_end_matches('/');
    for front in index.split("---\n").filter(|text| !text.trim().is_empty()) {
        let front = read(front)?;
        let folder = dist.join("lesson").join(&front.slug);
        fs::create_dir_all(&folder).map_err(io)?;
        fs::write(folder.join("index.html"), page(&front, base)).map_err(io)?;
        fs::write(folder.join("oembed.json"), oembed(&front, base)).map_err(io)?;
    }
    Ok(())
}

// The front matter is held to its form by the lessons' own tests; here only three members of it are wanted.
fn read(text: &str) -> Result<Front> {
    let mut front = Front::default();
    let mut member = "";
    for line in text.lines() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim();
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let value = bare.unwrap_or(value).to_string();
        match (name, member) {
            ("id", _) => front.slug = value,
            ("  ko", "title") => front.title[0] = value,
            ("  en", "title") => front.title[1] = value,
            ("  ko", "about") => front.about[0] = value,
            ("  en", "about") => front.about[1] = value,
            _ if !line.starts_with(' ') => member = name,
            _ => {}
        }
    }
    let lacks = front.title.iter().chain(&front.about).chain([&front.slug]).any(String::is_empty);
    match lacks {
        true => Err(format!("a lesson's front matter lacks id, title or about:\n{text}")),
        false => Ok(front),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

fn page(front: &Front, base: &str) -> String {
    let slug = &front.slug;
    let [title, title_en] = front.title.each_ref().map(|text| escape(text));
    let [about, about_en] = front.about.each_ref().map(|text| escape(text));
    let whole = match base.is_empty() {
        true => String::new(),
        false => format!(
            "<link rel=\"canonical\" href=\"{base}/lesson/{slug}/\">
<meta property=\"og:url\" content=\"{base}/lesson/{slug}/\">
<meta property=\"og:image\" content=\"{base}/preview.png\">
<meta name=\"twitter:card\" content=\"summary_large_image\">
<link rel=\"alternate\" type=\"application/json+oembed\" href=\"{base}/lesson/{slug}/oembed.json\" title=\"{title}\">
"
        ),
    };
    format!(
        "<!doctype html>
<html lang=\"ko\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>{title} · Ordinal</title>
<meta name=\"description\" content=\"{about}\">
<meta property=\"og:type\" content=\"article\">
<meta property=\"og:title\" content=\"{title}\">
<meta property=\"og:description\" content=\"{about}\">
{whole}<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 44rem; margin: 10vh auto; padding: 0 1.25rem; font: 1.0625rem/1.7 system-ui, sans-serif; }}
img {{ width: 100%; height: auto; border-radius: 8px; }}
a {{ font-weight: 600; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{about}</p>
<p><a href=\"../../?lesson={slug}&amp;lang=ko\">레슨 열기</a></p>
<p><img src=\"../../preview.png\" alt=\"\"></p>
<section lang=\"en\">
<h2>{title_en}</h2>
<p>{about_en}</p>
<p><a href=\"../../?lesson={slug}&amp;lang=en\">Open the lesson</a></p>
</section>
</main>
</body>
</html>
"
    )
}

fn oembed(front: &Front, base: &str) -> String {
    let text = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let frame = format!(
        "<iframe src=\"{base}/?mode=embed&amp;lesson={}\" title=\"{}\" width=\"600\" height=\"420\" style=\"border:0\" \
         loading=\"lazy\" allow=\"fullscreen; clipboard-write\"></iframe>",
        front.slug,
        escape(&front.title[0])
    );
    format!(
        "{{\"version\":\"1.0\",\"type\":\"rich\",\"provider_name\":\"Ordinal\",\"title\":{},\"width\":600,\"height\":420,\
         \"html\":{}}}\n",
        text(&front.title[0]),
        text(&frame)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONT: &str = "id: first-set\nkubernetes: \"1.36\"\nafter: []\ntitle:\n  ko: 첫 \"세트\"\n  en: The <first> set\n\
                         about:\n  ko: 한 문장.\n  en: One sentence: this.\n";

    #[test]
    fn a_page_says_what_its_lesson_is() {
        let front = read(FRONT).unwrap();
        assert_eq!((front.slug.as_str(), front.about[1].as_str()), ("first-set", "One sentence: this."));
        let alone = page(&front, "");
        assert!(
            alone.contains("<title>첫 &quot;세트&quot; · Ordinal</title>")
                && alone.contains("The &lt;first&gt; set")
        );
        assert!(alone.contains("../../?lesson=first-set&amp;lang=ko") && !alone.contains("oembed"));
        let placed = page(&front, "https://example.org/ordinal");
        assert!(placed.contains("https://example.org/ordinal/lesson/first-set/oembed.json"));
        assert!(
            oembed(&front, "https://example.org")
                .contains("\\\"https://example.org/?mode=embed&amp;lesson=first-set\\\"")
        );
        assert!(read("id: x\n").is_err());
    }
}
