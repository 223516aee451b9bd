//! Every word of the page, one struct per language: a missing text does not compile.
//!
//! Statuses, fields, commands and file names stay English in both. Sentences about the run come from `lang` and
//! `scene::story`, because the command line needs them too.

use crate::lang::Lang;

mod en;
mod ko;
mod lesson;

pub use lesson::{LessonTexts, lesson};

/// The languages of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 한국어.
    #[default]
    Ko,
    /// English.
    En,
}

impl Language {
    /// `ko` or `en`, as `lang` attributes and parameters have it.
    pub fn code(self) -> &'static str {
        match self {
            Language::Ko => "ko",
            Language::En => "en",
        }
    }

    /// The language of a code such as `ko-KR`; none for any other.
    pub fn from_code(code: &str) -> Option<Language> {
        match code.get(..2)? {
            "ko" => Some(Language::Ko),
            "en" => Some(Language::En),
            _ => None,
        }
    }

    /// The same language for sentences about the run.
    pub fn lang(self) -> Lang {
        match self {
            Language::Ko => Lang::Ko,
            Language::En => Lang::En,
        }
    }

    /// The texts of this language.
    pub fn texts(self) -> &'static Texts {
        match self {
            Language::Ko => &ko::TEXTS,
            Language::En => &en::TEXTS,
        }
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)+) => {
        /// The words of one language.
        #[allow(missing_docs, reason = "each field is the text itself")]
        pub struct Texts { $($(#[$doc])* pub $name: $kind,)+ }
    };
}

/// A whole number as people read it: `10,000`.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

type One = fn(&str) -> String;
type Count = fn(usize) -> String;
type Counts = fn(usize, usize) -> String;

texts! {
    language: Language,
    other_language: &'static str,
    title: &'static str,
    skip_to_stage: &'static str,
    close: &'static str,
    // header
    sample: &'static str,
    own_manifest: &'static str,
    release: &'static str,
    picture: &'static str,
    open_whole: &'static str,
    present: &'static str,
    present_end: &'static str,
    present_speaker: &'static str,
    present_blank: &'static str,
    present_unblank: &'static str,
    present_whole: &'static str,
    share: &'static str,
    settings: &'static str,
    help: &'static str,
    theme_dark: &'static str,
    theme_light: &'static str,
    home: &'static str,
    // first visit
    first_title: &'static [&'static str],
    first_lead: &'static str,
    first_play: &'static str,
    first_length: &'static str,
    first_paste: &'static str,
    first_continue: &'static str,
    key_play: &'static str,
    key_step: &'static str,
    key_why: &'static str,
    stories: &'static str,
    stories_hint: &'static str,
    legend: &'static [(&'static str, &'static str)],
    // stage
    cluster: &'static str,
    stage_empty: &'static str,
    stage_empty_hint: &'static str,
    pick_object: &'static str,
    step_of: Counts,
    settled: &'static str,
    nothing_yet: &'static str,
    nothing_yet_next: &'static str,
    press_play: &'static str,
    rejected: &'static str,
    rejected_next: &'static str,
    // time
    playback: &'static str,
    timeline: &'static str,
    play: &'static str,
    pause: &'static str,
    first: &'static str,
    back: &'static str,
    forward: &'static str,
    last: &'static str,
    speed: &'static str,
    spacing: &'static str,
    spacing_even: &'static str,
    spacing_real: &'static str,
    all_keys: &'static str,
    lesson: &'static str,
    lessons: &'static str,
    first_lessons: fn(usize) -> String,
    computing: &'static str,
    computed_so_far: &'static str,
    stop_computing: &'static str,
    too_many_pods: Count,
    by_ordinal: &'static str,
    by_node: &'static str,
    view: &'static str,
    columns: fn(usize, usize, usize) -> String,
    columns_before: &'static str,
    columns_after: &'static str,
    go_to: &'static str,
    go_to_label: &'static str,
    go_to_nothing: One,
    terminal_log: &'static str,
    first_picture: &'static str,
    asked_path: One,
    asked_short: &'static str,
    no_history: &'static str,
    old_future: One,
    go_back_to_future: &'static str,
    seconds: fn(f64) -> String,
    // manifest
    manifest: &'static str,
    manifest_label: &'static str,
    manifest_leave_hint: &'static str,
    choose_file: &'static str,
    drop_here: &'static str,
    own_cluster: &'static str,
    apply: &'static str,
    problems_count: Counts,
    no_problems: &'static str,
    unapplied: &'static str,
    applied: &'static str,
    live_value: One,
    repair_all: &'static str,
    repair_both: &'static str,
    repaired_so: &'static str,
    refused_title: &'static str,
    refused_lead: &'static str,
    // terminal
    terminal: &'static str,
    terminal_input: &'static str,
    terminal_hint: &'static str,
    nearest: One,
    copy_link: &'static str,
    copied: &'static str,
    // panels
    panels: &'static str,
    why: &'static str,
    dns: &'static str,
    events: &'static str,
    objects: &'static str,
    claims: &'static str,
    because: &'static str,
    stays: &'static str,
    released: &'static str,
    what_if: &'static str,
    if_nothing: &'static str,
    try_others: &'static str,
    promises_kept: Count,
    promises_broken: Count,
    compare: &'static str,
    compare_title: &'static str,
    compare_lead: &'static str,
    compare_legend: &'static str,
    compare_stop: &'static str,
    first_difference: &'static str,
    take_other: &'static str,
    this_run: &'static str,
    no_difference: &'static str,
    words_differ: &'static str,
    differs: &'static str,
    count_pods: &'static str,
    count_names: &'static str,
    default_value: &'static str,
    manifest_line: Count,
    why_nothing: &'static str,
    why_nothing_lead: &'static str,
    why_unseen: One,
    why_working: &'static str,
    jump: &'static str,
    now: &'static str,
    // dns
    dns_title: &'static str,
    dns_name: &'static str,
    dns_asked_from: &'static str,
    dns_any_pod: &'static str,
    dns_service_itself: &'static str,
    dns_headless: &'static str,
    dns_one_of: Count,
    dns_none: &'static str,
    dns_no_services: &'static str,
    dns_no_endpoints: &'static str,
    dns_missing_headless: One,
    dns_terminal_hint: &'static str,
    dns_cached: Count,
    dns_live: &'static str,
    dns_held: &'static str,
    on_delete: &'static str,
    adopted: &'static str,
    can_grow: &'static str,
    cannot_grow: &'static str,
    only_at: &'static str,
    files: &'static str,
    no_files: &'static str,
    dns_type: &'static str,
    dns_ttl: fn(u32, bool) -> String,
    dns_writes: &'static str,
    client_title: &'static str,
    client_lead: &'static str,
    client_name: &'static str,
    client_resolver: &'static str,
    client_place: &'static str,
    client_remove: One,
    client_keeps: fn(Option<&str>, u64) -> String,
    client_kinds: [&'static str; 3],
    // events
    events_none: &'static str,
    events_filter: &'static str,
    events_all: &'static str,
    events_writes: &'static str,
    // objects
    object_none: &'static str,
    object_gone: One,
    object_owner: &'static str,
    object_acts: &'static str,
    object_typed: &'static str,
    object_filled: &'static str,
    object_revisions: &'static str,
    object_pods: Count,
    object_same: &'static str,
    object_previous: &'static str,
    object_next_change: &'static str,
    claims_title: &'static str,
    claims_none: &'static str,
    claim: &'static str,
    volume: &'static str,
    size: &'static str,
    used_by: &'static str,
    on_scale_in: &'static str,
    kept: &'static str,
    deleted: &'static str,
    nobody: &'static str,
    // dialogs
    share_lead: &'static str,
    share_link: &'static str,
    share_text: &'static str,
    share_embed: &'static str,
    share_copy_code: &'static str,
    share_files: &'static str,
    share_long: &'static str,
    share_png: &'static str,
    share_film: &'static str,
    share_print: &'static str,
    settings_language: &'static str,
    settings_theme: &'static str,
    theme_auto: &'static str,
    theme_contrast: &'static str,
    settings_shortcuts: &'static str,
    settings_motion: &'static str,
    motion_full: &'static str,
    motion_less: &'static str,
    on: &'static str,
    off: &'static str,
    start_over: &'static str,
    start_over_hint: &'static str,
    help_keys: &'static str,
    help_modelled: &'static str,
    help_modelled_items: &'static [&'static str],
    help_not_modelled: &'static str,
    help_not_modelled_items: &'static [&'static str],
    help_source: &'static str,
    // keys, in the order of `keys::KEYS`
    keys: &'static [&'static str],
    // run problems
    link_broken: One,
}
