//! Why the controller does what it does, and what would release it.

use super::Pictures;
use super::what_if::{others, outcome_says};
use crate::api::{Kind, Object, ObjectKey};
use crate::component::{Cause, Decision, Gate, Happening, What, Why};
use crate::lang::{GateWords, Josa, Lang, gate_words, josa, why_says};
use crate::session::Position;
use crate::sim::{SimDuration, SimTime};
use crate::ui::editor::{Line, outline};
use crate::ui::others::{Other, Tries};
use crate::ui::state::Model;
use crate::ui::texts::Texts;
use std::rc::Rc;

/// The panel's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasons {
    /// The sentence over everything.
    pub title: String,
    /// A quiet explanation, or empty.
    pub lead: String,
    /// The stretch of time that is running out.
    pub meter: Option<Meter>,
    /// Why, each with where that is said.
    pub because: Vec<Because>,
    /// What is left alone.
    pub stays: Vec<Because>,
    /// What happens when the gate opens, and when.
    pub releases: Vec<Release>,
    /// What could be done here, and what came out where that was tried.
    pub what_if: Vec<(Other, Option<String>)>,
    /// It is being tried, or was.
    pub is_tried: bool,
}

/// A stretch of time with its two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// When it began.
    pub from: SimTime,
    /// When it ends.
    pub to: SimTime,
    /// Now.
    pub now: SimTime,
    /// What stands at the beginning, `SIGTERM`.
    pub first: String,
    /// What stands at the end, `SIGKILL`.
    pub last: String,
    /// The colour: `terminating`, `pending`, `ready`.
    pub token: &'static str,
}

/// A reason and its source.
#[derive(Clone, Debug, PartialEq)]
pub struct Because {
    /// The reason, with `` `code` ``.
    pub text: String,
    /// Where it is said.
    pub source: Source,
}

/// Where a reason is said.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Nowhere in particular.
    None,
    /// In a line of the manifest.
    Line(usize),
    /// By a command; the position of its input.
    Command(String, usize),
    /// By a default.
    Default(String),
}

/// What happens next.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// What.
    pub text: String,
    /// When.
    pub note: String,
    /// The step to go to, if the run has come that far.
    pub step: Option<usize>,
}

/// The reasons at the moment shown, with what was tried.
pub fn read(model: &mut Model, pictures: &Pictures) -> Reasons {
    let mut reasons = say(model, pictures);
    if let Some(tries) = model.tries.as_ref().filter(|tries| tries.is_for(&model.player)) {
        let lang = model.ui.language.lang();
        let waited = tries.rows.first().filter(|(other, _)| other.lines.is_empty());
        let waited = waited.and_then(|(_, outcome)| outcome.as_ref());
        reasons.what_if = (tries.rows.iter())
            .map(|(other, outcome)| {
                let waited = waited.filter(|_| !other.lines.is_empty());
                (other.clone(), outcome.as_ref().map(|outcome| outcome_says(outcome, waited, lang)))
            })
            .collect();
        reasons.is_tried = true;
    }
    reasons
}

/// Begins to try what could be done at the moment shown; [`crate::ui::others::work`] goes on with it.
pub fn try_others(model: &mut Model, pictures: &Pictures) {
    let others = say(model, pictures).what_if.into_iter().map(|(other, _)| other).collect();
    model.tries = pictures.set(model).map(|set| Tries::new(&model.player, set, others));
}

fn say(model: &mut Model, pictures: &Pictures) -> Reasons {
    let texts = model.ui.texts();
    let lang = model.ui.language.lang();
    let Some(key) = pictures.set(model) else {
        return Reasons {
            title: texts.nothing_yet.into(),
            lead: texts.stage_empty_hint.into(),
            ..Reasons::default()
        };
    };
    let position = model.player.position();
    let lines = lines_of(&model.ui.manifest, &key.name);
    let (command, opened) = around(model, &key, position);
    let manifest = model.ui.manifest.clone();
    let past = model.player.inputs_until(position);
    let is_observed = model.player.run().is_observed();
    let still = model.player.still(position);
    let (store, now) = (still.store(), still.now());
    let Some(set) = store.by_key(&key) else {
        let title =
            lang.pick(format!("{} 없다", josa(&key.name, Josa::IGa)), format!("{} does not exist", key.name));
        let claims = store.list(Kind::PersistentVolumeClaim, Some(&key.namespace)).count();
        let stays = (claims > 0).then(|| Because {
            text: lang
                .pick(format!("PVC {claims}개와 그 볼륨"), format!("{claims} claims and their volumes")),
            source: source(
                &lines,
                &["persistentVolumeClaimRetentionPolicy", "whenDeleted"],
                "whenDeleted: Retain",
            ),
        });
        return Reasons { title, stays: stays.into_iter().collect(), ..Reasons::default() };
    };
    let decision = still.decision(&key);
    let gate = decision.and_then(|d| d.gate.as_ref());
    let options = |gate: Option<(&Gate, &GateWords)>, keeps: bool| -> Vec<(Other, Option<String>)> {
        // Nothing can be tried on a cluster that was only watched.
        if is_observed {
            return Vec::new();
        }
        let found = others(still, &past, set, gate, keeps, &manifest);
        found.into_iter().map(|other| (other, None)).collect()
    };
    let spec = set.spec();
    let wanted = spec.get("replicas").as_int().unwrap_or(1);
    let pods: Vec<&Rc<Object>> = store
        .list(Kind::Pod, Some(&key.namespace))
        .filter(|pod| pod.controller().is_some_and(|owner| owner.uid() == set.uid()))
        .collect();
    let mut reasons = Reasons::default();
    let Some(gate) = gate else {
        let mut reasons = at_rest(texts, lang, &pods, decision, wanted);
        if reasons.lead == texts.why_nothing_lead {
            reasons.what_if = options(None, false);
        }
        return reasons;
    };
    if gate.is_past(store, &key.namespace) {
        let title = (texts.why_unseen)(gate.pod().unwrap_or_default());
        return Reasons { title, ..Reasons::default() };
    }
    let words = gate_words(gate, now, lang);
    reasons.title = words.title.clone();
    if pods.len() as i64 != wanted {
        let text = lang.pick(
            format!("의도한 수는 {wanted}, 지금은 {}", pods.len()),
            format!("wanted {wanted}, now {}", pods.len()),
        );
        reasons.because.push(Because {
            text,
            source: command.map_or(Source::None, |(words, step)| Source::Command(words, step)),
        });
    }
    let field: Vec<&str> = words.field.split(':').next().unwrap_or_default().split('.').collect();
    let source_of_rule =
        if words.field.is_empty() { Source::None } else { source(&lines, &field, words.field) };
    reasons.because.push(Because { text: words.rule.to_string(), source: source_of_rule });
    let pod = gate.pod().and_then(|name| pods.iter().find(|pod| pod.name() == name));
    if let Some(pod) = pod {
        if let Some(to) = SimTime::parse(pod.meta("deletionTimestamp").str()) {
            let grace = pod.meta("deletionGracePeriodSeconds").as_int().unwrap_or(30).max(0) as u64;
            let from = to - SimDuration::secs(grace);
            reasons.meter = Some(Meter {
                from,
                to,
                now,
                first: "SIGTERM".into(),
                last: "SIGKILL".into(),
                token: "terminating",
            });
            let text = lang
                .pick(format!("종료에 최대 {grace}초를 준다"), format!("ending may take up to {grace} s"));
            let default = format!("terminationGracePeriodSeconds: {grace}");
            let source = source(&lines, &["template", "spec", "terminationGracePeriodSeconds"], &default);
            reasons.because.push(Because { text, source });
        } else if let Some(to) = gate.until() {
            let since = SimTime::parse(pod.condition("Ready").get("lastTransitionTime").str());
            if let Some(from) = since.filter(|from| *from < to) {
                reasons.meter = Some(Meter {
                    from,
                    to,
                    now,
                    first: "Ready".into(),
                    last: "Available".into(),
                    token: "ready",
                });
            }
        } else {
            let waiting = pod.status().get("containerStatuses").items().iter().find_map(|c| {
                let state = c.get("state").get("waiting");
                state
                    .get("reason")
                    .as_str()
                    .map(|reason| (reason.to_string(), state.get("message").str().to_string()))
            });
            let ready = pod.condition("Ready").get("status").str() == "True";
            let phase = pod.status().get("phase").str();
            let text = match waiting {
                Some((reason, _)) => format!("`{}`: `{reason}`", pod.name()),
                None if phase == "Running" && !ready => lang.pick(
                    format!("`{}`: 컨테이너는 돌지만 준비성 프로브가 아직 통과하지 않았다", pod.name()),
                    format!("`{}`: its container runs, but its readiness probe has not passed", pod.name()),
                ),
                None => format!("`{}`: `{phase}`", pod.name()),
            };
            reasons.because.push(Because { text, source: Source::None });
        }
    }
    let kept: Vec<String> = store
        .list(Kind::PersistentVolumeClaim, Some(&key.namespace))
        .filter(|claim| {
            let ordinal = crate::ui::view::ordinal_of(claim.name());
            claim.name().contains(&format!("-{}-", key.name))
                && ordinal != usize::MAX
                && ordinal as i64 >= wanted
                && !claim.is_terminating()
        })
        .map(|claim| claim.name().to_string())
        .collect();
    let deletes = spec.at(&["persistentVolumeClaimRetentionPolicy", "whenScaled"]).str() == "Delete";
    if !kept.is_empty() && !deletes {
        let names = kept.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>();
        let names = lang.names(&names);
        reasons.stays.push(Because {
            text: lang.pick(format!("{names}, 그리고 그 볼륨"), format!("{names} and what is on them")),
            source: source(
                &lines,
                &["persistentVolumeClaimRetentionPolicy", "whenScaled"],
                "whenScaled: Retain",
            ),
        });
    }
    let earlier = matches!(gate, Gate::Terminating { .. } | Gate::CondemnedTerminating { .. });
    let note = match (words.by_time.clone(), earlier) {
        (Some(time), true) => lang.pick(
            format!("{time}, 컨테이너가 먼저 끝나면 그때"),
            format!("{time}, or as soon as the container ends"),
        ),
        (Some(time), false) => time,
        (None, _) => String::new(),
    };
    reasons.releases.push(Release { text: words.opens.clone(), note, step: opened });
    reasons.what_if = options(Some((gate, &words)), !kept.is_empty() && !deletes);
    reasons
}

// Nothing holds the controller: it works, or it has nothing to do.
fn at_rest(
    texts: &Texts,
    lang: Lang,
    pods: &[&Rc<Object>],
    decision: Option<&Decision>,
    wanted: i64,
) -> Reasons {
    let ready = pods
        .iter()
        .filter(|p| p.condition("Ready").get("status").str() == "True" && !p.is_terminating())
        .count() as i64;
    if ready != wanted || pods.len() as i64 != wanted {
        let did = decision.map(|d| d.actions.as_slice()).unwrap_or_default().iter();
        let because = did
            .filter(|(_, action)| action.why != Why::Status)
            .map(|(_, action)| Because {
                text: why_says(&action.why, &action.object.name, lang),
                source: Source::None,
            })
            .collect();
        return Reasons { title: texts.why_working.into(), because, ..Reasons::default() };
    }
    let because = vec![Because {
        text: lang.pick(
            format!("의도한 수는 {wanted}, 준비된 수도 {ready}"),
            format!("wanted {wanted}, ready {ready}"),
        ),
        source: Source::None,
    }];
    Reasons {
        title: texts.why_nothing.into(),
        lead: texts.why_nothing_lead.into(),
        because,
        ..Reasons::default()
    }
}

// The last command before a position, and the step at which the controller next stands at another gate.
fn around(model: &Model, set: &ObjectKey, position: Position) -> (Option<(String, usize)>, Option<usize>) {
    let player = &model.player;
    let happenings = player.run().happenings();
    let here = position.happenings.min(happenings.len());
    let step_after = |index: usize| player.steps().iter().position(|s| s.happenings > index);
    let changed: Vec<u64> = happenings[..here]
        .iter()
        .filter_map(|h| match &h.what {
            What::Write(write) if write.changed() => match write.because {
                Cause::Input(n) => Some(n),
                _ => None,
            },
            _ => None,
        })
        .collect();
    let command = happenings[..here].iter().enumerate().rev().find_map(|(i, h)| match &h.what {
        // Only what changed something can be a reason.
        What::Input(note) if changed.contains(&note.n) => {
            let words =
                note.text.trim_start_matches("$ ").split_whitespace().take(2).collect::<Vec<_>>().join(" ");
            Some((words, step_after(i)?))
        }
        _ => None,
    });
    let decisions = |h: &Happening| match &h.what {
        What::Decision(d) if d.set == *set => Some(d.clone()),
        _ => None,
    };
    let gate = happenings[..here].iter().rev().find_map(decisions).and_then(|d| d.gate.clone());
    let opened =
        happenings[here..].iter().enumerate().find(|(_, h)| decisions(h).is_some_and(|d| d.gate != gate));
    (command, opened.and_then(|(i, _)| step_after(here + i)))
}

fn lines_of(manifest: &str, set: &str) -> Vec<Line> {
    let lines = outline(manifest);
    let document = lines
        .iter()
        .find(|l| {
            l.path == ["metadata", "name"] && l.value.as_deref() == Some(set) && {
                let kind = lines.iter().find(|k| k.document == l.document && k.path == ["kind"]);
                kind.and_then(|k| k.value.as_deref()) == Some("StatefulSet")
            }
        })
        .map(|l| l.document);
    lines.into_iter().filter(|l| Some(l.document) == document).collect()
}

// The line of the manifest that says it, or else the default.
fn source(lines: &[Line], field: &[&str], default: &str) -> Source {
    let found = lines
        .iter()
        .find(|l| l.path.len() == field.len() + 1 && l.path[0] == "spec" && l.path[1..].iter().eq(field));
    match found {
        Some(line) => Source::Line(line.number),
        None => {
            // A long field is named by its value alone.
            let short = default.rsplit('.').next().unwrap_or(default);
            let value = short.rsplit(": ").next().unwrap_or(short);
            Source::Default(if short.len() > 22 { value } else { short }.to_string())
        }
    }
}

impl Reasons {
    /// The lines of the manifest that are named.
    pub fn cited(&self) -> Vec<usize> {
        self.because
            .iter()
            .chain(&self.stays)
            .filter_map(|b| if let Source::Line(n) = b.source { Some(n) } else { None })
            .collect()
    }
}
