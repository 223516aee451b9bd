//! The same text gives the same run, and looking back agrees with having been there.

use ordinal::component::What;
use ordinal::scenario::Directive;
use ordinal::session::{Position, Progress, Run};
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
            What::Request(request) => format!("{} {request:?}\n", h.at.as_millis()),
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

#[test]
fn slices_change_nothing() {
    let whole = Run::from_scenario(STORY).unwrap();
    let mut sliced = Run::load(STORY).unwrap();
    let mut steps = 1;
    while !sliced.is_carried_out() {
        sliced.work(steps);
        steps = steps % 7 + 1;
    }
    assert_eq!(trace(&whole), trace(&sliced)[..trace(&whole).len()]);
    assert_eq!(whole.print_transcript(), sliced.print_transcript());
    assert_eq!(whole.text(), sliced.text());
    // In the past as well: the same line at the same moment, typed and waited for, and in slices of one step.
    let (mut at_once, mut sliced) = (Run::from_scenario(STORY).unwrap(), Run::from_scenario(STORY).unwrap());
    let third = at_once.position(SimTime(at_once.last_input_at().0 / 3));
    let line = || Directive::Line("kubectl scale sts web --replicas=1".into());
    at_once.act(third, line()).unwrap();
    while !at_once.compute(10_000) {}
    let known = sliced.happenings().partition_point(|h| h.at <= third.time);
    sliced.begin(third, vec![line()]).unwrap();
    while sliced.work(1) == Progress::Working {
        assert!(sliced.happenings().len() >= known, "the past stays while the machine catches up");
    }
    assert_eq!(trace(&at_once), trace(&sliced));
    assert_eq!(at_once.text(), sliced.text());
}

#[test]
fn a_line_that_still_runs_goes_on_behind_the_next_one() {
    let mut run = Run::from_scenario(&format!("{STORY}$ kubectl delete pod web-0\nsettle\n")).unwrap();
    let typed = run.transcript().iter().find(|entry| entry.line.contains("delete pod")).unwrap().clone();
    let ended = typed.ended.unwrap().0;
    assert!(ended > typed.at, "it waits for the pod to be gone");
    let between = run.position(SimTime((typed.at.0 + ended.0) / 2));
    run.act(between, Directive::Line("kubectl get pods".into())).unwrap();
    while !run.compute(10_000) {}
    let deletes = trace(&run).lines().filter(|l| l.contains("user delete") && l.contains("web-0")).count();
    assert_eq!(deletes, 1, "the pod was deleted before the line between");
    let again = Run::from_scenario(&run.text()).unwrap();
    assert_eq!(trace(&again), trace(&run)[..trace(&again).len()], "{}", run.text());
    assert_eq!(again.print_transcript(), run.print_transcript());
}

#[test]
fn a_crash_loop_goes_on_for_as_long_as_it_is_extended() {
    let mut run = Run::from_scenario(&format!("{STORY}crashloop web-0\n")).unwrap();
    let mut end = run.end();
    for _ in 0..5 {
        while !run.compute(1000) {}
        assert!(!run.is_settled() && run.end() > end);
        end = run.end();
        run.extend();
    }
    assert!(end.0 > 40 * 60 * 1000, "{end:?}");
}

#[test]
fn what_is_stopped_stays_where_it_is() {
    let mut run = Run::load(&format!("{STORY}crashloop web-0\nsettle\n")).unwrap();
    while run.end().0 < 60_000 {
        run.work(10);
    }
    run.stop();
    let (end, text) = (run.end(), run.text());
    assert_eq!(run.work(1000), Progress::Done);
    assert_eq!((run.end(), run.text()), (end, text));
}
