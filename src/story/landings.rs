//! Requests as a person follows them: news is where they land that they did not land before.
//!
//! Programs in pods send a request every second, for as long as they live. Told are the first at each pod, and each
//! that fares differently from the one before: refused after answered, answered again.

use super::Caption;
use crate::api::{ObjectKey, Text};
use crate::component::{Landing, Request};
use crate::sim::{SimDuration, SimTime};

/// What is sent without a pause between is one thing to a person.
const AT_ONE_GO: SimDuration = SimDuration(400);

/// How the requests of each client fared last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Landings(Vec<Last>);

#[derive(Clone, Debug, PartialEq)]
struct Last {
    client: ObjectKey,
    name: Text,
    at: SimTime,
    landing: Landing,
    /// The pods reached since it last fared differently.
    reached: Vec<Text>,
}

impl Landings {
    /// The step that begins with this request, if it is one.
    pub(super) fn news(&mut self, request: &Request, at: SimTime) -> Option<Caption> {
        let Request { client, name, landing, .. } = request;
        if *landing == Landing::Found {
            return None;
        }
        let pod = if let Landing::Pod(pod) = landing { Some(pod.clone()) } else { None };
        let Some(last) = self.0.iter_mut().find(|last| last.client == *client && last.name == *name) else {
            let (client, name, landing) = (client.clone(), name.clone(), landing.clone());
            self.0.push(Last { client, name, at, landing, reached: pod.into_iter().collect() });
            return None;
        };
        let is_slow = at.since(last.at) >= AT_ONE_GO;
        let fares_otherwise = !last.landing.is_like(landing);
        if fares_otherwise {
            last.reached.clear();
        }
        let is_new = pod.as_ref().is_some_and(|pod| !last.reached.contains(pod));
        last.reached.extend(pod.filter(|_| is_new));
        (last.at, last.landing) = (at, landing.clone());
        (is_slow && (fares_otherwise || is_new)).then(|| Caption::Landed { request: request.clone() })
    }
}
