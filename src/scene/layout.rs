//! Where things stand on the stage by ordinal: columns, rows, the ground, the lines between.
//!
//! Heights depend on the form alone and widths on the number of columns, so a pod that comes or goes moves
//! nothing else.

mod above;
mod clients;
mod rows;

pub(crate) use rows::{object_id, pod_id};

use super::marks::{self, CARD, COMPACT, Sizes};
use super::model::{Column, StageModel};
use super::shapes::{Pen, round_rect};
use super::{Anchor, Group, Paging, Place, Scene, Slot, Span};
use crate::lang::Lang;
use crate::sim::Arrange;

/// What a stage is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// The page and the first visit's still.
    #[default]
    Page,
    /// A room.
    Projector,
    /// A frame in somebody's article.
    Embed,
    /// A phone.
    Phone,
}

/// Which rows are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Services and names.
    pub service: bool,
    /// Programs that send requests.
    pub clients: bool,
    /// The controller's tag.
    pub hand: bool,
    /// Claims.
    pub claims: bool,
    /// Volumes.
    pub volumes: bool,
    /// The axis of ordinals.
    pub axis: bool,
    /// Pods of no set.
    pub others: bool,
}

/// How to draw a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct StageOptions {
    /// How wide the picture is.
    pub width: f64,
    /// What it is for.
    pub form: Form,
    /// The language of its few words.
    pub lang: Lang,
    /// Which rows are drawn.
    pub rows: Rows,
    /// Space for the names of rows.
    pub gutter: f64,
    /// True if the ground carries the set's name.
    pub title: bool,
    /// True if rows carry their counts. A question hides them.
    pub counts: bool,
    /// The page of columns, where they do not fit; without it the one the controller works on.
    pub page: Option<usize>,
    /// The row a question is about: everything else is dimmed (`pod`, `pvc`, `pv`, `name`).
    pub ask: Option<&'static str>,
}

impl StageOptions {
    /// The stage of the page, also of the first visit.
    pub fn page(width: f64, lang: Lang) -> StageOptions {
        let rows = Rows {
            service: true,
            clients: true,
            hand: true,
            claims: true,
            volumes: true,
            axis: true,
            others: true,
        };
        StageOptions {
            width,
            form: Form::Page,
            lang,
            rows,
            gutter: 54.0,
            title: true,
            counts: true,
            page: None,
            ask: None,
        }
    }

    /// The stage of an embed; `names` adds services and names.
    pub fn embed(width: f64, lang: Lang, names: bool) -> StageOptions {
        let rows = Rows {
            service: names,
            clients: true,
            hand: false,
            claims: true,
            volumes: true,
            axis: false,
            others: false,
        };
        StageOptions {
            form: Form::Embed,
            gutter: 42.0,
            title: false,
            counts: false,
            rows,
            ..StageOptions::page(width, lang)
        }
    }

    /// The stage of a phone: without names, but it still says what the controller waits for.
    pub fn phone(width: f64, lang: Lang) -> StageOptions {
        let mut options = StageOptions::embed(width, lang, false);
        (options.form, options.gutter, options.rows.hand) = (Form::Phone, 38.0, true);
        options
    }

    /// The projector's: drawn small and enlarged until its words can be read in a room.
    pub fn present(width: f64, lang: Lang) -> StageOptions {
        let rows = Rows {
            service: false,
            clients: true,
            hand: false,
            claims: true,
            volumes: false,
            axis: false,
            others: false,
        };
        let form = Form::Projector;
        StageOptions { form, gutter: 44.0, counts: false, rows, ..StageOptions::page(width, lang) }
    }

    /// One of two runs side by side.
    pub fn half(width: f64, lang: Lang) -> StageOptions {
        let mut options = StageOptions::page(width, lang);
        options.gutter = 44.0;
        options.counts = false;
        options.rows.volumes = false;
        options.rows.others = false;
        options
    }
}

/// How much room a column has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Density {
    Card(Sizes),
    Chip,
    Dot,
}

/// Columns and heights of one picture.
struct Grid<'a> {
    model: &'a StageModel,
    options: &'a StageOptions,
    columns: &'a [Column],
    density: Density,
    pitch: f64,
    w: f64,
    spine: f64,
    pod_h: f64,
    claim_h: f64,
    volume_h: f64,
    /// Few columns stand in the middle of the width.
    shift: f64,
    scene: Scene,
}

/// Draws the cluster by ordinal.
pub fn stage(model: &StageModel, options: &StageOptions) -> Scene {
    let (columns, paging) = page(model, options);
    let n = columns.len().max(1) as f64;
    let room = options.width - options.gutter;
    let width = |gap: f64| (room + gap) / n - gap;
    let phone = options.form == Form::Phone;
    let (density, gap) = if width(12.0) >= 84.0 {
        // Narrow cards take the smaller sizes everywhere.
        let small = options.form != Form::Page || width(12.0) < 100.0;
        (Density::Card(if small { COMPACT } else { CARD }), 12.0)
    } else if width(8.0) >= 44.0 {
        (Density::Chip, if phone { 8.0 } else { 10.0 })
    } else {
        (Density::Dot, 4.0)
    };
    let pitch = ((room + gap) / n).min(match density {
        Density::Card(_) => 160.0,
        Density::Chip => 92.0,
        Density::Dot => 48.0,
    });
    let w = pitch - gap;
    let (pod_h, claim_h, volume_h) = match density {
        Density::Card(s) => (s.pod, s.claim, s.volume),
        Density::Chip => (62.0, 34.0, 34.0),
        Density::Dot => (26.0, 22.0, 22.0),
    };
    let spine = if let Density::Card(s) = density { s.spine } else { w / 2.0 };
    // Names of services and the controller's sentence need some width even over a single column.
    let used = (options.gutter + n * pitch - gap).max(440.0).min(options.width);
    let shift = ((options.width - used) / 2.0).floor();
    let mut class = String::from(match density {
        Density::Card(s) if s == CARD => "scene scene--card",
        Density::Card(_) => "scene scene--compact",
        Density::Chip => "scene scene--chip",
        Density::Dot => "scene scene--dot",
    });
    if let Some(row) = options.ask {
        class += " scene--ask scene--ask-";
        class += row;
    }
    let scene = Scene { class, width: options.width, paging, ..Scene::default() };
    Grid { model, options, columns, density, pitch, w, spine, pod_h, claim_h, volume_h, shift, scene }.draw()
}

/// The columns that fit.
fn page<'a>(model: &'a StageModel, options: &StageOptions) -> (&'a [Column], Option<Paging>) {
    let total = model.columns.len();
    let capacity = (((options.width - options.gutter + 4.0) / 30.0) as usize).clamp(1, 60);
    if total <= capacity {
        return (&model.columns, None);
    }
    let pages = total.div_ceil(capacity);
    let working = model.hand.as_ref().and_then(|h| h.ordinal);
    let working = working.and_then(|o| model.columns.iter().position(|c| c.ordinal == o)).unwrap_or(0);
    let page = options.page.unwrap_or(working / capacity).min(pages - 1);
    let (first, end) = (page * capacity, (page * capacity + capacity).min(total));
    (&model.columns[first..end], Some(Paging { page, pages, first, end, total }))
}

impl Grid<'_> {
    /// The left edge of a column.
    fn x(&self, i: usize) -> f64 {
        self.shift + self.options.gutter + i as f64 * self.pitch
    }
    /// Where the marks and cables of a column lie.
    fn sx(&self, i: usize) -> f64 {
        self.x(i) + self.spine
    }
    fn right(&self) -> f64 {
        self.x(self.columns.len().max(1) - 1) + self.w
    }
    fn by_ordinal(&self) -> bool {
        self.model.set.is_some()
    }
    fn is_card(&self) -> bool {
        matches!(self.density, Density::Card(_))
    }

    fn draw(mut self) -> Scene {
        let rows = self.options.rows;
        let mut y = 4.0;
        let mut names_y = None;
        let clients = if rows.clients && self.by_ordinal() { self.clients(&mut y) } else { Vec::new() };
        if rows.service && self.by_ordinal() {
            (y, names_y) = self.services(y);
        }
        let mut hand_y = None;
        if rows.hand && self.by_ordinal() {
            hand_y = Some(y + 10.0);
            y += 50.0;
        } else {
            y += 6.0;
        }
        let head = match (self.by_ordinal(), self.options.title) {
            (true, true) => 30.0,
            (true, false) => 8.0,
            _ => 0.0,
        };
        let pod_y = y + head;
        if self.by_ordinal() {
            self.ground(y, head);
        }
        let (claim_gap, volume_gap) = match self.density {
            Density::Card(_) => (24.0, 14.0),
            Density::Chip => (22.0, 12.0),
            Density::Dot => (18.0, 10.0),
        };
        let claims = rows.claims && self.model.has_claims;
        let volumes = rows.volumes && claims;
        let claim_y = pod_y + self.pod_h + claim_gap;
        let volume_y = claim_y + self.claim_h + volume_gap;
        self.cables(names_y, pod_y, claims.then_some(claim_y), volumes.then_some(volume_y));
        self.rays(&clients, y, pod_y);
        self.pods(pod_y);
        let mut end = pod_y + self.pod_h + 10.0;
        if claims {
            self.claims(claim_y);
            end = claim_y + self.claim_h;
        }
        if volumes {
            self.volumes(volume_y);
            end = volume_y + self.volume_h;
        }
        if rows.axis && self.by_ordinal() {
            end = self.axis(end + 22.0) + 12.0;
        }
        if rows.others && self.by_ordinal() && self.model.others.iter().any(|p| !self.is_client(p)) {
            end = self.others(end + 12.0);
        }
        if let (Some(y), Some(hand), Some(set)) = (hand_y, &self.model.hand, &self.model.set) {
            // Without an ordinal of its own, or with one on another page, it stands over the first column.
            let i = hand.ordinal.and_then(|o| self.columns.iter().position(|c| c.ordinal == o)).unwrap_or(0);
            let tip = if self.is_card() { self.x(i) + 48.0 } else { self.sx(i) };
            let left = self.x(0) - 8.0;
            let edges = [left, (self.right() + 8.0).max(left + 380.0).min(self.options.width + 8.0)];
            let id = format!("hand/{}/{}", set.key.namespace, set.key.name);
            let tag = marks::controller::tag(id, &hand.says, self.options.lang, edges, tip, y);
            self.scene.push(tag);
        }
        self.scene.height = end + 4.0;
        self.scene.slots.arrange_by(|a, b| a.place.cmp(&b.place));
        self.scene
    }

    /// The wish as a tinted ground: as wide as `spec.replicas`, whatever stands on it.
    fn ground(&mut self, y: f64, head: f64) {
        let Some(set) = &self.model.set else { return };
        let h = head + self.pod_h + 10.0;
        let id = |part: &str| format!("ground/{}/{}{part}", set.key.namespace, set.key.name);
        let wanted: Vec<usize> = (0..self.columns.len()).filter(|&i| self.columns[i].wanted).collect();
        let (from, to) = match (wanted.first(), wanted.last()) {
            (Some(&a), Some(&b)) => (self.x(a) - 8.0, self.x(b) + self.w + 8.0),
            _ => (self.x(0) - 8.0, self.x(0) + 12.0),
        };
        let outside = self.columns.iter().enumerate().rev().find(|(_, c)| c.pod.is_some() && !c.wanted);
        let mut g = Group::new(id("/was"), "ground-was", to, y);
        if outside.is_some_and(|(i, _)| self.x(i) > to - 8.0) {
            let w = self.right() + 8.0 - to;
            g.path(
                "ground ground--was",
                Pen::default()
                    .go('M', &[0.0, 0.0])
                    .go('H', &[w - 14.0])
                    .turn(14.0, 14.0, 14.0)
                    .go('V', &[h - 14.0])
                    .turn(14.0, -14.0, 14.0)
                    .go('H', &[0.0])
                    .0,
            );
            self.scene.push(g);
        }
        if set.exists {
            let mut g = Group::new(id(""), "ground-box", from, y);
            g.rect("ground", [0.0, 0.0, to - from, h], 14.0);
            self.scene.push(g);
        }
        let held = set.partition.and_then(|p| self.columns.iter().position(|c| c.ordinal >= p && c.wanted));
        let held = held.filter(|&i| i > 0);
        if head >= 30.0 {
            let mut g = Group::new(id("/title"), "ground-title", from, y);
            // The spine of the first column stays free: its cable passes here.
            let left = self.spine + if self.is_card() { 36.0 } else { 24.0 };
            g.icon(marks::icon::Icon::Stack, "icon icon--text", left - 10.0, 16.0, 13.0);
            let value = match set.exists {
                true => vec![
                    Span::of("t__qual", 0.0, "replicas: "),
                    Span::of("t__num", 0.0, set.replicas.to_string()),
                ],
                false => vec![Span::of("t__qual", 0.0, self.options.lang.pick("삭제됨", "deleted"))],
            };
            let said: String = value.iter().map(|span| &*span.text).collect();
            let numbers = super::text::width(&said, 12.0, false, true);
            let wide = to - from;
            let mut room = if wide > 190.0 { wide - left - numbers - 24.0 } else { 150.0 };
            if let Some(i) = held {
                room = room.min(self.x(i) - from - left - 14.0);
            }
            let name = super::text::elide(&set.key.name, room, 12.5, false);
            let name_w = super::text::width(&name, 12.5, true, false);
            let mut spans = vec![Span::plain(name)];
            if wide > left + name_w + 90.0 + numbers + 20.0 {
                spans.push(Span::of("t__qual", 6.0, "StatefulSet"));
            }
            g.spans("t t--set", left, 20.5, Anchor::Start, spans);
            if set.exists {
                let object = object_id("set", &set.key);
                self.scene.slots.push(Slot {
                    id: format!("slot/{object}"),
                    object,
                    place: Place::Set,
                    ordinal: None,
                    x: from,
                    y,
                    w: (left + name_w + 90.0).min(wide),
                    h: 28.0,
                    label: format!("StatefulSet {}, replicas: {}", set.key.name, set.replicas),
                });
            }
            if wide > left + name_w + numbers + 20.0 {
                g.spans("t t--set t--mono", wide - 12.0, 20.5, Anchor::End, value);
            } else {
                g.spans("t t--set t--mono", left + name_w + 12.0, 20.5, Anchor::Start, value);
            }
            self.scene.push(g);
        }
        if let (Some(i), Some(p)) = (held, set.partition) {
            let gap = self.pitch - self.w;
            let mut g = Group::new(id("/partition"), "partition", self.x(i) - gap / 2.0, y);
            g.path("partition__line", Pen::default().go('M', &[0.0, 4.0]).go('V', &[h - 4.0]).0);
            if self.options.title && self.is_card() && i + 1 < wanted.len() {
                g.text(
                    "t t--set t--part",
                    6.0,
                    20.5,
                    self.options.lang.pick(format!("{p}부터 갱신"), format!("updates from {p}")),
                );
            }
            self.scene.push(g);
        }
    }

    /// The vertical lines of each column, from its name down to its volume.
    fn cables(&mut self, names_y: Option<f64>, pod_y: f64, claim_y: Option<f64>, volume_y: Option<f64>) {
        for (i, column) in self.columns.iter().enumerate() {
            let mut g = Group::new(format!("cable/{}", column.ordinal), "cable", self.sx(i), 0.0);
            let line = |from: f64, to: f64| Pen::default().go('M', &[0.0, from]).go('V', &[to]).0;
            if let (Some(y), true) = (names_y, column.dns.as_ref().is_some_and(|d| d.address.is_some())) {
                g.path("wire wire--name", line(y + marks::name::HEIGHT, pod_y));
            }
            let Some(claim) = column.claims.first() else {
                if !g.shapes.is_empty() {
                    self.scene.push(g);
                }
                continue;
            };
            if let Some(y) = claim_y {
                let under = pod_y + self.pod_h;
                match column.pod {
                    Some(_) => g.path("wire wire--mount", line(under, y)),
                    None => g.path("wire wire--free", line(under + 8.0, y)),
                }
            }
            if let (Some(y), Some(_)) = (volume_y, &claim.volume) {
                g.path("wire wire--bound", line(y - 14.0, y + 3.0));
            }
            self.scene.push(g);
        }
    }

    /// The axis of ordinals; the one the controller is at is filled.
    fn axis(&mut self, y: f64) -> f64 {
        self.row("axis", self.options.lang.pick("순번", "Ordinal"), None, y);
        let mut g = Group::new("axis", "axis-line", 0.0, y);
        g.path("axis", Pen::default().go('M', &[self.x(0), -15.0]).go('H', &[self.right()]).0);
        self.scene.push(g);
        // Dense columns carry every fifth number only, and the one that matters.
        let every = if self.pitch < 24.0 { 5 } else { 1 };
        let now = self.model.hand.as_ref().and_then(|h| h.ordinal);
        for (i, column) in self.columns.iter().enumerate() {
            let hot = now == Some(column.ordinal);
            let mut g = Group::new(format!("axis/{}", column.ordinal), "axis-tick", self.sx(i), y);
            if hot {
                let wide = if column.ordinal > 99 { 30.0 } else { 20.0 };
                g.rect("axis__now", [-wide / 2.0, -10.0, wide, 20.0], 10.0);
            }
            g.path("axis", "M0-15v-4");
            if hot || column.ordinal % every == 0 {
                let class = if hot { "t t--axis t--on" } else { "t t--axis" };
                g.text_at(class, 0.0, 4.5, Anchor::Middle, column.ordinal.to_string());
            }
            self.scene.push(g);
        }
        if let Some(p) = self.scene.paging {
            let mut g = Group::new("paging", "paging", self.right(), y + 20.0);
            let (a, b) = (self.columns[0].ordinal, self.columns[self.columns.len() - 1].ordinal);
            g.text_at("t t--row", 0.0, 4.0, Anchor::End, format!("{a}–{b} / {}", p.total));
            self.scene.push(g);
            return y + 18.0;
        }
        y
    }

    /// The name of a row at its left, with its count below where there is room.
    fn row(&mut self, id: &str, name: &'static str, count: Option<usize>, y: f64) {
        let mut g = Group::new(format!("row/{id}"), format!("row row--{id}"), self.shift, y);
        match count {
            Some(count) if self.options.counts && self.options.gutter >= 50.0 => {
                g.text("t t--row", 0.0, -2.0, name);
                g.text("t t--count", 0.0, 14.0, count.to_string());
            }
            _ => g.text("t t--row", 0.0, 4.0, name),
        }
        self.scene.push(g);
    }

    fn slot(
        &mut self,
        place: Place,
        ordinal: Option<i64>,
        object: String,
        [x, y, w, h]: [f64; 4],
        label: String,
    ) {
        let kind = match place {
            Place::Service => "service",
            Place::Name => "name",
            Place::Pod => "pod",
            Place::Claim => "claim",
            Place::Volume => "volume",
            Place::Node => "node",
            Place::Set => "set",
        };
        let id = ordinal.map_or_else(|| format!("slot/{kind}/{object}"), |o| format!("slot/{kind}/{o}"));
        self.scene.slots.push(Slot { id, object, place, ordinal, x, y, w, h, label });
    }
}

/// A small pill for a pod of no set.
fn other_pill(g: &mut Group, w: f64) {
    g.path("edge edge--line edge--thin", round_rect(0.0, 0.0, w, 26.0, 7.0));
}
