//! The rows of the columns: pods, claims, volumes, and the pods of no set below.

use super::{Density, Grid, other_pill};
use crate::scene::marks::{claim, pod, sign, volume};
use crate::scene::model::{Note, PodModel};
use crate::scene::shapes::Pen;
use crate::scene::text::{elide, width};
use crate::scene::{Group, Motion, Place};

/// The id of an object's group.
pub(crate) fn object_id(kind: &str, key: &crate::api::ObjectKey) -> String {
    format!("{kind}/{}/{}", key.namespace, key.name)
}

/// The id of a pod; one that runs on without an object may have a successor of its name.
pub(crate) fn pod_id(pod: &PodModel) -> String {
    match &pod.note {
        Note::Unknown => format!("{}/{}", object_id("ghost", &pod.key), pod.node),
        _ => object_id("pod", &pod.key),
    }
}

impl Grid<'_> {
    pub(super) fn pods(&mut self, y: f64) {
        let lang = self.options.lang;
        let alive = self.model.columns.iter().filter(|c| c.pod.is_some()).count();
        self.row("pod", lang.pick("파드", "Pods"), Some(alive), y + self.pod_h / 2.0);
        // With everything that can be said about an ordinal in its column, an empty one still names itself.
        let ghost = self.model.set.as_ref().is_some_and(|s| !s.exists) && self.model.sets.is_empty();
        for (i, column) in self.columns.iter().enumerate() {
            if !column.is_shown() {
                continue;
            }
            let (x, w) = (self.x(i), self.w);
            let (id, class) = match &column.pod {
                Some(p) => (object_id("pod", &p.key), format!("pod pod--{}", pod::class(p.state))),
                None => (format!("place/{}", column.ordinal), "pod pod--none".to_string()),
            };
            let mut g = Group::new(id.clone(), class, x, y);
            let label = if self.by_ordinal() { column.ordinal.to_string() } else { column.name.clone() };
            match (self.density, &column.pod) {
                (Density::Card(s), Some(p)) => pod::card(&mut g, p, w, &s, lang),
                (Density::Card(s), None) => {
                    pod::empty(&mut g, if ghost { "" } else { &label }, w, &s, lang);
                    if ghost {
                        g.shapes.truncate(1);
                        g.spans(
                            "t t--claim",
                            s.pad,
                            26.0,
                            Default::default(),
                            pod::name_spans(&column.name, w - 2.0 * s.pad, 12.0),
                        );
                        g.text("t t--note", s.pad, 45.0, lang.pick("없음", "none"));
                    }
                }
                (Density::Chip, p) => pod::chip(&mut g, p.as_ref(), &label, w, self.pod_h, lang),
                (Density::Dot, p) => {
                    g.x += w / 2.0 - 13.0;
                    pod::dot(&mut g, p.as_ref());
                }
            }
            if column.pod.is_some() {
                g.motion = Motion::Drop;
            }
            self.scene.push(g);
            if column.differs {
                let mut g = Group::new(format!("differs/{}", column.ordinal), "differs-bar", x - 6.0, y);
                g.path("differs", Pen::default().go('M', &[0.0, 6.0]).go('V', &[self.pod_h - 6.0]).0);
                self.scene.push(g);
            }
            let says = match &column.pod {
                Some(p) => pod::label(p, lang),
                None => format!("{}, {}", column.name, lang.pick("없음", "none")),
            };
            let object = if column.pod.is_some() { id } else { String::new() };
            self.slot(Place::Pod, Some(column.ordinal), object, [x, y, w, self.pod_h], says);
        }
    }

    pub(super) fn claims(&mut self, y: f64) {
        let lang = self.options.lang;
        let count = self.model.columns.iter().map(|c| c.claims.len()).sum();
        self.row("pvc", "PVC", Some(count), y + self.claim_h / 2.0);
        for (i, column) in self.columns.iter().enumerate() {
            let (x, w, h) = (self.x(i), self.w, self.claim_h);
            let Some(first) = column.claims.first() else {
                if column.wanted || column.pod.is_some() || !self.by_ordinal() {
                    let mut g = Group::new(format!("socket/{}", column.ordinal), "claim claim--none", x, y);
                    claim::empty(&mut g, w, h);
                    self.scene.push(g);
                }
                continue;
            };
            let id = object_id("claim", &first.key);
            let mut g = Group::new(id.clone(), format!("claim claim--{}", claim::class(first.state)), x, y);
            match self.density {
                Density::Card(s) => claim::card(&mut g, first, column.claims.len() - 1, w, &s, lang),
                _ => claim::chip(&mut g, first, w, h),
            }
            self.scene.push(g);
            let says: Vec<String> = column.claims.iter().map(|c| claim::label(c, lang)).collect();
            self.slot(Place::Claim, Some(column.ordinal), id, [x, y, w, h], says.join("; "));
        }
    }

    pub(super) fn volumes(&mut self, y: f64) {
        let of = |i: usize| self.columns[i].claims.first().and_then(|c| c.volume.as_ref());
        let volumes = self.model.columns.iter().flat_map(|c| &c.claims);
        let count = volumes.filter(|c| c.volume.is_some()).count();
        let present: Vec<usize> = (0..self.columns.len()).filter(|&i| of(i).is_some()).collect();
        self.row("pv", "PV", Some(count), y + self.volume_h / 2.0);
        // The places of a set that does not exist show what it would have.
        let ghost = self.model.set.as_ref().is_some_and(|s| !s.exists) && self.model.sets.is_empty();
        if ghost && present.is_empty() {
            for (i, column) in self.columns.iter().enumerate() {
                let mut g =
                    Group::new(format!("hole/{}", column.ordinal), "volume volume--none", self.x(i), y);
                volume::empty(&mut g, self.w, self.volume_h);
                self.scene.push(g);
            }
        }
        for i in present {
            let column = &self.columns[i];
            let Some(v) = column.claims.first().and_then(|c| c.volume.as_ref()) else { continue };
            let (word, class, ..) = volume::look(v.state);
            let id = format!("volume/{}", v.name);
            let mut g = Group::new(id.clone(), format!("volume volume--{class}"), self.x(i), y);
            match self.density {
                Density::Card(s) => volume::card(&mut g, v, self.w, &s),
                _ => volume::chip(&mut g, v, self.w, self.volume_h),
            }
            self.scene.push(g);
            let says = format!("PV {}, {}, {word}", v.name, v.size);
            self.slot(Place::Volume, Some(column.ordinal), id, [self.x(i), y, self.w, self.volume_h], says);
        }
    }

    /// Pods of no set as small pills in one row; what does not fit is counted.
    pub(super) fn others(&mut self, y: f64) -> f64 {
        let lang = self.options.lang;
        self.row("other", lang.pick("그 밖", "Others"), None, y + 13.0);
        let mut x = self.x(0);
        let others: Vec<&PodModel> = self.model.others.iter().filter(|p| !self.is_client(p)).collect();
        let total = others.len();
        for (i, p) in others.into_iter().enumerate() {
            let name = elide(&p.key.name, 130.0, 12.0, false);
            let word = if p.note == Note::Unknown { pod::left_running(p, lang) } else { p.word.to_string() };
            let w = 30.0 + width(&name, 12.0, false, false) + 8.0 + width(&word, 11.5, false, false) + 10.0;
            if x + w > self.options.width - 40.0 && i > 0 {
                let mut g = Group::new("others", "others", x, y);
                g.text("t t--note", 4.0, 17.0, format!("+{}", total - i));
                self.scene.push(g);
                break;
            }
            let id = pod_id(p);
            let mut g = Group::new(id.clone(), format!("pod pod--{}", pod::class(p.state)), x, y);
            other_pill(&mut g, w);
            let (_, mark, token) = pod::look(p.state);
            if let Some(mark) = mark {
                sign::sign(&mut g, mark, token, 16.0, 13.0, p.countdown.map(|c| c.part()), 14.0);
            }
            g.text("t t--vol", 28.0, 17.0, name);
            g.text_at("t t--note", w - 10.0, 17.0, crate::scene::Anchor::End, word);
            self.scene.push(g);
            let label = pod::label(p, lang);
            self.scene.slots.push(crate::scene::Slot {
                id: format!("slot/{id}"),
                object: id,
                place: Place::Pod,
                ordinal: None,
                x,
                y,
                w,
                h: 26.0,
                label,
            });
            x += w + 10.0;
        }
        y + 26.0
    }
}
