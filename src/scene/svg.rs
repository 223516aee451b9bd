//! A scene as SVG text: shapes and class names only, no `foreignObject`, no style attribute, every text escaped.

use super::shapes::{Anchor, Pen, Shape, arc, number};
use super::{Group, Scene};

/// The colours, written into an exported picture.
const TOKENS: &str = include_str!("../../styles/tokens.css");
/// The classes of the marks, written into an exported picture.
const CLASSES: &str = include_str!("../../styles/scene.css");

/// A picture that needs nothing else: an SVG file with its styles. `theme`: `light`, `dark` or `contrast`.
pub fn svg_document(scene: &Scene, theme: &str) -> String {
    document(&scene.class, (scene.width, scene.height), theme, "", &svg_inner(scene))
}

/// The same of anything drawn, with styles of its own behind those of the page.
pub(super) fn document(
    class: &str,
    (width, height): (f64, f64),
    theme: &str,
    styles: &str,
    inside: &str,
) -> String {
    let mut out = String::with_capacity(inside.len() + 16 * 1024);
    out.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"");
    escape(&mut out, class);
    out.push_str("\" data-theme=\"");
    escape(&mut out, theme);
    // A margin for strokes and pins that stand over the edge.
    attr(&mut out, "\" viewBox=\"", -8.0);
    for n in [-8.0, width + 16.0, height + 16.0] {
        out.push(' ');
        number(&mut out, n);
    }
    attr(&mut out, "\" width=\"", width + 16.0);
    attr(&mut out, "\" height=\"", height + 16.0);
    out.push_str("\">\n<style>");
    write_styles(&mut out);
    out.push_str("svg{background:var(--bg)}");
    out.push_str(styles);
    out.push_str("</style>\n");
    out.push_str(inside);
    out.push_str("</svg>\n");
    out
}

/// The styles of pictures, for a document that holds some as elements.
pub fn write_styles(out: &mut String) {
    squeeze(out, TOKENS);
    squeeze(out, CLASSES);
}

/// The same as an element inside a page that has the styles.
pub fn svg_element(scene: &Scene) -> String {
    let mut out = String::with_capacity(16 * 1024);
    out.push_str("<svg class=\"");
    escape(&mut out, &scene.class);
    attr(&mut out, "\" viewBox=\"0 0 ", scene.width);
    attr(&mut out, " ", scene.height);
    attr(&mut out, "\" width=\"", scene.width);
    attr(&mut out, "\" height=\"", scene.height);
    out.push_str("\" aria-hidden=\"true\">\n");
    write(&mut out, scene);
    out.push_str("</svg>\n");
    out
}

/// Only what is inside the `svg` element: one `g` per group, a line each.
pub fn svg_inner(scene: &Scene) -> String {
    let mut out = String::with_capacity(16 * 1024);
    write(&mut out, scene);
    out
}

/// What is inside one group's `g`; it depends on the shapes alone, so a group that only moved keeps it.
pub fn group_inner(group: &Group) -> String {
    let mut out = String::with_capacity(1024);
    for shape in &group.shapes {
        write_shape(&mut out, shape);
    }
    out
}

/// The `transform` of a group.
pub fn group_transform(group: &Group) -> String {
    let mut out = String::new();
    attr(&mut out, "translate(", group.x);
    attr(&mut out, " ", group.y);
    out.push(')');
    out
}

fn write(out: &mut String, scene: &Scene) {
    for group in &scene.groups {
        write_group(out, group);
        out.push('\n');
    }
}

/// One group as its `g`.
pub(super) fn write_group(out: &mut String, group: &Group) {
    out.push_str("<g data-id=\"");
    escape(out, &group.id);
    if !group.class.is_empty() {
        out.push_str("\" class=\"");
        escape(out, &group.class);
    }
    if group.x != 0.0 || group.y != 0.0 {
        attr(out, "\" transform=\"translate(", group.x);
        attr(out, " ", group.y);
        out.push(')');
    }
    if group.opacity < 1.0 {
        attr(out, "\" opacity=\"", group.opacity);
    }
    if group.offset != 0.0 {
        attr(out, "\" stroke-dashoffset=\"", group.offset);
    }
    out.push_str("\">");
    for shape in &group.shapes {
        write_shape(out, shape);
    }
    out.push_str("</g>");
}

fn write_shape(out: &mut String, shape: &Shape) {
    match shape {
        Shape::Open(class) => begin(out, "g", class),
        Shape::Close => return out.push_str("</g>"),
        Shape::Path { class, d, at } => {
            begin(out, "path", class);
            if let Some([x, y, k]) = at {
                attr(out, "\" transform=\"translate(", *x);
                attr(out, " ", *y);
                out.push(')');
                if *k != 1.0 {
                    attr(out, " scale(", *k);
                    out.push(')');
                }
            }
            out.push_str("\" d=\"");
            out.push_str(d);
        }
        Shape::Rect { class, x, y, w, h, r } => {
            begin(out, "rect", class);
            for (name, n) in [("\" x=\"", x), ("\" y=\"", y), ("\" width=\"", w), ("\" height=\"", h)] {
                attr(out, name, *n);
            }
            if *r > 0.0 {
                attr(out, "\" rx=\"", *r);
            }
        }
        Shape::Circle { class, x, y, r } => {
            begin(out, "circle", class);
            for (name, n) in [("\" cx=\"", x), ("\" cy=\"", y), ("\" r=\"", r)] {
                attr(out, name, *n);
            }
        }
        Shape::Arc { class, x, y, r, part } => {
            begin(out, "path", class);
            out.push_str("\" d=\"");
            out.push_str(&arc(*x, *y, *r, *part));
        }
        Shape::Level { class, x, y, w, h, r, part } => {
            begin(out, "path", class);
            out.push_str("\" d=\"");
            // Less than the corners is drawn as flat as it gets.
            let depth = (h * part.clamp(0.0, 1.0)).max(*r);
            let level = Pen::default()
                .go('M', &[*x, y + h - depth])
                .go('H', &[x + w])
                .go('V', &[y + h - r])
                .turn(*r, -r, *r)
                .go('H', &[x + r])
                .turn(*r, -r, -r);
            out.push_str(&level.end());
        }
        Shape::Text { class, x, y, anchor, spans } => {
            begin(out, "text", class);
            attr(out, "\" x=\"", *x);
            attr(out, "\" y=\"", *y);
            match anchor {
                Anchor::Start => {}
                Anchor::Middle => out.push_str("\" text-anchor=\"middle"),
                Anchor::End => out.push_str("\" text-anchor=\"end"),
            }
            out.push_str("\">");
            for span in spans {
                if span.class.is_empty() && span.dx == 0.0 {
                    escape(out, &span.text);
                    continue;
                }
                begin(out, "tspan", &span.class);
                if span.dx != 0.0 {
                    attr(out, "\" dx=\"", span.dx);
                }
                out.push_str("\">");
                escape(out, &span.text);
                out.push_str("</tspan>");
            }
            return out.push_str("</text>");
        }
    }
    out.push_str(if matches!(shape, Shape::Open(_)) { "\">" } else { "\"/>" });
}

/// Opens an element up to the end of its first attribute's value.
fn begin(out: &mut String, name: &str, class: &str) {
    out.push('<');
    out.push_str(name);
    out.push_str(" class=\"");
    escape(out, class);
}

fn attr(out: &mut String, before: &str, n: f64) {
    out.push_str(before);
    number(out, n);
}

/// Appends text with the signs that mean something in XML replaced; others that XML does not allow are left out.
pub fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c < ' ' && c != '\t' && c != '\n' => {}
            c => out.push(c),
        }
    }
}

/// Appends a style sheet without its comments and line breaks.
fn squeeze(out: &mut String, css: &str) {
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        push_lines(out, &rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    push_lines(out, rest);
}

fn push_lines(out: &mut String, css: &str) {
    for line in css.lines() {
        out.push_str(line.trim());
    }
}
