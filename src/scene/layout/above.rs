//! What stands above the ground: services, names, and the lines from one to the other.

use super::Grid;
use crate::scene::marks::{name, service};
use crate::scene::model::{ServiceModel, ServiceShape};
use crate::scene::shapes::Pen;
use crate::scene::{Group, Place};

impl Grid<'_> {
    /// Services and names from `y` down; returns where the next thing begins, and where the names are.
    pub(super) fn services(&mut self, mut y: f64) -> (f64, Option<f64>) {
        let services = &self.model.services;
        let mut wires = Group::new("wires", "wires", 0.0, 0.0);
        let single: Vec<&ServiceModel> =
            services.iter().filter(|s| matches!(s.shape, ServiceShape::Cluster(_))).collect();
        let at = self.scene.groups.len();
        if !single.is_empty() {
            self.single_answers(&single, y, &mut wires);
            y += service::HEIGHT + 12.0;
        }
        let many: Vec<&ServiceModel> =
            services.iter().filter(|s| !matches!(s.shape, ServiceShape::Cluster(_))).collect();
        let names = self.columns.iter().any(|c| c.dns.is_some());
        let mut names_y = None;
        if !many.is_empty() || names {
            let mut x = self.x(0) - 8.0;
            for (i, s) in many.iter().enumerate() {
                self.pill(s, x, y);
                let w = service::pill_width(s, self.options.lang);
                if i == 0 && s.governing {
                    self.many_answers(x + w, y, &mut wires);
                }
                x += w + 12.0;
            }
            if !many.is_empty() {
                y += service::HEIGHT;
            }
        }
        if names {
            y += 18.0;
            names_y = Some(y);
            self.names(y);
            y += name::HEIGHT;
        }
        // The lines lie behind everything else.
        self.scene.groups.insert(at, wires);
        (y, names_y)
    }

    /// Filled pills at the right, one answer each: dashes from the first touch every ready column.
    fn single_answers(&mut self, services: &[&ServiceModel], y: f64, wires: &mut Group) {
        let lang = self.options.lang;
        let mut left = self.right() + 8.0;
        for (i, s) in services.iter().enumerate() {
            let w = service::pill_width(s, lang);
            left -= w;
            if left < self.x(0) - 8.0 && i > 0 {
                return;
            }
            left = left.max(self.x(0) - 8.0);
            self.pill(s, left, y);
            if i + 1 < services.len() {
                left -= 12.0;
            }
        }
        let Some(first) = services.first().filter(|s| !s.ordinals.is_empty()) else { return };
        let middle = y + service::HEIGHT / 2.0;
        // Beside the spine, which belongs to the names; small columns have no beside.
        let dx = if self.is_card() { 36.0 } else { 0.0 };
        let ready = self.columns.iter().enumerate().filter(|(_, c)| first.ordinals.contains(&c.ordinal));
        let xs: Vec<f64> = ready.map(|(i, _)| self.sx(i) + dx).collect();
        for &x in &xs {
            let from = if x < left { middle } else { y + service::HEIGHT };
            wires.path("wire wire--any", Pen::default().go('M', &[x, from]).go('v', &[10.0]).0);
            wires.circle("wire__end", x, from + 13.0, 3.0);
        }
        if let Some(&x) = xs.first().filter(|x| **x < left) {
            wires.path("wire wire--any", Pen::default().go('M', &[x, middle]).go('H', &[left]).0);
            let text = lang.pick("준비된 파드 가운데 하나로", "to any one of the ready Pods");
            if crate::scene::text::width(text, 11.5, false, false) < left - x - 12.0 {
                wires.text("t t--wire", x + 8.0, middle - 7.0, text);
            }
        }
    }

    /// Lines from the governing pill, whose right end is at `end`, to every name that answers.
    fn many_answers(&self, end: f64, y: f64, wires: &mut Group) {
        let (middle, bottom) = (y + service::HEIGHT / 2.0, y + service::HEIGHT);
        let down = bottom + 18.0;
        for (i, column) in self.columns.iter().enumerate() {
            if column.dns.as_ref().is_none_or(|d| d.address.is_none()) {
                continue;
            }
            let x = self.sx(i);
            let pen = if x < end - 12.0 {
                Pen::default().go('M', &[x, bottom]).go('V', &[down])
            } else {
                Pen::default()
                    .go('M', &[end, middle])
                    .go('H', &[(x - 10.0).max(end)])
                    .go('Q', &[x, middle, x, middle + 10.0])
                    .go('V', &[down])
            };
            wires.path("wire wire--name", pen.0);
        }
    }

    fn pill(&mut self, s: &ServiceModel, x: f64, y: f64) {
        let namespace = self.model.set.as_ref().map_or("", |set| &set.key.namespace);
        let id = format!("service/{namespace}/{}", s.name);
        let mut g = Group::new(id.clone(), format!("service service--{}", service::class(s)), x, y);
        service::pill(&mut g, s, self.options.lang);
        self.scene.push(g);
        let w = service::pill_width(s, self.options.lang);
        self.slot(Place::Service, None, id, [x, y, w, service::HEIGHT], service::label(s, self.options.lang));
    }

    fn names(&mut self, y: f64) {
        let all = self.model.columns.iter();
        let found = all.filter(|c| c.dns.as_ref().is_some_and(|d| d.address.is_some())).count();
        self.row("name", self.options.lang.pick("이름", "Name"), Some(found), y + name::HEIGHT / 2.0);
        for (i, column) in self.columns.iter().enumerate() {
            let Some(dns) = column.dns.as_ref().filter(|_| column.is_shown()) else { continue };
            let namespace = self.model.set.as_ref().map_or("", |set| &set.key.namespace);
            let id = format!("name/{namespace}/{}", dns.name);
            let mut g = Group::new(id.clone(), name::class(dns), self.x(i), y);
            name::record(&mut g, dns, self.w);
            self.scene.push(g);
            let label = name::label(dns, self.options.lang);
            self.slot(Place::Name, Some(column.ordinal), id, [self.x(i), y, self.w, name::HEIGHT], label);
        }
    }
}
