//! The run as a link, as code for other people's pages, and as files.

use super::Context;
use crate::lang::Lang;
use crate::program::File;
use crate::ui::state::{Drawn, UiAction};
use crate::ui::widgets::{button, icon, segment};
use yew::prelude::*;

/// What a code is made of.
pub struct Parts {
    /// The page's address, without query and fragment.
    pub base: String,
    /// The run and the moment, as the fragment of a link.
    pub fragment: String,
    /// The still of that moment (`s=`), deflated.
    pub still: String,
    /// The run's name.
    pub title: String,
    /// `ko` or `en`.
    pub lang: &'static str,
    /// This browser can record what it draws.
    pub records: bool,
}

impl Parts {
    /// The address of the whole page.
    pub fn link(&self) -> String {
        [&self.base, "#", &self.fragment].concat()
    }
    fn embed(&self) -> String {
        [&self.base, "?mode=embed&lang=", self.lang, "#", &self.fragment, "&s=", &self.still].concat()
    }
    fn folder(&self) -> &str {
        &self.base[..self.base.rfind('/').map_or(0, |at| at + 1)]
    }
    fn name(&self) -> String {
        self.title.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace(['[', ']'], "")
    }
    fn frame(&self, address: &str) -> String {
        [
            "<iframe src=\"",
            address,
            "\" title=\"",
            &self.name(),
            "\" width=\"100%\" height=\"420\" style=\"border:0\" loading=\"lazy\" allow=\"fullscreen; clipboard-write\"></iframe>\n",
        ]
        .concat()
    }
    fn picture(&self) -> String {
        ["[![", &self.name(), "](ordinal.svg)](", &self.link(), ")\n"].concat()
    }
}

/// A way to put the run somewhere.
pub struct Code {
    /// Where.
    pub name: &'static str,
    /// What the place allows, in Korean and English.
    pub limits: [&'static str; 2],
    /// What is copied.
    pub make: fn(&Parts) -> String,
}

/// Every way, the most common first.
pub const CODES: &[Code] = &[
    Code {
        name: "iframe",
        limits: [
            "HTML을 쓸 수 있는 곳이면 된다. 누르기 전에는 그림 한 장이고 WebAssembly를 받지 않는다.",
            "Wherever HTML may be written. Until it is pressed it is a picture and fetches no WebAssembly.",
        ],
        make: |parts| parts.frame(&parts.embed().replace('&', "&amp;")),
    },
    Code {
        name: "<sts-stage>",
        limits: [
            "스크립트를 쓸 수 있는 곳. 글의 언어와 테마를 따르고, play()와 seek()로 다룰 수 있다.",
            "Where scripts may run. Follows the language and theme around it and obeys play() and seek().",
        ],
        make: |parts| {
            [
                "<script type=\"module\" src=\"",
                parts.folder(),
                "sts-stage.js\"></script>\n<sts-stage title=\"",
                &parts.name(),
                "\" run=\"",
                &parts.fragment.replace('&', "&amp;"),
                "&amp;s=",
                &parts.still,
                "\">\n  <a href=\"",
                &parts.link().replace('&', "&amp;"),
                "\">",
                &parts.name(),
                "</a>\n</sts-stage>\n",
            ]
            .concat()
        },
    },
    Code {
        name: "velog",
        limits: [
            "velog는 iframe과 스크립트를 지운다. 아래의 움직이는 그림을 올리고 ordinal.svg를 그 주소로 바꾼다.",
            "velog strips frames and scripts. Upload the moving picture below and put its address for ordinal.svg.",
        ],
        make: |parts| [&parts.picture(), "*", &parts.name(), "*\n"].concat(),
    },
    Code {
        name: "README",
        limits: [
            "GitHub는 저장소에 넣은 SVG를 움직이는 그대로 보여 준다. 아래에서 받아 함께 커밋한다.",
            "GitHub shows an SVG of the repository, moving. Download it below and commit it beside the file.",
        ],
        make: Parts::picture,
    },
    Code {
        name: "CodePen",
        limits: [
            "HTML 칸에 붙인다. velog는 CodePen 주소를 받아 준다.",
            "For the HTML pane. velog accepts addresses of CodePen.",
        ],
        make: |parts| parts.frame(&parts.embed().replace('&', "&amp;")),
    },
    Code {
        name: "Hugo",
        limits: [
            "layouts/shortcodes/ordinal.html로 한 번 저장하고, 글에는 마지막 줄을 쓴다.",
            "Save once as layouts/shortcodes/ordinal.html; posts use the last line.",
        ],
        make: |parts| {
            let address = [&parts.base, "?mode=embed#{{ .Get \"run\" | safeURL }}"].concat();
            let run = [&parts.fragment, "&s=", &parts.still].concat();
            [&parts.frame(&address), "\n{{< ordinal run=\"", &run, "\" >}}\n"].concat()
        },
    },
    Code {
        name: "Jekyll",
        limits: [
            "_includes/ordinal.html로 한 번 저장하고, 글에는 마지막 줄을 쓴다.",
            "Save once as _includes/ordinal.html; posts use the last line.",
        ],
        make: |parts| {
            let address = [&parts.base, "?mode=embed#{{ include.run }}"].concat();
            let run = [&parts.fragment, "&s=", &parts.still].concat();
            [&parts.frame(&address), "\n{% include ordinal.html run=\"", &run, "\" %}\n"].concat()
        },
    },
    Code {
        name: "Notion",
        limits: ["주소를 붙이고 ‘임베드’를 고른다.", "Paste the address and choose ‘Embed’."],
        make: |parts| parts.embed(),
    },
];

fn label(file: File, lang: Lang) -> &'static str {
    match file {
        File::Scenario => lang.pick("시나리오", "Scenario"),
        File::Picture => lang.pick("지금의 그림 SVG", "This picture, SVG"),
        File::Moving => lang.pick("움직이는 그림 SVG", "Moving picture, SVG"),
        File::Transcript => lang.pick("터미널 기록", "Transcript"),
        File::Events => lang.pick("이벤트 TSV", "Events, TSV"),
        File::Script => lang.pick("실제 클러스터용 스크립트", "Script for a real cluster"),
        File::Handout => lang.pick("인쇄물 A4", "Handout, A4"),
    }
}

/// The most of a run's text that is shown; the file has it all.
const SHOWN: usize = 64 * 1024;

fn beginning(text: &str) -> String {
    if text.len() <= SHOWN {
        return text.to_string();
    }
    let end = (0..=SHOWN).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    [&text[..end], "\n…"].concat()
}

/// What stands in the dialog. `chosen`: which of [`CODES`]; `long`: the link is longer than chats take.
pub fn share(context: &Context, parts: &Parts, chosen: usize, long: bool, text: &str) -> Html {
    let texts = context.texts;
    let link = parts.link();
    let code = &CODES[chosen.min(CODES.len() - 1)];
    let made = (code.make)(parts);
    let limits = texts.language.lang().pick(code.limits[0], code.limits[1]);
    let names: Vec<&'static str> = CODES.iter().map(|code| code.name).collect();
    html! {
        <div class="share">
            <p>{texts.share_lead}</p>
            <h3>{texts.share_link}</h3>
            <p class="share__row"><input type="text" class="share__link" readonly=true aria-label={texts.share_link} value={link.clone()} />
                {button("button--primary", "copy", context.on(UiAction::Copy(link)), texts.copy_link.into())}</p>
            if long { <p class="notice notice--warn">{icon("warn")}<span>{texts.share_long}</span></p> }
            <h3>{texts.share_embed}</h3>
            <div class="share__codes">{segment(texts.share_embed, &names, chosen, &|i| context.on(UiAction::ShareCode(i)))}</div>
            <p class="muted">{limits}</p>
            <pre class="share__code" tabindex="0" translate="no">{&made}</pre>
            <p>{button("button--line", "copy", context.on(UiAction::Copy(made.clone())), texts.share_copy_code.into())}</p>
            <h3>{texts.share_files}</h3>
            <p class="share__files">
                {button("button--line", "file", context.on(UiAction::Draw(Drawn::Png)), texts.share_png.into())}
                if parts.records { {button("button--line", "file", context.on(UiAction::Draw(Drawn::Film)), texts.share_film.into())} }
                {button("button--line", "file", context.on(UiAction::Draw(Drawn::Print)), texts.share_print.into())}
                { for File::ALL.iter().filter(|file| **file != File::Handout).map(|file| button("button--line", "file", context.on(UiAction::Export(*file)), (label(*file, texts.language.lang())).into())) }
            </p>
            <p id="recording" class="muted" role="status"></p>
            <h3>{texts.share_text}</h3>
            <pre class="share__text" tabindex="0" translate="no">{beginning(text)}</pre>
        </div>
    }
}
