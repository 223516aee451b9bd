//! The promises, kept or broken up to the moment shown.

use crate::cluster::invariants::{INVARIANTS, Promise};
use crate::component::What;
use crate::lang::{Lang, moment};
use crate::ui::state::Model;

/// One promise.
#[derive(Clone, Debug, PartialEq)]
pub struct PromiseRow {
    /// The promise in words.
    pub text: &'static str,
    /// When it was broken first: the happening, and the sentence with moment, object and what led to it.
    pub broken: Option<(usize, String)>,
}

/// The promise in words.
pub fn words(promise: Promise, lang: Lang) -> &'static str {
    match promise {
        Promise::OnePerIdentity => {
            lang.pick("같은 이름의 파드는 하나만 돈다", "one Pod at most runs under a name")
        }
        Promise::OwnClaims => {
            lang.pick("파드는 제 순번의 PVC만 쓴다", "a Pod uses only the claims of its ordinal")
        }
        Promise::OrderedCreation => {
            lang.pick("앞 순번이 Ready여야 다음을 만든다", "an ordinal is made when those before are Ready")
        }
        Promise::OrderedDeletion => {
            lang.pick("뒤 순번부터 하나씩 지운다", "ordinals go from the last, one at a time")
        }
        Promise::ClaimsStay => {
            lang.pick("PVC는 정책이나 사람만 지운다", "claims go only by policy or by hand")
        }
        Promise::CountsAgree => {
            lang.pick("조용해지면 status의 수가 맞는다", "once quiet, the counts of the status are right")
        }
        Promise::OwnersAreReal => lang.pick("소유자는 실제로 있던 것이다", "owners exist or did exist"),
        Promise::CausesAreNamed => lang.pick("모든 변화에 까닭이 있다", "every change has a cause"),
    }
}

/// Every promise at the moment shown.
pub fn rows(model: &Model) -> Vec<PromiseRow> {
    let lang = model.ui.language.lang();
    let until = model.player.position().happenings;
    let run = model.player.run();
    let broken = model.promises.as_ref().map_or(&[][..], |promises| promises.broken());
    let row = |promise: &Promise| {
        let found = broken.iter().find(|(at, broken)| broken.promise == *promise && *at < until);
        let broken = found.map(|(at, broken)| {
            let happening = &run.happenings()[*at];
            let typed = run.causes(*at).last().and_then(|i| match &run.happenings()[*i].what {
                What::Input(note) => note.text.lines().next().map(str::to_string),
                _ => None,
            });
            let typed =
                typed.map(|line| [" ← `", line.trim_start_matches("$ "), "`"].concat()).unwrap_or_default();
            (*at + 1, [&moment(happening.at, lang), " ", &*broken.object.name, &typed].concat())
        });
        PromiseRow { text: words(*promise, lang), broken }
    };
    let is_observed = run.is_observed();
    INVARIANTS.iter().filter(|promise| !is_observed || promise.shows_from_outside()).map(row).collect()
}
