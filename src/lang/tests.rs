use super::*;
use crate::component::decision::Gate;
use crate::sim::SimTime;

#[test]
fn particles_follow_the_reading_of_the_last_sign() {
    let table = [
        ("web-0", "은 이 을 과 으로"),
        ("web-1", "은 이 을 과 로"),
        ("web-2", "는 가 를 와 로"),
        ("web-3", "은 이 을 과 으로"),
        ("web-4", "는 가 를 와 로"),
        ("web-5", "는 가 를 와 로"),
        ("web-6", "은 이 을 과 으로"),
        ("web-7", "은 이 을 과 로"),
        ("web-8", "은 이 을 과 로"),
        ("web-9", "는 가 를 와 로"),
        ("web-10", "은 이 을 과 으로"),
        ("web", "은 이 을 과 으로"),
        ("nginx", "는 가 를 와 로"),
        ("mysql", "은 이 을 과 로"),
        ("PVC", "는 가 를 와 로"),
        ("Running", "는 가 를 와 로"),
        ("web-token", "은 이 을 과 으로"),
        ("파드", "는 가 를 와 로"),
        ("순번", "은 이 을 과 으로"),
        ("볼륨", "은 이 을 과 으로"),
        ("레이블", "은 이 을 과 로"),
        ("(web-2)", "는 가 를 와 로"),
        ("…", "은(는) 이(가) 을(를) 과(와) (으)로"),
    ];
    for (word, expected) in table {
        let all = [Josa::EunNeun, Josa::IGa, Josa::EulReul, Josa::GwaWa, Josa::EuroRo];
        assert_eq!(all.map(|j| particle(word, j)).join(" "), expected, "{word}");
    }
    assert_eq!(josa("web-1", Josa::EulReul), "web-1을");
}

#[test]
fn durations_are_short() {
    assert_eq!(Lang::Ko.seconds(SimDuration(287_000)), "4분 47초");
    assert_eq!(Lang::En.seconds(SimDuration(11_200)), "12 s");
    assert_eq!(Lang::En.seconds(SimDuration(300_000)), "5 min");
}

#[test]
fn a_gate_says_what_it_waits_for() {
    let gate = Gate::CondemnedTerminating { pod: "web-3".into(), ordinal: 3, until: Some(SimTime(42_000)) };
    assert_eq!(gate_says(&gate, Lang::Ko), "web-3이 사라지기를 기다린다");
    let words = gate_words(&gate, SimTime(30_000), Lang::Ko);
    assert_eq!(words.title, "컨트롤러는 web-3이 사라지기를 기다린다");
    assert_eq!(words.by_time.as_deref(), Some("늦어도 12초 뒤"));
    assert_eq!(words.rule_number, "S75.1");
    let words = gate_words(&gate, SimTime(50_000), Lang::En);
    assert_eq!(
        (words.title.as_str(), words.by_time),
        ("The controller is waiting until web-3 is gone", None)
    );
}
