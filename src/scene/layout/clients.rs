//! Above everything else: the programs that send requests, and a line to the pod each reached last.

use super::Grid;
use crate::scene::marks::client;
use crate::scene::shapes::Pen;
use crate::scene::{Group, Place};

/// So many clients are drawn.
const MOST: usize = 3;
/// From one client to the next.
const PITCH: f64 = client::HEIGHT + 6.0;

/// Where the line of a client begins: its right end, its middle, and the column it goes to.
pub(super) type Ray = (f64, f64, Option<usize>);

impl Grid<'_> {
    /// The clients from `y` down, which goes on to where the next thing begins.
    pub(super) fn clients(&mut self, y: &mut f64) -> Vec<Ray> {
        let mut rays = Vec::new();
        let (lang, set) = (self.options.lang, self.model.set.as_ref().map_or("", |set| &set.key.name));
        let left = self.x(0) - 8.0;
        for c in self.model.clients.iter().take(MOST) {
            let id = format!("client/{}/{}/{}", c.pod.namespace, c.pod.name, c.name);
            let mut g = Group::new(id, "client", left, *y);
            let w = client::chip(&mut g, c, set, lang, self.options.width - left - 8.0);
            self.scene.push(g);
            let pod = format!("pod/{}/{}", c.pod.namespace, c.pod.name);
            let label = client::label(c, lang);
            self.slot(Place::Pod, None, pod, [left, *y, w, client::HEIGHT], label);
            let reached = c.reached(set);
            let column = reached.and_then(|o| self.columns.iter().position(|c| c.ordinal == o));
            rays.push((left + w, *y + client::HEIGHT / 2.0, column));
            *y += PITCH;
        }
        rays
    }

    /// The lines: behind services and names as far as the ground at `ground_y`, and on it down to the pods at `pod_y`.
    pub(super) fn rays(&mut self, rays: &[Ray], ground_y: f64, pod_y: f64) {
        for (i, &(end, middle, column)) in rays.iter().enumerate() {
            let mut above = Group::new(format!("ray/{i}"), "ray", 0.0, 0.0);
            let mut below = Group::new(format!("ray/{i}/end"), "ray", 0.0, 0.0);
            if let Some(column) = column {
                // Beside the spine, which belongs to names and claims; each client has a line of its own.
                let beside = if self.is_card() { self.w - 14.0 } else { self.spine + 6.0 };
                let x = self.x(column) + beside - 5.0 * i as f64;
                let pen = match x > end {
                    true => Pen::default().go('M', &[end, middle]).go('H', &[x]).go('V', &[ground_y]),
                    false => {
                        let bottom = middle + client::HEIGHT / 2.0;
                        Pen::default().go('M', &[x, bottom]).go('V', &[ground_y])
                    }
                };
                above.path("wire wire--ray", pen.0);
                below
                    .path("wire wire--ray", Pen::default().go('M', &[x, ground_y]).go('V', &[pod_y - 4.0]).0);
                below.circle("wire__tip", x, pod_y - 3.0, 3.5);
            }
            self.scene.groups.insert(i, above);
            self.scene.push(below);
        }
    }

    /// True for a pod that stands above as a client.
    pub(super) fn is_client(&self, pod: &crate::scene::model::PodModel) -> bool {
        let drawn = self.model.clients.iter().take(MOST);
        self.options.rows.clients && drawn.into_iter().any(|client| client.pod == pod.key)
    }
}
