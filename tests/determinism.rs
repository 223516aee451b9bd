//! The same text gives the same run, and looking back agrees with having been there.

use ordinal::component::What;
use ordinal::scenario::Directive;
use ordinal::session::{Position, Run};
use ordinal::sim::SimTime;

const STORY: &str = include_str!("../static/stories/ordered.scn");

fn trace(run: &Run) -> String {
    run.happenings()
        .iter()
        .map(|h| match &h.what {
            What::Write(w) => {
                format!("{} {} {} {} {}\n", h.at.as_millis(), w.actor, w.verb.name(), w.key, w.code)
            }
            What::Input(note) => format!("{} {}\n", h.at.as_millis(), note.text),
            What::Decision(d) => format!("{} {:?}\n", h.at.as_millis(), d.gate),
        })
        .collect()
}

#[test]
fn the_same_text_gives_the_same_run() {
    let (a, b) = (Run::from_scenario(STORY).unwrap(), Run::from_scenario(STORY).unwrap());
    assert_eq!(trace(&a), trace(&b));
    assert_eq!(a.print_transcript(), b.print_transcript());
    assert!(a.happenings().len() > 100);
}

#[test]
fn a_run_reads_back_from_its_own_text() {
    let run = Run::from_scenario(STORY).unwrap();
    let again = Run::from_scenario(&run.text()).unwrap();
    assert_eq!(trace(&run), trace(&again));
}

#[test]
fn looking_back_equals_having_been_there() {
    let whole = Run::from_scenario(STORY).unwrap();
    let last = whole.last();
    let end = whole.still(last);
    let there: Vec<_> = whole.session().cluster().store().all().cloned().collect();
    let seen: Vec<_> = end.store().all().cloned().collect();
    assert_eq!(there, seen);
    // A moment in the middle, reached twice, once over the end.
    let middle = Position {
        happenings: whole.happenings().len() / 2,
        time: whole.happenings()[whole.happenings().len() / 2].at,
    };
    let once: Vec<_> = whole.still(middle).store().all().cloned().collect();
    let mut moving = Run::from_scenario(STORY).unwrap();
    moving.at(last);
    moving.at(Position { happenings: 0, time: SimTime::ZERO });
    let twice: Vec<_> = moving.at(middle).store().all().cloned().collect();
    assert_eq!(once, twice);
}

#[test]
fn acting_in_the_past_forks_and_the_old_future_can_be_gone_back_to() {
    let mut run = Run::from_scenario(STORY).unwrap();
    while !run.compute(10_000) {}
    let (before, text) = (trace(&run), run.text());
    let third = SimTime(run.last_input_at().0 / 3);
    let acted =
        run.act(run.position(third), Directive::Line("kubectl scale sts web --replicas=1".into())).unwrap();
    assert!(acted.forked);
    assert_eq!(run.futures().len(), 1);
    while !run.compute(10_000) {}
    assert_ne!(trace(&run), before);
    run.go_back_to(0).unwrap();
    while !run.compute(10_000) {}
    assert_eq!(run.text(), text);
    assert_eq!(trace(&run), before);
}
