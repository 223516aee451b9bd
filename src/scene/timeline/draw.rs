//! Lanes as a picture: for the page, for an embed, and small ones that name a story.

use super::{Bar, Lane, LaneState, Timeline};
use crate::lang::Lang;
use crate::scene::shapes::Pen;
use crate::scene::text::{elide, width};
use crate::scene::{Anchor, Group, Scene};
use crate::sim::Arrange;

/// How to draw a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackOptions {
    /// How wide.
    pub width: f64,
    /// Height of a lane.
    pub lane: f64,
    /// Space between two lanes.
    pub gap: f64,
    /// Where the lanes begin; the chapters' names stand above.
    pub top: f64,
    /// The most height that all lanes may take; many lanes get thinner.
    pub most: f64,
    /// The moment shown; without one there is no head, and nothing is future.
    pub head: Option<f64>,
    /// True if the head has a knob.
    pub knob: bool,
    /// True if chapters are named.
    pub labels: bool,
    /// True if every step has a tick.
    pub ticks: bool,
    /// Steps whose ticks are taller: those that changed the selected object.
    pub tall: Vec<usize>,
    /// From where to where an old future ran, as moments.
    pub ghost: Option<(f64, f64)>,
    /// The lanes of a second run, below the first one's.
    pub beside: Vec<Lane>,
    /// The moment at which the two part.
    pub parting: Option<f64>,
    /// The language of its words.
    pub lang: Lang,
}

impl TrackOptions {
    /// The bottom of the page. The page draws its own head over it.
    pub fn page(width: f64, lang: Lang) -> TrackOptions {
        TrackOptions {
            width,
            lane: 6.0,
            gap: 2.0,
            top: 28.0,
            most: 46.0,
            head: None,
            knob: true,
            labels: true,
            ticks: true,
            tall: Vec::new(),
            ghost: None,
            beside: Vec::new(),
            parting: None,
            lang,
        }
    }

    /// An embed, a phone, the projector: no words, no ticks.
    pub fn small(width: f64, lang: Lang) -> TrackOptions {
        TrackOptions {
            lane: 3.0,
            gap: 1.0,
            top: 9.0,
            most: 26.0,
            labels: false,
            ticks: false,
            ..TrackOptions::page(width, lang)
        }
    }

    /// The picture that names a story.
    pub fn thumb(width: f64, lang: Lang) -> TrackOptions {
        TrackOptions {
            lane: 5.0,
            gap: 2.0,
            top: 2.0,
            most: 40.0,
            knob: false,
            labels: false,
            ticks: false,
            ..TrackOptions::page(width, lang)
        }
    }
}

/// Draws a timeline.
pub fn track(timeline: &Timeline, options: &TrackOptions) -> Scene {
    let x = |moment: f64| timeline.axis.place(moment) * options.width;
    let n = timeline.lanes.len().max(1) as f64;
    let more = options.beside.len() as f64;
    let apart = if more > 0.0 { APART } else { 0.0 };
    // Many lanes share the height there is.
    let (mut lane, mut gap) = (options.lane, options.gap);
    if (n + more) * (lane + gap) - gap + apart > options.most {
        let each = (options.most - apart) / (n + more);
        gap = if each >= 3.0 { 1.0 } else { each * 0.2 };
        lane = each - gap;
    }
    let h = (n + more) * (lane + gap) - gap + apart;
    let bottom = options.top + h;
    let mut scene = Scene { class: "track".into(), width: options.width, ..Scene::default() };
    let page = options.ticks;
    scene.height = bottom + if page { 20.0 } else { 3.0 };

    chapters(&mut scene, timeline, options, bottom, &x);
    let below = if more > 0.0 { more * (lane + gap) + apart } else { 0.0 };
    let own = timeline.lanes.iter().enumerate().map(|(k, row)| (row, below + k as f64 * (lane + gap), ""));
    let beside = options.beside.iter().enumerate().map(|(k, row)| (row, k as f64 * (lane + gap), "beside/"));
    for (row, up, block) in own.chain(beside) {
        let y = bottom - lane - up;
        let mut g = Group::new(format!("{block}lane/{}", row.ordinal), "lane-row", 0.0, y);
        g.rect("lane lane--none", [0.0, lane / 2.0 - 0.5, options.width, 1.0], 0.0);
        for bar in &row.bars {
            let (a, b) = (x(bar.from), x(bar.to));
            draw_bar(&mut g, bar, (a + 0.5).min(options.width - 2.0), (b - a - 1.0).max(1.0), lane);
        }
        scene.push(g);
    }
    if more > 0.0 {
        let y = bottom - below + gap + (apart - gap) / 2.0;
        let mut g = Group::new("track/parting", "track-parting", 0.0, y);
        g.path("track__between", Pen::default().go('M', &[0.0, 0.0]).go('H', &[options.width]).0);
        for (from, to) in differing(&timeline.lanes, &options.beside, options.width, &x) {
            let pen = Pen::default().go('M', &[from, 0.0]).go('H', &[to]);
            g.path("track__differs", pen.0);
        }
        if let Some(parting) = options.parting {
            let pen = Pen::default().go('M', &[x(parting), options.top - y]).go('V', &[bottom - y]);
            g.path("track__parts", pen.0);
        }
        scene.push(g);
    }
    if let Some((from, to)) = options.ghost {
        let mut g = Group::new("track/ghost", "track-ghost", x(from), options.top - 3.0);
        let line = Pen::default()
            .go('M', &[0.0, 0.0])
            .go('q', &[0.0, -5.0, 5.0, -5.0])
            .go('H', &[(x(to) - x(from)).max(6.0)]);
        g.path("track__ghost", line.0);
        scene.push(g);
    }
    if let Some(head) = options.head {
        let mut g = Group::new("track/future", "track-future", x(head), options.top - 3.0);
        g.rect("track__future", [0.0, 0.0, (options.width - x(head)).max(0.0), h + 6.0], 0.0);
        scene.push(g);
    }
    if page {
        gaps(&mut scene, timeline, options, bottom, h);
        let mut g = Group::new("ticks", "ticks", 0.0, bottom + 5.0);
        let mut last = -2.0;
        for k in 1..=timeline.axis.len() {
            let tall = options.tall.contains(&k);
            let at = x(k as f64);
            // Ticks closer than two pixels would be a grey bar; tall ones always show.
            if !tall && at - last < 2.0 {
                continue;
            }
            last = at;
            let past = options.head.is_none_or(|head| k as f64 <= head);
            let class = match (past, tall) {
                (_, true) => "tick tick--tall",
                (true, _) => "tick tick--past",
                _ => "tick",
            };
            g.path(class, Pen::default().go('M', &[at, 0.0]).go('v', &[if tall { 9.0 } else { 5.0 }]).0);
        }
        scene.push(g);
    }
    if let (Some(head), true) = (options.head, options.knob) {
        let mut g = Group::new("track/head", "track-head", x(head), 0.0);
        g.path(
            "track__head",
            Pen::default()
                .go('M', &[0.0, options.top - 4.0])
                .go('V', &[bottom + if page { 9.0 } else { 3.0 }])
                .0,
        );
        g.circle("track__knob", 0.0, (options.top - 6.0).max(5.5), 5.5);
        scene.push(g);
    }
    scene
}

/// Room between the lanes of two runs.
const APART: f64 = 6.0;

/// The stretches of the width in which any ordinal is in another state in one run than in the other, in pixels.
fn differing(one: &[Lane], other: &[Lane], width: f64, x: &impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let mut pixels = vec![false; width.max(0.0) as usize + 1];
    let mut compare = |a: &[Bar], b: &[Bar]| {
        let mut edges: Vec<f64> = a.iter().chain(b).flat_map(|bar| [bar.from, bar.to]).collect();
        edges.arrange_by(f64::total_cmp);
        let state = |bars: &[Bar], at: f64| {
            bars.iter().find(|bar| bar.from <= at && at < bar.to).map(|bar| bar.state)
        };
        for pair in edges.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0;
            if pair[0] < pair[1] && state(a, middle) != state(b, middle) {
                let (from, to) = (x(pair[0]) as usize, x(pair[1]) as usize);
                pixels.iter_mut().take(to).skip(from).for_each(|pixel| *pixel = true);
            }
        }
    };
    // Lanes come by ordinal, without gaps for as many as are drawn.
    let beside =
        |lanes: &[Lane], ordinal: i64| lanes.binary_search_by_key(&ordinal, |lane| lane.ordinal).ok();
    for lane in one {
        compare(&lane.bars, beside(other, lane.ordinal).map_or(&[], |at| &other[at].bars));
    }
    for lane in other.iter().filter(|lane| beside(one, lane.ordinal).is_none()) {
        compare(&[], &lane.bars);
    }
    let mut found: Vec<(f64, f64)> = Vec::new();
    for (at, _) in pixels.iter().enumerate().filter(|(_, differs)| **differs) {
        match found.last_mut() {
            Some(last) if last.1 == at as f64 => last.1 += 1.0,
            _ => found.push((at as f64, at as f64 + 1.0)),
        }
    }
    found
}

fn chapters(
    scene: &mut Scene,
    timeline: &Timeline,
    options: &TrackOptions,
    bottom: f64,
    x: &impl Fn(f64) -> f64,
) {
    if !options.labels {
        return;
    }
    // A chapter begins a little before its first step, but never in the chapter before it.
    let start = |moment: f64| (x(moment) - 8.0).max(x((moment - 0.5).max(0.0))).max(0.0);
    for (i, chapter) in timeline.chapters.iter().enumerate() {
        let left = start(chapter.moment);
        let end = timeline.chapters.get(i + 1).map_or(options.width, |next| start(next.moment));
        let mut g = Group::new(format!("chapter/{i}"), "chapter", left, 0.0);
        g.path("track__rule", Pen::default().go('M', &[0.5, 3.0]).go('V', &[bottom + 5.0]).0);
        let room = end - left - 14.0;
        let full = chapter.label(options.lang);
        let text = if width(&full, 12.0, false, false) <= room {
            full
        } else {
            elide(&chapter.title, room, 12.0, false)
        };
        if room > 24.0 && text.chars().count() > 3 {
            let past = options.head.is_none_or(|head| chapter.moment <= head);
            g.text(if past { "t t--chapter" } else { "t t--chapter t--muted" }, 7.0, 12.0, text);
        }
        scene.push(g);
    }
}

fn gaps(scene: &mut Scene, timeline: &Timeline, options: &TrackOptions, bottom: f64, h: f64) {
    for (i, gap) in timeline.gaps.iter().enumerate() {
        let mut g = Group::new(format!("gap/{i}"), "gap", gap.at * options.width - 2.0, bottom + 4.0);
        let (up, down) = (-(h + 8.0), h + 8.0);
        let fill =
            Pen::default().go('M', &[-4.0, 0.0]).go('l', &[8.0, up]).go('h', &[8.0]).go('l', &[-8.0, down]);
        g.path("track__gapfill", fill.end());
        let lines =
            Pen::default().go('M', &[-4.0, 0.0]).go('l', &[8.0, up]).go('M', &[4.0, 0.0]).go('l', &[8.0, up]);
        g.path("track__gap", lines.0);
        // Labels that would run into each other are left to the spoken text.
        let near = i > 0 && (gap.at - timeline.gaps[i - 1].at) * options.width < 36.0;
        if !near {
            g.text_at("t t--gap", 4.0, 13.0, Anchor::Middle, options.lang.seconds(gap.length));
        }
        scene.push(g);
    }
}

fn draw_bar(g: &mut Group, bar: &Bar, x: f64, w: f64, lane: f64) {
    let class = format!("lane lane--{}", bar.state.class());
    match bar.state {
        // Two rules, like the double border of the card.
        LaneState::Terminating => {
            let t = (lane / 3.0).max(1.25_f64.min(lane / 2.2));
            g.rect(class.clone(), [x, 0.0, w, t], 0.0);
            g.rect(class, [x, lane - t, w, t], 0.0);
        }
        LaneState::Creating => {
            g.rect(class, [x + 0.5, 0.5, (w - 1.0).max(1.0), (lane - 1.0).max(0.5)], 1.5_f64.min(lane / 3.0));
        }
        // Strokes across, as wide as the lane is high.
        LaneState::Lost => {
            let mut pen = Pen::default();
            let mut at = 0.0;
            while at < w {
                pen = pen
                    .go('M', &[x + at, 0.0])
                    .go('h', &[2.0_f64.min(w - at)])
                    .go('v', &[lane])
                    .go('h', &[-(2.0_f64.min(w - at))])
                    .go('z', &[]);
                at += 3.5;
            }
            g.path(class, pen.0);
        }
        // Cut through the middle, so that it is no shorter kind of ready.
        LaneState::NotReady => {
            g.rect(class.clone(), [x, 0.0, w, lane * 0.45], 0.0);
            g.rect("lane lane--none", [x, lane - 1.0, w, 1.0], 0.0);
        }
        LaneState::Failed => {
            let cut = lane.min(w);
            let pen = Pen::default()
                .go('M', &[x, 0.0])
                .go('h', &[w - cut * 0.6])
                .go('l', &[cut * 0.6, lane])
                .go('h', &[-w]);
            g.path(class, pen.end());
        }
        LaneState::Done => g.rect(class, [x, lane / 3.0, w, lane / 3.0], 0.0),
        LaneState::Ready => g.rect(class, [x, 0.0, w, lane], 1.5_f64.min(lane / 3.0)),
    }
}

/// A single bar of 22 by 6, for a legend.
pub fn legend(state: LaneState) -> Scene {
    let mut scene = Scene { class: "track".into(), width: 22.0, height: 6.0, ..Scene::default() };
    let mut g = Group::new("legend", "lane-row", 0.0, 0.0);
    draw_bar(&mut g, &Bar { from: 0.0, to: 1.0, state }, 0.5, 21.0, 6.0);
    scene.push(g);
    scene
}

impl Timeline {
    /// Lanes without a run behind them: per ordinal, from 0 up, stretches of `(from, to, state)` out of `total`.
    pub fn sketch(total: usize, lanes: &[&[(f64, f64, LaneState)]]) -> Timeline {
        let ticks: Vec<super::Tick> = (0..total)
            .map(|i| super::Tick { at: crate::sim::SimTime(i as u64 * 1000), first: i, last: i })
            .collect();
        let lanes = lanes.iter().enumerate().map(|(i, bars)| Lane {
            ordinal: i as i64,
            bars: bars.iter().map(|&(from, to, state)| Bar { from, to, state }).collect(),
        });
        Timeline {
            axis: super::Axis::new(&ticks, super::Spacing::Even),
            lanes: lanes.collect(),
            chapters: Vec::new(),
            gaps: Vec::new(),
        }
    }
}
